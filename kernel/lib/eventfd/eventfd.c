/* SPDX-License-Identifier: BSD-3-Clause */
#include <uk/alloc.h>
#include <uk/errno.h>
#include <uk/eventfd.h>
#include <uk/poll.h>
#include <uk/signal.h>
#include <uk/string.h>
#include <uk/uaccess.h>

#define COUNT_MAX (UINT64_MAX - 1)

struct eventfd {
	u64 count;
	bool semaphore; /* a read takes 1, not the whole value */
	struct uk_wait_queue queue;
};

static ssize_t eventfd_read(struct uk_file *file, void *buffer, size_t length, s64 offset)
{
	struct eventfd *eventfd = file->data;
	u64 value;

	if (length < sizeof(value))
		return -EINVAL;
	if (!eventfd->count && file->flags & O_NONBLOCK)
		return -EAGAIN;
	if (uk_wait_until(&eventfd->queue, POLLIN, false, eventfd->count, UINT64_MAX))
		return -UK_ERESTART;
	value = eventfd->semaphore ? 1 : eventfd->count;
	eventfd->count -= value;
	uk_wait_wake(&eventfd->queue, POLLOUT);
	return copy_to_buffer(buffer, &value, sizeof(value)) ? -EFAULT : (ssize_t)sizeof(value);
}

static ssize_t eventfd_write(struct uk_file *file, const void *buffer, size_t length, s64 offset)
{
	struct eventfd *eventfd = file->data;
	u64 value;

	/* Linux before 6.9 accepted a longer buffer and ignored the rest. */
	if (length != sizeof(value))
		return -EINVAL;
	if (copy_from_buffer(&value, buffer, sizeof(value)))
		return -EFAULT;
	if (value > COUNT_MAX)
		return -EINVAL;
	if (COUNT_MAX - eventfd->count < value && file->flags & O_NONBLOCK)
		return -EAGAIN;
	if (uk_wait_until(&eventfd->queue, POLLOUT, false, COUNT_MAX - eventfd->count >= value,
			  UINT64_MAX))
		return -UK_ERESTART;
	eventfd->count += value;
	uk_wait_wake(&eventfd->queue, POLLIN);
	return (ssize_t)sizeof(value);
}

static int eventfd_poll(struct uk_file *file, int wanted)
{
	const struct eventfd *eventfd = file->data;
	int events = 0;

	if (eventfd->count)
		events |= POLLIN;
	if (eventfd->count < COUNT_MAX)
		events |= POLLOUT;
	return events & wanted;
}

static struct uk_wait_queue *eventfd_queue(struct uk_file *file, u32 *events)
{
	struct eventfd *eventfd = file->data;

	return &eventfd->queue;
}

static int eventfd_name(struct uk_file *file, char *buffer, size_t size)
{
	return uk_snprintf(buffer, size, "anon_inode:[eventfd]");
}

static void eventfd_release(struct uk_file *file)
{
	uk_free(file->data);
}

static const struct uk_file_operations eventfd_operations = {
	.read = eventfd_read,
	.write = eventfd_write,
	.seek = uk_file_seek_nowhere,
	.poll = eventfd_poll,
	.queue = eventfd_queue,
	.name = eventfd_name,
	.release = eventfd_release,
};

int uk_eventfd_create(u32 count, bool semaphore, u32 flags)
{
	struct eventfd *eventfd = uk_malloc(sizeof(*eventfd));
	int fd;

	if (!eventfd)
		return -ENOMEM;
	*eventfd = (struct eventfd){.count = count, .semaphore = semaphore};
	fd = uk_fd_open_anonymous(&eventfd_operations, eventfd, O_RDWR | flags);
	if (fd < 0)
		uk_free(eventfd);
	return fd;
}
