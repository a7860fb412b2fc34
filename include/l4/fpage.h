/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Flexpages and typed items.
 *
 * A flexpage names an aligned, power-of-two range of one of three kinds:
 *
 *   63                     12 11    8 7   6 5    0
 *   [ base >> 12 << 12       ][rights][kind][order]
 *
 *   memory  base is the virtual address, order 12 and up
 *   I/O     base is the first port << 12, order 0 to 16
 *   caps    base is the first slot << 12, order 0 to 16
 *
 * A flexpage of 0 is none at all.
 */
#ifndef L4_FPAGE_H
#define L4_FPAGE_H

#include <l4/types.h>

typedef uint64_t l4_fpage_t;

#define L4_FPAGE_NONE ((l4_fpage_t)0)

#define L4_FPAGE_MEM 1u
#define L4_FPAGE_IO 2u
#define L4_FPAGE_CAP 3u

/* Rights of memory. */
#define L4_MEM_R 1u
#define L4_MEM_W 2u
#define L4_MEM_X 4u

/* Every right there is, of any kind. */
#define L4_RIGHTS_ALL 0xfu

#define L4_PAGE_ORDER 12u
#define L4_PAGE_SIZE ((uint64_t)1 << L4_PAGE_ORDER)

/* The end of user memory: the last page below the canonical hole is never
 * mapped. */
#define L4_USER_END ((uint64_t)0x00007ffffffff000)

static inline l4_fpage_t l4_fpage(unsigned kind, uint64_t base, unsigned order,
                                  unsigned rights)
{
    return (base & ~(uint64_t)0xfff) | ((uint64_t)(rights & 0xf) << 8) |
           ((uint64_t)(kind & 3) << 6) | (order & 0x3f);
}

static inline l4_fpage_t l4_fpage_mem(uint64_t va, unsigned order,
                                      unsigned rights)
{
    return l4_fpage(L4_FPAGE_MEM, va, order, rights);
}

/* One capability, or 1 << order of them. */
static inline l4_fpage_t l4_fpage_cap(l4_cap_t slot, unsigned order,
                                      unsigned rights)
{
    return l4_fpage(L4_FPAGE_CAP, (uint64_t)slot << 12, order, rights);
}

static inline unsigned l4_fpage_kind(l4_fpage_t f)
{
    return (unsigned)(f >> 6) & 3;
}

static inline unsigned l4_fpage_order(l4_fpage_t f)
{
    return (unsigned)f & 0x3f;
}

static inline unsigned l4_fpage_rights(l4_fpage_t f)
{
    return (unsigned)(f >> 8) & 0xf;
}

/* The base as it stands in the flexpage: an address, or a number << 12. */
static inline uint64_t l4_fpage_base(l4_fpage_t f)
{
    return f & ~(uint64_t)0xfff;
}

/* The first slot of a capability flexpage. */
static inline l4_cap_t l4_fpage_slot(l4_fpage_t f)
{
    return (l4_cap_t)(f >> 12);
}

/*
 * A typed item, as sent: `fpage` is what to pass on, from the sender's space;
 * `control` holds where it goes within the receiver's window (same encoding as
 * a flexpage's base) and flags.
 *
 * As received: `control` says what arrived, `fpage` where: a flexpage in the
 * receiver's space, or for L4_ITEM_LABEL the label itself.
 */
typedef struct l4_item {
    uint64_t control; /* send base | flags, or an L4_ITEM_* result */
    uint64_t fpage;   /* a flexpage, or a label */
} l4_item_t;

/* Flags of a sent item. */
#define L4_ITEM_GRANT ((uint64_t)1 << 0)   /* the sender loses it */
#define L4_ITEM_NOCACHE ((uint64_t)1 << 4) /* memory: map uncached */
#define L4_ITEM_FLAGS (L4_ITEM_GRANT | L4_ITEM_NOCACHE)

/* What became of a received item. */
#define L4_ITEM_FAILED ((uint64_t)0) /* nothing arrived; fpage: -l4_err_t */
#define L4_ITEM_MAPPED ((uint64_t)1) /* at fpage */
#define L4_ITEM_LABEL ((uint64_t)2)  /* our own gate came back: its label */

L4_STATIC_ASSERT(sizeof(l4_item_t) == 16, "an item is two words");

static inline l4_item_t l4_item_map(l4_fpage_t what, uint64_t send_base)
{
    l4_item_t item;
    item.control = send_base & ~(uint64_t)0xfff;
    item.fpage = what;
    return item;
}

#endif
