/* SPDX-License-Identifier: BSD-2-Clause */
#include <arch/irq.h>
#include <arch/ports.h>

#include <kernel/authority.h>
#include <kernel/factory.h>
#include <kernel/io.h>
#include <kernel/preempt.h>
#include <kernel/signal.h>
#include <kernel/thread.h>
#include <kernel/trace.h>

#include "objects_kernel.h"

_Alignas(OBJECT_ALIGN) struct device authority_device;
_Alignas(OBJECT_ALIGN) struct ports authority_ports;
_Alignas(OBJECT_ALIGN) struct console authority_console;

void authority_init(void)
{
    object_init(&authority_device.object, OBJECT_DEVICE, NULL);
    object_init(&authority_ports.object, OBJECT_PORTS, NULL);
    object_init(&authority_console.object, OBJECT_CONSOLE, NULL);
    object_init(&authority_trace.object, OBJECT_TRACE, NULL);
}

/* Hands a signal to the caller that has become an interrupt, unless `err`. */
static l4_err_t irq_deliver(struct signal *signal, l4_err_t err,
                            struct cap_dest *created)
{
    if (err) {
        object_kill(&signal->object);
        return err;
    }
    return cap_install(created, &signal->object,
                       cap_make(signal, OBJECT_SIGNAL, L4_RIGHTS_ALL, 0));
}

l4_err_t device_op_irq(struct device *self, struct invocation *inv,
                       uint32_t line, l4_device_irq_mode_t mode,
                       struct cap_dest *created)
{
    struct signal *signal = signal_new(inv->caller->task->object.factory);

    return signal ? irq_deliver(signal, signal_claim_line(signal, line, mode),
                                created)
                  : L4_EQUOTA;
}

l4_err_t device_op_msi(struct device *self, struct invocation *inv,
                       uint64_t *address, uint32_t *data,
                       struct cap_dest *created)
{
    struct signal *signal = signal_new(inv->caller->task->object.factory);

    return signal ? irq_deliver(signal, signal_claim_msi(signal, address, data),
                                created)
                  : L4_EQUOTA;
}

l4_err_t device_op_map(struct device *self, struct invocation *inv,
                       uint64_t phys, uint64_t address, uint8_t rights)
{
    if ((phys | address) & (L4_PAGE_SIZE - 1) || address >= L4_USER_END) {
        return L4_EINVAL;
    }
    if (!arch_phys_is_device(phys)) {
        return L4_EPERM;
    }
    return map_origin(inv->caller->task, address, phys, L4_PAGE_ORDER,
                      rights & (L4_MEM_R | L4_MEM_W), false);
}

/* Whether the capability covers `count` ports from `first`. */
static bool ports_covered(const struct invocation *inv, uint32_t first,
                          uint32_t count)
{
    uint32_t start = (uint32_t)(inv->label >> 16) & 0xffff;
    uint32_t size = (uint32_t)(inv->label >> 32);

    return count > 0 && first >= start && first + count <= start + size;
}

static l4_err_t ports_check(const struct invocation *inv, uint16_t port,
                            uint8_t size)
{
    if (size != 1 && size != 2 && size != 4) {
        return L4_EINVAL;
    }
    return ports_covered(inv, port, size) ? L4_OK : L4_EPERM;
}

l4_err_t ports_op_read(struct ports *self, struct invocation *inv,
                       uint16_t port, uint8_t size, uint32_t *value)
{
    l4_err_t err = ports_check(inv, port, size);

    if (!err) {
        *value = arch_port_read(port, size);
    }
    return err;
}

l4_err_t ports_op_write(struct ports *self, struct invocation *inv,
                        uint16_t port, uint8_t size, uint32_t value)
{
    l4_err_t err = ports_check(inv, port, size);

    if (!err) {
        arch_port_write(port, size, value);
    }
    return err;
}

l4_err_t ports_op_range(struct ports *self, struct invocation *inv,
                        uint16_t first, uint16_t count,
                        struct cap_dest *narrowed)
{
    if (!ports_covered(inv, first, count)) {
        return L4_EPERM;
    }
    return cap_derive(
        narrowed, inv->caller->task->table.nodes[inv->slot],
        cap_make(self, OBJECT_PORTS, inv->rights, PORTS_LABEL(first, count)));
}

l4_err_t ports_op_map(struct ports *self, struct invocation *inv,
                      uint16_t first, uint8_t order)
{
    if (first & ((1u << order) - 1)) {
        return L4_EINVAL;
    }
    if (!ports_covered(inv, first, 1u << order)) {
        return L4_EPERM;
    }
    return io_origin(inv->caller->task, first, order);
}

l4_err_t console_op_write(struct console *self, struct invocation *inv,
                          const uint8_t *text, uint32_t text_count)
{
    struct thread *t = inv->caller;

    for (uint32_t i = thread_progress(t); i < text_count; i++) {
        arch_console_putc((char)text[i]);
        if (i % 8 == 7 && i + 1 < text_count && preempt_point(1)) {
            thread_restart(t, i + 1);
        }
    }
    return L4_OK;
}
