/* SPDX-License-Identifier: BSD-2-Clause */
/* Has its papers signed, and then tries what it should not be able to do. */
#include <l4/env.h>
#include <l4/fpage.h>
#include <l4/log.h>
#include <l4/slots.h>
#include <l4/thread.h>
#include <l4/transport.h>

#include "notary.h"

/* Asks for what a hasty notary would offer, by hand, with a window for what
 * may come. */
static l4_err_t steal(notary_t notary, l4_cap_t *slot)
{
    shortcut_t hasty = {notary.cap};
    l4_ctx_t ctx = L4_CTX(.caps = L4_FPAGE_NONE);
    key_t key;

    *slot = l4_slot_alloc();
    ctx.caps = l4_slot_window(*slot);
    return shortcut_open(hasty, &key, &ctx);
}

int main(void)
{
    notary_t notary = {l4_env_cap("notary")};
    notary_enough_t why;
    uint64_t signature;
    l4_cap_t slot;
    l4_err_t err;

    while ((err = notary_sign(notary, "I owe you 5", &signature, NULL)) == 0)
        l4_log(L4_LOG_INFO, "signed: %016lx", signature);
    if (err != NOTARY_ENOUGH || notary_get_enough(&why) != L4_OK)
        return 1;
    l4_log(L4_LOG_INFO, "no more than %u signatures", why.had);

    err = steal(notary, &slot);
    l4_log(L4_LOG_INFO, "the key itself: %s", l4_err_text(err));
    if (!err)
        return 1;
    if (l4_env_cap("key") != L4_CAP_NONE)
        return 1;
    l4_log(L4_LOG_INFO, "a capability to the vault: none");
    return 0;
}
