/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_L4_SMP_H
#define _ASM_L4_SMP_H
#endif
