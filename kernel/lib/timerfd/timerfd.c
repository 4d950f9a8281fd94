/* SPDX-License-Identifier: BSD-3-Clause */
/* timerfd_create(2) and its kin. */
#include <uk/alloc.h>
#include <uk/clock_timer.h>
#include <uk/fd_table.h>
#include <uk/poll.h>
#include <uk/signal.h>
#include <uk/string.h>
#include <uk/syscall.h>
#include <uk/uaccess.h>

#define TFD_TIMER_ABSTIME	1
#define TFD_TIMER_CANCEL_ON_SET 2

struct timerfd {
	struct uk_clock_timer timer;
	s64 interval;	 /* kept when the timer has stopped */
	u64 expirations; /* that were not read */
	u32 edges;
};

static void expired(struct uk_clock_timer *timer, u64 times)
{
	struct timerfd *timerfd = container_of(timer, struct timerfd, timer);

	timerfd->expirations += times;
	timerfd->edges++;
}

static ssize_t timerfd_read(struct uk_file *file, void *buffer, size_t length, s64 offset)
{
	struct timerfd *timerfd = file->data;
	u64 value;

	if (length < sizeof(value))
		return -EINVAL;
	uk_timer_check();
	while (!timerfd->expirations) {
		if (file->flags & O_NONBLOCK)
			return -EAGAIN;
		if (uk_poll_wait(INT64_MAX))
			return -UK_ERESTART;
	}
	value = timerfd->expirations;
	timerfd->expirations = 0;
	return copy_to_buffer(buffer, &value, sizeof(value)) ? -EFAULT : (ssize_t)sizeof(value);
}

static int timerfd_poll(struct uk_file *file, int wanted)
{
	const struct timerfd *timerfd = file->data;

	return timerfd->expirations ? wanted & POLLIN : 0;
}

static u32 timerfd_edges(struct uk_file *file, int wanted)
{
	const struct timerfd *timerfd = file->data;

	return timerfd->edges;
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
	.edges = timerfd_edges,
	.name = timerfd_name,
	.release = timerfd_release,
};

/* The clock that a timer runs on: nothing here sleeps, so that an alarm is a timer. */
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

/* TFD_CLOEXEC and TFD_NONBLOCK have the values of open(2)'s flags. */
UK_LLSYSCALL_R_DEFINE(int, timerfd_create, int, clockid, int, flags)
{
	int clock = base_clock(clockid), fd;
	struct timerfd *timerfd;

	if (clock < 0 || flags & ~(O_CLOEXEC | O_NONBLOCK))
		return -EINVAL;
	timerfd = uk_zalloc(sizeof(*timerfd));
	if (!timerfd)
		return -ENOMEM;
	timerfd->timer.clock = clock;
	timerfd->timer.expired = expired;
	fd = uk_fd_open_anonymous(&timerfd_operations, timerfd, O_RDWR | (u32)flags);
	if (fd < 0)
		uk_free(timerfd);
	return fd;
}

/* The file of a descriptor, with a reference, or NULL and *error. */
static struct uk_file *get(int fd, int *error)
{
	struct uk_file *file = uk_fd_get(fd);

	*error = file ? 0 : -EBADF;
	if (!file || file->operations == &timerfd_operations)
		return file;
	uk_file_put(file);
	*error = -EINVAL;
	return NULL;
}

static struct itimerspec read_timer(const struct timerfd *timerfd)
{
	uk_timer_check();
	return (struct itimerspec){
		.it_interval = uk_timespec_from_ns(timerfd->interval),
		.it_value = uk_timespec_from_ns(uk_clock_timer_left(&timerfd->timer)),
	};
}

UK_SYSCALL_PARTIAL(timerfd_settime, "TFD_TIMER_CANCEL_ON_SET cancels nothing");
UK_LLSYSCALL_R_DEFINE(int, timerfd_settime, int, fd, int, flags, const struct itimerspec *,
		      new_value, struct itimerspec *, old_value)
{
	struct itimerspec new, old;
	struct timerfd *timerfd;
	struct uk_file *file;
	s64 value, interval;
	int error;

	if (copy_from_user(&new, new_value, sizeof(new)))
		return -EFAULT;
	if (flags & ~(TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET) ||
	    uk_timespec_to_ns(&new.it_value, &value) ||
	    uk_timespec_to_ns(&new.it_interval, &interval))
		return -EINVAL;
	file = get(fd, &error);
	if (!file)
		return error;
	timerfd = file->data;
	old = read_timer(timerfd);
	timerfd->interval = interval;
	timerfd->expirations = 0;
	uk_clock_timer_set(&timerfd->timer, flags & TFD_TIMER_ABSTIME, value, interval);
	uk_file_put(file);
	return old_value ? copy_to_user(old_value, &old, sizeof(old)) : 0;
}

UK_LLSYSCALL_R_DEFINE(int, timerfd_gettime, int, fd, struct itimerspec *, curr_value)
{
	struct itimerspec value;
	int error;
	struct uk_file *file = get(fd, &error);

	if (!file)
		return error;
	value = read_timer(file->data);
	uk_file_put(file);
	return copy_to_user(curr_value, &value, sizeof(value));
}
