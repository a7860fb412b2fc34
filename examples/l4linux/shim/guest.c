/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A process runs until it makes a system call, faults, raises an exception or
 * is interrupted; each stops the traced child, and is told in the state page as
 * the microkernel tells it. Of a page fault the kernel beneath tells only the
 * address: what was wanted is guessed from what the page allows, and as a read
 * where nothing is mapped, so that a write may fault twice.
 */
#include <elf.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include <l4/err.h>
#include <l4/fpage.h>

#include "shim.h"

#define INSTRUCTION_MAX 15u
#define SYSCALL_STOP (SIGTRAP | 0x80)

#define VECTOR_DIVIDE 0u
#define VECTOR_DEBUG 1u
#define VECTOR_BREAKPOINT 3u
#define VECTOR_UNDEFINED 6u
#define VECTOR_PROTECTION 13u
#define VECTOR_PAGE_FAULT 14u
#define VECTOR_X87 16u
#define VECTOR_ALIGNMENT 17u

/* Of an error code of a page fault. */
#define FAULT_PRESENT 1u
#define FAULT_WRITE 2u
#define FAULT_USER 4u
#define FAULT_FETCH 16u

static void regs_load(struct user_regs_struct *to, const l4_vcpu_regs_t *from)
{
    *to = (struct user_regs_struct){
        .r15 = from->r15,
        .r14 = from->r14,
        .r13 = from->r13,
        .r12 = from->r12,
        .rbp = from->bp,
        .rbx = from->bx,
        .r11 = from->r11,
        .r10 = from->r10,
        .r9 = from->r9,
        .r8 = from->r8,
        .rax = from->ax,
        .rcx = from->cx,
        .rdx = from->dx,
        .rsi = from->si,
        .rdi = from->di,
        .orig_rax = ~0ull, /* nothing is restarted */
        .rip = from->ip,
        .cs = SHIM_USER_CODE,
        .eflags = from->flags,
        .rsp = from->sp,
        .ss = SHIM_USER_DATA,
        .fs_base = shim_user_fs,
        .gs_base = shim_user_gs,
    };
}

static void regs_save(l4_vcpu_regs_t *to, const struct user_regs_struct *from)
{
    *to = (l4_vcpu_regs_t){
        .r15 = from->r15,
        .r14 = from->r14,
        .r13 = from->r13,
        .r12 = from->r12,
        .bp = from->rbp,
        .bx = from->rbx,
        .r11 = from->r11,
        .r10 = from->r10,
        .r9 = from->r9,
        .r8 = from->r8,
        .ax = from->rax,
        .cx = from->rcx,
        .dx = from->rdx,
        .si = from->rsi,
        .di = from->rdi,
        .orig_ax = ~0ull,
        .ip = from->rip,
        .cs = SHIM_USER_CODE,
        .flags = from->eflags,
        .sp = from->rsp,
        .ss = SHIM_USER_DATA,
    };
    shim_user_fs = from->fs_base;
    shim_user_gs = from->gs_base;
}

static bool state_load(pid_t pid)
{
    struct user_regs_struct regs;
    struct iovec vector = {shim_user_state, sizeof(shim_user_state)};

    /* How much of it the kernel beneath knows. */
    static size_t size;
    if (!size) {
        static uint8_t probe[SHIM_XSTATE_SIZE];
        struct iovec all = {probe, sizeof(probe)};

        if (ptrace(PTRACE_GETREGSET, pid, NT_X86_XSTATE, &all) != 0)
            shim_fail("vector registers: error %d", errno);
        size = all.iov_len;
    }
    vector.iov_len = size;
    regs_load(&regs, &shim_vcpu->regs);
    return ptrace(PTRACE_SETREGS, pid, 0, &regs) == 0 &&
           ptrace(PTRACE_SETREGSET, pid, NT_X86_XSTATE, &vector) == 0;
}

static void state_save(pid_t pid, struct user_regs_struct *regs)
{
    struct iovec vector = {shim_user_state, sizeof(shim_user_state)};

    if (ptrace(PTRACE_GETREGS, pid, 0, regs) != 0 ||
        ptrace(PTRACE_GETREGSET, pid, NT_X86_XSTATE, &vector) != 0)
        shim_fail("registers of process %d: error %d", pid, errno);
    regs_save(&shim_vcpu->regs, regs);
}

static uint32_t exception(uint32_t trap)
{
    shim_vcpu->trapno = trap;
    shim_vcpu->error = 0;
    return L4_VCPU_REASON_EXC;
}

static uint32_t page_fault(const struct task *t, uint64_t address)
{
    l4_vcpu_t *p = shim_vcpu;
    unsigned rights = task_rights(t, address);
    uint64_t page = address & ~0xfffull;
    /* An instruction may begin in the page before. */
    bool fetch = address - p->regs.ip < INSTRUCTION_MAX &&
                 (address == p->regs.ip || address == page);

    p->trapno = VECTOR_PAGE_FAULT;
    p->address = address;
    p->error = FAULT_USER;
    if (rights)
        p->error |= FAULT_PRESENT;
    if (fetch && !(rights & L4_MEM_X))
        p->error |= FAULT_FETCH;
    else if (rights)
        p->error |= FAULT_WRITE;
    return L4_VCPU_REASON_PF;
}

static uint32_t floating_point(int code)
{
    if (code == FPE_INTDIV || code == FPE_INTOVF)
        return exception(VECTOR_DIVIDE);
    return exception(VECTOR_X87);
}

/* What a signal that the child would get tells. */
static uint32_t signal_reason(const struct task *t, int signal)
{
    siginfo_t info;

    memset(&info, 0, sizeof(info));
    ptrace(PTRACE_GETSIGINFO, task_pid(t), 0, &info);
    switch (signal) {
    case SIGSEGV:
        return info.si_code == SI_KERNEL
                   ? exception(VECTOR_PROTECTION)
                   : page_fault(t, (uintptr_t)info.si_addr);
    case SIGBUS: return exception(VECTOR_ALIGNMENT);
    case SIGFPE: return floating_point(info.si_code);
    case SIGILL: return exception(VECTOR_UNDEFINED);
    case SIGTRAP:
        return exception(info.si_code == TRAP_TRACE ? VECTOR_DEBUG
                                                    : VECTOR_BREAKPOINT);
    default: /* SIGSTOP: ours, to interrupt it */ return L4_VCPU_REASON_IRQ;
    }
}

/* Until the child stops; an interrupt that Linux wants stops it. */
static int child_wait(pid_t pid)
{
    bool told = false;
    int status;

    for (;;) {
        pid_t got = waitpid(pid, &status, __WALL | WNOHANG);

        if (got == pid)
            return status;
        if (got < 0 && errno != EINTR)
            shim_fail("process %d: error %d", pid, errno);
        if (!told && shim_vcpu->sticky & L4_VCPU_PENDING &&
            shim_vcpu->state & L4_VCPU_IRQ) {
            told = true;
            kill(pid, SIGSTOP);
        }
        vcpu_wait();
    }
}

uint32_t guest_run(struct task *t)
{
    struct user_regs_struct regs;
    pid_t pid = task_pid(t);

    /* Addresses that no jump can reach and no base can have. */
    if (!state_load(pid))
        return exception(VECTOR_PROTECTION);
    ptrace(PTRACE_SYSEMU, pid, 0, 0);
    int status = child_wait(pid);
    if (!WIFSTOPPED(status))
        shim_fail("process %d ended unasked, status %#x", pid,
                  (unsigned)status);
    state_save(pid, &regs);
    if (WSTOPSIG(status) != SYSCALL_STOP)
        return signal_reason(t, WSTOPSIG(status));
    shim_vcpu->regs.orig_ax = regs.orig_rax;
    shim_vcpu->regs.ax = regs.orig_rax;
    return L4_VCPU_REASON_SYSCALL;
}
