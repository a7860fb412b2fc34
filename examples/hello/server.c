/* SPDX-License-Identifier: BSD-2-Clause */
/* The calculator's server: one handler for each operation of calc.idl. */
#include <l4/env.h>
#include <l4/log.h>
#include <l4/server.h>

#include "calc.h"

static l4_err_t add(void *self, l4_req_t *req, uint64_t a, uint64_t b,
                    uint64_t *result)
{
    calc_stats_t *stats = self;

    (void)req;
    stats->requests++;
    stats->last = *result = a + b;
    return L4_OK;
}

static l4_err_t divide(void *self, l4_req_t *req, uint64_t dividend,
                       uint64_t divisor, calc_quotient_t *result)
{
    calc_stats_t *stats = self;

    stats->requests++;
    if (divisor == 0) {
        const calc_division_by_zero_t why = {.dividend = dividend};

        stats->refused++;
        return calc_raise_division_by_zero(req, &why);
    }
    stats->last = result->whole = dividend / divisor;
    result->remainder = dividend % divisor;
    return L4_OK;
}

static l4_err_t sum(void *self, l4_req_t *req, const uint64_t *values,
                    uint32_t values_count, uint64_t *result)
{
    calc_stats_t *stats = self;
    uint64_t total = 0;

    (void)req;
    for (uint32_t i = 0; i < values_count; i++)
        total += values[i];
    stats->requests++;
    stats->last = *result = total;
    return L4_OK;
}

static l4_err_t describe(void *self, l4_req_t *req, uint64_t value, char *text)
{
    calc_stats_t *stats = self;

    (void)req;
    stats->requests++;
    l4_format(text, CALC_TEXT_MAX + 1, "%lu, or %#lx", value, value);
    return L4_OK;
}

static l4_err_t statistics(void *self, l4_req_t *req, calc_stats_t *stats)
{
    calc_stats_t *mine = self;

    (void)req;
    mine->requests++;
    *stats = *mine;
    return L4_OK;
}

static const calc_ops_t ops = {
    .add = add,
    .divide = divide,
    .sum = sum,
    .describe = describe,
    .statistics = statistics,
};

int main(void)
{
    const l4_env_port_t *port = l4_env_port("calc");
    static calc_stats_t stats;
    static l4_range_t ranges[1];
    l4_server_t server;

    l4_server_init(&server, ranges, 1);
    if (!port || calc_register(&server, port->first_label, port->last_label,
                               &ops, &stats) != L4_OK)
        return 1;
    l4_log(L4_LOG_INFO, "ready");
    l4_server_loop(&server);
    return 0;
}
