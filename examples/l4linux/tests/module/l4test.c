// SPDX-License-Identifier: GPL-2.0-only
/* A loadable module that does wrong what is written to /proc/l4test. */
#include <asm/asm.h>
#include <linux/bug.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/string.h>
#include <linux/uaccess.h>

static int loads_of_module = 1;

static noinline void l4test_null(void)
{
    int *volatile nowhere = (int *)16;

    loads_of_module += *nowhere;
}

static noinline void l4test_bug(void)
{
    BUG_ON(loads_of_module > 0);
}

static noinline void l4test_privileged(void)
{
    asm volatile("cli");
}

/* A fault that the exception table expects. */
static noinline bool l4test_expected(void)
{
    unsigned long value = 7;

    asm volatile("1: movq (%1), %0\n"
                 "2:\n" _ASM_EXTABLE(1b, 2b)
                 : "+r"(value)
                 : "r"(16UL));
    return value == 7;
}

static ssize_t l4test_write(struct file *file, const char __user *from,
                            size_t size, loff_t *pos)
{
    char what[16] = "";

    if (size >= sizeof(what) || copy_from_user(what, from, size))
        return -EINVAL;
    if (!strcmp(what, "null"))
        l4test_null();
    else if (!strcmp(what, "bug"))
        l4test_bug();
    else if (!strcmp(what, "cli"))
        l4test_privileged();
    else if (!strcmp(what, "warn"))
        WARN(1, "l4test: as asked for\n");
    else if (strcmp(what, "expected") || !l4test_expected())
        return -EINVAL;
    return size;
}

static const struct proc_ops ops = {
    .proc_write = l4test_write,
};

static int __init l4test_init(void)
{
    return proc_create("l4test", 0200, NULL, &ops) ? 0 : -ENOMEM;
}

static void __exit l4test_exit(void)
{
    remove_proc_entry("l4test", NULL);
}

module_init(l4test_init);
module_exit(l4test_exit);
MODULE_DESCRIPTION("Test of modules and of faults in Linux");
MODULE_LICENSE("GPL");
