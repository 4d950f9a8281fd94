/* SPDX-License-Identifier: BSD-3-Clause */
/* fd/ and fdinfo/: an entry per open file, looked up again on each access. */
#include <uk/alloc.h>
#include <uk/errno.h>
#include <uk/fd_table.h>
#include <uk/string.h>

#include "procfs.h"

#define INFORMATION_MAX 128 /* bytes of what a file adds to fdinfo */
#define DOTS		2   /* offsets of "." and ".." in a listing */
#define DIGITS_MAX	10
#define LINK_SIZE	64 /* st_size, as Linux's proc_fd_instantiate() */

/* The table of the process whose files are shown, or NULL if it has ended. */
static const struct uk_fd_table *table_of(const struct node *node)
{
	const struct uk_thread *thread = node_thread(node);

	return thread ? thread->process->files : NULL;
}

static struct uk_file *get_file(const struct node *node, int fd)
{
	const struct uk_fd_table *table = table_of(node);

	return table ? uk_fd_get_from(table, fd) : NULL;
}

static u64 descriptor_ino(const struct uk_vnode *directory, u32 fd)
{
	return directory->ino << INO_DESCRIPTOR_BITS | (fd + 1);
}

static int lookup(struct uk_vnode *directory, struct uk_dentry *dentry, const struct entry *entry)
{
	int fd = parse_number(dentry->name);
	struct uk_file *file = get_file(node_of(directory), fd);
	u32 mode, permissions = 0;
	struct node *node;

	if (!file)
		return -ENOENT;
	mode = file->mode;
	uk_file_put(file);
	node = node_new(dentry, entry, descriptor_ino(directory, (u32)fd));
	if (!node)
		return -ENOMEM;
	node->fd = fd;
	if (!uk_vnode_is(dentry->vnode, S_IFLNK))
		return 0;
	/* The permission bits of a link show the access mode of the file. */
	if (mode & UK_FILE_READ)
		permissions |= 0500;
	if (mode & UK_FILE_WRITE)
		permissions |= 0300;
	dentry->vnode->mode = S_IFLNK | permissions;
	dentry->vnode->size = LINK_SIZE;
	return 0;
}

static ssize_t descriptor_readlink(struct uk_vnode *vnode, char *buffer, size_t size)
{
	struct uk_file *file = get_file(node_of(vnode), node_of(vnode)->fd);
	char *name;
	int length;

	if (!file)
		return -ENOENT;
	name = uk_malloc(PATH_MAX + 16);
	length = name ? uk_file_name(file, name, PATH_MAX + 16) : -ENOMEM;
	if (length > 0) {
		length = (int)MIN((size_t)length, size);
		memcpy(buffer, name, (size_t)length);
	}
	uk_free(name);
	uk_file_put(file);
	return length;
}

static int descriptor_follow(struct uk_vnode *vnode, struct uk_path *path)
{
	struct uk_file *file = get_file(node_of(vnode), node_of(vnode)->fd);
	int error;

	if (!file)
		return -ENOENT;
	error = uk_file_place(file, path);
	uk_file_put(file);
	return error;
}

static const struct uk_vnode_operations descriptor_operations = {
	.readlink = descriptor_readlink,
	.follow = descriptor_follow,
	.setattr = node_setattr,
};

static SHOW(show_descriptor)
{
	const struct uk_fd_table *table = thread->process->files;
	struct uk_file *file = table ? uk_fd_get_from(table, node->fd) : NULL;

	if (!file)
		return 0;
	text_print(text, "pos:\t%ld\nflags:\t0%o\nmnt_id:\t%u\nino:\t%lu\n", file->offset,
		   file->flags | (table->entries[node->fd].close_on_exec ? O_CLOEXEC : 0),
		   file->path.mount ? file->path.mount->id : 0, file->vnode->ino);
	if (file->operations->information) {
		char lines[INFORMATION_MAX];

		file->operations->information(file, lines, sizeof(lines));
		text_print(text, "%s", lines);
	}
	uk_file_put(file);
	return 0;
}

static int links_lookup(struct uk_vnode *directory, struct uk_dentry *dentry)
{
	static const struct entry link = {"", S_IFLNK, .operations = &descriptor_operations};

	return lookup(directory, dentry, &link);
}

static int information_lookup(struct uk_vnode *directory, struct uk_dentry *dentry)
{
	static const struct entry information = {"", S_IFREG | 0444, .show = show_descriptor};

	return lookup(directory, dentry, &information);
}

/* A process may always look at its own: Linux, proc_fd_permission(). */
static int descriptors_permission(const struct uk_vnode *vnode, u32 may)
{
	const struct uk_thread *thread = node_thread(node_of(vnode));

	return thread && thread->process == uk_process_current() ? 0 : -EACCES;
}

const struct uk_vnode_operations links_directory_operations = {
	.permission = descriptors_permission,
	.lookup = links_lookup,
	.setattr = node_setattr,
};
const struct uk_vnode_operations information_directory_operations = {
	.permission = descriptors_permission,
	.lookup = information_lookup,
	.setattr = node_setattr,
};

static int descriptors_list(struct uk_file *file, struct uk_listing *listing)
{
	bool links = file->vnode->operations == &links_directory_operations;
	const struct uk_fd_table *table = table_of(node_of(file->vnode));
	char name[DIGITS_MAX + 1];

	if (!table)
		return -ENOENT;
	if (!uk_listing_add_dots(file, listing))
		return 0;
	for (u32 fd = (u32)(file->offset - DOTS); fd < table->size; fd++) {
		s64 next = (s64)fd + DOTS + 1;
		int length;

		if (!table->entries[fd].file)
			continue;
		length = uk_snprintf(name, sizeof(name), "%u", fd);
		if (!uk_listing_add(listing, name, (size_t)length, descriptor_ino(file->vnode, fd),
				    links ? S_IFLNK : S_IFREG, next))
			break;
		file->offset = next;
	}
	return 0;
}

const struct uk_file_operations open_descriptors_operations = {
	.read = directory_read,
	.list = descriptors_list,
};
