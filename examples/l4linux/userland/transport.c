/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <l4/transport.h>

#include "l4_ports.h"

static _Thread_local l4_utcb_t utcb;

l4_utcb_t *l4_utcb(void)
{
    return &utcb;
}

l4_cap_t l4_open(const char *name)
{
    char path[64];
    int fd;

    if (snprintf(path, sizeof(path), "/dev/l4/%s", name) >= (int)sizeof(path)) {
        errno = ENAMETOOLONG;
        return L4_CAP_NONE;
    }
    fd = open(path, O_RDWR | O_CLOEXEC);
    /* 0 is no capability. */
    if (fd == 0) {
        fd = dup(0);
        close(0);
    }
    return fd < 0 ? L4_CAP_NONE : (l4_cap_t)fd;
}

void l4_close(l4_cap_t cap)
{
    close((int)cap);
}

/* What became of a call that the kernel did not even make. */
static l4_err_t error_of(int number)
{
    switch (number) {
    case EBADF:
    case ENOTTY: return L4_ENOCAP;
    case EINTR: return L4_ECANCELED;
    case EFAULT: return L4_EFAULT;
    case ENOMEM: return L4_ENOMEM;
    default: return L4_EINVAL;
    }
}

/* Sends a message off; it holds the answer then. */
static l4_tag_t message_pass(l4_cap_t cap, struct l4_port_message *m)
{
    unsigned words = l4_tag_words(m->tag);

    if (l4_tag_items(m->tag))
        return l4_tag_error(L4_EITEM);
    for (unsigned i = L4_MSG_REGS; i < words; i++)
        m->w[i] = utcb.mr[i];
    if (ioctl((int)cap, L4_PORT_CALL, m) != 0)
        return l4_tag_error(error_of(errno));
    words = l4_tag_words(m->tag);
    for (unsigned i = L4_MSG_REGS; i < words && i < L4_MSG_WORDS; i++)
        utcb.mr[i] = m->w[i];
    return m->tag;
}

l4_tag_t l4_transport_call(l4_cap_t cap, l4_tag_t tag, l4_words_t *w,
                           const l4_ctx_t *ctx)
{
    struct l4_port_message m = {.tag = tag,
                                .timeout = ctx ? ctx->timeout : L4_TIME_NEVER};

    memcpy(m.w, w->w, sizeof(w->w));
    tag = message_pass(cap, &m);
    memcpy(w->w, m.w, sizeof(w->w));
    return tag;
}

l4_tag_t l4_transport_send(l4_cap_t cap, l4_tag_t tag, const l4_words_t *w,
                           const l4_ctx_t *ctx)
{
    struct l4_port_message m = {
        .tag = tag, .timeout = ctx ? ctx->timeout : L4_TIME_NEVER, .oneway = 1};

    memcpy(m.w, w->w, sizeof(w->w));
    return message_pass(cap, &m);
}

void l4_reply_drop(l4_tag_t got)
{
    (void)got; /* items never arrive */
}

l4_err_t l4_reply_fail(l4_tag_t got, l4_tag_t want, uint64_t w0)
{
    l4_reply_drop(got);
    return l4_reply_code(got, want, w0);
}

l4_err_t l4_reply_error(l4_tag_t got, l4_tag_t want, uint64_t w0)
{
    l4_err_t err = l4_reply_fail(got, want, w0);

    return err > 0 ? L4_EPROTO : err;
}
