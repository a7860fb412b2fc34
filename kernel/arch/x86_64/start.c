/* SPDX-License-Identifier: BSD-2-Clause */
/* Boot, from the first line of C to the portable kernel. */
#include <arch/upcall.h>

#include "entry.h"
#include "init.h"

static struct boot_info boot_info;

void start(uint32_t magic, uint32_t info)
{
    struct acpi_info acpi = {.ioapic_count = 0};

    console_init();
    cpu_init();
    features_init();
    fpu_init();
    multiboot_read(magic, info, &boot_info);
    boot_info.acpi_rsdp = acpi_read(&acpi);
    paging_init(&boot_info);
    syscall_init(!boot_option(&boot_info, "fastpath=off", NULL));
    pic_init();
    lapic_init();
    ioapic_init(&acpi);
    clock_init();
    kernel_main(&boot_info);
}
