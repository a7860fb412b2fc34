/* SPDX-License-Identifier: BSD-2-Clause */
#include <kernel/gate.h>
#include <kernel/ipc.h>
#include <kernel/map.h>
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
        entries += f == L4_FPAGE_NONE ? 0 : map_entries(f);
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

/* Where an item goes in the receiver's window of its kind. */
static l4_err_t item_place(struct thread *to, l4_fpage_t f, uint64_t send_base,
                           uint64_t *dest)
{
    l4_fpage_t window = to->utcb->window[l4_fpage_kind(f) - 1];
    unsigned order = l4_fpage_order(window);
    unsigned shift = l4_fpage_kind(f) == L4_FPAGE_MEM ? 0 : 12;

    if (l4_fpage_kind(window) != l4_fpage_kind(f) || order > 47) {
        return L4_EWINDOW;
    }
    uint64_t size = (1ull << order) << shift;
    uint64_t item = (1ull << l4_fpage_order(f)) << shift;
    uint64_t base = l4_fpage_base(window);
    if (order + shift > 47 || base & (size - 1) || item > size) {
        return L4_EWINDOW;
    }
    *dest = base | (send_base & (size - 1) & ~(item - 1));
    if (l4_fpage_kind(f) == L4_FPAGE_IO) {
        *dest = l4_fpage_base(f); /* ports keep their numbers */
        return (*dest ^ base) & ~(size - 1) ? L4_EWINDOW : L4_OK;
    }
    return L4_OK;
}

static l4_err_t item_map(struct thread *from, struct thread *to,
                         const l4_item_t *item, uint64_t dest, unsigned *budget)
{
    unsigned entries = map_entries(item->fpage);
    struct map_request r = {.src = from->task,
                            .dst = to->task,
                            .fpage = item->fpage,
                            .dest =
                                (dest & ~0xfffull) | (item->control & 0xfff),
                            .limit = entries};

    if (entries > *budget) {
        return L4_E2BIG;
    }
    *budget -= entries;
    return map_flexpage(&r);
}

/* Passes one item on; `*result` is what the receiver sees of it. */
static bool item_transfer(struct thread *from, struct thread *to,
                          const l4_item_t *item, l4_item_t *result,
                          unsigned *budget)
{
    l4_fpage_t f = item->fpage;
    uint64_t dest = 0;
    uint64_t label;

    *result = (l4_item_t){.control = L4_ITEM_MAPPED};
    if (f == L4_FPAGE_NONE) {
        return true;
    }
    if (item_is_own_gate(from, to, f, &label)) {
        *result = (l4_item_t){.control = L4_ITEM_LABEL, .fpage = label};
        return true;
    }
    l4_err_t err = l4_fpage_kind(f) == 0
                       ? L4_EINVAL
                       : item_place(to, f, item->control, &dest);
    if (!err) {
        err = item_map(from, to, item, dest, budget);
    }
    if (err) {
        *result =
            (l4_item_t){.control = L4_ITEM_FAILED, .fpage = (uint64_t)-err};
        return false;
    }
    result->fpage =
        l4_fpage(l4_fpage_kind(f), dest, l4_fpage_order(f), l4_fpage_rights(f));
    return true;
}

static bool items_transfer(struct thread *from, struct thread *to,
                           unsigned count)
{
    unsigned budget = L4_MSG_ITEMS;
    bool all = true;

    for (unsigned i = 0; i < count; i++) {
        /* Read once: another thread may be changing the UTCB. */
        const l4_item_t item = from->utcb->items[i];
        l4_item_t result;
        if (!item_transfer(from, to, &item, &result, &budget)) {
            all = false;
        }
        to->utcb->items[i] = result;
    }
    return all;
}

bool message_transfer(struct thread *from, struct thread *to, l4_tag_t tag,
                      uint64_t label)
{
    unsigned words = l4_tag_words(tag);
    uint64_t regs[L4_MSG_REGS];
    bool all = true;

    tag &= ~(L4_TAG_PHASE_MASK | L4_TAG_SEND_TIMEOUT | L4_TAG_WAIT_TIMEOUT);
    arch_msg_load(from, regs);
    arch_msg_store(to, regs);
    if (words > L4_MSG_REGS) {
        memcpy(to->utcb->mr + L4_MSG_REGS, from->utcb->mr + L4_MSG_REGS,
               (words - L4_MSG_REGS) * sizeof(uint64_t));
    }
    if (l4_tag_items(tag) > 0) {
        all = items_transfer(from, to, l4_tag_items(tag));
    }
    arch_msg_set(to, all ? tag : tag | L4_TAG_ITEM_ERR, label);
    return all;
}

l4_err_t message_map_fault(struct thread *pager, struct thread *to,
                           l4_tag_t tag)
{
    unsigned budget = L4_MSG_ITEMS;

    for (unsigned i = 0; i < l4_tag_items(tag); i++) {
        const l4_item_t item = pager->utcb->items[i];
        if (item.fpage == L4_FPAGE_NONE) {
            continue;
        }
        if (l4_fpage_kind(item.fpage) != L4_FPAGE_MEM) {
            return L4_EINVAL;
        }
        l4_err_t err = item_map(pager, to, &item, item.control, &budget);
        if (err) {
            return err;
        }
    }
    return L4_OK;
}
