/* SPDX-License-Identifier: BSD-3-Clause */
/* Code that names system calls of which this kernel has none, and one of which it has. */
#include <uk/init.h>
#include <uk/print.h>
#include <uk/syscall.h>

long fork(void);
long socket(int domain, int type, int protocol);
pid_t getpid(void);

static int call_stubs(void)
{
	errno = 0;
	if (fork() != -1 || errno != ENOSYS)
		return 1;
	errno = 0;
	if (socket(1, 1, 0) != -1 || errno != ENOSYS)
		return 2;
	/* Weak: what is provided is no stub. */
	if (getpid() != 1)
		return 3;
	uk_pr_info("stubs answer ENOSYS\n");
	return 0;
}
UK_INIT(UK_INIT_CLASS_LATE, call_stubs);
