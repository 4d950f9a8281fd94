/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Signals: state, sending, delivery. The mechanism below posix-signal. Semantics: signal(7),
 * sigaction(2), sigaltstack(2); frame layout: Linux x86-64 (struct rt_sigframe).
 */
#ifndef UK_SIGNAL_H
#define UK_SIGNAL_H

#include <uk/arch/regs.h>
#include <uk/linux/signal.h>

/* The result of a system call that a signal interrupted and that SA_RESTART may restart. The
 * program never sees it: uk_signal_deliver() turns it into a restart or -EINTR. (Linux:
 * ERESTARTSYS.) */
#define UK_ERESTART 512

static inline u64 uk_signal_bit(int signal)
{
	return 1UL << (signal - 1);
}

/* A pending signal. */
struct uk_signal_entry {
	siginfo_t information;
	struct uk_signal_entry *next;
	struct uk_signal_pending *where; /* where it is pending; NULL: nowhere */
	/* Called when it is taken; NULL: it is freed. */
	void (*taken)(struct uk_signal_entry *entry);
};

/* Pending signals of a thread or of the process. Bit n-1 of a set is signal n. */
struct uk_signal_pending {
	u64 set;
	struct uk_signal_entry *queue; /* in the order of sending */
	u32 sent;		       /* number of signals ever sent */
};

/* The signal state of a thread. */
struct uk_signal_thread {
	u64 blocked;
	struct uk_signal_pending pending; /* for this thread only */
	u64 saved_blocked; /* the mask to restore, while restore_blocked (rt_sigsuspend) */
	bool restore_blocked;
	stack_t altstack;
};

/* maximum number of pending signals, not counting those of timers */
#define UK_SIGNAL_QUEUE_MAX 1024

struct uk_thread;

/* Sends to a thread (tgkill), or with NULL to the process (kill), where a thread that does not
 * block the signal takes it. 0; -EINVAL for an invalid signal number; -EAGAIN for a real-time
 * signal that cannot be queued. Below SIGRTMIN only one signal per number is pending. */
int uk_signal_send(struct uk_thread *thread, const siginfo_t *information);
/* The same with the sender's own entry, which must be in no queue and must stay until it is taken
 * or withdrawn: it is always queued, even next to others with its number. False if the signal is
 * ignored. */
bool uk_signal_send_entry(struct uk_thread *thread, struct uk_signal_entry *entry);
void uk_signal_withdraw(struct uk_signal_entry *entry);

/* Sets the blocked set; SIGKILL and SIGSTOP cannot be blocked. */
void uk_signal_set_blocked(u64 blocked);
/* Exchanges an action; action or old may be NULL. 0, or -EINVAL. */
int uk_signal_action(int signal, const struct kernel_sigaction *action,
		     struct kernel_sigaction *old);
/* The signals pending for the running thread and for the process. */
u64 uk_signal_waiting(void);
/* The signals pending for the process only. */
const struct uk_signal_pending *uk_signal_of_process(void);
/* Takes a pending signal of set. False if no signal of set is pending. */
bool uk_signal_take(u64 set, siginfo_t *information);
/* True if stack_pointer is on the alternate stack. */
bool uk_signal_on_altstack(u64 stack_pointer);

struct uk_fault {
	int signal, code;  /* si_signo, si_code */
	u64 address;	   /* si_addr */
	u64 vector, error; /* of the exception, for sigcontext */
};
/*
 * A fault in the program's code. Delivered at once; if it is blocked or ignored it ends the
 * program, as on Linux. regs is the faulting state; on return it is the handler's entry state.
 */
void uk_signal_fault(struct __regs *regs, const struct uk_fault *fault);

/* The same if no handler can run: the program ends, with a report. */
void uk_signal_end(const struct __regs *regs, const struct uk_fault *fault)
	__attribute__((noreturn));

/* Called when another thread runs now; when the running thread ends. */
void uk_signal_update_work(void);
void uk_signal_thread_ends(void);

/* True if an unblocked signal is pending: blocking system calls return then. */
bool uk_signal_pending(void);

/*
 * Called on the way back to the program with its whole state in regs, if uk_work_pending. Runs
 * default actions, builds frames, changes regs. regs->orig_rax is the number of the interrupted
 * call, whose result is in regs->rax, or -1 if no call was interrupted.
 */
void uk_signal_deliver(struct __regs *regs);

/* rt_sigreturn(2): restores regs from the frame. 0, or -EFAULT for a bad frame: then call
 * uk_signal_bad_frame() at the end of the system call. */
int uk_signal_return(struct __regs *regs);
void uk_signal_bad_frame(struct __regs *regs);

/* Ends the program. status: 0-255 as in a shell; signal: 0, or the one that ended it. */
void uk_process_exit(int status, int signal) __attribute__((noreturn));

/* Prints the readable report of a fatal signal: cause, location, registers, backtrace (ukdebug). */
void uk_crash_report(const struct __regs *regs, const struct uk_fault *fault);

#endif
