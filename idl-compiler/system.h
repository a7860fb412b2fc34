/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Components and systems after their checks: what a program offers and needs,
 * and which programs an image starts with what. docs/idl.md has the language,
 * docs/bootplan.md the limits, which are root's.
 */
#ifndef IDL_SYSTEM_H
#define IDL_SYSTEM_H

#include "idl.h"

enum {
    PLAN_NAME_MAX = 23,
    PLAN_PROGRAMS_MAX = 32,
    PLAN_CAPS_MAX = 32,
    PLAN_PORTS_MAX = 16,
    PLAN_GRANTS_MAX = 512,
    PLAN_REGIONS_MAX = 8,
    PLAN_ARGS_MAX = 700
};

/* What a component offers others (`provides`) or calls (`uses`). */
struct port {
    const char *name;
    struct loc loc;
    const struct decl *iface;
    bool optional;  /* of a use: it may stay unconnected */
    unsigned index; /* among its component's provided ports */
    struct port *next;
};

/* What comes from root or the kernel, not from another component. */
enum grant_kind {
    GRANT_CONSOLE,
    GRANT_IRQ,
    GRANT_PORTS,
    GRANT_MMIO,
    GRANT_MODULE,
    GRANT_MANAGER,
    GRANT_SUPERVISE,
    GRANT_DEVICE,
    GRANT_TRACE,
    GRANT_KINDS
};

/* Of a component: a need. Of an instance: what is given for one. */
struct grant {
    enum grant_kind kind;
    const char *name; /* NULL: the console */
    struct loc loc;
    uint64_t first;   /* line, port or address */
    uint64_t count;   /* ports or bytes */
    const char *text; /* interrupt mode; name of the boot module or program */
    const struct instance *program; /* that is supervised */
    bool dma;                       /* whoever has it can reach all memory */
    bool optional;                  /* of a need */
    struct grant *next;
};

enum restart { RESTART_NEVER, RESTART_FAILED, RESTART_ALWAYS };

/* How much a program gets; what is not said is 0 or NULL, and its place is
 * without a source. */
struct settings {
    uint64_t memory, stack, heap, quota, table, priority;
    uint64_t budget_ns, period_ns;
    const char *args;
    bool manual; /* somebody else starts it */
    enum restart restart;
    uint64_t backoff_ms; /* before the first restart */
    struct loc memory_at, stack_at, heap_at, quota_at, table_at, priority_at;
    struct loc budget_at, args_at, start_at, restart_at, backoff_at;
};

struct component {
    const struct decl *decl;
    const char *program; /* the name of its boot module */
    struct loc program_at;
    struct port *provides;
    struct port *uses;
    struct grant *needs;
    struct settings settings;
    struct loc untrusted; /* has a source if it says so */
    unsigned provide_count;
};

struct instance;
struct authority_graph;

/* A connection, as seen by its client. */
struct link {
    struct instance *client;
    const struct port *use;
    struct instance *server;
    const struct port *port;
    bool give;    /* the client may pass items */
    bool inverts; /* an inversion of priorities is accepted */
    struct loc loc;
    struct link *next; /* of the same client, in order of its uses */
};

struct instance {
    const char *name;
    struct loc loc;
    struct component *component;
    struct settings settings; /* complete, with defaults */
    struct grant *grants;
    struct link *links;
    unsigned index;
    struct instance *next;
};

/* `never from -> to;` */
struct never {
    const struct instance *from;
    const struct instance *to;
    const struct port *port;   /* of `to`; or */
    const struct grant *grant; /* of `to`; or neither: all of it */
    struct loc loc;
    struct never *next;
};

enum exit_rule { EXIT_NEVER, EXIT_PROGRAM, EXIT_ALL };

struct system {
    const struct decl *decl;
    struct instance *instances;
    unsigned instance_count;
    struct never *nevers;
    uint64_t memory;  /* of the machine, 256 MiB unless said */
    uint64_t pool;    /* of the kernel, 16 MiB unless said */
    uint64_t reserve; /* percent of the time that no budget may take */
    struct loc memory_at, pool_at, reserve_at, exit_at;
    enum exit_rule exit_rule;
    const struct instance *exit_program;
    const struct authority_graph *authority; /* who can hold what */
    bool valid;                              /* nothing was wrong with it */
};

/* Whether an interface is BASE or inherits from it. */
bool interface_conforms(const struct decl *iface, const struct decl *base);

/* Calls FN for each operation that IFACE offers, those of its bases included;
 * ends when FN returns true, and returns whether it did. */
bool interface_each_op(const struct decl *iface,
                       bool (*fn)(const struct decl *op, void *arg), void *arg);

/* Checks all components and systems, when all operations are known. */
void check_systems(struct idl *c);

/* --- parts of the checker ---------------------------------------------- */

/* Fills in d->component. */
void check_component(struct idl *c, struct decl *d);

/* One setting of a component or instance (`memory 1M;`); false if the word is
 * no setting. */
bool check_setting(struct idl *c, const struct decl *scope,
                   const struct clause *cl, struct settings *s);

/* Those of the instance, else of the component, else the defaults. */
void settings_complete(struct settings *s, const struct settings *component);

/* One grant of a component or, with its values, of an instance; false if the
 * word is no kind of grant. *OUT is NULL after an error. */
bool check_grant(struct idl *c, const struct decl *scope,
                 const struct clause *cl, bool values, struct grant **out);
const char *grant_word(enum grant_kind kind);

/* The number, name or string that a clause has as its N-th argument; false, and
 * an error, if it is something else. */
bool clause_number(struct idl *c, const struct decl *scope,
                   const struct clause *cl, unsigned n, uint64_t low,
                   uint64_t high, uint64_t *out);
const char *clause_word(struct idl *c, const struct clause *cl, unsigned n);
const char *clause_text(struct idl *c, const struct clause *cl, unsigned n);

/* Checks how many arguments there are, and whether there is a name. */
bool clause_form(struct idl *c, const struct clause *cl, unsigned least,
                 unsigned most, bool named, const char *form);

/* Reports an unknown first word, with the NULL-terminated ones that there
 * are. */
void clause_unknown(struct idl *c, const struct clause *cl,
                    const char *const *words);

/* A name that the boot plan can hold; reports others. */
bool check_plan_name(struct idl *c, const char *name, struct loc loc);

/* The instance of that name; reports if there is none. */
struct instance *instance_resolve(struct idl *c, const struct system *s,
                                  const char *name, struct loc loc);

/* Supervisors, restarts, and whether the image can end. */
void check_starts(struct idl *c, struct system *s);

/* Memory, processor time and priorities of a whole system. */
void check_limits(struct idl *c, struct system *s);
void check_priorities(struct idl *c, struct system *s);

/* The `never` rules (authority.h). */
void check_nevers(struct idl *c, struct system *s);

#endif
