/* SPDX-License-Identifier: BSD-3-Clause */
/* /proc/sys: sysctl names, all read-only here. Values are Linux's where the kernel has none of its
 * own. */
#include <uk/process.h>
#include <uk/random.h>
#include <uk/system.h>

#include "procfs.h"

/* RFC 9562, 5.4: a random UUID. */
static void put_uuid(struct text *text, u64 high, u64 low)
{
	high = (high & ~0xf000UL) | 0x4000;
	low = (low & ~(3UL << 62)) | 2UL << 62;
	text_print(text, "%08lx-%04lx-%04lx-%04lx-%012lx\n", high >> 32, high >> 16 & 0xffff,
		   high & 0xffff, low >> 48, low & 0xffffffffffff);
}

static SHOW(show_uuid)
{
	put_uuid(text, uk_random_u64(), uk_random_u64());
	return 0;
}

static SHOW(show_boot_id)
{
	static u64 id[2];

	if (!id[0])
		uk_random_bytes(id, sizeof(id));
	put_uuid(text, id[0], id[1]);
	return 0;
}

static SHOW(show_threads_max)
{
	text_print(text, "%lu\n", uk_process_current()->limits[RLIMIT_NPROC].rlim_max);
	return 0;
}

static SHOW(show_nr_open)
{
	text_print(text, "%u\n", UK_FD_HARD_LIMIT);
	return 0;
}

static SHOW(show_file_max)
{
	text_print(text, "%lu\n", uk_file_limit());
	return 0;
}

static const struct entry random_entries[] = {
	{"boot_id", S_IFREG | 0444, .show = show_boot_id},
	{"entropy_avail", S_IFREG | 0444, .contents = "256"}, /* bits */
	{"poolsize", S_IFREG | 0444, .contents = "256"},
	{"uuid", S_IFREG | 0444, .show = show_uuid},
	{0},
};

static const struct entry kernel_entries[] = {
	{"cap_last_cap", S_IFREG | 0444, .contents = "40"}, /* CAP_CHECKPOINT_RESTORE */
	{"core_pattern", S_IFREG | 0444, .contents = "core"},
	{"domainname", S_IFREG | 0444, .contents = uk_system_name.domainname},
	{"hostname", S_IFREG | 0444, .contents = uk_system_name.nodename},
	{"ngroups_max", S_IFREG | 0444, .contents = "65536"}, /* uapi/linux/limits.h */
	{"osrelease", S_IFREG | 0444, .contents = uk_system_name.release},
	{"ostype", S_IFREG | 0444, .contents = uk_system_name.sysname},
	{"pid_max", S_IFREG | 0444, .contents = "32768"},
	{"random", S_IFDIR | 0555, .entries = random_entries},
	{"threads-max", S_IFREG | 0444, .show = show_threads_max},
	{"version", S_IFREG | 0444, .contents = uk_system_name.version},
	{0},
};

static const struct entry vm_entries[] = {
	{"max_map_count", S_IFREG | 0444, .contents = "65530"},
	{"mmap_min_addr", S_IFREG | 0444, .contents = "65536"}, /* lib/mm: MM_LOWEST */
	{"overcommit_memory", S_IFREG | 0444, .contents = "0"},
	{0},
};

/* inotify(7) */
static const struct entry inotify_entries[] = {
	{"max_queued_events", S_IFREG | 0444, .contents = "16384"},
	{"max_user_instances", S_IFREG | 0444, .contents = "128"},
	{"max_user_watches", S_IFREG | 0444, .contents = "8192"},
	{0},
};

static const struct entry fs_entries[] = {
	{"file-max", S_IFREG | 0444, .show = show_file_max},
	{"inotify", S_IFDIR | 0555, .entries = inotify_entries},
	{"nr_open", S_IFREG | 0444, .show = show_nr_open},
	{"pipe-max-size", S_IFREG | 0444, .contents = "1048576"}, /* pipe(7) */
	{0},
};

const struct entry sysctl_entries[] = {
	{"fs", S_IFDIR | 0555, .entries = fs_entries},
	{"kernel", S_IFDIR | 0555, .entries = kernel_entries},
	{"vm", S_IFDIR | 0555, .entries = vm_entries},
	{0},
};
