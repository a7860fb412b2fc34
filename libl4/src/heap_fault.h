/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIBL4_HEAP_FAULT_H
#define LIBL4_HEAP_FAULT_H

/* Says what is wrong with the heap and where, and ends the program. */
_Noreturn void heap_fault(const char *what, const void *where);

#endif
