/* SPDX-License-Identifier: BSD-3-Clause */
#include <uk/alloc.h>
#include <uk/cpu.h>
#include <uk/errno.h>
#include <uk/poll.h>
#include <uk/signal.h>
#include <uk/string.h>
#include <uk/timerfd.h>
#include <uk/uaccess.h>

struct timerfd {
	struct uk_clock_timer timer;
	s64 interval;	 /* kept while the timer is stopped */
	u64 expirations; /* not read yet */
	struct uk_wait_queue queue;
};

static void expired(struct uk_clock_timer *timer, u64 times)
{
	struct timerfd *timerfd = container_of(timer, struct timerfd, timer);

	timerfd->expirations += times;
	uk_wait_wake(&timerfd->queue, POLLIN);
}

static ssize_t timerfd_read(struct uk_file *file, void *buffer, size_t length, s64 offset)
{
	struct timerfd *timerfd = file->data;
	u64 value;

	if (length < sizeof(value))
		return -EINVAL;
	uk_timer_check();
	if (!timerfd->expirations && file->flags & O_NONBLOCK)
		return -EAGAIN;
	if (uk_wait_until(&timerfd->queue, POLLIN, false, timerfd->expirations, UINT64_MAX))
		return -UK_ERESTART;
	value = timerfd->expirations;
	timerfd->expirations = 0;
	return copy_to_buffer(buffer, &value, sizeof(value)) ? -EFAULT : (ssize_t)sizeof(value);
}

static int timerfd_poll(struct uk_file *file, int wanted)
{
	const struct timerfd *timerfd = file->data;

	return timerfd->expirations ? wanted & POLLIN : 0;
}

static struct uk_wait_queue *timerfd_queue(struct uk_file *file, u32 *events)
{
	struct timerfd *timerfd = file->data;

	return &timerfd->queue;
}

static int timerfd_name(struct uk_file *file, char *buffer, size_t size)
{
	return uk_snprintf(buffer, size, "anon_inode:[timerfd]");
}

static void timerfd_release(struct uk_file *file)
{
	struct timerfd *timerfd = file->data;

	uk_clock_timer_set(&timerfd->timer, false, 0, 0);
	uk_free(timerfd);
}

static const struct uk_file_operations timerfd_operations = {
	.read = timerfd_read,
	.seek = uk_file_seek_nowhere,
	.poll = timerfd_poll,
	.queue = timerfd_queue,
	.name = timerfd_name,
	.release = timerfd_release,
};

/* Maps a clock to the one that the timer uses: nothing here suspends, so an alarm clock is an
 * ordinary one. */
static int base_clock(int clock)
{
	switch (clock) {
	case CLOCK_REALTIME:
	case CLOCK_MONOTONIC:
	case CLOCK_BOOTTIME:
		return clock;
	case CLOCK_REALTIME_ALARM:
		return CLOCK_REALTIME;
	case CLOCK_BOOTTIME_ALARM:
		return CLOCK_BOOTTIME;
	default:
		return -EINVAL;
	}
}

int uk_timerfd_create(clockid_t id, u32 flags)
{
	int clock = base_clock(id), fd;
	struct timerfd *timerfd;

	if (clock < 0)
		return clock;
	timerfd = uk_zalloc(sizeof(*timerfd));
	if (!timerfd)
		return -ENOMEM;
	timerfd->timer.clock = clock;
	timerfd->timer.expired = expired;
	fd = uk_fd_open_anonymous(&timerfd_operations, timerfd, O_RDWR | flags);
	if (fd < 0)
		uk_free(timerfd);
	return fd;
}

int uk_timerfd_get(struct uk_file *file, struct uk_timer_setting *setting)
{
	const struct timerfd *timerfd = file->data;

	if (file->operations != &timerfd_operations)
		return -EINVAL;
	uk_timer_check();
	setting->value = uk_clock_timer_left(&timerfd->timer);
	setting->interval = timerfd->interval;
	return 0;
}

int uk_timerfd_set(struct uk_file *file, bool absolute, const struct uk_timer_setting *new,
		   struct uk_timer_setting *old)
{
	struct timerfd *timerfd = file->data;
	int error = uk_timerfd_get(file, old);

	if (error)
		return error;
	timerfd->interval = new->interval;
	timerfd->expirations = 0;
	uk_clock_timer_set(&timerfd->timer, absolute, new->value, new->interval);
	return 0;
}
