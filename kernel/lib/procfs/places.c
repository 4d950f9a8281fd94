/* SPDX-License-Identifier: BSD-3-Clause */
/* Links that lead to a file itself, whatever their text says: exe, cwd, root. */
#include <uk/alloc.h>
#include <uk/errno.h>
#include <uk/paths.h>
#include <uk/process.h>
#include <uk/string.h>

#include "procfs.h"

static ssize_t copy_text(const char *text, char *buffer, size_t size)
{
	size_t length = MIN(strlen(text), size);

	memcpy(buffer, text, length);
	return (ssize_t)length;
}

static ssize_t path_readlink(const struct uk_path *path, char *buffer, size_t size)
{
	char *memory = uk_malloc(PATH_MAX), *text;
	bool deleted;
	ssize_t length = -ENAMETOOLONG;

	if (!memory)
		return -ENOMEM;
	text = uk_path_text(path, &uk_paths_current()->root, memory, PATH_MAX, NULL, &deleted);
	if (text)
		length = copy_text(text, buffer, size);
	if (text && deleted)
		length += copy_text(" (deleted)", buffer + length, size - (size_t)length);
	uk_free(memory);
	return length;
}

static int path_follow(const struct uk_path *from, struct uk_path *path)
{
	*path = *from;
	uk_path_get(path);
	return 0;
}

static ssize_t executable_readlink(struct uk_vnode *vnode, char *buffer, size_t size)
{
	return uk_process_current()->program.executable
		       ? path_readlink(&uk_process_current()->program.executable->path, buffer,
				       size)
		       : -ENOENT;
}

static int executable_follow(struct uk_vnode *vnode, struct uk_path *path)
{
	return uk_process_current()->program.executable
		       ? path_follow(&uk_process_current()->program.executable->path, path)
		       : -ENOENT;
}

static ssize_t current_readlink(struct uk_vnode *vnode, char *buffer, size_t size)
{
	return path_readlink(&uk_paths_current()->current, buffer, size);
}

static int current_follow(struct uk_vnode *vnode, struct uk_path *path)
{
	return path_follow(&uk_paths_current()->current, path);
}

static ssize_t root_readlink(struct uk_vnode *vnode, char *buffer, size_t size)
{
	return path_readlink(&uk_paths_current()->root, buffer, size);
}

static int root_follow(struct uk_vnode *vnode, struct uk_path *path)
{
	return path_follow(&uk_paths_current()->root, path);
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
