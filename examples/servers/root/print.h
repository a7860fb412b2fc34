/* SPDX-License-Identifier: BSD-2-Clause */
/* Root's words to people, on the kernel's console. */
#ifndef ROOT_PRINT_H
#define ROOT_PRINT_H

/* Writes the text as it is, at most L4_LOG_LINE bytes of it. */
void print(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
