/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One screen and keyboard for several sessions: what of which comes out next,
 * and to whom a key goes. No I/O here.
 *
 * Mixed: all sessions' lines appear, each behind its session's name. Only the
 * focus, the session that has the keyboard, may leave a line unfinished and
 * use control characters: others could forge names or type for others with
 * them. Whole: the focus has the screen to itself, the others' text is kept,
 * the oldest of it lost if there is too much.
 */
#ifndef CONSOLE_SCREEN_H
#define CONSOLE_SCREEN_H

#include <l4/err.h>

#include "ring.h"

#define SCREEN_SESSIONS 16u /* the console's own, number 0, included */
#define SCREEN_NAME 24u     /* with the NUL */
#define SCREEN_KEYS 512u    /* typed ahead at most; a power of two */
#define SCREEN_LINE 480u    /* of one session before it is another's turn */
#define SCREEN_STAGED 256u

struct session {
    char name[SCREEN_NAME];
    bool used;
    uint32_t events;  /* that hold: TERMINAL_EVENTS_* */
    uint32_t lines;   /* newlines in `out` */
    uint32_t lost;    /* bytes of `out` that nobody saw */
    uint32_t replay;  /* bytes of `shown`, the newest, to be shown again */
    struct ring out;  /* text to come */
    struct ring keys; /* typed, at most SCREEN_KEYS */
    struct ring shown;
};

/* Where in a command, or a report of the terminal, the keys are. */
enum screen_input { KEYS_PLAIN, KEYS_COMMAND, KEYS_REPORT };

struct screen {
    struct session sessions[SCREEN_SESSIONS];
    uint32_t focus; /* 0: nobody yet */
    uint32_t turn;  /* whose line was last */
    uint32_t open;  /* whose line is unfinished; 0: the console's, or none */
    bool line_open;
    uint32_t line_length; /* bytes of it that were taken from its session */
    bool whole;
    bool colour;
    uint8_t escape; /* the key that begins a command */
    uint16_t columns;
    uint16_t rows;

    enum screen_input input;
    bool asked;         /* the terminal was asked for its size */
    char report[16];    /* of an answer, so far */
    uint32_t report_at; /* bytes in it */

    uint8_t staged[SCREEN_STAGED]; /* for the terminal, as it is */
    uint32_t staged_at;
    uint32_t staged_end;
};

/* An empty screen of 80 by 24. */
void screen_init(struct screen *s, uint8_t escape);

/* A new session: its number, or 0 if there are too many. The first one gets the
 * focus. The name is cut if it is too long. */
uint32_t screen_open(struct screen *s, const char *name);

/* Gives a session the keyboard. */
void screen_focus(struct screen *s, uint32_t number);

/* Text of a session, all of it or, with L4_EBUSY, nothing. */
l4_err_t screen_put(struct screen *s, uint32_t number, const uint8_t *text,
                    uint32_t count);

/* Up to `max` keys of a session; returns how many. */
uint32_t screen_get(struct screen *s, uint32_t number, uint8_t *keys,
                    uint32_t max);

/* A byte came from the terminal. */
void screen_key(struct screen *s, uint8_t key);

/* Asks the terminal for its size. */
void screen_ask(struct screen *s);

/* The next up to `max` bytes for the terminal; 0 if there is nothing to do. */
uint32_t screen_output(struct screen *s, uint8_t *bytes, uint32_t max);

/* A line of the console itself. */
void screen_say(struct screen *s, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
