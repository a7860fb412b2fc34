/* SPDX-License-Identifier: BSD-2-Clause */
/* Text on the kernel's serial line: %s %c %d %u %x %p %%, with l, ll and z, a
 * width and zero padding. */
#ifndef KERNEL_PRINTK_H
#define KERNEL_PRINTK_H

#include <stdarg.h>

void printk(const char *format, ...) __attribute__((format(printf, 1, 2)));
void vprintk(const char *format, va_list args);

#endif
