/* SPDX-License-Identifier: BSD-2-Clause */
/* tracedump [--json FILE] MEMORY [NAMES]... */
#include <string.h>

#include "tracedump.h"

static int write_json(const struct ring *r, const char *file)
{
    FILE *out = fopen(file, "w");

    if (!out) {
        fprintf(stderr, "tracedump: cannot write '%s'\n", file);
        return 1;
    }
    print_json(r, out);
    if (fclose(out) != 0) {
        fprintf(stderr, "tracedump: cannot write '%s'\n", file);
        return 1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    const char *json = NULL;
    struct ring ring;
    int i = 1;

    if (argc > 3 && strcmp(argv[1], "--json") == 0) {
        json = argv[2];
        i = 3;
    }
    if (i >= argc) {
        fputs("usage: tracedump [--json FILE] MEMORY [NAMES]...\n", stderr);
        return 2;
    }
    if (!ring_open(&ring, argv[i])) {
        return 1;
    }
    while (++i < argc) {
        names_read(argv[i]);
    }
    if (json) {
        return write_json(&ring, json);
    }
    print_text(&ring, stdout);
    return 0;
}
