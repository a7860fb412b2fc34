/* SPDX-License-Identifier: GPL-2.0-only */
/* No code of Linux is chosen by what the processor can do. */
#ifndef _ASM_L4_CPUFEATURE_H
#define _ASM_L4_CPUFEATURE_H

#include <asm/cpufeatures.h>

#define boot_cpu_has(bit) 0
#define static_cpu_has(bit) 0
#define cpu_feature_enabled(bit) 0

#endif
