/* SPDX-License-Identifier: GPL-2.0-only */
/* Signals: what handlers are told, and what they may change. */
#define _GNU_SOURCE
#include <errno.h>
#include <fenv.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#include "test.h"

static volatile int order[8], count;

static void on_queued(int sig, siginfo_t *info, void *context)
{
    (void)sig, (void)context;
    order[count++] = info->si_value.sival_int;
}

static void test_queue(void)
{
    struct sigaction action = {.sa_sigaction = on_queued,
                               .sa_flags = SA_SIGINFO};
    sigset_t set, old;

    sigaction(SIGRTMIN + 1, &action, NULL);
    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN + 1);
    sigprocmask(SIG_BLOCK, &set, &old);
    for (int i = 1; i <= 3; i++)
        sigqueue(getpid(), SIGRTMIN + 1, (union sigval){.sival_int = i});
    int held = count == 0;
    sigprocmask(SIG_SETMASK, &old, NULL);
    check("queued signals", held && count == 3 && order[0] == 1 &&
                                order[1] == 2 && order[2] == 3);
}

/* A handler repairs what faulted and lets it happen again. */
static char *page;
static volatile int faults;

static void on_write(int sig, siginfo_t *info, void *context)
{
    const ucontext_t *uc = context;

    (void)sig;
    faults += info->si_code == SEGV_ACCERR && info->si_addr == page &&
              (uc->uc_mcontext.gregs[REG_ERR] & 2) &&
              uc->uc_mcontext.gregs[REG_TRAPNO] == 14 &&
              (char *)uc->uc_mcontext.gregs[REG_CR2] == page;
    mprotect(page, PAGE, PROT_READ | PROT_WRITE);
}

static void test_repair(void)
{
    struct sigaction action = {.sa_sigaction = on_write,
                               .sa_flags = SA_SIGINFO};

    page = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    sigaction(SIGSEGV, &action, NULL);
    *(volatile char *)page = 1;
    mprotect(page, PAGE, PROT_READ);
    *(volatile char *)page = 2;
    check("a handler that repairs", faults == 2 && page[0] == 2);
    signal(SIGSEGV, SIG_DFL);
    munmap(page, PAGE);
}

/* A handler changes the registers of what it interrupted. */
static void on_trap(int sig, siginfo_t *info, void *context)
{
    ucontext_t *uc = context;

    (void)sig, (void)info;
    uc->uc_mcontext.gregs[REG_RAX] = 77;
    uc->uc_mcontext.gregs[REG_RIP] += 2;
}

static void test_registers(void)
{
    struct sigaction action = {.sa_sigaction = on_trap, .sa_flags = SA_SIGINFO};
    long before = 5, result = 0, kept = 0;

    sigaction(SIGILL, &action, NULL);
    __asm__ volatile("mov %2, %%r12; ud2; mov %%r12, %1"
                     : "=a"(result), "=r"(kept)
                     : "r"(before)
                     : "r12", "memory");
    check("a handler that changes registers", result == 77 && kept == 5);
    signal(SIGILL, SIG_DFL);
}

static volatile int fp_code;
static sigjmp_buf back;

static void on_fp(int sig, siginfo_t *info, void *context)
{
    (void)sig, (void)context;
    fp_code = info->si_code;
    siglongjmp(back, 1);
}

/* Of the x87: emulators do not raise those of the vector unit. */
static volatile long double zero;

static void test_float(void)
{
    struct sigaction action = {.sa_sigaction = on_fp, .sa_flags = SA_SIGINFO};

    sigaction(SIGFPE, &action, NULL);
    if (sigsetjmp(back, 1) == 0) {
        feenableexcept(FE_DIVBYZERO);
        zero = 1 / zero;
        __asm__ volatile("fwait");
    }
    fedisableexcept(FE_ALL_EXCEPT);
    check("floating-point exception", fp_code == FPE_FLTDIV);
    signal(SIGFPE, SIG_DFL);
}

/* The stack overflows; the handler has one of its own. */
static char other_stack[65536];

static void on_overflow(int sig)
{
    (void)sig;
    _exit(9);
}

static int __attribute__((noinline)) descend(int depth)
{
    volatile char room[4000];

    room[0] = (char)depth;
    return depth < 0 ? room[0] : descend(depth + 1) + room[0];
}

static int overflow(void)
{
    stack_t stack = {.ss_sp = other_stack, .ss_size = sizeof(other_stack)};
    struct sigaction action = {.sa_handler = on_overflow,
                               .sa_flags = SA_ONSTACK};

    sigaltstack(&stack, NULL);
    sigaction(SIGSEGV, &action, NULL);
    return descend(0);
}

static void test_overflow(void)
{
    check("stack overflow", in_child(overflow) == 9);
}

/* The kernel itself has to make the stack grow. */
static int far_read(void)
{
    int fd[2];
    char *below = (char *)__builtin_frame_address(0) - 200 * 1024;

    if (pipe(fd) != 0 || write(fd[1], "deep", 5) != 5)
        return 1;
    return read(fd[0], below, 5) != 5 || strcmp(below, "deep") != 0;
}

static void test_growth(void)
{
    check("the stack grows by system calls", in_child(far_read) == 0);
}

static void on_nothing(int sig)
{
    (void)sig;
}

static int interrupted_read(void)
{
    struct sigaction action = {.sa_handler = on_nothing};
    int fd[2];
    char c;

    if (pipe(fd) != 0)
        return 1;
    sigaction(SIGALRM, &action, NULL);
    ualarm(2000, 2000); /* the first may come before read() */
    if (read(fd[0], &c, 1) != -1 || errno != EINTR)
        return 2;
    action.sa_flags = SA_RESTART;
    sigaction(SIGALRM, &action, NULL);
    pid_t pid = fork();
    if (pid == 0) {
        usleep(20000);
        _exit(write(fd[1], "x", 1) != 1);
    }
    ssize_t got = read(fd[0], &c, 1);
    ualarm(0, 0);
    return got == 1 ? 0 : 3;
}

static void test_restart(void)
{
    check("interrupted and restarted calls", in_child(interrupted_read) == 0);
}

static void test_signalfd(void)
{
    struct signalfd_siginfo info = {0};
    sigset_t set, old;

    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    sigprocmask(SIG_BLOCK, &set, &old);
    int fd = signalfd(-1, &set, 0);
    kill(getpid(), SIGUSR2);
    check("signalfd", read(fd, &info, sizeof(info)) == sizeof(info) &&
                          info.ssi_signo == SIGUSR2);
    sigprocmask(SIG_SETMASK, &old, NULL);
    close(fd);
}

void test_signals(void)
{
    test_queue();
    test_repair();
    test_registers();
    test_float();
    test_overflow();
    test_growth();
    test_restart();
    test_signalfd();
}
