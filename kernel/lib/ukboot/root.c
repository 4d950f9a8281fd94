/* SPDX-License-Identifier: BSD-3-Clause */
/* The tree that every program finds: a root, /dev, /proc, /sys, /tmp. */
#include <uk/errno.h>
#include <uk/paths.h>
#include <uk/print.h>
#include <uk/string.h>
#include <uk/vfs.h>

#include "boot.h"

static const struct {
	const char *name;
	u32 mode;
	const char *type; /* what to mount there, if the image contains it */
	bool own_is_good; /* an existing directory of the root is used, if it is writable */
} folders[] = {
	{"dev", 0755, "devtmpfs", false},
	{"proc", 0555, "proc", false},
	{"sys", 0555, "sysfs", false},
	{"tmp", 01777, "tmpfs", true},
};

/* Directories that are created in /dev. */
static const struct {
	const char *path;
	u32 mode;
	const char *type;
	u32 flags;
	const char *data;
} device_folders[] = {
	{"/dev/pts", 0755, "devpts", 0, ""},
	{"/dev/shm", 01777, "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777"}, /* shm_overview(7) */
};

int root_add_mountpoint(const struct uk_path *parent, const struct uk_name *name, u32 mode,
			struct uk_dentry **dentry)
{
	struct uk_vnode *vnode = uk_vnode_new_anonymous(S_IFDIR | mode);

	*dentry = vnode ? uk_dentry_new(parent->dentry, name) : NULL;
	if (!*dentry) {
		if (vnode)
			uk_vnode_put(vnode);
		return -ENOMEM;
	}
	uk_dentry_set_vnode(*dentry, vnode);
	uk_dentry_hash(*dentry);
	return 0;
}

/* For a root that belongs to somebody else, such as a shared directory: existing directories are
 * hidden by mounts, missing ones are not created in it. */
static void mount_folder(unsigned int index)
{
	const struct uk_path *root = &uk_paths_current()->root;
	struct uk_name name = {folders[index].name, (u32)strlen(folders[index].name), 0};
	struct uk_path target = {root->mount, NULL};
	int error;

	name.hash = uk_name_hash(name.text, name.length);
	error = uk_path_lookup_one(root, &name, false, &target.dentry);
	if (!error && folders[index].own_is_good && !uk_mount_check_write(root->mount)) {
		uk_dentry_put(target.dentry);
		return;
	}
	if (error)
		error = root_add_mountpoint(root, &name, folders[index].mode, &target.dentry);
	if (error)
		return;
	if (uk_mount_new(folders[index].type, folders[index].type, &target, 0, "") &&
	    uk_mount_new("ramfs", "ramfs", &target, 0, ""))
		uk_dentry_delete(target.dentry);
	uk_dentry_put(target.dentry);
}

static void make_folder(unsigned int index)
{
	struct uk_path target;

	uk_vfs_mkdir(&uk_paths_current()->root, folders[index].name, folders[index].mode);
	if (folders[index].own_is_good ||
	    uk_path_lookup(&uk_paths_current()->root, folders[index].name, 0, &target))
		return;
	uk_mount_new(folders[index].type, folders[index].type, &target, 0, "");
	uk_path_put(&target);
}

static void mount_device_folder(unsigned int index)
{
	const struct uk_path *root = &uk_paths_current()->root;
	const char *path = device_folders[index].path, *type = device_folders[index].type;
	struct uk_path target;

	if (uk_vfs_mkdir(root, path, device_folders[index].mode) ||
	    uk_path_lookup(root, path, UK_LOOKUP_DIRECTORY, &target))
		return;
	uk_mount_new(type, type, &target, device_folders[index].flags, device_folders[index].data);
	uk_path_put(&target);
}

void root_mount(const struct parameters *parameters, bool has_initrd)
{
	u32 umask = uk_paths_current()->umask;
	const struct uk_mount *first;
	int error = uk_mount_root("ramfs", "");

	if (error) {
		uk_pr_debug("no root file system: %d\n", error);
		return;
	}
	first = uk_paths_current()->root.mount;
	fstab_mount(parameters, true, has_initrd);
	uk_paths_current()->umask = 0;
	for (unsigned int i = 0; i < ARRAY_SIZE(folders); i++) {
		if (uk_paths_current()->root.mount == first)
			make_folder(i);
		else
			mount_folder(i);
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(device_folders); i++)
		mount_device_folder(i);
	uk_paths_current()->umask = umask;
	fstab_mount(parameters, false, has_initrd);
}
