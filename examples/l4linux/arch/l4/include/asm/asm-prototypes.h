/* SPDX-License-Identifier: GPL-2.0-only */
#include <asm-generic/asm-prototypes.h>
#include <asm/checksum.h>
#include <asm/page.h>
