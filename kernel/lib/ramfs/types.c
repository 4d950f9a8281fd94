/* SPDX-License-Identifier: BSD-3-Clause */
/* The two file system types: ramfs without a limit, tmpfs with one. */
#include <uk/init.h>
#include <uk/ramfs.h>

static int mount_ramfs(const struct uk_filesystem_type *type, const char *source, u32 flags,
		       const char *data, struct uk_superblock **superblock)
{
	return uk_ramfs_new(type, RAMFS_MAGIC, false, data, superblock);
}

static int mount_tmpfs(const struct uk_filesystem_type *type, const char *source, u32 flags,
		       const char *data, struct uk_superblock **superblock)
{
	return uk_ramfs_new(type, TMPFS_MAGIC, true, data, superblock);
}

static int register_types(void)
{
	static struct uk_filesystem_type ramfs = {.name = "ramfs", .mount = mount_ramfs};
	static struct uk_filesystem_type tmpfs = {.name = "tmpfs", .mount = mount_tmpfs};

	uk_filesystem_register(&tmpfs);
	uk_filesystem_register(&ramfs);
	return 0;
}
UK_INIT(UK_INIT_CLASS_PLAT, register_types);
