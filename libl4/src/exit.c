/* SPDX-License-Identifier: BSD-2-Clause */
/* The end of a program. */
#include <l4/env.h>
#include <l4/services.h>
#include <l4/thread.h>
#include <l4/tty.h>

/* How long a program waits for its last words to be shown. */
#define LAST_WORDS 1000000000ull /* ns */

_Noreturn void l4_exit(int status)
{
    root_program_t root = {L4_CAP_PROGRAM};
    const terminal_t terminal = {l4_env_cap("terminal")};

    if (terminal.cap != L4_CAP_NONE)
        (void)!l4_tty_drain(terminal, LAST_WORDS);
    /* Root ends the program while this call is under way. */
    (void)!root_program_exit(root, status, NULL);
    for (;;)
        __builtin_trap();
}
