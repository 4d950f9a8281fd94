/* SPDX-License-Identifier: BSD-3-Clause */
/* self and thread-self: links to the directory of whoever reads them. */
#include <uk/process.h>
#include <uk/string.h>
#include <uk/thread.h>

#include "procfs.h"

#define TARGET_SIZE 32 /* two numbers and "/task/" */

static ssize_t self_readlink(struct uk_vnode *vnode, char *buffer, size_t size)
{
	char target[TARGET_SIZE];

	uk_snprintf(target, sizeof(target), "%d", uk_process_current()->pid);
	return copy_target(target, buffer, size);
}

static ssize_t thread_self_readlink(struct uk_vnode *vnode, char *buffer, size_t size)
{
	char target[TARGET_SIZE];

	uk_snprintf(target, sizeof(target), "%d/task/%d", uk_process_current()->pid,
		    uk_thread_current()->tid);
	return copy_target(target, buffer, size);
}

const struct uk_vnode_operations self_operations = {
	.readlink = self_readlink,
	.setattr = node_setattr,
};
const struct uk_vnode_operations thread_self_operations = {
	.readlink = thread_self_readlink,
	.setattr = node_setattr,
};
