/* SPDX-License-Identifier: BSD-2-Clause */
/* mkplan: makes the boot plan that root reads from the text people write. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "encode.h"
#include "plan.h"
#include "plan_text.h"

static const char usage[] =
    "Usage: mkplan -o OUTPUT PLAN [PROGRAM]...\n"
    "       mkplan --help | --version\n"
    "\n"
    "Checks the boot plan PLAN (- is standard input) against the PROGRAMs "
    "that\n"
    "the image has and writes it in the form that root reads.\n";

/* Reads the text of a plan; NULL if the file cannot be read. */
static struct plan_text *plan_load(const char *file)
{
    struct plan_text *plan = calloc(1, sizeof(*plan));
    FILE *in = strcmp(file, "-") == 0 ? stdin : fopen(file, "r");

    if (!plan || !in) {
        fprintf(stderr, "mkplan: %s: %s\n", file, strerror(errno));
        free(plan);
        return NULL;
    }
    plan->file = file;
    plan->messages = stderr;
    plan_read(plan, in);
    if (in != stdin)
        fclose(in);
    return plan;
}

/* Writes the file whole or not at all. */
static int file_write(const char *file, const void *bytes, size_t size)
{
    FILE *out = fopen(file, "wb");

    if (out && fwrite(bytes, 1, size, out) == size && fclose(out) == 0)
        return 0;
    fprintf(stderr, "mkplan: %s: %s\n", file, strerror(errno));
    remove(file);
    return 1;
}

/* Whether a program is made of the module, or given it. */
static bool module_used(const struct program_text *p, const char *module)
{
    if (strcmp(p->module, module) == 0)
        return true;
    for (uint32_t i = 0; i < p->grant_count; i++) {
        if (p->grants[i].kind == L4_PLAN_MODULE &&
            strcmp(p->grants[i].module, module) == 0)
            return true;
    }
    return false;
}

/* Says which modules of the image no program uses. */
static void modules_report(const struct plan_text *plan,
                           const char *const *modules, int count)
{
    for (int i = 0; i < count; i++) {
        uint32_t k = 0;

        while (k < plan->program_count &&
               !module_used(&plan->programs[k], modules[i]))
            k++;
        if (k == plan->program_count)
            fprintf(stderr, "%s: warning: no program uses the module \"%s\"\n",
                    plan->file, modules[i]);
    }
}

/* Encodes the plan, checks it as root will, and writes it. */
static int plan_write(const struct plan_text *text, const char *output)
{
    void *bytes = calloc(1, PLAN_SIZE_MAX);
    size_t size = bytes ? plan_encode(text, bytes) : 0;
    struct plan plan;
    struct plan_fault fault;
    int status = 1;

    if (!size)
        fprintf(stderr, "%s: error: the plan is too large\n", text->file);
    else if (plan_open(&plan, bytes, size, &fault) != 0)
        fprintf(stderr, "%s: error: program \"%s\": %s\n", text->file,
                fault.in_program ? text->programs[fault.program].name : "",
                fault.what);
    else
        status = file_write(output, bytes, size);
    free(bytes);
    return status;
}

static int plan_make(const char *input, const char *output,
                     const char *const *modules, int count)
{
    struct plan_text *plan = plan_load(input);
    int status = 1;

    if (!plan)
        return 1;
    if (plan->errors == 0)
        plan_resolve(plan, modules, count);
    if (plan->errors == 0) {
        modules_report(plan, modules, count);
        status = plan_write(plan, output);
    }
    free(plan);
    return status;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        fputs(usage, stdout);
        return 0;
    }
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        printf("mkplan %s, format %u\n", MKPLAN_VERSION, L4_PLAN_VERSION);
        return 0;
    }
    if (argc < 4 || strcmp(argv[1], "-o") != 0) {
        fputs(usage, stderr);
        return 2;
    }
    return plan_make(argv[3], argv[2], (const char *const *)argv + 4, argc - 4);
}
