/* SPDX-License-Identifier: BSD-2-Clause */
/* Descriptor tables, and what a processor needs before anything else. */
#include <arch/cpu.h>

#include "entry.h"
#include "init.h"

#define MSR_GS_BASE 0xc0000101

/* The TSS ends one byte behind the ports. */
#define TSS_LIMIT (CPU_IOMAP + PORT_WORDS * 8)

#define GATE_INTERRUPT 0x8e /* present, interrupts off */
#define GATE_USER 0x60      /* users may raise it */

struct descriptor_pointer {
    uint16_t limit;
    uint64_t base;
} __attribute__((packed));

struct gate_descriptor {
    uint16_t offset_low;
    uint16_t selector;
    uint8_t ist;
    uint8_t type;
    uint16_t offset_middle;
    uint32_t offset_high;
    uint32_t reserved;
};

/* A stack for a trap that may come at any time. The word above the stack,
 * which starts below `cpu`, is for the entry code. */
struct ist_stack {
    char bytes[IST_SIZE - 16];
    struct cpu *cpu;
    uint64_t pad;
} __attribute__((aligned(16)));

static struct cpu cpu0 __attribute__((aligned(64)));
static struct ist_stack ist_stacks[IST_COUNT];
static uint64_t gdt[SEL_TSS / 8 + 2];
static struct gate_descriptor idt[256];
static bool fast_path;

/* The vectors with stacks of their own. */
static const uint8_t ist_vectors[IST_COUNT] = {
    VECTOR_DEBUG,
    VECTOR_NMI,
    VECTOR_DOUBLE_FAULT,
    VECTOR_MACHINE_CHECK,
};

static void gdt_load(struct cpu *cpu)
{
    uint64_t tss = (uint64_t)(uintptr_t)&cpu->tss;
    struct descriptor_pointer pointer = {sizeof(gdt) - 1,
                                         (uint64_t)(uintptr_t)gdt};

    gdt[SEL_KERNEL_CODE / 8] = 0x00af9b000000ffff;
    gdt[SEL_KERNEL_DATA / 8] = 0x00cf93000000ffff;
    gdt[SEL_USER_DATA / 8] = 0x00cff3000000ffff;
    gdt[SEL_USER_CODE / 8] = 0x00affb000000ffff;
    gdt[SEL_TSS / 8] = TSS_LIMIT | ((tss & 0xffffff) << 16) | (0x89ull << 40) |
                       ((tss >> 24 & 0xff) << 56);
    gdt[SEL_TSS / 8 + 1] = tss >> 32;
    __asm__ volatile("lgdt %0\n\t"
                     "movw %w1, %%ss\n\t"
                     "ltr %w2"
                     :
                     : "m"(pointer), "r"(SEL_KERNEL_DATA), "r"(SEL_TSS)
                     : "memory");
}

void trap_entries_set(const char *stubs)
{
    for (unsigned v = 0; v < 256; v++) {
        uint64_t entry = (uint64_t)(uintptr_t)stubs + v * TRAP_STUB_SIZE;

        if (v == VECTOR_PAGE_FAULT && fast_path && stubs == trap_stubs) {
            entry = (uint64_t)(uintptr_t)page_fault_fast;
        }
        idt[v] = (struct gate_descriptor){
            .offset_low = (uint16_t)entry,
            .selector = SEL_KERNEL_CODE,
            .type = GATE_INTERRUPT,
            .offset_middle = (uint16_t)(entry >> 16),
            .offset_high = (uint32_t)(entry >> 32),
        };
    }
    idt[VECTOR_BREAKPOINT].type |= GATE_USER;
    for (unsigned i = 0; i < IST_COUNT; i++) {
        idt[ist_vectors[i]].ist = (uint8_t)(i + 1);
    }
}

static void idt_load(void)
{
    struct descriptor_pointer pointer = {sizeof(idt) - 1,
                                         (uint64_t)(uintptr_t)idt};

    trap_entries_set(trap_stubs);
    __asm__ volatile("lidt %0" : : "m"(pointer) : "memory");
}

void cpu_init(void)
{
    struct cpu *cpu = &cpu0;

    cpu->self = cpu;
    cpu->stack = (uint64_t)(uintptr_t)(cpu0_stack + KSTACK_SIZE);
    cpu->deadline = ~(uint64_t)0;
    cpu->tss.iomap = UINT16_MAX; /* beyond the limit: no ports */
    cpu->ports_denied[PORT_WORDS] = ~(uint64_t)0;
    for (unsigned i = 0; i < IST_COUNT; i++) {
        ist_stacks[i].cpu = cpu;
        cpu->tss.ist[i] = (uint64_t)(uintptr_t)&ist_stacks[i].cpu;
    }
    gdt_load(cpu);
    idt_load();
    write_msr(MSR_GS_BASE, (uint64_t)(uintptr_t)cpu);
}

void syscall_init(bool fast)
{
    void (*entry)(void) = fast ? syscall_entry_fast : syscall_entry;

    fast_path = fast;
    trap_entries_set(trap_stubs);

    write_msr(MSR_STAR,
              (uint64_t)SEL_USER_BASE << 48 | (uint64_t)SEL_KERNEL_CODE << 32);
    write_msr(MSR_LSTAR, (uint64_t)(uintptr_t)entry);
    write_msr(MSR_FMASK, RFLAGS_MASK);
    write_msr(MSR_EFER, read_msr(MSR_EFER) | EFER_SCE);
}

void arch_idle(void)
{
    /* sti takes effect after hlt has begun, so no interrupt is missed. */
    __asm__ volatile("sti; hlt; cli" : : : "memory");
}
