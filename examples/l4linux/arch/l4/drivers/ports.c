// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/l4/NAME: a connection of this instance to a native server. A process
 * that may open it is a client; what it sends is the server's to check, and
 * goes nowhere else.
 */
#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/wait.h>
#include <uapi/asm/l4_ports.h>

#include "ports.h"

/* What of a tag a process may choose: protocol, operation, and how many words
 * and items. */
#define TAG_MASK 0xffff3fff00001f7fULL

/* A call that a process makes. */
struct call {
	struct l4_port_message *m; /* the request, then the answer */
	struct ports_window window;
	struct file *sent[L4_PORT_ITEMS]; /* held meanwhile */
	struct file *got[L4_PORT_ITEMS];  /* new files ... */
	int fds[L4_PORT_ITEMS];		  /* ... and their numbers */
};

static struct ports_cap *ports;
static unsigned long *busy; /* mailboxes, a bit each */
static DECLARE_WAIT_QUEUE_HEAD(change);
static struct cdev cdev;
static dev_t first;

void ports_drop(u64 fpage)
{
	unsigned long flags;

	local_irq_save(flags);
	l4_platform.port_drop(fpage);
	local_irq_restore(flags);
}

static irqreturn_t ports_interrupt(int irq, void *data)
{
	wake_up_all(&change);
	return IRQ_HANDLED;
}

/* --- mailboxes ----------------------------------------------------------- */

/* A free mailbox of a connection, or -1. */
static int mail_take(unsigned int port)
{
	int end = (port + 1) * L4_PORT_MAILS;
	int i;

	for (i = end - L4_PORT_MAILS; i < end; i++)
		if (!test_and_set_bit(i, busy))
			return i;
	return -1;
}

static bool mail_done(const struct l4_mailbox *box)
{
	return smp_load_acquire(&box->state) == L4_MAIL_DONE;
}

static void mail_platform(void (*what)(unsigned int mail), unsigned int mail)
{
	unsigned long flags;

	local_irq_save(flags);
	what(mail);
	local_irq_restore(flags);
}

/* Makes the call and waits for the answer. For who is killed meanwhile it is
 * cancelled, which takes no longer than it takes to notice. */
static long mail_call(unsigned int mail, const struct call *c,
		      const struct ports_cap *cap)
{
	struct l4_mailbox *box = &l4_platform.mailboxes[mail];
	long err;

	box->cap = cap->slot;
	box->cap_window = ports_window_caps(&c->window);
	box->mem_window = ports_window_memory(&c->window);
	box->message = *c->m;
	smp_store_release(&box->state, L4_MAIL_CALLING);
	mail_platform(l4_platform.port_call, mail);
	err = wait_event_killable(change, mail_done(box));
	if (err) {
		if (cmpxchg(&box->state, L4_MAIL_CALLING, L4_MAIL_CANCELLING) ==
		    L4_MAIL_CALLING)
			mail_platform(l4_platform.port_cancel, mail);
		wait_event(change, mail_done(box));
	}
	*c->m = box->message;
	return err;
}

static long call_make(struct call *c, const struct ports_cap *cap)
{
	int mail;
	long err =
		wait_event_killable(change, (mail = mail_take(cap->port)) >= 0);

	if (err)
		return err;
	err = mail_call(mail, c, cap);
	clear_bit_unlock(mail, busy);
	wake_up_all(&change);
	return err;
}

/* --- items --------------------------------------------------------------- */

/* A process names a capability by the open file that it is. */
static int item_send(struct call *c, unsigned int i)
{
	struct l4_port_item *item = &c->m->items[i];
	u64 fd = item->fpage >> 12;
	const struct ports_cap *cap;

	if (L4_FPAGE_KIND(item->fpage) != L4_FPAGE_CAP ||
	    L4_FPAGE_ORDER(item->fpage) || item->control & L4_ITEM_FLAGS)
		return -EINVAL;
	c->sent[i] = fd <= INT_MAX ? fget(fd) : NULL;
	cap = c->sent[i] ? ports_cap_of(c->sent[i]) : NULL;
	if (!cap)
		return -EBADF;
	item->fpage = L4_FPAGE(L4_FPAGE_CAP, (u64)cap->slot << 12, 0,
			       L4_FPAGE_RIGHTS(item->fpage));
	return 0;
}

static int items_send(struct call *c)
{
	unsigned int i;
	int err = 0;

	for (i = 0; !err && i < L4_TAG_ITEMS(c->m->tag); i++)
		err = item_send(c, i);
	return err;
}

/* The file that an item becomes, with its number in c->fds. */
static struct file *item_file(struct call *c, unsigned int i, u64 *fpage,
			      unsigned int port)
{
	struct file *file;

	if (L4_FPAGE_KIND(*fpage) == L4_FPAGE_MEM)
		file = ports_memory_take(&c->window, fpage);
	else
		file = ports_cap_take(&c->window, *fpage, port);
	if (IS_ERR(file))
		return NULL;
	c->fds[i] = get_unused_fd_flags(O_CLOEXEC);
	if (c->fds[i] >= 0)
		return file;
	fput(file);
	return NULL;
}

/* What arrived becomes files; what cannot is an item that failed. */
static void item_receive(struct call *c, unsigned int i, unsigned int port)
{
	struct l4_port_item *item = &c->m->items[i];
	u64 fpage = item->fpage;

	if (item->control == L4_ITEM_MAPPED)
		c->got[i] = item_file(c, i, &fpage, port);
	if (!c->got[i]) {
		memset(item, 0, sizeof(*item));
		c->m->tag |= L4_TAG_ITEM_ERR;
		return;
	}
	if (L4_FPAGE_KIND(fpage) == L4_FPAGE_MEM)
		c->m->memory_file = c->fds[i];
	else
		fpage = L4_FPAGE(L4_FPAGE_CAP, (u64)c->fds[i] << 12, 0,
				 L4_FPAGE_RIGHTS(fpage));
	item->fpage = fpage;
}

static void items_receive(struct call *c, unsigned int port)
{
	unsigned int count = 0;
	unsigned int i;

	if (!(c->m->tag & L4_TAG_ERROR))
		count = min(L4_TAG_ITEMS(c->m->tag), L4_PORT_ITEMS);
	c->m->memory_file = -1;
	for (i = 0; i < count; i++)
		item_receive(c, i, port);
	memset(&c->m->items[count], 0,
	       (L4_PORT_ITEMS - count) * sizeof(c->m->items[0]));
}

/* The process gets the files, or nobody does. */
static void items_finish(struct call *c, bool delivered)
{
	unsigned int i;

	for (i = 0; i < L4_PORT_ITEMS; i++) {
		if (c->sent[i])
			fput(c->sent[i]);
		if (!c->got[i])
			continue;
		if (delivered) {
			fd_install(c->fds[i], c->got[i]);
		} else {
			put_unused_fd(c->fds[i]);
			fput(c->got[i]);
		}
	}
}

/* --- requests ------------------------------------------------------------ */

static int message_check(const struct l4_port_message *m)
{
	if (m->tag & ~TAG_MASK || L4_TAG_WORDS(m->tag) > L4_PORT_WORDS ||
	    L4_TAG_ITEMS(m->tag) > L4_PORT_ITEMS || m->oneway > 1 ||
	    m->caps > L4_PORT_ITEMS ||
	    (m->memory &&
	     (m->memory < PAGE_SHIFT || m->memory > L4_PORT_MEMORY_ORDER)))
		return -EINVAL;
	/* An object of the microkernel's would take Linux's own memory and
	 * capabilities for those of its caller. */
	return L4_TAG_PROTO(m->tag) < L4_PROTO_USER ? -EPERM : 0;
}

static long call(const struct ports_cap *cap, struct call *c, void __user *user)
{
	long err = ports_window_open(&c->window, c->m->caps, c->m->memory);

	if (err)
		return err;
	err = items_send(c);
	if (!err)
		err = call_make(c, cap);
	if (!err) {
		items_receive(c, cap->port);
		if (copy_to_user(user, c->m, sizeof(*c->m)))
			err = -EFAULT;
	}
	items_finish(c, !err);
	ports_window_close(&c->window);
	return err;
}

static long ioctl_call(const struct ports_cap *cap, void __user *user)
{
	struct call c = {.m = memdup_user(user, sizeof(*c.m))};
	long err;

	if (IS_ERR(c.m))
		return PTR_ERR(c.m);
	err = message_check(c.m);
	if (!err)
		err = call(cap, &c, user);
	kfree(c.m);
	return err;
}

static long ioctl_own(const struct ports_cap *cap)
{
	struct file *file;
	int fd = get_unused_fd_flags(O_CLOEXEC);

	if (fd < 0)
		return fd;
	file = ports_own(cap->port);
	if (IS_ERR(file)) {
		put_unused_fd(fd);
		return PTR_ERR(file);
	}
	fd_install(fd, file);
	return fd;
}

long ports_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	const struct ports_cap *cap = file->private_data;

	switch (cmd) {
	case L4_PORT_CALL:
		return ioctl_call(cap, (void __user *)arg);
	case L4_PORT_OWN:
		return ioctl_own(cap);
	default:
		return -ENOTTY;
	}
}

static int ports_open(struct inode *inode, struct file *file)
{
	file->private_data = &ports[iminor(inode)];
	return 0;
}

const struct file_operations ports_fops = {
	.owner = THIS_MODULE,
	.open = ports_open,
	.unlocked_ioctl = ports_ioctl,
	.llseek = noop_llseek,
};

/* --- devices ------------------------------------------------------------- */

static char *port_node(const struct device *dev, umode_t *mode)
{
	return kasprintf(GFP_KERNEL, "l4/%s", dev_name(dev));
}

static int __init ports_alloc(unsigned int count)
{
	unsigned int i;

	ports = kcalloc(count, sizeof(*ports), GFP_KERNEL);
	busy = bitmap_zalloc(count * L4_PORT_MAILS, GFP_KERNEL);
	if (!ports || !busy)
		return -ENOMEM;
	for (i = 0; i < count; i++) {
		ports[i].port = i;
		ports[i].slot = l4_platform.ports[i].cap;
	}
	return 0;
}

static int __init ports_init(void)
{
	unsigned int count = l4_platform.port_count;
	struct class *class;
	unsigned int i;
	int err;

	if (!count)
		return 0;
	err = ports_alloc(count);
	if (!err)
		err = alloc_chrdev_region(&first, 0, count, "l4");
	if (err)
		return err;
	class = class_create("l4");
	if (IS_ERR(class))
		return PTR_ERR(class);
	class->devnode = port_node;
	err = request_irq(L4_VIRQ_PORTS, ports_interrupt, 0, "l4", ports);
	if (err)
		return err;
	cdev_init(&cdev, &ports_fops);
	err = cdev_add(&cdev, first, count);
	for (i = 0; !err && i < count; i++)
		err = PTR_ERR_OR_ZERO(device_create(class, NULL, first + i,
						    NULL, "%s",
						    l4_platform.ports[i].name));
	return err;
}
device_initcall(ports_init);
