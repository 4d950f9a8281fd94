/* SPDX-License-Identifier: BSD-3-Clause */
/* The end of the machine. */
#include <uk/bits/config.h>
#include <uk/crash.h>
#include <uk/page.h>
#include <uk/plat.h>
#include <uk/trace.h>
#include <uk/vfs.h>

#include "leave.h"

void uk_machine_exit(int status, int signal)
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
	/* What was written through shared mappings may still be here alone. */
	uk_vfs_sync();
#endif
	ukplat_exit(&report);
}
