/* SPDX-License-Identifier: BSD-2-Clause */
/* The names and sentences of l4/err.def. */
#include <l4/log.h>

static const char *const err_names[] = {
    "L4_OK",
#define L4_ERR(name, code, text) [-(code)] = "L4_" #name,
#include <l4/err.def>
#undef L4_ERR
};

static const char *const err_texts[] = {
    "success",
#define L4_ERR(name, code, text) [-(code)] = (text),
#include <l4/err.def>
#undef L4_ERR
};

#define ERR_COUNT ((l4_err_t)(sizeof(err_names) / sizeof(err_names[0])))

L4_STATIC_ASSERT(ERR_COUNT == -L4_ERR_LAST + 1, "err.def and L4_ERR_LAST");

/* Whether the tables know it. */
static bool err_known(l4_err_t err)
{
    return err <= 0 && err > -ERR_COUNT && err_names[-err];
}

const char *l4_err_name(l4_err_t err)
{
    if (err > 0)
        return "exception";
    return err_known(err) ? err_names[-err] : "unknown error";
}

const char *l4_err_text(l4_err_t err)
{
    if (err > 0)
        return "the server raised an exception of its interface";
    return err_known(err) ? err_texts[-err]
                          : "an error code that nobody defined";
}
