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
#include "build.h"
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
static void idl_error(struct loc *loc, void *scanner, struct parser *p,
                      const char *text);

/* Remembers where the token in front of the next one ended. */
static int next_token(IDL_STYPE *value, IDL_LTYPE *loc, void *scanner,
                      struct parser *p)
{
    int token = idl_lex(value, loc, scanner);

    p->before = p->last;
    p->last = loc->end;
    return token;
}
#undef yylex
#define yylex(value, loc, scanner) next_token(value, loc, scanner, p)

#define YYMAXDEPTH 4000
#define YYLLOC_DEFAULT(cur, rhs, n)                                            \
    ((cur) = (n) ? loc_join(YYRHSLOC(rhs, 1), YYRHSLOC(rhs, n))                \
                 : (struct loc){YYRHSLOC(rhs, 0).src, YYRHSLOC(rhs, 0).end,    \
                                YYRHSLOC(rhs, 0).end})
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
%token <number> T_CWORD "a type of C"
%token T_WSTRING "'wstring'" T_REF "'ref'"
%token T_READONLY "'readonly'" T_ATTRIBUTE "'attribute'"
%token <number> T_NUMBER "a number"
%token <text> T_IDENT "a name" T_TEXT "a string" T_DECIMAL "a decimal number"
%token YYEOF 0 "the end of the file"

%type <list> defs body fields field_names enums enum_list params param_list
%type <list> attrs attr_list args arg_list rights right_list bases raises
%type <list> name_list clauses arms field_end
%type <clause> clause statement instance
%type <end> end
%type <label> labels label
%type <decl> record union_body
%type <number> c_words stars
%type <type> ptype plain_type
%type <list> typedef_names
%type <decl> def plain common export op import enumerator
%type <attr> attrs_opt attr native_arg
%type <list> native_args
%type <arg> arg
%type <param> param
%type <name> scoped instance_type
%type <expr> expr value_opt
%type <type> type value_type enum_base
%type <declarator> declarator param_declarator field_declarator
%type <dir> dir
%type <text> attr_name word word_opt arg_type

%precedence NO_SEMICOLON
%precedence ';'
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
  %empty { $$ = LIST_NONE; }
| defs[l] def { $$ = decls_add_all(p, $l, $def); }
| defs[l] ';' { $$ = $l; }
;

def:
  import
| attrs_opt plain
    {
        $$ = $plain;
        if ($$) {
            if ($attrs_opt)
                $$->attrs = $attrs_opt;
            $$->start = loc_start(@plain);
        }
    }
| error ';' { $$ = NULL; }
;

import: T_IMPORT T_TEXT[path] semicolon
    {
        $$ = decl_new(p->arena, DECL_IMPORT, NULL, @path);
        $$->path = $path;
    }
;

/* The older compilers do without, behind an import. */
semicolon:
  ';'
| %empty %prec NO_SEMICOLON
    {
        if (!p->dialect)
            diag_error(p->diag, DIAG_SYNTAX, @$, "expected ';'");
    }
;

plain:
  T_MODULE T_IDENT[name] '{' defs '}'
    { $$ = module_new(p, $name, @name, $defs.first); }
| T_INTERFACE T_IDENT[name] ';'
    {
        $$ = decl_new(p->arena, DECL_INTERFACE, $name, @name);
        $$->forward = true;
    }
| T_INTERFACE T_IDENT[name] bases '{' body '}'
    { $$ = interface_new(p, $name, @name, $bases.first, $body.first); }
| common ';'
| T_COMPONENT T_IDENT[name] '{' clauses '}'
    { $$ = parts_new(p, DECL_COMPONENT, $name, @name, $clauses.first); }
| T_SYSTEM T_IDENT[name] '{' clauses '}'
    { $$ = parts_new(p, DECL_SYSTEM, $name, @name, $clauses.first); }
;

/* What stands in components and systems: statements that begin with a word.
 * What each of them means is known to check_component.c and check_system.c. */
clauses:
  %empty { $$ = LIST_NONE; }
| clauses[l] clause { $$ = clauses_add(p, $l, $clause); }
| clauses[l] ';' { $$ = $l; }
;

clause:
  attrs_opt statement ';'
    {
        $$ = $statement;
        $$->attrs = $attrs_opt;
    }
| attrs_opt instance { $$ = instance_without(p, $attrs_opt, $instance); }
| error ';' { $$ = NULL; }
;

statement:
  T_IDENT[word] { $$ = statement_new(p, $word, @word, NULL); }
| T_IDENT[word] T_AS T_IDENT[name]
    {
        $$ = statement_new(p, $word, @word, NULL);
        clause_name($$, $name, @name);
    }
| T_IDENT[word] arg_list
    { $$ = statement_new(p, $word, @$, $arg_list.first); }
| T_IDENT[word] arg_list as_opt T_IDENT[name]
    {
        $$ = statement_new(p, $word, @$, $arg_list.first);
        clause_name($$, $name, @name);
    }
| T_IDENT[word] end[from] T_ARROW end[to]
    { $$ = arrow_new(p, $word, @$, $from, $to); }
;

as_opt:
  %empty
| T_AS
;

end:
  T_IDENT[name] { $$ = (struct end){$name, @name, NULL, {0}}; }
| T_IDENT[name] '.' T_IDENT[port]
    { $$ = (struct end){$name, @name, $port, @port}; }
;

instance:
  T_COMPONENT T_IDENT[name] instance_type ';'
    {
        $$ = instance_new(p->arena, $name, @name);
        $$->type = $instance_type;
    }
| T_COMPONENT T_IDENT[name] instance_type '{' clauses '}'
    {
        $$ = instance_new(p->arena, $name, @name);
        $$->type = $instance_type;
        $$->clauses = $clauses.first;
    }
;

instance_type:
  %empty { $$ = NULL; }
| ':' scoped { $$ = $scoped; }
;

bases:
  %empty { $$ = LIST_NONE; }
| ':' name_list { $$ = $name_list; }
;

name_list:
  scoped
    { $$ = refs_add(p, LIST_NONE, ref_new(p, $scoped)); }
| name_list[l] ',' scoped
    { $$ = refs_add(p, $l, ref_new(p, $scoped)); }
;

scoped:
  T_IDENT { $$ = name_new(p->arena, $T_IDENT, @T_IDENT); }
| T_SCOPE T_IDENT
    {
        $$ = name_new(p->arena, $T_IDENT, @T_IDENT);
        $$->absolute = true;
    }
| scoped[l] T_SCOPE T_IDENT
    { $$ = name_append($l, name_new(p->arena, $T_IDENT, @T_IDENT)); }
;

common:
  T_CONST type T_IDENT[name] '=' expr
    {
        $$ = decl_new(p->arena, DECL_CONST, $name, @name);
        $$->type = $type;
        $$->value = $expr;
    }
| T_TYPEDEF attrs_opt ptype typedef_names[names]
    { $$ = typedefs_new(p, $attrs_opt, $ptype, $names.first); }
| T_NATIVE T_IDENT[name] '(' native_args[args] ')'
    { $$ = native_new(p, $name, @name, $args.first); }
| record { $$ = record_named(p, $record, @record); }
| T_FLAGS T_IDENT[name] enum_base '{' enums '}'
    {
        $$ = decl_new(p->arena, DECL_FLAGS, $name, @name);
        $$->type = $enum_base;
        $$->members = $enums.first;
    }
| T_EXCEPTION T_IDENT[name] '{' fields '}'
    {
        $$ = decl_new(p->arena, DECL_EXCEPTION, $name, @name);
        $$->fields = $fields.first;
    }
;

typedef_names:
  param_declarator[d]
    { $$ = fields_add(p, LIST_NONE, field_new(p, &$d)); }
| typedef_names[l] ',' param_declarator[d]
    { $$ = fields_add(p, $l, field_new(p, &$d)); }
;

/* A type with fields, arms or values: declared on its own, or, as C has it,
 * where it is used. */
record:
  T_STRUCT T_IDENT[name] '{' fields '}'
    { $$ = struct_new(p, $name, @name, $fields.first); }
| T_STRUCT '{' fields '}'
    { $$ = struct_new(p, NULL, @T_STRUCT, $fields.first); }
| T_UNION T_IDENT[name] union_body
    { $$ = union_named($union_body, $name, @name); }
| T_UNION union_body
    { $$ = union_named($union_body, NULL, @T_UNION); }
| T_ENUM T_IDENT[name] enum_base '{' enums '}'
    { $$ = enum_new(p, $name, @name, $enum_base, $enums.first); }
| T_ENUM enum_base '{' enums '}'
    { $$ = enum_new(p, NULL, @T_ENUM, $enum_base, $enums.first); }
;

union_body:
  T_SWITCH '(' type word_opt[tag] ')' word_opt[inner] '{' arms '}'
    {
        $$ = union_new(p, @$, $arms.first);
        union_tag($$, $type, $tag, @tag, $inner);
    }
| '{' fields '}'
    { $$ = union_new(p, @$, $fields.first); }
;

word_opt:
  %empty { $$ = NULL; }
| word
;

arms:
  %empty { $$ = LIST_NONE; }
| arms[l] labels field_end[end]
    { $$ = fields_add(p, $l, arm_labelled(&$end, $labels)); }
| arms[l] error ';' { $$ = $l; }
;

labels:
  label
| label[l] labels[more] { $$ = $l; $$->next = $more; }
;

label:
  T_CASE expr ':' { $$ = label_new(p, $expr, $expr->loc); }
| T_DEFAULT ':' { $$ = label_new(p, NULL, @T_DEFAULT); }
;

/* One arm, or none: `case 3: ;`. */
field_end:
  attrs_opt ptype field_declarator[d] ';'
    { $$ = fields_finish(p, $attrs_opt, $ptype, field_new(p, &$d)); }
| ';' { $$ = fields_add(p, LIST_NONE, field_empty(p, NULL, @$)); }
;

enum_base:
  %empty { $$ = type_int(p->arena, 4, false, @$); }
| ':' plain_type { $$ = $plain_type; }
;

enums:
  enum_list
| enum_list ','
;

enum_list:
  enumerator
    { $$ = decls_add(p, LIST_NONE, $enumerator); }
| enum_list[l] ',' enumerator
    { $$ = decls_add(p, $l, $enumerator); }
;

enumerator: T_IDENT[name] value_opt
    { $$ = enumerator_new(p, $name, @name, $value_opt); }
;

value_opt:
  %empty { $$ = NULL; }
| '=' expr { $$ = $expr; }
;

fields:
  %empty { $$ = LIST_NONE; }
| fields[l] attrs_opt ptype field_names[names] ';'
    {
        $$ = fields_join(p, $l,
                         fields_finish(p, $attrs_opt, $ptype, $names.first));
    }
| fields[l] attrs ';'
    { $$ = fields_add(p, $l, field_empty(p, $attrs.first, @attrs)); }
| fields[l] error ';' { $$ = $l; }
;

field_names:
  field_declarator[d]
    { $$ = fields_add(p, LIST_NONE, field_new(p, &$d)); }
| field_names[l] ',' field_declarator[d]
    { $$ = fields_add(p, $l, field_new(p, &$d)); }
;

field_declarator:
  param_declarator
| param_declarator[d] ':' expr
    {
        $$ = $d;

        foreign_form(p, @expr, "a bit-field", "it takes all of its type");
    }
;

declarator:
  word
    { $$ = (struct declarator){.name = $word, .loc = @word}; }
| declarator[d] '[' expr ']'
    {
        $$ = $d;
        if (++$$.dims == 1)
            $$.bound = $expr;
        else
            add_dimension(p, &$$, $expr);
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
| T_REF type { $$ = reference_type(p, @$); }
| value_type
;

/* `const` in front of it is C's, and means nothing here. */
ptype:
  type
| T_CONST type { $$ = $2; }
;

stars:
  %empty { $$ = 0; }
| stars[n] '*' { $$ = $n + 1; }
;

c_words:
  T_CWORD
| c_words[l] T_CWORD[r] { $$ = $l + $r; }
;

value_type:
  plain_type
| record { $$ = record_type(p, $record, @record); }
| T_STRUCT T_IDENT[name] { $$ = tagged_type(p, "struct", $name, @$); }
| T_UNION T_IDENT[name] { $$ = tagged_type(p, "union", $name, @$); }
| T_ENUM T_IDENT[name] { $$ = tagged_type(p, "enum", $name, @$); }
;

plain_type:
  c_words { $$ = c_words_type(p, $c_words, @$); }
| c_words T_CHAR
    { $$ = type_int(p->arena, 1, $c_words == CWORD_SIGNED, @$); }
| c_words T_SINT[size]
    { $$ = c_sized_type(p, $c_words, (uint32_t)$size, @$); }
| T_WSTRING { $$ = wide_string_type(p, NULL, @$); }
| T_WSTRING '<' expr '>' { $$ = wide_string_type(p, $expr, @$); }
| T_BOOL { $$ = type_new(p->arena, TYPE_BOOL, @$); }
| T_CHAR { $$ = type_new(p->arena, TYPE_CHAR, @$); }
| T_UINT { $$ = type_int(p->arena, (uint32_t)$T_UINT, false, @$); }
| T_SINT { $$ = type_int(p->arena, (uint32_t)$T_SINT, true, @$); }
| T_FPAGE { $$ = type_new(p->arena, TYPE_FPAGE, @$); }
| T_FPAGE '<' T_IDENT[kind] '>' { $$ = fpage_type(p, $kind, @kind, @$); }
| T_CAP { $$ = cap_type(p, NULL, @$); }
| T_CAP '<' scoped '>' { $$ = cap_type(p, $scoped, @$); }
| scoped { $$ = named_type(p, $scoped, @$); }
| T_STRING { $$ = string_type(p, NULL, @$); }
| T_STRING '<' expr '>' { $$ = string_type(p, $expr, @$); }
| T_SEQUENCE '<' type[elem] '>' { $$ = sequence_type(p, $elem, NULL, @$); }
| T_SEQUENCE '<' type[elem] ',' expr '>'
    { $$ = sequence_type(p, $elem, $expr, @$); }
;

body:
  %empty { $$ = LIST_NONE; }
| body[l] export { $$ = decls_add_all(p, $l, $export); }
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
        if ($$ && $attrs_opt)
            $$->attrs = $attrs_opt;
    }
| attrs_opt T_ATTRIBUTE type word[name] ';'
    { $$ = attribute_new(p, $type, $name, @name, false); }
| attrs_opt T_READONLY T_ATTRIBUTE type word[name] ';'
    { $$ = attribute_new(p, $type, $name, @name, true); }
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
  type stars word[name] '(' params ')' raises
    {
        $$ = op_new(p, $type, $name, @name, $params.first);
        $$->pointers = (unsigned)$stars;
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
  %empty { $$ = LIST_NONE; }
| T_RAISES '(' name_list ')' { $$ = $name_list; }
;

rights:
  right_list
| right_list ','
;

right_list:
  T_IDENT[name] '=' expr
    { $$ = rights_add(p, LIST_NONE, right_new(p, $name, @name, $expr)); }
| right_list[l] ',' T_IDENT[name] '=' expr
    { $$ = rights_add(p, $l, right_new(p, $name, @name, $expr)); }
;

params:
  %empty { $$ = LIST_NONE; }
| T_VOID { $$ = LIST_NONE; }
| param_list
;

param_list:
  param { $$ = params_add(p, LIST_NONE, $param); }
| param_list[l] ',' param
    { $$ = params_add(p, $l, $param); }
;

param:
  attrs_opt dir ptype param_declarator[d]
    { $$ = param_new(p, $attrs_opt, $dir, $ptype, &$d); }
| attrs_opt value_type[type] param_declarator[d]
    { $$ = undirected_param(p, $attrs_opt, $type, &$d); }
| attrs_opt T_CONST value_type[type] param_declarator[d]
    { $$ = undirected_param(p, $attrs_opt, $type, &$d); }
| attrs T_VOID param_declarator[d]
    {
        $$ = undirected_param(p, $attrs.first,
                              type_new(p->arena, TYPE_VOID, @T_VOID), &$d);
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
    { $$ = attrs_join(p, $l, $attr_list); }
;

attr_list:
  attr { $$ = attrs_add(p, LIST_NONE, $attr); }
| attr_list[l] ',' attr { $$ = attrs_add(p, $l, $attr); }
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
| T_READONLY { $$ = "readonly"; }
| T_CASE { $$ = "case"; }
| T_DEFAULT { $$ = "default"; }
;

args:
  %empty { $$ = LIST_NONE; }
| arg_list
;

arg_list:
  arg { $$ = attr_args_add(p, LIST_NONE, $arg); }
| arg_list[l] ',' arg { $$ = attr_args_add(p, $l, $arg); }
;

arg:
  expr { $$ = arg_new(p, ARG_EXPR, @$); $$->expr = $expr; }
| arg_type
    {
        $$ = arg_new(p, ARG_EXPR, @$);
        $$->expr = expr_name(p->arena, name_new(p->arena, $arg_type, @$));
    }
| '*' expr { $$ = arg_new(p, ARG_EXPR, @$); $$->expr = $expr; }
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
| c_words T_CHAR { $$ = $c_words == CWORD_SIGNED ? "s8" : "u8"; }
| c_words
    {
        const struct type *t = c_words_type(p, $c_words, @$);

        $$ = arena_printf(p->arena, "%c%u", t->is_signed ? 's' : 'u',
                          (unsigned)t->size * 8);
    }
;

native_args:
  native_arg
    { $$ = attrs_add(p, LIST_NONE, $native_arg); }
| native_args[l] ',' native_arg
    { $$ = attrs_add(p, $l, $native_arg); }
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

/* Only called when the parser's stack is full. */
static void idl_error(struct loc *loc, void *scanner, struct parser *p,
                      const char *text)
{
    (void)scanner;
    (void)text;
    diag_error(p->diag, DIAG_NESTED, *loc, "nested too deeply");
}

static int yyreport_syntax_error(const yypcontext_t *ctx, void *scanner,
                                 struct parser *p)
{
    yysymbol_kind_t want[EXPECTED_MAX];
    const char *names[EXPECTED_MAX];
    yysymbol_kind_t got = yypcontext_token(ctx);
    int n = yypcontext_expected_tokens(ctx, want, EXPECTED_MAX);

    (void)scanner;
    for (int i = 0; i < n; i++)
        names[i] = yysymbol_name(want[i]);
    parser_unexpected(p, *yypcontext_location(ctx), got == YYSYMBOL_YYEOF,
                      names, n);
    return 0;
}
