/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Root: the first program. It owns all memory, carries out the boot plan, and
 * from then on answers: faults of programs, their requests, their managers.
 * It never calls a program, so none can make it wait.
 */
#include <l4/root.h>
#include <l4/server.h>
#include <l4/slots.h>

#include "caps.h"
#include "frames.h"
#include "image.h"
#include "print.h"
#include "serve.h"
#include "supervise.h"

#define RANGES 6

void root_main(void);

/* Finds the boot plan among the modules and opens it. */
static l4_err_t plan_find(const l4_info_t *info)
{
    const l4_module_t *module = module_find(info, "plan");
    struct plan_fault fault;

    if (!module) {
        print("root: there is no boot module \"plan\"\n");
        return L4_ENOENT;
    }
    if (plan_open(&plan, frame_at(module->start), module->size, &fault) == 0)
        return 0;
    print("root: the boot plan is not valid: %s", fault.what);
    if (fault.in_program)
        print(" (program %u)", fault.program);
    print("\n");
    return L4_EFORMAT;
}

/* Serves the labels of one kind. */
static l4_err_t serve(l4_server_t *server, uint64_t kind,
                      l4_dispatch_t dispatch, const void *ops)
{
    const l4_range_t range = {
        .first = kind << LABEL_SHIFT,
        .last = kind << LABEL_SHIFT | UINT32_MAX,
        .dispatch = dispatch,
        .ops = ops,
    };

    return l4_server_add(server, &range);
}

static l4_err_t serve_all(l4_server_t *server)
{
    l4_err_t err =
        serve(server, LABEL_PROGRAM, root_program_dispatch, &program_ops);

    if (!err)
        err = serve(server, LABEL_PAGER, l4_pager_dispatch, &pager_ops);
    if (!err)
        err = serve(server, LABEL_EXCEPTION, l4_exception_handler_dispatch,
                    &exception_ops);
    if (!err)
        err = serve(server, LABEL_MANAGER, root_manager_dispatch, &manager_ops);
    if (!err)
        err = serve(server, LABEL_DATASPACE, root_dataspace_dispatch,
                    &dataspace_ops);
    if (!err)
        err = serve(server, LABEL_SUPERVISOR, root_supervisor_dispatch,
                    &supervisor_ops);
    return err;
}

/* All that can fail before the first program runs. */
static l4_err_t start(l4_server_t *server)
{
    const l4_info_t *info = (const l4_info_t *)L4_INFO_ADDRESS;
    l4_err_t err;

    if (info->magic != L4_INFO_MAGIC || info->version != L4_INFO_VERSION) {
        print("root: the kernel is of another version\n");
        return L4_EFORMAT;
    }
    l4_slots_init(L4_ROOT_CAP_FREE, 1u << L4_ROOT_TABLE_ORDER);
    err = frames_init(info);
    if (!err)
        err = plan_find(info);
    if (!err)
        err = programs_init(info);
    if (!err)
        err = caps_init();
    if (!err)
        err = serve_all(server);
    supervise_init(server);
    if (err)
        return err;
    print("root: %u programs, %lu MiB of memory for them\n", program_count,
          (unsigned long)(frames_available() * L4_PAGE_SIZE >> 20));
    return programs_start();
}

void root_main(void)
{
    static l4_range_t ranges[RANGES];
    static l4_server_t server;

    l4_server_init(&server, ranges, RANGES);
    if (start(&server) != 0)
        image_end(IMAGE_UNUSABLE);
    l4_server_loop(&server);
    image_end(IMAGE_UNUSABLE);
}
