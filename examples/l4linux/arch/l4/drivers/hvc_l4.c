// SPDX-License-Identifier: GPL-2.0-only
/* /dev/hvc0: the platform's console. */
#include <linux/console.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/irqflags.h>
#include <asm/l4.h>

#include "../../../drivers/tty/hvc/hvc_console.h"

/* What one write hands over at most. */
#define CHUNK 256

/* Without room the console layer comes again, at the latest when the
 * interrupt says that there is some. */
static ssize_t put_chars(u32 vtermno, const u8 *text, size_t size)
{
	unsigned long flags;
	long count;

	local_irq_save(flags);
	count = l4_platform.console_write(text, size);
	local_irq_restore(flags);
	return count > 0 ? count : -EAGAIN;
}

static ssize_t get_chars(u32 vtermno, u8 *text, size_t size)
{
	unsigned long flags;
	ssize_t count;

	local_irq_save(flags);
	count = l4_platform.console_read(text, size);
	local_irq_restore(flags);
	return count;
}

/* Tells the terminal's size, if it is another than before. */
static void size_check(struct hvc_struct *hp)
{
	struct winsize size = {};
	unsigned long flags;

	local_irq_save(flags);
	l4_platform.console_size(&size.ws_col, &size.ws_row);
	local_irq_restore(flags);
	if (size.ws_col && size.ws_row &&
	    (size.ws_col != hp->ws.ws_col || size.ws_row != hp->ws.ws_row))
		hvc_resize(hp, size);
}

static irqreturn_t console_interrupt(int irq, void *data)
{
	struct hvc_struct *hp = data;

	size_check(hp);
	if (hvc_poll(hp))
		hvc_kick();
	return IRQ_HANDLED;
}

static int console_open(struct hvc_struct *hp, int irq)
{
	int err = request_irq(irq, console_interrupt, 0, "console", hp);

	if (!err) {
		hp->irq_requested = 1;
		size_check(hp);
	}
	return err;
}

static const struct hv_ops ops = {
	.get_chars = get_chars,
	.put_chars = put_chars,
	.notifier_add = console_open,
	.notifier_del = notifier_del_irq,
	.notifier_hangup = notifier_hangup_irq,
};

static int __init hvc_l4_console_init(void)
{
	return hvc_instantiate(0, 0, &ops);
}
console_initcall(hvc_l4_console_init);

static int __init hvc_l4_init(void)
{
	return PTR_ERR_OR_ZERO(hvc_alloc(0, L4_VIRQ_CONSOLE, &ops, CHUNK));
}
device_initcall(hvc_l4_init);
