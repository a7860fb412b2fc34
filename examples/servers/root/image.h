/* SPDX-License-Identifier: BSD-2-Clause */
/* The end of the image. */
#ifndef ROOT_IMAGE_H
#define ROOT_IMAGE_H

#include "program.h"

/* The status of an image whose deciding program did not end by itself. */
#define IMAGE_DIED 125
/* The status of an image that root cannot start. */
#define IMAGE_UNUSABLE 124
/* What statuses become that are out of the range 0 to 127. */
#define IMAGE_STATUS_MAX 127

/* Ends the image if the plan says so, now that `p` does not run any more. */
void image_check(const struct program *p);

/* Tells whoever runs the machine the image's status, and stops. */
_Noreturn void image_end(int32_t status);

#endif
