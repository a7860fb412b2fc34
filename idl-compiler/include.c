/* SPDX-License-Identifier: BSD-2-Clause */
#include "include.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool ends_in(const char *s, size_t len, const char *end)
{
    size_t n = strlen(end);

    return len >= n && memcmp(s + len - n, end, n) == 0;
}

/* The length of `<x.h>` or `"x.h"` at S; 0 if it is none, or an interface. */
static size_t header_length(const char *s)
{
    const char *close = *s == '<' ? ">" : *s == '"' ? "\"" : NULL;
    size_t len;

    if (!close)
        return 0;
    len = 1 + strcspn(s + 1, *s == '<' ? ">\n" : "\"\n");
    if (s[len] != *close || ends_in(s, len, ".idl"))
        return 0;
    return len + 1;
}

/* The path of an import of a header and its length, or NULL. */
static char *import_path(char *line, size_t *len)
{
    char *s = line + strspn(line, " \t");

    if (strncmp(s, "import", 6) != 0)
        return NULL;
    s += 6;
    s += strspn(s, " \t");
    *len = header_length(s);
    return *len ? s : NULL;
}

const char *include_from_imports(struct arena *a, const char *text,
                                 bool *changed)
{
    char *out = arena_alloc(a, strlen(text) * 2 + 16);
    char *to = out;

    *changed = false;
    while (*text) {
        size_t line = strcspn(text, "\n");
        size_t len = 0;
        char *copy = arena_strndup(a, text, line);
        const char *path = import_path(copy, &len);

        if (path) {
            const char *rest = path + len + strspn(path + len, " \t");

            rest += *rest == ';';
            *changed = true;
            to += sprintf(to, "#include %.*s", (int)len, path);
            if (rest[strspn(rest, " \t\r")] == '/')
                to += sprintf(to, " %s", rest);
        } else {
            memcpy(to, text, line);
            to += line;
        }
        text += line;
        if (*text)
            *to++ = *text++;
    }
    *to = '\0';
    return out;
}

/* --- markers ----------------------------------------------------------- */

struct marker {
    const char *file;
    unsigned long line;
    bool enters;
};

static bool marker_read(struct arena *a, const char *s, struct marker *m)
{
    char *end;
    size_t len;

    if (s[0] != '#' || s[1] != ' ')
        return false;
    m->line = strtoul(s + 2, &end, 10);
    if (end == s + 2 || end[0] != ' ' || end[1] != '"')
        return false;
    len = strcspn(end + 2, "\"\n");
    m->file = arena_strndup(a, end + 2, len);
    m->enters = strncmp(end + 2 + len, "\" 1", 3) == 0;
    return true;
}

/* --- where a line comes from ------------------------------------------- */

struct split {
    struct arena *arena;
    const struct source *raw;
    struct include **end; /* of the list of headers */
    struct include *first;
    const char *file;   /* of the current line */
    unsigned long line; /* its number there */
};

static bool is_interface(const struct split *s, const char *file)
{
    return strcmp(file, s->raw->path) == 0 ||
           ends_in(file, strlen(file), ".idl");
}

/* `<x.h>` as line LINE of FILE has it, or its path if that is not seen. */
static const char *include_text(struct split *s, const char *path)
{
    const struct source *raw = s->raw;
    const char *line = "";
    size_t len;

    if (strcmp(s->file, raw->path) == 0 && s->line >= 1 &&
        s->line <= raw->lines)
        line = raw->text + raw->line_start[s->line - 1];
    line += strspn(line, " \t");
    if (*line == '#')
        line++;
    line += strspn(line, " \t");
    line += strspn(line, "abcdefghijklmnopqrstuvwxyz");
    line += strspn(line, " \t");
    len = header_length(line);
    if (len)
        return arena_strndup(s->arena, line, len);
    return arena_printf(s->arena, "\"%s\"", path);
}

static void note_header(struct split *s, const char *path)
{
    struct include *i;
    const char *text = include_text(s, path);

    for (i = s->first; i; i = i->next)
        if (strcmp(i->text, text) == 0)
            return;
    i = arena_alloc(s->arena, sizeof *i);
    i->text = text;
    *s->end = i;
    s->end = &i->next;
}

/* PATH in the list of files that SRC is made of. */
static void note_file(struct split *s, struct source *src, const char *path)
{
    struct include **end = &src->included;

    if (path[0] == '<' || strcmp(path, s->raw->path) == 0)
        return;
    while (*end && strcmp((*end)->text, path) != 0)
        end = &(*end)->next;
    if (*end)
        return;
    *end = arena_alloc(s->arena, sizeof **end);
    (*end)->text = path;
}

static void follow(struct split *s, const struct marker *m)
{
    if (m->enters && is_interface(s, s->file) && !is_interface(s, m->file) &&
        m->file[0] != '<')
        note_header(s, m->file);
    s->file = m->file;
    s->line = m->line;
}

static void blank(char *s, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (s[i] != '\n')
            s[i] = ' ';
}

void include_split(struct arena *a, struct source *src,
                   const struct source *raw, char **c_text,
                   struct include **headers)
{
    struct split s = {.arena = a, .raw = raw, .file = raw->path, .line = 1};

    s.end = &s.first;
    src->code = arena_strndup(a, src->text, src->size);
    *c_text = arena_strndup(a, src->text, src->size);
    for (uint32_t i = 0; i < src->lines; i++) {
        uint32_t start = src->line_start[i];
        size_t len = strcspn(src->text + start, "\n");
        struct marker m;

        if (marker_read(a, src->text + start, &m)) {
            note_file(&s, src, m.file);
            follow(&s, &m);
            blank(*c_text + start, len);
            continue;
        }
        blank((is_interface(&s, s.file) ? *c_text : src->code) + start, len);
        s.line++;
    }
    *headers = s.first;
}
