/* SPDX-License-Identifier: GPL-2.0-only */
/* A module is loaded and unloaded, twice. */
#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "features.h"

#define MODULE "l4test"

static int load(void)
{
    int fd = open("/" MODULE ".ko", O_RDONLY);
    long err = syscall(SYS_finit_module, fd, "", 0);

    close(fd);
    return err == 0;
}

static int is_there(void)
{
    return file_has("/proc/modules", MODULE " ") &&
           access("/proc/" MODULE, F_OK) == 0;
}

static int unload(void)
{
    return syscall(SYS_delete_module, MODULE, O_NONBLOCK) == 0;
}

static int is_gone(void)
{
    return !file_has("/proc/modules", MODULE " ") &&
           access("/proc/" MODULE, F_OK) != 0;
}

void test_modules(void)
{
    check("no module", is_gone());
    for (int i = 0; i < 2; i++) {
        check("module is loaded", load() && is_there());
        check("module is there already", !load() && errno == EEXIST);
        check("module is unloaded", unload() && is_gone());
    }
}
