/* SPDX-License-Identifier: BSD-2-Clause */
#include "keys.h"

/* The next used session in a direction, +1 or -1, round and round. */
static void focus_step(struct screen *s, uint32_t step)
{
    uint32_t number = s->focus;

    if (s->focus == 0)
        return;
    do {
        number = (number + step) % SCREEN_SESSIONS;
    } while (number == 0 || !s->sessions[number].used);
    screen_focus(s, number);
}

static void sessions_list(struct screen *s)
{
    for (uint32_t i = 1; i < SCREEN_SESSIONS; i++) {
        const struct session *p = &s->sessions[i];

        if (p->used)
            screen_say(s, "%c %2u %-23s %u bytes to show",
                       i == s->focus ? '*' : ' ', i, p->name, p->out.count);
    }
}

static void help(struct screen *s)
{
    char key = (char)(s->escape + '@');

    screen_say(s, "ctrl-%c n, p   keyboard to the next, previous program", key);
    screen_say(s, "ctrl-%c 1 to 9 keyboard to that program", key);
    screen_say(s, "ctrl-%c l      list the programs", key);
    screen_say(s, "ctrl-%c f      the whole screen for one, or for all", key);
    screen_say(s, "ctrl-%c s      ask the terminal for its size", key);
    screen_say(s, "ctrl-%c ctrl-%c that key itself", key, key);
}

/* Goes between the mixed and the whole screen. */
static void mode_change(struct screen *s)
{
    s->whole = !s->whole;
    if (s->focus)
        screen_focus(s, s->focus);
}

void command_key(struct screen *s, uint8_t key)
{
    uint32_t number = (uint32_t)key - '0';

    switch (key) {
    case 'n': focus_step(s, 1); break;
    case 'p': focus_step(s, SCREEN_SESSIONS - 1); break;
    case 'l': sessions_list(s); break;
    case 'f': mode_change(s); break;
    case 's': screen_ask(s); break;
    default:
        if (number >= 1 && number <= 9 && s->sessions[number].used)
            screen_focus(s, number);
        else
            help(s);
    }
}

/* A number of up to three digits at *at, which goes behind it; 0 if there is
 * none. */
static uint32_t number_read(const char *text, uint32_t count, uint32_t *at)
{
    uint32_t number = 0;

    for (unsigned i = 0; i < 3 && *at < count; i++, ++*at) {
        if (text[*at] < '0' || text[*at] > '9')
            break;
        number = number * 10 + (uint32_t)(text[*at] - '0');
    }
    return number;
}

enum report_state report_parse(const char *text, uint32_t count,
                               uint32_t *columns, uint32_t *rows)
{
    uint32_t at = 2;

    if (text[0] != '\033' || (count > 1 && text[1] != '['))
        return REPORT_NONE;
    if (count <= 2)
        return REPORT_MORE;
    *rows = number_read(text, count, &at);
    if (at == count)
        return REPORT_MORE;
    if (*rows == 0 || text[at++] != ';')
        return REPORT_NONE;
    *columns = number_read(text, count, &at);
    if (at == count)
        return REPORT_MORE;
    return *columns && text[at] == 'R' && at + 1 == count ? REPORT_WHOLE
                                                          : REPORT_NONE;
}
