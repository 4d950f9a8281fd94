/* SPDX-License-Identifier: BSD-3-Clause */
/* Code that uses system calls which this kernel lacks, and one which it provides. */
#include <uk/init.h>
#include <uk/print.h>
#include <uk/syscall.h>

long ptrace(int request, pid_t pid, void *address, void *data);
long socket(int domain, int type, int protocol);
pid_t getpid(void);

static int call_stubs(void)
{
	errno = 0;
	if (ptrace(0, 0, NULL, NULL) != -1 || errno != ENOSYS)
		return 1;
	errno = 0;
	if (socket(1, 1, 0) != -1 || errno != ENOSYS)
		return 2;
	/* Stubs are weak: a provided call replaces its stub. */
	if (getpid() != 1)
		return 3;
	uk_pr_info("stubs answer ENOSYS\n");
	return 0;
}
UK_INIT(UK_INIT_CLASS_LATE, call_stubs);
