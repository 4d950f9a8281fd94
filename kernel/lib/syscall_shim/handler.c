/* SPDX-License-Identifier: BSD-3-Clause */
/* The road of a system call from the platform's entry to the generated dispatcher and back. */
#include <uk/bits/syscall_dispatch.h>
#include <uk/print.h>
#include <uk/signal.h>
#include <uk/syscall.h>
#include <uk/thread.h>
#include <uk/work.h>

u32 uk_work_pending;

int *uk_errno_location(void)
{
	return &uk_thread_current()->error;
}

/* Kept out of line so that the fast path saves no registers for it. */
#ifdef CONFIG_LIBSYSCALL_SHIM_DEBUG_HANDLER
static __attribute__((noinline)) void print_request(const struct __regs *regs, long nr)
{
	const char *name = uk_syscall_name(nr);

	uk_pr_debug("Binary system call request \"%s\" (%ld) at ip:0x%lx (arg0=0x%lx, arg1=0x%lx, "
		    "...)\n",
		    name ? name : "unknown", nr, regs->rip, regs->rarg0, regs->rarg1);
}
#else
static inline void print_request(const struct __regs *regs, long nr)
{
}
#endif

/* Reads of regs only what the call takes; Makefile.uk keeps the compiler from reading it all. */
static inline __attribute__((always_inline)) long dispatch(long nr, const struct __regs *regs)
{
	switch (nr) {
		UK_SYSCALL_CASES((long)regs->rarg0, (long)regs->rarg1, (long)regs->rarg2,
				 (long)regs->rarg3, (long)regs->rarg4, (long)regs->rarg5)
	default:
		return uk_syscall_not_available(nr);
	}
}

/* Leaves with the whole state, which a signal's delivery may have changed. */
static __attribute__((noinline, cold)) void __noreturn leave_by_work(struct __regs *regs)
{
	/* What `syscall` leaves in these two (Intel SDM vol. 2). */
	regs->rcx = regs->rip;
	regs->r11 = regs->eflags;
	uk_signal_deliver(regs);
	ukarch_resume(regs);
}

/* Called by the platform with the guest's state; the result is in regs->rret0. */
void ukplat_syscall_handler(struct __regs *regs);
void ukplat_syscall_handler(struct __regs *regs)
{
	/* Linux takes the low 32 bits, sign-extended (arch/x86/entry/entry_64.S). */
	long nr = (int)regs->rsyscall;

	print_request(regs, nr);
	regs->rret0 = (u64)dispatch(nr, regs);
	if (unlikely(uk_work_pending))
		leave_by_work(regs);
}
