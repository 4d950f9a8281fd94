/* SPDX-License-Identifier: BSD-3-Clause */
/* signalfd(2). */
#include <uk/alloc.h>
#include <uk/fd_table.h>
#include <uk/linux/signalfd.h>
#include <uk/poll.h>
#include <uk/signal.h>
#include <uk/string.h>
#include <uk/syscall.h>
#include <uk/thread.h>
#include <uk/timer.h>
#include <uk/uaccess.h>

#define SIGSET_SIZE 8 /* bytes: the only size the raw calls take */

struct signalfd {
	u64 mask;
};

/* What of the information there is depends on who sent the signal (Linux, signalfd_copyinfo()). */
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
	for (;;) {
		uk_timer_check();
		if (uk_signal_take(mask, information))
			return 0;
		if (file->flags & O_NONBLOCK)
			return -EAGAIN;
		if (uk_poll_wait(INT64_MAX))
			return -UK_ERESTART;
	}
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

static u32 signalfd_edges(struct uk_file *file, int wanted)
{
	return uk_thread_current()->signal.pending.sent + uk_signal_of_process()->sent;
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
	.edges = signalfd_edges,
	.name = signalfd_name,
	.release = signalfd_release,
};

static int create(u64 mask, u32 flags)
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

static int change(int fd, u64 mask)
{
	struct uk_file *file = uk_fd_get(fd);
	int result = fd;

	if (!file)
		return -EBADF;
	if (file->operations == &signalfd_operations)
		((struct signalfd *)file->data)->mask = mask;
	else
		result = -EINVAL;
	uk_file_put(file);
	return result;
}

/* SFD_CLOEXEC and SFD_NONBLOCK have the values of open(2)'s flags. */
static int do_signalfd(int fd, const u64 __user *user, size_t size, int flags)
{
	u64 mask;

	if (size != SIGSET_SIZE)
		return -EINVAL;
	if (copy_from_user(&mask, user, sizeof(mask)))
		return -EFAULT;
	if (flags & ~(O_CLOEXEC | O_NONBLOCK))
		return -EINVAL;
	mask &= ~(uk_signal_bit(SIGKILL) | uk_signal_bit(SIGSTOP));
	return fd == -1 ? create(mask, (u32)flags) : change(fd, mask);
}

UK_LLSYSCALL_R_DEFINE(int, signalfd, int, fd, const u64 *, mask, size_t, sizemask)
{
	return do_signalfd(fd, mask, sizemask, 0);
}

UK_LLSYSCALL_R_DEFINE(int, signalfd4, int, fd, const u64 *, mask, size_t, sizemask, int, flags)
{
	return do_signalfd(fd, mask, sizemask, flags);
}
