/* SPDX-License-Identifier: BSD-3-Clause */
/* select(2), pselect(2). */
#include <uk/alloc.h>
#include <uk/fd_table.h>
#include <uk/poll.h>
#include <uk/syscall.h>
#include <uk/uaccess.h>
#include <uk/user_time.h>

#define SIGSET_SIZE 8 /* bytes: the only size that the raw call accepts */
#define WORD_BITS   64
#define KINDS	    UK_SELECT_KINDS

/* user: the program's sets; NULL: that set is not given. */
static int read_sets(const struct uk_select_sets *sets, void *const user[KINDS])
{
	size_t size = sets->words * sizeof(u64);

	for (u32 kind = 0; kind < KINDS; kind++) {
		if (user[kind] &&
		    copy_from_user(sets->wanted + kind * sets->words, user[kind], size))
			return -EFAULT;
	}
	return 0;
}

static int write_sets(const struct uk_select_sets *sets, void *const user[KINDS])
{
	size_t size = sets->words * sizeof(u64);

	for (u32 kind = 0; kind < KINDS; kind++) {
		if (user[kind] && copy_to_user(user[kind], sets->ready + kind * sets->words, size))
			return -EFAULT;
	}
	return 0;
}

static long do_select(int count, void __user *in, void __user *out, void __user *except,
		      u64 deadline)
{
	void *const user[KINDS] = {in, out, except};
	struct uk_select_sets sets;
	long result;

	if (count < 0)
		return -EINVAL;
	/* Descriptors past the table are ignored, as on Linux. */
	count = MIN(count, (int)uk_fd_table_current()->size);
	sets.words = ((u32)count + WORD_BITS - 1) / WORD_BITS;
	sets.wanted = uk_zalloc(MAX(sets.words, 1u) * 2 * KINDS * sizeof(u64));
	if (!sets.wanted)
		return -ENOMEM;
	sets.ready = sets.wanted + KINDS * sets.words;
	result = read_sets(&sets, user);
	if (!result)
		result = uk_select(&sets, (u32)count, deadline);
	if (result >= 0 && write_sets(&sets, user))
		result = -EFAULT;
	uk_free(sets.wanted);
	return result;
}

UK_SYSCALL_PARTIAL(select, "as poll");
UK_LLSYSCALL_R_DEFINE(int, select, int, nfds, void *, readfds, void *, writefds, void *, exceptfds,
		      struct timeval *, timeout)
{
	struct timespec precise;
	struct timeval time;
	s64 ns = -1;
	u64 deadline;
	long result;

	if (timeout) {
		if (copy_from_user(&time, timeout, sizeof(time)))
			return -EFAULT;
		/* A microseconds field of a second or more is allowed. */
		precise.tv_sec = time.tv_sec + time.tv_usec / US_PER_SECOND;
		precise.tv_nsec = time.tv_usec % US_PER_SECOND * NS_PER_US;
		if (uk_timespec_to_ns(&precise, &ns))
			return -EINVAL;
	}
	deadline = uk_poll_deadline(ns);
	result = do_select(nfds, readfds, writefds, exceptfds, deadline);
	if (timeout && deadline != UINT64_MAX) {
		precise = uk_timespec_from_ns(uk_poll_left(deadline));
		time = (struct timeval){precise.tv_sec, precise.tv_nsec / NS_PER_US};
		(void)copy_to_user(timeout, &time, sizeof(time));
	}
	return (int)result;
}

/* The structure that pselect6(2)'s last argument points to. */
struct mask_argument {
	const u64 __user *mask;
	size_t size;
};

static long masked_select(int count, void __user *in, void __user *out, void __user *except,
			  u64 deadline, const struct mask_argument __user *user_argument)
{
	struct mask_argument argument = {0};
	u64 mask;

	if (user_argument && copy_from_user(&argument, user_argument, sizeof(argument)))
		return -EFAULT;
	if (!argument.mask)
		return do_select(count, in, out, except, deadline);
	if (argument.size != SIGSET_SIZE)
		return -EINVAL;
	if (copy_from_user(&mask, argument.mask, sizeof(mask)))
		return -EFAULT;
	uk_poll_begin_mask(mask);
	return uk_poll_end_mask(do_select(count, in, out, except, deadline));
}

UK_SYSCALL_PARTIAL(pselect6, "as poll");
UK_LLSYSCALL_R_DEFINE(int, pselect6, int, nfds, void *, readfds, void *, writefds, void *,
		      exceptfds, struct timespec *, timeout, const void *, sigmask)
{
	s64 ns = -1;
	u64 deadline;
	struct timespec time;
	long result;

	result = timeout ? uk_user_timespec(timeout, &ns) : 0;
	if (result)
		return (int)result;
	deadline = uk_poll_deadline(ns);
	result = masked_select(nfds, readfds, writefds, exceptfds, deadline, sigmask);
	if (timeout && deadline != UINT64_MAX) {
		time = uk_timespec_from_ns(uk_poll_left(deadline));
		(void)copy_to_user(timeout, &time, sizeof(time));
	}
	return (int)result;
}
