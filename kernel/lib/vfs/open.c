/* SPDX-License-Identifier: BSD-3-Clause */
/* open(2), from a path to an open file. */
#include <uk/alloc.h>
#include <uk/device.h>
#include <uk/errno.h>
#include <uk/notify.h>
#include <uk/paths.h>
#include <uk/permission.h>
#include <uk/string.h>

#include "vfs.h"

/* Flags that only matter during open(2): F_GETFL does not report them. */
#define FLAGS_OF_OPENING (O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_CLOEXEC)
/* Not a flag of programs: the file is opened for the loader. */
#define OPEN_TO_EXECUTE	 0x20u
#define FLAGS_OF_PATHS	 (O_DIRECTORY | O_NOFOLLOW | O_PATH)

/* No operations: for O_PATH files, and until an opened file gets its own. */
static const struct uk_file_operations path_operations;

static int check_type(const struct uk_path *path, u32 flags)
{
	const struct uk_vnode *vnode = path->dentry->vnode;
	bool writes = (flags + 1) & UK_FILE_WRITE || flags & O_TRUNC;

	switch (vnode->mode & S_IFMT) {
	case S_IFLNK:
		return -ELOOP;
	case S_IFDIR:
		if (writes || flags & O_CREAT)
			return -EISDIR;
		break;
	case S_IFCHR:
	case S_IFBLK:
		return path->mount->flags & MS_NODEV ? -EACCES : 0;
	case S_IFIFO:
	case S_IFSOCK:
		return 0;
	}
	if (writes && vnode->executed)
		return -ETXTBSY;
	return writes ? uk_mount_check_write(path->mount) : 0;
}

static int open_device(struct uk_vnode *vnode, struct uk_file *file)
{
	const struct uk_device *device = uk_devices();

	while (device && device->number != vnode->rdev)
		device = device->next;
	if (!device)
		return -ENXIO;
	file->operations = device->operations;
	if (device->operations->seek)
		file->mode |= UK_FILE_SEEK;
	return device->open ? device->open(vnode, file) : 0;
}

/* Sets the operations that the vnode's type or file system requires. A device or pipe whose vnode
 * has an open operation is an already open one (/proc/self/fd). */
static int open_vnode(struct uk_vnode *vnode, struct uk_file *file)
{
	if (uk_vnode_is(vnode, S_IFREG) || uk_vnode_is(vnode, S_IFDIR))
		file->mode |= UK_FILE_SEEK;
	if (vnode->operations->open)
		return vnode->operations->open(vnode, file);
	switch (vnode->mode & S_IFMT) {
	case S_IFREG:
	case S_IFDIR:
		return 0;
	case S_IFCHR:
		return open_device(vnode, file);
	case S_IFIFO:
		return uk_fifo_open ? uk_fifo_open(vnode, file) : -ENXIO;
	default:
		return -ENXIO;
	}
}

/* What open(2) needs permission for. */
static u32 access_of(u32 flags)
{
	u32 may = flags & O_TRUNC ? UK_MAY_WRITE : 0;

	if (flags & OPEN_TO_EXECUTE)
		return UK_MAY_EXECUTE;
	/* The fourth access mode, 3, requires both. */
	if ((flags & O_ACCMODE) != O_WRONLY)
		may |= UK_MAY_READ;
	if (flags & O_ACCMODE)
		may |= UK_MAY_WRITE;
	return may;
}

static int check(const struct uk_path *path, u32 flags, u32 may)
{
	const struct uk_vnode *vnode = path->dentry->vnode;
	int error = check_type(path, flags);

	if (!error)
		error = uk_vnode_permission(vnode, may);
	if (!error && flags & O_NOATIME && !uk_vnode_is_owned(vnode))
		error = -EPERM;
	return error;
}

/* may: UK_MAY_*; 0 for a file that was just created. */
static struct uk_file *open_path(const struct uk_path *path, u32 flags, u32 may, int *error)
{
	struct uk_vnode *vnode = path->dentry->vnode;
	struct uk_file *file;

	*error = flags & O_PATH ? 0 : check(path, flags, may);
	if (*error)
		return NULL;
	/* An O_PATH file counts as neither readable nor writable. */
	file = uk_file_new(uk_vnode_get(vnode),
			   vnode->file_operations ? vnode->file_operations : &path_operations,
			   flags & O_PATH ? O_ACCMODE : flags, error);
	if (!file)
		return NULL;
	file->flags = flags & ~(u32)(FLAGS_OF_OPENING & ~O_NOCTTY) & ~OPEN_TO_EXECUTE;
	file->path = *path;
	uk_path_get(path);
	if (flags & O_PATH) {
		file->mode = UK_FILE_PATH;
		file->operations = &path_operations;
		return file;
	}
	*error = open_vnode(vnode, file);
	file->flags &= ~(u32)O_NOCTTY;
	if (!*error && flags & O_TRUNC && uk_vnode_is(vnode, S_IFREG))
		*error = uk_vfs_truncate(path->dentry, vnode, 0);
	if (*error) {
		/* Do not run the release operation of a failed open. */
		file->operations = &path_operations;
		uk_file_put(file);
		return NULL;
	}
	file->mode |= UK_FILE_OPENED;
	uk_notify(path->dentry, vnode, UK_NOTIFY_OPEN);
	return file;
}

struct uk_file *uk_file_open_path(const struct uk_path *path, u32 flags, int *error)
{
	return open_path(path, flags, access_of(flags), error);
}

static u32 lookup_flags(u32 flags, u32 resolve)
{
	return resolve | (flags & O_NOFOLLOW ? 0 : UK_LOOKUP_FOLLOW) |
	       (flags & O_DIRECTORY ? UK_LOOKUP_DIRECTORY : 0);
}

/* Finds the name at the end of the walk or creates it as a regular file. *created: it was
 * created. */
static int make_or_find(struct walk *walk, u32 flags, u32 mode, struct uk_path *path, bool *created)
{
	struct uk_vnode *directory = walk->path.dentry->vnode;
	struct uk_dentry *dentry;
	int error;

	error = uk_path_lookup_one(&walk->path, &walk->last.name, true, &dentry);
	if (error)
		return error;
	*path = (struct uk_path){uk_mount_get(walk->path.mount), dentry};
	if (dentry->vnode)
		return flags & O_EXCL ? -EEXIST : walk_cross_mounts(walk, path);
	error = uk_mount_check_write(path->mount);
	if (!error && walk->path.dentry->flags & UK_DENTRY_DELETED)
		error = -ENOENT;
	if (!error)
		error = uk_vnode_permission(directory, UK_MAY_WRITE | UK_MAY_EXECUTE);
	if (!error)
		error = directory->operations->create
				? directory->operations->create(directory, dentry,
								mode & S_IALLUGO &
									~uk_paths_current()->umask)
				: -EACCES;
	*created = true;
	if (!error)
		uk_notify(dentry, dentry->vnode, UK_NOTIFY_CREATE);
	return error;
}

/* Follows symbolic links at the end up to the name to create or open. */
static int walk_for_creation(struct walk *walk, u32 flags, u32 mode, struct uk_path *path,
			     bool *created)
{
	for (;;) {
		bool done;
		int error = walk_to_last(walk);

		if (error)
			return error;
		*path = (struct uk_path){0};
		/* A name with a trailing slash cannot be created, and "." or ".." already
		 * exists. */
		error = walk->last.kind != UK_LAST_NAME || walk->last.slashes
				? -EISDIR
				: make_or_find(walk, flags, mode, path, created);
		if (!error &&
		    (flags & (O_NOFOLLOW | O_EXCL) || !uk_vnode_is(path->dentry->vnode, S_IFLNK))) {
			walk_end(walk);
			return 0;
		}
		if (!error)
			error = walk_follow(walk, path->dentry, &done);
		if (path->mount)
			uk_path_put(path);
		if (!error && done) {
			*path = walk->path;
			uk_path_get(path);
			walk_end(walk);
			return 0;
		}
		if (error) {
			walk_end(walk);
			return error;
		}
	}
}

static struct uk_file *open_or_create(const struct uk_path *start, const char *text, u32 flags,
				      u32 mode, u32 resolve, int *error)
{
	bool created = false;
	struct uk_path path;
	struct uk_file *file;
	struct walk walk;

	*error = walk_begin(&walk, start, text, resolve);
	if (!*error)
		*error = walk_for_creation(&walk, flags, mode, &path, &created);
	if (*error)
		return NULL;
	/* The creator may open the new file whatever its mode, and it is empty. */
	if (created)
		file = open_path(&path, flags & ~(u32)(O_CREAT | O_TRUNC), 0, error);
	else
		file = uk_file_open_path(&path, flags, error);
	uk_path_put(&path);
	return file;
}

static struct uk_file *open_unnamed(const struct uk_path *directory, u32 flags, u32 mode,
				    int *error)
{
	static const struct uk_name name = {"#tmpfile", 8, 0};
	struct uk_vnode *vnode = directory->dentry->vnode;
	struct uk_path path = {directory->mount, NULL};
	struct uk_file *file = NULL;

	*error = -EINVAL;
	if (!((flags + 1) & UK_FILE_WRITE))
		return NULL;
	*error = uk_mount_check_write(directory->mount);
	if (!*error)
		*error = uk_vnode_permission(vnode, UK_MAY_WRITE | UK_MAY_EXECUTE);
	if (!*error && !vnode->operations->tmpfile)
		*error = -EOPNOTSUPP;
	if (*error)
		return NULL;
	path.dentry = uk_dentry_new(directory->dentry, &name);
	*error = -ENOMEM;
	if (!path.dentry)
		return NULL;
	*error = vnode->operations->tmpfile(vnode, path.dentry,
					    mode & S_IALLUGO & ~uk_paths_current()->umask);
	if (!*error) {
		path.dentry->flags |= UK_DENTRY_DELETED;
		if (!(flags & O_EXCL))
			path.dentry->vnode->flags |= UK_VNODE_LINKABLE;
		file = open_path(&path, flags & ~(u32)(O_TMPFILE | O_EXCL), 0, error);
		if (file)
			file->flags |= O_TMPFILE;
	}
	uk_dentry_put(path.dentry);
	return file;
}

static struct uk_file *open_once(const struct uk_path *start, const char *text, u32 flags, u32 mode,
				 u32 resolve, int *error)
{
	struct uk_file *file;
	struct uk_path path;

	if (flags & O_PATH)
		flags &= FLAGS_OF_PATHS;
	else if ((flags & O_TMPFILE) != O_TMPFILE && flags & O_CREAT)
		return open_or_create(start, text, flags, mode, resolve, error);
	*error = uk_path_lookup(start, text, lookup_flags(flags, resolve), &path);
	if (*error)
		return NULL;
	file = (flags & O_TMPFILE) == O_TMPFILE ? open_unnamed(&path, flags, mode, error)
						: uk_file_open_path(&path, flags, error);
	uk_path_put(&path);
	return file;
}

struct uk_file *uk_vfs_open(const struct uk_path *start, const char *text, u32 flags, u32 mode,
			    u32 resolve, int *error)
{
	struct uk_file *file = open_once(start, text, flags, mode, resolve, error);

	/* The name now refers to another file; a second lookup finds it. */
	return !file && *error == -ESTALE ? open_once(start, text, flags, mode, resolve, error)
					  : file;
}

/* Puts the file if it may not be executed. */
static struct uk_file *check_executable(struct uk_file *file, int *error)
{
	if (!file)
		return NULL;
	*error = -EACCES;
	if (uk_vnode_is(file->vnode, S_IFREG) &&
	    !(file->path.mount && file->path.mount->flags & MS_NOEXEC)) {
		/* As on Linux, the descriptor of memfd_create(2) does not count. */
		if (!file->vnode->writers || !file->path.mount)
			return file;
		*error = -ETXTBSY;
	}
	uk_file_put(file);
	return NULL;
}

struct uk_file *uk_vfs_open_executable(const struct uk_path *start, const char *path, u32 flags,
				       int *error)
{
	return check_executable(
		uk_vfs_open(start, path, O_RDONLY | OPEN_TO_EXECUTE | flags, 0, 0, error), error);
}

struct uk_file *uk_vfs_reopen_executable(const struct uk_file *file, int *error)
{
	struct uk_vnode *vnode = file->vnode;

	if (file->path.mount)
		return check_executable(
			uk_file_open_path(&file->path, O_RDONLY | OPEN_TO_EXECUTE, error), error);
	*error = -EACCES;
	if (!uk_vnode_is(vnode, S_IFREG) || uk_vnode_permission(vnode, UK_MAY_EXECUTE))
		return NULL;
	return check_executable(
		uk_file_new(uk_vnode_get(vnode), vnode->file_operations, O_RDONLY, error), error);
}
