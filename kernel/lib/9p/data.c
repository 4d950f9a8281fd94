/* SPDX-License-Identifier: BSD-3-Clause */
/* Requests that move data. */
#include <uk/errno.h>
#include <uk/linux/file.h>
#include <uk/string.h>

#include "requests.h"

int ninep_open(struct ninep_client *client, u32 fid, u32 flags)
{
	struct ninep_writer request;

	ninep_begin(client, &request, NINEP_TLOPEN);
	ninep_write_u32(&request, fid);
	ninep_write_u32(&request, flags);
	return ninep_call(client, &request, NULL);
}

int ninep_fsync(struct ninep_client *client, u32 fid, bool data_only)
{
	struct ninep_writer request;

	ninep_begin(client, &request, NINEP_TFSYNC);
	ninep_write_u32(&request, fid);
	ninep_write_u32(&request, data_only);
	return ninep_call(client, &request, NULL);
}

/* Tread and Treaddir differ only in the type. */
static ssize_t read_data(struct ninep_client *client, u8 type, u32 fid, u64 offset, void *data,
			 size_t size)
{
	struct ninep_writer request;
	struct ninep_message message = {
		.request = client->small,
		.reply = client->small + NINEP_SMALL_SIZE,
		.reply_size = NINEP_READ_HEADER,
		.data = data,
		.data_size = MIN(size, (size_t)client->data_size),
	};
	const u8 *start;
	size_t received;
	u32 count;
	int error;

	ninep_begin(client, &request, type);
	ninep_write_u32(&request, fid);
	ninep_write_u64(&request, offset);
	ninep_write_u32(&request, (u32)message.data_size);
	message.request_size = ninep_write_end(&request, 0);
	error = ninep_exchange(client, &message);
	if (error)
		return error;
	start = (const u8 *)message.reply;
	memcpy(&count, start, sizeof(count)); /* the size, which was checked */
	received = count - NINEP_READ_HEADER;
	count = ninep_read_u32(&message.answer);
	if (count != received)
		message.answer.bad = true;
	error = ninep_end(client, &message.answer);
	return error ? error : (ssize_t)count;
}

ssize_t ninep_read(struct ninep_client *client, u32 fid, u64 offset, void *data, size_t size)
{
	return read_data(client, NINEP_TREAD, fid, offset, data, size);
}

static ssize_t write_data(struct ninep_client *client, char *header, u32 fid, u64 offset,
			  const void *payload, size_t size)
{
	struct ninep_writer request;
	struct ninep_message message = {
		.request = header,
		.payload = payload,
		.payload_size = payload ? size : 0,
		.reply = client->small + NINEP_SMALL_SIZE,
		.reply_size = NINEP_SMALL_SIZE,
	};
	u32 count;
	int error;

	ninep_write_begin(&request, header, NINEP_WRITE_HEADER, NINEP_TWRITE, NINEP_TAG);
	ninep_write_u32(&request, fid);
	ninep_write_u64(&request, offset);
	ninep_write_u32(&request, (u32)size);
	message.request_size = ninep_write_end(&request, size) + (payload ? 0 : size);
	error = ninep_exchange(client, &message);
	if (error)
		return error;
	count = ninep_read_u32(&message.answer);
	if (count > size)
		message.answer.bad = true;
	error = ninep_end(client, &message.answer);
	return error ? error : (ssize_t)count;
}

ssize_t ninep_write(struct ninep_client *client, u32 fid, u64 offset, const void *data, size_t size)
{
	return write_data(client, client->small, fid, offset, data,
			  MIN(size, (size_t)client->data_size));
}

ssize_t ninep_write_block(struct ninep_client *client, u32 fid, u64 offset, size_t size)
{
	return write_data(client, client->block, fid, offset, NULL, size);
}

int ninep_readdir(struct ninep_client *client, u32 fid, u64 offset, void *data, size_t size,
		  struct ninep_reader *entries)
{
	ssize_t count = read_data(client, NINEP_TREADDIR, fid, offset, data, size);

	if (count < 0)
		return (int)count;
	*entries = (struct ninep_reader){data, (const u8 *)data + count, false};
	return 0;
}

int ninep_read_entry(struct ninep_reader *entries, struct ninep_entry *entry)
{
	struct ninep_qid qid;

	if (entries->at == entries->end)
		return 0;
	ninep_read_qid(entries, &qid);
	entry->ino = qid.path;
	entry->next = ninep_read_u64(entries);
	entry->type = ninep_read_u8(entries);
	entry->name = ninep_read_string(entries, &entry->length);
	/* An invalid name, such as one with a slash, would lead the program elsewhere. */
	if (entries->bad || entry->next > INT64_MAX || entry->length == 0 ||
	    entry->length > NAME_MAX || memchr(entry->name, '/', entry->length) ||
	    memchr(entry->name, '\0', entry->length))
		return -EIO;
	return 1;
}
