/* SPDX-License-Identifier: BSD-2-Clause */
/* I/O ports. `size` is 1, 2 or 4 bytes. */
#ifndef ARCH_PORTS_H
#define ARCH_PORTS_H

#include <stdint.h>

uint32_t arch_port_read(uint16_t port, unsigned size);
void arch_port_write(uint16_t port, unsigned size, uint32_t value);

/* Lets user mode use the ports whose bits are 0 in `denied` (8 KiB), or none
 * if that is NULL. */
void arch_ports_use(const uint64_t *denied);

/* `denied` has changed, or is to be used no more. */
void arch_ports_changed(const uint64_t *denied);
void arch_ports_forget(const uint64_t *denied);

#endif
