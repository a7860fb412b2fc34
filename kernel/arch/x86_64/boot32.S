/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From the boot loader to C: multiboot 1 header, the checks that 32-bit code
 * has to make, first page tables, long mode.
 *
 * The first tables map the lower 4 GiB, with all rights, at 0 and at
 * PHYS_BASE, and 1 GiB of it at KERNEL_BASE. paging.c replaces them.
 */
#include <arch/mem.h>

#include "x86.h"

#define MULTIBOOT_MAGIC 0x1badb002
#define MULTIBOOT_FLAGS 0x3 /* modules on pages, memory map */

#define PTE_TABLE 0x3
#define PTE_LARGE 0x83

#define PHYS(symbol) ((symbol) - KERNEL_BASE)

    .section .multiboot, "a"
    .balign 4
    .long MULTIBOOT_MAGIC
    .long MULTIBOOT_FLAGS
    .long -(MULTIBOOT_MAGIC + MULTIBOOT_FLAGS)

    .section .boot.text, "ax"
    .code32
    .globl boot_start
    .type boot_start, @function
boot_start:
    cli
    cld
    movl $PHYS(cpu0_stack + KSTACK_SIZE), %esp
    movl %eax, %edi
    movl %ebx, %esi

    /* Is there CPUID, and does it know long mode and no-execute? */
    pushfl
    popl %eax
    movl %eax, %ecx
    xorl $0x200000, %eax
    pushl %eax
    popfl
    pushfl
    popl %eax
    xorl %ecx, %eax
    testl $0x200000, %eax
    jz boot_refuse
    movl $0x80000000, %eax
    cpuid
    cmpl $0x80000001, %eax
    jb boot_refuse
    movl $0x80000001, %eax
    cpuid
    andl $(CPUID_LM | CPUID_NX), %edx
    cmpl $(CPUID_LM | CPUID_NX), %edx
    jne boot_refuse

    /* 2048 large pages, then the tables above them. */
    movl $PHYS(boot_pd), %ebx
    movl $PTE_LARGE, %eax
    xorl %ecx, %ecx
1:  movl %eax, (%ebx, %ecx, 8)
    addl $0x200000, %eax
    incl %ecx
    cmpl $2048, %ecx
    jne 1b
    movl $PHYS(boot_pdpt), %edx
    leal PTE_TABLE(%ebx), %eax
    movl %eax, (%edx)
    addl $0x1000, %eax
    movl %eax, 8(%edx)
    addl $0x1000, %eax
    movl %eax, 16(%edx)
    addl $0x1000, %eax
    movl %eax, 24(%edx)
    movl $PHYS(boot_pdpt_kernel), %ecx
    leal PTE_TABLE(%ebx), %eax
    movl %eax, 510 * 8(%ecx)
    movl $PHYS(boot_pml4), %ebx
    leal PTE_TABLE(%edx), %eax
    movl %eax, (%ebx)
    movl %eax, 256 * 8(%ebx)
    leal PTE_TABLE(%ecx), %eax
    movl %eax, 511 * 8(%ebx)

    movl $CR4_PAE, %eax
    movl %eax, %cr4
    movl %ebx, %cr3
    movl $MSR_EFER, %ecx
    rdmsr
    orl $(EFER_LME | EFER_NXE), %eax
    wrmsr
    movl $(CR0_PG | CR0_WP | CR0_NE | CR0_TS | CR0_MP | CR0_PE), %eax
    movl %eax, %cr0
    lgdt boot_gdt_pointer
    ljmp $SEL_KERNEL_CODE, $boot_long

    /* Says so on the serial line, as the loader left it. */
boot_refuse:
    movl $boot_refusal, %esi
2:  movl $(COM1 + 5), %edx
    movl $100000, %ecx
3:  inb %dx, %al
    testb $0x20, %al
    loopz 3b
    lodsb
    testb %al, %al
    jz 4f
    movl $COM1, %edx
    outb %al, %dx
    jmp 2b
4:  movb $PANIC_STATUS, %al
    outb %al, $EXIT_PORT
5:  hlt
    jmp 5b

    .code64
boot_long:
    xorl %eax, %eax
    movl %eax, %ds
    movl %eax, %es
    movl %eax, %ss
    movl %eax, %fs
    movl %eax, %gs
    movq $(cpu0_stack + KSTACK_SIZE), %rsp
    xorl %ebp, %ebp
    movl %edi, %edi
    movl %esi, %esi
    /* This page is gone when start() returns. */
    pushq $arch_return
    movq $start, %rax
    jmp *%rax
    .size boot_start, . - boot_start

    .section .boot.data, "a"
boot_refusal:
    .asciz "almond: this processor has no long mode or no NX\r\n"
    .balign 8
boot_gdt:
    .quad 0
    .quad 0x00af9b000000ffff
boot_gdt_pointer:
    .word . - boot_gdt - 1
    .long boot_gdt

    .section .bss.boot, "aw", @nobits
    .balign 4096
boot_pml4:
    .skip 4096
boot_pdpt:
    .skip 4096
boot_pdpt_kernel:
    .skip 4096
boot_pd:
    .skip 4 * 4096

    .section .note.GNU-stack, "", @progbits
