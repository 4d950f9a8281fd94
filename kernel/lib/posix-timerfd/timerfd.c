/* SPDX-License-Identifier: BSD-3-Clause */
/* timerfd_create(2) and related calls. */
#include <uk/syscall.h>
#include <uk/timerfd.h>
#include <uk/uaccess.h>

#define TFD_TIMER_ABSTIME	1
#define TFD_TIMER_CANCEL_ON_SET 2

/* TFD_CLOEXEC and TFD_NONBLOCK have the values of open(2)'s flags. */
UK_LLSYSCALL_R_DEFINE(int, timerfd_create, int, clockid, int, flags)
{
	if (flags & ~(O_CLOEXEC | O_NONBLOCK))
		return -EINVAL;
	return uk_timerfd_create(clockid, (u32)flags);
}

UK_SYSCALL_PARTIAL(timerfd_settime, "TFD_TIMER_CANCEL_ON_SET has no effect");
UK_LLSYSCALL_R_DEFINE(int, timerfd_settime, int, fd, int, flags, const struct itimerspec *,
		      new_value, struct itimerspec *, old_value)
{
	struct uk_timer_setting new, old;
	struct itimerspec spec;
	struct uk_file *file;
	int error;

	if (copy_from_user(&spec, new_value, sizeof(spec)))
		return -EFAULT;
	if (flags & ~(TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET) ||
	    uk_itimerspec_to_setting(&spec, &new))
		return -EINVAL;
	file = uk_fd_get(fd);
	if (!file)
		return -EBADF;
	error = uk_timerfd_set(file, flags & TFD_TIMER_ABSTIME, &new, &old);
	uk_file_put(file);
	if (error || !old_value)
		return error;
	spec = uk_itimerspec_from_setting(&old);
	return copy_to_user(old_value, &spec, sizeof(spec));
}

UK_LLSYSCALL_R_DEFINE(int, timerfd_gettime, int, fd, struct itimerspec *, curr_value)
{
	struct uk_file *file = uk_fd_get(fd);
	struct uk_timer_setting setting;
	struct itimerspec spec;
	int error;

	if (!file)
		return -EBADF;
	error = uk_timerfd_get(file, &setting);
	uk_file_put(file);
	if (error)
		return error;
	spec = uk_itimerspec_from_setting(&setting);
	return copy_to_user(curr_value, &spec, sizeof(spec));
}
