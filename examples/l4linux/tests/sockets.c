/* SPDX-License-Identifier: GPL-2.0-only */
/* Sockets of the family AF_UNIX, and what else processes talk through. */
#define _GNU_SOURCE
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"

static void test_pair(void)
{
    char text[16] = "";
    int fd[2];

    if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd) != 0) {
        check("socket pair", 0);
        return;
    }
    pid_t pid = fork();
    if (pid == 0) {
        ssize_t n = read(fd[1], text, sizeof(text));

        _exit(write(fd[1], text, (size_t)n) != n);
    }
    int sent = write(fd[0], "echo", 5) == 5;
    int got = read(fd[0], text, sizeof(text)) == 5;
    waitpid(pid, NULL, 0);
    check("socket pair", sent && got && strcmp(text, "echo") == 0);
    close(fd[0]);
    close(fd[1]);
}

static int client(const struct sockaddr_un *address)
{
    char c = 0;
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    if (connect(fd, (const void *)address, sizeof(*address)) != 0)
        return 1;
    return write(fd, "x", 1) != 1 || read(fd, &c, 1) != 1 || c != 'y';
}

static void test_server(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX,
                                  .sun_path = "/tmp/socket"};
    int status = 1;
    char c = 0;
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    unlink(address.sun_path);
    int bound =
        bind(fd, (void *)&address, sizeof(address)) == 0 && listen(fd, 1) == 0;
    pid_t pid = fork();
    if (pid == 0)
        _exit(client(&address));
    int peer = accept(fd, NULL, NULL);
    int right = read(peer, &c, 1) == 1 && c == 'x' && write(peer, "y", 1) == 1;
    waitpid(pid, &status, 0);
    check("socket with a name", bound && right && status == 0);
    unlink(address.sun_path);
    close(peer);
    close(fd);
}

/* A file descriptor travels through a socket. */
static int send_fd(int over, int fd)
{
    char space[CMSG_SPACE(sizeof(int))] = {0};
    struct iovec io = {"!", 1};
    struct msghdr message = {.msg_iov = &io,
                             .msg_iovlen = 1,
                             .msg_control = space,
                             .msg_controllen = sizeof(space)};
    struct cmsghdr *control = CMSG_FIRSTHDR(&message);

    control->cmsg_level = SOL_SOCKET;
    control->cmsg_type = SCM_RIGHTS;
    control->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(control), &fd, sizeof(fd));
    return sendmsg(over, &message, 0) == 1;
}

static int receive_fd(int over)
{
    char space[CMSG_SPACE(sizeof(int))];
    char c;
    int fd = -1;
    struct iovec io = {&c, 1};
    struct msghdr message = {.msg_iov = &io,
                             .msg_iovlen = 1,
                             .msg_control = space,
                             .msg_controllen = sizeof(space)};

    if (recvmsg(over, &message, 0) == 1 && CMSG_FIRSTHDR(&message))
        memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(fd));
    return fd;
}

static void test_descriptors(void)
{
    int pair[2], tube[2];
    char c = 0;

    if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) != 0 || pipe(tube) != 0) {
        check("descriptors through sockets", 0);
        return;
    }
    pid_t pid = fork();
    if (pid == 0) {
        int fd = receive_fd(pair[1]);

        _exit(write(fd, "z", 1) != 1);
    }
    int sent = send_fd(pair[0], tube[1]);
    check("descriptors through sockets",
          sent && read(tube[0], &c, 1) == 1 && c == 'z');
    waitpid(pid, NULL, 0);
    for (int i = 0; i < 2; i++) {
        close(pair[i]);
        close(tube[i]);
    }
}

static void test_events(void)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = 7};
    int counter = eventfd(0, 0);
    int set = epoll_create1(0);
    uint64_t value = 3;

    epoll_ctl(set, EPOLL_CTL_ADD, counter, &event);
    int quiet = epoll_wait(set, &event, 1, 0) == 0;
    pid_t pid = fork();
    if (pid == 0)
        _exit(write(counter, &value, sizeof(value)) != sizeof(value));
    int woken = epoll_wait(set, &event, 1, -1) == 1 && event.data.u32 == 7;
    value = 0;
    int right = read(counter, &value, sizeof(value)) == 8 && value == 3;
    waitpid(pid, NULL, 0);
    check("epoll and eventfd", quiet && woken && right);
    close(counter);
    close(set);
}

static void test_shared(void)
{
    volatile int *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
                              MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int id = shmget(IPC_PRIVATE, PAGE, 0600);
    volatile int *segment = shmat(id, NULL, 0);

    if (segment == (void *)-1) {
        check("shared memory", 0);
        return;
    }
    pid_t pid = fork();
    if (pid == 0) {
        *page = 5;
        *segment = 6;
        _exit(0);
    }
    waitpid(pid, NULL, 0);
    check("shared memory", *page == 5 && *segment == 6);
    shmdt((void *)segment);
    shmctl(id, IPC_RMID, NULL);
    munmap((void *)page, PAGE);
}

void test_sockets(void)
{
    test_pair();
    test_server();
    test_descriptors();
    test_events();
    test_shared();
}
