/* SPDX-License-Identifier: BSD-3-Clause */
/* How the functions of client.h are made. */
#ifndef NINEP_REQUESTS_H
#define NINEP_REQUESTS_H

#include "client.h"

/* A request and its answer. Of the answer, what does not fit into reply goes to data. */
struct ninep_message {
	const char *request;
	size_t request_size;
	const void *payload; /* follows the request */
	size_t payload_size;
	char *reply;
	size_t reply_size;
	void *data;
	size_t data_size;
	struct ninep_reader answer; /* afterwards: what is in reply, behind the header */
};
int ninep_exchange(struct ninep_client *client, struct ninep_message *message);

/* One without data: begin, write the fields, call, read the answer's, end. */
void ninep_begin(struct ninep_client *client, struct ninep_writer *request, u8 type);
/* answer NULL: nothing in it matters. */
int ninep_call(struct ninep_client *client, struct ninep_writer *request,
	       struct ninep_reader *answer);
/* -EIO when fields were missing. */
int ninep_end(struct ninep_client *client, const struct ninep_reader *answer);

#endif
