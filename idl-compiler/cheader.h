/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What C headers declare, as far as an interface can use it: the sizes of
 * types and the values of enumerators. Everything else is skipped.
 */
#ifndef IDL_CHEADER_H
#define IDL_CHEADER_H

#include "ast.h"

enum ckind { C_UNKNOWN, C_VOID, C_INT, C_BOOL, C_OTHER, C_POINTER, C_ARRAY };

/* A type of C; C_OTHER is a struct, a union or a floating number. */
struct ctype {
    enum ckind kind;
    uint32_t size; /* 0: not known */
    uint32_t align;
    bool is_signed;
    uint64_t count;           /* of an array */
    const struct ctype *elem; /* of an array */
    const char *name;         /* "struct tag", or a typedef's */
};

/* A name that a header made known. */
struct cname {
    const char *name; /* "x", "struct x", "union x", "enum x" */
    struct ctype type;
    bool is_typedef;
    bool is_value; /* an enumerator */
    int64_t value;
    struct loc loc;
    struct cname *same_hash;
    struct cname *next; /* in order */
};

enum { CNAME_BUCKETS = 256 };

struct ctoken {
    enum { CT_END, CT_NAME, CT_NUMBER, CT_SIGN, CT_OTHER } kind;
    const char *text;
    size_t len;
    uint64_t number;
};

/* One reading of a text. */
struct creader {
    struct arena *arena;
    struct source *src;
    const char *text; /* NUL-terminated; same places as in SRC */
    const char *at;
    struct ctoken tok; /* the current one */
    unsigned depth;
    struct cname *buckets[CNAME_BUCKETS];
    struct cname *first;
    struct cname *last;
};

/* The next token; attributes and such are passed over. */
void ctoken_next(struct creader *r);
bool ctoken_is(const struct creader *r, const char *text);
/* Passes over TEXT if it is next. */
bool ctoken_take(struct creader *r, const char *text);
/* Passes over what is in brackets; the opening one is the current token. */
void ctoken_skip_brackets(struct creader *r);

/* The value of a constant expression; false if it is none that we know. */
bool cexpr_read(struct creader *r, int64_t *value);

/* A type in front of declarators or in a cast; false if none stands here. */
bool ctype_read(struct creader *r, struct ctype *t);

/* A declarator behind BASE; *NAME is NULL if it is abstract. Returns false for
 * a function, or what is not understood. */
bool cdecl_read(struct creader *r, const struct ctype *base, struct ctype *t,
                const char **name, struct loc *loc);

struct cname *cname_find(struct creader *r, const char *prefix,
                         const char *name);
struct cname *cname_add(struct creader *r, const char *prefix, const char *name,
                        struct loc loc);

/* Reads the declarations in TEXT, which lies as SRC's does, and returns those
 * that an interface can use. */
struct decl *cheader_read(struct arena *a, struct source *src,
                          const char *text);

#endif
