/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Linux's own page tables, in x86's format although no processor reads them:
 * the truth of which the microkernel's tasks hold copies (mm/tlb.c).
 */
#ifndef _ASM_L4_PGTABLE_H
#define _ASM_L4_PGTABLE_H

#include <asm-generic/pgtable-nop4d.h>
#include <asm/fixmap.h>
#include <asm/page.h>

#define PGDIR_SHIFT 39
#define PUD_SHIFT 30
#define PMD_SHIFT 21
#define PGDIR_SIZE (1UL << PGDIR_SHIFT)
#define PGDIR_MASK (~(PGDIR_SIZE - 1))
#define PUD_SIZE (1UL << PUD_SHIFT)
#define PUD_MASK (~(PUD_SIZE - 1))
#define PMD_SIZE (1UL << PMD_SHIFT)
#define PMD_MASK (~(PMD_SIZE - 1))
#define PTRS_PER_PGD 512
#define PTRS_PER_PUD 512
#define PTRS_PER_PMD 512
#define PTRS_PER_PTE 512
#define USER_PTRS_PER_PGD 256

/* In the host task, far from everything of its loader's. */
#define VMALLOC_START 0x200000000000UL
#define VMALLOC_END 0x20ffffffffffUL

/* Behind RAM, where 32-bit addresses reach. */
#define MODULES_VADDR 0x78000000UL
#define MODULES_END 0x7fff0000UL

#define _PAGE_PRESENT 0x001UL
#define _PAGE_RW 0x002UL
#define _PAGE_USER 0x004UL
#define _PAGE_ACCESSED 0x020UL
#define _PAGE_DIRTY 0x040UL
#define _PAGE_PROTNONE 0x100UL
#define _PAGE_SPECIAL 0x200UL
#define _PAGE_SWP_EXCLUSIVE 0x400UL
#define _PAGE_NX (1UL << 63)
#define PTE_PFN_MASK 0x000ffffffffff000UL
#define _PAGE_TABLE \
	(_PAGE_PRESENT | _PAGE_RW | _PAGE_USER | _PAGE_ACCESSED | _PAGE_DIRTY)
#define _PAGE_CHG_MASK \
	(PTE_PFN_MASK | _PAGE_ACCESSED | _PAGE_DIRTY | _PAGE_SPECIAL)

#define __PROT(bits) __pgprot(_PAGE_ACCESSED | (bits))
#define __PROT_USER(bits) __PROT(_PAGE_PRESENT | _PAGE_USER | (bits))
#define PAGE_NONE __PROT(_PAGE_PROTNONE | _PAGE_NX)
#define PAGE_SHARED __PROT_USER(_PAGE_RW | _PAGE_NX)
#define PAGE_SHARED_EXEC __PROT_USER(_PAGE_RW)
#define PAGE_READONLY __PROT_USER(_PAGE_NX)
#define PAGE_READONLY_EXEC __PROT_USER(0)
#define PAGE_COPY PAGE_READONLY
#define PAGE_KERNEL_EXEC __PROT(_PAGE_PRESENT | _PAGE_RW | _PAGE_DIRTY)
#define PAGE_KERNEL __PROT(_PAGE_PRESENT | _PAGE_RW | _PAGE_DIRTY | _PAGE_NX)
#define PAGE_KERNEL_RO __PROT(_PAGE_PRESENT | _PAGE_NX)

/* vmalloc's mappings reach the host task at once. */
#define ARCH_PAGE_TABLE_SYNC_MASK PGTBL_PTE_MODIFIED

#ifndef __ASSEMBLY__

#include <linux/mm_types.h>
#include <linux/sched.h>

struct vm_fault;

extern pgd_t swapper_pg_dir[PTRS_PER_PGD];
extern unsigned long empty_zero_page[];
#define ZERO_PAGE(vaddr) virt_to_page(empty_zero_page)

#define pte_ERROR(e) pr_err("bad pte %016lx\n", pte_val(e))
#define pmd_ERROR(e) pr_err("bad pmd %016lx\n", pmd_val(e))
#define pud_ERROR(e) pr_err("bad pud %016lx\n", pud_val(e))
#define pgd_ERROR(e) pr_err("bad pgd %016lx\n", pgd_val(e))

static inline int pte_none(pte_t pte)
{
	return !pte_val(pte);
}

static inline int pte_present(pte_t pte)
{
	return pte_val(pte) & (_PAGE_PRESENT | _PAGE_PROTNONE);
}

#define __PTE_TEST(name, bit)                    \
	static inline int name(pte_t pte)        \
	{                                        \
		return !!(pte_val(pte) & (bit)); \
	}
__PTE_TEST(pte_write, _PAGE_RW)
__PTE_TEST(pte_dirty, _PAGE_DIRTY)
__PTE_TEST(pte_young, _PAGE_ACCESSED)
__PTE_TEST(pte_special, _PAGE_SPECIAL)
__PTE_TEST(pte_swp_exclusive, _PAGE_SWP_EXCLUSIVE)
#undef __PTE_TEST

#define pte_accessible(mm, pte) (pte_val(pte) & _PAGE_PRESENT)

#define __PTE_CHANGE(name, op)                 \
	static inline pte_t name(pte_t pte)    \
	{                                      \
		return __pte(pte_val(pte) op); \
	}
__PTE_CHANGE(pte_wrprotect, &~_PAGE_RW)
__PTE_CHANGE(pte_mkwrite_novma, | _PAGE_RW)
__PTE_CHANGE(pte_mkclean, &~_PAGE_DIRTY)
__PTE_CHANGE(pte_mkdirty, | _PAGE_DIRTY)
__PTE_CHANGE(pte_mkold, &~_PAGE_ACCESSED)
__PTE_CHANGE(pte_mkyoung, | _PAGE_ACCESSED)
__PTE_CHANGE(pte_mkspecial, | _PAGE_SPECIAL)
__PTE_CHANGE(pte_swp_mkexclusive, | _PAGE_SWP_EXCLUSIVE)
__PTE_CHANGE(pte_swp_clear_exclusive, &~_PAGE_SWP_EXCLUSIVE)
#undef __PTE_CHANGE

static inline pte_t pte_modify(pte_t pte, pgprot_t prot)
{
	return __pte((pte_val(pte) & _PAGE_CHG_MASK) | pgprot_val(prot));
}

#define PFN_PTE_SHIFT PAGE_SHIFT
#define pte_pfn(x) ((pte_val(x) & PTE_PFN_MASK) >> PAGE_SHIFT)
#define pte_page(x) pfn_to_page(pte_pfn(x))
#define pfn_pte(pfn, prot) \
	__pte(((unsigned long)(pfn) << PAGE_SHIFT) | pgprot_val(prot))
#define mk_pte(page, prot) pfn_pte(page_to_pfn(page), prot)
#define set_pte(ptep, val) WRITE_ONCE(*(ptep), val)
#define pte_clear(mm, addr, ptep) set_pte(ptep, __pte(0))

#define pmd_none(x) (!pmd_val(x))
#define pmd_present(x) (pmd_val(x) & _PAGE_PRESENT)
#define pmd_bad(x) ((pmd_val(x) & ~PTE_PFN_MASK) != _PAGE_TABLE)
#define pmd_leaf(x) 0
#define set_pmd(p, v) WRITE_ONCE(*(p), v)
#define pmd_clear(p) set_pmd(p, __pmd(0))
#define pmd_page_vaddr(x) ((unsigned long)__va(pmd_val(x) & PTE_PFN_MASK))
#define pmd_pfn(x) ((pmd_val(x) & PTE_PFN_MASK) >> PAGE_SHIFT)
#define pmd_page(x) pfn_to_page(pmd_pfn(x))
#define pmd_pgtable(x) pmd_page(x)

#define pud_none(x) (!pud_val(x))
#define pud_present(x) (pud_val(x) & _PAGE_PRESENT)
#define pud_bad(x) ((pud_val(x) & ~PTE_PFN_MASK) != _PAGE_TABLE)
#define pud_leaf(x) 0
#define set_pud(p, v) WRITE_ONCE(*(p), v)
#define pud_clear(p) set_pud(p, __pud(0))
#define pud_pgtable(x) ((pmd_t *)__va(pud_val(x) & PTE_PFN_MASK))
#define pud_pfn(x) ((pud_val(x) & PTE_PFN_MASK) >> PAGE_SHIFT)
#define pud_page(x) pfn_to_page(pud_pfn(x))

#define p4d_none(x) (!pgd_val((x).pgd))
#define p4d_present(x) (pgd_val((x).pgd) & _PAGE_PRESENT)
#define p4d_bad(x) 0
#define p4d_leaf(x) 0
#define set_p4d(p, v) WRITE_ONCE(*(p), v)
#define p4d_clear(p) set_p4d(p, __p4d(0))
#define p4d_pgtable(x) ((pud_t *)__va(pgd_val((x).pgd) & PTE_PFN_MASK))
#define p4d_pfn(x) ((pgd_val((x).pgd) & PTE_PFN_MASK) >> PAGE_SHIFT)
#define p4d_page(x) pfn_to_page(p4d_pfn(x))

#define pgd_leaf(x) 0

/* Swap entries: type in bits 1 to 5, offset from bit 12. */
#define __swp_type(x) (((x).val >> 1) & 0x1f)
#define __swp_offset(x) ((x).val >> 12)
#define __swp_entry(type, offset) \
	((swp_entry_t){((type) << 1) | ((unsigned long)(offset) << 12)})
#define __pte_to_swp_entry(pte) ((swp_entry_t){pte_val(pte)})
#define __swp_entry_to_pte(x) __pte((x).val)

/* Of the pages that are mapped around a fault, the task is told of as many as
 * are worth it: each costs a fourth of a miss, and most are never used. */
#define L4_FILL_AROUND (4 * PAGE_SIZE)

/* Tells the task of `nr` entries, made by the fault `vmf` or, if that is NULL,
 * otherwise. */
void l4_tlb_update(const struct vm_fault *vmf, struct vm_area_struct *vma,
		   unsigned long addr, pte_t *ptep, unsigned int nr);

/* An entry that allows more than before takes the old one's place. */
#define flush_tlb_fix_spurious_fault(vma, addr, ptep) \
	do {                                          \
	} while (0)

/* An entry that the task may have been told of loses the right to write. */
void l4_tlb_protect(struct mm_struct *mm, unsigned long addr);

#define wrprotect_ptes wrprotect_ptes
static inline void wrprotect_ptes(struct mm_struct *mm, unsigned long addr,
				  pte_t *ptep, unsigned int nr)
{
	for (; nr > 0; nr--, ptep++, addr += PAGE_SIZE) {
		pte_t pte = *ptep;

		set_pte(ptep, pte_wrprotect(pte));
		if (pte_dirty(pte) && pte_write(pte))
			l4_tlb_protect(mm, addr);
	}
}

/* Most of the entries that a fault makes are of no interest. */
static inline void l4_tlb_update_fault(const struct vm_fault *vmf,
				       unsigned long fault,
				       struct vm_area_struct *vma,
				       unsigned long addr, pte_t *ptep,
				       unsigned int nr)
{
	fault &= PAGE_MASK;
	if (addr < fault + L4_FILL_AROUND && addr + nr * PAGE_SIZE > fault)
		l4_tlb_update(vmf, vma, addr, ptep, nr);
}

#define update_mmu_cache_range(vmf, vma, addr, ptep, nr) \
	l4_tlb_update_fault(vmf, (vmf)->address, vma, addr, ptep, nr)
#define update_mmu_cache(vma, addr, ptep) \
	l4_tlb_update(NULL, vma, addr, ptep, 1)
#define update_mmu_tlb_range(vma, addr, ptep, nr) \
	l4_tlb_update(NULL, vma, addr, ptep, nr)

#define pgprot_noncached(prot) (prot)
#define pgprot_writecombine(prot) (prot)

#endif
#endif
