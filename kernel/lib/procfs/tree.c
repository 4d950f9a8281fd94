/* SPDX-License-Identifier: BSD-3-Clause */
/* Directories that are tables, and the vnodes and superblocks of all nodes. */
#include <uk/alloc.h>
#include <uk/credentials.h>
#include <uk/errno.h>
#include <uk/process.h>
#include <uk/string.h>

#include "procfs.h"

#define DOTS 2 /* offsets of "." and ".." in a listing */

static const struct uk_vnode_operations table_operations, text_operations;
static const struct uk_file_operations open_table_operations;

/* 2 plus the number of subdirectories, as Linux counts for most of /proc. */
u32 table_links(const struct entry *entries)
{
	u32 count = 2;

	for (; entries && entries->name; entries++)
		count += (entries->mode & S_IFMT) == S_IFDIR;
	return count;
}

static struct node *new_node(struct uk_superblock *superblock, const struct entry *entry, u64 ino)
{
	struct node *node = uk_zalloc(sizeof(*node));
	const struct uk_vnode_operations *operations = entry->operations;
	const struct uk_file_operations *file_operations = entry->file_operations;

	if (!node)
		return NULL;
	node->entry = entry;
	if (!operations)
		operations = entry->entries ? &table_operations : &text_operations;
	if (!file_operations)
		file_operations = entry->entries ? &open_table_operations : &text_file_operations;
	uk_vnode_init(&node->vnode, superblock, operations, file_operations, ino, entry->mode);
	node->vnode.flags = entry->flags;
	if (uk_vnode_is(&node->vnode, S_IFDIR))
		node->vnode.nlink = table_links(entry->entries);
	if (uk_vnode_is(&node->vnode, S_IFLNK) && entry->contents) {
		node->vnode.link = entry->contents;
		node->vnode.size = strlen(entry->contents);
	}
	return node;
}

void node_set_owner(struct node *node)
{
	const struct uk_thread *thread = node_thread(node);
	/* Linux, task_dump_owner(). */
	bool is_visible =
		thread && (thread->process->dumpable == 1 || node->vnode.mode == (S_IFDIR | 0555));

	node->vnode.uid = is_visible ? thread->credentials->euid : 0;
	node->vnode.gid = is_visible ? thread->credentials->egid : 0;
}

struct node *node_new(struct uk_dentry *dentry, const struct entry *entry, u64 ino)
{
	const struct node *parent = node_of(dentry->parent->vnode);
	struct node *node = new_node(dentry->superblock, entry, ino);

	if (!node)
		return NULL;
	node->pid = parent->pid;
	node->tid = parent->tid;
	if (node->pid)
		node_set_owner(node);
	uk_dentry_set_vnode(dentry, &node->vnode);
	return node;
}

int node_setattr(struct uk_vnode *vnode, const struct uk_vnode_attributes *attributes)
{
	/* Like Linux's proc_setattr(); a size is accepted, for open(2) with O_TRUNC, and
	 * ignored. */
	if (attributes->valid & UK_ATTRIBUTE_MODE)
		return -EPERM;
	uk_vnode_apply(vnode, attributes);
	return 0;
}

static u64 entry_ino(const struct uk_vnode *directory, size_t index)
{
	return directory->ino << INO_ENTRY_BITS | (index + 1);
}

/* Linux returns ENOENT at once, even if the name is to be created: proc_lookup_de(). */
int table_lookup(struct uk_vnode *directory, struct uk_dentry *dentry)
{
	const struct entry *entries = node_of(directory)->entry->entries;

	if (node_has_ended(node_of(directory)))
		return -ENOENT;
	for (size_t i = 0; entries && entries[i].name; i++) {
		if (strcmp(entries[i].name, dentry->name) == 0)
			return node_new(dentry, &entries[i], entry_ino(directory, i)) ? 0 : -ENOMEM;
	}
	return -ENOENT;
}

/* The owner changes with the process's user. */
static int table_revalidate(struct uk_vnode *directory, struct uk_dentry *dentry)
{
	if (dentry->vnode && node_of(dentry->vnode)->pid)
		node_set_owner(node_of(dentry->vnode));
	return 1;
}

bool table_add(struct uk_file *file, struct uk_listing *listing)
{
	const struct entry *entries = node_of(file->vnode)->entry->entries;

	if (!uk_listing_add_dots(file, listing))
		return false;
	for (size_t i = 0; entries && entries[i].name; i++) {
		s64 next = (s64)i + DOTS + 1;

		if (next <= file->offset)
			continue;
		if (!uk_listing_add(listing, entries[i].name, strlen(entries[i].name),
				    entry_ino(file->vnode, i), entries[i].mode, next))
			return false;
		file->offset = next;
	}
	return true;
}

static int table_list(struct uk_file *file, struct uk_listing *listing)
{
	if (node_has_ended(node_of(file->vnode)))
		return -ENOENT;
	table_add(file, listing);
	return 0;
}

ssize_t directory_read(struct uk_file *file, void *buffer, size_t length, s64 offset)
{
	return -EISDIR;
}

static const struct uk_vnode_operations table_operations = {
	.lookup = table_lookup,
	.revalidate = table_revalidate,
	.setattr = node_setattr,
};
static const struct uk_vnode_operations text_operations = {
	.setattr = node_setattr,
};
static const struct uk_file_operations open_table_operations = {
	.read = directory_read,
	.list = table_list,
};

static void free_node(struct uk_vnode *vnode)
{
	uk_free(node_of(vnode));
}

static void tree_release(struct uk_superblock *superblock)
{
	uk_dentry_put(superblock->root);
	uk_free(superblock);
}

int tree_mount(const struct uk_filesystem_type *type, const struct entry *root, u64 magic,
	       struct uk_superblock **superblock)
{
	static const struct uk_superblock_operations operations = {
		.free_vnode = free_node,
		.release = tree_release,
	};
	struct uk_superblock *new = uk_malloc(sizeof(*new));
	struct node *node;

	if (!new)
		return -ENOMEM;
	uk_superblock_init(new, type, &operations, magic);
	node = new_node(new, root, INO_ROOT);
	if (node)
		new->root = uk_dentry_new_root(new, &node->vnode);
	if (!new->root) {
		uk_free(new);
		return -ENOMEM;
	}
	*superblock = new;
	return 0;
}
