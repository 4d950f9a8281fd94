/* SPDX-License-Identifier: BSD-3-Clause */
/* Nodes: the server's files as this side sees them, and their attributes. */
#include <uk/alloc.h>
#include <uk/errno.h>

#include "filesystem.h"

int ninep_walk_new(struct ninep_mount *mount, u32 from, const char *name, u32 *fid,
		   struct ninep_qid *qid)
{
	int error;

	*fid = ninep_new_fid(&mount->client);
	error = ninep_walk(&mount->client, from, *fid, name, qid);
	if ((error == -EMFILE || error == -ENFILE) &&
	    uk_dentry_shrink(&mount->superblock, SIZE_MAX) > 0)
		error = ninep_walk(&mount->client, from, *fid, name, qid);
	return error;
}

static struct ninep_node **bucket_of(struct ninep_mount *mount, u64 path)
{
	return &mount->nodes[(path ^ path >> 20) & (NINEP_NODE_BUCKETS - 1)];
}

struct ninep_node *ninep_node_find(struct ninep_mount *mount, const struct ninep_qid *qid)
{
	struct ninep_node *node = *bucket_of(mount, qid->path);

	while (node && node->vnode.ino != qid->path)
		node = node->next;
	return node;
}

static void hash(struct ninep_node *node)
{
	struct ninep_node **bucket = bucket_of(ninep_mount(&node->vnode), node->vnode.ino);

	node->next = *bucket;
	*bucket = node;
	node->is_hashed = true;
}

static void unhash(struct ninep_node *node)
{
	struct ninep_node **link = bucket_of(ninep_mount(&node->vnode), node->vnode.ino);

	if (!node->is_hashed)
		return;
	while (*link != node)
		link = &(*link)->next;
	*link = node->next;
	node->is_hashed = false;
}

static void set_attributes(struct ninep_node *node, const struct ninep_attributes *attributes)
{
	struct uk_vnode *vnode = &node->vnode;

	vnode->mode = (vnode->mode & S_IFMT) | (attributes->mode & S_IALLUGO);
	vnode->uid = attributes->uid;
	vnode->gid = attributes->gid;
	vnode->nlink = (u32)MIN(attributes->nlink, (u64)UINT32_MAX);
	vnode->rdev = attributes->rdev;
	vnode->size = attributes->size;
	vnode->blocks = attributes->blocks;
	vnode->atime = attributes->atime;
	vnode->mtime = attributes->mtime;
	vnode->ctime = attributes->ctime;
	vnode->btime = MIN(attributes->mtime, attributes->ctime); /* the protocol has none */
	node->checked = ukplat_monotonic_ns();
	node->own_change = false;
}

static struct ninep_node *make(struct ninep_mount *mount, u32 fid,
			       const struct ninep_attributes *attributes)
{
	const struct uk_vnode_operations *operations = &ninep_other_operations;
	const struct uk_file_operations *file_operations = NULL;
	struct ninep_node *node = uk_zalloc(sizeof(*node));

	if (!node)
		return NULL;
	if ((attributes->mode & S_IFMT) == S_IFDIR) {
		operations = &ninep_directory_operations;
		file_operations = &ninep_open_directory_operations;
	} else if ((attributes->mode & S_IFMT) == S_IFREG) {
		operations = &ninep_file_operations;
		file_operations = &ninep_open_file_operations;
	}
	uk_vnode_init(&node->vnode, &mount->superblock, operations, file_operations,
		      attributes->qid.path, attributes->mode);
	if (operations == &ninep_directory_operations && !mount->loose)
		node->vnode.flags |= UK_VNODE_NO_NEGATIVE;
	node->fid = fid;
	for (unsigned int i = 0; i < ARRAY_SIZE(node->opened); i++)
		node->opened[i].fid = NINEP_NO_FID;
	set_attributes(node, attributes);
	hash(node);
	return node;
}

void ninep_node_use_fid(struct ninep_node *node, u32 fid)
{
	ninep_clunk(ninep_client(&node->vnode), node->fid);
	node->fid = fid;
	node->is_suspect = false;
}

struct ninep_node *ninep_node_get(struct ninep_mount *mount, u32 fid, const struct ninep_qid *qid,
				  int *error)
{
	struct ninep_node *node = ninep_node_find(mount, qid);
	struct ninep_attributes attributes;

	if (node) {
		ninep_node_use_fid(node, fid);
		*error = ninep_refresh(node, mount->lifetime);
		if (*error || node->is_hashed)
			return *error ? NULL
				      : container_of(uk_vnode_get(&node->vnode), struct ninep_node,
						     vnode);
		*error = ninep_walk_new(mount, node->fid, NULL, &fid, NULL);
		if (*error)
			return NULL;
	}
	*error = ninep_getattr(&mount->client, fid, &attributes);
	node = *error ? NULL : make(mount, fid, &attributes);
	if (!node) {
		if (!*error)
			*error = -ENOMEM;
		ninep_clunk(&mount->client, fid);
	}
	return node;
}

void ninep_free_vnode(struct uk_vnode *vnode)
{
	struct ninep_node *node = ninep_node(vnode);

	ninep_write_back(node);
	ninep_pages_free(&node->pages);
	ninep_drop_unused_fids(node);
	ninep_clunk(ninep_client(vnode), node->fid);
	unhash(node);
	uk_free(node);
}

void ninep_lost_name(struct uk_vnode *vnode)
{
	ninep_changed(vnode);
	vnode->nlink = uk_vnode_is(vnode, S_IFDIR) || vnode->nlink == 0 ? 0 : vnode->nlink - 1;
	if (vnode->nlink > 0) {
		/* The lost name may have been the one in the fid's path. */
		ninep_node(vnode)->is_suspect = true;
		return;
	}
	/* The server may reuse its number for another file. */
	unhash(ninep_node(vnode));
	ninep_drop_unused_fids(ninep_node(vnode));
}

/* QEMU identifies a file by its path, even one that is open and has lost its name: the request
 * fails with ENOENT or returns another file's attributes. Nobody else can change such a file, so
 * the attributes known here are right. */
static bool is_known_here_alone(const struct ninep_node *node, int error)
{
	return (error == -ENOENT || error == -ESTALE) && node->vnode.nlink == 0;
}

static int get_attributes(struct ninep_node *node, struct ninep_attributes *attributes)
{
	int error = ninep_getattr(ninep_client(&node->vnode), node->fid, attributes);

	if (error || attributes->qid.path == node->vnode.ino)
		return error;
	node->is_suspect = true;
	return -ESTALE;
}

int ninep_refresh(struct ninep_node *node, u64 age)
{
	struct uk_vnode *vnode = &node->vnode;
	struct ninep_attributes attributes;
	bool is_changed;
	int error;

	if (node->checked && ukplat_monotonic_ns() - node->checked <= age)
		return 0;
	error = get_attributes(node, &attributes);
	if (is_known_here_alone(node, error)) {
		node->checked = ukplat_monotonic_ns();
		return 0;
	}
	if (error)
		return error;
	/* A new file has the number of a deleted one. */
	if ((attributes.mode ^ vnode->mode) & S_IFMT) {
		unhash(node);
		return 0;
	}
	is_changed = !node->own_change &&
		     (attributes.mtime != vnode->mtime || attributes.ctime != vnode->ctime ||
		      attributes.size != vnode->size);
	if (attributes.size < vnode->size)
		ninep_truncate_pages(node, attributes.size);
	set_attributes(node, &attributes);
	if (is_changed) {
		ninep_forget_pages(node);
		ninep_drop_unused_fids(node);
	}
	return 0;
}

int ninep_getattr_vnode(struct uk_vnode *vnode)
{
	int error = ninep_refresh(ninep_node(vnode), ninep_mount(vnode)->lifetime);

	/* The attributes known here are the last that can be obtained. */
	return error == -ESTALE ? 0 : error;
}

/* The changes that are sent to the server. The server itself sets ctime, and mtime when a change of
 * size changes data. */
static void translate(const struct uk_vnode_attributes *attributes, struct ninep_changes *changes)
{
	u32 valid = attributes->valid;

	*changes = (struct ninep_changes){
		.mode = attributes->mode,
		.uid = attributes->uid,
		.gid = attributes->gid,
		.size = attributes->size,
		.atime = attributes->atime,
		.mtime = attributes->mtime,
	};
	if (valid & UK_ATTRIBUTE_MODE)
		changes->valid |= NINEP_SETATTR_MODE;
	if (valid & UK_ATTRIBUTE_UID)
		changes->valid |= NINEP_SETATTR_UID;
	if (valid & UK_ATTRIBUTE_GID)
		changes->valid |= NINEP_SETATTR_GID;
	if (valid & UK_ATTRIBUTE_SIZE) {
		changes->valid |= NINEP_SETATTR_SIZE;
		return;
	}
	if (valid & UK_ATTRIBUTE_ATIME)
		changes->valid |= NINEP_SETATTR_ATIME |
				  (valid & UK_ATTRIBUTE_NOW ? 0 : NINEP_SETATTR_ATIME_SET);
	if (valid & UK_ATTRIBUTE_MTIME)
		changes->valid |= NINEP_SETATTR_MTIME |
				  (valid & UK_ATTRIBUTE_NOW ? 0 : NINEP_SETATTR_MTIME_SET);
}

int ninep_setattr_vnode(struct uk_vnode *vnode, const struct uk_vnode_attributes *attributes)
{
	struct ninep_node *node = ninep_node(vnode);
	struct ninep_changes changes;
	struct ninep_attributes present;
	u32 fid = NINEP_NO_FID;
	int error = 0;

	translate(attributes, &changes);
	if (!changes.valid)
		return 0;
	/* A program that has the file open for writing may truncate it, whatever its current
	 * mode. */
	if (changes.valid & NINEP_SETATTR_SIZE) {
		error = ninep_write_back(node);
		if (error)
			return error;
		fid = ninep_opened_fid(node, true);
	}
	/* Do not change another file by mistake. */
	if (node->is_suspect || vnode->nlink == 0)
		error = get_attributes(node, &present);
	if (!error)
		error = ninep_setattr(ninep_client(vnode), fid == NINEP_NO_FID ? node->fid : fid,
				      &changes);
	if (is_known_here_alone(node, error))
		error = changes.valid & NINEP_SETATTR_SIZE
				? ninep_resize_unlinked(node, attributes->size)
				: 0;
	if (error)
		return error;
	if (changes.valid & NINEP_SETATTR_SIZE) {
		ninep_truncate_pages(node, attributes->size);
		vnode->size = attributes->size;
	}
	uk_vnode_apply(vnode, attributes);
	ninep_drop_unused_fids(node);
	ninep_changed(vnode);
	return 0;
}
