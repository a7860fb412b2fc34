/* SPDX-License-Identifier: GPL-2.0-only */
/* Control groups, version 2: limits that hold, and what is told of them. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "features.h"

#define BASE "/tmp/groups"
#define GROUP BASE "/test"
#define MIB (1 << 20)

/* ----------------------------------------------------------------- Processes
 */

/* How many children there may be beside. */
static int forks_until_limit(void)
{
    pid_t pids[50];
    int count = 0;

    if (file_put(GROUP "/cgroup.procs", "0") != 0)
        return 100;
    while (count < 50 && (pids[count] = fork()) >= 0) {
        if (pids[count++] == 0)
            for (;;)
                pause();
    }
    int err = errno;
    for (int i = 0; i < count; i++)
        kill(pids[i], SIGKILL);
    while (wait(NULL) > 0)
        ;
    return err == EAGAIN ? count : 101;
}

static void test_processes(void)
{
    check("pids.max limits", file_put(GROUP "/pids.max", "4") == 0 &&
                                 in_child(forks_until_limit) == 3 &&
                                 file_has(GROUP "/pids.events", "max 1"));
    file_put(GROUP "/pids.max", "max");
}

/* -------------------------------------------------------------------- Memory
 */

static int touch(size_t size)
{
    char *memory;

    if (file_put(GROUP "/cgroup.procs", "0") != 0)
        return 2;
    memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return 3;
    for (size_t i = 0; i < size; i += PAGE)
        memory[i] = 1;
    return 0;
}

static int touch_little(void)
{
    return touch(2 * MIB);
}

static int touch_much(void)
{
    return touch(32 * MIB);
}

static void test_memory_limit(void)
{
    check("memory.max is set", file_put(GROUP "/memory.max", "8388608") == 0 &&
                                   file_has(GROUP "/memory.max", "8388608"));
    check("memory.max lets live",
          in_child(touch_little) == 0 &&
              file_has(GROUP "/memory.events", "oom_kill 0"));
    check("memory.max kills",
          in_child(touch_much) == 1000 + SIGKILL &&
              file_has(GROUP "/memory.events", "oom_kill 1"));
    file_put(GROUP "/memory.max", "max");
}

/* ------------------------------------------------------- Freezing and killing
 */

/* Waits until cgroup.events says `what`. */
static int event_wait(const char *what)
{
    struct pollfd poll_fd = {.events = POLLPRI};
    char text[256];
    int seen = 0;

    poll_fd.fd = open(GROUP "/cgroup.events", O_RDONLY);
    while (poll_fd.fd >= 0 && !seen) {
        ssize_t n = pread(poll_fd.fd, text, sizeof(text) - 1, 0);

        if (n < 0)
            break;
        text[n] = 0;
        seen = strstr(text, what) != NULL;
        if (!seen && poll(&poll_fd, 1, -1) < 0)
            break;
    }
    close(poll_fd.fd);
    return seen;
}

static int spin(void)
{
    if (file_put(GROUP "/cgroup.procs", "0") != 0)
        return 1;
    for (;;)
        ;
}

static void test_freezer(void)
{
    int status = 0;
    pid_t pid = fork();

    if (pid == 0)
        _exit(spin());
    check("a group is populated", event_wait("populated 1"));
    check("a group freezes",
          file_put(GROUP "/cgroup.freeze", "1") == 0 && event_wait("frozen 1"));
    check("a group goes on",
          file_put(GROUP "/cgroup.freeze", "0") == 0 && event_wait("frozen 0"));
    check("a group is killed",
          file_put(GROUP "/cgroup.kill", "1") == 0 &&
              waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) &&
              WTERMSIG(status) == SIGKILL && event_wait("populated 0"));
}

void test_groups(void)
{
    mkdir(BASE, 0755);
    int there =
        mount("none", BASE, "cgroup2", 0, NULL) == 0 &&
        file_put(BASE "/cgroup.subtree_control", "+pids +memory +cpu") == 0 &&
        mkdir(GROUP, 0755) == 0;

    check("control groups are mounted", there);
    if (there) {
        test_processes();
        test_memory_limit();
        test_freezer();
        check("a group goes", rmdir(GROUP) == 0);
    }
    umount(BASE);
}
