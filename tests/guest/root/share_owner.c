/* SPDX-License-Identifier: BSD-2-Clause */
/* Makes dataspaces, uses them, shares one and takes it back. */
#include <l4/env.h>
#include <l4/fpage.h>
#include <l4/log.h>
#include <l4/objects.h>
#include <l4/services.h>
#include <l4/slots.h>

#include "share.h"

#define MIB ((uint64_t)1 << 20)
#define AT 0x40000000ull
#define OTHER 0x60001000ull
#define RW (L4_MEM_R | L4_MEM_W)

static const root_program_t root = {L4_CAP_PROGRAM};
static unsigned failures;

static void check(bool good, const char *what)
{
    if (good)
        return;
    failures++;
    l4_print("FAIL %s\n", what);
}

static root_dataspace_t create(uint64_t size, uint8_t order, l4_err_t *err)
{
    l4_ctx_t ctx = L4_CTX(.caps = l4_slot_window(l4_slot_alloc()));
    root_dataspace_t space = {L4_CAP_NONE};

    *err = root_program_dataspace_create(root, size, order, &space, &ctx);
    return space;
}

static volatile uint64_t *word(uint64_t address)
{
    return (volatile uint64_t *)(uintptr_t)address;
}

static uint64_t used(void)
{
    uint64_t quota = 0;
    uint64_t bytes = 0;

    (void)!root_program_memory(root, &quota, &bytes, NULL);
    return bytes;
}

/* One dataspace at two places, one of which does not lie well. */
static void large_pages(root_dataspace_t space)
{
    uint64_t size;
    uint64_t present;
    uint8_t order;

    check(root_program_attach(root, space, 0, AT, 4 * MIB, RW, NULL) == 0,
          "attach");
    check(root_program_attach(root, space, MIB, OTHER, 2 * MIB, RW, NULL) == 0,
          "attach elsewhere");
    check(*word(AT) == 0, "it is zero at first");
    check(root_dataspace_info(space, &size, &order, &present, NULL) == 0 &&
              size == 4 * MIB && order == 21 && present == 2 * MIB,
          "one page of two");
    *word(AT + MIB) = 4711;
    *word(AT + 3 * MIB - 8) = 4712;
    check(*word(OTHER) == 4711 && *word(OTHER + 2 * MIB - 8) == 4712,
          "the same memory elsewhere");
    check(root_program_area_remove(root, OTHER, NULL) == 0, "remove");
    check(*word(AT + MIB) == 4711, "it stays where it is");
}

static void errors(root_dataspace_t space)
{
    const root_dataspace_t task = {L4_CAP_TASK};
    const root_dataspace_t none = {200};
    l4_err_t err;

    (void)create(64 * MIB, 21, &err);
    check(err == L4_EQUOTA, "more than the quota");
    (void)create(6 * MIB, 21, &err);
    check(err == L4_EQUOTA, "more than is left");
    (void)create(MIB, 21, &err);
    check(err == L4_EINVAL, "half a page");
    (void)create(MIB, 13, &err);
    check(err == L4_EINVAL, "an odd order");
    check(root_program_attach(root, space, 4 * MIB, OTHER, 4096, RW, NULL) ==
              L4_ERANGE,
          "behind its end");
    check(root_program_attach(root, space, ~0xfffull, OTHER, 8192, RW, NULL) ==
              L4_ERANGE,
          "an offset that overflows");
    check(root_program_attach(root, space, 0, AT, 4096, RW, NULL) == L4_EEXIST,
          "where something is");
    check(root_program_attach(root, space, 0, 0x1000, 4096, RW, NULL) ==
              L4_ERANGE,
          "too low");
    check(root_program_attach(root, task, 0, OTHER, 4096, RW, NULL) != 0,
          "a task is no dataspace");
    check(root_program_attach(root, none, 0, OTHER, 4096, RW, NULL) != 0,
          "nothing is no dataspace");
}

/* Another program looks, may do no more, and then not even that. */
static void sharing(root_dataspace_t space)
{
    const share_t peer = {l4_env_cap("share")};
    l4_ctx_t ctx = L4_CTX(.caps = l4_slot_window(l4_slot_alloc()));
    root_dataspace_t view;
    int32_t writable;
    int32_t destroy;
    uint64_t value = 0;

    check(root_dataspace_view(space, &view, &ctx) == 0, "view");
    check(share_take(peer, view, &writable, NULL) == 0 && writable == L4_EPERM,
          "a view is not for writing");
    check(share_read(peer, MIB, &value, NULL) == 0 && value == 4711, "read");
    *word(AT + MIB) = 4713;
    check(share_read(peer, MIB, &value, NULL) == 0 && value == 4713,
          "read again");
    check(share_misuse(peer, &writable, &destroy, NULL) == 0 &&
              writable == L4_EPERM && destroy == L4_EPERM,
          "a view is not for managing");
    check(root_dataspace_revoke(space, NULL) == 0, "revoke");
    check(share_misuse(peer, &writable, &destroy, NULL) == 0 &&
              writable == L4_ENOCAP,
          "its capability is gone");
    check(*word(AT + MIB) == 4713, "the owner keeps its memory");
    check(share_read(peer, MIB, &value, NULL) == L4_EDEAD, "it has no memory");
    check(root_dataspace_view(space, &view, &ctx) == 0, "view again");
}

int main(void)
{
    uint64_t before;
    root_dataspace_t space;
    root_dataspace_t small;
    l4_err_t err;

    /* Our own pages come when they are touched: by the same steps, once. */
    space = create(4 * MIB, 21, &err);
    check(err == 0 && root_dataspace_destroy(space, NULL) == 0, "warm up");
    before = used();
    space = create(4 * MIB, 21, &err);
    check(err == 0, "create");
    check(used() >= before + 4 * MIB, "it counts from the first");
    large_pages(space);
    errors(space);
    sharing(space);
    check(root_dataspace_destroy(space, NULL) == 0, "destroy");
    check(used() == before, "all is given back");
    check(root_program_attach(root, space, 0, AT, 4096, RW, NULL) != 0,
          "it is gone");
    small = create(64 * 1024, 12, &err);
    check(err == 0 && root_program_attach(root, small, 0x1000, AT, 0x2000, RW,
                                          NULL) == 0,
          "small pages");
    *word(AT + 0x1ff8) = 1;
    check(root_program_seal(root, NULL) == 0, "seal");
    (void)create(4096, 12, &err);
    check(err == L4_EPERM, "no dataspaces behind a seal");
    check(root_program_area_remove(root, AT, NULL) == L4_EPERM &&
              root_program_area_add(root, OTHER, 4096, NULL) == L4_EPERM,
          "nor areas");
    check(*word(AT + 0x1000) == 0, "what it has, it keeps");
    l4_print("dataspaces: %u failed\n", failures);
    return failures != 0;
}
