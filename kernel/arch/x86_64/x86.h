/* SPDX-License-Identifier: BSD-2-Clause */
/* The processor's registers, bits and instructions. */
#ifndef X86_H
#define X86_H

/* Selectors. Their order is what syscall and sysret want. */
#define SEL_KERNEL_CODE 0x08
#define SEL_KERNEL_DATA 0x10
#define SEL_USER_BASE 0x1b
#define SEL_USER_DATA 0x23
#define SEL_USER_CODE 0x2b
#define SEL_TSS 0x30

#define CR0_MP 0x2
#define CR0_TS 0x8
#define CR0_PE 0x1
#define CR0_NE 0x20
#define CR0_WP 0x10000
#define CR0_PG 0x80000000

#define CR4_PAE 0x20
#define CR4_PGE 0x80
#define CR4_OSFXSR 0x200
#define CR4_OSXMMEXCPT 0x400
#define CR4_UMIP 0x800
#define CR4_FSGSBASE 0x10000
#define CR4_OSXSAVE 0x40000
#define CR4_SMEP 0x100000
#define CR4_SMAP 0x200000

#define MSR_APIC_BASE 0x1b
#define MSR_EFER 0xc0000080
#define MSR_STAR 0xc0000081
#define MSR_LSTAR 0xc0000082
#define MSR_FMASK 0xc0000084

#define EFER_SCE 0x1
#define EFER_LME 0x100
#define EFER_NXE 0x800

#define RFLAGS_ONE 0x2       /* always set */
#define RFLAGS_IF 0x200      /* interrupts on */
#define RFLAGS_USER 0x250dd5 /* what users may change: CF PF AF ZF SF TF DF */
                             /* OF RF AC ID */
#define RFLAGS_MASK 0x257fd5 /* cleared on entry by syscall */

/* CPUID leaf 80000001h, edx. */
#define CPUID_SYSCALL 0x800
#define CPUID_NX 0x100000
#define CPUID_1G 0x4000000
#define CPUID_LM 0x20000000

/* Vectors. */
#define VECTOR_DEBUG 1
#define VECTOR_NMI 2
#define VECTOR_BREAKPOINT 3
#define VECTOR_NO_FPU 7
#define VECTOR_DOUBLE_FAULT 8
#define VECTOR_PAGE_FAULT 14
#define VECTOR_MACHINE_CHECK 18
#define VECTOR_PIC 32   /* 16 of the old controller, masked */
#define VECTOR_LINES 48 /* first of the interrupt lines */
#define VECTOR_TIMER 240
#define VECTOR_SPURIOUS 255

/* The bits of a page fault's error code that tell of the access. */
#define FAULT_MASK 0x1f

/* The stacks of a processor. */
#define IST_COUNT 4
#define IST_SIZE 4096
#define KSTACK_SIZE 8192

/* The serial line of the console. */
#define COM1 0x3f8

/* QEMU's isa-debug-exit, and what is written there when the kernel fails. */
#define EXIT_PORT 0xf4
#define PANIC_STATUS 70

/* Size of a trap entry, in bytes. */
#define TRAP_STUB_SIZE 16

#ifndef __ASSEMBLER__

#include <stdint.h>

static inline uint8_t in8(uint16_t port)
{
    uint8_t value;

    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static inline void out8(uint16_t port, uint8_t value)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline uint64_t read_msr(uint32_t msr)
{
    uint32_t low;
    uint32_t high;

    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
    return ((uint64_t)high << 32) | low;
}

static inline void write_msr(uint32_t msr, uint64_t value)
{
    __asm__ volatile("wrmsr"
                     :
                     : "c"(msr), "a"((uint32_t)value),
                       "d"((uint32_t)(value >> 32))
                     : "memory");
}

static inline uint64_t read_tsc(void)
{
    uint32_t low;
    uint32_t high;

    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
    return ((uint64_t)high << 32) | low;
}

/* Accessors of registers that one instruction reads or writes. */
/* NOLINTBEGIN(bugprone-macro-parentheses): they are strings of assembly */
#define REGISTER_READ(name, instruction)             \
    static inline uint64_t name(void)                \
    {                                                \
        uint64_t value;                              \
                                                     \
        __asm__ volatile(instruction : "=r"(value)); \
        return value;                                \
    }
#define REGISTER_WRITE(name, instruction, ...)                      \
    static inline void name(uint64_t value)                         \
    {                                                               \
        __asm__ volatile(instruction : : "r"(value) : __VA_ARGS__); \
    }
/* NOLINTEND(bugprone-macro-parentheses) */

REGISTER_READ(read_cr0, "movq %%cr0, %0")
REGISTER_READ(read_cr2, "movq %%cr2, %0")
REGISTER_READ(read_cr4, "movq %%cr4, %0")
REGISTER_READ(read_fs_base, "rdfsbase %0")
REGISTER_WRITE(write_cr0, "movq %0, %%cr0", "memory")
REGISTER_WRITE(write_cr3, "movq %0, %%cr3", "memory")
REGISTER_WRITE(write_cr4, "movq %0, %%cr4", "memory")
REGISTER_WRITE(write_fs_base, "wrfsbase %0")

/* The user's gs base, which swapgs exchanges with the kernel's. */
REGISTER_READ(read_user_gs_base, "swapgs; rdgsbase %0; swapgs")
REGISTER_WRITE(write_user_gs_base, "swapgs; wrgsbase %0; swapgs")

/* Writes it, and returns what it was. */
static inline uint64_t exchange_user_gs_base(uint64_t value)
{
    uint64_t old;

    __asm__ volatile("swapgs; rdgsbase %0; wrgsbase %1; swapgs"
                     : "=&r"(old)
                     : "r"(value));
    return old;
}

struct cpuid {
    uint32_t eax;
    uint32_t ebx;
    uint32_t ecx;
    uint32_t edx;
};

static inline struct cpuid cpuid(uint32_t leaf, uint32_t subleaf)
{
    struct cpuid r;

    __asm__ volatile("cpuid"
                     : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx)
                     : "a"(leaf), "c"(subleaf));
    return r;
}

#endif
#endif
