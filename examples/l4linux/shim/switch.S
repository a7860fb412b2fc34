/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Into the shim and out of it. Linux calls on a stack of its own, aligned to 8
 * bytes, with FS, GS and vector registers that it wants back; the shim works on
 * one stack, as calls do not nest.
 */
#include "vcpu_layout.h"

	.bss
	.balign 64
	.globl shim_user_state
shim_user_state:
	.skip SHIM_XSTATE_SIZE
call_state:
	.skip SHIM_XSTATE_SIZE
	.skip SHIM_STACK_SIZE
stack_top:
	.globl shim_fs, shim_user_fs, shim_user_gs, shim_frame
shim_fs:
	.skip 8
shim_user_fs:
	.skip 8
shim_user_gs:
	.skip 8
shim_frame:
	.skip 5 * 8

	.text

/* A function of struct l4_platform. */
.macro PLATFORM name
	.globl shim_\name
shim_\name:
	pushq %rbp
	movq %rsp, %rbp
	pushq %rbx
	pushq %r12
	rdfsbase %rbx
	movq shim_fs(%rip), %r12
	wrfsbase %r12
	leaq stack_top(%rip), %rsp
	movq %rdx, %r12
	movl $-1, %eax
	movl $-1, %edx
	xsave64 call_state(%rip)
	movq %r12, %rdx
	call platform_\name
	movq %rax, %r12
	movl $-1, %eax
	movl $-1, %edx
	xrstor64 call_state(%rip)
	movq %r12, %rax
	wrfsbase %rbx
	leaq -16(%rbp), %rsp
	popq %r12
	popq %rbx
	popq %rbp
	ret
.endm

	PLATFORM halt
	PLATFORM time
	PLATFORM task_create
	PLATFORM task_destroy
	PLATFORM task_unmap
	PLATFORM host_map
	PLATFORM host_unmap
	PLATFORM console_write
	PLATFORM console_read
	PLATFORM console_size
	PLATFORM exit
	PLATFORM port_call

	.globl shim_resume
shim_resume:
	rdfsbase %rax
	movq %rax, shim_user_fs(%rip)
	rdgsbase %rax
	movq %rax, shim_user_gs(%rip)
	movl $-1, %eax
	movl $-1, %edx
	xsave64 shim_user_state(%rip)
	movq shim_fs(%rip), %rax
	wrfsbase %rax
	leaq stack_top(%rip), %rsp
	call platform_resume
	ud2

.macro RESTORE
	movl $-1, %eax
	movl $-1, %edx
	xrstor64 shim_user_state(%rip)
	movq shim_user_gs(%rip), %rax
	wrgsbase %rax
	movq shim_user_fs(%rip), %rax
	wrfsbase %rax
.endm

	.globl shim_enter
shim_enter:
	movq %rdx, %rbx
	RESTORE
	movq %rsi, %rsp
	movq %rdi, %rax
	movq %rbx, %rdi
	xorl %ebp, %ebp
	jmp *%rax

#define FIELD(offset) L4_VCPU_ADDRESS + (offset)
#define HOST(reg) FIELD(VCPU_HOST_REGS + REGS_##reg)

	.globl shim_return, shim_return_begin, shim_return_end
shim_return:
	RESTORE
shim_return_begin:
	movl FIELD(VCPU_SAVED_STATE), %eax
	testb $STATE_IRQ, %al
	jz 1f
	testl $STICKY_PENDING, FIELD(VCPU_STICKY)
	jnz interrupted
1:	movl %eax, FIELD(VCPU_STATE)
	movq HOST(R15), %r15
	movq HOST(R14), %r14
	movq HOST(R13), %r13
	movq HOST(R12), %r12
	movq HOST(BP), %rbp
	movq HOST(BX), %rbx
	movq HOST(R11), %r11
	movq HOST(R10), %r10
	movq HOST(R9), %r9
	movq HOST(R8), %r8
	movq HOST(CX), %rcx
	movq HOST(DX), %rdx
	movq HOST(SI), %rsi
	movq HOST(DI), %rdi
	movq HOST(AX), %rax
	leaq shim_frame(%rip), %rsp
	iretq
shim_return_end:
interrupted:
	movl $REASON_IRQ, FIELD(VCPU_REASON)
	movl $0, FIELD(VCPU_STATE)
	movq HOST(SP), %rsp
	movl $L4_VCPU_ADDRESS, %edi
	xorl %ebp, %ebp
	jmp *FIELD(VCPU_ENTRY_IP)

/* In a child: makes the system calls from rbx to r12, each a number and six
 * arguments, up to one that fails. */
	.globl shim_stub_begin, shim_stub_end
shim_stub_begin:
1:	cmpq %r12, %rbx
	jae 2f
	movq (%rbx), %rax
	movq 8(%rbx), %rdi
	movq 16(%rbx), %rsi
	movq 24(%rbx), %rdx
	movq 32(%rbx), %r10
	movq 40(%rbx), %r8
	movq 48(%rbx), %r9
	syscall
	cmpq $-4096, %rax
	ja 2f
	addq $56, %rbx
	jmp 1b
2:	int3
shim_stub_end:

	.section .note.GNU-stack, "", @progbits
