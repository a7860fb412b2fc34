/* SPDX-License-Identifier: GPL-2.0-only */
/* Nothing is mapped at a fixed address. */
#ifndef _ASM_L4_FIXMAP_H
#define _ASM_L4_FIXMAP_H
#endif
