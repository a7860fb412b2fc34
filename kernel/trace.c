/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/root.h>

#include <arch/boot.h>
#include <arch/timer.h>
#include <arch/upcall.h>

#include <kernel/factory.h>
#include <kernel/ipc.h>
#include <kernel/string.h>
#include <kernel/thread.h>
#include <kernel/trace.h>

#include "objects_kernel.h"

#define ORDER_MIN 2u /* two pages are the header */
#define ORDER_MAX 12u

_Alignas(OBJECT_ALIGN) struct trace authority_trace;

static l4_trace_header_t *ring(void)
{
    return authority_trace.ring;
}

/* A number for a thread: its place in the kernel's pool. */
static uint32_t thread_number(const struct thread *t)
{
    const char *base = factory_root.pool.area->base;

    return t ? (uint32_t)(((const char *)t - base) / OBJECT_ALIGN) : 0;
}

static void name_note(const struct thread *t)
{
    uint32_t number = thread_number(t);
    l4_trace_name_t *n = &ring()->names[number % L4_TRACE_NAMES];

    n->thread = number;
    if (t->task) {
        memcpy(n->task, t->task->name, sizeof(n->task));
    }
    memcpy(n->name, t->name, sizeof(n->name));
}

void trace_put(unsigned type, unsigned detail, const struct thread *t,
               const uint64_t word[6])
{
    l4_trace_header_t *h = ring();

    if (!h || !h->running) {
        return;
    }
    l4_trace_record_t *r =
        (l4_trace_record_t *)(void *)((char *)h + L4_TRACE_HEADER_SIZE) +
        h->written % h->capacity;
    r->time = arch_time_now();
    r->type = (uint16_t)type;
    r->detail = (uint16_t)detail;
    r->thread = thread_number(t);
    memcpy(r->word, word, sizeof(r->word));
    if (t) {
        name_note(t);
    }
    __atomic_store_n(&h->written, h->written + 1, __ATOMIC_RELEASE);
}

void trace_leave(const struct thread *before)
{
    struct thread *now = current_thread();
    const uint64_t word[6] = {now == before ? 0 : thread_number(before),
                              arch_msg_tag(now), arch_msg_cap(now)};

    trace_put(now == before ? L4_TRACE_RETURN : L4_TRACE_SWITCH, 0, now, word);
}

/* Direct maps and unmaps: a count and the entries. */
static void trace_task_op(struct thread *t, l4_tag_t tag)
{
    bool map = l4_tag_op(tag) == L4_TASK_OP_MAP;
    unsigned size = map ? 2 : 1;
    uint64_t words[L4_MSG_WORDS + 1];

    message_load(t, words, l4_tag_words(tag));
    for (unsigned at = 1; at + size <= l4_tag_words(tag); at += size) {
        const uint64_t word[6] = {words[at], map ? words[at + 1] : 0};
        trace_put(map ? L4_TRACE_MAP : L4_TRACE_UNMAP, 0, t, word);
    }
}

/* What a system call is about to pass on. */
static void trace_mappings(struct thread *t, l4_tag_t tag)
{
    const struct cap *cap = captab_get(&t->task->table, arch_msg_cap(t));

    for (unsigned i = 0; i < l4_tag_items(tag) && i < L4_MSG_ITEMS; i++) {
        const uint64_t word[6] = {t->utcb->items[i].fpage,
                                  t->utcb->items[i].control};
        trace_put(L4_TRACE_MAP, 0, t, word);
    }
    if (cap && cap_type(cap) == OBJECT_TASK &&
        l4_tag_words(tag) <= L4_MSG_WORDS &&
        (l4_tag_op(tag) == L4_TASK_OP_MAP ||
         l4_tag_op(tag) == L4_TASK_OP_UNMAP)) {
        trace_task_op(t, tag);
    }
}

void kernel_syscall_traced(struct thread *t)
{
    l4_tag_t tag = arch_msg_tag(t);
    uint64_t word[2 + L4_MSG_REGS] = {tag, arch_msg_cap(t)};

    arch_msg_load(t, word + 2);
    if (t->status & THREAD_GUEST) {
        trace_put(L4_TRACE_GUEST, 0, t, word);
    } else {
        trace_put(L4_TRACE_SYSCALL, 0, t, word);
        trace_mappings(t, tag);
    }
    kernel_syscall(t);
    trace_leave(t);
}

/* A ring of 1 << order pages, which root may read and map on. */
static l4_err_t ring_make(struct task *root, unsigned order)
{
    l4_trace_header_t *h = factory_pages(&factory_root, order);
    uint64_t size = L4_PAGE_SIZE << order;

    if (!h) {
        return L4_EQUOTA;
    }
    for (uint64_t at = 0; at < size; at += L4_PAGE_SIZE) {
        l4_err_t err =
            map_origin(root, L4_ROOT_TRACE + at, virt_to_phys((char *)h + at),
                       L4_PAGE_ORDER, L4_MEM_R, true);
        if (err) {
            return err;
        }
    }
    h->magic = L4_TRACE_MAGIC;
    h->version = L4_TRACE_FORMAT;
    h->record_size = sizeof(l4_trace_record_t);
    h->capacity =
        (uint32_t)((size - L4_TRACE_HEADER_SIZE) / sizeof(l4_trace_record_t));
    authority_trace.ring = h;
    authority_trace.size = size;
    return L4_OK;
}

static void ring_run(struct trace *self, bool on)
{
    self->ring->running = on;
    arch_trace_set(on);
}

l4_err_t trace_boot(const struct boot_info *bi, struct task *root)
{
    const char *p;
    unsigned order = 0;

    if (!boot_option(bi, "trace=", &p)) {
        return L4_OK;
    }
    for (; *p >= '0' && *p <= '9' && order <= ORDER_MAX; p++) {
        order = order * 10 + (unsigned)(*p - '0');
    }
    if (order < ORDER_MIN || order > ORDER_MAX) {
        return L4_ERANGE;
    }
    l4_err_t err = ring_make(root, order);
    if (!err) {
        ring_run(&authority_trace, true);
    }
    return err;
}

l4_err_t trace_op_start(struct trace *self, struct invocation *inv)
{
    if (!self->ring) {
        return L4_ESTATE;
    }
    ring_run(self, true);
    return L4_OK;
}

l4_err_t trace_op_stop(struct trace *self, struct invocation *inv)
{
    if (!self->ring) {
        return L4_ESTATE;
    }
    ring_run(self, false);
    return L4_OK;
}
