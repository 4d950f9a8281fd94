/* SPDX-License-Identifier: BSD-3-Clause */
/* All threads: the first is the program's own, the others were created by it. */
#include <uk/alloc.h>

#include "sched.h"

#define TID_MAX 4194304 /* Linux, PID_MAX_LIMIT on 64 bits */

struct uk_thread uk_thread_main = {
	.tid = UK_PROCESS_ID,
	.signal = {.altstack = {.ss_flags = SS_DISABLE}},
};
struct uk_thread *uk_thread_running = &uk_thread_main;
unsigned int uk_thread_count = 1;

struct uk_thread *uk_thread_find(pid_t tid)
{
	struct uk_thread *thread = &uk_thread_main;

	while (thread && thread->tid != tid)
		thread = thread->next;
	return thread;
}

static pid_t new_tid(void)
{
	static pid_t last = UK_PROCESS_ID;

	do
		last = last == TID_MAX ? UK_PROCESS_ID + 1 : last + 1;
	while (uk_thread_find(last));
	return last;
}

struct uk_thread *uk_thread_create(const struct __regs *regs)
{
	struct uk_thread *thread = uk_zalloc(sizeof(*thread));

	if (!thread)
		return NULL;
	if (ukplat_context_create(&thread->sched.context, &uk_thread_running->sched.context,
				  regs)) {
		uk_free(thread);
		return NULL;
	}
	thread->tid = new_tid();
	return thread;
}

void uk_thread_start(struct uk_thread *thread)
{
	thread->next = uk_thread_main.next;
	uk_thread_main.next = thread;
	uk_thread_count++;
	sched_add(thread);
}

void uk_thread_end(void)
{
	uk_work_pending |= UK_WORK_END;
}

void thread_exit(void)
{
	struct uk_thread *before = &uk_thread_main;

	uk_work_pending &= (u8)~UK_WORK_END;
	while (before && before->next != uk_thread_running)
		before = before->next;
	if (before)
		before->next = uk_thread_running->next;
	uk_thread_count--;
	uk_signal_thread_ends();
	sched_leave();
}

void thread_free(struct uk_thread *thread)
{
	if (thread == &uk_thread_main)
		return;
	ukplat_context_destroy(&thread->sched.context);
	uk_free(thread);
}
