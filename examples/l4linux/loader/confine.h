/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a program keeps that is about to run Linux, or whatever else is not to
 * be trusted with more: memory, a vCPU, a terminal, an end. All of:
 *
 *     task        its own, to map and unmap
 *     factory     the quota for its processes' address spaces
 *     program     sealed: to end itself
 *     pager, exception   who looks after its faults
 *     terminal, and its other connections in the boot plan
 *     what it made of the factory itself: a signal for each source of input
 */
#ifndef L4LINUX_CONFINE_H
#define L4LINUX_CONFINE_H

#include <l4/err.h>
#include <l4/types.h>

/* Makes `size` bytes of RAM at `address`, executable, as a dataspace of 2 MiB
 * pages, all of them mapped. */
l4_err_t confine_ram(uint64_t address, uint64_t size);

/* Gives up everything else. */
l4_err_t confine(void);

#endif
