/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_L4_PAGE_H
#define _ASM_L4_PAGE_H

#include <linux/const.h>
#include <asm/layout.h>

#ifndef PAGE_SHIFT
#define PAGE_SHIFT 12
#define PAGE_SIZE (_AC(1, UL) << PAGE_SHIFT)
#define PAGE_MASK (~(PAGE_SIZE - 1))
#endif

#define PAGE_OFFSET _AC(L4_RAM_ADDRESS, UL)

#ifndef __ASSEMBLY__

typedef struct {
	unsigned long pte;
} pte_t;
typedef struct {
	unsigned long pmd;
} pmd_t;
typedef struct {
	unsigned long pud;
} pud_t;
typedef struct {
	unsigned long pgd;
} pgd_t;
typedef struct {
	unsigned long pgprot;
} pgprot_t;
typedef struct page *pgtable_t;

#define pte_val(x) ((x).pte)
#define pmd_val(x) ((x).pmd)
#define pud_val(x) ((x).pud)
#define pgd_val(x) ((x).pgd)
#define pgprot_val(x) ((x).pgprot)
#define __pte(x) ((pte_t){(x)})
#define __pmd(x) ((pmd_t){(x)})
#define __pud(x) ((pud_t){(x)})
#define __pgd(x) ((pgd_t){(x)})
#define __pgprot(x) ((pgprot_t){(x)})

void clear_page(void *page);
void copy_page(void *to, void *from);
#define clear_user_page(page, vaddr, pg) clear_page(page)
#define copy_user_page(to, from, vaddr, pg) copy_page(to, from)

#define __pa(x) ((unsigned long)(x)-PAGE_OFFSET)
#define __va(x) ((void *)((unsigned long)(x) + PAGE_OFFSET))
#define __pa_symbol(x) __pa(RELOC_HIDE((unsigned long)(x), 0))

#define virt_to_pfn(x) (__pa(x) >> PAGE_SHIFT)
#define pfn_to_virt(x) __va((unsigned long)(x) << PAGE_SHIFT)
#define virt_to_page(x) pfn_to_page(virt_to_pfn(x))
#define virt_addr_valid(x) pfn_valid(virt_to_pfn(x))
#define phys_to_page(p) pfn_to_page((p) >> PAGE_SHIFT)
#define page_to_phys(p) (page_to_pfn(p) << PAGE_SHIFT)
#define page_to_virt(p) __va(page_to_phys(p))

#include <asm-generic/memory_model.h>

#define VM_DATA_DEFAULT_FLAGS VM_DATA_FLAGS_TSK_EXEC

#endif
#include <asm-generic/getorder.h>
#endif
