/* SPDX-License-Identifier: GPL-2.0-only */
/* An overlay over tmpfs: what is written is copied up, the lower stays. */
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "features.h"

#define BASE "/tmp/overlay"

static int file_is(const char *path, const char *text)
{
    char content[64];

    return file_get(path, content, sizeof(content)) >= 0 &&
           strcmp(content, text) == 0;
}

static int set_up(void)
{
    mkdir(BASE, 0755);
    if (mount("none", BASE, "tmpfs", 0, NULL) != 0)
        return 0;
    mkdir(BASE "/lower", 0755);
    mkdir(BASE "/upper", 0755);
    mkdir(BASE "/work", 0755);
    mkdir(BASE "/merged", 0755);
    file_make(BASE "/lower/file", "low");
    chmod(BASE "/lower/file", 0640);
    file_make(BASE "/lower/gone", "soon");
    return mount("overlay", BASE "/merged", "overlay", 0,
                 "lowerdir=" BASE "/lower,upperdir=" BASE "/upper,workdir=" BASE
                 "/work") == 0;
}

static void test_copy_up(void)
{
    struct stat st;

    check("overlay shows the lower", file_is(BASE "/merged/file", "low") &&
                                         access(BASE "/upper/file", F_OK) != 0);
    file_put(BASE "/merged/file", "HIGH");
    check("overlay copies up", file_is(BASE "/merged/file", "HIGH") &&
                                   file_is(BASE "/upper/file", "HIGH") &&
                                   file_is(BASE "/lower/file", "low") &&
                                   stat(BASE "/upper/file", &st) == 0 &&
                                   (st.st_mode & 0777) == 0640);
    file_make(BASE "/merged/new", "made");
    check("overlay makes files in the upper",
          file_is(BASE "/upper/new", "made") &&
              access(BASE "/lower/new", F_OK) != 0);
}

static void test_whiteout(void)
{
    struct stat st;

    check("overlay hides what is deleted",
          unlink(BASE "/merged/gone") == 0 &&
              access(BASE "/merged/gone", F_OK) != 0 &&
              file_is(BASE "/lower/gone", "soon") &&
              lstat(BASE "/upper/gone", &st) == 0 && S_ISCHR(st.st_mode) &&
              st.st_rdev == makedev(0, 0));
}

void test_overlay(void)
{
    int there = set_up();

    check("overlay is mounted", there);
    if (there) {
        test_copy_up();
        test_whiteout();
        check("overlay goes", umount(BASE "/merged") == 0);
    }
    umount(BASE);
}
