/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A virtual CPU. Its guest is a few lines of code in a space of their own; all
 * that it does beyond computing ends up here, with its registers in the state
 * page: system calls, which have whatever meaning we give them, page faults,
 * which we answer with memory of ours, and exceptions.
 */
#include <l4/env.h>
#include <l4/log.h>
#include <l4/objects.h>
#include <l4/slots.h>
#include <l4/syscall.h>
#include <l4/thread.h>
#include <l4/vcpu.h>

#define STATE ((l4_vcpu_t *)0x50000000) /* the state page, in our space */
#define GUEST_CODE ((uint64_t)0x1000)   /* and the guest's memory, in its own */
#define GUEST_DATA ((uint64_t)0x2000)

/* The guest: its system calls 1 to 3 hand us the squares of their numbers,
 * which it keeps in its memory; then it does something that no one may. */
extern const char guest_code[];
__asm__(".text\n"
        ".balign 4096\n"
        "guest_code:\n"
        "    mov $0x2000, %rbx\n"
        "    mov $1, %rax\n"
        "1:  mov %rax, %rdi\n"
        "    imul %rdi, %rdi\n"
        "    mov %rdi, (%rbx, %rax, 8)\n"
        "    syscall\n"
        "    inc %rax\n"
        "    cmp $3, %rax\n"
        "    jbe 1b\n"
        "    hlt\n"
        "    .balign 4096\n");

static _Alignas(L4_PAGE_SIZE) uint64_t guest_data[L4_PAGE_SIZE / 8];
static _Alignas(16) char stack[16384];
static l4_task_t guest;

/* Carried out when the guest goes on. */
static void guest_map(uint64_t at, const void *from, uint8_t rights)
{
    (void)*(const volatile char *)from; /* so that we have it ourselves */
    STATE->mapq[STATE->mapq_n++] =
        (l4_vcpu_map_t){.address = at,
                        .order = L4_PAGE_ORDER,
                        .rights = rights,
                        .op = L4_VCPU_MAP,
                        .host_address = (uintptr_t)from};
}

/* Does not return: what the guest does next enters the host anew. */
static _Noreturn void guest_resume(void)
{
    l4_words_t none = {{0}};

    (void)l4_ipc(L4_PHASE_RESUME, L4_CAP_NONE, &none, NULL);
    l4_exit(1);
}

/* Entered by the kernel on an empty stack, the state page in rdi. */
_Noreturn void host_entry(l4_vcpu_t *p);
_Noreturn void host_entry(l4_vcpu_t *p)
{
    switch (p->reason) {
    case L4_VCPU_REASON_SYSCALL:
        l4_log(L4_LOG_INFO, "system call %lu, argument %lu", p->regs.ax,
               p->regs.di);
        guest_resume();
    case L4_VCPU_REASON_PF:
        l4_log(L4_LOG_INFO, "page fault at %#lx, by the instruction at %#lx",
               p->address, p->regs.ip);
        if (p->address / L4_PAGE_SIZE != GUEST_DATA / L4_PAGE_SIZE)
            l4_exit(1);
        guest_data[0] = 0; /* our copy of the page must be there first */
        guest_map(GUEST_DATA, guest_data, L4_MEM_R | L4_MEM_W);
        guest_resume();
    case L4_VCPU_REASON_EXC:
        l4_log(L4_LOG_INFO, "exception %u at %#lx: that was all", p->trapno,
               p->regs.ip);
        l4_exit(guest_data[3] == 9 ? 0 : 1);
    default:
        l4_log(L4_LOG_ERROR, "reason %u, error %lu", p->reason, p->error);
        l4_exit(1);
    }
}

int main(void)
{
    const l4_factory_t factory = {L4_CAP_FACTORY};
    const l4_thread_t me = {L4_CAP_THREAD};
    const l4_ctx_t into = L4_CTX(.caps = l4_slot_window(l4_slot_alloc()));
    l4_err_t err;

    err = l4_factory_create_task(factory, 4, &guest, &into);
    if (!err)
        err = l4_thread_make_vcpu(me, (uintptr_t)STATE, NULL);
    if (err) {
        l4_log(L4_LOG_ERROR, "cannot make the vCPU: %s", l4_err_text(err));
        return 1;
    }
    STATE->entry_ip = (uintptr_t)host_entry;
    STATE->entry_sp = (uintptr_t)(stack + sizeof(stack) - 8);
    STATE->user_task = guest.cap;
    STATE->saved_state = L4_VCPU_USER;
    STATE->regs.ip = GUEST_CODE;
    guest_map(GUEST_CODE, guest_code, L4_MEM_R | L4_MEM_X);
    guest_resume();
}
