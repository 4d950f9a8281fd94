/* SPDX-License-Identifier: BSD-3-Clause */
/* The tree that every program finds: an empty root in memory, /dev, /proc, /tmp. */
#include <uk/errno.h>
#include <uk/print.h>
#include <uk/process.h>
#include <uk/vfs.h>

#include "boot.h"

static const struct {
	const char *path;
	u32 mode;
	const char *type; /* what is mounted there, when the image has it */
} folders[] = {
	{"/dev", 0755, "devtmpfs"},
	{"/proc", 0555, "proc"},
	{"/tmp", 01777, NULL},
};

static void mount_at(const char *path, const char *type)
{
	struct uk_path target;

	if (uk_path_lookup(&uk_process_paths.root, path, 0, &target))
		return;
	uk_mount_new(type, type, &target, 0, "");
	uk_path_put(&target);
}

/* What programs look for first, where there is no procfs. */
static void add_exe(void)
{
	if (uk_vfs_mkdir(&uk_process_paths.root, "/proc/self", 0555) == 0)
		uk_vfs_symlink(uk_process_executable(), &uk_process_paths.root, "/proc/self/exe");
}

void root_mount(void)
{
	u32 umask = uk_process_paths.umask;
	int error = uk_mount_root("ramfs", "");

	if (error) {
		uk_pr_debug("no root file system: %d\n", error);
		return;
	}
	uk_process_paths.umask = 0;
	for (unsigned int i = 0; i < ARRAY_SIZE(folders); i++) {
		uk_vfs_mkdir(&uk_process_paths.root, folders[i].path, folders[i].mode);
		if (folders[i].type)
			mount_at(folders[i].path, folders[i].type);
	}
	add_exe();
	uk_process_paths.umask = umask;
}
