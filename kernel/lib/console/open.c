/* SPDX-License-Identifier: BSD-3-Clause */
/* Descriptors 0, 1 and 2. */
#include <uk/assert.h>
#include <uk/errno.h>
#include <uk/paths.h>
#include <uk/tty.h>
#include <uk/vfs.h>

#include "console.h"

#define TERMINAL_MODE (S_IFCHR | 0620)
#define PIPE_MODE     (S_IFIFO | 0600)
#define NAME_SIZE     32 /* of a terminal's path */

static const struct uk_vnode *stream_vnodes[3];

/* Through /proc/self/fd: opens the same stream again, in its own direction. */
static int reopen_stream(struct uk_vnode *vnode, struct uk_file *file)
{
	unsigned int stream = 0;

	while (stream_vnodes[stream] != vnode)
		stream++;
	if (uk_vnode_is(vnode, S_IFIFO) &&
	    file->mode & (stream == 0 ? UK_FILE_WRITE : UK_FILE_READ))
		return -EACCES;
	file->number = stream;
	return 0;
}

/* A stream that is not a terminal, or one without /dev/tty. */
static struct uk_file *new_stream(unsigned int stream, u32 flags)
{
	static const struct uk_vnode_operations operations = {.open = reopen_stream};
	bool terminal = terminal_is_stream(stream);
	struct uk_vnode *vnode = uk_vnode_new_anonymous(terminal ? TERMINAL_MODE : PIPE_MODE);
	int error;

	if (!vnode)
		return NULL;
	vnode->rdev = terminal ? TERMINAL_NUMBER : 0;
	vnode->operations = &operations;
	vnode->file_operations = &console_operations;
	stream_vnodes[stream] = vnode;
	return uk_file_new(vnode, &console_operations, flags, &error);
}

/* The machine's own terminal, which all streams that are terminals share, as they do when a shell
 * starts a program. NULL: the machine has no terminal of its own. */
static struct uk_file *open_own(void)
{
	const char *path = "/dev/console";
	struct uk_file *file;
	char name[NAME_SIZE];
	int error;

	if (!own_terminal())
		return NULL;
	if (uk_tty_show && uk_tty_show(own_terminal(), name, sizeof(name)) == 0)
		path = name;
	if (terminal_is_controlling())
		uk_tty_set_controlling(own_terminal());
	file = uk_vfs_open(&uk_paths_current()->current, path, O_RDWR | O_NOCTTY, 0, 0, &error);
	UK_ASSERT(file);
	return file;
}

void uk_console_open(void)
{
	struct uk_file *own = open_own();

	for (unsigned int stream = 0; stream < 3; stream++) {
		bool terminal = terminal_is_stream(stream);
		u32 flags = terminal ? O_RDWR : stream == 0 ? O_RDONLY : O_WRONLY;
		struct uk_file *file = NULL;
		int error;

		if (terminal && own)
			file = uk_file_get(own);
		else if (terminal)
			file = uk_vfs_open(&uk_paths_current()->current,
					   terminal_is_controlling() ? "/dev/tty" : "/dev/console",
					   flags | O_NOCTTY, 0, 0, &error);
		if (!file)
			file = new_stream(stream, flags);
		UK_ASSERT(file);
		if (file != own)
			file->number = stream;
		uk_fd_install(file, (int)stream, false);
	}
	if (own)
		uk_file_put(own);
}
