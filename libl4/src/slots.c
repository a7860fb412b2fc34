/* SPDX-License-Identifier: BSD-2-Clause */
/* Which slots of the capability table are free: a bitmap, changed word by word
 * with compare-and-swap, so that no thread ever waits for another. */
#include <stdatomic.h>

#include <l4/slots.h>

#define SLOTS_MAX 4096u
#define WORD_BITS 64u
#define WORD_ORDER 6u
#define WORDS (SLOTS_MAX / WORD_BITS)

/* Bit set: the slot is free. */
static _Atomic uint64_t slots_available[WORDS];
static l4_cap_t slots_first;
static l4_cap_t slots_end;

/* A run of `count` bits, at bit `at`. */
static uint64_t run_mask(unsigned count, unsigned at)
{
    uint64_t mask =
        count == WORD_BITS ? ~(uint64_t)0 : ((uint64_t)1 << count) - 1;

    return mask << at;
}

void l4_slots_init(l4_cap_t first, l4_cap_t end)
{
    if (end > SLOTS_MAX)
        end = SLOTS_MAX;
    slots_first = first;
    slots_end = end;
    for (unsigned i = 0; i < WORDS; i++)
        atomic_store(&slots_available[i], 0);
    for (l4_cap_t slot = first; slot < end; slot++)
        atomic_fetch_or(&slots_available[slot / WORD_BITS],
                        run_mask(1, slot % WORD_BITS));
}

/* Takes an aligned run of `count` slots out of one word; L4_CAP_NONE if it has
 * none. */
static l4_cap_t word_take(unsigned word, unsigned count)
{
    uint64_t old = atomic_load(&slots_available[word]);
    unsigned at = 0;

    while (old && at < WORD_BITS) {
        uint64_t mask = run_mask(count, at);

        if ((old & mask) != mask)
            at += count;
        else if (atomic_compare_exchange_weak(&slots_available[word], &old,
                                              old & ~mask))
            return word * WORD_BITS + at;
    }
    return L4_CAP_NONE;
}

l4_cap_t l4_slots_alloc(unsigned order)
{
    if (order > WORD_ORDER)
        return L4_CAP_NONE;
    for (unsigned word = 0; word < WORDS; word++) {
        l4_cap_t slot = word_take(word, 1u << order);

        if (slot != L4_CAP_NONE)
            return slot;
    }
    return L4_CAP_NONE;
}

l4_cap_t l4_slot_alloc(void)
{
    return l4_slots_alloc(0);
}

void l4_slot_release(l4_cap_t slot)
{
    if (slot < slots_first || slot >= slots_end)
        return;
    atomic_fetch_or(&slots_available[slot / WORD_BITS],
                    run_mask(1, slot % WORD_BITS));
}

void l4_slots_free(l4_cap_t slot, unsigned order)
{
    if (order > WORD_ORDER || slot < slots_first || slot >= slots_end)
        return;
    l4_fpage_t fpage = l4_fpage_cap(slot, order, L4_RIGHTS_ALL);
    l4_unmap(&fpage, 1);
    for (l4_cap_t i = 0; i < (l4_cap_t)1 << order; i++)
        l4_slot_release(slot + i);
}

void l4_slot_free(l4_cap_t slot)
{
    l4_slots_free(slot, 0);
}
