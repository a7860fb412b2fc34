/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel debugger, which only the debug kernel contains. It is entered
 * with interrupts off where nothing of the kernel is under way, and looks at
 * what is there; it changes nothing.
 */
#ifndef KERNEL_KDB_H
#define KERNEL_KDB_H

#include <stdbool.h>
#include <stdint.h>

#include <kernel/object.h>

struct node;
struct task;
struct thread;

/* Reads commands until one lets the system go on. `why` is printed. */
void kdb_enter(const char *why);

/* What the architecture offers: the next character typed, and the first word
 * that is at a user address of a task (false: no memory there). */
char kdb_getc(void);
bool kdb_read_user(struct task *t, uint64_t address, uint64_t *value);

/* Prints the user registers of a thread, and its stack of calls. */
void kdb_print_regs(struct thread *t);
void kdb_print_backtrace(struct thread *t);

/* Calls `visit` for every object of a type (OBJECT_NONE: of all), until it
 * returns true; the object it did so for, or NULL. */
typedef bool kdb_visit_fn(struct object *o, void *data);
struct object *kdb_each(enum object_type type, kdb_visit_fn *visit, void *data);

/* The thing around an object. */
void *kdb_thing(struct object *o);

/* Prints "task/thread", padded to `width`; "-" for NULL. */
void kdb_print_thread(const struct thread *t, unsigned width);

/* Prints what an object is: its type, and its name or whose it is. */
void kdb_print_object(struct object *o);

/* Prints "interface.operation" of a message's tag. */
void kdb_print_operation(uint64_t tag);

/* Finds by name, "task" or "task/thread"; says so and returns NULL if there is
 * none. */
struct task *kdb_find_task(const char *name);
struct thread *kdb_find_thread(const char *name);

/* Whether two strings are equal. */
bool kdb_same(const char *a, const char *b);

/* Reads a number, decimal or 0x...; false if it is none. */
bool kdb_number(const char *word, uint64_t *value);

const char *kdb_type_name(enum object_type type);
const char *kdb_state_name(unsigned state);

/* The commands. `args` are the words after the command, NULL at the end. */
void kdb_threads(char **args);
void kdb_tasks(char **args);
void kdb_caps(char **args);
void kdb_mappings(char **args);
void kdb_ipc(char **args);
void kdb_sched(char **args);
void kdb_quotas(char **args);
void kdb_trace(char **args);
void kdb_registers(char **args);
void kdb_backtrace(char **args);
void kdb_check(char **args);

#endif
