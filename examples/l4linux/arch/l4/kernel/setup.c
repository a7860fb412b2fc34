// SPDX-License-Identifier: GPL-2.0-only
/* From the loader to start_kernel(), and what the machine has. */
#include <linux/console.h>
#include <linux/cpu.h>
#include <linux/export.h>
#include <linux/init.h>
#include <linux/initrd.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/start_kernel.h>
#include <asm/fpu/api.h>
#include <asm/l4.h>
#include <asm/sections.h>
#include <asm/setup.h>

struct l4_platform l4_platform;
struct task_struct *l4_current = &init_task;
EXPORT_SYMBOL(l4_current);

static char command_line[COMMAND_LINE_SIZE];

void l4_entry(void);
asmlinkage void l4_start_kernel(const struct l4_platform *platform);

static void early_write(struct console *con, const char *text,
			unsigned int size)
{
	while (size) {
		long count = l4_platform.console_write(text, size);

		text += count;
		size -= count;
	}
}

static struct console l4_early_console = {
	.name = "l4early",
	.write = early_write,
	.flags = CON_PRINTBUFFER | CON_BOOT,
	.index = -1,
};

/* All of RAM is paged in before page faults become ours. */
static void __init ram_populate(void)
{
	unsigned long offset;

	for (offset = 0; offset < l4_platform.ram_size; offset += PAGE_SIZE) {
		volatile char *byte = (char *)(PAGE_OFFSET + offset);

		*byte = *byte;
	}
}

asmlinkage void __init l4_start_kernel(const struct l4_platform *platform)
{
	l4_platform = *platform;
	l4_vcpu->entry_ip = (u64)l4_entry;
	ram_populate();
	l4_clock_init();
	l4_vcpu->state = L4_STATE_LINUX;
	register_console(&l4_early_console);
	start_kernel();
}

static void __init initrd_reserve(void)
{
	if (!IS_ENABLED(CONFIG_BLK_DEV_INITRD) || !l4_platform.initrd_size)
		return;
	initrd_start = l4_platform.initrd;
	initrd_end = initrd_start + l4_platform.initrd_size;
	memblock_reserve(__pa(initrd_start), l4_platform.initrd_size);
}

void __init setup_arch(char **cmdline_p)
{
	if (l4_platform.version != L4_PLATFORM_VERSION)
		panic("The loader has another version of the platform");
	strscpy(boot_command_line, l4_platform.command_line, COMMAND_LINE_SIZE);
	strscpy(command_line, boot_command_line, COMMAND_LINE_SIZE);
	*cmdline_p = command_line;

	setup_initial_init_mm(_stext, _etext, _edata, _end);
	memblock_add(0, l4_platform.ram_size);
	memblock_reserve(0, PAGE_SIZE);
	memblock_reserve(__pa(_text), _end - _text);
	initrd_reserve();
	parse_early_param();
	l4_cpu_init();
	l4_fpu_init();
	l4_mm_init();
}

void __init arch_cpu_finalize_init(void)
{
}
