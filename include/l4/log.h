/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages for people. A message is one line: it is formatted whole and goes
 * to the console in one piece, so lines of several programs never mix.
 */
#ifndef L4_LOG_H
#define L4_LOG_H

#include <stdarg.h>

#include <l4/err.h>
#include <l4/types.h>

typedef enum l4_log_level {
    L4_LOG_ERROR,
    L4_LOG_WARNING,
    L4_LOG_INFO,
    L4_LOG_DEBUG
} l4_log_level_t;

/* The longest line; the rest of a longer one is cut, which shows as "...". */
#define L4_LOG_LINE 480

/* Writes "program: message\n", with "error: " or the like before the message
 * unless it is information: to the terminal that the boot plan calls so, else
 * to the kernel's console. Without either it does nothing. */
void l4_log(l4_log_level_t level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Writes the text as it is: no name, no newline. For whole lines at once, as
 * far as they fit L4_LOG_LINE bytes. */
void l4_print(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Messages up to `level` are written; the rest is dropped. At first
 * L4_LOG_INFO. */
void l4_log_limit(l4_log_level_t level);

/*
 * Formats into `size` bytes at `buffer`, always NUL-terminated if size > 0.
 * Returns the length the whole text has. Knows %d %i %u %x %X %o %c %s %p %%,
 * the flags - 0 + space #, width and precision (also *), and the sizes hh h l
 * ll z t j. A conversion it does not know is printed as it stands.
 */
size_t l4_format(char *buffer, size_t size, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
size_t l4_vformat(char *buffer, size_t size, const char *format, va_list list)
    __attribute__((format(printf, 3, 0)));

/* The name of an error ("L4_ENOENT"), of L4_OK, or "exception" for codes above
 * 0 and "unknown error" for others. Never NULL. */
const char *l4_err_name(l4_err_t err);

/* A sentence that says what an error means. Never NULL. */
const char *l4_err_text(l4_err_t err);

#endif
