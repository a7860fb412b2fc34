/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Chains of threads: each waits for the next one, its `partner`.
 */
#ifndef KERNEL_CHAIN_H
#define KERNEL_CHAIN_H

#include <stdbool.h>
#include <stdint.h>

struct thread;

/* A thread queues only where at most so many others wait ahead of it. */
#define CHAIN_MAX 16u

/* How deep calls may be nested before the next one that is scheduled to help
 * fails them. */
#define CHAIN_NESTED_MAX 64u

/* Whether what `t` queues for, or sends by, is a call. */
bool thread_calls(struct thread *t);

/* Whom the time of `t` goes to: the end of its chain of calls. A chain longer
 * than CHAIN_NESTED_MAX is cut there with L4_ELOOP. */
struct thread *chain_end(struct thread *t);

/* Whether `t` queueing at `server` would close a circle, or make a chain
 * longer than CHAIN_MAX. */
bool chain_closes(const struct thread *t, const struct thread *server);

/* `t` waits for `server` no longer, which loses its time and that of those
 * who wait for `t`. */
void chain_cut(struct thread *t, struct thread *server);

/* The context of `t` ends, or has used up its budget: whom it was lent to goes
 * on without it. */
void chain_exhausted(struct thread *t);

/* Whether `t` is ready and will certainly run, be it later. */
bool chain_has_time(const struct thread *t);

/* Someone of `priority` queues at `t`: if that queues itself it is not to be
 * behind lesser ones, and so on along the chain. */
void chain_raise(struct thread *t, unsigned priority);

/* The key of a sender of that priority that arrives now: higher priorities
 * first, then in order of arrival. */
uint64_t chain_arrival(unsigned priority);

/* `t`, which queues, now does with that priority. */
void chain_requeue(struct thread *t, unsigned priority);

#endif
