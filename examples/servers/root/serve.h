/* SPDX-License-Identifier: BSD-2-Clause */
/* What root answers: the tables of its handlers. */
#ifndef ROOT_SERVE_H
#define ROOT_SERVE_H

#include <l4/handlers.h>
#include <l4/server.h>

#include "program.h"

extern const l4_pager_ops_t pager_ops;
extern const l4_exception_handler_ops_t exception_ops;
extern const root_program_ops_t program_ops;
extern const root_manager_ops_t manager_ops;
extern const root_dataspace_ops_t dataspace_ops;
extern const root_supervisor_ops_t supervisor_ops;

/* The running program that sent a request; NULL if there is none, which can
 * only be when it ended with the request under way. */
struct program *request_program(const l4_req_t *req);

#endif
