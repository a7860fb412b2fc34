/* SPDX-License-Identifier: BSD-2-Clause */
#include "build.h"

#include <string.h>
#include <strings.h>

void foreign_form(struct parser *p, struct loc at, const char *what,
                  const char *but)
{
    if (p->dialect)
        diag_warn(p->diag, DIAG_CHANGED, at, "%s is not kept: %s", what, but);
    else
        diag_error(p->diag, DIAG_SYNTAX, at, "%s is no part of an interface",
                   what);
}

/* --- declarations within others ---------------------------------------- */

void parser_hoist(struct parser *p, struct decl *d)
{
    struct decl **end = &p->hoisted;

    while (*end)
        end = &(*end)->next;
    *end = d;
}

struct decl *record_named(struct parser *p, struct decl *d, struct loc loc)
{
    if (d->name)
        return d;
    if (!p->dialect)
        diag_error(p->diag, DIAG_SYNTAX, loc, "this %s needs a name",
                   decl_kind_text(d->kind));
    d->name = arena_printf(p->arena, "anon%u", ++p->anonymous);
    return d;
}

/* The hoisted declaration that T names. */
static struct decl *record_of(struct parser *p, const struct type *t)
{
    struct decl *d = p->hoisted;

    while (d && (t->kind != TYPE_NAMED || !d->name ||
                 strcmp(d->name, t->name->part) != 0))
        d = d->next;
    return d;
}

static struct decl *typedef_new(struct parser *p, struct attr *attrs,
                                struct type *type, struct field *f)
{
    struct declarator d = {.name = f->name,
                           .loc = f->loc,
                           .bound = f->type ? f->type->bound : NULL,
                           .dims = f->type ? 1 : 0};
    struct decl *own = record_of(p, type);
    struct decl *t;

    if (own && !f->type && !f->pointers &&
        (type->made || (p->dialect && strcasecmp(own->name, f->name) == 0))) {
        if (type->made || strcmp(own->name, f->name) != 0) {
            own->name = f->name;
            own->loc = f->loc;
            type->name->part = f->name;
            type->made = false;
        }
        own->attrs = own->attrs ? own->attrs : attrs;
        return NULL;
    }
    t = decl_new(p->arena, DECL_TYPEDEF, f->name, f->loc);
    t->type = declared_type(p, type, &d);
    t->pointers = f->pointers;
    t->attrs = attrs;
    return t;
}

struct decl *typedefs_new(struct parser *p, struct attr *attrs,
                          struct type *type, struct field *names)
{
    struct decl *last = NULL;

    for (struct field *f = names; f; f = f->next) {
        if (last)
            parser_hoist(p, last);
        last = typedef_new(p, attrs, type, f);
    }
    return last;
}

/* The bound of an array is parked in a type of its own until the fields'
 * common type is known. */
struct field *field_new(struct parser *p, const struct declarator *d)
{
    struct field *f = arena_alloc(p->arena, sizeof *f);

    f->name = d->name;
    f->loc = d->loc;
    f->pointers = d->pointers;
    f->type = d->dims ? declared_type(p, NULL, d) : NULL;
    return f;
}

struct field *field_empty(struct parser *p, struct attr *attrs, struct loc loc)
{
    struct field *f = arena_alloc(p->arena, sizeof *f);

    f->attrs = attrs;
    f->loc = loc;
    return f;
}

/* Fields declared together get their type and attributes. */
struct list fields_finish(struct parser *p, struct attr *attrs,
                          struct type *type, struct field *names)
{
    struct list l = {names, NULL, 0};

    for (struct field *f = names; f; f = f->next) {
        struct declarator d = {f->name, f->loc, f->type ? f->type->bound : NULL,
                               f->type ? 1 : 0, f->pointers};

        f->attrs = attrs;
        f->type = declared_type(p, type, &d);
        l.last = f;
        l.count++;
    }
    return l;
}

/* In C, the tag and the arms are called `tag` and `u` if nothing is said. */
struct decl *union_new(struct parser *p, struct loc loc, struct field *arms)
{
    struct decl *d = decl_new(p->arena, DECL_UNION, NULL, loc);

    d->fields = arms;
    d->tag = arena_alloc(p->arena, sizeof *d->tag);
    d->tag->name = "tag";
    d->arms = "u";
    return d;
}

struct decl *union_named(struct decl *d, const char *name, struct loc loc)
{
    d->name = name;
    d->loc = loc;
    if (!name || !d->tag->loc.src)
        d->tag->loc = loc;
    return d;
}

void union_tag(struct decl *d, struct type *type, const char *tag,
               struct loc tag_at, const char *arms)
{
    d->tag->type = type;
    if (tag) {
        d->tag->name = tag;
        d->tag->loc = tag_at;
    }
    if (arms)
        d->arms = arms;
}

struct label *label_new(struct parser *p, struct expr *value, struct loc loc)
{
    struct label *l = arena_alloc(p->arena, sizeof *l);

    l->value = value;
    l->loc = loc;
    return l;
}

struct field *arm_labelled(const struct list *end, struct label *labels)
{
    struct field *f = end->first;

    if (f)
        f->labels = labels;
    return f;
}

struct decl *struct_new(struct parser *p, const char *name, struct loc loc,
                        struct field *fields)
{
    struct decl *d = decl_new(p->arena, DECL_STRUCT, name, loc);

    d->fields = fields;
    return d;
}

struct decl *enum_new(struct parser *p, const char *name, struct loc loc,
                      struct type *base, struct decl *values)
{
    struct decl *d = decl_new(p->arena, DECL_ENUM, name, loc);

    d->type = base;
    d->members = values;
    return d;
}

struct decl *enumerator_new(struct parser *p, const char *name, struct loc loc,
                            struct expr *value)
{
    struct decl *d = decl_new(p->arena, DECL_ENUMERATOR, name, loc);

    d->value = value;
    return d;
}

struct decl *op_new(struct parser *p, struct type *returns, const char *name,
                    struct loc loc, struct param *params)
{
    struct decl *d = decl_new(p->arena, DECL_OP, name, loc);

    d->returns = returns;
    d->params = params;
    return d;
}

struct decl *attribute_new(struct parser *p, struct type *type,
                           const char *name, struct loc loc, bool readonly)
{
    struct declarator value = {.name = "value", .loc = loc};
    struct type *none = type_new(p->arena, TYPE_VOID, loc);
    struct decl *get =
        op_new(p, type, arena_printf(p->arena, "get_%s", name), loc, NULL);

    get->start = loc_start(type->loc);
    foreign_form(p, loc, "an attribute",
                 readonly ? "it is an operation 'get_...'"
                          : "it is two operations, 'get_...' and 'set_...'");
    if (readonly)
        return get;
    parser_hoist(p, get);
    get = op_new(p, none, arena_printf(p->arena, "set_%s", name), loc,
                 param_new(p, NULL, DIR_IN, type, &value));
    get->start = loc_start(type->loc);
    return get;
}

struct param *param_new(struct parser *p, struct attr *attrs,
                        enum direction dir, struct type *type,
                        const struct declarator *d)
{
    struct param *param = arena_alloc(p->arena, sizeof *param);

    param->name = d->name;
    param->loc = d->loc;
    param->attrs = attrs;
    param->dir = dir;
    param->pointers = d->pointers;
    param->type = declared_type(p, type, d);
    return param;
}

/* [in], [out] or [in, out]; 0 for none. */
static enum direction attr_direction(struct attr *attrs)
{
    unsigned dir = attr_find(attrs, "in") ? DIR_IN : 0;

    return (enum direction)(dir | (attr_find(attrs, "out") ? DIR_OUT : 0));
}

struct param *undirected_param(struct parser *p, struct attr *attrs,
                               struct type *type, const struct declarator *d)
{
    enum direction dir = attr_direction(attrs);

    if (!dir && p->dialect) {
        diag_warn(p->diag, DIAG_DEFAULTED, type->loc,
                  "'%s' has no direction and is taken for 'in'", d->name);
        diag_fix(p->diag, loc_start(type->loc), "in ");
    } else if (!dir) {
        diag_error(p->diag, DIAG_DIRECTION_MISSING, type->loc,
                   "a parameter needs a direction: 'in', 'out' or 'inout'");
        diag_fix(p->diag, loc_start(type->loc), "in ");
    }
    return param_new(p, attrs, dir ? dir : DIR_IN, type, d);
}

struct right *right_new(struct parser *p, const char *name, struct loc loc,
                        struct expr *value)
{
    struct right *r = arena_alloc(p->arena, sizeof *r);

    r->name = name;
    r->loc = loc;
    r->value = value;
    return r;
}

struct name_ref *ref_new(struct parser *p, struct name *name)
{
    struct name_ref *r = arena_alloc(p->arena, sizeof *r);

    r->name = name;
    return r;
}

struct attr *attr_new(struct parser *p, const char *name, struct loc loc,
                      struct attr_arg *args, bool has_args)
{
    struct attr *at = arena_alloc(p->arena, sizeof *at);

    at->name = name;
    at->loc = loc;
    at->args = args;
    at->has_args = has_args;
    return at;
}

struct attr_arg *arg_new(struct parser *p, enum attr_arg_kind kind,
                         struct loc loc)
{
    struct attr_arg *arg = arena_alloc(p->arena, sizeof *arg);

    arg->kind = kind;
    arg->loc = loc;
    return arg;
}

/* size, align and header are kept as attributes of the type's own. */
struct decl *native_new(struct parser *p, const char *name, struct loc loc,
                        struct attr *attrs)
{
    struct decl *d = decl_new(p->arena, DECL_NATIVE, name, loc);

    d->type = type_new(p->arena, TYPE_NATIVE, loc);
    d->native_args = attrs;
    return d;
}

struct decl *module_new(struct parser *p, const char *name, struct loc loc,
                        struct decl *members)
{
    struct decl *d = decl_new(p->arena, DECL_MODULE, name, loc);

    d->members = members;
    return d;
}

struct decl *interface_new(struct parser *p, const char *name, struct loc loc,
                           struct name_ref *bases, struct decl *members)
{
    struct decl *d = decl_new(p->arena, DECL_INTERFACE, name, loc);

    d->bases = bases;
    d->members = members;
    return d;
}

/* --- components and systems -------------------------------------------- */

struct decl *parts_new(struct parser *p, enum decl_kind kind, const char *name,
                       struct loc loc, struct clause *clauses)
{
    struct decl *d = decl_new(p->arena, kind, name, loc);

    d->clauses = clauses;
    return d;
}

struct clause *statement_new(struct parser *p, const char *word, struct loc loc,
                             struct attr_arg *args)
{
    struct clause *cl = clause_new(p->arena, word, loc);

    cl->args = args;
    return cl;
}

struct clause *instance_without(struct parser *p, const struct attr *attrs,
                                struct clause *instance)
{
    for (const struct attr *at = attrs; at; at = at->next)
        diag_error(p->diag, DIAG_ATTR_PLACE, at->loc,
                   "attribute '%s' belongs before a statement, not before a "
                   "component",
                   at->name);
    return instance;
}

struct clause *arrow_new(struct parser *p, const char *word, struct loc loc,
                         struct end from, struct end to)
{
    struct clause *cl = clause_new(p->arena, word, loc);

    cl->arrow = true;
    cl->from = from;
    cl->to = to;
    return cl;
}
