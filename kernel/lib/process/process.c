/* SPDX-License-Identifier: BSD-3-Clause */
/* The one process: its thread and its end. */
#include <uk/bits/config.h>
#include <uk/page.h>
#include <uk/plat.h>
#include <uk/process.h>
#include <uk/signal.h>
#include <uk/thread.h>
#include <uk/trace.h>
#include <uk/vfs.h>

struct uk_thread uk_thread_main = {
	.tid = UK_PROCESS_ID,
	.signal = {.altstack = {.ss_flags = SS_DISABLE}},
};

static const char *executable = "/program";

void uk_process_set_executable(const char *path)
{
	executable = path;
}

const char *uk_process_executable(void)
{
	return executable;
}

void uk_process_exit(int status, int signal)
{
	const struct uk_exit_report report = {
		.status = status,
		.signal = signal,
		.peak_kib = uk_page_statistics().peak * (UK_PAGE_SIZE / 1024),
	};

#ifdef CONFIG_LIBTRACE
	uk_trace_finish();
#endif
#ifdef CONFIG_LIBVFS
	/* What was written through shared mappings may still be here alone. */
	uk_vfs_sync();
#endif
	ukplat_exit(&report);
}
