/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_L4_ELF_H
#define _ASM_L4_ELF_H

#include <asm/ptrace.h>
#include <asm/user.h>

typedef unsigned long elf_greg_t;
#define ELF_NGREG (sizeof(struct user_regs_struct) / sizeof(elf_greg_t))
typedef elf_greg_t elf_gregset_t[ELF_NGREG];
typedef struct user_i387_struct elf_fpregset_t;

#define ELF_CLASS ELFCLASS64
#define ELF_DATA ELFDATA2LSB
#define ELF_ARCH EM_X86_64

#define R_X86_64_NONE 0
#define R_X86_64_64 1
#define R_X86_64_PC32 2
#define R_X86_64_PLT32 4
#define R_X86_64_32 10
#define R_X86_64_32S 11
#define R_X86_64_PC64 24

#define elf_check_arch(x) ((x)->e_machine == EM_X86_64)

#define CORE_DUMP_USE_REGSET
#define ELF_EXEC_PAGESIZE 4096
#define ELF_ET_DYN_BASE 0x555555554000UL

/* Word 3 of cpuid leaf 1, as on x86. */
extern unsigned int l4_hwcap;
#define ELF_HWCAP l4_hwcap
/* Bit 1: FSGSBASE may be used. */
#define ELF_HWCAP2 2
#define ELF_PLATFORM "x86_64"

#define ARCH_DLINFO NEW_AUX_ENT(AT_SYSINFO_EHDR, current->mm->context.vdso)
#define ARCH_HAS_SETUP_ADDITIONAL_PAGES 1
struct linux_binprm;
int arch_setup_additional_pages(struct linux_binprm *bprm, int uses_interp);

#define SET_PERSONALITY(ex) \
	do {                \
	} while (0)
#define ELF_PLAT_INIT(regs, load) memset(regs, 0, sizeof(*(regs)))

#endif
