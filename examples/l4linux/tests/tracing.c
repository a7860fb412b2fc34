/* SPDX-License-Identifier: GPL-2.0-only */
/* ptrace and core dumps. */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"

static void test_steps(void)
{
    struct user_regs_struct regs;
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        ptrace(PTRACE_TRACEME, 0, NULL, NULL);
        raise(SIGSTOP);
        _exit(7);
    }
    waitpid(pid, &status, 0);
    int stopped = WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP;
    int got = ptrace(PTRACE_GETREGS, pid, NULL, &regs) == 0;
    int steps = 0;
    while (steps < 5) {
        ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL);
        waitpid(pid, &status, 0);
        if (!WIFSTOPPED(status) || WSTOPSIG(status) != SIGTRAP)
            break;
        steps++;
    }
    ptrace(PTRACE_CONT, pid, NULL, NULL);
    waitpid(pid, &status, 0);
    check("ptrace: registers and single steps",
          stopped && got && regs.rip && steps == 5 && WIFEXITED(status) &&
              WEXITSTATUS(status) == 7);
}

static volatile long traced_word = 11;

/* A child that stops until it is traced, and returns what `word` holds then. */
static pid_t traced_child(void)
{
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        ptrace(PTRACE_TRACEME, 0, NULL, NULL);
        raise(SIGSTOP);
        _exit((int)traced_word);
    }
    waitpid(pid, &status, 0);
    return pid;
}

static void test_memory_of_others(void)
{
    void *address = (void *)(uintptr_t)&traced_word;
    pid_t pid = traced_child();
    int status = 0;

    int peeked = ptrace(PTRACE_PEEKDATA, pid, address, NULL) == 11;
    int poked = ptrace(PTRACE_POKEDATA, pid, address, (void *)42) == 0;
    int nowhere =
        ptrace(PTRACE_PEEKDATA, pid, (void *)8, NULL) == -1 && errno == EIO;
    ptrace(PTRACE_CONT, pid, NULL, NULL);
    waitpid(pid, &status, 0);
    check("ptrace: memory", peeked && poked && nowhere && WIFEXITED(status) &&
                                WEXITSTATUS(status) == 42 && traced_word == 11);
}

/* Every system call stops twice; the tracer changes one's result. */
static void test_syscalls_of_others(void)
{
    struct user_regs_struct regs;
    int status, entries = 0;
    pid_t pid = fork();

    if (pid == 0) {
        ptrace(PTRACE_TRACEME, 0, NULL, NULL);
        raise(SIGSTOP);
        _exit(syscall(SYS_getppid) == 4711 ? 5 : 6);
    }
    waitpid(pid, &status, 0);
    ptrace(PTRACE_SETOPTIONS, pid, NULL, (void *)PTRACE_O_TRACESYSGOOD);
    for (int i = 0;; i++) {
        ptrace(PTRACE_SYSCALL, pid, NULL, NULL);
        waitpid(pid, &status, 0);
        if (!WIFSTOPPED(status))
            break;
        if (WSTOPSIG(status) != (SIGTRAP | 0x80))
            continue;
        ptrace(PTRACE_GETREGS, pid, NULL, &regs);
        if (regs.orig_rax != SYS_getppid)
            continue;
        if (entries++ == 0)
            continue; /* the way in: rax is -ENOSYS */
        regs.rax = 4711;
        ptrace(PTRACE_SETREGS, pid, NULL, &regs);
    }
    check("ptrace: system calls",
          entries == 2 && WIFEXITED(status) && WEXITSTATUS(status) == 5);
}

static void test_vectors_of_others(void)
{
    static unsigned char area[16384];
    struct iovec io = {area, sizeof(area)};
    struct user_fpregs_struct fp;
    pid_t pid = traced_child();
    int status;

    int got = ptrace(PTRACE_GETFPREGS, pid, NULL, &fp) == 0;
    fp.xmm_space[0] = 0x12345678;
    int set = ptrace(PTRACE_SETFPREGS, pid, NULL, &fp) == 0;
    memset(&fp, 0, sizeof(fp));
    ptrace(PTRACE_GETFPREGS, pid, NULL, &fp);
    int kept = fp.xmm_space[0] == 0x12345678;
    int whole =
        ptrace(PTRACE_GETREGSET, pid, (void *)NT_X86_XSTATE, &io) == 0 &&
        io.iov_len >= 576 && area[160] == 0x78;
    area[160] = 0x79;
    whole =
        whole && ptrace(PTRACE_SETREGSET, pid, (void *)NT_X86_XSTATE, &io) == 0;
    ptrace(PTRACE_GETFPREGS, pid, NULL, &fp);
    whole = whole && fp.xmm_space[0] == 0x12345679;
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    check("ptrace: vector registers", got && set && kept && whole);
}

static void test_attach(void)
{
    int status;
    pid_t pid = fork();

    if (pid == 0)
        for (;;)
            pause();
    int attached = ptrace(PTRACE_ATTACH, pid, NULL, NULL) == 0;
    waitpid(pid, &status, 0);
    attached = attached && WIFSTOPPED(status);
    ptrace(PTRACE_DETACH, pid, NULL, NULL);
    kill(pid, SIGTERM);
    waitpid(pid, &status, 0);
    check("ptrace: attach and detach",
          attached && WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
}

static int *volatile near_null = (int *)8;

static int crash(void)
{
    const struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY};

    setrlimit(RLIMIT_CORE, &all);
    if (chdir("/tmp") != 0)
        return 1;
    *near_null = 1;
    return 1;
}

/* The notes of a core file have the registers, and its segments memory. */
static int core_good(const char *name)
{
    Elf64_Ehdr header;
    Elf64_Phdr segment;
    int notes = 0, loads = 0;
    int fd = open(name, O_RDONLY);

    if (fd < 0 || read(fd, &header, sizeof(header)) != sizeof(header))
        return 0;
    for (int i = 0; i < header.e_phnum; i++) {
        off_t at = (off_t)(header.e_phoff + (unsigned)i * sizeof(segment));

        if (pread(fd, &segment, sizeof(segment), at) != sizeof(segment))
            break;
        notes += segment.p_type == PT_NOTE && segment.p_filesz > 1000;
        loads += segment.p_type == PT_LOAD && segment.p_filesz > 0;
    }
    close(fd);
    unlink(name);
    return header.e_type == ET_CORE && notes == 1 && loads > 0;
}

/* What a debugger does for each thread that it sees for the first time. */
static void test_debug_registers(void)
{
    long at = (long)offsetof(struct user, u_debugreg);
    pid_t pid = traced_child();
    int status;
    int cleared = 1;

    for (long i = 0; i < 8; i++) {
        if (i != 4 && i != 5)
            cleared &= ptrace(PTRACE_POKEUSER, pid, at + i * 8, 0) == 0;
    }
    errno = 0;
    cleared &= ptrace(PTRACE_PEEKUSER, pid, at + 7 * 8, 0) == 0 && errno == 0;
    errno = 0;
    int absent =
        ptrace(PTRACE_POKEUSER, pid, at + 4 * 8, 0) == -1 && errno == EIO;
    ptrace(PTRACE_KILL, pid, NULL, NULL);
    waitpid(pid, &status, 0);
    check("ptrace: debug registers that watch nothing", cleared && absent);
}

static void test_core(void)
{
    int fd = open("/proc/sys/kernel/core_pattern", O_RDONLY);
    char pattern[64] = "core";

    if (fd >= 0) {
        pattern[read(fd, pattern, sizeof(pattern) - 1)] = '\0';
        close(fd);
    }
    if (strncmp(pattern, "core", 4) != 0 || pattern[4] > ' ') {
        check("core dump (goes elsewhere on this system)", 1);
        return;
    }
    int died = in_child(crash) == 1000 + SIGSEGV;
    check("core dump", died && core_good("/tmp/core"));
}

void test_tracing(void)
{
    test_steps();
    test_memory_of_others();
    test_syscalls_of_others();
    test_vectors_of_others();
    test_attach();
    test_debug_registers();
    test_core();
}
