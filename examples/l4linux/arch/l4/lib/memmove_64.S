/* SPDX-License-Identifier: GPL-2.0-only */
#include "../../x86/lib/memmove_64.S"
