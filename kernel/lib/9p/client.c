/* SPDX-License-Identifier: BSD-3-Clause */
/* A connection: setting up its buffers, agreeing on a version, exchanging messages. */
#include <uk/alloc.h>
#include <uk/errno.h>
#include <uk/plat.h>
#include <uk/string.h>

#include "requests.h"

#define LAST_ERRNO 133 /* EHWPOISON; higher numbers have a meaning inside the kernel */

void ninep_begin(struct ninep_client *client, struct ninep_writer *request, u8 type)
{
	ninep_write_begin(request, client->small, NINEP_SMALL_SIZE, type,
			  type == NINEP_TVERSION ? NINEP_NO_TAG : NINEP_TAG);
}

static int fail(struct ninep_client *client)
{
	client->broken = true;
	return -EIO;
}

/* Parses the header of an answer of `size` bytes, whose data may be stored elsewhere. */
static int check_answer(struct ninep_client *client, struct ninep_message *message, size_t size)
{
	u8 type, wanted = (u8)message->request[4];
	u16 tag, wanted_tag = wanted == NINEP_TVERSION ? NINEP_NO_TAG : NINEP_TAG;
	u32 error;

	if (!ninep_read_begin(&message->answer, message->reply, size, &type, &tag) ||
	    tag != wanted_tag)
		return fail(client);
	message->answer.end = (const u8 *)message->reply + MIN(size, message->reply_size);
	if (type == NINEP_RLERROR) {
		error = ninep_read_u32(&message->answer);
		if (message->answer.bad)
			return fail(client);
		return error > 0 && error <= LAST_ERRNO ? -(int)error : -EIO;
	}
	return type == wanted + 1 ? 0 : fail(client);
}

int ninep_exchange(struct ninep_client *client, struct ninep_message *message)
{
	ssize_t size;

	if (client->broken)
		return -EIO;
	size = ukplat_9p_request(client->connection, &(struct ukplat_9p_message){
							     .request = message->request,
							     .request_size = message->request_size,
							     .payload = message->payload,
							     .payload_size = message->payload_size,
							     .reply = message->reply,
							     .reply_size = message->reply_size,
							     .data = message->data,
							     .data_size = message->data_size,
						     });
	if (size < NINEP_HEADER || (size_t)size > message->reply_size + message->data_size)
		return fail(client);
	return check_answer(client, message, (size_t)size);
}

int ninep_call(struct ninep_client *client, struct ninep_writer *request,
	       struct ninep_reader *answer)
{
	struct ninep_message message = {
		.request = client->small,
		.request_size = ninep_write_end(request, 0),
		.reply = client->small + NINEP_SMALL_SIZE,
		.reply_size = NINEP_SMALL_SIZE,
	};
	int error;

	if (!message.request_size)
		return -ENAMETOOLONG;
	error = ninep_exchange(client, &message);
	if (!error && answer)
		*answer = message.answer;
	return error;
}

int ninep_end(struct ninep_client *client, const struct ninep_reader *answer)
{
	return answer->bad ? fail(client) : 0;
}

u32 ninep_new_fid(struct ninep_client *client)
{
	if (++client->last_fid == NINEP_NO_FID)
		client->last_fid = 1;
	return client->last_fid;
}

static int agree(struct ninep_client *client, u32 message_size)
{
	struct ninep_writer request;
	struct ninep_reader answer;
	const char *version;
	u16 length;
	u32 size;
	int error;

	ninep_begin(client, &request, NINEP_TVERSION);
	ninep_write_u32(&request, message_size);
	ninep_write_string(&request, NINEP_VERSION);
	error = ninep_call(client, &request, &answer);
	if (error)
		return error;
	size = ninep_read_u32(&answer);
	version = ninep_read_string(&answer, &length);
	if (ninep_end(client, &answer))
		return -EIO;
	if (length != strlen(NINEP_VERSION) || memcmp(version, NINEP_VERSION, length) != 0)
		return -EPROTONOSUPPORT;
	/* Requests without data must fit, whatever the names in them. */
	if (size > message_size || size < UK_PAGE_SIZE + NINEP_WRITE_HEADER + 1)
		return -EPROTONOSUPPORT;
	client->data_size = ALIGN_DOWN(size - NINEP_WRITE_HEADER - 1, (u32)UK_PAGE_SIZE);
	return 0;
}

int ninep_client_open(struct ninep_client *client, const char *tag, u32 message_size)
{
	int error;

	*client = (struct ninep_client){.connection = ukplat_9p_open(tag)};
	if (client->connection < 0)
		return client->connection;
	error = -ENOMEM;
	client->small = uk_malloc(2 * NINEP_SMALL_SIZE);
	if (client->small)
		error = agree(client, message_size);
	if (!error) {
		client->block = uk_malloc(client->data_size);
		error = client->block ? 0 : -ENOMEM;
	}
	if (error)
		ninep_client_close(client);
	return error;
}

void ninep_client_close(struct ninep_client *client)
{
	ukplat_9p_close(client->connection);
	uk_free(client->block);
	uk_free(client->small);
}
