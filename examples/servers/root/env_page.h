/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef ROOT_ENV_PAGE_H
#define ROOT_ENV_PAGE_H

#include "program.h"

/* Writes the environment of a program, laid out already, into a zeroed page. */
void env_page_write(const struct program *p, l4_env_t *env);

#endif
