/* SPDX-License-Identifier: BSD-2-Clause */
/* Sessions: opened, kept alive, ended. */
#include <string.h>

#include <l4/env.h>
#include <l4/objects.h>
#include <l4/slots.h>

#include "session.h"

static _Alignas(4096) uint8_t buffers[SESSIONS][4096];
static struct session sessions[SESSIONS];
static uint64_t first;
static l4_cap_t own_gate;

void sessions_init(uint64_t first_label, l4_cap_t gate)
{
    memset(sessions, 0, sizeof(sessions));
    first = first_label;
    own_gate = gate;
}

static l4_err_t session_mint(struct session *s)
{
    l4_cap_t slot = l4_slot_alloc();
    const l4_ctx_t ctx = L4_CTX(.caps = l4_slot_window(slot));
    l4_gate_t minted;
    l4_err_t err;

    if (slot == L4_CAP_NONE)
        return L4_ENOMEM;
    s->label = first + (uint64_t)(s - sessions);
    err = l4_task_mint((l4_task_t){L4_CAP_TASK}, (l4_gate_t){own_gate},
                       s->label, L4_GATE_RIGHT_GIVE, &minted, &ctx);
    if (err)
        l4_slot_free(slot);
    else
        s->gate = slot;
    return err;
}

l4_err_t session_open(struct stored *f, fs_mode_t mode, l4_cap_t alive,
                      struct session **opened)
{
    for (unsigned i = 0; i < SESSIONS; i++) {
        struct session *s = &sessions[i];
        l4_err_t err;

        if (s->file)
            continue;
        memset(s, 0, sizeof(*s));
        err = session_mint(s);
        if (err)
            return err;
        s->file = f;
        s->mode = mode;
        s->alive = alive;
        f->sessions++;
        *opened = s;
        return 0;
    }
    return L4_ENOMEM;
}

struct session *session_of(uint64_t label)
{
    if (label - first >= SESSIONS || !sessions[label - first].file)
        return NULL;
    return &sessions[label - first];
}

/* Takes a page back from everyone who got it from us. */
static void page_revoke(const void *page)
{
    const uint64_t fpage =
        l4_fpage_mem((uint64_t)(uintptr_t)page, L4_PAGE_ORDER,
                     L4_MEM_R | L4_MEM_W | L4_MEM_X);
    uint32_t done;
    int32_t error;

    (void)!l4_task_unmap((l4_task_t){L4_CAP_TASK}, &fpage, 1, false, &done,
                         &error, NULL);
}

void session_close(struct session *s)
{
    if (s->awaited)
        (void)fs_file_wait_refuse(&s->later, L4_EDEAD);
    if (s->buffer.size)
        page_revoke(buffers[s - sessions]);
    l4_slot_free(s->gate); /* and with it the client's */
    l4_slot_free(s->alive);
    if (--s->file->sessions == 0)
        page_revoke(s->file->data);
    s->file = NULL;
}

/* What the last session left in there is gone, and the page is there. */
l4_item_t session_attach(struct session *s)
{
    uint8_t *page = buffers[s - sessions];

    if (!s->buffer.size) {
        memset(page, 0, sizeof(buffers[0]));
        s->buffer.base = (uint64_t)(uintptr_t)page;
        s->buffer.size = sizeof(buffers[0]);
    }
    return l4_item_map(
        l4_fpage_mem(s->buffer.base, L4_PAGE_ORDER, L4_MEM_R | L4_MEM_W), 0);
}

static bool is_alive(const struct session *s)
{
    l4_cap_type_t type = L4_CAP_TYPE_EMPTY;
    uint32_t rights;

    return l4_task_cap_info((l4_task_t){L4_CAP_TASK}, s->alive, &type, &rights,
                            NULL) != 0 ||
           type != L4_CAP_TYPE_EMPTY;
}

void sessions_sweep(void)
{
    for (unsigned i = 0; i < SESSIONS; i++) {
        if (sessions[i].file && !is_alive(&sessions[i]))
            session_close(&sessions[i]);
    }
}

void sessions_wake(const struct stored *f)
{
    for (unsigned i = 0; i < SESSIONS; i++) {
        struct session *s = &sessions[i];

        if (s->file != f || !s->awaited || s->awaited > f->size)
            continue;
        s->awaited = 0;
        (void)fs_file_wait_answer(&s->later, f->size);
    }
}
