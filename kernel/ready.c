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
