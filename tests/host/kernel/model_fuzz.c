/* SPDX-License-Identifier: BSD-2-Clause */
/* The entry of libFuzzer: what it makes up are the random numbers. */
#include "model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    model_input = (struct model_input){data, size};
    if (size > 0) {
        test_random(NULL);
    }
    return 0;
}
