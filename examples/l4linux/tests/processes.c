/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What programs expect of Linux on x86-64, as an ordinary static program: it
 * runs on L4Linux and on any other Linux, and prints a line per test.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "test.h"

static volatile int shared_by_copy = 1;

static int change_copy(void)
{
    shared_by_copy = 2;
    return shared_by_copy;
}

static void test_copy_on_write(void)
{
    check("copy on write", in_child(change_copy) == 2 && shared_by_copy == 1);
}

static int run_true(void)
{
    execl("/bin/true", "true", (char *)NULL);
    return 127;
}

static void test_vfork(void)
{
    int status;
    pid_t pid = vfork();

    if (pid == 0) {
        execl("/bin/true", "true", (char *)NULL);
        _exit(127);
    }
    waitpid(pid, &status, 0);
    check("vfork and exec", status == 0 && in_child(run_true) == 0);
}

/* Pointers that the compiler knows nothing about. */
static char *volatile near_null = (char *)8;
static char *volatile servers = (char *)0x40200000;
static char *volatile topmost = (char *)~0xffful;

static int read_null(void)
{
    return *near_null;
}

static int divide(void)
{
    __asm__ volatile("xor %%ecx, %%ecx; xor %%edx, %%edx; divl %%ecx"
                     :
                     :
                     : "eax", "ecx", "edx");
    return 0;
}

static int undefined(void)
{
    __builtin_trap();
}

static int privileged(void)
{
    __asm__ volatile("cli");
    return 0;
}

static int port(void)
{
    __asm__ volatile("outb %b0, %w1" : : "a"(0), "d"(0x80));
    return 0;
}

static void test_exceptions(void)
{
    check("null pointer", in_child(read_null) == 1000 + SIGSEGV);
    check("division", in_child(divide) == 1000 + SIGFPE);
    check("invalid opcode", in_child(undefined) == 1000 + SIGILL);
    check("cli", in_child(privileged) == 1000 + SIGSEGV);
    check("out", in_child(port) == 1000 + SIGSEGV);
}

static sigjmp_buf back;
static void *volatile fault_address;

static void on_fault(int sig, siginfo_t *info, void *context)
{
    (void)sig, (void)context;
    fault_address = info->si_addr;
    siglongjmp(back, 1);
}

static void test_protection(void)
{
    char *page = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct sigaction action = {.sa_sigaction = on_fault,
                               .sa_flags = SA_SIGINFO};
    volatile int faults = 0;

    page[0] = 1;
    sigaction(SIGSEGV, &action, NULL);
    mprotect(page, PAGE, PROT_READ);
    if (sigsetjmp(back, 1) == 0)
        page[0] = 2;
    else
        faults++;
    check("mprotect takes writing",
          faults == 1 && fault_address == page && page[0] == 1);
    mprotect(page, PAGE, PROT_READ | PROT_WRITE);
    page[0] = 3;
    check("mprotect gives writing", page[0] == 3);
    munmap(page, PAGE);
    if (sigsetjmp(back, 1) == 0)
        faults += page[0] * 100;
    else
        faults++;
    check("munmap", faults == 2);
    signal(SIGSEGV, SIG_DFL);
}

static void test_mremap(void)
{
    char *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    strcpy(page, "moved");
    char *moved = mremap(page, PAGE, 64 * PAGE, MREMAP_MAYMOVE);
    check("mremap", moved != MAP_FAILED && strcmp(moved, "moved") == 0 &&
                        moved[63 * PAGE] == 0);
}

static __thread int mine;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static long sum;

static void *thread_main(void *arg)
{
    mine = (int)(intptr_t)arg;
    for (int i = 0; i < 1000; i++) {
        pthread_mutex_lock(&lock);
        sum += mine;
        if (i % 100 == 0)
            sched_yield();
        pthread_mutex_unlock(&lock);
    }
    return (void *)(intptr_t)mine;
}

static void test_threads(void)
{
    pthread_t threads[8];
    int right = 1;

    for (intptr_t i = 0; i < 8; i++)
        pthread_create(&threads[i], NULL, thread_main, (void *)(i + 1));
    for (intptr_t i = 0; i < 8; i++) {
        void *result;

        pthread_join(threads[i], &result);
        right &= result == (void *)(i + 1);
    }
    check("threads, their storage and locks", right && sum == 36000);
}

static volatile int handler_stack_right;
static char other_stack[65536];

static void on_other_stack(int sig)
{
    char here;

    (void)sig;
    handler_stack_right =
        &here >= other_stack && &here < other_stack + sizeof(other_stack);
}

static void test_alternate_stack(void)
{
    stack_t stack = {.ss_sp = other_stack, .ss_size = sizeof(other_stack)};
    struct sigaction action = {.sa_handler = on_other_stack,
                               .sa_flags = SA_ONSTACK};

    sigaltstack(&stack, NULL);
    sigaction(SIGUSR1, &action, NULL);
    raise(SIGUSR1);
    check("alternate stack", handler_stack_right);
}

static void test_pipe(void)
{
    static char block[100000];
    char buffer[4096];
    size_t total = 0;
    ssize_t n;
    int fd[2];

    if (pipe(fd) != 0)
        return;
    memset(block, 'x', sizeof(block));
    pid_t pid = fork();
    if (pid == 0) {
        close(fd[0]);
        _exit(write(fd[1], block, sizeof(block)) != sizeof(block));
    }
    close(fd[1]);
    while ((n = read(fd[0], buffer, sizeof(buffer))) > 0)
        total += (size_t)n;
    waitpid(pid, NULL, 0);
    check("pipe", total == sizeof(block));
}

static void test_hostile_pointers(void)
{
    int fd[2];

    if (pipe(fd) != 0)
        return;
    check("pointers to nowhere",
          write(fd[1], near_null, 10) == -1 && errno == EFAULT &&
              write(fd[1], servers, 10) == -1 && errno == EFAULT &&
              write(fd[1], topmost, 10) == -1 && errno == EFAULT);
}

static void test_sleep(void)
{
    struct timespec start, end, time = {0, 20000000};

    clock_gettime(CLOCK_MONOTONIC, &start);
    nanosleep(&time, NULL);
    clock_gettime(CLOCK_MONOTONIC, &end);
    long ns =
        (end.tv_sec - start.tv_sec) * 1000000000 + end.tv_nsec - start.tv_nsec;
    check("nanosleep", ns >= 20000000 && ns < 2000000000);
}

static void test_many_children(void)
{
    int right = 0;

    for (int i = 0; i < 64; i++) {
        if (fork() == 0) {
            usleep(1000);
            _exit(i);
        }
    }
    for (int i = 0; i < 64; i++) {
        int status;

        right += wait(&status) > 0 && WIFEXITED(status);
    }
    check("64 children at once", right == 64);
}

/* The program that test_vectors() starts: a register that was set before. */
static int register_clear(void)
{
    uint64_t low;

    __asm__ volatile("movq %%xmm9, %0" : "=r"(low));
    return low != 0;
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "registers") == 0)
        return register_clear();
    test_copy_on_write();
    test_vfork();
    test_exceptions();
    test_protection();
    test_mremap();
    test_threads();
    test_alternate_stack();
    test_pipe();
    test_hostile_pointers();
    test_sleep();
    test_many_children();
    test_memory();
    test_signals();
    test_sockets();
    test_timers();
    test_tracing();
    test_vectors();
    return check_summary("processes");
}
