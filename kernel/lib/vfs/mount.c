/* SPDX-License-Identifier: BSD-3-Clause */
/* File system types, superblocks, and the list of mounts. */
#include <uk/alloc.h>
#include <uk/errno.h>
#include <uk/notify.h>
#include <uk/string.h>

#include "mount_tree.h"

#define BLOCK_SIZE 4096

struct uk_mount *uk_mounts;
static u32 last_id;

static struct uk_filesystem_type *types;

void uk_filesystem_register(struct uk_filesystem_type *type)
{
	type->next = types;
	types = type;
}

const struct uk_filesystem_type *uk_filesystem_types(void)
{
	return types;
}

void uk_superblock_init(struct uk_superblock *superblock, const struct uk_filesystem_type *type,
			const struct uk_superblock_operations *operations, u64 magic)
{
	static u32 last_device;

	*superblock = (struct uk_superblock){
		.operations = operations,
		.type = type,
		.device = ++last_device, /* major 0 */
		.block_size = BLOCK_SIZE,
		.references = 1,
		.magic = magic,
	};
}

void uk_superblock_put(struct uk_superblock *superblock)
{
	if (--superblock->references)
		return;
	if (superblock->operations->sync)
		superblock->operations->sync(superblock);
	uk_dentry_shrink(superblock, SIZE_MAX);
	superblock->operations->release(superblock);
}

struct uk_mount *mount_create(struct uk_superblock *superblock, struct uk_dentry *root,
			      const char *source, u32 flags)
{
	size_t length = strlen(source);
	struct uk_mount *mount = uk_zalloc(sizeof(*mount) + length + 1);

	if (!mount)
		return NULL;
	memcpy(mount->source, source, length + 1);
	mount->superblock = superblock;
	superblock->references++;
	mount->root = uk_dentry_get(root);
	mount->flags = flags & MOUNT_FLAGS;
	mount->id = ++last_id;
	mount->references = 1;
	return mount;
}

void uk_mount_free(struct uk_mount *mount)
{
	if (mount->superblock->references == 1)
		uk_notify(NULL, mount->root->vnode, UK_NOTIFY_UNMOUNT);
	uk_dentry_put(mount->root);
	uk_superblock_put(mount->superblock);
	uk_free(mount);
}

void mount_attach(struct uk_mount *mount, const struct uk_path *target)
{
	struct uk_mount **link = &uk_mounts;

	if (target) {
		mount->parent = uk_mount_get(target->mount);
		mount->mountpoint = uk_dentry_get(target->dentry);
		mount->mountpoint->flags |= UK_DENTRY_MOUNTED;
	}
	while (*link)
		link = &(*link)->next;
	*link = mount;
	mount->next = NULL;
	mount->attached = true;
}

/* Whether any mount has the dentry as its mountpoint, in whatever mount it is visible. */
static bool is_mountpoint(const struct uk_dentry *dentry)
{
	for (struct uk_mount *mount = uk_mounts; mount; mount = mount->next) {
		if (mount->mountpoint == dentry)
			return true;
	}
	return false;
}

void mount_detach(struct uk_mount *mount)
{
	struct uk_mount **link = &uk_mounts, *parent = mount->parent;
	struct uk_dentry *mountpoint = mount->mountpoint;

	while (*link != mount)
		link = &(*link)->next;
	*link = mount->next;
	mount->attached = false;
	mount->parent = NULL;
	mount->mountpoint = NULL;
	if (!is_mountpoint(mountpoint))
		mountpoint->flags &= (u16)~UK_DENTRY_MOUNTED;
	uk_dentry_put(mountpoint);
	uk_mount_put(parent);
}

struct uk_mount *uk_mount_at(const struct uk_mount *mount, const struct uk_dentry *dentry)
{
	struct uk_mount *found = NULL;

	/* The newest mount hides the earlier ones. */
	for (struct uk_mount *other = uk_mounts; other; other = other->next) {
		if (other->parent == mount && other->mountpoint == dentry)
			found = other;
	}
	return found;
}

int uk_mount_check_write(const struct uk_mount *mount)
{
	return mount->flags & MS_RDONLY || mount->superblock->read_only ? -EROFS : 0;
}
