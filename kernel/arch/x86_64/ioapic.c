/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interrupt lines. A level line is masked in the controller when it fires. An
 * edge line is not, because the controller forgets edges while it is masked:
 * here one that comes while the kernel holds it as masked is remembered, and
 * the controller masks it only then, so that it cannot come again and again.
 */
#include <arch/irq.h>
#include <arch/upcall.h>
#include <l4/err.h>

#include "apic.h"
#include "init.h"
#include "paging.h"
#include "x86.h"

#define LINES (VECTOR_TIMER - VECTOR_LINES)

/* Registers of the controller: an index and a window. */
#define REG_SELECT 0
#define REG_WINDOW (0x10 / 4)
#define REG_VERSION 1u
#define REG_REDIRECT 0x10u

#define REDIRECT_LOW 0x2000u
#define REDIRECT_LEVEL 0x8000u
#define REDIRECT_MASKED 0x10000u

/* Where the messages of devices go, with the local APIC's number in it. */
#define MSI_ADDRESS 0xfee00000u

#define PIC_MASTER 0x20
#define PIC_SLAVE 0xa0

struct line {
    volatile uint32_t *ioapic; /* NULL: no pin leads to it */
    uint8_t pin;
    bool default_level;
    bool default_low;
    bool claimed;
    bool level;
    bool masked;       /* as the kernel sees it */
    bool pending;      /* an edge came while it was masked */
    uint32_t redirect; /* low word of the entry, without the mask bit */
};

static struct line lines[LINES];
static unsigned line_count;

static uint32_t ioapic_read(volatile uint32_t *ioapic, uint32_t reg)
{
    ioapic[REG_SELECT] = reg;
    return ioapic[REG_WINDOW];
}

static void ioapic_write(volatile uint32_t *ioapic, uint32_t reg,
                         uint32_t value)
{
    ioapic[REG_SELECT] = reg;
    ioapic[REG_WINDOW] = value;
}

static void line_write(const struct line *l, bool masked)
{
    if (l->ioapic != NULL) {
        ioapic_write(l->ioapic, REG_REDIRECT + 2u * l->pin,
                     l->redirect | (masked ? REDIRECT_MASKED : 0));
    }
}

void pic_init(void)
{
    static const uint16_t chips[] = {PIC_MASTER, PIC_SLAVE};

    /* Moved away from the exceptions' vectors, then all masked. */
    for (unsigned i = 0; i < 2; i++) {
        out8(chips[i], 0x11);
        out8((uint16_t)(chips[i] + 1), (uint8_t)(VECTOR_PIC + 8 * i));
        out8((uint16_t)(chips[i] + 1), i == 0 ? 0x04 : 0x02);
        out8((uint16_t)(chips[i] + 1), 0x01);
        out8((uint16_t)(chips[i] + 1), 0xff);
    }
}

static void controller_init(const struct acpi_ioapic *from)
{
    volatile uint32_t *ioapic = paging_map_registers(from->phys);
    unsigned pins = (ioapic_read(ioapic, REG_VERSION) >> 16 & 0xff) + 1;

    for (unsigned pin = 0; pin < pins; pin++) {
        uint64_t number = (uint64_t)from->first_line + pin;
        struct line line = {.ioapic = ioapic,
                            .pin = (uint8_t)pin,
                            .default_level = true,
                            .default_low = true,
                            .masked = true};

        line_write(&line, true);
        if (number < LINES) {
            lines[number] = line;
            line_count =
                number + 1 > line_count ? (unsigned)number + 1 : line_count;
        }
    }
}

void ioapic_init(const struct acpi_info *acpi)
{
    for (unsigned i = 0; i < acpi->ioapic_count; i++) {
        controller_init(&acpi->ioapics[i]);
    }
    for (unsigned i = 0; i < ACPI_ISA_IRQS; i++) {
        const struct acpi_isa_irq *isa = &acpi->isa[i];

        if (isa->line < LINES) {
            lines[isa->line].default_level = isa->level;
            lines[isa->line].default_low = isa->low;
        }
    }
}

unsigned arch_irq_lines(void)
{
    return line_count;
}

l4_err_t arch_irq_claim(unsigned line, unsigned mode)
{
    struct line *l;
    bool low;

    if (mode > ARCH_IRQ_LEVEL_LOW) {
        return L4_EINVAL;
    }
    if (line >= line_count || lines[line].ioapic == NULL) {
        return L4_ENOENT;
    }
    l = &lines[line];
    if (l->claimed) {
        return L4_EBUSY;
    }
    l->level = mode == ARCH_IRQ_DEFAULT ? l->default_level
                                        : mode == ARCH_IRQ_LEVEL_LOW;
    low = mode == ARCH_IRQ_DEFAULT ? l->default_low : l->level;
    l->claimed = true;
    l->masked = true;
    l->pending = false;
    l->redirect = (VECTOR_LINES + line) | (low ? REDIRECT_LOW : 0) |
                  (l->level ? REDIRECT_LEVEL : 0);
    ioapic_write(l->ioapic, REG_REDIRECT + 2u * l->pin + 1, lapic_id() << 24);
    line_write(l, true);
    return L4_OK;
}

l4_err_t arch_irq_claim_msi(unsigned *line, uint64_t *address, uint32_t *data)
{
    for (unsigned i = line_count; i < LINES; i++) {
        if (!lines[i].claimed) {
            lines[i] = (struct line){.claimed = true, .masked = true};
            *line = i;
            *address = MSI_ADDRESS | (uint64_t)lapic_id() << 12;
            *data = VECTOR_LINES + i;
            return L4_OK;
        }
    }
    return L4_EBUSY;
}

void arch_irq_release(unsigned line)
{
    line_write(&lines[line], true);
    lines[line].claimed = false;
    lines[line].masked = true;
}

void arch_irq_mask(unsigned line)
{
    lines[line].masked = true;
    if (lines[line].level) {
        line_write(&lines[line], true);
    }
}

bool arch_irq_unmask(unsigned line)
{
    struct line *l = &lines[line];

    if (l->pending) {
        l->pending = false;
        line_write(l, false);
        return true;
    }
    l->masked = false;
    line_write(l, false);
    return false;
}

void ioapic_fired(unsigned line)
{
    struct line *l = &lines[line];
    bool deliver = l->claimed && !l->masked;

    if (l->level || !deliver) {
        line_write(l, true);
    }
    l->pending = l->claimed && !l->level && !deliver;
    l->masked = true;
    lapic_eoi();
    if (deliver) {
        kernel_interrupt(line);
    }
}
