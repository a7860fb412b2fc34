/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory: files, copies, protection, and what forks make of them. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"

static void test_file(void)
{
    char text[6] = "";
    int fd = open("/tmp/mapped", O_CREAT | O_RDWR | O_TRUNC, 0600);

    if (ftruncate(fd, 2 * PAGE) != 0)
        return;
    char *shared =
        mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    char *copy =
        mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    strcpy(shared + PAGE, "disk");
    int seen = pread(fd, text, 5, PAGE) == 5 && strcmp(text, "disk") == 0 &&
               strcmp(copy + PAGE, "disk") == 0;
    strcpy(copy + PAGE, "mine");
    int apart = strcmp(shared + PAGE, "disk") == 0;
    int written = pwrite(fd, "file", 5, 0) == 5 && strcmp(shared, "file") == 0;
    check("mapped files", seen && apart && written);
    munmap(shared, 2 * PAGE);
    munmap(copy, 2 * PAGE);
    close(fd);
    unlink("/tmp/mapped");
}

static int beyond_end(void)
{
    int fd = open("/tmp/short", O_CREAT | O_RDWR | O_TRUNC, 0600);
    volatile char *p = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);

    return p[0];
}

static void test_bus_error(void)
{
    check("beyond the end of a file", in_child(beyond_end) == 1000 + SIGBUS);
    unlink("/tmp/short");
}

/* Parent and child write all pages of each other's copies; a second fork takes
 * away what the first gave back. */
#define COPIES 300

static char *copies;

static int copies_hold(char value)
{
    for (unsigned i = 0; i < COPIES; i++)
        if (copies[i * PAGE] != value)
            return 0;
    return 1;
}

static int copies_change(void)
{
    int before = copies_hold(1);

    for (unsigned i = 0; i < COPIES; i++)
        copies[i * PAGE] = 2;
    return before && copies_hold(2) ? 0 : 1;
}

static void test_copies(void)
{
    int right = 1;

    copies = mmap(NULL, COPIES * PAGE, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (unsigned i = 0; i < COPIES; i++)
        copies[i * PAGE] = 1;
    for (unsigned round = 0; round < 4; round++) {
        right &= in_child(copies_change) == 0 && copies_hold(1);
        for (unsigned i = round; i < COPIES; i += 3)
            copies[i * PAGE + 1]++;
    }
    check("copies of many pages", right && copies_hold(1));
    munmap(copies, COPIES * PAGE);
}

/* The parent writes while the child still reads. */
static void test_parent_writes(void)
{
    volatile char *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
                               MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int status = 1, fd[2];
    char c;

    *page = 'a';
    if (pipe(fd) != 0)
        return;
    pid_t pid = fork();
    if (pid == 0)
        _exit(read(fd[0], &c, 1) != 1 || *page != 'a');
    *page = 'b';
    int written = write(fd[1], "x", 1) == 1;
    waitpid(pid, &status, 0);
    check("the parent's writes are its own",
          written && status == 0 && *page == 'b');
    munmap((void *)page, PAGE);
}

/* System calls write to pages that are copies yet. */
static int read_into_copy(void)
{
    static char buffer[3 * PAGE] = "before";
    int fd = open("/dev/zero", O_RDONLY);

    return read(fd, buffer, sizeof(buffer)) != sizeof(buffer) || buffer[0];
}

static void test_copy_by_call(void)
{
    check("system calls write to copies",
          in_child(read_into_copy) == 0 && in_child(read_into_copy) == 0);
}

static int run_code(void)
{
    static const unsigned char code[] = {0xb8, 42, 0, 0, 0, 0xc3};
    unsigned char *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
                               MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    memcpy(page, code, sizeof(code));
    if (mprotect(page, PAGE, PROT_READ | PROT_EXEC) != 0)
        return 1;
    return ((int (*)(void))(uintptr_t)page)();
}

static int run_data(void)
{
    unsigned char *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
                               MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    *page = 0xc3;
    ((void (*)(void))(uintptr_t)page)();
    return 0;
}

static void test_execution(void)
{
    check("code that was written", in_child(run_code) == 42);
    check("data does not execute", in_child(run_data) == 1000 + SIGSEGV);
}

static void test_madvise(void)
{
    char *page = mmap(NULL, 64 * PAGE, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    memset(page, 1, 64 * PAGE);
    madvise(page + PAGE, 62 * PAGE, MADV_DONTNEED);
    check("madvise takes pages", page[0] == 1 && page[PAGE] == 0 &&
                                     page[62 * PAGE] == 0 &&
                                     page[63 * PAGE] == 1);
    munmap(page, 64 * PAGE);
}

/* Pages that a process leaves behind when it ends: LEFT_FEW are side by side or
 * not far apart, as in most programs, the others each in a table of its own.
 * The next process finds none of them. */
#define LEFT_AT 0x100000000000ul
#define LEFT_FEW 64u
#define LEFT_ALL 96u

static unsigned left_count;
static unsigned left; /* which one is looked at */

static char *left_page(unsigned i)
{
    unsigned long distance = i < 16         ? PAGE
                             : i < LEFT_FEW ? 11ul * PAGE
                                            : 3ul << 20;

    return (char *)(LEFT_AT + i * distance);
}

static int left_make(void)
{
    for (unsigned i = 0; i < left_count; i++) {
        char *page = mmap(left_page(i), PAGE, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

        if (page == MAP_FAILED)
            return 1;
        *page = 's';
    }
    return 0;
}

static int left_look(void)
{
    return *(volatile char *)left_page(left);
}

/* One that ends before it has run at all. */
static int left_killed(void)
{
    int status = 0;
    pid_t pid = fork();

    if (pid == 0)
        for (;;)
            pause();
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    return WIFSIGNALED(status);
}

static int left_nothing(unsigned count)
{
    int nothing = 1;

    left_count = count;
    for (left = 0; left < count && nothing; left += 7)
        nothing = in_child(left_make) == 0 && left_killed() &&
                  in_child(left_look) == 1000 + SIGSEGV;
    for (left = 0; left < count && nothing; left++)
        nothing = in_child(left_look) == 1000 + SIGSEGV;
    return nothing;
}

static void test_left_behind(void)
{
    check("nothing is left of a process", left_nothing(LEFT_FEW));
    check("nothing is left of a large process", left_nothing(LEFT_ALL));
}

void test_memory(void)
{
    test_file();
    test_bus_error();
    test_copies();
    test_parent_writes();
    test_copy_by_call();
    test_execution();
    test_madvise();
    test_left_behind();
}
