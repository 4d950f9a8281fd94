/* SPDX-License-Identifier: BSD-3-Clause */
/* poll(2) and ppoll(2). */
#include <uk/alloc.h>
#include <uk/clock.h>
#include <uk/plat.h>
#include <uk/signal.h>
#include <uk/syscall.h>
#include <uk/thread.h>
#include <uk/uaccess.h>
#include <uk/vfs.h>

#define NS_PER_MS   1000000L
#define SIGSET_SIZE 8 /* bytes: the only size the raw call takes */

/* Sets revents; how many descriptors have some. */
static int look(struct pollfd *fds, unsigned int count)
{
	int ready = 0;

	for (unsigned int i = 0; i < count; i++) {
		struct uk_file *file;

		fds[i].revents = 0;
		if (fds[i].fd < 0)
			continue;
		file = uk_fd_get(fds[i].fd);
		if (!file)
			fds[i].revents = POLLNVAL;
		else if (file->operations->poll)
			fds[i].revents = (s16)file->operations->poll(file, fds[i].events);
		else
			fds[i].revents =
				fds[i].events & (POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM);
		if (file)
			uk_file_put(file);
		ready += fds[i].revents != 0;
	}
	return ready;
}

static long wait_for_events(struct pollfd *fds, unsigned int count, s64 deadline)
{
	for (;;) {
		int ready = look(fds, count);

		if (ready)
			return ready;
		/* Before the time, as Linux does: ppoll(2) without any takes what its mask lets in.
		 */
		if (uk_signal_pending())
			return -EINTR;
		if (uk_clock_read(CLOCK_MONOTONIC) >= deadline)
			return 0;
		uk_clock_wait(deadline == INT64_MAX ? UINT64_MAX : (u64)deadline);
	}
}

/* timeout: nanoseconds, negative for none. */
static long do_poll(struct pollfd __user *user_fds, unsigned int count, s64 timeout)
{
	s64 deadline = INT64_MAX;
	struct pollfd *copy;
	long result;

	if (count > uk_fd_table.limit)
		return -EINVAL;
	if (timeout >= 0 &&
	    __builtin_add_overflow(timeout, uk_clock_read(CLOCK_MONOTONIC), &deadline))
		deadline = INT64_MAX;
	copy = uk_malloc(MAX(count, 1u) * sizeof(*copy));
	if (!copy)
		return -ENOMEM;
	if (copy_from_user(copy, user_fds, count * sizeof(*copy))) {
		result = -EFAULT;
	} else {
		result = wait_for_events(copy, count, deadline);
		if (result >= 0 && copy_to_user(user_fds, copy, count * sizeof(*copy)))
			result = -EFAULT;
	}
	uk_free(copy);
	return result;
}

UK_SYSCALL_PARTIAL(poll,
		   "POLLIN, POLLOUT and POLLNVAL; the end of a stream is POLLIN without POLLHUP");
UK_SYSCALL_R_DEFINE(int, poll, struct pollfd *, fds, unsigned int, nfds, int, timeout)
{
	return (int)do_poll(fds, nfds, timeout < 0 ? -1 : timeout * NS_PER_MS);
}

UK_SYSCALL_PARTIAL(ppoll, "as poll; the time that is left is not written back");
UK_LLSYSCALL_R_DEFINE(long, ppoll, struct pollfd *, fds, unsigned int, nfds, struct timespec *, tmo,
		      const u64 *, sigmask, size_t, sigsetsize)
{
	struct uk_signal_thread *state = &uk_thread_current()->signal;
	u64 mask, old = state->blocked;
	struct timespec time;
	s64 timeout = -1;
	long result;

	if (tmo) {
		if (copy_from_user(&time, tmo, sizeof(time)))
			return -EFAULT;
		if (uk_timespec_to_ns(&time, &timeout))
			return -EINVAL;
	}
	if (!sigmask)
		return do_poll(fds, nfds, timeout);
	if (sigsetsize != SIGSET_SIZE)
		return -EINVAL;
	if (copy_from_user(&mask, sigmask, sizeof(mask)))
		return -EFAULT;
	uk_signal_set_blocked(mask);
	result = do_poll(fds, nfds, timeout);
	if (result != -EINTR) {
		uk_signal_set_blocked(old);
		return result;
	}
	/* The signal is delivered under the new mask; its frame brings back the old one. */
	state->saved_blocked = old;
	state->restore_blocked = true;
	return result;
}
