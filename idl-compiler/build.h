/* SPDX-License-Identifier: BSD-2-Clause */
/* What the grammar's actions are made of: nodes of the tree from their parts.
 */
#ifndef IDL_BUILD_H
#define IDL_BUILD_H

#include "parse.h"

/* A list under construction, of nodes that are linked by their `next`. */
struct list {
    void *first;
    void *last;
    unsigned count;
};

/* No list is longer, so that nothing takes long that compares its members with
 * each other. */
enum { LIST_MAX = 4096 };

/* The words of a type of C, a byte for each, counted. */
#define CWORD_INT 0x1ull
#define CWORD_LONG 0x100ull
#define CWORD_SHORT 0x10000ull
#define CWORD_UNSIGNED 0x1000000ull
#define CWORD_SIGNED 0x100000000ull
#define CWORD_FLOAT 0x10000000000ull
#define CWORD_DOUBLE 0x1000000000000ull
#define CWORD_LONG32 0x100000000000000ull /* of CORBA, 32 bits wide */

/* A name with what stands around it. */
struct declarator {
    const char *name;
    struct loc loc;
    struct expr *bound; /* NULL: no array */
    unsigned dims;
    unsigned pointers; /* also `name[]`: as many as come */
};

#define LIST_NONE ((struct list){0})

/* L with one more, unless that is NULL. Too many are reported. */
struct list decls_add(struct parser *p, struct list l, struct decl *item);
struct list fields_add(struct parser *p, struct list l, struct field *item);
struct list params_add(struct parser *p, struct list l, struct param *item);
struct list refs_add(struct parser *p, struct list l, struct name_ref *item);
struct list rights_add(struct parser *p, struct list l, struct right *item);
struct list clauses_add(struct parser *p, struct list l, struct clause *item);
struct list attrs_add(struct parser *p, struct list l, struct attr *item);
struct list attr_args_add(struct parser *p, struct list l,
                          struct attr_arg *item);

/* A declaration, behind those that stood within it. */
struct list decls_add_all(struct parser *p, struct list l, struct decl *own);
struct list fields_join(struct parser *p, struct list l, struct list more);
struct list attrs_join(struct parser *p, struct list l, struct list more);

/* --- what is wrong ------------------------------------------------------ */

enum { EXPECTED_MAX = 5 };

/* What stands at LOC cannot stand there; one of the N names could. */
void parser_unexpected(struct parser *p, struct loc loc, bool at_end,
                       const char *const *names, int n);

/* What only the older dialects have; WHAT is said to be so, and in one of them
 * BUT what becomes of it. */
void foreign_form(struct parser *p, struct loc at, const char *what,
                  const char *but);

/* --- types ------------------------------------------------------------- */

struct type *named_type(struct parser *p, struct name *name, struct loc loc);
/* Of objects with that interface; NULL: any. */
struct type *cap_type(struct parser *p, struct name *name, struct loc loc);
struct type *fpage_type(struct parser *p, const char *kind, struct loc kind_at,
                        struct loc loc);
/* BOUND may be NULL. */
struct type *string_type(struct parser *p, struct expr *bound, struct loc loc);
struct type *sequence_type(struct parser *p, struct type *elem,
                           struct expr *bound, struct loc loc);
/* The type that D makes of BASE. */
struct type *declared_type(struct parser *p, struct type *base,
                           const struct declarator *d);
/* One more dimension of an array. */
void add_dimension(struct parser *p, struct declarator *d, struct expr *bound);
/* `unsigned long` and so on. */
struct type *c_words_type(struct parser *p, uint64_t words, struct loc loc);
/* ... in front of `small` and `hyper`. */
struct type *c_sized_type(struct parser *p, uint64_t words, uint32_t size,
                          struct loc loc);
/* IDL4's `wstring`: as many 16-bit characters as BOUND says, or NULL. */
struct type *wide_string_type(struct parser *p, struct expr *bound,
                              struct loc loc);
/* IDL4's `ref T`: an address. */
struct type *reference_type(struct parser *p, struct loc loc);
/* `struct x`, which a C header may have declared. */
struct type *tagged_type(struct parser *p, const char *keyword,
                         const char *name, struct loc loc);
/* D, declared on its own, which needs a name. */
struct decl *record_named(struct parser *p, struct decl *d, struct loc loc);
/* A type that is declared where it is used. */
struct type *record_type(struct parser *p, struct decl *d, struct loc loc);

/* --- declarations ------------------------------------------------------ */

struct decl *module_new(struct parser *p, const char *name, struct loc loc,
                        struct decl *members);
struct decl *interface_new(struct parser *p, const char *name, struct loc loc,
                           struct name_ref *bases, struct decl *members);
/* A component or system. */
struct decl *parts_new(struct parser *p, enum decl_kind kind, const char *name,
                       struct loc loc, struct clause *clauses);
/* `WORD ARGS;` and `WORD from -> to;` in one of them. */
struct clause *statement_new(struct parser *p, const char *word, struct loc loc,
                             struct attr_arg *args);
/* A component within a system, before which no attributes stand. */
struct clause *instance_without(struct parser *p, const struct attr *attrs,
                                struct clause *instance);
struct clause *arrow_new(struct parser *p, const char *word, struct loc loc,
                         struct end from, struct end to);
/* Puts D, which stood where a type is used, in front of what is being read. */
void parser_hoist(struct parser *p, struct decl *d);
/* NAME is NULL where C needs none. */
struct decl *struct_new(struct parser *p, const char *name, struct loc loc,
                        struct field *fields);
struct decl *union_new(struct parser *p, struct loc loc, struct field *arms);
/* D with its name, or NULL for none. */
struct decl *union_named(struct decl *d, const char *name, struct loc loc);
/* What tells the arm, with its name (NULL: `tag`) and that of the arms (`u`).
 */
void union_tag(struct decl *d, struct type *type, const char *tag,
               struct loc tag_at, const char *arms);
/* VALUE is NULL for `default`. */
struct label *label_new(struct parser *p, struct expr *value, struct loc loc);
/* The only field of END, with its labels. */
struct field *arm_labelled(const struct list *end, struct label *labels);
struct decl *enum_new(struct parser *p, const char *name, struct loc loc,
                      struct type *base, struct decl *values);
struct decl *enumerator_new(struct parser *p, const char *name, struct loc loc,
                            struct expr *value);
/* The last of NAMES; the others are hoisted. NULL if a record got its name. */
struct decl *typedefs_new(struct parser *p, struct attr *attrs,
                          struct type *type, struct field *names);
struct decl *native_new(struct parser *p, const char *name, struct loc loc,
                        struct attr *attrs);
struct field *field_new(struct parser *p, const struct declarator *d);
/* One without a value. */
struct field *field_empty(struct parser *p, struct attr *attrs, struct loc loc);
/* Fields declared together get their type and attributes. */
struct list fields_finish(struct parser *p, struct attr *attrs,
                          struct type *type, struct field *names);
struct right *right_new(struct parser *p, const char *name, struct loc loc,
                        struct expr *value);
struct name_ref *ref_new(struct parser *p, struct name *name);

/* --- operations -------------------------------------------------------- */

struct decl *op_new(struct parser *p, struct type *returns, const char *name,
                    struct loc loc, struct param *params);
/* An attribute of CORBA's: an operation to read it, and one to write it. */
struct decl *attribute_new(struct parser *p, struct type *type,
                           const char *name, struct loc loc, bool readonly);
struct param *param_new(struct parser *p, struct attr *attrs,
                        enum direction dir, struct type *type,
                        const struct declarator *d);
/* One whose direction its attributes tell. */
struct param *undirected_param(struct parser *p, struct attr *attrs,
                               struct type *type, const struct declarator *d);

/* --- attributes -------------------------------------------------------- */

struct attr *attr_new(struct parser *p, const char *name, struct loc loc,
                      struct attr_arg *args, bool has_args);
struct attr_arg *arg_new(struct parser *p, enum attr_arg_kind kind,
                         struct loc loc);

#endif
