/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the microkernel does for a vCPU (l4/vcpu.h), by signals: of the timer,
 * of the terminal, and of faults and exceptions of Linux itself.
 */
#include <errno.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include "shim.h"

#define NS_PER_S 1000000000ull
#define FLAG_DIRECTION 0x400
#define FLAG_TRAP 0x100
#define FLAG_ALWAYS 0x202 /* reserved, interrupts */

#define VECTOR_PAGE_FAULT 14

static sigset_t signals; /* that interrupt, and those of children */
static timer_t timer;
static uint64_t timer_deadline;

static void *page_at(uint64_t address)
{
    return (void *)(uintptr_t)address;
}

/* --- registers of a signal */

static void regs_save(l4_vcpu_regs_t *to, const greg_t *from)
{
    *to = (l4_vcpu_regs_t){
        .r15 = (uint64_t)from[REG_R15],
        .r14 = (uint64_t)from[REG_R14],
        .r13 = (uint64_t)from[REG_R13],
        .r12 = (uint64_t)from[REG_R12],
        .bp = (uint64_t)from[REG_RBP],
        .bx = (uint64_t)from[REG_RBX],
        .r11 = (uint64_t)from[REG_R11],
        .r10 = (uint64_t)from[REG_R10],
        .r9 = (uint64_t)from[REG_R9],
        .r8 = (uint64_t)from[REG_R8],
        .ax = (uint64_t)from[REG_RAX],
        .cx = (uint64_t)from[REG_RCX],
        .dx = (uint64_t)from[REG_RDX],
        .si = (uint64_t)from[REG_RSI],
        .di = (uint64_t)from[REG_RDI],
        .orig_ax = (uint64_t)from[REG_ERR],
        .ip = (uint64_t)from[REG_RIP],
        .cs = SHIM_USER_CODE,
        .flags = (uint64_t)from[REG_EFL],
        .sp = (uint64_t)from[REG_RSP],
        .ss = SHIM_USER_DATA,
    };
}

/* The signal returns into Linux's entry, on the stack that Linux was on. */
static void host_interrupt(greg_t *gregs, uint32_t reason)
{
    l4_vcpu_t *p = shim_vcpu;

    regs_save(&p->host_regs, gregs);
    p->saved_state = p->state & ~L4_VCPU_USER;
    p->reason = reason;
    p->state = 0;
    gregs[REG_RIP] = (greg_t)p->entry_ip;
    gregs[REG_RDI] = L4_VCPU_ADDRESS;
    gregs[REG_RBP] = 0;
    gregs[REG_EFL] &= ~(greg_t)(FLAG_DIRECTION | FLAG_TRAP);
}

/* Linux's code and that of its modules are linked low; the shim is loaded far
 * above. */
static bool is_linux(uint64_t ip)
{
    return ip > L4_VCPU_ADDRESS && ip >> 32 == 0;
}

/* --- virtual interrupts */

void vcpu_interrupt(unsigned virq)
{
    l4_vcpu_t *p = shim_vcpu;

    __atomic_fetch_or(&p->virq_pending[virq / 64], 1ull << (virq % 64),
                      __ATOMIC_SEQ_CST);
    __atomic_fetch_or(&p->sticky, L4_VCPU_PENDING, __ATOMIC_SEQ_CST);
}

static void signal_note(int signal)
{
    if (signal == SIGALRM) {
        timer_deadline = 0;
        vcpu_interrupt(L4_VIRQ_TIMER);
    } else if (signal != SIGCHLD) {
        vcpu_interrupt(L4_VIRQ_CONSOLE);
    }
}

static bool irq_pending(uint32_t state)
{
    return state & L4_VCPU_IRQ && shim_vcpu->sticky & L4_VCPU_PENDING;
}

static void signal_interrupt(int signal, siginfo_t *info, void *context)
{
    greg_t *gregs = ((ucontext_t *)context)->uc_mcontext.gregs;
    uint64_t ip = (uint64_t)gregs[REG_RIP];

    (void)info;
    signal_note(signal);
    if (ip >= (uintptr_t)shim_return_begin && ip < (uintptr_t)shim_return_end)
        gregs[REG_RIP] = (greg_t)(uintptr_t)shim_return_begin;
    else if (is_linux(ip) && irq_pending(shim_vcpu->state))
        host_interrupt(gregs, L4_VCPU_REASON_IRQ);
}

/* --- faults and exceptions of Linux */

static void signal_fault(int signal, siginfo_t *info, void *context)
{
    greg_t *gregs = ((ucontext_t *)context)->uc_mcontext.gregs;
    l4_vcpu_t *p = shim_vcpu;
    bool is_fault = gregs[REG_TRAPNO] == VECTOR_PAGE_FAULT;
    uint32_t wanted = is_fault ? L4_VCPU_PF : L4_VCPU_EXC;

    (void)info;
    /* A wild jump is Linux's, too: the shim makes none. */
    if (p->state & wanted && (is_linux((uint64_t)gregs[REG_RIP]) ||
                              gregs[REG_RIP] == gregs[REG_CR2])) {
        p->trapno = (uint32_t)gregs[REG_TRAPNO];
        p->error = (uint64_t)gregs[REG_ERR];
        p->address = (uint64_t)gregs[REG_CR2];
        host_interrupt(gregs,
                       is_fault ? L4_VCPU_REASON_HOST_PF : L4_VCPU_REASON_EXC);
        return;
    }
    __asm__ volatile("wrfsbase %0" : : "r"(shim_fs) : "memory");
    shim_fail("signal %d at %#llx, address %#llx", signal,
              (unsigned long long)gregs[REG_RIP],
              (unsigned long long)gregs[REG_CR2]);
}

/* --- time */

/* Sets the timer to the page's deadline, if that has changed. */
static void timer_update(void)
{
    uint64_t deadline = shim_vcpu->deadline;
    struct itimerspec spec = {
        .it_value = {.tv_sec = (time_t)(deadline / NS_PER_S),
                     .tv_nsec = (long)(deadline % NS_PER_S)}};

    if (deadline == timer_deadline)
        return;
    timer_deadline = deadline;
    if (timer_settime(timer, TIMER_ABSTIME, &spec, NULL) != 0)
        shim_fail("the timer: error %d", errno);
}

unsigned long platform_time(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

/* --- the phases */

void vcpu_wait(void)
{
    siginfo_t info;
    int signal = sigwaitinfo(&signals, &info);

    if (signal > 0)
        signal_note(signal);
}

static void signals_block(bool block)
{
    sigprocmask(block ? SIG_BLOCK : SIG_UNBLOCK, &signals, NULL);
}

void platform_halt(void)
{
    signals_block(true);
    timer_update();
    while (!(shim_vcpu->sticky & L4_VCPU_PENDING))
        vcpu_wait();
    signals_block(false);
}

static _Noreturn void host_enter(uint32_t reason, uint64_t sp)
{
    l4_vcpu_t *p = shim_vcpu;

    p->reason = reason;
    p->state = 0;
    signals_block(false);
    shim_enter(p->entry_ip, sp, p);
}

static _Noreturn void host_return(void)
{
    const l4_vcpu_regs_t *r = &shim_vcpu->host_regs;

    shim_vcpu->state = 0;
    shim_frame[0] = r->ip;
    shim_frame[1] = SHIM_USER_CODE;
    shim_frame[2] = (r->flags & ~(uint64_t)FLAG_TRAP) | FLAG_ALWAYS;
    shim_frame[3] = r->sp;
    shim_frame[4] = SHIM_USER_DATA;
    signals_block(false);
    shim_return();
}

static uint32_t resume_guest(uint32_t state)
{
    l4_vcpu_t *p = shim_vcpu;
    struct task *t = task_find(p->user_task);
    int err;

    if (!t)
        return L4_VCPU_REASON_BAD;
    err = task_map_queue(t);
    if (err) {
        p->error = (uint64_t) - (int64_t)err;
        return L4_VCPU_REASON_MAP;
    }
    p->state = state;
    uint32_t reason = guest_run(t);
    p->saved_state = p->state | L4_VCPU_USER;
    return reason;
}

_Noreturn void platform_resume(void)
{
    l4_vcpu_t *p = shim_vcpu;
    uint32_t state = p->saved_state;

    signals_block(true);
    timer_update();
    if (irq_pending(state))
        host_enter(L4_VCPU_REASON_IRQ,
                   state & L4_VCPU_USER ? p->entry_sp : p->host_regs.sp);
    if (state & L4_VCPU_USER)
        host_enter(resume_guest(state), p->entry_sp);
    host_return();
}

/* --- set-up */

static void handle(int signal, void (*handler)(int, siginfo_t *, void *))
{
    struct sigaction action = {.sa_sigaction = handler,
                               .sa_mask = signals,
                               .sa_flags = SA_SIGINFO | SA_ONSTACK};

    if (sigaction(signal, &action, NULL) != 0)
        shim_fail("signal %d: error %d", signal, errno);
}

/* SIGCHLD is only ever waited for. */
static void child_changed(int signal, siginfo_t *info, void *context)
{
    (void)signal, (void)info, (void)context;
}

void vcpu_init(void)
{
    static const int interrupts[] = {SIGALRM, SIGIO, SIGWINCH};
    static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP};
    static uint8_t stack[2 * SHIM_STACK_SIZE];
    const stack_t alternate = {.ss_sp = stack, .ss_size = sizeof(stack)};
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL,
                             .sigev_signo = SIGALRM};

    if (mmap(page_at(L4_VCPU_ADDRESS), sizeof(l4_vcpu_t),
             PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1,
             0) == MAP_FAILED)
        shim_fail("the state page: error %d", errno);
    shim_vcpu->version = L4_VCPU_VERSION;
    sigemptyset(&signals);
    sigaddset(&signals, SIGCHLD);
    for (size_t i = 0; i < sizeof(interrupts) / sizeof(interrupts[0]); i++)
        sigaddset(&signals, interrupts[i]);
    if (sigaltstack(&alternate, NULL) != 0 ||
        timer_create(CLOCK_MONOTONIC, &event, &timer) != 0)
        shim_fail("signals: error %d", errno);
    for (size_t i = 0; i < sizeof(interrupts) / sizeof(interrupts[0]); i++)
        handle(interrupts[i], signal_interrupt);
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
        handle(faults[i], signal_fault);
    handle(SIGCHLD, child_changed);
}
