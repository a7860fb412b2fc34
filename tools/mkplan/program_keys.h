/* SPDX-License-Identifier: BSD-2-Clause */
/* What a `program` line says about a program. */
#ifndef MKPLAN_PROGRAM_KEYS_H
#define MKPLAN_PROGRAM_KEYS_H

#include "plan_text.h"

/* A program about which nothing is said yet. */
void program_defaults(struct program_text *p);

/* What follows from the program's name: its module and first argument. */
void program_named(struct program_text *p);

/* Carries out one key=value word, or reports what is wrong with it. */
void program_key(struct plan_text *plan, struct program_text *p, char *word);

#endif
