/* SPDX-License-Identifier: GPL-2.0-only */
/* What every processor has that the microkernel runs on; no code of Linux is
 * chosen by what else there may be. */
#ifndef _ASM_L4_CPUFEATURE_H
#define _ASM_L4_CPUFEATURE_H

#include <asm/cpufeatures.h>

#define boot_cpu_has(bit) \
	((bit) == X86_FEATURE_CX16 || (bit) == X86_FEATURE_POPCNT)
#define static_cpu_has(bit) boot_cpu_has(bit)
#define cpu_feature_enabled(bit) boot_cpu_has(bit)

#endif
