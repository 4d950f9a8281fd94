/* SPDX-License-Identifier: BSD-3-Clause */
/* poll(2) and ppoll(2). */
#include <uk/alloc.h>
#include <uk/poll.h>
#include <uk/syscall.h>
#include <uk/uaccess.h>
#include <uk/user_time.h>
#include <uk/vfs.h>

#define SIGSET_SIZE 8 /* bytes: the only size that the raw call accepts */

static long do_poll(struct pollfd __user *user_fds, unsigned int count, u64 deadline)
{
	struct pollfd *copy;
	long result;

	if (count > uk_process_current()->limits[RLIMIT_NOFILE].rlim_cur)
		return -EINVAL;
	copy = uk_malloc(MAX(count, 1u) * sizeof(*copy));
	if (!copy)
		return -ENOMEM;
	if (copy_from_user(copy, user_fds, count * sizeof(*copy))) {
		result = -EFAULT;
	} else {
		result = uk_poll(copy, count, deadline);
		if (result >= 0 && copy_to_user(user_fds, copy, count * sizeof(*copy)))
			result = -EFAULT;
	}
	uk_free(copy);
	return result;
}

UK_SYSCALL_PARTIAL(poll, "the end of a standard stream is POLLIN without POLLHUP");
UK_SYSCALL_R_DEFINE(int, poll, struct pollfd *, fds, unsigned int, nfds, int, timeout)
{
	return (int)do_poll(fds, nfds, uk_poll_deadline(timeout < 0 ? -1 : timeout * NS_PER_MS));
}

static long masked_poll(struct pollfd __user *user_fds, unsigned int count, u64 deadline,
			const u64 __user *sigmask, size_t sigsetsize)
{
	u64 mask;

	if (!sigmask)
		return do_poll(user_fds, count, deadline);
	if (sigsetsize != SIGSET_SIZE)
		return -EINVAL;
	if (copy_from_user(&mask, sigmask, sizeof(mask)))
		return -EFAULT;
	uk_poll_begin_mask(mask);
	return uk_poll_end_mask(do_poll(user_fds, count, deadline));
}

UK_SYSCALL_PARTIAL(ppoll, "as poll");
UK_LLSYSCALL_R_DEFINE(long, ppoll, struct pollfd *, fds, unsigned int, nfds, struct timespec *, tmo,
		      const u64 *, sigmask, size_t, sigsetsize)
{
	s64 timeout = -1;
	u64 deadline;
	struct timespec time;
	long result;

	result = tmo ? uk_user_timespec(tmo, &timeout) : 0;
	if (result)
		return result;
	deadline = uk_poll_deadline(timeout);
	result = masked_poll(fds, nfds, deadline, sigmask, sigsetsize);
	/* Failing to store the remaining time is not an error (Linux, poll_select_finish()). */
	if (tmo && deadline != UINT64_MAX) {
		time = uk_timespec_from_ns(uk_poll_left(deadline));
		(void)copy_to_user(tmo, &time, sizeof(time));
	}
	return result;
}
