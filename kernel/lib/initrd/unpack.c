/* SPDX-License-Identifier: BSD-3-Clause */
/* Unpacks an archive into the root file system. */
#include <uk/alloc.h>
#include <uk/device.h>
#include <uk/errno.h>
#include <uk/initrd.h>
#include <uk/paths.h>
#include <uk/ramfs.h>
#include <uk/string.h>
#include <uk/vfs.h>

#include "cpio.h"

#define NS_PER_S     1000000000L
#define LINK_BUCKETS 256

/* A file with further names in the archive. */
struct link {
	struct link *next;
	u32 inode, device_major, device_minor;
	struct uk_path path;
};

struct unpacking {
	struct link *links[LINK_BUCKETS];
	char path[PATH_MAX]; /* the entry's path, terminated */
};

bool uk_initrd_is_archive(const void *data, size_t size)
{
	return cpio_is_archive(data, size);
}

static const struct uk_path *root(void)
{
	return &uk_paths_current()->root;
}

static const char *explain(int error)
{
	switch (error) {
	case -ENOSPC:
	case -ENOMEM:
		return "it does not fit into memory";
	case -ENOTDIR:
		return "a parent is not a directory";
	case -ENOTEMPTY:
		return "a non-empty directory is in its place";
	case -ELOOP:
		return "symbolic links above it form a loop";
	default:
		return "it cannot be created";
	}
}

/* Creates the missing directories above the path. */
static int make_parents(char *path)
{
	for (char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		int error;

		*slash = '\0';
		error = uk_vfs_mkdir(root(), path, 0755);
		*slash = '/';
		if (error && error != -EEXIST)
			return error;
	}
	return 0;
}

/* Removes an existing file with the name, unless it and the new one are directories. *exists: there
 * is a directory, and it stays. */
static int make_room(const char *path, bool directory, bool *exists)
{
	struct uk_path place;
	bool is_directory;
	int error = uk_path_lookup(root(), path, 0, &place);

	*exists = false;
	if (error)
		return error == -ENOENT ? 0 : error;
	is_directory = uk_vnode_is(place.dentry->vnode, S_IFDIR);
	uk_path_put(&place);
	*exists = directory && is_directory;
	if (*exists)
		return 0;
	return is_directory ? uk_vfs_rmdir(root(), path) : uk_vfs_unlink(root(), path);
}

static struct link **bucket_of(struct unpacking *unpacking, u32 inode)
{
	return &unpacking->links[inode % LINK_BUCKETS];
}

static struct link *find_link(struct unpacking *unpacking, const struct cpio_entry *entry)
{
	struct link *link = *bucket_of(unpacking, entry->inode);

	while (link && (link->inode != entry->inode || link->device_major != entry->device_major ||
			link->device_minor != entry->device_minor))
		link = link->next;
	return link;
}

static int remember_link(struct unpacking *unpacking, const struct cpio_entry *entry,
			 const struct uk_path *path)
{
	struct link **bucket = bucket_of(unpacking, entry->inode);
	struct link *link = uk_malloc(sizeof(*link));

	if (!link)
		return -ENOMEM;
	*link = (struct link){*bucket, entry->inode, entry->device_major, entry->device_minor,
			      *path};
	uk_path_get(path);
	*bucket = link;
	return 0;
}

static void forget_links(struct unpacking *unpacking)
{
	for (int i = 0; i < LINK_BUCKETS; i++) {
		for (struct link *link = unpacking->links[i], *next; link; link = next) {
			next = link->next;
			uk_path_put(&link->path);
			uk_free(link);
		}
	}
}

static void set_attributes(struct uk_vnode *vnode, const struct cpio_entry *entry)
{
	s64 modified = entry->modified * NS_PER_S;
	const struct uk_vnode_attributes attributes = {
		.valid = UK_ATTRIBUTE_MODE | UK_ATTRIBUTE_UID | UK_ATTRIBUTE_GID |
			 UK_ATTRIBUTE_ATIME | UK_ATTRIBUTE_MTIME,
		.mode = entry->mode,
		.uid = entry->uid,
		.gid = entry->gid,
		.atime = modified,
		.mtime = modified,
	};

	uk_vnode_apply(vnode, &attributes);
}

static int make_symlink(const char *path, const struct cpio_entry *entry)
{
	char *target;
	int error;

	if (entry->size == 0 || entry->size >= PATH_MAX)
		return -EINVAL;
	target = uk_malloc(entry->size + 1);
	if (!target)
		return -ENOMEM;
	memcpy(target, entry->data, entry->size);
	target[entry->size] = '\0';
	error = uk_vfs_symlink(target, root(), path);
	uk_free(target);
	return error;
}

static int make_node(struct unpacking *unpacking, const struct cpio_entry *entry)
{
	const char *path = unpacking->path;
	struct link *link = entry->links > 1 ? find_link(unpacking, entry) : NULL;

	switch (entry->mode & S_IFMT) {
	case S_IFDIR:
		return uk_vfs_mkdir(root(), path, 0755);
	case S_IFLNK:
		return make_symlink(path, entry);
	case S_IFREG:
		if (link)
			return uk_vfs_link(&link->path, root(), path);
		/* fallthrough */
	case S_IFCHR:
	case S_IFBLK:
	case S_IFIFO:
	case S_IFSOCK:
		return uk_vfs_mknod(root(), path, entry->mode,
				    uk_device_number(entry->rdev_major, entry->rdev_minor));
	default:
		return -EINVAL;
	}
}

static int fill_node(struct unpacking *unpacking, const struct cpio_entry *entry)
{
	struct uk_vnode *vnode;
	struct uk_path path;
	int error = uk_path_lookup(root(), unpacking->path, 0, &path);

	if (error)
		return error;
	vnode = path.dentry->vnode;
	if (uk_vnode_is(vnode, S_IFREG)) {
		/* Only one entry of a file with several names has the data, usually the last
		 * one. */
		if (entry->size && !vnode->size)
			uk_ramfs_borrow(vnode, entry->data, entry->size);
		if (entry->links > 1 && !find_link(unpacking, entry))
			error = remember_link(unpacking, entry, &path);
	}
	set_attributes(vnode, entry);
	uk_path_put(&path);
	return error;
}

static int unpack_entry(struct unpacking *unpacking, const struct cpio_entry *entry)
{
	bool exists = true;
	int error = 0;

	memcpy(unpacking->path, entry->name, entry->name_length);
	unpacking->path[entry->name_length] = '\0';
	if (entry->name_length == 0) {
		if ((entry->mode & S_IFMT) != S_IFDIR)
			return -EINVAL;
		set_attributes(root()->dentry->vnode, entry);
		return 0;
	}
	error = make_parents(unpacking->path);
	if (!error)
		error = make_room(unpacking->path, (entry->mode & S_IFMT) == S_IFDIR, &exists);
	if (!error && !exists)
		error = make_node(unpacking, entry);
	return error ? error : fill_node(unpacking, entry);
}

/* Sets the times of directories, which unpacking files into them has changed. */
static void set_folder_times(struct unpacking *unpacking, struct cpio cpio)
{
	struct cpio_entry entry;
	struct uk_path path;

	while (cpio_next(&cpio, &entry) > 0) {
		if ((entry.mode & S_IFMT) != S_IFDIR)
			continue;
		memcpy(unpacking->path, entry.name, entry.name_length);
		unpacking->path[entry.name_length] = '\0';
		if (uk_path_lookup(root(), unpacking->path, UK_LOOKUP_EMPTY, &path))
			continue;
		if (uk_vnode_is(path.dentry->vnode, S_IFDIR))
			set_attributes(path.dentry->vnode, &entry);
		uk_path_put(&path);
	}
}

const char *uk_initrd_unpack(const void *data, size_t size, char name[UK_INITRD_ENTRY_SIZE])
{
	struct unpacking *unpacking = uk_zalloc(sizeof(*unpacking));
	struct cpio cpio = {.data = data, .size = size};
	u32 umask = uk_paths_current()->umask;
	struct cpio_entry entry = {0};
	const char *problem = NULL;
	size_t kept;
	int next = 0;

	name[0] = '\0';
	if (!unpacking || !root()->mount)
		return explain(-ENOMEM);
	uk_paths_current()->umask = 0;
	while (!problem && (next = cpio_next(&cpio, &entry)) > 0) {
		int error = unpack_entry(unpacking, &entry);

		if (error)
			problem = explain(error);
	}
	if (next < 0)
		problem = cpio.problem;
	if (problem && entry.name) {
		kept = MIN(entry.name_length, (u32)UK_INITRD_ENTRY_SIZE - 1);
		memcpy(name, entry.name, kept);
		name[kept] = '\0';
	}
	if (!problem)
		set_folder_times(unpacking, (struct cpio){.data = data, .size = size});
	forget_links(unpacking);
	uk_free(unpacking);
	uk_paths_current()->umask = umask;
	return problem;
}

int uk_initrd_add_program(const char *path, const void *data, size_t size)
{
	struct uk_path place;
	char *copy;
	int error;

	while (*path == '/')
		path++;
	copy = uk_malloc(strlen(path) + 1);
	if (!copy)
		return -ENOMEM;
	memcpy(copy, path, strlen(path) + 1);
	error = make_parents(copy);
	uk_free(copy);
	if (!error)
		error = uk_vfs_mknod(root(), path, S_IFREG | 0755, 0);
	if (!error)
		error = uk_path_lookup(root(), path, 0, &place);
	if (error)
		return error;
	uk_ramfs_borrow(place.dentry->vnode, data, size);
	uk_path_put(&place);
	return 0;
}
