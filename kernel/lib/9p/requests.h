/* SPDX-License-Identifier: BSD-3-Clause */
/* Building blocks of the functions of client.h. */
#ifndef NINEP_REQUESTS_H
#define NINEP_REQUESTS_H

#include "client.h"

/* A request and its answer. The part of the answer that does not fit into reply goes to data. */
struct ninep_message {
	const char *request;
	size_t request_size;
	const void *payload; /* follows the request */
	size_t payload_size;
	char *reply;
	size_t reply_size;
	void *data;
	size_t data_size;
	struct ninep_reader answer; /* result: the part of the answer in reply, after the header */
};
int ninep_exchange(struct ninep_client *client, struct ninep_message *message);

/* For a request without data: begin, write the fields, call, read the fields of the answer, end. */
void ninep_begin(struct ninep_client *client, struct ninep_writer *request, u8 type);
/* answer NULL: ignore the contents of the answer. -ENAMETOOLONG: the request does not fit. */
int ninep_call(struct ninep_client *client, struct ninep_writer *request,
	       struct ninep_reader *answer);
/* -EIO if fields were missing. */
int ninep_end(struct ninep_client *client, const struct ninep_reader *answer);

#endif
