// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory of native servers as open files, to be mapped. It lies outside of
 * Linux's RAM, and its server can take it back at any time, so it is for
 * processes only: Linux itself never touches it, and a process that does later
 * gets SIGBUS.
 */
#include <linux/anon_inodes.h>
#include <linux/bitmap.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "ports.h"

struct ports_memory {
	unsigned int index; /* of the window */
	unsigned int order; /* of what may arrive there */
	/* What did arrive: */
	u64 start; /* in the window */
	u64 size;
	unsigned int rights; /* L4_MEM_* */
};

static DECLARE_BITMAP(windows, L4_PORT_MEMORY);

static unsigned long window_address(const struct ports_memory *m)
{
	return L4_FOREIGN_ADDRESS +
	       ((unsigned long)m->index << L4_PORT_MEMORY_ORDER);
}

static u64 window_fpage(const struct ports_memory *m, unsigned int order)
{
	return L4_FPAGE(L4_FPAGE_MEM, window_address(m), order,
			L4_MEM_R | L4_MEM_W | L4_MEM_X);
}

struct ports_memory *ports_memory_reserve(unsigned int order)
{
	struct ports_memory *m = kzalloc(sizeof(*m), GFP_KERNEL_ACCOUNT);

	if (!m)
		return ERR_PTR(-ENOMEM);
	m->order = order;
	do {
		m->index = find_first_zero_bit(windows, L4_PORT_MEMORY);
		if (m->index >= L4_PORT_MEMORY) {
			kfree(m);
			return ERR_PTR(-ENFILE);
		}
	} while (test_and_set_bit(m->index, windows));
	return m;
}

/* Out of the host task and with that out of every process. */
void ports_memory_release(struct ports_memory *m)
{
	ports_drop(window_fpage(m, L4_PORT_MEMORY_ORDER));
	clear_bit(m->index, windows);
	kfree(m);
}

u64 ports_window_memory(const struct ports_window *w)
{
	return w->memory ? window_fpage(w->memory, w->memory->order) : 0;
}

static int memory_release(struct inode *inode, struct file *file)
{
	ports_memory_release(file->private_data);
	return 0;
}

/* The server has taken it back: mm/tlb.c removed the entry. */
static vm_fault_t memory_fault(struct vm_fault *vmf)
{
	return VM_FAULT_SIGBUS;
}

static const struct vm_operations_struct memory_vm_ops = {
	.fault = memory_fault,
};

/* Whether a mapping asks for no more than there is. */
static int mapping_check(const struct ports_memory *m,
			 struct vm_area_struct *vma)
{
	u64 first = m->start >> PAGE_SHIFT;
	u64 count = m->size >> PAGE_SHIFT;

	if (vma->vm_pgoff < first || vma->vm_pgoff - first >= count ||
	    vma_pages(vma) > count - (vma->vm_pgoff - first))
		return -ENXIO;
	/* A copy would have to be read by Linux. */
	if (!(vma->vm_flags & VM_SHARED))
		return -EINVAL;
	if ((vma->vm_flags & VM_WRITE && !(m->rights & L4_MEM_W)) ||
	    (vma->vm_flags & VM_EXEC && !(m->rights & L4_MEM_X)))
		return -EPERM;
	return 0;
}

static int memory_mmap(struct file *file, struct vm_area_struct *vma)
{
	const struct ports_memory *m = file->private_data;
	unsigned long host = window_address(m) + (vma->vm_pgoff << PAGE_SHIFT);
	unsigned long never = 0;
	int err = mapping_check(m, vma);

	if (err)
		return err;
	if (!(m->rights & L4_MEM_W))
		never |= VM_MAYWRITE;
	if (!(m->rights & L4_MEM_X))
		never |= VM_MAYEXEC;
	vm_flags_mod(vma, VM_DONTCOPY, never);
	vma->vm_ops = &memory_vm_ops;
	return remap_pfn_range(vma, vma->vm_start, __pa(host) >> PAGE_SHIFT,
			       vma->vm_end - vma->vm_start, vma->vm_page_prot);
}

static const struct file_operations memory_fops = {
	.owner = THIS_MODULE,
	.release = memory_release,
	.mmap = memory_mmap,
	.llseek = noop_llseek,
};

struct file *ports_memory_take(struct ports_window *w, u64 *fpage)
{
	struct ports_memory *m = w->memory;
	struct file *file;
	u64 start, size;

	if (!m || L4_FPAGE_KIND(*fpage) != L4_FPAGE_MEM ||
	    L4_FPAGE_ORDER(*fpage) < PAGE_SHIFT ||
	    L4_FPAGE_ORDER(*fpage) > m->order)
		return ERR_PTR(-EINVAL);
	start = L4_FPAGE_BASE(*fpage) - window_address(m);
	size = 1ULL << L4_FPAGE_ORDER(*fpage);
	if (start >= 1ULL << m->order || size > (1ULL << m->order) - start)
		return ERR_PTR(-EINVAL);
	m->start = start;
	m->size = size;
	m->rights = L4_FPAGE_RIGHTS(*fpage);
	file = anon_inode_getfile("[l4-memory]", &memory_fops, m,
				  O_RDWR | O_CLOEXEC);
	if (IS_ERR(file))
		return file;
	/* The file's from now on. */
	w->memory = NULL;
	*fpage = L4_FPAGE(L4_FPAGE_MEM, start, L4_FPAGE_ORDER(*fpage),
			  m->rights);
	return file;
}
