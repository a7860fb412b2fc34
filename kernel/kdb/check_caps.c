/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The consistency check: capability tables and the lists of the mapping
 * database that belong to them; I/O ports.
 *
 * Every object's list is walked, and every node in it has to be the one beside
 * a capability to that object. If there are as many nodes beside capabilities
 * in all tables, then these are the same.
 */
#include <l4/fpage.h>

#include <kernel/authority.h>
#include <kernel/cap.h>
#include <kernel/io.h>
#include <kernel/task.h>
#include <kernel/thread.h>
#include <kernel/trace.h>

#include <kernel/kdb.h>
#include <kernel/kdb_check.h>

/* As the IDL numbers it. */
#define RIGHT_GATE_MINT 2u

/* Ancestors by depth; those deeper are not compared with. */
#define DEPTH_MAX 32

static uint64_t walked;  /* nodes in the lists of objects */
static uint64_t in_use;  /* nodes beside capabilities */
static uint64_t parked;  /* reply rights that somebody waits for */
static uint64_t waiting; /* threads that say they have one parked */

/* The capability that a node belongs to, or NULL. */
static const struct cap *cap_of(struct check *c, const struct node *n,
                                struct object *o)
{
    uint64_t slot = node_base(n) >> 12;
    const struct captab *table = &n->task->table;

    if (n->task->object.type != OBJECT_TASK || node_kind(n) != L4_FPAGE_CAP ||
        node_order(n) != 0 || slot >= table->size || table->nodes[slot] != n) {
        check_failed(c, "the node of a capability and its table entry agree",
                     o);
        return NULL;
    }
    return &table->caps[slot];
}

static bool ports_inside(uint64_t parent, uint64_t child)
{
    uint64_t from = parent >> 16 & 0xffff;
    uint64_t at = child >> 16 & 0xffff;

    return from <= at && at + (child >> 32) <= from + (parent >> 32);
}

/* What is derived has no more than what it comes from. */
static void check_derived(struct check *c, const struct cap *parent,
                          const struct cap *cap, struct object *o)
{
    CHECK(c, !(cap_rights(cap) & ~cap_rights(parent)), o);
    if (o->type == OBJECT_GATE) {
        CHECK(c,
              cap->label == parent->label ||
                  cap_rights(parent) & RIGHT_GATE_MINT,
              o);
    }
    if (o->type == OBJECT_PORTS) {
        CHECK(c, ports_inside(parent->label, cap->label), o);
    }
}

/* One node of the list; `chain` has the capabilities above it by depth. */
static void check_node(struct check *c, const struct node *n, struct object *o,
                       const struct cap *chain[DEPTH_MAX])
{
    unsigned depth = node_depth(n);
    const struct cap *cap = cap_of(c, n, o);

    if (!cap) {
        return;
    }
    CHECK(c, cap_type(cap) == o->type && cap_object(cap) == o, o);
    for (unsigned up = depth < DEPTH_MAX ? depth : 0; up-- > 0;) {
        if (chain[up]) {
            check_derived(c, chain[up], cap, o);
            break;
        }
    }
    if (depth < DEPTH_MAX) {
        chain[depth] = cap;
        for (unsigned i = depth + 1; i < DEPTH_MAX; i++) {
            chain[i] = NULL;
        }
    }
}

static void visit_list(struct check *c, struct object *o)
{
    const struct cap *chain[DEPTH_MAX] = {NULL};
    const struct node *n = o->root;

    if (!n) {
        return;
    }
    CHECK(c, node_depth(n) == 0 && !n->prev, o);
    for (; n; n = n->next) {
        walked++;
        CHECK(c, n == o->root || (n->prev && n->prev->next == n), o);
        CHECK(c, (node_depth(n) == 0) == (n == o->root), o);
        CHECK(c, !node_is_marker(n), o);
        check_node(c, n, o, chain);
    }
}

/* Whose caller a parked right answers knows where it is. */
static void check_reply(struct check *c, const struct cap *cap,
                        struct object *task)
{
    const struct thread *caller = cap_target(cap);

    CHECK(c, !caller || caller->parked == cap, task);
    parked += caller != NULL;
}

static void visit_table(struct check *c, struct object *o)
{
    const struct task *t = kdb_thing(o);

    if (o->type == OBJECT_THREAD) {
        const struct thread *thread = kdb_thing(o);
        waiting += thread->parked != NULL;
    }
    if (o->type != OBJECT_TASK) {
        return;
    }
    CHECK(c, cap_empty(&t->table.caps[0]), o);
    for (uint32_t i = 0; i < t->table.size; i++) {
        const struct cap *cap = &t->table.caps[i];
        const struct node *n = t->table.nodes[i];
        bool reply = cap_type(cap) == OBJECT_REPLY;
        CHECK(c, (n != NULL) == (!cap_empty(cap) && !reply), o);
        if (n) {
            in_use++;
            check_block(c, o->factory, n, o);
        }
        if (reply) {
            check_reply(c, cap, o);
        }
    }
}

void check_caps(struct check *c)
{
    walked = in_use = parked = waiting = 0;
    check_each(c, visit_list);
    visit_list(c, &authority_device.object);
    visit_list(c, &authority_ports.object);
    visit_list(c, &authority_console.object);
    visit_list(c, &authority_trace.object);
    check_each(c, visit_table);
    CHECK(c, walked == in_use, NULL);
    CHECK(c, parked == waiting, NULL);
    c->mappings += in_use;
}

static uint64_t io_walked;
static uint64_t io_in_use;

/* The list that begins at an origin of ports. */
static void check_io_list(struct check *c, const struct node *head,
                          struct object *o)
{
    for (const struct node *n = head; n; n = n->next) {
        io_walked++;
        CHECK(c, n->task->object.type == OBJECT_TASK, o);
        CHECK(c, node_kind(n) == L4_FPAGE_IO, o);
        CHECK(c, (node_depth(n) == 0) == (n == head), o);
        CHECK(c, n == head || (n->prev && n->prev->next == n), o);
        CHECK(c,
              node_base(head) <= node_base(n) &&
                  node_base(n) + (1ull << (node_order(n) + 12)) <=
                      node_base(head) + (1ull << (node_order(head) + 12)),
              o);
    }
}

/* Whether a port is in one of a task's ranges. */
static bool io_has(const struct task *t, uint32_t port)
{
    for (struct list *l = t->io.next; l != &t->io; l = l->next) {
        const struct node *n = &container_of(l, struct io_range, link)->node;
        uint64_t first = node_base(n) >> 12;
        if (port >= first && port < first + (1ull << node_order(n))) {
            return true;
        }
    }
    return false;
}

/* Each range's first and last port, and the ports beside them. */
static void check_io_bits(struct check *c, const struct task *t,
                          const struct node *n, struct object *o)
{
    uint32_t first = (uint32_t)(node_base(n) >> 12);
    uint32_t last = first + (1u << node_order(n)) - 1;
    const uint32_t ports[] = {first - 1, first, last, last + 1};

    for (unsigned i = 0; i < 4; i++) {
        if (ports[i] < IO_PORTS) {
            bool denied = t->io_denied[ports[i] / 64] >> ports[i] % 64 & 1;
            CHECK(c, denied == !io_has(t, ports[i]), o);
        }
    }
}

static void visit_ports(struct check *c, struct object *o)
{
    struct task *t = kdb_thing(o);

    if (o->type != OBJECT_TASK) {
        return;
    }
    for (struct list *l = t->io.next; l != &t->io; l = l->next) {
        const struct io_range *r = container_of(l, struct io_range, link);
        io_in_use++;
        CHECK(c, r->node.task == t && t->io_denied, o);
        CHECK(c, (r->node.prev == NULL) == (node_depth(&r->node) == 0), o);
        if (!r->node.prev) {
            check_io_list(c, &r->node, o);
        }
        check_io_bits(c, t, &r->node, o);
        check_block(c, o->factory, r, o);
    }
    if (t->io_denied) {
        check_pages(c, o->factory, t->io_denied, o);
    }
}

void check_ports(struct check *c)
{
    io_walked = io_in_use = 0;
    check_each(c, visit_ports);
    CHECK(c, io_walked == io_in_use, NULL);
    c->mappings += io_in_use;
}
