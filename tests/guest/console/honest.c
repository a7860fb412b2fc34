/* SPDX-License-Identifier: BSD-2-Clause */
/* Begins when it is told to, says its lines, and reads what is typed for it. */
#include <l4/env.h>
#include <l4/log.h>
#include <l4/tty.h>

#define LINES 100

int main(void)
{
    const terminal_t tty = {l4_env_cap("terminal")};
    char key;

    l4_log(L4_LOG_INFO, "ready");
    if (l4_tty_read(tty, &key, 1) != 1)
        return 1;
    for (unsigned i = 1; i <= LINES; i++) {
        l4_log(L4_LOG_INFO, "line %u", i);
        if (l4_tty_drain(tty, 10000000000) != 0)
            return 2;
    }
    if (l4_tty_read(tty, &key, 1) != 1 || key != 'x')
        return 3;
    l4_log(L4_LOG_INFO, "undisturbed");
    return 0;
}
