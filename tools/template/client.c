/* SPDX-License-Identifier: BSD-2-Clause */
/* Has itself greeted, and ends the run: what main() returns is its status. */
#include <l4/env.h>
#include <l4/log.h>

#include "greeter.h"

int main(void)
{
    greeter_t greeter = {l4_env_cap("greeter")};
    uint32_t count = 0;
    char text[65];

    l4_err_t err = greeter_greet(greeter, "world", text, sizeof text, NULL);
    if (err != L4_OK) {
        l4_log(L4_LOG_ERROR, "greet: %s", l4_err_text(err));
        return 1;
    }
    l4_log(L4_LOG_INFO, "the server says: %s", text);

    err = greeter_greet(greeter, "", text, sizeof text, NULL);
    if (err != GREETER_NAMELESS) {
        l4_log(L4_LOG_ERROR, "expected an exception, got %s", l4_err_name(err));
        return 1;
    }
    err = greeter_count(greeter, &count, NULL);
    if (err != L4_OK || count != 1)
        return 1;
    l4_log(L4_LOG_INFO, "greeted %u time", count);
    return 0;
}
