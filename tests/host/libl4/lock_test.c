/* SPDX-License-Identifier: BSD-2-Clause */
/* Locks between threads of the host, above a parking made of semaphores that
 * remember one wake-up, as the kernel's cancel does. */
#include "test.h"

#include <pthread.h>
#include <stdbool.h>

#include <l4/err.h>
#include <l4/lock.h>
#include <l4/thread.h>

#define THREADS 6
#define ROUNDS 20000

static struct parking {
    pthread_mutex_t mutex;
    pthread_cond_t woken;
    bool token;
} parking[THREADS + 1];

static _Thread_local l4_cap_t self;
static l4_lock_t lock;
static volatile long counter;
static volatile int inside;

l4_cap_t l4_thread_self(void)
{
    return self;
}

l4_err_t l4_park(l4_time_t timeout)
{
    struct parking *p = &parking[self];

    (void)timeout;
    pthread_mutex_lock(&p->mutex);
    while (!p->token)
        pthread_cond_wait(&p->woken, &p->mutex);
    p->token = false;
    pthread_mutex_unlock(&p->mutex);
    return 0;
}

void l4_unpark(l4_cap_t thread)
{
    struct parking *p = &parking[thread];

    pthread_mutex_lock(&p->mutex);
    p->token = true;
    pthread_cond_signal(&p->woken);
    pthread_mutex_unlock(&p->mutex);
}

static void *worker(void *arg)
{
    long errors = 0;

    self = (l4_cap_t)(uintptr_t)arg;
    for (int i = 0; i < ROUNDS; i++) {
        if (i % 7 != 0 || !l4_lock_try(&lock))
            l4_lock(&lock);
        errors += inside++;
        counter = counter + 1;
        if (i % 64 == 0)
            sched_yield();
        inside--;
        l4_unlock(&lock);
    }
    return (void *)errors;
}

static void one_at_a_time(void **state)
{
    pthread_t threads[THREADS];

    (void)state;
    for (uintptr_t i = 0; i <= THREADS; i++) {
        pthread_mutex_init(&parking[i].mutex, NULL);
        pthread_cond_init(&parking[i].woken, NULL);
    }
    for (uintptr_t i = 0; i < THREADS; i++)
        assert_int_equal(
            pthread_create(&threads[i], NULL, worker, (void *)(i + 1)), 0);
    for (int i = 0; i < THREADS; i++) {
        void *errors;

        pthread_join(threads[i], &errors);
        assert_null(errors);
    }
    assert_int_equal(counter, (long)THREADS * ROUNDS);
    assert_int_equal(lock.state, 0);
    /* No wake-up is left over to cut another wait short. */
    for (int i = 1; i <= THREADS; i++)
        assert_false(parking[i].token);
}

static void trying(void **state)
{
    l4_lock_t mine = {0};

    (void)state;
    assert_true(l4_lock_try(&mine));
    assert_false(l4_lock_try(&mine));
    l4_unlock(&mine);
    assert_true(l4_lock_try(&mine));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trying),
        cmocka_unit_test(one_at_a_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
