/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The file system "9p": what its files share.
 *
 * A node has a fid that is never opened, for as long as it is known. Opened fids are shared by the
 * open files of a node, which read and write at offsets of their own; one for reading stays when
 * the last file is closed, until the file changes, so that the next open(2) asks for nothing.
 */
#ifndef NINEP_FILESYSTEM_H
#define NINEP_FILESYSTEM_H

#include <uk/file.h>
#include <uk/plat.h>

#include "client.h"
#include "pages.h"

#define NINEP_NODE_BUCKETS 1024 /* a power of two */

struct ninep_mount {
	struct uk_superblock superblock;
	struct ninep_client client;
	u64 lifetime; /* nanoseconds that names and attributes are believed */
	bool loose;   /* also that a name is not there, and at open(2) */
	struct ninep_node *nodes[NINEP_NODE_BUCKETS];
};

/* By O_ACCMODE. */
struct ninep_opened {
	u32 fid; /* NINEP_NO_FID: none */
	u32 users;
};

struct ninep_node {
	struct uk_vnode vnode;	 /* ino is the qid's path */
	struct ninep_node *next; /* in the bucket */
	u32 fid;
	struct ninep_opened opened[3];
	u64 checked;	 /* when its attributes were asked for; 0: they are not known to be right */
	bool is_hashed;	 /* lookups find it */
	bool is_suspect; /* its fid may lead to another file: lookups walk anew */
	bool own_change; /* what changed since then was changed here */
	struct ninep_pages pages;
};

static inline struct ninep_node *ninep_node(const struct uk_vnode *vnode)
{
	return container_of(vnode, struct ninep_node, vnode);
}

static inline struct ninep_mount *ninep_mount(const struct uk_vnode *vnode)
{
	return container_of(vnode->superblock, struct ninep_mount, superblock);
}

static inline struct ninep_client *ninep_client(const struct uk_vnode *vnode)
{
	return &ninep_mount(vnode)->client;
}

extern const struct uk_vnode_operations ninep_directory_operations, ninep_file_operations,
	ninep_other_operations;
extern const struct uk_file_operations ninep_open_directory_operations, ninep_open_file_operations;

/* node.c */
/* The node of a fid just walked to, which it keeps; with a reference. NULL and *error; the fid is
 * gone then. */
struct ninep_node *ninep_node_get(struct ninep_mount *mount, u32 fid, const struct ninep_qid *qid,
				  int *error);
/* The node that is known by this qid, or NULL. */
struct ninep_node *ninep_node_find(struct ninep_mount *mount, const struct ninep_qid *qid);
/* Goes on with a fid that was just walked to: of a server that knows files by their paths, the old
 * one may lead elsewhere by now. */
void ninep_node_use_fid(struct ninep_node *node, u32 fid);
void ninep_free_vnode(struct uk_vnode *vnode);
/* Attributes that were asked for at most age nanoseconds ago. 0 or a negative errno; -ESTALE: the
 * server knows files by their paths, and this one's leads to another file now. */
int ninep_refresh(struct ninep_node *node, u64 age);
int ninep_getattr_vnode(struct uk_vnode *vnode);
int ninep_setattr_vnode(struct uk_vnode *vnode, const struct uk_vnode_attributes *attributes);
/* A change made here that only the server knows all consequences of. */
static inline void ninep_changed(struct uk_vnode *vnode)
{
	ninep_node(vnode)->checked = 0;
	ninep_node(vnode)->own_change = true;
}
/* It has lost a name. */
void ninep_lost_name(struct uk_vnode *vnode);
/* As ninep_walk() to a new fid in *fid; when the server has no room for it, forgets files that
 * nobody uses. */
int ninep_walk_new(struct ninep_mount *mount, u32 from, const char *name, u32 *fid,
		   struct ninep_qid *qid);

/* opened.c */
/* A fid opened for access (O_ACCMODE), and its place in node->opened for ninep_release_fid(). */
int ninep_acquire_fid(struct ninep_node *node, u32 access, u32 *place);
void ninep_release_fid(struct ninep_node *node, u32 place);
/* A fid that is open for access, whoever has it; NINEP_NO_FID. */
u32 ninep_opened_fid(const struct ninep_node *node, bool for_write);
/* Those that nobody uses. */
void ninep_drop_unused_fids(struct ninep_node *node);

/* lock.c */
int ninep_lock_vnode(struct uk_vnode *vnode, const struct uk_lock *lock);
int ninep_get_lock_vnode(struct uk_vnode *vnode, const struct uk_lock *lock, struct flock *flock);

/* unlinked.c: ftruncate(2) of a file that has no name any more, where the server cannot. */
int ninep_resize_unlinked(struct ninep_node *node, u64 size);

/* mapping.c: pages of files for mmap(2) */
int ninep_page(struct uk_vnode *vnode, u64 index, bool for_write, uk_paddr_t *frame);
bool ninep_page_is_resident(struct uk_vnode *vnode, u64 index);
/* Sends what may have been changed by mappings. */
int ninep_write_back(struct ninep_node *node);
/* The pages show what was written to the file. */
void ninep_update_pages(struct ninep_node *node, const char *data, size_t size, u64 offset);
/* A file of it was closed: pages that nobody maps stay only while there is much memory. */
void ninep_close_pages(struct ninep_node *node);
/* The file changed at the server; or it ends at size now. */
void ninep_forget_pages(struct ninep_node *node);
void ninep_truncate_pages(struct ninep_node *node, u64 size);

#endif
