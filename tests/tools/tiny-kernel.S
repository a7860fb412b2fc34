/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The smallest thing that `almond run` can boot: greets on the serial line,
 * shows its own command line and that of its first module, then echoes what is
 * typed. 'x' ends the run with status 7, 'o' with status 0, 'r' resets the
 * machine, '#' hangs.
 */
#define MAGIC 0x1BADB002
#define FLAGS 3 /* modules page-aligned, memory information wanted */
#define COM1 0x3f8
#define COM1_STATUS 0x3fd
#define EXIT_PORT 0xf4

    .section .note.GNU-stack, "", @progbits
    .text
    .code32
    .balign 4
    .long MAGIC, FLAGS, -(MAGIC + FLAGS)

    .globl _start
_start:
    mov %ebx, %esi /* the boot information */
    mov $stack_top, %esp
    mov $greeting, %edi
    call print
    mov 16(%esi), %edi /* our command line */
    call print
    mov $separator, %edi
    call print
    mov 24(%esi), %edi /* the first module's */
    mov 8(%edi), %edi
    call print
    mov $separator, %edi
    call print

next_key:
    mov $COM1_STATUS, %dx
    in %dx, %al
    test $1, %al
    jz next_key
    mov $COM1, %dx
    in %dx, %al
    cmp $'\r', %al
    jne 1f
    mov $'\n', %al
1:  out %al, %dx
    mov $7, %ah
    cmp $'x', %al
    je end
    mov $0, %ah
    cmp $'o', %al
    je end
    cmp $'r', %al
    je reset
    cmp $'#', %al
    jne next_key
    cli
1:  hlt
    jmp 1b

end:
    mov %ah, %al
    mov $EXIT_PORT, %dx
    out %al, %dx

reset:
    lidt no_vectors
    int3

print:
    mov $COM1, %dx
1:  mov (%edi), %al
    test %al, %al
    jz 2f
    out %al, %dx
    inc %edi
    jmp 1b
2:  ret

no_vectors:
    .long 0, 0
greeting:
    .asciz "tiny kernel here\n"
separator:
    .asciz "\n"

    .bss
    .skip 256
stack_top:
