/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who has which file open. A session is a label of the server's gate; the
 * capability with that label is the client's proof. The server keeps the one
 * that it minted, and takes the client's away with it when the session ends.
 */
#ifndef FILES_SESSION_H
#define FILES_SESSION_H

#include <l4/server.h>
#include <l4/shared.h>

#include "store.h"

enum { SESSIONS = 16 };

struct session {
    struct stored *file; /* NULL: free */
    fs_mode_t mode;
    l4_cap_t gate;      /* the capability that the client's copy came from */
    l4_cap_t alive;     /* the client's sign of life */
    l4_shared_t buffer; /* shared with the client; of size 0 until it asks */
    l4_later_t later;   /* a wait() that is not answered yet ... */
    uint64_t awaited;   /* ... until the file is so large; 0: none */
    uint64_t label;
};

/* Sessions have the labels from `first_label` on, of `gate`. */
void sessions_init(uint64_t first_label, l4_cap_t gate);

/* Opens `f` in a new session: 0 or an error. `alive` is the session's. */
l4_err_t session_open(struct stored *f, fs_mode_t mode, l4_cap_t alive,
                      struct session **opened);

/* The session with that label, or NULL. */
struct session *session_of(uint64_t label);

/* The session's shared memory, to be passed to its client. */
l4_item_t session_attach(struct session *s);

void session_close(struct session *s);

/* Ends the sessions whose clients have gone. */
void sessions_sweep(void);

/* Answers those who wait for `f` to grow. */
void sessions_wake(const struct stored *f);

#endif
