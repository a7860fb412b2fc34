/* SPDX-License-Identifier: BSD-2-Clause */
/* The heap, against a model that fills every piece with its own byte. */
#include "test.h"

#include <l4/heap.h>

#include "heap_fault.h"

#define SIZE 65536
#define PIECES 200

static char region[SIZE] __attribute__((aligned(64)));
static jmp_buf fault_return;
static const char *fault_what;

_Noreturn void heap_fault(const char *what, const void *where)
{
    (void)where;
    fault_what = what;
    longjmp(fault_return, 1);
}

struct piece {
    unsigned char *at;
    size_t size;
    unsigned char fill;
};

static void piece_check(const struct piece *p)
{
    for (size_t i = 0; i < p->size; i++)
        assert_int_equal(p->at[i], p->fill);
}

/* Changes the size of a piece, 0 included, and refills it. */
static void piece_change(l4_heap_t *heap, struct piece *p, size_t size,
                         unsigned char fill)
{
    size_t kept = p->size < size ? p->size : size;
    unsigned char *at;

    if (size == 0) {
        l4_heap_free(heap, p->at);
        p->at = NULL;
        p->size = 0;
        return;
    }
    at = l4_heap_resize(heap, p->at, size);
    if (!at)
        return;
    assert_int_equal((uintptr_t)at % L4_HEAP_ALIGN, 0);
    assert_true((char *)at >= region && (char *)at + size <= region + SIZE);
    for (size_t i = 0; i < kept; i++)
        assert_int_equal(at[i], p->fill);
    memset(at, fill, size);
    *p = (struct piece){at, size, fill};
}

static void random_use(void **state)
{
    struct piece pieces[PIECES] = {{NULL, 0, 0}};
    l4_heap_t *heap = l4_heap_init(region, SIZE);
    size_t empty = l4_heap_used(heap);
    uint64_t seed = 1;

    (void)state;
    for (int step = 0; step < 200000; step++) {
        struct piece *p = &pieces[random_next(&seed) % PIECES];
        size_t max = random_next(&seed) % 16 ? 200 : 8000;
        size_t size = random_next(&seed) % 3 ? random_next(&seed) % max : 0;

        piece_check(p);
        piece_change(heap, p, size, (unsigned char)step);
    }
    for (int i = 0; i < PIECES; i++) {
        piece_check(&pieces[i]);
        l4_heap_free(heap, pieces[i].at);
    }
    assert_int_equal(l4_heap_used(heap), empty);
    /* All of it in one piece again. */
    assert_non_null(l4_heap_alloc(heap, SIZE - empty - 64));
}

static void limits(void **state)
{
    l4_heap_t *heap;

    (void)state;
    assert_null(l4_heap_init(region, 0));
    assert_null(l4_heap_init(region, 100));
    assert_null(l4_heap_init(region, (size_t)-1));
    heap = l4_heap_init(region + 3, 1000);
    assert_non_null(heap);
    assert_null(l4_heap_alloc(heap, 0));
    assert_null(l4_heap_alloc(heap, 1000));
    assert_null(l4_heap_alloc(heap, (size_t)-1));
    assert_null(l4_heap_alloc(heap, (size_t)-17));
    assert_null(l4_heap_resize(heap, l4_heap_alloc(heap, 1), (size_t)-40));
    l4_heap_free(heap, NULL);
    assert_true(l4_heap_used(heap) <= l4_heap_size(heap));
}

/* Runs `damage` and expects that the heap notices. */
#define NOTICED(damage)                        \
    do {                                       \
        fault_what = NULL;                     \
        if (setjmp(fault_return) == 0) {       \
            damage;                            \
            fail_msg("not noticed: " #damage); \
        }                                      \
        assert_non_null(fault_what);           \
    } while (0)

static void misuse_is_noticed(void **state)
{
    l4_heap_t *heap = l4_heap_init(region, SIZE);
    char *a = l4_heap_alloc(heap, 40);
    char *b = l4_heap_alloc(heap, 40);
    char *c = l4_heap_alloc(heap, 40);

    (void)state;
    l4_heap_free(heap, b);
    NOTICED(l4_heap_free(heap, b));
    NOTICED(l4_heap_free(heap, a + 8));
    NOTICED(l4_heap_free(heap, a + 16));
    NOTICED(l4_heap_free(heap, region));
    NOTICED(l4_heap_free(heap, &heap));
    NOTICED(l4_heap_free(heap, c + 10000));
    /* Written beyond its end. */
    memset(a, 'x', 60);
    NOTICED(l4_heap_free(heap, a));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_use),
        cmocka_unit_test(limits),
        cmocka_unit_test(misuse_is_noticed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
