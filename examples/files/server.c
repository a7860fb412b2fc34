/* SPDX-License-Identifier: BSD-2-Clause */
/* The file server: its handlers. */
#include <string.h>

#include <l4/env.h>
#include <l4/log.h>
#include <l4/slots.h>

#include "session.h"

/* Labels of sessions begin behind those of the port's clients. */
#define SESSION_LABELS 0x1000

static uint32_t advice; /* the last hint */

/* The session of a request; its mode must have `mode`. */
static l4_err_t request_session(const l4_req_t *req, fs_mode_t mode,
                                struct session **s)
{
    *s = session_of(req->label);
    if (!*s)
        return L4_ENOENT;
    return ((*s)->mode & mode) == mode ? 0 : FS_DENIED;
}

static l4_err_t raise_no_space(l4_req_t *req, const struct session *s)
{
    const fs_no_space_t why = {.left = FS_SIZE_MAX - s->file->size};

    return fs_raise_no_space(req, &why);
}

static l4_err_t file_stat(void *self, l4_req_t *req, fs_stat_t *stat)
{
    struct session *s;
    l4_err_t err = request_session(req, 0, &s);

    (void)self;
    if (!err) {
        stat->size = s->file->size;
        stat->sessions = s->file->sessions;
    }
    return err;
}

static l4_err_t file_read(void *self, l4_req_t *req, uint64_t at, uint8_t *data,
                          uint32_t *data_count)
{
    struct session *s;
    l4_err_t err = request_session(req, FS_MODE_READ, &s);

    (void)self;
    if (err)
        return err;
    *data_count = (uint32_t)stored_extent(s->file, at, FS_DATA_MAX);
    if (*data_count)
        memcpy(data, s->file->data + at, *data_count);
    return 0;
}

static l4_err_t file_write(void *self, l4_req_t *req, uint64_t at,
                           const uint8_t *data, uint32_t data_count)
{
    struct session *s;
    l4_err_t err = request_session(req, FS_MODE_WRITE, &s);
    uint8_t *to;

    (void)self;
    if (err)
        return err;
    to = stored_grow(s->file, at, data_count);
    if (!to)
        return raise_no_space(req, s);
    memcpy(to, data, data_count);
    sessions_wake(s->file);
    return 0;
}

static l4_err_t file_attach(void *self, l4_req_t *req, l4_item_t *buffer)
{
    struct session *s;
    l4_err_t err = request_session(req, 0, &s);

    (void)self;
    if (!err)
        *buffer = session_attach(s);
    return err;
}

static l4_err_t file_load(void *self, l4_req_t *req, uint64_t at,
                          uint64_t offset, uint64_t count, uint64_t *result)
{
    struct session *s;
    l4_err_t err = request_session(req, FS_MODE_READ, &s);

    (void)self;
    if (err)
        return err;
    *result = stored_extent(s->file, at, count);
    if (*result == 0)
        return 0;
    return l4_shared_write(&s->buffer, offset, s->file->data + at, *result);
}

/* The client may change the memory while it is read: what the file gets is what
 * was read, and nothing is decided by it. */
static l4_err_t file_store(void *self, l4_req_t *req, uint64_t at,
                           uint64_t offset, uint64_t count)
{
    struct session *s;
    l4_err_t err = request_session(req, FS_MODE_WRITE, &s);
    uint8_t *to;

    (void)self;
    if (!err && !l4_shared_holds(&s->buffer, offset, count))
        err = L4_ERANGE;
    if (err)
        return err;
    to = stored_grow(s->file, at, count);
    if (!to)
        return raise_no_space(req, s);
    err = l4_shared_read(&s->buffer, offset, to, count);
    sessions_wake(s->file);
    return err;
}

static l4_err_t file_map(void *self, l4_req_t *req, l4_item_t *page)
{
    struct session *s;
    l4_err_t err = request_session(req, FS_MODE_READ, &s);

    (void)self;
    if (err)
        return err;
    *(volatile uint8_t *)s->file->data = *s->file->data; /* page it in */
    *page = l4_item_map(l4_fpage_mem((uint64_t)(uintptr_t)s->file->data,
                                     L4_PAGE_ORDER, L4_MEM_R),
                        0);
    return 0;
}

static l4_err_t file_wait(void *self, l4_req_t *req, uint64_t size,
                          uint64_t *result)
{
    struct session *s;
    l4_err_t err = request_session(req, 0, &s);

    (void)self;
    if (err)
        return err;
    *result = s->file->size;
    if (size <= s->file->size)
        return 0;
    if (s->awaited) {
        const fs_busy_t why = {.sessions = s->file->sessions};

        return fs_raise_busy(req, &why);
    }
    err = l4_req_defer(req, &s->later);
    if (err)
        return err;
    s->awaited = size;
    return L4_DEFERRED;
}

static l4_err_t file_hint(void *self, l4_req_t *req, uint32_t what)
{
    (void)self;
    (void)req;
    advice = what;
    return 0;
}

static l4_err_t file_close(void *self, l4_req_t *req)
{
    struct session *s;
    l4_err_t err = request_session(req, 0, &s);

    (void)self;
    if (!err)
        session_close(s);
    return err;
}

static const fs_file_ops_t file_ops = {
    .stat = file_stat,
    .read = file_read,
    .write = file_write,
    .attach = file_attach,
    .load = file_load,
    .store = file_store,
    .map = file_map,
    .wait = file_wait,
    .hint = file_hint,
    .close = file_close,
};

static l4_err_t root_open(void *self, l4_req_t *req, const char *name,
                          uint32_t name_count, fs_mode_t how, l4_cap_t alive,
                          fs_file_t *result)
{
    struct stored *f = store_find(name);
    struct session *s;
    l4_err_t err;

    (void)self;
    (void)name_count;
    sessions_sweep();
    if (alive == L4_CAP_NONE)
        return L4_EINVAL; /* one of ours says nothing of the client */
    if (!f && how & FS_MODE_WRITE)
        f = store_create(name);
    if (!f)
        return FS_NO_ENTRY;
    err = session_open(f, how, alive, &s);
    if (err)
        return err;
    result->cap = s->gate;
    return l4_req_keep(req, alive);
}

static l4_err_t root_list(void *self, l4_req_t *req, uint32_t number,
                          char *name, fs_stat_t *stat)
{
    const struct stored *f;

    (void)self;
    (void)req;
    sessions_sweep();
    f = store_at(number);
    if (!f)
        return FS_NO_ENTRY;
    memcpy(name, f->name, sizeof(f->name));
    stat->size = f->size;
    stat->sessions = f->sessions;
    return 0;
}

static l4_err_t root_remove(void *self, l4_req_t *req, const char *name,
                            uint32_t name_count)
{
    struct stored *f;

    (void)self;
    (void)name_count;
    sessions_sweep();
    f = store_find(name);
    if (!f)
        return FS_NO_ENTRY;
    if (f->sessions) {
        const fs_busy_t why = {.sessions = f->sessions};

        return fs_raise_busy(req, &why);
    }
    store_remove(f);
    return 0;
}

static const fs_root_ops_t root_ops = {
    .open = root_open, .list = root_list, .remove = root_remove};

int main(void)
{
    const l4_env_port_t *port = l4_env_port("files");
    static l4_range_t ranges[2];
    static l4_server_t server;
    uint64_t sessions;

    if (!port)
        return 1;
    sessions = port->first_label + SESSION_LABELS;
    sessions_init(sessions, port->gate);
    l4_server_init(&server, ranges, 2);
    if (fs_root_register(&server, port->first_label, sessions - 1, &root_ops,
                         NULL) != 0 ||
        fs_file_register(&server, sessions, sessions + SESSIONS - 1, &file_ops,
                         NULL) != 0 ||
        l4_server_accept_caps(&server, 0) != 0)
        return 1;
    l4_log(L4_LOG_INFO, "ready");
    fs_file_loop(&server, &file_ops);
    return 0;
}
