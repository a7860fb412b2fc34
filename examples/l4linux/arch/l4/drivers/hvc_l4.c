// SPDX-License-Identifier: GPL-2.0-only
/* /dev/hvc0: the platform's console. */
#include <linux/console.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/irqflags.h>
#include <asm/l4.h>

#include "../../../drivers/tty/hvc/hvc_console.h"

/* What one write hands over at most. */
#define CHUNK 256

static ssize_t put_chars(u32 vtermno, const u8 *text, size_t size)
{
	unsigned long flags;

	local_irq_save(flags);
	l4_platform.console_write(text, size);
	local_irq_restore(flags);
	return size;
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

static const struct hv_ops ops = {
	.get_chars = get_chars,
	.put_chars = put_chars,
	.notifier_add = notifier_add_irq,
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
