/* SPDX-License-Identifier: GPL-2.0-only */
/* Linux's console is the shim's terminal; ctrl-a x ends the shim. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "shim.h"

#define ESCAPE 1 /* ctrl-a */

static struct termios cooked;
static bool is_terminal;
static int flags;
static bool ended;

static void console_restore(void)
{
    fcntl(STDIN_FILENO, F_SETFL, flags);
    if (is_terminal)
        tcsetattr(STDIN_FILENO, TCSANOW, &cooked);
}

void console_init(void)
{
    struct termios raw;

    flags = fcntl(STDIN_FILENO, F_GETFL);
    is_terminal = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &cooked) == 0;
    atexit(console_restore);
    if (is_terminal) {
        raw = cooked;
        cfmakeraw(&raw);
        raw.c_oflag |= OPOST; /* our own messages */
        tcsetattr(STDIN_FILENO, TCSANOW, &raw);
    }
    fcntl(STDIN_FILENO, F_SETOWN, getpid());
    fcntl(STDIN_FILENO, F_SETFL, flags | O_ASYNC);
    vcpu_interrupt(L4_VIRQ_CONSOLE); /* what was typed before */
}

long platform_console_write(const char *text, unsigned long size)
{
    ssize_t done = write(STDOUT_FILENO, text, size);

    /* If nobody reads, nobody sees it anyway. */
    if (done < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : (long)size;
    return done;
}

/* Takes the escape out of what was typed. */
static unsigned long typed(char *text, unsigned long count)
{
    static bool escaped;
    unsigned long kept = 0;

    for (unsigned long i = 0; i < count; i++) {
        if (escaped && text[i] == 'x')
            exit(0);
        if (!escaped && text[i] == ESCAPE) {
            escaped = true;
            continue;
        }
        escaped = false;
        text[kept++] = text[i];
    }
    return kept;
}

unsigned long platform_console_read(char *text, unsigned long size)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};

    if (ended || size == 0 || poll(&input, 1, 0) <= 0)
        return 0;
    ssize_t count = read(STDIN_FILENO, text, size);
    if (count <= 0) {
        ended = true;
        return 0;
    }
    vcpu_interrupt(L4_VIRQ_CONSOLE); /* there may be more */
    return is_terminal ? typed(text, (unsigned long)count)
                       : (unsigned long)count;
}

void platform_console_size(unsigned short *columns, unsigned short *rows)
{
    struct winsize size = {0};

    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0)
        size = (struct winsize){0};
    *columns = size.ws_col;
    *rows = size.ws_row;
}
