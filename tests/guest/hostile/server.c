/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A hostile server: it answers what it is told to, whatever it is asked. The
 * caller plans attack N, calls a stub of h::victim and looks at what comes of
 * it: attack 0 is a good answer, the others are those of attacks.h.
 */
#include "raw.h"

#include <l4/env.h>
#include <l4/objects.h>

#include "attacks.h"
#include "victim.h"

_Alignas(4096) uint8_t raw_page[4096];

/* A page with one ring that is none, one as it should be, and another that is
 * none. */
static void page_fill(void)
{
    static const h_ring_t good = {.head = 7, .m = H_MODE_RD, .closed = true};

    memcpy(raw_page, &good, sizeof(good));
    memcpy(raw_page + 16, &good, sizeof(good));
    memcpy(raw_page + 32, &good, sizeof(good));
    raw_page[offsetof(h_ring_t, m)] = 0;
    raw_page[32 + offsetof(h_ring_t, closed)] = 2;
}

static void describe(struct raw *m)
{
    static const char name[24] = "h::victim";

    m->tag = L4_TAG(H_VICTIM_PROTO, 0, L4_MSG_REGS, 0) | L4_TAG_REPLY;
    m->word[0] = H_VICTIM_HASH;
    m->word[1] = (uint64_t)H_VICTIM_PROTO << 32;
    memcpy(&m->word[2], name, sizeof(name));
}

static l4_tag_t good_tag(unsigned op)
{
    switch (op) {
    case H_VICTIM_OP_TEXT: return H_VICTIM_TEXT_OUT_TAG | 2;
    case H_VICTIM_OP_LIST: return H_VICTIM_LIST_OUT_TAG | 4;
    case H_VICTIM_OP_OPEN: return H_VICTIM_OPEN_OUT_TAG;
    case H_VICTIM_OP_MAP: return H_VICTIM_MAP_OUT_TAG;
    case H_VICTIM_OP_KEEP: return H_VICTIM_KEEP_OUT_TAG;
    case H_VICTIM_OP_ARRAY: return H_VICTIM_ARRAY_OUT_TAG;
    case H_VICTIM_OP_MAYBE: return H_VICTIM_MAYBE_OUT_TAG;
    case H_VICTIM_OP_SHARE: return H_VICTIM_SHARE_OUT_TAG;
    case H_VICTIM_OP_GIVE_PORTS: return H_VICTIM_GIVE_PORTS_OUT_TAG;
    case H_VICTIM_OP_RISKY: return H_VICTIM_RISKY_OUT_TAG;
    default: return H_VICTIM_SCALARS_OUT_TAG;
    }
}

static l4_fpage_t good_item(unsigned op)
{
    switch (op) {
    case H_VICTIM_OP_MAP:
    case H_VICTIM_OP_SHARE: return RAW_PAGE;
    case H_VICTIM_OP_GIVE_PORTS: return RAW_PORTS(0x84);
    default: return RAW_CAP;
    }
}

static void good_words(struct raw *m, unsigned op)
{
    switch (op) {
    case H_VICTIM_OP_TEXT:
        raw_put(m, H_VICTIM_TEXT_OUT_AT_T, 8, 4);
        memset(&m->word[1], 'x', 8);
        break;
    case H_VICTIM_OP_LIST:
        raw_put(m, H_VICTIM_LIST_OUT_AT_Q2, 4, 4);
        raw_put(m, H_VICTIM_LIST_OUT_AT_R2 + offsetof(h_rec_t, m), 1, 4);
        for (unsigned i = 0; i < 4; i++)
            raw_put(m, 16 + 4 * i, H_MODE_RD, 4);
        break;
    case H_VICTIM_OP_KEEP:
        raw_put(m, offsetof(h_note_t, v), H_NUMBER, 1);
        break;
    case H_VICTIM_OP_ARRAY:
        for (unsigned i = 0; i < 3; i++)
            raw_put(m, 4 * i, H_MODE_RD, 4);
        break;
    case H_VICTIM_OP_SCALARS:
        raw_put(m, H_VICTIM_SCALARS_OUT_AT_M2, H_MODE_RD, 4);
        raw_put(m, H_VICTIM_SCALARS_OUT_AT_N2, 5, 4);
        break;
    default: break;
    }
}

/* What a server that keeps to the interface says. */
static struct raw good(l4_tag_t request)
{
    unsigned op = l4_tag_op(request);
    struct raw m = {.tag = good_tag(op)};

    l4_utcb()->items[0] = l4_item_map(good_item(op), 0);
    good_words(&m, op);
    if (op == 0)
        describe(&m);
    return m;
}

static void spoil(struct raw *m, const struct attack *a)
{
    if (a->replace_tag) {
        m->tag = a->tag;
        m->word[0] = a->code;
    }
    m->tag += a->tag_add;
    if (a->item != ITEM_AS_IS) {
        l4_fpage_t fpage = a->item == ITEM_CAP    ? RAW_CAP
                           : a->item == ITEM_PAGE ? RAW_PAGE
                                                  : L4_FPAGE_NONE;

        l4_utcb()->items[0] = l4_item_map(fpage, 0);
    }
    if (a->size)
        raw_put(m, a->at, a->value, a->size);
}

int main(void)
{
    uint32_t attack = 0;
    uint32_t stale = 0;
    l4_words_t w = {{0}};
    l4_tag_t tag;

    page_fill();
    if (l4_ports_map((l4_ports_t){l4_env_cap("ports")}, 0x84, 2, NULL) != 0)
        l4_print("FAIL hostile server: its own ports\n");
    tag = l4_wait(&w, NULL, L4_TIME_NEVER);
    for (;;) {
        struct raw m = {.tag = H_EVIL_PLAN_OUT_TAG};

        if (tag == H_EVIL_PLAN_IN_TAG) {
            attack = (uint32_t)w.w[0] % ATTACKS;
            m.word[0] = stale;
        } else {
            stale = raw_stale(tag, &w, H_EVIL_STALE);
            m = good(tag);
            spoil(&m, &attacks[attack]);
        }
        w = raw_load(&m);
        tag = l4_reply_wait(m.tag, &w, NULL, L4_TIME_NEVER);
    }
}
