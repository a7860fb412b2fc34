/* SPDX-License-Identifier: BSD-2-Clause */
/* Text that grows. Out of memory ends the program with a message. */
#ifndef IDL_BUF_H
#define IDL_BUF_H

#include <stdarg.h>
#include <stddef.h>

struct buf {
    char *data; /* NUL-terminated once something was added */
    size_t len;
    size_t room;
};

void buf_add(struct buf *b, const char *s, size_t len);
__attribute__((format(printf, 2, 0))) void
buf_vprintf(struct buf *b, const char *fmt, va_list ap);
void buf_free(struct buf *b);

#endif
