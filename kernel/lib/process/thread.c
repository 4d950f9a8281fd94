/* SPDX-License-Identifier: BSD-3-Clause */
/* Creation, lookup and removal of threads. */
#include <uk/alloc.h>
#include <uk/credentials.h>
#include <uk/errno.h>
#include <uk/string.h>

#include "process.h"

#define TID_MAX	  4194304 /* Linux, PID_MAX_LIMIT on 64 bits */
#define TID_FIRST 2	  /* the first process has number 1 */

static struct uk_thread *find_in(const struct uk_process *process, pid_t tid)
{
	struct uk_thread *thread = process->threads;

	while (thread && thread->tid != tid)
		thread = thread->next;
	return thread;
}

struct uk_thread *uk_thread_find(pid_t tid)
{
	struct uk_thread *thread = find_in(uk_process_current(), tid);

	for (struct uk_process *process = uk_process_after(NULL); process && !thread;
	     process = uk_process_after(process))
		thread = find_in(process, tid);
	return thread;
}

struct uk_thread *uk_thread_next(const struct uk_process *process, pid_t lowest)
{
	struct uk_thread *next = NULL;

	for (struct uk_thread *thread = process->threads; thread; thread = thread->next) {
		if (thread->tid >= lowest && (!next || thread->tid < next->tid))
			next = thread;
	}
	return next;
}

void uk_thread_set_name(struct uk_thread *thread, const char *name)
{
	size_t length = strnlen(name, UK_THREAD_NAME_SIZE - 1);

	memset(thread->name, 0, UK_THREAD_NAME_SIZE);
	memcpy(thread->name, name, length);
}

/* A number is not used again as long as a group or a session has it. */
static bool is_used(pid_t id)
{
	for_each_process(process)
	{
		if (process->group == id || process->session == id || find_in(process, id))
			return true;
	}
	return false;
}

static pid_t new_tid(void)
{
	static pid_t last = TID_FIRST - 1;

	do
		last = last == TID_MAX ? TID_FIRST : last + 1;
	while (is_used(last));
	return last;
}

struct uk_thread *uk_thread_create(struct uk_process *process, const struct __regs *regs)
{
	struct uk_thread *thread = uk_zalloc(sizeof(*thread));

	if (!thread)
		return NULL;
	if (ukplat_context_create(&thread->sched.context, &uk_thread_current()->sched.context,
				  regs)) {
		uk_free(thread);
		return NULL;
	}
	thread->tid = new_tid();
	thread->process = process;
	thread->credentials = uk_credentials_get(uk_thread_current()->credentials);
	return thread;
}

void uk_thread_start(struct uk_thread *thread)
{
	struct uk_process *process = thread->process;

	thread->next = process->threads->next;
	process->threads->next = thread;
	process->thread_count++;
	uk_sched_add(thread);
}

void uk_thread_end(void)
{
	uk_cpu_current()->work |= UK_WORK_END;
}

int uk_process_end_other_threads(void)
{
	struct uk_process *process = uk_process_current();
	struct uk_thread *self = uk_thread_current(), *leader = process->threads;

	if (process->is_ending || process->executing)
		return -EAGAIN;
	process->executing = self;
	for (struct uk_thread *thread = leader; thread; thread = thread->next)
		uk_sched_wake(thread);
	while (process->thread_count > 1 && !process->is_ending)
		uk_sched_sleep(UINT64_MAX);
	process->executing = NULL;
	if (process->is_ending)
		return -EINTR;
	if (leader != self) {
		/* It has ended, and its number is the process's. */
		process->threads = self;
		self->tid = process->pid;
		uk_credentials_put(leader->credentials);
		uk_free(leader);
	}
	return 0;
}

void uk_thread_remove(void)
{
	struct uk_thread *self = uk_thread_current(), *before = self->process->threads;

	while (before && before->next != self)
		before = before->next;
	if (before) {
		before->next = self->next;
		uk_credentials_put(self->credentials);
		self->credentials = NULL;
	}
	self->process->thread_count--;
	self->process->ended_ran += uk_sched_ran(self);
	if (self->process->executing)
		uk_sched_wake(self->process->executing);
}
