/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The consistency check of the debug kernel: walks every structure that hangs
 * off the factories and compares what two places say of the same thing. It
 * changes nothing, and may run wherever the kernel may be preempted: what is
 * true only between preemption points is not asked for.
 */
#ifndef KERNEL_KDB_CHECK_H
#define KERNEL_KDB_CHECK_H

#include <kernel/factory.h>
#include <kernel/object.h>
#include <kernel/pool.h>

struct arch_space;
struct task;
struct thread;

/* What the objects of a factory should have in use, by what refers to it. */
struct check_account {
    struct factory *factory;
    size_t pages;                /* that are not slabs */
    size_t blocks[SLAB_CLASSES]; /* by their slab's class */
};

/* Factories beyond that many are not accounted for. */
#define CHECK_FACTORIES 192

struct check {
    unsigned failures; /* found up to now; the first ones are printed */
    bool rights;       /* look at rights and frames of derived mappings, too */
    uint64_t objects;  /* seen */
    uint64_t mappings; /* nodes seen, of any kind */
    uint64_t bytes;    /* of the pool that are in use, by whomever */
    unsigned accounts_count;
    struct check_account accounts[CHECK_FACTORIES];
};

/* Checks everything; what it found is in `c`, whose `rights` is set. */
void check_all(struct check *c);

/* Says that `what` does not hold of `o` (NULL: of nobody's). */
void check_failed(struct check *c, const char *what, struct object *o);

#define CHECK(c, condition, object) \
    ((condition) ? (void)0 : check_failed((c), #condition, (object)))

/* Calls `visit` for every object that is not freed, dying ones included. */
typedef void check_visit_fn(struct check *c, struct object *o);
void check_each(struct check *c, check_visit_fn *visit);

/* The parts: capabilities and mappings, threads and what they wait for,
 * contexts and timers, memory. */
void check_caps(struct check *c);
void check_memory(struct check *c);
void check_ports(struct check *c);
void check_threads(struct check *c);
void check_signals(struct check *c);
void check_contexts(struct check *c);
void check_pools(struct check *c);

/* `f` should have a block in use, or pages; of what owns them. */
void check_block(struct check *c, struct factory *f, const void *block,
                 struct object *o);
void check_pages(struct check *c, struct factory *f, const void *pages,
                 struct object *o);

/* Whether a heap is in order: the number of its nodes. */
struct heap;
struct heap_node;
size_t check_heap(struct check *c, const struct heap *h);

/* The node at the root of the heap that `n` is in. */
const struct heap_node *check_heap_root(const struct heap_node *n);

/* The architecture's part: every table of a task's space, accounted for. */
void check_tables(struct check *c, struct task *t);

/* Whether a thread's copies of its task's tables are right. */
void check_thread_space(struct check *c, struct thread *t);

#endif
