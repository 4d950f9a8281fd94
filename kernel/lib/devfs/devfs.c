/* SPDX-License-Identifier: BSD-3-Clause */
/* /dev: a file system in memory that the kernel fills, like Linux's devtmpfs. */
#include <uk/device.h>
#include <uk/errno.h>
#include <uk/init.h>
#include <uk/ramfs.h>
#include <uk/string.h>

static const struct {
	const char *name, *target;
} links[] = {
	{"fd", "/proc/self/fd"},
	{"stdin", "/proc/self/fd/0"},
	{"stdout", "/proc/self/fd/1"},
	{"stderr", "/proc/self/fd/2"},
};

static struct uk_dentry *new_entry(struct uk_dentry *root, const char *text)
{
	struct uk_name name = {text, (u32)strlen(text), 0};

	name.hash = uk_name_hash(text, name.length);
	return uk_dentry_new(root, &name);
}

static int add_device(struct uk_dentry *root, const struct uk_device *device)
{
	struct uk_dentry *dentry = new_entry(root, device->name);
	int error;

	if (!dentry)
		return -ENOMEM;
	error = root->vnode->operations->mknod(root->vnode, dentry, S_IFCHR | device->mode,
					       device->number);
	uk_dentry_put(dentry);
	return error;
}

static int add_link(struct uk_dentry *root, const char *name, const char *target)
{
	struct uk_dentry *dentry = new_entry(root, name);
	int error;

	if (!dentry)
		return -ENOMEM;
	error = root->vnode->operations->symlink(root->vnode, dentry, target);
	uk_dentry_put(dentry);
	return error;
}

static int fill(struct uk_dentry *root)
{
	int error = 0;

	for (const struct uk_device *device = uk_devices(); device && !error; device = device->next)
		error = device->name ? add_device(root, device) : 0;
	for (unsigned int i = 0; i < ARRAY_SIZE(links) && !error; i++)
		error = add_link(root, links[i].name, links[i].target);
	return error;
}

static int mount_devfs(const struct uk_filesystem_type *type, const char *source, u32 flags,
		       const char *data, struct uk_superblock **superblock)
{
	int error = uk_ramfs_new(type, TMPFS_MAGIC, false, data, superblock);

	if (error)
		return error;
	error = fill((*superblock)->root);
	if (error)
		uk_superblock_put(*superblock);
	return error;
}

static int register_devfs(void)
{
	static struct uk_filesystem_type devfs = {.name = "devtmpfs", .mount = mount_devfs};

	uk_filesystem_register(&devfs);
	return 0;
}
UK_INIT(UK_INIT_CLASS_PLAT, register_devfs);
