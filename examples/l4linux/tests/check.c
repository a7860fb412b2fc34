/* SPDX-License-Identifier: GPL-2.0-only */
/* How tests report, and what they do in children. */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"

static int failures;

void check(const char *name, int ok)
{
    printf("%s %s\n", ok ? "ok" : "FAILED", name);
    fflush(stdout);
    failures += !ok;
}

int check_summary(const char *name)
{
    printf("%s: %s\n", name, failures ? "some failed" : "all passed");
    return failures != 0;
}

int in_child(int (*f)(void))
{
    int status = -1;
    pid_t pid = fork();

    if (pid == 0)
        _exit(f());
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}
