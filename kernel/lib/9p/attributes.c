/* SPDX-License-Identifier: BSD-3-Clause */
/* Requests about the attributes of files. */
#include <uk/errno.h>
#include <uk/string.h>

#include "requests.h"

#define NS_PER_SECOND 1000000000

/* Seconds and nanoseconds may have any values: the nearest time that can be represented here. */
static s64 read_time(struct ninep_reader *answer)
{
	const s64 last = INT64_MAX / NS_PER_SECOND - 1;
	s64 seconds = (s64)ninep_read_u64(answer);
	u64 nanoseconds = ninep_read_u64(answer);

	seconds = MAX(MIN(seconds, last), -last);
	return seconds * NS_PER_SECOND + (nanoseconds < NS_PER_SECOND ? (s64)nanoseconds : 0);
}

static void write_time(struct ninep_writer *request, s64 time)
{
	s64 seconds = time / NS_PER_SECOND, rest = time % NS_PER_SECOND;

	if (rest < 0) {
		seconds--;
		rest += NS_PER_SECOND;
	}
	ninep_write_u64(request, (u64)seconds);
	ninep_write_u64(request, (u64)rest);
}

int ninep_getattr(struct ninep_client *client, u32 fid, struct ninep_attributes *attributes)
{
	struct ninep_writer request;
	struct ninep_reader answer;
	int error;

	ninep_begin(client, &request, NINEP_TGETATTR);
	ninep_write_u32(&request, fid);
	ninep_write_u64(&request, NINEP_GETATTR_BASIC);
	error = ninep_call(client, &request, &answer);
	if (error)
		return error;
	ninep_read_u64(&answer); /* the valid fields: all servers supply the basic ones */
	ninep_read_qid(&answer, &attributes->qid);
	attributes->mode = ninep_read_u32(&answer);
	attributes->uid = ninep_read_u32(&answer);
	attributes->gid = ninep_read_u32(&answer);
	attributes->nlink = ninep_read_u64(&answer);
	attributes->rdev = ninep_read_u64(&answer);
	attributes->size = ninep_read_u64(&answer);
	attributes->block_size = ninep_read_u64(&answer);
	attributes->blocks = ninep_read_u64(&answer);
	attributes->atime = read_time(&answer);
	attributes->mtime = read_time(&answer);
	attributes->ctime = read_time(&answer);
	attributes->size = MIN(attributes->size, (u64)INT64_MAX);
	return ninep_end(client, &answer);
}

int ninep_setattr(struct ninep_client *client, u32 fid, const struct ninep_changes *changes)
{
	struct ninep_writer request;

	ninep_begin(client, &request, NINEP_TSETATTR);
	ninep_write_u32(&request, fid);
	ninep_write_u32(&request, changes->valid);
	ninep_write_u32(&request, changes->mode);
	ninep_write_u32(&request, changes->uid);
	ninep_write_u32(&request, changes->gid);
	ninep_write_u64(&request, changes->size);
	write_time(&request, changes->atime);
	write_time(&request, changes->mtime);
	return ninep_call(client, &request, NULL);
}

ssize_t ninep_readlink(struct ninep_client *client, u32 fid, char *buffer, size_t size)
{
	struct ninep_writer request;
	struct ninep_reader answer;
	const char *text;
	u16 length;
	int error;

	ninep_begin(client, &request, NINEP_TREADLINK);
	ninep_write_u32(&request, fid);
	error = ninep_call(client, &request, &answer);
	if (error)
		return error;
	text = ninep_read_string(&answer, &length);
	if (ninep_end(client, &answer))
		return -EIO;
	size = MIN(size, (size_t)length);
	memcpy(buffer, text, size);
	/* The target of a link contains no NUL byte. */
	return memchr(buffer, '\0', size) ? -EIO : (ssize_t)size;
}

int ninep_statfs(struct ninep_client *client, u32 fid, struct statfs *status)
{
	struct ninep_writer request;
	struct ninep_reader answer;
	int error;

	ninep_begin(client, &request, NINEP_TSTATFS);
	ninep_write_u32(&request, fid);
	error = ninep_call(client, &request, &answer);
	if (error)
		return error;
	ninep_read_u32(&answer); /* the type is the file system's own */
	status->f_bsize = status->f_frsize = ninep_read_u32(&answer);
	status->f_blocks = ninep_read_u64(&answer);
	status->f_bfree = ninep_read_u64(&answer);
	status->f_bavail = ninep_read_u64(&answer);
	status->f_files = ninep_read_u64(&answer);
	status->f_ffree = ninep_read_u64(&answer);
	ninep_read_u64(&answer); /* identity */
	status->f_namelen = ninep_read_u32(&answer);
	return ninep_end(client, &answer);
}
