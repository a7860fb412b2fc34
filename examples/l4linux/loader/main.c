/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Starts Linux: gets its memory from root, copies it there, makes this thread
 * a virtual CPU, gives up all that Linux is not to have, and jumps. From then
 * on the thread runs Linux, and what is left of this program are the functions
 * of struct l4_platform, which can do no more than Linux could by itself.
 */
#include <string.h>

#include <l4/env.h>
#include <l4/fpage.h>
#include <l4/log.h>
#include <l4/objects.h>
#include <l4/thread.h>

#include "confine.h"
#include "payload.h"
#include "platform_l4.h"
#include "proxy.h"
#include "terminal.h"
#include "vmlinux.h"

/* What is left of the program's memory for the loader itself. */
#define LOADER_MEMORY ((uint64_t)2 << 20)
#define RAM_UNIT ((uint64_t)2 << 20)

#define COMMAND_LINE_SIZE 1024

static struct l4_platform platform;
static char command_line[COMMAND_LINE_SIZE];

static void must(l4_err_t err, const char *what)
{
    if (!err)
        return;
    l4_log(L4_LOG_ERROR, "%s: %s", what, l4_err_text(err));
    l4_exit(1);
}

/* As much RAM as the boot plan's memory= allows. */
static void ram_get(void)
{
    uint64_t size = l4_env()->memory_quota;

    if (size < LOADER_MEMORY + RAM_UNIT)
        must(L4_EQUOTA, "memory for Linux");
    size = (size - LOADER_MEMORY) & ~(RAM_UNIT - 1);
    must(confine_ram(L4_RAM_ADDRESS, size), "memory for Linux");
    platform.ram_size = size;
}

/* At the end of RAM, where Linux does not allocate first. */
static void initrd_copy(void)
{
    uint64_t size = (uint64_t)(payload_initrd_end - payload_initrd);
    uint64_t end = L4_RAM_ADDRESS + platform.ram_size;
    uint64_t at = (end - size) & ~(L4_PAGE_SIZE - 1);

    if (size == 0)
        return;
    memcpy((void *)(uintptr_t)at, payload_initrd, size);
    platform.initrd = at;
    platform.initrd_size = size;
}

/* The program's arguments are Linux's. All of them fit: the environment page
 * holds less than this buffer. */
static void command_line_make(int argc, char **argv)
{
    char *to = command_line;

    for (int i = 1; i < argc; i++) {
        size_t length = strlen(argv[i]);

        memcpy(to, argv[i], length);
        to += length;
        *to++ = ' ';
    }
    *to = '\0';
    platform.command_line = command_line;
}

L4_STATIC_ASSERT(COMMAND_LINE_SIZE > L4_ENV_ARGS, "arguments fit");

int main(int argc, char **argv)
{
    const l4_thread_t me = {L4_CAP_THREAD};
    uint64_t entry;

    ram_get();
    must(vmlinux_load(
             payload_kernel, (size_t)(payload_kernel_end - payload_kernel),
             L4_RAM_ADDRESS, L4_RAM_ADDRESS + platform.ram_size, &entry),
         "vmlinux");
    initrd_copy();
    command_line_make(argc, argv);
    platform.tsc_khz = l4_info()->clock.tsc_khz;
    platform.version = L4_PLATFORM_VERSION;
    platform.size = sizeof(platform);
    must(l4_thread_make_vcpu(me, L4_VCPU_ADDRESS, NULL), "vCPU");
    must(terminal_init(L4_VIRQ_CONSOLE), "terminal");
    must(ports_init(L4_VIRQ_PORTS), "connections");
    platform_functions(&platform);
    l4_log(L4_LOG_INFO, "Linux gets %lu MiB",
           (unsigned long)(platform.ram_size >> 20));
    must(confine(), "capabilities");
    ((void (*)(struct l4_platform *))(uintptr_t)entry)(&platform);
    return 1;
}
