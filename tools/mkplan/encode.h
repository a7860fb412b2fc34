/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MKPLAN_ENCODE_H
#define MKPLAN_ENCODE_H

#include "plan_text.h"

/* The most bytes a plan can have. */
#define PLAN_SIZE_MAX                                                          \
    (sizeof(l4_plan_header_t) + L4_PLAN_PROGRAMS * sizeof(l4_plan_program_t) + \
     L4_PLAN_GRANTS * sizeof(l4_plan_grant_t) + L4_PLAN_STRINGS)

/* Writes a resolved plan in root's format to `out`, of PLAN_SIZE_MAX bytes.
 * Returns its size, or 0 if there are more grants or strings than fit. */
size_t plan_encode(const struct plan_text *plan, void *out);

#endif
