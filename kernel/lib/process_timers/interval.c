/* SPDX-License-Identifier: BSD-3-Clause */
#include <uk/process.h>

static void expired(struct uk_clock_timer *clock_timer, u64 times)
{
	const struct uk_interval_timer *timer =
		container_of(clock_timer, struct uk_interval_timer, clock_timer);
	const siginfo_t information = {.si_signo = timer->signal, .si_code = SI_KERNEL};

	uk_signal_send(uk_signal_to_process(timer->process), &information);
}

struct uk_timer_setting uk_interval_timer_get(const struct uk_process *process, int which)
{
	const struct uk_clock_timer *timer = &process->timers.interval[which].clock_timer;
	s64 left = uk_clock_timer_left(timer);

	return (struct uk_timer_setting){left, left ? timer->interval : 0};
}

void uk_interval_timer_set(struct uk_process *process, int which,
			   const struct uk_timer_setting *setting)
{
	static const struct {
		clockid_t clock;
		int signal;
	} kinds[] = {
		[ITIMER_REAL] = {CLOCK_MONOTONIC, SIGALRM},
		[ITIMER_VIRTUAL] = {CLOCK_PROCESS_CPUTIME_ID, SIGVTALRM},
		[ITIMER_PROF] = {CLOCK_PROCESS_CPUTIME_ID, SIGPROF},
	};
	struct uk_interval_timer *timer = &process->timers.interval[which];

	timer->process = process;
	timer->signal = kinds[which].signal;
	timer->clock_timer.clock = kinds[which].clock;
	timer->clock_timer.process = process;
	timer->clock_timer.expired = expired;
	uk_clock_timer_set(&timer->clock_timer, false, setting->value, setting->interval);
}

void uk_process_timers_end(struct uk_process *process)
{
	static const struct uk_timer_setting none;

	for (int which = 0; which < UK_INTERVAL_TIMERS; which++) {
		if (process->timers.interval[which].process)
			uk_interval_timer_set(process, which, &none);
	}
	uk_posix_timers_delete_all(process);
}
