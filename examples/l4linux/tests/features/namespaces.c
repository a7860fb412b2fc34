/* SPDX-License-Identifier: GPL-2.0-only */
/* Namespaces: what is changed in one is not seen outside of it. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "features.h"

/* ---------------------------------------------------------------- Processes */

static int second_process(void)
{
    return getpid() == 2 && getppid() == 1 ? 2 : 0;
}

/* Ends while a child of its own waits for ever. */
static int first_process(void)
{
    if (getpid() != 1 || getppid() != 0 || in_child(second_process) != 2)
        return 0;
    if (fork() == 0)
        for (;;)
            pause();
    return 1;
}

static int process_namespace(void)
{
    return unshare(CLONE_NEWPID) == 0 ? in_child(first_process) : 0;
}

/* All that is in it dies with its first process: it keeps a pipe open. */
static void test_processes(void)
{
    char c;
    int fd[2];

    if (pipe(fd) != 0)
        return;
    int status = in_child(process_namespace);
    close(fd[1]);
    check("pid namespace", status == 1 && read(fd[0], &c, 1) == 0);
    close(fd[0]);
}

/* -------------------------------------------------------------------- Mounts
 */

static int mount_namespace(void)
{
    return unshare(CLONE_NEWNS) == 0 &&
           mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount("none", "/tmp/mount", "tmpfs", 0, NULL) == 0 &&
           file_make("/tmp/mount/inside", "x") == 0;
}

static void test_mounts(void)
{
    mkdir("/tmp/mount", 0755);
    check("mount namespace", in_child(mount_namespace) == 1 &&
                                 access("/tmp/mount/inside", F_OK) != 0 &&
                                 !file_has("/proc/mounts", "/tmp/mount"));
}

/* ------------------------------------------------------------------- Network
 */

static struct sockaddr_in server = {.sin_family = AF_INET};

static int reach(void)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    return connect(fd, (void *)&server, sizeof(server)) == 0 ? 0 : errno;
}

static int network_namespace(void)
{
    return unshare(CLONE_NEWNET) == 0 ? reach() : 0;
}

static void test_networks(void)
{
    socklen_t size = sizeof(server);
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(fd, (void *)&server, size) == 0 && listen(fd, 4) == 0)
        getsockname(fd, (void *)&server, &size);
    check("net namespace",
          in_child(network_namespace) == ENETUNREACH && in_child(reach) == 0);
    close(fd);
}

/* ------------------------------------------------------------ Names and IPC */

static int name_is(const char *name)
{
    struct utsname uts;

    return uname(&uts) == 0 && strcmp(uts.nodename, name) == 0;
}

static int name_namespace(void)
{
    return unshare(CLONE_NEWUTS) == 0 && sethostname("inside", 6) == 0 &&
           name_is("inside");
}

static void test_names(void)
{
    sethostname("outside", 7);
    check("uts namespace", in_child(name_namespace) == 1 && name_is("outside"));
}

static int segment_there(void)
{
    return shmget(1234, 4096, 0) >= 0;
}

static int ipc_namespace(void)
{
    return unshare(CLONE_NEWIPC) == 0 ? segment_there() : 2;
}

static void test_ipc(void)
{
    int id = shmget(1234, 4096, IPC_CREAT | 0600);

    check("ipc namespace", id >= 0 && in_child(segment_there) == 1 &&
                               in_child(ipc_namespace) == 0);
    shmctl(id, IPC_RMID, NULL);
}

/* --------------------------------------------------------------------- Users
 */

/* Root of its own namespaces, and nobody outside. */
static int user_namespace(void)
{
    if (setgid(1000) != 0 || setuid(1000) != 0)
        return 0;
    /* Or its files in /proc are root's. */
    prctl(PR_SET_DUMPABLE, 1);
    if (unshare(CLONE_NEWUSER) != 0)
        return 0;
    if (file_put("/proc/self/setgroups", "deny") != 0 ||
        file_put("/proc/self/uid_map", "0 1000 1") != 0 ||
        file_put("/proc/self/gid_map", "0 1000 1") != 0)
        return 0;
    if (getuid() != 0 || getgid() != 0)
        return 0;
    if (sethostname("stolen", 6) == 0 || errno != EPERM)
        return 0;
    if (setuid(1) == 0 || errno != EINVAL)
        return 0;
    return unshare(CLONE_NEWUTS) == 0 && sethostname("mine", 4) == 0;
}

static void test_users(void)
{
    check("user namespace", in_child(user_namespace) == 1);
}

/* ---------------------------------------------------------------------- Time
 */

#define AHEAD 1000000

static int is_ahead(const struct timespec *time)
{
    return time->tv_sec >= AHEAD && time->tv_sec < AHEAD + 100000;
}

/* By the vDSO, and by the system call. */
static int clock_is_ahead(void)
{
    struct timespec vdso, call;

    clock_gettime(CLOCK_MONOTONIC, &vdso);
    syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &call);
    if (is_ahead(&vdso) != is_ahead(&call))
        return 2;
    return is_ahead(&vdso);
}

/* Its children are in the namespace at once, it itself when it joins. */
static int time_namespace(void)
{
    if (unshare(CLONE_NEWTIME) != 0 ||
        file_put("/proc/self/timens_offsets", "monotonic 1000000 0") != 0)
        return 0;
    if (clock_is_ahead() != 0 || in_child(clock_is_ahead) != 1)
        return 0;
    int fd = open("/proc/self/ns/time_for_children", O_RDONLY);
    return setns(fd, CLONE_NEWTIME) == 0 && clock_is_ahead() == 1;
}

static void test_time(void)
{
    check("time namespace",
          in_child(time_namespace) == 1 && clock_is_ahead() == 0);
}

void test_namespaces(void)
{
    test_processes();
    test_mounts();
    test_networks();
    test_names();
    test_ipc();
    test_users();
    test_time();
}
