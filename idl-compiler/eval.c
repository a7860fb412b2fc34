/* SPDX-License-Identifier: BSD-2-Clause */
#include "eval.h"

#include <inttypes.h>

#include "scope.h"

/* Wide enough that no operation on two values can overflow unnoticed. */
__extension__ typedef __int128 wide;

/* Deeper trees are not walked: the stack is finite. */
enum { DEPTH_MAX = 2000 };

const struct int_range range_any = {64, false};

static wide wide_of(struct value v)
{
    return v.negative ? (wide)(int64_t)v.bits : (wide)v.bits;
}

static bool wide_fits(wide w)
{
    return w >= (wide)INT64_MIN && w <= (wide)UINT64_MAX;
}

static struct value value_of(wide w)
{
    return (struct value){w < 0, (uint64_t)w};
}

bool value_fits(struct value v, struct int_range range)
{
    wide w = wide_of(v);
    wide one = 1;

    if (range.is_signed)
        return w >= -(one << (range.bits - 1)) && w < one << (range.bits - 1);
    return w >= 0 && w < one << range.bits;
}

int value_compare(struct value a, struct value b)
{
    wide x = wide_of(a);
    wide y = wide_of(b);

    return x < y ? -1 : x > y;
}

const char *value_text(struct arena *a, struct value v)
{
    if (v.negative)
        return arena_printf(a, "%" PRId64, (int64_t)v.bits);
    return arena_printf(a, "%" PRIu64, v.bits);
}

struct eval {
    struct idl *c;
    const struct decl *scope;
    struct int_range range;
};

static bool eval_wide(const struct eval *ev, const struct expr *e, wide *out);

static bool eval_name(const struct eval *ev, const struct expr *e, wide *out)
{
    struct decl *d =
        scope_resolve(ev->c, ev->scope, e->name, KINDS_VALUE, "constant");

    if (!d)
        return false;
    if (d->state != STATE_DONE) {
        diag_error(&ev->c->diag, DIAG_NAME_EARLY, e->loc,
                   "'%s' is used before its value is "
                   "known",
                   d->name);
        diag_note(&ev->c->diag, d->loc, "it is declared here");
        return false;
    }
    *out = wide_of(d->result);
    return true;
}

/* Of a value too large for the range, within 64 bits: the caller will find
 * that it does not fit. */
static wide complement(const struct eval *ev, wide v)
{
    uint64_t inverted = ~(uint64_t)v;

    if (ev->range.is_signed || v < 0)
        return -v - 1;
    if (v >> ev->range.bits)
        return inverted;
    return (((wide)1 << ev->range.bits) - 1) - v;
}

static bool eval_unary(const struct eval *ev, const struct expr *e, wide *out)
{
    wide v;

    if (!eval_wide(ev, e->left, &v))
        return false;
    switch (e->op) {
    case '-': v = -v; break;
    case '~': v = complement(ev, v); break;
    default: break;
    }
    *out = v;
    return true;
}

static bool eval_shift(const struct eval *ev, const struct expr *e, wide left,
                       wide right, wide *out)
{
    if (right < 0 || right > 63) {
        diag_error(&ev->c->diag, DIAG_EXPR_SHIFT, e->right->loc,
                   "a shift count lies between 0 and 63");
        return false;
    }
    if (e->op == OP_SHR)
        *out = left >> (int)right;
    else
        *out = left * ((wide)1 << (int)right);
    return true;
}

static bool eval_binary(const struct eval *ev, const struct expr *e, wide *out)
{
    wide l;
    wide r;

    if (!eval_wide(ev, e->left, &l) || !eval_wide(ev, e->right, &r))
        return false;
    if ((e->op == '/' || e->op == '%') && r == 0) {
        diag_error(&ev->c->diag, DIAG_EXPR_ZERO, e->right->loc,
                   "division by zero");
        return false;
    }
    switch (e->op) {
    case '*':
        /* Both factors have at most 64 bits, so this is the one operation
         * whose result can need all 128. */
        if (__builtin_mul_overflow(l, r, out))
            *out = (wide)1 << 100;
        break;
    case '/': *out = l / r; break;
    case '%': *out = l % r; break;
    case '+': *out = l + r; break;
    case '-': *out = l - r; break;
    case '&': *out = l & r; break;
    case '^': *out = l ^ r; break;
    case '|': *out = l | r; break;
    default: return eval_shift(ev, e, l, r, out);
    }
    return true;
}

static bool eval_wide(const struct eval *ev, const struct expr *e, wide *out)
{
    bool ok = false;

    if (e->depth > DEPTH_MAX) {
        diag_error(&ev->c->diag, DIAG_EXPR_OVERFLOW, e->loc,
                   "this expression is too long");
        return false;
    }
    switch (e->kind) {
    case EXPR_NUMBER: *out = (wide)e->number; return true;
    case EXPR_NAME: return eval_name(ev, e, out);
    case EXPR_UNARY: ok = eval_unary(ev, e, out); break;
    case EXPR_BINARY: ok = eval_binary(ev, e, out); break;
    }
    if (ok && !wide_fits(*out)) {
        diag_error(&ev->c->diag, DIAG_EXPR_OVERFLOW, e->loc,
                   "the result does not fit in 64 bits");
        return false;
    }
    return ok;
}

bool eval(struct idl *c, const struct decl *scope, const struct expr *e,
          struct int_range range, struct value *out)
{
    struct eval ev = {c, scope, range};
    wide w;

    if (!eval_wide(&ev, e, &w))
        return false;
    *out = value_of(w);
    return true;
}

bool eval_between(struct idl *c, const struct decl *scope, const struct expr *e,
                  uint64_t low, uint64_t high, const char *what, uint64_t *out)
{
    struct value v;

    if (!eval(c, scope, e, range_any, &v))
        return false;
    if (v.negative || v.bits < low || v.bits > high) {
        diag_error(&c->diag, DIAG_VALUE_RANGE, e->loc,
                   "%s lies between %" PRIu64 " and %" PRIu64 ", not %s", what,
                   low, high, value_text(&c->arena, v));
        return false;
    }
    *out = v.bits;
    return true;
}
