/* SPDX-License-Identifier: GPL-2.0-only */
/* Filters of system calls: each of their answers. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#include "features.h"

#define LOAD(field) \
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define UNLESS(value, skip) \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), 0, (skip))
#define ANSWER(action) BPF_STMT(BPF_RET | BPF_K, (action))

/* `action` for the call of this number, on this architecture; else nothing. */
static long filter(uint32_t number, uint32_t action, unsigned flags)
{
    struct sock_filter code[] = {
        LOAD(arch),     UNLESS(AUDIT_ARCH_X86_64, 3),
        LOAD(nr),       UNLESS(number, 1),
        ANSWER(action), ANSWER(SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof(code) / sizeof(*code), code};

    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

/* ------------------------------------------------------------------- Failing
 */

static int fails(void)
{
    pid_t pid = getpid();

    if (filter(SYS_getppid, SECCOMP_RET_ERRNO | 99, 0) != 0)
        return 0;
    return syscall(SYS_getppid) == -1 && errno == 99 &&
           syscall(SYS_getpid) == pid;
}

static int getppid_fails(void)
{
    return syscall(SYS_getppid) == -1 && errno == 99;
}

static int fails_in_children(void)
{
    return fails() && in_child(getppid_fails) == 1;
}

/* By all 64 bits of the second argument. */
static int fails_by_argument(void)
{
    struct sock_filter code[] = {
        LOAD(nr),
        UNLESS(SYS_lseek, 5),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
                 offsetof(struct seccomp_data, args[1]) + 4),
        UNLESS(0x12345678, 3),
        LOAD(args[1]),
        UNLESS(0x9abcdef0, 1),
        ANSWER(SECCOMP_RET_ERRNO | 98),
        ANSWER(SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof(code) / sizeof(*code), code};
    int fd = open("/tmp", O_RDONLY);

    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        return 0;
    return lseek(fd, 0, SEEK_SET) == 0 &&
           syscall(SYS_lseek, fd, 0x123456789abcdef0, SEEK_SET) == -1 &&
           errno == 98 && file_has("/proc/self/status", "Seccomp:\t2");
}

/* ------------------------------------------------------------------- Killing
 */

static int killed(void)
{
    filter(SYS_getppid, SECCOMP_RET_KILL_PROCESS, 0);
    syscall(SYS_getppid);
    return 0;
}

static int strict_write(void)
{
    int fd[2];

    if (pipe(fd) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) != 0)
        return 0;
    syscall(SYS_exit, write(fd[1], "x", 1) == 1 ? 7 : 0);
    return 0;
}

static int strict_other(void)
{
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) == 0)
        syscall(SYS_getpid);
    return 0;
}

/* ------------------------------------------------------------------ Trapping
 */

static volatile int trapped;

static void on_trap(int sig, siginfo_t *info, void *context)
{
    ucontext_t *user = context;

    trapped = sig == SIGSYS && info->si_code == 1 &&
              info->si_syscall == SYS_getppid &&
              info->si_arch == AUDIT_ARCH_X86_64 && info->si_errno == 5 &&
              (greg_t)info->si_call_addr == user->uc_mcontext.gregs[REG_RIP];
    user->uc_mcontext.gregs[REG_RAX] = 4321;
}

static int traps(void)
{
    struct sigaction action = {.sa_sigaction = on_trap, .sa_flags = SA_SIGINFO};

    sigaction(SIGSYS, &action, NULL);
    if (filter(SYS_getppid, SECCOMP_RET_TRAP | 5, 0) != 0)
        return 0;
    return syscall(SYS_getppid) == 4321 && trapped;
}

/* ------------------------------------------------------------------- Tracing
 */

static int traced(void)
{
    ptrace(PTRACE_TRACEME, 0, NULL, NULL);
    raise(SIGSTOP);
    if (filter(SYS_getppid, SECCOMP_RET_TRACE | 77, 0) != 0)
        return 0;
    return syscall(SYS_getppid) == 1234;
}

/* The tracer gives the call's answer itself. */
static int tracer(void)
{
    unsigned long message = 0;
    int status = 0;
    pid_t pid = fork();

    if (pid == 0)
        _exit(traced());
    waitpid(pid, &status, 0);
    ptrace(PTRACE_SETOPTIONS, pid, NULL, PTRACE_O_TRACESECCOMP);
    ptrace(PTRACE_CONT, pid, NULL, NULL);
    waitpid(pid, &status, 0);
    if (status >> 8 != (SIGTRAP | PTRACE_EVENT_SECCOMP << 8))
        return 0;
    ptrace(PTRACE_GETEVENTMSG, pid, NULL, &message);
    ptrace(PTRACE_POKEUSER, pid, 8 * 15L, -1L);   /* orig_rax */
    ptrace(PTRACE_POKEUSER, pid, 8 * 10L, 1234L); /* rax */
    ptrace(PTRACE_CONT, pid, NULL, NULL);
    waitpid(pid, &status, 0);
    return message == 77 && WIFEXITED(status) && WEXITSTATUS(status) == 1;
}

/* ----------------------------------------------------------------- Answering
 */

static int listener_send(int to, int fd)
{
    char c = 0, space[CMSG_SPACE(sizeof(int))] = "";
    struct iovec vector = {&c, 1};
    struct msghdr message = {.msg_iov = &vector,
                             .msg_iovlen = 1,
                             .msg_control = space,
                             .msg_controllen = sizeof(space)};
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);

    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(head), &fd, sizeof(fd));
    return sendmsg(to, &message, 0) == 1;
}

static int listener_get(int from)
{
    char c, space[CMSG_SPACE(sizeof(int))];
    struct iovec vector = {&c, 1};
    struct msghdr message = {.msg_iov = &vector,
                             .msg_iovlen = 1,
                             .msg_control = space,
                             .msg_controllen = sizeof(space)};
    int fd = -1;

    if (recvmsg(from, &message, 0) == 1 && CMSG_FIRSTHDR(&message))
        memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(fd));
    return fd;
}

/* Another process answers for Linux. */
static int answered(void)
{
    struct seccomp_notif request = {0};
    struct seccomp_notif_resp answer = {.val = 5678};
    int status = 0, pair[2];

    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
        return 0;
    pid_t pid = fork();
    if (pid == 0) {
        long fd = filter(SYS_getppid, SECCOMP_RET_USER_NOTIF,
                         SECCOMP_FILTER_FLAG_NEW_LISTENER);

        if (fd < 0 || !listener_send(pair[1], (int)fd))
            _exit(0);
        _exit(syscall(SYS_getppid) == 5678);
    }
    close(pair[1]);
    int fd = listener_get(pair[0]);
    int right = ioctl(fd, SECCOMP_IOCTL_NOTIF_RECV, &request) == 0 &&
                request.pid == (uint32_t)pid && request.data.nr == SYS_getppid;
    answer.id = request.id;
    right = right && ioctl(fd, SECCOMP_IOCTL_NOTIF_SEND, &answer) == 0;
    close(fd);
    waitpid(pid, &status, 0);
    return right && WIFEXITED(status) && WEXITSTATUS(status) == 1;
}

void test_seccomp(void)
{
    check("seccomp makes a call fail", in_child(fails) == 1);
    check("seccomp in children", in_child(fails_in_children) == 1);
    check("seccomp by arguments", in_child(fails_by_argument) == 1);
    check("seccomp kills", in_child(killed) == 1000 + SIGSYS);
    check("seccomp, strict, lets write", in_child(strict_write) == 7);
    check("seccomp, strict, kills", in_child(strict_other) == 1000 + SIGKILL);
    check("seccomp traps", in_child(traps) == 1);
    check("seccomp tells a tracer", in_child(tracer) == 1);
    check("seccomp asks a process", in_child(answered) == 1);
}
