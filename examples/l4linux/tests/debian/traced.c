/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is looked at with strace and gdb: sums squares. `traced threads` does so
 * in four threads, `traced children` in three processes, `traced crash` ends by
 * a NULL pointer.
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS 4
#define CHILDREN 3

int total;
int *volatile nowhere;

__attribute__((noinline)) int square(int n)
{
    int result = n * n;

    return result;
}

__attribute__((noinline)) int sum(int count)
{
    int value = 0;

    for (int i = 1; i <= count; i++) {
        value += square(i);
        total = value;
    }
    return value;
}

static void *thread_run(void *arg)
{
    *(int *)arg = sum(*(int *)arg);
    return NULL;
}

static void threads(void)
{
    pthread_t thread[THREADS];
    int value[THREADS];

    for (int i = 0; i < THREADS; i++) {
        value[i] = i + 1;
        pthread_create(&thread[i], NULL, thread_run, &value[i]);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(thread[i], NULL);
        printf("thread %d: %d\n", i, value[i]);
    }
}

static void children(void)
{
    for (int i = 1; i <= CHILDREN; i++) {
        if (fork() == 0)
            _exit(sum(i));
    }
    for (int i = 1; i <= CHILDREN; i++) {
        int status = 0;

        wait(&status);
        printf("a child's sum: %d\n", WEXITSTATUS(status));
    }
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";

    if (strcmp(what, "threads") == 0)
        threads();
    else if (strcmp(what, "children") == 0)
        children();
    else if (strcmp(what, "crash") == 0)
        *nowhere = sum(2);
    else
        printf("the sum is %d\n", sum(3));
    return 0;
}
