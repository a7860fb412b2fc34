/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tree that the parser builds, the checker completes and the emitters
 * read. Fields marked "checked" are filled in by the checker.
 */
#ifndef IDL_AST_H
#define IDL_AST_H

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "source.h"

struct decl;
struct include;
struct unit;
struct message;
struct component;
struct system;

/* a::b::c, or ::a::b from the outermost scope. */
struct name {
    const char *part;
    struct loc loc;
    bool absolute;   /* in the first part: starts with :: */
    const char *tag; /* "struct a" if that is how it was written */
    struct name *next;
};

enum expr_kind { EXPR_NUMBER, EXPR_NAME, EXPR_UNARY, EXPR_BINARY };

/* Operators of two characters; the others are named by their character. */
enum { OP_SHL = 256, OP_SHR };

struct expr {
    enum expr_kind kind;
    int op; /* of a unary or binary expression */
    uint64_t number;
    struct name *name;
    struct expr *left; /* also the operand of a unary operator */
    struct expr *right;
    struct loc loc;
    unsigned depth; /* of the tree below, this node included */
};

/* A value of an expression: any 64-bit integer, signed or not. */
struct value {
    bool negative; /* then `bits` is an int64_t */
    uint64_t bits;
};

enum attr_arg_kind { ARG_EXPR, ARG_STRING, ARG_DECIMAL };

struct attr_arg {
    enum attr_arg_kind kind;
    struct expr *expr;
    const char *text; /* of a string, or a number with a point or a unit */
    struct loc loc;
    struct attr_arg *next;
};

struct attr {
    const char *name;
    struct loc loc;
    struct attr_arg *args;
    bool has_args; /* parentheses were there, even if empty */
    struct attr *next;
};

enum type_kind {
    TYPE_ERROR, /* already reported */
    TYPE_VOID,
    TYPE_INT,
    TYPE_BOOL,
    TYPE_CHAR,
    TYPE_NAMED, /* not yet resolved */
    TYPE_ENUM,
    TYPE_FLAGS,
    TYPE_STRUCT,
    TYPE_NATIVE,
    TYPE_ARRAY,
    TYPE_STRING,
    TYPE_SEQUENCE,
    TYPE_CAP,
    TYPE_FPAGE
};

struct type {
    enum type_kind kind;
    struct loc loc;
    uint32_t size;      /* bytes in a message; checked */
    uint32_t align;     /* checked */
    bool is_signed;     /* of an integer, enum or flags */
    bool validated;     /* some byte patterns are invalid; checked */
    bool padded;        /* has bytes that carry nothing; checked */
    bool io;            /* of a flexpage: I/O ports, not memory */
    bool is_address;    /* an integer that C has as a pointer */
    bool made;          /* a name of ours for what has none */
    struct name *name;  /* of a named type, or the interface of a cap */
    struct decl *decl;  /* enum, flags, struct, native, interface; checked;
                         * of an integer: the native type it stands for */
    struct type *elem;  /* of an array or sequence */
    struct expr *bound; /* as written */
    uint32_t count;     /* elements of an array, maximum otherwise; checked */
};

/* A value that selects an arm of a union; no VALUE: all others. */
struct label {
    struct expr *value;
    struct loc loc;
    struct value result; /* checked */
    struct label *next;
};

/* A field of a struct or exception, or an arm of a union. What varies in
 * length has the room of its maximum, so that a struct is one of C. */
struct field {
    const char *name; /* NULL: an arm without a value */
    struct loc loc;
    struct type *type;
    struct attr *attrs;
    unsigned pointers;        /* how many '*' were written */
    struct label *labels;     /* of an arm */
    struct field *counted_by; /* the field with the number of elements in use;
                               * checked */
    bool is_string;           /* chars up to a NUL, then only zeros; checked */
    uint32_t offset;          /* checked */
    struct field *next;
};

enum direction { DIR_IN = 1, DIR_OUT = 2, DIR_INOUT = 3 };

struct param {
    const char *name;
    struct loc loc;
    struct type *type;
    struct attr *attrs;
    enum direction dir;
    bool is_result;      /* made from the operation's return type */
    bool has_range;      /* checked */
    bool range_signed;   /* checked: limits are int64_t in disguise */
    uint64_t range_low;  /* checked */
    uint64_t range_high; /* checked */
    unsigned pointers;   /* how many '*' were written */
    bool optional;       /* may be absent; checked */
    bool inplace; /* the handler gets what lies in the message; checked */
    bool shared;  /* a flexpage whose memory is shared; checked */
    bool hidden;  /* whether an optional one is there; made by checks */
    struct param *presence; /* of an optional one: its hidden one; checked */
    bool has_rights;        /* [rights] is there; checked */
    uint32_t rights;        /* the mask; checked */
    struct param *next;
};

struct name_ref {
    struct name *name;
    struct decl *decl; /* checked */
    struct name_ref *next;
};

struct right {
    const char *name;
    struct loc loc;
    struct expr *value;
    uint32_t mask; /* checked */
    struct right *next;
};

enum decl_kind {
    DECL_MODULE,
    DECL_INTERFACE,
    DECL_CONST,
    DECL_TYPEDEF,
    DECL_NATIVE,
    DECL_ENUM,
    DECL_FLAGS,
    DECL_ENUMERATOR,
    DECL_STRUCT,
    DECL_UNION, /* its type is a struct with a tag; the fields are the arms */
    DECL_EXCEPTION,
    DECL_OP,
    DECL_RIGHTS,
    DECL_RESERVED, /* an attribute list on its own in an interface */
    DECL_COMPONENT,
    DECL_SYSTEM,
    DECL_IMPORT
};

/* a, or a.b, on one side of an arrow. */
struct end {
    const char *name;
    struct loc loc;
    const char *port; /* NULL: the whole component */
    struct loc port_loc;
};

/* A statement in a component or system: `word args as name;`,
 * `word from -> to;` or `component name : type { items }`. */
struct clause {
    const char *word;
    struct loc loc; /* of all of it; of an instance: of its name */
    struct attr *attrs;
    struct attr_arg *args;
    const char *name; /* NULL: none */
    struct loc name_loc;
    bool arrow;
    struct end from;
    struct end to;
    bool instance;
    struct name *type;      /* of an instance; NULL: of its own name */
    struct clause *clauses; /* of an instance */
    struct clause *next;
};

enum decl_state { STATE_NEW, STATE_ACTIVE, STATE_DONE };

struct decl {
    enum decl_kind kind;
    enum decl_state state;
    const char *name;
    struct loc loc;
    struct loc start; /* empty, in front of it, behind its attributes */
    struct attr *attrs;
    struct unit *unit;      /* the file it stands in */
    struct decl *scope;     /* the module, interface or enum around it */
    struct decl *next;      /* in its scope */
    struct decl *members;   /* of a scope, in order */
    struct decl *same_hash; /* in the scope's table */
    struct decl **table;    /* of a scope: buckets */

    const char *c_lower; /* fs_file; checked */
    const char *c_upper; /* FS_FILE; checked */

    struct type *type;    /* const, typedef, enum, flags, native, struct */
    struct expr *value;   /* const, enumerator */
    struct value result;  /* const, enumerator; checked */
    struct field *fields; /* struct, exception, union */
    struct field *tag;    /* union: what tells the arm */
    const char *arms;     /* union: the name of its arms in C */
    bool varies;          /* struct, exception: a field varies in length;
                           * checked */

    struct name_ref *bases;  /* interface */
    uint32_t base_total;     /* interface: bases and theirs; checked */
    struct right *rights;    /* interface (from its rights block) */
    bool forward;            /* interface without a body */
    struct decl *definition; /* of a forward declaration; checked */
    uint32_t proto;          /* interface; checked */
    uint32_t code;           /* exception; checked */
    uint32_t payload_words;  /* exception: words after word 0; checked */

    struct param *params;    /* operation; the result is the last one */
    struct type *returns;    /* operation, as written */
    unsigned pointers;       /* operation, typedef: how many '*' */
    struct name_ref *raises; /* operation */
    bool oneway;             /* operation; keyword or attribute */
    bool kernelmsg;          /* operation; checked */
    bool idempotent;         /* operation; checked */
    bool defer;              /* operation; checked */
    uint64_t timeout_ns;     /* operation: 0: none; checked */
    bool has_version;        /* interface, operation (since); checked */
    uint32_t version;        /* major << 16 | minor; checked */
    const char *deprecated;  /* operation: the reason, or NULL; checked */
    bool abstract;           /* interface; checked */
    const char *fallback;    /* interface: member of its table; checked */
    const char *on_error;    /* interface: a C function; checked */
    bool shared;             /* struct: lies in shared memory; checked */
    bool is_short;           /* operation; checked */
    uint32_t opnum;          /* operation; checked */
    uint32_t required;       /* operation: [rights_required] mask; checked */
    struct message *request; /* operation; by the layout */
    struct message *reply;   /* operation; NULL for oneway; by the layout */

    struct clause *clauses;      /* component, system */
    struct component *component; /* component; checked */
    struct system *system;       /* system; checked */

    bool foreign;             /* from a C header: known, not emitted */
    bool used;                /* foreign: something is of this type; checked */
    struct attr *native_args; /* native: size, align, header */
    const char *header;       /* native: to be included, or NULL */
    const char *path;         /* import: as written */
    struct unit *imported;    /* import: the file, NULL if it was not found */
};

/* One file. */
struct unit {
    struct unit *next;
    struct source *src;
    const char *import_path; /* as the importing file wrote it, or NULL */
    bool main;               /* the one that code is generated for */
    bool checked;            /* the checker has begun with it */
    bool complete;           /* ... and ended */
    struct decl *decls;      /* top level, in order */
    struct include *headers; /* C headers that were included, in order */
};

/* Constructors; everything else starts as zero. */
struct name *name_new(struct arena *a, const char *part, struct loc loc);
struct name *name_append(struct name *list, struct name *part);
struct loc name_loc(const struct name *n);
/* "a::b::c", for messages. */
const char *name_text(struct arena *a, const struct name *n);

struct expr *expr_number(struct arena *a, uint64_t number, struct loc loc);
struct expr *expr_name(struct arena *a, struct name *name);
struct expr *expr_unary(struct arena *a, int op, struct expr *operand,
                        struct loc loc);
struct expr *expr_binary(struct arena *a, int op, struct expr *left,
                         struct expr *right);

struct type *type_new(struct arena *a, enum type_kind kind, struct loc loc);
struct type *type_int(struct arena *a, uint32_t size, bool is_signed,
                      struct loc loc);
struct decl *decl_new(struct arena *a, enum decl_kind kind, const char *name,
                      struct loc loc);

struct clause *clause_new(struct arena *a, const char *word, struct loc loc);
void clause_name(struct clause *clause, const char *name, struct loc loc);
struct clause *instance_new(struct arena *a, const char *name, struct loc loc);

/* "a::b::c" from the outermost scope, for messages. */
const char *decl_path(struct arena *a, const struct decl *d);

/* An interface has at most so many bases, theirs included. */
enum { BASES_MAX = 64 };

/* Adds every interface that IFACE inherits from to ALL, each one once, behind
 * the N that are there; returns how many there are now. */
unsigned decl_ancestors(const struct decl *iface,
                        const struct decl *all[BASES_MAX], unsigned n);

/* What a kind of declaration is called in messages. */
const char *decl_kind_text(enum decl_kind kind);

/* The first attribute of that name, or NULL. */
struct attr *attr_find(struct attr *list, const char *name);

#endif
