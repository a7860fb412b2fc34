/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <l4/transport.h>

#include "l4_ports.h"

/* What a message brings at most. */
#define CAPS_ORDER 4
L4_STATIC_ASSERT(1 << CAPS_ORDER == L4_MSG_ITEMS, "items");

static _Thread_local l4_utcb_t utcb;

l4_utcb_t *l4_utcb(void)
{
    return &utcb;
}

/* --- capabilities are files ---------------------------------------------- */

/* A descriptor as a capability: 0 is none. */
static l4_cap_t cap_of(int fd)
{
    int other;

    if (fd != 0)
        return fd < 0 ? L4_CAP_NONE : (l4_cap_t)fd;
    other = fcntl(0, F_DUPFD_CLOEXEC, 1);
    close(0);
    return other < 0 ? L4_CAP_NONE : (l4_cap_t)other;
}

l4_cap_t l4_open(const char *name)
{
    char path[64];

    if (snprintf(path, sizeof(path), "/dev/l4/%s", name) >= (int)sizeof(path)) {
        errno = ENAMETOOLONG;
        return L4_CAP_NONE;
    }
    return cap_of(open(path, O_RDWR | O_CLOEXEC));
}

l4_cap_t l4_own(l4_cap_t connection)
{
    return cap_of(ioctl((int)connection, L4_PORT_OWN));
}

void l4_close(l4_cap_t cap)
{
    if (cap != L4_CAP_NONE)
        close((int)cap);
}

/* --- messages ------------------------------------------------------------- */

/* What became of a call that Linux did not even make. */
static l4_err_t error_of(int number)
{
    switch (number) {
    case EBADF:
    case ENOTTY: return L4_ENOCAP;
    case EINTR: return L4_ECANCELED;
    case EFAULT: return L4_EFAULT;
    case ENOMEM: return L4_ENOMEM;
    case ENFILE: return L4_EQUOTA;
    case EPERM: return L4_EPERM;
    default: return L4_EINVAL;
    }
}

/* Memory of a process's is not passed on, nor are ports. */
static l4_err_t items_send(struct l4_port_message *m)
{
    for (unsigned i = 0; i < l4_tag_items(m->tag); i++) {
        if (l4_fpage_kind(utcb.items[i].fpage) != L4_FPAGE_CAP)
            return L4_EITEM;
        m->items[i].control = utcb.items[i].control;
        m->items[i].fpage = utcb.items[i].fpage;
    }
    return 0;
}

/* What may come back: as many capabilities as the context's window has room
 * for, and as much memory. */
static l4_err_t windows_arm(struct l4_port_message *m, const l4_ctx_t *ctx)
{
    if (!ctx)
        return 0;
    if (ctx->caps) {
        if (l4_fpage_order(ctx->caps) > CAPS_ORDER)
            return L4_EWINDOW;
        m->caps = 1u << l4_fpage_order(ctx->caps);
    }
    if (ctx->mem) {
        m->memory = l4_fpage_order(ctx->mem);
        if (m->memory < L4_PAGE_ORDER || m->memory > L4_PORT_MEMORY_ORDER)
            return L4_EWINDOW;
    }
    return 0;
}

static int protection(l4_fpage_t fpage)
{
    unsigned rights = l4_fpage_rights(fpage);

    return PROT_READ | (rights & L4_MEM_W ? PROT_WRITE : 0) |
           (rights & L4_MEM_X ? PROT_EXEC : 0);
}

/* Maps memory that came into the context's window, as the microkernel would. */
static bool memory_map(l4_item_t *item, int file, const l4_ctx_t *ctx)
{
    uint64_t at = l4_fpage_base(item->fpage);
    unsigned order = l4_fpage_order(item->fpage);
    unsigned room = l4_fpage_order(ctx->mem);
    void *to = (void *)(uintptr_t)(l4_fpage_base(ctx->mem) + at);

    /* Aligned to its size and no larger than the window: it is within. */
    if (order < L4_PAGE_ORDER || order > room || at >> room ||
        at & (((uint64_t)1 << order) - 1))
        return false;
    if (mmap(to, (size_t)1 << order, protection(item->fpage),
             MAP_SHARED | MAP_FIXED_NOREPLACE, file, (off_t)at) != to)
        return false;
    item->fpage = l4_fpage_mem((uint64_t)(uintptr_t)to, order,
                               l4_fpage_rights(item->fpage));
    return true;
}

/* A capability that came; one that nobody asked for is given back. */
static bool cap_take(l4_item_t *item, const l4_ctx_t *ctx)
{
    l4_cap_t cap = cap_of((int)l4_fpage_slot(item->fpage));

    if (!ctx || !ctx->caps) {
        l4_close(cap);
        return false;
    }
    item->fpage = l4_fpage_cap(cap, 0, l4_fpage_rights(item->fpage));
    return cap != L4_CAP_NONE;
}

/* One item of the answer, as the stub wants to find it. */
static bool item_receive(l4_item_t *item, int memory_file, const l4_ctx_t *ctx)
{
    if (l4_item_arrived(item, L4_FPAGE_MEM))
        return ctx && ctx->mem && memory_map(item, memory_file, ctx);
    return l4_item_arrived(item, L4_FPAGE_CAP) && cap_take(item, ctx);
}

/* The items of the answer; the tag says if one failed. */
static l4_tag_t items_receive(const struct l4_port_message *m,
                              const l4_ctx_t *ctx)
{
    l4_tag_t tag = m->tag;

    for (unsigned i = 0; i < l4_tag_items(tag); i++) {
        l4_item_t *item = &utcb.items[i];

        *item = (l4_item_t){.control = m->items[i].control,
                            .fpage = m->items[i].fpage};
        if (!item_receive(item, m->memory_file, ctx)) {
            *item = (l4_item_t){.control = L4_ITEM_FAILED};
            tag |= L4_TAG_ITEM_ERR;
        }
    }
    /* What is mapped stays so without it. */
    if (m->memory_file >= 0)
        close(m->memory_file);
    return tag;
}

/* Sends a message off; it holds the answer then. */
static l4_tag_t message_pass(l4_cap_t cap, struct l4_port_message *m,
                             const l4_ctx_t *ctx)
{
    unsigned words = l4_tag_words(m->tag);
    l4_err_t err;

    if (words > L4_MSG_WORDS || l4_tag_items(m->tag) > L4_MSG_ITEMS)
        return l4_tag_error(L4_EMSG);
    err = items_send(m);
    if (!err)
        err = windows_arm(m, ctx);
    if (err)
        return l4_tag_error(err);
    for (unsigned i = L4_MSG_REGS; i < words; i++)
        m->w[i] = utcb.mr[i];
    m->timeout = ctx ? ctx->timeout : L4_TIME_NEVER;
    m->memory_file = -1;
    if (ioctl((int)cap, L4_PORT_CALL, m) != 0)
        return l4_tag_error(error_of(errno));
    words = l4_tag_words(m->tag);
    if (m->tag & L4_TAG_ERROR)
        return m->tag;
    if (words > L4_MSG_WORDS || l4_tag_items(m->tag) > L4_MSG_ITEMS)
        return l4_tag_error(L4_EMSG);
    for (unsigned i = L4_MSG_REGS; i < words; i++)
        utcb.mr[i] = m->w[i];
    return items_receive(m, ctx);
}

l4_tag_t l4_transport_call(l4_cap_t cap, l4_tag_t tag, l4_words_t *w,
                           const l4_ctx_t *ctx)
{
    struct l4_port_message m = {.tag = tag};

    memcpy(m.w, w->w, sizeof(w->w));
    tag = message_pass(cap, &m, ctx);
    memcpy(w->w, m.w, sizeof(w->w));
    return tag;
}

/* Nothing comes back, so no window is open. */
l4_tag_t l4_transport_send(l4_cap_t cap, l4_tag_t tag, const l4_words_t *w,
                           const l4_ctx_t *ctx)
{
    const l4_ctx_t bare = L4_CTX_TIMEOUT(ctx ? ctx->timeout : L4_TIME_NEVER);
    struct l4_port_message m = {.tag = tag, .oneway = 1};

    memcpy(m.w, w->w, sizeof(w->w));
    return message_pass(cap, &m, &bare);
}

void l4_reply_drop(l4_tag_t got)
{
    if (got & L4_TAG_ERROR)
        return;
    for (unsigned i = 0; i < l4_tag_items(got) && i < L4_MSG_ITEMS; i++) {
        l4_item_t *item = &utcb.items[i];

        if (l4_item_arrived(item, L4_FPAGE_CAP))
            l4_close(l4_fpage_slot(item->fpage));
        else if (l4_item_arrived(item, L4_FPAGE_MEM))
            munmap((void *)(uintptr_t)l4_fpage_base(item->fpage),
                   (size_t)1 << l4_fpage_order(item->fpage));
        /* The number may be another file's soon. */
        item->control = L4_ITEM_FAILED;
    }
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
