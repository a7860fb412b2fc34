/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The job mix, after AIM's multi-user benchmark: as many processes as users,
 * and each does every kind of job once. What a job is made of is written down
 * in docs/l4linux.md.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

#define PAGE 4096

static unsigned user; /* the number of this process */

static void job_compute(void)
{
    volatile uint32_t sum = 0;
    uint32_t x = user + 1;

    for (unsigned i = 0; i < 100000; i++) {
        x = x * 1103515245 + 12345;
        sum += x >> 16;
    }
}

static int compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

static void job_sort(void)
{
    static uint32_t numbers[4096];
    uint32_t x = user + 1;

    for (unsigned i = 0; i < 4096; i++)
        numbers[i] = x = x * 1103515245 + 12345;
    qsort(numbers, 4096, sizeof(numbers[0]), compare);
}

static void file_copy(const char *from, const char *to)
{
    static char block[PAGE];
    int in = open(from, O_RDONLY);
    int out = open(to, O_CREAT | O_WRONLY | O_TRUNC, 0600);
    ssize_t n;

    while ((n = read(in, block, sizeof(block))) > 0)
        if (write(out, block, (size_t)n) != n)
            fail("write");
    close(in);
    close(out);
}

static void job_files(void)
{
    static char block[PAGE];
    char name[2][32];

    snprintf(name[0], sizeof(name[0]), "/tmp/a%u", user);
    snprintf(name[1], sizeof(name[1]), "/tmp/b%u", user);
    int fd = open(name[0], O_CREAT | O_WRONLY | O_TRUNC, 0600);
    for (unsigned i = 0; i < 32; i++)
        if (write(fd, block, sizeof(block)) != sizeof(block))
            fail("write");
    close(fd);
    file_copy(name[0], name[1]);
    unlink(name[0]);
    unlink(name[1]);
}

static void job_names(void)
{
    char name[32];
    struct stat st;

    for (unsigned i = 0; i < 40; i++) {
        snprintf(name, sizeof(name), "/tmp/n%u.%u", user, i);
        close(open(name, O_CREAT | O_WRONLY, 0600));
        if (stat(name, &st) != 0)
            fail("stat");
        unlink(name);
    }
}

static void job_pipe(void)
{
    static char block[512];
    int fd[2];

    if (pipe(fd) != 0)
        fail("pipe");
    pid_t pid = fork();
    if (pid == 0) {
        for (unsigned i = 0; i < 64; i++)
            if (write(fd[1], block, sizeof(block)) != sizeof(block))
                _exit(1);
        _exit(0);
    }
    close(fd[1]);
    while (read(fd[0], block, sizeof(block)) > 0)
        continue;
    close(fd[0]);
    waitpid(pid, NULL, 0);
}

static void job_memory(void)
{
    for (unsigned i = 0; i < 4; i++) {
        char *pages = mmap(NULL, 64 * PAGE, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        if (pages == MAP_FAILED)
            fail("mmap");
        for (unsigned k = 0; k < 64; k++)
            pages[k * PAGE] = (char)k;
        munmap(pages, 64 * PAGE);
    }
}

static void job_fork(void)
{
    for (unsigned i = 0; i < 4; i++) {
        pid_t pid = fork();

        if (pid == 0)
            _exit(0);
        waitpid(pid, NULL, 0);
    }
}

static void job_exec(void)
{
    for (unsigned i = 0; i < 3; i++) {
        pid_t pid = vfork();

        if (pid == 0) {
            execl(SELF, SELF, SELF_END, (char *)NULL);
            _exit(1);
        }
        waitpid(pid, NULL, 0);
    }
}

static volatile int caught;

static void on_signal(int sig)
{
    (void)sig;
    caught++;
}

static void job_signals(void)
{
    signal(SIGUSR1, on_signal);
    for (unsigned i = 0; i < 50; i++)
        kill(getpid(), SIGUSR1);
}

static void (*const jobs[])(void) = {
    job_compute, job_files,   job_fork, job_sort,    job_pipe,
    job_memory,  job_signals, job_exec, job_compute, job_names,
};

#define JOBS (sizeof(jobs) / sizeof(jobs[0]))

/* How often a user does every kind of job. */
#define ROUNDS 2

static void user_run(unsigned number)
{
    user = number;
    for (unsigned i = 0; i < ROUNDS * JOBS; i++)
        jobs[(i + number) % JOBS]();
    _exit(0);
}

/* Ticks of 1/100 s since boot, as they found the processor. What Linux tells of
 * single processes will not do: those that end before their first tick count as
 * having spent all their time in user mode. */
struct cpu_ticks {
    unsigned long user;
    unsigned long system;
};

static struct cpu_ticks cpu_ticks(void)
{
    struct cpu_ticks t;
    unsigned long nice;
    FILE *stat = fopen("/proc/stat", "r");

    if (!stat ||
        fscanf(stat, "cpu %lu %lu %lu", &t.user, &nice, &t.system) != 3)
        fail("/proc/stat");
    fclose(stat);
    return t;
}

void mix_run(unsigned users)
{
    struct cpu_ticks before = cpu_ticks();
    uint64_t start = ticks();

    for (unsigned i = 0; i < users; i++) {
        pid_t pid = fork();

        if (pid < 0)
            fail("fork");
        if (pid == 0)
            user_run(i);
    }
    for (unsigned i = 0; i < users; i++) {
        int status;

        if (wait(&status) < 0 || status != 0)
            fail("user");
    }
    uint64_t taken = ticks() - start;
    struct cpu_ticks after = cpu_ticks();
    printf("mix %u %zu %lu %lu %lu\n", users, users * ROUNDS * JOBS,
           (unsigned long)taken, after.user - before.user,
           after.system - before.system);
    fflush(stdout);
}
