/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Address spaces of Linux's processes: traced children whose memory is nothing
 * but pages of RAM, mapped where Linux says. A child changes its mappings
 * itself, by code at SHIM_STUB that takes system calls from a list.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/rseq.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <l4/err.h>
#include <l4/fpage.h>

#include "shim.h"

#define TASKS_MAX 4096
#define USER_END 0x7ffffffff000ul
#define PAGE 4096ul

/* A page that is mapped. */
struct entry {
    uint64_t address;
    unsigned rights;
};

struct task {
    pid_t pid;             /* 0: free */
    struct entry *entries; /* by address */
    size_t count;
    size_t room;
};

/* A system call for a child to make. */
struct call {
    uint64_t number;
    uint64_t args[6];
};

#define CALLS_AT 128ul
#define CALLS_MAX ((SHIM_STUB_SIZE - CALLS_AT) / sizeof(struct call))

static struct task tasks[TASKS_MAX];
static char *stub; /* as the shim sees it */
static int stub_file;
static size_t calls; /* in the list */

static struct call *call_at(size_t i)
{
    return (struct call *)(void *)(stub + CALLS_AT) + i;
}

/* --- what is mapped */

static size_t entry_index(const struct task *t, uint64_t address)
{
    size_t low = 0;
    size_t high = t->count;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (t->entries[middle].address < address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

unsigned task_rights(const struct task *t, uint64_t address)
{
    size_t i = entry_index(t, address & ~(PAGE - 1));

    return i < t->count && t->entries[i].address == (address & ~(PAGE - 1))
               ? t->entries[i].rights
               : 0;
}

static void entry_set(struct task *t, uint64_t address, unsigned rights)
{
    size_t i = entry_index(t, address);

    if (i == t->count || t->entries[i].address != address) {
        if (t->count == t->room) {
            t->room = t->room ? 2 * t->room : 64;
            t->entries = realloc(t->entries, t->room * sizeof(*t->entries));
            if (!t->entries)
                shim_fail("no memory");
        }
        memmove(&t->entries[i + 1], &t->entries[i],
                (t->count - i) * sizeof(*t->entries));
        t->count++;
    }
    t->entries[i] = (struct entry){address, rights};
}

static void entries_drop(struct task *t, uint64_t from, uint64_t to)
{
    size_t i = entry_index(t, from);
    size_t j = entry_index(t, to);

    memmove(&t->entries[i], &t->entries[j],
            (t->count - j) * sizeof(*t->entries));
    t->count -= j - i;
}

/* --- system calls of a child */

/* Waits until it has stopped for what it was told to do. */
static void child_stopped(pid_t pid)
{
    int status;

    for (;;) {
        pid_t got = waitpid(pid, &status, __WALL);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 || !WIFSTOPPED(status))
            shim_fail("process %d ended unasked, status %#x", pid,
                      (unsigned)status);
        if (WSTOPSIG(status) == SIGTRAP)
            return;
        ptrace(PTRACE_CONT, pid, 0, 0);
    }
}

/* Makes the calls in the list; how many succeeded. */
static size_t calls_make(const struct task *t)
{
    struct user_regs_struct regs;
    uint64_t list = SHIM_STUB + CALLS_AT;

    if (calls == 0)
        return 0;
    if (ptrace(PTRACE_GETREGS, t->pid, 0, &regs) != 0)
        shim_fail("registers of process %d: error %d", t->pid, errno);
    regs.rip = SHIM_STUB;
    regs.orig_rax = ~0ull;
    regs.rbx = list;
    regs.r12 = list + calls * sizeof(struct call);
    ptrace(PTRACE_SETREGS, t->pid, 0, &regs);
    ptrace(PTRACE_CONT, t->pid, 0, 0);
    child_stopped(t->pid);
    ptrace(PTRACE_GETREGS, t->pid, 0, &regs);
    calls = 0;
    return (regs.rbx - list) / sizeof(struct call);
}

static void call_add(uint64_t number, uint64_t a, uint64_t b, uint64_t c,
                     uint64_t d, uint64_t e, uint64_t f)
{
    *call_at(calls++) = (struct call){number, {a, b, c, d, e, f}};
}

static void call_unmap(uint64_t from, uint64_t to)
{
    if (from < to)
        call_add(SYS_munmap, from, to - from, 0, 0, 0, 0);
}

/* All but the stub. */
static void calls_unmap(struct task *t, uint64_t from, uint64_t to)
{
    if (to > USER_END)
        to = USER_END;
    if (from >= to)
        return;
    entries_drop(t, from, to);
    call_unmap(from, to < SHIM_STUB ? to : SHIM_STUB);
    call_unmap(from > SHIM_STUB + SHIM_STUB_SIZE ? from
                                                 : SHIM_STUB + SHIM_STUB_SIZE,
               to);
}

static uint64_t protection(unsigned rights)
{
    return (rights & L4_MEM_R ? PROT_READ : 0u) |
           (rights & L4_MEM_W ? PROT_WRITE : 0u) |
           (rights & L4_MEM_X ? PROT_EXEC : 0u);
}

/* Takes rights away in a range: pages that keep some are changed. The list may
 * be worked off meanwhile. */
static void calls_restrict(struct task *t, uint64_t from, uint64_t to,
                           unsigned rights)
{
    if (rights & L4_MEM_R) {
        calls_unmap(t, from, to);
        return;
    }
    for (size_t i = entry_index(t, from);
         i < t->count && t->entries[i].address < to; i++) {
        struct entry *e = &t->entries[i];

        if (!(e->rights & rights))
            continue;
        if (calls == CALLS_MAX)
            (void)calls_make(t);
        e->rights &= ~rights;
        call_add(SYS_mprotect, e->address, PAGE, protection(e->rights), 0, 0,
                 0);
    }
}

static bool map_is_good(const l4_vcpu_map_t *m)
{
    uint64_t size = 1ull << m->order;

    return m->op == L4_VCPU_MAP && m->order >= 12 && m->order <= 30 &&
           ((m->address | m->host_address) & (size - 1)) == 0 &&
           m->address < USER_END && size <= USER_END - m->address &&
           m->host_address >= L4_RAM_ADDRESS &&
           m->host_address - L4_RAM_ADDRESS < shim_ram_size &&
           size <= shim_ram_size - (m->host_address - L4_RAM_ADDRESS) &&
           (m->address + size <= SHIM_STUB ||
            m->address >= SHIM_STUB + SHIM_STUB_SIZE);
}

static int calls_entry(struct task *t, const l4_vcpu_map_t *m)
{
    uint64_t size = 1ull << m->order;

    if (m->op == L4_VCPU_UNMAP) {
        if (m->order < 12 || m->order > 47 || m->address & (size - 1))
            return L4_EINVAL;
        calls_restrict(t, m->address, m->address + size, m->rights);
        return 0;
    }
    if (!map_is_good(m))
        return L4_EINVAL;
    for (uint64_t at = 0; at < size; at += PAGE)
        entry_set(t, m->address + at, m->rights);
    call_add(SYS_mmap, m->address, size, protection(m->rights),
             MAP_SHARED | MAP_FIXED, (uint64_t)shim_ram,
             m->host_address - L4_RAM_ADDRESS);
    return 0;
}

int task_map_queue(struct task *t)
{
    l4_vcpu_t *p = shim_vcpu;
    int err = 0;

    for (; !err && p->map_done < p->mapq_n; p->map_done++) {
        if (calls + 2 > CALLS_MAX)
            (void)calls_make(t);
        err = calls_entry(t, &p->mapq[p->map_done]);
        if (err)
            break;
    }
    size_t all = calls;
    if (calls_make(t) != all)
        shim_fail("process %d: a page cannot be mapped", t->pid);
    if (err)
        return err;
    p->map_done = 0;
    p->mapq_n = 0;
    return 0;
}

/* --- life */

/* What a fork left of the C library is taken apart, before its memory is. */
static _Noreturn void child_begin(void)
{
    struct rseq *area =
        (void *)((char *)__builtin_thread_pointer() + __rseq_offset);

    if (__rseq_size)
        syscall(SYS_rseq, area, sizeof(*area) < 32 ? 32 : sizeof(*area),
                RSEQ_FLAG_UNREGISTER, RSEQ_SIG);
    syscall(SYS_set_robust_list, NULL, sizeof(void *) * 3);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setsid();
    sigaltstack(&(stack_t){.ss_flags = SS_DISABLE}, NULL);
    if (mmap((void *)SHIM_STUB, SHIM_STUB_SIZE, PROT_READ | PROT_EXEC,
             MAP_SHARED | MAP_FIXED, stub_file, 0) == MAP_FAILED)
        _exit(1);
    ptrace(PTRACE_TRACEME, 0, 0, 0);
    syscall(SYS_kill, syscall(SYS_getpid), SIGTRAP);
    _exit(2);
}

long platform_task_create(void)
{
    sigset_t all;
    sigset_t before;
    size_t id = 1;

    while (id < TASKS_MAX && tasks[id].pid)
        id++;
    if (id == TASKS_MAX)
        return L4_ENOMEM;
    /* A signal of the shim must not find a handler in the child. */
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    pid_t pid = fork();
    if (pid == 0) {
        sigset_t none;

        sigemptyset(&none);
        for (int signal = 1; signal < 32; signal++)
            (void)!sigaction(signal, &(struct sigaction){0}, NULL);
        sigprocmask(SIG_SETMASK, &none, NULL);
        child_begin();
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (pid < 0)
        return L4_ENOMEM;
    child_stopped(pid);
    ptrace(PTRACE_SETOPTIONS, pid, 0,
           PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
    tasks[id] = (struct task){.pid = pid};
    calls_unmap(&tasks[id], 0, USER_END);
    if (calls_make(&tasks[id]) != 2)
        shim_fail("process %d: its memory cannot be emptied", pid);
    return (long)id;
}

void platform_task_destroy(unsigned long id)
{
    struct task *t = task_find(id);
    int status;

    if (!t)
        return;
    kill(t->pid, SIGKILL);
    while (waitpid(t->pid, &status, __WALL) < 0 ? errno == EINTR
                                                : WIFSTOPPED(status))
        ;
    free(t->entries);
    *t = (struct task){0};
}

void platform_task_unmap(unsigned long id, unsigned long address,
                         unsigned order, unsigned rights)
{
    struct task *t = task_find(id);

    if (!t || order < 12 || order > 47)
        return;
    calls_restrict(t, address, address + (1ul << order), rights);
    (void)calls_make(t);
}

struct task *task_find(uint64_t id)
{
    return id < TASKS_MAX && tasks[id].pid ? &tasks[id] : NULL;
}

pid_t task_pid(const struct task *t)
{
    return t->pid;
}

void task_init(void)
{
    size_t size = (size_t)(shim_stub_end - shim_stub_begin);

    if (size > CALLS_AT)
        shim_fail("the children's code is too long");
    stub_file = memfd_create("stub", 0);
    if (stub_file < 0 || ftruncate(stub_file, SHIM_STUB_SIZE) != 0)
        shim_fail("the children's code: error %d", errno);
    stub = mmap(NULL, SHIM_STUB_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED,
                stub_file, 0);
    if (stub == MAP_FAILED)
        shim_fail("the children's code: error %d", errno);
    memcpy(stub, shim_stub_begin, size);
}
