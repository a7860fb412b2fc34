/* SPDX-License-Identifier: BSD-2-Clause */
/* foo.h: types, constants, handles, prototypes, handler tables. */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "emit.h"
#include "emit_client.h"
#include "emit_decode.h"
#include "emit_server.h"
#include "emit_types.h"
#include "hash.h"
#include "include.h"
#include "names.h"

/* --- preamble ---------------------------------------------------------- */

static const char *guard_name(struct emit *e)
{
    char *guard =
        arena_printf(&e->c->arena, "L4IDL_%s%s_H", e->prefix, e->base);

    for (char *p = guard; *p; p++)
        *p =
            isalnum((unsigned char)*p) ? (char)toupper((unsigned char)*p) : '_';
    return guard;
}

static const char *import_header(struct emit *e, const char *path)
{
    size_t len = strlen(path);

    if (len > 4 && strcmp(path + len - 4, ".idl") == 0)
        len -= 4;
    return text(e, "%.*s.h", (int)len, path);
}

static void put_native_includes(struct emit *e, const struct decl *list)
{
    for (const struct decl *d = list; d; d = d->next) {
        if (d->kind == DECL_NATIVE && d->header)
            put(e, "#include <%s>\n", d->header);
        put_native_includes(e, d->members);
    }
}

static bool uses_shared(const struct decl *list)
{
    for (const struct decl *d = list; d; d = d->next) {
        if (d->shared || uses_shared(d->members))
            return true;
        for (const struct param *p = d->params; p; p = p->next)
            if (p->shared)
                return true;
    }
    return false;
}

static void put_includes(struct emit *e)
{
    put(e, "#include <l4/err.h>\n#include <l4/fpage.h>\n"
           "#include <l4/tag.h>\n#include <l4/types.h>\n");
    if (e->flags & (EMIT_CLIENT | EMIT_SERVER))
        put(e, "#include <l4/interface.h>\n");
    if (uses_shared(e->unit->decls))
        put(e, "#include <l4/shared.h>\n");
    if (e->flags & (EMIT_CLIENT | EMIT_SERVER))
        put(e, "#include <l4/transport.h>\n");
    if (e->flags & EMIT_SERVER)
        put(e, "#include <l4/server.h>\n");
    put_native_includes(e, e->unit->decls);
    for (const struct include *i = e->unit->headers; i; i = i->next)
        put(e, "#include %s\n", i->text);
    for (const struct decl *d = e->unit->decls; d; d = d->next)
        if (d->kind == DECL_IMPORT && d->imported)
            put(e, "#include \"%s\"\n", import_header(e, d->path));
}

static void put_handle(struct emit *e, const struct decl *iface)
{
    put(e, "\n/* A capability to an object with interface %s. */\n",
        decl_path(&e->c->arena, iface));
    put(e, "typedef struct %s_t {\n    l4_cap_t cap;\n} %s_t;\n",
        iface->c_lower, iface->c_lower);
}

/* --- interfaces -------------------------------------------------------- */

static void put_numbers(struct emit *e, const struct decl *iface)
{
    if (iface->proto)
        put(e, "\n#define %s_PROTO %u\n", iface->c_upper, iface->proto);
    for (const struct right *r = iface->rights; r; r = r->next)
        put(e, "#define %s_RIGHT_%s %uu\n", iface->c_upper,
            upper_case(e, r->name), r->mask);
    for (const struct decl *d = iface->members; d; d = d->next) {
        if (d->kind != DECL_OP)
            continue;
        put(e, "#define %s_OP_%s %u\n", iface->c_upper,
            d->c_upper + strlen(iface->c_upper) + 1, d->opnum);
        if (d->has_version)
            put(e, "#define %s_SINCE 0x%08xu\n", d->c_upper, d->version);
    }
}

static void put_identity(struct emit *e, const struct decl *iface)
{
    if (!iface->proto)
        return;
    put(e,
        "\n/* What both sides must agree on: see l4_connect(). */\n"
        "#define %s_HASH 0x%016" PRIx64 "ull\n"
        "#define %s_VERSION 0x%08xu\n"
        "static inline l4_interface_t %s_interface_(void)\n{\n"
        "    l4_interface_t i_ = {%s_HASH, %s_VERSION, %s_PROTO, \"%.23s\"};"
        "\n\n    return i_;\n}\n"
        "#define %s_INTERFACE (%s_interface_())\n",
        iface->c_upper, hash_interface(iface), iface->c_upper, iface->version,
        iface->c_lower, iface->c_upper, iface->c_upper, iface->c_upper,
        decl_path(&e->c->arena, iface), iface->c_upper, iface->c_lower);
}

static void put_message(struct emit *e, const struct decl *op,
                        const struct message *m, const char *dir)
{
    if (!m)
        return;
    put(e, "    %s_%s_WORDS = %u,\n", op->c_upper, dir, m->max_words);
    for (uint32_t i = 0; i < m->slot_count; i++) {
        const struct slot *s = &m->slots[i];
        put(e, "    %s_%s_AT_%s = %u,\n", op->c_upper, dir,
            upper_case(e, s->name), s->offset);
    }
}

static void put_tag(struct emit *e, const struct decl *op,
                    const struct message *m, const char *dir, const char *bits)
{
    put(e, "#define %s_%s_TAG ", op->c_upper, dir);
    put(e, "(L4_TAG(%s_PROTO, %u, %u, %u)%s)\n", op->scope->c_upper, op->opnum,
        m->part_count ? 0 : m->fixed_words, m->item_count, bits);
}

static void put_tags(struct emit *e, const struct decl *iface)
{
    bool any = false;

    for (const struct decl *d = iface->members; d; d = d->next) {
        if (d->kind != DECL_OP)
            continue;
        if (!any)
            put(e, "\n/* Tags of requests and answers. A message with a string "
                   "or sequence has its\n * number of words in the tag, too. "
                   "*/\n");
        any = true;
        put_tag(e, d, d->request, "IN", d->kernelmsg ? " | L4_TAG_KERNEL" : "");
        if (d->reply)
            put_tag(e, d, d->reply, "OUT", " | L4_TAG_REPLY");
    }
}

static void put_messages(struct emit *e, const struct decl *iface)
{
    bool any = false;

    for (const struct decl *d = iface->members; d; d = d->next) {
        if (d->kind != DECL_OP)
            continue;
        if (!any)
            put(e, "\n/* Messages: the most words, and the byte offset of "
                   "each value or count. */\nenum {\n");
        any = true;
        put_message(e, d, d->request, "IN");
        put_message(e, d, d->reply, "OUT");
    }
    if (any)
        put(e, "};\n");
}

static void put_as_base(struct emit *e, const struct decl *iface)
{
    for (const struct name_ref *b = iface->bases; b; b = b->next)
        put(e,
            "\nstatic inline %s_t %s_as_%s(%s_t self)\n"
            "{\n    %s_t base_ = {self.cap};\n\n    return base_;\n}\n",
            b->decl->c_lower, iface->c_lower, b->decl->c_lower, iface->c_lower,
            b->decl->c_lower);
}

static void put_prototypes(struct emit *e, const struct decl *iface)
{
    for (const struct decl *d = iface->members; d; d = d->next)
        if (d->kind == DECL_OP)
            put_client_declaration(e, d);
    each_inherited(e, iface, put_inherited_wrapper);
}

static void put_handler(struct emit *e, const struct decl *op)
{
    struct args a;

    args_begin(&a, text(e, "    l4_err_t (*%s)(", op->name));
    args_add(e, &a, "void *self");
    args_add(e, &a, "l4_req_t *req");
    add_handler_args(e, &a, op, false);
    args_end(e, &a, ");\n");
}

static void put_ops_table(struct emit *e, const struct decl *iface)
{
    unsigned n = 0;

    put(e,
        "\n/* The handlers of a server of %s: 0, a negative code or one "
        "of the\n * operation's exceptions. All must be there. */\n"
        "typedef struct %s_ops_t {\n",
        decl_path(&e->c->arena, iface), iface->c_lower);
    for (const struct name_ref *b = iface->bases; b; b = b->next)
        if (b->decl->proto)
            put(e, "    %s_ops_t %s;\n", b->decl->c_lower, base_member(e, n++));
    for (const struct decl *d = iface->members; d; d = d->next)
        if (d->kind == DECL_OP) {
            put_handler(e, d);
            n++;
        }
    if (iface->fallback) {
        put(e,
            "    /* Any other request: the tag of the answer, as "
            "l4_req_fail() makes one. */\n"
            "    l4_tag_t (*%s)(void *self, l4_req_t *req);\n",
            iface->fallback);
        n++;
    }
    put(e, n ? "} %s_ops_t;\n" : "    char none_;\n} %s_ops_t;\n",
        iface->c_lower);
}

/* The condition under which a handler is missing, known when compiling. */
static void put_missing(struct emit *e, const struct decl *iface,
                        const char *table)
{
    unsigned n = 0;

    for (const struct name_ref *b = iface->bases; b; b = b->next)
        if (b->decl->proto)
            put_missing(e, b->decl,
                        text(e, "%s%s.", table, base_member(e, n++)));
    for (const struct decl *d = iface->members; d; d = d->next)
        if (d->kind == DECL_OP)
            put(e, "    L4_HANDLER_CHECK(%s%s);\n", table, d->name);
    if (iface->fallback)
        put(e, "    L4_HANDLER_CHECK(%s%s);\n", table, iface->fallback);
}

static void put_register(struct emit *e, const struct decl *iface)
{
    put(e,
        "\n/* Serves the labels from first to last. A handler that is missing "
        "from a constant\n * table is an error of the compiler when it "
        "optimizes, otherwise L4_EINVAL. */\n"
        "static inline l4_err_t %s_register(l4_server_t *s, uint64_t "
        "first_label,\n    uint64_t last_label, const %s_ops_t *ops, void "
        "*self)\n"
        "{\n"
        "    l4_range_t range_;\n\n",
        iface->c_lower, iface->c_lower);
    put_missing(e, iface, "ops->");
    put(e,
        "    if (!%s_complete_(ops))\n"
        "        return L4_EINVAL;\n"
        "    range_.first = first_label;\n"
        "    range_.last = last_label;\n"
        "    range_.dispatch = %s_dispatch;\n"
        "    range_.ops = ops;\n"
        "    range_.self = self;\n"
        "    return l4_server_add(s, &range_);\n"
        "}\n",
        iface->c_lower, iface->c_lower);
}

/* The functions that answer a request later. */
static void put_answers(struct emit *e, const struct decl *iface)
{
    for (const struct decl *d = iface->members; d; d = d->next) {
        if (d->kind != DECL_OP || !d->defer)
            continue;
        put(e, "\n/* Answers a request whose handler kept it with "
               "l4_req_defer(). 0, or the code of\n * what is wrong with the "
               "answer; the right to answer is used up either way. */\n");
        put_answer_head(e, d);
        put(e, ";\n");
        put_refuse_head(e, d, NULL);
        put(e, ";\n");
        for (const struct name_ref *r = d->raises; r; r = r->next)
            if (r->decl->fields) {
                put_refuse_head(e, d, r->decl);
                put(e, ";\n");
            }
    }
}

static void put_server(struct emit *e, const struct decl *iface)
{
    put_ops_table(e, iface);
    put(e,
        "\n/* Whether no handler is missing. */\n"
        "bool %s_complete_(const %s_ops_t *ops);\n"
        "\n/* Serves one request: the tag of the complete reply, L4_TAG_NONE "
        "for none. */\n"
        "l4_tag_t %s_dispatch(void *self, const void *ops, l4_req_t *req);\n",
        iface->c_lower, iface->c_lower, iface->c_lower);
    put_answers(e, iface);
    put_server_inline(e, iface);
    if (!iface->abstract)
        put_register(e, iface);
}

/* The program's function that hears of failed calls. */
static void put_error_function(struct emit *e, const struct decl *iface)
{
    if (iface->on_error && (e->flags & EMIT_CLIENT))
        put(e,
            "\n/* The program's: called when an operation fails below the "
            "interface. */\nvoid %s(const char *op, l4_err_t err);\n",
            iface->on_error);
}

static void put_interface(struct emit *e, const struct decl *iface)
{
    put(e, "\n/* --- interface %s */\n", decl_path(&e->c->arena, iface));
    put_numbers(e, iface);
    put_tags(e, iface);
    put_messages(e, iface);
    put_as_base(e, iface);
    if (e->flags & (EMIT_CLIENT | EMIT_SERVER))
        put_identity(e, iface);
    put_error_function(e, iface);
    if ((e->flags & EMIT_CLIENT) && iface->proto)
        put_prototypes(e, iface);
    if ((e->flags & EMIT_SERVER) && iface->proto)
        put_server(e, iface);
}

void emit_header(struct emit *e)
{
    const char *guard = guard_name(e);

    put_banner(e, "types, constants and prototypes");
    put(e, "#ifndef %s\n#define %s\n\n", guard, guard);
    put_includes(e);
    put(e, "\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n");
    each_interface(e, put_handle);
    put_declarations(e, e->unit->decls);
    each_interface(e, put_interface);
    put(e, "\n#ifdef __cplusplus\n}\n#endif\n\n#endif\n");
}
