/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Nothing is patched at boot. Of two instruction sequences the assembler takes
 * the second if every processor with the XSAVE and FSGSBASE that the
 * microkernel requires has the feature.
 */
#ifndef _ASM_L4_ALTERNATIVE_H
#define _ASM_L4_ALTERNATIVE_H

#include <asm/cpufeatures.h>

#ifndef __ASSEMBLY__

#include <linux/stringify.h>
#include <linux/types.h>
#include <asm/asm.h>

/* There is one CPU. */
#define LOCK_PREFIX ""
#define LOCK_PREFIX_HERE ""

#define ALT_NOT(feature) (0x10000 | (feature))

#define ALT_IS(feature, other) __stringify(feature) " == " __stringify(other)
#define ALT_PRESENT(feature)              \
	ALT_IS(feature, X86_FEATURE_CX16) \
	" || " ALT_IS(feature, X86_FEATURE_POPCNT)

#define ALTERNATIVE(old, new, feature)                                  \
	".if " ALT_PRESENT(feature) "\n\t" new "\n\t.else\n\t" old "\n" \
					       ".endif\n"
#define ALTERNATIVE_2(old, new1, feature1, new2, feature2) \
	ALTERNATIVE(ALTERNATIVE(old, new1, feature1), new2, feature2)

#define alternative(old, new, feature) \
	asm_inline volatile(ALTERNATIVE(old, new, feature) : : : "memory")
#define alternative_input(old, new, feature, input...) \
	asm_inline volatile(ALTERNATIVE(old, new, feature) : : "i"(0), ##input)
#define alternative_io(old, new, feature, output, input...) \
	asm_inline volatile(ALTERNATIVE(old, new, feature)  \
			    : output                        \
			    : "i"(0), ##input)

#define ASM_NO_INPUT_CLOBBER(clobber...) "i"(0) : clobber
#define ASM_OUTPUT2(a...) a
#define ASM_OUTPUT_RM "=rm"
#define ALT_OUTPUT_SP(...) ASM_CALL_CONSTRAINT, ##__VA_ARGS__

#else

/* Assembly. */
/* clang-format off */
	.macro LOCK_PREFIX
	.endm

	.macro ALTERNATIVE old, new, feature
	\old
	.endm

	.macro ALTERNATIVE_2 old, new1, feature1, new2, feature2
	\old
	.endm
/* clang-format on */

#endif
#endif
