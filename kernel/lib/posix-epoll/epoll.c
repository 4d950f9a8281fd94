/* SPDX-License-Identifier: BSD-3-Clause */
/* epoll_create(2), epoll_ctl(2), epoll_wait(2). */
#include <uk/epoll.h>
#include <uk/poll.h>
#include <uk/syscall.h>
#include <uk/uaccess.h>
#include <uk/user_time.h>

#define SIGSET_SIZE 8 /* bytes: the only size that the raw calls accept */

/* What may be combined with EPOLLEXCLUSIVE: epoll_ctl(2). */
#define EXCLUSIVE_BITS                                                                             \
	(POLLIN | POLLOUT | POLLERR | POLLHUP | EPOLLWAKEUP | EPOLLET | EPOLLEXCLUSIVE)

UK_SYSCALL_R_DEFINE(int, epoll_create, int, size)
{
	return size > 0 ? uk_epoll_create(0) : -EINVAL;
}

/* EPOLL_CLOEXEC has the value of open(2)'s flag. */
UK_SYSCALL_R_DEFINE(int, epoll_create1, int, flags)
{
	return flags & ~O_CLOEXEC ? -EINVAL : uk_epoll_create((u32)flags);
}

static int control(struct uk_file *set, int op, struct uk_file *file, int fd,
		   const struct epoll_event *event)
{
	bool exclusive = op != EPOLL_CTL_DEL && event->events & EPOLLEXCLUSIVE;

	/* Files that are always ready. */
	if (!file->operations->poll)
		return -EPERM;
	if (set == file || !uk_epoll_is_set(set))
		return -EINVAL;
	if (exclusive &&
	    (op == EPOLL_CTL_MOD || uk_epoll_is_set(file) || event->events & ~(u32)EXCLUSIVE_BITS))
		return -EINVAL;
	switch (op) {
	case EPOLL_CTL_ADD:
		return uk_epoll_add(set, file, fd, event);
	case EPOLL_CTL_MOD:
		return uk_epoll_modify(set, file, fd, event);
	case EPOLL_CTL_DEL:
		return uk_epoll_remove(set, file, fd);
	default:
		return -EINVAL;
	}
}

UK_SYSCALL_PARTIAL(epoll_ctl, "an edge of a standard stream is reported when it becomes readable, "
			      "and after each read that leaves input; EPOLLWAKEUP has no effect");
UK_SYSCALL_R_DEFINE(int, epoll_ctl, int, epfd, int, op, int, fd, struct epoll_event *, event)
{
	struct epoll_event copy = {0};
	struct uk_file *set, *file;
	int result = -EBADF;

	if (op != EPOLL_CTL_DEL && copy_from_user(&copy, event, sizeof(copy)))
		return -EFAULT;
	set = uk_fd_get(epfd);
	file = uk_fd_get(fd);
	if (set && file)
		result = control(set, op, file, fd, &copy);
	if (file)
		uk_file_put(file);
	if (set)
		uk_file_put(set);
	return result;
}

/* timeout: nanoseconds, negative for none. */
static long do_wait(int epfd, struct epoll_event __user *events, int maximum, s64 timeout)
{
	struct uk_file *set;
	long result = -EINVAL;

	if (maximum <= 0 || maximum > INT32_MAX / (int)sizeof(struct epoll_event))
		return -EINVAL;
	if (!uk_access_ok(events, (size_t)maximum * sizeof(struct epoll_event)))
		return -EFAULT;
	set = uk_fd_get(epfd);
	if (!set)
		return -EBADF;
	if (uk_epoll_is_set(set))
		result = uk_epoll_wait(set, events, maximum, timeout);
	uk_file_put(set);
	return result;
}

static long masked_wait(int epfd, struct epoll_event __user *events, int maximum, s64 timeout,
			const u64 __user *sigmask, size_t size)
{
	u64 mask;

	if (!sigmask)
		return do_wait(epfd, events, maximum, timeout);
	if (size != SIGSET_SIZE)
		return -EINVAL;
	if (copy_from_user(&mask, sigmask, sizeof(mask)))
		return -EFAULT;
	uk_poll_begin_mask(mask);
	return uk_poll_end_mask(do_wait(epfd, events, maximum, timeout));
}

static s64 from_ms(int timeout)
{
	return timeout < 0 ? -1 : timeout * NS_PER_MS;
}

UK_SYSCALL_R_DEFINE(int, epoll_wait, int, epfd, struct epoll_event *, events, int, maxevents, int,
		    timeout)
{
	return (int)do_wait(epfd, events, maxevents, from_ms(timeout));
}

UK_LLSYSCALL_R_DEFINE(int, epoll_pwait, int, epfd, struct epoll_event *, events, int, maxevents,
		      int, timeout, const u64 *, sigmask, size_t, sigsetsize)
{
	return (int)masked_wait(epfd, events, maxevents, from_ms(timeout), sigmask, sigsetsize);
}

UK_LLSYSCALL_R_DEFINE(int, epoll_pwait2, int, epfd, struct epoll_event *, events, int, maxevents,
		      const struct timespec *, timeout, const u64 *, sigmask, size_t, sigsetsize)
{
	s64 ns = -1;
	int error = timeout ? uk_user_timespec(timeout, &ns) : 0;

	if (error)
		return error;
	return (int)masked_wait(epfd, events, maxevents, ns, sigmask, sigsetsize);
}
