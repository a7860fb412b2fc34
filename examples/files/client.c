/* SPDX-License-Identifier: BSD-2-Clause */
/* A client of the file server: one transfer of each kind, and the exceptions.
 */
#include <string.h>

#include <l4/env.h>
#include <l4/log.h>
#include <l4/objects.h>
#include <l4/slots.h>
#include <l4/thread.h>

#include "files.h"

#define WINDOW 0x70000000ull /* where a file's page appears ... */
#define BUFFER 0x70001000ull /* ... and what is shared with the server */

static fs_root_t files;
static l4_cap_t sign; /* of life: what we show to the server */

static void must(bool holds, const char *what)
{
    if (holds)
        return;
    l4_log(L4_LOG_ERROR, "%s", what);
    l4_exit(1);
}

/* A signal that nobody waits for: it is there as long as we are. */
static void sign_make(void)
{
    l4_cap_t slot = l4_slot_alloc();
    const l4_ctx_t ctx = L4_CTX(.caps = l4_slot_window(slot));
    l4_signal_t made;

    must(l4_factory_create_signal((l4_factory_t){L4_CAP_FACTORY}, &made,
                                  &ctx) == 0,
         "a sign of life");
    sign = made.cap;
}

static fs_file_t open_file(const char *name, fs_mode_t how)
{
    l4_cap_t slot = l4_slot_alloc();
    const l4_ctx_t ctx = L4_CTX(.caps = l4_slot_window(slot));
    fs_file_t f = {L4_CAP_NONE};

    must(fs_root_open(files, name, how, sign, &f, &ctx) == 0, name);
    return f;
}

static void by_message(fs_file_t f)
{
    uint8_t data[FS_DATA_MAX];
    uint32_t count = sizeof(data);

    must(fs_file_write(f, 0, (const uint8_t *)"a small file", 12, NULL) == 0,
         "write");
    must(fs_file_read(f, 2, data, &count, NULL) == 0 && count == 10, "read");
    l4_log(L4_LOG_INFO, "read %u bytes: '%.10s'", count, (const char *)data);
}

static void by_shared_memory(fs_file_t f)
{
    const l4_ctx_t ctx =
        L4_CTX(.mem = l4_fpage_mem(BUFFER, L4_PAGE_ORDER, L4_MEM_R | L4_MEM_W));
    l4_shared_t shared = {0};
    uint8_t buffer[512];
    uint64_t count = 0;

    must(fs_file_attach(f, &shared, &ctx) == 0 && shared.size == 4096,
         "attach");
    for (unsigned at = 0; at < 4096; at += sizeof(buffer)) {
        for (unsigned i = 0; i < sizeof(buffer); i++)
            buffer[i] = (uint8_t)((at + i) * 7);
        must(l4_shared_write(&shared, at, buffer, sizeof(buffer)) == 0,
             "what is stored");
    }
    must(fs_file_store(f, 0, 0, 4096, NULL) == 0, "store");
    must(fs_file_load(f, 4000, 100, 4096, &count, NULL) == 0 && count == 96,
         "load");
    must(l4_shared_read(&shared, 0, buffer, sizeof(buffer)) == 0 &&
             buffer[99] == (uint8_t)(99 * 7) &&
             buffer[100] == (uint8_t)(4000 * 7) &&
             buffer[196] == (uint8_t)(196 * 7),
         "what was loaded");
    must(fs_file_load(f, 0, 4090, 4096, &count, NULL) == L4_ERANGE,
         "a load beyond the buffer");
    l4_log(L4_LOG_INFO, "stored 4096 bytes at once, loaded %lu", count);
}

static void by_mapping(fs_file_t f)
{
    const l4_ctx_t ctx =
        L4_CTX(.mem = l4_fpage_mem(WINDOW, L4_PAGE_ORDER, L4_MEM_R));
    const volatile uint8_t *seen = (const volatile uint8_t *)WINDOW;
    l4_fpage_t page = 0;

    must(fs_file_map(f, &page, &ctx) == 0, "map");
    must(seen[1] == 7, "the file in memory");
    must(fs_file_write(f, 1, (const uint8_t *)"!", 1, NULL) == 0, "write");
    l4_log(L4_LOG_INFO, "the mapped byte became '%c'", seen[1]);
}

static fs_file_t grown;
static volatile bool waits;
static uint64_t grown_size;

static void wait_for_growth(void *arg)
{
    (void)arg;
    waits = true;
    must(fs_file_wait(grown, 100, &grown_size, NULL) == 0, "wait");
}

static void by_later_answer(void)
{
    const l4_thread_attr_t attr = {.name = "waiter"};
    fs_file_t other = open_file("log", FS_MODE_WRITE);
    l4_thread_ctl_t waiter;

    grown = open_file("log", FS_MODE_WRITE);
    must(l4_thread_create(&waiter, wait_for_growth, NULL, &attr) == 0,
         "a thread");
    while (!waits)
        l4_sleep(1000000);
    must(fs_file_write(other, 99, (const uint8_t *)"x", 1, NULL) == 0, "write");
    must(l4_thread_join(&waiter) == 0, "the waiter");
    l4_log(L4_LOG_INFO, "the log has grown to %lu bytes", grown_size);
    must(fs_file_close(other, NULL) == 0 && fs_file_close(grown, NULL) == 0,
         "close");
}

static void exceptions(fs_file_t f)
{
    fs_no_space_t space = {0};
    fs_busy_t busy = {0};
    fs_file_t none;

    must(fs_root_open(files, "nothing", FS_MODE_READ, sign, &none, NULL) ==
             FS_NO_ENTRY,
         "a file that is not there");
    must(fs_file_write(f, FS_SIZE_MAX, (const uint8_t *)"x", 1, NULL) ==
                 FS_NO_SPACE &&
             fs_get_no_space(&space) == 0,
         "no space");
    must(fs_root_remove(files, "data", NULL) == FS_BUSY &&
             fs_get_busy(&busy) == 0,
         "busy");
    l4_log(L4_LOG_INFO, "%lu bytes left, %u session", space.left,
           busy.sessions);
}

/* A session ends with what we showed for us. */
static void sign_of_life(fs_file_t f)
{
    fs_stat_t stat;
    char name[FS_NAME_MAX + 1];

    must(fs_file_hint(f, 2, NULL) == 0, "hint");
    must(fs_file_stat(f, &stat, NULL) == 0 && stat.sessions == 1, "stat");
    l4_cap_delete(sign);
    must(fs_root_list(files, 0, name, sizeof(name), &stat, NULL) == 0 &&
             stat.sessions == 0,
         "a session without a client");
    must(fs_file_stat(f, &stat, NULL) < 0, "a session that has ended");
    must(fs_root_remove(files, "data", NULL) == 0, "remove");
    l4_log(L4_LOG_INFO, "the session ended with our sign of life");
}

int main(void)
{
    fs_file_t f;

    files.cap = l4_env_cap("files");
    sign_make();
    f = open_file("data", FS_MODE_READ | FS_MODE_WRITE);
    by_message(f);
    by_shared_memory(f);
    by_mapping(f);
    by_later_answer();
    exceptions(f);
    sign_of_life(f);
    return 0;
}
