/* SPDX-License-Identifier: BSD-2-Clause */
/* mutate SEED FILE...: the first file, damaged with pieces of all of them, to
 * standard output. */
#include <stdio.h>
#include <stdlib.h>

#include "mutate.h"

enum { FILES_MAX = 1024, TEXT_MAX = 1 << 20 };

static struct mutate_text load(const char *path)
{
    struct mutate_text t = {0};
    char *text = malloc(TEXT_MAX);
    FILE *f = fopen(path, "rb");

    if (!f || !text) {
        perror(path);
        exit(1);
    }
    t.text = text;
    t.size = fread(text, 1, TEXT_MAX, f);
    fclose(f);
    return t;
}

int main(int argc, char **argv)
{
    static struct mutate_text all[FILES_MAX];
    static char out[TEXT_MAX];
    size_t count = 0;

    if (argc < 3)
        return 1;
    for (int i = 2; i < argc && count < FILES_MAX; i++)
        all[count++] = load(argv[i]);
    fwrite(out, 1,
           mutate(strtoull(argv[1], NULL, 10), all, count, out, sizeof out),
           stdout);
    return 0;
}
