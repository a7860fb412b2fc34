/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the larger configuration has besides, seen from programs: it runs as
 * root on L4Linux and on any other Linux, in a machine to spare, and prints a
 * line per test.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "features.h"

static int put(int fd, const char *text)
{
    ssize_t size = (ssize_t)strlen(text);
    int err = 0;

    if (fd < 0)
        return errno;
    if (write(fd, text, (size_t)size) != size)
        err = errno;
    close(fd);
    return err;
}

int file_put(const char *path, const char *text)
{
    return put(open(path, O_WRONLY), text);
}

int file_make(const char *path, const char *text)
{
    return put(open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644), text);
}

int file_get(const char *path, char *buffer, int size)
{
    int fd = open(path, O_RDONLY);
    int length = 0;
    ssize_t n = 0;

    if (fd < 0)
        return -1;
    while (length < size - 1 &&
           (n = read(fd, buffer + length, (size_t)(size - 1 - length))) > 0)
        length += (int)n;
    close(fd);
    buffer[length] = 0;
    return n < 0 ? -1 : length;
}

int file_has(const char *path, const char *text)
{
    static char content[65536];

    return file_get(path, content, sizeof(content)) >= 0 &&
           strstr(content, text) != NULL;
}

int main(void)
{
    test_network();
    test_namespaces();
    test_seccomp();
    test_overlay();
    test_groups();
    test_modules();
    test_calls();
    return check_summary("features");
}
