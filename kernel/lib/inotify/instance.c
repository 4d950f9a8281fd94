/* SPDX-License-Identifier: BSD-3-Clause */
/* The open files of inotify_init(2). */
#include <uk/alloc.h>
#include <uk/signal.h>
#include <uk/string.h>
#include <uk/uaccess.h>

#include "inotify.h"

static unsigned int instance_count;

static int wait_for_event(struct instance *instance, bool nonblocking)
{
	if (!instance->queue.first && nonblocking)
		return -EAGAIN;
	return uk_wait_until(&instance->queue.waiters, POLLIN, false, instance->queue.first,
			     UINT64_MAX)
		       ? -UK_ERESTART
		       : 0;
}

/* Reads whole events, as many as are queued and fit. */
static ssize_t instance_read(struct uk_file *file, void *buffer, size_t length, s64 offset)
{
	struct instance *instance = file->data;
	struct queue *queue = &instance->queue;
	size_t done = 0;
	int error = wait_for_event(instance, file->flags & O_NONBLOCK);

	if (error)
		return error;
	while (queue->first && event_size(queue->first) <= length - done) {
		struct event *event = queue_take(queue);
		size_t size = event_size(event);
		size_t left = copy_to_buffer((char *)buffer + done, &event->head, size);

		queue_free_event(queue, event);
		/* The event is lost, as on Linux. */
		if (left)
			return -EFAULT;
		done += size;
	}
	return done ? (ssize_t)done : -EINVAL;
}

static int instance_poll(struct uk_file *file, int wanted)
{
	const struct instance *instance = file->data;

	return instance->queue.first ? wanted & (POLLIN | POLLRDNORM) : 0;
}

static struct uk_wait_queue *instance_queue(struct uk_file *file, u32 *events)
{
	struct instance *instance = file->data;

	return &instance->queue.waiters;
}

static long instance_ioctl(struct uk_file *file, unsigned int request, void __user *argument)
{
	const struct instance *instance = file->data;
	int bytes = (int)instance->queue.size;

	return request == FIONREAD ? copy_to_user(argument, &bytes, sizeof(bytes)) : -ENOTTY;
}

static int instance_name(struct uk_file *file, char *buffer, size_t size)
{
	return uk_snprintf(buffer, size, "anon_inode:inotify");
}

static void instance_release(struct uk_file *file)
{
	struct instance *instance = file->data;

	watch_end_all(instance);
	while (instance->queue.first)
		queue_free_event(&instance->queue, queue_take(&instance->queue));
	uk_free(instance);
	instance_count--;
}

const struct uk_file_operations instance_operations = {
	.read = instance_read,
	.seek = uk_file_seek_nowhere,
	.poll = instance_poll,
	.queue = instance_queue,
	.ioctl = instance_ioctl,
	.name = instance_name,
	.release = instance_release,
};

int uk_inotify_create(u32 flags)
{
	struct instance *instance;
	int fd;

	if (instance_count == UK_INOTIFY_INSTANCES_MAX)
		return -EMFILE;
	instance = uk_zalloc(sizeof(*instance));
	if (!instance)
		return -ENOMEM;
	fd = uk_fd_open_anonymous(&instance_operations, instance, O_RDONLY | flags);
	if (fd < 0)
		uk_free(instance);
	else
		instance_count++;
	return fd;
}

bool uk_inotify_is_instance(const struct uk_file *file)
{
	return file->operations == &instance_operations;
}
