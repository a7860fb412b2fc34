/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef L4LINUX_PAYLOAD_H
#define L4LINUX_PAYLOAD_H

extern const unsigned char payload_kernel[], payload_kernel_end[];
extern const unsigned char payload_initrd[], payload_initrd_end[];

#endif
