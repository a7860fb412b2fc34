/* SPDX-License-Identifier: BSD-2-Clause */
/* What files in DICE's dialect know without an import. */
#ifndef DICE_CORBA_TYPES_H
#define DICE_CORBA_TYPES_H

typedef struct {
    unsigned long long raw;
} l4_threadid_t;

typedef l4_threadid_t *CORBA_Object;

#endif
