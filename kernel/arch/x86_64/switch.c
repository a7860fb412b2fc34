/* SPDX-License-Identifier: BSD-2-Clause */
/* From one thread to another. */
#include <arch/ports.h>
#include <kernel/thread.h>

#include "entry.h"
#include "x86.h"

/* What few threads have. */
static __attribute__((noinline)) void
switch_rest(struct cpu *cpu, struct thread *old, struct thread *next)
{
    if (next->ports != cpu->ports) {
        arch_ports_use(next->ports);
    }
    if ((old && old->fpu) || next->fpu || cpu->fpu_on) {
        fpu_switch(cpu, old, next);
    }
}

void arch_switch_to(struct thread *next)
{
    struct cpu *cpu = this_cpu();
    struct thread *old = cpu->tss.current;

    if (old == next) {
        return;
    }
    cpu->tss.current = next;
    uint64_t fs_base = read_fs_base();
    uint64_t gs_base = exchange_user_gs_base(next->gs_base);
    write_fs_base(next->fs_base);
    if (next->cr3 != cpu->cr3) {
        cpu->cr3 = next->cr3;
        write_cr3(next->cr3);
    }
    if (old) {
        old->fs_base = fs_base;
        old->gs_base = gs_base;
    }
    if (!old || (old->status | next->status) & (THREAD_FPU | THREAD_PORTS)) {
        switch_rest(cpu, old, next);
    }
}

void arch_space_switch(struct thread *t, const struct arch_space *s)
{
    struct cpu *cpu = this_cpu();

    t->cr3 = s->cr3;
    if (t == cpu->tss.current && cpu->cr3 != s->cr3) {
        cpu->cr3 = s->cr3;
        write_cr3(s->cr3);
    }
}

void arch_drop_current(void)
{
    this_cpu()->tss.current = NULL;
}
