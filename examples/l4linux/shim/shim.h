/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The host shim: a Linux process that plays the microkernel and the loader for
 * the Linux of arch/l4, the same vmlinux, so that the port can be looked at
 * with gdb and tested without booting. Linux runs as code of this process; each
 * address space of its processes is a child that is traced, whose every system
 * call, fault and signal stops it. It is for developing: it does not confine
 * what it runs, and counts nothing.
 *
 * Linux owns FS, GS and the vector registers while it runs. So every way into
 * the shim (switch.S) saves them and takes the shim's own FS, and a signal
 * handler uses nothing of the C library.
 */
#ifndef SHIM_H
#define SHIM_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/user.h>

#include <l4/vcpu.h>

#include "platform.h"
#include "vcpu_layout.h"

#define shim_vcpu ((l4_vcpu_t *)L4_VCPU_ADDRESS)

L4_STATIC_ASSERT(offsetof(l4_vcpu_t, state) == VCPU_STATE, "layout");
L4_STATIC_ASSERT(offsetof(l4_vcpu_t, saved_state) == VCPU_SAVED_STATE,
                 "layout");
L4_STATIC_ASSERT(offsetof(l4_vcpu_t, sticky) == VCPU_STICKY, "layout");
L4_STATIC_ASSERT(offsetof(l4_vcpu_t, reason) == VCPU_REASON, "layout");
L4_STATIC_ASSERT(offsetof(l4_vcpu_t, entry_ip) == VCPU_ENTRY_IP, "layout");
L4_STATIC_ASSERT(offsetof(l4_vcpu_t, host_regs) == VCPU_HOST_REGS, "layout");
L4_STATIC_ASSERT(offsetof(l4_vcpu_regs_t, di) == REGS_DI, "layout");
L4_STATIC_ASSERT(offsetof(l4_vcpu_regs_t, sp) == REGS_SP, "layout");
L4_STATIC_ASSERT(L4_VCPU_IRQ == STATE_IRQ, "layout");
L4_STATIC_ASSERT(L4_VCPU_PENDING == STICKY_PENDING, "layout");
L4_STATIC_ASSERT(L4_VCPU_REASON_IRQ == REASON_IRQ, "layout");

/* Selectors of user code and data, Linux's on x86-64. */
#define SHIM_USER_CODE 0x33
#define SHIM_USER_DATA 0x2b

/* Where each traced child has the code that works for it, as no process of
 * Linux may. Its own mappings there are refused. */
#define SHIM_STUB 0x10000ul
#define SHIM_STUB_SIZE 0x4000ul

/* Says what is wrong, and ends the shim and its children. */
_Noreturn void shim_fail(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/* Where gdb stops first: Linux is in memory. */
_Noreturn void shim_start(uint64_t entry) __attribute__((noinline));

/* RAM: the file that is mapped everywhere, and where Linux sees it. */
extern int shim_ram;
extern uint64_t shim_ram_size;

/* --- switch.S */

extern uint64_t shim_fs; /* the shim's own FS base */
extern uint64_t shim_user_fs;
extern uint64_t shim_user_gs;
extern uint8_t shim_user_state[SHIM_XSTATE_SIZE]; /* XSAVE's standard format */
extern uint64_t shim_frame[5];                    /* for iret */

/* Leaves the shim: Linux is entered, or goes on with host_regs and shim_frame,
 * or is interrupted at once if something is pending. */
_Noreturn void shim_enter(uint64_t ip, uint64_t sp, l4_vcpu_t *page);
_Noreturn void shim_return(void);

/* A signal between these two goes back to the first. */
extern const char shim_return_begin[];
extern const char shim_return_end[];

/* What traced children run. */
extern const char shim_stub_begin[];
extern const char shim_stub_end[];

/* --- what the functions of struct l4_platform do, called by switch.S */

_Noreturn void platform_resume(void);
void platform_halt(void);
unsigned long platform_time(void);
long platform_task_create(void);
void platform_task_destroy(unsigned long id);
void platform_task_unmap(unsigned long id, unsigned long address,
                         unsigned order, unsigned rights);
long platform_host_map(unsigned long address, unsigned long ram);
void platform_host_unmap(unsigned long address, unsigned long size);
long platform_console_write(const char *text, unsigned long size);
unsigned long platform_console_read(char *text, unsigned long size);
void platform_console_size(unsigned short *columns, unsigned short *rows);
_Noreturn void platform_exit(int status);
void platform_port_call(unsigned port);

/* --- vcpu.c */

/* Signals, the timer and the state page. */
void vcpu_init(void);

/* Raises a virtual interrupt; for signal handlers, too. */
void vcpu_interrupt(unsigned virq);

/* Waits with all signals of the shim blocked, for one of them or for a child,
 * and notes what it means. */
void vcpu_wait(void);

/* --- task.c */

struct task;

/* Makes the code for children known to them. */
void task_init(void);

/* NULL: there is none. */
struct task *task_find(uint64_t id);

/* Carries out the queue of the state page; a negative number if an entry
 * cannot be. map_done tells which. */
int task_map_queue(struct task *t);

/* What may be done with the page at `address`: L4_MEM_*, 0 if it is absent. */
unsigned task_rights(const struct task *t, uint64_t address);

/* Which process it is, for ptrace. */
pid_t task_pid(const struct task *t);

/* --- guest.c */

/* Runs the process in `t` until something happens, which is in the state page
 * then; returns the reason. */
uint32_t guest_run(struct task *t);

/* --- console.c */

void console_init(void);

#endif
