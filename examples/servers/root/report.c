/* SPDX-License-Identifier: BSD-2-Clause */
#include <l4/log.h>

#include "memory.h"
#include "print.h"
#include "report.h"

#define VECTOR_PAGE_FAULT 14u

/* How many calls are followed, and how many of them listed. */
#define CALLS_MAX 100000u
#define LINES_MAX 16u

/* How the report calls an exception that is no page fault. */
static const char *exception_cause(uint32_t vector)
{
    switch (vector) {
    case 0: return "division by zero, or its result is too large";
    case 1: return "debug trap";
    case 3: return "breakpoint";
    case 6: return "illegal instruction, or __builtin_trap()";
    case 7: return "no memory for its FPU state in its kernel quota";
    case 12: return "bad stack address";
    case 13:
        return "privileged instruction, I/O port without authority, or "
               "non-canonical address";
    case 16:
    case 19: return "floating-point error";
    case 17: return "misaligned access";
    default: return "exception";
    }
}

static const char *access_name(uint64_t access)
{
    if (access & L4_MEM_W)
        return "write to";
    return access & L4_MEM_X ? "execution at" : "read of";
}

/* Why the page at an address that may be accessed could not be had. */
static const char *page_cause(struct program *p, const struct exception *e)
{
    struct place place;

    switch (memory_page(p, e->address, (unsigned)e->error & 7, &place)) {
    case L4_EQUOTA: return "out of memory: its quota is used up";
    case L4_ENOMEM: return "out of memory: the machine has no more";
    default: return "out of kernel memory for its page tables and mappings";
    }
}

static const char *fault_cause(struct program *p, const struct exception *e)
{
    unsigned rights;

    switch (memory_at(p, e->address, &rights)) {
    case MEMORY_NULL: return "null pointer dereference";
    case MEMORY_GUARD: return "stack overflow";
    case MEMORY_NONE: return "access to an address where it has no memory";
    default: break;
    }
    if ((e->error & ~(uint64_t)rights) == 0)
        return page_cause(p, e);
    if (e->error & L4_MEM_W)
        return "write to read-only memory";
    return e->error & L4_MEM_X ? "execution of data" : "forbidden access";
}

/* Formats an address with its function; `back` is 1 for a return address,
 * which may lie just behind the function that made the call. */
static const char *place_name(const struct program *p, uint64_t address,
                              unsigned back, char *buffer, size_t size)
{
    uint64_t offset;
    const char *name = elf_symbol_at(&p->elf, address - back, &offset);

    if (name)
        l4_format(buffer, size, "%s+0x%lx", name,
                  (unsigned long)(offset + back));
    else
        l4_format(buffer, size, "(no function known there)");
    return buffer;
}

static void print_call(const struct program *p, unsigned depth,
                       uint64_t address, unsigned back)
{
    char place[96];

    print("  #%-2u 0x%08lx  %s\n", depth, (unsigned long)address,
          place_name(p, address, back, place, sizeof(place)));
}

/* The caller of the function that has the frame at *frame: goes to its frame,
 * and returns the address it goes on at; 0 if there is no more to be found. */
static uint64_t caller_of(const struct program *p, uint64_t *frame)
{
    uint64_t next;
    uint64_t address;

    if (!memory_read(p, *frame, &next) || !memory_read(p, *frame + 8, &address))
        return 0;
    /* Stacks grow down: what does not lead up is no chain of frames. */
    *frame = next > *frame ? next : 1;
    return address;
}

/* Follows the chain of frame pointers. Calls of the same place by itself, as
 * of a recursion, are counted and not listed. */
static void print_calls(const struct program *p, const l4_regs_t *regs)
{
    uint64_t frame = regs->rbp;
    uint64_t last = 0;
    uint64_t address;
    unsigned depth = 1;
    unsigned repeated = 0;

    print_call(p, 0, regs->rip, 0);
    for (unsigned lines = 1; lines < LINES_MAX && depth < CALLS_MAX; depth++) {
        address = caller_of(p, &frame);
        if (address && address == last) {
            repeated++;
            continue;
        }
        if (repeated)
            print("      ... the same %u times more\n", repeated);
        if (!address)
            return;
        repeated = 0;
        print_call(p, depth, address, 1);
        last = address;
        lines++;
    }
    print("      ... and more\n");
}

static void print_regs(const l4_regs_t *r)
{
    print("  rax %016lx  rbx %016lx  rcx %016lx  rdx %016lx\n"
          "  rsi %016lx  rdi %016lx  rbp %016lx  rsp %016lx\n",
          (unsigned long)r->rax, (unsigned long)r->rbx, (unsigned long)r->rcx,
          (unsigned long)r->rdx, (unsigned long)r->rsi, (unsigned long)r->rdi,
          (unsigned long)r->rbp, (unsigned long)r->rsp);
    print("  r8  %016lx  r9  %016lx  r10 %016lx  r11 %016lx\n"
          "  r12 %016lx  r13 %016lx  r14 %016lx  r15 %016lx\n"
          "  rip %016lx  flags %08lx\n",
          (unsigned long)r->r8, (unsigned long)r->r9, (unsigned long)r->r10,
          (unsigned long)r->r11, (unsigned long)r->r12, (unsigned long)r->r13,
          (unsigned long)r->r14, (unsigned long)r->r15, (unsigned long)r->rip,
          (unsigned long)r->rflags);
}

static void print_thread(const struct program *p, uint64_t utcb)
{
    const char *name = program_thread(p, utcb);

    if (name)
        print("  thread  %s\n", name);
    else
        print("  thread  with its UTCB at 0x%lx\n", (unsigned long)utcb);
}

void report_death(struct program *p, const struct exception *e)
{
    bool fault = e->vector == VECTOR_PAGE_FAULT;
    char place[96];

    print("\n==== program %s died: %s\n", p->name,
          fault ? fault_cause(p, e) : exception_cause(e->vector));
    print_thread(p, e->regs->gs_base);
    if (fault)
        print("  access  %s 0x%lx\n", access_name(e->error),
              (unsigned long)e->address);
    else
        print("  vector  %u, error code 0x%lx\n", e->vector,
              (unsigned long)e->error);
    print("  at      0x%lx  %s\n", (unsigned long)e->regs->rip,
          place_name(p, e->regs->rip, 0, place, sizeof(place)));
    print("  memory  %lu of %lu KiB\n",
          (unsigned long)(program_memory(p) / 1024),
          (unsigned long)(p->plan->memory / 1024));
    print_regs(e->regs);
    print_calls(p, e->regs);
    print("====\n\n");
}
