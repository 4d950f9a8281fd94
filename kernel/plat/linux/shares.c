/* SPDX-License-Identifier: BSD-3-Clause */
/* Shared directories: each is a stream socket whose other end a 9P server has. */
#include <uk/cpu.h>
#include <uk/errno.h>
#include <uk/string.h>

#include "host.h"
#include "platform.h"

#define SIZE_FIELD 4 /* a message begins with its size: lib/9p */

static struct share shares[UK_SHARES_MAX];
static bool is_open[UK_SHARES_MAX], is_gone[UK_SHARES_MAX];

void shares_init(const struct options *options)
{
	memcpy(shares, options->shares, sizeof(shares));
}

int ukplat_9p_open(const char *tag)
{
	for (int i = 0; i < UK_SHARES_MAX && shares[i].tag; i++) {
		if (strcmp(shares[i].tag, tag) != 0)
			continue;
		if (is_open[i])
			return -EBUSY;
		is_open[i] = true;
		return i;
	}
	return -ENOENT;
}

void ukplat_9p_close(int connection)
{
	is_open[connection] = false;
}

/* Makes one host call; the program's timer does not end it. */
static long transfer(long number, int descriptor, const void *buffer, size_t length)
{
	struct host_pollfd poll = {.fd = descriptor,
				   .events = number == SYS_read ? HOST_POLLIN : HOST_POLLOUT};

	for (;;) {
		long done = host_wait(number, (u64)descriptor, (u64)buffer, length, 0, 0);

		/* The other holders of the socket may have made it nonblocking. */
		if (done == -EAGAIN)
			done = host_wait(SYS_ppoll, (u64)&poll, 1, 0, 0, 8) < 0 ? -EINTR : -EAGAIN;
		if (done != -EINTR && done != -ERESTART && done != -EAGAIN)
			return done;
		uk_timer_check();
	}
}

static bool transfer_all(long number, int descriptor, const void *buffer, size_t length)
{
	size_t done = 0;

	while (done < length) {
		long part =
			transfer(number, descriptor, (const char *)buffer + done, length - done);

		if (part <= 0)
			return false;
		done += (size_t)part;
	}
	return true;
}

/* What arrives is one answer, so reading everything does not read anything else. */
static ssize_t receive(int descriptor, const struct ukplat_9p_message *message)
{
	char *reply = message->reply;
	size_t done = 0, rest;
	u32 size;

	while (done < SIZE_FIELD) {
		long part =
			transfer(SYS_read, descriptor, reply + done, message->reply_size - done);

		if (part <= 0)
			return -EIO;
		done += (size_t)part;
	}
	memcpy(&size, reply, sizeof(size));
	if (size < done || size > message->reply_size + message->data_size)
		return -EIO;
	rest = MIN((size_t)size, message->reply_size) - done;
	if (!transfer_all(SYS_read, descriptor, reply + done, rest) ||
	    (size > message->reply_size &&
	     !transfer_all(SYS_read, descriptor, message->data, size - message->reply_size)))
		return -EIO;
	return (ssize_t)size;
}

ssize_t ukplat_9p_request(int connection, const struct ukplat_9p_message *message)
{
	int descriptor = shares[connection].descriptor;
	ssize_t size = -EIO;

	if (is_gone[connection])
		return -EIO;
	if (transfer_all(SYS_write, descriptor, message->request, message->request_size) &&
	    transfer_all(SYS_write, descriptor, message->payload, message->payload_size))
		size = receive(descriptor, message);
	is_gone[connection] = size < 0;
	return size;
}
