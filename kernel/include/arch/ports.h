/* SPDX-License-Identifier: BSD-2-Clause */
/* I/O ports. `size` is 1, 2 or 4 bytes. */
#ifndef ARCH_PORTS_H
#define ARCH_PORTS_H

#include <stdint.h>

uint32_t arch_port_read(uint16_t port, unsigned size);
void arch_port_write(uint16_t port, unsigned size, uint32_t value);

#endif
