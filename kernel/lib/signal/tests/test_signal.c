/* SPDX-License-Identifier: BSD-3-Clause */
/* Built with: signal/actions.c signal/state.c signal/stop.c signal/wait.c sched/wait.c
 * sched/wait_queue.c */
/* Which signals are pending for which thread, which threads are woken, in which order signals are
 * taken, and what is kept of them without memory: signal(7), sigaction(2), sigqueue(3). */
#include <string.h>
#include <uk/errno.h>
#include <uk/signal.h>

#include "heap.h"
#include "waiting.h"

CHECK_DEFINE_PANIC

#define ALL ~0UL
#define BIT uk_signal_bit

static struct uk_thread second = {.tid = 2, .process = &check_process};
static char woken[16]; /* the numbers of the woken threads, in order */

static void note_woken(struct uk_thread *thread)
{
	size_t length = strlen(woken);

	CHECK(length + 1 < sizeof(woken));
	woken[length] = (char)('0' + thread->tid);
	woken[length + 1] = '\0';
}

static void check_woken(const char *expected)
{
	if (strcmp(woken, expected))
		fprintf(stderr, "%s instead of %s\n", woken, expected);
	CHECK(strcmp(woken, expected) == 0);
	woken[0] = '\0';
}

/* thread NULL: the target is the process. */
static struct uk_signal_target to(struct uk_thread *thread)
{
	return thread ? uk_signal_to_thread(thread) : uk_signal_to_process(&check_process);
}

static int send(struct uk_thread *thread, int signal, int code, int value)
{
	const siginfo_t information = {.si_signo = signal, .si_code = code, .si_value = (u64)value};

	return uk_signal_send(to(thread), &information);
}

static int kill(struct uk_thread *thread, int signal)
{
	return send(thread, signal, SI_USER, 0);
}

static void act(int signal, uintptr_t handler)
{
	const struct kernel_sigaction action = {.handler = handler};

	CHECK(uk_signal_action(&check_process, signal, &action, NULL) == 0);
}

/* Takes the next signal: its number, 0 if no signal of the set is pending. */
static siginfo_t taken;

static int take(u64 set)
{
	return uk_signal_take(set, &taken) ? taken.si_signo : 0;
}

static void handler(void)
{
}

static void test_numbers_and_actions(void)
{
	struct kernel_sigaction action = {.handler = (uintptr_t)handler, .mask = ALL, .flags = ALL};
	struct kernel_sigaction old = {0};

	CHECK(kill(NULL, 0) == -EINVAL && kill(NULL, _NSIG + 1) == -EINVAL);
	CHECK(uk_signal_action(&check_process, 0, NULL, NULL) == -EINVAL);
	CHECK(uk_signal_action(&check_process, _NSIG + 1, NULL, NULL) == -EINVAL);
	/* The actions of SIGKILL and SIGSTOP can be read, but they cannot be changed or blocked. */
	CHECK(uk_signal_action(&check_process, SIGKILL, NULL, &old) == 0 && old.handler == SIG_DFL);
	CHECK(uk_signal_action(&check_process, SIGKILL, &action, NULL) == -EINVAL);
	CHECK(uk_signal_action(&check_process, SIGSTOP, &action, NULL) == -EINVAL);
	CHECK(uk_signal_action(&check_process, SIGUSR1, &action, NULL) == 0);
	CHECK(uk_signal_action(&check_process, SIGUSR1, NULL, &old) == 0 &&
	      old.handler == (uintptr_t)handler);
	CHECK(old.mask == ~(BIT(SIGKILL) | BIT(SIGSTOP)) && old.flags == SA_KNOWN);
	uk_signal_set_blocked(ALL);
	CHECK(check_thread.signal.blocked == ~(BIT(SIGKILL) | BIT(SIGSTOP)));
	uk_signal_set_blocked(0);
	act(SIGUSR1, SIG_DFL);
}

static void test_pending(void)
{
	CHECK(!uk_signal_pending());
	CHECK(kill(NULL, SIGUSR1) == 0 && uk_signal_pending());
	check_woken("1");
	/* Below SIGRTMIN one signal per number is pending. */
	CHECK(send(NULL, SIGUSR1, SI_USER, 5) == 0 && uk_signal_waiting() == BIT(SIGUSR1));
	CHECK(check_process.signal_pending.set == BIT(SIGUSR1));
	check_woken("");
	CHECK(take(ALL) == SIGUSR1 && taken.si_value == 0 && !take(ALL) && !uk_signal_pending());
	/* A blocked signal is pending and wakes no thread. */
	uk_signal_set_blocked(BIT(SIGTERM));
	second.signal.blocked = BIT(SIGTERM);
	CHECK(kill(NULL, SIGTERM) == 0 && !uk_signal_pending());
	CHECK(uk_signal_waiting() == BIT(SIGTERM));
	check_woken("");
	second.signal.blocked = 0;
	uk_signal_set_blocked(0);
	CHECK(uk_signal_pending() && take(ALL) == SIGTERM && !uk_signal_pending());
}

/* Faults first, then by number; each real-time signal, in the order of sending. */
static void test_order(void)
{
	CHECK(send(NULL, SIGRTMIN + 1, SI_QUEUE, 1) == 0);
	CHECK(send(NULL, SIGRTMIN, SI_QUEUE, 2) == 0);
	CHECK(send(NULL, SIGRTMIN, SI_QUEUE, 3) == 0);
	CHECK(kill(NULL, SIGTERM) == 0 && kill(NULL, SIGHUP) == 0 && kill(NULL, SIGSEGV) == 0);
	/* The thread's own signals come before the process's. */
	CHECK(kill(&check_thread, SIGRTMIN + 2) == 0);
	CHECK(take(BIT(SIGUSR2)) == 0 && take(BIT(SIGTERM)) == SIGTERM);
	CHECK(take(ALL) == SIGRTMIN + 2 && take(ALL) == SIGSEGV && take(ALL) == SIGHUP);
	CHECK(take(ALL) == SIGRTMIN && taken.si_value == 2 && uk_signal_pending());
	CHECK(take(ALL) == SIGRTMIN && taken.si_value == 3);
	CHECK(take(ALL) == SIGRTMIN + 1 && taken.si_value == 1 && !take(ALL));
	check_woken("1111111");
}

static void test_ignored(void)
{
	/* SIGCHLD is ignored by default; SIGTERM if the program says so. */
	CHECK(kill(NULL, SIGCHLD) == 0 && !uk_signal_waiting());
	/* If blocked, it is pending all the same: the action may change before it is unblocked. */
	uk_signal_set_blocked(BIT(SIGCHLD));
	CHECK(kill(NULL, SIGCHLD) == 0 && uk_signal_waiting() == BIT(SIGCHLD));
	/* Setting it to be ignored discards pending signals of every thread. */
	CHECK(kill(&second, SIGTERM) == 0 && kill(NULL, SIGTERM) == 0);
	CHECK(second.signal.pending.set == BIT(SIGTERM));
	act(SIGTERM, SIG_IGN);
	CHECK(!second.signal.pending.set && uk_signal_waiting() == BIT(SIGCHLD));
	CHECK(kill(NULL, SIGTERM) == 0 && !uk_signal_pending());
	act(SIGTERM, SIG_DFL);
	act(SIGCHLD, SIG_DFL);
	CHECK(!uk_signal_waiting());
	uk_signal_set_blocked(0);
	check_woken("221");
}

/* Linux, complete_signal(): the running thread, otherwise the first that does not block it. */
static void test_who_is_woken(void)
{
	uk_signal_set_blocked(BIT(SIGUSR1));
	CHECK(kill(NULL, SIGUSR1) == 0 && !uk_signal_pending());
	check_woken("2");
	/* For one thread: no other takes it. */
	CHECK(kill(&check_thread, SIGUSR1) == 0);
	check_woken("");
	run_as(&second);
	CHECK(take(ALL) == SIGUSR1 && !take(ALL) && kill(&second, SIGUSR2) == 0);
	check_woken("2");
	/* The second thread blocks the process's pending signals: the first is notified, if it does
	 * not. */
	check_thread.signal.blocked = 0;
	CHECK(kill(NULL, SIGHUP) == 0);
	check_woken("2");
	uk_signal_set_blocked(BIT(SIGHUP));
	check_woken("1");
	/* A thread that has ended takes no signals. */
	uk_signal_set_blocked(0);
	check_thread.sched.state = UK_SCHED_ENDED;
	CHECK(kill(NULL, SIGTERM) == 0);
	check_woken("2");
	check_thread.sched.state = UK_SCHED_RUNS;
	/* Its own signals are dropped, the process's are passed on. */
	second.sched.state = UK_SCHED_ENDED;
	uk_signal_thread_ends();
	CHECK(!second.signal.pending.set && !second.signal.pending.queue);
	check_woken("11");
	second.sched.state = UK_SCHED_RUNS;
	run_as(&check_thread);
	CHECK(take(ALL) == SIGUSR1 && take(ALL) == SIGHUP && take(ALL) == SIGTERM && !take(ALL));
}

static unsigned int entries_taken;

static void count(struct uk_signal_entry *entry)
{
	CHECK(!entry->where);
	entries_taken++;
}

/* A timer's own entry needs no memory. */
static void test_own_entries(void)
{
	struct uk_signal_entry first = {.information.si_signo = SIGALRM, .taken = count};
	struct uk_signal_entry other = {.information.si_signo = SIGALRM, .taken = count};

	allocations_left = 0;
	CHECK(uk_signal_send_entry(to(NULL), &first) && uk_signal_send_entry(to(&second), &other));
	allocations_left = -1;
	CHECK(first.where && take(ALL) == SIGALRM && entries_taken == 1 && !first.where);
	uk_signal_withdraw(&first); /* it is in no queue: no effect */
	/* Two with one number are pending; without the first, the second is still there. */
	uk_signal_withdraw(&other);
	CHECK(!second.signal.pending.set && entries_taken == 1);
	CHECK(uk_signal_send_entry(to(NULL), &first) && uk_signal_send_entry(to(NULL), &other));
	uk_signal_withdraw(&first);
	CHECK(uk_signal_waiting() == BIT(SIGALRM) && take(ALL) == SIGALRM && entries_taken == 2);
	act(SIGALRM, SIG_IGN);
	CHECK(!uk_signal_send_entry(to(NULL), &first) && !first.where);
	act(SIGALRM, SIG_DFL);
	/* `taken` is called for discarded entries too. */
	CHECK(uk_signal_send_entry(to(NULL), &first));
	act(SIGALRM, SIG_IGN);
	CHECK(entries_taken == 3 && !uk_signal_waiting());
	act(SIGALRM, SIG_DFL);
	check_woken("12111");
}

/* kill(2) never fails for want of memory, sigqueue(3) does. */
static void test_exhaustion(void)
{
	allocations_left = 0;
	CHECK(kill(NULL, SIGUSR1) == 0 && send(NULL, SIGUSR2, SI_QUEUE, 3) == 0);
	CHECK(send(NULL, SIGRTMIN, SI_QUEUE, 4) == -EAGAIN && kill(NULL, SIGRTMIN) == 0);
	allocations_left = -1;
	/* Without the sender's information. */
	CHECK(take(ALL) == SIGUSR1 && take(ALL) == SIGUSR2 && !taken.si_value);
	CHECK(take(ALL) == SIGRTMIN && !take(ALL) && !uk_signal_pending());
	/* The limit counts pending signals, and is available again afterwards. */
	uk_signal_set_blocked(BIT(SIGRTMIN));
	second.signal.blocked = BIT(SIGRTMIN);
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < UK_SIGNAL_QUEUE_MAX; i++)
			CHECK(send(NULL, SIGRTMIN, SI_QUEUE, i) == 0);
		CHECK(send(&second, SIGRTMIN, SI_QUEUE, 0) == -EAGAIN);
		for (int i = 0; i < UK_SIGNAL_QUEUE_MAX; i++)
			CHECK(take(ALL) == SIGRTMIN && taken.si_value == (u64)i);
		CHECK(!take(ALL));
	}
	uk_signal_set_blocked(0);
	second.signal.blocked = 0;
	check_woken("111");
}

static void test_alternate_stack(void)
{
	stack_t *stack = &check_thread.signal.altstack;

	*stack = (stack_t){.ss_sp = (void *)0x10000, .ss_size = 0x1000};
	CHECK(!uk_signal_on_altstack(0x10000) && uk_signal_on_altstack(0x10001));
	CHECK(uk_signal_on_altstack(0x11000) && !uk_signal_on_altstack(0x11001));
	stack->ss_flags = SS_DISABLE;
	CHECK(!uk_signal_on_altstack(0x10800));
}

static void send_awaited(void)
{
	CHECK(kill(NULL, SIGUSR1) == 0);
	check_woken("");
	CHECK(kill(NULL, SIGUSR2) == 0 && kill(NULL, SIGTERM) == 0);
	check_woken("11");
}

static void send_to_second(void)
{
	CHECK(kill(&second, SIGTERM) == 0);
	check_woken("");
	CHECK(kill(&check_thread, SIGUSR2) == 0);
	check_woken("1");
}

/* Only the thread that waits for a blocked signal is woken. What it does not take is for others
 * that wait for it. */
static void test_wait(void)
{
	u64 before = now;

	second.signal.blocked = ALL;
	uk_signal_set_blocked(BIT(SIGUSR1) | BIT(SIGUSR2) | BIT(SIGTERM));
	wait_does(send_awaited);
	CHECK(uk_signal_wait(BIT(SIGUSR2) | BIT(SIGTERM), &taken, UINT64_MAX) == 0);
	CHECK(taken.si_signo == SIGUSR2 && !check_thread.signal.awaited);
	second.signal.awaited = BIT(SIGTERM);
	CHECK(take(BIT(SIGTERM)) == SIGTERM && kill(NULL, SIGTERM) == 0);
	check_woken("2");
	CHECK(kill(NULL, SIGUSR2) == 0);
	CHECK(uk_signal_wait(BIT(SIGUSR2) | BIT(SIGTERM), &taken, UINT64_MAX) == 0);
	CHECK(taken.si_signo == SIGUSR2);
	check_woken("2");
	CHECK(take(BIT(SIGTERM)) == SIGTERM && take(BIT(SIGUSR1)) == SIGUSR1);
	second.signal.awaited = 0;
	wait_does(send_to_second);
	CHECK(uk_signal_wait(BIT(SIGUSR2) | BIT(SIGTERM), &taken, UINT64_MAX) == 0);
	CHECK(taken.si_signo == SIGUSR2 && second.signal.pending.set == BIT(SIGTERM));
	wait_does(NULL);
	CHECK(uk_signal_wait(BIT(SIGUSR1), &taken, now + 5) == -EAGAIN && now == before + 5);
	CHECK(kill(NULL, SIGHUP) == 0 && uk_signal_wait(BIT(SIGUSR1), &taken, now) == -EINTR);
	CHECK(take(BIT(SIGHUP)) == SIGHUP);
	run_as(&second);
	CHECK(take(BIT(SIGTERM)) == SIGTERM);
	run_as(&check_thread);
	second.signal.blocked = 0;
	uk_signal_set_blocked(0);
	woken[0] = '\0';
	waits_are_over();
}

static unsigned int told;

static bool count_signal(struct uk_wait_entry *entry, u32 happened)
{
	told++;
	return true;
}

/* Each signal that becomes pending wakes the process's queue, whoever takes it. */
static void test_queue(void)
{
	struct uk_wait_entry entry = {.wake = count_signal, .events = 1};

	uk_wait_add(&check_process.signal_queue, &entry);
	CHECK(kill(NULL, SIGUSR1) == 0 && kill(NULL, SIGUSR1) == 0 && told == 1);
	CHECK(kill(&second, SIGUSR1) == 0 && told == 2 && kill(NULL, SIGCHLD) == 0 && told == 2);
	uk_wait_remove(&entry);
	CHECK(take(ALL) == SIGUSR1 && told == 2);
	run_as(&second);
	CHECK(take(ALL) == SIGUSR1);
	run_as(&check_thread);
	woken[0] = '\0';
}

int main(void)
{
	when_woken = note_woken;
	check_thread.next = &second;
	check_process.thread_count = 2;
	test_numbers_and_actions();
	test_pending();
	test_order();
	test_ignored();
	test_who_is_woken();
	test_own_entries();
	test_exhaustion();
	test_alternate_stack();
	test_wait();
	test_queue();
	return 0;
}
