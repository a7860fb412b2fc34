/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers that QEMU was given: -fw_cfg name=...,string=... */
#ifndef FUZZ_CONFIG_H
#define FUZZ_CONFIG_H

#include <stdint.h>

/* The decimal number in that file, or `otherwise`. */
uint64_t config_number(const char *name, uint64_t otherwise);

#endif
