/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * calc add A B | divide A B | describe A | sum A...: the calculator's native
 * server, called from a Linux process.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <l4/transport.h>

#include "calc.h"

static calc_t server;

static uint64_t number(const char *text)
{
    return strtoull(text, NULL, 0);
}

static l4_err_t add(char **args, int count)
{
    uint64_t result = 0;
    l4_err_t err = count == 2 ? calc_add(server, number(args[0]),
                                         number(args[1]), &result, NULL)
                              : L4_EINVAL;

    if (!err)
        printf("%" PRIu64 "\n", result);
    return err;
}

static l4_err_t divide(char **args, int count)
{
    calc_quotient_t q = {0, 0};
    l4_err_t err = count == 2 ? calc_divide(server, number(args[0]),
                                            number(args[1]), &q, NULL)
                              : L4_EINVAL;

    if (!err)
        printf("%" PRIu64 ", remainder %" PRIu64 "\n", q.whole, q.remainder);
    return err;
}

static l4_err_t describe(char **args, int count)
{
    char text[CALC_TEXT_MAX + 1];
    l4_err_t err = count == 1 ? calc_describe(server, number(args[0]), text,
                                              sizeof(text), NULL)
                              : L4_EINVAL;

    if (!err)
        puts(text);
    return err;
}

static l4_err_t sum(char **args, int count)
{
    uint64_t values[CALC_VALUES_MAX + 1];
    uint64_t result = 0;
    l4_err_t err;

    for (int i = 0; i < count && i <= (int)CALC_VALUES_MAX; i++)
        values[i] = number(args[i]);
    err = calc_sum(server, values, (uint32_t)count, &result, NULL);
    if (!err)
        printf("%" PRIu64 "\n", result);
    return err;
}

static const struct command {
    const char *name;
    l4_err_t (*run)(char **args, int count);
} commands[] = {
    {"add", add}, {"divide", divide}, {"describe", describe}, {"sum", sum}};

int main(int argc, char **argv)
{
    l4_err_t err = L4_ENOENT;

    server.cap = l4_open("calc");
    if (server.cap == L4_CAP_NONE) {
        perror("/dev/l4/calc");
        return 1;
    }
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (argc > 1 && strcmp(argv[1], commands[i].name) == 0)
            err = commands[i].run(argv + 2, argc - 2);
    }
    l4_close(server.cap);
    if (err == CALC_DIVISION_BY_ZERO)
        fprintf(stderr, "calc: division by zero, says the server\n");
    else if (err)
        fprintf(stderr, "calc: error %d\n", err);
    return err ? 1 : 0;
}
