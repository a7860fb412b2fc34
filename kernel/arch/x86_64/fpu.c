/* SPDX-License-Identifier: BSD-2-Clause */
#include <kernel/factory.h>
#include <kernel/panic.h>
#include <kernel/thread.h>

#include "entry.h"
#include "init.h"
#include "x86.h"

/* x87, SSE and AVX: what is switched, and all that users can turn on. */
#define XCR0_STATE 0x7u

/* CPUID leaf 1, ecx; leaf 13, subleaf 1, eax. */
#define HAS_XSAVE 0x4000000u
#define HAS_XSAVEOPT 0x1u

/* Where the control and status register of SSE lies, and its reset value. */
#define AREA_MXCSR 6
#define MXCSR_RESET 0x1f80u

/* Bytes of a thread's state; a slab block holds them, suitably aligned. */
static uint32_t area_size;
static bool optimized;

void fpu_init(void)
{
    if (!(cpuid(1, 0).ecx & HAS_XSAVE)) {
        panic("boot: this processor lacks XSAVE");
    }
    write_cr4(read_cr4() | CR4_OSXSAVE);
    uint32_t states = cpuid(13, 0).eax & XCR0_STATE;
    __asm__ volatile("xsetbv" : : "c"(0), "a"(states), "d"(0));
    area_size = cpuid(13, 0).ebx;
    optimized = cpuid(13, 1).eax & HAS_XSAVEOPT;
    if (area_size > 1024) {
        panic("boot: %u bytes of vector state are too many", area_size);
    }
}

static void state_save(void *area)
{
    if (optimized) {
        __asm__ volatile("xsaveopt64 (%0)"
                         :
                         : "r"(area), "a"(XCR0_STATE), "d"(0)
                         : "memory");
    } else {
        __asm__ volatile("xsave64 (%0)"
                         :
                         : "r"(area), "a"(XCR0_STATE), "d"(0)
                         : "memory");
    }
}

static void state_load(const void *area)
{
    __asm__ volatile("xrstor64 (%0)"
                     :
                     : "r"(area), "a"(XCR0_STATE), "d"(0)
                     : "memory");
}

/* Whether FPU instructions are let through; CR0 is slow to write. */
static void fpu_allow(struct cpu *cpu, bool on)
{
    if (cpu->fpu_on != on) {
        cpu->fpu_on = on;
        write_cr0(on ? read_cr0() & ~(uint64_t)CR0_TS : read_cr0() | CR0_TS);
    }
}

void fpu_switch(struct cpu *cpu, struct thread *old, struct thread *next)
{
    if (old && old->fpu) {
        state_save(old->fpu);
    }
    fpu_allow(cpu, next->fpu);
    if (next->fpu) {
        state_load(next->fpu);
    }
}

bool fpu_first_use(struct thread *t)
{
    if (t->fpu) {
        return false;
    }
    uint32_t *area = factory_block(t->object.factory, area_size);
    if (!area) {
        return false;
    }
    area[AREA_MXCSR] = MXCSR_RESET;
    t->fpu = area;
    t->status |= THREAD_FPU;
    fpu_allow(this_cpu(), true);
    state_load(area);
    return true;
}

void arch_fpu_free(struct thread *t)
{
    if (t->fpu) {
        factory_block_free(t->fpu);
        t->fpu = NULL;
    }
}
