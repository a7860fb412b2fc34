/* SPDX-License-Identifier: BSD-2-Clause */
/* Drives scanner and grammar over a file, and says what they did not expect. */
#include "parse.h"

#include <string.h>

#include "build.h"

#include "parse.tab.h"

int idl_lex_init_extra(struct parser *p, void **scanner);
void *idl__scan_bytes(const char *text, int len, void *scanner);
int idl_lex_destroy(void *scanner);

enum { SHOWN_MAX = 40 };

/* Whether a statement was not ended: nothing else could follow, or the next one
 * begins in another line. */
static bool is_unended(const struct parser *p, struct loc loc, bool at_end,
                       const char *const *names, int n)
{
    bool possible = false;

    for (int i = 0; i < n; i++)
        possible |= strcmp(names[i], "';'") == 0;
    if (!possible || n == 1)
        return possible;
    return at_end || memchr(p->src->text + p->before, '\n',
                            loc.begin - p->before) != NULL;
}

void parser_unexpected(struct parser *p, struct loc loc, bool at_end,
                       const char *const *names, int n)
{
    const char *text = "unexpected end of the file";

    if (is_unended(p, loc, at_end || !loc.src, names, n)) {
        struct loc end = {p->src, p->before, p->before};

        diag_error(p->diag, DIAG_SYNTAX, end, "expected ';' behind this");
        diag_fix(p->diag, end, ";");
        return;
    }
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
