/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The memory that a call's arguments point to, appended to its record as far as it is readable:
 * payload headers, each followed by its bytes, padded to eight.
 */
#include <uk/channel.h>
#include <uk/errno.h>
#include <uk/linux/file.h>
#include <uk/plat.h>
#include <uk/trace.h>
#include <uk/uaccess.h>

/* Offset of uc_sigmask from the stack pointer at rt_sigreturn, when the return address has been
 * popped (Linux, struct rt_sigframe). */
#define SIGNAL_MASK_OFFSET 296

static size_t room(const struct uk_trace_record *record)
{
	size_t used = record->size + sizeof(struct uk_trace_payload);

	return used < UK_CHANNEL_RECORD_MAX ? UK_CHANNEL_RECORD_MAX - used : 0;
}

static size_t text_limit(void)
{
	return uk_trace.control->text_limit;
}

/* Returns the number of items; for an array of bytes, the number of bytes. */
static inline size_t count_of(const struct uk_trace_record *record,
			      const struct uk_capture *capture, bool leave)
{
	u32 length;

	switch (capture->count_kind) {
	case UK_CAPTURE_COUNT_CONSTANT:
		return capture->count;
	case UK_CAPTURE_COUNT_ARGUMENT:
		return record->arguments[capture->count];
	case UK_CAPTURE_COUNT_RESULT:
		return leave && record->result > 0 ? (size_t)record->result : 0;
	case UK_CAPTURE_COUNT_POINTEE:
		if (copy_from_user(&length, (const void *)record->arguments[capture->count],
				   sizeof(length)))
			return 0;
		return length;
	default: /* PAGES */
		return (record->arguments[capture->count] + UK_PAGE_SIZE - 1) / UK_PAGE_SIZE;
	}
}

/* These functions copy to the payload and return the number of bytes; -EFAULT if there is memory,
 * but none of it is readable. For a string, *whole is set if its end was reached. */
static ssize_t copy_string(char *to, const char __user *from, size_t size, u8 *whole)
{
	ssize_t length = strncpy_from_user(to, from, size);

	*whole = length >= 0 && (size_t)length < size;
	return length;
}

/* A buffer is cut at the text limit, an array at UK_CHANNEL_ITEMS_MAX items; a single item is never
 * cut. */
static inline ssize_t copy_items(const struct uk_trace_record *record,
				 const struct uk_capture *capture, char *to, u64 address,
				 bool leave)
{
	size_t count = count_of(record, capture, leave), size, copied;

	if (capture->form == UK_CAPTURE_FORM_BYTES)
		count = MIN(count, text_limit());
	else if (capture->count_kind != UK_CAPTURE_COUNT_CONSTANT && capture->item_size > 1)
		count = MIN(count, (size_t)UK_CHANNEL_ITEMS_MAX);
	size = MIN(count, (size_t)UK_CHANNEL_RECORD_MAX) * capture->item_size;
	size = MIN(size, room(record));
	copied = size - copy_from_user_partial(to, (const void *)address, size);
	if (likely(copied == size))
		return (ssize_t)size;
	copied -= copied % capture->item_size;
	return copied ? (ssize_t)copied : -EFAULT;
}

/* Copies the array, then the data of each element; for reads, only as many bytes as the result
 * says. */
static ssize_t copy_vector(const struct uk_trace_record *record, const struct uk_capture *capture,
			   char *to, u64 address, bool leave)
{
	size_t count = MIN(count_of(record, capture, leave), (size_t)UK_CHANNEL_ITEMS_MAX);
	size_t size = MIN(count * sizeof(struct iovec), room(record));
	size_t left = capture->flags & UK_CHANNEL_CAPTURE_IN ? SIZE_MAX
		      : leave && record->result > 0	     ? (size_t)record->result
							     : 0;
	const struct iovec *vector = (const struct iovec *)to;
	size_t used = size - copy_from_user_partial(to, (const void *)address, size);

	if (size && !used)
		return -EFAULT;
	count = used / sizeof(*vector);
	used = count * sizeof(*vector);
	for (size_t i = 0; i < count; i++) {
		size_t valid = MIN(vector[i].iov_len, left);
		size_t part = MIN(MIN(valid, text_limit()), room(record) - used);
		size_t missing = copy_from_user_partial(to + used, vector[i].iov_base, part);

		used += part - missing;
		left -= valid;
		if (missing)
			break;
	}
	return (ssize_t)used;
}

/* Handles the special forms: strings, vectors, the mask of a signal frame. */
static __attribute__((noinline)) ssize_t copy_special(const struct uk_trace_record *record,
						      const struct uk_capture *capture,
						      struct uk_trace_payload *payload, u64 address,
						      bool leave)
{
	char *data = (char *)(payload + 1);
	size_t limit;

	switch (capture->form) {
	case UK_CAPTURE_FORM_STRING:
		limit = capture->flags & UK_CHANNEL_CAPTURE_PATH ? PATH_MAX : text_limit() + 1;
		return copy_string(data, (const char *)address, MIN(limit, room(record)),
				   &payload->whole);
	case UK_CAPTURE_FORM_VECTOR:
		return copy_vector(record, capture, data, address, leave);
	default: /* SIGNAL_MASK */
		address = ukplat_guest_regs()->rsp + SIGNAL_MASK_OFFSET;
		return copy_items(record, capture, data, address, leave);
	}
}

static inline void append(struct uk_trace_record *record, const struct uk_capture *capture,
			  bool leave)
{
	struct uk_trace_payload *payload = (void *)((char *)record + record->size);
	u64 address = record->arguments[capture->argument];
	ssize_t length;

	if (room(record) == 0)
		return;
	*payload = (struct uk_trace_payload){.argument = capture->argument, .leave = leave};
	if (unlikely(capture->form != UK_CAPTURE_FORM_BYTES &&
		     capture->form != UK_CAPTURE_FORM_ITEMS))
		length = copy_special(record, capture, payload, address, leave);
	else
		length =
			address ? copy_items(record, capture, (char *)(payload + 1), address, leave)
				: -EFAULT;
	if (unlikely(length < 0))
		return;
	payload->length = (u32)length;
	record->size += (u32)(sizeof(*payload) + ALIGN_UP((size_t)length, sizeof(u64)));
}

void uk_trace_capture(struct uk_trace_record *record, const struct uk_capture *capture,
		      const struct uk_capture *end, bool leave)
{
	for (; capture < end; capture++) {
		if (capture->selector &&
		    (u32)record->arguments[capture->selector - 1] != capture->value)
			continue;
		if (uk_capture_is_due(capture, leave))
			append(record, capture, leave);
	}
}
