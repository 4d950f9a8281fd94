/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Calls that the host wants to see: counted, recorded in the trace, handled in Python. One byte per
 * number selects them; a call whose byte is 0 takes the normal path.
 */
#include <uk/arch/instructions.h>
#include <uk/bits/syscall_captures.h>
#include <uk/bits/syscall_dispatch.h>
#include <uk/channel.h>
#include <uk/cpu.h>
#include <uk/debugger.h>
#include <uk/init.h>
#include <uk/process.h>
#include <uk/string.h>
#include <uk/thread.h>
#include <uk/trace.h>

#include "last_calls.h"
#include "shim.h"

/* Our own bits, in addition to the host's: the trace copies memory at the entry, at the return; the
 * call is recorded for a debugger; the call may let a new process run, or end its thread. */
#define HOOK_CAPTURE_IN	 0x80
#define HOOK_CAPTURE_OUT 0x40
#define HOOK_KEEP	 0x20
#define HOOK_TURNS	 0x10

_Static_assert(UK_SYSCALL_MAX < UK_CHANNEL_HOOK_UNKNOWN, "a byte for each number");

u8 shim_hooks[UK_CHANNEL_HOOKS_SIZE];
bool shim_other_hooks;

static u8 trace_hooks(unsigned int nr)
{
	u8 hooks = 0;

	switch (nr) {
	case SYS_clone:
	case SYS_clone3:
	case SYS_fork:
	case SYS_vfork:
	case SYS_exit:
	case SYS_exit_group:
		hooks = HOOK_TURNS;
	}

	for (unsigned int i = syscall_capture_starts[nr]; i < syscall_capture_starts[nr + 1]; i++) {
		const struct uk_capture *capture = &syscall_captures[i];

		if (uk_capture_is_due(capture, false))
			hooks |= HOOK_CAPTURE_IN;
		if (uk_capture_is_due(capture, true))
			hooks |= HOOK_CAPTURE_OUT;
	}
	return hooks;
}

static int take_hooks(void)
{
	const struct uk_channel_control *control = uk_channel_control();

	if (control)
		memcpy(shim_hooks, control->hooks, sizeof(shim_hooks));
	if (uk_debugger) {
		for (unsigned int nr = 0; nr < UK_CHANNEL_HOOKS_SIZE; nr++)
			shim_hooks[nr] |= HOOK_KEEP;
	}
	for (unsigned int nr = 0; nr <= UK_SYSCALL_MAX; nr++) {
		if (shim_hooks[nr] & UK_CHANNEL_HOOK_TRACE)
			shim_hooks[nr] |= trace_hooks(nr);
	}
	for (unsigned int nr = UK_SYSCALL_LAST + 1; nr < UK_CHANNEL_HOOKS_SIZE; nr++)
		shim_other_hooks |= shim_hooks[nr] != 0;
	return 0;
}
UK_INIT(UK_INIT_CLASS_LATE, take_hooks);

/* Makes a call of the kernel for the host. The guest's registers hold the arguments meanwhile,
 * because a call may read them; rt_sigreturn replaces them. */
static long call_for_host(struct uk_channel_control *control, struct __regs *regs)
{
	const struct __regs saved = *regs;
	long result;

	regs->rarg0 = control->arguments[0];
	regs->rarg1 = control->arguments[1];
	regs->rarg2 = control->arguments[2];
	regs->rarg3 = control->arguments[3];
	regs->rarg4 = control->arguments[4];
	regs->rarg5 = control->arguments[5];
	result = uk_syscall6_r_e(control->number, regs);
	/* Unless the call replaced the state. */
	if (regs->orig_rax == saved.orig_rax) {
		regs->rarg0 = saved.rarg0;
		regs->rarg1 = saved.rarg1;
		regs->rarg2 = saved.rarg2;
		regs->rarg3 = saved.rarg3;
		regs->rarg4 = saved.rarg4;
		regs->rarg5 = saved.rarg5;
	}
	return result;
}

static long ask_host(long nr, struct __regs *regs)
{
	struct uk_channel_control *control = uk_channel_control();
	const u64 arguments[] = {regs->rarg0, regs->rarg1, regs->rarg2,
				 regs->rarg3, regs->rarg4, regs->rarg5};
	u32 event = UK_CHANNEL_EVENT_CALL;

	control->number = nr;
	memcpy(control->arguments, arguments, sizeof(arguments));
	control->ip = regs->rip;
	/* The host talks to one thread at a time. */
	uk_cpu_current()->held++;
	for (;;) {
		uk_channel_exchange(event);
		event = UK_CHANNEL_EVENT_DONE;
		if (control->command == UK_CHANNEL_COMMAND_RETURN)
			break;
		if (control->command == UK_CHANNEL_COMMAND_EXIT) {
			uk_signal_end_process(uk_process_current(), (int)control->result & 0xff, 0);
			break;
		}
		if (control->command == UK_CHANNEL_COMMAND_CALL)
			control->result = call_for_host(control, regs);
		else
			uk_channel_do(control);
	}
	uk_cpu_current()->held--;
	return control->result;
}

static long answer(struct __regs *regs, long nr, u8 hook)
{
	return hook & UK_CHANNEL_HOOK_HOST ? ask_host(nr, regs) : uk_syscall6_r_e(nr, regs);
}

#ifdef CONFIG_LIBTRACE
static void capture(struct uk_trace_record *record, long nr, bool leave)
{
	uk_trace_capture(record, syscall_captures + syscall_capture_starts[nr],
			 syscall_captures + syscall_capture_starts[nr + 1], leave);
}

static struct uk_trace_record *begin(const struct __regs *regs, long nr, u8 hook)
{
	struct uk_trace_record *record;

	if (!uk_trace_has_room())
		uk_trace_make_room();
	record = uk_trace_begin(regs, nr);
	record->kind |= (u32)uk_thread_current()->tid << UK_CHANNEL_RECORD_THREAD_SHIFT;
	if (hook & HOOK_CAPTURE_IN)
		capture(record, nr, false);
	return record;
}

/* Whether the running thread will end instead of returning from its call. */
static bool ends(void)
{
	return uk_cpu_current()->work & UK_WORK_END || uk_thread_must_end(uk_thread_current());
}

static long record(struct __regs *regs, long nr, u8 hook)
{
	struct uk_trace_record *record = begin(regs, nr, hook);
	u32 switches = uk_cpu_current()->switches;
	u64 entered = record->entered;
	long result = answer(regs, nr, hook);

	/* Other threads have recorded their calls in its place: record it again, with the current
	 * memory. */
	if (switches != uk_cpu_current()->switches) {
		record = begin(regs, nr, hook);
		record->entered = entered;
	}
	record->result = result;
	if (ends())
		record->kind |= UK_CHANNEL_RECORD_UNFINISHED;
	if (hook & HOOK_CAPTURE_OUT && !UK_SYSCALL_IS_ERROR(result))
		capture(record, nr, true);
	uk_trace_end(record, result, record->size);
	return result;
}

/* Its time is that of the clock: it may include time of other threads. */
static long count(struct __regs *regs, u64 nr, u8 hook)
{
	struct uk_channel_count *counts =
		(void *)((char *)uk_channel_control() + UK_CHANNEL_COUNTS_OFFSET);
	struct uk_channel_count *count =
		&counts[nr <= UK_SYSCALL_MAX ? nr : UK_CHANNEL_HOOK_UNKNOWN];
	u64 entered = rdtsc();
	long result;

	count->calls++;
	result = hook & UK_CHANNEL_HOOK_TRACE ? record(regs, (int)nr, hook)
					      : answer(regs, (int)nr, hook);
	count->ticks += rdtsc() - entered;
	if (ends())
		return result;
	count->returned++;
	count->errors += UK_SYSCALL_IS_ERROR(result);
	return result;
}
#endif

long shim_hooked_call(struct __regs *regs, u64 nr)
{
	u8 hook = shim_hook_of(nr);
	u64 kept = hook & HOOK_KEEP ? last_calls_begin(regs, (int)nr) : 0;
	long result;

#ifdef CONFIG_LIBTRACE
	if (hook & UK_CHANNEL_HOOK_COUNT)
		return count(regs, nr, hook);
	if (hook & UK_CHANNEL_HOOK_TRACE)
		result = record(regs, (int)nr, hook);
	else
#endif
		result = answer(regs, (int)nr, hook);
	if (kept)
		last_calls_end(kept, result);
	return result;
}
