/* SPDX-License-Identifier: BSD-2-Clause */
#include "diag.h"

#include <stdarg.h>

enum { LINE_SHOWN_MAX = 160 };

/* Source bytes are shown as they are, except what a terminal would obey. */
static void put_source_line(FILE *out, const struct place *p)
{
    uint32_t n = p->text_len < LINE_SHOWN_MAX ? p->text_len : LINE_SHOWN_MAX;

    fputs("    ", out);
    for (uint32_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)p->text[i];

        fputc(c == '\t' || (c >= 0x20 && c != 0x7f) ? c : '?', out);
    }
    fputc('\n', out);
}

/* The caret line; tabs are repeated so that the columns agree. */
static void put_caret(FILE *out, const struct place *p, uint32_t len)
{
    uint32_t lead = p->col - 1;
    uint32_t left = p->text_len > lead ? p->text_len - lead : 0;

    if (lead >= LINE_SHOWN_MAX)
        return;
    fputs("    ", out);
    for (uint32_t i = 0; i < lead; i++)
        fputc(i < p->text_len && p->text[i] == '\t' ? '\t' : ' ', out);
    fputc('^', out);
    if (len > left)
        len = left;
    if (lead + len > LINE_SHOWN_MAX)
        len = LINE_SHOWN_MAX - lead;
    for (uint32_t i = 1; i < len; i++)
        fputc('~', out);
    fputc('\n', out);
}

static void report(struct diag *d, struct loc at, const char *kind,
                   const char *fmt, va_list ap)
{
    struct place p;

    if (!d->out)
        return;
    if (!at.src) {
        fprintf(d->out, "l4idl: %s: ", kind);
        vfprintf(d->out, fmt, ap);
        fputc('\n', d->out);
        return;
    }
    p = source_place(at.src, at.begin);
    fprintf(d->out, "%s:%u:%u: %s: ", p.file, p.line, p.col, kind);
    vfprintf(d->out, fmt, ap);
    fputc('\n', d->out);
    put_source_line(d->out, &p);
    put_caret(d->out, &p, at.end > at.begin ? at.end - at.begin : 1);
}

void diag_error(struct diag *d, struct loc at, const char *fmt, ...)
{
    va_list ap;

    d->quiet_notes = ++d->errors > DIAG_MAX;
    if (d->quiet_notes)
        return;
    va_start(ap, fmt);
    report(d, at, "error", fmt, ap);
    va_end(ap);
}

void diag_warn(struct diag *d, struct loc at, const char *fmt, ...)
{
    va_list ap;

    d->quiet_notes = ++d->warnings > DIAG_MAX;
    if (d->quiet_notes)
        return;
    va_start(ap, fmt);
    report(d, at, "warning", fmt, ap);
    va_end(ap);
}

void diag_note(struct diag *d, struct loc at, const char *fmt, ...)
{
    va_list ap;

    if (d->quiet_notes)
        return;
    va_start(ap, fmt);
    report(d, at, "note", fmt, ap);
    va_end(ap);
}

void diag_summary(struct diag *d)
{
    if (!d->out || d->errors == 0)
        return;
    if (d->errors > DIAG_MAX)
        fprintf(d->out, "%u errors, the first %d shown\n", d->errors, DIAG_MAX);
    else
        fprintf(d->out, "%u error%s\n", d->errors, d->errors == 1 ? "" : "s");
}
