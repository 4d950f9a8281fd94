/* SPDX-License-Identifier: BSD-3-Clause */
/* Times in the program's memory. */
#ifndef UK_USER_TIME_H
#define UK_USER_TIME_H

#include <uk/clock.h>
#include <uk/errno.h>
#include <uk/uaccess.h>

/* Reads a timespec from the program as nanoseconds; INT64_MAX if the value is too large. 0,
 * -EFAULT, or -EINVAL if it is negative or tv_nsec is out of range. */
static inline int uk_user_timespec(const struct timespec __user *user, s64 *ns)
{
	struct timespec time;

	if (copy_from_user(&time, user, sizeof(time)))
		return -EFAULT;
	return uk_timespec_to_ns(&time, ns);
}

#endif
