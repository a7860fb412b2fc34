/* SPDX-License-Identifier: GPL-2.0-only */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <asm/hwcap2.h>
#include <cpuid.h>
#include <x86intrin.h>

#include <l4/err.h>

#include "../loader/vmlinux.h"
#include "shim.h"

#define PAGE 4096ul
#define MEMORY_MIN 24ul  /* MiB */
#define MEMORY_MAX 896ul /* below the modules */
#define MEMORY_DEFAULT 128ul
#define CALIBRATION_NS 50000000ull

int shim_ram;
uint64_t shim_ram_size = MEMORY_DEFAULT << 20;

static struct l4_platform platform;

/* The doors of switch.S, as struct l4_platform wants them. */
void shim_resume(void);
void shim_halt(void);
unsigned long shim_time(void);
long shim_task_create(void);
void shim_task_destroy(unsigned long task);
void shim_task_unmap(unsigned long task, unsigned long address, unsigned order,
                     unsigned rights);
long shim_host_map(unsigned long address, unsigned long ram);
void shim_host_unmap(unsigned long address, unsigned long size);
long shim_console_write(const char *text, unsigned long size);
unsigned long shim_console_read(char *text, unsigned long size);
void shim_console_size(unsigned short *columns, unsigned short *rows);
void shim_exit(int status);
void shim_port_call(unsigned port);

_Noreturn void shim_fail(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    fputs("l4linux-shim: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(1);
}

long platform_host_map(unsigned long address, unsigned long ram)
{
    if (ram < L4_RAM_ADDRESS || ram - L4_RAM_ADDRESS >= shim_ram_size ||
        (ram | address) & (PAGE - 1))
        return L4_EINVAL;
    return mmap((void *)address, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC,
                MAP_SHARED | MAP_FIXED, shim_ram,
                (off_t)(ram - L4_RAM_ADDRESS)) == MAP_FAILED
               ? L4_ENOMEM
               : 0;
}

void platform_host_unmap(unsigned long address, unsigned long size)
{
    munmap((void *)address, size);
}

_Noreturn void platform_exit(int status)
{
    exit(status);
}

/* There are no connections. */
void platform_port_call(unsigned port)
{
    (void)port;
}

static const char usage[] =
    "usage: l4linux-shim [--memory MIB] [--initrd FILE] VMLINUX [ARGUMENT...]\n"
    "\n"
    "Runs the Linux of arch/l4 as a process of this Linux, for debugging and\n"
    "testing. The arguments are Linux's command line. ctrl-a x ends it.\n"
    "\n"
    "  --memory MIB   Linux's RAM, 24 to 896; 128 is the default\n"
    "  --initrd FILE  its first file system\n"
    "\n"
    "With gdb: gdb -x examples/l4linux/shim/gdbinit --args l4linux-shim ...\n";

/* A file, mapped; whose size is never 0. */
static const void *file_map(const char *name, size_t *size)
{
    struct stat status;
    int file = open(name, O_RDONLY | O_CLOEXEC);
    void *data;

    if (file < 0 || fstat(file, &status) != 0)
        shim_fail("%s: %s", name, strerror(errno));
    *size = (size_t)status.st_size;
    data = mmap(NULL, *size, PROT_READ, MAP_PRIVATE, file, 0);
    if (data == MAP_FAILED)
        shim_fail("%s: %s", name, *size ? strerror(errno) : "it is empty");
    close(file);
    return data;
}

static void ram_make(void)
{
    shim_ram = memfd_create("ram", 0);
    if (shim_ram < 0 || ftruncate(shim_ram, (off_t)shim_ram_size) != 0 ||
        mmap((void *)L4_RAM_ADDRESS, shim_ram_size,
             PROT_READ | PROT_WRITE | PROT_EXEC,
             MAP_SHARED | MAP_FIXED_NOREPLACE, shim_ram, 0) == MAP_FAILED)
        shim_fail("%lu MiB of memory at %#x: %s",
                  (unsigned long)(shim_ram_size >> 20), L4_RAM_ADDRESS,
                  strerror(errno));
    platform.ram_size = shim_ram_size;
}

/* At the end of RAM, where Linux does not allocate first. */
static void initrd_load(const char *name)
{
    size_t size;
    const void *data = file_map(name, &size);

    if (size > shim_ram_size / 2)
        shim_fail("%s: too big for %lu MiB of memory; --memory has more", name,
                  (unsigned long)(shim_ram_size >> 20));
    platform.initrd = (L4_RAM_ADDRESS + shim_ram_size - size) & ~(PAGE - 1);
    platform.initrd_size = size;
    memcpy((void *)platform.initrd, data, size);
}

/* What Linux does not write is the shim's own: gdb puts breakpoints there, and
 * takes them out of children. */
static void text_privatize(const void *file)
{
    const Elf64_Ehdr *h = file;
    const Elf64_Phdr *p = (const void *)((const char *)file + h->e_phoff);

    for (unsigned i = 0; i < h->e_phnum; i++) {
        uint64_t offset = p[i].p_vaddr - L4_RAM_ADDRESS;

        if (p[i].p_type != PT_LOAD || p[i].p_flags & PF_W || offset % PAGE)
            continue;
        if (mmap((void *)p[i].p_vaddr, p[i].p_memsz & ~(PAGE - 1),
                 PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_FIXED,
                 shim_ram, (off_t)offset) == MAP_FAILED)
            shim_fail("Linux's text: %s", strerror(errno));
    }
}

static uint64_t kernel_load(const char *name)
{
    size_t size;
    const void *data = file_map(name, &size);
    uint64_t entry;

    if (vmlinux_load(data, size, L4_RAM_ADDRESS, L4_RAM_ADDRESS + shim_ram_size,
                     &entry) != 0)
        shim_fail("%s: no vmlinux of arch/l4 that fits into %lu MiB", name,
                  (unsigned long)(shim_ram_size >> 20));
    text_privatize(data);
    return entry;
}

/* How fast the time-stamp counter is. */
static unsigned tsc_khz(void)
{
    uint64_t start = shim_time();
    uint64_t first = __rdtsc();
    uint64_t now;

    do
        now = shim_time();
    while (now - start < CALIBRATION_NS);
    return (unsigned)((__rdtsc() - first) * 1000000u / (now - start));
}

static void command_line_make(char **words)
{
    static char line[1024];
    size_t length = 0;

    for (; *words; words++) {
        int more = snprintf(line + length, sizeof(line) - length, "%s%s",
                            length ? " " : "", *words);

        length += (size_t)more;
        if (length >= sizeof(line))
            shim_fail("the command line is longer than %zu characters",
                      sizeof(line) - 1);
    }
    platform.command_line = line;
}

static void functions_set(void)
{
    platform.resume = shim_resume;
    platform.halt = shim_halt;
    platform.time = shim_time;
    platform.task_create = shim_task_create;
    platform.task_destroy = shim_task_destroy;
    platform.task_unmap = shim_task_unmap;
    platform.host_map = shim_host_map;
    platform.host_unmap = shim_host_unmap;
    platform.console_write = shim_console_write;
    platform.console_read = shim_console_read;
    platform.console_size = shim_console_size;
    platform.exit = shim_exit;
    platform.port_call = shim_port_call;
}

/* Linux changes segment bases itself, and the shim saves all registers. */
static void processor_check(void)
{
    unsigned a;
    unsigned b;
    unsigned size;
    unsigned d;

    if (!(getauxval(AT_HWCAP2) & HWCAP2_FSGSBASE))
        shim_fail("this machine's processor or Linux lacks FSGSBASE");
    __cpuid_count(13, 0, a, b, size, d);
    if (size > SHIM_XSTATE_SIZE)
        shim_fail("this processor has %u bytes of vector registers", size);
}

static unsigned long memory_parse(const char *text)
{
    char *end;
    unsigned long size = strtoul(text, &end, 10);

    if (*end || size < MEMORY_MIN || size > MEMORY_MAX)
        shim_fail("--memory takes %lu to %lu MiB", MEMORY_MIN, MEMORY_MAX);
    return size << 20;
}

/* Linux is loaded, and breakpoints can be set in it. */
_Noreturn void shim_start(uint64_t entry)
{
    ((void (*)(struct l4_platform *))entry)(&platform);
    shim_fail("Linux returned");
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"memory", required_argument, NULL, 'm'},
        {"initrd", required_argument, NULL, 'i'},
        {"help", no_argument, NULL, 'h'},
        {0}};
    const char *initrd = NULL;
    int option;

    while ((option = getopt_long(argc, argv, "+h", options, NULL)) != -1) {
        if (option == 'm') {
            shim_ram_size = memory_parse(optarg);
        } else if (option == 'i') {
            initrd = optarg;
        } else {
            fputs(usage, option == 'h' ? stdout : stderr);
            return option == 'h' ? 0 : 2;
        }
    }
    if (optind == argc) {
        fputs(usage, stderr);
        return 2;
    }
    processor_check();
    __asm__ volatile("rdfsbase %0" : "=r"(shim_fs));
    ram_make();
    uint64_t entry = kernel_load(argv[optind]);
    if (initrd)
        initrd_load(initrd);
    command_line_make(argv + optind + 1);
    platform.version = L4_PLATFORM_VERSION;
    platform.size = sizeof(platform);
    platform.tsc_khz = tsc_khz();
    functions_set();
    vcpu_init();
    task_init();
    console_init();
    shim_start(entry);
}
