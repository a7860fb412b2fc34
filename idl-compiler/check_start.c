/* SPDX-License-Identifier: BSD-2-Clause */
/* Who starts and ends whom: supervisors, restarts, the end of the image. */
#include "check.h"
#include "system.h"

/* `supervise X as NAME;`: X is one of the system's, and another one. */
static void check_supervised(struct idl *c, const struct system *s,
                             const struct instance *i, struct grant *g)
{
    g->program = instance_resolve(c, s, g->text, g->loc);
    if (g->program != i)
        return;
    diag_error(&c->diag, DIAG_SUPERVISE_ITSELF, g->loc,
               "'%s' cannot supervise itself: it would end in the middle of "
               "the call",
               i->name);
    diag_note(&c->diag, i->loc,
              "for a new start when it ends, write 'restart "
              "failed;' or 'restart always;' here");
}

static bool is_managed(const struct system *s, const struct instance *who)
{
    for (const struct instance *i = s->instances; i; i = i->next)
        for (const struct grant *g = i->grants; g; g = g->next)
            if (g->kind == GRANT_MANAGER ||
                (g->kind == GRANT_SUPERVISE && g->program == who))
                return true;
    return false;
}

static void check_settings(struct idl *c, const struct system *s,
                           const struct instance *i)
{
    const struct settings *set = &i->settings;

    if (set->backoff_at.src && !set->restart_at.src) {
        diag_error(&c->diag, DIAG_SETTING_BAD, set->backoff_at,
                   "'backoff' is the time before '%s' is started again, which "
                   "it never is",
                   i->name);
        diag_note(&c->diag, i->loc,
                  "write 'restart failed;' or 'restart "
                  "always;' as well");
    }
    if (set->manual && !is_managed(s, i)) {
        diag_warn(&c->diag, DIAG_START_NOBODY, set->start_at,
                  "nobody can start '%s': no component is given 'manager' or "
                  "'supervise %s'",
                  i->name, i->name);
        diag_note(&c->diag, i->loc, "it is this one");
    }
}

/* Whoever is always started again has never ended. */
static void check_end(struct idl *c, const struct system *s)
{
    for (const struct instance *i = s->instances; i; i = i->next) {
        bool awaited = s->exit_rule == EXIT_ALL ||
                       (s->exit_rule == EXIT_PROGRAM && s->exit_program == i);

        if (!awaited || i->settings.restart != RESTART_ALWAYS)
            continue;
        diag_error(&c->diag, DIAG_END_NEVER, s->exit_at,
                   "the image would never end: '%s' is started again whenever "
                   "it ends",
                   i->name);
        diag_note(&c->diag, i->settings.restart_at, "because of this");
        return;
    }
}

void check_starts(struct idl *c, struct system *s)
{
    for (const struct instance *i = s->instances; i; i = i->next)
        for (struct grant *g = i->grants; g; g = g->next)
            if (g->kind == GRANT_SUPERVISE && g->text)
                check_supervised(c, s, i, g);
    for (const struct instance *i = s->instances; i; i = i->next)
        check_settings(c, s, i);
    check_end(c, s);
}
