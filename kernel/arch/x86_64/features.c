/* SPDX-License-Identifier: BSD-2-Clause */
/* What the processor must have, and what is used where it is there. */
#include <kernel/panic.h>
#include <kernel/string.h>

#include "entry.h"
#include "init.h"
#include "x86.h"

/* CPUID leaf 1, edx. */
#define HAS_TSC 0x10u
#define HAS_MSR 0x20u
#define HAS_APIC 0x200u
#define HAS_PGE 0x2000u
#define HAS_FXSR 0x1000000u
/* Leaf 7, ebx and ecx. */
#define HAS_FSGSBASE 0x1u
#define HAS_SMEP 0x80u
#define HAS_SMAP 0x100000u
#define HAS_UMIP 0x4u

struct feature {
    uint32_t bit;
    const char *name;
};

static const struct feature features_1[] = {
    {HAS_TSC, "TSC"}, {HAS_MSR, "MSR"},   {HAS_APIC, "APIC"},
    {HAS_PGE, "PGE"}, {HAS_FXSR, "FXSR"}, {0, NULL},
};
static const struct feature features_7[] = {
    {HAS_FSGSBASE, "FSGSBASE"},
    {0, NULL},
};
static const struct feature features_ext[] = {
    {CPUID_SYSCALL, "SYSCALL"},
    {CPUID_NX, "NX"},
    {0, NULL},
};

static void features_demand(const struct feature *list, uint32_t have)
{
    for (; list->bit != 0; list++) {
        if (!(have & list->bit)) {
            panic("boot: this processor lacks %s", list->name);
        }
    }
}

/* Makes the entry code refuse accesses to user memory. The text can be
 * written until paging_init(). */
static void clac_patch(void)
{
    static const uint8_t clac[] = {0x0f, 0x01, 0xca};

    for (const uint64_t *site = clac_sites; site < clac_sites_end; site++) {
        memcpy((void *)(uintptr_t)*site, clac, sizeof(clac));
    }
}

void features_init(void)
{
    struct cpuid leaf7 = {0, 0, 0, 0};
    uint64_t cr4 =
        CR4_PAE | CR4_PGE | CR4_OSFXSR | CR4_OSXMMEXCPT | CR4_FSGSBASE;

    if (cpuid(0, 0).eax >= 7) {
        leaf7 = cpuid(7, 0);
    }
    features_demand(features_1, cpuid(1, 0).edx);
    features_demand(features_7, leaf7.ebx);
    features_demand(features_ext, cpuid(0x80000001, 0).edx);
    if (leaf7.ebx & HAS_SMEP) {
        cr4 |= CR4_SMEP;
    }
    if (leaf7.ebx & HAS_SMAP) {
        cr4 |= CR4_SMAP;
        clac_patch();
    }
    if (leaf7.ecx & HAS_UMIP) {
        cr4 |= CR4_UMIP;
    }
    __asm__ volatile("movq %0, %%cr4" : : "r"(cr4) : "memory");
}
