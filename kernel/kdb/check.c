/* SPDX-License-Identifier: BSD-2-Clause */
/* The consistency check: objects, and what drives the other parts. */
#include <kernel/authority.h>
#include <kernel/panic.h>
#include <kernel/trace.h>

#include <kernel/kdb.h>
#include <kernel/kdb_check.h>

/* More would not say more. */
#define PRINTED_MAX 16

void check_failed(struct check *c, const char *what, struct object *o)
{
    if (c->failures++ >= PRINTED_MAX) {
        return;
    }
    printk("kdb: inconsistent: %s", what);
    if (o) {
        printk(" of %llx, ", (unsigned long long)(uintptr_t)kdb_thing(o));
        kdb_print_object(o);
    }
    printk("\n");
}

/* The object after `o` in the tree of what `top` made, directly or not. */
static struct object *next_below(struct object *o, const struct object *top)
{
    if (o->type == OBJECT_FACTORY) {
        struct factory *inner = kdb_thing(o);
        if (!list_empty(&inner->objects)) {
            return container_of(inner->objects.next, struct object, link);
        }
    }
    while (o != top) {
        struct factory *f = o->factory;
        if (o->link.next != &f->objects) {
            return container_of(o->link.next, struct object, link);
        }
        o = &f->object;
    }
    return NULL;
}

static void each_below(struct check *c, struct object *top,
                       check_visit_fn *visit)
{
    for (struct object *o = top; o; o = next_below(o, top)) {
        visit(c, o);
    }
}

void check_each(struct check *c, check_visit_fn *visit)
{
    each_below(c, &factory_root.object, visit);
    for (struct list *l = objects_dying.next; l != &objects_dying;
         l = l->next) {
        each_below(c, container_of(l, struct object, link), visit);
    }
}

/* How many of the dying were made by `f`. */
static size_t dying_of(const struct factory *f)
{
    size_t n = 0;

    for (struct list *l = objects_dying.next; l != &objects_dying;
         l = l->next) {
        n += container_of(l, struct object, link)->factory == f;
    }
    return n;
}

static void visit_factory(struct check *c, struct object *o)
{
    struct factory *f = kdb_thing(o);
    size_t alive = 0;

    for (struct list *l = f->objects.next; l != &f->objects; l = l->next) {
        struct object *made = container_of(l, struct object, link);
        CHECK(c, l->next->prev == l, made);
        CHECK(c, made->factory == f, made);
        CHECK(c, !made->dying, made);
        alive++;
    }
    CHECK(c, f->count == alive + dying_of(f), o);
    CHECK(c, !o->factory || f->max_priority <= o->factory->max_priority, o);
}

static void visit_object(struct check *c, struct object *o)
{
    c->objects++;
    CHECK(c, o->type > OBJECT_NONE && o->type <= OBJECT_TRACE, o);
    CHECK(c, o->factory || o == &factory_root.object, o);
    if (o->type == OBJECT_FACTORY) {
        visit_factory(c, o);
    }
}

static void check_dying(struct check *c)
{
    for (struct list *l = objects_dying.next; l != &objects_dying;
         l = l->next) {
        struct object *o = container_of(l, struct object, link);
        CHECK(c, l->next->prev == l, o);
        CHECK(c, o->dying, o);
    }
}

void check_all(struct check *c)
{
    c->failures = 0;
    c->objects = 0;
    c->mappings = 0;
    c->bytes = 0;
    c->accounts_count = 0;
    check_dying(c);
    check_each(c, visit_object);
    check_caps(c);
    check_memory(c);
    check_ports(c);
    check_threads(c);
    check_signals(c);
    check_contexts(c);
    check_pools(c);
}
