/* SPDX-License-Identifier: BSD-2-Clause */
/* Sessions: opened, kept alive, ended. */
#include <string.h>

#include <l4/env.h>
#include <l4/objects.h>
#include <l4/slots.h>

#include "session.h"

/* Buffers of up to 64 KiB arrive at places of their own. */
#define BUFFERS 0x60000000ull
#define BUFFER_ORDER 16

static struct session sessions[SESSIONS];
static bool place_taken[SESSIONS];
static unsigned armed; /* where the next one arrives */
static uint64_t first;
static l4_cap_t own_gate;

void sessions_init(uint64_t first_label, l4_cap_t gate)
{
    memset(sessions, 0, sizeof(sessions));
    memset(place_taken, 0, sizeof(place_taken));
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

void session_close(struct session *s)
{
    if (s->awaited)
        (void)fs_file_wait_refuse(&s->later, L4_EDEAD);
    if (s->buffer_page) {
        l4_unmap(&s->buffer_page, 1);
        place_taken[s->place] = false;
    }
    l4_slot_free(s->gate); /* and with it the client's */
    l4_slot_free(s->alive);
    s->file->sessions--;
    s->file = NULL;
}

l4_err_t session_attach(struct session *s, l4_req_t *req,
                        const l4_shared_t *buffer)
{
    l4_err_t err;

    if (s->buffer_page)
        return L4_EEXIST;
    err = l4_req_keep_mem(req, req->items[0].fpage);
    if (err)
        return err;
    s->buffer = *buffer;
    s->buffer_page = req->items[0].fpage;
    s->place = armed;
    place_taken[armed] = true;
    l4_server_accept_mem(req->server, session_window());
    return 0;
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

l4_fpage_t session_window(void)
{
    for (unsigned i = 0; i < SESSIONS; i++) {
        if (!place_taken[i]) {
            armed = i;
            return l4_fpage_mem(BUFFERS + ((uint64_t)i << BUFFER_ORDER),
                                BUFFER_ORDER, L4_MEM_R | L4_MEM_W);
        }
    }
    return L4_FPAGE_NONE;
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
