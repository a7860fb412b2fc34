/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupts by messages, of QEMU's `edu` device. */
#include "kit.h"

#define EDU_ID 0x11e81234u
#define EDU_REGISTERS ((uint64_t)0x50000000)
#define EDU_RAISE (0x60 / 4)
#define EDU_ACK (0x64 / 4)

#define PCI_ADDRESS 0xcf8
#define PCI_DATA 0xcfc
#define PCI_COMMAND 0x04
#define PCI_BAR0 0x10
#define PCI_CAPABILITIES 0x34
#define COMMAND_ON 0x6 /* memory, bus master */
#define CAPABILITY_MSI 5
#define MSI_ON 0x10000u

#define LABEL 77

static l4_device_t device;
static l4_ports_t pci;
static uint32_t edu; /* its place in configuration space */
static volatile uint32_t *registers;
static l4_signal_t msi;

static uint32_t config_read(uint32_t at)
{
    uint32_t value = 0;

    MUST(l4_ports_write(pci, PCI_ADDRESS, 4, edu | at, NULL));
    MUST(l4_ports_read(pci, PCI_DATA, 4, &value, NULL));
    return value;
}

static void config_write(uint32_t at, uint32_t value)
{
    MUST(l4_ports_write(pci, PCI_ADDRESS, 4, edu | at, NULL));
    MUST(l4_ports_write(pci, PCI_DATA, 4, value, NULL));
}

static uint32_t capability_find(uint32_t id)
{
    uint32_t at = config_read(PCI_CAPABILITIES) & 0xfc;

    while (at != 0 && (config_read(at) & 0xff) != id)
        at = config_read(at) >> 8 & 0xfc;
    return at;
}

/* Waits a while for a signal: how often it was raised, 0 for not at all. */
static uint64_t fired(void)
{
    l4_words_t words = {{0}};
    uint64_t label = 0;

    l4_utcb()->wait_timeout = 200000000;
    l4_tag_t tag =
        kit_ipc(L4_PHASE_WAIT | L4_TAG_WAIT_TIMEOUT, 0, &words, &label);
    if (l4_tag_err(tag))
        return 0;
    CHECK_EQ(label, LABEL);
    return words.w[0];
}

static void test_find(void)
{
    for (edu = 0x80000000; edu < 0x80010000; edu += 0x800) {
        if (config_read(0) == EDU_ID)
            break;
    }
    if (edu == 0x80010000)
        kit_fatal(__FILE__, __LINE__, "no edu device", L4_ENOENT);
    MUST(l4_device_map(device, config_read(PCI_BAR0) & ~0xfffu, EDU_REGISTERS,
                       L4_MEM_R | L4_MEM_W, NULL));
    registers = (volatile uint32_t *)EDU_REGISTERS;
    CHECK_EQ(registers[0] & 0xffff, 0xed);
}

/* Neither RAM nor the kernel's own registers are a device's, and nothing is
 * mapped where no page can be. */
static void test_not_devices(void)
{
    static const uint64_t not_devices[] = {0x100000, 0x1000000, 0x8000000,
                                           0xfee00000, 0xfec00000};
    uint64_t at = EDU_REGISTERS + L4_PAGE_SIZE;
    uint64_t phys = config_read(PCI_BAR0) & ~0xfffu;

    for (unsigned i = 0; i < KIT_COUNT(not_devices); i++)
        CHECK_EQ(l4_device_map(device, not_devices[i], at, L4_MEM_R, NULL),
                 L4_EPERM);
    CHECK_EQ(l4_device_map(device, phys + 8, at, 1, NULL), L4_EINVAL);
    CHECK_EQ(l4_device_map(device, phys, at + 8, 1, NULL), L4_EINVAL);
    CHECK_EQ(l4_device_map(device, phys, L4_USER_END, 1, NULL), L4_EINVAL);
    CHECK_EQ(l4_device_map(device, phys, ~0xfffull, 1, NULL), L4_EINVAL);
}

static void test_deliver(void)
{
    uint32_t at = capability_find(CAPABILITY_MSI);
    l4_cap_t slot = kit_slot();
    uint64_t address = 0;
    uint32_t data = 0;

    CHECK(at != 0);
    MUST(l4_device_msi(device, &address, &data, &msi, KIT_INTO(slot)));
    CHECK_EQ(address >> 20, 0xfee);
    config_write(at + 4, (uint32_t)address);
    config_write(at + 8, (uint32_t)(address >> 32));
    config_write(at + 12, data);
    config_write(at, config_read(at) | MSI_ON);
    config_write(PCI_COMMAND, config_read(PCI_COMMAND) | COMMAND_ON);
    MUST(l4_signal_bind(msi, kit_main, LABEL, NULL));
    MUST(l4_signal_ack(msi, NULL));
    registers[EDU_RAISE] = 1;
    CHECK_EQ(fired(), 1);
}

/* What comes before the acknowledgement is delivered after it, once. */
static void test_masked(void)
{
    registers[EDU_ACK] = 1;
    registers[EDU_RAISE] = 2;
    registers[EDU_ACK] = 2;
    registers[EDU_RAISE] = 1;
    CHECK_EQ(fired(), 0);
    MUST(l4_signal_ack(msi, NULL));
    CHECK_EQ(fired(), 1);
    MUST(l4_signal_ack(msi, NULL));
    CHECK_EQ(fired(), 0);
}

/* A line that was given back stays silent, and can be had again. */
static void test_release(void)
{
    l4_cap_t slot = kit_slot();
    uint64_t address = 0;
    uint32_t data = 0;

    registers[EDU_ACK] = 1;
    kit_drop(msi.cap);
    registers[EDU_RAISE] = 1;
    CHECK_EQ(fired(), 0);
    MUST(l4_device_msi(device, &address, &data, &msi, KIT_INTO(slot)));
    MUST(l4_signal_bind(msi, kit_main, LABEL, NULL));
    MUST(l4_signal_ack(msi, NULL));
    registers[EDU_ACK] = 1;
    registers[EDU_RAISE] = 1;
    CHECK_EQ(fired(), 1);
    registers[EDU_ACK] = 1;
}

/* Vectors run out with an error, and come back. */
static void test_exhaust(void)
{
    static l4_cap_t slots[256];
    unsigned n = 0;
    l4_err_t err = L4_OK;

    for (; n < KIT_COUNT(slots); n++) {
        uint64_t address;
        uint32_t data;
        l4_signal_t s;
        slots[n] = l4_slot_alloc();
        if (slots[n] == L4_CAP_NONE)
            break;
        err = l4_device_msi(device, &address, &data, &s, KIT_INTO(slots[n]));
        if (err)
            break;
    }
    CHECK_EQ(err, L4_EBUSY);
    CHECK(n > 100);
    for (unsigned i = 0; i <= n; i++)
        l4_slot_free(slots[i]);
    test_release();
}

int main(void)
{
    static const struct kit_test tests[] = {
        KIT_TEST(test_find),    KIT_TEST(test_not_devices),
        KIT_TEST(test_deliver), KIT_TEST(test_masked),
        KIT_TEST(test_release), KIT_TEST(test_exhaust),
    };

    device.cap = l4_env_cap("device");
    pci.cap = l4_env_cap("pci");
    return kit_run("msi", tests, KIT_COUNT(tests));
}
