/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The user registers of a thread while it is in the kernel. The frame lies
 * directly below its struct thread: whoever allocates a thread allocates
 *
 *     struct { struct arch_regs regs; struct thread thread; }
 *
 * aligned to 16. Entry stores straight into it.
 */
#ifndef ARCH_REGS_H
#define ARCH_REGS_H

#include <l4/types.h>

struct thread;
struct l4_vcpu_regs;

/* `orig` of a thread that entered by a system call: it returns by sysret,
 * which loses rcx and r11. Any other value returns by iret. */
#define ARCH_ENTRY_SYSCALL (~(uint64_t)0)
#define ARCH_ENTRY_TRAP ((uint64_t)0)

struct arch_regs {
    uint64_t pad; /* keeps the size a multiple of 16 */
    uint64_t r15;
    uint64_t r14;
    uint64_t r13;
    uint64_t r12;
    uint64_t rbp;
    uint64_t rbx;
    uint64_t r11;
    uint64_t r10; /* word 4 */
    uint64_t r9;  /* word 3 */
    uint64_t r8;  /* word 2 */
    uint64_t rax; /* tag */
    uint64_t rcx;
    uint64_t rdx;  /* word 1 */
    uint64_t rsi;  /* word 0 */
    uint64_t rdi;  /* capability in, label out */
    uint64_t orig; /* how it entered, or the error code of an exception */
    uint64_t rip;
    uint64_t cs;
    uint64_t rflags;
    uint64_t rsp;
    uint64_t ss;
} __attribute__((aligned(16)));

L4_STATIC_ASSERT(sizeof(struct arch_regs) == 176, "register frame");

static inline struct arch_regs *arch_regs(struct thread *t)
{
    return (struct arch_regs *)(void *)t - 1;
}

/* The message registers of a thread that is in the kernel. */
static inline uint64_t arch_msg_tag(struct thread *t)
{
    return arch_regs(t)->rax;
}

static inline void arch_msg_set_tag(struct thread *t, uint64_t tag)
{
    arch_regs(t)->rax = tag;
}

static inline uint64_t arch_msg_cap(struct thread *t)
{
    return arch_regs(t)->rdi;
}

/* What is not words of a message that arrives, or of a reply. */
static inline void arch_msg_set(struct thread *t, uint64_t tag, uint64_t label)
{
    arch_regs(t)->rax = tag;
    arch_regs(t)->rdi = label;
}

/* The first message word; the others are as they were. */
static inline void arch_msg_set_word(struct thread *t, uint64_t word)
{
    arch_regs(t)->rsi = word;
}

/* The system call that `t` is in is to be executed again. */
static inline void arch_syscall_again(struct thread *t)
{
    arch_regs(t)->rip -= 2; /* the length of the instruction */
}

/* All five message words, from the registers and into them. */
static inline void arch_msg_load(struct thread *t, uint64_t *words)
{
    const struct arch_regs *r = arch_regs(t);

    words[0] = r->rsi;
    words[1] = r->rdx;
    words[2] = r->r8;
    words[3] = r->r9;
    words[4] = r->r10;
}

static inline void arch_msg_store(struct thread *t, const uint64_t *words)
{
    struct arch_regs *r = arch_regs(t);

    r->rsi = words[0];
    r->rdx = words[1];
    r->r8 = words[2];
    r->r9 = words[3];
    r->r10 = words[4];
}

/* Number of words of the full state, in the order of l4::regs in
 * objects.idl: r15 ... rdi rip rflags rsp fs_base gs_base. */
#define ARCH_REGS_WORDS 20
#define ARCH_REGS_IP 15
#define ARCH_REGS_SP 17

/* Makes `t` begin at `ip` with `sp` and `arg` in rdi, all else 0. The segment
 * bases are not touched. L4_EINVAL if `ip` is not a user address. */
l4_err_t arch_regs_start(struct thread *t, uint64_t ip, uint64_t sp,
                         uint64_t arg);

/* The full state of a thread that is in the kernel, the current one
 * included. */
void arch_regs_get(struct thread *t, uint64_t out[ARCH_REGS_WORDS]);

/* Sets the full state. Flags that users cannot change keep safe values.
 * L4_EINVAL, with nothing changed, if the ip is not a user address or a
 * segment base is not canonical. */
l4_err_t arch_regs_set(struct thread *t, const uint64_t in[ARCH_REGS_WORDS]);

/* Copies the user registers to and from a vCPU's state page. What is loaded
 * is made safe: L4_EINVAL, with nothing changed, if ip is no user address. */
void arch_regs_save(struct thread *t, struct l4_vcpu_regs *out);
l4_err_t arch_regs_load(struct thread *t, const struct l4_vcpu_regs *in);

/* Makes `t` go on at `ip` (cut to a user address) with `sp` and `arg`. */
void arch_regs_enter(struct thread *t, uint64_t ip, uint64_t sp, uint64_t arg);

#endif
