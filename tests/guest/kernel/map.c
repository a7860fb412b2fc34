/* SPDX-License-Identifier: BSD-2-Clause */
/* Passing on memory and capabilities, and taking them back. */
#include "kit.h"

#include <l4/services.h>

#define TAG(words, items) L4_TAG(KIT_PROTO, 3, words, items)

#define RW (L4_MEM_R | L4_MEM_W)
#define RX (L4_MEM_R | L4_MEM_X)
#define RWX (L4_MEM_R | L4_MEM_W | L4_MEM_X)

#define PAGES 32u

/* Where things go in the other space. */
#define THERE ((uint64_t)0x60000000)
#define LAST (L4_USER_END - L4_PAGE_SIZE)

/* Ours, from root. */
#define MEMORY ((uint64_t)0x50000000)

static uint8_t (*const memory)[L4_PAGE_SIZE] = (void *)MEMORY;

static uint64_t page(unsigned i)
{
    return MEMORY + i * L4_PAGE_SIZE;
}

static l4_fpage_t one(uint64_t address, unsigned rights)
{
    return l4_fpage_mem(address, L4_PAGE_ORDER, rights);
}

/* The other space, and a probe in it. */
static l4_task_t space;
static struct probe there;

static void set_up(void)
{
    for (unsigned i = 0; i < PAGES; i++) {
        uint64_t value = 0x1000 + i;
        memcpy(memory[i], &value, sizeof(value));
    }
    space = kit_space(kit_factory);
    probe_start(&there, space);
}

static void tear_down(void)
{
    probe_end(&there);
    kit_drop(space.cap);
}

static bool readable(uint64_t address)
{
    return probe(&there, address, PROBE_READ);
}

static bool writable(uint64_t address)
{
    return probe(&there, address, PROBE_WRITE);
}

/* --- memory */

static void map_one_page(void)
{
    set_up();
    CHECK(!readable(THERE));
    CHECK_EQ(there.vector, 14);
    CHECK_EQ(there.address, THERE);
    CHECK_EQ(kit_map(space, one(page(3), RW), THERE), 0);
    CHECK(readable(THERE));
    CHECK_EQ(there.value, 0x1003);
    there.value = 0x77;
    CHECK(writable(THERE + 8));
    CHECK_EQ(memory[3][8], 0x77);
    CHECK(!readable(THERE + L4_PAGE_SIZE));
    CHECK(!readable(THERE - 8));
    tear_down();
}

/* Nobody gets more rights than were passed on, and a page that is there gets
 * no new ones. */
static void rights(void)
{
    const uint8_t ret = 0xc3;

    set_up();
    memory[0][64] = ret;
    CHECK_EQ(kit_map(space, one(page(0), L4_MEM_R), THERE), 0);
    CHECK(readable(THERE));
    CHECK(!writable(THERE));
    CHECK(!probe(&there, THERE + 64, PROBE_CALL));
    CHECK_EQ(there.vector, 14);
    CHECK_EQ(kit_map(space, one(page(0), L4_MEM_R), THERE), 0);
    CHECK_EQ(kit_map(space, one(page(0), RW), THERE), L4_EEXIST);
    CHECK_EQ(kit_map(space, one(page(0), 0), THERE + 0x1000), L4_EINVAL);

    /* Our data is not executable, so nobody's copy of it is. */
    CHECK_EQ(kit_map(space, one(page(0), RWX), THERE + 0x2000), 0);
    CHECK(writable(THERE + 0x2000));
    CHECK(!probe(&there, THERE + 0x2040, PROBE_CALL));
    tear_down();
}

static void only_ret(void);

static void execute(void)
{
    uint64_t code = (uint64_t)(uintptr_t)only_ret;
    uint64_t at = THERE + code % L4_PAGE_SIZE;

    set_up();
    only_ret();
    CHECK_EQ(kit_map(space, one(code & ~0xfffull, RX), THERE), 0);
    CHECK(probe(&there, at, PROBE_CALL));
    CHECK(!writable(at));
    CHECK_EQ(kit_map(space, one(code & ~0xfffull, L4_MEM_R), THERE + 0x1000),
             0);
    CHECK(!probe(&there, at + 0x1000, PROBE_CALL));
    tear_down();
}

static __attribute__((noinline)) void only_ret(void)
{
    __asm__ volatile("");
}

static void map_many_pages(void)
{
    set_up();
    CHECK_EQ(kit_map(space, l4_fpage_mem(page(0), 12 + 5, RW), THERE), 0);
    for (unsigned i = 0; i < PAGES; i++) {
        CHECK(readable(THERE + i * L4_PAGE_SIZE));
        CHECK_EQ(there.value, 0x1000 + i);
    }
    CHECK(!readable(THERE + PAGES * L4_PAGE_SIZE));
    tear_down();
}

/* Several entries in one call: it stops at the first that fails and tells
 * which that was. */
static void map_stops_at_the_first(void)
{
    const l4_map_entry_t entries[] = {{one(page(0), RW), THERE},
                                      {one(page(1), RW), THERE + 0x1000},
                                      {one(page(2), RW), THERE + 0x1000},
                                      {one(page(3), RW), THERE + 0x3000}};
    uint32_t done = 99;
    int32_t error = 0;

    set_up();
    MUST(l4_task_map(space, entries, 4, &done, &error, NULL));
    CHECK_EQ(done, 2);
    CHECK_EQ(error, L4_EEXIST);
    CHECK(readable(THERE + 0x1000));
    CHECK_EQ(there.value, 0x1001);
    CHECK(!readable(THERE + 0x3000));
    tear_down();
}

static void malformed(void)
{
    l4_cap_t weak = kit_slot();

    set_up();
    CHECK_EQ(kit_map(space, l4_fpage_mem(page(1), 13, RW), THERE), L4_EINVAL);
    CHECK_EQ(kit_map(space, l4_fpage_mem(page(0), 11, RW), THERE), L4_EINVAL);
    CHECK_EQ(kit_map(space, l4_fpage_mem(0, 63, RW), THERE), L4_EINVAL);
    CHECK_EQ(kit_map(space, L4_FPAGE_NONE, THERE), L4_EINVAL);
    CHECK_EQ(kit_map(space, l4_fpage(L4_FPAGE_IO, 0, 0, 7), THERE), L4_EINVAL);
    CHECK_EQ(kit_map(space, one(page(0), RW), THERE | 2), L4_EINVAL);
    CHECK_EQ(kit_map(space, one(page(0), RW), THERE | 0x800), L4_EINVAL);
    /* Nothing is there to be passed on. */
    CHECK_EQ(kit_map(space, one(0x70000000, RW), THERE), L4_EFAULT);
    CHECK(!readable(THERE));

    CHECK_EQ(kit_unmap(space, l4_fpage_mem(THERE + 0x1000, 13, RW), true),
             L4_EINVAL);
    CHECK_EQ(kit_unmap(space, l4_fpage_mem(0, 48, RW), true), L4_EINVAL);
    CHECK_EQ(kit_unmap(space, l4_fpage(L4_FPAGE_IO, 0x1000, 1, 7), true),
             L4_EINVAL);
    CHECK_EQ(kit_unmap(space, L4_FPAGE_NONE, true), L4_EINVAL);

    /* Without the right, nothing. */
    MUST(kit_give(kit_task, space.cap, weak, L4_TASK_RIGHT_INSPECT));
    l4_task_t task = {weak};
    CHECK_EQ(kit_map(task, one(page(0), RW), THERE), L4_EPERM);
    CHECK_EQ(kit_unmap(task, one(THERE, RW), true), L4_EPERM);
    /* Nor by the short way, where there are tables already. */
    MUST(kit_map(space, one(page(1), RW), THERE + 0x1000));
    CHECK_EQ(kit_map(task, one(page(0), RW), THERE), L4_EPERM);
    CHECK_EQ(kit_unmap(task, one(THERE + 0x1000, RW), true), L4_EPERM);
    CHECK(readable(THERE + 0x1000));
    kit_drop(weak);
    tear_down();
}

static void ends_of_the_space(void)
{
    set_up();
    CHECK_EQ(kit_map(space, one(page(0), RW), LAST), 0);
    CHECK(readable(LAST));
    CHECK_EQ(there.value, 0x1000);
    CHECK_EQ(kit_map(space, one(page(0), RW), L4_USER_END), L4_EINVAL);
    CHECK_EQ(kit_map(space, one(page(0), RW), 1ull << 47), L4_EINVAL);
    CHECK_EQ(kit_map(space, one(page(0), RW), 0xffff800000000000), L4_EINVAL);
    CHECK_EQ(kit_map(space, one(page(0), RW), 0xffffffffffe00000), L4_EINVAL);
    CHECK_EQ(kit_map(space, l4_fpage_mem(page(0), 13, RW), LAST), L4_EINVAL);
    CHECK_EQ(kit_map(space, one(0xffffffff80100000, RW), THERE), L4_EINVAL);
    CHECK_EQ(kit_map(space, one(L4_USER_END, RW), THERE), L4_EINVAL);
    /* Page 0 is an address like any other; nobody has to map it. */
    CHECK_EQ(kit_map(space, one(page(1), RW), 0), 0);
    CHECK(readable(0));
    CHECK_EQ(there.value, 0x1001);
    tear_down();
}

/* The kernel's own memory is not readable, wherever one looks. */
static void kernel_is_out_of_reach(void)
{
    static const uint64_t addresses[] = {0xffffffff80100000, 0xffff800000000000,
                                         L4_USER_END};

    set_up();
    for (unsigned i = 0; i < KIT_COUNT(addresses); i++) {
        CHECK(!readable(addresses[i]));
        CHECK(!writable(addresses[i]));
    }
    CHECK(!readable(0x0000800000000000)); /* not canonical: #GP */
    CHECK_EQ(there.vector, 13);
    tear_down();
}

/* --- taking back */

static void unmap_one(void)
{
    set_up();
    MUST(kit_map(space, l4_fpage_mem(page(0), 14, RW), THERE));
    CHECK(readable(THERE + 0x1000));
    CHECK_EQ(kit_unmap(space, one(THERE + 0x1000, 7), true), 0);
    CHECK(!readable(THERE + 0x1000));
    CHECK(readable(THERE));
    CHECK(readable(THERE + 0x2000));
    CHECK_EQ(memory[1][0], 0x01); /* ours is still there */
    /* The place is free again. */
    CHECK_EQ(kit_map(space, one(page(9), RW), THERE + 0x1000), 0);
    CHECK(readable(THERE + 0x1000));
    CHECK_EQ(there.value, 0x1009);
    tear_down();
}

static void unmap_writing_only(void)
{
    set_up();
    MUST(kit_map(space, one(page(0), RW), THERE));
    CHECK(writable(THERE));
    CHECK_EQ(kit_unmap(space, one(THERE, L4_MEM_W), true), 0);
    CHECK(!writable(THERE));
    CHECK(readable(THERE));
    tear_down();
}

/* Main takes back what went to one space and from there to a second. */
static void unmap_recursively(void)
{
    l4_task_t second;
    struct probe further;

    set_up();
    second = kit_space(kit_factory);
    probe_start(&further, second);
    MUST(kit_map(kit_task, l4_fpage_mem(page(0), 13, RW), THERE));
    /* Our own second mapping is the one that is passed on. */
    MUST(kit_map(space, one(THERE, RW), THERE));
    MUST(kit_map(second, one(THERE, RW), THERE + 0x5000));
    MUST(kit_map(second, one(page(2), RW), THERE));
    CHECK(readable(THERE));
    CHECK(probe(&further, THERE + 0x5000, PROBE_READ));

    CHECK_EQ(kit_unmap(kit_task, one(THERE, 7), false), 0);
    CHECK(!readable(THERE));
    CHECK(!probe(&further, THERE + 0x5000, PROBE_READ));
    CHECK(probe(&further, THERE, PROBE_READ));
    CHECK_EQ(*(const volatile uint16_t *)THERE, 0x1000); /* we have it */

    MUST(kit_map(space, one(THERE, RW), THERE));
    CHECK_EQ(kit_unmap(kit_task, l4_fpage_mem(THERE, 13, 7), true), 0);
    CHECK(!readable(THERE));
    probe_end(&further);
    kit_drop(second.cap);
    tear_down();
}

/* Granting moves a page, and what came from it stays. */
static void grant(void)
{
    l4_task_t second;

    set_up();
    second = kit_space(kit_factory);
    MUST(kit_map(kit_task, one(page(4), RW), THERE));
    MUST(kit_map(space, one(THERE, RW), THERE));
    MUST(kit_map(second, one(THERE, RW), THERE | L4_ITEM_GRANT));
    /* It is no longer ours to take away. */
    CHECK_EQ(kit_unmap(kit_task, one(THERE, 7), true), 0);
    CHECK(readable(THERE));
    CHECK_EQ(kit_map(space, one(THERE, RW), THERE + 0x1000), L4_EFAULT);
    /* It is the new owner's. */
    CHECK_EQ(kit_unmap(second, one(THERE, 7), false), 0);
    CHECK(!readable(THERE));
    kit_drop(second.cap);
    tear_down();
}

/* The pages a UTCB lies in stay where they are. */
static void utcb_stays(void)
{
    uint64_t own = (uint64_t)(uintptr_t)l4_utcb();
    struct worker *w;

    set_up();
    w = there.worker;
    CHECK_EQ(kit_map(space, one(own, RW), THERE), L4_EFAULT);
    CHECK_EQ(kit_unmap(space, one(w->utcb, 7), true), 0);
    CHECK(readable(w->utcb));
    CHECK_EQ(there.value, w->utcb);
    CHECK_EQ(kit_map(space, one(page(0), RW), w->utcb), L4_EEXIST);

    l4_thread_t none;
    l4_cap_t slot = kit_slot();
    MUST(kit_map(space, one(page(0), RW), THERE));
    CHECK_EQ(l4_factory_create_thread(kit_factory, space, THERE, &none,
                                      KIT_INTO(slot)),
             L4_EEXIST);
    CHECK_EQ(l4_factory_create_thread(kit_factory, space, THERE + 8, &none,
                                      KIT_INTO(slot)),
             L4_EINVAL);
    CHECK_EQ(l4_factory_create_thread(kit_factory, space, L4_USER_END, &none,
                                      KIT_INTO(slot)),
             L4_EINVAL);
    CHECK_EQ(l4_factory_create_thread(kit_factory, space, 0xffff800000000000,
                                      &none, KIT_INTO(slot)),
             L4_EINVAL);
    kit_drop(slot);
    tear_down();
}

/* --- capabilities */

static l4_cap_type_t type_at(l4_task_t task, uint32_t slot, uint32_t *rights)
{
    l4_cap_type_t type = 99;

    MUST(l4_task_cap_info(task, slot, &type, rights, NULL));
    return type;
}

static void caps(void)
{
    l4_signal_t signal = kit_signal();
    uint32_t rights = 0;

    set_up();
    CHECK_EQ(kit_give(space, signal.cap, 20, L4_SIGNAL_RIGHT_RAISE), 0);
    CHECK_EQ(type_at(space, 20, &rights), L4_CAP_TYPE_SIGNAL);
    CHECK_EQ(rights, L4_SIGNAL_RIGHT_RAISE);
    CHECK_EQ(kit_give(space, signal.cap, 20, 7), L4_EEXIST);
    CHECK_EQ(kit_give(space, signal.cap, 0, 7), L4_EEXIST);
    CHECK_EQ(kit_give(space, signal.cap, 1u << KIT_SPACE_ORDER, 7), L4_EINVAL);
    CHECK_EQ(kit_give(space, signal.cap, 0xfffff, 7), L4_EINVAL);
    CHECK_EQ(kit_give(space, 0, 21, 7), L4_EFAULT);
    CHECK_EQ(kit_give(space, 0xfffff, 21, 7), L4_EFAULT);
    CHECK_EQ(l4_task_cap_info(space, 1u << KIT_SPACE_ORDER, &(l4_cap_type_t){0},
                              &rights, NULL),
             L4_ENOENT);

    /* With the first capability the object goes, and with it all others. */
    kit_drop(signal.cap);
    CHECK_EQ(type_at(space, 20, &rights), L4_CAP_TYPE_EMPTY);
    tear_down();
}

static void caps_unmapped(void)
{
    l4_signal_t signal = kit_signal();
    l4_fpage_t here = l4_fpage_cap(signal.cap, 0, 7);
    uint32_t rights = 0;

    set_up();
    for (l4_cap_t slot = 32; slot < 36; slot++)
        MUST(kit_give(space, signal.cap, slot, 7));
    CHECK_EQ(kit_unmap(space, l4_fpage_cap(32, 1, 7), true), 0);
    CHECK_EQ(type_at(space, 32, &rights), L4_CAP_TYPE_EMPTY);
    CHECK_EQ(type_at(space, 33, &rights), L4_CAP_TYPE_EMPTY);
    CHECK_EQ(type_at(space, 34, &rights), L4_CAP_TYPE_SIGNAL);
    CHECK_EQ(kit_unmap(space, l4_fpage_cap(33, 1, 7), true), L4_EINVAL);
    CHECK_EQ(kit_unmap(kit_task, here, false), 0);
    CHECK_EQ(type_at(space, 34, &rights), L4_CAP_TYPE_EMPTY);
    CHECK_EQ(type_at(space, 35, &rights), L4_CAP_TYPE_EMPTY);
    CHECK_EQ(type_at(kit_task, signal.cap, &rights), L4_CAP_TYPE_SIGNAL);
    CHECK_EQ(l4_signal_raise(signal, NULL), 0);
    kit_drop(signal.cap);
    tear_down();
}

/* Granting the first capability moves the object's life to the new slot. */
static void caps_granted(void)
{
    l4_signal_t signal = kit_signal();
    l4_cap_t copy = kit_slot();
    uint32_t rights = 0;

    set_up();
    MUST(kit_give(kit_task, signal.cap, copy, 7));
    CHECK_EQ(kit_map(space, l4_fpage_cap(signal.cap, 0, 7),
                     (uint64_t)40 << 12 | L4_ITEM_GRANT),
             0);
    CHECK_EQ(type_at(kit_task, signal.cap, &rights), L4_CAP_TYPE_EMPTY);
    CHECK_EQ(type_at(space, 40, &rights), L4_CAP_TYPE_SIGNAL);
    CHECK_EQ(l4_signal_raise((l4_signal_t){copy}, NULL), 0);
    CHECK_EQ(kit_unmap(space, l4_fpage_cap(40, 0, 7), true), 0);
    CHECK_EQ(type_at(kit_task, copy, &rights), L4_CAP_TYPE_EMPTY);
    kit_drop(signal.cap);
    kit_drop(copy);
    tear_down();
}

/* --- items of messages */

/* What a worker in the other space has armed, and what it got. */
static l4_fpage_t window_mem;
static l4_fpage_t window_cap;
static l4_item_t got[L4_MSG_ITEMS];

/* Receives items and answers with what the kernel told it. */
static void receiver(struct worker *w)
{
    l4_utcb_t *utcb = l4_utcb();
    l4_words_t words;
    l4_tag_t tag = l4_wait(&words, NULL, L4_TIME_POLL);

    for (;;) {
        utcb->window[L4_WINDOW_MEM] = window_mem;
        utcb->window[L4_WINDOW_CAP] = window_cap;
        words = (l4_words_t){{tag}};
        tag = l4_reply_wait(TAG(1, 0) | L4_TAG_REPLY, &words, NULL,
                            L4_TIME_NEVER);
        memcpy(got, utcb->items, sizeof(got));
        w->in = tag;
        w->out = words.w[0];
    }
}

/* Sends one item; the windows come into force with the message before, so an
 * empty one goes first. Returns our tag. */
static l4_tag_t send_item(struct worker *w, l4_item_t item)
{
    l4_words_t words = {{0xbeef}};

    (void)kit_call(w->gate.cap, TAG(0, 0));
    memset(got, 0xee, sizeof(got));
    l4_utcb()->items[0] = item;
    l4_tag_t tag = l4_call(w->gate.cap, TAG(1, 1), &words, L4_TIME_NEVER);
    CHECK_EQ(w->out, 0xbeef); /* the words arrive in any case */
    CHECK_EQ(words.w[0], w->in);
    return tag;
}

static void send_item_fails(struct worker *w, l4_item_t item, l4_err_t err)
{
    CHECK_EQ(send_item(w, item),
             TAG(1, 0) | L4_TAG_REPLY | L4_TAG_SENT_ITEM_ERR);
    CHECK_EQ(w->in, TAG(1, 1) | L4_TAG_ITEM_ERR);
    CHECK_EQ(got[0].control, L4_ITEM_FAILED);
    CHECK_EQ(got[0].fpage, -err);
}

static void send_item_works(struct worker *w, l4_item_t item, l4_fpage_t where)
{
    CHECK_EQ(send_item(w, item), TAG(1, 0) | L4_TAG_REPLY);
    CHECK_EQ(w->in, TAG(1, 1));
    CHECK_EQ(got[0].control, L4_ITEM_MAPPED);
    CHECK_EQ(got[0].fpage, where);
}

static void items_memory(void)
{
    struct worker *w;

    set_up();
    w = worker_new(space, KIT_HIGH);
    worker_start(w, receiver);

    window_mem = L4_FPAGE_NONE;
    send_item_fails(w, l4_item_map(one(page(0), RW), 0), L4_EWINDOW);

    window_mem = l4_fpage_mem(THERE, 14, 7);
    send_item_works(w, l4_item_map(one(page(0), RW), 0), one(THERE, RW));
    CHECK(readable(THERE));
    CHECK_EQ(there.value, 0x1000);
    send_item_works(w, l4_item_map(one(page(1), L4_MEM_R), 0x2000),
                    one(THERE + 0x2000, L4_MEM_R));
    CHECK(!writable(THERE + 0x2000));
    /* A send base beyond the window is taken within it. */
    send_item_works(w, l4_item_map(one(page(2), RW), 0x7000),
                    one(THERE + 0x3000, RW));
    CHECK(!readable(THERE + 0x7000));
    /* Taken. */
    send_item_fails(w, l4_item_map(one(page(3), RW), 0), L4_EEXIST);
    /* Larger than the window. */
    send_item_fails(w, l4_item_map(l4_fpage_mem(page(0), 15, RW), 0),
                    L4_EWINDOW);
    /* A window that is none. */
    window_mem = l4_fpage_mem(THERE + 0x1000, 14, 7);
    send_item_fails(w, l4_item_map(one(page(3), RW), 0), L4_EWINDOW);
    window_mem = l4_fpage_mem(0, 60, 7);
    send_item_fails(w, l4_item_map(one(page(3), RW), 0), L4_EWINDOW);
    window_mem = l4_fpage_cap(16, 4, 7);
    send_item_fails(w, l4_item_map(one(page(3), RW), 0), L4_EWINDOW);
    /* Outside of what a user may map. */
    window_mem = l4_fpage_mem(L4_USER_END, 12, 7);
    send_item_fails(w, l4_item_map(one(page(3), RW), 0), L4_EINVAL);
    worker_free(w);
    tear_down();
}

static void items_nothing_there(void)
{
    struct worker *w;

    set_up();
    w = worker_new(space, KIT_HIGH);
    worker_start(w, receiver);
    window_mem = l4_fpage_mem(THERE, 14, 7);
    send_item_fails(w, l4_item_map(one(0x70000000, RW), 0), L4_EFAULT);
    /* Of several pages those go that are there. */
    MUST(kit_map(kit_task, one(page(5), RW), 0x70001000));
    send_item_works(w, l4_item_map(l4_fpage_mem(0x70000000, 13, RW), 0),
                    l4_fpage_mem(THERE, 13, RW));
    CHECK(!readable(THERE));
    CHECK(readable(THERE + 0x1000));
    MUST(kit_unmap(kit_task, one(0x70001000, 7), true));
    CHECK(!readable(THERE + 0x1000));
    worker_free(w);
    tear_down();
}

static void items_caps(void)
{
    l4_signal_t signal = kit_signal();
    l4_fpage_t cap = l4_fpage_cap(signal.cap, 0, L4_SIGNAL_RIGHT_RAISE);
    struct worker *w;
    uint32_t rights = 0;

    set_up();
    w = worker_new(space, KIT_HIGH);
    worker_start(w, receiver);
    window_cap = L4_FPAGE_NONE;
    send_item_fails(w, l4_item_map(cap, 0), L4_EWINDOW);
    window_cap = l4_fpage_cap(32, 2, 7);
    send_item_works(w, l4_item_map(cap, (uint64_t)1 << 12),
                    l4_fpage_cap(33, 0, L4_SIGNAL_RIGHT_RAISE));
    CHECK_EQ(type_at(space, 33, &rights), L4_CAP_TYPE_SIGNAL);
    CHECK_EQ(rights, L4_SIGNAL_RIGHT_RAISE);
    send_item_fails(w, l4_item_map(cap, (uint64_t)1 << 12), L4_EEXIST);
    send_item_fails(w, l4_item_map(l4_fpage_cap(0, 0, 7), 0), L4_EFAULT);
    /* Granted: gone here. */
    l4_item_t item = l4_item_map(l4_fpage_cap(signal.cap, 0, 7), 0);
    item.control |= L4_ITEM_GRANT;
    send_item_works(w, item, l4_fpage_cap(32, 0, 7));
    CHECK_EQ(type_at(kit_task, signal.cap, &rights), L4_CAP_TYPE_EMPTY);
    CHECK_EQ(type_at(space, 32, &rights), L4_CAP_TYPE_SIGNAL);
    CHECK_EQ(kit_unmap(space, l4_fpage_cap(32, 0, 7), true), 0);
    CHECK_EQ(type_at(space, 33, &rights), L4_CAP_TYPE_EMPTY);
    kit_drop(signal.cap);
    worker_free(w);
    tear_down();
}

/* 16 items at once, of both kinds, some of which fail. */
static void items_many(void)
{
    l4_utcb_t *utcb = l4_utcb();
    l4_signal_t signal = kit_signal();
    struct worker *w;
    l4_words_t words = {{0}};

    set_up();
    w = worker_new(space, KIT_HIGH);
    worker_start(w, receiver);
    window_mem = l4_fpage_mem(THERE, 16, 7);
    window_cap = l4_fpage_cap(32, 4, 7);
    (void)kit_call(w->gate.cap, TAG(0, 0));
    for (unsigned i = 0; i < 16; i++) {
        uint64_t at = (uint64_t)i << 12;
        utcb->items[i] = i % 2
                             ? l4_item_map(one(page(i), RW), at)
                             : l4_item_map(l4_fpage_cap(signal.cap, 0, 7), at);
    }
    utcb->items[6] = utcb->items[4]; /* its slot is taken by then */
    utcb->items[9] = (l4_item_t){0, L4_FPAGE_NONE};
    l4_tag_t tag = l4_call(w->gate.cap, TAG(0, 16), &words, L4_TIME_NEVER);
    CHECK_EQ(tag, TAG(1, 0) | L4_TAG_REPLY | L4_TAG_SENT_ITEM_ERR);
    CHECK_EQ(w->in, TAG(0, 16) | L4_TAG_ITEM_ERR);
    for (unsigned i = 0; i < 16; i++) {
        CHECK_EQ(got[i].control, i == 6 ? L4_ITEM_FAILED : L4_ITEM_MAPPED);
        if (i % 2)
            CHECK_EQ(readable(THERE + i * L4_PAGE_SIZE), i != 9);
    }
    CHECK_EQ(got[6].fpage, -L4_EEXIST);
    CHECK_EQ(got[9].fpage, L4_FPAGE_NONE);
    kit_drop(signal.cap);
    worker_free(w);
    tear_down();
}

int main(void)
{
    static const struct kit_test tests[] = {
        KIT_TEST(map_one_page),
        KIT_TEST(rights),
        KIT_TEST(execute),
        KIT_TEST(map_many_pages),
        KIT_TEST(map_stops_at_the_first),
        KIT_TEST(malformed),
        KIT_TEST(ends_of_the_space),
        KIT_TEST(kernel_is_out_of_reach),
        KIT_TEST(unmap_one),
        KIT_TEST(unmap_writing_only),
        KIT_TEST(unmap_recursively),
        KIT_TEST(grant),
        KIT_TEST(utcb_stays),
        KIT_TEST(caps),
        KIT_TEST(caps_unmapped),
        KIT_TEST(caps_granted),
        KIT_TEST(items_memory),
        KIT_TEST(items_nothing_there),
        KIT_TEST(items_caps),
        KIT_TEST(items_many),
    };

    const root_program_t root = {L4_CAP_PROGRAM};
    if (root_program_area_add(root, MEMORY, PAGES * L4_PAGE_SIZE, NULL))
        return 99;
    return kit_run("map", tests, KIT_COUNT(tests));
}
