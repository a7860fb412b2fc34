/* SPDX-License-Identifier: BSD-2-Clause */
/* The I/O ports that a task's threads may use by themselves. */

#include <arch/ports.h>

#include <kernel/factory.h>
#include <kernel/io.h>
#include <kernel/string.h>
#include <kernel/thread.h>

/* How many flexpages of ports a task may have. */
#define IO_RANGES_MAX 32u

static uint32_t range_first(const struct io_range *r)
{
    return (uint32_t)(node_base(&r->node) >> 12);
}

static uint32_t range_count(const struct io_range *r)
{
    return 1u << node_order(&r->node);
}

/* A range of `t` that has some of those ports, or NULL. */
static struct io_range *range_find(struct task *t, uint32_t first,
                                   uint32_t count)
{
    for (struct list *l = t->io.next; l != &t->io; l = l->next) {
        struct io_range *r = container_of(l, struct io_range, link);
        if (first < range_first(r) + range_count(r) &&
            range_first(r) < first + count) {
            return r;
        }
    }
    return NULL;
}

static bool range_covers(const struct io_range *r, uint32_t first,
                         uint32_t count)
{
    return r && range_first(r) <= first &&
           first + count <= range_first(r) + range_count(r);
}

/* Allows or denies ports; their number is a power of two. */
static void ports_set(struct task *t, uint32_t first, uint32_t count,
                      bool allow)
{
    uint64_t *word = &t->io_denied[first / 64];

    if (count >= 64) {
        memset(word, allow ? 0 : 0xff, count / 8);
    } else if (allow) {
        *word &= ~(((1ull << count) - 1) << first % 64);
    } else {
        *word |= ((1ull << count) - 1) << first % 64;
    }
    arch_ports_changed(t->io_denied);
}

void io_join(struct thread *t)
{
    bool guest = t->status & THREAD_GUEST;

    if (!t->task->io_denied) {
        return;
    }
    t->status |= THREAD_PORTS;
    t->ports = guest ? NULL : t->task->io_denied;
    if (t == current_thread()) {
        arch_ports_use(t->ports);
    }
}

/* Makes the table of denied ports: all of them. */
static l4_err_t table_make(struct task *t)
{
    if (t->io_denied) {
        return L4_OK;
    }
    t->io_denied = factory_pages(t->object.factory, IO_TABLE_ORDER);
    if (!t->io_denied) {
        return L4_EQUOTA;
    }
    memset(t->io_denied, 0xff, IO_TABLE_SIZE);
    for (struct list *l = t->threads.next; l != &t->threads; l = l->next) {
        io_join(container_of(l, struct thread, task_link));
    }
    return L4_OK;
}

/* A new range of `t`, in no list of the mapping database. */
static l4_err_t range_new(struct task *t, uint32_t first, unsigned order,
                          struct io_range **out)
{
    unsigned others = 0;

    for (struct list *l = t->io.next; l != &t->io; l = l->next) {
        others++;
    }
    l4_err_t err = others < IO_RANGES_MAX ? table_make(t) : L4_EQUOTA;
    if (err) {
        return err;
    }
    struct io_range *r = factory_block(t->object.factory, sizeof(*r));
    if (!r) {
        return L4_EQUOTA;
    }
    node_init(&r->node, t, L4_FPAGE_IO, (uint64_t)first << 12, order);
    list_append(&t->io, &r->link);
    *out = r;
    return L4_OK;
}

static void range_free(struct io_range *r)
{
    mapdb_remove(&r->node);
    list_remove(&r->link);
    factory_block_free(r);
}

l4_err_t io_origin(struct task *t, uint32_t first, unsigned order)
{
    struct io_range *r;

    if (range_find(t, first, 1u << order)) {
        return L4_EEXIST;
    }
    l4_err_t err = range_new(t, first, order, &r);
    if (!err) {
        ports_set(t, first, 1u << order, true);
    }
    return err;
}

l4_err_t io_map(const struct map_request *m)
{
    unsigned order = l4_fpage_order(m->fpage);
    uint64_t first = l4_fpage_base(m->fpage) >> 12;
    uint32_t count = 1u << (order & 31);

    if (order > 16 || first % count || first + count > IO_PORTS ||
        m->dest >> 12 != first) {
        return L4_EINVAL;
    }
    struct io_range *src = range_find(m->src, (uint32_t)first, count);
    struct io_range *dst = range_find(m->dst, (uint32_t)first, count);
    struct io_range *r;
    bool grant = m->dest & L4_ITEM_GRANT;
    if (!range_covers(src, (uint32_t)first, count)) {
        return L4_EFAULT;
    }
    if (dst) {
        return range_covers(dst, (uint32_t)first, count) ? L4_OK : L4_EEXIST;
    }
    if (grant && range_count(src) != count) {
        return L4_EINVAL; /* a part of a range cannot leave it */
    }
    l4_err_t err = range_new(m->dst, (uint32_t)first, order, &r);
    if (err) {
        return err;
    }
    if (grant) {
        mapdb_replace(&src->node, &r->node);
        ports_set(m->src, (uint32_t)first, count, false);
        range_free(src);
    } else if (!mapdb_insert(&src->node, &r->node)) {
        range_free(r);
        return L4_E2BIG;
    }
    ports_set(m->dst, (uint32_t)first, count, true);
    return L4_OK;
}

void io_drop(struct node *n)
{
    struct io_range *r = container_of(n, struct io_range, node);

    ports_set(n->task, range_first(r), range_count(r), false);
    range_free(r);
}

l4_err_t io_unmap(struct task *t, l4_fpage_t fpage, bool self)
{
    unsigned order = l4_fpage_order(fpage);
    uint64_t first = l4_fpage_base(fpage) >> 12;
    uint32_t count = 1u << (order & 31);

    if (order > 16 || first % count || first + count > IO_PORTS) {
        return L4_EINVAL;
    }
    struct list *l = t->io.next;
    while (l != &t->io) {
        struct io_range *r = container_of(l, struct io_range, link);
        l = l->next;
        if (first < range_first(r) + range_count(r) &&
            range_first(r) < first + count && !node_revoke(&r->node, self)) {
            return MAP_AGAIN;
        }
    }
    return L4_OK;
}

void io_free(struct task *t)
{
    if (t->io_denied) {
        arch_ports_forget(t->io_denied);
        factory_pages_free(t->object.factory, t->io_denied, IO_TABLE_ORDER);
    }
}
