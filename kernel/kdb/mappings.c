/* SPDX-License-Identifier: BSD-2-Clause */
/* Capabilities, and the mapping database up and down. */
#include <l4/err.h>
#include <l4/fpage.h>

#include <arch/ptab.h>

#include <kernel/cap.h>
#include <kernel/mapdb.h>
#include <kernel/panic.h>
#include <kernel/task.h>

#include <kernel/kdb.h>

typedef unsigned long long ull;

static void print_cap(const struct task *t, uint32_t slot)
{
    const struct cap *cap = &t->table.caps[slot];

    printk("%5u  rights %x", slot, cap_rights(cap));
    if (cap_type(cap) == OBJECT_GATE) {
        printk(" label %llx", (ull)cap->label);
    }
    printk("  ");
    if (cap_type(cap) == OBJECT_REPLY) {
        printk("reply to ");
        kdb_print_thread(cap_target(cap), 0);
    } else {
        kdb_print_object(cap_object(cap));
    }
    printk("\n");
}

void kdb_caps(char **args)
{
    const struct task *t = kdb_find_task(args[0]);

    for (uint32_t i = 0; t && i < t->table.size; i++) {
        if (!cap_empty(&t->table.caps[i])) {
            print_cap(t, i);
        }
    }
}

static const char *rights_text(unsigned rights)
{
    static const char *const texts[] = {"---", "r--", "-w-", "rw-",
                                        "--x", "r-x", "-wx", "rwx"};

    return texts[rights & 7];
}

/* One entry, indented by its depth. */
static void print_node(const struct node *n, const struct node *asked)
{
    struct ptab_slot slot;

    if (node_depth(n) > MAPDB_DEPTH_MAX) {
        return; /* a marker */
    }
    printk("%c ", n == asked ? '>' : ' ');
    for (unsigned i = 0; i < node_depth(n) && i < 16; i++) {
        printk("  ");
    }
    printk("%s ", n->task->name);
    if (node_kind(n) == L4_FPAGE_CAP) {
        uint64_t at = node_base(n) >> 12;
        printk("slot %llu", (ull)at);
        if (at < n->task->table.size) {
            printk(" rights %x", cap_rights(&n->task->table.caps[at]));
        }
    } else {
        printk("at %llx, %llu KiB", (ull)node_base(n),
               (ull)(1ull << node_order(n)) / 1024);
        if (arch_ptab_find(&n->task->space, node_base(n), &slot)) {
            printk(" %s frame %llx", rights_text(arch_pte_rights(&slot)),
                   (ull)arch_pte_phys(&slot));
        }
    }
    printk("\n");
}

/* Those it was received from come first, then those who received it. */
static void print_family(const struct node *asked)
{
    const struct node *up[17];
    unsigned count = 0;
    const struct node *n = asked;

    while (n && count < 17) {
        const struct node *p = n->prev;
        up[count++] = n;
        while (p && node_depth(p) >= node_depth(n)) {
            p = p->prev;
        }
        n = p;
    }
    if (n) {
        printk("  (further up: not shown)\n");
    }
    while (count > 0) {
        print_node(up[--count], asked);
    }
    for (n = mapdb_next(asked, asked); n; n = mapdb_next(asked, n)) {
        print_node(n, asked);
    }
}

static const struct node *cap_node(const struct task *t, uint64_t slot)
{
    return slot < t->table.size ? t->table.nodes[slot] : NULL;
}

static const struct node *memory_node(struct task *t, uint64_t address)
{
    struct ptab_slot slot;

    if (address >= L4_USER_END || !arch_ptab_find(&t->space, address, &slot)) {
        return NULL;
    }
    return *ptab_node(&slot);
}

void kdb_mappings(char **args)
{
    struct task *t = kdb_find_task(args[0]);
    bool cap = t && args[1] && kdb_same(args[1], "cap");
    const struct node *n;
    uint64_t value;

    if (!t) {
        return;
    }
    if (!kdb_number(args[cap ? 2 : 1], &value)) {
        printk("a number is missing: map TASK ADDRESS, or map TASK cap SLOT\n");
        return;
    }
    n = cap ? cap_node(t, value) : memory_node(t, value);
    if (n) {
        print_family(n);
    } else {
        printk("nothing there that could be passed on\n");
    }
}
