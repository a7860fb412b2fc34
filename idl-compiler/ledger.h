/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The trust ledger: for each component everything it depends on, with the
 * lines of every file that is linked into it. The lines come from files that
 * tools/linked-lines makes of debug information.
 */
#ifndef IDL_LEDGER_H
#define IDL_LEDGER_H

#include "system.h"

/* Who the lines of a file belong to. */
enum lines_group { LINES_OWN, LINES_LIBL4, LINES_GROUPS };

/* A source file that is linked into at least one program. */
struct lines_file {
    const char *path;
    enum lines_group group;
    uint64_t lines;
    unsigned mark; /* for whoever counts each file once */
    struct lines_file *next;
};

struct lines_ref {
    struct lines_file *file;
    struct lines_ref *next;
};

/* What is linked into a boot module, the root server or the kernel. */
struct linked {
    const char *name; /* of the module; "/root", "/kernel" */
    struct lines_ref *files;
    struct linked *next;
};

struct ledger {
    struct lines_file *files;
    struct linked *linked;
    unsigned mark;
};

/* Reads what is linked into NAME from the file at PATH: lines of `GROUP COUNT
 * SOURCE`, and of remarks that begin with #. Reports what is wrong with it. */
bool ledger_read(struct idl *c, struct ledger *l, const char *name,
                 const char *path);

/* What is linked into NAME; NULL if nobody said. */
const struct linked *ledger_find(const struct ledger *l, const char *name);

/* Why one component depends on another. */
enum trust_why {
    TRUST_NONE,
    TRUST_SELF,
    TRUST_CALLS,    /* it is connected to it */
    TRUST_MAY_CALL, /* it can be given a capability to it */
    TRUST_CONTROLS, /* the other one can do with it as it likes */
    TRUST_MANAGES,  /* ... stop it and start it again */
    TRUST_WATCHES   /* ... see what it says */
};

struct trust {
    enum trust_why why;
    const struct instance *through; /* who needs it directly */
};

/* Whom I depends on, by index of instance. */
void ledger_trusts(const struct system *s, const struct instance *i,
                   struct trust trusts[PLAN_PROGRAMS_MAX]);

#endif
