/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TEST_H
#define TEST_H

#define PAGE 4096

/* Prints the outcome of a test. */
void check(const char *name, int ok);

/* Prints the sum of all of them; the exit status of the program `name`. */
int check_summary(const char *name);

/* The exit status of a child that runs `f`; 1000 + the signal that ended it. */
int in_child(int (*f)(void));

/* The groups of tests that have a file of their own. */
void test_memory(void);
void test_signals(void);
void test_sockets(void);
void test_timers(void);
void test_tracing(void);
void test_vectors(void);

#endif
