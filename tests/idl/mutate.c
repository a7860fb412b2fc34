/* SPDX-License-Identifier: BSD-2-Clause */
#include "mutate.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE_MAX = 64, BLOCK_MAX = 2048, ROUNDS_MAX = 8 };

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

/* A range of a text. */
struct piece {
    size_t at;
    size_t len;
};

/* The text under work. */
struct work {
    char *text;
    size_t size;
    size_t room;
};

/* Replaces P by LEN bytes. */
static void splice(struct work *w, struct piece p, const char *with, size_t len)
{
    static char copy[BLOCK_MAX];

    if (len > sizeof copy || w->size - p.len + len > w->room)
        return;
    memcpy(copy, with, len);
    memmove(w->text + p.at + len, w->text + p.at + p.len,
            w->size - p.at - p.len);
    memcpy(w->text + p.at, copy, len);
    w->size += len - p.len;
}

/* --- pieces ------------------------------------------------------------ */

static int is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static struct piece any_bytes(const char *text, size_t size)
{
    struct piece p = {below(size + 1), below(PIECE_MAX)};

    (void)text;
    if (p.len > size - p.at)
        p.len = size - p.at;
    return p;
}

/* A name, keyword or number. */
static struct piece any_word(const char *text, size_t size)
{
    struct piece p = {below(size), 0};

    while (p.at < size && !is_word(text[p.at]))
        p.at++;
    while (p.at > 0 && p.at < size && is_word(text[p.at - 1]))
        p.at--;
    while (p.at + p.len < size && is_word(text[p.at + p.len]))
        p.len++;
    return p;
}

/* From behind one `;`, `{` or `}` to behind the next. */
static struct piece any_statement(const char *text, size_t size)
{
    struct piece p = {below(size), 0};

    while (p.at > 0 && !strchr(";{}", text[p.at - 1]))
        p.at--;
    while (p.at + p.len < size && !strchr(";{}", text[p.at + p.len]))
        p.len++;
    if (p.at + p.len < size)
        p.len++;
    return p;
}

/* What a pair of brackets encloses, with them. */
static struct piece any_block(const char *text, size_t size)
{
    struct piece p = {below(size), 0};
    unsigned depth = 0;

    while (p.at < size && !strchr("({[<", text[p.at]))
        p.at++;
    while (p.at + p.len < size) {
        char c = text[p.at + p.len];

        p.len++;
        depth += strchr("({[<", c) != NULL;
        depth -= depth && strchr(")}]>", c) != NULL;
        if (depth == 0)
            break;
    }
    return p;
}

/* One of a list in brackets, up to its comma. */
static struct piece any_member(const char *text, size_t size)
{
    struct piece p = {below(size), 0};

    while (p.at > 0 && !strchr(",([{<", text[p.at - 1]))
        p.at--;
    while (p.at + p.len < size && !strchr(",)]}>;", text[p.at + p.len]))
        p.len++;
    return p;
}

typedef struct piece pick_fn(const char *text, size_t size);

static pick_fn *const picks[] = {any_bytes,     any_word,  any_word,
                                 any_statement, any_block, any_member};

/* --- damage ------------------------------------------------------------ */

static const char *const words[] = {
    "0",        "1",         "-1",          "0xffffffffffffffff",
    "65536",    "struct",    "union",       "switch",
    "case",     "default",   "enum",        "interface",
    "module",   "typedef",   "sequence",    "string",
    "cap",      "fpage",     "in",          "out",
    "inout",    "void",      "u8",          "u64",
    "bool",     "long",      "unsigned",    "size_is",
    "max_is",   "length_is", "string",      "switch_is",
    "optional", "inplace",   "shared",      "oneway",
    "defer",    "kernelmsg", "transmit_as", "rights",
    "range",    "uuid",      "op",          "proto",
    "version",  "raises",    "const",       "exception",
    "native",   "import",    "library",     "component",
    "system",   "reserved",  "::",          "<<",
    "*",        "[]",        "{}",          ";",
    ",",        "# 1 \"x\"", "\n#line 7\n"};

static void damage(struct work *w, const struct mutate_text *all, size_t count)
{
    const struct mutate_text *other = &all[below(count)];
    pick_fn *pick = picks[below(sizeof picks / sizeof *picks)];
    struct piece here = pick(w->text, w->size);
    struct piece there = pick(other->text, other->size);
    const char *word = words[below(sizeof words / sizeof *words)];
    char byte = (char)(1 + below(255));

    switch (below(8)) {
    case 0: splice(w, here, "", 0); break;
    case 1:
        splice(w, (struct piece){here.at, 0}, w->text + here.at, here.len);
        break;
    case 2: splice(w, here, word, strlen(word)); break;
    case 3: splice(w, (struct piece){here.at, 0}, word, strlen(word)); break;
    case 4: splice(w, (struct piece){below(w->size + 1), 0}, &byte, 1); break;
    case 5:
        splice(w, (struct piece){here.at, 0}, other->text + there.at,
               there.len);
        break;
    default: splice(w, here, other->text + there.at, there.len); break;
    }
}

size_t mutate(uint64_t seed, const struct mutate_text *all, size_t count,
              char *out, size_t room)
{
    struct work w = {out, all[0].size < room ? all[0].size : room, room};
    size_t rounds;

    state = seed * 0x9e3779b97f4a7c15u + 1;
    (void)next();
    memcpy(out, all[0].text, w.size);
    rounds = 1 + below(ROUNDS_MAX);
    while (rounds--)
        damage(&w, all, count);
    return w.size;
}

struct mutate_text mutate_load(const char *path)
{
    struct mutate_text t = {0};
    char *text = malloc(MUTATE_TEXT_MAX);
    FILE *f = fopen(path, "rb");

    if (!f || !text) {
        perror(path);
        exit(1);
    }
    t.text = text;
    t.size = fread(text, 1, MUTATE_TEXT_MAX, f);
    fclose(f);
    return t;
}
