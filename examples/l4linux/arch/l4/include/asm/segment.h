/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_L4_SEGMENT_H
#define _ASM_L4_SEGMENT_H
#endif
