/* SPDX-License-Identifier: BSD-2-Clause */
/* Error codes. Each has a name and a sentence; see l4/err.def. */
#ifndef L4_ERR_H
#define L4_ERR_H

#include <l4/types.h>

enum {
    L4_OK = 0,
#define L4_ERR(name, code, text) L4_##name = (code),
#include <l4/err.def>
#undef L4_ERR
    L4_ERR_LAST = -26
};

#endif
