/* SPDX-License-Identifier: BSD-3-Clause */
#include <uk/alloc.h>
#include <uk/errno.h>
#include <uk/linux/signalfd.h>
#include <uk/poll.h>
#include <uk/process.h>
#include <uk/signal.h>
#include <uk/signalfd.h>
#include <uk/string.h>
#include <uk/thread.h>
#include <uk/timer.h>
#include <uk/uaccess.h>

struct signalfd {
	u64 mask;
};

/* Which fields of the information are set depends on the sender (Linux, signalfd_copyinfo()). */
static struct signalfd_siginfo describe(const siginfo_t *information)
{
	struct signalfd_siginfo told = {
		.ssi_signo = (u32)information->si_signo,
		.ssi_errno = information->si_errno,
		.ssi_code = information->si_code,
	};

	if (information->si_code == SI_TIMER) {
		told.ssi_tid = (u32)information->si_timerid;
		told.ssi_overrun = information->si_overrun;
	} else {
		told.ssi_pid = (u32)information->si_pid;
		told.ssi_uid = information->si_uid;
	}
	if (information->si_code < 0) {
		told.ssi_ptr = information->si_value;
		told.ssi_int = (s32)information->si_value;
	}
	return told;
}

static int wait_for_signal(struct uk_file *file, u64 mask, siginfo_t *information)
{
	uk_timer_check();
	if (uk_signal_take(mask, information))
		return 0;
	if (file->flags & O_NONBLOCK)
		return -EAGAIN;
	return uk_wait_until(&uk_process_current()->signal_queue, POLLIN, false,
			     uk_signal_take(mask, information), UINT64_MAX)
		       ? -UK_ERESTART
		       : 0;
}

static ssize_t signalfd_read(struct uk_file *file, void *buffer, size_t length, s64 offset)
{
	const struct signalfd *signalfd = file->data;
	size_t count = length / sizeof(struct signalfd_siginfo), done = 0;
	siginfo_t information;
	int error;

	if (!count)
		return -EINVAL;
	error = wait_for_signal(file, signalfd->mask, &information);
	if (error)
		return error;
	do {
		struct signalfd_siginfo told = describe(&information);

		if (copy_to_buffer((struct signalfd_siginfo *)buffer + done, &told, sizeof(told)))
			return done ? (ssize_t)(done * sizeof(told)) : -EFAULT;
	} while (++done < count && uk_signal_take(signalfd->mask, &information));
	return (ssize_t)(done * sizeof(struct signalfd_siginfo));
}

static int signalfd_poll(struct uk_file *file, int wanted)
{
	const struct signalfd *signalfd = file->data;

	return uk_signal_waiting() & signalfd->mask ? wanted & POLLIN : 0;
}

/* As on Linux, that of the process that asks. */
static struct uk_wait_queue *signalfd_queue(struct uk_file *file, u32 *events)
{
	return &uk_process_current()->signal_queue;
}

static int signalfd_name(struct uk_file *file, char *buffer, size_t size)
{
	return uk_snprintf(buffer, size, "anon_inode:[signalfd]");
}

static void signalfd_release(struct uk_file *file)
{
	uk_free(file->data);
}

static const struct uk_file_operations signalfd_operations = {
	.read = signalfd_read,
	.seek = uk_file_seek_nowhere,
	.poll = signalfd_poll,
	.queue = signalfd_queue,
	.name = signalfd_name,
	.release = signalfd_release,
};

int uk_signalfd_create(u64 mask, u32 flags)
{
	struct signalfd *signalfd = uk_malloc(sizeof(*signalfd));
	int fd;

	if (!signalfd)
		return -ENOMEM;
	signalfd->mask = mask;
	fd = uk_fd_open_anonymous(&signalfd_operations, signalfd, O_RDWR | flags);
	if (fd < 0)
		uk_free(signalfd);
	return fd;
}

int uk_signalfd_set_mask(struct uk_file *file, u64 mask)
{
	struct signalfd *signalfd = file->data;

	if (file->operations != &signalfd_operations)
		return -EINVAL;
	signalfd->mask = mask;
	uk_wait_wake_all(&uk_process_current()->signal_queue, POLLIN);
	return 0;
}
