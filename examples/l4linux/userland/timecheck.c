/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The clock that a process reads by itself runs at the rate of the
 * microkernel's: of a span of time that a native server tells, begin and end
 * lie between what is read here before and after.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <l4/transport.h>

#include "timekeeper.h"

#define SPAN 300000000 /* ns */

/* Rates are told in kHz: of a span they leave this much open. */
#define ROUNDED (SPAN / 100000)

/* The best of so many tries: others run meanwhile. */
#define TRIES 50

/* A point in time. */
struct point {
    int64_t before; /* it was told */
    int64_t told;
    int64_t after;
};

static int64_t here(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000ll + t.tv_nsec;
}

static struct point point_try(timekeeper_t server)
{
    struct point p = {.before = here()};
    uint64_t told = 0;
    l4_err_t err = timekeeper_now(server, &told, NULL);

    p.after = here();
    if (err) {
        fprintf(stderr, "timecheck: error %d\n", err);
        exit(1);
    }
    p.told = (int64_t)told;
    return p;
}

static struct point point_take(timekeeper_t server)
{
    struct point best = point_try(server);

    for (int i = 1; i < TRIES; i++) {
        struct point p = point_try(server);

        if (p.after - p.before < best.after - best.before)
            best = p;
    }
    return best;
}

int main(void)
{
    const struct timespec span = {.tv_nsec = SPAN};
    timekeeper_t server = {l4_open("time")};
    struct point first = point_take(server);

    nanosleep(&span, NULL);
    struct point second = point_take(server);
    int64_t told = second.told - first.told;
    int64_t least = second.before - first.after - ROUNDED;
    int64_t most = second.after - first.before + ROUNDED;

    if (told < least || told > most || most - least > SPAN / 20) {
        printf("%" PRId64 " ns there, %" PRId64 " to %" PRId64 " here\n", told,
               least, most);
        return 1;
    }
    puts("at one rate");
    return 0;
}
