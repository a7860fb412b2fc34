/* SPDX-License-Identifier: BSD-2-Clause */
/* What libl4's start-up code and its threads share. */
#ifndef LIBL4_START_H
#define LIBL4_START_H

#include <l4/thread.h>

/* The first code of a thread, in crt0.S: makes the UTCB usable and calls
 * l4_thread_begin(). */
void l4_thread_entry(void);

/* Runs a thread that l4_thread_create() made; does not return. */
_Noreturn void l4_thread_begin(l4_thread_ctl_t *ctl);

/* Sets up the environment and runs main(); does not return. */
_Noreturn void l4_main_start(void);

/* The program itself. */
int main(int argc, char **argv);

#endif
