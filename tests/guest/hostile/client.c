/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A hostile client: messages that no stub makes, to a server that was
 * generated. Each is answered with the right error, reaches no handler and
 * leaves nothing behind.
 */
#include "raw.h"

#include <l4/env.h>
#include <l4/objects.h>

#include "victim.h"

#define MALFORMED (-100) /* any error below 0 */

#define WINDOW 0x71000000ull

_Alignas(4096) uint8_t raw_page[4096];
static h_victim_t victim;
static struct tally tally = {.who = "hostile client"};

static void check(bool holds, const char *what, int64_t got)
{
    tally_check(&tally, holds, what, got);
}

/* How many handlers ran since the last time. */
static uint32_t handled(const char *what)
{
    static uint32_t last;
    bool is_empty = false;
    uint32_t calls = 0;
    uint32_t before = last;

    check(h_victim_state(victim, &calls, &is_empty, NULL) == 0, what, -1);
    check(is_empty, "something was left in the window", 0);
    last = calls;
    return calls - before;
}

/* Sends a request and looks at the error that comes back. */
static void refused(const char *what, const struct raw *m, l4_err_t want)
{
    l4_words_t w = raw_load(m);
    l4_tag_t tag = l4_call(victim.cap, m->tag, &w, L4_TIME_NEVER);
    l4_err_t err = (l4_err_t)(uint32_t)w.w[0];

    check(tag == ((m->tag & ((l4_tag_t)0xffff3fff << L4_TAG_OP_SHIFT)) |
                  L4_TAG_REPLY | L4_TAG_RAISED | 1),
          what, (int64_t)tag);
    check(want == MALFORMED ? err < 0 : err == want, what, err);
}

static void attacked(const char *what, const struct raw *m, l4_err_t want)
{
    refused(what, m, want);
    check(handled(what) == 0, "a handler ran", 0);
}

static struct raw good_scalars(void)
{
    struct raw m = {.tag = H_VICTIM_SCALARS_IN_TAG};

    raw_put(&m, H_VICTIM_SCALARS_IN_AT_B, 1, 1);
    raw_put(&m, H_VICTIM_SCALARS_IN_AT_M, H_MODE_WR, 4);
    raw_put(&m, H_VICTIM_SCALARS_IN_AT_P, H_PERM_R | H_PERM_W, 2);
    raw_put(&m, H_VICTIM_SCALARS_IN_AT_N, 5, 4);
    return m;
}

/* What the interface inherits keeps the protocol of where it comes from. */
static void inherited(void)
{
    struct raw m = {.tag = H_BASE_PING_IN_TAG, .word = {10}};

    attacked("above an inherited range", &m, L4_ERANGE);
    m.tag++;
    attacked("a word too many for an inherited operation", &m, L4_EMSG);
    m.tag = H_BASE_PING_IN_TAG + ((l4_tag_t)1 << L4_TAG_OP_SHIFT);
    attacked("no such inherited operation", &m, L4_ENOSYS);
}

static void scalar(const char *what, unsigned at, unsigned value, unsigned size,
                   l4_err_t want)
{
    struct raw m = good_scalars();

    raw_put(&m, at, value, size);
    attacked(what, &m, want);
}

static void values(void)
{
    struct raw m = good_scalars();
    l4_words_t w = raw_load(&m);

    check(l4_call(victim.cap, m.tag, &w, L4_TIME_NEVER) ==
              H_VICTIM_SCALARS_OUT_TAG,
          "a good request", 0);
    check(handled("a good request") == 1, "it did not arrive", 0);
    scalar("a bool of 2", H_VICTIM_SCALARS_IN_AT_B, 2, 1, L4_EINVAL);
    scalar("no such enumerator", H_VICTIM_SCALARS_IN_AT_M, 3, 4, L4_EINVAL);
    scalar("no such flag", H_VICTIM_SCALARS_IN_AT_P, 4, 2, L4_EINVAL);
    scalar("below the range", H_VICTIM_SCALARS_IN_AT_N, 0, 4, L4_ERANGE);
    scalar("above the range", H_VICTIM_SCALARS_IN_AT_N, 10, 4, L4_ERANGE);
}

static void shape(const char *what, l4_tag_t add, l4_err_t want)
{
    struct raw m = good_scalars();

    m.tag += add;
    attacked(what, &m, want);
}

static void shapes(void)
{
    struct raw tick = {.tag = H_VICTIM_TICK_IN_TAG & ~L4_TAG_KERNEL};
    struct raw put = {.tag = H_VICTIM_PUT_IN_TAG};

    shape("a word too many", 1, L4_EMSG);
    shape("a word too few", (l4_tag_t)-1, L4_EMSG);
    shape("no such operation", (l4_tag_t)99 << L4_TAG_OP_SHIFT, L4_ENOSYS);
    shape("no such protocol", (l4_tag_t)99 << L4_TAG_PROTO_SHIFT, L4_ENOSYS);
    shape("an answer", L4_TAG_REPLY, MALFORMED);
    shape("a raised error", L4_TAG_RAISED, MALFORMED);
    l4_utcb()->items[0] = l4_item_map(RAW_CAP, 0);
    shape("a capability too many", (l4_tag_t)1 << L4_TAG_ITEMS_SHIFT, L4_EMSG);
    l4_utcb()->items[0] = l4_item_map(RAW_PAGE, 0);
    shape("a page too many", (l4_tag_t)1 << L4_TAG_ITEMS_SHIFT, L4_EMSG);
    attacked("as if from the kernel", &tick, L4_EPERM);
    attacked("without the right", &put, L4_EPERM);
}

static struct raw good_text(unsigned count)
{
    struct raw m = {.tag = H_VICTIM_TEXT_IN_TAG | (1 + (count + 7) / 8)};

    raw_put(&m, H_VICTIM_TEXT_IN_AT_S, count, 4);
    memset(&m.word[1], 'x', count);
    return m;
}

static void strings(void)
{
    struct raw m = good_text(H_TEXT_MAX + 1);

    attacked("a string too long", &m, L4_ESTR);
    m = good_text(8);
    raw_put(&m, H_VICTIM_TEXT_IN_AT_S, 16, 4);
    attacked("a string longer than its message", &m, L4_EMSG);
    raw_put(&m, H_VICTIM_TEXT_IN_AT_S, 0, 4);
    attacked("a message longer than its string", &m, L4_EMSG);
    raw_put(&m, H_VICTIM_TEXT_IN_AT_S, 0xffffffff, 4);
    attacked("a string without end", &m, L4_ESTR);
    m = good_text(8);
    raw_put(&m, 8 + 3, 0, 1);
    attacked("a NUL inside", &m, L4_ESTR);
    m.tag &= ~L4_TAG_WORDS_MASK;
    attacked("not even a count", &m, L4_EMSG);
    m = good_text(8);
    m.tag += (l4_tag_t)1 << L4_TAG_ITEMS_SHIFT;
    l4_utcb()->items[0] = l4_item_map(RAW_CAP, 0);
    attacked("a capability with a string", &m, L4_EMSG);
    m = good_text(8);
    m.tag |= L4_TAG_REPLY;
    attacked("an answer with a string", &m, MALFORMED);
}

/* The fixed part of `list` has r, 12 bytes, and the count of q. */
static struct raw good_list(unsigned count)
{
    struct raw m = {.tag = H_VICTIM_LIST_IN_TAG | (2 + (count + 1) / 2)};

    raw_put(&m, H_VICTIM_LIST_IN_AT_R + offsetof(h_rec_t, m), H_MODE_RD, 4);
    raw_put(&m, H_VICTIM_LIST_IN_AT_Q, count, 4);
    for (unsigned i = 0; i < count; i++)
        raw_put(&m, 16 + 4 * i, H_MODE_RD, 4);
    return m;
}

static void lists(void)
{
    struct raw m = good_list(9);

    attacked("too many elements", &m, L4_ERANGE);
    m = good_list(4);
    raw_put(&m, H_VICTIM_LIST_IN_AT_Q, 8, 4);
    attacked("more elements than words", &m, L4_EMSG);
    m = good_list(4);
    raw_put(&m, 16 + 4 * 3, 0, 4);
    attacked("an element that is none", &m, L4_EINVAL);
    m = good_list(4);
    raw_put(&m, H_VICTIM_LIST_IN_AT_R + offsetof(h_rec_t, on), 0xff, 1);
    attacked("a bool of 255 in a struct", &m, L4_EINVAL);
}

/* A note that the server keeps, with `stale` in all that is not in use. */
static struct raw good_note(uint8_t stale)
{
    struct raw m = {.tag = H_VICTIM_KEEP_IN_TAG};

    memset(m.word, stale, sizeof(m.word));
    raw_put(&m, offsetof(h_note_t, title), 0, 16);
    raw_put(&m, offsetof(h_note_t, title), 'x', 1);
    raw_put(&m, offsetof(h_note_t, bytes_count), 2, 4);
    raw_put(&m, offsetof(h_note_t, bytes), 0x0101, 2);
    raw_put(&m, offsetof(h_note_t, v), H_NUMBER, 1);
    raw_put(&m, offsetof(h_note_t, v.u), 5, 8);
    return m;
}

static void note(const char *what, unsigned at, unsigned value, unsigned size)
{
    struct raw m = good_note(0);

    raw_put(&m, at, value, size);
    attacked(what, &m, L4_EINVAL);
}

static void structs(void)
{
    struct raw array = {.tag = H_VICTIM_ARRAY_IN_TAG};
    struct raw maybe = {.tag = H_VICTIM_MAYBE_IN_TAG};

    note("a count above its room", offsetof(h_note_t, bytes_count), 21, 4);
    note("a text without its end", offsetof(h_note_t, title), 'x', 16);
    note("a text behind its end", offsetof(h_note_t, title) + 5, 'x', 1);
    note("a value without an arm", offsetof(h_note_t, v), 9, 1);
    raw_put(&array, 0, H_MODE_RD, 4);
    raw_put(&array, 4, H_MODE_RD, 4);
    raw_put(&array, 8, 7, 4);
    attacked("an element of an array that is none", &array, L4_EINVAL);
    raw_put(&maybe, H_VICTIM_MAYBE_IN_AT_R_HERE, 2, 1);
    attacked("perhaps there", &maybe, L4_EINVAL);
}

/* Memory of the server's that its client writes. */
static void shared(void)
{
    const l4_ctx_t ctx =
        L4_CTX(.mem = l4_fpage_mem(WINDOW, L4_PAGE_ORDER, L4_MEM_R | L4_MEM_W));
    const h_ring_t good = {.head = 7, .m = H_MODE_RD, .closed = true};
    l4_shared_t here;
    h_ring_t *ring;
    h_ring_t r;

    if (h_victim_share(victim, &here, &ctx) != 0) {
        check(false, "no shared memory", 0);
        return;
    }
    /* NOLINTNEXTLINE(performance-no-int-to-ptr) */
    ring = (h_ring_t *)(uintptr_t)here.base;
    *ring = good;
    check(h_victim_peek(victim, 0, &r, NULL) == 0 && r.head == 7, "a ring", 0);
    ring->m = 3;
    check(h_victim_peek(victim, 0, &r, NULL) == L4_EINVAL, "an enum", 0);
    *ring = good;
    memset((char *)ring + offsetof(h_ring_t, closed), 2, 1);
    check(h_victim_peek(victim, 0, &r, NULL) == L4_EINVAL, "a bool", 0);
    check(h_victim_peek(victim, 4096 - 8, &r, NULL) == L4_ERANGE, "end", 0);
    check(h_victim_peek(victim, UINT64_MAX - 3, &r, NULL) == L4_ERANGE,
          "around the end", 0);
    (void)handled("shared memory");
}

/* Sends `m` when the server's registers, UTCB and stack are full of what must
 * not come back, and looks whether it does. */
static void clean(const char *what, const struct raw *m)
{
    struct raw flood = {.tag = H_VICTIM_TEXT_IN_TAG | L4_MSG_WORDS};
    l4_words_t w;
    l4_tag_t tag;

    memset(flood.word, H_EVIL_STALE, sizeof(flood.word));
    w = raw_load(&flood);
    (void)l4_call(victim.cap, flood.tag, &w, L4_TIME_NEVER);
    (void)handled(what);
    w = raw_load(&flood);
    (void)l4_call(victim.cap, flood.tag, &w, L4_TIME_NEVER);
    w = raw_load(m);
    for (unsigned i = l4_tag_words(m->tag); i < L4_MSG_REGS; i++)
        w.w[i] = flood.word[i];
    tag = l4_call(victim.cap, m->tag, &w, L4_TIME_NEVER);
    check(tag & L4_TAG_REPLY, what, (int64_t)tag);
    check(raw_stale(tag, &w, H_EVIL_STALE) == 0, what, (int64_t)w.w[0]);
    for (unsigned i = l4_tag_words(tag); i < L4_MSG_REGS; i++)
        check(w.w[i] == 0, what, (int64_t)w.w[i]);
}

static void stale(void)
{
    struct raw m = good_scalars();

    clean("stale: scalars", &m);
    m.tag++;
    clean("stale: an error", &m);
    m = good_text(3);
    clean("stale: a string", &m);
    m = good_list(1);
    memset((char *)m.word + H_VICTIM_LIST_IN_AT_R + offsetof(h_rec_t, on) + 1,
           H_EVIL_STALE, 3);
    clean("stale: a padded struct", &m);
    m = good_note(H_EVIL_STALE);
    clean("stale: a note", &m);
    m = (struct raw){.tag = H_VICTIM_RISKY_IN_TAG, .word = {1}};
    clean("stale: an exception", &m);
    m = (struct raw){.tag = H_VICTIM_STATE_IN_TAG};
    clean("stale: a result", &m);
    m = (struct raw){.tag = L4_TAG(H_VICTIM_PROTO, 0, 0, 0)};
    clean("stale: the description", &m);
}

static void item(const char *what, l4_tag_t tag, l4_fpage_t fpage,
                 l4_err_t want, uint32_t handlers)
{
    struct raw m = {.tag = tag};

    l4_utcb()->items[0] = l4_item_map(fpage, 0);
    refused(what, &m, want);
    check(handled(what) == handlers, "handlers ran", handlers);
}

static void items(void)
{
    struct raw none = {.tag = H_VICTIM_TAKE_IN_TAG & ~L4_TAG_ITEMS_MASK};

    attacked("no capability", &none, L4_EMSG);
    item("a page for a capability", H_VICTIM_TAKE_IN_TAG, RAW_PAGE, L4_EITEM,
         0);
    item("a capability for a page", H_VICTIM_LOOK_IN_TAG, RAW_CAP, L4_EITEM, 0);
    item("a page for ports", H_VICTIM_USE_PORTS_IN_TAG, RAW_PAGE, L4_EITEM, 0);
    item("nothing for a capability", H_VICTIM_TAKE_IN_TAG, L4_FPAGE_NONE,
         L4_EITEM, 0);
    /* What a handler refuses does not stay either: it arrives once more. */
    for (unsigned i = 0; i < 3; i++) {
        item("a capability", H_VICTIM_TAKE_IN_TAG, RAW_CAP, L4_EBUSY, 1);
        item("a page", H_VICTIM_LOOK_IN_TAG, RAW_PAGE, L4_EBUSY, 1);
        item("ports", H_VICTIM_USE_PORTS_IN_TAG, RAW_PORTS(0x80), L4_EBUSY, 1);
    }
}

/* A client that does not wait for its answer does not hold the server up. */
static void impatient(void)
{
    struct raw m = good_scalars();
    struct raw wait = {.tag = H_VICTIM_WAIT_IN_TAG};
    l4_err_t err;

    for (unsigned i = 0; i < 100; i++) {
        l4_words_t words = raw_load(&m);

        (void)l4_call(victim.cap, m.tag, &words, L4_TIME_POLL);
    }
    /* The server may not even have seen the first of them. */
    do {
        l4_words_t w = raw_load(&wait);

        err = l4_tag_err(l4_call(victim.cap, wait.tag, &w, 1000000));
        check(err == L4_ETIMEDOUT, "nobody waits any more", err);
        err = h_victim_wake(victim, NULL);
    } while (err == L4_ENOCAP);
    check(err == 0, "an answer to nobody", err);
    (void)handled("after all that");
}

static void oneway(void)
{
    const l4_words_t bad = {{10}};
    const l4_words_t good = {{9}};

    check(l4_send(victim.cap, H_VICTIM_HINT_IN_TAG, &bad, L4_TIME_NEVER) == 0,
          "a bad hint", 0);
    check(l4_send(victim.cap, H_VICTIM_HINT_IN_TAG + 1, &good, L4_TIME_NEVER) ==
              0,
          "a long hint", 0);
    check(handled("bad hints") == 0, "they arrived", 0);
    check(l4_send(victim.cap, H_VICTIM_HINT_IN_TAG, &good, L4_TIME_NEVER) == 0,
          "a hint", 0);
    check(handled("a hint") == 1, "it did not arrive", 0);
}

/* Tells the one that ends the image what came of it. */
static int tell(void)
{
    l4_words_t w = {{0}};
    l4_tag_t tag = l4_wait(&w, NULL, L4_TIME_NEVER);

    w = (l4_words_t){{(uint64_t)tally.failed}};
    (void)l4_reply((tag & ~L4_TAG_LOW_MASK) | L4_TAG_REPLY | 1, &w);
    return 0;
}

/* What the handler itself does wrong does not leave either. */
static void mistakes(void)
{
    struct raw m = {.tag = H_VICTIM_RISKY_IN_TAG, .word = {2}};

    refused("an exception that is not declared", &m, L4_EPROTO);
    check(handled("an exception that is not declared") == 1, "no handler", 0);
    m.word[0] = 3;
    refused("an exception without its payload", &m, L4_EPROTO);
    check(handled("an exception without its payload") == 1, "no handler", 0);
}

int main(void)
{
    raw_page[0] = 1; /* what was never touched cannot be passed on */
    victim.cap = l4_env_cap("victim");
    check(l4_ports_map((l4_ports_t){l4_env_cap("ports")}, 0x80, 2, NULL) == 0,
          "its own ports", 0);
    values();
    shapes();
    inherited();
    strings();
    lists();
    structs();
    items();
    shared();
    stale();
    oneway();
    impatient();
    mistakes();
    l4_print("hostile client: %u checks, %d failed\n", tally.checks,
             tally.failed);
    return tell();
}
