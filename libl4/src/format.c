/* SPDX-License-Identifier: BSD-2-Clause */
/* Formatted text, as l4/log.h says. */
#include <string.h>

#include <l4/log.h>

/* The largest width and precision. */
#define FIELD_MAX 100000

/* Where the text goes; `length` counts on past the end. */
struct sink {
    char *buffer;
    size_t size;
    size_t length;
};

/* One conversion, as written after the %. */
struct spec {
    bool left;
    bool zero;
    bool plus;
    bool space;
    bool alternative;
    int width;
    int precision; /* below 0: none */
    int size;      /* in bytes of an integer argument */
};

static void sink_put(struct sink *out, char c)
{
    if (out->length + 1 < out->size)
        out->buffer[out->length] = c;
    out->length++;
}

static void sink_fill(struct sink *out, char c, int count)
{
    while (count-- > 0)
        sink_put(out, c);
}

static void sink_text(struct sink *out, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        sink_put(out, text[i]);
}

/* Puts `text` into a field of the width wanted. */
static void put_field(struct sink *out, const struct spec *spec,
                      const char *text, size_t length)
{
    int pad = spec->width > (int)length ? spec->width - (int)length : 0;

    if (!spec->left)
        sink_fill(out, ' ', pad);
    sink_text(out, text, length);
    if (spec->left)
        sink_fill(out, ' ', pad);
}

static void put_string(struct sink *out, const struct spec *spec,
                       const char *text)
{
    size_t max = spec->precision < 0 ? SIZE_MAX : (size_t)spec->precision;

    if (!text)
        text = "(null)";
    put_field(out, spec, text, strnlen(text, max));
}

/* Puts a number: sign or prefix, zeros, digits. */
static void put_number(struct sink *out, const struct spec *spec,
                       uint64_t value, unsigned base, const char *prefix)
{
    const char *digit = base > 16 ? "0123456789ABCDEF" : "0123456789abcdef";
    char digits[24];
    int count = 0;
    int prefix_length = (int)strlen(prefix);
    int zeros;
    int pad;

    base = base > 16 ? 16 : base;
    for (uint64_t v = value; v || (!count && spec->precision != 0); v /= base)
        digits[sizeof(digits) - 1 - (size_t)count++] = digit[v % base];

    zeros = spec->precision > count ? spec->precision - count : 0;
    if (spec->zero && !spec->left && spec->precision < 0 &&
        spec->width > count + prefix_length)
        zeros = spec->width - count - prefix_length;
    pad = spec->width - zeros - count - prefix_length;
    if (!spec->left)
        sink_fill(out, ' ', pad);
    sink_text(out, prefix, (size_t)prefix_length);
    sink_fill(out, '0', zeros);
    sink_text(out, digits + sizeof(digits) - count, (size_t)count);
    if (spec->left)
        sink_fill(out, ' ', pad);
}

/* Reads flags; returns where the rest begins. */
static const char *parse_flags(const char *f, struct spec *spec)
{
    for (;; f++) {
        switch (*f) {
        case '-': spec->left = true; break;
        case '0': spec->zero = true; break;
        case '+': spec->plus = true; break;
        case ' ': spec->space = true; break;
        case '#': spec->alternative = true; break;
        default: return f;
        }
    }
}

/* Reads a number, bounded so that it cannot overflow. */
static const char *parse_number(const char *f, int *number)
{
    *number = 0;
    for (; *f >= '0' && *f <= '9'; f++) {
        *number = *number * 10 + (*f - '0');
        if (*number > FIELD_MAX)
            *number = FIELD_MAX;
    }
    return f;
}

static const char *parse_size(const char *f, struct spec *spec)
{
    spec->size = 4;
    switch (*f) {
    case 'h':
        spec->size = f[1] == 'h' ? 1 : 2;
        return f + (f[1] == 'h' ? 2 : 1);
    case 'l': spec->size = 8; return f + (f[1] == 'l' ? 2 : 1);
    case 'z':
    case 't':
    case 'j': spec->size = 8; return f + 1;
    default: return f;
    }
}

/* A va_list that can be passed on by pointer on every ABI. */
struct arguments {
    va_list list;
};

static int64_t arg_signed(struct arguments *args, int size)
{
    if (size == 8)
        return va_arg(args->list, int64_t);

    int value = va_arg(args->list, int);
    if (size == 1)
        return (signed char)value;
    return size == 2 ? (short)value : value;
}

static uint64_t arg_unsigned(struct arguments *args, int size)
{
    if (size == 8)
        return va_arg(args->list, uint64_t);

    unsigned value = va_arg(args->list, unsigned);
    if (size == 1)
        return (unsigned char)value;
    return size == 2 ? (unsigned short)value : value;
}

static void put_signed(struct sink *out, const struct spec *spec, int64_t value)
{
    const char *sign = spec->plus ? "+" : spec->space ? " " : "";

    if (value < 0)
        put_number(out, spec, -(uint64_t)value, 10, "-");
    else
        put_number(out, spec, (uint64_t)value, 10, sign);
}

static void put_unsigned(struct sink *out, const struct spec *spec,
                         uint64_t value, char conversion)
{
    bool prefix = spec->alternative && value;

    switch (conversion) {
    case 'x': put_number(out, spec, value, 16, prefix ? "0x" : ""); break;
    case 'X': put_number(out, spec, value, 17, prefix ? "0X" : ""); break;
    case 'o': put_number(out, spec, value, 8, prefix ? "0" : ""); break;
    default: put_number(out, spec, value, 10, ""); break;
    }
}

/* Carries out one conversion; false if there is none of that letter. */
static bool put_conversion(struct sink *out, struct spec *spec, char conversion,
                           struct arguments *args)
{
    char c;

    switch (conversion) {
    case 'd':
    case 'i': put_signed(out, spec, arg_signed(args, spec->size)); return true;
    case 'u':
    case 'x':
    case 'X':
    case 'o':
        put_unsigned(out, spec, arg_unsigned(args, spec->size), conversion);
        return true;
    case 'p':
        put_number(out, spec, (uint64_t)va_arg(args->list, uintptr_t), 16,
                   "0x");
        return true;
    case 'c':
        c = (char)va_arg(args->list, int);
        put_field(out, spec, &c, 1);
        return true;
    case 's':
        put_string(out, spec, va_arg(args->list, const char *));
        return true;
    case '%': sink_put(out, '%'); return true;
    default: return false;
    }
}

/* Reads and carries out what follows a %; returns where the text goes on. */
static const char *put_directive(struct sink *out, const char *f,
                                 struct arguments *args)
{
    const char *start = f;
    struct spec spec = {.precision = -1};

    f = parse_flags(f, &spec);
    if (*f == '*') {
        spec.width = va_arg(args->list, int);
        f++;
    } else {
        f = parse_number(f, &spec.width);
    }
    if (spec.width < 0) {
        spec.left = true;
        spec.width = spec.width < -FIELD_MAX ? FIELD_MAX : -spec.width;
    }
    if (*f == '.' && f[1] == '*') {
        spec.precision = va_arg(args->list, int);
        f += 2;
    } else if (*f == '.') {
        f = parse_number(f + 1, &spec.precision);
    }
    f = parse_size(f, &spec);
    if (*f && put_conversion(out, &spec, *f, args))
        return f + 1;
    sink_put(out, '%');
    sink_text(out, start, (size_t)(f - start));
    return f;
}

size_t l4_vformat(char *buffer, size_t size, const char *format, va_list list)
{
    struct sink out = {buffer, size, 0};
    struct arguments args;

    va_copy(args.list, list);
    while (*format) {
        if (*format == '%')
            format = put_directive(&out, format + 1, &args);
        else
            sink_put(&out, *format++);
    }
    va_end(args.list);
    if (size)
        buffer[out.length < size ? out.length : size - 1] = '\0';
    return out.length;
}

size_t l4_format(char *buffer, size_t size, const char *format, ...)
{
    va_list args;
    size_t length;

    va_start(args, format);
    length = l4_vformat(buffer, size, format, args);
    va_end(args);
    return length;
}
