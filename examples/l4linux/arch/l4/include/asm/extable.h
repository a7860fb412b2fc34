/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_L4_EXTABLE_H
#define _ASM_L4_EXTABLE_H

#include <asm-generic/extable.h>

#endif
