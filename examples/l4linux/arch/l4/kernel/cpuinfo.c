// SPDX-License-Identifier: GPL-2.0-only
/* What the processor says of itself: for Linux, and for /proc/cpuinfo. */
#include <linux/bits.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <asm/archrandom.h>
#include <asm/elf.h>
#include <asm/l4.h>

unsigned int l4_hwcap;
bool l4_has_rdrand;
bool l4_has_rdseed;

static void cpuid(unsigned int leaf, unsigned int r[4])
{
	asm volatile("cpuid"
		     : "=a"(r[0]), "=b"(r[1]), "=c"(r[2]), "=d"(r[3])
		     : "a"(leaf), "c"(0));
}

void __init l4_cpu_init(void)
{
	unsigned int r[4];

	cpuid(1, r);
	l4_hwcap = r[3];
	l4_has_rdrand = r[2] & BIT(30);
	cpuid(0, r);
	if (r[0] < 7)
		return;
	cpuid(7, r);
	l4_has_rdseed = r[1] & BIT(18);
}

static int show_cpuinfo(struct seq_file *m, void *v)
{
	unsigned int r[4];
	unsigned int brand[13] = {};
	unsigned int i;

	cpuid(0, r);
	seq_puts(m, "processor\t: 0\n");
	seq_printf(m, "vendor_id\t: %.4s%.4s%.4s\n", (char *)&r[1],
		   (char *)&r[3], (char *)&r[2]);
	for (i = 0; i < 3; i++)
		cpuid(0x80000002 + i, brand + 4 * i);
	seq_printf(m, "model name\t: %s\n", (char *)brand);
	seq_puts(m, "hypervisor\t: Almond vCPU\n\n");
	return 0;
}

static void *cpuinfo_start(struct seq_file *m, loff_t *pos)
{
	return *pos < 1 ? (void *)1 : NULL;
}

static void *cpuinfo_next(struct seq_file *m, void *v, loff_t *pos)
{
	++*pos;
	return NULL;
}

static void cpuinfo_stop(struct seq_file *m, void *v)
{
}

const struct seq_operations cpuinfo_op = {
	.start = cpuinfo_start,
	.next = cpuinfo_next,
	.stop = cpuinfo_stop,
	.show = show_cpuinfo,
};
