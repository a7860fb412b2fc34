/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Time. The time stamp counter is the clock, the local APIC's timer the alarm;
 * the PIT, whose frequency is known, is used once to measure both.
 */
#include <arch/cpu.h>
#include <arch/timer.h>
#include <arch/upcall.h>
#include <kernel/panic.h>

#include "apic.h"
#include "init.h"
#include "x86.h"

#define PIT_HZ 1193182ull
#define PIT_CHANNEL2 0x42
#define PIT_COMMAND 0x43
#define PIT_GATE 0x61

#define PIT_ONE_SHOT 0xb0 /* channel 2, two bytes, mode 0 */
#define PIT_LATCH 0x80
#define GATE_ON 0x01
#define GATE_SPEAKER 0x02
#define GATE_OUT 0x20 /* the count has passed 0 */

#define PIT_START 0xffffu
#define PIT_SPAN 47000u /* ticks to measure over: 39 ms */
#define EDGES 16u       /* attempts at each end, of which the best counts */
#define TRIES 200u
#define POLL_LIMIT 10000000u

#define NS_PER_S 1000000000ull

/* The longest the timer is set to: 1 s. */
#define TIMER_SPAN NS_PER_S

/* All three counters at one moment. */
struct sample {
    uint64_t tsc;
    uint64_t slack; /* how long the reading may have been off, in TSC ticks */
    uint32_t pit;
    uint32_t lapic;
};

static uint64_t lapic_mult; /* timer ticks per ns, 32.32 */
static uint64_t tsc_khz;
uint64_t arch_tsc_mult; /* ns per tick, 32.32 */
uint64_t arch_tsc_offset;

static uint32_t pit_read(void)
{
    uint8_t low;

    out8(PIT_COMMAND, PIT_LATCH);
    low = in8(PIT_CHANNEL2);
    return low | (uint32_t)in8(PIT_CHANNEL2) << 8;
}

static void pit_start(void)
{
    out8(PIT_GATE, (uint8_t)((in8(PIT_GATE) & ~GATE_SPEAKER) | GATE_ON));
    out8(PIT_COMMAND, PIT_ONE_SHOT);
    out8(PIT_CHANNEL2, PIT_START & 0xff);
    out8(PIT_CHANNEL2, PIT_START >> 8);
}

/* The moment at which the PIT counts on. */
static struct sample sample_edge(void)
{
    struct sample s = {0, 0, 0, 0};
    uint32_t first = pit_read();
    uint64_t before = read_tsc();

    for (unsigned i = 0; i < POLL_LIMIT; i++) {
        s.pit = pit_read();
        s.tsc = read_tsc();
        if (s.pit != first) {
            break;
        }
        before = s.tsc;
    }
    s.lapic = lapic_timer_left();
    s.slack = read_tsc() - before;
    return s;
}

/* The best of several, lest an interruption by a hypervisor counts. */
static struct sample sample_best(void)
{
    struct sample best = sample_edge();

    for (unsigned i = 1; i < EDGES; i++) {
        struct sample s = sample_edge();

        if (s.slack < best.slack) {
            best = s;
        }
    }
    return best;
}

static bool calibrate(void)
{
    struct sample from;
    struct sample to;
    uint64_t pit_ns;
    uint64_t ticks;

    lapic_timer_start(~0u);
    pit_start();
    from = sample_best();
    for (unsigned i = 0; pit_read() > PIT_START - PIT_SPAN; i++) {
        if (i == POLL_LIMIT) {
            return false;
        }
    }
    to = sample_best();
    if ((in8(PIT_GATE) & GATE_OUT) || to.pit >= from.pit) {
        return false;
    }
    lapic_timer_start(0);
    pit_ns = (from.pit - to.pit) * NS_PER_S / PIT_HZ;
    ticks = to.tsc - from.tsc;
    if (ticks == 0 || from.lapic == to.lapic) {
        return false;
    }
    arch_tsc_mult = (pit_ns << 32) / ticks;
    tsc_khz = (ticks * 1000000 + pit_ns / 2) / pit_ns;
    lapic_mult = ((uint64_t)(from.lapic - to.lapic) << 32) / pit_ns;
    arch_tsc_offset = -arch_scale(to.tsc, arch_tsc_mult);
    return arch_tsc_mult != 0 && lapic_mult != 0 && tsc_khz <= UINT32_MAX;
}

void clock_init(void)
{
    for (unsigned i = 0; i < TRIES; i++) {
        if (calibrate()) {
            return;
        }
    }
    panic("boot: the clocks cannot be measured");
}

l4_clock_t arch_clock(void)
{
    return (l4_clock_t){
        .mult_frac = (uint32_t)arch_tsc_mult,
        .mult_int = (uint32_t)(arch_tsc_mult >> 32),
        .tsc_khz = (uint32_t)tsc_khz,
        .offset_ns = (int64_t)arch_tsc_offset,
    };
}

/* Starts the timer for the deadline, or for a part of the way. */
static void timer_arm(uint64_t deadline, uint64_t now)
{
    uint64_t span = deadline > now ? deadline - now : 0;
    uint64_t ticks =
        arch_scale(span < TIMER_SPAN ? span : TIMER_SPAN, lapic_mult);

    lapic_timer_start(ticks < UINT32_MAX ? (uint32_t)ticks + 1 : UINT32_MAX);
}

void arch_timer_set(uint64_t deadline)
{
    this_cpu()->deadline = deadline;
    if (deadline == ARCH_TIMER_OFF) {
        lapic_timer_start(0);
    } else {
        timer_arm(deadline, arch_time_now());
    }
}

void lapic_timer_fired(void)
{
    struct cpu *cpu = this_cpu();
    uint64_t now = arch_time_now();

    lapic_eoi();
    if (cpu->deadline == ARCH_TIMER_OFF) {
        return;
    }
    if (now < cpu->deadline) {
        timer_arm(cpu->deadline, now);
        return;
    }
    cpu->deadline = ARCH_TIMER_OFF;
    kernel_timer();
}
