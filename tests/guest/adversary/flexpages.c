/* SPDX-License-Identifier: BSD-2-Clause */
/* Attacks by passing on and taking back. */
#include "victims.h"

#define TAG(words, items) L4_TAG(ATTACK_PROTO, 9, words, items)
#define ANSWER (TAG(1, 0) | L4_TAG_REPLY)

#define QUOTA ((uint64_t)1 << 20)

#define RW (L4_MEM_R | L4_MEM_W)

#define THERE ((uint64_t)0x60000000)
#define FAR ((uint64_t)0x100000000000) /* where nobody has anything */

/* --- windows */

static volatile l4_fpage_t window[3];
static l4_item_t got[L4_MSG_ITEMS];

static void receive(struct worker *w)
{
    l4_words_t words;
    l4_tag_t tag = l4_wait(&words, NULL, L4_TIME_NEVER);

    for (;;) {
        for (unsigned i = 0; i < 3; i++)
            l4_utcb()->window[i] = window[i];
        words = (l4_words_t){{tag}};
        tag = l4_reply_wait(ANSWER, &words, NULL, L4_TIME_NEVER);
        memcpy(got, l4_utcb()->items, sizeof(got));
        w->out = words.w[0];
    }
}

/* Arms the windows in the receiver, and sends one item. */
static l4_tag_t send_item(const struct attacker *a, l4_item_t item)
{
    l4_words_t words = {{0}};

    (void)kit_call(a->worker->gate.cap, TAG(0, 0));
    memset(got, 0xee, sizeof(got));
    l4_utcb()->items[0] = item;
    words.w[0] = 0xbeef;
    return l4_call(a->worker->gate.cap, TAG(1, 1), &words, L4_TIME_NEVER);
}

/* Sends both kinds to a receiver with this window: what arrives is inside. */
static void window_try(const struct attacker *a, l4_fpage_t w)
{
    const l4_fpage_t sent[] = {page_at(attack_page(), RW),
                               l4_fpage_cap(L4_CAP_CONSOLE, 0, 1)};

    for (unsigned i = 0; i < 3; i++)
        window[i] = w;
    for (unsigned i = 0; i < KIT_COUNT(sent); i++) {
        uint64_t base = random_odd() << 12;
        (void)send_item(a, l4_item_map(sent[i], base));
        CHECK_EQ(a->worker->out, 0xbeef);
        if (got[0].control == L4_ITEM_MAPPED) {
            CHECK(fpage_is_within(got[0].fpage, w));
            MUST(kit_unmap(a->task, got[0].fpage | 0xf00, true));
        } else {
            CHECK_EQ(got[0].control, L4_ITEM_FAILED);
            CHECK((int64_t)got[0].fpage > 0);
        }
    }
}

/* Windows that overlap the receiver's own memory, its UTCB, the kernel; that
 * wrap, are misaligned, or none at all. */
static void windows_overlap_or_wrap(void)
{
    struct attacker a;

    attacker_make(&a, QUOTA, KIT_HIGH);
    const uint64_t bases[] = {0,
                              0x1000,
                              THERE,
                              0x1f000,
                              KIT_SPACE_DONE << 12,
                              attack_page(),
                              a.worker->utcb,
                              L4_USER_END - L4_PAGE_SIZE,
                              L4_USER_END,
                              1ull << 47,
                              0xffffffff80100000,
                              ~0xfffull};
    worker_start(a.worker, receive);
    for (unsigned kind = 0; kind < 4; kind++) {
        for (unsigned order = 0; order < 64; order++) {
            for (unsigned i = 0; i < KIT_COUNT(bases); i++)
                window_try(&a, l4_fpage(kind, bases[i], order, 7));
        }
    }
    for (unsigned i = 0; i < 1000; i++)
        window_try(&a, random_odd());
    victim_serves();
    attacker_end(&a);
}

/* Whatever a flexpage says: what arrives is what was sent, where it may be. */
static void items_of_every_shape(void)
{
    struct attacker a;

    attacker_make(&a, QUOTA, KIT_HIGH);
    worker_start(a.worker, receive);
    window[L4_WINDOW_MEM] = l4_fpage_mem(FAR, 16, 7);
    window[L4_WINDOW_IO] = l4_fpage(L4_FPAGE_IO, 0, 16, 7);
    window[L4_WINDOW_CAP] = l4_fpage_cap(24, 3, 7);
    for (unsigned i = 0; i < 4000; i++) {
        l4_fpage_t f =
            i % 2 ? random_odd()
                  : page_at(attack_page(), (unsigned)random_next() & 7) ^
                        1ull << random_below(64);
        l4_item_t item = {random_odd() & ~L4_ITEM_GRANT, f};
        (void)send_item(&a, item);
        if (got[0].control == L4_ITEM_MAPPED && got[0].fpage) {
            unsigned kind = l4_fpage_kind(got[0].fpage);
            CHECK_EQ(kind, l4_fpage_kind(f));
            CHECK(fpage_is_within(got[0].fpage, window[kind - 1]));
            MUST(kit_unmap(a.task, got[0].fpage | 0xf00, true));
        }
    }
    victim_serves();
    attacker_end(&a);
}

/* --- flexpages */

static bool is_aligned(uint64_t base, unsigned shift)
{
    return shift >= 64 ? base == 0 : (base & ((1ull << shift) - 1)) == 0;
}

static bool fits(uint64_t base, unsigned shift, uint64_t end)
{
    return shift < 48 && base < end && (1ull << shift) <= end - base;
}

/* What a flexpage of nothing comes to, by the rules of docs/abi.md. */
static l4_err_t map_expected(l4_fpage_t f, uint64_t dest)
{
    unsigned order = l4_fpage_order(f);
    uint64_t base = l4_fpage_base(f);
    bool good = false;

    switch (l4_fpage_kind(f)) {
    case L4_FPAGE_MEM:
        good = order >= 12 && order <= 39 && l4_fpage_rights(f) & 7 &&
               is_aligned(base, order) && fits(base, order, L4_USER_END) &&
               fits(dest, order, L4_USER_END);
        break;
    case L4_FPAGE_CAP:
        good = order <= 12 && is_aligned(base, order + 12) &&
               fits(dest, order + 12, 64 << 12);
        break;
    case L4_FPAGE_IO:
        good = order <= 16 && is_aligned(base, order + 12) &&
               fits(base, order + 12, 1 << 28) && dest == base;
        break;
    default: break;
    }
    return good ? L4_EFAULT : L4_EINVAL;
}

static l4_err_t unmap_expected(l4_fpage_t f)
{
    unsigned order = l4_fpage_order(f);
    uint64_t base = l4_fpage_base(f);
    bool good = false;

    switch (l4_fpage_kind(f)) {
    case L4_FPAGE_MEM:
        good = order >= 12 && order <= 47 && is_aligned(base, order) &&
               base < L4_USER_END;
        break;
    case L4_FPAGE_CAP:
        good = order <= 16 && is_aligned(base, order + 12);
        break;
    case L4_FPAGE_IO:
        good = order <= 16 && is_aligned(base, order + 12) &&
               fits(base, order + 12, 1 << 28);
        break;
    default: break;
    }
    return good ? L4_OK : L4_EINVAL;
}

static void fpage_try(l4_task_t task, l4_fpage_t f, uint64_t dest)
{
    uint64_t accessed;
    uint64_t dirty;
    unsigned order = l4_fpage_order(f);
    bool countable = l4_fpage_kind(f) == L4_FPAGE_MEM && order >= 12 &&
                     order <= 18 && unmap_expected(f) == 0;

    CHECK_EQ(kit_map(task, f, dest), map_expected(f, dest));
    CHECK_EQ(kit_unmap(task, f, true), unmap_expected(f));
    CHECK_EQ(l4_task_usage(task, f, true, &accessed, &dirty, NULL),
             countable ? 0 : L4_EINVAL);
}

/* Every order of every kind, at bases aligned to each power of two, and ends
 * beyond the end. */
static void flexpages_misaligned(void)
{
    l4_task_t task;

    MUST(l4_factory_create_task(kit_factory, KIT_SPACE_ORDER, &task,
                                KIT_INTO(kit_slot())));
    for (unsigned kind = 0; kind < 4; kind++) {
        for (unsigned order = 0; order < 64; order++) {
            for (unsigned bit = 12; bit < 64; bit += 3) {
                uint64_t start = kind == L4_FPAGE_MEM ? FAR : 0x380ull << 12;
                l4_fpage_t f = l4_fpage(kind, start + (1ull << bit), order, 7);
                fpage_try(task, f, l4_fpage_base(f));
                fpage_try(task, f, FAR + (1ull << bit));
                fpage_try(task, f, 32ull << 12); /* a free slot, too */
                f = l4_fpage(kind, L4_USER_END - (1ull << bit), order, 7);
                fpage_try(task, f, FAR);
            }
        }
    }
    CHECK_EQ(kit_map(task, page_at(attack_page(), 0), THERE), L4_EINVAL);
    for (unsigned bit = 0; bit < 12; bit++) {
        bool flag = L4_ITEM_FLAGS >> bit & 1;
        if (!flag)
            CHECK_EQ(
                kit_map(task, page_at(attack_page(), RW), THERE | 1u << bit),
                L4_EINVAL);
    }
    kit_drop(task.cap);
}

/* Addresses of pages that the kernel is to make. */
static void pages_misplaced(void)
{
    l4_cap_t slot = kit_slot();
    struct worker *w = worker_new(kit_task, KIT_HIGH);
    l4_thread_t thread;

    for (unsigned bit = 0; bit < 64; bit++) {
        uint64_t at = bit < 12 ? FAR | 1ull << bit : L4_USER_END | 1ull << bit;
        CHECK_EQ(l4_factory_create_thread(kit_factory, kit_task, at, &thread,
                                          KIT_INTO(slot)),
                 L4_EINVAL);
        CHECK_EQ(l4_thread_make_vcpu(w->thread, at, NULL), L4_EINVAL);
    }
    worker_free(w);
    kit_drop(slot);
}

/* --- quota */

/* Uses up what a factory has left. */
static void eat(l4_factory_t f)
{
    for (unsigned pages = 256; pages > 0; pages /= 2) {
        l4_factory_t eaten;
        l4_cap_t slot = kit_slot();
        while (!l4_factory_create_factory(f, pages * L4_PAGE_SIZE, 0, &eaten,
                                          KIT_INTO(slot)))
            slot = kit_slot();
        kit_drop(slot);
    }
}

/* A receiver that can pay for nothing: words arrive, items do not, both are
 * told. */
static void receiver_without_quota(void)
{
    const l4_fpage_t cap = l4_fpage_cap(L4_CAP_CONSOLE, 0, 1);
    unsigned arrived = 0;
    struct attacker a;

    attacker_make(&a, QUOTA, KIT_HIGH);
    worker_start(a.worker, receive);
    window[L4_WINDOW_MEM] = l4_fpage_mem(FAR, 39, 7);
    window[L4_WINDOW_CAP] = l4_fpage_cap(32, 4, 7);
    eat(a.factory);
    for (uint64_t i = 0; i < 16; i++) {
        l4_tag_t tag =
            send_item(&a, l4_item_map(page_at(attack_page(), RW), i << 30));
        CHECK_EQ(tag, ANSWER | L4_TAG_SENT_ITEM_ERR);
        CHECK_EQ(a.worker->out, 0xbeef);
        CHECK_EQ(got[0].fpage, -L4_EQUOTA);
        (void)send_item(&a, l4_item_map(cap, i << 12));
        CHECK_EQ(a.worker->out, 0xbeef);
        if (got[0].control == L4_ITEM_MAPPED)
            arrived++;
        else
            CHECK_EQ(got[0].fpage, -L4_EQUOTA);
    }
    victim_serves();
    attacker_end(&a);
}

int main(void)
{
    static const struct kit_test tests[] = {
        KIT_TEST(windows_overlap_or_wrap), KIT_TEST(items_of_every_shape),
        KIT_TEST(receiver_without_quota),  KIT_TEST(flexpages_misaligned),
        KIT_TEST(pages_misplaced),
    };

    return attack_run("flexpages", tests, KIT_COUNT(tests));
}
