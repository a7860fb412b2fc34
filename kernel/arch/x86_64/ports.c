/* SPDX-License-Identifier: BSD-2-Clause */
#include <arch/ports.h>

#include <arch/cpu.h>
#include <kernel/string.h>

uint32_t arch_port_read(uint16_t port, unsigned size)
{
    uint32_t value = 0;

    switch (size) {
    case 1: __asm__ volatile("inb %w1, %b0" : "+a"(value) : "Nd"(port)); break;
    case 2: __asm__ volatile("inw %w1, %w0" : "+a"(value) : "Nd"(port)); break;
    default: __asm__ volatile("inl %w1, %0" : "+a"(value) : "Nd"(port)); break;
    }
    return value;
}

void arch_port_write(uint16_t port, unsigned size, uint32_t value)
{
    switch (size) {
    case 1: __asm__ volatile("outb %b0, %w1" : : "a"(value), "Nd"(port)); break;
    case 2: __asm__ volatile("outw %w0, %w1" : : "a"(value), "Nd"(port)); break;
    default: __asm__ volatile("outl %0, %w1" : : "a"(value), "Nd"(port)); break;
    }
}

void arch_ports_use(const uint64_t *denied)
{
    struct cpu *cpu = this_cpu();

    cpu->ports = denied;
    if (!denied) {
        cpu->tss.iomap = UINT16_MAX;
        return;
    }
    if (cpu->ports_loaded != denied) {
        memcpy(cpu->ports_denied, denied, PORT_WORDS * sizeof(*denied));
        cpu->ports_loaded = denied;
    }
    cpu->tss.iomap = CPU_IOMAP;
}

void arch_ports_changed(const uint64_t *denied)
{
    struct cpu *cpu = this_cpu();

    if (cpu->ports_loaded == denied) {
        cpu->ports_loaded = NULL;
    }
    if (cpu->ports == denied) {
        arch_ports_use(denied);
    }
}

void arch_ports_forget(const uint64_t *denied)
{
    struct cpu *cpu = this_cpu();

    if (cpu->ports_loaded == denied) {
        cpu->ports_loaded = NULL;
    }
    if (cpu->ports == denied) {
        arch_ports_use(NULL);
    }
}
