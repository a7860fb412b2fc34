/* SPDX-License-Identifier: BSD-2-Clause */
/* What mkplan says to boot plans with mistakes in them. */
#include "test.h"

#include "encode.h"
#include "plan.h"
#include "plan_text.h"

/* Reads a plan; the messages go to `messages`. Returns the number of errors. */
static unsigned plan_errors(const char *text, char *messages, size_t size)
{
    static const char *const modules[] = {"a", "b"};
    struct plan_text *plan = calloc(1, sizeof(*plan));
    FILE *in = *text ? fmemopen((void *)(uintptr_t)text, strlen(text), "r")
                     : fopen("/dev/null", "r");
    unsigned errors;

    memset(messages, 0, size);
    plan->file = "p";
    plan->messages = fmemopen(messages, size, "w");
    plan_read(plan, in);
    if (!plan->errors)
        plan_resolve(plan, modules, 2);
    errors = plan->errors;
    if (!errors) {
        void *bytes = calloc(1, PLAN_SIZE_MAX);
        struct plan opened;
        struct plan_fault fault;

        assert_int_equal(
            plan_open(&opened, bytes, plan_encode(plan, bytes), &fault), 0);
        free(bytes);
    }
    fclose(plan->messages);
    fclose(in);
    free(plan);
    return errors;
}

static const struct mistake {
    const char *text;
    const char *message;
} mistakes[] = {
    {"", "p:0: error: there is no program"},
    {"program", "p:1: error: expected: program NAME"},
    {"program a.b", "p:1: error: \"a.b\" is no name"},
    {"program a23456789012345678901234", "is no name"},
    {"program a\nprogram a", "p:2: error: there is a program \"a\" already"},
    {"program c", "p:1: error: program \"c\" needs the module \"c\""},
    {"program a x=1", "unknown key \"x\""},
    {"program a x", "expected key=value"},
    {"program a memory=3", "memory=3: this is no multiple of 4K"},
    {"program a memory=0", "memory=0: this is too small"},
    {"program a memory=-1", "memory=-1: this is no size"},
    {"program a memory=4KB", "memory=4KB: this is no size"},
    {"program a memory=99999999999G", "this is no"},
    {"program a stack=32M", "stack=32M: this is no multiple"},
    {"program a priority=255", "priority=255: this is not from 0 to 254"},
    {"program a table=100", "table=100: this is no power of two"},
    {"program a start=now", "start=now: this is neither auto nor manual"},
    {"program a module=x/y", "module=x/y: this is no name"},
    {"provides x", "p:1: error: \"provides\" belongs below a program"},
    {"program a\nprovides", "p:2: error: expected: provides"},
    {"program a\nprovides x x", "has the name \"x\" already, from line 2"},
    {"program a\nconnect b", "expected: connect PROGRAM.PORT"},
    {"program a\nconnect b.x", "p:2: error: there is no program \"b\""},
    {"program a\nconnect a.x", "program \"a\" provides no port \"x\""},
    {"program a\nprovides x\nconnect a.x on y", "expected: connect"},
    {"program a\nconnect .x", "\".x\" is no PROGRAM.PORT"},
    {"program a\nirq 4", "expected: irq LINE as NAME"},
    {"program a\nirq x as i", "\"x\" is no interrupt line"},
    {"program a\nirq 4 as i fast", "expected: irq LINE as NAME"},
    {"program a\nports 1 as p", "expected: ports FIRST COUNT as NAME"},
    {"program a\nports 0xffff 2 as p", "there are only the I/O ports"},
    {"program a\nports 1 0 as p", "there are only the I/O ports"},
    {"program a\nmanager x", "expected: manager [as NAME]"},
    {"program a\nconsole x", "nothing may follow \"console\""},
    {"program a\nexit", "expected: exit PROGRAM"},
    {"program a\nexit b", "p:2: error: there is no program \"b\""},
    {"program a\nexit all\nexit never", "is said in line 2 already"},
    {"program a\nfoo", "p:2: error: unknown statement \"foo\""},
    {"program a budget=5", "budget=5: this is no time"},
    {"program a budget=999ns", "is less than 1us"},
    {"program a period=1us", "is not between 10us and 13 days"},
    {"program a\nprovides x\nconnect a.x as y only", "expected: connect"},
    {"program a\nmmio 4K as m", "expected: mmio ADDRESS SIZE as NAME"},
    {"program a\nmmio 0x1001 4K as m", "device memory begins and ends"},
    {"program a\nmmio 0x1000 0 as m", "device memory begins and ends"},
    {"program a\nmmio 0x1000 512M as m", "device memory begins and ends"},
    {"program a\nmodule x on y", "expected: module BOOT-MODULE"},
    {"program a\nmodule x/y as z", "\"x/y\" is no name"},
    {"program a\nmodule c as z", "needs the module \"c\""},
    {"machine memory=1K\nprogram a", "this is no multiple of 1M"},
    {"machine disk=1M\nprogram a", "expected: machine"},
    {"machine pool=1M\nmachine\nprogram a", "described in line 1 already"},
    {"program a args=\"x", "a quote is not closed"},
};

static void mistakes_are_explained(void **state)
{
    char messages[1024];

    (void)state;
    for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
        assert_int_not_equal(
            plan_errors(mistakes[i].text, messages, sizeof(messages)), 0);
        if (!strstr(messages, mistakes[i].message))
            fail_msg("plan <%s>\nexpected <%s>\ngot <%s>", mistakes[i].text,
                     mistakes[i].message, messages);
    }
}

static void good_plans(void **state)
{
    static const char many[] = "program a\n"
                               "provides x y z\n"
                               "program b module=a\n"
                               "connect a.z as u\n"
                               "connect a.x\n"
                               "console\n"
                               "console\n"
                               "irq 0x10 as i level\n"
                               "exit never";
    static const char given[] = "program a\n"
                                "mmio 0xfebd0000 64K as m\n"
                                "module b\n"
                                "module b as c\n"
                                "provides x\n"
                                "connect a.x sendonly\n"
                                "connect a.x as y sendonly";
    static const char *const plans[] = {
        "program a",
        "# nothing\n\n  program a # and more\nexit all",
        "program a memory=0x10000 args=\"\" table=0x1000\nexit a",
        many,
        "program a args=\"one two\"\tpriority=0",
        "machine memory=1G pool=64M\nprogram a budget=2ms period=1s",
        given,
    };
    char messages[1024];

    (void)state;
    for (size_t i = 0; i < sizeof(plans) / sizeof(plans[0]); i++) {
        if (plan_errors(plans[i], messages, sizeof(messages)) != 0)
            fail_msg("plan <%s>\ngot <%s>", plans[i], messages);
    }
}

/* Random words and signs: errors or not, but nothing worse. */
static void random_texts(void **state)
{
    static const char *const words[] = {
        "program ", "provides ", "connect ", "irq ",   "ports ", "console",
        "manager ", "exit ",     "all",      "a",      "b ",     "a.x ",
        "as ",      "x",         "\n",       "\n",     "\"",     "#",
        "=",        "memory=",   "4K ",      "0xffff", "7 ",     " ",
        "args=",    "edge",      ".",        "start=", "table=", "64 "};
    char text[512];
    char messages[8192];
    uint64_t seed = 3;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        text[0] = '\0';
        while (strlen(text) < sizeof(text) - 16 && random_next(&seed) % 60)
            strcat(
                text,
                words[random_next(&seed) % (sizeof(words) / sizeof(words[0]))]);
        (void)plan_errors(text, messages, sizeof(messages));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mistakes_are_explained),
        cmocka_unit_test(good_plans),
        cmocka_unit_test(random_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
