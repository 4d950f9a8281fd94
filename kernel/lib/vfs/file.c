/* SPDX-License-Identifier: BSD-3-Clause */
/* Open files of all types. */
#include <uk/alloc.h>
#include <uk/errno.h>
#include <uk/lock.h>
#include <uk/notify.h>
#include <uk/paths.h>
#include <uk/string.h>

#include "vfs.h"

#define FILES_MIN      8192 /* Linux: NR_FILE, and one per 10 KiB of memory */
#define BYTES_PER_FILE 10240

static size_t file_count;
void (*uk_notify_listener)(struct uk_dentry *dentry, struct uk_vnode *vnode, u32 event, u32 cookie);

void (*uk_file_end_interests)(struct uk_file *file);

size_t uk_file_limit(void)
{
	return MAX((size_t)FILES_MIN, uk_page_statistics().total * UK_PAGE_SIZE / BYTES_PER_FILE);
}

struct uk_file *uk_file_new(struct uk_vnode *vnode, const struct uk_file_operations *operations,
			    u32 flags, int *error)
{
	struct uk_file *file = file_count < uk_file_limit() ? uk_malloc(sizeof(*file)) : NULL;

	if (!file) {
		*error = file_count < uk_file_limit() ? -ENOMEM : -ENFILE;
		uk_vnode_put(vnode);
		return NULL;
	}
	file_count++;
	*file = (struct uk_file){
		.operations = operations,
		.references = 1,
		/* The fourth access mode, 3, allows neither: Linux's OPEN_FMODE. */
		.mode = (flags + 1) & (UK_FILE_READ | UK_FILE_WRITE),
		.flags = flags,
		.vnode = vnode,
	};
	vnode->files++;
	if (file->mode & UK_FILE_WRITE)
		vnode->writers++;
	return file;
}

void uk_file_release(struct uk_file *file)
{
	struct uk_vnode *vnode = file->vnode;

	if (file->mode & UK_FILE_OPENED)
		uk_notify(file->path.dentry, vnode,
			  file->mode & UK_FILE_WRITE ? UK_NOTIFY_CLOSE_WRITE
						     : UK_NOTIFY_CLOSE_NOWRITE);
	if (unlikely(file->interests))
		uk_file_end_interests(file);
	if (file->operations->release)
		file->operations->release(file);
	if (unlikely(vnode->locks))
		uk_locks_release(file);
	if (file->mode & UK_FILE_WRITE)
		vnode->writers--;
	vnode->files--;
	if (unlikely(vnode->nlink == 0))
		vfs_tell_deleted(vnode);
	/* Before the mount, which may take its file system along. */
	uk_vnode_put(vnode);
	if (file->path.mount)
		uk_path_put(&file->path);
	uk_free(file);
	file_count--;
}

ssize_t uk_file_read_kernel(struct uk_file *file, void *buffer, size_t length, s64 offset)
{
	if (!(file->mode & UK_FILE_READ))
		return -EBADF;
	return uk_file_read_at(file, buffer, length, offset);
}

ssize_t uk_file_write_kernel(struct uk_file *file, const void *buffer, size_t length, s64 offset)
{
	if (!(file->mode & UK_FILE_WRITE))
		return -EBADF;
	return uk_file_write_at(file, buffer, length, offset);
}

/* For regular files and directories; their file systems may know more for SEEK_DATA and
 * SEEK_HOLE. */
static s64 seek_by_size(struct uk_file *file, s64 offset, int whence)
{
	struct uk_vnode *vnode = file->vnode;
	s64 base = 0, size, result;

	if (whence >= SEEK_END && vnode->operations->getattr) {
		int error = vnode->operations->getattr(vnode);

		if (error)
			return error;
	}
	size = (s64)vnode->size;
	switch (whence) {
	case SEEK_DATA:
	case SEEK_HOLE:
		if (offset < 0 || offset >= size)
			return -ENXIO;
		if (vnode->operations->seek)
			return vnode->operations->seek(vnode, offset, whence);
		return whence == SEEK_DATA ? offset : size;
	case SEEK_CUR:
		base = file->offset;
		break;
	case SEEK_END:
		base = size;
		break;
	}
	if (__builtin_add_overflow(base, offset, &result) || result < 0)
		return -EINVAL;
	return result;
}

s64 uk_file_seek(struct uk_file *file, s64 offset, int whence)
{
	s64 result;

	if (!(file->mode & UK_FILE_SEEK) && !file->operations->seek)
		return -ESPIPE;
	if (whence < SEEK_SET || whence > SEEK_HOLE)
		return -EINVAL;
	result = file->operations->seek ? file->operations->seek(file, offset, whence)
					: seek_by_size(file, offset, whence);
	if (result >= 0)
		file->offset = result;
	return result;
}

s64 uk_file_seek_nowhere(struct uk_file *file, s64 offset, int whence)
{
	return 0;
}

int uk_file_name(struct uk_file *file, char *buffer, size_t size)
{
	char *memory, *text;
	bool deleted;
	int length;

	if (!file->path.mount || file->path.mount == &vfs_anonymous_mount)
		return file->operations->name
			       ? file->operations->name(file, buffer, size)
			       : uk_snprintf(buffer, size, "anon_inode:[%lu]", file->vnode->ino);
	memory = uk_malloc(PATH_MAX);
	if (!memory)
		return -ENOMEM;
	text = uk_path_text(&file->path, &uk_paths_current()->root, memory, PATH_MAX, NULL,
			    &deleted);
	length = text ? uk_snprintf(buffer, size, "%s%s", text, deleted ? " (deleted)" : "")
		      : -ENAMETOOLONG;
	uk_free(memory);
	return length;
}

bool uk_listing_add_dots(struct uk_file *file, struct uk_listing *listing)
{
	const struct uk_path *path = &file->path;
	const struct uk_dentry *parent = path->dentry;
	const struct uk_mount *mount = path->mount;

	if (file->offset == 0) {
		if (!uk_listing_add(listing, ".", 1, file->vnode->ino, S_IFDIR, 1))
			return false;
		file->offset = 1;
	}
	if (file->offset > 1)
		return true;
	while (parent == mount->root && mount->parent) {
		parent = mount->mountpoint;
		mount = mount->parent;
	}
	if (!uk_listing_add(listing, "..", 2, parent->parent->vnode->ino, S_IFDIR, 2))
		return false;
	file->offset = 2;
	return true;
}
