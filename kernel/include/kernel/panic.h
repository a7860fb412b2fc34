/* SPDX-License-Identifier: BSD-2-Clause */
/* The end: prints why and stops the machine. No user input leads here. */
#ifndef KERNEL_PANIC_H
#define KERNEL_PANIC_H

#include <stdarg.h>

_Noreturn void panic(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

void printk(const char *format, ...) __attribute__((format(printf, 1, 2)));
void vprintk(const char *format, va_list args);

#endif
