/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The state page of a virtual CPU.
 *
 * A thread becomes a vCPU by thread.make_vcpu. From then on it has two sides:
 * the host, code of the thread's own task, and the guest, whose registers lie
 * in this page and whose memory is another task. Any system call, fault,
 * exception or interrupt of the guest saves its registers here and enters the
 * host at `entry_ip` with `entry_sp`, the page's address in rdi, and all
 * events masked (`state` 0). Events of the host save its own registers beside
 * those of the guest, which stay what they are until the next resume. The host
 * goes on by the phases L4_PHASE_RESUME and L4_PHASE_HALT, which take no
 * message.
 *
 * The page belongs to the host: the kernel checks what it reads, reads each
 * field once, and an invalid value hurts no one but the vCPU.
 */
#ifndef L4_VCPU_H
#define L4_VCPU_H

#include <l4/types.h>

#define L4_VCPU_VERSION 2u

/* Bits of `state` and `saved_state`. */
#define L4_VCPU_IRQ 0x01u  /* interrupts enter the host */
#define L4_VCPU_PF 0x02u   /* page faults of the host enter it; else: pager */
#define L4_VCPU_EXC 0x04u  /* likewise exceptions; else: exception handler */
#define L4_VCPU_USER 0x20u /* the guest runs; in saved_state: resume it */

/* Bits of `sticky`. */
#define L4_VCPU_PENDING 0x1u /* something was set in virq_pending */

/* Why the host was entered. */
#define L4_VCPU_REASON_SYSCALL 1u /* of the guest */
#define L4_VCPU_REASON_PF 2u      /* of the guest: error, address */
#define L4_VCPU_REASON_EXC 3u     /* of guest or host: trapno, error */
#define L4_VCPU_REASON_IRQ 4u     /* see virq_pending */
#define L4_VCPU_REASON_HOST_PF 5u /* of the host: error, address */
#define L4_VCPU_REASON_MAP 6u     /* resume stopped at mapq[map_done] */
#define L4_VCPU_REASON_BAD 7u     /* resume refused: what the page holds */

/* The virtual interrupt that the deadline raises. Signals bound to the vCPU
 * raise the one that their label names, modulo 256. */
#define L4_VCPU_VIRQ_TIMER 0u

#define L4_VCPU_VIRQS 256u

/* One change of the guest's memory, made on resume. A mapping replaces what is
 * there, as an entry of a page table does. */
typedef struct l4_vcpu_map {
    uint64_t address; /* in the guest, aligned to its size */
    uint8_t order;    /* log2 of its size: 12 to 30; unmap: to 47 */
    uint8_t rights;   /* L4_MEM_*; unmap: the rights to take away */
    uint16_t op;      /* L4_VCPU_MAP or L4_VCPU_UNMAP */
    uint32_t reserved;
    uint64_t host_address; /* the same memory in the host */
} l4_vcpu_map_t;

#define L4_VCPU_MAP 0u
#define L4_VCPU_UNMAP 1u

#define L4_VCPU_MAPQ_SIZE 128u

/* Registers, in the order in which Linux on x86-64 keeps them. */
typedef struct l4_vcpu_regs {
    uint64_t r15, r14, r13, r12, bp, bx, r11, r10, r9, r8;
    uint64_t ax, cx, dx, si, di;
    uint64_t orig_ax; /* of a system call: ax; else the error code */
    uint64_t ip, cs, flags, sp, ss;
} l4_vcpu_regs_t;

typedef struct l4_vcpu {
    l4_vcpu_regs_t regs;      /* 000 of the guest */
    uint64_t reserved0[2];    /* 0a8 */
    uint32_t state;           /* 0b8 L4_VCPU_*, the host's to set at any time */
    uint32_t saved_state;     /* 0bc `state` at entry; what resume restores */
    uint32_t sticky;          /* 0c0 */
    uint32_t version;         /* 0c4 */
    uint32_t reason;          /* 0c8 L4_VCPU_REASON_* */
    uint32_t trapno;          /* 0cc with PF, EXC: the exception's number */
    uint64_t error;           /* 0d0 its error code; MAP, BAD: -l4_err_t */
    uint64_t address;         /* 0d8 PF: the address */
    uint64_t entry_ip;        /* 0e0 where the host is entered */
    uint64_t entry_sp;        /* 0e8 with this stack pointer, from the guest */
    uint64_t user_task;       /* 0f0 capability of the guest's task */
    uint64_t features;        /* 0f8 */
    uint64_t virq_pending[4]; /* 100 set by the kernel, cleared by the host */
    uint64_t deadline;        /* 120 one-shot, absolute ns; 0: none. Looked at
                               * on resume and halt */
    uint32_t mapq_n;          /* 128 entries in mapq; resume sets it to 0 */
    uint32_t map_done;        /* 12c how many of them are done */
    uint64_t reserved1[2];    /* 130 */
    l4_vcpu_regs_t host_regs; /* 140 of the host, when it was interrupted; what
                               * resume restores without USER */
    uint64_t reserved2[67];   /* 1e8 */
    l4_vcpu_map_t mapq[L4_VCPU_MAPQ_SIZE]; /* 400 */
} l4_vcpu_t;

L4_STATIC_ASSERT(sizeof(l4_vcpu_regs_t) == 21 * 8, "vCPU registers");
L4_STATIC_ASSERT(offsetof(l4_vcpu_t, state) == 0xb8, "vCPU layout");
L4_STATIC_ASSERT(offsetof(l4_vcpu_t, reason) == 0xc8, "vCPU layout");
L4_STATIC_ASSERT(offsetof(l4_vcpu_t, entry_ip) == 0xe0, "vCPU layout");
L4_STATIC_ASSERT(offsetof(l4_vcpu_t, user_task) == 0xf0, "vCPU layout");
L4_STATIC_ASSERT(offsetof(l4_vcpu_t, virq_pending) == 0x100, "vCPU layout");
L4_STATIC_ASSERT(offsetof(l4_vcpu_t, deadline) == 0x120, "vCPU layout");
L4_STATIC_ASSERT(offsetof(l4_vcpu_t, mapq_n) == 0x128, "vCPU layout");
L4_STATIC_ASSERT(offsetof(l4_vcpu_t, host_regs) == 0x140, "vCPU layout");
L4_STATIC_ASSERT(offsetof(l4_vcpu_t, mapq) == 0x400, "vCPU layout");
L4_STATIC_ASSERT(sizeof(l4_vcpu_map_t) == 24, "vCPU map entry");
L4_STATIC_ASSERT(sizeof(l4_vcpu_t) == 0x1000, "vCPU page");

#endif
