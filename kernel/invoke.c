/* SPDX-License-Identifier: BSD-2-Clause */
#include <kernel/gate.h>
#include <kernel/ipc.h>
#include <kernel/sched.h>
#include <kernel/string.h>
#include <kernel/thread.h>

#include "objects_kernel.h"

uint32_t invocation_slot(const struct invocation *inv, unsigned item)
{
    return l4_fpage_slot(inv->items[item].fpage);
}

/* The target of capability argument `item`. */
static l4_err_t argument(const struct invocation *inv, unsigned item,
                         enum object_type type, unsigned rights, void **out)
{
    l4_fpage_t f = inv->items[item].fpage;

    if (l4_fpage_kind(f) != L4_FPAGE_CAP || l4_fpage_order(f) != 0) {
        return L4_EINVAL;
    }
    const struct cap *cap = captab_get(&inv->caller->task->table, f >> 12);
    if (!cap || cap_type(cap) != type) {
        return L4_ENOCAP;
    }
    if (rights & ~cap_rights(cap)) {
        return L4_EPERM;
    }
    *out = cap_target(cap);
    return L4_OK;
}

#define ARGUMENT(name, TYPE)                                                \
    l4_err_t invocation_get_##name(const struct invocation *inv,            \
                                   unsigned item, unsigned rights,          \
                                   struct name **out)                       \
    {                                                                       \
        void *target = NULL;                                                \
        l4_err_t err = argument(inv, item, OBJECT_##TYPE, rights, &target); \
                                                                            \
        *out = target;                                                      \
        return err;                                                         \
    }

ARGUMENT(task, TASK)
ARGUMENT(thread, THREAD)
ARGUMENT(gate, GATE)
ARGUMENT(sched, SCHED)
ARGUMENT(signal, SIGNAL)

l4_err_t invocation_dest(struct invocation *inv, unsigned out,
                         struct cap_dest **dest)
{
    struct task *task = inv->caller->task;
    l4_fpage_t window = inv->caller->utcb->window[L4_WINDOW_CAP];
    uint64_t slot = (window >> 12) + out;

    if (l4_fpage_kind(window) != L4_FPAGE_CAP || l4_fpage_order(window) > 16 ||
        out >= 1u << l4_fpage_order(window)) {
        return L4_EWINDOW;
    }
    if (!captab_free(&task->table, slot)) {
        return slot > 0 && slot < task->table.size ? L4_EEXIST : L4_EWINDOW;
    }
    inv->dest = (struct cap_dest){.task = task, .slot = (uint32_t)slot};
    *dest = &inv->dest;
    return L4_OK;
}

static const struct kernel_shorts no_shorts = {.ops = {{.tag = ~L4_TAG_NONE}}};

/* The generated ones, and those written by hand. */
static struct kernel_shorts task_shorts;
static struct kernel_shorts signal_shorts;

void invoke_init(void)
{
    task_shorts = kernel_task_shorts;
    task_shorts.ops[L4_TASK_OP_MAP] = (struct kernel_short){
        L4_TAG(L4_TASK_PROTO, L4_TASK_OP_MAP, 3, 0), task_map_short};
    task_shorts.ops[L4_TASK_OP_UNMAP] = (struct kernel_short){
        L4_TAG(L4_TASK_PROTO, L4_TASK_OP_UNMAP, 2, 0), task_unmap_short};
    signal_shorts = kernel_signal_shorts;
    signal_shorts.ops[L4_SIGNAL_OP_RAISE] =
        (struct kernel_short){L4_SIGNAL_RAISE_IN_TAG, signal_raise_short};
    signal_shorts.ops[0] = (struct kernel_short){
        L4_PHASE_REPLY_WAIT - L4_PHASE_CALL, signal_wait_short};
}

const struct kernel_shorts *const kernel_shorts[16] = {
    &no_shorts,
    [OBJECT_TASK] = &task_shorts,
    [OBJECT_THREAD] = &kernel_thread_shorts,
    [OBJECT_GATE] = &no_shorts,
    [OBJECT_SCHED] = &kernel_sched_shorts,
    [OBJECT_SIGNAL] = &signal_shorts,
    [OBJECT_FACTORY] = &kernel_factory_shorts,
    [OBJECT_DEVICE] = &kernel_device_shorts,
    [OBJECT_PORTS] = &kernel_ports_shorts,
    [OBJECT_CONSOLE] = &kernel_console_shorts,
    [OBJECT_REPLY] = &no_shorts,
    [OBJECT_TRACE] = &kernel_trace_shorts,
    [OBJECT_TRACE + 1 ... 15] = &no_shorts,
};

static void dispatch(const struct cap *cap, struct invocation *inv)
{
    void *target = cap_target(cap);

    switch (cap_type(cap)) {
    case OBJECT_TASK: kernel_task_dispatch(target, inv); break;
    case OBJECT_THREAD: kernel_thread_dispatch(target, inv); break;
    case OBJECT_SCHED: kernel_sched_dispatch(target, inv); break;
    case OBJECT_SIGNAL: kernel_signal_dispatch(target, inv); break;
    case OBJECT_FACTORY: kernel_factory_dispatch(target, inv); break;
    case OBJECT_DEVICE: kernel_device_dispatch(target, inv); break;
    case OBJECT_PORTS: kernel_ports_dispatch(target, inv); break;
    case OBJECT_CONSOLE: kernel_console_dispatch(target, inv); break;
    case OBJECT_TRACE: kernel_trace_dispatch(target, inv); break;
    default: inv->reply = l4_tag_error(L4_ENOCAP); break;
    }
}

/* Puts the reply where the caller finds it. Registers beyond its words keep
 * what the caller itself had there. */
static void reply(struct thread *t, const struct invocation *inv)
{
    message_store(t, inv->w, l4_tag_words(inv->reply));
    if (l4_tag_items(inv->reply) == 1) {
        t->utcb->items[0].control = L4_ITEM_MAPPED;
        t->utcb->items[0].fpage =
            l4_fpage_cap(inv->dest.slot, 0, L4_RIGHTS_ALL);
    }
    arch_msg_set(t, inv->reply, 0);
}

void invoke(struct thread *t, uint32_t slot, const struct cap *cap,
            l4_tag_t tag, bool no_reply)
{
    uint64_t words[L4_MSG_WORDS];
    l4_item_t items[L4_MSG_ITEMS];
    struct invocation inv; /* `dest` is set when it is asked for */

    inv.tag =
        tag & ~(L4_TAG_REQUEST_BITS & ~L4_TAG_WORDS_MASK & ~L4_TAG_ITEMS_MASK);
    inv.rights = cap_rights(cap);
    inv.slot = slot;
    inv.label = cap->label & ~0xfull;
    inv.caller = t;
    inv.w = words;
    inv.items = items;
    message_load(t, words, l4_tag_words(tag));
    if (l4_tag_items(tag) > 0) {
        memcpy(items, t->utcb->items, l4_tag_items(tag) * sizeof(items[0]));
    }
    dispatch(cap, &inv);
    if (!no_reply) {
        reply(t, &inv);
    }
}
