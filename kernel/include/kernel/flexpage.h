/* SPDX-License-Identifier: BSD-2-Clause */
/* What is reckoned about flexpages, without looking at anything else. */
#ifndef KERNEL_FLEXPAGE_H
#define KERNEL_FLEXPAGE_H

#include <l4/err.h>
#include <l4/fpage.h>
#include <l4/tag.h>

#include <arch/ptab.h>

/* The number of table entries that a flexpage changes, in the largest leaves;
 * above L4_MSG_ITEMS for anything malformed or too big. */
static inline unsigned flexpage_entries(l4_fpage_t fpage)
{
    unsigned order = l4_fpage_order(fpage);

    switch (l4_fpage_kind(fpage)) {
    case L4_FPAGE_MEM:
        if (order >= PTAB_ORDER_2M) {
            order -= order < PTAB_ORDER_1G ? PTAB_ORDER_2M : PTAB_ORDER_1G;
        } else {
            order -= L4_PAGE_ORDER;
        }
        break;
    case L4_FPAGE_CAP: break;
    case L4_FPAGE_IO: return 1;
    default: return L4_MSG_ITEMS + 1;
    }
    return order > 4 ? L4_MSG_ITEMS + 1 : 1u << order;
}

/* Where an item goes in a window: at the offset that is asked for, as far as
 * it has one. L4_EWINDOW. */
static inline l4_err_t flexpage_place(l4_fpage_t window, l4_fpage_t f,
                                      uint64_t asked, uint64_t *dest)
{
    unsigned order = l4_fpage_order(window);
    unsigned shift = l4_fpage_kind(f) == L4_FPAGE_MEM ? 0 : 12;
    uint64_t base = l4_fpage_base(window);

    if (l4_fpage_kind(window) != l4_fpage_kind(f) || order + shift > 47 ||
        l4_fpage_order(f) > order) {
        return L4_EWINDOW;
    }
    uint64_t size = 1ull << (order + shift);
    uint64_t item = 1ull << (l4_fpage_order(f) + shift);
    *dest = base | (asked & (size - 1) & ~(item - 1));
    if (l4_fpage_kind(f) == L4_FPAGE_IO) {
        *dest = l4_fpage_base(f); /* ports keep their numbers */
    }
    return base & (size - 1) || (*dest ^ base) & ~(size - 1) ? L4_EWINDOW
                                                             : L4_OK;
}

/* Whether memory of users is passed on to memory of users. */
static inline bool flexpage_fits(uint64_t from, uint64_t to, uint64_t size)
{
    return !(from & (size - 1)) && from < L4_USER_END && to < L4_USER_END &&
           size <= L4_USER_END - from && size <= L4_USER_END - to;
}

/* The largest leaf below order `below`, of no more than `left` bytes, for
 * places and a frame whose addresses have these `bits` together; with 1 GiB
 * leaves if `giant`. */
static inline unsigned flexpage_leaf(uint64_t bits, uint64_t left,
                                     unsigned below, bool giant)
{
    for (unsigned order = giant ? PTAB_ORDER_1G : PTAB_ORDER_2M;
         order > L4_PAGE_ORDER; order -= PTAB_ORDER_1G - PTAB_ORDER_2M) {
        uint64_t size = 1ull << order;
        if (order < below && size <= left && !(bits & (size - 1))) {
            return order;
        }
    }
    return L4_PAGE_ORDER;
}

#endif
