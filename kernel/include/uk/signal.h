/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Signals: state, sending, delivery. Mechanism below posix-signal. Semantics: signal(7),
 * sigaction(2), sigaltstack(2); frame layout: Linux x86-64 (struct rt_sigframe).
 */
#ifndef UK_SIGNAL_H
#define UK_SIGNAL_H

#include <uk/arch/regs.h>
#include <uk/linux/signal.h>

/* What hangs on a thread. */
struct uk_signal_thread {
	u64 blocked;	   /* bit n-1: signal n */
	u64 pending;	   /* sent, not yet taken */
	u64 saved_blocked; /* of rt_sigsuspend, while restore_blocked */
	bool restore_blocked;
	stack_t altstack;
	siginfo_t information[64]; /* the newest siginfo of each pending signal */
};

/* Sends to the guest (kill, tgkill, timers). 0 or -EINVAL. Wakes what ukplat_wait() blocks. */
int uk_signal_send(const siginfo_t *information);

/*
 * A fault in the guest's code: si_signo, si_code, si_addr as sigaction(2) has them. Delivered at
 * once; a blocked or ignored one ends the program, as on Linux. regs is the faulting state; on
 * return it is the handler's entry state. Does not return when the program ends.
 */
void uk_signal_fault(struct __regs *regs, int signal, int code, uintptr_t address);

/* True when an unblocked signal waits: system calls that block answer -EINTR then. */
bool uk_signal_pending(void);

/*
 * On the way out of a system call with the guest's whole state in regs, when uk_signal_pending().
 * Runs default actions, builds frames, changes regs, handles SA_RESTART by rewinding rip (regs->rax
 * is the call's result, regs->orig_rax its number).
 */
void uk_signal_deliver(struct __regs *regs);

/* rt_sigreturn(2): restores regs from the frame at regs->rsp. A bad frame is SIGSEGV. */
void uk_signal_return(struct __regs *regs);

/* Ends the program. status: 0-255; signal: 0, or the signal (status is then 128 + signal). */
void uk_process_exit(int status, int signal) __attribute__((noreturn));

/* The readable report of a fatal fault: what, where, registers, backtrace (lib/ukdebug). */
void uk_crash_report(const struct __regs *regs, int signal, int code, uintptr_t address);

#endif
