/* SPDX-License-Identifier: BSD-2-Clause */
/* The capabilities of programs: making them and passing them on. */
#ifndef ROOT_CAPS_H
#define ROOT_CAPS_H

#include "program.h"

/* What a message to root's own gate is about: label >> LABEL_SHIFT. The rest
 * is the number of the program that sent it. */
#define LABEL_SHIFT 32
#define LABEL_PROGRAM 1u
#define LABEL_PAGER 2u
#define LABEL_EXCEPTION 3u
#define LABEL_MANAGER 4u
#define LABEL_DATASPACE 5u  /* the rest: which, and rights */
#define LABEL_SUPERVISOR 6u /* the rest: the program supervised */

/* Makes root's own gate. */
l4_err_t caps_init(void);

/* Makes a program's kernel objects and root's capabilities for it. What was
 * made before an error is in *p, for caps_destroy(). */
l4_err_t caps_create(struct program *p);

/* A capability to root's gate with any label. */
l4_err_t service_label(uint64_t label, l4_cap_t *cap);

/* Puts the program's first capabilities and those of its plan into its table,
 * except connections. */
l4_err_t caps_give(struct program *p);

/* Makes the connections between p and the other programs that run, in both
 * directions. */
l4_err_t caps_connect(struct program *p);

/* Destroys everything that caps_create() and caps_connect() made. */
void caps_destroy(struct program *p);

/* The slot of a program's table that its i-th grant has. */
l4_cap_t grant_slot(const struct program *p, uint32_t i);

/* The number of the program that is connected to a port of p by that label;
 * program_count if none is. */
uint32_t label_client(const struct program *p, uint64_t label);

/* The first label of a program's n-th port; the labels of its clients follow.
 */
#define PORT_LABELS 0x10000u
static inline uint64_t port_label(uint32_t n)
{
    return (uint64_t)(n + 1) * PORT_LABELS;
}

#endif
