/* SPDX-License-Identifier: BSD-3-Clause */
/* Links that lead to a file itself, whatever their text says: exe, cwd, root. */
#include <uk/alloc.h>
#include <uk/errno.h>
#include <uk/paths.h>
#include <uk/process.h>
#include <uk/string.h>

#include "procfs.h"

ssize_t copy_target(const char *target, char *buffer, size_t size)
{
	size_t length = MIN(strlen(target), size);

	memcpy(buffer, target, length);
	return (ssize_t)length;
}

static ssize_t path_readlink(const struct uk_path *path, char *buffer, size_t size)
{
	ssize_t length = -ENAMETOOLONG;
	char *memory, *text;
	bool deleted;

	if (!path)
		return -ENOENT;
	memory = uk_malloc(PATH_MAX);
	if (!memory)
		return -ENOMEM;
	text = uk_path_text(path, &uk_paths_current()->root, memory, PATH_MAX, NULL, &deleted);
	if (text)
		length = copy_target(text, buffer, size);
	if (text && deleted)
		length += copy_target(" (deleted)", buffer + length, size - (size_t)length);
	uk_free(memory);
	return length;
}

static int path_follow(const struct uk_path *from, struct uk_path *path)
{
	if (!from)
		return -ENOENT;
	*path = *from;
	uk_path_get(path);
	return 0;
}

/* Each returns a place of the process that the link belongs to; NULL: it has ended, or there is no
 * such place. */
static const struct uk_path *executable_of(const struct uk_vnode *vnode)
{
	const struct uk_thread *thread = node_thread(node_of(vnode));
	const struct uk_file *file = thread ? thread->process->program.executable : NULL;

	return file ? &file->path : NULL;
}

static const struct uk_path *current_of(const struct uk_vnode *vnode)
{
	const struct uk_thread *thread = node_thread(node_of(vnode));

	return thread && thread->process->paths ? &thread->process->paths->current : NULL;
}

static const struct uk_path *root_of(const struct uk_vnode *vnode)
{
	const struct uk_thread *thread = node_thread(node_of(vnode));

	return thread && thread->process->paths ? &thread->process->paths->root : NULL;
}

static ssize_t executable_readlink(struct uk_vnode *vnode, char *buffer, size_t size)
{
	return path_readlink(executable_of(vnode), buffer, size);
}

static int executable_follow(struct uk_vnode *vnode, struct uk_path *path)
{
	return path_follow(executable_of(vnode), path);
}

static ssize_t current_readlink(struct uk_vnode *vnode, char *buffer, size_t size)
{
	return path_readlink(current_of(vnode), buffer, size);
}

static int current_follow(struct uk_vnode *vnode, struct uk_path *path)
{
	return path_follow(current_of(vnode), path);
}

static ssize_t root_readlink(struct uk_vnode *vnode, char *buffer, size_t size)
{
	return path_readlink(root_of(vnode), buffer, size);
}

static int root_follow(struct uk_vnode *vnode, struct uk_path *path)
{
	return path_follow(root_of(vnode), path);
}

const struct uk_vnode_operations executable_operations = {
	.readlink = executable_readlink,
	.follow = executable_follow,
	.setattr = node_setattr,
};
const struct uk_vnode_operations current_operations = {
	.readlink = current_readlink,
	.follow = current_follow,
	.setattr = node_setattr,
};
const struct uk_vnode_operations root_operations = {
	.readlink = root_readlink,
	.follow = root_follow,
	.setattr = node_setattr,
};
