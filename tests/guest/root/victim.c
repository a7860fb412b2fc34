/* SPDX-License-Identifier: BSD-2-Clause */
/* Dies, in the way that its argument says. */
#include <assert.h>
#include <string.h>

#include <l4/env.h>
#include <l4/heap.h>
#include <l4/log.h>
#include <l4/services.h>
#include <l4/thread.h>

static const int constant[] = {7, 8, 9};
static volatile int data = 7;

/* Keeps the compiler from knowing what comes of an address. */
static void *hidden(uint64_t address)
{
    __asm__("" : "+r"(address));
    return (void *)(uintptr_t)address;
}

static void die_null(void)
{
    *(volatile int *)hidden(8) = 1;
}

static void die_jump(void)
{
    ((void (*)(void))hidden(0))();
}

static void die_wild(void)
{
    data = *(volatile int *)hidden(0x7000000000);
}

static void die_far(void)
{
    data = *(volatile int *)hidden(0x8000000000000000);
}

static void die_const(void)
{
    *(volatile int *)hidden((uint64_t)(uintptr_t)constant) = 1;
}

static void die_code(void)
{
    *(volatile int *)hidden((uint64_t)(uintptr_t)die_jump) = 1;
}

static void die_data(void)
{
    ((void (*)(void))hidden((uint64_t)(uintptr_t)&data))();
}

static void die_env(void)
{
    *(volatile int *)hidden(L4_ENV_ADDRESS) = 1;
}

static __attribute__((noinline)) int overflow(int depth)
{
    volatile char room[500];

    room[0] = (char)depth;
    return depth < 1000000 ? overflow(depth + 1) + room[0] : 0;
}

static void die_stack(void)
{
    data = overflow(0);
}

static void thread_main(void *arg)
{
    (void)arg;
    data = overflow(0);
}

static void die_thread(void)
{
    const l4_thread_attr_t attr = {.name = "digger"};
    static l4_thread_ctl_t thread;

    if (l4_thread_create(&thread, thread_main, NULL, &attr) != 0)
        l4_exit(1);
    (void)l4_thread_join(&thread);
}

static void die_memory(void)
{
    for (;;) {
        volatile char *piece = malloc(4096);

        if (!piece)
            l4_exit(2);
        piece[0] = 1;
    }
}

/* Spreads over the address space until the page tables cost too much. */
static void die_tables(void)
{
    root_program_t root = {L4_CAP_PROGRAM};
    uint64_t address = 0x40000000;

    for (unsigned i = 0; i < 1000; i++, address += 0x40000000) {
        if (root_program_area_add(root, address, 4096, NULL) != 0)
            l4_exit(3);
        *(volatile char *)hidden(address) = 1;
        if (root_program_area_remove(root, address, NULL) != 0)
            l4_exit(4);
    }
}

static void die_divide(void)
{
    int high = 0;
    int low = 1;

    __asm__ volatile("idivl %2" : "+a"(low), "+d"(high) : "r"(0));
    data = low;
}

static void die_trap(void)
{
    __builtin_trap();
}

static void die_port(void)
{
    __asm__ volatile("outb %%al, $0x80" ::"a"(0));
}

static void die_halt(void)
{
    __asm__ volatile("hlt");
}

/* Division by zero, where the control word says that it traps. */
static void die_float(void)
{
    const uint16_t control = 0x037b;

    __asm__ volatile("fldcw %0; fld1; fldz; fdivrp; fwait" : : "m"(control));
}

static void die_assert(void)
{
    assert(data == 8);
}

static void die_heap(void)
{
    char *piece = malloc(32);
    static char *other;

    other = malloc(32);

    if (!other)
        l4_exit(5);
    free(piece);
    free(hidden((uint64_t)(uintptr_t)piece));
}

/* Not a death: ends by itself. */
static void die_not(void)
{
    l4_exit(0);
}

static const struct death {
    const char *name;
    void (*die)(void);
} deaths[] = {
    {"null", die_null},     {"jump", die_jump},     {"wild", die_wild},
    {"far", die_far},       {"const", die_const},   {"code", die_code},
    {"data", die_data},     {"env", die_env},       {"stack", die_stack},
    {"thread", die_thread}, {"memory", die_memory}, {"tables", die_tables},
    {"divide", die_divide}, {"trap", die_trap},     {"port", die_port},
    {"halt", die_halt},     {"float", die_float},   {"assert", die_assert},
    {"heap", die_heap},     {"not", die_not},
};

int main(void)
{
    const char *name = l4_env()->name;

    for (size_t i = 0; i < sizeof(deaths) / sizeof(deaths[0]); i++) {
        if (strcmp(deaths[i].name, name) == 0)
            deaths[i].die();
    }
    return 9;
}
