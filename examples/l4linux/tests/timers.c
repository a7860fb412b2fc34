/* SPDX-License-Identifier: GPL-2.0-only */
/* Clocks and timers. */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "test.h"

static int64_t ns(const struct timespec *t)
{
    return t->tv_sec * 1000000000ll + t->tv_nsec;
}

static int64_t now(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return ns(&t);
}

static int64_t now_by_call(clockid_t clock)
{
    struct timespec t;

    syscall(SYS_clock_gettime, clock, &t);
    return ns(&t);
}

/* The clock that processes read by themselves is the one that Linux tells, and
 * never runs backwards. */
static void test_clock(void)
{
    int right = 1;
    int64_t last = 0;

    for (int i = 0; i < 2000; i++) {
        int64_t before = now_by_call(CLOCK_MONOTONIC);
        int64_t here = now(CLOCK_MONOTONIC);
        int64_t after = now_by_call(CLOCK_MONOTONIC);

        right &= before <= here && here <= after && last <= before;
        last = after;
    }
    check("the clock in processes",
          right && getauxval(AT_SYSINFO_EHDR) != 0 &&
              now(CLOCK_REALTIME) / 1000000000 - time(NULL) <= 1);
}

/* The fixed addresses of x86-64's past. */
static void test_vsyscall(void)
{
    time_t (*old_time)(time_t *) =
        (time_t(*)(time_t *))(uintptr_t)0xffffffffff600400ul;
    int (*old_gettimeofday)(struct timeval *, void *) =
        (int (*)(struct timeval *, void *))(uintptr_t)0xffffffffff600000ul;
    struct timeval tv = {0, 0};
    time_t here = old_time(NULL);
    int result = old_gettimeofday(&tv, NULL);

    check("vsyscall page",
          result == 0 && time(NULL) - here <= 1 && tv.tv_sec - here <= 1);
}

static volatile int expired;

static void on_expiry(int sig, siginfo_t *info, void *context)
{
    (void)sig, (void)context;
    expired += info->si_value.sival_int;
}

static void test_timer(void)
{
    struct sigaction action = {.sa_sigaction = on_expiry,
                               .sa_flags = SA_SIGINFO};
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL,
                             .sigev_signo = SIGRTMIN,
                             .sigev_value.sival_int = 10};
    struct itimerspec times = {{0, 0}, {0, 2000000}};
    int64_t start = now(CLOCK_MONOTONIC);
    timer_t timer;

    sigaction(SIGRTMIN, &action, NULL);
    int made = timer_create(CLOCK_MONOTONIC, &event, &timer) == 0 &&
               timer_settime(timer, 0, &times, NULL) == 0;
    while (made && !expired)
        pause();
    check("POSIX timer",
          expired == 10 && now(CLOCK_MONOTONIC) - start >= 2000000);
    timer_delete(timer);
}

static void test_timerfd(void)
{
    struct itimerspec times = {{0, 1000000}, {0, 1000000}};
    int64_t start = now(CLOCK_MONOTONIC);
    int fd = timerfd_create(CLOCK_MONOTONIC, 0);
    uint64_t sum = 0, n;

    timerfd_settime(fd, 0, &times, NULL);
    while (sum < 5 && read(fd, &n, sizeof(n)) == sizeof(n))
        sum += n;
    check("timerfd", sum >= 5 && now(CLOCK_MONOTONIC) - start >= 5000000);
    close(fd);
}

static void test_absolute(void)
{
    int64_t at = now(CLOCK_MONOTONIC) + 3000000;
    struct timespec t = {at / 1000000000, at % 1000000000};

    int err = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
    int64_t late = now(CLOCK_MONOTONIC) - at;
    check("absolute sleep", err == 0 && late >= 0 && late < 2000000000);
}

static void test_futex(void)
{
    struct timespec t = {0, 1000000};
    uint32_t word = 1;

    long other = syscall(SYS_futex, &word, FUTEX_WAIT, 2, &t, NULL, 0);
    int differs = other == -1 && errno == EAGAIN;
    long late = syscall(SYS_futex, &word, FUTEX_WAIT, 1, &t, NULL, 0);
    int timed_out = late == -1 && errno == ETIMEDOUT;
    long wrong = syscall(SYS_futex, (void *)8, FUTEX_WAIT, 1, &t, NULL, 0);
    check("futex", differs && timed_out && wrong == -1 && errno == EFAULT);
}

void test_timers(void)
{
    test_clock();
    test_vsyscall();
    test_timer();
    test_timerfd();
    test_absolute();
    test_futex();
}
