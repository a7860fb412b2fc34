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

static void cpuid(u32 leaf, u32 r[4])
{
	asm volatile("cpuid"
		     : "=a"(r[0]), "=b"(r[1]), "=c"(r[2]), "=d"(r[3])
		     : "a"(leaf), "c"(0));
}

void __init l4_fpu_init(void)
{
	u32 r[4], low, high;
	static struct _xstate area __aligned(64);

	asm volatile("fxsave64 %0" : "=m"(area));
	if (area.fpstate.mxcsr_mask)
		mxcsr_mask = area.fpstate.mxcsr_mask;
	cpuid(1, r);
	if (!(r[2] & CPUID_OSXSAVE))
		return;
	asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
	l4_fpu_features = low | (unsigned long)high << 32;
	cpuid(13, r);
	l4_fpu_size = r[1];
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

void l4_fpu_reset(struct task_struct *task)
{
	struct _fpstate_64 *fp = aligned(task->thread.xstate);

	memset(fp, 0, l4_fpu_size);
	fp->cwd = 0x37f;
	fp->mxcsr = MXCSR_DEFAULT;
	l4_fpu_load(fp);
}

/* Bytes of what a frame holds, the second magic number included. */
static unsigned int frame_size(void)
{
	return l4_fpu_size + (l4_fpu_features ? FP_XSTATE_MAGIC2_SIZE : 0);
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
	if (copy_to_user(to, fp, l4_fpu_size))
		return 0;
	if (l4_fpu_features &&
	    copy_to_user(to + l4_fpu_size, &magic2, sizeof(magic2)))
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

int l4_fpu_from_frame(void __user *frame)
{
	struct _xstate *x = aligned(current->thread.xstate);
	bool extended;

	if (!frame) {
		l4_fpu_reset(current);
		return 0;
	}
	if (copy_from_user(x, frame, LEGACY_SIZE))
		return -EFAULT;
	extended = l4_fpu_features &&
		   x->fpstate.sw_reserved.magic1 == FP_XSTATE_MAGIC1 &&
		   x->fpstate.sw_reserved.xstate_size == l4_fpu_size;
	if (extended && copy_from_user((char *)x + LEGACY_SIZE,
				       (char __user *)frame + LEGACY_SIZE,
				       l4_fpu_size - LEGACY_SIZE))
		return -EFAULT;
	sanitize(x, extended);
	l4_fpu_load(x);
	return 0;
}
