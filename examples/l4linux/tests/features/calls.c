/* SPDX-License-Identifier: GPL-2.0-only */
/* Groups of system calls that the smaller configuration does not have. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/io_uring.h>
#include <linux/kcmp.h>
#include <linux/keyctl.h>
#include <linux/landlock.h>
#include <linux/userfaultfd.h>
#include <mqueue.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "features.h"

static void test_queue(void)
{
    struct mq_attr attributes = {.mq_maxmsg = 4, .mq_msgsize = 16};
    char text[16] = "";
    unsigned priority = 0;
    mqd_t queue =
        mq_open("/features", O_CREAT | O_RDWR | O_NONBLOCK, 0600, &attributes);

    mq_send(queue, "low", 4, 1);
    mq_send(queue, "high", 5, 9);
    check("message queue",
          mq_receive(queue, text, sizeof(text), &priority) == 5 &&
              strcmp(text, "high") == 0 && priority == 9 &&
              mq_receive(queue, text, sizeof(text), &priority) == 4 &&
              mq_receive(queue, text, sizeof(text), &priority) == -1 &&
              errno == EAGAIN && mq_unlink("/features") == 0);
    mq_close(queue);
}

/* ------------------------------------------------------------- User's faults
 */

static char *region;

/* Fills in the page that is missed. */
static void *fault_handle(void *arg)
{
    static char page[PAGE];
    struct uffd_msg message;
    int fd = *(int *)arg;

    if (read(fd, &message, sizeof(message)) != sizeof(message))
        return NULL;
    memset(page, 'p', sizeof(page));
    struct uffdio_copy copy = {.dst = message.arg.pagefault.address &
                                      ~(uint64_t)(PAGE - 1),
                               .src = (uintptr_t)page,
                               .len = PAGE};
    ioctl(fd, UFFDIO_COPY, &copy);
    return NULL;
}

static void test_user_faults(void)
{
    struct uffdio_api api = {.api = UFFD_API};
    pthread_t thread;
    int fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC);

    region = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct uffdio_register range = {
        .range = {.start = (uintptr_t)region, .len = 4 * PAGE},
        .mode = UFFDIO_REGISTER_MODE_MISSING};
    if (fd < 0 || ioctl(fd, UFFDIO_API, &api) != 0 ||
        ioctl(fd, UFFDIO_REGISTER, &range) != 0) {
        check("userfaultfd", 0);
        return;
    }
    pthread_create(&thread, NULL, fault_handle, &fd);
    check("userfaultfd", ((volatile char *)region)[2 * PAGE + 7] == 'p');
    pthread_join(thread, NULL);
    close(fd);
    munmap(region, 4 * PAGE);
}

/* -------------------------------------------------------------------- Rings */

/* One read of a pipe through a ring. */
static int ring_read(int fd, char *buffer, unsigned size)
{
    struct io_uring_params params = {0};
    int ring = (int)syscall(SYS_io_uring_setup, 4, &params);

    if (ring < 0)
        return -1;
    uint8_t *queue = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, ring,
                          IORING_OFF_SQ_RING);
    struct io_uring_sqe *entries = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
                                        MAP_SHARED, ring, IORING_OFF_SQES);
    if (queue == MAP_FAILED || entries == MAP_FAILED)
        return -1;
    entries[0] = (struct io_uring_sqe){.opcode = IORING_OP_READ,
                                       .fd = fd,
                                       .addr = (uintptr_t)buffer,
                                       .len = size,
                                       .off = (uint64_t)-1,
                                       .user_data = 42};
    ((uint32_t *)(queue + params.sq_off.array))[0] = 0;
    __atomic_store_n((uint32_t *)(queue + params.sq_off.tail), 1,
                     __ATOMIC_RELEASE);
    if (syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL,
                0) != 1)
        return -1;
    struct io_uring_cqe *done =
        (struct io_uring_cqe *)(queue + params.cq_off.cqes);
    close(ring);
    return done->user_data == 42 ? done->res : -1;
}

static void test_ring(void)
{
    char text[16] = "";
    int fd[2];

    if (pipe(fd) != 0 || write(fd[1], "ring", 5) != 5)
        return;
    check("io_uring", ring_read(fd[0], text, sizeof(text)) == 5 &&
                          strcmp(text, "ring") == 0);
    close(fd[0]);
    close(fd[1]);
}

/* ------------------------------------------------------------ Notifications */

static void test_inotify(void)
{
    struct {
        struct inotify_event event;
        char name[256];
    } got = {0};
    int fd = inotify_init();

    mkdir("/tmp/watched", 0755);
    check("inotify", inotify_add_watch(fd, "/tmp/watched", IN_CREATE) > 0 &&
                         file_make("/tmp/watched/new", "") == 0 &&
                         read(fd, &got, sizeof(got)) > 0 &&
                         got.event.mask == IN_CREATE &&
                         strcmp(got.event.name, "new") == 0);
    close(fd);
}

static int open_denied(void)
{
    return open("/tmp/watched/secret", O_RDONLY) == -1 && errno == EPERM;
}

/* A program is asked whether a file may be opened, and says no. */
static void test_fanotify(void)
{
    struct fanotify_event_metadata event = {0};
    int status = 0;
    int fd = fanotify_init(FAN_CLASS_CONTENT, O_RDONLY);

    file_make("/tmp/watched/secret", "x");
    if (fanotify_mark(fd, FAN_MARK_ADD, FAN_OPEN_PERM, AT_FDCWD,
                      "/tmp/watched/secret") != 0) {
        check("fanotify", 0);
        return;
    }
    pid_t pid = fork();
    if (pid == 0)
        _exit(open_denied());
    int asked = read(fd, &event, sizeof(event)) == sizeof(event) &&
                event.mask == FAN_OPEN_PERM && event.pid == pid;
    struct fanotify_response answer = {event.fd, FAN_DENY};
    asked = asked && write(fd, &answer, sizeof(answer)) == sizeof(answer);
    waitpid(pid, &status, 0);
    check("fanotify", asked && WEXITSTATUS(status) == 1);
    close(event.fd);
    close(fd);
}

/* --------------------------------------------------------------- Protection */

static int landlock_denies(void)
{
    struct landlock_ruleset_attr rules = {.handled_access_fs =
                                              LANDLOCK_ACCESS_FS_WRITE_FILE};
    int fd =
        (int)syscall(SYS_landlock_create_ruleset, &rules, sizeof(rules), 0);

    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (fd < 0 || syscall(SYS_landlock_restrict_self, fd, 0) != 0)
        return 0;
    return file_put("/tmp/watched/new", "x") == EACCES &&
           file_has("/tmp/watched/secret", "x");
}

static void test_keys(void)
{
    char text[16] = "";
    long key = syscall(SYS_add_key, "user", "features", "value", 5,
                       KEY_SPEC_PROCESS_KEYRING);

    check("keys",
          key > 0 &&
              syscall(SYS_keyctl, KEYCTL_READ, key, text, sizeof(text)) == 5 &&
              strcmp(text, "value") == 0 &&
              syscall(SYS_keyctl, KEYCTL_REVOKE, key) == 0 &&
              syscall(SYS_keyctl, KEYCTL_READ, key, text, sizeof(text)) == -1 &&
              errno == EKEYREVOKED);
}

/* ------------------------------------------------------------------- Others */

static char there[16] = "before";

static void test_other_process(void)
{
    char text[16] = "";
    struct iovec local = {text, sizeof(text)}, remote = {there, sizeof(there)};
    int gate[2];

    if (pipe(gate) != 0)
        return;
    pid_t pid = fork();
    if (pid == 0) {
        strcpy(there, "after");
        if (write(gate[1], "x", 1) == 1)
            pause();
        _exit(0);
    }
    int ready = read(gate[0], text, 1) == 1;
    check("process_vm_readv",
          ready && process_vm_readv(pid, &local, 1, &remote, 1, 0) == 16 &&
              strcmp(text, "after") == 0);
    check("kcmp",
          syscall(SYS_kcmp, getpid(), pid, KCMP_FILE, gate[0], gate[0]) == 0 &&
              syscall(SYS_kcmp, getpid(), pid, KCMP_VM, 0, 0) > 0);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    close(gate[0]);
    close(gate[1]);
}

/* A filter of a socket's that lets the first two bytes through. */
static void test_bpf(void)
{
    struct bpf_insn code[] = {
        {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 2},
        {.code = BPF_JMP | BPF_EXIT},
    };
    union bpf_attr attributes = {.prog_type = BPF_PROG_TYPE_SOCKET_FILTER,
                                 .insns = (uintptr_t)code,
                                 .insn_cnt = 2,
                                 .license = (uintptr_t) "GPL"};
    char text[16] = "";
    int pair[2];
    int program =
        (int)syscall(SYS_bpf, BPF_PROG_LOAD, &attributes, sizeof(attributes));

    if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) != 0)
        return;
    check("bpf", program >= 0 &&
                     setsockopt(pair[1], SOL_SOCKET, SO_ATTACH_BPF, &program,
                                sizeof(program)) == 0 &&
                     write(pair[0], "filtered", 8) == 8 &&
                     read(pair[1], text, sizeof(text)) == 2 &&
                     strcmp(text, "fi") == 0);
    close(pair[0]);
    close(pair[1]);
    close(program);
}

void test_calls(void)
{
    test_queue();
    test_user_faults();
    test_ring();
    test_inotify();
    test_fanotify();
    check("landlock", in_child(landlock_denies) == 1);
    test_keys();
    test_other_process();
    test_bpf();
}
