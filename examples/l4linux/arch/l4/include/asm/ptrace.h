/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_L4_PTRACE_H
#define _ASM_L4_PTRACE_H

#include <uapi/asm/ptrace.h>
#include <asm/layout.h>
#include <asm/processor-flags.h>

#ifndef __ASSEMBLY__

/* The same as the vCPU's l4_vcpu_regs_t. */
struct pt_regs {
	unsigned long r15, r14, r13, r12, bp, bx, r11, r10, r9, r8;
	unsigned long ax, cx, dx, si, di;
	unsigned long orig_ax;
	unsigned long ip, cs, flags, sp, ss;
};

/* The registers of the running process stay in the vCPU's state page, where the
 * microkernel puts them and finds them. Those of a task that does not run are
 * on its kernel stack (__switch_to). */
#define current_pt_regs() ((struct pt_regs *)L4_VCPU_ADDRESS)

/* What processes see in their segment registers, here as on x86. Frames of
 * Linux itself have cs 0. */
#define __USER_CS 0x33
#define __USER_DS 0x2b

#define user_mode(regs) ((regs)->cs != 0)
#define instruction_pointer(regs) ((regs)->ip)
#define user_stack_pointer(regs) ((regs)->sp)
#define kernel_stack_pointer(regs) ((regs)->sp)
#define profile_pc(regs) ((regs)->ip)
#define regs_return_value(regs) ((regs)->ax)
#define is_syscall_success(regs) (!IS_ERR_VALUE((regs)->ax))
#define current_user_stack_pointer() current_pt_regs()->sp
#define arch_has_single_step() 1

static inline void instruction_pointer_set(struct pt_regs *regs,
					   unsigned long val)
{
	regs->ip = val;
}

static inline void regs_set_return_value(struct pt_regs *regs,
					 unsigned long val)
{
	regs->ax = val;
}

static inline unsigned long frame_pointer(struct pt_regs *regs)
{
	return regs->bp;
}

static __always_inline bool regs_irqs_disabled(struct pt_regs *regs)
{
	return !(regs->flags & X86_EFLAGS_IF);
}

#endif
#endif
