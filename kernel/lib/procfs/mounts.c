/* SPDX-License-Identifier: BSD-3-Clause */
/* mounts and mountinfo: fstab(5), proc_pid_mountinfo(5). */
#include <uk/alloc.h>
#include <uk/paths.h>
#include <uk/string.h>

#include "procfs.h"

#define SPECIAL	     " \t\n\\#" /* fs/proc_namespace.c: mangle() */
#define OPTIONS_SIZE 256

static const struct {
	u32 flag;
	const char *name;
} options[] = {
	{MS_NOSUID, ",nosuid"},	  {MS_NODEV, ",nodev"},		  {MS_NOEXEC, ",noexec"},
	{MS_NOATIME, ",noatime"}, {MS_NODIRATIME, ",nodiratime"}, {MS_NOSYMFOLLOW, ",nosymfollow"},
};

static void put_mount_options(struct text *text, const struct uk_mount *mount, bool read_only)
{
	text_print(text, "%s", read_only ? "ro" : "rw");
	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		if (mount->flags & options[i].flag)
			text_print(text, "%s", options[i].name);
	}
	/* mount(2): the default. */
	if (!(mount->flags & (MS_NOATIME | MS_STRICTATIME)))
		text_print(text, ",relatime");
}

static void put_superblock_options(struct text *text, struct uk_superblock *superblock)
{
	char more[OPTIONS_SIZE] = "";

	if (superblock->operations->options)
		superblock->operations->options(superblock, more, sizeof(more));
	text_put_escaped(text, more, SPECIAL);
}

static void put_source(struct text *text, const struct uk_mount *mount)
{
	text_put_escaped(text, *mount->source ? mount->source : "none", SPECIAL);
}

/* Writes where a mount is visible; false if it is not visible below the root, or its path is too
 * long. */
static bool put_target(struct text *text, struct uk_mount *mount, const struct uk_path *root,
		       char *memory)
{
	const struct uk_path path = {mount, mount->root};
	bool reachable;
	char *target = uk_path_text(&path, root, memory, PATH_MAX, &reachable, NULL);

	if (!target || !reachable)
		return false;
	text_put_escaped(text, target, SPECIAL);
	return true;
}

/* Writes the mount's root within its own file system. */
static void put_root(struct text *text, const struct uk_dentry *dentry)
{
	if (dentry->parent == dentry) {
		text_put(text, "/", 1);
		return;
	}
	if (dentry->parent->parent != dentry->parent)
		put_root(text, dentry->parent);
	text_put(text, "/", 1);
	text_put_escaped(text, dentry->name, SPECIAL);
}

static bool put_mount(struct text *text, struct uk_mount *mount, const struct uk_path *root,
		      char *memory)
{
	struct uk_superblock *superblock = mount->superblock;

	put_source(text, mount);
	text_put(text, " ", 1);
	if (!put_target(text, mount, root, memory))
		return false;
	text_print(text, " %s ", superblock->type->name);
	put_mount_options(text, mount, uk_mount_check_write(mount));
	put_superblock_options(text, superblock);
	text_print(text, " 0 0\n");
	return true;
}

static bool put_information(struct text *text, struct uk_mount *mount, const struct uk_path *root,
			    char *memory)
{
	struct uk_superblock *superblock = mount->superblock;

	/* The root's parent is not visible; Linux then prints a number that no other line has. */
	text_print(text, "%u %u %u:%u ", mount->id, mount->parent ? mount->parent->id : 0,
		   (u32)(superblock->device >> 8 & 0xfff), (u32)(superblock->device & 0xff));
	put_root(text, mount->root);
	text_put(text, " ", 1);
	if (!put_target(text, mount, root, memory))
		return false;
	text_put(text, " ", 1);
	put_mount_options(text, mount, mount->flags & MS_RDONLY);
	text_print(text, " - %s ", superblock->type->name);
	put_source(text, mount);
	text_print(text, " %s", superblock->read_only ? "ro" : "rw");
	put_superblock_options(text, superblock);
	text_print(text, "\n");
	return true;
}

static u64 put_all(struct text *text, const struct uk_paths *paths,
		   bool (*put)(struct text *text, struct uk_mount *mount,
			       const struct uk_path *root, char *memory))
{
	char *memory = uk_malloc(PATH_MAX);

	text->failed |= !memory;
	/* A zombie has no paths. */
	for (struct uk_mount *mount = uk_mounts; paths && mount && memory; mount = mount->next) {
		size_t length = text->length;

		if (!put(text, mount, &paths->root, memory))
			text->length = length;
	}
	uk_free(memory);
	return 0;
}

SHOW(show_mounts)
{
	return put_all(text, thread->process->paths, put_mount);
}

SHOW(show_mountinfo)
{
	return put_all(text, thread->process->paths, put_information);
}
