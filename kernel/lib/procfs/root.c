/* SPDX-License-Identifier: BSD-3-Clause */
/* /proc: proc(5). Its names are those of this table, and the numbers of processes. */
#include <uk/init.h>

#include "procfs.h"

static const struct entry entries[] = {
	{"cmdline", S_IFREG | 0444, .show = show_command_line},
	{"cpuinfo", S_IFREG | 0444, .show = show_cpuinfo},
	{"devices", S_IFREG | 0444, .show = show_devices},
	{"filesystems", S_IFREG | 0444, .show = show_filesystems},
	{"loadavg", S_IFREG | 0444, .show = show_loadavg},
	{"meminfo", S_IFREG | 0444, .show = show_meminfo},
	{"mounts", S_IFLNK | 0777, .contents = "self/mounts"},
	{"self", S_IFLNK | 0777, .operations = &self_operations},
	{"stat", S_IFREG | 0444, .show = show_machine_stat},
	{"sys", S_IFDIR | 0555, .entries = sysctl_entries},
	{"thread-self", S_IFLNK | 0777, .operations = &thread_self_operations},
	{"uptime", S_IFREG | 0444, .show = show_uptime},
	{"version", S_IFREG | 0444, .show = show_version},
	{0},
};

static const struct entry root = {
	"",
	S_IFDIR | 0555,
	.entries = entries,
	.operations = &numbers_operations,
	.file_operations = &open_numbers_operations,
};

static int mount_procfs(const struct uk_filesystem_type *type, const char *source, u32 flags,
			const char *data, struct uk_superblock **superblock)
{
	return tree_mount(type, &root, PROC_SUPER_MAGIC, superblock);
}

static int register_procfs(void)
{
	static struct uk_filesystem_type procfs = {.name = "proc", .mount = mount_procfs};

	uk_filesystem_register(&procfs);
	return 0;
}
UK_INIT(UK_INIT_CLASS_PLAT, register_procfs);
