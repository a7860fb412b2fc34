/* SPDX-License-Identifier: BSD-2-Clause */
/* What the boot loader told, checked and copied. */
#ifndef ARCH_BOOT_H
#define ARCH_BOOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BOOT_REGIONS 32
#define BOOT_MODULES 64
#define BOOT_CMDLINE 256

/* A range of physical memory, page aligned. */
struct boot_region {
    uint64_t start;
    uint64_t end; /* exclusive */
};

/* A file that the loader put into RAM. It starts on a page and overlaps
 * neither the kernel nor another module, up to its last page's end. */
struct boot_module {
    uint64_t start;   /* physical address */
    uint64_t size;    /* bytes, not 0 */
    char cmdline[48]; /* NUL-terminated, cut if longer */
};

struct boot_info {
    char cmdline[BOOT_CMDLINE]; /* NUL-terminated, cut if longer */

    /* All RAM above the first MiB that phys_to_virt() reaches, sorted, not
     * overlapping. Kernel and modules lie in it. */
    struct boot_region ram[BOOT_REGIONS];
    unsigned ram_count;

    struct boot_module modules[BOOT_MODULES];
    unsigned module_count;

    uint64_t kernel_start; /* physical, page aligned */
    uint64_t kernel_end;   /* exclusive; includes zeroed data */
    uint64_t acpi_rsdp;    /* physical, 0 if there is none */
};

/* Whether a word of the command line begins with `key`; `*value` (unless
 * NULL) becomes what follows it. */
static inline bool boot_option(const struct boot_info *bi, const char *key,
                               const char **value)
{
    for (const char *p = bi->cmdline; *p; p++) {
        size_t i = 0;
        if (p != bi->cmdline && p[-1] != ' ') {
            continue;
        }
        while (key[i] && p[i] == key[i]) {
            i++;
        }
        if (!key[i]) {
            if (value) {
                *value = p + i;
            }
            return true;
        }
    }
    return false;
}

#endif
