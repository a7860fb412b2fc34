/* SPDX-License-Identifier: BSD-2-Clause */
#include <kernel/flexpage.h>
#include <kernel/gate.h>
#include <kernel/ipc.h>
#include <kernel/map.h>
#include <kernel/preempt.h>
#include <kernel/string.h>
#include <kernel/thread.h>

void message_load(struct thread *t, uint64_t *words, unsigned count)
{
    arch_msg_load(t, words);
    if (count > L4_MSG_REGS) {
        memcpy(words + L4_MSG_REGS, t->utcb->mr + L4_MSG_REGS,
               (count - L4_MSG_REGS) * sizeof(*words));
    }
}

void message_store(struct thread *t, const uint64_t *words, unsigned count)
{
    arch_msg_store(t, words);
    if (count > L4_MSG_REGS) {
        memcpy(t->utcb->mr + L4_MSG_REGS, words + L4_MSG_REGS,
               (count - L4_MSG_REGS) * sizeof(*words));
    }
}

l4_err_t message_check(struct thread *from, l4_tag_t tag, bool may_give)
{
    unsigned entries = 0;

    if (l4_tag_words(tag) > L4_MSG_WORDS || l4_tag_items(tag) > L4_MSG_ITEMS) {
        return L4_EMSG;
    }
    if (l4_tag_items(tag) > 0 && !may_give) {
        return L4_EPERM;
    }
    for (unsigned i = 0; i < l4_tag_items(tag); i++) {
        l4_fpage_t f = from->utcb->items[i].fpage;
        entries += f == L4_FPAGE_NONE ? 0 : flexpage_entries(f);
    }
    return entries > L4_MSG_ITEMS ? L4_E2BIG : L4_OK;
}

/* Whether the one capability in `f` is to a gate of the receiver's own task:
 * it arrives as its label. */
static bool item_is_own_gate(struct thread *from, struct thread *to,
                             l4_fpage_t f, uint64_t *label)
{
    if (l4_fpage_kind(f) != L4_FPAGE_CAP || l4_fpage_order(f) != 0) {
        return false;
    }
    const struct cap *cap = captab_get(&from->task->table, f >> 12);
    if (!cap || cap_type(cap) != OBJECT_GATE) {
        return false;
    }
    const struct gate *gate = cap_target(cap);
    if (!gate->thread || gate->thread->task != to->task) {
        return false;
    }
    *label = cap->label;
    return true;
}

/* Maps an item, or goes on with that. */
static l4_err_t item_map(const struct map_request *item, struct transfer *x)
{
    unsigned entries = flexpage_entries(item->fpage);
    struct map_request r = *item;

    if (x->done == 0) {
        if (entries > x->entries) {
            return L4_E2BIG;
        }
        x->entries -= (uint8_t)entries;
        x->limit = (uint8_t)entries;
    }
    r.done = x->done;
    r.limit = x->limit;
    l4_err_t err = map_flexpage(&r);
    x->done = err == MAP_AGAIN ? r.done : 0;
    x->limit = (uint8_t)r.limit;
    return err;
}

/* Passes one item on; `*result` is what the receiver sees of it. To a page
 * fault an item says itself where it goes. */
static l4_err_t item_pass(struct thread *from, struct thread *to,
                          struct transfer *x, l4_item_t *result)
{
    /* Read once: another thread may be changing the UTCB. */
    const l4_item_t item =
        *(const volatile l4_item_t *)&from->utcb->items[x->items];
    unsigned kind = l4_fpage_kind(item.fpage);
    uint64_t dest = item.control;
    uint64_t label;
    l4_err_t err = kind == 0 ? L4_EINVAL : L4_OK;

    *result = (l4_item_t){.control = L4_ITEM_MAPPED};
    if (item.fpage == L4_FPAGE_NONE) {
        return L4_OK;
    }
    if (to->status & THREAD_FAULT) {
        err = kind != L4_FPAGE_MEM ? L4_EINVAL : L4_OK;
    } else if (item_is_own_gate(from, to, item.fpage, &label)) {
        *result = (l4_item_t){.control = L4_ITEM_LABEL, .fpage = label};
        return L4_OK;
    } else if (!err) {
        err = flexpage_place(to->utcb->window[kind - 1], item.fpage,
                             item.control, &dest);
    }
    if (err) {
        return err;
    }
    result->fpage = l4_fpage(kind, dest, l4_fpage_order(item.fpage),
                             l4_fpage_rights(item.fpage));
    const struct map_request r = {.src = from->task,
                                  .dst = to->task,
                                  .fpage = item.fpage,
                                  .dest = (dest & ~0xfffull) |
                                          (item.control & 0xfff)};
    return item_map(&r, x);
}

static void item_fail(struct thread *from, l4_item_t *result, l4_err_t err)
{
    *result = (l4_item_t){.control = L4_ITEM_FAILED, .fpage = (uint64_t)-err};
    from->status |= THREAD_ITEM_ERROR;
}

bool message_items(struct thread *worker, struct thread *from,
                   struct thread *to)
{
    struct transfer *x = &worker->transfer;
    unsigned count = l4_tag_items(arch_msg_tag(from));

    while (x->items < count) {
        l4_item_t result;
        l4_err_t err = item_pass(from, to, x, &result);
        if (err == MAP_AGAIN) {
            return false;
        }
        if (err) {
            item_fail(from, &result, err);
        }
        if (!(to->status & THREAD_FAULT)) {
            to->utcb->items[x->items] = result;
        } else if (err) {
            return true;
        }
        x->items++;
        if (x->items < count && preempt_point(6)) {
            return false;
        }
    }
    return true;
}

void message_drop_items(const struct thread *worker, struct thread *from,
                        struct thread *to)
{
    for (unsigned i = worker->transfer.items;
         i < l4_tag_items(arch_msg_tag(from)); i++) {
        item_fail(from, &to->utcb->items[i], L4_ECANCELED);
    }
}

void message_arrive(struct thread *from, struct thread *to)
{
    l4_tag_t tag = arch_msg_tag(from);
    unsigned words = l4_tag_words(tag);
    uint64_t regs[L4_MSG_REGS];

    tag &= ~(L4_TAG_PHASE_MASK | L4_TAG_SEND_TIMEOUT | L4_TAG_WAIT_TIMEOUT);
    arch_msg_load(from, regs);
    arch_msg_store(to, regs);
    if (words > L4_MSG_REGS) {
        memcpy(to->utcb->mr + L4_MSG_REGS, from->utcb->mr + L4_MSG_REGS,
               (words - L4_MSG_REGS) * sizeof(uint64_t));
    }
    if (from->status & THREAD_ITEM_ERROR) {
        tag |= L4_TAG_ITEM_ERR;
    }
    arch_msg_set(to, tag, from->label);
}
