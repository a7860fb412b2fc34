/* SPDX-License-Identifier: GPL-2.0-only */
/* Linux and its first file system, as the build made them. Root pages both in
 * out of the boot module, so they cost no memory here. */
    .section .rodata.payload, "a"

    .balign 4096
    .globl payload_kernel, payload_kernel_end
payload_kernel:
    .incbin PAYLOAD_KERNEL
payload_kernel_end:

    .balign 4096
    .globl payload_initrd, payload_initrd_end
payload_initrd:
    .incbin PAYLOAD_INITRD
payload_initrd_end:

    .section .note.GNU-stack, "", @progbits
