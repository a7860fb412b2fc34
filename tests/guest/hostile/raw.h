/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages made by hand, byte by byte. */
#ifndef TESTS_HOSTILE_RAW_H
#define TESTS_HOSTILE_RAW_H

#include <string.h>

#include <l4/ipc.h>
#include <l4/log.h>

/* Something to pass on: a page, and our console. */
#define RAW_PAGE l4_fpage_mem((uint64_t)(uintptr_t)raw_page, L4_PAGE_ORDER, 1)
#define RAW_CAP l4_fpage_cap(L4_CAP_CONSOLE, 0, L4_RIGHTS_ALL)
#define RAW_PORTS(first) \
    l4_fpage(L4_FPAGE_IO, (uint64_t)(first) << 12, 2, L4_RIGHTS_ALL)
extern uint8_t raw_page[4096];

/* What a program has looked at. */
struct tally {
    const char *who;
    unsigned checks;
    int failed;
};

static inline void tally_check(struct tally *t, bool holds, const char *what,
                               int64_t got)
{
    t->checks++;
    if (holds)
        return;
    t->failed++;
    l4_print("FAIL %s: %s: %ld\n", t->who, what, got);
}

struct raw {
    l4_tag_t tag;
    uint64_t word[L4_MSG_WORDS];
};

/* Puts `value` of `size` bytes to byte `at`, again and again if that is more
 * than it has. */
static inline void raw_put(struct raw *m, unsigned at, uint64_t value,
                           unsigned size)
{
    if (size > sizeof(value))
        memset((char *)m->word + at, (uint8_t)value, size);
    else
        memcpy((char *)m->word + at, &value, size);
}

/* Where the message waits to be sent: registers and UTCB. */
static inline l4_words_t raw_load(const struct raw *m)
{
    l4_words_t w;

    memcpy(&w, m->word, sizeof(w));
    memcpy(&l4_utcb()->mr[L4_MSG_REGS], &m->word[L4_MSG_REGS],
           sizeof(m->word) - sizeof(w));
    return w;
}

/* How many bytes of a message that arrived are `stale`; what it has no words
 * for travels in registers all the same. */
static inline uint32_t raw_stale(l4_tag_t tag, const l4_words_t *w,
                                 uint8_t stale)
{
    const uint8_t *rest = (const uint8_t *)l4_utcb()->mr;
    const uint8_t *regs = (const uint8_t *)w->w;
    uint32_t count = 0;

    for (unsigned i = 0; i < sizeof(*w); i++)
        count += regs[i] == stale;
    for (unsigned i = sizeof(*w); i < 8 * l4_tag_words(tag); i++)
        count += rest[i] == stale;
    return count;
}

/* What the variables of whoever is called next will lie on. */
static __attribute__((noinline, unused)) void raw_stack_fill(uint8_t fill)
{
    volatile uint8_t junk[4096];

    for (unsigned i = 0; i < sizeof(junk); i++)
        junk[i] = fill;
}

#endif
