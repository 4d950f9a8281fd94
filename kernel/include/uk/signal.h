/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Signals: state and sending; delivery is in uk/leave.h. The mechanism below posix-signal.
 * Semantics: signal(7), sigaction(2), sigaltstack(2); frame layout: Linux x86-64 (struct
 * rt_sigframe).
 */
#ifndef UK_SIGNAL_H
#define UK_SIGNAL_H

#include <uk/arch/regs.h>
#include <uk/linux/signal.h>

/* The result of a system call that a signal interrupted and that SA_RESTART may restart. The
 * program never sees it: uk_signal_deliver() turns it into a restart or -EINTR. (Linux:
 * ERESTARTSYS.) */
#define UK_ERESTART	   512
/* The same, restarted in any case (Linux: ERESTARTNOINTR). */
#define UK_ERESTART_ALWAYS 513

static inline u64 uk_signal_bit(int signal)
{
	return 1UL << (signal - 1);
}

struct uk_process;
struct uk_thread;

/* A pending signal. */
struct uk_signal_entry {
	siginfo_t information;
	struct uk_signal_entry *next;
	struct uk_signal_pending *where; /* where it is pending; NULL: nowhere */
	struct uk_process *sent_to;	 /* its signals_queued counts the entry */
	/* Called when it is taken; NULL: it is freed. */
	void (*taken)(struct uk_signal_entry *entry);
};

/* Pending signals of a thread or of the process. Bit n-1 of a set is signal n. */
struct uk_signal_pending {
	u64 set;
	struct uk_signal_entry *queue; /* in the order of sending */
};

/* The signal state of a thread. */
struct uk_signal_thread {
	u64 blocked;
	u64 awaited;			  /* blocked ones that rt_sigtimedwait(2) waits for */
	struct uk_signal_pending pending; /* for this thread only */
	u64 saved_blocked; /* the mask to restore, while restore_blocked (rt_sigsuspend) */
	bool restore_blocked;
	stack_t altstack;
};

/* maximum number of pending signals, not counting those of timers */
#define UK_SIGNAL_QUEUE_MAX 1024

struct uk_signal_actions {
	struct kernel_sigaction of[_NSIG]; /* indexed by the signal's number minus 1 */
	u32 references;
};

/* Creates a set of default actions with one reference. NULL: no memory. */
struct uk_signal_actions *uk_signal_actions_create(void);
/* fork(2): a copy with one reference. NULL: no memory. */
struct uk_signal_actions *uk_signal_actions_fork(const struct uk_signal_actions *actions);
static inline struct uk_signal_actions *uk_signal_actions_get(struct uk_signal_actions *actions)
{
	actions->references++;
	return actions;
}
void uk_signal_actions_put(struct uk_signal_actions *actions);
/* execve(2), CLONE_CLEAR_SIGHAND: handlers become the default action; what is ignored stays so. */
void uk_signal_actions_reset(struct uk_signal_actions *actions);

/*
 * The target of a signal: a thread (tgkill(2)), or with thread NULL a process (kill(2)), where a
 * thread that does not block the signal takes it.
 */
struct uk_signal_target {
	struct uk_process *process;
	struct uk_thread *thread;
};

/* 0; -EINVAL for an invalid signal number; -EAGAIN for a real-time signal that cannot be queued.
 * Below SIGRTMIN only one signal per number is pending. */
int uk_signal_send(struct uk_signal_target target, const siginfo_t *information);
/* The same with the sender's own entry, which must be in no queue and must stay until it is taken
 * or withdrawn: it is always queued, even next to others with its number. False if the signal is
 * ignored. */
bool uk_signal_send_entry(struct uk_signal_target target, struct uk_signal_entry *entry);
void uk_signal_withdraw(struct uk_signal_entry *entry);

/* Sets the blocked set; SIGKILL and SIGSTOP cannot be blocked. */
void uk_signal_set_blocked(u64 blocked);
/* Exchanges an action; action or old may be NULL. 0, or -EINVAL. */
int uk_signal_action(struct uk_process *process, int signal, const struct kernel_sigaction *action,
		     struct kernel_sigaction *old);
/* Returns the action of a signal, 1 to _NSIG; the caller may change it. */
struct kernel_sigaction *uk_signal_action_of(const struct uk_process *process, int signal);
/* Whether the signal's action, default or chosen, is to ignore it. */
bool uk_signal_is_ignored(const struct uk_process *process, int signal);
/* The signals pending for the running thread and for the process. */
u64 uk_signal_waiting(void);
/* Takes a pending signal of set. False if no signal of set is pending. */
bool uk_signal_take(u64 set, siginfo_t *information);
/* Waits for a signal of set and takes it: 0; -EINTR (another signal is pending), -EAGAIN (the
 * deadline, of the monotonic clock, has passed; UINT64_MAX: none). */
int uk_signal_wait(u64 set, siginfo_t *information, u64 deadline);
/* True if stack_pointer is on the alternate stack. */
bool uk_signal_on_altstack(u64 stack_pointer);

struct uk_fault {
	int signal, code;  /* si_signo, si_code */
	u64 address;	   /* si_addr */
	u64 vector, error; /* of the exception, for sigcontext */
};
/* Sets or clears UK_WORK_SIGNAL, depending on whether an unblocked signal is pending, or the thread
 * must end or stop. */
void uk_signal_update_work(void);
/* Called when the running thread ends: drops its pending signals, and notifies other threads of
 * those of the process. */
void uk_signal_thread_ends(void);
/* Drops the process's own pending signals: it has ended. */
void uk_signal_process_ends(struct uk_process *process);

/* True if an unblocked signal is pending, or the thread must end or stop: blocking system calls
 * return then. */
bool uk_signal_pending(void);
/* The same, but a process that is to stop does not stop here: for functions that hold something
 * meanwhile, and return then. */
bool uk_signal_is_due(void);

/*
 * Makes all threads of the process end, each on its way back to the program. status: 0-255, of
 * exit(2); signal: 0, or the signal that ends it. No effect on a process that already ends.
 */
void uk_signal_end_process(struct uk_process *process, int status, int signal);

/* The signals whose default action is to stop the process. */
#define UK_SIGNAL_STOPS                                                                            \
	(uk_signal_bit(SIGSTOP) | uk_signal_bit(SIGTSTP) | uk_signal_bit(SIGTTIN) |                \
	 uk_signal_bit(SIGTTOU))
static inline bool uk_signal_is_stop(int signal)
{
	return uk_signal_bit(signal) & UK_SIGNAL_STOPS;
}
/* Stops the current process, because that is the default action of the signal, unless nobody could
 * continue it. */
void uk_signal_stop(int signal);
/* lib/process sets this: whether no process of the group has a parent in another group of the same
 * session. */
extern bool (*uk_signal_group_is_orphaned)(pid_t group);
/* lib/console sets this: stops the whole run on the host, because the first process stops, until it
 * continues. False: it cannot be stopped. NULL: the same. */
extern bool (*uk_signal_stop_run)(void);
/* Waits while the current process is stopped, unless the thread must end. Called on the way back to
 * the program. */
void uk_signal_wait_while_stopped(void);

#endif
