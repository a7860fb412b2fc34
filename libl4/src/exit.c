/* SPDX-License-Identifier: BSD-2-Clause */
/* The end of a program. */
#include <l4/env.h>
#include <l4/services.h>
#include <l4/thread.h>

_Noreturn void l4_exit(int status)
{
    root_program_t root = {L4_CAP_PROGRAM};

    /* Root ends the program while this call is under way. */
    (void)!root_program_exit(root, status, NULL);
    for (;;)
        __builtin_trap();
}
