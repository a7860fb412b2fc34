/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <string.h>

#include <l4/log.h>
#include <l4/terminal.h>

#include "keys.h"
#include "screen.h"

/* How much of a session is staged at once: all of it may double. */
#define PIECE 64u

/* What ends a line, and what stands before one, is at most this long. */
#define EXTRA (SCREEN_NAME + 24u)

L4_STATIC_ASSERT(2 * PIECE + 2 * EXTRA <= SCREEN_STAGED, "a piece fits");

void screen_init(struct screen *s, uint8_t escape)
{
    memset(s, 0, sizeof(*s));
    s->escape = escape;
    s->columns = 80;
    s->rows = 24;
    s->sessions[0].used = true;
    l4_format(s->sessions[0].name, SCREEN_NAME, "console");
}

uint32_t screen_open(struct screen *s, const char *name)
{
    for (uint32_t i = 1; i < SCREEN_SESSIONS; i++) {
        if (s->sessions[i].used)
            continue;
        s->sessions[i].used = true;
        s->sessions[i].events = TERMINAL_EVENTS_ROOM | TERMINAL_EVENTS_DRAINED;
        l4_format(s->sessions[i].name, SCREEN_NAME, "%s", name);
        if (s->focus == 0)
            s->focus = i;
        return i;
    }
    return 0;
}

/* Whether what a session says is kept and not shown. */
static bool session_unseen(const struct screen *s, uint32_t number)
{
    return s->whole && number != s->focus && number != 0;
}

/* Keeps the events ROOM and DRAINED true. Nobody waits to be shown some day. */
static void room_check(struct screen *s, uint32_t number)
{
    struct session *p = &s->sessions[number];
    bool unseen = session_unseen(s, number);

    p->events &= ~(uint32_t)(TERMINAL_EVENTS_ROOM | TERMINAL_EVENTS_DRAINED);
    if (unseen || ring_room(&p->out) >= TERMINAL_CHUNK)
        p->events |= TERMINAL_EVENTS_ROOM;
    if (unseen || (p->out.count == 0 && s->staged_at == s->staged_end))
        p->events |= TERMINAL_EVENTS_DRAINED;
}

static void room_check_all(struct screen *s)
{
    for (uint32_t i = 1; i < SCREEN_SESSIONS; i++) {
        if (s->sessions[i].used)
            room_check(s, i);
    }
}

/* The oldest byte of what a session wants to say. */
static uint8_t out_take(struct session *p)
{
    uint8_t byte = ring_take(&p->out);

    if (byte == '\n')
        p->lines--;
    return byte;
}

l4_err_t screen_put(struct screen *s, uint32_t number, const uint8_t *text,
                    uint32_t count)
{
    struct session *p = &s->sessions[number];

    if (count > ring_room(&p->out) && !session_unseen(s, number))
        return L4_EBUSY;
    for (uint32_t i = 0; i < count; i++) {
        if (ring_room(&p->out) == 0) {
            (void)out_take(p);
            p->lost++;
        }
        ring_add(&p->out, text[i]);
        if (text[i] == '\n')
            p->lines++;
    }
    room_check(s, number);
    return 0;
}

void screen_say(struct screen *s, const char *format, ...)
{
    char line[128];
    va_list args;

    va_start(args, format);
    l4_vformat(line, sizeof(line) - 1, format, args);
    va_end(args);
    l4_format(line + strlen(line), 2, "\n");
    (void)!screen_put(s, 0, (const uint8_t *)line, (uint32_t)strlen(line));
}

/* --- what the terminal shows ------------------------------------------- */

static void stage(struct screen *s, const char *text)
{
    while (*text)
        s->staged[s->staged_end++] = (uint8_t)*text++;
}

static void line_end(struct screen *s)
{
    stage(s, "\r\n");
    s->line_open = false;
}

static uint32_t sessions_count(const struct screen *s)
{
    uint32_t count = 0;

    for (uint32_t i = 1; i < SCREEN_SESSIONS; i++)
        count += s->sessions[i].used;
    return count;
}

/* The name before a line. Where there is but one session it says nothing. */
static void line_begin(struct screen *s, uint32_t number)
{
    char text[EXTRA];

    s->line_open = true;
    s->open = number;
    s->line_length = 0;
    if (number != 0 && (s->whole || sessions_count(s) < 2))
        return;
    if (s->colour)
        l4_format(text, sizeof(text), "\033[3%um%s|\033[0m ", 1 + number % 6,
                  s->sessions[number].name);
    else
        l4_format(text, sizeof(text), "%s| ", s->sessions[number].name);
    stage(s, text);
}

/* A byte of someone who has not got the keyboard. */
static void stage_tame(struct screen *s, uint8_t byte)
{
    if (byte == '\t' || (byte >= ' ' && byte < 0x7f)) {
        s->staged[s->staged_end++] = byte;
    } else if (byte < ' ' && byte != '\r') {
        s->staged[s->staged_end++] = '^';
        s->staged[s->staged_end++] = byte + '@';
    } else if (byte != '\r') {
        s->staged[s->staged_end++] = '?';
    }
}

/* A byte of whose line it is. */
static void stage_byte(struct screen *s, uint32_t number, uint8_t byte,
                       uint8_t before)
{
    if (byte == '\n') {
        if (number == s->focus && before == '\r')
            s->staged[s->staged_end++] = '\n';
        else
            stage(s, "\r\n");
        s->line_open = false;
    } else if (number == s->focus) {
        s->staged[s->staged_end++] = byte;
    } else {
        stage_tame(s, byte);
    }
}

/* Whether a session may have the screen now, at the beginning of a line. */
static bool session_ready(const struct screen *s, uint32_t number)
{
    const struct session *p = &s->sessions[number];

    if (number == s->focus)
        return p->out.count || p->replay;
    if (s->whole && number != 0)
        return false;
    return p->lines || p->out.count > RING_SIZE / 2;
}

/* Who is next: the session of the open line if it has more to say and has not
 * said too much; else the others in turn. SCREEN_SESSIONS if nobody is. */
static uint32_t session_next(const struct screen *s)
{
    if (s->line_open && s->sessions[s->open].out.count &&
        s->line_length < SCREEN_LINE)
        return s->open;
    for (uint32_t i = 1; i <= SCREEN_SESSIONS; i++) {
        uint32_t number = (s->turn + i) % SCREEN_SESSIONS;

        if (s->sessions[number].used && session_ready(s, number))
            return number;
    }
    return SCREEN_SESSIONS;
}

/* Stages a part of what the focus has shown before. */
static void stage_replay(struct screen *s, struct session *p)
{
    uint32_t count = p->replay < PIECE ? p->replay : PIECE;

    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = p->shown.count - p->replay + i;
        uint8_t before = at ? ring_at(&p->shown, at - 1) : 0;

        stage_byte(s, s->focus, ring_at(&p->shown, at), before);
    }
    p->replay -= count;
    s->line_open = true;
    s->open = s->focus;
}

/* Stages a part of a session's text, at most to the end of its line. */
static void stage_text(struct screen *s, uint32_t number)
{
    struct session *p = &s->sessions[number];
    uint8_t before =
        p->shown.count ? ring_at(&p->shown, p->shown.count - 1) : 0;

    for (uint32_t i = 0; i < PIECE && p->out.count && s->line_open; i++) {
        uint8_t byte = out_take(p);

        stage_byte(s, number, byte, before);
        ring_add(&p->shown, byte);
        before = byte;
        s->line_length++;
    }
}

/* Fills the stage, if there is anything to show. */
static void stage_next(struct screen *s)
{
    uint32_t number = session_next(s);

    s->staged_at = s->staged_end = 0;
    if (number == SCREEN_SESSIONS)
        return;
    if (number == s->focus && s->sessions[number].replay) {
        stage_replay(s, &s->sessions[number]);
        return;
    }
    /* Someone else's line is cut; so is an endless one, unless there is
     * nobody to make way for. */
    if (s->line_open && s->open != number)
        line_end(s);
    if (!s->line_open)
        line_begin(s, number);
    else if (s->line_length >= SCREEN_LINE)
        s->line_length = 0;
    s->turn = number;
    stage_text(s, number);
}

uint32_t screen_output(struct screen *s, uint8_t *bytes, uint32_t max)
{
    uint32_t count = 0;

    while (count < max) {
        if (s->staged_at == s->staged_end)
            stage_next(s);
        if (s->staged_at == s->staged_end)
            break;
        bytes[count++] = s->staged[s->staged_at++];
    }
    room_check_all(s);
    return count;
}

/* Puts bytes for the terminal alone in front of all that is to come. */
static void stage_control(struct screen *s, const char *text)
{
    uint32_t left = s->staged_end - s->staged_at;

    memmove(s->staged, s->staged + s->staged_at, left);
    s->staged_at = 0;
    s->staged_end = left;
    if (left + strlen(text) <= SCREEN_STAGED)
        stage(s, text);
}

/* --- the keyboard -------------------------------------------------------- */

void screen_focus(struct screen *s, uint32_t number)
{
    struct session *p = &s->sessions[number];

    s->focus = number;
    room_check_all(s);
    if (!s->whole) {
        screen_say(s, "the keyboard is %s's", p->name);
        return;
    }
    stage_control(s, "\033[0m\033[2J\033[H");
    p->replay = p->shown.count;
    s->line_open = false;
    if (p->lost)
        screen_say(s, "%u bytes of %s were lost", p->lost, p->name);
    p->lost = 0;
}

void screen_ask(struct screen *s)
{
    s->asked = true;
    /* Cursor to the farthest corner, report where that is, and back. */
    stage_control(s, "\0337\033[999;999H\033[6n\0338");
}

/* A key for the focus. What is typed too far ahead is lost. */
static void key_deliver(struct screen *s, uint8_t key)
{
    struct session *p = &s->sessions[s->focus];

    if (s->focus == 0 || p->keys.count >= SCREEN_KEYS)
        return;
    ring_add(&p->keys, key);
    p->events |= TERMINAL_EVENTS_INPUT;
}

uint32_t screen_get(struct screen *s, uint32_t number, uint8_t *keys,
                    uint32_t max)
{
    struct session *p = &s->sessions[number];
    uint32_t count = 0;

    while (count < max && p->keys.count)
        keys[count++] = ring_take(&p->keys);
    if (p->keys.count == 0)
        p->events &= ~(uint32_t)TERMINAL_EVENTS_INPUT;
    return count;
}

static void size_set(struct screen *s, uint32_t columns, uint32_t rows)
{
    if (columns == s->columns && rows == s->rows)
        return;
    s->columns = (uint16_t)columns;
    s->rows = (uint16_t)rows;
    for (uint32_t i = 1; i < SCREEN_SESSIONS; i++) {
        if (s->sessions[i].used)
            s->sessions[i].events |= TERMINAL_EVENTS_RESIZED;
    }
}

/* A key while the terminal may be about to report its size. */
static void report_key(struct screen *s, uint8_t key)
{
    uint32_t columns;
    uint32_t rows;

    s->report[s->report_at++] = (char)key;
    switch (report_parse(s->report, s->report_at, &columns, &rows)) {
    case REPORT_WHOLE:
        s->asked = false;
        s->input = KEYS_PLAIN;
        size_set(s, columns, rows);
        return;
    case REPORT_MORE:
        if (s->report_at < sizeof(s->report))
            return;
        break;
    case REPORT_NONE: break;
    }
    /* It was typed, after all. */
    s->asked = false;
    s->input = KEYS_PLAIN;
    for (uint32_t i = 0; i < s->report_at; i++)
        key_deliver(s, (uint8_t)s->report[i]);
}

void screen_key(struct screen *s, uint8_t key)
{
    switch (s->input) {
    case KEYS_COMMAND:
        s->input = KEYS_PLAIN;
        if (key == s->escape)
            key_deliver(s, key);
        else
            command_key(s, key);
        break;
    case KEYS_REPORT: report_key(s, key); break;
    case KEYS_PLAIN:
        if (key == s->escape) {
            s->input = KEYS_COMMAND;
        } else if (key == '\033' && s->asked) {
            s->input = KEYS_REPORT;
            s->report_at = 0;
            report_key(s, key);
        } else {
            key_deliver(s, key);
        }
        break;
    }
}
