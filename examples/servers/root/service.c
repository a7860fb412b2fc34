/* SPDX-License-Identifier: BSD-2-Clause */
/* root.program: what every program may ask for. */
#include <string.h>

#include <l4/fpage.h>

#include "caps.h"
#include "memory.h"
#include "print.h"
#include "serve.h"

struct program *request_program(const l4_req_t *req)
{
    struct program *p = program_numbered((uint32_t)req->label);

    return p && p->state == ROOT_PROGRAM_STATE_RUNNING ? p : NULL;
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
    struct program *p = request_program(req);
    struct thread_name *entry = NULL;

    (void)self;
    if (!p)
        return L4_ENOENT;
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
    const struct program *p = request_program(req);

    (void)self;
    if (!p)
        return L4_ENOENT;
    *quota = p->plan->memory;
    *used = program_memory(p);
    return 0;
}

static l4_err_t service_area_add(void *self, l4_req_t *req, uint64_t address,
                                 uint64_t size)
{
    struct program *p = request_program(req);

    (void)self;
    return p ? memory_area_add(p, address, size, L4_MEM_R | L4_MEM_W)
             : L4_ENOENT;
}

static l4_err_t service_area_add_rights(void *self, l4_req_t *req,
                                        uint64_t address, uint64_t size,
                                        uint8_t rights)
{
    struct program *p = request_program(req);

    (void)self;
    return p ? memory_area_add(p, address, size, rights) : L4_ENOENT;
}

static l4_err_t service_area_remove(void *self, l4_req_t *req, uint64_t address)
{
    struct program *p = request_program(req);

    (void)self;
    return p ? memory_area_remove(p, address) : L4_ENOENT;
}

static l4_err_t service_client(void *self, l4_req_t *req, uint64_t label,
                               char *name)
{
    const struct program *p = request_program(req);
    const struct program *client =
        p ? program_numbered(label_client(p, label)) : NULL;

    (void)self;
    if (!client)
        return L4_ENOENT;
    strlcpy(name, client->name, ROOT_NAME_MAX + 1);
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
};
