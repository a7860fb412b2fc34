/* SPDX-License-Identifier: GPL-2.0-only */
/* Linux's ELF file. */
#ifndef L4LINUX_VMLINUX_H
#define L4LINUX_VMLINUX_H

#include <l4/err.h>
#include <l4/types.h>

/* Copies the segments of an ELF file to where they are linked, all of which
 * must lie between `start` and `end`; says where it begins. L4_EFORMAT if it
 * is not such a file. */
l4_err_t vmlinux_load(const void *file, size_t size, uint64_t start,
                      uint64_t end, uint64_t *entry);

#endif
