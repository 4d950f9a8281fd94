/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Requests to a server and their answers. Each function makes one request, waits for its answer and
 * returns 0 (or what its comment says) or the server's errno, negative. -EIO: the server is gone or
 * its answer is malformed. After a malformed answer the connection is not used any more, because
 * nothing shows where the next message begins.
 *
 * Names are NUL-terminated. Data move only through kernel memory of the direct map.
 */
#ifndef NINEP_CLIENT_H
#define NINEP_CLIENT_H

#include <uk/linux/mount.h>

#include "codec.h"

/* Room for a request or an answer without data: Tsymlink has two strings, of at most NAME_MAX and
 * PATH_MAX bytes. */
#define NINEP_SMALL_SIZE 8192

struct ninep_client {
	int connection; /* from ukplat_9p_open() */
	u32 data_size;	/* most bytes of one read or write; a multiple of the page size */
	u32 last_fid;	/* a fid is not reused before all 32-bit numbers have been used */
	bool broken;	/* an answer was malformed */
	char *small;	/* NINEP_SMALL_SIZE bytes each for a request and an answer */
	char *block;	/* data_size bytes, for callers that read and write the program's memory */
};

struct ninep_attributes {
	struct ninep_qid qid;
	u32 mode, uid, gid;
	u64 nlink, rdev, size, block_size, blocks;
	s64 atime, mtime, ctime; /* nanoseconds since the epoch */
};

struct ninep_changes {
	u32 valid; /* NINEP_SETATTR_* */
	u32 mode, uid, gid;
	u64 size;
	s64 atime, mtime; /* nanoseconds since the epoch */
};

/* Connects to a tag and negotiates messages of at most message_size bytes. -ENOENT: no such tag;
 * -EBUSY: it is in use; -EINVAL: too small; -EPROTONOSUPPORT; -ENOMEM. */
int ninep_client_open(struct ninep_client *client, const char *tag, u32 message_size);
void ninep_client_close(struct ninep_client *client);

/* A number for a new fid. */
u32 ninep_new_fid(struct ninep_client *client);

/* Attaches fid to the root of a tree, as the user root. */
int ninep_attach(struct ninep_client *client, u32 fid, const char *user, const char *tree,
		 struct ninep_qid *qid);
/* name NULL: new_fid refers to the same file as fid, and *qid is unchanged. */
int ninep_walk(struct ninep_client *client, u32 fid, u32 new_fid, const char *name,
	       struct ninep_qid *qid);
/* The fid is gone even if the request fails. */
void ninep_clunk(struct ninep_client *client, u32 fid);
/* flags: O_*, numbered as on x86. */
int ninep_open(struct ninep_client *client, u32 fid, u32 flags);
/* Creates a file in the directory fid; fid then refers to the open file. */
int ninep_create(struct ninep_client *client, u32 fid, const char *name, u32 flags, u32 mode);
int ninep_getattr(struct ninep_client *client, u32 fid, struct ninep_attributes *attributes);
int ninep_setattr(struct ninep_client *client, u32 fid, const struct ninep_changes *changes);
int ninep_mkdir(struct ninep_client *client, u32 folder, const char *name, u32 mode);
int ninep_mknod(struct ninep_client *client, u32 folder, const char *name, u32 mode, u64 rdev);
int ninep_symlink(struct ninep_client *client, u32 folder, const char *name, const char *target);
int ninep_link(struct ninep_client *client, u32 folder, u32 fid, const char *name);
int ninep_rename(struct ninep_client *client, u32 old_folder, const char *old_name, u32 new_folder,
		 const char *new_name);
int ninep_unlink(struct ninep_client *client, u32 folder, const char *name, u32 flags);
/* At most size bytes, not terminated. Returns their number. */
ssize_t ninep_readlink(struct ninep_client *client, u32 fid, char *buffer, size_t size);
/* Record locks: type F_*; length 0 extends to the end of the file. Never waits: -EAGAIN. */
struct ninep_lock {
	u8 type;
	u64 start, length;
	u32 process;
};
int ninep_lock(struct ninep_client *client, u32 fid, const struct ninep_lock *lock);
/* *lock becomes the conflicting lock, or its type F_UNLCK if there is no conflict. */
int ninep_get_lock(struct ninep_client *client, u32 fid, struct ninep_lock *lock);
int ninep_fsync(struct ninep_client *client, u32 fid, bool data_only);
int ninep_statfs(struct ninep_client *client, u32 fid, struct statfs *status);

/* At most client->data_size bytes. Returns their number. */
ssize_t ninep_read(struct ninep_client *client, u32 fid, u64 offset, void *data, size_t size);
ssize_t ninep_write(struct ninep_client *client, u32 fid, u64 offset, const void *data,
		    size_t size);
/* The same for data at NINEP_WRITE_HEADER bytes into the block: header and data are sent as one
 * piece. */
ssize_t ninep_write_block(struct ninep_client *client, u32 fid, u64 offset, size_t size);

/* Reads entries of an open directory into data, at most size bytes, for ninep_read_entry(). */
int ninep_readdir(struct ninep_client *client, u32 fid, u64 offset, void *data, size_t size,
		  struct ninep_reader *entries);
struct ninep_entry {
	u64 ino, next; /* next: the offset of the following entry */
	u8 type;       /* DT_* */
	u16 length;
	const char *name; /* points into the data; not terminated */
};
/* Returns 1, or 0 at the end. */
int ninep_read_entry(struct ninep_reader *entries, struct ninep_entry *entry);

#endif
