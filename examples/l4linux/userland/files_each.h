/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef L4LINUX_FILES_EACH_H
#define L4LINUX_FILES_EACH_H

#include <l4/transport.h>

#include "files.h"

extern fs_root_t files;

/* Opens a file; the session ends with this process. */
fs_file_t open_file(const char *name, fs_mode_t how, l4_err_t *err);

/* Makes a transfer of each kind; says what of them failed, and how many. */
unsigned files_each(void);

#endif
