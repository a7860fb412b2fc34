// SPDX-License-Identifier: GPL-2.0-only
/* Signals: frames as x86-64 has them. */
#include <linux/entry-common.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/signal.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>
#include <asm/fpu/api.h>
#include <asm/l4.h>
#include <asm/unistd.h>
#include <asm/ucontext.h>

/* What the handler finds on its stack. */
struct rt_sigframe {
	char __user *pretcode;
	struct ucontext uc;
	struct siginfo info;
};

#define REDZONE 128
#define SYSCALL_INSN 2 /* bytes */

/* The flags that a handler may change. */
#define FLAGS_FIX                                                        \
	(X86_EFLAGS_AC | X86_EFLAGS_OF | X86_EFLAGS_DF | X86_EFLAGS_TF | \
	 X86_EFLAGS_SF | X86_EFLAGS_ZF | X86_EFLAGS_AF | X86_EFLAGS_PF | \
	 X86_EFLAGS_CF | X86_EFLAGS_RF)

#define COPY_REGS(to, from)              \
	do {                             \
		(to)->r8 = (from)->r8;   \
		(to)->r9 = (from)->r9;   \
		(to)->r10 = (from)->r10; \
		(to)->r11 = (from)->r11; \
		(to)->r12 = (from)->r12; \
		(to)->r13 = (from)->r13; \
		(to)->r14 = (from)->r14; \
		(to)->r15 = (from)->r15; \
		(to)->di = (from)->di;   \
		(to)->si = (from)->si;   \
		(to)->bp = (from)->bp;   \
		(to)->bx = (from)->bx;   \
		(to)->dx = (from)->dx;   \
		(to)->ax = (from)->ax;   \
		(to)->cx = (from)->cx;   \
		(to)->sp = (from)->sp;   \
		(to)->ip = (from)->ip;   \
	} while (0)

/* Every field, so that nothing of ours is told. */
static void context_fill(struct sigcontext *sc, const struct pt_regs *regs,
			 const sigset_t *set, unsigned long fpstate)
{
	const struct thread_struct *thread = &current->thread;

	COPY_REGS(sc, regs);
	sc->flags = regs->flags;
	sc->cs = __USER_CS;
	sc->gs = 0;
	sc->fs = 0;
	sc->ss = __USER_DS;
	sc->err = thread->error_code;
	sc->trapno = thread->trap_nr;
	sc->oldmask = set->sig[0];
	sc->cr2 = thread->cr2;
	sc->fpstate = fpstate;
	memset(&sc->reserved1, 0, sizeof(sc->reserved1));
}

/* All but the siginfo. */
static void frame_fill(struct rt_sigframe *frame, struct ksignal *ksig,
		       const sigset_t *set, const struct pt_regs *regs,
		       unsigned long fpstate)
{
	frame->pretcode = (char __user *)ksig->ka.sa.sa_restorer;
	frame->uc.uc_flags = UC_SIGCONTEXT_SS | UC_STRICT_RESTORE_SS |
			     (l4_fpu_features ? UC_FP_XSTATE : 0);
	frame->uc.uc_link = NULL;
	frame->uc.uc_stack.ss_sp = (void __user *)current->sas_ss_sp;
	frame->uc.uc_stack.ss_flags = current->sas_ss_flags;
	frame->uc.uc_stack.ss_size = current->sas_ss_size;
	context_fill(&frame->uc.uc_mcontext, regs, set, fpstate);
	frame->uc.uc_sigmask = *set;
}

#define FRAME_FILLED offsetof(struct rt_sigframe, info)

static int frame_write(struct rt_sigframe __user *frame, struct ksignal *ksig,
		       const sigset_t *set, const struct pt_regs *regs,
		       unsigned long fpstate)
{
	struct rt_sigframe *there =
		l4_user_cached((unsigned long)frame, FRAME_FILLED, true);
	struct rt_sigframe here;

	if (likely(there)) {
		frame_fill(there, ksig, set, regs, fpstate);
	} else {
		memset(&here, 0, FRAME_FILLED);
		frame_fill(&here, ksig, set, regs, fpstate);
		if (copy_to_user(frame, &here, FRAME_FILLED))
			return -EFAULT;
	}
	if (!(ksig->ka.sa.sa_flags & SA_SIGINFO))
		return 0;
	return copy_siginfo_to_user(&frame->info, &ksig->info);
}

static int frame_setup(struct ksignal *ksig, sigset_t *set,
		       struct pt_regs *regs)
{
	struct rt_sigframe __user *frame;
	unsigned long sp = sigsp(regs->sp, ksig);
	unsigned long fpstate;

	if (!(ksig->ka.sa.sa_flags & SA_RESTORER))
		return -EFAULT;
	if (sp == regs->sp)
		sp -= REDZONE;
	fpstate = l4_fpu_to_frame(sp);
	if (!fpstate)
		return -EFAULT;
	sp = round_down(fpstate - sizeof(*frame), 16) - 8;
	frame = (struct rt_sigframe __user *)sp;
	if (!access_ok(frame, sizeof(*frame)) ||
	    frame_write(frame, ksig, set, regs, fpstate))
		return -EFAULT;

	regs->di = ksig->sig;
	regs->ax = 0; /* for handlers with variable arguments */
	regs->si = (unsigned long)&frame->info;
	regs->dx = (unsigned long)&frame->uc;
	regs->ip = (unsigned long)ksig->ka.sa.sa_handler;
	regs->sp = sp;
	l4_fpu_reset();
	regs->flags &= ~(X86_EFLAGS_DF | X86_EFLAGS_RF | X86_EFLAGS_TF);
	return 0;
}

static int frame_restore(struct rt_sigframe __user *frame, struct pt_regs *regs)
{
	const struct rt_sigframe *from =
		l4_user_cached((unsigned long)frame, FRAME_FILLED, false);
	const struct sigcontext *sc;
	struct rt_sigframe here;
	unsigned long fpstate;
	sigset_t set;

	if (unlikely(!from)) {
		if (!access_ok(frame, FRAME_FILLED) ||
		    copy_from_user(&here, frame, FRAME_FILLED))
			return -EFAULT;
		from = &here;
	}
	sc = &from->uc.uc_mcontext;
	COPY_REGS(regs, sc);
	regs->flags = (regs->flags & ~FLAGS_FIX) | (sc->flags & FLAGS_FIX);
	regs->orig_ax = -1;
	fpstate = sc->fpstate;
	set = from->uc.uc_sigmask;
	set_current_blocked(&set);
	if (l4_fpu_from_frame((void __user *)fpstate))
		return -EFAULT;
	return restore_altstack(&frame->uc.uc_stack);
}

SYSCALL_DEFINE0(rt_sigreturn)
{
	struct pt_regs *regs = current_pt_regs();

	current->restart_block.fn = do_no_restart_syscall;
	if (frame_restore((struct rt_sigframe __user *)(regs->sp - 8), regs)) {
		force_sig(SIGSEGV);
		return 0;
	}
	return regs->ax;
}

static void syscall_again(struct pt_regs *regs, unsigned long nr)
{
	regs->ax = nr;
	regs->ip -= SYSCALL_INSN;
}

/* A handler runs: does the system call it interrupts start again? */
static void restart_for_handler(struct pt_regs *regs, unsigned long sa_flags)
{
	switch (regs->ax) {
	case -ERESTART_RESTARTBLOCK:
	case -ERESTARTNOHAND:
		regs->ax = -EINTR;
		break;
	case -ERESTARTSYS:
		if (!(sa_flags & SA_RESTART)) {
			regs->ax = -EINTR;
			break;
		}
		fallthrough;
	case -ERESTARTNOINTR:
		syscall_again(regs, regs->orig_ax);
		break;
	}
}

static void restart_without_handler(struct pt_regs *regs)
{
	switch (regs->ax) {
	case -ERESTARTNOHAND:
	case -ERESTARTSYS:
	case -ERESTARTNOINTR:
		syscall_again(regs, regs->orig_ax);
		break;
	case -ERESTART_RESTARTBLOCK:
		syscall_again(regs, __NR_restart_syscall);
		break;
	}
}

void arch_do_signal_or_restart(struct pt_regs *regs)
{
	bool in_syscall = (long)regs->orig_ax >= 0;
	struct ksignal ksig;
	bool stepping;

	if (!get_signal(&ksig)) {
		if (in_syscall)
			restart_without_handler(regs);
		restore_saved_sigmask();
		return;
	}
	if (in_syscall)
		restart_for_handler(regs, ksig.ka.sa.sa_flags);
	rseq_signal_deliver(&ksig, regs);
	stepping = test_thread_flag(TIF_SINGLESTEP);
	signal_setup_done(frame_setup(&ksig, sigmask_to_save(), regs), &ksig,
			  stepping);
}
