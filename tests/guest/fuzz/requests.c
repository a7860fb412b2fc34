/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include <l4/err.h>
#include <l4/objects.h>
#include <l4/root.h>

#include "requests.h"
#include "world.h"

enum record_kind { OPERATION, ERROR, VALUE, PART, CAP, FPAGE };

enum value_kind { INT, BOOL, CHAR, ENUM, FLAGS };

/* What a value is about, as its name says. */
enum hint {
    HINT_NONE,
    HINT_FPAGE,   /* a flexpage of the caller's */
    HINT_TAKE,    /* a flexpage to be taken away */
    HINT_DEST,    /* where one goes, and flags */
    HINT_ADDRESS, /* in a space */
    HINT_SLOT,    /* in a table */
    HINT_QUOTA,
    HINT_PORT,
    HINT_SMALL,
    HINT_PHYS, /* where devices are */
    HINT_TIME
};

/* A line of the generated description: see emit_kfuzz.c. */
struct record {
    uint8_t kind;
    uint8_t value; /* VALUE: its kind */
    uint8_t hint;  /* VALUE: set by requests_init() */
    uint16_t proto;
    uint16_t op;     /* OPERATION; CAP, FPAGE: item */
    uint16_t offset; /* VALUE: in bytes; PART: of its count */
    uint16_t size;   /* VALUE, PART: of a value or element; OPERATION: words */
    uint16_t rights;
    uint16_t created;
    uint64_t low;
    uint64_t high; /* PART: most elements */
    const char *name;
};

static struct record records[] = {
#define L4_KFUZZ_OP(proto_, op_, name_, words_, rights_, created_) \
    {.kind = OPERATION,                                            \
     .proto = (proto_),                                            \
     .op = (op_),                                                  \
     .size = (words_),                                             \
     .rights = (rights_),                                          \
     .created = (created_),                                        \
     .name = (name_)},
#define L4_KFUZZ_VALUE(offset_, size_, kind_, low_, high_, name_) \
    {.kind = VALUE,                                               \
     .value = (kind_),                                            \
     .offset = (offset_),                                         \
     .size = (size_),                                             \
     .low = (low_),                                               \
     .high = (high_),                                             \
     .name = (name_)},
#define L4_KFUZZ_PART(offset_, max_, size_, name_) \
    {.kind = PART,                                 \
     .offset = (offset_),                          \
     .size = (size_),                              \
     .high = (max_),                               \
     .name = (name_)},
#define L4_KFUZZ_CAP(item_, proto_, rights_, name_) \
    {.kind = CAP,                                   \
     .op = (item_),                                 \
     .proto = (proto_),                             \
     .rights = (rights_),                           \
     .name = (name_)},
#define L4_KFUZZ_ERROR(name_) {.kind = ERROR, .op = -(name_), .name = #name_},
#define L4_KFUZZ_FPAGE(item_, name_) \
    {.kind = FPAGE, .op = (item_), .name = (name_)},
#include "objects.kfuzz"
};

/* The one to which attackers have no right. */
#define DENIED "l4::console.write"

#define RECORDS (sizeof(records) / sizeof(records[0]))

static uint16_t operations[OPERATIONS_MAX];
static uint32_t errors[OPERATIONS_MAX]; /* that it may answer with: bits; 0: it
                                           may succeed */
static unsigned operation_count;

static const struct {
    const char *name;
    enum hint hint;
} hints[] = {
    {"fpage", HINT_FPAGE},     {"fpages", HINT_TAKE},
    {"dest", HINT_DEST},       {"utcb", HINT_ADDRESS},
    {"address", HINT_ADDRESS}, {"ip", HINT_ADDRESS},
    {"rip", HINT_ADDRESS},     {"sp", HINT_ADDRESS},
    {"rsp", HINT_ADDRESS},     {"gs_base", HINT_ADDRESS},
    {"slot", HINT_SLOT},       {"pager", HINT_SLOT},
    {"exception", HINT_SLOT},  {"quota", HINT_QUOTA},
    {"port", HINT_PORT},       {"first", HINT_PORT},
    {"size", HINT_SMALL},      {"count", HINT_SMALL},
    {"phys", HINT_PHYS},       {"budget_ns", HINT_TIME},
    {"period_ns", HINT_TIME},
};

void requests_init(void)
{
    for (unsigned i = 0; i < RECORDS; i++) {
        if (records[i].kind == OPERATION && operation_count < OPERATIONS_MAX) {
            errors[operation_count] = 1u << -L4_EMSG | 1u << -L4_ENOSYS;
            if (strcmp(records[i].name, DENIED) != 0)
                errors[operation_count] |= 1;
            operations[operation_count++] = (uint16_t)i;
        }
        if (records[i].kind == ERROR)
            errors[operation_count - 1] |= 1u << records[i].op;
        for (unsigned k = 0; k < sizeof(hints) / sizeof(hints[0]); k++)
            if (records[i].kind == VALUE &&
                strcmp(records[i].name, hints[k].name) == 0)
                records[i].hint = (uint8_t)hints[k].hint;
    }
}

unsigned requests_count(void)
{
    return operation_count;
}

const char *request_name(unsigned operation)
{
    return records[operations[operation]].name;
}

bool request_allowed(unsigned operation)
{
    return errors[operation] & 1;
}

/* --- single values ------------------------------------------------------ */

uint64_t random_word(struct random *r)
{
    static const uint64_t edges[] = {0,
                                     1,
                                     2,
                                     4,
                                     12,
                                     63,
                                     64,
                                     0xfff,
                                     0x1000,
                                     0xffffffff,
                                     L4_USER_END,
                                     L4_USER_END - 0x1000,
                                     1ull << 47,
                                     1ull << 48,
                                     1ull << 63,
                                     ~0ull,
                                     ~0ull - 0xfff,
                                     L4_ROOT_IMAGE};

    switch (random_below(r, 4)) {
    case 0: return edges[random_below(r, sizeof(edges) / sizeof(edges[0]))];
    case 1: return random_below(r, 256);
    case 2: return WINDOW + (random_below(r, 4096) << 12);
    default: return random_next(r) >> random_below(r, 64);
    }
}

uint64_t random_address(struct random *r)
{
    switch (random_below(r, 8)) {
    case 0: return random_word(r);
    case 1: return UTCB_AREA + (random_below(r, 16) << 12);
    case 2: return attacker_memory((unsigned)random_below(r, ATTACKERS));
    case 3: return L4_ROOT_IMAGE + (random_below(r, 8) << 12);
    case 4: return WINDOW + (random_below(r, 16) << 21);
    default: return WINDOW + (random_below(r, 64) << 12);
    }
}

uint64_t random_slot(struct random *r)
{
    return random_one_in(r, 16) ? random_word(r) : random_below(r, TABLE_SIZE);
}

uint64_t random_fpage(struct random *r)
{
    static const unsigned orders[] = {12, 12, 12, 13, 16, 21, 22, 23, 30, 47};
    unsigned order;
    uint64_t base;

    switch (random_below(r, 10)) {
    case 0: return random_next(r);
    case 1:
        order = (unsigned)random_below(r, 3);
        return l4_fpage(L4_FPAGE_IO,
                        (PORTS_FIRST + random_below(r, PORTS_COUNT)) << 12,
                        order, L4_RIGHTS_ALL);
    case 2:
    case 3:
    case 4:
    case 5:
        order = orders[random_below(r, 10)];
        base = random_address(r);
        if (!random_one_in(r, 8))
            base &= ~((1ull << order) - 1);
        return l4_fpage(L4_FPAGE_MEM, base, order, (unsigned)random_next(r));
    default:
        order = random_one_in(r, 4) ? (unsigned)random_below(r, 8) : 0;
        base = random_slot(r);
        if (!random_one_in(r, 8))
            base &= ~((1ull << order) - 1);
        return l4_fpage(L4_FPAGE_CAP, base << 12, order,
                        (unsigned)random_next(r));
    }
}

/* Where items go, and flags. */
static uint64_t random_dest(struct random *r)
{
    uint64_t base = random_one_in(r, 2) ? random_slot(r) << 12
                                        : random_address(r) & ~(uint64_t)0xfff;

    switch (random_below(r, 8)) {
    case 0: return base | L4_ITEM_GRANT;
    case 1: return base | L4_ITEM_NOCACHE;
    case 2: return random_one_in(r, 4) ? random_next(r) : base;
    default: return base;
    }
}

static uint64_t random_quota(struct random *r)
{
    return random_one_in(r, 8) ? random_word(r)
                               : (random_below(r, 24) << 12) | 1;
}

static uint64_t random_ns(struct random *r)
{
    return random_one_in(r, 8) ? random_word(r)
                               : 1000 + random_below(r, 200000);
}

/* A timeout: 0, never, soon, at some point, or anything. */
static uint64_t random_timeout(struct random *r)
{
    switch (random_below(r, 8)) {
    case 0:
    case 1:
    case 2: return 0;
    case 3: return L4_TIME_ABSOLUTE | (random_now() + random_below(r, 100000));
    case 4: return L4_TIME_ABSOLUTE | random_below(r, random_now());
    case 5:
        return random_one_in(r, 16) ? random_word(r) : random_below(r, 1000);
    default: return random_below(r, 50000);
    }
}

static uint64_t random_hinted(struct random *r, const struct record *v,
                              const struct request_style *style)
{
    switch (v->hint) {
    case HINT_FPAGE: return random_fpage(r);
    case HINT_TAKE:
        return random_fpage(r) | (style->protect ? 0 : L4_MEM_R << 8);
    case HINT_DEST: return random_dest(r);
    case HINT_ADDRESS: return random_address(r);
    case HINT_SLOT: return random_slot(r);
    case HINT_QUOTA: return random_quota(r);
    case HINT_PORT: return PORTS_FIRST + random_below(r, PORTS_COUNT);
    case HINT_SMALL: return random_below(r, 6);
    case HINT_PHYS: return 0xfed00000 + (random_below(r, 4) << 12);
    case HINT_TIME: return random_ns(r);
    default: return random_word(r);
    }
}

/* Mostly what the interface allows, its limits and what is just beyond more
 * often than the rest. */
static uint64_t random_value(struct random *r, const struct record *v,
                             const struct request_style *style)
{
    uint64_t range = v->high - v->low + 1;

    if (v->hint != HINT_NONE)
        return random_one_in(r, 16) && v->hint != HINT_TAKE
                   ? random_word(r)
                   : random_hinted(r, v, style);
    if (range == 0 || range > 1u << 16)
        return random_word(r);
    switch (random_below(r, 12)) {
    case 0: return v->low - 1;
    case 1: return v->low;
    case 2: return v->high;
    case 3: return v->high + 1;
    case 4: return random_one_in(r, 4) ? random_next(r) : v->low;
    default: return v->low + random_below(r, range);
    }
}

/* --- whole messages ------------------------------------------------------ */

/* Word 0 to 63 of a message that is being made. */
static uint64_t *word(l4_utcb_t *utcb, struct request *out, unsigned i)
{
    return i < L4_MSG_REGS ? &out->words.w[i] : &utcb->mr[i];
}

static void byte_put(l4_utcb_t *utcb, struct request *out, unsigned at,
                     uint8_t byte)
{
    uint64_t *w = word(utcb, out, at / 8 % L4_MSG_WORDS);
    unsigned shift = at % 8 * 8;

    *w = (*w & ~((uint64_t)0xff << shift)) | (uint64_t)byte << shift;
}

static void value_put(l4_utcb_t *utcb, struct request *out, unsigned at,
                      unsigned size, uint64_t value)
{
    for (unsigned i = 0; i < size; i++)
        byte_put(utcb, out, at + i, (uint8_t)(value >> (8 * i)));
}

static uint64_t random_cap(struct random *r, const struct request_style *style,
                           unsigned proto)
{
    if (random_one_in(r, 6))
        return random_slot(r);
    for (unsigned i = 0; i < style->kinds; i++)
        if (style->slots[i].proto == proto)
            return style->slots[i].first +
                   random_below(r, style->slots[i].count);
    return random_slot(r);
}

static void item_put(struct random *r, const struct request_style *style,
                     l4_utcb_t *utcb, const struct record *item)
{
    l4_item_t *i = &utcb->items[item->op];

    i->control = random_one_in(r, 8) ? random_next(r) : 0;
    i->fpage = random_fpage(r);
    if (item->kind == CAP && !random_one_in(r, 12))
        i->fpage = l4_fpage_cap((l4_cap_t)random_cap(r, style, item->proto), 0,
                                L4_RIGHTS_ALL);
}

/* The elements of a string or sequence, from word *words on. */
static void part_put(struct random *r, const struct request_style *style,
                     l4_utcb_t *utcb, struct request *out,
                     const struct record *part, unsigned *words)
{
    uint64_t count = random_one_in(r, 4)
                         ? random_below(r, part->high + 1)
                         : random_below(r, part->high < 3 ? part->high : 3) + 1;
    const struct record *end = records + RECORDS;

    for (uint64_t i = 0; i < count; i++)
        for (const struct record *v = part + 1; v < end && v->kind == VALUE;
             v++) {
            unsigned at = *words * 8 + (unsigned)i * part->size + v->offset;
            value_put(utcb, out, at, v->size, random_value(r, v, style));
        }
    *words += ((unsigned)count * part->size + 7) / 8;
    if (random_one_in(r, 16))
        count = random_one_in(r, 2) ? part->high + 1 : random_word(r);
    value_put(utcb, out, part->offset, 4, count);
}

/* Windows, and what else is there for whatever comes. */
static void utcb_fill(struct random *r, const struct request_style *style,
                      l4_utcb_t *utcb)
{
    uint64_t slot = style->empty + random_below(r, TABLE_SIZE - style->empty);

    utcb->send_timeout = random_timeout(r);
    utcb->wait_timeout = random_timeout(r);
    utcb->window[L4_WINDOW_CAP] =
        l4_fpage_cap((l4_cap_t)slot, random_one_in(r, 4) ? 2 : 0, 15);
    utcb->window[L4_WINDOW_MEM] =
        l4_fpage_mem(WINDOW, random_one_in(r, 2) ? 21 : 23, 7);
    utcb->window[L4_WINDOW_IO] = l4_fpage(L4_FPAGE_IO, 0, 16, 15);
    if (random_one_in(r, 12))
        utcb->window[random_below(r, 3)] =
            random_one_in(r, 3) ? 0 : random_fpage(r);
}

/* Sometimes the counts, the numbers or the bits of a tag are not right. */
static l4_tag_t tag_spoil(struct random *r, l4_tag_t tag)
{
    if (!random_one_in(r, 12))
        return tag;
    switch (random_below(r, 6)) {
    case 0: return tag + 1;
    case 1: return tag - 1;
    case 2: return tag ^ (1ull << L4_TAG_ITEMS_SHIFT);
    case 3: return tag ^ (1ull << random_below(r, 64));
    case 4:
        return (tag & ~L4_TAG_WORDS_MASK) |
               (random_next(r) & L4_TAG_WORDS_MASK);
    default: return tag ^ (random_below(r, 64) << L4_TAG_OP_SHIFT);
    }
}

void request_make(struct random *r, const struct request_style *style,
                  l4_utcb_t *utcb, struct request *out)
{
    unsigned number = (unsigned)random_below(r, operation_count);
    const struct record *op = &records[operations[number]];
    const struct record *end = records + RECORDS;
    unsigned words = op->size;
    unsigned items = 0;
    bool in_part = false;

    utcb_fill(r, style, utcb);
    for (unsigned i = 0; i < L4_MSG_REGS; i++)
        out->words.w[i] = random_one_in(r, 64) ? random_next(r) : 0;
    for (const struct record *v = op + 1; v < end && v->kind != OPERATION;
         v++) {
        if (v->kind == PART) {
            part_put(r, style, utcb, out, v, &words);
            in_part = true;
        } else if (v->kind == VALUE && !in_part) {
            value_put(utcb, out, v->offset, v->size, random_value(r, v, style));
        } else if (v->kind == CAP || v->kind == FPAGE) {
            item_put(r, style, utcb, v);
            items++;
        }
    }
    out->operation = (int)number;
    out->cap = random_cap(r, style, op->proto);
    out->tag = L4_TAG(op->proto, op->op, words & L4_TAG_WORDS_MASK, items) |
               (random_one_in(r, 16) ? L4_PHASE_SEND : L4_PHASE_CALL);
    out->tag = tag_spoil(r, out->tag);
}

/* A message of any shape. */
static l4_tag_t random_message(struct random *r, l4_utcb_t *utcb,
                               struct request *out)
{
    unsigned words = (unsigned)random_below(r, random_one_in(r, 3) ? 66 : 6);
    unsigned items = random_one_in(r, 3) ? (unsigned)random_below(r, 4) : 0;

    if (random_one_in(r, 32))
        items = (unsigned)random_below(r, 18);
    for (unsigned i = 0; i < words && i < L4_MSG_WORDS; i++)
        *word(utcb, out, i) = random_word(r);
    for (unsigned i = 0; i < items && i < L4_MSG_ITEMS; i++) {
        utcb->items[i].control = random_dest(r);
        utcb->items[i].fpage = random_fpage(r);
    }
    return L4_TAG(random_below(r, 20), random_below(r, 8), words, items) |
           (random_one_in(r, 2) ? L4_TAG_REPLY : 0) |
           (random_one_in(r, 8) ? L4_TAG_RAISED : 0);
}

void message_make(struct random *r, const struct request_style *style,
                  l4_utcb_t *utcb, struct request *out)
{
    static const l4_tag_t phases[] = {
        L4_PHASE_CALL,  L4_PHASE_CALL, L4_PHASE_CALL,       L4_PHASE_SEND,
        L4_PHASE_SEND,  L4_PHASE_WAIT, L4_PHASE_REPLY_WAIT, L4_PHASE_REPLY_WAIT,
        L4_PHASE_REPLY, L4_PHASE_PARK, L4_PHASE_RESUME,     L4_PHASE_HALT};
    l4_tag_t phase = phases[random_below(r, sizeof(phases) / sizeof(*phases))];

    out->operation = -1;
    memset(&out->words, 0, sizeof(out->words));
    utcb_fill(r, style, utcb);
    out->tag = random_message(r, utcb, out);
    out->cap = random_cap(r, style, L4_GATE_PROTO);
    if (phase != L4_PHASE_CALL && phase != L4_PHASE_SEND && random_one_in(r, 2))
        out->cap = random_one_in(r, 2) ? 0 : random_slot(r);
    if (phase == L4_PHASE_PARK || phase == L4_PHASE_WAIT)
        out->tag &= random_one_in(r, 4) ? ~0ull : ~L4_TAG_LOW_MASK;
    out->tag |= phase;
    /* Seldom without end: somebody would have to end it. */
    if (phase != L4_PHASE_PARK && !random_one_in(r, 24))
        out->tag |= L4_TAG_SEND_TIMEOUT | L4_TAG_WAIT_TIMEOUT;
    out->tag = tag_spoil(r, out->tag);
}

void garbage_make(struct random *r, struct request *out)
{
    out->operation = -1;
    out->tag = random_next(r) >> random_below(r, 64);
    if (random_one_in(r, 2))
        out->tag |= L4_TAG_SEND_TIMEOUT | L4_TAG_WAIT_TIMEOUT;
    out->cap = random_one_in(r, 2) ? random_slot(r) : random_next(r);
    for (unsigned i = 0; i < L4_MSG_REGS; i++)
        out->words.w[i] = random_word(r);
}

int request_result(const struct request *q, l4_tag_t tag, uint64_t word0,
                   bool *odd)
{
    const struct record *op = &records[operations[q->operation]];

    *odd = false;
    if ((tag & L4_TAG_KERNEL_BITS) || l4_tag_proto(tag) != op->proto ||
        l4_tag_op(tag) != op->op || !(tag & L4_TAG_REPLY))
        return -1;
    if (!(tag & L4_TAG_RAISED)) {
        *odd = !request_allowed(q->operation);
        return 0;
    }
    unsigned code = 0u - (uint32_t)word0;
    *odd = code == 0 || code > 31 || !(errors[q->operation] >> code & 1);
    return code ? (int)code : 1;
}
