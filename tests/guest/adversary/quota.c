/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Quota exhaustion at every point of every path by which anything is made:
 * each is tried with 0 pages left, 1, 2, and so on until it works. What fails
 * says L4_EQUOTA and has used nothing; in the end all of it comes back.
 */
#include "victims.h"

#define QUOTA ((uint64_t)1 << 20)
#define PAGE L4_PAGE_SIZE
#define MOST 40u  /* pages that any of them needs */
#define TABLES 6u /* pages of tables that lead to an address */

#define FAR ((uint64_t)0x100000000000)  /* where there are no tables */
#define NEAR (L4_IMAGE_BASE + 0x100000) /* where there is one */

/* Slots of the poor, besides those of an attacker. */
enum {
    SLOT_MADE = ATTACKER_FREE,
    SLOT_GATE, /* to mint from */
    SLOT_DEVICE,
    SLOT_PORTS,
    SLOT_GIVEN
};

static const l4_factory_t own_factory = {ATTACKER_FACTORY};
static const l4_task_t own_task = {L4_CAP_TASK};
static struct attacker poor;

static l4_factory_info_t info_of(l4_factory_t f)
{
    l4_factory_info_t info = {0};

    MUST(l4_factory_info(f, &info, NULL));
    return info;
}

/* --- the paths: what the poor do themselves */

#define INTO_MADE KIT_INTO(SLOT_MADE)

static l4_err_t make_small_task(void)
{
    l4_task_t made;
    return l4_factory_create_task(own_factory, 4, &made, INTO_MADE);
}

static l4_err_t make_big_task(void)
{
    l4_task_t made;
    return l4_factory_create_task(own_factory, 12, &made, INTO_MADE);
}

static l4_err_t make_thread(void)
{
    l4_thread_t made;
    return l4_factory_create_thread(own_factory, own_task, FAR, &made,
                                    INTO_MADE);
}

static l4_err_t make_gate(void)
{
    const l4_thread_t self = {ATTACKER_SELF};
    l4_gate_t made;
    return l4_factory_create_gate(own_factory, self, 7, &made, INTO_MADE);
}

static l4_err_t make_sched(void)
{
    l4_sched_t made;
    return l4_factory_create_sched(own_factory, 3, &made, INTO_MADE);
}

static l4_err_t make_signal(void)
{
    l4_signal_t made;
    return l4_factory_create_signal(own_factory, &made, INTO_MADE);
}

static l4_err_t make_factory(void)
{
    l4_factory_t made;
    return l4_factory_create_factory(own_factory, 3 * PAGE, 3, &made,
                                     INTO_MADE);
}

static l4_err_t make_label(void)
{
    const l4_gate_t gate = {SLOT_GATE};
    l4_gate_t made;
    return l4_task_mint(own_task, gate, 99, 1, &made, INTO_MADE);
}

static l4_err_t make_vcpu(void)
{
    const l4_thread_t self = {ATTACKER_SELF};
    return l4_thread_make_vcpu(self, FAR, NULL);
}

static l4_err_t make_interrupt(void)
{
    const l4_device_t device = {SLOT_DEVICE};
    l4_signal_t made;
    return l4_device_irq(device, 8, L4_DEVICE_IRQ_MODE_DEFAULT, &made,
                         INTO_MADE);
}

static l4_err_t make_message(void)
{
    const l4_device_t device = {SLOT_DEVICE};
    uint64_t address;
    uint32_t data;
    l4_signal_t made;
    return l4_device_msi(device, &address, &data, &made, INTO_MADE);
}

static l4_err_t make_registers(void)
{
    const l4_device_t device = {SLOT_DEVICE};
    return l4_device_map(device, 0xfed00000, FAR, 1, NULL);
}

static l4_err_t make_ports(void)
{
    const l4_ports_t ports = {SLOT_PORTS};
    return l4_ports_map(ports, 0x70, 1, NULL);
}

static l4_err_t make_range(void)
{
    const l4_ports_t ports = {SLOT_PORTS};
    l4_ports_t made;
    return l4_ports_range(ports, 0x70, 1, &made, INTO_MADE);
}

/* --- and what main does to them */

static l4_err_t give_page(void)
{
    return kit_map(poor.task, l4_fpage_mem(attack_page(), 12, 3), FAR);
}

static l4_err_t give_cap(void)
{
    return kit_give(poor.task, L4_CAP_CONSOLE, SLOT_GIVEN, 1);
}

static l4_err_t give_away_cap(void)
{
    l4_signal_t signal = kit_signal();
    l4_err_t err = kit_map(poor.task, l4_fpage_cap(signal.cap, 0, 7),
                           (uint64_t)SLOT_GIVEN << 12 | L4_ITEM_GRANT);

    kit_drop(signal.cap);
    return err;
}

static const struct path {
    const char *name;
    l4_err_t (*make)(void);
    bool ours;   /* main does it */
    bool tables; /* what was made of its page tables stays */
} paths[] = {
    {"task", make_small_task, false, false},
    {"big task", make_big_task, false, false},
    {"thread", make_thread, false, true},
    {"gate", make_gate, false, false},
    {"context", make_sched, false, false},
    {"signal", make_signal, false, false},
    {"factory", make_factory, false, false},
    {"label", make_label, false, false},
    {"vCPU", make_vcpu, false, true},
    {"interrupt line", make_interrupt, false, false},
    {"interrupt message", make_message, false, false},
    {"registers", make_registers, false, true},
    {"ports", make_ports, false, false},
    {"range of ports", make_range, false, false},
    {"page", give_page, true, true},
    {"capability", give_cap, true, false},
    {"granted capability", give_away_cap, true, false},
};

/* --- how they are tried */

static const struct path *volatile tried;

static void live_poorly(struct worker *w)
{
    l4_words_t words;

    while (!l4_tag_err(l4_wait(&words, NULL, L4_TIME_NEVER))) {
        w->err = tried->make();
        w->out++;
    }
}

#define FOOD 64u

static l4_cap_t food[FOOD];
static unsigned food_count;

/* Uses up all but so many pages of the poor's quota. */
static void eat_all_but(uint64_t pages)
{
    for (food_count = 0; food_count < FOOD;) {
        l4_factory_info_t info = info_of(poor.factory);
        uint64_t left = (info.quota - info.used) / PAGE;
        l4_cap_t slot = kit_slot();
        l4_factory_t eaten;
        uint64_t want = left > pages ? left - pages : 0;
        while (want > 0 && l4_factory_create_factory(poor.factory, want * PAGE,
                                                     0, &eaten, KIT_INTO(slot)))
            want--;
        if (want == 0) {
            kit_drop(slot);
            return;
        }
        food[food_count++] = slot;
    }
}

/* Uses up what is left of pages that nodes are made of. */
static void eat_nodes(void)
{
    l4_fpage_t page = l4_fpage_mem(attack_page(), 12, 1);
    unsigned i = 0;

    while (i < 256 && !kit_map(poor.task, page, NEAR + i * PAGE))
        i++;
    CHECK(i < 256);
}

static void poor_make(bool nodes, uint64_t pages)
{
    static const struct {
        const char *name;
        l4_cap_t slot;
    } devices[] = {{"device", SLOT_DEVICE}, {"cmos", SLOT_PORTS}};

    attacker_make(&poor, QUOTA, KIT_HIGH);
    MUST(kit_give(poor.task, victim_gate.cap, SLOT_GATE, 7));
    for (unsigned i = 0; i < KIT_COUNT(devices); i++)
        MUST(kit_give(poor.task, l4_env_cap(devices[i].name), devices[i].slot,
                      L4_RIGHTS_ALL));
    worker_start(poor.worker, live_poorly);
    eat_all_but(0);
    if (nodes)
        eat_nodes();
    while (food_count > 0)
        kit_drop(food[--food_count]);
    eat_all_but(pages);
}

static void poor_end(void)
{
    worker_free(poor.worker);
    kit_drop(poor.task.cap);
    while (food_count > 0)
        kit_drop(food[--food_count]);
    CHECK_EQ(info_of(poor.factory).used, 0);
    CHECK_EQ(info_of(poor.factory).objects, 0);
    kit_drop(poor.factory.cap);
}

/* With so many pages left: whether it worked. */
static bool path_try(const struct path *p, bool nodes, uint64_t pages)
{
    l4_words_t none = {{0}};
    l4_factory_info_t before;
    l4_factory_info_t after;
    l4_err_t err;

    poor_make(nodes, pages);
    before = info_of(poor.factory);
    tried = p;
    if (p->ours) {
        err = p->make();
    } else {
        MUST(l4_send(poor.worker->gate.cap, L4_TAG(ATTACK_PROTO, 1, 0, 0),
                     &none, L4_TIME_NEVER));
        CHECK_EQ(poor.worker->out, 1);
        err = poor.worker->err;
    }
    after = info_of(poor.factory);
    if (err) {
        if (err != L4_EQUOTA || after.objects != before.objects ||
            after.used - before.used > (p->tables ? TABLES * PAGE : 0))
            kit_failed(p->name, (int)pages, "a clean failure",
                       (uint64_t)(int64_t)err, after.used - before.used);
    }
    victim_serves();
    poor_end();
    return err == 0;
}

static void path_run(bool nodes)
{

    for (unsigned i = 0; i < KIT_COUNT(paths); i++) {
        uint64_t pages = 0;
        while (pages < MOST && !path_try(&paths[i], nodes, pages))
            pages++;
        if (pages == MOST)
            kit_failed(paths[i].name, 0, "works at last", pages, 0);
    }
}

static void every_creation_path(void)
{
    path_run(false);
}

static void every_path_without_nodes(void)
{
    path_run(true);
}

/* --- vector state */

static void use_vectors(struct worker *w)
{
    __asm__ volatile("movq %%rax, %%xmm0" : : "a"(7));
    w->out = 1;
}

/* Uses vectors where there is no page left, and `others` threads before it
 * have used up blocks of a page: whether it had to be helped. */
static bool vectors_try(unsigned others)
{
    struct worker *more[4];
    l4_thread_info_t info = {0};
    bool poorly;

    attacker_make(&poor, QUOTA, KIT_HIGH);
    worker_factory = poor.factory;
    for (unsigned i = 0; i < others; i++)
        more[i] = worker_new(poor.task, KIT_HIGH);
    worker_factory = kit_factory;
    eat_all_but(0);
    worker_start(poor.worker, use_vectors);
    MUST(l4_thread_info(poor.worker->thread, &info, NULL));
    poorly = info.state == L4_THREAD_STATE_FAULTED;
    CHECK_EQ(poor.worker->out, !poorly);
    if (poorly) {
        CHECK_EQ(info.fault_vector, 7);
        kit_drop(food[--food_count]);
        MUST(l4_thread_resume(poor.worker->thread, NULL));
    }
    CHECK_EQ(poor.worker->out, 1);
    worker_join(poor.worker);
    while (others > 0)
        worker_free(more[--others]);
    poor_end();
    return poorly;
}

/* The state of the FPU is paid for, too: without quota its first use is an
 * exception, and works once there is some. */
static void vector_state(void)
{
    unsigned count = 0;

    for (unsigned others = 0; others <= 4; others++)
        count += vectors_try(others);
    CHECK(count > 0 && count < 5);
}

int main(void)
{
    static const struct kit_test tests[] = {
        KIT_TEST(every_creation_path),
        KIT_TEST(every_path_without_nodes),
        KIT_TEST(vector_state),
    };

    return attack_run("quota", tests, KIT_COUNT(tests));
}
