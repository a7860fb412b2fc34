/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The processor: what it runs, and what it does when it runs nothing. The
 * kernel runs with interrupts off; arch_idle() alone lets them in.
 */
#ifndef ARCH_CPU_H
#define ARCH_CPU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <l4/types.h>

struct arch_regs;
struct arch_space;
struct sched;
struct thread;

/* The task state segment, as the processor defines it. */
struct arch_tss {
    uint32_t reserved0;
    struct thread *current; /* RSP0: end of the current thread's frame */
    uint64_t rsp1;
    uint64_t rsp2;
    uint64_t reserved1;
    uint64_t ist[7];
    uint64_t reserved2;
    uint16_t reserved3;
    uint16_t iomap; /* beyond the limit: no user ports */
} __attribute__((packed));

/* The words of a table with a bit for each I/O port. */
#define PORT_WORDS 1024

/* What each processor has; gs points to it in the kernel. */
struct cpu {
    uint64_t user_rsp; /* scratch of the system call entry */
    uint32_t pad;      /* aligns tss.current */
    struct arch_tss tss;
    uint32_t id;             /* counted from 0 */
    struct cpu *self;        /* its own address */
    uint64_t stack;          /* top of the kernel stack */
    uint64_t cr3;            /* the loaded one */
    struct sched *sched;     /* the portable kernel's: the context it runs */
    void *local;             /* the portable kernel's, for what else it keeps */
    uint64_t deadline;       /* of the timer, ns; ~0: none */
    bool fpu_on;             /* the current thread may use the FPU */
    unsigned work;           /* since interrupts were last looked at */
    uint64_t spurious;       /* interrupts that nobody expected, and NMIs */
    struct arch_regs *fault; /* the kernel's own registers at a fault */
    const uint64_t *ports;   /* what user mode may not use; NULL: any port */
    const uint64_t *ports_loaded;          /* what ports_denied is a copy of */
    uint64_t ports_denied[PORT_WORDS + 1]; /* part of the TSS; last is ~0 */
};

/* Where the TSS says that its ports are, if they are to be used. */
#define CPU_IOMAP \
    (offsetof(struct cpu, ports_denied) - offsetof(struct cpu, tss))

L4_STATIC_ASSERT(sizeof(struct arch_tss) == 104, "TSS");
L4_STATIC_ASSERT(offsetof(struct cpu, tss.current) == 16, "TSS.RSP0");
L4_STATIC_ASSERT(offsetof(struct cpu, self) % 8 == 0, "alignment");

static inline struct cpu *this_cpu(void)
{
    struct cpu *cpu;

    __asm__("movq %%gs:%c1, %0" : "=r"(cpu) : "i"(offsetof(struct cpu, self)));
    return cpu;
}

/* The thread that arch_switch_to() chose last, or NULL. */
static inline struct thread *current_thread(void)
{
    struct thread *t;

    __asm__ volatile("movq %%gs:%c1, %0"
                     : "=r"(t)
                     : "i"(offsetof(struct cpu, tss.current)));
    return t;
}

/* Makes `next` the thread that the kernel returns to: address space and
 * segment bases are changed at once, the registers on return. */
void arch_switch_to(struct thread *next);

/* Whether `t` is current and in the kernel by a system call. */
bool arch_in_syscall(struct thread *t);

/* `t` goes on in another address space, at once if it is current. */
void arch_space_switch(struct thread *t, const struct arch_space *s);

/* The current thread is about to be destroyed: nothing of it is used any
 * more. Another must be switched to before the kernel returns. */
void arch_drop_current(void);

/* Lets interrupts in until one has been handled, then returns. If one is
 * waiting already, it is taken and this returns at once. */
void arch_idle(void);

/* Takes the interrupts that wait, in the midst of an operation. */
static inline void arch_take_interrupts(void)
{
    __asm__ volatile("sti; nop; cli" : : : "memory");
}

/* To user mode, as the current thread. What was on the kernel stack is
 * forgotten. */
_Noreturn void arch_return(void);

/* The end of panic(): prints what the processor knows (registers of the
 * faulting code if there was an exception, and a backtrace) and stops the
 * machine for good. In QEMU with isa-debug-exit at 0xf4, its exit status tells
 * of it. */
_Noreturn void arch_panic(void);

/* From the next entry on those are used that tell the trace, or no more. */
void arch_trace_set(bool on);

/* The thread gives its state back to its factory. */
void arch_fpu_free(struct thread *t);

/* Sends one character, a newline as CR LF. Polls for a bounded time; without
 * a working port it is lost. */
void arch_console_putc(char c);

#endif
