/* SPDX-License-Identifier: BSD-3-Clause */
#include <uk/alloc.h>
#include <uk/errno.h>
#include <uk/process.h>

struct uk_posix_timer {
	struct uk_clock_timer clock_timer;
	struct uk_signal_entry entry;
	struct uk_process *process; /* the process that gets its signal */
	bool sends, waits;	    /* whether it sends a signal; whether that is pending */
	pid_t receiver;		    /* SIGEV_THREAD_ID; 0: the process */
	unsigned int delivered;	    /* overruns reported by the last signal */
	int id;
	struct uk_posix_timer *next;
};

static struct uk_posix_timer *find(const struct uk_process *process, int id)
{
	struct uk_posix_timer *timer = process->timers.posix;

	while (timer && timer->id != id)
		timer = timer->next;
	return timer;
}

static void signal_taken(struct uk_signal_entry *entry)
{
	struct uk_posix_timer *timer = container_of(entry, struct uk_posix_timer, entry);

	timer->waits = false;
	timer->delivered = entry->information.si_overrun;
}

/* The thread that gets its signals; NULL: it has ended. */
static struct uk_thread *receiver_of(const struct uk_posix_timer *timer)
{
	struct uk_thread *thread = timer->process->threads;

	while (thread && thread->tid != timer->receiver)
		thread = thread->next;
	return thread;
}

static unsigned int clamp(u64 overruns)
{
	return (unsigned int)MIN(overruns, (u64)INT32_MAX);
}

static void expired(struct uk_clock_timer *clock_timer, u64 times)
{
	struct uk_posix_timer *timer =
		container_of(clock_timer, struct uk_posix_timer, clock_timer);
	siginfo_t *information = &timer->entry.information;
	struct uk_signal_target target = uk_signal_to_process(timer->process);

	if (!timer->sends)
		return;
	if (timer->waits) {
		information->si_overrun = clamp(information->si_overrun + times);
		return;
	}
	information->si_overrun = clamp(times - 1);
	if (timer->receiver) {
		target.thread = receiver_of(timer);
		if (!target.thread)
			return;
	}
	timer->waits = uk_signal_send_entry(target, &timer->entry);
}

int uk_posix_timer_create(struct uk_process *process, clockid_t clock, const struct sigevent *event)
{
	struct uk_posix_timer *timer = process->timers.posix_count < UK_POSIX_TIMERS_MAX
					       ? uk_zalloc(sizeof(*timer))
					       : NULL;

	if (!timer)
		return -EAGAIN;
	timer->clock_timer.clock = clock;
	timer->clock_timer.process = process;
	timer->clock_timer.expired = expired;
	timer->process = process;
	timer->sends = event->sigev_notify != SIGEV_NONE;
	if (event->sigev_notify & SIGEV_THREAD_ID)
		timer->receiver = event->sigev_notify_thread_id;
	timer->entry.information.si_signo = event->sigev_signo;
	timer->entry.information.si_code = SI_TIMER;
	timer->entry.information.si_timerid = process->timers.posix_next_id;
	timer->entry.information.si_value = event->sigev_value;
	timer->entry.taken = signal_taken;
	timer->id = process->timers.posix_next_id;
	timer->next = process->timers.posix;
	process->timers.posix = timer;
	process->timers.posix_count++;
	do
		process->timers.posix_next_id = (process->timers.posix_next_id + 1) & INT32_MAX;
	while (find(process, process->timers.posix_next_id));
	return 0;
}

int uk_posix_timer_get(const struct uk_process *process, int id, struct uk_timer_setting *setting)
{
	const struct uk_posix_timer *timer = find(process, id);

	if (!timer)
		return -EINVAL;
	setting->value = uk_clock_timer_left(&timer->clock_timer);
	setting->interval = setting->value ? timer->clock_timer.interval : 0;
	return 0;
}

int uk_posix_timer_set(struct uk_process *process, int id, bool absolute,
		       const struct uk_timer_setting *new, struct uk_timer_setting *old)
{
	int error = uk_posix_timer_get(process, id, old);

	if (!error)
		uk_clock_timer_set(&find(process, id)->clock_timer, absolute, new->value,
				   new->interval);
	return error;
}

int uk_posix_timer_overruns(const struct uk_process *process, int id)
{
	const struct uk_posix_timer *timer = find(process, id);

	return timer ? (int)timer->delivered : -EINVAL;
}

int uk_posix_timer_delete(struct uk_process *process, int id)
{
	struct uk_posix_timer *timer = find(process, id), **link = &process->timers.posix;

	if (!timer)
		return -EINVAL;
	while (*link != timer)
		link = &(*link)->next;
	*link = timer->next;
	process->timers.posix_count--;
	uk_clock_timer_set(&timer->clock_timer, false, 0, 0);
	uk_signal_withdraw(&timer->entry);
	uk_free(timer);
	return 0;
}

void uk_posix_timers_delete_all(struct uk_process *process)
{
	while (process->timers.posix)
		uk_posix_timer_delete(process, process->timers.posix->id);
}
