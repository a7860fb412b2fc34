/* SPDX-License-Identifier: GPL-2.0-only */
/* A transfer of each kind with the native file server, as its native client in
 * examples/files makes them. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "files_each.h"

/* Where a server's memory appears. */
#define BUFFER 0x70001000ull
#define PAGE 0x70003000ull

static unsigned failures;

static void check(bool good, const char *what)
{
    if (good)
        return;
    failures++;
    printf("FAILED %s\n", what);
}

static fs_file_t must_open(const char *name, fs_mode_t how)
{
    l4_err_t err;
    fs_file_t f = open_file(name, how, &err);

    check(err == 0, name);
    return f;
}

static void by_message(fs_file_t f)
{
    uint8_t data[FS_DATA_MAX];
    uint32_t count = sizeof(data);
    fs_stat_t stat;

    check(fs_file_write(f, 0, (const uint8_t *)"a small file", 12, NULL) == 0,
          "write");
    check(fs_file_read(f, 2, data, &count, NULL) == 0 && count == 10 &&
              memcmp(data, "small file", 10) == 0,
          "read");
    check(fs_file_stat(f, &stat, NULL) == 0 && stat.size == 12 &&
              stat.sessions == 1,
          "stat");
    check(fs_file_hint(f, 2, NULL) == 0, "hint");
    check(l4_connect(f.cap, FS_FILE_INTERFACE, NULL, NULL) == 0, "interface");
    puts("files: by message");
}

static void by_shared_memory(fs_file_t f)
{
    const l4_ctx_t ctx =
        L4_CTX(.mem = l4_fpage_mem(BUFFER, L4_PAGE_ORDER, L4_MEM_R | L4_MEM_W));
    l4_shared_t shared = {0};
    uint8_t buffer[512];
    uint64_t count = 0;

    check(fs_file_attach(f, &shared, NULL) == L4_EITEM,
          "memory without a window");
    if (fs_file_attach(f, &shared, &ctx) != 0 || shared.base != BUFFER ||
        shared.size != 4096) {
        check(false, "attach");
        return;
    }
    for (unsigned at = 0; at < 4096; at += sizeof(buffer)) {
        for (unsigned i = 0; i < sizeof(buffer); i++)
            buffer[i] = (uint8_t)((at + i) * 7);
        check(l4_shared_write(&shared, at, buffer, sizeof(buffer)) == 0,
              "what is stored");
    }
    check(fs_file_store(f, 0, 0, 4096, NULL) == 0, "store");
    check(fs_file_load(f, 4000, 100, 4096, &count, NULL) == 0 && count == 96,
          "load");
    check(l4_shared_read(&shared, 0, buffer, sizeof(buffer)) == 0 &&
              buffer[99] == (uint8_t)(99 * 7) &&
              buffer[100] == (uint8_t)(4000 * 7) &&
              buffer[196] == (uint8_t)(196 * 7),
          "what was loaded");
    check(fs_file_load(f, 0, 4090, 4096, &count, NULL) == L4_ERANGE,
          "a load beyond the buffer");
    puts("files: by shared memory");
}

/* Linux does not touch a server's memory: its system calls would have to wait
 * for what the server does with it. */
static void not_by_system_calls(void)
{
    int fd[2];

    check(write(STDOUT_FILENO, (const void *)BUFFER, 1) < 0 && errno == EFAULT,
          "written from a server's memory");
    check(pipe(fd) == 0 && write(fd[1], "x", 1) == 1 &&
              read(fd[0], (void *)BUFFER, 1) < 0 && errno == EFAULT,
          "read into a server's memory");
    close(fd[0]);
    close(fd[1]);
}

static void by_mapping(fs_file_t f)
{
    const l4_ctx_t ctx =
        L4_CTX(.mem = l4_fpage_mem(PAGE, L4_PAGE_ORDER, L4_MEM_R));
    const volatile uint8_t *seen = (const volatile uint8_t *)PAGE;
    l4_fpage_t page = 0;

    if (fs_file_map(f, &page, &ctx) != 0) {
        check(false, "map");
        return;
    }
    check(seen[1] == 7, "the file in memory");
    check(fs_file_write(f, 1, (const uint8_t *)"!", 1, NULL) == 0, "write");
    check(seen[1] == '!', "the file in memory as it changes");
    check(mprotect((void *)PAGE, 4096, PROT_READ | PROT_WRITE) < 0,
          "memory without the right to write");
    puts("files: by mapping");
}

/* Until a process sleeps; it has said before what it is going to wait for. */
static void sleeps_await(pid_t child)
{
    char path[40];
    char line[256] = "";

    snprintf(path, sizeof(path), "/proc/%d/stat", child);
    do {
        FILE *stat = fopen(path, "r");

        if (!stat)
            return;
        if (!fgets(line, sizeof(line), stat))
            line[0] = '\0';
        fclose(stat);
    } while (!strstr(line, ") D "));
}

/* A child that waits for the file to grow, by the session that it inherited. */
static pid_t waiter_make(fs_file_t f)
{
    int ready[2];
    char byte = 0;
    pid_t child;

    if (pipe(ready) != 0)
        return -1;
    child = fork();
    if (child == 0) {
        uint64_t size = 0;
        bool told = write(ready[1], "", 1) == 1;

        _exit(!told || fs_file_wait(f, 100, &size, NULL) != 0 || size != 100);
    }
    check(child > 0 && read(ready[0], &byte, 1) == 1, "a child");
    close(ready[0]);
    close(ready[1]);
    sleeps_await(child);
    return child;
}

/* More are killed in mid-call than calls can be under way. */
static void by_later_answer(void)
{
    fs_file_t other = must_open("log", FS_MODE_WRITE);
    int status = -1;
    pid_t child;

    for (unsigned i = 0; i < 10; i++) {
        fs_file_t f = must_open("log", FS_MODE_WRITE);

        child = waiter_make(f);
        kill(child, SIGKILL);
        check(waitpid(child, &status, 0) == child && WIFSIGNALED(status),
              "killed while it waits");
        check(fs_file_close(f, NULL) == 0, "close");
        l4_close(f.cap);
    }
    child = waiter_make(must_open("log", FS_MODE_WRITE));
    check(fs_file_write(other, 99, (const uint8_t *)"x", 1, NULL) == 0,
          "write while another waits");
    check(waitpid(child, &status, 0) == child && status == 0, "wait");
    puts("files: by an answer that came later");
}

/* Capabilities go back to the server, and to it from others. */
static void by_passing_on(fs_file_t f)
{
    const l4_ctx_t ctx = L4_CTX(.caps = L4_CAPS(0));
    fs_file_t second = {L4_CAP_NONE};
    l4_cap_t calc = l4_open("calc");
    l4_cap_t alive = l4_own(files.cap);

    /* The server knows its own. */
    check(fs_root_open(files, "data", FS_MODE_READ, f.cap, &second, &ctx) ==
              L4_EINVAL,
          "the server's own as a sign of life");
    check(fs_root_open(files, "data", FS_MODE_READ, calc, &second, &ctx) == 0,
          "another server's as a sign of life");
    check(fs_file_close(second, NULL) == 0, "close");
    l4_close(second.cap);
    check(fs_root_open(files, "data", FS_MODE_READ, alive, &second, NULL) ==
              L4_EITEM,
          "a capability without a window");
    l4_close(alive);
    l4_close(calc);
    puts("files: by passing on");
}

static void exceptions(fs_file_t f)
{
    fs_no_space_t space = {0};
    fs_busy_t busy = {0};
    l4_err_t err;

    (void)open_file("nothing", FS_MODE_READ, &err);
    check(err == FS_NO_ENTRY, "a file that is not there");
    check(fs_file_write(f, FS_SIZE_MAX, (const uint8_t *)"x", 1, NULL) ==
                  FS_NO_SPACE &&
              fs_get_no_space(&space) == 0 && space.left == FS_SIZE_MAX - 4096,
          "no space");
    check(fs_root_remove(files, "data", NULL) == FS_BUSY &&
              fs_get_busy(&busy) == 0 && busy.sessions >= 1,
          "busy");
    puts("files: exceptions");
}

static sigjmp_buf after;

static void gone(int number)
{
    (void)number;
    siglongjmp(after, 1);
}

/* Memory that the server took back. */
static void memory_gone(uint64_t address)
{
    const struct sigaction act = {.sa_handler = gone};
    const struct sigaction alarmed = {.sa_handler = SIG_DFL};

    sigaction(SIGBUS, &act, NULL);
    sigaction(SIGALRM, &alarmed, NULL);
    alarm(10);
    if (sigsetjmp(after, 1) == 0) {
        (void)*(const volatile uint8_t *)(uintptr_t)address;
        /* Nothing of what follows happens before that. */
        __asm__ volatile("" ::: "memory");
        check(false, "memory after its session");
    }
    alarm(0);
}

/* A session ends with close(), and with what we showed for us. */
static void end(fs_file_t f)
{
    const l4_ctx_t ctx = L4_CTX(.caps = L4_CAPS(0));
    fs_file_t g = {L4_CAP_NONE};
    l4_cap_t alive = l4_own(files.cap);
    fs_stat_t stat;

    check(fs_root_open(files, "data", FS_MODE_READ, alive, &g, &ctx) == 0,
          "open");
    l4_close(alive);
    check(fs_file_close(f, NULL) == 0, "close");
    memory_gone(BUFFER);
    /* The server looks whose sign is gone when somebody opens a file. */
    (void)must_open("log", FS_MODE_READ);
    check(fs_file_stat(g, &stat, NULL) < 0, "a session that has ended");
    l4_close(g.cap);
    check(fs_file_stat(g, &stat, NULL) == L4_ENOCAP, "after close");
    memory_gone(PAGE);
    puts("files: ended");
}

unsigned files_each(void)
{
    fs_file_t f = must_open("data", FS_MODE_READ | FS_MODE_WRITE);

    setvbuf(stdout, NULL, _IOLBF, 0);
    by_message(f);
    by_shared_memory(f);
    not_by_system_calls();
    by_mapping(f);
    by_later_answer();
    by_passing_on(f);
    exceptions(f);
    end(f);
    printf("files: each: %u failed\n", failures);
    return failures;
}
