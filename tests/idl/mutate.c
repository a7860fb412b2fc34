/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mutate SEED FILE...: the first file, damaged at random with pieces of the
 * others, to standard output. The same seed makes the same damage.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 1 << 20, PIECE_MAX = 64 };

static uint64_t state;

static uint64_t next(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static size_t below(size_t n)
{
    return n ? (size_t)(next() % n) : 0;
}

static char text[TEXT_MAX];
static char other[TEXT_MAX];

static size_t load(const char *path, char *into, size_t room)
{
    FILE *f = fopen(path, "rb");
    size_t n;

    if (!f) {
        perror(path);
        exit(1);
    }
    n = fread(into, 1, room, f);
    fclose(f);
    return n;
}

/* Replaces [at, at + gone) by LEN bytes. */
static size_t splice(size_t size, size_t at, size_t gone, const char *piece,
                     size_t len)
{
    if (size - gone + len > TEXT_MAX)
        return size;
    memmove(text + at + len, text + at + gone, size - at - gone);
    memcpy(text + at, piece, len);
    return size - gone + len;
}

static size_t damage(size_t size, const char *path)
{
    static const char signs[] = "{}()[]<>;:,=*/\"'#0123456789 \n\\\xff\x01";
    size_t at = below(size + 1);
    size_t gone = below(PIECE_MAX);
    char piece[PIECE_MAX];
    size_t len = 1;
    size_t n;

    if (gone > size - at)
        gone = size - at;
    switch (below(5)) {
    case 0: return splice(size, at, gone, piece, 0);
    case 1:
        piece[0] = signs[below(sizeof signs - 1)];
        return splice(size, at, 0, piece, 1);
    case 2:
        piece[0] = (char)(1 + below(255));
        return splice(size, at, gone > 0, piece, 1);
    case 3: /* repeat a piece of this file */
        memcpy(piece, text + at, gone);
        return splice(size, below(size + 1), 0, piece, gone);
    default:
        n = load(path, other, sizeof other);
        at = below(n + 1);
        len = below(PIECE_MAX);
        if (len > n - at)
            len = n - at;
        return splice(size, below(size + 1), 0, other + at, len);
    }
}

int main(int argc, char **argv)
{
    size_t size;
    size_t rounds;

    if (argc < 3)
        return 1;
    state = strtoull(argv[1], NULL, 10) * 0x9e3779b97f4a7c15u + 1;
    size = load(argv[2], text, sizeof text);
    rounds = 1 + below(8);
    for (size_t i = 0; i < rounds; i++)
        size = damage(size, argv[2 + below((size_t)argc - 2)]);
    fwrite(text, 1, size, stdout);
    return 0;
}
