/* SPDX-License-Identifier: BSD-2-Clause */
/* What is said of a failure of the kernel. */
#include <arch/cpu.h>
#include <arch/regs.h>
#include <kernel/panic.h>

#include "image.h"
#include "x86.h"

#define BACKTRACE_MAX 24

typedef unsigned long long ull;

static void regs_print(const struct arch_regs *r)
{
    printk("rip %016llx  rsp %016llx  flags %llx\n", (ull)r->rip, (ull)r->rsp,
           (ull)r->rflags);
    printk("rax %016llx  rbx %016llx  rcx %016llx\n", (ull)r->rax, (ull)r->rbx,
           (ull)r->rcx);
    printk("rdx %016llx  rsi %016llx  rdi %016llx\n", (ull)r->rdx, (ull)r->rsi,
           (ull)r->rdi);
    printk("rbp %016llx  r8  %016llx  r9  %016llx\n", (ull)r->rbp, (ull)r->r8,
           (ull)r->r9);
    printk("r10 %016llx  r11 %016llx  r12 %016llx\n", (ull)r->r10, (ull)r->r11,
           (ull)r->r12);
    printk("r13 %016llx  r14 %016llx  r15 %016llx\n", (ull)r->r13, (ull)r->r14,
           (ull)r->r15);
    printk("cr2 %016llx  cs  %llx\n", (ull)read_cr2(), (ull)r->cs);
}

/* All stacks lie in the kernel's data. */
static bool is_on_stack(uint64_t frame)
{
    return frame % 8 == 0 && frame >= (uint64_t)(uintptr_t)kernel_data &&
           frame + 16 <= (uint64_t)(uintptr_t)kernel_end;
}

static void backtrace_print(uint64_t frame)
{
    printk("called from:");
    for (unsigned i = 0; i < BACKTRACE_MAX && is_on_stack(frame); i++) {
        const uint64_t *at = (const uint64_t *)(uintptr_t)frame;

        printk(" %llx", (ull)at[1]);
        if (at[0] <= frame) {
            break;
        }
        frame = at[0];
    }
    printk("\n");
}

_Noreturn void arch_panic(void)
{
    const struct arch_regs *r = this_cpu()->fault;
    uint64_t frame = (uint64_t)(uintptr_t)__builtin_frame_address(0);

    if (r != NULL) {
        regs_print(r);
        frame = r->rbp;
    }
    backtrace_print(frame);
    out8(EXIT_PORT, PANIC_STATUS);
    for (;;) {
        __asm__ volatile("cli; hlt");
    }
}
