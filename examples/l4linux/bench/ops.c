/* SPDX-License-Identifier: GPL-2.0-only */
/* Single operations, each measured by itself. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

#define PAGE 4096
#define TIMES 1001
#define TIMES_SLOW 101

/* The last TIMES of them are measured, when caches are warm. */
#define MEASURE(times, operation)                      \
    for (int i_ = -(times) / 10; i_ < (times); i_++) { \
        uint64_t start_ = ticks();                     \
        operation;                                     \
        uint64_t taken_ = ticks() - start_;            \
        if (i_ >= 0)                                   \
            sample(taken_);                            \
    }

static void op_getpid(void)
{
    MEASURE(TIMES, syscall(SYS_getpid));
}

static void op_read(void)
{
    int fd = open("/dev/zero", O_RDONLY);
    char c;

    MEASURE(TIMES, if (read(fd, &c, 1) != 1) fail("read"));
    close(fd);
}

static void op_write(void)
{
    int fd = open("/dev/null", O_WRONLY);
    char c = 0;

    MEASURE(TIMES, if (write(fd, &c, 1) != 1) fail("write"));
    close(fd);
}

static void op_gettime(void)
{
    struct timeval tv;

    MEASURE(TIMES, gettimeofday(&tv, NULL));
}

static void op_stat(void)
{
    struct stat st;

    MEASURE(TIMES, if (stat("/tmp", &st) != 0) fail("stat"));
}

static void op_open(void)
{
    MEASURE(TIMES, close(open("/dev/null", O_RDONLY)));
}

/* What it gets on one pipe it sends on the other, until the first closes. */
static void echo(int from, int to)
{
    char c;

    while (read(from, &c, 1) == 1)
        if (write(to, &c, 1) != 1)
            _exit(1);
    _exit(0);
}

static void op_pipe(void)
{
    int there[2], back[2];
    char c = 0;

    if (pipe(there) != 0 || pipe(back) != 0)
        fail("pipe");
    pid_t pid = fork();
    if (pid == 0) {
        close(there[1]);
        close(back[0]);
        echo(there[0], back[1]);
    }
    MEASURE(TIMES, if (write(there[1], &c, 1) != 1 || read(back[0], &c, 1) != 1)
                       fail("round trip"));
    close(there[1]);
    waitpid(pid, NULL, 0);
    close(there[0]);
    close(back[0]);
    close(back[1]);
}

static volatile int caught;

static void on_signal(int sig)
{
    (void)sig;
    caught++;
}

static void op_signal(void)
{
    pid_t self = getpid();

    signal(SIGUSR1, on_signal);
    MEASURE(TIMES, kill(self, SIGUSR1));
    signal(SIGUSR1, SIG_DFL);
}

static void op_fault(void)
{
    char *pages = mmap(NULL, 2048 * PAGE, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    volatile char *at = pages;

    if (pages == MAP_FAILED)
        fail("mmap");
    MEASURE(TIMES, *at = 1; at += PAGE);
    munmap(pages, 2048 * PAGE);
}

/* The whole life of a page: what its fault alone does not show. */
static void op_map(void)
{
    MEASURE(TIMES, char *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
                                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            *page = 1; munmap(page, PAGE));
}

static void child_end(pid_t pid)
{
    int status = 0;

    if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
        fail("child");
}

static pid_t fork_and_end(void)
{
    pid_t pid = fork();

    if (pid == 0)
        _exit(0);
    return pid;
}

static void op_fork(void)
{
    MEASURE(TIMES_SLOW, child_end(fork_and_end()));
}

static pid_t vfork_and_exec(void)
{
    pid_t pid = vfork();

    if (pid == 0) {
        execl(SELF, SELF, SELF_END, (char *)NULL);
        _exit(1);
    }
    return pid;
}

static void op_exec(void)
{
    MEASURE(TIMES_SLOW, child_end(vfork_and_exec()));
}

void ops_run(const char *only)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } ops[] = {
        {"getpid", op_getpid},   {"read", op_read},     {"write", op_write},
        {"gettime", op_gettime}, {"stat", op_stat},     {"open", op_open},
        {"pipe", op_pipe},       {"signal", op_signal}, {"fault", op_fault},
        {"map", op_map},         {"fork", op_fork},     {"exec", op_exec},
    };

    for (unsigned i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
        if (only && strcmp(only, ops[i].name) != 0)
            continue;
        ops[i].run();
        samples_print(ops[i].name);
    }
}
