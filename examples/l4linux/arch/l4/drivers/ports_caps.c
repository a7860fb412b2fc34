// SPDX-License-Identifier: GPL-2.0-only
/*
 * Capabilities as open files: who has the file has the capability, and it goes
 * with the last who has. What a call may bring arrives in slots that were
 * reserved for it, and what did not become a file is deleted there.
 */
#include <linux/anon_inodes.h>
#include <linux/bitmap.h>
#include <linux/capability.h>
#include <linux/err.h>
#include <linux/log2.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "ports.h"

static DECLARE_BITMAP(slots, L4_PORT_CAPS);
static DEFINE_SPINLOCK(slots_lock);

static u64 slot_fpage(unsigned int slot, unsigned int order)
{
	return L4_FPAGE(L4_FPAGE_CAP, (u64)slot << 12, order, L4_RIGHTS_ALL);
}

/* An aligned range of slots, or -ENFILE. The last quarter is the superuser's,
 * like the last blocks of a file system. */
static int slots_reserve(unsigned int count)
{
	unsigned int end = L4_PORT_CAPS;
	unsigned long first;

	if (!capable(CAP_SYS_RESOURCE))
		end -= L4_PORT_CAPS / 4;
	spin_lock(&slots_lock);
	first = bitmap_find_next_zero_area(slots, end, 0, count, count - 1);
	if (first + count <= end)
		bitmap_set(slots, first, count);
	spin_unlock(&slots_lock);
	return first + count <= end ? (int)first : -ENFILE;
}

/* Deletes what is in a slot, which is free then. */
static void slot_release(unsigned int index)
{
	ports_drop(slot_fpage(l4_platform.port_caps + index, 0));
	clear_bit(index, slots);
}

static int cap_release(struct inode *inode, struct file *file)
{
	struct ports_cap *cap = file->private_data;

	slot_release(cap->slot - l4_platform.port_caps);
	kfree(cap);
	return 0;
}

static const struct file_operations cap_fops = {
	.owner = THIS_MODULE,
	.release = cap_release,
	.unlocked_ioctl = ports_ioctl,
	.llseek = noop_llseek,
};

struct ports_cap *ports_cap_of(struct file *file)
{
	if (file->f_op != &cap_fops && file->f_op != &ports_fops)
		return NULL;
	return file->private_data;
}

/* What a slot holds belongs to the file from now on. */
static struct file *cap_file(unsigned int index, unsigned int port)
{
	struct ports_cap *cap = kmalloc(sizeof(*cap), GFP_KERNEL_ACCOUNT);
	struct file *file;

	if (!cap)
		return ERR_PTR(-ENOMEM);
	cap->port = port;
	cap->slot = l4_platform.port_caps + index;
	file = anon_inode_getfile("[l4]", &cap_fops, cap, O_RDWR | O_CLOEXEC);
	if (IS_ERR(file))
		kfree(cap);
	return file;
}

struct file *ports_own(unsigned int port)
{
	int index = slots_reserve(1);
	struct file *file;
	unsigned long flags;
	long err;

	if (index < 0)
		return ERR_PTR(index);
	local_irq_save(flags);
	err = l4_platform.port_own(l4_platform.port_caps + index);
	local_irq_restore(flags);
	file = err ? ERR_PTR(-ENOMEM) : cap_file(index, port);
	if (IS_ERR(file))
		slot_release(index);
	return file;
}

int ports_window_open(struct ports_window *w, unsigned int caps,
		      unsigned int order)
{
	int first;

	memset(w, 0, sizeof(*w));
	if (caps) {
		first = slots_reserve(roundup_pow_of_two(caps));
		if (first < 0)
			return first;
		w->first = first;
		w->count = roundup_pow_of_two(caps);
	}
	if (order) {
		w->memory = ports_memory_reserve(order);
		if (IS_ERR(w->memory)) {
			first = PTR_ERR(w->memory);
			w->memory = NULL;
			ports_window_close(w);
			return first;
		}
	}
	return 0;
}

void ports_window_close(struct ports_window *w)
{
	unsigned int i;

	for (i = 0; i < w->count; i++)
		if (!(w->taken & 1UL << i))
			slot_release(w->first + i);
	if (w->memory)
		ports_memory_release(w->memory);
}

u64 ports_window_caps(const struct ports_window *w)
{
	if (!w->count)
		return 0;
	return slot_fpage(l4_platform.port_caps + w->first, ilog2(w->count));
}

struct file *ports_cap_take(struct ports_window *w, u64 fpage,
			    unsigned int port)
{
	u64 at = (fpage >> 12) - (l4_platform.port_caps + w->first);
	struct file *file;

	/* One that is reported twice would be deleted twice. */
	if (L4_FPAGE_KIND(fpage) != L4_FPAGE_CAP || L4_FPAGE_ORDER(fpage) ||
	    at >= w->count || w->taken & 1UL << at)
		return ERR_PTR(-EINVAL);
	file = cap_file(w->first + at, port);
	if (!IS_ERR(file))
		w->taken |= 1UL << at;
	return file;
}
