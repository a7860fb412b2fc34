/* SPDX-License-Identifier: BSD-2-Clause */
/* root.program: what every program may ask for. */
#include <string.h>

#include <l4/fpage.h>

#include "caps.h"
#include "dataspace.h"
#include "memory.h"
#include "print.h"
#include "serve.h"

struct program *request_program(const l4_req_t *req)
{
    struct program *p = program_numbered((uint32_t)req->label);

    return p && p->state == ROOT_PROGRAM_STATE_RUNNING ? p : NULL;
}

/* Likewise, for what a sealed program may not ask; *err says why not. */
static struct program *request_open(const l4_req_t *req, l4_err_t *err)
{
    struct program *p = request_program(req);

    *err = !p ? L4_ENOENT : p->sealed ? L4_EPERM : 0;
    return *err ? NULL : p;
}

static l4_err_t service_exit(void *self, l4_req_t *req, int32_t status)
{
    struct program *p = request_program(req);

    (void)self;
    if (!p)
        return L4_ENOENT;
    if (status)
        print("root: program %s ended with status %d\n", p->name, status);
    program_stop(p, ROOT_PROGRAM_STATE_EXITED, status);
    return 0;
}

static l4_err_t service_name_thread(void *self, l4_req_t *req, uint64_t utcb,
                                    const char *name, uint32_t name_count)
{
    l4_err_t err;
    struct program *p = request_open(req, &err);
    struct thread_name *entry = NULL;

    (void)self;
    if (!p)
        return err;
    if (!utcb)
        return L4_EINVAL;
    for (unsigned i = 0; i < PROGRAM_THREADS; i++) {
        if (p->threads[i].utcb == utcb) {
            entry = &p->threads[i];
            break;
        }
        if (!entry && !p->threads[i].utcb)
            entry = &p->threads[i];
    }
    if (!entry)
        return L4_ENOMEM;
    entry->utcb = name_count ? utcb : 0;
    strlcpy(entry->name, name, sizeof(entry->name));
    return 0;
}

static l4_err_t service_memory(void *self, l4_req_t *req, uint64_t *quota,
                               uint64_t *used)
{
    l4_err_t err;
    const struct program *p = request_open(req, &err);

    (void)self;
    if (!p)
        return err;
    *quota = p->plan->memory;
    *used = program_memory(p);
    return 0;
}

static l4_err_t service_area_add(void *self, l4_req_t *req, uint64_t address,
                                 uint64_t size)
{
    l4_err_t err;
    struct program *p = request_open(req, &err);

    (void)self;
    return p ? memory_area_add(p, address, size, L4_MEM_R | L4_MEM_W) : err;
}

static l4_err_t service_area_add_rights(void *self, l4_req_t *req,
                                        uint64_t address, uint64_t size,
                                        uint8_t rights)
{
    l4_err_t err;
    struct program *p = request_open(req, &err);

    (void)self;
    return p ? memory_area_add(p, address, size, rights) : err;
}

static l4_err_t service_area_remove(void *self, l4_req_t *req, uint64_t address)
{
    l4_err_t err;
    struct program *p = request_open(req, &err);

    (void)self;
    return p ? memory_area_remove(p, address) : err;
}

static l4_err_t service_client(void *self, l4_req_t *req, uint64_t label,
                               char *name)
{
    l4_err_t err;
    const struct program *p = request_open(req, &err);
    const struct program *client =
        p ? program_numbered(label_client(p, label)) : NULL;

    (void)self;
    if (!client)
        return err ? err : L4_ENOENT;
    strlcpy(name, client->name, ROOT_NAME_MAX + 1);
    return 0;
}

static l4_err_t service_dataspace_create(void *self, l4_req_t *req,
                                         uint64_t size, uint8_t order,
                                         root_dataspace_t *created)
{
    l4_err_t err;
    struct program *p = request_open(req, &err);
    struct dataspace *d = NULL;

    (void)self;
    if (!p)
        return err;
    err = dataspace_create(p, size, order, &d);
    if (d)
        created->cap = d->cap;
    return err;
}

/* A capability to root's own gate arrives as its label; any other does not
 * arrive, as root has no window for it. */
static l4_err_t service_attach(void *self, l4_req_t *req, root_dataspace_t what,
                               uint64_t offset, uint64_t address, uint64_t size,
                               uint8_t rights)
{
    l4_err_t err;
    struct program *p = request_open(req, &err);
    uint64_t label = req->items[0].fpage;

    (void)self, (void)what;
    if (!p)
        return err;
    if (req->items[0].control != L4_ITEM_LABEL)
        return L4_EINVAL;
    if (rights & L4_MEM_W && !(label & ROOT_DATASPACE_RIGHT_WRITE))
        return L4_EPERM;
    const struct area area = {.start = address,
                              .end = address + size,
                              .rights = rights,
                              .space = dataspace_named(label),
                              .offset = offset};
    return memory_attach(p, &area);
}

static l4_err_t service_seal(void *self, l4_req_t *req)
{
    struct program *p = request_program(req);

    (void)self;
    if (!p)
        return L4_ENOENT;
    p->sealed = true;
    return 0;
}

const root_program_ops_t program_ops = {
    .exit = service_exit,
    .name_thread = service_name_thread,
    .memory = service_memory,
    .area_add = service_area_add,
    .area_add_rights = service_area_add_rights,
    .area_remove = service_area_remove,
    .client = service_client,
    .dataspace_create = service_dataspace_create,
    .attach = service_attach,
    .seal = service_seal,
};
