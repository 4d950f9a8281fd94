/* SPDX-License-Identifier: BSD-3-Clause */
/* Nodes and superblocks; tmpfs(5) for the options. */
#include <uk/alloc.h>
#include <uk/errno.h>
#include <uk/string.h>

#include "ramfs.h"

/* The share of memory that files leave free, so that the program can go on when they have used up
 * the rest. */
#define RESERVE_SHARE 32

const struct uk_vnode_operations ramfs_other_operations;

u64 ramfs_pages_free(const struct ramfs *ramfs)
{
	struct uk_page_statistics memory = uk_page_statistics();
	u64 reserve = memory.total / RESERVE_SHARE;
	u64 left = memory.free > reserve ? memory.free - reserve : 0;

	if (!ramfs->pages_max)
		return left;
	return ramfs->pages < ramfs->pages_max ? MIN(ramfs->pages_max - ramfs->pages, left) : 0;
}

struct ramfs_node *ramfs_new_node(struct uk_superblock *superblock, u32 mode, int *error)
{
	struct ramfs *ramfs = container_of(superblock, struct ramfs, superblock);
	const struct uk_vnode_operations *operations = &ramfs_other_operations;
	const struct uk_file_operations *file_operations = NULL;
	struct ramfs_node *node = NULL;

	*error = -ENOSPC;
	/* A node takes memory even if it is empty. */
	if (uk_page_statistics().free <= uk_page_statistics().total / RESERVE_SHARE ||
	    (ramfs->nodes_max && ramfs->nodes >= ramfs->nodes_max))
		return NULL;
	node = uk_malloc(sizeof(*node));
	if (!node)
		return NULL;
	memset(node->link_text, 0, sizeof(*node) - offsetof(struct ramfs_node, link_text));
	ramfs->nodes++;
	if ((mode & S_IFMT) == S_IFREG) {
		operations = &ramfs_file_operations;
		file_operations = &ramfs_open_file_operations;
	} else if ((mode & S_IFMT) == S_IFDIR) {
		operations = &ramfs_directory_operations;
		file_operations = &ramfs_open_directory_operations;
	}
	uk_vnode_init(&node->vnode, superblock, operations, file_operations,
		      uk_superblock_next_ino(superblock), mode);
	if ((mode & S_IFMT) == S_IFDIR)
		node->vnode.nlink = 2;
	*error = 0;
	return node;
}

void ramfs_free_vnode(struct uk_vnode *vnode)
{
	struct ramfs_node *node = ramfs_node(vnode);

	if (uk_vnode_is(vnode, S_IFREG))
		ramfs_clear(node);
	else if (vnode->link && vnode->link != node->link_text)
		uk_free((char *)vnode->link);
	ramfs_of(vnode)->nodes--;
	uk_free(node);
}

static int ramfs_statfs(struct uk_superblock *superblock, struct statfs *status)
{
	const struct ramfs *ramfs = container_of(superblock, struct ramfs, superblock);
	u64 total = ramfs->pages_max ? ramfs->pages_max : uk_page_statistics().total;

	status->f_blocks = total;
	status->f_bfree = status->f_bavail = ramfs_pages_free(ramfs);
	status->f_files = ramfs->nodes_max ? ramfs->nodes_max : total;
	status->f_ffree = status->f_files - MIN(ramfs->nodes, status->f_files);
	return 0;
}

static int ramfs_options(struct uk_superblock *superblock, char *buffer, size_t size)
{
	const struct ramfs *ramfs = container_of(superblock, struct ramfs, superblock);

	if (!ramfs->pages_max)
		return uk_snprintf(buffer, size, "%s", "");
	return uk_snprintf(buffer, size, ",size=%luk", ramfs->pages_max * (UK_PAGE_SIZE / 1024));
}

/* Removes all pins, leaves first. */
static void unpin_all(struct uk_dentry *root)
{
	struct uk_dentry *dentry = root;

	for (;;) {
		while (dentry->last_child)
			dentry = dentry->last_child;
		if (dentry == root)
			return;
		struct uk_dentry *parent = dentry->parent;

		uk_dentry_delete(dentry);
		dentry = parent;
	}
}

static void ramfs_release(struct uk_superblock *superblock)
{
	unpin_all(superblock->root);
	uk_dentry_put(superblock->root);
	uk_free(container_of(superblock, struct ramfs, superblock));
}

/* Parses a number followed by K, M, G or % (of memory); the result is in pages. */
static int parse_size(const char *text, u64 *pages)
{
	static const char units[] = "kmg";
	const char *unit;
	u64 bytes;

	if (uk_parse_u64(text, &text, &bytes))
		return -EINVAL;
	if (*text == '%') {
		*pages = uk_page_statistics().total * MIN(bytes, 100UL) / 100;
		return 0;
	}
	unit = *text && *text != ',' ? strchr(units, *text | 0x20) : NULL;
	if (unit) {
		unsigned int shift = 10 * (unsigned int)(unit - units + 1);

		if (bytes >> (63 - shift))
			return -EINVAL;
		bytes <<= shift;
		text++;
	}
	*pages = (bytes + UK_PAGE_SIZE - 1) >> UK_PAGE_SHIFT;
	return *text && *text != ',' ? -EINVAL : 0;
}

static int parse_octal(const char *text, u32 *mode)
{
	for (*mode = 0; *text >= '0' && *text <= '7'; text++)
		*mode = *mode << 3 | (u32)(*text - '0');
	return (*text && *text != ',') || *mode > S_IALLUGO ? -EINVAL : 0;
}

static int parse_number(const char *text, u64 *number)
{
	return uk_parse_u64(text, &text, number) || (*text && *text != ',') ? -EINVAL : 0;
}

static const char *value_of(const char *text, const char *name)
{
	size_t length = strlen(name);

	return strncmp(text, name, length) == 0 ? text + length : NULL;
}

static int parse_options(struct ramfs *ramfs, struct uk_vnode *root, const char *data)
{
	int error = 0;

	while (*data && !error) {
		const char *value;
		u64 number = 0;
		u32 mode = 0;

		if ((value = value_of(data, "size="))) {
			error = parse_size(value, &ramfs->pages_max);
		} else if ((value = value_of(data, "nr_blocks="))) {
			error = parse_number(value, &ramfs->pages_max);
		} else if ((value = value_of(data, "nr_inodes="))) {
			error = parse_number(value, &ramfs->nodes_max);
		} else if ((value = value_of(data, "mode="))) {
			error = parse_octal(value, &mode);
			root->mode = S_IFDIR | mode;
		} else if ((value = value_of(data, "uid="))) {
			error = parse_number(value, &number);
			root->uid = (u32)number;
		} else if ((value = value_of(data, "gid="))) {
			error = parse_number(value, &number);
			root->gid = (u32)number;
		}
		while (*data && *data++ != ',')
			;
	}
	return error;
}

static int ramfs_remount(struct uk_superblock *superblock, u32 flags, const char *data)
{
	struct ramfs *ramfs = container_of(superblock, struct ramfs, superblock);
	struct ramfs changed = *ramfs;
	struct uk_vnode ignored = {0};
	int error = parse_options(&changed, &ignored, data);

	if (error || (changed.pages_max && changed.pages_max < ramfs->pages))
		return -EINVAL;
	ramfs->pages_max = changed.pages_max;
	ramfs->nodes_max = changed.nodes_max;
	return 0;
}

int uk_ramfs_new(const struct uk_filesystem_type *type, u64 magic, bool limited, const char *data,
		 struct uk_superblock **superblock)
{
	static const struct uk_superblock_operations operations = {
		.free_vnode = ramfs_free_vnode,
		.statfs = ramfs_statfs,
		.remount = ramfs_remount,
		.options = ramfs_options,
		.release = ramfs_release,
	};
	struct ramfs *ramfs = uk_zalloc(sizeof(*ramfs));
	struct ramfs_node *root;
	int error;

	if (!ramfs)
		return -ENOMEM;
	uk_superblock_init(&ramfs->superblock, type, &operations, magic);
	if (limited)
		ramfs->pages_max = uk_page_statistics().total / 2;
	root = ramfs_new_node(&ramfs->superblock, S_IFDIR | (limited ? 01777 : 0755), &error);
	if (!root) {
		uk_free(ramfs);
		return error;
	}
	error = parse_options(ramfs, &root->vnode, data);
	if (error) {
		uk_vnode_put(&root->vnode);
		uk_free(ramfs);
		return error;
	}
	ramfs->superblock.root = uk_dentry_new_root(&ramfs->superblock, &root->vnode);
	if (!ramfs->superblock.root) {
		uk_free(ramfs);
		return -ENOMEM;
	}
	*superblock = &ramfs->superblock;
	return 0;
}
