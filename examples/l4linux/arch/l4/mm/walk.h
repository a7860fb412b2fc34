/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef L4_MM_WALK_H
#define L4_MM_WALK_H

#include <linux/mm.h>
#include <linux/pgtable.h>
#include <asm/l4.h>

/* The entry of an address, NULL if there is no table for it. No large pages
 * exist, and there is one CPU without preemption, so nothing is locked: the
 * result holds until the caller sleeps. */
static inline pte_t *l4_pte_find(struct mm_struct *mm, unsigned long address)
{
	pgd_t *pgd = pgd_offset(mm, address);
	p4d_t *p4d = p4d_offset(pgd, address);
	pud_t *pud;
	pmd_t *pmd;

	if (p4d_none(*p4d))
		return NULL;
	pud = pud_offset(p4d, address);
	if (pud_none(*pud))
		return NULL;
	pmd = pmd_offset(pud, address);
	if (pmd_none(*pmd))
		return NULL;
	return pte_offset_kernel(pmd, address);
}

/* Uses an entry as a processor would: it becomes young, and dirty if it is
 * written. False if that access faults. */
static inline bool l4_pte_use(pte_t *ptep, bool write)
{
	pte_t pte;

	if (!ptep)
		return false;
	pte = *ptep;
	if (!(pte_val(pte) & _PAGE_PRESENT) || (write && !pte_write(pte)))
		return false;
	pte = pte_mkyoung(pte);
	if (write)
		pte = pte_mkdirty(pte);
	set_pte(ptep, pte);
	return true;
}

/* Whether it is memory of a native server's (drivers/ports_memory.c), not of
 * Linux's RAM. */
static inline bool l4_pte_foreign(pte_t pte)
{
	return (pte_val(pte) & PTE_PFN_MASK) >= l4_platform.ram_size;
}

#endif
