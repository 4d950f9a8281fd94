/* SPDX-License-Identifier: BSD-3-Clause */
/* readv(2), writev(2) and their positioned forms. */
#include <uk/alloc.h>
#include <uk/syscall.h>
#include <uk/uaccess.h>
#include <uk/vfs.h>

#define OWN_OFFSET   (-1L) /* the file's, as preadv2(2) has it */
#define VECTOR_SMALL 8	   /* elements that need no memory of the heap */
#define WHOLE_MAX    65536 /* bytes that go to a pipe and its like in one piece */

#define RWF_KNOWN (RWF_HIPRI | RWF_DSYNC | RWF_SYNC | RWF_NOWAIT | RWF_APPEND)

struct vector {
	struct iovec *elements;
	int count;
	size_t length; /* the sum of all */
	struct iovec small[VECTOR_SMALL];
};

/* The vector in kernel memory; its lengths sum up to at most SSIZE_MAX. Ended by free_vector(). */
static int copy_vector(struct vector *vector, const struct iovec __user *iov, int count)
{
	vector->elements = vector->small;
	vector->count = count;
	vector->length = 0;
	if (count < 0 || count > IOV_MAX)
		return -EINVAL;
	if (count > VECTOR_SMALL)
		vector->elements = uk_malloc((size_t)count * sizeof(struct iovec));
	if (!vector->elements)
		return -ENOMEM;
	if (count && copy_from_user(vector->elements, iov, (size_t)count * sizeof(struct iovec)))
		return -EFAULT;
	for (int i = 0; i < count; i++) {
		const struct iovec *element = &vector->elements[i];

		if (element->iov_len > INT64_MAX - vector->length)
			return -EINVAL;
		vector->length += element->iov_len;
		if (!uk_access_ok(element->iov_base, element->iov_len))
			return -EFAULT;
	}
	return 0;
}

static void free_vector(struct vector *vector)
{
	if (vector->elements != vector->small)
		uk_free(vector->elements);
}

static ssize_t transfer_part(struct uk_file *file, void *buffer, size_t length, bool write,
			     s64 *offset)
{
	ssize_t done;

	if (*offset == OWN_OFFSET)
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

static ssize_t transfer(struct uk_file *file, const struct vector *vector, bool write, s64 offset)
{
	size_t done = 0;

	for (int i = 0; i < vector->count; i++) {
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

static size_t copy_elements(const struct vector *vector, char *memory, size_t length, bool write)
{
	size_t done = 0;

	for (int i = 0; i < vector->count && done < length; i++) {
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

/* For files where two reads are not the same as one that is longer: pipes, terminals, event files.
 */
static ssize_t transfer_whole(struct uk_file *file, const struct vector *vector, bool write)
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

static ssize_t do_vector(int fd, const struct iovec __user *iov, int count, bool write, s64 offset)
{
	struct uk_file *file = uk_fd_get(fd);
	struct vector vector = {.elements = vector.small};
	ssize_t result = 0;

	if (!file)
		return -EBADF;
	if (offset != OWN_OFFSET && !(file->mode & UK_FILE_SEEK))
		result = -ESPIPE;
	else if (!(file->mode & (write ? UK_FILE_WRITE : UK_FILE_READ)))
		result = -EBADF;
	else
		result = copy_vector(&vector, iov, count);
	if (!result)
		result = vector.count > 1 && vector.length && !(file->mode & UK_FILE_SEEK) &&
					 (!write || vector.length <= WHOLE_MAX)
				 ? transfer_whole(file, &vector, write)
				 : transfer(file, &vector, write, offset);
	free_vector(&vector);
	uk_file_put(file);
	return result;
}

UK_SYSCALL_R_DEFINE(ssize_t, readv, int, fd, const struct iovec *, iov, int, iovcnt)
{
	return do_vector(fd, iov, iovcnt, false, OWN_OFFSET);
}

UK_SYSCALL_R_DEFINE(ssize_t, writev, int, fd, const struct iovec *, iov, int, iovcnt)
{
	return do_vector(fd, iov, iovcnt, true, OWN_OFFSET);
}

/* The raw calls take the offset in two halves for 32-bit machines; here the first has it all. */
UK_LLSYSCALL_R_DEFINE(ssize_t, preadv, int, fd, const struct iovec *, iov, int, iovcnt, s64, offset,
		      long, high)
{
	return offset < 0 ? -EINVAL : do_vector(fd, iov, iovcnt, false, offset);
}

UK_LLSYSCALL_R_DEFINE(ssize_t, pwritev, int, fd, const struct iovec *, iov, int, iovcnt, s64,
		      offset, long, high)
{
	return offset < 0 ? -EINVAL : do_vector(fd, iov, iovcnt, true, offset);
}

UK_SYSCALL_PARTIAL(preadv2, "RWF_HIPRI and RWF_NOWAIT change nothing");
UK_LLSYSCALL_R_DEFINE(ssize_t, preadv2, int, fd, const struct iovec *, iov, int, iovcnt, s64,
		      offset, long, high, int, flags)
{
	if (offset < OWN_OFFSET)
		return -EINVAL;
	if (flags & ~(RWF_KNOWN & ~RWF_APPEND))
		return -EOPNOTSUPP;
	return do_vector(fd, iov, iovcnt, false, offset);
}

static ssize_t append_vector(int fd, const struct iovec __user *iov, int count, s64 offset)
{
	struct uk_file *file = uk_fd_get(fd);
	ssize_t result;

	if (!file)
		return -EBADF;
	/* At the end; the file's own offset moves only when it was asked for. */
	result = do_vector(fd, iov, count, true,
			   file->mode & UK_FILE_SEEK ? (s64)file->vnode->size : offset);
	if (result > 0 && offset == OWN_OFFSET && file->mode & UK_FILE_SEEK)
		file->offset = (s64)file->vnode->size;
	uk_file_put(file);
	return result;
}

UK_SYSCALL_PARTIAL(pwritev2, "RWF_HIPRI, RWF_NOWAIT, RWF_DSYNC and RWF_SYNC change nothing");
UK_LLSYSCALL_R_DEFINE(ssize_t, pwritev2, int, fd, const struct iovec *, iov, int, iovcnt, s64,
		      offset, long, high, int, flags)
{
	if (offset < OWN_OFFSET)
		return -EINVAL;
	if (flags & ~RWF_KNOWN)
		return -EOPNOTSUPP;
	if (flags & RWF_APPEND)
		return append_vector(fd, iov, iovcnt, offset);
	return do_vector(fd, iov, iovcnt, true, offset);
}
