/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A Linux process, as root, against the microkernel and the server beside it:
 * instructions, system calls, and anything at all through /dev/l4. Says what
 * should not have worked.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hostile.h"
#include "l4_ports.h"

#define CALC_PROTO 0x1000ull

static unsigned failures;
static uint64_t seed = 0x9e3779b97f4a7c15ull;

uint64_t random_next(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

void failed(const char *what)
{
    failures++;
    printf("FAILED %s\n", what);
}

/* Runs it in a child: the child must die of a signal. */
#define DIES(name, text, ...)                                        \
    do {                                                             \
        int status = 0;                                              \
        pid_t child = fork();                                        \
        if (child == 0) {                                            \
            __asm__ volatile(text : : __VA_ARGS__ : "memory", "cc"); \
            _exit(0);                                                \
        }                                                            \
        if (child < 0 || waitpid(child, &status, 0) != child ||      \
            !WIFSIGNALED(status))                                    \
            failed(name);                                            \
    } while (0)

static void instructions(void)
{
    uint64_t table[2] = {0, 0};

    DIES("cli", "cli", "r"(0));
    DIES("hlt", "hlt", "r"(0));
    DIES("in", "in $0x60, %%al", "a"(0));
    DIES("out", "out %%al, $0xf4", "a"(0));
    DIES("rdmsr", "rdmsr", "c"(0xc0000082), "a"(0), "d"(0));
    DIES("wrmsr", "wrmsr", "c"(0xc0000082), "a"(0), "d"(0));
    DIES("cr3", "mov %%rax, %%cr3", "a"(0));
    DIES("lidt", "lidt (%0)", "r"(table));
    DIES("swapgs", "swapgs", "r"(0));
    DIES("int 0x30", "int $0x30", "r"(0));
    DIES("Linux's memory", "mov (%0), %%al", "r"(0x40200000ull), "a"(0));
    DIES("root's memory", "mov (%0), %%al", "r"(0x100000000000ull), "a"(0));
    DIES("the kernel's memory", "mov (%0), %%al", "r"(~0ull << 47), "a"(0));
}

/* The microkernel's system calls have the processor's instruction for it, but
 * here it is Linux's. */
static void syscalls(void)
{
    for (unsigned i = 0; i < 40; i++) {
        pid_t child = fork();

        if (child == 0) {
            alarm(2);
            for (unsigned k = 0; k < 200; k++) {
                long number =
                    (long)(k % 2 ? random_next() + i : random_next() % 470);

                /* Not those that end the test. */
                if (number == SYS_reboot || number == SYS_kill ||
                    number == SYS_tkill || number == SYS_tgkill ||
                    number == SYS_fork || number == SYS_vfork ||
                    number == SYS_clone || number == SYS_clone3 ||
                    number == SYS_vhangup || number == SYS_umount2 ||
                    number == SYS_pause || number == SYS_syslog)
                    continue;
                syscall(number, random_next(), random_next(), random_next(),
                        random_next() % 4096, random_next(), random_next());
            }
            _exit(0);
        }
        if (child > 0)
            waitpid(child, NULL, 0);
        random_next();
    }
}

/* Anything at all to the server, which checks it. */
static void messages(void)
{
    int fd = open("/dev/l4/calc", O_RDWR);
    struct l4_port_message m;

    if (fd < 0) {
        failed("open");
        return;
    }
    for (unsigned i = 0; i < 3000; i++) {
        uint64_t *words = (uint64_t *)&m;

        for (unsigned k = 0; k < sizeof(m) / 8; k++)
            words[k] = random_next();
        if (i % 2)
            m.tag &= 0xffff3fff00001f7full;
        if (i % 4 == 1)
            m.tag =
                CALC_PROTO << 48 | random_next() % 8 << 32 | random_next() % 65;
        m.timeout = random_next() % 1000000;
        m.oneway &= i % 8 ? 1 : 3;
        m.caps %= 18;
        m.memory = i % 3 ? 0 : m.memory % 24;
        if (ioctl(fd, L4_PORT_CALL, &m) == 0 && (m.tag & 0x1f00))
            failed("an item came back");
    }
    if (ioctl(fd, L4_PORT_CALL, (void *)1) == 0 || errno != EFAULT)
        failed("a message from nowhere");
    if (ioctl(fd, 0x1234, &m) == 0 || errno != ENOTTY)
        failed("an unknown request");
    close(fd);
}

/* As many processes and as much memory as there are, and timers. */
static void bombs(void)
{
    struct itimerval often = {{0, 1}, {0, 1}};
    const struct rlimit few = {200, 200};
    unsigned count = 0;

    signal(SIGALRM, SIG_IGN);
    setitimer(ITIMER_REAL, &often, NULL);
    setrlimit(RLIMIT_NPROC, &few);
    for (unsigned i = 0; i < 150; i++) {
        pid_t child = fork();

        if (child == 0) {
            for (unsigned k = 0; k < 100; k++) {
                char *p = mmap(NULL, 65536, PROT_READ | PROT_WRITE,
                               MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

                if (p != MAP_FAILED)
                    p[0] = 1;
            }
            usleep(100000);
            _exit(0);
        }
        count += child > 0;
    }
    while (wait(NULL) > 0 || errno == EINTR)
        ;
    memset(&often, 0, sizeof(often));
    setitimer(ITIMER_REAL, &often, NULL);
    printf("hostile: %s processes\n", count ? "many" : "no");
}

/* What needs the file server: `hostile files`. */
static int main_files(void)
{
    capabilities();
    puts("hostile: capabilities tried");
    foreign_memory();
    puts("hostile: foreign memory tried");
    printf("hostile: %u failed\n", failures);
    return failures != 0;
}

int main(int argc, char **argv)
{
    struct rlimit none = {0, 0};

    setrlimit(RLIMIT_CORE, &none);
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc > 1 && strcmp(argv[1], "files") == 0)
        return main_files();
    instructions();
    puts("hostile: instructions tried");
    messages();
    puts("hostile: messages tried");
    syscalls();
    puts("hostile: system calls tried");
    bombs();
    printf("hostile: %u failed\n", failures);
    return failures != 0;
}
