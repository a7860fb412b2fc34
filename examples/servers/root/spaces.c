/* SPDX-License-Identifier: BSD-2-Clause */
/* root.dataspace: what the holder of a capability to one may ask. */
#include "dataspace.h"
#include "serve.h"

static l4_err_t space_info(void *self, l4_req_t *req, uint64_t *size,
                           uint8_t *order, uint64_t *present)
{
    const struct dataspace *d = dataspace_named(req->label);

    (void)self;
    if (!d)
        return L4_ENOENT;
    *size = d->size;
    *order = (uint8_t)d->order;
    *present = d->present << d->order;
    return 0;
}

static l4_err_t space_view(void *self, l4_req_t *req, root_dataspace_t *view)
{
    struct dataspace *d = dataspace_named(req->label);

    (void)self;
    if (!d)
        return L4_ENOENT;
    view->cap = dataspace_view(d);
    return view->cap == L4_CAP_NONE ? L4_ENOMEM : 0;
}

static l4_err_t space_revoke(void *self, l4_req_t *req)
{
    struct dataspace *d = dataspace_named(req->label);

    (void)self;
    if (!d)
        return L4_ENOENT;
    dataspace_revoke(d);
    return 0;
}

static l4_err_t space_destroy(void *self, l4_req_t *req)
{
    struct dataspace *d = dataspace_named(req->label);

    (void)self;
    if (!d)
        return L4_ENOENT;
    dataspace_destroy(d);
    return 0;
}

const root_dataspace_ops_t dataspace_ops = {
    .info = space_info,
    .view = space_view,
    .revoke = space_revoke,
    .destroy = space_destroy,
};
