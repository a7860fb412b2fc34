/* SPDX-License-Identifier: BSD-2-Clause */
/* The system call, and the UTCB of the calling thread. */
#ifndef L4_SYSCALL_H
#define L4_SYSCALL_H

#include <l4/message.h>
#include <l4/utcb.h>

/* The UTCB of the calling thread. A thread never changes its UTCB, so the
 * compiler may keep the address. */
static inline l4_utcb_t *l4_utcb(void)
{
    l4_utcb_t *utcb;
    __asm__("mov %%gs:0, %0" : "=r"(utcb));
    return utcb;
}

/*
 * The one way into the kernel. `tag` has the phases (L4_PHASE_*), `cap` is
 * whom to send to or L4_CAP_NONE, `w` the words to send; afterwards `w` holds
 * the words received and `label` (unless NULL) the label of the gate or
 * signal they came through. Returns the tag received, or one with
 * L4_TAG_ERROR. Blocks as the phases and timeouts say.
 */
static inline l4_tag_t l4_ipc(l4_tag_t tag, l4_cap_t cap, l4_words_t *w,
                              uint64_t *label)
{
    uint64_t rdi = cap;
    uint64_t w0 = w->w[0];
    uint64_t w1 = w->w[1];
    register uint64_t w2 __asm__("r8") = w->w[2];
    register uint64_t w3 __asm__("r9") = w->w[3];
    register uint64_t w4 __asm__("r10") = w->w[4];

    __asm__ volatile("syscall"
                     : "+a"(tag), "+D"(rdi), "+S"(w0), "+d"(w1), "+r"(w2),
                       "+r"(w3), "+r"(w4)
                     :
                     : "rcx", "r11", "cc", "memory");
    w->w[0] = w0;
    w->w[1] = w1;
    w->w[2] = w2;
    w->w[3] = w3;
    w->w[4] = w4;
    if (label)
        *label = rdi;
    return tag;
}

#endif
