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
extern uint8_t raw_page[4096];

struct raw {
    l4_tag_t tag;
    uint64_t word[L4_MSG_WORDS];
};

/* Puts `value` of `size` bytes to byte `at`. */
static inline void raw_put(struct raw *m, unsigned at, uint64_t value,
                           unsigned size)
{
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

#endif
