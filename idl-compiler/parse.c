/* SPDX-License-Identifier: BSD-2-Clause */
/* Drives scanner and grammar over a file, and says what they did not expect. */
#include "parse.h"

#include "build.h"

#include "parse.tab.h"

int idl_lex_init_extra(struct parser *p, void **scanner);
void *idl__scan_bytes(const char *text, int len, void *scanner);
int idl_lex_destroy(void *scanner);

enum { SHOWN_MAX = 40 };

void parser_unexpected(struct parser *p, struct loc loc, bool at_end,
                       const char *const *names, int n)
{
    const char *text = "unexpected the end of the file";

    if (at_end || !loc.src) {
        loc = (struct loc){p->src, p->at, p->at};
    } else {
        uint32_t len = loc.end - loc.begin;

        text = arena_printf(p->arena, "unexpected '%.*s'",
                            (int)(len > SHOWN_MAX ? SHOWN_MAX : len),
                            p->src->text + loc.begin);
    }
    for (int i = 0; i < n && n < EXPECTED_MAX; i++) {
        const char *before = i == 0       ? ", expected "
                             : i == n - 1 ? " or "
                                          : ", ";

        text = arena_printf(p->arena, "%s%s%s", text, before, names[i]);
    }
    diag_error(p->diag, DIAG_SYNTAX, loc, "%s", text);
}

struct decl *parse_source(struct arena *a, struct diag *d, struct source *src,
                          enum dialect dialect)
{
    struct parser p = {.arena = a, .diag = d, .src = src, .dialect = dialect};
    void *scanner;

    if (idl_lex_init_extra(&p, &scanner) != 0)
        arena_exhausted();
    idl__scan_bytes(src->code, (int)src->size, scanner);
    idl_parse(scanner, &p);
    idl_lex_destroy(scanner);
    return p.decls;
}
