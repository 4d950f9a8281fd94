/* SPDX-License-Identifier: BSD-3-Clause */
/* Attributes of files: reading and changing them; statistics of whole file systems. */
#include <uk/errno.h>
#include <uk/notify.h>
#include <uk/permission.h>

#include "vfs.h"

#define NS_PER_S 1000000000

int uk_vnode_set_attributes(struct uk_vnode *vnode, struct uk_vnode_attributes *attributes)
{
	attributes->valid |= UK_ATTRIBUTE_CTIME;
	attributes->ctime = uk_vnode_now();
	if (vnode->operations->setattr)
		return vnode->operations->setattr(vnode, attributes);
	if (attributes->valid & UK_ATTRIBUTE_SIZE)
		return -EINVAL;
	uk_vnode_apply(vnode, attributes);
	return 0;
}

/* Linux, fsnotify_change(): a time that is set alone stands for the event that it records. */
static u32 event_of(u32 valid)
{
	u32 times = valid & (UK_ATTRIBUTE_ATIME | UK_ATTRIBUTE_MTIME);

	if (valid & (UK_ATTRIBUTE_MODE | UK_ATTRIBUTE_UID | UK_ATTRIBUTE_GID))
		return UK_NOTIFY_ATTRIB;
	switch (times) {
	case UK_ATTRIBUTE_ATIME:
		return UK_NOTIFY_ACCESS;
	case UK_ATTRIBUTE_MTIME:
		return UK_NOTIFY_MODIFY;
	default:
		return times ? UK_NOTIFY_ATTRIB : 0;
	}
}

int uk_vfs_set_attributes(const struct uk_path *path, struct uk_vnode_attributes *attributes)
{
	struct uk_vnode *vnode = path->dentry->vnode;
	int error = uk_mount_check_write(path->mount);

	if (!error)
		error = uk_vnode_check_change(vnode, attributes);
	if (!error)
		error = uk_vnode_set_attributes(vnode, attributes);
	if (!error)
		uk_notify(path->dentry, vnode, event_of(attributes->valid));
	return error;
}

int uk_file_drop_set_id(struct uk_file *file)
{
	struct uk_vnode_attributes attributes = {
		.valid = UK_ATTRIBUTE_MODE,
		.mode = uk_vnode_written_mode(file->vnode),
	};
	int error;

	if (attributes.mode == file->vnode->mode)
		return 0;
	error = uk_vnode_set_attributes(file->vnode, &attributes);
	if (!error)
		uk_notify(file->path.dentry, file->vnode, UK_NOTIFY_ATTRIB);
	return error;
}

int uk_vnode_truncate(struct uk_vnode *vnode, s64 size)
{
	struct uk_vnode_attributes attributes = {
		.valid = UK_ATTRIBUTE_SIZE | UK_ATTRIBUTE_MTIME,
		.mode = uk_vnode_written_mode(vnode),
		.size = (u64)size,
		.mtime = uk_vnode_now(),
	};

	if (uk_vnode_is(vnode, S_IFDIR))
		return -EISDIR;
	if (!uk_vnode_is(vnode, S_IFREG) || size < 0)
		return -EINVAL;
	if (vnode->executed)
		return -ETXTBSY;
	if ((u64)size < vnode->size ? vnode->seals & F_SEAL_SHRINK
				    : (u64)size > vnode->size && vnode->seals & F_SEAL_GROW)
		return -EPERM;
	if (attributes.mode != vnode->mode)
		attributes.valid |= UK_ATTRIBUTE_MODE;
	return uk_vnode_set_attributes(vnode, &attributes);
}

int uk_vfs_truncate(struct uk_dentry *dentry, struct uk_vnode *vnode, s64 size)
{
	int error = uk_vnode_truncate(vnode, size);

	if (!error)
		uk_notify(dentry, vnode, UK_NOTIFY_MODIFY);
	return error;
}

static void split(s64 ns, u64 *seconds, u64 *rest)
{
	s64 whole = ns / NS_PER_S;

	whole -= ns % NS_PER_S < 0;
	*seconds = (u64)whole;
	*rest = (u64)(ns - whole * NS_PER_S);
}

int uk_vnode_status(struct uk_vnode *vnode, struct stat *status)
{
	if (vnode->operations->getattr) {
		int error = vnode->operations->getattr(vnode);

		if (error)
			return error;
	}
	*status = (struct stat){
		.st_dev = vnode->superblock->device,
		.st_ino = vnode->ino,
		.st_nlink = vnode->nlink,
		.st_mode = vnode->mode,
		.st_uid = vnode->uid,
		.st_gid = vnode->gid,
		.st_rdev = vnode->rdev,
		.st_size = (s64)vnode->size,
		.st_blksize = vnode->superblock->block_size,
		.st_blocks = (s64)vnode->blocks,
	};
	split(vnode->atime, &status->st_atime_sec, &status->st_atime_nsec);
	split(vnode->mtime, &status->st_mtime_sec, &status->st_mtime_nsec);
	split(vnode->ctime, &status->st_ctime_sec, &status->st_ctime_nsec);
	return 0;
}

int uk_vfs_statfs(struct uk_superblock *superblock, u32 mount_flags, struct statfs *status)
{
	u32 flags = mount_flags &
		    (MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME | MS_NODIRATIME);

	*status = (struct statfs){
		.f_type = (s64)superblock->magic,
		.f_bsize = superblock->block_size,
		.f_frsize = superblock->block_size,
		.f_fsid = {(s32)superblock->device, 0},
		.f_namelen = NAME_MAX,
		/* These flags have the same numbers as mount(2)'s (linux/statfs.h). */
		.f_flags = ST_VALID | flags | (superblock->read_only ? ST_RDONLY : 0) |
			   (mount_flags & (MS_NOATIME | MS_STRICTATIME) ? 0 : ST_RELATIME),
	};
	return superblock->operations->statfs ? superblock->operations->statfs(superblock, status)
					      : 0;
}

void uk_vfs_sync(void)
{
	for (struct uk_mount *mount = uk_mounts; mount; mount = mount->next) {
		struct uk_superblock *superblock = mount->superblock;

		if (superblock->operations->sync)
			superblock->operations->sync(superblock);
	}
}

ssize_t uk_vfs_readlink(const struct uk_path *path, char *buffer, size_t size)
{
	struct uk_vnode *vnode = path->dentry->vnode;

	if (!uk_vnode_is(vnode, S_IFLNK))
		return -EINVAL;
	if (vnode->link) {
		size = MIN(size, (size_t)vnode->size);
		for (size_t i = 0; i < size; i++)
			buffer[i] = vnode->link[i];
		return (ssize_t)size;
	}
	return vnode->operations->readlink ? vnode->operations->readlink(vnode, buffer, size)
					   : -EINVAL;
}
