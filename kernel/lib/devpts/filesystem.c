/* SPDX-License-Identifier: BSD-3-Clause */
/* The file system devpts: the slaves of pairs by their numbers, and ptmx (Linux,
 * Documentation/filesystems/devpts.rst). */
#include <uk/alloc.h>
#include <uk/credentials.h>
#include <uk/device.h>
#include <uk/errno.h>
#include <uk/init.h>
#include <uk/string.h>

#include "devpts.h"

#define ROOT_INO	  1
#define PTMX_INO	  2
#define FIRST_INO	  3
#define DEFAULT_MODE	  0600
#define DEFAULT_PTMX_MODE 0
#define NUMBER_SIZE	  12 /* of a number as text */
#define DOTS		  2

/* The name of a slave. */
struct slave {
	struct uk_vnode vnode;
	struct uk_tty *tty; /* NULL: the master has been closed */
};

static struct slave *slave_of(struct uk_vnode *vnode)
{
	return container_of(vnode, struct slave, vnode);
}

static int open_slave(struct uk_vnode *vnode, struct uk_file *file)
{
	struct slave *slave = slave_of(vnode);

	return slave->tty ? uk_tty_open(slave->tty, file, !(file->flags & O_NOCTTY)) : -EIO;
}

static const struct uk_vnode_operations root_operations;
static const struct uk_vnode_operations ptmx_operations = {.open = ptmx_open};
static const struct uk_vnode_operations slave_operations = {.open = open_slave};

static int list(struct uk_file *file, struct uk_listing *listing)
{
	const struct uk_dentry *child;

	if (!uk_listing_add_dots(file, listing))
		return 0;
	for (child = file->path.dentry->first_child; child; child = child->next) {
		s64 next = (s64)child->cookie + DOTS;

		if (next <= file->offset)
			continue;
		if (!uk_listing_add(listing, child->name, child->name_length, child->vnode->ino,
				    child->vnode->mode, next))
			break;
		file->offset = next;
	}
	return 0;
}

static const struct uk_file_operations directory_operations = {.list = list};

static struct uk_dentry *new_entry(struct devpts *devpts, const char *text)
{
	struct uk_name name = {text, (u32)strlen(text), 0};

	name.hash = uk_name_hash(text, name.length);
	return uk_dentry_new(devpts->superblock.root, &name);
}

int devpts_take_number(struct devpts *devpts)
{
	for (u32 number = 0; number < devpts->max; number++) {
		u64 *word = &devpts->used[number / 64];

		if (*word >> number % 64 & 1)
			continue;
		*word |= 1UL << number % 64;
		return (int)number;
	}
	return -ENOSPC;
}

void devpts_free_number(struct devpts *devpts, u32 number)
{
	devpts->used[number / 64] &= ~(1UL << number % 64);
}

struct uk_dentry *devpts_add(struct devpts *devpts, struct uk_tty *tty, u32 number)
{
	struct slave *slave = uk_zalloc(sizeof(*slave));
	struct uk_dentry *dentry;
	char text[NUMBER_SIZE];

	uk_snprintf(text, sizeof(text), "%u", number);
	dentry = slave ? new_entry(devpts, text) : NULL;
	if (!dentry) {
		uk_free(slave);
		return NULL;
	}
	uk_vnode_init(&slave->vnode, &devpts->superblock, &slave_operations, NULL,
		      number + FIRST_INO, S_IFCHR | devpts->mode);
	slave->vnode.rdev = tty->device;
	slave->vnode.uid = devpts->has_uid ? devpts->uid : uk_credentials_current()->fsuid;
	slave->vnode.gid = devpts->has_gid ? devpts->gid : uk_credentials_current()->fsgid;
	slave->tty = tty;
	uk_dentry_pin(dentry, &slave->vnode);
	return dentry;
}

void devpts_remove(struct uk_dentry *dentry)
{
	slave_of(dentry->vnode)->tty = NULL;
	dentry->vnode->nlink = 0;
	uk_dentry_delete(dentry);
}

static void free_vnode(struct uk_vnode *vnode)
{
	if (vnode->operations == &slave_operations)
		uk_free(slave_of(vnode));
}

static int show_options(struct uk_superblock *superblock, char *buffer, size_t size)
{
	const struct devpts *devpts = devpts_of(superblock);
	int length = 0;

	if (devpts->has_uid)
		length += uk_snprintf(buffer, size, ",uid=%u", devpts->uid);
	if (devpts->has_gid)
		length +=
			uk_snprintf(buffer + length, size - (size_t)length, ",gid=%u", devpts->gid);
	return length + uk_snprintf(buffer + length, size - (size_t)length,
				    ",mode=%03o,ptmxmode=%03o", devpts->mode, devpts->ptmx_mode);
}

static void release(struct uk_superblock *superblock)
{
	struct devpts *devpts = devpts_of(superblock);

	while (superblock->root->first_child)
		uk_dentry_delete(superblock->root->first_child);
	uk_dentry_put(superblock->root);
	uk_free(devpts);
}

static int get_status(struct uk_superblock *superblock, struct statfs *status)
{
	/* Not the block size that stat(2) shows. */
	status->f_bsize = status->f_frsize = UK_PAGE_SIZE;
	return 0;
}

static int parse_octal(const char *text, u32 *mode)
{
	for (*mode = 0; *text >= '0' && *text <= '7'; text++)
		*mode = *mode << 3 | (u32)(*text - '0');
	*mode &= S_IALLUGO;
	return *text && *text != ',' ? -EINVAL : 0;
}

static int parse_number(const char *text, u32 *value)
{
	u64 number = 0;

	if (uk_parse_u64(text, &text, &number) || (*text && *text != ','))
		return -EINVAL;
	*value = (u32)number;
	return 0;
}

static int parse_option(struct devpts *devpts, const char *text)
{
	static const char *const names[] = {"uid=", "gid=", "mode=", "ptmxmode=", "max="};
	unsigned int which = 0;

	if (strncmp(text, "newinstance", strlen("newinstance")) == 0)
		return 0;
	while (which < ARRAY_SIZE(names) && strncmp(text, names[which], strlen(names[which])) != 0)
		which++;
	if (which == ARRAY_SIZE(names))
		return -EINVAL;
	text += strlen(names[which]);
	switch (which) {
	case 0:
		devpts->has_uid = true;
		return parse_number(text, &devpts->uid);
	case 1:
		devpts->has_gid = true;
		return parse_number(text, &devpts->gid);
	case 2:
		return parse_octal(text, &devpts->mode);
	case 3:
		return parse_octal(text, &devpts->ptmx_mode);
	default:
		return parse_number(text, &devpts->max) || devpts->max > PAIRS_MAX ? -EINVAL : 0;
	}
}

static int parse_options(struct devpts *devpts, const char *data)
{
	int error = 0;

	while (*data && !error) {
		if (*data != ',')
			error = parse_option(devpts, data);
		while (*data && *data++ != ',')
			;
	}
	return error;
}

static int remount(struct uk_superblock *superblock, u32 flags, const char *data)
{
	struct devpts *devpts = devpts_of(superblock);
	int error = parse_options(devpts, data);

	devpts->ptmx.mode = S_IFCHR | devpts->ptmx_mode;
	return error;
}

static const struct uk_superblock_operations operations = {
	.free_vnode = free_vnode,
	.statfs = get_status,
	.remount = remount,
	.options = show_options,
	.release = release,
};

bool devpts_is(const struct uk_superblock *superblock)
{
	return superblock->operations == &operations;
}

static int fill(struct devpts *devpts)
{
	struct uk_superblock *superblock = &devpts->superblock;
	struct uk_dentry *ptmx;

	uk_vnode_init(&devpts->root, superblock, &root_operations, &directory_operations, ROOT_INO,
		      S_IFDIR | 0755);
	devpts->root.nlink = 2;
	superblock->root = uk_dentry_new_root(superblock, &devpts->root);
	if (!superblock->root)
		return -ENOMEM;
	ptmx = new_entry(devpts, "ptmx");
	if (!ptmx) {
		uk_dentry_put(superblock->root);
		return -ENOMEM;
	}
	uk_vnode_init(&devpts->ptmx, superblock, &ptmx_operations, NULL, PTMX_INO,
		      S_IFCHR | devpts->ptmx_mode);
	devpts->ptmx.rdev = uk_device_number(AUXILIARY_MAJOR, PTMX_MINOR);
	uk_dentry_pin(ptmx, &devpts->ptmx);
	uk_dentry_put(ptmx);
	return 0;
}

static int mount_devpts(const struct uk_filesystem_type *type, const char *source, u32 flags,
			const char *data, struct uk_superblock **superblock)
{
	struct devpts *devpts = uk_zalloc(sizeof(*devpts));
	int error;

	if (!devpts)
		return -ENOMEM;
	devpts->mode = DEFAULT_MODE;
	devpts->ptmx_mode = DEFAULT_PTMX_MODE;
	devpts->max = PAIRS_MAX;
	uk_superblock_init(&devpts->superblock, type, &operations, DEVPTS_SUPER_MAGIC);
	devpts->superblock.block_size = 1024;
	error = parse_options(devpts, data);
	if (!error)
		error = fill(devpts);
	if (error) {
		uk_free(devpts);
		return error;
	}
	*superblock = &devpts->superblock;
	return 0;
}

static int register_devpts(void)
{
	static struct uk_filesystem_type devpts = {.name = "devpts", .mount = mount_devpts};

	uk_filesystem_register(&devpts);
	return 0;
}
UK_INIT(UK_INIT_CLASS_PLAT, register_devpts);
