/* SPDX-License-Identifier: BSD-2-Clause */
/* The local interrupt controller, with its timer. */
#include "apic.h"

#include "init.h"
#include "paging.h"
#include "x86.h"

/* Registers, as indices of 32-bit words. */
#define REG_ID (0x020 / 4)
#define REG_TASK_PRIORITY (0x080 / 4)
#define REG_EOI (0x0b0 / 4)
#define REG_SPURIOUS (0x0f0 / 4)
#define REG_TIMER (0x320 / 4)
#define REG_LINT0 (0x350 / 4)
#define REG_LINT1 (0x360 / 4)
#define REG_TIMER_INITIAL (0x380 / 4)
#define REG_TIMER_CURRENT (0x390 / 4)
#define REG_TIMER_DIVIDER (0x3e0 / 4)

#define SPURIOUS_ENABLE 0x100u
#define LVT_MASKED 0x10000u
#define LVT_NMI 0x400u
#define DIVIDE_BY_1 0xbu

#define BASE_X2APIC 0x400ull
#define BASE_ENABLE 0x800ull
#define BASE_ADDRESS 0x000ffffffffff000ull

static volatile uint32_t *lapic;

void lapic_init(void)
{
    uint64_t base = read_msr(MSR_APIC_BASE);

    /* The way from x2APIC back to registers in memory leads over off. */
    if (base & BASE_X2APIC) {
        base &= ~(BASE_X2APIC | BASE_ENABLE);
        write_msr(MSR_APIC_BASE, base);
    }
    write_msr(MSR_APIC_BASE, base | BASE_ENABLE);
    lapic = paging_map_registers(base & BASE_ADDRESS);
    lapic[REG_LINT0] = LVT_MASKED;
    lapic[REG_LINT1] = LVT_NMI;
    lapic[REG_TIMER_DIVIDER] = DIVIDE_BY_1;
    lapic[REG_TIMER_INITIAL] = 0;
    lapic[REG_TIMER] = VECTOR_TIMER;
    lapic[REG_TASK_PRIORITY] = 0;
    lapic[REG_SPURIOUS] = SPURIOUS_ENABLE | VECTOR_SPURIOUS;
}

uint32_t lapic_id(void)
{
    return lapic[REG_ID] >> 24;
}

void lapic_eoi(void)
{
    lapic[REG_EOI] = 0;
}

void lapic_timer_start(uint32_t ticks)
{
    lapic[REG_TIMER_INITIAL] = ticks;
}

uint32_t lapic_timer_left(void)
{
    return lapic[REG_TIMER_CURRENT];
}
