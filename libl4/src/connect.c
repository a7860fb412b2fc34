/* SPDX-License-Identifier: BSD-2-Clause */
/* Does the server speak the interface that the client was built for? */
#include <l4/transport.h>

l4_err_t l4_connect(l4_cap_t cap, l4_interface_t mine, l4_interface_t *found,
                    const l4_ctx_t *ctx)
{
    l4_words_t w = {{0, 0, 0, 0, 0}};
    l4_tag_t want = L4_TAG(mine.proto, 0, L4_MSG_REGS, 0) | L4_TAG_REPLY;
    l4_tag_t tag = l4_transport_call(cap, L4_TAG(mine.proto, 0, 0, 0), &w, ctx);
    l4_interface_t theirs;
    l4_err_t err;

    if (tag != want) {
        err = l4_reply_fail(tag, want, w.w[0]);
        return err > 0 || err == L4_ENOSYS ? L4_EPROTO : err;
    }
    l4_interface_get(&theirs, w.w);
    if (found)
        *found = theirs;
    return l4_interface_fits(&mine, &theirs) ? 0 : L4_EVERSION;
}
