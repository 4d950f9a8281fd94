/* SPDX-License-Identifier: BSD-3-Clause */
/* Files about the machine: proc(5). */
#include <uk/clock.h>
#include <uk/device.h>
#include <uk/mm.h>
#include <uk/process.h>
#include <uk/system.h>

#include "procfs.h"

#define NS_PER_TICK	 (s64)(NS_PER_SECOND / UK_CLOCK_TICKS)
#define NS_PER_HUNDREDTH (s64)(NS_PER_SECOND / 100)
#define KIB_PER_PAGE	 (UK_PAGE_SIZE / 1024)
#define MEMORY_MAJOR	 1

static void put_kib(struct text *text, const char *name, u64 kib)
{
	text_print(text, "%-16s%8lu kB\n", name, kib);
}

/* Fields that are left out are not known, such as the memory used by files. */
SHOW(show_meminfo)
{
	static const char *const none[] = {
		"Buffers:", "Cached:",	  "SwapCached:", "SwapTotal:", "SwapFree:",
		"Dirty:",   "Writeback:", "Mapped:",	 "Shmem:",     "SReclaimable:"};
	struct uk_page_statistics pages = uk_page_statistics();
	u64 total = pages.total * KIB_PER_PAGE, free = pages.free * KIB_PER_PAGE;
	u64 resident = 0;

	for (const struct uk_process *process = uk_process_next(0); process;
	     process = uk_process_next(process->pid + 1))
		resident += process->mm ? uk_mm_resident(process->mm) / 1024 : 0;
	put_kib(text, "MemTotal:", total);
	put_kib(text, "MemFree:", free);
	put_kib(text, "MemAvailable:", free);
	put_kib(text, "Active:", resident);
	put_kib(text, "Inactive:", 0);
	put_kib(text, "AnonPages:", resident);
	for (size_t i = 0; i < ARRAY_SIZE(none); i++)
		put_kib(text, none[i], 0);
	put_kib(text, "CommitLimit:", total);
	put_kib(text, "Committed_AS:", total - free);
	return 0;
}

static void count_processes(unsigned int *processes, unsigned int *threads)
{
	*processes = *threads = 0;
	for (const struct uk_process *process = uk_process_next(0); process;
	     process = uk_process_next(process->pid + 1)) {
		++*processes;
		*threads += process->thread_count;
	}
}

SHOW(show_uptime)
{
	s64 now = uk_clock_read(CLOCK_MONOTONIC), idle = now - (s64)uk_sched_busy();

	now /= NS_PER_HUNDREDTH;
	idle /= NS_PER_HUNDREDTH;
	text_print(text, "%ld.%02ld %ld.%02ld\n", now / 100, now % 100, idle / 100, idle % 100);
	return 0;
}

/* running / all threads; the load itself is not measured */
SHOW(show_loadavg)
{
	unsigned int processes, threads;

	count_processes(&processes, &threads);
	text_print(text, "0.00 0.00 0.00 1/%u %d\n", threads, uk_process_current()->pid);
	return 0;
}

SHOW(show_version)
{
	text_print(text, "%s version %s (unishim) (gcc %s) %s\n", uk_system_name.sysname,
		   uk_system_name.release, __VERSION__, uk_system_name.version);
	return 0;
}

/* Like times(2): all time that is not idle is counted as the program's. */
SHOW(show_machine_stat)
{
	s64 now = uk_clock_read(CLOCK_MONOTONIC), used = (s64)uk_sched_busy();
	s64 user = used / NS_PER_TICK, idle = (now - used) / NS_PER_TICK;

	text_print(text, "cpu  %ld 0 0 %ld 0 0 0 0 0 0\n", user, idle);
	text_print(text, "cpu0 %ld 0 0 %ld 0 0 0 0 0 0\n", user, idle);
	text_print(text, "intr 0\nctxt 0\nbtime %ld\n",
		   (uk_clock_read(CLOCK_REALTIME) - now) / (s64)NS_PER_SECOND);
	text_print(text, "processes %lu\nprocs_running 1\nprocs_blocked 0\n", uk_process_created());
	return 0;
}

SHOW(show_filesystems)
{
	for (const struct uk_filesystem_type *type = uk_filesystem_types(); type; type = type->next)
		text_print(text, "%s\t%s\n", type->needs_device ? "" : "nodev", type->name);
	return 0;
}

SHOW(show_command_line)
{
	text_print(text, "%s\n", uk_system_command_line());
	return 0;
}

static u32 major_of(const struct uk_device *device)
{
	return (u32)(device->number >> 8 & 0xfff);
}

/* A line per driver: the memory devices share one, each other device has its own. */
SHOW(show_devices)
{
	const struct uk_device *device = uk_devices();

	text_print(text, "Character devices:\n");
	while (device && major_of(device) != MEMORY_MAJOR)
		device = device->next;
	if (device)
		text_print(text, "%3u mem\n", MEMORY_MAJOR);
	for (device = uk_devices(); device; device = device->next) {
		if (device->name && major_of(device) != MEMORY_MAJOR)
			text_print(text, "%3u /dev/%s\n", major_of(device), device->name);
	}
	text_print(text, "\nBlock devices:\n");
	return 0;
}
