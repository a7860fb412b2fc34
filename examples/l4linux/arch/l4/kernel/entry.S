/* SPDX-License-Identifier: GPL-2.0-only */
#include <linux/linkage.h>
#include <asm/asm-offsets.h>

	.text

/* struct task_struct *l4_switch_stack(prev, next): returns in next. */
SYM_CODE_START(l4_switch_stack)
	pushq %rbp
	pushq %rbx
	pushq %r12
	pushq %r13
	pushq %r14
	pushq %r15
	movq %rsp, TASK_SP(%rdi)
	movq TASK_SP(%rsi), %rsp
	popq %r15
	popq %r14
	popq %r13
	popq %r12
	popq %rbx
	popq %rbp
	movq %rdi, %rax
	ret
SYM_CODE_END(l4_switch_stack)

/* Where a new task begins; rax is whom it was switched to from. */
SYM_CODE_START(l4_fork_return)
	movq %rax, %rdi
	call l4_task_begin
	jmp .Lresume_user
SYM_CODE_END(l4_fork_return)

/* The microkernel enters us here, events masked: with entry_sp, if it was a
 * process, else with our own stack pointer as it was. */
SYM_CODE_START(l4_entry)
	testb $VCPU_USER, VCPU_SAVED_STATE
	jz .Lhost
	movl $STATE_LINUX, VCPU_STATE
	cmpl $VCPU_REASON_SYSCALL, VCPU_REASON
	jne .Levent
	call l4_system_call
.Lresume_user:
	movl $(VCPU_USER | VCPU_IRQ), VCPU_SAVED_STATE
	jmp *(l4_platform + PLATFORM_RESUME)
.Levent:
	call l4_user_event
	jmp .Lresume_user
.Lhost:
	call l4_host_event
	jmp *(l4_platform + PLATFORM_RESUME)
SYM_CODE_END(l4_entry)

/* void l4_timer_kick(void): resumes ourselves, for the microkernel to look at
 * the deadline. Virtual interrupts are masked. */
SYM_FUNC_START(l4_timer_kick)
	pushq %rbp
	pushq %rbx
	pushq %r12
	pushq %r13
	pushq %r14
	pushq %r15
	movq $1f, %rdi
	movq %rsp, %rsi
	call l4_resume_host
	ud2
1:	popq %r15
	popq %r14
	popq %r13
	popq %r12
	popq %rbx
	popq %rbp
	RET
SYM_FUNC_END(l4_timer_kick)

	.section .note.GNU-stack, "", @progbits
