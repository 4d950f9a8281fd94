/* SPDX-License-Identifier: BSD-3-Clause */
/* limits of the process: proc_pid_limits(5). */
#include <uk/process.h>

#include "procfs.h"

static const struct {
	const char *name, *unit;
} limit_names[RLIM_NLIMITS] = {
	[RLIMIT_CPU] = {"Max cpu time", "seconds"},
	[RLIMIT_FSIZE] = {"Max file size", "bytes"},
	[RLIMIT_DATA] = {"Max data size", "bytes"},
	[RLIMIT_STACK] = {"Max stack size", "bytes"},
	[RLIMIT_CORE] = {"Max core file size", "bytes"},
	[RLIMIT_RSS] = {"Max resident set", "bytes"},
	[RLIMIT_NPROC] = {"Max processes", "processes"},
	[RLIMIT_NOFILE] = {"Max open files", "files"},
	[RLIMIT_MEMLOCK] = {"Max locked memory", "bytes"},
	[RLIMIT_AS] = {"Max address space", "bytes"},
	[RLIMIT_LOCKS] = {"Max file locks", "locks"},
	[RLIMIT_SIGPENDING] = {"Max pending signals", "signals"},
	[RLIMIT_MSGQUEUE] = {"Max msgqueue size", "bytes"},
	[RLIMIT_NICE] = {"Max nice priority", ""},
	[RLIMIT_RTPRIO] = {"Max realtime priority", ""},
	[RLIMIT_RTTIME] = {"Max realtime timeout", "us"},
};

static void put_limit(struct text *text, u64 value)
{
	if (value == RLIM_INFINITY)
		text_print(text, "%-20s ", "unlimited");
	else
		text_print(text, "%-20lu ", value);
}

SHOW(show_limits)
{
	const struct rlimit *limits = thread->process->limits;

	text_print(text, "%-25s %-20s %-20s %-10s\n", "Limit", "Soft Limit", "Hard Limit", "Units");
	for (unsigned int i = 0; i < RLIM_NLIMITS; i++) {
		text_print(text, "%-25s ", limit_names[i].name);
		put_limit(text, limits[i].rlim_cur);
		put_limit(text, limits[i].rlim_max);
		text_print(text, *limit_names[i].unit ? "%-10s\n" : "%s\n", limit_names[i].unit);
	}
	return 0;
}
