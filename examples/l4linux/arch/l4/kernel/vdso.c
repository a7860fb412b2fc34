// SPDX-License-Identifier: GPL-2.0-only
/* Maps the vDSO into processes: data about the clock, then code. */
#include <linux/binfmts.h>
#include <linux/elf.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/time_namespace.h>
#include <linux/timekeeper_internal.h>
#include <vdso/datapage.h>
#include <asm/vdso/vsyscall.h>

extern char l4_vdso_start[], l4_vdso_end[];

static union vdso_data_store store __page_aligned_data;
struct vdso_data *vdso_data = store.data;

#define DATA_SIZE (2 * PAGE_SIZE)
#define CODE_PAGES_MAX 4

static struct page *code_pages[CODE_PAGES_MAX + 1];

static int moved(const struct vm_special_mapping *mapping,
		 struct vm_area_struct *vma)
{
	current->mm->context.vdso = vma->vm_start;
	return 0;
}

/*
 * The first page is the clock's, and there is no second. In a time namespace
 * the first is the namespace's: it says what to add to the clock, which is
 * second.
 */
static vm_fault_t data_fault(const struct vm_special_mapping *mapping,
			     struct vm_area_struct *vma, struct vm_fault *fault)
{
	struct page *own = find_timens_vvar_page(vma);

	if (fault->pgoff != 0 && !own)
		return VM_FAULT_SIGBUS;
	fault->page = own && fault->pgoff == 0 ? own : virt_to_page(&store);
	get_page(fault->page);
	return 0;
}

static const struct vm_special_mapping data_mapping = {
	.name = "[vvar]",
	.fault = data_fault,
};

static const struct vm_special_mapping code_mapping = {
	.name = "[vdso]",
	.pages = code_pages,
	.mremap = moved,
};

static unsigned int code_page_count(void)
{
	return (l4_vdso_end - l4_vdso_start) >> PAGE_SHIFT;
}

static int __init vdso_init(void)
{
	unsigned int i;

	if (code_page_count() > CODE_PAGES_MAX)
		panic("The vDSO has %u pages", code_page_count());
	for (i = 0; i < code_page_count(); i++)
		code_pages[i] = virt_to_page(l4_vdso_start + i * PAGE_SIZE);
	return 0;
}
arch_initcall(vdso_init);

static int map_at(struct mm_struct *mm, unsigned long base)
{
	struct vm_area_struct *vma;

	vma = _install_special_mapping(mm, base, DATA_SIZE,
				       VM_READ | VM_MAYREAD | VM_DONTDUMP,
				       &data_mapping);
	if (IS_ERR(vma))
		return PTR_ERR(vma);
	vma = _install_special_mapping(
		mm, base + DATA_SIZE, l4_vdso_end - l4_vdso_start,
		VM_READ | VM_EXEC | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC,
		&code_mapping);
	if (IS_ERR(vma)) {
		do_munmap(mm, base, DATA_SIZE, NULL);
		return PTR_ERR(vma);
	}
	mm->context.vdso = base + DATA_SIZE;
	return 0;
}

int arch_setup_additional_pages(struct linux_binprm *bprm, int uses_interp)
{
	unsigned long size = DATA_SIZE + (l4_vdso_end - l4_vdso_start);
	struct mm_struct *mm = current->mm;
	unsigned long base;
	int err;

	if (mmap_write_lock_killable(mm))
		return -EINTR;
	base = get_unmapped_area(NULL, 0, size, 0, 0);
	err = IS_ERR_VALUE(base) ? (int)base : map_at(mm, base);
	mmap_write_unlock(mm);
	return err;
}

#ifdef CONFIG_TIME_NS
struct vdso_data *arch_get_vdso_data(void *page)
{
	return page;
}

/* The data is mapped anew, by faults. */
int vdso_join_timens(struct task_struct *task, struct time_namespace *ns)
{
	struct mm_struct *mm = task->mm;
	struct vm_area_struct *vma;
	VMA_ITERATOR(vmi, mm, 0);

	mmap_read_lock(mm);
	for_each_vma(vmi, vma) if (vma_is_special_mapping(vma, &data_mapping))
		zap_vma_pages(vma);
	mmap_read_unlock(mm);
	return 0;
}
#endif
