/* SPDX-License-Identifier: BSD-3-Clause */
/* eventfd(2). */
#include <uk/eventfd.h>
#include <uk/syscall.h>

#define EFD_SEMAPHORE 1

/* EFD_CLOEXEC and EFD_NONBLOCK have the values of open(2)'s flags. */
static int create(u32 count, int flags)
{
	if (flags & ~(EFD_SEMAPHORE | O_CLOEXEC | O_NONBLOCK))
		return -EINVAL;
	return uk_eventfd_create(count, flags & EFD_SEMAPHORE, flags & (O_CLOEXEC | O_NONBLOCK));
}

UK_LLSYSCALL_R_DEFINE(int, eventfd, unsigned int, initval)
{
	return create(initval, 0);
}

UK_LLSYSCALL_R_DEFINE(int, eventfd2, unsigned int, initval, int, flags)
{
	return create(initval, flags);
}
