// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/l4/NAME: a connection of this instance to a native server. A process
 * that may open it is a client; what it sends is the server's to check, and
 * goes nowhere else.
 */
#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/wait.h>
#include <asm/l4.h>
#include <uapi/asm/l4_ports.h>

/* What of a tag a process may choose: protocol, operation, number of words. */
#define TAG_MASK 0xffff3fff0000007fULL
#define TAG_WORDS(tag) ((unsigned int)(tag)&0x7f)

struct port {
	struct mutex lock; /* of who calls */
	wait_queue_head_t done;
	struct l4_port *shared;
};

static struct port *ports;
static struct cdev cdev;
static dev_t first;

static bool port_free(struct port *p)
{
	return smp_load_acquire(&p->shared->state) != L4_PORT_CALLING;
}

static irqreturn_t ports_interrupt(int irq, void *data)
{
	unsigned int i;

	for (i = 0; i < l4_platform.port_count; i++)
		wake_up_all(&ports[i].done);
	return IRQ_HANDLED;
}

static bool message_ok(const struct l4_port_message *m)
{
	return !(m->tag & ~TAG_MASK) && TAG_WORDS(m->tag) <= L4_PORT_WORDS &&
	       m->oneway <= 1;
}

/* Makes the call and waits for the answer. Who is killed meanwhile leaves it
 * to the next caller to wait for its end. */
static long port_call(struct port *p, struct l4_port_message *m)
{
	unsigned long flags;
	long err;

	err = wait_event_killable(p->done, port_free(p));
	if (err)
		return err;
	p->shared->message = *m;
	smp_store_release(&p->shared->state, L4_PORT_CALLING);
	local_irq_save(flags);
	l4_platform.port_call(p - ports);
	local_irq_restore(flags);
	err = wait_event_killable(p->done, port_free(p));
	if (!err)
		*m = p->shared->message;
	return err;
}

static long port_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct port *p = file->private_data;
	void __user *user = (void __user *)arg;
	struct l4_port_message *m;
	long err;

	if (cmd != L4_PORT_CALL)
		return -ENOTTY;
	m = memdup_user(user, sizeof(*m));
	if (IS_ERR(m))
		return PTR_ERR(m);
	err = message_ok(m) ? mutex_lock_killable(&p->lock) : -EINVAL;
	if (!err) {
		err = port_call(p, m);
		mutex_unlock(&p->lock);
	}
	if (!err && copy_to_user(user, m, sizeof(*m)))
		err = -EFAULT;
	kfree(m);
	return err;
}

static int port_open(struct inode *inode, struct file *file)
{
	file->private_data = &ports[iminor(inode)];
	return 0;
}

static const struct file_operations port_fops = {
	.owner = THIS_MODULE,
	.open = port_open,
	.unlocked_ioctl = port_ioctl,
	.llseek = noop_llseek,
};

static char *port_node(const struct device *dev, umode_t *mode)
{
	return kasprintf(GFP_KERNEL, "l4/%s", dev_name(dev));
}

static int __init ports_init(void)
{
	unsigned int count = l4_platform.port_count;
	struct class *class;
	unsigned int i;
	int err;

	if (!count)
		return 0;
	ports = kcalloc(count, sizeof(*ports), GFP_KERNEL);
	if (!ports)
		return -ENOMEM;
	err = alloc_chrdev_region(&first, 0, count, "l4");
	if (err)
		return err;
	class = class_create("l4");
	if (IS_ERR(class))
		return PTR_ERR(class);
	class->devnode = port_node;
	for (i = 0; i < count; i++) {
		mutex_init(&ports[i].lock);
		init_waitqueue_head(&ports[i].done);
		ports[i].shared = &l4_platform.ports[i];
	}
	err = request_irq(L4_VIRQ_PORTS, ports_interrupt, 0, "l4", ports);
	if (err)
		return err;
	cdev_init(&cdev, &port_fops);
	err = cdev_add(&cdev, first, count);
	for (i = 0; !err && i < count; i++)
		err = PTR_ERR_OR_ZERO(device_create(class, NULL, first + i,
						    NULL, "%s",
						    ports[i].shared->name));
	return err;
}
device_initcall(ports_init);
