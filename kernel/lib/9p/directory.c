/* SPDX-License-Identifier: BSD-3-Clause */
/* Directories: look up, create, remove and list names. */
#include <uk/errno.h>
#include <uk/linux/file.h>
#include <uk/permission.h>
#include <uk/string.h>
#include <uk/vfs.h>

#include "filesystem.h"

#define REMOVE_DIRECTORY 0x200	/* AT_REMOVEDIR */
#define LISTING_SIZE	 32768u /* the buffer size that C libraries pass to getdents(2) */

/* The host's clock differs from ours and cannot distinguish times within one of its ticks. */
#define CLOCK_SLACK_NS 2000000000L

/*
 * A dentry's cookies have no meaning for file systems that do not pin names. Here they record when
 * the name was last known to be valid, and the time of the file's last change at that moment.
 * Renaming and removing change the latter, so the name is valid as long as it stays the same. 0:
 * the change is too recent to be sure.
 */
static void note_time(struct uk_dentry *dentry)
{
	const struct uk_vnode *vnode = dentry->vnode;

	dentry->cookie = ukplat_monotonic_ns();
	dentry->last_cookie =
		uk_vnode_now() - vnode->ctime > CLOCK_SLACK_NS ? (u64)vnode->ctime : 0;
}

static bool is_unchanged(const struct ninep_node *node, const struct uk_dentry *dentry)
{
	return dentry->last_cookie && dentry->last_cookie == (u64)node->vnode.ctime &&
	       node->is_hashed && !node->is_suspect;
}

static u32 fid_of(const struct uk_vnode *vnode)
{
	return ninep_node(vnode)->fid;
}

/* Binds the dentry to the file that fid was just walked to. */
static int set_node(struct uk_vnode *directory, struct uk_dentry *dentry, u32 fid,
		    const struct ninep_qid *qid)
{
	struct ninep_node *node;
	int error;

	node = ninep_node_get(ninep_mount(directory), fid, qid, &error);
	if (!node)
		return error;
	uk_dentry_set_vnode(dentry, &node->vnode);
	note_time(dentry);
	return 0;
}

static int lookup(struct uk_vnode *directory, struct uk_dentry *dentry)
{
	struct ninep_qid qid;
	u32 fid;
	int error =
		ninep_walk_new(ninep_mount(directory), fid_of(directory), dentry->name, &fid, &qid);

	if (error)
		return error == -ENOENT ? 0 : error;
	return set_node(directory, dentry, fid, &qid);
}

static int revalidate(struct uk_vnode *directory, struct uk_dentry *dentry)
{
	struct ninep_mount *mount = ninep_mount(directory);
	struct ninep_node *node;
	struct ninep_qid qid;
	u32 fid;
	int error;

	/* Also a mountpoint that exists only here (lib/ukboot). */
	if (!dentry->vnode || dentry->flags & UK_DENTRY_MOUNTED ||
	    dentry->vnode->superblock != &mount->superblock)
		return 1;
	node = ninep_node(dentry->vnode);
	if (!node->is_suspect && ukplat_monotonic_ns() - dentry->cookie <= mount->lifetime)
		return 1;
	error = ninep_refresh(node, mount->lifetime);
	if (error && error != -ESTALE && error != -ENOENT)
		return error;
	if (!error && is_unchanged(node, dentry)) {
		note_time(dentry);
		return 1;
	}
	error = ninep_walk_new(mount, fid_of(directory), dentry->name, &fid, &qid);
	if (error)
		return error == -ENOENT ? 0 : error;
	if (qid.path != node->vnode.ino || !node->is_hashed) {
		ninep_clunk(&mount->client, fid);
		return 0;
	}
	ninep_node_use_fid(node, fid);
	error = ninep_refresh(node, mount->lifetime);
	note_time(dentry);
	return error ? error : node->is_hashed;
}

/* Looks up a name that was just created. */
static int find_new(struct uk_vnode *directory, struct uk_dentry *dentry)
{
	int error = lookup(directory, dentry);

	ninep_changed(directory);
	if (error || !dentry->vnode)
		return error ? error : -ENOENT; /* another client was faster */
	uk_dentry_hash(dentry);
	return 0;
}

/* Looks up a node that was just created. To the server, whoever started the run has created it: it
 * becomes the running thread's, as far as the server allows that. */
static int find_created(struct uk_vnode *directory, struct uk_dentry *dentry)
{
	int error = find_new(directory, dentry);
	struct uk_vnode_attributes attributes = {
		.valid = UK_ATTRIBUTE_UID | UK_ATTRIBUTE_GID | UK_ATTRIBUTE_MODE,
	};
	struct uk_vnode wanted;

	if (error || (!uk_credentials_current()->fsuid && !(directory->mode & S_ISGID)))
		return error;
	wanted = *dentry->vnode;
	uk_vnode_set_owner(&wanted, directory);
	attributes.uid = wanted.uid;
	attributes.gid = wanted.gid;
	attributes.mode = wanted.mode; /* the change of owner takes the set-ID bits away */
	if (wanted.uid != dentry->vnode->uid || wanted.gid != dentry->vnode->gid)
		(void)uk_vnode_set_attributes(dentry->vnode, &attributes);
	return 0;
}

static int create(struct uk_vnode *directory, struct uk_dentry *dentry, u32 mode)
{
	struct ninep_mount *mount = ninep_mount(directory);
	struct ninep_opened *opened;
	u32 fid;
	int error = ninep_walk_new(mount, fid_of(directory), NULL, &fid, NULL);

	if (error)
		return error;
	/* Open it for reading and writing, because the file's mode may not allow that later. */
	error = ninep_create(&mount->client, fid, dentry->name, O_RDWR | O_EXCL, mode);
	if (!error)
		error = find_created(directory, dentry);
	if (error) {
		ninep_clunk(&mount->client, fid);
		return error;
	}
	opened = &ninep_node(dentry->vnode)->opened[O_RDWR];
	if (opened->fid == NINEP_NO_FID)
		opened->fid = fid;
	else
		ninep_clunk(&mount->client, fid);
	return 0;
}

static int make_directory(struct uk_vnode *directory, struct uk_dentry *dentry, u32 mode)
{
	int error = ninep_mkdir(ninep_client(directory), fid_of(directory), dentry->name, mode);

	return error ? error : find_created(directory, dentry);
}

static int make_node(struct uk_vnode *directory, struct uk_dentry *dentry, u32 mode, u64 rdev)
{
	int error =
		ninep_mknod(ninep_client(directory), fid_of(directory), dentry->name, mode, rdev);

	return error ? error : find_created(directory, dentry);
}

static int make_link(struct uk_vnode *directory, struct uk_dentry *dentry, const char *target)
{
	int error = ninep_symlink(ninep_client(directory), fid_of(directory), dentry->name, target);

	return error ? error : find_created(directory, dentry);
}

static int add_name(struct uk_vnode *directory, struct uk_dentry *dentry, struct uk_vnode *vnode)
{
	int error =
		ninep_link(ninep_client(directory), fid_of(directory), fid_of(vnode), dentry->name);

	if (error)
		return error;
	ninep_changed(vnode);
	return find_new(directory, dentry);
}

static int remove_name(struct uk_vnode *directory, struct uk_dentry *dentry, u32 flags)
{
	int error = ninep_unlink(ninep_client(directory), fid_of(directory), dentry->name, flags);

	if (error)
		return error;
	ninep_changed(directory);
	ninep_lost_name(dentry->vnode);
	return 0;
}

static int remove_file(struct uk_vnode *directory, struct uk_dentry *dentry)
{
	return remove_name(directory, dentry, 0);
}

static int remove_directory(struct uk_vnode *directory, struct uk_dentry *dentry)
{
	return remove_name(directory, dentry, REMOVE_DIRECTORY);
}

/* The protocol has no flags for renaming. */
static int rename_name(struct uk_vnode *old_directory, struct uk_dentry *old_dentry,
		       struct uk_vnode *new_directory, struct uk_dentry *new_dentry, u32 flags)
{
	int error;

	if (flags)
		return -EINVAL;
	error = ninep_rename(ninep_client(old_directory), fid_of(old_directory), old_dentry->name,
			     fid_of(new_directory), new_dentry->name);
	if (error)
		return error;
	ninep_changed(old_directory);
	ninep_changed(new_directory);
	ninep_changed(old_dentry->vnode);
	note_time(old_dentry);
	if (new_dentry->vnode)
		ninep_lost_name(new_dentry->vnode);
	return 0;
}

/* Each open directory has its own fid, because servers keep a position with it. */
static int open_directory(struct uk_vnode *directory, struct uk_file *file)
{
	struct ninep_mount *mount = ninep_mount(directory);
	int error = ninep_walk_new(mount, fid_of(directory), NULL, &file->number, NULL);

	if (error)
		return error;
	error = ninep_open(&mount->client, file->number,
			   O_RDONLY | O_DIRECTORY | mount->open_flags);
	if (error)
		ninep_clunk(&mount->client, file->number);
	return error;
}

static void release_directory(struct uk_file *file)
{
	ninep_clunk(ninep_client(file->vnode), file->number);
}

/* Offsets are the server's: 0, and those in its entries. Only this side knows the parent of a
 * mounted directory. */
static int list_directory(struct uk_file *file, struct uk_listing *listing)
{
	struct ninep_client *client = ninep_client(file->vnode);
	size_t size = MIN(LISTING_SIZE, client->data_size);
	struct ninep_reader entries;
	struct ninep_entry entry;
	bool is_end;
	int result;

	do {
		result = ninep_readdir(client, file->number, (u64)file->offset, client->block, size,
				       &entries);
		if (result < 0)
			return result;
		is_end = true;
		while ((result = ninep_read_entry(&entries, &entry)) > 0) {
			is_end = false;
			if (!listing->add(listing, entry.name, entry.length, entry.ino, entry.type,
					  (s64)entry.next))
				return 0;
			file->offset = (s64)entry.next;
		}
	} while (!result && !is_end);
	return result;
}

static ssize_t read_directory(struct uk_file *file, void *buffer, size_t length, s64 offset)
{
	return -EISDIR;
}

static int sync_directory(struct uk_vnode *directory, bool data_only)
{
	return 0; /* the server completes each change before it answers */
}

static ssize_t read_link(struct uk_vnode *link, char *buffer, size_t size)
{
	return ninep_readlink(ninep_client(link), fid_of(link), buffer, size);
}

const struct uk_vnode_operations ninep_directory_operations = {
	.lookup = lookup,
	.revalidate = revalidate,
	.create = create,
	.mkdir = make_directory,
	.mknod = make_node,
	.symlink = make_link,
	.link = add_name,
	.unlink = remove_file,
	.rmdir = remove_directory,
	.rename = rename_name,
	.getattr = ninep_getattr_vnode,
	.setattr = ninep_setattr_vnode,
	.open = open_directory,
	.sync = sync_directory,
};

/* Symbolic links, and files that are opened elsewhere: fifos, devices, sockets. */
const struct uk_vnode_operations ninep_other_operations = {
	.getattr = ninep_getattr_vnode,
	.setattr = ninep_setattr_vnode,
	.readlink = read_link,
};

const struct uk_file_operations ninep_open_directory_operations = {
	.read = read_directory,
	.list = list_directory,
	.release = release_directory,
};
