/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How this machine is switched off and reset, as the firmware's ACPI tables
 * say. Nothing in them is believed: checksums, lengths and places are checked,
 * and no more than a bounded amount is read.
 */
#ifndef L4_ACPI_H
#define L4_ACPI_H

#include <stdbool.h>
#include <stddef.h>

#include <l4/err.h>
#include <l4/types.h>

/* Copies `size` bytes of physical memory, which do not cross a page, to `to`.
 * False if they cannot be read. */
typedef bool l4_acpi_read_fn(void *data, uint64_t phys, void *to, size_t size);

typedef struct l4_acpi_power {
    uint16_t off_port_a;  /* where switching off begins; 0: it cannot be done */
    uint16_t off_port_b;  /* a second one, 0: there is none */
    uint16_t off_value_a; /* 16 bits to write there */
    uint16_t off_value_b;
    uint16_t mode_port;  /* 8 bits to write first, if bit 0 of off_port_a is */
    uint8_t mode_value;  /* clear: gives the ports to us. 0: no need */
    uint8_t reset_value; /* 8 bits to write to ... */
    uint16_t reset_port; /* ... this; 0: the tables know no way */
} l4_acpi_power_t;

/* Reads the tables. L4_ENOENT if there are none that are valid. */
l4_err_t l4_acpi_power(l4_acpi_read_fn *read, void *data, l4_acpi_power_t *out);

#endif
