/* SPDX-License-Identifier: BSD-2-Clause */
/* The console server on the build machine: its clients' stubs above the
 * loopback transport, and a terminal that is a buffer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <l4/expect.h>

#include "clients.h"
#include "keys.h"

#define ESCAPE ('T' - '@')

static const terminal_t alice = {1};
static const terminal_t bob = {2};
static const terminal_t eve = {3};

/* A slot that arrives as one higher is a signal, by the test's will. */
#define SIGNAL 40u
#define GATE 41u

static char shown[100000];
static uint32_t shown_count;
static unsigned raised;
static unsigned dropped;

void client_name(uint64_t label, char *name, size_t size)
{
    static const char *const names[] = {"", "alice", "bob", "eve"};
    const char *text = label < 4 ? names[label] : "other";

    assert_in_range(strlen(text), 0, size - 1);
    memcpy(name, text, strlen(text) + 1);
}

bool signal_usable(l4_cap_t signal)
{
    return signal == SIGNAL + L4_LOOPBACK_SHIFT;
}

void signal_raise(l4_cap_t signal)
{
    assert_int_equal(signal, SIGNAL + L4_LOOPBACK_SHIFT);
    raised++;
}

void signal_drop(l4_cap_t signal)
{
    (void)signal;
    dropped++;
}

void output_start(void)
{
}

/* Shows up to `max` bytes more; the text shown since the last call. */
static const char *show(uint32_t max)
{
    shown_count = screen_output(&screen, (uint8_t *)shown, max);
    shown[shown_count] = '\0';
    clients_tell();
    return shown;
}

static const char *show_all(void)
{
    return show(sizeof shown - 1);
}

static void type(const char *keys)
{
    while (*keys)
        screen_key(&screen, (uint8_t)*keys++);
    clients_tell();
}

static void command(char key)
{
    screen_key(&screen, ESCAPE);
    screen_key(&screen, (uint8_t)key);
    clients_tell();
}

static l4_err_t put(terminal_t who, const char *text)
{
    return terminal_put(who, (const uint8_t *)text, (uint32_t)strlen(text),
                        NULL);
}

static const char *get(terminal_t who)
{
    static uint8_t keys[TERMINAL_CHUNK + 1];
    uint32_t count = TERMINAL_CHUNK;

    l4_assert_ok(terminal_get(who, TERMINAL_CHUNK, keys, &count, NULL));
    keys[count] = '\0';
    return (char *)keys;
}

static int start(void **state)
{
    static l4_range_t ranges[1];
    static l4_server_t server;

    (void)state;
    l4_loopback_reset();
    l4_server_init(&server, ranges, 1);
    clients_init(ESCAPE, NULL);
    raised = dropped = 0;
    return terminal_register(&server, 1, 100, &client_ops, NULL);
}

static void test_one(void **state)
{
    (void)state;
    l4_assert_ok(put(alice, "one\ntwo\r\n/ # "));
    assert_string_equal(show_all(), "one\r\ntwo\r\n/ # ");
    type("ls\r\003");
    assert_string_equal(get(alice), "ls\r\003");
    assert_string_equal(get(alice), "");
}

static void test_lines(void **state)
{
    (void)state;
    l4_assert_ok(put(alice, "$ "));
    l4_assert_ok(put(bob, "hello\nunfinished"));
    assert_string_equal(show_all(), "alice| $ \r\nbob| hello\r\n");
    l4_assert_ok(put(alice, "$ "));
    assert_string_equal(show_all(), "alice| $ ");
    /* Who has the keyboard goes on where it was, unless someone came between.
     */
    l4_assert_ok(put(alice, "l"));
    assert_string_equal(show_all(), "l");
    l4_assert_ok(put(bob, "!\n"));
    assert_string_equal(show_all(), "\r\nbob| unfinished!\r\n");
    l4_assert_ok(put(alice, "s"));
    assert_string_equal(show_all(), "alice| s");
}

static void test_focus(void **state)
{
    (void)state;
    (void)put(alice, "");
    (void)put(bob, "");
    (void)put(eve, "");
    command('n');
    assert_string_equal(show_all(), "console| the keyboard is bob's\r\n");
    type("x");
    assert_string_equal(get(bob), "x");
    assert_string_equal(get(alice), "");
    command('p');
    command('p');
    type("y");
    assert_string_equal(get(eve), "y");
    command('1');
    command(ESCAPE);
    assert_string_equal(get(alice), "\024");
    assert_string_equal(get(eve), "");
    (void)show_all();
    command('l');
    assert_non_null(strstr(show_all(), "console| *  1 alice "));
    command('?');
    assert_non_null(strstr(show_all(), "ctrl-T n"));
    command('9');
    assert_non_null(strstr(show_all(), "ctrl-T n"));
}

/* Nobody but the focus can move the cursor, forge a name or ask the terminal to
 * answer. */
static void test_tame(void **state)
{
    (void)state;
    (void)put(alice, "");
    l4_assert_ok(put(bob, "\033[2J\rconsole| x\b\x7f\xc2\x9b\x9b"
                          "6n\n"));
    assert_string_equal(show_all(), "bob| ^[[2Jconsole| x^H????6n\r\n");
    l4_assert_ok(put(alice, "\033[6n\n"));
    assert_string_equal(show_all(), "alice| \033[6n\r\n");
}

static void test_flood(void **state)
{
    char line[101];
    unsigned taken = 0;
    const char *rest;

    (void)state;
    memset(line, 'f', 99);
    line[99] = '\n';
    line[100] = '\0';
    (void)put(alice, "");
    while (put(eve, line) == 0)
        taken++;
    l4_assert_err(put(eve, line), L4_EBUSY);
    assert_int_equal(taken, RING_SIZE / 100);
    l4_assert_ok(put(bob, "mine\n"));
    l4_assert_ok(put(bob, "and mine\n"));
    /* Line by line, whoever has more. */
    rest = strstr(show_all(), "bob| mine");
    assert_non_null(rest);
    assert_in_range(rest - shown, 0, 250);
    rest = strstr(rest, "bob| and mine");
    assert_non_null(rest);
    assert_in_range(rest - shown, 0, 500);
}

/* A line without an end is no way to keep the screen. */
static void test_endless(void **state)
{
    char text[TERMINAL_CHUNK + 1];
    const char *other;

    (void)state;
    memset(text, 'e', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    for (unsigned i = 0; i < 8; i++)
        l4_assert_ok(put(alice, text));
    l4_assert_ok(put(bob, "me too\n"));
    other = strstr(show_all(), "bob| me too");
    assert_non_null(other);
    assert_in_range(other - shown, 0, 600);
    assert_int_equal(strlen(shown), 8 * TERMINAL_CHUNK + strlen("bob| me too") +
                                        2 * strlen("alice| ") + 2 * 2);
}

static void test_wait(void **state)
{
    terminal_events_t events;
    char text[TERMINAL_CHUNK + 1];

    (void)state;
    l4_assert_ok(terminal_wait(alice, TERMINAL_EVENTS_ROOM, &events, NULL));
    assert_true(events == (TERMINAL_EVENTS_ROOM | TERMINAL_EVENTS_DRAINED));
    /* Deferred: the loopback has no answer then. */
    l4_assert_err(terminal_wait(alice, TERMINAL_EVENTS_INPUT, &events, NULL),
                  L4_EDEAD);
    type("k");
    assert_int_equal(l4_loopback.later[0], TERMINAL_EVENTS_INPUT |
                                               TERMINAL_EVENTS_ROOM |
                                               TERMINAL_EVENTS_DRAINED);
    memset(text, 'e', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    while (put(alice, text) == 0)
        ;
    assert_string_equal(get(alice), "k");
    l4_assert_err(terminal_wait(alice, TERMINAL_EVENTS_ROOM, &events, NULL),
                  L4_EDEAD);
    /* The next one to wait ends this wait, with nothing. */
    l4_assert_err(terminal_wait(alice, TERMINAL_EVENTS_DRAINED, &events, NULL),
                  L4_EDEAD);
    assert_int_equal(l4_loopback.later[0], 0);
    (void)show(1000);
    assert_int_equal(l4_loopback.later[0], 0);
    (void)show_all();
    assert_int_equal(l4_loopback.later[0],
                     TERMINAL_EVENTS_ROOM | TERMINAL_EVENTS_DRAINED);
}

static void test_watch(void **state)
{
    const l4_signal_t signal = {SIGNAL};
    const l4_signal_t gate = {GATE};

    (void)state;
    l4_assert_err(terminal_watch(alice, gate, NULL), L4_EINVAL);
    assert_int_equal(l4_loopback.kept, 0);
    l4_assert_ok(terminal_watch(alice, signal, NULL));
    assert_int_equal(raised, 1); /* there is room */
    type("ab");
    assert_int_equal(raised, 2);
    type("c");
    assert_int_equal(raised, 2);
    assert_string_equal(get(alice), "abc");
    type("d");
    assert_int_equal(raised, 3);
    l4_assert_ok(terminal_watch(alice, signal, NULL));
    assert_int_equal(dropped, 1);
}

static void test_whole(void **state)
{
    char line[101];

    (void)state;
    l4_assert_ok(put(alice, "\033[1mbold\n"));
    l4_assert_ok(put(bob, "early\n"));
    (void)show_all();
    command('f');
    assert_string_equal(show_all(), "\033[0m\033[2J\033[H\033[1mbold\r\n");
    memset(line, 'b', 99);
    line[99] = '\n';
    line[100] = '\0';
    /* Who is not seen never waits. */
    for (unsigned i = 0; i < 100; i++)
        l4_assert_ok(put(bob, line));
    l4_assert_ok(put(bob, "last\n"));
    l4_assert_ok(put(alice, "$ "));
    assert_string_equal(show_all(), "$ ");
    command('n');
    (void)show_all();
    assert_non_null(strstr(shown, "early\r\n"));
    assert_non_null(strstr(shown, "last\r\n"));
    assert_non_null(strstr(shown, "bytes of bob were lost"));
    assert_null(strstr(shown, "bob| "));
    command('f');
    l4_assert_ok(put(alice, "$ \n"));
    assert_non_null(strstr(show_all(), "alice| $ \r\n"));
}

static void test_size(void **state)
{
    uint16_t columns;
    uint16_t rows;

    (void)state;
    l4_assert_ok(terminal_size(alice, &columns, &rows, NULL));
    assert_true(columns == 80 && rows == 24);
    screen_ask(&screen);
    assert_non_null(strstr(show_all(), "\033[6n"));
    type("\033[50;132R");
    l4_assert_ok(terminal_size(alice, &columns, &rows, NULL));
    assert_true(columns == 132 && rows == 50);
    /* What only begins like a report was typed. */
    assert_string_equal(get(alice), "");
    screen_ask(&screen);
    type("\033[A\033[1;1R");
    assert_string_equal(get(alice), "\033[A\033[1;1R");
    screen_ask(&screen);
    type("\033[1000;1R");
    assert_string_equal(get(alice), "\033[1000;1R");
}

static void test_limits(void **state)
{
    (void)state;
    for (uint64_t i = 1; i < SCREEN_SESSIONS; i++)
        l4_assert_ok(put((terminal_t){(l4_cap_t)i}, "x"));
    l4_assert_err(put((terminal_t){SCREEN_SESSIONS}, "x"), L4_ENOMEM);
    for (unsigned i = 0; i < 2 * SCREEN_KEYS; i++)
        type("k");
    assert_int_equal(strlen(get(alice)), TERMINAL_CHUNK);
    assert_int_equal(strlen(get(alice)), SCREEN_KEYS - TERMINAL_CHUNK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_one, start),
        cmocka_unit_test_setup(test_lines, start),
        cmocka_unit_test_setup(test_focus, start),
        cmocka_unit_test_setup(test_tame, start),
        cmocka_unit_test_setup(test_flood, start),
        cmocka_unit_test_setup(test_endless, start),
        cmocka_unit_test_setup(test_wait, start),
        cmocka_unit_test_setup(test_watch, start),
        cmocka_unit_test_setup(test_whole, start),
        cmocka_unit_test_setup(test_size, start),
        cmocka_unit_test_setup(test_limits, start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
