/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The consistency check: memory. What every factory has in use is just what
 * its objects refer to, and all pages have one owner.
 */
#include <kernel/factory.h>

#include <kernel/kdb.h>
#include <kernel/kdb_check.h>

/* The info pages, which no object refers to. */
#define INFO_PAGES 4

static const uint16_t slab_size[SLAB_CLASSES] = {32, 128, 256, 384, 640, 1024};

/* What is found in use, besides what the accounts say should be. */
static struct found {
    size_t total;
    size_t unused;
    size_t pages; /* that are not slabs */
    size_t blocks[SLAB_CLASSES];
} found[CHECK_FACTORIES];

static struct check_account *account_of(struct check *c,
                                        const struct factory *f)
{
    static unsigned last;

    if (last < c->accounts_count && c->accounts[last].factory == f) {
        return &c->accounts[last];
    }
    for (last = 0; last < c->accounts_count; last++) {
        if (c->accounts[last].factory == f) {
            return &c->accounts[last];
        }
    }
    if (c->accounts_count == CHECK_FACTORIES) {
        return NULL;
    }
    c->accounts_count++;
    c->accounts[last] =
        (struct check_account){.factory = (struct factory *)(uintptr_t)f};
    return &c->accounts[last];
}

void check_block(struct check *c, struct factory *f, const void *block,
                 struct object *o)
{
    const struct slab *slab =
        (const struct slab *)((uintptr_t)block &
                              ~(uintptr_t)(POOL_PAGE_SIZE - 1));
    struct check_account *a = account_of(c, f);

    CHECK(c, slab->pool == &f->pool, o);
    if (a && slab->class < SLAB_CLASSES) {
        a->blocks[slab->class]++;
    }
}

void check_pages(struct check *c, struct factory *f, const void *pages,
                 struct object *o)
{
    const struct pool_area *area = f->pool.area;
    size_t index = (size_t)((const char *)pages - area->base) / POOL_PAGE_SIZE;
    struct check_account *a = account_of(c, f);

    if (index >= area->pages || area->frames[index].owner != &f->pool ||
        area->frames[index].free) {
        check_failed(c, "a page of its factory is in use", o);
    } else if (a) {
        a->pages += (size_t)1 << area->frames[index].order;
    }
}

static bool is_slab(const struct slab *slab, const struct frame *frame)
{
    return frame->order == 0 && slab->pool == frame->owner &&
           slab->class < SLAB_CLASSES && slab->used > 0;
}

/* How many blocks a slab has that are free, as its chain says. */
static unsigned slab_free(const struct slab *slab)
{
    unsigned n = 0;

    for (void *const *b = slab->free; b && n < POOL_PAGE_SIZE; b = *b) {
        n++;
    }
    return n;
}

static void check_slab(struct check *c, const struct slab *slab,
                       struct found *in)
{
    unsigned all = (POOL_PAGE_SIZE - 128) / slab_size[slab->class];

    CHECK(c, slab->used + slab_free(slab) == all, NULL);
    CHECK(c, list_empty(&slab->link) == !slab->free, NULL);
    CHECK(c, slab->link.next->prev == &slab->link, NULL);
    in->blocks[slab->class] += slab->used;
    c->bytes += (uint64_t)slab->used * slab_size[slab->class];
}

/* One block of pages, in use or free. */
static void check_frame(struct check *c, const struct frame *frame,
                        const void *page)
{
    struct factory *f = container_of(frame->owner, struct factory, pool);
    const struct check_account *a = account_of(c, f);
    size_t pages = (size_t)1 << frame->order;

    if (!a) {
        return;
    }
    struct found *in = &found[a - c->accounts];
    in->total += pages;
    if (frame->free) {
        in->unused += pages;
    } else if (is_slab(page, frame)) {
        check_slab(c, page, in);
    } else {
        in->pages += pages;
        c->bytes += pages * POOL_PAGE_SIZE;
    }
}

static void check_frames(struct check *c, const struct pool_area *area)
{
    size_t i = 0;

    while (i < area->pages) {
        const struct frame *frame = &area->frames[i];
        if (!frame->owner || frame->order >= POOL_ORDERS) {
            check_failed(c, "every page belongs to a factory", NULL);
            return;
        }
        check_frame(c, frame, area->base + i * POOL_PAGE_SIZE);
        i += (size_t)1 << frame->order;
    }
    CHECK(c, i == area->pages, NULL);
}

/* The free lists have all that is free. */
static size_t listed(struct check *c, const struct pool *pool)
{
    size_t pages = 0;

    for (unsigned order = 0; order < POOL_ORDERS; order++) {
        const struct list *head = &pool->free[order];
        for (struct list *l = head->next; l != head; l = l->next) {
            size_t i = (size_t)((char *)l - pool->area->base) / POOL_PAGE_SIZE;
            const struct frame *frame = &pool->area->frames[i];
            CHECK(c, l->next->prev == l, NULL);
            CHECK(c, frame->free && frame->owner == pool, NULL);
            CHECK(c, frame->order == order, NULL);
            pages += (size_t)1 << order;
        }
    }
    return pages;
}

static void check_account(struct check *c, const struct check_account *a,
                          const struct found *in)
{
    struct object *o = &a->factory->object;
    const struct pool *pool = &a->factory->pool;
    size_t info = a->factory == &factory_root ? INFO_PAGES : 0;

    CHECK(c, pool->total == in->total, o);
    CHECK(c, pool->unused == in->unused, o);
    CHECK(c, pool->unused == listed(c, pool), o);
    CHECK(c, a->pages + info == in->pages, o);
    for (unsigned i = 0; i < SLAB_CLASSES; i++) {
        CHECK(c, a->blocks[i] == in->blocks[i], o);
    }
}

/* A factory's block, and that it owns what it was given but for what it gave
 * away. */
static void visit_factory(struct check *c, struct object *o)
{
    struct factory *f = kdb_thing(o);
    size_t pages = f->pool.total;

    if (o->type != OBJECT_FACTORY) {
        return;
    }
    if (o->factory) {
        check_block(c, o->factory, f, o);
    }
    for (struct list *l = f->objects.next; l != &f->objects; l = l->next) {
        struct object *made = container_of(l, struct object, link);
        if (made->type == OBJECT_FACTORY) {
            pages += ((struct factory *)kdb_thing(made))->quota;
        }
    }
    /* Those that are dying have given back a part. */
    CHECK(c, o->dying || pages <= f->quota, o);
}

void check_pools(struct check *c)
{
    for (unsigned i = 0; i < CHECK_FACTORIES; i++) {
        found[i] = (struct found){0};
    }
    check_each(c, visit_factory);
    check_frames(c, factory_root.pool.area);
    for (unsigned i = 0; i < c->accounts_count; i++) {
        check_account(c, &c->accounts[i], &found[i]);
    }
}
