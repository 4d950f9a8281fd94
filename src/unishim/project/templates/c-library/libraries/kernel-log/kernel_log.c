/* SPDX-License-Identifier: BSD-3-Clause */
/* syslog(2): a log of one message, which is a configuration option. */
#include <uk/print.h>
#include <uk/syscall.h>
#include <uk/uaccess.h>

#define SYSLOG_ACTION_READ_ALL 3

UK_SYSCALL_R_DEFINE(int, syslog, int, type, void *, buffer, int, size)
{
	static const char message[] = CONFIG_LIBKERNELLOG_MESSAGE;
	const int length = sizeof(message) - 1;

	uk_pr_debug("syslog %d\n", type);
	if (type != SYSLOG_ACTION_READ_ALL || !buffer || size < 0)
		return -EINVAL;
	if (size > length)
		size = length;
	/* Never dereference a pointer from the program: it may be any number. */
	return copy_to_user(buffer, message, size) ? -EFAULT : size;
}
