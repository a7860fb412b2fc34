/* SPDX-License-Identifier: BSD-2-Clause */
/* The messages the kernel itself sends, as handlers.idl lays them out. */
#ifndef KERNEL_MESSAGES_H
#define KERNEL_MESSAGES_H

#include <l4/tag.h>

#include <arch/regs.h>

#include "handlers_kernel.h"

/* Words: address, ip, access. */
#define TAG_PAGER_FAULT L4_TAG(L4_PAGER_PROTO, L4_PAGER_OP_FAULT, 3, 0)

/* Words: error, address, the registers, vector; the answer: registers. */
#define EXCEPTION_WORDS (3 + ARCH_REGS_WORDS)
#define TAG_EXCEPTION                                                  \
    L4_TAG(L4_EXCEPTION_HANDLER_PROTO, L4_EXCEPTION_HANDLER_OP_RAISED, \
           EXCEPTION_WORDS, 0)

/* Word: count. */
#define TAG_SIGNAL_FIRED \
    L4_TAG(L4_SIGNAL_HANDLER_PROTO, L4_SIGNAL_HANDLER_OP_FIRED, 1, 0)

#endif
