/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/ipc.h>
#include <l4/objects.h>
#include <l4/root.h>

#include "image.h"
#include "print.h"

/* QEMU's isa-debug-exit: a write ends the emulator. */
#define EXIT_PORT 0xf4

_Noreturn void image_end(int32_t status)
{
    l4_ports_t ports = {L4_ROOT_CAP_PORTS};
    l4_words_t w = {{0}};

    if (status < 0 || status > IMAGE_STATUS_MAX)
        status = IMAGE_STATUS_MAX;
    print("root: the image ends with status %d\n", status);
    (void)!l4_ports_write(ports, EXIT_PORT, 4, (uint32_t)status, NULL);

    /* On a machine without that port there is nothing more to do; nobody gets
     * an answer, nobody's fault is resolved any more. */
    print("root: the machine may be switched off\n");
    for (;;)
        (void)l4_wait(&w, NULL, L4_TIME_NEVER);
}

/* The status that a program gives the image. */
static int32_t status_of(const struct program *p)
{
    return p->state == ROOT_PROGRAM_STATE_EXITED ? p->status : IMAGE_DIED;
}

/* Ends the image if nothing runs any more, with the first status that is not
 * 0 in the order of the plan. */
static void check_all(void)
{
    int32_t status = 0;

    for (uint32_t i = 0; i < program_count; i++) {
        const struct program *p = &programs[i];

        if (p->state == ROOT_PROGRAM_STATE_RUNNING ||
            p->state == ROOT_PROGRAM_STATE_DUE)
            return;
        if (status == 0 && p->starts > 0)
            status = status_of(p);
    }
    image_end(status);
}

void image_check(const struct program *p)
{
    switch (plan.header->exit_rule) {
    case L4_PLAN_EXIT_PROGRAM:
        if (p->number == plan.header->exit_program)
            image_end(status_of(p));
        break;
    case L4_PLAN_EXIT_ALL: check_all(); break;
    default: break;
    }
}
