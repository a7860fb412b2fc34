/* SPDX-License-Identifier: GPL-2.0-only */
/* Capabilities and memory of native servers, as open files of processes. */
#ifndef L4_DRIVERS_PORTS_H
#define L4_DRIVERS_PORTS_H

#include <linux/fs.h>
#include <asm/l4.h>

/* Flexpages, tags and items, as in the microkernel's fpage.h and tag.h. */
#define L4_FPAGE_MEM 1u
#define L4_FPAGE_CAP 3u
#define L4_FPAGE(kind, base, order, rights) \
	((u64)(base) | (u64)(rights) << 8 | (u64)(kind) << 6 | (order))
#define L4_FPAGE_KIND(f) ((unsigned int)((f) >> 6) & 3)
#define L4_FPAGE_ORDER(f) ((unsigned int)(f)&0x3f)
#define L4_FPAGE_RIGHTS(f) ((unsigned int)((f) >> 8) & 0xf)
#define L4_FPAGE_BASE(f) ((f) & ~0xfffULL)
#define L4_RIGHTS_ALL 0xfu

#define L4_ITEM_FAILED 0
#define L4_ITEM_MAPPED 1
#define L4_ITEM_FLAGS 0xfffULL /* of one that is sent */

#define L4_TAG_WORDS(tag) ((unsigned int)(tag)&0x7f)
#define L4_TAG_ITEMS(tag) ((unsigned int)((tag) >> 8) & 0x1f)
#define L4_TAG_PROTO(tag) ((unsigned int)((tag) >> 48))
#define L4_TAG_ITEM_ERR (1ULL << 29)
#define L4_TAG_ERROR (1ULL << 31)

/* Protocols below are those of the microkernel's objects. */
#define L4_PROTO_USER 256

/* What an open file calls, and by which connection's threads. */
struct ports_cap {
	unsigned int port;
	unsigned int slot; /* of the platform's table */
};

/* What may arrive during a call, and does not stay unless it is taken. */
struct ports_window {
	unsigned int first; /* slot, counted from the platform's first */
	unsigned int count; /* of slots; 0: none */
	unsigned long taken;
	struct ports_memory *memory; /* NULL: none */
};

struct ports_memory;

/* Whether a file is a capability of this driver, and which. */
struct ports_cap *ports_cap_of(struct file *file);

/* Takes a flexpage out of the host task, and of all who have it from there. */
void ports_drop(u64 fpage);

/* A window for 1 << order bytes. -ENFILE if there is none left. */
struct ports_memory *ports_memory_reserve(unsigned int order);
void ports_memory_release(struct ports_memory *m);

/* Room for so many capabilities, and 1 << order bytes of memory (0: none).
 * -ENFILE if there is none left. */
int ports_window_open(struct ports_window *w, unsigned int caps,
		      unsigned int order);
/* Takes back what of it has not become a file. */
void ports_window_close(struct ports_window *w);
/* As flexpages; 0 for none. */
u64 ports_window_caps(const struct ports_window *w);
u64 ports_window_memory(const struct ports_window *w);

/* A capability that arrived, as a new file; an error otherwise, also if it is
 * not one that lies in the window. */
struct file *ports_cap_take(struct ports_window *w, u64 fpage,
			    unsigned int port);
/* The memory that arrived, as a file; `fpage` becomes that within the file. */
struct file *ports_memory_take(struct ports_window *w, u64 *fpage);

/* A capability of its own for a process. */
struct file *ports_own(unsigned int port);

/* Calls through a capability. */
long ports_ioctl(struct file *file, unsigned int cmd, unsigned long arg);
extern const struct file_operations ports_fops;

#endif
