/* SPDX-License-Identifier: BSD-2-Clause */
#include "diag.h"

#include <stdarg.h>

enum { LINE_SHOWN_MAX = 160, FIX_MAX = 256 };

static const struct {
    const char *code;
    const char *meaning;
} codes[] = {
#define DIAG(code, name, text) {#code, text},
#include "diag.def"
#undef DIAG
};

const char *diag_code_text(enum diag_code code)
{
    return codes[code].code;
}

const char *diag_code_meaning(enum diag_code code)
{
    return codes[code].meaning;
}

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

/* CODE: NULL for a note, which has none. */
static void report(struct diag *d, struct loc at, const char *kind,
                   const char *code, const char *fmt, va_list ap)
{
    struct place p;

    d->shown = at;
    if (!d->out)
        return;
    if (at.src) {
        p = source_place(at.src, at.begin);
        fprintf(d->out, "%s:%u:%u: %s: ", p.file, p.line, p.col, kind);
    } else {
        fprintf(d->out, "l4idl: %s: ", kind);
    }
    vfprintf(d->out, fmt, ap);
    if (code)
        fprintf(d->out, " [%s]", code);
    fputc('\n', d->out);
    if (!at.src)
        return;
    put_source_line(d->out, &p);
    put_caret(d->out, &p, at.end > at.begin ? at.end - at.begin : 1);
}

void diag_error(struct diag *d, enum diag_code code, struct loc at,
                const char *fmt, ...)
{
    va_list ap;

    d->given[code]++;
    d->quiet_notes = ++d->errors > DIAG_MAX;
    if (d->quiet_notes)
        return;
    va_start(ap, fmt);
    report(d, at, "error", codes[code].code, fmt, ap);
    va_end(ap);
}

void diag_warn(struct diag *d, enum diag_code code, struct loc at,
               const char *fmt, ...)
{
    va_list ap;

    d->given[code]++;
    d->quiet_notes = ++d->warnings > DIAG_MAX && !d->unlimited;
    if (d->quiet_notes)
        return;
    va_start(ap, fmt);
    report(d, at, "warning", codes[code].code, fmt, ap);
    va_end(ap);
}

void diag_note(struct diag *d, struct loc at, const char *fmt, ...)
{
    va_list ap;

    if (d->quiet_notes)
        return;
    va_start(ap, fmt);
    report(d, at, "note", NULL, fmt, ap);
    va_end(ap);
}

void diag_fix(struct diag *d, struct loc at, const char *fmt, ...)
{
    char fix[FIX_MAX];
    struct place p;
    va_list ap;
    int n;

    if (d->quiet_notes || !d->out || !at.src)
        return;
    p = source_place(at.src, at.begin);
    if (at.src != d->shown.src ||
        p.phys_line != source_place(d->shown.src, d->shown.begin).phys_line)
        diag_note(d, at, "write this here:");
    if (p.col > LINE_SHOWN_MAX)
        return;
    fputs("    ", d->out);
    for (uint32_t i = 0; i + 1 < p.col; i++)
        fputc(i < p.text_len && p.text[i] == '\t' ? '\t' : ' ', d->out);
    va_start(ap, fmt);
    n = vsnprintf(fix, sizeof fix, fmt, ap);
    va_end(ap);
    if (n >= (int)sizeof fix)
        n = (int)sizeof fix - 1;
    while (n > 0 && fix[n - 1] == ' ')
        n--;
    fprintf(d->out, "%.*s\n", n < 0 ? 0 : n, fix);
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
