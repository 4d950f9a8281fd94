/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading and writing several pieces of memory in one call. */
#include <uk/alloc.h>
#include <uk/errno.h>
#include <uk/uaccess.h>

#include "vfs.h"

#define WHOLE_MAX 65536 /* bytes that are written to a pipe and similar files in one piece */

/* Linux, iovec_from_user(), __import_iovec(). */
static int check(struct uk_io_vector *vector, bool is_foreign)
{
	for (size_t i = 0; i < vector->count; i++) {
		size_t length = vector->elements[i].iov_len;

		if (length > INT64_MAX)
			return -EINVAL;
		vector->length = MIN(vector->length + length, (size_t)INT64_MAX);
	}
	for (size_t i = 0; i < vector->count && !is_foreign; i++)
		if (!uk_access_ok(vector->elements[i].iov_base, vector->elements[i].iov_len))
			return -EFAULT;
	return 0;
}

int uk_io_vector_get(struct uk_io_vector *vector, const struct iovec __user *user, size_t count,
		     bool is_foreign)
{
	int error = 0;

	if (count > IOV_MAX)
		return -EINVAL;
	vector->elements = vector->small;
	vector->count = count;
	vector->length = 0;
	if (count > UK_IO_VECTOR_SMALL)
		vector->elements = uk_malloc(count * sizeof(struct iovec));
	if (!vector->elements)
		return -ENOMEM;
	if (count && copy_from_user(vector->elements, user, count * sizeof(struct iovec)))
		error = -EFAULT;
	if (!error)
		error = check(vector, is_foreign);
	if (error)
		uk_io_vector_put(vector);
	return error;
}

void uk_io_vector_put(struct uk_io_vector *vector)
{
	if (vector->elements != vector->small)
		uk_free(vector->elements);
}

static ssize_t transfer_part(struct uk_file *file, void *buffer, size_t length, bool write,
			     s64 *offset)
{
	ssize_t done;

	if (*offset == UK_FILE_OWN_OFFSET)
		return write ? uk_file_write(file, buffer, length)
			     : uk_file_read(file, buffer, length);
	if (write && file->flags & O_APPEND)
		*offset = uk_file_write_offset(file);
	done = write ? uk_file_write_at(file, buffer, length, *offset)
		     : uk_file_read_at(file, buffer, length, *offset);
	if (done > 0)
		*offset += done;
	return done;
}

static ssize_t transfer(struct uk_file *file, const struct uk_io_vector *vector, bool write,
			s64 offset)
{
	size_t done = 0;

	for (size_t i = 0; i < vector->count; i++) {
		size_t length = MIN(vector->elements[i].iov_len, UK_FILE_LENGTH_MAX - done);
		ssize_t part =
			transfer_part(file, vector->elements[i].iov_base, length, write, &offset);

		if (part < 0)
			return done ? (ssize_t)done : part;
		done += (size_t)part;
		if ((size_t)part < vector->elements[i].iov_len)
			break;
	}
	return (ssize_t)done;
}

static size_t copy_elements(const struct uk_io_vector *vector, char *memory, size_t length,
			    bool write)
{
	size_t done = 0;

	for (size_t i = 0; i < vector->count && done < length; i++) {
		const struct iovec *element = &vector->elements[i];
		size_t part = MIN(element->iov_len, length - done);
		size_t left = write ? copy_from_buffer(memory + done, element->iov_base, part)
				    : copy_to_buffer(element->iov_base, memory + done, part);

		done += part - left;
		if (left)
			break;
	}
	return done;
}

/* For files where two reads differ from one longer read: pipes, terminals, event files. */
static ssize_t transfer_whole(struct uk_file *file, const struct uk_io_vector *vector, bool write)
{
	size_t length = MIN(vector->length, (size_t)WHOLE_MAX);
	char *memory = uk_malloc(length);
	ssize_t result = -EFAULT;

	if (!memory)
		return -ENOMEM;
	if (!write) {
		result = uk_file_read(file, memory, length);
		if (result > 0)
			result = (ssize_t)copy_elements(vector, memory, (size_t)result, write)
					 ?: -EFAULT;
	} else {
		length = copy_elements(vector, memory, length, write);
		if (length)
			result = uk_file_write(file, memory, length);
	}
	uk_free(memory);
	return result;
}

ssize_t uk_file_transfer(struct uk_file *file, const struct uk_io_vector *vector, bool write,
			 s64 offset)
{
	if (vector->count > 1 && vector->length && !(file->mode & UK_FILE_SEEK) &&
	    (!write || vector->length <= WHOLE_MAX))
		return transfer_whole(file, vector, write);
	return transfer(file, vector, write, offset);
}
