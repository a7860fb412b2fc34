// SPDX-License-Identifier: GPL-2.0-only
/* The end of the server; its supervisor decides what follows. */
#include <linux/export.h>
#include <linux/irqflags.h>
#include <linux/pm.h>
#include <linux/reboot.h>
#include <asm/l4.h>

#define STATUS_OFF 0
#define STATUS_RESTART 1

static void leave(int status)
{
	local_irq_disable();
	l4_platform.exit(status);
}

/* That there is a way to power off. */
void (*pm_power_off)(void) = machine_power_off;
EXPORT_SYMBOL(pm_power_off);

void machine_restart(char *command)
{
	leave(STATUS_RESTART);
}

void machine_power_off(void)
{
	leave(STATUS_OFF);
}

void machine_halt(void)
{
	leave(STATUS_OFF);
}
