/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists under construction. */
#include "build.h"

/* Counts one more, and reports the first that is too many. */
static bool list_is_full(struct parser *p, struct list *list)
{
    if (++list->count == LIST_MAX + 1)
        diag_error(p->diag, DIAG_LIST_LONG, (struct loc){p->src, p->at, p->at},
                   "more than %d of these in a row", LIST_MAX);
    return list->count > LIST_MAX;
}

#define LIST_ADD(name, type)                                             \
    struct list name(struct parser *p, struct list l, struct type *item) \
    {                                                                    \
        if (!item || list_is_full(p, &l))                                \
            return l;                                                    \
        if (l.last)                                                      \
            ((struct type *)l.last)->next = item;                        \
        else                                                             \
            l.first = item;                                              \
        l.last = item;                                                   \
        return l;                                                        \
    }

LIST_ADD(decls_add, decl)
LIST_ADD(fields_add, field)
LIST_ADD(params_add, param)
LIST_ADD(refs_add, name_ref)
LIST_ADD(rights_add, right)
LIST_ADD(clauses_add, clause)
LIST_ADD(attrs_add, attr)
LIST_ADD(attr_args_add, attr_arg)

struct list decls_add_all(struct parser *p, struct list l, struct decl *own)
{
    struct decl *within = p->hoisted;

    p->hoisted = NULL;
    while (within) {
        struct decl *next = within->next;

        within->next = NULL;
        l = decls_add(p, l, within);
        within = next;
    }
    return decls_add(p, l, own);
}

struct list fields_join(struct parser *p, struct list l, struct list more)
{
    for (struct field *f = more.first, *next; f; f = next) {
        next = f->next;
        f->next = NULL;
        l = fields_add(p, l, f);
    }
    return l;
}

struct list attrs_join(struct parser *p, struct list l, struct list more)
{
    for (struct attr *at = more.first, *next; at; at = next) {
        next = at->next;
        at->next = NULL;
        l = attrs_add(p, l, at);
    }
    return l;
}
