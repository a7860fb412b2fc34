/* SPDX-License-Identifier: GPL-2.0-only */
/* Vector registers: kept across switches and signals, and one's own. */
#define _GNU_SOURCE
#include <immintrin.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"

static volatile double noise;
static volatile int alarms;

static void on_alarm(int sig)
{
    (void)sig;
    alarms++;
    for (int i = 1; i < 20; i++)
        noise += 1.0 / i;
}

/* Not known to the compiler, so that it computes the sum each time. */
static volatile double start_value = 1.5;

/* A sum whose terms live in vector registers, under a storm of signals and
 * beside another process that does the same. */
static double series(double x)
{
    double s0 = 0, s1 = x, s2 = 2 * x, s3 = 3 * x;

    for (long i = 1; i < 5000000; i++) {
        s0 += x / (double)i;
        s1 += s0 * 1e-9;
        s2 -= s1 * 1e-9;
        s3 += s2 * 1e-9;
    }
    return s0 + s1 + s2 + s3;
}

static double expected;

static int series_again(void)
{
    return series(start_value) == expected ? 0 : 1;
}

static void test_series(void)
{
    struct itimerval timer = {{0, 5000}, {0, 5000}};
    int status = 1;

    expected = series(start_value);
    signal(SIGALRM, on_alarm);
    pid_t pid = fork();
    if (pid == 0) {
        setitimer(ITIMER_REAL, &timer, NULL);
        _exit(series_again());
    }
    setitimer(ITIMER_REAL, &timer, NULL);
    int same = series_again() == 0;
    timer = (struct itimerval){{0, 0}, {0, 0}};
    setitimer(ITIMER_REAL, &timer, NULL);
    waitpid(pid, &status, 0);
    check("floating point, two processes, under signals",
          same && status == 0 && alarms > 0);
}

/* All sixteen registers hold what nobody else has, over and over, while signal
 * handlers and others destroy theirs. */
__attribute__((target("avx"))) static int registers_keep(uint32_t seed)
{
    uint32_t in[16][8], out[16][8];

    for (unsigned i = 0; i < 16; i++)
        for (unsigned k = 0; k < 8; k++)
            in[i][k] = seed * 1000 + i * 8 + k;
    __asm__ volatile(
        "vmovups 0x00(%0), %%ymm0; vmovups 0x20(%0), %%ymm1;"
        "vmovups 0x40(%0), %%ymm2; vmovups 0x60(%0), %%ymm3;"
        "vmovups 0x80(%0), %%ymm4; vmovups 0xa0(%0), %%ymm5;"
        "vmovups 0xc0(%0), %%ymm6; vmovups 0xe0(%0), %%ymm7;"
        "vmovups 0x100(%0), %%ymm8; vmovups 0x120(%0), %%ymm9;"
        "vmovups 0x140(%0), %%ymm10; vmovups 0x160(%0), %%ymm11;"
        "vmovups 0x180(%0), %%ymm12; vmovups 0x1a0(%0), %%ymm13;"
        "vmovups 0x1c0(%0), %%ymm14; vmovups 0x1e0(%0), %%ymm15;"
        "mov $30000, %%ecx; 1: dec %%ecx; jnz 1b;"
        "mov $24, %%eax; push %%rcx; push %%r11; syscall;" /* sched_yield */
        "pop %%r11; pop %%rcx;"
        "vmovups %%ymm0, 0x00(%1); vmovups %%ymm1, 0x20(%1);"
        "vmovups %%ymm2, 0x40(%1); vmovups %%ymm3, 0x60(%1);"
        "vmovups %%ymm4, 0x80(%1); vmovups %%ymm5, 0xa0(%1);"
        "vmovups %%ymm6, 0xc0(%1); vmovups %%ymm7, 0xe0(%1);"
        "vmovups %%ymm8, 0x100(%1); vmovups %%ymm9, 0x120(%1);"
        "vmovups %%ymm10, 0x140(%1); vmovups %%ymm11, 0x160(%1);"
        "vmovups %%ymm12, 0x180(%1); vmovups %%ymm13, 0x1a0(%1);"
        "vmovups %%ymm14, 0x1c0(%1); vmovups %%ymm15, 0x1e0(%1);"
        :
        : "r"(in), "r"(out)
        : "eax", "ecx", "r11", "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4",
          "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12",
          "xmm13", "xmm14", "xmm15");
    return memcmp(in, out, sizeof(in)) == 0;
}

__attribute__((target("avx"))) static void on_alarm_avx(int sig)
{
    (void)sig;
    alarms++;
    __asm__ volatile("vpcmpeqd %%xmm0, %%xmm0, %%xmm0;"
                     "vinsertf128 $1, %%xmm0, %%ymm0, %%ymm0;"
                     "vmovaps %%ymm0, %%ymm7; vmovaps %%ymm0, %%ymm15"
                     :
                     :
                     : "xmm0", "xmm7", "xmm15");
}

static int registers_torture(uint32_t seed)
{
    struct itimerval timer = {{0, 2000}, {0, 2000}};
    int right = 1;

    signal(SIGALRM, on_alarm_avx);
    setitimer(ITIMER_REAL, &timer, NULL);
    for (uint32_t i = 0; i < 300; i++)
        right &= registers_keep(seed + i);
    timer = (struct itimerval){{0, 0}, {0, 0}};
    setitimer(ITIMER_REAL, &timer, NULL);
    return right;
}

static void *torture_thread(void *arg)
{
    return (void *)(intptr_t)registers_torture((uint32_t)(intptr_t)arg);
}

static void test_avx(void)
{
    pthread_t thread;
    void *right = NULL;
    int status = 1;

    alarms = 0;
    pid_t pid = fork();
    if (pid == 0)
        _exit(!registers_torture(5000));
    pthread_create(&thread, NULL, torture_thread, (void *)(intptr_t)9000);
    int mine_right = registers_torture(1);
    pthread_join(thread, &right);
    waitpid(pid, &status, 0);
    check("AVX, two processes and two threads, under signals",
          mine_right && right && status == 0 && alarms > 0);
}

/* What a new program finds is not what another one left. */
__attribute__((target("avx"))) static int registers_dirty(void)
{
    __asm__ volatile("vpcmpeqd %%xmm9, %%xmm9, %%xmm9" : : : "xmm9");
    execl("/proc/self/exe", "processes", "registers", (char *)NULL);
    return 127;
}

static void test_fresh(void)
{
    check("exec clears vector registers", in_child(registers_dirty) == 0);
}

void test_vectors(void)
{
    test_series();
    if (!__builtin_cpu_supports("avx")) {
        check("AVX (this processor has none)", 1);
        return;
    }
    test_avx();
    test_fresh();
}
