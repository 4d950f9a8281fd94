/* SPDX-License-Identifier: BSD-3-Clause */
/* Record locks. At the server a lock belongs to a fid, which must be open, and to a process. */
#include <uk/errno.h>
#include <uk/lock.h>
#include <uk/process.h>

#include "filesystem.h"
#include "requests.h"

#define CLIENT_NAME "unishim"

/* Tlock's status. */
#define LOCKED	0
#define BLOCKED 1

static void write_lock(struct ninep_writer *request, const struct ninep_lock *lock)
{
	ninep_write_u64(request, lock->start);
	ninep_write_u64(request, lock->length);
	ninep_write_u32(request, lock->process);
	ninep_write_string(request, CLIENT_NAME);
}

int ninep_lock(struct ninep_client *client, u32 fid, const struct ninep_lock *lock)
{
	struct ninep_writer request;
	struct ninep_reader answer;
	u8 status;
	int error;

	ninep_begin(client, &request, NINEP_TLOCK);
	ninep_write_u32(&request, fid);
	ninep_write_u8(&request, lock->type);
	ninep_write_u32(&request, 0); /* flags */
	write_lock(&request, lock);
	error = ninep_call(client, &request, &answer);
	if (error)
		return error;
	status = ninep_read_u8(&answer);
	if (ninep_end(client, &answer))
		return -EIO;
	if (status == BLOCKED)
		return -EAGAIN;
	return status == LOCKED ? 0 : -ENOLCK;
}

int ninep_get_lock(struct ninep_client *client, u32 fid, struct ninep_lock *lock)
{
	struct ninep_writer request;
	struct ninep_reader answer;
	int error;

	ninep_begin(client, &request, NINEP_TGETLOCK);
	ninep_write_u32(&request, fid);
	ninep_write_u8(&request, lock->type);
	write_lock(&request, lock);
	error = ninep_call(client, &request, &answer);
	if (error)
		return error;
	lock->type = ninep_read_u8(&answer);
	lock->start = ninep_read_u64(&answer);
	lock->length = ninep_read_u64(&answer);
	lock->process = ninep_read_u32(&answer);
	return ninep_end(client, &answer);
}

/* The owner is the process, or an open file, identified by an address that is unique while it is
 * open. */
static struct ninep_lock translate(const struct uk_lock *lock)
{
	return (struct ninep_lock){
		.type = (u8)lock->type,
		.start = (u64)lock->start,
		.length = lock->end == INT64_MAX ? 0 : (u64)(lock->end - lock->start) + 1,
		.process = lock->file ? (u32)((uintptr_t)lock->file >> 4) | 1u << 31
				      : (u32)lock->process->pid,
	};
}

/* Servers drop a lock together with the fid it was made with. A lock of an open file uses that
 * file's fid. The process's locks are all dropped when any of its files is closed. */
static u32 fid_for(const struct ninep_node *node, const struct uk_lock *lock)
{
	u32 fid = lock->file ? node->opened[lock->file->number].fid : ninep_opened_fid(node, true);

	return fid == NINEP_NO_FID ? ninep_opened_fid(node, false) : fid;
}

int ninep_lock_vnode(struct uk_vnode *vnode, const struct uk_lock *lock)
{
	const struct ninep_lock wanted = translate(lock);
	u32 fid = fid_for(ninep_node(vnode), lock);

	/* The locks went with the last fid. */
	return fid == NINEP_NO_FID ? 0 : ninep_lock(ninep_client(vnode), fid, &wanted);
}

int ninep_get_lock_vnode(struct uk_vnode *vnode, const struct uk_lock *lock, struct flock *flock)
{
	struct ninep_lock found = translate(lock);
	int error = ninep_get_lock(ninep_client(vnode), fid_for(ninep_node(vnode), lock), &found);

	if (error)
		return error;
	if (found.type != F_RDLCK && found.type != F_WRLCK) {
		flock->l_type = F_UNLCK;
		return 0;
	}
	*flock = (struct flock){
		.l_type = found.type,
		.l_whence = SEEK_SET,
		.l_start = (s64)found.start,
		.l_len = (s64)found.length,
		/* The lock of an open file has no process. */
		.l_pid = found.process ? (s32)found.process : -1,
	};
	return 0;
}
