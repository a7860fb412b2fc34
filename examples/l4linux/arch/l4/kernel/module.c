// SPDX-License-Identifier: GPL-2.0-only
/* Loadable modules: memory that 32-bit addresses reach, and relocations. */
#include <linux/elf.h>
#include <linux/execmem.h>
#include <linux/moduleloader.h>
#include <linux/pgtable.h>

static struct execmem_info execmem __ro_after_init;

struct execmem_info __init *execmem_arch_setup(void)
{
	execmem = (struct execmem_info){
		.ranges =
			{
				[EXECMEM_DEFAULT] =
					{
						.start = MODULES_VADDR,
						.end = MODULES_END,
						.pgprot = PAGE_KERNEL_EXEC,
						.alignment = 1,
					},
			},
	};
	return &execmem;
}

/* Whether a value fits in 32 bits, with or without a sign. */
static bool fits(unsigned int type, u64 value)
{
	return type == R_X86_64_32 ? value == (u32)value
				   : (s64)value == (s32)value;
}

static int relocate(struct module *me, void *where, unsigned int type,
		    u64 value)
{
	switch (type) {
	case R_X86_64_NONE:
		return 0;
	case R_X86_64_64:
		*(u64 *)where = value;
		return 0;
	case R_X86_64_PC64:
		*(u64 *)where = value - (u64)where;
		return 0;
	case R_X86_64_PC32:
	case R_X86_64_PLT32:
		value -= (u64)where;
		fallthrough;
	case R_X86_64_32:
	case R_X86_64_32S:
		if (!fits(type, value))
			break;
		*(u32 *)where = value;
		return 0;
	}
	pr_err("%s: relocation of type %u cannot be done\n", me->name, type);
	return -ENOEXEC;
}

int apply_relocate_add(Elf64_Shdr *sechdrs, const char *strtab,
		       unsigned int symindex, unsigned int relsec,
		       struct module *me)
{
	const Elf64_Rela *rel = (void *)sechdrs[relsec].sh_addr;
	const Elf64_Rela *end = (void *)rel + sechdrs[relsec].sh_size;
	const Elf64_Sym *symbols = (void *)sechdrs[symindex].sh_addr;
	char *to = (char *)sechdrs[sechdrs[relsec].sh_info].sh_addr;

	for (; rel + 1 <= end; rel++) {
		const Elf64_Sym *symbol = &symbols[ELF64_R_SYM(rel->r_info)];
		int err = relocate(me, to + rel->r_offset,
				   ELF64_R_TYPE(rel->r_info),
				   symbol->st_value + rel->r_addend);

		if (err)
			return err;
	}
	return 0;
}
