/* SPDX-License-Identifier: BSD-2-Clause */
/* Tokens and constant expressions of C headers. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "cheader.h"

enum { DEPTH_MAX = 64 };

/* --- tokens ------------------------------------------------------------ */

static const char *skip_blank(const char *s)
{
    for (;;) {
        s += strspn(s, " \t\r\n\f\v");
        if (s[0] == '/' && s[1] == '*') {
            const char *end = strstr(s + 2, "*/");

            s = end ? end + 2 : s + strlen(s);
        } else if ((s[0] == '/' && s[1] == '/') || s[0] == '#') {
            s += strcspn(s, "\n");
        } else {
            return s;
        }
    }
}

/* A string or character, to its end or the end of the line. */
static const char *skip_quoted(const char *s)
{
    char quote = *s++;

    while (*s && *s != quote && *s != '\n')
        s += s[0] == '\\' && s[1] ? 2 : 1;
    return *s == quote ? s + 1 : s;
}

static size_t sign_length(const char *s)
{
    static const char *const two[] = {
        "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "->"};

    for (size_t i = 0; i < sizeof two / sizeof *two; i++)
        if (s[0] == two[i][0] && s[1] == two[i][1])
            return 2;
    return 1;
}

static void ctoken_read(struct creader *r)
{
    const char *s = skip_blank(r->at);
    char *end;

    r->tok = (struct ctoken){.text = s, .len = 1};
    if (*s == '\0') {
        r->tok.kind = CT_END;
        r->tok.len = 0;
    } else if (isalpha((unsigned char)*s) || *s == '_') {
        r->tok.kind = CT_NAME;
        while (isalnum((unsigned char)s[r->tok.len]) || s[r->tok.len] == '_')
            r->tok.len++;
    } else if (isdigit((unsigned char)*s)) {
        r->tok.kind = CT_NUMBER;
        r->tok.number = strtoull(s, &end, 0);
        while (isalnum((unsigned char)*end) || *end == '.')
            end++;
        r->tok.len = (size_t)(end - s);
    } else if (*s == '"' || *s == '\'') {
        r->tok.kind = *s == '\'' && s[1] && s[1] != '\\' ? CT_NUMBER : CT_OTHER;
        r->tok.number = (unsigned char)s[1];
        r->tok.len = (size_t)(skip_quoted(s) - s);
    } else {
        r->tok.kind = CT_SIGN;
        r->tok.len = sign_length(s);
    }
    r->at = r->tok.text + r->tok.len;
}

bool ctoken_is(const struct creader *r, const char *text)
{
    return r->tok.kind != CT_END && r->tok.kind != CT_OTHER &&
           strlen(text) == r->tok.len &&
           memcmp(r->tok.text, text, r->tok.len) == 0;
}

void ctoken_skip_brackets(struct creader *r)
{
    unsigned depth = 0;

    do {
        if (ctoken_is(r, "(") || ctoken_is(r, "[") || ctoken_is(r, "{"))
            depth++;
        if (ctoken_is(r, ")") || ctoken_is(r, "]") || ctoken_is(r, "}"))
            depth--;
        ctoken_read(r);
    } while (depth && r->tok.kind != CT_END);
}

void ctoken_next(struct creader *r)
{
    static const char *const alone[] = {
        "__extension__", "const",   "volatile",     "restrict",
        "__restrict",    "__const", "__volatile__", "__inline",
        "__inline__",    "inline",  "_Noreturn",    "register"};
    static const char *const with[] = {
        "__attribute__", "__attribute", "__asm__", "asm", "_Alignas", "__asm"};
    bool again = true;

    ctoken_read(r);
    while (again && r->tok.kind == CT_NAME) {
        again = false;
        for (size_t i = 0; i < sizeof alone / sizeof *alone && !again; i++)
            again = ctoken_is(r, alone[i]);
        if (again) {
            ctoken_read(r);
            continue;
        }
        for (size_t i = 0; i < sizeof with / sizeof *with && !again; i++)
            again = ctoken_is(r, with[i]);
        if (!again)
            continue;
        ctoken_read(r);
        while (r->tok.kind == CT_NAME) /* asm volatile ( */
            ctoken_read(r);
        if (ctoken_is(r, "("))
            ctoken_skip_brackets(r);
    }
}

bool ctoken_take(struct creader *r, const char *text)
{
    if (!ctoken_is(r, text))
        return false;
    ctoken_next(r);
    return true;
}

/* --- constant expressions ---------------------------------------------- */

static bool read_binary(struct creader *r, unsigned least, int64_t *value);

static bool read_sizeof(struct creader *r, int64_t *value)
{
    struct ctype base;
    struct ctype t;
    const char *name;
    struct loc loc;

    if (!ctoken_take(r, "(") || !ctype_read(r, &base) ||
        !cdecl_read(r, &base, &t, &name, &loc) || !ctoken_take(r, ")"))
        return false;
    *value = t.size;
    return t.size != 0;
}

/* `( expression )`, or a cast, which is taken to change nothing. */
static bool read_parens(struct creader *r, int64_t *value)
{
    struct ctype base;
    struct ctype t;
    const char *name;
    struct loc loc;

    if (ctype_read(r, &base))
        return cdecl_read(r, &base, &t, &name, &loc) && ctoken_take(r, ")") &&
               read_binary(r, 10, value);
    return read_binary(r, 0, value) && ctoken_take(r, ")");
}

static bool read_unary(struct creader *r, int64_t *value)
{
    char name[64];

    if (r->tok.kind == CT_NUMBER) {
        *value = (int64_t)r->tok.number;
        ctoken_next(r);
        return true;
    }
    if (ctoken_take(r, "sizeof"))
        return read_sizeof(r, value);
    if (ctoken_take(r, "("))
        return read_parens(r, value);
    if (r->tok.kind == CT_NAME && r->tok.len < sizeof name) {
        const struct cname *n;

        memcpy(name, r->tok.text, r->tok.len);
        name[r->tok.len] = '\0';
        n = cname_find(r, "", name);
        if (!n || !n->is_value)
            return false;
        *value = n->value;
        ctoken_next(r);
        return true;
    }
    if (ctoken_take(r, "+"))
        return read_binary(r, 10, value);
    if (ctoken_take(r, "-")) {
        if (!read_binary(r, 10, value))
            return false;
        *value = (int64_t) - (uint64_t)*value;
        return true;
    }
    if (ctoken_take(r, "~")) {
        if (!read_binary(r, 10, value))
            return false;
        *value = ~*value;
        return true;
    }
    if (ctoken_take(r, "!")) {
        if (!read_binary(r, 10, value))
            return false;
        *value = !*value;
        return true;
    }
    return false;
}

enum { BINARY_DIV = 0, BINARY_MOD = 1 };

static const struct binary {
    const char *sign;
    unsigned level;
} binaries[] = {
    {"/", 9},  {"%", 9}, {"*", 9}, {"+", 8},  {"-", 8},  {"<<", 7},
    {">>", 7}, {"<", 6}, {">", 6}, {"<=", 6}, {">=", 6}, {"==", 5},
    {"!=", 5}, {"&", 4}, {"^", 3}, {"|", 2},  {"&&", 1}, {"||", 0},
};

/* Wraps around as unsigned numbers do, so that nothing is undefined. */
static bool compute(size_t op, int64_t a, int64_t b, int64_t *value)
{
    uint64_t x = (uint64_t)a;
    uint64_t y = (uint64_t)b;

    if (op <= BINARY_MOD && (b == 0 || (a == INT64_MIN && b == -1)))
        return false;
    switch (op) {
    case BINARY_DIV: *value = a / b; break;
    case BINARY_MOD: *value = a % b; break;
    case 2: *value = (int64_t)(x * y); break;
    case 3: *value = (int64_t)(x + y); break;
    case 4: *value = (int64_t)(x - y); break;
    case 5: *value = (int64_t)(x << (y & 63)); break;
    case 6: *value = (int64_t)(x >> (y & 63)); break;
    case 7: *value = a < b; break;
    case 8: *value = a > b; break;
    case 9: *value = a <= b; break;
    case 10: *value = a >= b; break;
    case 11: *value = a == b; break;
    case 12: *value = a != b; break;
    case 13: *value = a & b; break;
    case 14: *value = a ^ b; break;
    case 15: *value = a | b; break;
    case 16: *value = a && b; break;
    default: *value = a || b; break;
    }
    return true;
}

static bool read_binary(struct creader *r, unsigned least, int64_t *value)
{
    bool ok = ++r->depth < DEPTH_MAX && read_unary(r, value);

    while (ok) {
        size_t op = 0;
        int64_t right;

        while (op < sizeof binaries / sizeof *binaries &&
               (binaries[op].level < least || !ctoken_is(r, binaries[op].sign)))
            op++;
        if (op == sizeof binaries / sizeof *binaries)
            break;
        ctoken_next(r);
        ok = read_binary(r, binaries[op].level + 1, &right) &&
             compute(op, *value, right, value);
    }
    r->depth--;
    return ok;
}

bool cexpr_read(struct creader *r, int64_t *value)
{
    int64_t yes;
    int64_t no;

    if (!read_binary(r, 0, value))
        return false;
    if (!ctoken_take(r, "?"))
        return true;
    if (!cexpr_read(r, &yes) || !ctoken_take(r, ":") || !cexpr_read(r, &no))
        return false;
    *value = *value ? yes : no;
    return true;
}
