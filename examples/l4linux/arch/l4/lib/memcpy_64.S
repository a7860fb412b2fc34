/* SPDX-License-Identifier: GPL-2.0-only */
#include "../../x86/lib/memcpy_64.S"
