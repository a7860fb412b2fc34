/* SPDX-License-Identifier: GPL-2.0-only */
/* Attacks by capabilities and memory: forged, another's, closed, too many. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <l4/transport.h>

#include "files.h"
#include "hostile.h"
#include "l4_ports.h"

#define PAGE 4096
#define HIGH 150 /* a descriptor that nobody else has */

static int device;

/* Sends an item, as it is, to the file server. 0, or what Linux says. */
static int item_send(uint64_t control, uint64_t fpage)
{
    struct l4_port_message m = {.tag = FS_ROOT_OPEN_IN_TAG | 1,
                                .timeout = 1000000};

    m.items[0].control = control;
    m.items[0].fpage = fpage;
    return ioctl(device, L4_PORT_CALL, &m) == 0 ? 0 : errno;
}

static int cap_send(uint64_t slot)
{
    return item_send(0, (uint64_t)slot << 12 | L4_FPAGE_CAP << 6 | 15 << 8);
}

static void forged(void)
{
    int pipes[2];
    int null = open("/dev/null", O_RDWR);
    int own = ioctl(device, L4_PORT_OWN);
    uint64_t cap = l4_fpage_cap((l4_cap_t)own, 0, 15);

    if (pipe(pipes) != 0 || own < 0)
        failed("descriptors");
    for (unsigned slot = 0; slot < 5000; slot++)
        if (slot != (unsigned)own && slot != (unsigned)device &&
            cap_send(slot) != EBADF)
            failed("a number as a capability");
    for (unsigned i = 0; i < 200; i++)
        if (cap_send(random_next() % (1ull << 51) + 5000) != EBADF)
            failed("any number as a capability");
    if (cap_send(0x100000000ull + (unsigned)own) != EBADF)
        failed("the lower half of a number");
    if (cap_send((unsigned)null) != EBADF ||
        cap_send((unsigned)pipes[0]) != EBADF || cap_send(1) != EBADF)
        failed("another file as a capability");
    if (item_send(1, cap) != EINVAL || item_send(16, cap) != EINVAL)
        failed("flags of an item");
    if (item_send(0, cap | 1) != EINVAL ||
        item_send(0, l4_fpage_mem(0x40000000, 12, 7)) != EINVAL ||
        item_send(0, l4_fpage(L4_FPAGE_IO, 0, 16, 15)) != EINVAL)
        failed("another kind of item");
    close(pipes[0]);
    close(pipes[1]);
    close(null);
    close(own);
    if (cap_send((unsigned)own) != EBADF)
        failed("a capability after close");
}

/* Windows and counts that there are not. */
static void fields(void)
{
    struct l4_port_message m;

    for (unsigned i = 0; i < 5; i++) {
        memset(&m, 0, sizeof(m));
        m.tag = FS_FILE_STAT_IN_TAG;
        m.caps = i == 0 ? 17 : 0;
        m.memory = i == 1 ? 11 : i == 2 ? L4_PORT_MEMORY_ORDER + 1 : 0;
        m.tag |= i == 3 ? 65 : i == 4 ? 17 << 8 : 0;
        if (ioctl(device, L4_PORT_CALL, &m) == 0 || errno != EINVAL)
            failed("a field that is too large");
    }
}

/* The microkernel would take memory and capabilities for Linux's. */
static void kernel_objects(void)
{
    int own = ioctl(device, L4_PORT_OWN);
    struct l4_port_message m;

    for (unsigned proto = 0; proto < 256; proto++) {
        for (unsigned op = 0; op < 12; op++) {
            memset(&m, 0, sizeof(m));
            m.tag = L4_TAG(proto, op, 3, 0);
            m.timeout = 1000000;
            if (ioctl(own, L4_PORT_CALL, &m) == 0 || errno != EPERM)
                failed("an operation of the microkernel's");
        }
    }
    /* To the signal itself no other protocol means anything. */
    memset(&m, 0, sizeof(m));
    m.tag = L4_TAG(256, 1, 0, 0);
    m.timeout = 1000000;
    if (ioctl(own, L4_PORT_CALL, &m) != 0 || !(m.tag & L4_TAG_RAISED) ||
        (int32_t)m.w[0] != L4_ENOSYS)
        failed("a signal that answers");
    close(own);
}

/* A child has a capability; its number is none here, nor its path. */
static void anothers(void)
{
    int there[2];
    char path[64];
    char byte;
    pid_t child;

    if (pipe(there) != 0 || (child = fork()) < 0) {
        failed("a child");
        return;
    }
    if (child == 0) {
        int own = ioctl(device, L4_PORT_OWN);

        _exit(dup2(own, HIGH) != HIGH || write(there[1], "", 1) != 1 ||
              pause());
    }
    if (read(there[0], &byte, 1) != 1)
        failed("a child's capability");
    if (cap_send(HIGH) != EBADF)
        failed("another process's capability");
    snprintf(path, sizeof(path), "/proc/%d/fd/%d", child, HIGH);
    if (open(path, O_RDWR) >= 0)
        failed("another process's capability by its path");
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    close(there[0]);
    close(there[1]);
}

/* How many there are until Linux says no; all of them are closed again. */
static unsigned flood(void)
{
    int own[2 * L4_PORT_CAPS];
    unsigned count = 0;

    while (count < 2 * L4_PORT_CAPS &&
           (own[count] = ioctl(device, L4_PORT_OWN)) >= 0)
        count++;
    if (count == 2 * L4_PORT_CAPS || errno != ENFILE)
        failed("no end of capabilities");
    for (unsigned i = 0; i < count; i++)
        close(own[i]);
    return count;
}

/* Somebody who is not the superuser takes all there are, and keeps them. */
static void floods(void)
{
    struct l4_port_message m;
    int there[2];
    char byte;
    pid_t child;
    int own;

    if (pipe(there) != 0 || (child = fork()) < 0) {
        failed("a child");
        return;
    }
    if (child == 0) {
        if (setuid(1000) != 0)
            _exit(1);
        while (ioctl(device, L4_PORT_OWN) >= 0)
            ;
        _exit(write(there[1], "", 1) != 1 || pause());
    }
    if (read(there[0], &byte, 1) != 1)
        failed("a flood");
    own = ioctl(device, L4_PORT_OWN);
    if (own < 0)
        failed("nothing left for the superuser");
    close(own);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    close(there[0]);
    close(there[1]);
    /* All of it is back, also what windows held that nothing arrived in. */
    for (unsigned i = 0; i < 100; i++) {
        memset(&m, 0, sizeof(m));
        m.tag = FS_FILE_STAT_IN_TAG;
        m.timeout = 10000000;
        m.caps = 16;
        m.memory = 12;
        if (ioctl(device, L4_PORT_CALL, &m) != 0)
            failed("a window");
    }
    for (unsigned i = 0; i < 2; i++)
        if (flood() != L4_PORT_CAPS)
            failed("capabilities that were lost");
}

static volatile int racing = -1;

static void *race_close(void *arg)
{
    (void)arg;
    for (unsigned i = 0; i < 500; i++) {
        racing = ioctl(device, L4_PORT_OWN);
        usleep((useconds_t)(random_next() % 100));
        close(racing);
    }
    return NULL;
}

/* One thread closes what another one passes on. */
static void races(void)
{
    pthread_t thread;

    if (pthread_create(&thread, NULL, race_close, NULL) != 0) {
        failed("a thread");
        return;
    }
    for (unsigned i = 0; i < 500; i++) {
        int err = racing >= 0 ? cap_send((unsigned)racing) : 0;

        if (err && err != EBADF)
            failed("a capability that is being closed");
    }
    pthread_join(thread, NULL);
}

void capabilities(void)
{
    device = open("/dev/l4/files", O_RDWR);
    if (device < 0) {
        failed("open of the file server");
        return;
    }
    forged();
    fields();
    kernel_objects();
    anothers();
    floods();
    races();
    close(device);
}

/* --- memory -------------------------------------------------------------- */

static fs_root_t files;

static fs_file_t session(void)
{
    const l4_ctx_t ctx = L4_CTX(.caps = L4_CAPS(0));
    fs_file_t f = {L4_CAP_NONE};

    if (fs_root_open(files, "hostile", FS_MODE_READ | FS_MODE_WRITE,
                     l4_own(files.cap), &f, &ctx) != 0)
        failed("a session");
    return f;
}

/* The file of the memory that an operation returns. */
static int memory_get(fs_file_t f, uint64_t tag)
{
    struct l4_port_message m = {
        .tag = tag, .memory = 14, .timeout = 1000000000};

    if (ioctl((int)f.cap, L4_PORT_CALL, &m) != 0 || l4_tag_items(m.tag) != 1 ||
        m.memory_file < 0) {
        failed("a server's memory");
        return -1;
    }
    return m.memory_file;
}

static bool maps(int fd, size_t size, int protection, int flags, off_t at)
{
    void *p = mmap(NULL, size, protection, flags, fd, at);

    if (p == MAP_FAILED)
        return false;
    munmap(p, size);
    return true;
}

static void mappings(int shared, int read_only)
{
    const int rw = PROT_READ | PROT_WRITE;

    if (!maps(shared, PAGE, rw, MAP_SHARED, 0))
        failed("to map a server's memory");
    if (maps(shared, 2 * PAGE, rw, MAP_SHARED, 0) ||
        maps(shared, PAGE, rw, MAP_SHARED, PAGE) ||
        maps(shared, PAGE, rw, MAP_SHARED, 2 << 20) ||
        maps(shared, PAGE, rw, MAP_SHARED, (off_t)1 << 46) ||
        maps(shared, (size_t)1 << 30, rw, MAP_SHARED, 0))
        failed("more memory than was given");
    if (maps(shared, PAGE, rw, MAP_PRIVATE, 0))
        failed("a copy of a server's memory");
    if (maps(shared, PAGE, PROT_READ | PROT_EXEC, MAP_SHARED, 0))
        failed("a server's memory as code");
    if (maps(read_only, PAGE, rw, MAP_SHARED, 0))
        failed("to write what is only to be read");
    if (cap_send((unsigned)shared) != EBADF)
        failed("memory as a capability");
    if (ioctl(shared, L4_PORT_OWN) >= 0 || errno != ENOTTY)
        failed("a call to memory");
}

/* Linux itself does not look into it, whoever asks. */
static void by_linux(void *memory)
{
    char buffer[8];
    struct iovec here = {buffer, sizeof(buffer)};
    struct iovec there = {memory, sizeof(buffer)};
    int mem = open("/proc/self/mem", O_RDWR);
    char *next;

    if (write(1, memory, 1) >= 0 || errno != EFAULT)
        failed("a write from a server's memory");
    if (pread(mem, buffer, sizeof(buffer), (off_t)(uintptr_t)memory) > 0 ||
        pwrite(mem, buffer, sizeof(buffer), (off_t)(uintptr_t)memory) > 0)
        failed("a server's memory by /proc");
    if (process_vm_readv(getpid(), &here, 1, &there, 1, 0) > 0)
        failed("a server's memory by process_vm_readv");
    close(mem);
    next = mremap(memory, PAGE, 2 * PAGE, MREMAP_MAYMOVE);
    if (next != MAP_FAILED)
        failed("a server's memory grows");
}

/* It is not a child's. */
static void inherited(const volatile char *memory)
{
    int status = 0;
    pid_t child = fork();

    if (child == 0) {
        (void)*memory;
        _exit(0);
    }
    if (child < 0 || waitpid(child, &status, 0) != child ||
        !WIFSIGNALED(status) || WTERMSIG(status) != SIGSEGV)
        failed("a child with a server's memory");
}

/* As much as there can be, none of it mapped. */
static void memory_floods(fs_file_t f)
{
    int fd[2 * L4_PORT_MEMORY];
    unsigned count = 0;

    for (; count < 2 * L4_PORT_MEMORY; count++) {
        struct l4_port_message m = {
            .tag = FS_FILE_ATTACH_IN_TAG, .memory = 21, .timeout = 1000000000};

        if (ioctl((int)f.cap, L4_PORT_CALL, &m) != 0)
            break;
        fd[count] = m.memory_file;
    }
    if (count == 2 * L4_PORT_MEMORY || errno != ENFILE)
        failed("no end of memory");
    for (unsigned i = 0; i < count; i++)
        close(fd[i]);
    close(memory_get(f, FS_FILE_ATTACH_IN_TAG));
}

void foreign_memory(void)
{
    fs_file_t f;
    int shared;
    int read_only;
    void *memory;

    device = open("/dev/l4/files", O_RDWR);
    files.cap = (l4_cap_t)device;
    f = session();
    shared = memory_get(f, FS_FILE_ATTACH_IN_TAG);
    read_only = memory_get(f, FS_FILE_MAP_IN_TAG);
    mappings(shared, read_only);
    memory = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, shared, 0);
    if (memory == MAP_FAILED)
        failed("to map a server's memory");
    close(shared);
    close(read_only);
    by_linux(memory);
    inherited(memory);
    memory_floods(f);
    *(volatile char *)memory = 1; /* after all that it is still there */
    if (fs_file_close(f, NULL) != 0)
        failed("close");
    l4_close(f.cap);
    close(device);
}
