/* SPDX-License-Identifier: BSD-3-Clause */
/* /dev/ptmx: opening it creates a pair, in the devpts that is mounted on `pts` next to it: ptmx(4).
 */
#include <uk/alloc.h>
#include <uk/device.h>
#include <uk/errno.h>
#include <uk/fd_table.h>
#include <uk/init.h>
#include <uk/paths.h>
#include <uk/string.h>

#include "devpts.h"

#define MOUNT_POINT "/dev/pts"

/* Finds the root of the devpts of an open file of ptmx; the path gets references. */
static int find_devpts(const struct uk_file *file, struct uk_path *root)
{
	struct uk_path start = {file->path.mount, file->path.dentry->parent};
	int error;

	if (devpts_is(file->vnode->superblock)) {
		*root = (struct uk_path){file->path.mount, file->vnode->superblock->root};
		uk_path_get(root);
		return 0;
	}
	error = uk_path_lookup(&start, "pts", UK_LOOKUP_DIRECTORY, root);
	if (error)
		return -ENODEV;
	if (devpts_is(root->mount->superblock) && root->dentry == root->mount->superblock->root)
		return 0;
	uk_path_put(root);
	return -ENODEV;
}

static struct devpts *instance_of(struct uk_tty_pair *pair)
{
	struct uk_dentry *dentry = pair->data;

	return devpts_of(dentry->superblock);
}

/* TIOCGPTPEER */
static long open_peer(struct uk_tty_pair *pair, struct uk_file *file, u32 flags)
{
	struct uk_path path;
	struct uk_file *peer;
	int error = find_devpts(file, &path);

	if (error)
		return error;
	if (path.mount->superblock != &instance_of(pair)->superblock) {
		uk_path_put(&path);
		return -ENODEV;
	}
	uk_dentry_put(path.dentry);
	path.dentry = uk_dentry_get(pair->data);
	peer = uk_file_open_path(&path, flags, &error);
	uk_path_put(&path);
	if (!peer)
		return error;
	error = uk_fd_install(peer, 0, flags & O_CLOEXEC);
	if (error < 0)
		uk_file_put(peer);
	return error;
}

static void master_closed(struct uk_tty_pair *pair)
{
	devpts_remove(pair->data);
}

static void released(struct uk_tty_pair *pair)
{
	struct devpts *devpts = instance_of(pair);

	devpts_free_number(devpts, pair->index);
	uk_dentry_put(pair->data);
	uk_superblock_put(&devpts->superblock);
}

static int new_pair(struct devpts *devpts, struct uk_tty_pair **pair)
{
	int number = devpts_take_number(devpts);

	if (number < 0)
		return number;
	*pair = uk_tty_pair_create((u32)number);
	if (*pair)
		(*pair)->data = devpts_add(devpts, &(*pair)->slave, (u32)number);
	if (!*pair || !(*pair)->data) {
		uk_free(*pair);
		devpts_free_number(devpts, (u32)number);
		return -ENOMEM;
	}
	(*pair)->open_peer = open_peer;
	(*pair)->master_closed = master_closed;
	(*pair)->released = released;
	devpts->superblock.references++;
	return 0;
}

int ptmx_open(struct uk_vnode *vnode, struct uk_file *file)
{
	struct uk_tty_pair *pair = NULL;
	struct uk_path root;
	int error = find_devpts(file, &root);

	if (error)
		return error;
	error = new_pair(devpts_of(root.mount->superblock), &pair);
	uk_path_put(&root);
	return error ? error : uk_tty_open(&pair->master, file, false);
}

/* A terminal without a master, which stays for ever. */
static int show(struct uk_tty *tty, char *text, size_t size)
{
	struct uk_path path;
	int error =
		uk_path_lookup(&uk_paths_current()->root, MOUNT_POINT, UK_LOOKUP_DIRECTORY, &path);
	struct devpts *devpts;
	int number;

	if (error)
		return error;
	devpts = devpts_of(path.mount->superblock);
	number = devpts_is(&devpts->superblock) ? devpts_take_number(devpts) : -ENOENT;
	uk_path_put(&path);
	if (number < 0)
		return number;
	tty->device = uk_device_number(SLAVE_MAJOR, (u32)number);
	uk_snprintf(text, size, MOUNT_POINT "/%d", number);
	return devpts_add(devpts, tty, (u32)number) ? 0 : -ENOMEM;
}

/* The operations come with the pair. */
static const struct uk_file_operations no_operations;

static int register_ptmx(void)
{
	static struct uk_device ptmx = {
		.name = "ptmx", .mode = 0666, .operations = &no_operations, .open = ptmx_open};

	ptmx.number = uk_device_number(AUXILIARY_MAJOR, PTMX_MINOR);
	uk_device_register(&ptmx);
	uk_tty_show = show;
	return 0;
}
UK_INIT(UK_INIT_CLASS_PLAT, register_ptmx);
