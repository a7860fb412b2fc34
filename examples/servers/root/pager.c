/* SPDX-License-Identifier: BSD-2-Clause */
/* Faults of programs: pages that are not there yet, and all else, of which
 * they die. */
#include <l4/fpage.h>

#include "frames.h"
#include "memory.h"
#include "report.h"
#include "serve.h"

/* The page arrives at the faulting address. An error becomes an exception,
 * which comes to exception_raised() with the thread's registers. */
static l4_err_t pager_fault(void *self, l4_req_t *req, uint64_t address,
                            uint64_t ip, uint32_t access, l4_item_t *page)
{
    struct program *p = request_program(req);
    unsigned rights;
    struct place place;
    l4_err_t err;

    (void)self;
    (void)ip;
    if (!p)
        return L4_ENOENT;
    (void)memory_at(p, address, &rights);
    err = memory_page(p, address, access & (L4_MEM_R | L4_MEM_W | L4_MEM_X),
                      &place);
    if (err)
        return err;
    *page = l4_item_map(l4_fpage_mem((uint64_t)(uintptr_t)frame_at(place.frame),
                                     place.order, rights),
                        place.address);
    return 0;
}

static l4_err_t exception_raised(void *self, l4_req_t *req, uint64_t error,
                                 uint64_t address, uint32_t vector,
                                 l4_regs_t *regs)
{
    struct program *p = request_program(req);
    struct exception e = {vector, error, address, regs};

    (void)self;
    if (!p)
        return L4_ENOENT;
    report_death(p, &e);
    program_stop(p, ROOT_PROGRAM_STATE_DEAD, 0);
    return L4_EDEAD;
}

const l4_pager_ops_t pager_ops = {.fault = pager_fault};
const l4_exception_handler_ops_t exception_ops = {.raised = exception_raised};
