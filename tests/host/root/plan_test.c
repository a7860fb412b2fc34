/* SPDX-License-Identifier: BSD-2-Clause */
/* Root's reader of boot plans, fed with good, cut and damaged ones. Each plan
 * lies in memory of exactly its size, so that a read beyond it is noticed, and
 * what is accepted is walked through as root would. */
#include "test.h"

#include "encode.h"
#include "plan.h"
#include "plan_text.h"

static const char text[] =
    "program server module=srv args=\"-a -b\" quota=8K\n"
    "  console\n"
    "  provides calc echo\n"
    "program client start=manual table=64 restart=always\n"
    "  connect server.calc\n"
    "  connect server.echo as other\n"
    "  irq 4 as line edge\n"
    "  ports 0x3f8 8 as uart\n"
    "  manager\n"
    "  supervise server as boss\n"
    "  connect server.echo as plain sendonly\n"
    "  mmio 0xfebd0000 64K as regs\n"
    "  module srv as data\n"
    "exit client\n";

static char good[PLAN_SIZE_MAX];
static size_t good_size;

static int plan_prepare(void **state)
{
    static const char *const modules[] = {"srv", "client"};
    struct plan_text *plan = calloc(1, sizeof(*plan));
    FILE *in = fmemopen((void *)(uintptr_t)text, sizeof(text) - 1, "r");

    (void)state;
    plan->file = "test";
    plan->messages = stderr;
    plan_read(plan, in);
    plan_resolve(plan, modules, 2);
    good_size = plan->errors ? 0 : plan_encode(plan, good);
    fclose(in);
    free(plan);
    return good_size ? 0 : 1;
}

static size_t walked;

/* Uses everything that an accepted plan offers. */
static void plan_walk(const struct plan *plan)
{
    for (uint32_t i = 0; i < plan->header->program_count; i++) {
        const l4_plan_program_t *p = &plan->programs[i];
        const l4_plan_grant_t *g = plan_grants(plan, p);
        uint32_t at = p->args;

        walked += strlen(plan_string(plan, p->name));
        walked += strlen(plan_string(plan, p->module));
        for (uint32_t k = 0; k < p->arg_count; k++) {
            walked += strlen(plan_string(plan, at));
            at += (uint32_t)strlen(plan_string(plan, at)) + 1;
        }
        assert_true(at - p->args <= L4_PLAN_ARGS);
        for (uint32_t k = 0; k < p->grant_count; k++) {
            if (g[k].kind == L4_PLAN_CONNECT)
                walked += plan->programs[g[k].a].name;
            if (g[k].kind != L4_PLAN_CONSOLE)
                walked += strlen(plan_string(plan, g[k].name));
        }
    }
}

/* Opens a copy of the plan; whatever comes, it must come properly. */
static l4_err_t plan_try(const void *bytes, size_t size, const char **what)
{
    void *copy = malloc(size ? size : 1);
    struct plan plan;
    struct plan_fault fault;
    l4_err_t err;

    memcpy(copy, bytes, size);
    err = plan_open(&plan, copy, size, &fault);
    if (err) {
        assert_int_equal(err, L4_EFORMAT);
        assert_non_null(fault.what);
        assert_true(fault.program < L4_PLAN_PROGRAMS);
    } else {
        assert_null(fault.what);
        plan_walk(&plan);
    }
    if (what)
        *what = fault.what;
    free(copy);
    return err;
}

static void a_good_plan(void **state)
{
    struct plan plan;
    struct plan_fault fault;

    (void)state;
    assert_int_equal(plan_open(&plan, good, good_size, &fault), 0);
    assert_int_equal(plan.header->program_count, 2);
    assert_int_equal(plan.header->exit_rule, L4_PLAN_EXIT_PROGRAM);
    assert_int_equal(plan.header->exit_program, 1);

    const l4_plan_program_t *server = &plan.programs[0];
    assert_string_equal(plan_string(&plan, server->name), "server");
    assert_string_equal(plan_string(&plan, server->module), "srv");
    assert_int_equal(server->arg_count, 3);
    assert_int_equal(server->quota, 8192);
    assert_int_equal(server->flags, L4_PLAN_AUTOSTART);

    const l4_plan_program_t *client = &plan.programs[1];
    const l4_plan_grant_t *g = plan_grants(&plan, client);
    assert_int_equal(client->table_order, 6);
    assert_int_equal(client->flags, L4_PLAN_RESTART_ALWAYS);
    assert_int_equal(client->backoff_ms, 100);
    assert_int_equal(client->grant_count, 9);
    assert_string_equal(plan_string(&plan, g[1].name), "other");
    assert_int_equal(g[1].a, 0);
    assert_int_equal(g[1].b, 1);
    assert_int_equal(plan_find_grant(&plan, server, L4_PLAN_PROVIDE, 1), 2);
    assert_int_equal(plan_find_grant(&plan, server, L4_PLAN_PROVIDE, 2), 3);
    assert_int_equal(g[2].b, 1);
    assert_int_equal(g[3].a, 0x3f8);
    assert_int_equal(g[5].kind, L4_PLAN_SUPERVISE);
    assert_int_equal(g[5].a, 0);
}

static void cut_plans(void **state)
{
    (void)state;
    for (size_t size = 0; size < good_size; size++)
        assert_int_equal(plan_try(good, size, NULL), L4_EFORMAT);
    /* A module may be longer than the plan in it. */
    assert_int_equal(plan_try(good, good_size + 100, NULL), 0);
}

/* Every 32-bit field of the plan set to every value of interest. */
static void damaged_fields(void **state)
{
    static const uint32_t values[] = {
        0,          1,          2,          3,         7,
        32,         33,         255,        256,       4095,
        4096,       65535,      65536,      100000,    0x7ffffff8,
        0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff};
    char bytes[1024];

    (void)state;
    assert_true(good_size <= sizeof(bytes));
    for (size_t at = 0; at + 4 <= good_size; at += 4) {
        for (size_t v = 0; v < sizeof(values) / sizeof(values[0]); v++) {
            memcpy(bytes, good, good_size);
            memcpy(bytes + at, &values[v], 4);
            (void)plan_try(bytes, good_size, NULL);
        }
    }
}

static void random_damage(void **state)
{
    char bytes[1024];
    uint64_t seed = 2;

    (void)state;
    for (int round = 0; round < 200000; round++) {
        unsigned changes = 1 + random_next(&seed) % 4;

        memcpy(bytes, good, good_size);
        while (changes--) {
            size_t at = random_next(&seed) % good_size;
            bytes[at] = (char)random_next(&seed);
        }
        (void)plan_try(bytes, good_size, NULL);
    }
}

/* One field of a good plan changed, and what root has to say to that. */
#define REFUSED(change, sentence)                                          \
    do {                                                                   \
        static _Alignas(8) char bytes_[1024];                              \
        const char *what_;                                                 \
        memcpy(bytes_, good, good_size);                                   \
        l4_plan_header_t *h = (void *)bytes_;                              \
        l4_plan_program_t *p = (void *)(bytes_ + h->program_offset);       \
        l4_plan_grant_t *g = (void *)(bytes_ + h->grant_offset);           \
        (void)p;                                                           \
        (void)g;                                                           \
        change;                                                            \
        assert_int_equal(plan_try(bytes_, good_size, &what_), L4_EFORMAT); \
        assert_string_equal(what_, sentence);                              \
    } while (0)

static void each_check_of_the_header(void **state)
{
    (void)state;
    REFUSED(h->magic++, "this is no boot plan");
    REFUSED(h->version++, "the plan is of another version");
    REFUSED(h->size++, "the plan is cut short");
    REFUSED(h->size = 47, "the plan is cut short");
    REFUSED(h->program_count = 0, "there is no program");
    REFUSED(h->program_count = 33, "there are too many programs");
    REFUSED(h->grant_count = 513, "there are too many grants");
    REFUSED(h->program_offset += 4, "the programs lie outside the plan");
    REFUSED(h->program_offset = 0, "the programs lie outside the plan");
    REFUSED(h->program_offset = 0xfffffff8,
            "the programs lie outside the plan");
    REFUSED(h->grant_offset = h->size & ~7u, "the grants lie outside the plan");
    REFUSED(h->string_size = 0, "the strings lie outside the plan");
    REFUSED(h->string_size++, "the strings lie outside the plan");
    REFUSED(h->string_size--, "the last string has no end");
    REFUSED(h->exit_rule = 3, "unknown rule for the end of the image");
    REFUSED(h->exit_program = 2,
            "the program that ends the image does not exist");
}

#define BAD_NAME "a name is empty, too long or has strange characters"
#define BAD_GRANTS "its grants are not its own"

#define BAD_BUDGET "its budget is no sensible part of its period"

static void each_check_of_a_program(void **state)
{
    (void)state;
    REFUSED(p[0].name = 0,
            "its name is empty, too long or has strange characters");
    REFUSED(p[0].name = h->string_size,
            "its name is empty, too long or has strange characters");
    REFUSED(p[1].module = 0xffffffff, "its module has no valid name");
    REFUSED(p[0].args = h->string_size,
            "its arguments are malformed or too long");
    REFUSED(p[0].arg_count = 500, "its arguments are malformed or too long");
    REFUSED(p[0].memory = 0, "its memory is no sensible size");
    REFUSED(p[0].memory++, "its memory is no sensible size");
    REFUSED(p[0].stack = 17 << 20, "its stack is no sensible size");
    REFUSED(p[0].stack = 0, "its stack is no sensible size");
    REFUSED(p[0].heap = ~0ull << 12, "its heap is no sensible size");
    REFUSED(p[0].quota = 1, "its quota is no sensible size");
    REFUSED(p[0].priority = 255, "its priority is above 254");
    REFUSED(p[0].table_order = 13,
            "its capability table has an impossible size");
    REFUSED(p[0].table_order = 5,
            "its capability table has an impossible size");
    REFUSED(p[0].flags = 2, "it waits too long before it is started "
                            "again, or not at all");
    REFUSED(p[0].flags |= 8, "it has unknown flags");
    REFUSED(p[0].backoff_ms = 1, "it waits too long before it is started "
                                 "again, or not at all");
    REFUSED(p[1].backoff_ms = 0, "it waits too long before it is started "
                                 "again, or not at all");
    REFUSED(p[1].backoff_ms = 10001, "it waits too long before it is started "
                                     "again, or not at all");
    REFUSED(p[0].period_ns = 1000000, BAD_BUDGET);
    REFUSED(p[0].budget_ns = 1000000, BAD_BUDGET);
    REFUSED((p[0].budget_ns = 999, p[0].period_ns = 10000), BAD_BUDGET);
    REFUSED((p[0].budget_ns = 1000, p[0].period_ns = 9999), BAD_BUDGET);
    REFUSED((p[0].budget_ns = 20000, p[0].period_ns = 10000), BAD_BUDGET);
    REFUSED((p[0].budget_ns = 2000, p[0].period_ns = ~0ull), BAD_BUDGET);
    REFUSED(p[1].first_grant--, BAD_GRANTS);
    REFUSED(p[0].first_grant = 1, BAD_GRANTS);
    REFUSED(p[1].grant_count++, BAD_GRANTS);
    REFUSED(p[1].grant_count--, "grants are left over behind it");
    REFUSED(p[1].name = p[0].name, "another program has its name");
}

static void each_check_of_a_grant(void **state)
{
    (void)state;
    REFUSED(g[0].kind = 0, BAD_NAME);
    REFUSED(g[1].kind = 99, "it is granted something unknown");
    REFUSED(g[0].a = 1, "a grant has values where it has no use");
    REFUSED(g[3].a = 2, "it is connected to a program that does not exist");
    REFUSED(g[3].b = 2, "it is connected to a port that does not exist");
    REFUSED(g[3].b = 0xffffffff,
            "it is connected to a port that does not exist");
    REFUSED(g[3].name = 0, BAD_NAME);
    REFUSED(g[5].a = 1024, "it wants an interrupt line that cannot exist");
    REFUSED(g[5].b = 3, "it wants an interrupt line that cannot exist");
    REFUSED(g[6].a = 65536, "it wants I/O ports that cannot exist");
    REFUSED(g[6].b = 0, "it wants I/O ports that cannot exist");
    REFUSED(g[6].b = 0xfffffff0, "it wants I/O ports that cannot exist");
    REFUSED(g[9].b = L4_PLAN_SENDONLY | 2,
            "it is connected to a port that does not exist");
    REFUSED(g[10].b = 0, "it wants device memory that cannot exist");
    REFUSED(g[10].b = L4_PLAN_MMIO_PAGES + 1,
            "it wants device memory that cannot exist");
    REFUSED(g[10].a = 0xffffffff, "it wants device memory that cannot exist");
    REFUSED(g[11].a = 0, "it wants a boot module without a valid name");
    REFUSED(g[11].b = 1, "it wants a boot module without a valid name");
    REFUSED(g[2].name = g[1].name,
            "two of its ports or capabilities have one name");
    REFUSED(g[8].a = 2, "it supervises a program that does not exist");
    REFUSED(g[8].b = 1, "it supervises a program that does not exist");
    REFUSED(g[7].name = g[3].name,
            "two of its ports or capabilities have one name");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_plan),
        cmocka_unit_test(cut_plans),
        cmocka_unit_test(damaged_fields),
        cmocka_unit_test(random_damage),
        cmocka_unit_test(each_check_of_the_header),
        cmocka_unit_test(each_check_of_a_program),
        cmocka_unit_test(each_check_of_a_grant),
    };

    return cmocka_run_group_tests(tests, plan_prepare, NULL);
}
