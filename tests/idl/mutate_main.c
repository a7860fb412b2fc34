/* SPDX-License-Identifier: BSD-2-Clause */
/* mutate SEED FILE...: the first file, damaged with pieces of all of them, to
 * standard output. */
#include <stdio.h>
#include <stdlib.h>

#include "mutate.h"

enum { FILES_MAX = 1024 };

int main(int argc, char **argv)
{
    static struct mutate_text all[FILES_MAX];
    static char out[MUTATE_TEXT_MAX];
    size_t count = 0;

    if (argc < 3)
        return 1;
    for (int i = 2; i < argc && count < FILES_MAX; i++)
        all[count++] = mutate_load(argv[i]);
    fwrite(out, 1,
           mutate(strtoull(argv[1], NULL, 10), all, count, out, sizeof out),
           stdout);
    return 0;
}
