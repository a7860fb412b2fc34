/* SPDX-License-Identifier: GPL-2.0-only */
/* The network: the loopback device, TCP and UDP of both versions of IP. */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "features.h"

/* An address of either version. */
union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

#define STREAM_SIZE (1 << 20)

static void loopback(union address *address, int family)
{
    memset(address, 0, sizeof(*address));
    address->any.sa_family = (sa_family_t)family;
    if (family == AF_INET)
        address->v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    else
        address->v6.sin6_addr = in6addr_loopback;
}

/* A socket at a free port of the loopback device's; tells its address. */
static int bound(int family, int type, union address *address)
{
    socklen_t size = sizeof(*address);
    int fd = socket(family, type, 0);

    loopback(address, family);
    if (fd < 0 || bind(fd, &address->any, size) != 0 ||
        getsockname(fd, &address->any, &size) != 0)
        return -1;
    return fd;
}

static void test_up(void)
{
    struct ifreq request = {.ifr_name = "lo"};
    struct sockaddr_in *address = (void *)&request.ifr_addr;
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    int up;

    up = ioctl(fd, SIOCGIFFLAGS, &request) == 0;
    request.ifr_flags |= IFF_UP;
    up = up && ioctl(fd, SIOCSIFFLAGS, &request) == 0;
    up = up && ioctl(fd, SIOCGIFFLAGS, &request) == 0;
    check("lo is up", up && (request.ifr_flags & IFF_RUNNING));
    check("lo has its address",
          ioctl(fd, SIOCGIFADDR, &request) == 0 &&
              address->sin_addr.s_addr == htonl(INADDR_LOOPBACK));
    close(fd);
}

static uint8_t pattern(uint32_t i)
{
    return (uint8_t)(i * 2654435761u >> 13);
}

/* Sends a megabyte, and reads it back at the same time. */
static int client(const union address *address)
{
    static uint8_t out[STREAM_SIZE];
    uint8_t in[4096];
    uint32_t sum = 0;
    ssize_t n;
    int fd = socket(address->any.sa_family, SOCK_STREAM, 0);

    for (uint32_t i = 0; i < STREAM_SIZE; i++)
        out[i] = pattern(i);
    if (connect(fd, &address->any, sizeof(*address)) != 0)
        return 1;
    pid_t writer = fork();
    if (writer == 0) {
        int bad = write(fd, out, STREAM_SIZE) != STREAM_SIZE;

        shutdown(fd, SHUT_WR);
        _exit(bad);
    }
    while ((n = read(fd, in, sizeof(in))) > 0)
        for (ssize_t i = 0; i < n; i++)
            if (in[i] != pattern(sum++))
                return 2;
    return n != 0 || sum != STREAM_SIZE || waitpid(writer, NULL, 0) != writer;
}

static int echo(int listener)
{
    uint8_t block[8192];
    ssize_t n;
    int fd = accept(listener, NULL, NULL);

    if (fd < 0)
        return 0;
    while ((n = read(fd, block, sizeof(block))) > 0)
        if (write(fd, block, (size_t)n) != n)
            break;
    close(fd);
    return n == 0;
}

static void test_stream(const char *name, int family)
{
    union address address;
    int status = -1;
    int fd = bound(family, SOCK_STREAM, &address);

    if (fd < 0 || listen(fd, 4) != 0) {
        check(name, 0);
        return;
    }
    pid_t pid = fork();
    if (pid == 0)
        _exit(client(&address));
    int echoed = echo(fd);
    waitpid(pid, &status, 0);
    check(name, echoed && status == 0);
    close(fd);
}

/* What is sent arrives whole, from whom it says. */
static int datagram(int from, int to, const union address *address, uint32_t n)
{
    static uint8_t out[65536], in[65536];
    union address sender, self;
    socklen_t size = sizeof(sender), self_size = sizeof(self);

    for (uint32_t i = 0; i < n; i++)
        out[i] = pattern(i + n);
    memset(in, 0, sizeof(in));
    if (sendto(from, out, n, 0, &address->any, sizeof(*address)) != (ssize_t)n)
        return 0;
    if (recvfrom(to, in, sizeof(in), 0, &sender.any, &size) != (ssize_t)n ||
        getsockname(from, &self.any, &self_size) != 0)
        return 0;
    return size == self_size && memcmp(&sender, &self, size) == 0 &&
           memcmp(in, out, n) == 0;
}

static void test_datagrams(const char *name, int family)
{
    static const uint32_t sizes[] = {0, 1, 512, 1500, 9000, 60000};
    union address a, b;
    int from = bound(family, SOCK_DGRAM, &a);
    int to = bound(family, SOCK_DGRAM, &b);
    int right = from >= 0 && to >= 0;

    for (unsigned i = 0; right && i < sizeof(sizes) / sizeof(*sizes); i++)
        right = datagram(from, to, &b, sizes[i]);
    check(name, right);
    close(from);
    close(to);
}

/* Nobody there: TCP resets, and UDP learns it from ICMP. */
static void test_refused(void)
{
    union address address;
    int fd = bound(AF_INET, SOCK_STREAM, &address);
    char c = 0;

    close(fd);
    fd = socket(AF_INET, SOCK_STREAM, 0);
    check("TCP is refused",
          connect(fd, &address.any, sizeof(address.v4)) == -1 &&
              errno == ECONNREFUSED);
    close(fd);
    fd = socket(AF_INET, SOCK_DGRAM, 0);
    check("UDP is refused",
          connect(fd, &address.any, sizeof(address.v4)) == 0 &&
              send(fd, &c, 1, 0) == 1 && recv(fd, &c, 1, 0) == -1 &&
              errno == ECONNREFUSED);
    close(fd);
}

void test_network(void)
{
    test_up();
    test_stream("TCP over 127.0.0.1", AF_INET);
    test_stream("TCP over ::1", AF_INET6);
    test_datagrams("UDP over 127.0.0.1", AF_INET);
    test_datagrams("UDP over ::1", AF_INET6);
    test_refused();
}
