/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Switches the machine off, or resets it: `power off`, `power reset`. Needs
 * device memory, to read the firmware's tables, and I/O ports.
 */
#include <string.h>

#include <l4/acpi.h>
#include <l4/env.h>
#include <l4/log.h>
#include <l4/objects.h>
#include <l4/slots.h>
#include <l4/thread.h>

/* Where a page of the tables is looked at. */
#define WINDOW ((uint64_t)0x50000000)

#define MODE_ON 1u

#define PATIENCE_NS 3000000000ull

#define KEYBOARD_PORT 0x64
#define KEYBOARD_RESET 0xfe

static l4_device_t device;
static l4_ports_t ports;
static uint64_t shown; /* the page in the window, 0: none */

static bool page_show(uint64_t page)
{
    const l4_fpage_t window =
        l4_fpage_mem(WINDOW, L4_PAGE_ORDER, L4_RIGHTS_ALL);

    if (shown == page && page != 0)
        return true;
    l4_unmap(&window, 1);
    shown = page;
    return l4_device_map(device, page, WINDOW, L4_MEM_R, NULL) == L4_OK;
}

static bool physical_read(void *data, uint64_t phys, void *to, size_t size)
{
    (void)data;
    if (!page_show(phys & ~(L4_PAGE_SIZE - 1)))
        return false;
    memcpy(to, (const char *)WINDOW + phys % L4_PAGE_SIZE, size);
    return true;
}

static void port_write(uint16_t port, uint8_t size, uint32_t value)
{
    if (l4_ports_write(ports, port, size, value, NULL))
        l4_log(L4_LOG_ERROR, "no access to port %x", port);
}

static void power_off(const l4_acpi_power_t *how)
{
    uint32_t mode = 0;

    l4_log(L4_LOG_INFO, "switching off: port %x", how->off_port_a);
    if (l4_ports_read(ports, how->off_port_a, 2, &mode, NULL) == L4_OK &&
        !(mode & MODE_ON) && how->mode_port)
        port_write(how->mode_port, 1, how->mode_value);
    port_write(how->off_port_a, 2, how->off_value_a);
    if (how->off_port_b)
        port_write(how->off_port_b, 2, how->off_value_b);
}

/* Where the tables know no way, as on older PCs, the keyboard controller pulls
 * the line. */
static void power_reset(const l4_acpi_power_t *how)
{
    uint16_t port = how->reset_port ? how->reset_port : KEYBOARD_PORT;

    l4_log(L4_LOG_INFO, "resetting: port %x", port);
    port_write(port, 1, how->reset_port ? how->reset_value : KEYBOARD_RESET);
}

int main(int argc, char **argv)
{
    bool off = argc == 2 && strcmp(argv[1], "off") == 0;
    l4_acpi_power_t how;

    device.cap = l4_env_cap("device");
    ports.cap = l4_env_cap("ports");
    if (l4_acpi_power(physical_read, NULL, &how)) {
        l4_log(L4_LOG_ERROR, "the firmware has no valid ACPI tables");
        return 1;
    }
    if (off && how.off_port_a)
        power_off(&how);
    else if (!off)
        power_reset(&how);
    /* The machine need not go at once. */
    l4_sleep(PATIENCE_NS);
    l4_log(L4_LOG_INFO, "nothing happens");
    return 2;
}
