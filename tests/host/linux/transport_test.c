/* SPDX-License-Identifier: BSD-2-Clause */
/* The transport of Linux's processes. The test plays /dev/l4: what it was
 * asked, and what it answers, which need not be what a device would. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include <l4/shared.h>
#include <l4/transport.h>

#include "files.h"
#include "l4_ports.h"

#define DEVICE 77 /* a descriptor, as far as the transport knows */
#define PROTO 0x1234

/* The device: what it answers, and how it fails. */
static struct {
    unsigned calls;
    int fails; /* with this errno */
    int own;
    struct l4_port_message request;
    struct l4_port_message answer;
    const char *path; /* last opened */
    char path_text[64];
    int opens;
} device;

int __wrap_ioctl(int fd, unsigned long request, ...);
int __wrap_open(const char *path, int flags, ...);
int __real_open(const char *path, int flags, ...);

int __wrap_ioctl(int fd, unsigned long request, ...)
{
    struct l4_port_message *m;
    va_list args;

    device.calls++;
    assert_int_equal(fd, DEVICE);
    if (device.fails) {
        errno = device.fails;
        return -1;
    }
    if (request == L4_PORT_OWN)
        return device.own;
    assert_int_equal(request, L4_PORT_CALL);
    va_start(args, request);
    m = va_arg(args, struct l4_port_message *);
    va_end(args);
    device.request = *m;
    *m = device.answer;
    return 0;
}

int __wrap_open(const char *path, int flags, ...)
{
    if (strncmp(path, "/dev/l4/", 8) != 0)
        return __real_open(path, flags);
    assert_int_equal(flags, O_RDWR | O_CLOEXEC);
    strncpy(device.path_text, path, sizeof(device.path_text) - 1);
    device.path = device.path_text;
    return device.opens < 0 ? -1 : device.opens;
}

static int setup(void **state)
{
    (void)state;
    memset(&device, 0, sizeof(device));
    memset(l4_utcb(), 0xa5, sizeof(l4_utcb_t));
    device.answer.memory_file = -1;
    return 0;
}

static int null_open(void)
{
    return __real_open("/dev/null", O_RDWR | O_CLOEXEC);
}

static bool is_open(int fd)
{
    return fcntl(fd, F_GETFD) >= 0;
}

static l4_item_t item_cap(int fd)
{
    return (l4_item_t){L4_ITEM_MAPPED, l4_fpage_cap((l4_cap_t)fd, 0, 15)};
}

/* The device answers with this item, too. */
static void answer_item(unsigned i, l4_item_t item)
{
    device.answer.items[i].control = item.control;
    device.answer.items[i].fpage = item.fpage;
}

/* --- words --------------------------------------------------------------- */

static void words_travel(void **state)
{
    (void)state;
    for (unsigned count = 0; count <= L4_MSG_WORDS; count++) {
        l4_words_t w = {{0}};

        setup(NULL);
        for (unsigned i = 0; i < L4_MSG_WORDS; i++) {
            if (i < L4_MSG_REGS)
                w.w[i] = i + 1;
            else
                l4_utcb()->mr[i] = i + 1;
            device.answer.w[i] = i + 1000;
        }
        device.answer.tag = L4_TAG(PROTO, 3, count, 0) | L4_TAG_REPLY;
        assert_true(l4_transport_call(DEVICE, L4_TAG(PROTO, 3, count, 0), &w,
                                      NULL) == device.answer.tag);
        assert_true(device.request.tag == L4_TAG(PROTO, 3, count, 0));
        assert_true(device.request.timeout == L4_TIME_NEVER);
        assert_int_equal(device.request.oneway, 0);
        assert_int_equal(device.request.caps, 0);
        assert_int_equal(device.request.memory, 0);
        for (unsigned i = 0; i < L4_MSG_WORDS; i++) {
            bool sent = i < L4_MSG_REGS || i < count;

            assert_int_equal(device.request.w[i], sent ? i + 1 : 0);
            if (i < L4_MSG_REGS)
                assert_int_equal(w.w[i], i + 1000);
            else
                assert_int_equal(l4_utcb()->mr[i], i + (sent ? 1000 : 1));
        }
    }
}

static void context_travels(void **state)
{
    l4_ctx_t ctx =
        L4_CTX(.caps = L4_CAPS(2), .mem = l4_fpage_mem(0x10000, 14, L4_MEM_R));
    l4_words_t w = {{0}};

    (void)state;
    ctx.timeout = 99;
    device.answer.tag = L4_TAG(PROTO, 3, 0, 0) | L4_TAG_REPLY;
    (void)l4_transport_call(DEVICE, L4_TAG(PROTO, 3, 0, 0), &w, &ctx);
    assert_int_equal(device.request.timeout, 99);
    assert_int_equal(device.request.caps, 4);
    assert_int_equal(device.request.memory, 14);

    /* Nothing comes back of a send. */
    (void)l4_transport_send(DEVICE, L4_TAG(PROTO, 3, 0, 0), &w, &ctx);
    assert_int_equal(device.request.oneway, 1);
    assert_int_equal(device.request.timeout, 99);
    assert_int_equal(device.request.caps, 0);
    assert_int_equal(device.request.memory, 0);
    (void)l4_transport_send(DEVICE, L4_TAG(PROTO, 3, 0, 0), &w, NULL);
    assert_true(device.request.timeout == L4_TIME_NEVER);
}

/* --- errors -------------------------------------------------------------- */

static void errors_of_linux(void **state)
{
    static const struct {
        int number;
        l4_err_t err;
    } known[] = {
        {EBADF, L4_ENOCAP},  {ENOTTY, L4_ENOCAP}, {EINTR, L4_ECANCELED},
        {EFAULT, L4_EFAULT}, {ENOMEM, L4_ENOMEM}, {ENFILE, L4_EQUOTA},
        {EPERM, L4_EPERM},   {EINVAL, L4_EINVAL}, {EXDEV, L4_EINVAL}};
    fs_stat_t stat;

    (void)state;
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        device.fails = known[i].number;
        assert_int_equal(fs_file_stat((fs_file_t){DEVICE}, &stat, NULL),
                         known[i].err);
    }
}

static void errors_of_the_call(void **state)
{
    fs_stat_t stat;
    l4_tag_t reply = FS_FILE_STAT_OUT_TAG & ~L4_TAG_LOW_MASK;

    (void)state;
    device.answer.tag = l4_tag_error(L4_ETIMEDOUT);
    assert_int_equal(fs_file_stat((fs_file_t){DEVICE}, &stat, NULL),
                     L4_ETIMEDOUT);
    device.answer.tag = reply | L4_TAG_RAISED | 1;
    device.answer.w[0] = (uint32_t)L4_ENOENT;
    assert_int_equal(fs_file_stat((fs_file_t){DEVICE}, &stat, NULL), L4_ENOENT);
    /* An exception that the operation does not have. */
    device.answer.w[0] = 5;
    assert_int_equal(fs_file_stat((fs_file_t){DEVICE}, &stat, NULL), L4_EPROTO);
    device.answer.tag = FS_FILE_STAT_OUT_TAG | L4_TAG_ITEM_ERR;
    assert_int_equal(fs_file_stat((fs_file_t){DEVICE}, &stat, NULL), L4_EITEM);
}

/* Counts that no message has. */
static void counts_too_large(void **state)
{
    fs_stat_t stat;
    l4_tag_t reply = FS_FILE_STAT_OUT_TAG & ~L4_TAG_LOW_MASK;
    l4_words_t w = {{0}};

    (void)state;
    memset(device.answer.w, 0xff, sizeof(device.answer.w));
    memset(device.answer.items, 0xff, sizeof(device.answer.items));
    device.answer.tag = reply | L4_TAG_WORDS_MASK;
    assert_int_equal(fs_file_stat((fs_file_t){DEVICE}, &stat, NULL), L4_EMSG);
    device.answer.tag = reply | L4_TAG_ITEMS_MASK;
    assert_int_equal(fs_file_stat((fs_file_t){DEVICE}, &stat, NULL), L4_EMSG);
    device.answer.tag = ~(l4_tag_t)0 & ~L4_TAG_ERROR;
    assert_int_equal(fs_file_stat((fs_file_t){DEVICE}, &stat, NULL), L4_EMSG);
    assert_int_equal(device.calls, 3);

    /* Nor are such sent. */
    assert_int_equal(l4_tag_err(l4_transport_call(
                         DEVICE, L4_TAG(PROTO, 1, 65, 0), &w, NULL)),
                     L4_EMSG);
    assert_int_equal(l4_tag_err(l4_transport_call(
                         DEVICE, L4_TAG(PROTO, 1, 0, 17), &w, NULL)),
                     L4_EMSG);
    assert_int_equal(device.calls, 3);
}

/* An error has neither words nor items, whatever else is there. */
static void error_with_items(void **state)
{
    const l4_ctx_t ctx = L4_CTX(.caps = L4_CAPS(0));
    int fd = null_open();
    fs_file_t file;

    (void)state;
    device.answer.tag = l4_tag_error(L4_EDEAD) | L4_TAG_ITEMS_MASK;
    answer_item(0, item_cap(fd));
    assert_int_equal(
        fs_root_open((fs_root_t){DEVICE}, "x", FS_MODE_READ, 5, &file, &ctx),
        L4_EDEAD);
    assert_true(is_open(fd));
    close(fd);
}

/* --- capabilities -------------------------------------------------------- */

static void capability_comes(void **state)
{
    const l4_ctx_t ctx = L4_CTX(.caps = L4_CAPS(0));
    int fd = null_open();
    fs_file_t file = {L4_CAP_NONE};

    (void)state;
    device.answer.tag = FS_ROOT_OPEN_OUT_TAG;
    answer_item(0, item_cap(fd));
    assert_int_equal(
        fs_root_open((fs_root_t){DEVICE}, "x", FS_MODE_READ, 5, &file, &ctx),
        0);
    assert_int_equal(file.cap, fd);
    assert_int_equal(device.request.caps, 1);
    assert_int_equal(l4_tag_items(device.request.tag), 1);
    assert_true(device.request.items[0].fpage == l4_fpage_cap(5, 0, 15));
    assert_true(is_open(fd));
    l4_close(file.cap);
    assert_false(is_open(fd));
}

/* Descriptor 0 is no capability, so it becomes another. */
static void capability_of_number_0(void **state)
{
    const l4_ctx_t ctx = L4_CTX(.caps = L4_CAPS(0));
    int old = fcntl(0, F_DUPFD_CLOEXEC, 3);
    fs_file_t file = {L4_CAP_NONE};

    (void)state;
    close(0);
    assert_int_equal(null_open(), 0);
    device.answer.tag = FS_ROOT_OPEN_OUT_TAG;
    answer_item(0, item_cap(0));
    assert_int_equal(
        fs_root_open((fs_root_t){DEVICE}, "x", FS_MODE_READ, 5, &file, &ctx),
        0);
    assert_int_not_equal(file.cap, 0);
    assert_true(is_open((int)file.cap));
    assert_false(is_open(0));
    assert_int_equal(fcntl((int)file.cap, F_GETFD), FD_CLOEXEC);
    l4_close(file.cap);

    /* The same of a connection. */
    assert_int_equal(null_open(), 0);
    file.cap = l4_open("files");
    assert_int_not_equal(file.cap, 0);
    assert_int_equal(fcntl((int)file.cap, F_GETFD), FD_CLOEXEC);
    l4_close(file.cap);
    if (old >= 0) {
        dup2(old, 0);
        close(old);
    }
}

/* Nobody armed a window: what comes all the same is given back. */
static void capability_unasked(void **state)
{
    int fd = null_open();
    fs_file_t file = {L4_CAP_NONE};

    (void)state;
    device.answer.tag = FS_ROOT_OPEN_OUT_TAG;
    answer_item(0, item_cap(fd));
    assert_int_equal(
        fs_root_open((fs_root_t){DEVICE}, "x", FS_MODE_READ, 5, &file, NULL),
        L4_EITEM);
    assert_false(is_open(fd));
    assert_int_equal(file.cap, L4_CAP_NONE);
}

/* Items that failed, are labels, or of another kind. */
static void capability_of_no_use(void **state)
{
    static const l4_item_t bad[] = {
        {L4_ITEM_FAILED, 0},
        {L4_ITEM_LABEL, 7},
        {~0ull, ~0ull},
        {L4_ITEM_MAPPED, 0},
        {L4_ITEM_MAPPED, (uint64_t)L4_FPAGE_IO << 6},
    };
    const l4_ctx_t ctx = L4_CTX(.caps = L4_CAPS(0));
    fs_file_t file;

    (void)state;
    device.answer.tag = FS_ROOT_OPEN_OUT_TAG;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        answer_item(0, bad[i]);
        assert_int_equal(fs_root_open((fs_root_t){DEVICE}, "x", FS_MODE_READ, 5,
                                      &file, &ctx),
                         L4_EITEM);
    }
}

/* What came with an answer that the stub refuses is closed, once. */
static void capability_refused(void **state)
{
    const l4_ctx_t ctx = L4_CTX(.caps = L4_CAPS(1));
    int fd = null_open();
    int again;
    fs_stat_t stat;

    (void)state;
    device.answer.tag = FS_FILE_STAT_OUT_TAG | L4_TAG(0, 0, 0, 1);
    answer_item(0, item_cap(fd));
    assert_int_equal(fs_file_stat((fs_file_t){DEVICE}, &stat, &ctx), L4_EPROTO);
    assert_false(is_open(fd));
    again = null_open();
    assert_int_equal(again, fd);
    l4_reply_drop(device.answer.tag);
    assert_true(is_open(again));
    close(again);
}

static void window_too_large(void **state)
{
    const l4_ctx_t caps = L4_CTX(.caps = L4_CAPS(5));
    const l4_ctx_t large =
        L4_CTX(.mem = l4_fpage_mem(0, L4_PORT_MEMORY_ORDER + 1, L4_MEM_R));
    const l4_ctx_t small = L4_CTX(.mem = l4_fpage_mem(0, 11, L4_MEM_R));
    fs_stat_t stat;

    (void)state;
    assert_int_equal(fs_file_stat((fs_file_t){DEVICE}, &stat, &caps),
                     L4_EWINDOW);
    assert_int_equal(fs_file_stat((fs_file_t){DEVICE}, &stat, &large),
                     L4_EWINDOW);
    assert_int_equal(fs_file_stat((fs_file_t){DEVICE}, &stat, &small),
                     L4_EWINDOW);
    assert_int_equal(device.calls, 0);
}

/* --- memory -------------------------------------------------------------- */

#define WINDOW 0x200000000000ull
#define ORDER 14

/* The server's memory: 16 KiB, page i filled with i + 1. */
static int memory_make(void)
{
    int fd = memfd_create("memory", MFD_CLOEXEC);
    char page[4096];

    assert_true(fd >= 0);
    for (int i = 0; i < 4; i++) {
        memset(page, i + 1, sizeof(page));
        assert_int_equal(write(fd, page, sizeof(page)), sizeof(page));
    }
    return fd;
}

static bool is_mapped(uint64_t address)
{
    unsigned char there;

    return mincore((void *)(uintptr_t)address, 4096, &there) == 0;
}

static void memory_comes(void **state)
{
    const l4_ctx_t ctx =
        L4_CTX(.mem = l4_fpage_mem(WINDOW, ORDER, L4_MEM_R | L4_MEM_W));
    l4_shared_t shared = {0};
    uint8_t byte = 0;

    (void)state;
    device.answer.memory_file = memory_make();
    device.answer.tag = FS_FILE_ATTACH_OUT_TAG;
    /* Its second page. */
    answer_item(0, (l4_item_t){L4_ITEM_MAPPED,
                               l4_fpage_mem(0x1000, 12, L4_MEM_R | L4_MEM_W)});
    assert_int_equal(fs_file_attach((fs_file_t){DEVICE}, &shared, &ctx), 0);
    assert_int_equal(device.request.memory, ORDER);
    assert_true(shared.base == WINDOW + 0x1000 && shared.size == 0x1000);
    assert_int_equal(l4_shared_read(&shared, 9, &byte, 1), 0);
    assert_int_equal(byte, 2);
    assert_int_equal(l4_shared_write(&shared, 9, "x", 1), 0);
    assert_false(is_mapped(WINDOW));
    assert_false(is_mapped(WINDOW + 0x2000));
    assert_false(is_open(device.answer.memory_file));

    /* Not over what is there. */
    device.answer.memory_file = memory_make();
    assert_int_equal(fs_file_attach((fs_file_t){DEVICE}, &shared, &ctx),
                     L4_EITEM);
    assert_false(is_open(device.answer.memory_file));
    assert_int_equal(l4_shared_read(&shared, 9, &byte, 1), 0);
    assert_int_equal(byte, 'x');
    munmap((void *)(WINDOW + 0x1000), 0x1000);
}

/* Outside of the window, or without one. */
static void memory_elsewhere(void **state)
{
    static const l4_fpage_t bad[] = {
        (1ull << ORDER) | L4_FPAGE_MEM << 6 | 12,
        (~0ull << 12) | L4_FPAGE_MEM << 6 | 12,
        L4_FPAGE_MEM << 6 | (ORDER + 1),
        L4_FPAGE_MEM << 6 | 63,
        L4_FPAGE_MEM << 6 | 11,
        0x3000 | L4_FPAGE_MEM << 6 | 13,
    };
    const l4_ctx_t ctx = L4_CTX(.mem = l4_fpage_mem(WINDOW, ORDER, L4_MEM_R));
    l4_shared_t shared;

    (void)state;
    device.answer.tag = FS_FILE_ATTACH_OUT_TAG;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        device.answer.memory_file = memory_make();
        answer_item(0, (l4_item_t){L4_ITEM_MAPPED, bad[i]});
        assert_int_equal(fs_file_attach((fs_file_t){DEVICE}, &shared, &ctx),
                         L4_EITEM);
        assert_false(is_open(device.answer.memory_file));
    }
    device.answer.memory_file = memory_make();
    answer_item(0, (l4_item_t){L4_ITEM_MAPPED, l4_fpage_mem(0, 12, L4_MEM_R)});
    assert_int_equal(fs_file_attach((fs_file_t){DEVICE}, &shared, NULL),
                     L4_EITEM);
    assert_false(is_open(device.answer.memory_file));
    for (uint64_t at = WINDOW; at < WINDOW + 0x10000; at += 0x1000)
        assert_false(is_mapped(at));

    /* A file that is none. */
    device.answer.memory_file = -1;
    assert_int_equal(fs_file_attach((fs_file_t){DEVICE}, &shared, &ctx),
                     L4_EITEM);
}

/* With a refused answer it goes again. */
static void memory_refused(void **state)
{
    const l4_ctx_t ctx = L4_CTX(.mem = l4_fpage_mem(WINDOW, ORDER, L4_MEM_R));
    fs_stat_t stat;

    (void)state;
    device.answer.memory_file = memory_make();
    device.answer.tag = FS_FILE_STAT_OUT_TAG | L4_TAG(0, 0, 0, 1);
    answer_item(0, (l4_item_t){L4_ITEM_MAPPED, l4_fpage_mem(0, 12, L4_MEM_R)});
    assert_int_equal(fs_file_stat((fs_file_t){DEVICE}, &stat, &ctx), L4_EPROTO);
    assert_false(is_mapped(WINDOW));
}

/* A process's own memory, and ports, stay with it. */
static void memory_is_not_sent(void **state)
{
    l4_words_t w = {{0}};

    (void)state;
    l4_utcb()->items[0] = l4_item_map(l4_fpage_mem(0x1000, 12, L4_MEM_R), 0);
    assert_int_equal(
        l4_tag_err(l4_transport_call(DEVICE, L4_TAG(PROTO, 1, 0, 1), &w, NULL)),
        L4_EITEM);
    l4_utcb()->items[0] = l4_item_map(l4_fpage(L4_FPAGE_IO, 0, 0, 15), 0);
    assert_int_equal(
        l4_tag_err(l4_transport_send(DEVICE, L4_TAG(PROTO, 1, 0, 1), &w, NULL)),
        L4_EITEM);
    assert_int_equal(device.calls, 0);
}

/* --- connections --------------------------------------------------------- */

static void connections(void **state)
{
    char name[80];
    l4_cap_t cap;

    (void)state;
    device.opens = null_open();
    cap = l4_open("files");
    assert_int_equal(cap, device.opens);
    assert_string_equal(device.path, "/dev/l4/files");
    l4_close(cap);
    assert_false(is_open(device.opens));
    l4_close(L4_CAP_NONE);
    assert_true(is_open(1));

    device.opens = -1;
    assert_int_equal(l4_open("files"), L4_CAP_NONE);
    memset(name, 'x', sizeof(name));
    name[sizeof(name) - 1] = '\0';
    device.path = NULL;
    assert_int_equal(l4_open(name), L4_CAP_NONE);
    assert_int_equal(errno, ENAMETOOLONG);
    assert_null(device.path);
}

static void own_capability(void **state)
{
    (void)state;
    device.own = null_open();
    assert_int_equal(l4_own(DEVICE), device.own);
    close(device.own);
    device.fails = ENFILE;
    assert_int_equal(l4_own(DEVICE), L4_CAP_NONE);
    assert_int_equal(errno, ENFILE);
}

static void interface_found(void **state)
{
    const l4_interface_t mine = FS_FILE_INTERFACE;
    l4_interface_t found;

    (void)state;
    device.answer.tag = L4_TAG(mine.proto, 0, 5, 0) | L4_TAG_REPLY;
    l4_interface_put(&mine, (uint64_t *)device.answer.w);
    assert_int_equal(l4_connect(DEVICE, mine, &found, NULL), 0);
    assert_string_equal(found.name, mine.name);
    device.answer.w[0]++;
    assert_int_equal(l4_connect(DEVICE, mine, &found, NULL), L4_EVERSION);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(words_travel, setup),
        cmocka_unit_test_setup(context_travels, setup),
        cmocka_unit_test_setup(errors_of_linux, setup),
        cmocka_unit_test_setup(errors_of_the_call, setup),
        cmocka_unit_test_setup(counts_too_large, setup),
        cmocka_unit_test_setup(error_with_items, setup),
        cmocka_unit_test_setup(capability_comes, setup),
        cmocka_unit_test_setup(capability_of_number_0, setup),
        cmocka_unit_test_setup(capability_unasked, setup),
        cmocka_unit_test_setup(capability_of_no_use, setup),
        cmocka_unit_test_setup(capability_refused, setup),
        cmocka_unit_test_setup(window_too_large, setup),
        cmocka_unit_test_setup(memory_comes, setup),
        cmocka_unit_test_setup(memory_elsewhere, setup),
        cmocka_unit_test_setup(memory_refused, setup),
        cmocka_unit_test_setup(memory_is_not_sent, setup),
        cmocka_unit_test_setup(connections, setup),
        cmocka_unit_test_setup(own_capability, setup),
        cmocka_unit_test_setup(interface_found, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
