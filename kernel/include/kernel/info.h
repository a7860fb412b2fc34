/* SPDX-License-Identifier: BSD-2-Clause */
/* The RAM that root gets, and the info page that tells it so. */
#ifndef KERNEL_INFO_H
#define KERNEL_INFO_H

#include <l4/info.h>

#include <arch/boot.h>

struct task;

#define RAM_REGIONS (L4_INFO_REGIONS - 2)

/* Free RAM, page aligned, sorted. */
struct l4_ram {
    struct boot_region regions[RAM_REGIONS];
    unsigned count;
    struct boot_region kernel; /* its image, and ... */
    struct boot_region pool;   /* ... its pool */
};

/* All RAM but the kernel's image and root's, which is mapped by itself. */
void ram_init(struct l4_ram *ram, const struct boot_info *bi);

/* Takes `size` bytes from the top of the highest piece that holds them and
 * no module: their address, or 0. */
uint64_t ram_take_top(struct l4_ram *ram, const struct boot_info *bi,
                      uint64_t size);

uint64_t ram_bytes(const struct l4_ram *ram);

/* Makes the info pages and maps them into root, read-only. L4_EQUOTA. */
l4_err_t info_map(struct task *root, const struct boot_info *bi,
                  const struct l4_ram *ram);

#endif
