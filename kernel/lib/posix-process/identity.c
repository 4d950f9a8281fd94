/* SPDX-License-Identifier: BSD-3-Clause */
/* The numbers of the process and the thread. */
#include <uk/process.h>
#include <uk/syscall.h>
#include <uk/thread.h>

UK_SYSCALL_R_DEFINE(pid_t, getpid)
{
	return uk_process_current()->pid;
}

UK_SYSCALL_R_DEFINE(pid_t, gettid)
{
	return uk_thread_current()->tid;
}
