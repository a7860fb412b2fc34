/* SPDX-License-Identifier: BSD-2-Clause */
/* Types that C knows by their tags, and one that is aligned to 16 bytes. */
#ifndef OLD_TAGS_H
#define OLD_TAGS_H

struct place {
    short x;
    int y;
};

typedef struct {
    long double exact;
    char unit;
} measure_t;

#endif
