/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "alone.h"
#include "config.h"

#define PORT_SELECT 0x510
#define PORT_DATA 0x511
#define FILE_SIGNATURE 0
#define FILE_DIRECTORY 0x19

static void config_select(uint16_t file)
{
    DONE(l4_ports_write(alone_ports, PORT_SELECT, 2, file, NULL));
}

static uint8_t config_byte(void)
{
    uint32_t byte = 0;

    DONE(l4_ports_read(alone_ports, PORT_DATA, 1, &byte, NULL));
    return (uint8_t)byte;
}

/* Numbers of the directory have their highest byte first. */
static uint32_t config_big(unsigned bytes)
{
    uint32_t value = 0;

    for (unsigned i = 0; i < bytes; i++)
        value = value << 8 | config_byte();
    return value;
}

/* Finds a file: its size, 0 if there is none. */
static uint32_t config_find(const char *name, uint16_t *file)
{
    uint32_t found = 0;

    config_select(FILE_SIGNATURE);
    if (config_big(4) != 0x51454d55) /* "QEMU" */
        return 0;
    config_select(FILE_DIRECTORY);
    uint32_t count = config_big(4);
    for (uint32_t i = 0; i < count; i++) {
        char entry[57] = {0};
        uint32_t size = config_big(4);
        uint16_t number = (uint16_t)config_big(2);
        (void)config_big(2);
        for (unsigned k = 0; k < 56; k++)
            entry[k] = (char)config_byte();
        if (strcmp(entry, name) == 0) {
            *file = number;
            found = size;
        }
    }
    return found;
}

uint64_t config_number(const char *name, uint64_t otherwise)
{
    uint16_t file = 0;
    uint32_t size = config_find(name, &file);
    uint64_t value = 0;

    if (size == 0)
        return otherwise;
    config_select(file);
    while (size-- > 0) {
        uint8_t c = config_byte();
        if (c >= '0' && c <= '9')
            value = value * 10 + c - '0';
    }
    return value;
}
