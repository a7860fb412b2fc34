// SPDX-License-Identifier: GPL-2.0-only
#define COMPILE_OFFSETS
#include <linux/kbuild.h>
#include <linux/sched.h>
#include <asm/l4.h>

int main(void);

int main(void)
{
	OFFSET(TASK_SP, task_struct, thread.sp);
	DEFINE(VCPU_SAVED_STATE,
	       L4_VCPU_ADDRESS + offsetof(l4_vcpu_t, saved_state));
	DEFINE(VCPU_STATE, L4_VCPU_ADDRESS + offsetof(l4_vcpu_t, state));
	DEFINE(STATE_LINUX, L4_STATE_LINUX);
	DEFINE(VCPU_REASON, L4_VCPU_ADDRESS + offsetof(l4_vcpu_t, reason));
	DEFINE(VCPU_USER, L4_VCPU_USER);
	DEFINE(VCPU_IRQ, L4_VCPU_IRQ);
	DEFINE(VCPU_REASON_SYSCALL, L4_VCPU_REASON_SYSCALL);
	OFFSET(PLATFORM_RESUME, l4_platform, resume);
	return 0;
}
