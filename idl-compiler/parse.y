/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The grammar. It builds the tree and reports what is wrong with the form;
 * names, types and values are looked at afterwards by the checker.
 */
%require "3.8"
%define api.pure full
%define api.prefix {idl_}
%define api.location.type {struct loc}
%define parse.error custom
%define parse.lac full
%locations
%parse-param {void *scanner} {struct parser *p}
%lex-param {void *scanner}

%code requires {
#include <string.h>

#include "parse.h"

/* A list under construction, of nodes that are linked by their `next`. */
struct list {
    void *first;
    void *last;
    unsigned count;
};

/* No list is longer, so that nothing takes long that compares its members with
 * each other. */
enum { LIST_MAX = 4096 };

/* A name with the dimension behind it. */
struct declarator {
    const char *name;
    struct loc loc;
    struct expr *bound; /* NULL: no array */
    unsigned dims;
    unsigned pointers; /* also `name[]`: as many as come */
};
}

%union {
    uint64_t number;
    const char *text;
    struct name *name;
    struct expr *expr;
    struct type *type;
    struct decl *decl;
    struct attr *attr;
    struct attr_arg *arg;
    struct param *param;
    struct label *label;
    struct list list;
    struct declarator declarator;
    struct clause *clause;
    struct end end;
    enum direction dir;
}

%code {
int idl_lex(IDL_STYPE *value, IDL_LTYPE *loc, void *scanner);
int idl_lex_init_extra(struct parser *p, void **scanner);
void *idl__scan_bytes(const char *text, int len, void *scanner);
int idl_lex_destroy(void *scanner);
static void idl_error(struct loc *loc, void *scanner, struct parser *p,
                      const char *text);

#define YYMAXDEPTH 4000
#define YYLLOC_DEFAULT(cur, rhs, n)                                            \
    ((cur) = (n) ? loc_join(YYRHSLOC(rhs, 1), YYRHSLOC(rhs, n))                \
                 : (struct loc){YYRHSLOC(rhs, 0).src, YYRHSLOC(rhs, 0).end,    \
                                YYRHSLOC(rhs, 0).end})

#define LIST_ADD(type, list, item)                                             \
    do {                                                                       \
        type *item_ = (item);                                                  \
        if (!item_ || list_is_full(p, &(list)))                                \
            break;                                                             \
        if ((list).last)                                                       \
            ((type *)(list).last)->next = item_;                               \
        else                                                                   \
            (list).first = item_;                                              \
        (list).last = item_;                                                   \
    } while (0)

/* Counts one more, and reports the first that is too many. */
static bool list_is_full(struct parser *p, struct list *list);

static struct type *declared_type(struct parser *p, struct type *base,
                                  const struct declarator *d);
static struct list fields_finish(struct parser *p, struct attr *attrs,
                                 struct type *type, struct field *names);
static struct field *field_new(struct parser *p, const struct declarator *d);
static struct decl *union_new(struct parser *p, const char *name,
                              struct loc loc, struct field *arms);
static struct decl *enumerator_new(struct parser *p, const char *name,
                                   struct loc loc, struct expr *value);
static struct decl *op_new(struct parser *p, struct type *returns,
                           const char *name, struct loc loc,
                           struct param *params);
static struct param *param_new(struct parser *p, struct attr *attrs,
                               enum direction dir, struct type *type,
                               const struct declarator *d);
static enum direction attr_direction(struct attr *attrs);
static struct right *right_new(struct parser *p, const char *name,
                               struct loc loc, struct expr *value);
static struct name_ref *ref_new(struct parser *p, struct name *name);
static struct attr *attr_new(struct parser *p, const char *name,
                             struct loc loc, struct attr_arg *args,
                             bool has_args);
static struct attr_arg *arg_new(struct parser *p, enum attr_arg_kind kind,
                                struct loc loc);
static struct decl *native_new(struct parser *p, const char *name,
                               struct loc loc, struct attr *attrs);
}

%token T_IMPORT "'import'" T_MODULE "'module'" T_INTERFACE "'interface'"
%token T_EXCEPTION "'exception'" T_CONST "'const'" T_TYPEDEF "'typedef'"
%token T_NATIVE "'native'" T_STRUCT "'struct'" T_UNION "'union'"
%token T_SWITCH "'switch'" T_CASE "'case'" T_DEFAULT "'default'"
%token T_ENUM "'enum'" T_FLAGS "'flags'" T_RIGHTS "'rights'"
%token T_SEQUENCE "'sequence'" T_STRING "'string'" T_CAP "'cap'"
%token T_FPAGE "'fpage'" T_ONEWAY "'oneway'" T_RAISES "'raises'"
%token T_IN "'in'" T_OUT "'out'" T_INOUT "'inout'" T_VOID "'void'"
%token T_BOOL "'bool'" T_CHAR "'char'" T_SCOPE "'::'" T_SHL "'<<'"
%token T_SHR "'>>'"
%token T_COMPONENT "'component'" T_SYSTEM "'system'" T_AS "'as'"
%token T_ARROW "'->'"
%token <number> T_UINT "an unsigned type" T_SINT "a signed type"
%token <number> T_NUMBER "a number"
%token <text> T_IDENT "a name" T_TEXT "a string" T_DECIMAL "a decimal number"
%token YYEOF 0 "the end of the file"

%type <list> defs body fields field_names enums enum_list params param_list
%type <list> attrs attr_list args arg_list rights right_list bases raises
%type <list> name_list clauses arms field_end
%type <clause> clause statement instance
%type <end> end
%type <label> labels label
%type <decl> def plain common export op import enumerator
%type <attr> attrs_opt attr native_arg
%type <list> native_args
%type <arg> arg
%type <param> param
%type <name> scoped
%type <expr> expr value_opt
%type <type> type value_type enum_base
%type <declarator> declarator param_declarator field_declarator
%type <dir> dir
%type <text> attr_name word word_opt arg_type

%left '|'
%left '^'
%left '&'
%left T_SHL T_SHR
%left '+' '-'
%left '*' '/' '%'
%precedence UNARY

%%

file: defs { p->decls = $defs.first; };

defs:
  %empty { $$ = (struct list){0}; }
| defs[l] def { $$ = $l; LIST_ADD(struct decl, $$, $def); }
| defs[l] ';' { $$ = $l; }
;

def:
  import
| attrs_opt plain
    {
        $$ = $plain;
        if ($$) {
            $$->attrs = $attrs_opt;
            $$->start = loc_start(@plain);
        }
    }
| error ';' { $$ = NULL; }
;

import: T_IMPORT T_TEXT[path] ';'
    {
        $$ = decl_new(p->arena, DECL_IMPORT, NULL, @path);
        $$->path = $path;
    }
;

plain:
  T_MODULE T_IDENT[name] '{' defs '}'
    {
        $$ = decl_new(p->arena, DECL_MODULE, $name, @name);
        $$->members = $defs.first;
    }
| T_INTERFACE T_IDENT[name] ';'
    {
        $$ = decl_new(p->arena, DECL_INTERFACE, $name, @name);
        $$->forward = true;
    }
| T_INTERFACE T_IDENT[name] bases '{' body '}'
    {
        $$ = decl_new(p->arena, DECL_INTERFACE, $name, @name);
        $$->bases = $bases.first;
        $$->members = $body.first;
    }
| common ';'
| T_COMPONENT T_IDENT[name] '{' clauses '}'
    {
        $$ = decl_new(p->arena, DECL_COMPONENT, $name, @name);
        $$->clauses = $clauses.first;
    }
| T_SYSTEM T_IDENT[name] '{' clauses '}'
    {
        $$ = decl_new(p->arena, DECL_SYSTEM, $name, @name);
        $$->clauses = $clauses.first;
    }
;

/* What stands in components and systems: statements that begin with a word.
 * What each of them means is known to check_component.c and check_system.c. */
clauses:
  %empty { $$ = (struct list){0}; }
| clauses[l] clause { $$ = $l; LIST_ADD(struct clause, $$, $clause); }
| clauses[l] ';' { $$ = $l; }
;

clause:
  attrs_opt statement ';'
    {
        $$ = $statement;
        $$->attrs = $attrs_opt;
    }
| instance
| error ';' { $$ = NULL; }
;

statement:
  T_IDENT[word] { $$ = clause_new(p->arena, $word, @word); }
| T_IDENT[word] T_AS T_IDENT[name]
    {
        $$ = clause_new(p->arena, $word, @word);
        clause_name($$, $name, @name);
    }
| T_IDENT[word] arg_list
    {
        $$ = clause_new(p->arena, $word, loc_join(@word, @arg_list));
        $$->args = $arg_list.first;
    }
| T_IDENT[word] arg_list T_IDENT[name]
    {
        $$ = clause_new(p->arena, $word, loc_join(@word, @name));
        $$->args = $arg_list.first;
        clause_name($$, $name, @name);
    }
| T_IDENT[word] arg_list T_AS T_IDENT[name]
    {
        $$ = clause_new(p->arena, $word, loc_join(@word, @name));
        $$->args = $arg_list.first;
        clause_name($$, $name, @name);
    }
| T_IDENT[word] end[from] T_ARROW end[to]
    {
        $$ = clause_new(p->arena, $word, loc_join(@word, @to));
        $$->arrow = true;
        $$->from = $from;
        $$->to = $to;
    }
;

end:
  T_IDENT[name] { $$ = (struct end){$name, @name, NULL, {0}}; }
| T_IDENT[name] '.' T_IDENT[port]
    { $$ = (struct end){$name, @name, $port, @port}; }
;

instance:
  T_COMPONENT T_IDENT[name] ';'
    { $$ = instance_new(p->arena, $name, @name); }
| T_COMPONENT T_IDENT[name] ':' scoped ';'
    {
        $$ = instance_new(p->arena, $name, @name);
        $$->type = $scoped;
    }
| T_COMPONENT T_IDENT[name] '{' clauses '}'
    {
        $$ = instance_new(p->arena, $name, @name);
        $$->clauses = $clauses.first;
    }
| T_COMPONENT T_IDENT[name] ':' scoped '{' clauses '}'
    {
        $$ = instance_new(p->arena, $name, @name);
        $$->type = $scoped;
        $$->clauses = $clauses.first;
    }
;

bases:
  %empty { $$ = (struct list){0}; }
| ':' name_list { $$ = $name_list; }
;

name_list:
  scoped
    {
        $$ = (struct list){0};
        LIST_ADD(struct name_ref, $$, ref_new(p, $scoped));
    }
| name_list[l] ',' scoped
    {
        $$ = $l;
        LIST_ADD(struct name_ref, $$, ref_new(p, $scoped));
    }
;

scoped:
  T_IDENT { $$ = name_new(p->arena, $T_IDENT, @T_IDENT); }
| T_SCOPE T_IDENT
    {
        $$ = name_new(p->arena, $T_IDENT, @T_IDENT);
        $$->absolute = true;
    }
| scoped[l] T_SCOPE T_IDENT
    {
        $$ = name_append($l, name_new(p->arena, $T_IDENT, @T_IDENT));
    }
;

common:
  T_CONST type T_IDENT[name] '=' expr
    {
        $$ = decl_new(p->arena, DECL_CONST, $name, @name);
        $$->type = $type;
        $$->value = $expr;
    }
| T_TYPEDEF type declarator[d]
    {
        $$ = decl_new(p->arena, DECL_TYPEDEF, $d.name, $d.loc);
        $$->type = declared_type(p, $type, &$d);
    }
| T_NATIVE T_IDENT[name] '(' native_args[args] ')'
    { $$ = native_new(p, $name, @name, $args.first); }
| T_ENUM T_IDENT[name] enum_base '{' enums '}'
    {
        $$ = decl_new(p->arena, DECL_ENUM, $name, @name);
        $$->type = $enum_base;
        $$->members = $enums.first;
    }
| T_FLAGS T_IDENT[name] enum_base '{' enums '}'
    {
        $$ = decl_new(p->arena, DECL_FLAGS, $name, @name);
        $$->type = $enum_base;
        $$->members = $enums.first;
    }
| T_STRUCT T_IDENT[name] '{' fields '}'
    {
        $$ = decl_new(p->arena, DECL_STRUCT, $name, @name);
        $$->fields = $fields.first;
    }
| T_EXCEPTION T_IDENT[name] '{' fields '}'
    {
        $$ = decl_new(p->arena, DECL_EXCEPTION, $name, @name);
        $$->fields = $fields.first;
    }
| T_UNION T_IDENT[name] T_SWITCH '(' type word_opt[tag] ')' word_opt[inner]
      '{' arms '}'
    {
        $$ = union_new(p, $name, @name, $arms.first);
        $$->tag->type = $type;
        if ($tag)
            $$->tag->name = $tag;
        if ($inner)
            $$->arms = $inner;
    }
| T_UNION T_IDENT[name] '{' fields '}'
    { $$ = union_new(p, $name, @name, $fields.first); }
;

word_opt:
  %empty { $$ = NULL; }
| word
;

arms:
  %empty { $$ = (struct list){0}; }
| arms[l] labels field_end[end]
    {
        struct field *f = $end.first;

        $$ = $l;
        if (f)
            f->labels = $labels;
        LIST_ADD(struct field, $$, f);
    }
| arms[l] error ';' { $$ = $l; }
;

labels:
  label
| label[l] labels[more] { $$ = $l; $$->next = $more; }
;

label:
  T_CASE expr ':'
    {
        $$ = arena_alloc(p->arena, sizeof *$$);
        $$->value = $expr;
        $$->loc = $expr->loc;
    }
| T_DEFAULT ':'
    {
        $$ = arena_alloc(p->arena, sizeof *$$);
        $$->loc = @T_DEFAULT;
    }
;

/* One arm, or none: `case 3: ;`. */
field_end:
  attrs_opt type field_declarator[d] ';'
    {
        $$ = fields_finish(p, $attrs_opt, $type, field_new(p, &$d));
    }
| ';'
    {
        struct field *f = arena_alloc(p->arena, sizeof *f);

        f->loc = @$;
        $$ = (struct list){f, f, 1};
    }
;

enum_base:
  %empty { $$ = type_int(p->arena, 4, false, @$); }
| ':' type { $$ = $type; }
;

enums:
  enum_list
| enum_list ','
;

enum_list:
  enumerator
    {
        $$ = (struct list){0};
        LIST_ADD(struct decl, $$, $enumerator);
    }
| enum_list[l] ',' enumerator
    {
        $$ = $l;
        LIST_ADD(struct decl, $$, $enumerator);
    }
;

enumerator: T_IDENT[name] value_opt
    { $$ = enumerator_new(p, $name, @name, $value_opt); }
;

value_opt:
  %empty { $$ = NULL; }
| '=' expr { $$ = $expr; }
;

fields:
  %empty { $$ = (struct list){0}; }
| fields[l] attrs_opt type field_names[names] ';'
    {
        struct list more =
            fields_finish(p, $attrs_opt, $type, $names.first);

        $$ = $l;
        for (struct field *f = more.first, *next; f; f = next) {
            next = f->next;
            f->next = NULL;
            LIST_ADD(struct field, $$, f);
        }
    }
| fields[l] attrs ';'
    {
        struct field *f = arena_alloc(p->arena, sizeof *f);

        f->loc = @attrs;
        f->attrs = $attrs.first;
        $$ = $l;
        LIST_ADD(struct field, $$, f);
    }
| fields[l] error ';' { $$ = $l; }
;

field_names:
  field_declarator[d]
    {
        $$ = (struct list){0};
        LIST_ADD(struct field, $$, field_new(p, &$d));
    }
| field_names[l] ',' field_declarator[d]
    {
        $$ = $l;
        LIST_ADD(struct field, $$, field_new(p, &$d));
    }
;

field_declarator: param_declarator
;

declarator:
  word
    { $$ = (struct declarator){$word, @word, NULL, 0, 0}; }
| declarator[d] '[' expr ']'
    {
        $$ = $d;
        $$.bound = $expr;
        if (++$$.dims == 2)
            diag_error(p->diag, DIAG_ARRAY_DIMENSIONS, @expr, "an array has one dimension; put the "
                                       "inner one into a struct");
    }
;

/* Behind a type, a keyword of ours that means nothing in C is a name. */
word:
  T_IDENT
| T_IMPORT { $$ = "import"; }
| T_MODULE { $$ = "module"; }
| T_INTERFACE { $$ = "interface"; }
| T_EXCEPTION { $$ = "exception"; }
| T_SEQUENCE { $$ = "sequence"; }
| T_STRING { $$ = "string"; }
| T_CAP { $$ = "cap"; }
| T_FPAGE { $$ = "fpage"; }
| T_ONEWAY { $$ = "oneway"; }
| T_RAISES { $$ = "raises"; }
| T_IN { $$ = "in"; }
| T_OUT { $$ = "out"; }
| T_INOUT { $$ = "inout"; }
;

type:
  T_VOID { $$ = type_new(p->arena, TYPE_VOID, @$); }
| value_type
;

value_type:
  T_BOOL { $$ = type_new(p->arena, TYPE_BOOL, @$); }
| T_CHAR { $$ = type_new(p->arena, TYPE_CHAR, @$); }
| T_UINT { $$ = type_int(p->arena, (uint32_t)$T_UINT, false, @$); }
| T_SINT { $$ = type_int(p->arena, (uint32_t)$T_SINT, true, @$); }
| T_FPAGE { $$ = type_new(p->arena, TYPE_FPAGE, @$); }
| T_FPAGE '<' T_IDENT[kind] '>'
    {
        $$ = type_new(p->arena, TYPE_FPAGE, @$);
        $$->io = strcmp($kind, "io") == 0;
        if (!$$->io && strcmp($kind, "mem") != 0)
            diag_error(p->diag, DIAG_SYNTAX, @kind,
                       "a flexpage is of 'mem' or of 'io'");
    }
| T_CAP { $$ = type_new(p->arena, TYPE_CAP, @$); }
| T_CAP '<' scoped '>'
    {
        $$ = type_new(p->arena, TYPE_CAP, @$);
        $$->name = $scoped;
    }
| scoped
    {
        $$ = type_new(p->arena, TYPE_NAMED, @$);
        $$->name = $scoped;
    }
| T_STRING { $$ = type_new(p->arena, TYPE_STRING, @$); }
| T_STRING '<' expr '>'
    {
        $$ = type_new(p->arena, TYPE_STRING, @$);
        $$->bound = $expr;
    }
| T_SEQUENCE '<' type[elem] '>'
    {
        $$ = type_new(p->arena, TYPE_SEQUENCE, @$);
        $$->elem = $elem;
    }
| T_SEQUENCE '<' type[elem] ',' expr '>'
    {
        $$ = type_new(p->arena, TYPE_SEQUENCE, @$);
        $$->elem = $elem;
        $$->bound = $expr;
    }
;

body:
  %empty { $$ = (struct list){0}; }
| body[l] export { $$ = $l; LIST_ADD(struct decl, $$, $export); }
| body[l] ';' { $$ = $l; }
;

export:
  attrs_opt op ';'
    {
        $$ = $op;
        $$->attrs = $attrs_opt;
        $$->start = loc_start(@op);
    }
| attrs_opt common ';'
    {
        $$ = $common;
        if ($$)
            $$->attrs = $attrs_opt;
    }
| attrs_opt T_RIGHTS '{' rights '}'
    {
        $$ = decl_new(p->arena, DECL_RIGHTS, NULL, @T_RIGHTS);
        $$->rights = $rights.first;
        $$->attrs = $attrs_opt;
    }
| attrs ';'
    {
        $$ = decl_new(p->arena, DECL_RESERVED, NULL, @attrs);
        $$->attrs = $attrs.first;
    }
| error ';' { $$ = NULL; }
;

op:
  type word[name] '(' params ')' raises
    {
        $$ = op_new(p, $type, $name, @name, $params.first);
        $$->raises = $raises.first;
    }
| T_ONEWAY type word[name] '(' params ')' raises
    {
        $$ = op_new(p, $type, $name, @name, $params.first);
        $$->raises = $raises.first;
        $$->oneway = true;
    }
;

raises:
  %empty { $$ = (struct list){0}; }
| T_RAISES '(' name_list ')' { $$ = $name_list; }
;

rights:
  right_list
| right_list ','
;

right_list:
  T_IDENT[name] '=' expr
    {
        $$ = (struct list){0};
        LIST_ADD(struct right, $$, right_new(p, $name, @name, $expr));
    }
| right_list[l] ',' T_IDENT[name] '=' expr
    {
        $$ = $l;
        LIST_ADD(struct right, $$, right_new(p, $name, @name, $expr));
    }
;

params:
  %empty { $$ = (struct list){0}; }
| T_VOID { $$ = (struct list){0}; }
| param_list
;

param_list:
  param { $$ = (struct list){0}; LIST_ADD(struct param, $$, $param); }
| param_list[l] ',' param
    {
        $$ = $l;
        LIST_ADD(struct param, $$, $param);
    }
;

param:
  attrs_opt dir type param_declarator[d]
    { $$ = param_new(p, $attrs_opt, $dir, $type, &$d); }
| attrs_opt value_type[type] param_declarator[d]
    {
        enum direction dir = attr_direction($attrs_opt);

        if (!dir) {
            diag_error(p->diag, DIAG_DIRECTION_MISSING, @type,
                       "a parameter needs a direction: 'in', 'out' or 'inout'");
            diag_fix(p->diag, loc_start(@type), "in ");
        }
        $$ = param_new(p, $attrs_opt, dir ? dir : DIR_IN, $type, &$d);
    }
;

param_declarator:
  declarator
| declarator[d] '[' ']'
    {
        $$ = $d;
        $$.pointers++;
    }
| '*' param_declarator[d]
    {
        $$ = $d;
        $$.pointers++;
    }
;

dir:
  T_IN { $$ = DIR_IN; }
| T_OUT { $$ = DIR_OUT; }
| T_INOUT { $$ = DIR_INOUT; }
;

attrs_opt:
  %empty { $$ = NULL; }
| attrs { $$ = $attrs.first; }
;

attrs:
  '[' attr_list ']' { $$ = $attr_list; }
| attrs[l] '[' attr_list ']'
    {
        $$ = $l;
        LIST_ADD(struct attr, $$, $attr_list.first);
        $$.last = $attr_list.last;
    }
;

attr_list:
  attr { $$ = (struct list){0}; LIST_ADD(struct attr, $$, $attr); }
| attr_list[l] ',' attr { $$ = $l; LIST_ADD(struct attr, $$, $attr); }
;

attr:
  attr_name { $$ = attr_new(p, $attr_name, @attr_name, NULL, false); }
| attr_name '(' args ')'
    { $$ = attr_new(p, $attr_name, @attr_name, $args.first, true); }
;

attr_name:
  T_IDENT
| T_ONEWAY { $$ = "oneway"; }
| T_IN { $$ = "in"; }
| T_OUT { $$ = "out"; }
| T_STRING { $$ = "string"; }
| T_CASE { $$ = "case"; }
| T_DEFAULT { $$ = "default"; }
;

args:
  %empty { $$ = (struct list){0}; }
| arg_list
;

arg_list:
  arg { $$ = (struct list){0}; LIST_ADD(struct attr_arg, $$, $arg); }
| arg_list[l] ',' arg { $$ = $l; LIST_ADD(struct attr_arg, $$, $arg); }
;

arg:
  expr { $$ = arg_new(p, ARG_EXPR, @$); $$->expr = $expr; }
| arg_type
    {
        $$ = arg_new(p, ARG_EXPR, @$);
        $$->expr = expr_name(p->arena, name_new(p->arena, $arg_type, @$));
    }
| T_TEXT { $$ = arg_new(p, ARG_STRING, @$); $$->text = $T_TEXT; }
| T_DECIMAL { $$ = arg_new(p, ARG_DECIMAL, @$); $$->text = $T_DECIMAL; }
;

/* A type as an argument is known by its name. */
arg_type:
  T_UINT
    { $$ = arena_printf(p->arena, "u%u", (unsigned)$T_UINT * 8); }
| T_SINT
    { $$ = arena_printf(p->arena, "s%u", (unsigned)$T_SINT * 8); }
| T_BOOL { $$ = "bool"; }
| T_CHAR { $$ = "char"; }
;

native_args:
  native_arg
    {
        $$ = (struct list){0};
        LIST_ADD(struct attr, $$, $native_arg);
    }
| native_args[l] ',' native_arg
    {
        $$ = $l;
        LIST_ADD(struct attr, $$, $native_arg);
    }
;

native_arg: T_IDENT[name] '=' arg
    { $$ = attr_new(p, $name, @name, $arg, true); }
;

expr:
  T_NUMBER { $$ = expr_number(p->arena, $T_NUMBER, @$); }
| scoped { $$ = expr_name(p->arena, $scoped); }
| '(' expr[e] ')' { $$ = $e; $$->loc = @$; }
| '-' expr[e] %prec UNARY { $$ = expr_unary(p->arena, '-', $e, @$); }
| '+' expr[e] %prec UNARY { $$ = expr_unary(p->arena, '+', $e, @$); }
| '~' expr[e] %prec UNARY { $$ = expr_unary(p->arena, '~', $e, @$); }
| expr[l] '*' expr[r] { $$ = expr_binary(p->arena, '*', $l, $r); }
| expr[l] '/' expr[r] { $$ = expr_binary(p->arena, '/', $l, $r); }
| expr[l] '%' expr[r] { $$ = expr_binary(p->arena, '%', $l, $r); }
| expr[l] '+' expr[r] { $$ = expr_binary(p->arena, '+', $l, $r); }
| expr[l] '-' expr[r] { $$ = expr_binary(p->arena, '-', $l, $r); }
| expr[l] T_SHL expr[r] { $$ = expr_binary(p->arena, OP_SHL, $l, $r); }
| expr[l] T_SHR expr[r] { $$ = expr_binary(p->arena, OP_SHR, $l, $r); }
| expr[l] '&' expr[r] { $$ = expr_binary(p->arena, '&', $l, $r); }
| expr[l] '^' expr[r] { $$ = expr_binary(p->arena, '^', $l, $r); }
| expr[l] '|' expr[r] { $$ = expr_binary(p->arena, '|', $l, $r); }
;

%%

static struct type *declared_type(struct parser *p, struct type *base,
                                  const struct declarator *d)
{
    struct type *t;

    if (d->dims == 0)
        return base;
    t = type_new(p->arena, TYPE_ARRAY, d->loc);
    t->elem = base;
    t->bound = d->bound;
    return t;
}

static bool list_is_full(struct parser *p, struct list *list)
{
    if (++list->count == LIST_MAX + 1)
        diag_error(p->diag, DIAG_LIST_LONG, (struct loc){p->src, p->at, p->at},
                   "more than %d of these in a row", LIST_MAX);
    return list->count > LIST_MAX;
}

/* The bound of an array is parked in a type of its own until the fields'
 * common type is known. */
static struct field *field_new(struct parser *p, const struct declarator *d)
{
    struct field *f = arena_alloc(p->arena, sizeof *f);

    f->name = d->name;
    f->loc = d->loc;
    f->pointers = d->pointers;
    f->type = d->dims ? declared_type(p, NULL, d) : NULL;
    return f;
}

/* Fields declared together get their type and attributes. */
static struct list fields_finish(struct parser *p, struct attr *attrs,
                                 struct type *type, struct field *names)
{
    struct list l = {names, NULL, 0};

    for (struct field *f = names; f; f = f->next) {
        struct declarator d = {f->name, f->loc, f->type ? f->type->bound : NULL,
                               f->type ? 1 : 0, f->pointers};

        f->attrs = attrs;
        f->type = declared_type(p, type, &d);
        l.last = f;
        l.count++;
    }
    return l;
}

/* In C, the tag and the arms are called `tag` and `u` if nothing is said. */
static struct decl *union_new(struct parser *p, const char *name,
                              struct loc loc, struct field *arms)
{
    struct decl *d = decl_new(p->arena, DECL_UNION, name, loc);

    d->fields = arms;
    d->tag = arena_alloc(p->arena, sizeof *d->tag);
    d->tag->name = "tag";
    d->tag->loc = loc;
    d->arms = "u";
    return d;
}

static struct decl *enumerator_new(struct parser *p, const char *name,
                                   struct loc loc, struct expr *value)
{
    struct decl *d = decl_new(p->arena, DECL_ENUMERATOR, name, loc);

    d->value = value;
    return d;
}

static struct decl *op_new(struct parser *p, struct type *returns,
                           const char *name, struct loc loc,
                           struct param *params)
{
    struct decl *d = decl_new(p->arena, DECL_OP, name, loc);

    d->returns = returns;
    d->params = params;
    return d;
}

static struct param *param_new(struct parser *p, struct attr *attrs,
                               enum direction dir, struct type *type,
                               const struct declarator *d)
{
    struct param *param = arena_alloc(p->arena, sizeof *param);

    param->name = d->name;
    param->loc = d->loc;
    param->attrs = attrs;
    param->dir = dir;
    param->pointers = d->pointers;
    param->type = declared_type(p, type, d);
    return param;
}

/* [in], [out] or [in, out]; 0 for none. */
static enum direction attr_direction(struct attr *attrs)
{
    unsigned dir = attr_find(attrs, "in") ? DIR_IN : 0;

    return (enum direction)(dir | (attr_find(attrs, "out") ? DIR_OUT : 0));
}

static struct right *right_new(struct parser *p, const char *name,
                               struct loc loc, struct expr *value)
{
    struct right *r = arena_alloc(p->arena, sizeof *r);

    r->name = name;
    r->loc = loc;
    r->value = value;
    return r;
}

static struct name_ref *ref_new(struct parser *p, struct name *name)
{
    struct name_ref *r = arena_alloc(p->arena, sizeof *r);

    r->name = name;
    return r;
}

static struct attr *attr_new(struct parser *p, const char *name,
                             struct loc loc, struct attr_arg *args,
                             bool has_args)
{
    struct attr *at = arena_alloc(p->arena, sizeof *at);

    at->name = name;
    at->loc = loc;
    at->args = args;
    at->has_args = has_args;
    return at;
}

static struct attr_arg *arg_new(struct parser *p, enum attr_arg_kind kind,
                                struct loc loc)
{
    struct attr_arg *arg = arena_alloc(p->arena, sizeof *arg);

    arg->kind = kind;
    arg->loc = loc;
    return arg;
}

/* size, align and header are kept as attributes of the type's own. */
static struct decl *native_new(struct parser *p, const char *name,
                               struct loc loc, struct attr *attrs)
{
    struct decl *d = decl_new(p->arena, DECL_NATIVE, name, loc);

    d->type = type_new(p->arena, TYPE_NATIVE, loc);
    d->native_args = attrs;
    return d;
}

/* Only called when the parser's stack is full. */
static void idl_error(struct loc *loc, void *scanner, struct parser *p,
                      const char *text)
{
    (void)scanner;
    (void)text;
    diag_error(p->diag, DIAG_NESTED, *loc, "nested too deeply");
}

enum { EXPECTED_MAX = 5 };

static int yyreport_syntax_error(const yypcontext_t *ctx, void *scanner,
                                 struct parser *p)
{
    yysymbol_kind_t want[EXPECTED_MAX];
    yysymbol_kind_t got = yypcontext_token(ctx);
    struct loc loc = *yypcontext_location(ctx);
    int n = yypcontext_expected_tokens(ctx, want, EXPECTED_MAX);
    const char *text = "unexpected ";
    const char *shown;

    (void)scanner;
    if (got == YYSYMBOL_YYEOF || !loc.src) {
        loc = (struct loc){p->src, p->at, p->at};
        shown = "the end of the file";
    } else {
        shown = arena_printf(p->arena, "'%.*s'",
                             (int)(loc.end - loc.begin > 40
                                       ? 40
                                       : loc.end - loc.begin),
                             p->src->text + loc.begin);
    }
    text = arena_printf(p->arena, "unexpected %s", shown);
    for (int i = 0; i < n && n < EXPECTED_MAX; i++) {
        const char *before = i == 0 ? ", expected " : ", ";

        if (i > 0 && i == n - 1)
            before = " or ";
        text = arena_printf(p->arena, "%s%s%s", text, before,
                            yysymbol_name(want[i]));
    }
    diag_error(p->diag, DIAG_SYNTAX, loc, "%s", text);
    return 0;
}

struct decl *parse_source(struct arena *a, struct diag *d, struct source *src)
{
    struct parser p = {.arena = a, .diag = d, .src = src};
    void *scanner;

    if (idl_lex_init_extra(&p, &scanner) != 0)
        arena_exhausted();
    idl__scan_bytes(src->text, (int)src->size, scanner);
    idl_parse(scanner, &p);
    idl_lex_destroy(scanner);
    return p.decls;
}
