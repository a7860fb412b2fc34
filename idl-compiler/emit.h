/* SPDX-License-Identifier: BSD-2-Clause */
/* What the emitters share: the output, C spellings, message access. */
#ifndef IDL_EMIT_H
#define IDL_EMIT_H

#include "buf.h"
#include "idl.h"
#include "layout.h"

enum { PROTO_USER = 256 }; /* below: the kernel's */

enum emit_flags {
    EMIT_CLIENT = 1,
    EMIT_SERVER = 2,
    EMIT_KERNEL = 4,
    EMIT_FUZZ = 16,
    EMIT_LAYOUT = 32,
    EMIT_DOCS = 64,
    EMIT_NAMES = 128,
    EMIT_KFUZZ = 256,
    EMIT_PLAN = 512,
    EMIT_GRAPH = 1024,
    EMIT_LEDGER = 2048,
    EMIT_SYSTEM = EMIT_PLAN | EMIT_GRAPH | EMIT_LEDGER,
    EMIT_KERNEL_HELPED = 8 /* set while emit_kernel() is at work */
};

struct emit {
    struct idl *c;
    const struct unit *unit;     /* the file that code is made for */
    const struct system *system; /* the one that it describes, or NULL */
    struct ledger *ledger;       /* what is linked into whom */
    const char *base;            /* foo, for foo.idl */
    const char *prefix;          /* "l4/idl/" or "", where #include finds it */
    unsigned flags;
    struct buf *out; /* the file being written */
    unsigned count;  /* for emitters that count as they go */
};

/* Reports what the kernel's side cannot express. */
void emit_kernel_check(struct emit *e);

/* The six files, each written to e->out. */
void emit_header(struct emit *e);
void emit_client(struct emit *e);
void emit_server(struct emit *e);
void emit_kernel_header(struct emit *e);
void emit_kernel(struct emit *e);
void emit_names(struct emit *e);
void emit_fuzz(struct emit *e);
void emit_kfuzz(struct emit *e);

/* What is made of a system: the boot plan, the authority graph for graphviz and
 * for programs. */
void emit_plan(struct emit *e);
void emit_dot(struct emit *e);
void emit_graph(struct emit *e);

/* The trust ledger, once emit_ledger_check() found all that it needs. */
void emit_ledger_check(struct emit *e);
void emit_ledger(struct emit *e);
void emit_ledger_json(struct emit *e);

/* Whether both messages of OP are scalars that travel in registers: its stubs
 * are inline functions of the header. */
bool is_direct(const struct decl *op);

/* Formatted text to the output. */
__attribute__((format(printf, 2, 3))) void put(struct emit *e, const char *fmt,
                                               ...);

/* A formatted string that lives as long as the compilation. */
__attribute__((format(printf, 2, 3))) const char *text(struct emit *e,
                                                       const char *fmt, ...);

/* The comment at the top of every file; WHAT says what is in it. */
void put_banner(struct emit *e, const char *what);

/* Calls FN for each interface with a body in the file, in order. */
void each_interface(struct emit *e,
                    void (*fn)(struct emit *e, const struct decl *iface));

/* --- spelling ---------------------------------------------------------- */

/* "uint32_t", "fs_stat_t", "fs_file_t"; of an array, of its elements. */
const char *c_type(struct emit *e, const struct type *t);

/* "uint8_t" to "uint64_t". */
const char *c_uint(uint32_t size);

/* "L4_FPAGE_MEM": what kind of flexpage passes a T. */
const char *c_fpage_kind(const struct type *t);

/* A parameter's name in C. */
const char *c_param(struct emit *e, const struct param *p);

/* A constant of the given type, with its suffix. */
const char *c_value(struct emit *e, struct value v, const struct type *t);

/* A parameter list under construction: breaks lines at column 80. */
struct args {
    struct buf text;
    size_t indent; /* of continuation lines */
    size_t col;
    bool any;
};

void args_begin(struct args *a, const char *head);
__attribute__((format(printf, 3, 4))) void
args_add(struct emit *e, struct args *a, const char *fmt, ...);
/* Closes the list with TAIL and puts it out. */
void args_end(struct emit *e, struct args *a, const char *tail);

/* --- messages ---------------------------------------------------------- */

/* How one side reaches the words of a message. */
struct side {
    const char *regs; /* array of words 0 to reg_count - 1 */
    const char *mem;  /* array of all words */
    unsigned reg_count;
    bool is_client;
    bool is_kernel;     /* resolves capabilities, looks at its own copy */
    const char *refuse; /* statement; %s is the error code */
    const char *tag;    /* what arrived: its tag, its items, who may what */
    const char *items;
    const char *rights;
};

/* The statement that refuses a message with CODE. */
void put_refuse(struct emit *e, const struct side *s, const char *indent,
                const char *code);

/* Word I of M: in a register if it can be. */
const char *word_at(struct emit *e, const struct side *s,
                    const struct message *m, uint32_t i);

/* The value of a scalar slot as it arrived, an integer of its size. */
const char *slot_raw(struct emit *e, const struct side *s,
                     const struct message *m, const struct slot *slot);

/* Assigns a slot to the C object TARGET (an lvalue, or the name of an
 * array). */
void put_load(struct emit *e, const struct side *s, const struct message *m,
              const struct slot *slot, const char *target);

/* How a value is named that goes into a message: an rvalue for a scalar, a
 * pointer for a struct or array. */
typedef const char *value_fn(struct emit *e, const struct slot *slot);

/* Writes the fixed part of M, word by word. */
void put_store(struct emit *e, const struct side *s, const struct message *m,
               value_fn *value);

/* The word expressions alone, for messages of scalars; "0" if it is empty. */
const char *word_value(struct emit *e, const struct message *m, uint32_t i,
                       value_fn *value);

/* Temporaries that word_value() needs for native scalars. */
void put_native_temps(struct emit *e, const struct message *m, value_fn *value);

/* Refuses a message whose fixed part holds an invalid value. */
void put_slot_checks(struct emit *e, const struct side *s,
                     const struct message *m);

/*
 * Reads and bounds the counts, computes where each part begins and compares
 * the number of words with TAG. Declares nothing: NAME_n_, NAME_at_ and
 * words_ must exist.
 */
void put_part_bounds(struct emit *e, const struct side *s,
                     const struct message *m, const char *tag);

/* Refuses strings with a NUL inside and sequences with invalid elements. */
void put_part_checks(struct emit *e, const struct side *s,
                     const struct message *m);

/* The condition under which VALUE lies outside P's range; NULL if none does. */
const char *range_condition(struct emit *e, const struct param *p,
                            const char *value);

/* Whether the message needs the words in memory. */
bool needs_memory(const struct side *s, const struct message *m);

/* Declarations of NAME_w_ for native scalars of M, which may be NULL. */
void put_native_locals(struct emit *e, const struct message *m);

/* Declarations of NAME_n_ and NAME_at_ for the parts of M; NAME_n_ only if
 * WITH_COUNT. */
void put_part_locals(struct emit *e, const struct message *m, bool with_count);

/* Which helper functions the operations of this file need. */
struct needs {
    bool put_part;  /* copy a part into a message */
    bool load_regs; /* fill registers from memory */
    bool has_nul;   /* look for a NUL in a string */
};

void needs_add_store(struct needs *n, const struct message *m);
void needs_add_check(struct needs *n, const struct message *m);
void put_helpers(struct emit *e, const struct needs *n, bool with_regs);

/* Copies one part of a message out of PTR (COUNT elements), to word words_,
 * and moves words_ on. */
void put_part_store(struct emit *e, const struct side *s, const struct part *p,
                    const char *ptr, const char *count);

/* --- items (emit_item.c) ------------------------------------------------ */

/* Refuses a message whose items are not what M says; a kernel object finds
 * out when it loads them. */
void put_items_check(struct emit *e, const struct side *s,
                     const struct message *m);

/* Gives what arrived to the parameters. */
void put_items_load(struct emit *e, const struct side *s,
                    const struct message *m);

/* Puts the items of M into the UTCB. */
void put_items_store(struct emit *e, const struct side *s,
                     const struct message *m);

/* The name of the constant that is the tag of a message; with parts, the
 * number of words is 0 in it. */
const char *tag_text(struct emit *e, const struct decl *op, bool is_reply);

/* How many exceptions carry a payload. */
bool raises_payload(const struct decl *op);

#endif
