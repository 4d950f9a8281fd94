/* SPDX-License-Identifier: BSD-3-Clause */
/* getcpu(2): there is one processor on one node. */
#include <uk/syscall.h>
#include <uk/uaccess.h>

UK_SYSCALL_R_DEFINE(int, getcpu, unsigned int *, cpu, unsigned int *, node, void *, cache)
{
	const unsigned int first = 0;

	if (cpu && copy_to_user(cpu, &first, sizeof(first)))
		return -EFAULT;
	return node ? copy_to_user(node, &first, sizeof(first)) : 0;
}
