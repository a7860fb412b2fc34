/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who can come to hold which capability: what the system gives at first, and
 * what follows from it by passing on, as docs/idl.md defines it. Pure: it
 * reads a system that is checked and allocates in an arena.
 */
#ifndef IDL_AUTHORITY_H
#define IDL_AUTHORITY_H

#include "system.h"

enum authority_kind {
    AUTHORITY_SEND,   /* to a port, through one connection or label */
    AUTHORITY_GATE,   /* a port's gate with all rights: its server's */
    AUTHORITY_TASK,   /* all that a program is and has */
    AUTHORITY_THREAD, /* likewise */
    AUTHORITY_FACTORY,
    AUTHORITY_SCHED,
    AUTHORITY_GRANT /* of root or the kernel */
};

/* Something that can be held. */
struct authority {
    enum authority_kind kind;
    const struct instance *of; /* the server, the program, the grantee */
    const struct port *port;   /* send, gate */
    bool give;                 /* send: items may go along */
    const struct grant *grant; /* grant */
    const struct decl *type;   /* its interface; NULL: it has none */
    struct holding *first;     /* one for each holder and type */
    struct authority *next;
};

/* Somebody who holds it, or may come to, as an interface. */
struct holding {
    const struct instance *holder;
    struct authority *authority;
    const struct decl *type; /* what the holder takes it for; NULL: anything */
    /* How it came; all NULL: the system gives it. */
    const struct holding *from;    /* who passed it on had it by this */
    const struct holding *channel; /* ... and this let it pass */
    const struct param *param;     /* ... as this; NULL: by itself */
    const struct decl *op;         /* the operation of that parameter */
    struct loc at;                 /* where the system gives it */
    struct holding *next;          /* in the order they were found */
    struct holding *same;          /* of the same authority */
};

struct authority_graph {
    struct arena *arena;
    const struct system *system;
    /* Interfaces of the kernel and root; memory has none, and a name here. */
    const struct decl *task, *thread, *factory, *sched, *gate, *signal, *ports,
        *device, *console, *trace, *memory, *manager, *supervisor;
    struct authority *authorities;
    struct authority **authorities_end;
    struct holding *holdings;
    struct holding **holdings_end;
};

/* Looks up the kernel's interfaces. */
void authority_names(struct idl *c, struct authority_graph *g);

/* Finds everything. */
struct authority_graph *authority_close(struct idl *c, const struct system *s);

/* Whether this authority lets its holder do whatever `of` can do. */
bool holding_controls(const struct holding *h);

/* "'disk.blk'", "task 'disk'", "interrupt 14" */
const char *authority_text(struct arena *a, const struct authority *what);

/* "interrupt 14", "device memory 0x1000 to 0x1fff" */
const char *grant_text(struct arena *a, const struct grant *g);

/* The rights on it, by their names in the kernel's interfaces. */
const char *const *authority_rights(const struct authority *what);

#endif
