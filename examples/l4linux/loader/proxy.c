/* SPDX-License-Identifier: GPL-2.0-only */
#include <string.h>

#include <l4/env.h>
#include <l4/ipc.h>
#include <l4/objects.h>
#include <l4/slots.h>
#include <l4/thread.h>

#include "platform_l4.h"
#include "proxy.h"

#define PORTS 8

/* What of a tag is Linux's to choose; phases and timeouts are ours. */
#define TAG_MASK                                              \
    (L4_TAG_WORDS_MASK | L4_TAG_ITEMS_MASK | L4_TAG_OP_MASK | \
     (l4_tag_t)0xffff << L4_TAG_PROTO_SHIFT)

/* How often to look whether a cancel that was announced has come, in ns. */
#define CANCEL_POLL 100000

/* Slots for what servers give. */
#define CAPS_ORDER 6
L4_STATIC_ASSERT(1 << CAPS_ORDER == L4_PORT_CAPS, "slots");

/* Who makes the calls of one mailbox. */
struct proxy {
    l4_signal_t call; /* raised by Linux */
    l4_thread_ctl_t thread;
};

unsigned ports_count;
l4_cap_t ports_caps;
struct l4_port ports[PORTS];
struct l4_mailbox mailboxes[PORTS * L4_PORT_MAILS];
static struct proxy proxies[PORTS * L4_PORT_MAILS];
static l4_signal_t answered;

/* The request that is in a mailbox becomes this thread's message. */
static void message_load(const struct l4_port_message *m, l4_tag_t tag,
                         l4_words_t *w)
{
    l4_utcb_t *utcb = l4_utcb();

    for (unsigned i = 0; i < l4_tag_words(tag); i++) {
        if (i < L4_MSG_REGS)
            w->w[i] = m->w[i];
        else
            utcb->mr[i] = m->w[i];
    }
    for (unsigned i = 0; i < l4_tag_items(tag); i++)
        utcb->items[i] = (l4_item_t){.control = m->items[i].control,
                                     .fpage = m->items[i].fpage};
}

/* The answer goes back, and nothing that was there before. */
static void message_store(struct l4_port_message *m, l4_tag_t tag,
                          const l4_words_t *w)
{
    const l4_utcb_t *utcb = l4_utcb();

    m->tag = tag;
    memset(m->w, 0, sizeof(m->w));
    memset(m->items, 0, sizeof(m->items));
    for (unsigned i = 0; i < l4_tag_words(tag) && i < L4_MSG_WORDS; i++)
        m->w[i] = i < L4_MSG_REGS ? w->w[i] : utcb->mr[i];
    for (unsigned i = 0; i < l4_tag_items(tag) && i < L4_MSG_ITEMS; i++) {
        m->items[i].control = utcb->items[i].control;
        m->items[i].fpage = utcb->items[i].fpage;
    }
}

/* Makes the call that is in the mailbox. */
static void proxy_call(struct l4_mailbox *box)
{
    struct l4_port_message *m = &box->message;
    l4_utcb_t *utcb = l4_utcb();
    l4_tag_t tag = m->tag & TAG_MASK;
    l4_words_t w = {{0}};

    if (l4_tag_words(tag) > L4_MSG_WORDS || l4_tag_items(tag) > L4_MSG_ITEMS) {
        m->tag = l4_tag_error(L4_EMSG);
        return;
    }
    message_load(m, tag, &w);
    utcb->window[L4_WINDOW_CAP] = box->cap_window;
    utcb->window[L4_WINDOW_MEM] = box->mem_window;
    tag |= (m->oneway ? L4_PHASE_SEND : L4_PHASE_CALL) |
           l4_ipc_timeouts(m->timeout, m->timeout);
    tag = l4_ipc(tag, box->cap, &w, NULL);
    utcb->window[L4_WINDOW_CAP] = L4_FPAGE_NONE;
    utcb->window[L4_WINDOW_MEM] = L4_FPAGE_NONE;
    message_store(m, tag, &w);
}

/* A cancel that was announced is waited for, and what of it the call did not
 * need is not left to the next one. */
static void proxy_finish(struct l4_mailbox *box)
{
    unsigned state = L4_MAIL_CALLING;

    if (!__atomic_compare_exchange_n(&box->state, &state, L4_MAIL_DONE, false,
                                     __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
        while (__atomic_load_n(&box->state, __ATOMIC_ACQUIRE) ==
               L4_MAIL_CANCELLING)
            l4_sleep(CANCEL_POLL);
        (void)l4_park(0);
        __atomic_store_n(&box->state, L4_MAIL_DONE, __ATOMIC_RELEASE);
    }
    (void)!l4_signal_raise(answered, NULL);
}

static void proxy_run(void *arg)
{
    struct l4_mailbox *box = arg;
    const struct proxy *p = &proxies[box - mailboxes];

    for (;;) {
        unsigned state;
        l4_words_t w;

        (void)l4_wait(&w, NULL, L4_TIME_NEVER);
        (void)!l4_signal_ack(p->call, NULL);
        state = __atomic_load_n(&box->state, __ATOMIC_ACQUIRE);
        if (state == L4_MAIL_IDLE || state == L4_MAIL_DONE)
            continue;
        if (state == L4_MAIL_CALLING)
            proxy_call(box);
        else
            box->message.tag = l4_tag_error(L4_ECANCELED);
        proxy_finish(box);
    }
}

/* A new signal, delivered to a thread. */
static l4_err_t signal_make(l4_signal_t *signal, l4_cap_t thread,
                            uint64_t label)
{
    const l4_factory_t factory = {L4_CAP_FACTORY};
    const l4_thread_t receiver = {thread};
    l4_ctx_t ctx = L4_CTX(.caps = l4_slot_window(l4_slot_alloc()));
    l4_err_t err = l4_factory_create_signal(factory, signal, &ctx);

    if (!err)
        err = l4_signal_bind(*signal, receiver, label, NULL);
    return err ? err : l4_signal_ack(*signal, NULL);
}

static l4_err_t proxy_make(unsigned mail, const char *name)
{
    const l4_thread_attr_t attr = {.name = name};
    struct proxy *p = &proxies[mail];
    l4_err_t err =
        l4_thread_create(&p->thread, proxy_run, &mailboxes[mail], &attr);

    return err ? err : signal_make(&p->call, p->thread.thread, 1);
}

static l4_err_t port_add(const l4_env_cap_t *cap)
{
    unsigned first = ports_count * L4_PORT_MAILS;
    l4_err_t err = 0;

    strlcpy(ports[ports_count].name, cap->name, sizeof(ports[0].name));
    ports[ports_count].cap = cap->slot;
    /* A page that root has not paged in would be a fault of Linux's. */
    memset(&mailboxes[first], 0, L4_PORT_MAILS * sizeof(mailboxes[0]));
    for (unsigned i = 0; !err && i < L4_PORT_MAILS; i++)
        err = proxy_make(first + i, cap->name);
    ports_count++;
    return err;
}

l4_err_t ports_init(unsigned virq)
{
    const l4_env_t *env = l4_env();
    const l4_task_t self = {L4_CAP_TASK};
    l4_cap_type_t type;
    uint32_t rights;
    l4_err_t err = signal_make(&answered, L4_CAP_THREAD, virq);

    for (uint32_t i = 0; !err && i < env->cap_count; i++) {
        const l4_env_cap_t *cap = &env->caps[i];

        if (strcmp(cap->name, "terminal") == 0 || ports_count == PORTS ||
            l4_task_cap_info(self, cap->slot, &type, &rights, NULL) != 0 ||
            type != L4_CAP_TYPE_GATE)
            continue;
        err = port_add(cap);
    }
    if (err || !ports_count)
        return err;
    ports_caps = l4_slots_alloc(CAPS_ORDER);
    return ports_caps == L4_CAP_NONE ? L4_ENOMEM : 0;
}

void ports_call(unsigned mail)
{
    unsigned long gs_base = platform_enter();

    if (mail < ports_count * L4_PORT_MAILS)
        (void)!l4_signal_raise(proxies[mail].call, NULL);
    platform_leave(gs_base);
}

void ports_cancel(unsigned mail)
{
    unsigned long gs_base = platform_enter();

    if (mail < ports_count * L4_PORT_MAILS) {
        const l4_thread_t thread = {proxies[mail].thread.thread};

        (void)!l4_thread_cancel(thread, NULL);
        __atomic_store_n(&mailboxes[mail].state, L4_MAIL_CANCELLED,
                         __ATOMIC_RELEASE);
    }
    platform_leave(gs_base);
}

long ports_own(unsigned slot)
{
    const l4_factory_t factory = {L4_CAP_FACTORY};
    const l4_ctx_t ctx = L4_CTX(.caps = l4_slot_window(slot));
    unsigned long gs_base = platform_enter();
    l4_signal_t made;
    l4_err_t err = l4_factory_create_signal(factory, &made, &ctx);

    platform_leave(gs_base);
    return err;
}

void ports_drop(unsigned long long fpage)
{
    const l4_fpage_t what = fpage;
    unsigned long gs_base = platform_enter();

    l4_unmap(&what, 1);
    platform_leave(gs_base);
}
