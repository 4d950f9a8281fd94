/* SPDX-License-Identifier: BSD-3-Clause */
/* mount(2) and umount2(2). */
#include <uk/errno.h>
#include <uk/paths.h>
#include <uk/string.h>

#include "mount_tree.h"

static const struct uk_filesystem_type *find_type(const char *name)
{
	const struct uk_filesystem_type *type = uk_filesystem_types();

	while (type && strcmp(type->name, name) != 0)
		type = type->next;
	return type;
}

static bool is_directory(const struct uk_dentry *dentry)
{
	return uk_vnode_is(dentry->vnode, S_IFDIR);
}

/* Takes over the reference to superblock. */
static int mount_superblock(struct uk_superblock *superblock, const char *source, u32 flags,
			    const struct uk_path *target)
{
	struct uk_mount *mount;

	if (flags & MS_RDONLY)
		superblock->read_only = true;
	mount = mount_create(superblock, superblock->root, source, flags);
	uk_superblock_put(superblock);
	if (!mount)
		return -ENOMEM;
	mount_attach(mount, target);
	return 0;
}

int uk_mount_new(const char *type_name, const char *source, const struct uk_path *target, u32 flags,
		 const char *data)
{
	const struct uk_filesystem_type *type = find_type(type_name);
	struct uk_superblock *superblock;
	int error;

	if (!type)
		return -ENODEV;
	if (!is_directory(target->dentry))
		return -ENOTDIR;
	error = type->mount(type, source, flags, data, &superblock);
	return error ? error : mount_superblock(superblock, source, flags, target);
}

int uk_mount_root(const char *type_name, const char *data)
{
	const struct uk_filesystem_type *type = find_type(type_name);
	struct uk_paths *paths = uk_paths_current();
	struct uk_superblock *superblock;
	int error;

	if (!type)
		return -ENODEV;
	error = type->mount(type, "rootfs", 0, data, &superblock);
	if (!error)
		error = mount_superblock(superblock, "rootfs", 0, NULL);
	if (error)
		return error;
	paths->root = (struct uk_path){uk_mounts, uk_mounts->root};
	paths->current = paths->root;
	uk_path_get(&paths->root);
	uk_path_get(&paths->current);
	return 0;
}

/* Copies what is mounted below `from` to below `copy`. */
static int copy_children(const struct uk_mount *from, const struct uk_dentry *root,
			 struct uk_mount *copy)
{
	const struct uk_mount *last = uk_mounts;

	while (last->next)
		last = last->next;
	for (struct uk_mount *child = uk_mounts;; child = child->next) {
		if (child->parent == from && child != copy &&
		    uk_dentry_is_below(child->mountpoint, root)) {
			const struct uk_path target = {copy, child->mountpoint};
			struct uk_mount *mount = mount_create(child->superblock, child->root,
							      child->source, child->flags);
			int error;

			if (!mount)
				return -ENOMEM;
			mount_attach(mount, &target);
			error = copy_children(child, child->root, mount);
			if (error)
				return error;
		}
		/* Mounts added meanwhile come after it. */
		if (child == last)
			return 0;
	}
}

int uk_mount_bind(const struct uk_path *from, const struct uk_path *target, bool recursive)
{
	struct uk_mount *mount;

	if (is_directory(from->dentry) != is_directory(target->dentry))
		return -ENOTDIR;
	mount = mount_create(from->mount->superblock, from->dentry, from->mount->source,
			     from->mount->flags);
	if (!mount)
		return -ENOMEM;
	mount_attach(mount, target);
	return recursive ? copy_children(from->mount, from->dentry, mount) : 0;
}

int uk_mount_move(const struct uk_path *from, const struct uk_path *target)
{
	struct uk_mount *mount = from->mount;

	if (from->dentry != mount->root || !mount->parent)
		return -EINVAL;
	if (is_directory(from->dentry) != is_directory(target->dentry))
		return -ENOTDIR;
	for (const struct uk_mount *above = target->mount; above; above = above->parent) {
		if (above == mount)
			return -ELOOP;
	}
	mount_detach(mount);
	mount_attach(mount, target);
	return 0;
}

int uk_mount_remount(const struct uk_path *target, u32 flags, const char *data, bool bind)
{
	struct uk_superblock *superblock = target->mount->superblock;
	int error = 0;

	if (target->dentry != target->mount->root)
		return -EINVAL;
	if (!bind) {
		if (superblock->operations->remount)
			error = superblock->operations->remount(superblock, flags, data);
		if (error)
			return error;
		superblock->read_only = flags & MS_RDONLY;
	}
	target->mount->flags = flags & MOUNT_FLAGS;
	return 0;
}

/* Detaches the mount and everything mounted on it. */
static void remove_tree(struct uk_mount *mount)
{
	struct uk_mount *child = uk_mounts;

	while (child) {
		if (child->parent == mount) {
			remove_tree(child);
			child = uk_mounts;
		} else {
			child = child->next;
		}
	}
	mount_detach(mount);
	uk_mount_put(mount);
}

int uk_mount_remove(const struct uk_path *target, u32 flags)
{
	struct uk_mount *mount = target->mount;

	if (flags & ~(MNT_FORCE | MNT_DETACH | MNT_EXPIRE | UMOUNT_NOFOLLOW))
		return -EINVAL;
	if (flags & MNT_EXPIRE && flags & (MNT_FORCE | MNT_DETACH))
		return -EINVAL;
	if (target->dentry != mount->root || !mount->attached)
		return -EINVAL;
	if (!mount->parent)
		return flags & MNT_DETACH ? -EINVAL : -EBUSY;
	/* The list's reference and the caller's. */
	if (!(flags & MNT_DETACH) && mount->references > 2)
		return -EBUSY;
	if (flags & MNT_EXPIRE)
		/* the first call only marks the mount, and every call counts as the first */
		return -EAGAIN;
	remove_tree(mount);
	return 0;
}
