/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What must fail for Linux, and for whoever holds what Linux holds: tried by a
 * module of Linux's (l4hostile.c) and by a native program in Linux's place
 * (tests/guest/linux/hostile.c). Who includes this has
 *
 *   MUST_FAULT(text, operands)  runs an instruction, checks that it faults
 *   attack_map()                below
 *   addresses                   ENVIRONMENT, CLOCK: seen, not to be written;
 *                               BEYOND the RAM, ROOT_RAM, MICROKERNEL,
 * USER_END, UTCB: not to be had
 */
#ifndef ATTACKS_H
#define ATTACKS_H

/* Maps what lies there in our own task, with all rights, to `at`. */
static void attack_map(uint64_t source, unsigned int order, uint64_t at);

static uint64_t seed;

static uint64_t random_next(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

static void attack_instructions(void)
{
    static const uint64_t table[2];

    MUST_FAULT("cli", "r"(0));
    MUST_FAULT("sti", "r"(0));
    MUST_FAULT("hlt", "r"(0));
    MUST_FAULT("inb $0x60, %%al", "a"(0));
    MUST_FAULT("outb %%al, $0x80", "a"(0));
    MUST_FAULT("outb %%al, $0xf4", "a"(0));
    MUST_FAULT("outb %%al, %%dx", "a"(0), "d"(0x3f8));
    MUST_FAULT("outsb", "d"(0x3f8), "S"(table));
    MUST_FAULT("rdmsr", "c"(0xc0000082), "a"(0), "d"(0));
    MUST_FAULT("wrmsr", "c"(0xc0000082), "a"(0), "d"(0));
    MUST_FAULT("mov %%cr0, %%rax", "a"(0));
    MUST_FAULT("mov %%rax, %%cr3", "a"(0));
    MUST_FAULT("mov %%rax, %%cr4", "a"(0));
    MUST_FAULT("mov %%rax, %%dr7", "a"(0));
    MUST_FAULT("lgdt (%[at])", [at] "r"(table));
    MUST_FAULT("lidt (%[at])", [at] "r"(table));
    MUST_FAULT("ltr %%ax", "a"(0));
    MUST_FAULT("invlpg (%[at])", [at] "r"(table));
    MUST_FAULT("swapgs", "r"(0));
    MUST_FAULT("wbinvd", "r"(0));
    MUST_FAULT("clts", "r"(0));
    MUST_FAULT("xsetbv", "a"(0), "c"(0), "d"(0));
    MUST_FAULT("int $0x20", "r"(0));
    MUST_FAULT("int $0x80", "r"(0));
    MUST_FAULT("mov %%ax, %%ss", "a"(0x10));
}

static void attack_read(uint64_t address)
{
    MUST_FAULT("mov (%[at]), %%al", [at] "r"(address), "a"(0));
}

static void attack_write(uint64_t address)
{
    MUST_FAULT("movb $0, (%[at])", [at] "r"(address));
}

static void attack_memory(void)
{
    attack_read(MICROKERNEL);
    attack_read(ROOT_RAM);
    attack_read(BEYOND);
    attack_write(MICROKERNEL);
    attack_write(ENVIRONMENT);
    attack_write(CLOCK);
    attack_write(USER_END);
}

/* Memory that is nobody's or somebody else's, to where we could see it; and
 * what we have, with more rights. */
static void attack_mappings(uint64_t at)
{
    static const uint64_t sources[] = {
        0, 1ull << 39, ROOT_RAM, BEYOND, MICROKERNEL, USER_END, UTCB};

    for (unsigned int i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
        for (unsigned int order = 12; order < 50; order += 3) {
            attack_map(sources[i], order, at);
            attack_read(at);
        }
    }
    attack_map(CLOCK, 12, at);
    attack_write(at);
}

#endif
