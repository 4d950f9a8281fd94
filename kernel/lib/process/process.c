/* SPDX-License-Identifier: BSD-3-Clause */
/* The one process: its thread, its attributes, and its end. */
#include <uk/bits/config.h>
#include <uk/crash.h>
#include <uk/fd_table.h>
#include <uk/plat.h>
#include <uk/process.h>
#include <uk/signal.h>
#include <uk/string.h>
#include <uk/thread.h>
#include <uk/trace.h>
#include <uk/vfs.h>

struct uk_process uk_process = {
	.dumpable = 1,
	.limits =
		{
			[RLIMIT_CPU] = {RLIM_INFINITY, RLIM_INFINITY},
			[RLIMIT_FSIZE] = {RLIM_INFINITY, RLIM_INFINITY},
			[RLIMIT_DATA] = {RLIM_INFINITY, RLIM_INFINITY},
			[RLIMIT_STACK] = {8UL << 20, RLIM_INFINITY},
			[RLIMIT_CORE] = {0, RLIM_INFINITY},
			[RLIMIT_RSS] = {RLIM_INFINITY, RLIM_INFINITY},
			[RLIMIT_NPROC] = {RLIM_INFINITY, RLIM_INFINITY},
			[RLIMIT_NOFILE] = {UK_FD_SOFT_LIMIT, UK_FD_HARD_LIMIT},
			[RLIMIT_MEMLOCK] = {RLIM_INFINITY, RLIM_INFINITY},
			[RLIMIT_AS] = {RLIM_INFINITY, RLIM_INFINITY},
			[RLIMIT_LOCKS] = {RLIM_INFINITY, RLIM_INFINITY},
			[RLIMIT_SIGPENDING] = {UK_SIGNAL_QUEUE_MAX, UK_SIGNAL_QUEUE_MAX},
			[RLIMIT_RTTIME] = {RLIM_INFINITY, RLIM_INFINITY},
		},
};

void uk_process_set_name(const char *name)
{
	size_t length = strnlen(name, UK_THREAD_NAME_SIZE - 1);

	memset(uk_thread_main.name, 0, UK_THREAD_NAME_SIZE);
	memcpy(uk_thread_main.name, name, length);
}

void uk_process_set_executable(struct uk_file *file, const char *path)
{
	const char *slash = strrchr(path, '/');

	uk_process.executable = uk_file_get(file);
	uk_process_set_name(slash ? slash + 1 : path);
}

void uk_process_exit(int status, int signal)
{
	const struct uk_exit_report report = {
		.status = status,
		.signal = signal,
		.peak_kib = uk_page_statistics().peak * (UK_PAGE_SIZE / 1024),
		.code = uk_crash_code.size ? &uk_crash_code : NULL,
	};

#ifdef CONFIG_LIBTRACE
	uk_trace_finish();
#endif
#ifdef CONFIG_LIBVFS
	/* Data written through shared mappings may not be written back yet. */
	uk_vfs_sync();
#endif
	ukplat_exit(&report);
}
