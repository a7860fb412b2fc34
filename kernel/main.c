/* SPDX-License-Identifier: BSD-2-Clause */
/* From the boot loader's information to root's first instruction. */
#include <l4/root.h>

#include <arch/boot.h>
#include <arch/timer.h>
#include <arch/upcall.h>

#include <kernel/authority.h>
#include <kernel/factory.h>
#include <kernel/info.h>
#include <kernel/invocation.h>
#include <kernel/panic.h>
#include <kernel/sched.h>
#include <kernel/thread.h>
#include <kernel/trace.h>

#define MIB (1024 * 1024ull)
#define POOL_DEFAULT (16 * MIB)
#define POOL_MIN (1 * MIB)
#define ROOT_PRIORITY 200

static void must(l4_err_t err, const char *what)
{
    if (err) {
        panic("boot: %s failed (%d): more pool= on the command line?", what,
              err);
    }
}

/* The value of `pool=` in MiB on the command line, in bytes. */
static uint64_t pool_size(const struct boot_info *bi)
{
    const char *p;
    uint64_t mib = 0;

    if (!boot_option(bi, "pool=", &p)) {
        return POOL_DEFAULT;
    }
    for (; *p >= '0' && *p <= '9' && mib < 1 << 20; p++) {
        mib = mib * 10 + (unsigned)(*p - '0');
    }
    return mib * MIB < POOL_MIN ? POOL_MIN : mib * MIB;
}

/* Sets the pool up at the end of the highest RAM that can hold it, and takes
 * it out of what root gets. */
static void pool_place(struct l4_ram *ram, const struct boot_info *bi)
{
    uint64_t size = pool_size(bi);
    uint64_t start = ram_take_top(ram, bi, size);

    if (!start) {
        panic("boot: no %llu MiB of free RAM in one piece for the kernel's "
              "pool: give the machine more memory, or less with pool=",
              (unsigned long long)(size / MIB));
    }
    factory_init(phys_to_virt(start), size);
}

static const l4_root_header_t *root_header(const struct boot_module *m)
{
    const l4_root_header_t *h = phys_to_virt(m->start);
    uint64_t end = L4_ROOT_IMAGE + ((m->size + 0xfff) & ~0xfffull);

    if (m->size < sizeof(*h) || h->magic != L4_ROOT_MAGIC) {
        panic("boot: module 0 (\"%s\") is not a root image", m->cmdline);
    }
    if ((h->rx_end | h->end) & 0xfff || h->rx_end <= L4_ROOT_IMAGE ||
        h->rx_end > h->end || h->end != end || h->entry < L4_ROOT_IMAGE ||
        h->entry >= h->rx_end || h->stack <= L4_ROOT_IMAGE ||
        h->stack > h->end) {
        panic("boot: root's image (\"%s\", %llu bytes) has a damaged header",
              m->cmdline, (unsigned long long)m->size);
    }
    return h;
}

static void map_image(struct task *root, const struct boot_module *m,
                      const l4_root_header_t *h)
{
    for (uint64_t va = L4_ROOT_IMAGE; va < h->end; va += L4_PAGE_SIZE) {
        unsigned rights =
            va < h->rx_end ? L4_MEM_R | L4_MEM_X : L4_MEM_R | L4_MEM_W;
        must(map_origin(root, va, m->start + (va - L4_ROOT_IMAGE),
                        L4_PAGE_ORDER, rights, true),
             "mapping root");
    }
}

/* Maps a range of RAM at L4_ROOT_RAM, in the largest leaves that fit. */
static void map_ram(struct task *root, uint64_t start, uint64_t end)
{
    while (start < end) {
        unsigned order = arch_ptab_has_1g() ? PTAB_ORDER_1G : PTAB_ORDER_2M;
        while (order > PTAB_ORDER_4K &&
               (start & ((1ull << order) - 1) || end - start < 1ull << order)) {
            order -= TABLE_BITS;
        }
        must(map_origin(root, L4_ROOT_RAM + start, start, order,
                        L4_MEM_R | L4_MEM_W | L4_MEM_X, true),
             "mapping RAM");
        start += 1ull << order;
    }
}

static void give(struct task *root, uint32_t slot, struct object *object,
                 void *target, uint64_t label)
{
    const struct cap_dest dest = {.task = root, .slot = slot};

    must(cap_install(&dest, object,
                     cap_make(target, object->type, L4_RIGHTS_ALL, label)),
         "root's capabilities");
}

static void give_all(struct task *root, struct thread *thread,
                     struct sched *sched)
{
    give(root, L4_ROOT_CAP_TASK, &root->object, root, 0);
    give(root, L4_ROOT_CAP_THREAD, &thread->object, thread, 0);
    give(root, L4_ROOT_CAP_SCHED, &sched->object, sched, 0);
    give(root, L4_ROOT_CAP_FACTORY, &factory_root.object, &factory_root, 0);
    give(root, L4_ROOT_CAP_DEVICE, &authority_device.object, &authority_device,
         0);
    give(root, L4_ROOT_CAP_PORTS, &authority_ports.object, &authority_ports,
         PORTS_LABEL(0, 0x10000));
    give(root, L4_ROOT_CAP_CONSOLE, &authority_console.object,
         &authority_console, 0);
    give(root, L4_ROOT_CAP_TRACE, &authority_trace.object, &authority_trace, 0);
}

static void root_start(struct boot_info *bi, const struct l4_ram *ram)
{
    const l4_root_header_t *h = root_header(&bi->modules[0]);
    struct task *task;
    struct thread *thread;
    struct sched *sched = sched_new(&factory_root, ROOT_PRIORITY);

    must(sched ? L4_OK : L4_EQUOTA, "root's context");
    must(task_new(&factory_root, L4_ROOT_TABLE_ORDER, &task), "root's task");
    must(thread_new(&factory_root, task, L4_ROOT_UTCB, &thread),
         "root's thread");
    map_image(task, &bi->modules[0], h);
    for (unsigned i = 0; i < ram->count; i++) {
        map_ram(task, ram->regions[i].start, ram->regions[i].end);
    }
    must(trace_boot(bi, task), "the trace of trace=");
    must(info_map(task, bi, ram), "the info page");
    give_all(task, thread, sched);
    name_set(task->name, "root", 4);
    name_set(thread->name, "main", 4);
    sched_attach(sched, thread);
    must(arch_regs_start(thread, h->entry, h->stack, 0), "root's entry");
    thread_wake(thread);
}

void kernel_main(struct boot_info *bi)
{
    struct l4_ram ram;

    if (bi->module_count == 0) {
        panic("boot: no modules: the first one has to be root's image");
    }
    ram_init(&ram, bi);
    pool_place(&ram, bi);
    authority_init();
    invoke_init();
    scheduler_init();
    printk("Almond: %llu MiB of RAM, kernel pool %llu KiB, TSC %u MHz\n",
           (unsigned long long)(ram_bytes(&ram) / MIB),
           (unsigned long long)factory_root.quota * 4,
           arch_clock().tsc_khz / 1000);
    root_start(bi, &ram);
    scheduler_leave();
}
