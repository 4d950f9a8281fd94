/* SPDX-License-Identifier: BSD-3-Clause */
/* Records of events other than calls. None is written while a call's record is open. */
#include <uk/thread.h>
#include <uk/trace.h>

void uk_trace_signal(const siginfo_t *information)
{
	static const struct __regs none;
	struct uk_trace_record *record;

	/* A host that only counts, or answers calls, never empties the ring. */
	if (!uk_trace.control || !uk_trace.control->takes_records)
		return;
	if (!uk_trace_has_room())
		uk_trace_make_room();
	record = uk_trace_begin(&none, information->si_signo);
	record->kind = UK_CHANNEL_RECORD_SIGNAL | (u32)uk_thread_current()->tid
							  << UK_CHANNEL_RECORD_THREAD_SHIFT;
	record->arguments[0] = (u64)information->si_code;
	/* One union: the address of a fault, or the sender. */
	record->arguments[1] = information->si_addr;
	record->arguments[2] = (u64)information->si_pid;
	record->arguments[3] = information->si_uid;
	record->arguments[4] = information->si_value;
	uk_trace_end(record, 0, sizeof(*record));
}
