/* SPDX-License-Identifier: BSD-2-Clause */
/* Requests to kernel objects, well-formed and not, as the IDL describes them:
 * made of objects.kfuzz. */
#ifndef FUZZ_REQUESTS_H
#define FUZZ_REQUESTS_H

#include <l4/message.h>
#include <l4/utcb.h>

#include "random.h"

/* How many slots the table of an attacker has, and from which one on they are
 * empty at first. */
#define TABLE_ORDER 7u
#define TABLE_SIZE (1u << TABLE_ORDER)

/* Where attackers play with memory: large pages, and behind them nothing. */
#define WINDOW ((uint64_t)0x40000000)
#define WINDOW_ORDER 23u

/* Slots with objects of a kind, as an attacker finds them. */
struct slots {
    uint16_t proto;
    uint8_t first;
    uint8_t count;
};

/* What is generated depends on it. */
struct request_style {
    bool protect; /* rights of memory may be taken away without the memory */
    const struct slots *slots;
    unsigned kinds; /* of slots */
    uint8_t empty;  /* the first slot that is empty at first */
};

/* One system call: what goes into the registers. The UTCB is filled. */
struct request {
    l4_tag_t tag;
    uint64_t cap;
    l4_words_t words;
    int operation; /* its number, or -1 */
};

/* Operations, at most. */
#define OPERATIONS_MAX 96u

/* Before any other: puts the table in order. */
void requests_init(void);

/* How many operations there are, and what they are called. */
unsigned requests_count(void);
const char *request_name(unsigned operation);

/* Whether attackers have a right to it. */
bool request_allowed(unsigned operation);

/* What the kernel answered to a request: 0, a documented error, or one that is
 * not (`*odd`). Negative: it did not answer. */
int request_result(const struct request *q, l4_tag_t tag, uint64_t word0,
                   bool *odd);

/* A request of some operation to some object. */
void request_make(struct random *r, const struct request_style *style,
                  l4_utcb_t *utcb, struct request *out);

/* A message to a gate, or a phase of its own, with any timeouts. */
void message_make(struct random *r, const struct request_style *style,
                  l4_utcb_t *utcb, struct request *out);

/* Registers full of anything. */
void garbage_make(struct random *r, struct request *out);

/* A word that means something more often than by chance. */
uint64_t random_word(struct random *r);
uint64_t random_address(struct random *r);
uint64_t random_fpage(struct random *r);
uint64_t random_slot(struct random *r);

#endif
