/* SPDX-License-Identifier: BSD-2-Clause */
/* What the rest of the architecture asks of the interrupt controllers. */
#ifndef APIC_H
#define APIC_H

#include <stdint.h>

/* The identity that interrupts are sent to. */
uint32_t lapic_id(void);

/* Ends the interrupt being handled. */
void lapic_eoi(void);

/* The timer: counts `ticks` down and fires; 0 stops it. */
void lapic_timer_start(uint32_t ticks);
uint32_t lapic_timer_left(void);

/* Handles the timer's interrupt, or one of a line. */
void lapic_timer_fired(void);
void ioapic_fired(unsigned line);

#endif
