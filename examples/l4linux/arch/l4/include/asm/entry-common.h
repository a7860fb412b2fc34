/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_L4_ENTRY_COMMON_H
#define _ASM_L4_ENTRY_COMMON_H

#include <asm/stacktrace.h>

#endif
