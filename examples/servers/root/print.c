/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/log.h>
#include <l4/objects.h>
#include <l4/root.h>

#include "print.h"

void print(const char *format, ...)
{
    l4_console_t console = {L4_ROOT_CAP_CONSOLE};
    char text[L4_LOG_LINE + 1];
    size_t length;
    va_list args;

    va_start(args, format);
    length = l4_vformat(text, sizeof(text), format, args);
    va_end(args);
    if (length > L4_LOG_LINE)
        length = L4_LOG_LINE;
    (void)!l4_console_write(console, (const uint8_t *)text, (uint32_t)length,
                            NULL);
}
