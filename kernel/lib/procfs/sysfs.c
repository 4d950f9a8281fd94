/* SPDX-License-Identifier: BSD-3-Clause */
/* /sys: only what gives the number of processors (glibc's get_nprocs() and get_nprocs_conf()). */
#include <uk/init.h>

#include "procfs.h"

#define PROCESSOR "0" /* a list of ranges: only the first processor */

static const struct entry cpu_entries[] = {
	{"online", S_IFREG | 0444, .contents = PROCESSOR},
	{"possible", S_IFREG | 0444, .contents = PROCESSOR},
	{"present", S_IFREG | 0444, .contents = PROCESSOR},
	{0},
};
static const struct entry system_entries[] = {
	{"cpu", S_IFDIR | 0755, .entries = cpu_entries},
	{0},
};
static const struct entry device_entries[] = {
	{"system", S_IFDIR | 0755, .entries = system_entries},
	{0},
};
static const struct entry entries[] = {
	{"devices", S_IFDIR | 0755, .entries = device_entries},
	{0},
};

static const struct entry root = {"", S_IFDIR | 0555, .entries = entries};

static int mount_sysfs(const struct uk_filesystem_type *type, const char *source, u32 flags,
		       const char *data, struct uk_superblock **superblock)
{
	return tree_mount(type, &root, SYSFS_MAGIC, superblock);
}

static int register_sysfs(void)
{
	static struct uk_filesystem_type sysfs = {.name = "sysfs", .mount = mount_sysfs};

	uk_filesystem_register(&sysfs);
	return 0;
}
UK_INIT(UK_INIT_CLASS_PLAT, register_sysfs);
