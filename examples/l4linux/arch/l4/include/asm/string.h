/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _ASM_L4_STRING_H
#define _ASM_L4_STRING_H

#define __HAVE_ARCH_MEMCPY
void *memcpy(void *to, const void *from, __kernel_size_t size);
void *__memcpy(void *to, const void *from, __kernel_size_t size);

#define __HAVE_ARCH_MEMMOVE
void *memmove(void *to, const void *from, __kernel_size_t size);
void *__memmove(void *to, const void *from, __kernel_size_t size);

#define __HAVE_ARCH_MEMSET
void *memset(void *to, int c, __kernel_size_t size);
void *__memset(void *to, int c, __kernel_size_t size);

#endif
