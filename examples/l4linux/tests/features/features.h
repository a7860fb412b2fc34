/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef FEATURES_H
#define FEATURES_H

#include "../test.h"

/* Writes `text` to a file that is there; 0, or an error number. */
int file_put(const char *path, const char *text);

/* What a file begins with, up to `size` - 1 bytes; -1, or its length. */
int file_get(const char *path, char *buffer, int size);

/* Whether a file contains `text`. */
int file_has(const char *path, const char *text);

/* A file of this content, made if need be; 0, or an error number. */
int file_make(const char *path, const char *text);

/* The groups of tests, which need root. */
void test_network(void);
void test_namespaces(void);
void test_seccomp(void);
void test_overlay(void);
void test_groups(void);
void test_modules(void);
void test_calls(void);

#endif
