/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The file system "9p": declarations that its files share.
 *
 * A node has a fid that is never opened, for as long as the node exists. Opened fids are shared by
 * the open files of a node, which read and write at their own offsets. A fid opened for reading
 * stays after the last file is closed, until the file changes, so that the next open(2) needs no
 * request.
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
	u64 lifetime;	/* nanoseconds for which names and attributes are trusted */
	u32 open_flags; /* additional flags of open: O_NOATIME on a read-only share */
	bool loose; /* trust also that a name does not exist, and do not revalidate at open(2) */
	struct ninep_node *nodes[NINEP_NODE_BUCKETS];
};

/* Indexed by O_ACCMODE. */
struct ninep_opened {
	u32 fid; /* NINEP_NO_FID: none */
	u32 users;
};

struct ninep_node {
	struct uk_vnode vnode;	 /* ino is the qid's path */
	struct ninep_node *next; /* in the bucket */
	u32 fid;
	struct ninep_opened opened[3];
	u64 checked;	 /* when its attributes were fetched; 0: they may be out of date */
	bool is_hashed;	 /* lookups find it */
	bool is_suspect; /* its fid may refer to another file: lookups walk again */
	bool own_change; /* the only changes since then were made here */
	u64 stale_end;	 /* unlinked.c: up to here the server has data past the file's end */
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
/* Returns the node of a fid just walked to, with a reference; the node takes the fid over. On
 * failure returns NULL with the errno in *error, and the fid is clunked. */
struct ninep_node *ninep_node_get(struct ninep_mount *mount, u32 fid, const struct ninep_qid *qid,
				  int *error);
/* Returns the node known by this qid, or NULL. */
struct ninep_node *ninep_node_find(struct ninep_mount *mount, const struct ninep_qid *qid);
/* Replaces the node's fid by one that was just walked to: on a server that identifies files by
 * their paths, the old fid may refer to another file by now. */
void ninep_node_use_fid(struct ninep_node *node, u32 fid);
void ninep_free_vnode(struct uk_vnode *vnode);
/* Ensures that the attributes are at most age nanoseconds old. 0 or a negative errno; -ESTALE: the
 * server identifies files by their paths, and this path refers to another file now. */
int ninep_refresh(struct ninep_node *node, u64 age);
int ninep_getattr_vnode(struct uk_vnode *vnode);
int ninep_setattr_vnode(struct uk_vnode *vnode, const struct uk_vnode_attributes *attributes);
/* Records a change made here whose full effect only the server knows. */
static inline void ninep_changed(struct uk_vnode *vnode)
{
	ninep_node(vnode)->checked = 0;
	ninep_node(vnode)->own_change = true;
}
/* Records that the file has lost a name. */
void ninep_lost_name(struct uk_vnode *vnode);
/* Like ninep_walk() to a new fid in *fid; if the server has no room for it, forgets unused files
 * first. */
int ninep_walk_new(struct ninep_mount *mount, u32 from, const char *name, u32 *fid,
		   struct ninep_qid *qid);

/* opened.c */
/* Returns a fid opened for access (O_ACCMODE), and its index in node->opened for
 * ninep_release_fid(). */
int ninep_acquire_fid(struct ninep_node *node, u32 access, u32 *place);
void ninep_release_fid(struct ninep_node *node, u32 place);
/* Returns any fid that is open for access, or NINEP_NO_FID. */
u32 ninep_opened_fid(const struct ninep_node *node, bool for_write);
/* Closes the opened fids that nobody uses. */
void ninep_drop_unused_fids(struct ninep_node *node);

/* lock.c */
int ninep_lock_vnode(struct uk_vnode *vnode, const struct uk_lock *lock);
int ninep_get_lock_vnode(struct uk_vnode *vnode, const struct uk_lock *lock, struct flock *flock);

/* unlinked.c: ftruncate(2) of an unlinked file, for servers that cannot do it */
int ninep_resize_unlinked(struct ninep_node *node, u64 size);
/* To be called before data of such a file appear from its end up to end: they become zeroes. */
int ninep_clear_stale(struct ninep_node *node, u64 end);

/* mapping.c: pages of files for mmap(2) */
int ninep_page(struct uk_vnode *vnode, u64 index, bool for_write, uk_paddr_t *frame);
bool ninep_page_is_resident(struct uk_vnode *vnode, u64 index);
/* Writes back pages that mappings may have changed. */
int ninep_write_back(struct ninep_node *node);
/* Copies what was written to the file into its cached pages. */
void ninep_update_pages(struct ninep_node *node, const char *data, size_t size, u64 offset);
/* Called when an open file is closed: pages that nobody maps are kept only while memory is
 * plentiful. */
void ninep_close_pages(struct ninep_node *node);
/* Called when the file has changed at the server, or now ends at size. */
void ninep_forget_pages(struct ninep_node *node);
void ninep_truncate_pages(struct ninep_node *node, u64 size);

#endif
