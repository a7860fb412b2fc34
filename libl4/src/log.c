/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines for the console. */
#include <string.h>

#include <l4/env.h>
#include <l4/log.h>
#include <l4/objects.h>
#include <l4/tty.h>

static l4_log_level_t log_limit = L4_LOG_INFO;

/* A line while it is put together. */
struct line {
    char text[L4_LOG_LINE + 1];
    size_t length; /* what the text would be long, uncut */
};

__attribute__((format(printf, 2, 0))) static void
line_vadd(struct line *line, const char *format, va_list args)
{
    size_t at = line->length < L4_LOG_LINE ? line->length : L4_LOG_LINE;

    line->length +=
        l4_vformat(line->text + at, sizeof(line->text) - at, format, args);
}

__attribute__((format(printf, 2, 3))) static void
line_add(struct line *line, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    line_vadd(line, format, args);
    va_end(args);
}

/* Sends the line off in one piece; `end` is what it must end with. */
static void line_write(struct line *line, const char *end)
{
    l4_console_t console = {L4_CAP_CONSOLE};
    l4_cap_t terminal = l4_env_cap("terminal");
    size_t end_length = strlen(end);
    size_t length = line->length;

    if (length + end_length > L4_LOG_LINE) {
        length = L4_LOG_LINE - end_length;
        memcpy(line->text + length - 3, "...", 3);
    }
    memcpy(line->text + length, end, end_length);
    /* A program without either is silent. */
    if (terminal != L4_CAP_NONE)
        (void)!l4_tty_write((terminal_t){terminal}, line->text,
                            length + end_length);
    else
        (void)!l4_console_write(console, (const uint8_t *)line->text,
                                (uint32_t)(length + end_length), NULL);
}

void l4_log_limit(l4_log_level_t level)
{
    log_limit = level;
}

void l4_log(l4_log_level_t level, const char *format, ...)
{
    static const char *const prefix[] = {
        [L4_LOG_ERROR] = "error: ",
        [L4_LOG_WARNING] = "warning: ",
        [L4_LOG_INFO] = "",
        [L4_LOG_DEBUG] = "debug: ",
    };
    struct line line = {.length = 0};
    va_list args;

    if (level > log_limit || (unsigned)level > L4_LOG_DEBUG)
        return;
    line_add(&line, "%s: %s", l4_env()->name, prefix[level]);
    va_start(args, format);
    line_vadd(&line, format, args);
    va_end(args);
    line_write(&line, "\n");
}

void l4_print(const char *format, ...)
{
    struct line line = {.length = 0};
    va_list args;

    va_start(args, format);
    line_vadd(&line, format, args);
    va_end(args);
    line_write(&line, "");
}
