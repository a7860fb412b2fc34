/* SPDX-License-Identifier: BSD-2-Clause */
/* A peer that sends anything, but often almost the right thing. */
#include <l4/fuzz.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef L4_LIBFUZZER
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
#endif

static const uint8_t *input;
static size_t left;
static const l4_fuzz_op_t *current;
static unsigned arrived; /* items that the client must have or delete */

uint64_t l4_fuzz_number(unsigned bytes)
{
    uint64_t n = 0;

    for (unsigned i = 0; i < bytes && left; i++, left--)
        n |= (uint64_t)*input++ << (8 * i);
    return n;
}

_Noreturn void l4_fuzz_broken(const char *what)
{
    fprintf(stderr, "fuzz: got through: %s\n", what);
    abort();
}

void l4_fuzz_touch(const void *data, size_t size)
{
    const volatile uint8_t *p = data;
    volatile uint8_t sum = 0;

    for (size_t i = 0; i < size; i++)
        sum = (uint8_t)(sum + p[i]);
}

uint32_t l4_fuzz_text(char *s, uint32_t room)
{
    uint32_t n = (uint32_t)l4_fuzz_number(1) % (room + 1);

    for (uint32_t i = 0; i < n; i++)
        s[i] = (char)(1 + l4_fuzz_number(1) % 127);
    s[n] = '\0';
    return n;
}

/* Mostly small numbers and limits, at times anything. */
static uint64_t hostile_word(void)
{
    static const uint64_t odd[] = {
        0,          1,          2,      0xff,       0x100,
        0x7fffffff, 0x80000000, 0xffff, UINT64_MAX, (uint64_t)INT64_MIN};
    unsigned how = (unsigned)l4_fuzz_number(1);

    if (how < 96)
        return l4_fuzz_number(1);
    if (how < 144)
        return odd[how % (sizeof odd / sizeof *odd)];
    if (how < 192)
        return l4_fuzz_number(2) | l4_fuzz_number(2) << 32;
    return l4_fuzz_number(8);
}

static l4_tag_t hostile_tag(l4_tag_t tag, unsigned most)
{
    unsigned how = (unsigned)l4_fuzz_number(1);
    unsigned words = l4_tag_words(tag);

    if (words == 0 && most)
        words = (unsigned)l4_fuzz_number(1) % (most + 1);
    if (how < 32)
        words = (unsigned)l4_fuzz_number(1) % (L4_MSG_WORDS + 1);
    tag = (tag & ~L4_TAG_WORDS_MASK) | words;
    if (how >= 32 && how < 48)
        tag ^= (l4_tag_t)1 << (8 + l4_fuzz_number(1) % 4);
    if (how >= 48 && how < 64)
        tag ^= (l4_tag_t)1 << (28 + l4_fuzz_number(1) % 3);
    if (how >= 64 && how < 80)
        tag ^= l4_fuzz_number(4) << 32;
    if (how >= 80 && how < 96)
        tag = (tag & ~(L4_TAG_WORDS_MASK | L4_TAG_ITEMS_MASK)) | L4_TAG_RAISED |
              (l4_fuzz_number(1) % 8);
    return tag;
}

static void hostile_words(l4_words_t *w, l4_utcb_t *utcb, l4_tag_t tag)
{
    for (unsigned i = 0; i < l4_tag_words(tag) && i < L4_MSG_WORDS; i++) {
        if (i < L4_MSG_REGS)
            w->w[i] = hostile_word();
        else
            utcb->mr[i] = hostile_word();
    }
}

static void hostile_items(l4_utcb_t *utcb, l4_tag_t tag)
{
    for (unsigned i = 0; i < l4_tag_items(tag) && i < L4_MSG_ITEMS; i++) {
        unsigned how = (unsigned)l4_fuzz_number(1);

        utcb->items[i].control = how < 192 ? L4_ITEM_MAPPED : how % 4;
        utcb->items[i].fpage =
            how & 1 ? l4_fpage_cap((l4_cap_t)l4_fuzz_number(2), 0, 15)
                    : l4_fpage_mem(l4_fuzz_number(2) << 12, 12, 3);
    }
}

/* --- a server with a hostile client ------------------------------------ */

static void attack_server(const l4_fuzz_interface_t *i, const l4_fuzz_op_t *op)
{
    static l4_utcb_t utcb;
    l4_req_t req;
    l4_tag_t reply;

    memset(&req, 0, sizeof req);
    req.tag =
        hostile_tag(op->in, op->in_words) & ~(L4_TAG_ERROR | L4_TAG_PHASE_MASK);
    if (l4_tag_words(req.tag) > L4_MSG_WORDS ||
        l4_tag_items(req.tag) > L4_MSG_ITEMS)
        return; /* the kernel delivers no such thing */
    req.label = l4_fuzz_number(1);
    req.utcb = &utcb;
    hostile_words(&req.w, &utcb, req.tag);
    hostile_items(&utcb, req.tag);
    memcpy(req.items, utcb.items, sizeof req.items);
    reply = i->dispatch(NULL, i->ops, &req);
    if (reply == L4_TAG_NONE)
        return;
    L4_FUZZ_CHECK(l4_tag_words(reply) <= L4_MSG_WORDS);
    L4_FUZZ_CHECK(l4_tag_items(reply) <= L4_MSG_ITEMS);
    L4_FUZZ_CHECK(reply & L4_TAG_REPLY);
    L4_FUZZ_CHECK(l4_tag_op(reply) == l4_tag_op(req.tag));
    if (!(reply & L4_TAG_RAISED))
        L4_FUZZ_CHECK(req.tag >> L4_TAG_OP_SHIFT ==
                          (reply & ~L4_TAG_REPLY) >> L4_TAG_OP_SHIFT ||
                      l4_tag_op(req.tag) == 0);
}

/* --- a client with a hostile server ------------------------------------ */

static l4_tag_t hostile_serve(void *self, const void *ops, l4_req_t *req)
{
    (void)self;
    (void)ops;
    if (current->out == L4_TAG_NONE)
        return L4_TAG_NONE;
    memset(req->utcb->items, 0, sizeof req->utcb->items);
    return hostile_tag(current->out, current->out_words) & ~L4_TAG_ERROR;
}

static l4_tag_t hostile_reply(l4_tag_t tag, l4_words_t *w, l4_utcb_t *utcb)
{
    if (l4_tag_words(tag) > L4_MSG_WORDS || l4_tag_items(tag) > L4_MSG_ITEMS)
        tag &= ~(L4_TAG_WORDS_MASK | L4_TAG_ITEMS_MASK);
    hostile_words(w, utcb, tag);
    hostile_items(utcb, tag);
    arrived = 0;
    for (unsigned i = 0; i < l4_tag_items(tag); i++)
        arrived += utcb->items[i].control == L4_ITEM_MAPPED;
    return tag;
}

static void attack_client(const l4_fuzz_interface_t *i, unsigned n)
{
    l4_err_t err;

    current = &i->op[n];
    arrived = 0;
    l4_loopback_serve(hostile_serve, NULL, NULL);
    l4_loopback_tamper_reply(hostile_reply);
    err = i->call(n);
    /* What came along with a refused answer is gone. */
    if (err && l4_loopback.sent)
        L4_FUZZ_CHECK(l4_loopback.dropped == arrived);
    else
        L4_FUZZ_CHECK(l4_loopback.dropped == 0);
}

static void attack(bool is_server, const l4_fuzz_interface_t *i)
{
    unsigned op;

    if (i->op_count == 0)
        return;
    op = (unsigned)l4_fuzz_number(1) % i->op_count;
    if (is_server)
        attack_server(i, &i->op[op]);
    else
        attack_client(i, op);
}

#ifdef L4_LIBFUZZER
/* The input says which side of which interface, unless it is asked for. */
static int only_server = -1;
static unsigned only_interface;

int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    const char *which = getenv("L4_FUZZ");
    char side[8];

    (void)argc;
    (void)argv;
    if (which && sscanf(which, "%7[a-z]:%u", side, &only_interface) == 2 &&
        only_interface < l4_fuzz_interface_count)
        only_server = strcmp(side, "server") == 0;
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    bool is_server;
    unsigned n;

    input = data;
    left = size;
    if (l4_fuzz_interface_count == 0)
        return 0;
    is_server = l4_fuzz_number(1) & 1;
    n = (unsigned)l4_fuzz_number(1) % l4_fuzz_interface_count;
    if (only_server >= 0) {
        is_server = only_server;
        n = only_interface;
    }
    attack(is_server, &l4_fuzz_interfaces[n]);
    return 0;
}
#else
enum { INPUT_MAX = 768 };

static uint64_t state;

static void attack_random(bool is_server, const l4_fuzz_interface_t *i)
{
    static uint8_t data[INPUT_MAX];

    for (size_t k = 0; k < INPUT_MAX; k++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        data[k] = (uint8_t)(state >> 24);
    }
    input = data;
    left = INPUT_MAX;
    attack(is_server, i);
}

/* fuzzer [RUNS [SEED]] */
int main(int argc, char **argv)
{
    unsigned long runs = argc > 1 ? strtoul(argv[1], NULL, 10) : 20000;
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;

    state = seed * 0x9e3779b97f4a7c15u + 1;
    for (unsigned i = 0; i < l4_fuzz_interface_count; i++) {
        for (unsigned long run = 0; run < 2 * runs; run++)
            attack_random(run & 1, &l4_fuzz_interfaces[i]);
    }
    printf("%lu runs of each side of %u interfaces\n", runs,
           l4_fuzz_interface_count);
    return 0;
}
#endif
