/* SPDX-License-Identifier: BSD-2-Clause */
/* What the round-trip tests and their server share. */
#ifndef ROUNDTRIP_H
#define ROUNDTRIP_H

#include "all.h"
#include <l4/loopback.h>

/* What the server saw, and how it is to misbehave. */
extern struct seen {
    l4_cap_t a;
    l4_cap_t b;
    l4_fpage_t page;
    uint32_t hint;
    char why[64];
    void *self;
    bool bad_y;
    bool too_many;
    bool unterminated;
} seen;

extern const rt_all_ops_t server_ops;

/* A handle that goes to the server, which is fresh for each test. */
rt_all_t server_start(void);

/* Run the tests of one file; the number that failed. */
int good_run(void);
int hostile_run(void);
int extra_run(void);
int types_run(void);
int stale_run(void);

#endif
