/* SPDX-License-Identifier: BSD-2-Clause */
/* Says what was typed for it, until that is "quit". */
#include <string.h>

#include <l4/env.h>
#include <l4/log.h>
#include <l4/tty.h>

static terminal_t tty;
static char line[80];
static size_t length;

static void size_tell(void)
{
    uint16_t columns = 0;
    uint16_t rows = 0;

    (void)!terminal_size(tty, &columns, &rows, NULL);
    l4_log(L4_LOG_INFO, "%u by %u", columns, rows);
}

/* One key; whether that was all. */
static bool key(char c)
{
    if (c == 3) {
        l4_log(L4_LOG_INFO, "interrupted");
        return false;
    }
    if (c != '\r') {
        if (length < sizeof(line) - 1)
            line[length++] = c;
        return false;
    }
    line[length] = '\0';
    length = 0;
    l4_log(L4_LOG_INFO, "got '%s'", line);
    if (strcmp(line, "size") == 0)
        size_tell();
    return strcmp(line, "quit") == 0;
}

int main(void)
{
    char keys[16];
    int32_t count;

    tty.cap = l4_env_cap("terminal");
    l4_log(L4_LOG_INFO, "ready");
    while ((count = l4_tty_read(tty, keys, sizeof(keys))) > 0) {
        for (int32_t i = 0; i < count; i++) {
            if (key(keys[i]))
                return 0;
        }
    }
    l4_log(L4_LOG_ERROR, "%s", l4_err_text(count));
    return 1;
}
