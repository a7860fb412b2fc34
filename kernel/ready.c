/* SPDX-License-Identifier: BSD-2-Clause */
#include <kernel/ready.h>

void ready_init(struct ready *r)
{
    for (unsigned i = 0; i < PRIORITIES / 64; i++) {
        r->bitmap[i] = 0;
    }
    for (unsigned i = 0; i < PRIORITIES; i++) {
        list_init(&r->lists[i]);
    }
}

void ready_append(struct ready *r, struct list *link, unsigned priority)
{
    list_append(&r->lists[priority], link);
    r->bitmap[priority / 64] |= 1ull << (priority % 64);
}

void ready_remove(struct ready *r, struct list *link, unsigned priority)
{
    list_remove(link);
    if (list_empty(&r->lists[priority])) {
        r->bitmap[priority / 64] &= ~(1ull << (priority % 64));
    }
}

struct list *ready_first(struct ready *r)
{
    for (unsigned i = PRIORITIES / 64; i-- > 0;) {
        if (r->bitmap[i]) {
            unsigned bit = 63 - (unsigned)__builtin_clzll(r->bitmap[i]);
            return r->lists[i * 64 + bit].next;
        }
    }
    return NULL;
}

bool ready_shared(const struct ready *r, const struct list *link,
                  unsigned priority)
{
    const struct list *head = &r->lists[priority];

    return head->next != link || head->prev != link;
}
