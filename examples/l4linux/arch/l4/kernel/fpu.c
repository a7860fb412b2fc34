// SPDX-License-Identifier: GPL-2.0-only
/* Vector registers of processes, by instructions that need no privilege. */
#include <linux/init.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <asm/fpu/api.h>
#include <uapi/asm/sigcontext.h>

#define MXCSR_DEFAULT 0x1f80
#define CPUID_OSXSAVE (1u << 27)
#define LEGACY_SIZE 512u
#define HEADER_SIZE 64u
#define FEATURES_LEGACY 3ul

unsigned int l4_fpu_size = LEGACY_SIZE;
unsigned long l4_fpu_features; /* 0: FXSAVE is all there is */

static u32 mxcsr_mask = 0xffbf;

/* Where the parts of a state lie that come after legacy area and header. */
static struct {
	u32 offset;
	u32 size;
} components[64] __ro_after_init;

static void cpuid(u32 leaf, u32 index, u32 r[4])
{
	asm volatile("cpuid"
		     : "=a"(r[0]), "=b"(r[1]), "=c"(r[2]), "=d"(r[3])
		     : "a"(leaf), "c"(index));
}

void __init l4_fpu_init(void)
{
	u32 r[4], low, high;
	static struct _xstate area __aligned(64);
	unsigned int i;

	asm volatile("fxsave64 %0" : "=m"(area));
	if (area.fpstate.mxcsr_mask)
		mxcsr_mask = area.fpstate.mxcsr_mask;
	cpuid(1, 0, r);
	if (!(r[2] & CPUID_OSXSAVE))
		return;
	asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
	l4_fpu_features = low | (unsigned long)high << 32;
	cpuid(13, 0, r);
	l4_fpu_size = r[1];
	for (i = 2; i < 63; i++) {
		if (!(l4_fpu_features >> i & 1))
			continue;
		cpuid(13, i, r);
		components[i].size = r[0];
		components[i].offset = r[1];
	}
}

/* kzalloc() aligns to powers of two only what is one. */
static void *aligned(void *state)
{
	return PTR_ALIGN(state, 64);
}

void l4_fpu_save(void *state)
{
	state = aligned(state);
	if (l4_fpu_features)
		asm volatile("xsave64 (%0)"
			     :
			     : "r"(state), "a"((u32)l4_fpu_features),
			       "d"((u32)(l4_fpu_features >> 32))
			     : "memory");
	else
		asm volatile("fxsave64 (%0)" : : "r"(state) : "memory");
}

void l4_fpu_load(void *state)
{
	state = aligned(state);
	if (l4_fpu_features)
		asm volatile("xrstor64 (%0)"
			     :
			     : "r"(state), "a"((u32)l4_fpu_features),
			       "d"((u32)(l4_fpu_features >> 32))
			     : "memory");
	else
		asm volatile("fxrstor64 (%0)" : : "r"(state) : "memory");
}

struct _fpstate_64 *l4_fpu_current(void)
{
	void *state = current->thread.xstate;

	l4_fpu_save(state);
	return aligned(state);
}

/* Nothing but what is not zero after a reset. */
static struct {
	struct _xstate state;
	char rest[4096];
} initial __aligned(64) = {
	.state.fpstate.cwd = 0x37f,
	.state.fpstate.mxcsr = MXCSR_DEFAULT,
};

void l4_fpu_reset(void)
{
	l4_fpu_load(&initial);
}

/* Bytes of what a frame holds, the second magic number included. */
static unsigned int frame_size(void)
{
	return l4_fpu_size + (l4_fpu_features ? FP_XSTATE_MAGIC2_SIZE : 0);
}

/* The parts that are not in their initial state; the header says which. */
static int components_write(char __user *to, const struct _xstate *x)
{
	unsigned long left = x->xstate_hdr.xfeatures & ~FEATURES_LEGACY;

	for (; left; left &= left - 1) {
		unsigned int i = __ffs(left);

		if (copy_to_user(to + components[i].offset,
				 (const char *)x + components[i].offset,
				 components[i].size))
			return -EFAULT;
	}
	return 0;
}

static int components_read(struct _xstate *x, const char __user *from)
{
	unsigned long left = x->xstate_hdr.xfeatures & ~FEATURES_LEGACY;

	for (; left; left &= left - 1) {
		unsigned int i = __ffs(left);

		if (copy_from_user((char *)x + components[i].offset,
				   from + components[i].offset,
				   components[i].size))
			return -EFAULT;
	}
	return 0;
}

unsigned long l4_fpu_to_frame(unsigned long sp)
{
	struct _fpstate_64 *fp = aligned(current->thread.xstate);
	u32 magic2 = FP_XSTATE_MAGIC2;
	char __user *to;

	sp = round_down(sp - frame_size(), 64);
	to = (char __user *)sp;
	l4_fpu_save(fp);
	memset(&fp->sw_reserved, 0, sizeof(fp->sw_reserved));
	if (l4_fpu_features) {
		fp->sw_reserved.magic1 = FP_XSTATE_MAGIC1;
		fp->sw_reserved.extended_size = frame_size();
		fp->sw_reserved.xfeatures = l4_fpu_features;
		fp->sw_reserved.xstate_size = l4_fpu_size;
	}
	if (!l4_fpu_features)
		return copy_to_user(to, fp, LEGACY_SIZE) ? 0 : sp;
	if (copy_to_user(to, fp, LEGACY_SIZE + HEADER_SIZE) ||
	    components_write(to, (struct _xstate *)fp) ||
	    put_user(magic2, (u32 __user *)(to + l4_fpu_size)))
		return 0;
	return sp;
}

/* Makes of what a process wrote something that can be loaded. */
static void sanitize(struct _xstate *x, bool extended)
{
	x->fpstate.mxcsr &= mxcsr_mask;
	if (!l4_fpu_features)
		return;
	if (!extended)
		x->xstate_hdr.xfeatures = FEATURES_LEGACY;
	x->xstate_hdr.xfeatures &= l4_fpu_features;
	memset((char *)&x->xstate_hdr + sizeof(x->xstate_hdr.xfeatures), 0,
	       HEADER_SIZE - sizeof(x->xstate_hdr.xfeatures));
}

void *l4_fpu_described(void *state)
{
	struct _fpstate_64 *fp = aligned(state);

	/* It begins with XCR0. */
	memset(&fp->sw_reserved, 0, sizeof(fp->sw_reserved));
	memcpy(&fp->sw_reserved, &l4_fpu_features, sizeof(l4_fpu_features));
	return fp;
}

int l4_fpu_set(struct task_struct *task, const void *from, unsigned int size)
{
	const struct _xstate *new = from;
	struct _xstate *x = aligned(task->thread.xstate);

	if (!task->thread.xstate)
		return -ENODEV;
	if (new->fpstate.mxcsr & ~mxcsr_mask)
		return -EINVAL;
	if (size > LEGACY_SIZE && new->xstate_hdr.xfeatures & ~l4_fpu_features)
		return -EINVAL;
	memcpy(x, from, size);
	if (size == LEGACY_SIZE)
		x->xstate_hdr.xfeatures |= FEATURES_LEGACY & l4_fpu_features;
	sanitize(x, true);
	return 0;
}

int l4_fpu_from_frame(void __user *frame)
{
	struct _xstate *x = aligned(current->thread.xstate);
	bool extended;

	if (!frame) {
		l4_fpu_reset();
		return 0;
	}
	if (copy_from_user(x, frame, LEGACY_SIZE))
		return -EFAULT;
	extended = l4_fpu_features &&
		   x->fpstate.sw_reserved.magic1 == FP_XSTATE_MAGIC1 &&
		   x->fpstate.sw_reserved.xstate_size == l4_fpu_size;
	if (extended &&
	    copy_from_user(&x->xstate_hdr, (char __user *)frame + LEGACY_SIZE,
			   HEADER_SIZE))
		return -EFAULT;
	sanitize(x, extended);
	if (extended && components_read(x, frame))
		return -EFAULT;
	l4_fpu_load(x);
	return 0;
}
