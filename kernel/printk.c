/* SPDX-License-Identifier: BSD-2-Clause */
#include <arch/cpu.h>
#include <kernel/panic.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One conversion, as parsed from the format. */
struct conversion {
    unsigned width;
    bool zero;
    unsigned longs; /* 1: long or size_t, 2: long long */
    char kind;
};

static const char *conversion_parse(const char *f, struct conversion *c)
{
    *c = (struct conversion){0};
    if (*f == '0') {
        c->zero = true;
        f++;
    }
    while (*f >= '0' && *f <= '9') {
        c->width = c->width * 10 + (unsigned)(*f++ - '0');
    }
    while (*f == 'l' || *f == 'z') {
        c->longs++;
        f++;
    }
    c->kind = *f;
    return *f ? f + 1 : f;
}

static void pad(char with, unsigned from, unsigned to)
{
    for (; from < to; from++) {
        arch_console_putc(with);
    }
}

static void print_string(const char *s, unsigned width)
{
    unsigned n = 0;

    for (s = s ? s : "(null)"; *s; s++, n++) {
        arch_console_putc(*s);
    }
    pad(' ', n, width);
}

static void print_number(uint64_t value, unsigned base, bool negative,
                         const struct conversion *c)
{
    char digits[24];
    unsigned n = 0;

    do {
        digits[n++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value > 0);
    if (negative) {
        digits[n++] = '-';
    }
    pad(c->zero ? '0' : ' ', n, c->width);
    while (n > 0) {
        arch_console_putc(digits[--n]);
    }
}

static void print_integer(const struct conversion *c, va_list *args)
{
    uint64_t value;

    if (c->kind == 'd') {
        int64_t v = c->longs ? va_arg(*args, long) : va_arg(*args, int);
        print_number(v < 0 ? -(uint64_t)v : (uint64_t)v, 10, v < 0, c);
        return;
    }
    value =
        c->longs ? va_arg(*args, unsigned long) : va_arg(*args, unsigned int);
    print_number(value, c->kind == 'x' ? 16 : 10, false, c);
}

void vprintk(const char *format, va_list args)
{
    va_list copy;

    va_copy(copy, args);
    for (const char *f = format; *f;) {
        struct conversion c;
        if (*f != '%') {
            arch_console_putc(*f++);
            continue;
        }
        f = conversion_parse(f + 1, &c);
        switch (c.kind) {
        case 's': print_string(va_arg(copy, const char *), c.width); break;
        case 'c': arch_console_putc((char)va_arg(copy, int)); break;
        case 'p':
            c.kind = 'x';
            c.longs = 1;
            print_integer(&c, &copy);
            break;
        case 'd':
        case 'u':
        case 'x': print_integer(&c, &copy); break;
        default: arch_console_putc(c.kind ? c.kind : '%'); break;
        }
    }
    va_end(copy);
}

void printk(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vprintk(format, args);
    va_end(args);
}

void panic(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    printk("\nkernel panic: ");
    vprintk(format, args);
    printk("\n");
    va_end(args);
    arch_panic();
}
