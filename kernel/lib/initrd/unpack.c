/* SPDX-License-Identifier: BSD-3-Clause */
/* Unpacks an archive into the root file system. */
#include <uk/alloc.h>
#include <uk/device.h>
#include <uk/errno.h>
#include <uk/initrd.h>
#include <uk/paths.h>
#include <uk/plat.h>
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

/* A directory of the archive, whose time is set when everything is unpacked into it. */
struct folder {
	struct folder *next;
	struct uk_vnode *vnode;
	s64 modified; /* nanoseconds */
};

struct unpacking {
	struct link *links[LINK_BUCKETS];
	struct folder *first_folder, *last_folder;
	/* Where the last entry went: most entries follow others of the same directory. dentry NULL:
	 * not known. */
	struct uk_path parent;
	size_t parent_length;
	char parent_name[PATH_MAX]; /* in the archive, not terminated */
	char path[PATH_MAX];	    /* a path from the archive, terminated */
	struct cpio cpio;
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

static void forget_parent(struct unpacking *unpacking)
{
	if (unpacking->parent.dentry)
		uk_path_put(&unpacking->parent);
	unpacking->parent.dentry = NULL;
}

/* Makes a directory, which is created if it is missing, the parent of the entries that follow. */
static int enter(struct unpacking *unpacking, const char *name, size_t length)
{
	const u32 flags = UK_LOOKUP_FOLLOW | UK_LOOKUP_DIRECTORY | UK_LOOKUP_EMPTY;
	char *path = unpacking->path;
	int error;

	if (unpacking->parent.dentry && length == unpacking->parent_length &&
	    memcmp(name, unpacking->parent_name, length) == 0)
		return 0;
	forget_parent(unpacking);
	memcpy(path, name, length);
	path[length] = '\0';
	error = uk_path_lookup(root(), path, flags, &unpacking->parent);
	if (error == -ENOENT) {
		path[length] = '/';
		path[length + 1] = '\0';
		error = make_parents(path);
		if (!error)
			error = uk_path_lookup(root(), path, flags, &unpacking->parent);
	}
	if (error) {
		unpacking->parent.dentry = NULL;
		return error;
	}
	memcpy(unpacking->parent_name, name, length);
	unpacking->parent_length = length;
	return 0;
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

static int remember_folder(struct unpacking *unpacking, struct uk_vnode *vnode, s64 modified)
{
	struct folder *folder = unpacking->last_folder;

	if (folder && folder->vnode == vnode) {
		folder->modified = modified;
		return 0;
	}
	folder = uk_malloc(sizeof(*folder));
	if (!folder)
		return -ENOMEM;
	*folder = (struct folder){NULL, uk_vnode_get(vnode), modified};
	*(unpacking->last_folder ? &unpacking->last_folder->next : &unpacking->first_folder) =
		folder;
	unpacking->last_folder = folder;
	return 0;
}

/* Sets the times of directories, which unpacking files into them has changed. */
static void finish_folders(struct unpacking *unpacking)
{
	for (struct folder *folder = unpacking->first_folder, *next; folder; folder = next) {
		next = folder->next;
		folder->vnode->atime = folder->vnode->mtime = folder->modified;
		uk_vnode_put(folder->vnode);
		uk_free(folder);
	}
}

static int set_attributes(struct unpacking *unpacking, struct uk_vnode *vnode,
			  const struct cpio_entry *entry)
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
	return uk_vnode_is(vnode, S_IFDIR) ? remember_folder(unpacking, vnode, modified) : 0;
}

static int make_symlink(const struct uk_path *parent, const char *name,
			const struct cpio_entry *entry)
{
	char *target;
	int error;

	if (entry->size == 0 || entry->size >= PATH_MAX)
		return -EINVAL;
	target = uk_malloc(entry->size + 1);
	if (!target)
		return -ENOMEM;
	memcpy(target, entry->text, entry->size);
	target[entry->size] = '\0';
	error = uk_vfs_symlink(target, parent, name);
	uk_free(target);
	return error;
}

/* Creates the node of a free name. dentry: the name's, negative. */
static int make_node(struct unpacking *unpacking, const struct cpio_entry *entry,
		     struct uk_dentry *dentry)
{
	const struct uk_path *parent = &unpacking->parent;
	struct link *link = entry->links > 1 ? find_link(unpacking, entry) : NULL;
	const char *name = dentry->name;

	switch (entry->mode & S_IFMT) {
	case S_IFDIR:
		return uk_vfs_mkdir(parent, name, 0755);
	case S_IFLNK:
		return make_symlink(parent, name, entry);
	case S_IFREG:
		if (link)
			return uk_vfs_link(&link->path, parent, name);
		/* fallthrough */
	case S_IFCHR:
	case S_IFBLK:
	case S_IFIFO:
	case S_IFSOCK:
		return uk_vfs_mknod_at(parent, dentry, entry->mode,
				       uk_device_number(entry->rdev_major, entry->rdev_minor));
	default:
		return -EINVAL;
	}
}

static int fill_node(struct unpacking *unpacking, const struct cpio_entry *entry,
		     const struct uk_path *path)
{
	struct uk_vnode *vnode = path->dentry->vnode;
	int error = 0;

	if (uk_vnode_is(vnode, S_IFREG)) {
		/* Only one entry of a file with several names has the data, usually the last
		 * one. */
		if (entry->size && !vnode->size)
			uk_ramfs_borrow(vnode, entry->data, entry->size);
		if (entry->links > 1 && !find_link(unpacking, entry))
			error = remember_link(unpacking, entry, path);
	}
	return error ? error : set_attributes(unpacking, vnode, entry);
}

/* Finds the entry's place in its directory. An existing file is removed, unless it and the entry
 * are directories. dentry: positive only if it stays. */
static int find_place(struct unpacking *unpacking, const struct cpio_entry *entry,
		      const struct uk_name *name, struct uk_dentry **dentry, bool *removed)
{
	const struct uk_path *parent = &unpacking->parent;
	int error = uk_path_lookup_one(parent, name, true, dentry);
	bool is_directory;

	if (error || !(*dentry)->vnode)
		return error;
	is_directory = uk_vnode_is((*dentry)->vnode, S_IFDIR);
	if (is_directory && (entry->mode & S_IFMT) == S_IFDIR)
		return 0;
	error = is_directory ? uk_vfs_rmdir(parent, (*dentry)->name)
			     : uk_vfs_unlink(parent, (*dentry)->name);
	uk_dentry_put(*dentry);
	*removed = true;
	return error ? error : uk_path_lookup_one(parent, name, true, dentry);
}

/* Unpacks an entry into its directory. */
static int unpack_name(struct unpacking *unpacking, const struct cpio_entry *entry,
		       const struct uk_name *name)
{
	struct uk_path place = unpacking->parent;
	bool removed = false;
	int error = find_place(unpacking, entry, name, &place.dentry, &removed);

	if (error)
		return error;
	if (!place.dentry->vnode)
		error = make_node(unpacking, entry, place.dentry);
	if (error || (place.dentry->vnode && !(place.dentry->flags & UK_DENTRY_MOUNTED))) {
		uk_mount_get(place.mount);
	} else {
		/* What was made has another dentry, and of a mount point the mounted root counts.
		 */
		struct uk_dentry *dentry = place.dentry;

		error = uk_path_lookup(&unpacking->parent, dentry->name, 0, &place);
		uk_dentry_put(dentry);
		if (error)
			return error;
	}
	if (!error)
		error = fill_node(unpacking, entry, &place);
	uk_path_put(&place);
	/* Paths may lead elsewhere now. */
	if (removed)
		forget_parent(unpacking);
	return error;
}

static int unpack_entry(struct unpacking *unpacking, const struct cpio_entry *entry)
{
	const char *text = entry->name;
	size_t start = entry->name_length, parent_length;
	struct uk_name name;
	int error;

	while (start > 0 && text[start - 1] != '/')
		start--;
	for (parent_length = start; parent_length > 0 && text[parent_length - 1] == '/';)
		parent_length--;
	error = enter(unpacking, text, parent_length);
	if (error)
		return error;
	name = (struct uk_name){text + start, entry->name_length - (u32)start, 0};
	if (name.length == 0 || (name.length == 1 && *name.text == '.'))
		return (entry->mode & S_IFMT) == S_IFDIR
			       ? fill_node(unpacking, entry, &unpacking->parent)
			       : -EINVAL;
	name.hash = uk_name_hash(name.text, name.length);
	return unpack_name(unpacking, entry, &name);
}

const char *uk_initrd_unpack(const void *data, size_t size, char name[UK_INITRD_ENTRY_SIZE])
{
	struct unpacking *unpacking = uk_zalloc(sizeof(*unpacking));
	u32 umask = uk_paths_current()->umask;
	struct cpio_entry entry = {0};
	const char *problem = NULL;
	size_t kept;
	int next = 0;

	name[0] = '\0';
	if (!unpacking || !root()->mount)
		return explain(-ENOMEM);
	unpacking->cpio.data = data;
	unpacking->cpio.size = size;
	unpacking->cpio.read = ukplat_initrd_read;
	uk_paths_current()->umask = 0;
	while (!problem && (next = cpio_next(&unpacking->cpio, &entry)) > 0) {
		int error = unpack_entry(unpacking, &entry);

		if (error)
			problem = explain(error);
	}
	if (next < 0)
		problem = unpacking->cpio.problem;
	if (problem && entry.name) {
		kept = MIN(entry.name_length, (u32)UK_INITRD_ENTRY_SIZE - 1);
		memcpy(name, entry.name, kept);
		name[kept] = '\0';
	}
	forget_parent(unpacking);
	finish_folders(unpacking);
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
