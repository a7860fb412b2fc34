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
#define TAG_MASK                          \
    (L4_TAG_WORDS_MASK | L4_TAG_OP_MASK | \
     (l4_tag_t)0xffff << L4_TAG_PROTO_SHIFT)

/* Who makes the calls of one connection. */
struct proxy {
    l4_cap_t server;
    l4_signal_t call; /* raised by Linux */
    l4_thread_ctl_t thread;
};

unsigned ports_count;
struct l4_port ports[PORTS];
static struct proxy proxies[PORTS];
static l4_signal_t answered;

/* Makes the call that is in the mailbox. */
static void proxy_call(const struct proxy *p, struct l4_port_message *m)
{
    l4_utcb_t *utcb = l4_utcb();
    l4_tag_t tag = m->tag & TAG_MASK;
    unsigned words = l4_tag_words(tag);
    l4_words_t w = {{0}};

    if (words > L4_MSG_WORDS) {
        m->tag = l4_tag_error(L4_EMSG);
        return;
    }
    for (unsigned i = 0; i < words; i++) {
        if (i < L4_MSG_REGS)
            w.w[i] = m->w[i];
        else
            utcb->mr[i] = m->w[i];
    }
    tag |= (m->oneway ? L4_PHASE_SEND : L4_PHASE_CALL) |
           l4_ipc_timeouts(m->timeout, m->timeout);
    tag = l4_ipc(tag, p->server, &w, NULL);
    m->tag = tag;
    memset(m->w, 0, sizeof(m->w));
    for (unsigned i = 0; i < l4_tag_words(tag) && i < L4_MSG_WORDS; i++)
        m->w[i] = i < L4_MSG_REGS ? w.w[i] : utcb->mr[i];
}

static void proxy_run(void *arg)
{
    struct l4_port *port = arg;
    const struct proxy *p = &proxies[port - ports];

    for (;;) {
        l4_words_t w;

        (void)l4_wait(&w, NULL, L4_TIME_NEVER);
        (void)!l4_signal_ack(p->call, NULL);
        if (__atomic_load_n(&port->state, __ATOMIC_ACQUIRE) != L4_PORT_CALLING)
            continue;
        proxy_call(p, &port->message);
        __atomic_store_n(&port->state, L4_PORT_DONE, __ATOMIC_RELEASE);
        (void)!l4_signal_raise(answered, NULL);
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

static l4_err_t port_add(const l4_env_cap_t *cap)
{
    const l4_thread_attr_t attr = {.name = cap->name};
    struct l4_port *port = &ports[ports_count];
    struct proxy *p = &proxies[ports_count];
    l4_err_t err;

    strlcpy(port->name, cap->name, sizeof(port->name));
    p->server = cap->slot;
    err = l4_thread_create(&p->thread, proxy_run, port, &attr);
    if (!err)
        err = signal_make(&p->call, p->thread.thread, 1);
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
    return err;
}

void ports_call(unsigned port)
{
    unsigned long gs_base = platform_enter();

    if (port < ports_count)
        (void)!l4_signal_raise(proxies[port].call, NULL);
    platform_leave(gs_base);
}
