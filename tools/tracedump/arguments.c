/* SPDX-License-Identifier: BSD-2-Clause */
/* The words of a message become arguments with names. */
#include <inttypes.h>
#include <string.h>

#include <l4/err.h>
#include <l4/tag.h>

#include "tracedump.h"

enum { ARGUMENTS_MAX = 16384, WORDS_SHOWN = 4 };

static struct argument {
    unsigned proto;
    unsigned op;
    unsigned is_reply;
    unsigned offset; /* bytes from word 0 */
    unsigned size;   /* 1, 2, 4 or 8 */
    char kind;
    char name[NAME_SIZE];
} arguments[ARGUMENTS_MAX];

static unsigned argument_count;

bool argument_read(const char *line)
{
    struct argument *a = &arguments[argument_count];

    if (argument_count == ARGUMENTS_MAX ||
        sscanf(line, "L4_ARGUMENT(%u, %u, %u, %u, %u, '%c', \"%63[^\"]\")",
               &a->proto, &a->op, &a->is_reply, &a->offset, &a->size, &a->kind,
               a->name) != 7)
        return false;
    /* The file is only text: what does not lie in the words is not used. */
    if ((a->size != 1 && a->size != 2 && a->size != 4 && a->size != 8) ||
        a->offset % a->size != 0 || a->offset >= 8 * WORDS_SHOWN)
        return false;
    argument_count++;
    return true;
}

/* Its value as a number that JSON takes, too. */
static void value_text(const struct argument *a, const uint64_t *words,
                       char out[NAME_SIZE])
{
    unsigned bits = a->size * 8;
    uint64_t v = words[a->offset / 8] >> (a->offset % 8 * 8);

    if (bits < 64)
        v &= ((uint64_t)1 << bits) - 1;
    if (a->kind == 'b' && v <= 1)
        snprintf(out, NAME_SIZE, "%s", v ? "true" : "false");
    else if (a->kind == 's' && v >> (bits - 1))
        snprintf(out, NAME_SIZE, "-%" PRIu64,
                 bits < 64 ? ((uint64_t)1 << bits) - v : -v);
    else
        snprintf(out, NAME_SIZE, "%" PRIu64, v);
}

static void put_one(const struct argument *a, const uint64_t *words,
                    bool is_json, FILE *out)
{
    char value[NAME_SIZE];

    value_text(a, words, value);
    if (is_json)
        fprintf(out, "\"%s%s\":%s", a->name, a->kind == 'n' ? " count" : "",
                value);
    else
        fprintf(out, "%s%s=%s", a->kind == 'n' ? "#" : "", a->name, value);
}

static unsigned put_raised(const uint64_t *words, bool is_json, FILE *out)
{
    int32_t code = (int32_t)words[0];

    fprintf(out, is_json ? "\"error\":%d" : "error %d", code);
    return 1;
}

unsigned put_arguments(uint64_t tag, const uint64_t *words, bool is_json,
                       FILE *out)
{
    unsigned shown = 0;

    if (tag & L4_TAG_RAISED && l4_tag_words(tag) > 0)
        return put_raised(words, is_json, out);
    for (unsigned i = 0; i < argument_count; i++) {
        const struct argument *a = &arguments[i];

        if (a->proto != l4_tag_proto(tag) || a->op != l4_tag_op(tag) ||
            a->is_reply != !!(tag & L4_TAG_REPLY) ||
            a->offset / 8 >= l4_tag_words(tag))
            continue;
        if (shown++)
            fputs(is_json ? "," : ", ", out);
        put_one(a, words, is_json, out);
    }
    return shown;
}
