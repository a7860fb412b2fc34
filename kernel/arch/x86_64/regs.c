/* SPDX-License-Identifier: BSD-2-Clause */
/* Register state of threads as others see and change it. */

#include <kernel/string.h>
#include <kernel/thread.h>
#include <l4/vcpu.h>

#include "x86.h"

static bool is_canonical(uint64_t address)
{
    return (uint64_t)((int64_t)(address << 16) >> 16) == address;
}

l4_err_t arch_regs_start(struct thread *t, uint64_t ip, uint64_t sp,
                         uint64_t arg)
{
    struct arch_regs *r = arch_regs(t);

    if (ip >= L4_USER_END) {
        return L4_EINVAL;
    }
    t->status &= ~(uint64_t)THREAD_RESTART;
    memset(r, 0, sizeof(*r));
    r->rdi = arg;
    r->orig = ARCH_ENTRY_TRAP;
    r->rip = ip;
    r->cs = SEL_USER_CODE;
    r->rflags = RFLAGS_ONE | RFLAGS_IF;
    r->rsp = sp;
    r->ss = SEL_USER_DATA;
    return L4_OK;
}

bool arch_in_syscall(struct thread *t)
{
    return t == current_thread() && arch_regs(t)->orig == ARCH_ENTRY_SYSCALL;
}

void arch_regs_get(struct thread *t, uint64_t out[ARCH_REGS_WORDS])
{
    const struct arch_regs *r = arch_regs(t);
    bool live = t == current_thread();

    memcpy(out, &r->r15, 15 * sizeof(*out));
    if (r->orig == ARCH_ENTRY_SYSCALL) {
        out[6] = r->rflags; /* r11 */
        out[11] = r->rip;   /* rcx */
    }
    out[15] = r->rip;
    out[16] = r->rflags;
    out[17] = r->rsp;
    out[18] = live ? read_fs_base() : t->fs_base;
    out[19] = live ? read_user_gs_base() : t->gs_base;
}

l4_err_t arch_regs_set(struct thread *t, const uint64_t in[ARCH_REGS_WORDS])
{
    struct arch_regs *r = arch_regs(t);

    if (in[ARCH_REGS_IP] >= L4_USER_END || !is_canonical(in[18]) ||
        !is_canonical(in[19])) {
        return L4_EINVAL;
    }
    t->status &= ~(uint64_t)THREAD_RESTART;
    memcpy(&r->r15, in, 15 * sizeof(*in));
    r->orig = ARCH_ENTRY_TRAP;
    r->rip = in[15];
    r->cs = SEL_USER_CODE;
    r->rflags = (in[16] & RFLAGS_USER) | RFLAGS_ONE | RFLAGS_IF;
    r->rsp = in[17];
    r->ss = SEL_USER_DATA;
    t->fs_base = in[18];
    t->gs_base = in[19];
    if (t == current_thread()) {
        write_fs_base(in[18]);
        write_user_gs_base(in[19]);
    }
    return L4_OK;
}

L4_STATIC_ASSERT(sizeof(l4_vcpu_regs_t) ==
                     sizeof(struct arch_regs) - offsetof(struct arch_regs, r15),
                 "the frame is what the page holds");

void arch_regs_save(struct thread *t, l4_vcpu_regs_t *out)
{
    struct arch_regs *r = arch_regs(t);

    if (r->orig == ARCH_ENTRY_SYSCALL) {
        r->orig = r->rax;
        r->rcx = r->rip;
        r->r11 = r->rflags;
    }
    memcpy(out, &r->r15, sizeof(*out));
}

l4_err_t arch_regs_load(struct thread *t, const l4_vcpu_regs_t *in)
{
    struct arch_regs *r = arch_regs(t);
    uint64_t ip = *(const volatile uint64_t *)&in->ip;

    if (ip >= L4_USER_END) {
        return L4_EINVAL;
    }
    memcpy(&r->r15, in, sizeof(*in));
    r->orig = ARCH_ENTRY_TRAP;
    r->rip = ip;
    r->cs = SEL_USER_CODE;
    r->rflags = (r->rflags & RFLAGS_USER) | RFLAGS_ONE | RFLAGS_IF;
    r->ss = SEL_USER_DATA;
    return L4_OK;
}

void arch_regs_enter(struct thread *t, uint64_t ip, uint64_t sp, uint64_t arg)
{
    struct arch_regs *r = arch_regs(t);

    t->status &= ~(uint64_t)THREAD_RESTART;
    r->rdi = arg;
    r->orig = ARCH_ENTRY_TRAP;
    r->rip = ip & ((1ull << 47) - 1);
    r->cs = SEL_USER_CODE;
    r->rflags = RFLAGS_ONE | RFLAGS_IF;
    r->rsp = sp;
    r->ss = SEL_USER_DATA;
}
