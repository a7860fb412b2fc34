/* SPDX-License-Identifier: BSD-2-Clause */
/* The words of a line, and what single words mean. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "plan_text.h"

/* Skips one word from `in` on and copies it, without quotes, to `out`, which
 * may be the same place. Returns where it ends; NULL if a quote stays open. */
static char *word_copy(char *in, char *out)
{
    bool quoted = false;

    for (; *in && (quoted || (!isspace((unsigned char)*in) && *in != '#'));
         in++) {
        if (*in == '"')
            quoted = !quoted;
        else
            *out++ = *in;
    }
    if (quoted)
        return NULL;
    char *end = *in && *in != '#' ? in + 1 : in;
    if (*in == '#')
        *end = '\0';
    *out = '\0';
    return end;
}

int line_split(char *line, char **words, int max)
{
    int count = 0;

    for (;;) {
        while (isspace((unsigned char)*line))
            line++;
        if (!*line || *line == '#')
            return count;
        if (count == max)
            return -1;
        words[count++] = line;
        line = word_copy(line, line);
        if (!line)
            return -1;
    }
}

bool number_read(const char *text, uint64_t *number)
{
    char *end;
    unsigned shift = 0;

    if (!isdigit((unsigned char)*text))
        return false;
    unsigned long long value = strtoull(text, &end, 0);
    switch (*end) {
    case 'K': shift = 10; break;
    case 'M': shift = 20; break;
    case 'G': shift = 30; break;
    default: break;
    }
    if (shift)
        end++;
    if (*end || value > UINT64_MAX >> shift)
        return false;
    *number = (uint64_t)value << shift;
    return true;
}

bool time_read(const char *text, uint64_t *ns)
{
    static const struct {
        const char *unit;
        uint64_t ns;
    } units[] = {{"ns", 1}, {"us", 1000}, {"ms", 1000000}, {"s", 1000000000}};
    char *end;

    if (!isdigit((unsigned char)*text))
        return false;
    unsigned long long value = strtoull(text, &end, 10);
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (strcmp(end, units[i].unit) != 0 || value > UINT64_MAX / units[i].ns)
            continue;
        *ns = (uint64_t)value * units[i].ns;
        return true;
    }
    return false;
}

bool name_read(const char *text, char name[L4_PLAN_NAME])
{
    size_t length = strlen(text);

    if (length == 0 || length >= L4_PLAN_NAME)
        return false;
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];

        if (!isalnum(c) && c != '_' && c != '-')
            return false;
    }
    memcpy(name, text, length + 1);
    return true;
}
