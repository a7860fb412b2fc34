/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What assembly needs to know of C's structures. Compiled to assembly only;
 * the lines marked with -> become offsets.h. The assertions pin what the
 * system call path was counted for.
 */
#include <stddef.h>

#include <arch/cpu.h>
#include <arch/regs.h>
#include <kernel/gate.h>
#include <kernel/invocation.h>
#include <kernel/messages.h>
#include <kernel/task.h>
#include <kernel/thread.h>
#include <l4/vcpu.h>

#define DEFINE(name, value) \
    __asm__ volatile("\n.ascii \"->" #name " %c0\"" : : "i"((long)(value)))

/* Frames are addressed from their end, which is the thread. */
#define FROM_END(field) \
    ((long)offsetof(struct arch_regs, field) - (long)sizeof(struct arch_regs))

L4_STATIC_ASSERT(FROM_END(ss) == -8, "frame");
L4_STATIC_ASSERT(FROM_END(rip) == -40, "frame");
L4_STATIC_ASSERT(FROM_END(orig) == -48, "frame");
L4_STATIC_ASSERT(FROM_END(rdi) == -56, "frame");
L4_STATIC_ASSERT(FROM_END(rax) == -88, "frame");
L4_STATIC_ASSERT(FROM_END(r11) == -120, "frame");
L4_STATIC_ASSERT(FROM_END(r15) == -168, "frame");
L4_STATIC_ASSERT(offsetof(struct thread, status) == 0, "thread head");
L4_STATIC_ASSERT(offsetof(struct thread, caps) == 8, "thread head");
L4_STATIC_ASSERT(offsetof(struct thread, ncaps) == 16, "thread head");
L4_STATIC_ASSERT(offsetof(struct thread, cr3) == 24, "thread head");
L4_STATIC_ASSERT(offsetof(struct thread, caller) == 32, "thread head");
L4_STATIC_ASSERT(offsetof(struct thread, partner) == 40, "thread head");
L4_STATIC_ASSERT(offsetof(struct thread, fs_base) == 48, "thread head");
L4_STATIC_ASSERT(offsetof(struct thread, gs_base) == 56, "thread head");
L4_STATIC_ASSERT(offsetof(struct thread, home) == 64, "thread head");
L4_STATIC_ASSERT(offsetof(struct thread, utcb) == 72, "thread head");

void offsets(void);
void offsets(void)
{
    DEFINE(REGS_SIZE, sizeof(struct arch_regs));
    DEFINE(REGS_CS, offsetof(struct arch_regs, cs));
    DEFINE(FRAME_rsp, FROM_END(rsp));
    DEFINE(FRAME_rflags, FROM_END(rflags));
    DEFINE(FRAME_rip, FROM_END(rip));
    DEFINE(FRAME_orig, FROM_END(orig));
    DEFINE(FRAME_rdi, FROM_END(rdi));
    DEFINE(FRAME_rsi, FROM_END(rsi));
    DEFINE(FRAME_rdx, FROM_END(rdx));
    DEFINE(FRAME_rax, FROM_END(rax));
    DEFINE(FRAME_r8, FROM_END(r8));
    DEFINE(FRAME_r9, FROM_END(r9));
    DEFINE(FRAME_r10, FROM_END(r10));
    DEFINE(FRAME_rbx, FROM_END(rbx));
    DEFINE(FRAME_rbp, FROM_END(rbp));
    DEFINE(FRAME_r12, FROM_END(r12));
    DEFINE(FRAME_r13, FROM_END(r13));
    DEFINE(FRAME_r14, FROM_END(r14));
    DEFINE(FRAME_r15, FROM_END(r15));
    DEFINE(THREAD_STATUS, offsetof(struct thread, status));
    DEFINE(THREAD_CAPS, offsetof(struct thread, caps));
    DEFINE(THREAD_NCAPS, offsetof(struct thread, ncaps));
    DEFINE(THREAD_CR3, offsetof(struct thread, cr3));
    DEFINE(THREAD_CALLER, offsetof(struct thread, caller));
    DEFINE(THREAD_PARTNER, offsetof(struct thread, partner));
    DEFINE(THREAD_FS_BASE, offsetof(struct thread, fs_base));
    DEFINE(THREAD_GS_BASE, offsetof(struct thread, gs_base));
    DEFINE(THREAD_UTCB, offsetof(struct thread, utcb));
    DEFINE(THREAD_TASK, offsetof(struct thread, task));
    DEFINE(THREAD_PAGER, offsetof(struct thread, pager));
    DEFINE(THREAD_FAULT_VECTOR, offsetof(struct thread, fault_vector));
    DEFINE(THREAD_FAULT_ACCESS, offsetof(struct thread, fault_access));
    DEFINE(THREAD_FAULT_ADDRESS, offsetof(struct thread, fault_address));
    DEFINE(THREAD_FAULT_ERROR, offsetof(struct thread, fault_error));
    DEFINE(THREAD_PAGEFAULT, THREAD_PAGEFAULT);
    DEFINE(THREAD_READY, THREAD_READY);
    DEFINE(THREAD_WAITING, THREAD_WAITING);
    DEFINE(THREAD_CALLING, THREAD_CALLING);
}

void offsets_vcpu(void);
void offsets_vcpu(void)
{
    DEFINE(THREAD_GUEST, THREAD_GUEST);
    DEFINE(THREAD_FPU, THREAD_FPU);
    DEFINE(THREAD_VCPU, offsetof(struct thread, vcpu));
    DEFINE(THREAD_VCPU_USER, offsetof(struct thread, vcpu_user));
    DEFINE(THREAD_VCPU_DEADLINE, offsetof(struct thread, vcpu_deadline));
    DEFINE(THREAD_HOST_CR3, offsetof(struct thread, host_cr3));
    DEFINE(THREAD_GUEST_TASK, offsetof(struct thread, guest));
    DEFINE(TASK_CR3, offsetof(struct task, space.cr3));
    DEFINE(OBJECT_TASK, OBJECT_TASK);
    DEFINE(RIGHT_TASK_CREATE, RIGHT_TASK_CREATE);
    DEFINE(VCPU_r15, offsetof(l4_vcpu_t, regs.r15));
    DEFINE(VCPU_r14, offsetof(l4_vcpu_t, regs.r14));
    DEFINE(VCPU_r13, offsetof(l4_vcpu_t, regs.r13));
    DEFINE(VCPU_r12, offsetof(l4_vcpu_t, regs.r12));
    DEFINE(VCPU_rbp, offsetof(l4_vcpu_t, regs.bp));
    DEFINE(VCPU_rbx, offsetof(l4_vcpu_t, regs.bx));
    DEFINE(VCPU_r11, offsetof(l4_vcpu_t, regs.r11));
    DEFINE(VCPU_r10, offsetof(l4_vcpu_t, regs.r10));
    DEFINE(VCPU_r9, offsetof(l4_vcpu_t, regs.r9));
    DEFINE(VCPU_r8, offsetof(l4_vcpu_t, regs.r8));
    DEFINE(VCPU_rax, offsetof(l4_vcpu_t, regs.ax));
    DEFINE(VCPU_rcx, offsetof(l4_vcpu_t, regs.cx));
    DEFINE(VCPU_rdx, offsetof(l4_vcpu_t, regs.dx));
    DEFINE(VCPU_rsi, offsetof(l4_vcpu_t, regs.si));
    DEFINE(VCPU_rdi, offsetof(l4_vcpu_t, regs.di));
    DEFINE(VCPU_ORIG_AX, offsetof(l4_vcpu_t, regs.orig_ax));
    DEFINE(VCPU_IP, offsetof(l4_vcpu_t, regs.ip));
    DEFINE(VCPU_CS, offsetof(l4_vcpu_t, regs.cs));
    DEFINE(VCPU_FLAGS, offsetof(l4_vcpu_t, regs.flags));
    DEFINE(VCPU_rsp, offsetof(l4_vcpu_t, regs.sp));
    DEFINE(VCPU_SS, offsetof(l4_vcpu_t, regs.ss));
    DEFINE(VCPU_STATE, offsetof(l4_vcpu_t, state));
    DEFINE(VCPU_SAVED_STATE, offsetof(l4_vcpu_t, saved_state));
    DEFINE(VCPU_STICKY, offsetof(l4_vcpu_t, sticky));
    DEFINE(VCPU_REASON, offsetof(l4_vcpu_t, reason));
    DEFINE(VCPU_TRAPNO, offsetof(l4_vcpu_t, trapno));
    DEFINE(VCPU_ERROR, offsetof(l4_vcpu_t, error));
    DEFINE(VCPU_ADDRESS, offsetof(l4_vcpu_t, address));
    DEFINE(VCPU_ENTRY_IP, offsetof(l4_vcpu_t, entry_ip));
    DEFINE(VCPU_ENTRY_SP, offsetof(l4_vcpu_t, entry_sp));
    DEFINE(VCPU_USER_TASK, offsetof(l4_vcpu_t, user_task));
    DEFINE(VCPU_DEADLINE, offsetof(l4_vcpu_t, deadline));
    DEFINE(VCPU_MAPQ_N, offsetof(l4_vcpu_t, mapq_n));
    DEFINE(VCPU_STATE_USER, L4_VCPU_USER);
    DEFINE(VCPU_SYSCALL, L4_VCPU_REASON_SYSCALL);
    DEFINE(VCPU_PF, L4_VCPU_REASON_PF);
    DEFINE(PHASE_RESUME, L4_PHASE_RESUME);
}

void offsets_ipc(void);
void offsets_ipc(void)
{
    DEFINE(TAG_OP_SHIFT, L4_TAG_OP_SHIFT);
    L4_STATIC_ASSERT(sizeof(struct kernel_short) == 16, "entries");
    DEFINE(SHORTS_MASK, (KERNEL_SHORTS - 1) * sizeof(struct kernel_short));
    DEFINE(SHORTS_TAG, offsetof(struct kernel_shorts, ops[0].tag));
    DEFINE(SHORTS_RUN, offsetof(struct kernel_shorts, ops[0].run));
    DEFINE(GATE_FAST, offsetof(struct gate, fast));
    DEFINE(OBJECT_GATE, OBJECT_GATE);
    DEFINE(OBJECT_ALIGN, OBJECT_ALIGN);
    DEFINE(PHASE_CALL, L4_PHASE_CALL);
    DEFINE(PHASE_REPLY_WAIT, L4_PHASE_REPLY_WAIT);
    DEFINE(ITEM_ONE, 1 << L4_TAG_ITEMS_SHIFT);
    DEFINE(TAG_RAISED_BIT, __builtin_ctzll(L4_TAG_RAISED));
    DEFINE(TAG_FAULT_HIGH, TAG_PAGER_FAULT >> 32);
    DEFINE(TAG_FAULT_LOW, (TAG_PAGER_FAULT & ~0u) | L4_TAG_KERNEL);
    DEFINE(UTCB_ITEM_CONTROL, offsetof(l4_utcb_t, items[0].control));
    DEFINE(UTCB_ITEM_FPAGE, offsetof(l4_utcb_t, items[0].fpage));
    DEFINE(MSG_REGS, L4_MSG_REGS);
    DEFINE(MSG_WORDS, L4_MSG_WORDS);
    DEFINE(UTCB_MR_REST, offsetof(l4_utcb_t, mr[L4_MSG_REGS]));
    DEFINE(CPU_CR3, offsetof(struct cpu, cr3));
    DEFINE(CPU_USER_RSP, offsetof(struct cpu, user_rsp));
    DEFINE(CPU_CURRENT, offsetof(struct cpu, tss.current));
    DEFINE(CPU_STACK, offsetof(struct cpu, stack));
}
