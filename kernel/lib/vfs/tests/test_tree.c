/* SPDX-License-Identifier: BSD-3-Clause */
/* Built with: vfs/permission.c vfs/vnode.c credentials/credentials.c vfs/dentry.c vfs/mount.c
 * vfs/mount_calls.c vfs/walk.c vfs/path_text.c vfs/file.c vfs/open.c vfs/names.c vfs/rename.c
 * vfs/attributes.c vfs/lock.c sched/wait_queue.c vfs/device.c ramfs/page_tree.c ramfs/contents.c
 * ramfs/file.c ramfs/space.c ramfs/directory.c ramfs/node.c ramfs/memfd.c pagealloc/pagealloc.c */
/*
 * Random names are created, moved and removed, with memory that runs out now and then. After each
 * step the tree must be consistent: listed names can be looked up, the path of a file is the one by
 * which it was found, link counts and sizes are right. At the end no memory is left allocated.
 */
#include <uk/paths.h>

#include "files.h"

#define STEPS 30000
#define ENTRY 20 /* how much a name adds to a directory's size */

static u64 state = 88172645463325252u;
static const char *const components[] = {"a", "b", "c", "dd", ".", "..", "link", "n"};

static u64 next(void)
{
	return check_random(&state);
}

/* One to four components; now and then a long one, or slashes. */
static void random_path(char *path)
{
	unsigned int count = 1 + next() % 4;

	*path = '\0';
	if (next() % 8 == 0)
		strcat(path, "/");
	for (unsigned int i = 0; i < count; i++) {
		if (i)
			strcat(path, next() % 8 ? "/" : "//");
		if (next() % 16 == 0)
			strcat(path, "a-name-that-does-not-fit-into-a-dentry");
		else
			strcat(path, components[next() % 8]);
	}
	if (next() % 16 == 0)
		strcat(path, "/");
}

static const struct uk_path *here(void)
{
	return &uk_paths_current()->current;
}

static void check_round_trip(struct uk_dentry *dentry)
{
	const struct uk_path place = {uk_mounts, dentry};
	struct uk_path found;
	char buffer[PATH_MAX];
	char *text =
		uk_path_text(&place, &uk_paths_current()->root, buffer, sizeof(buffer), NULL, NULL);

	if (!text)
		return; /* deeper than a path can express */
	CHECK(uk_path_lookup(here(), text, 0, &found) == 0);
	CHECK(found.dentry == dentry && found.mount == uk_mounts);
	uk_path_put(&found);
}

/* Checks everything below; returns the number of names. */
static unsigned int check_below(struct uk_dentry *directory)
{
	u32 directories = 0, names = 0;
	unsigned int sum = 0;
	u64 cookie = 0;

	for (struct uk_dentry *child = directory->first_child; child; child = child->next) {
		const struct uk_name name = {child->name, child->name_length,
					     uk_name_hash(child->name, child->name_length)};
		struct uk_dentry *found = uk_dentry_find(directory, &name);

		CHECK(found == child && child->parent == directory);
		uk_dentry_put(found);
		CHECK(child->flags & UK_DENTRY_PINNED && child->flags & UK_DENTRY_HASHED);
		CHECK(child->cookie > cookie);
		cookie = child->cookie;
		names++;
		check_round_trip(child);
		if (uk_vnode_is(child->vnode, S_IFDIR)) {
			directories++;
			sum += check_below(child);
		} else {
			CHECK(child->vnode->nlink > 0 && !child->first_child);
		}
	}
	CHECK(directory->vnode->nlink == 2 + directories);
	CHECK(directory->vnode->size == (u64)names * ENTRY);
	return sum + names;
}

static int make_file(const char *path)
{
	int error;
	struct uk_file *file = uk_vfs_open(
		here(), path, O_CREAT | O_RDWR | (next() % 2 ? O_EXCL : 0), 0644, 0, &error);

	if (!file)
		return error;
	CHECK(uk_file_write_kernel(file, "x", 1, 0) <= 1);
	uk_file_put(file);
	return 0;
}

static int make_link(const char *old, const char *new)
{
	struct uk_path path;
	int error = uk_path_lookup(here(), old, next() % 2 ? UK_LOOKUP_FOLLOW : 0, &path);

	if (error)
		return error;
	error = uk_vfs_link(&path, here(), new);
	uk_path_put(&path);
	return error;
}

static void move_here(const char *path)
{
	struct uk_path old = *here(), new;

	if (uk_path_lookup(here(), path, UK_LOOKUP_FOLLOW | UK_LOOKUP_DIRECTORY, &new))
		return;
	uk_paths_current()->current = new;
	uk_path_put(&old);
}

static int step(void)
{
	static struct uk_file *kept;
	char one[PATH_MAX], two[PATH_MAX];
	int error = 0;

	random_path(one);
	random_path(two);
	switch (next() % 12) {
	case 0:
	case 1:
		return uk_vfs_mkdir(here(), one, 0755);
	case 2:
		return make_file(one);
	case 3:
		return uk_vfs_unlink(here(), one);
	case 4:
		return uk_vfs_rmdir(here(), one);
	case 5:
	case 6:
		return uk_vfs_rename(here(), one, here(), two, next() % 3);
	case 7:
		return uk_vfs_symlink(two, here(), one);
	case 8:
		return make_link(one, two);
	case 9:
		move_here(next() % 4 ? one : "/");
		return 0;
	case 10:
		/* An open file outlives its names. */
		if (kept)
			uk_file_put(kept);
		kept = uk_vfs_open(here(), one, O_RDONLY, 0, 0, &error);
		return error;
	default:
		if (kept)
			uk_file_put(kept);
		kept = NULL;
		return uk_vfs_mknod(here(), one, S_IFIFO | 0600, 0);
	}
}

static bool is_expected(int error)
{
	switch (error) {
	case 0:
	case -ENOENT:
	case -EEXIST:
	case -ENOTDIR:
	case -EISDIR:
	case -ENOTEMPTY:
	case -ELOOP:
	case -EINVAL:
	case -EBUSY:
	case -EPERM:
	case -ENXIO:
	case -ENOMEM:
	case -ENOSPC:
	case -ENAMETOOLONG:
		return true;
	default:
		return false;
	}
}

static void remove_below(struct uk_dentry *directory, const char *path)
{
	char inner[PATH_MAX];

	while (directory->last_child) {
		struct uk_dentry *child = directory->last_child;

		snprintf(inner, sizeof(inner), "%s/%s", path, child->name);
		if (uk_vnode_is(child->vnode, S_IFDIR)) {
			remove_below(child, inner);
			CHECK(uk_vfs_rmdir(here(), inner) == 0);
		} else {
			CHECK(uk_vfs_unlink(here(), inner) == 0);
		}
	}
}

static void deepest_path(void)
{
	char path[PATH_MAX] = "";
	size_t pages = uk_page_statistics().free;

	while (strlen(path) < PATH_MAX - 3) {
		strcat(path, "/d");
		CHECK(uk_vfs_mkdir(here(), path, 0755) == 0);
	}
	check_below(uk_mounts->root);
	while (*path) {
		CHECK(uk_vfs_rmdir(here(), path) == 0);
		path[strlen(path) - 2] = '\0';
	}
	CHECK(uk_page_statistics().free == pages);
}

int main(void)
{
	unsigned int most = 0, worked = 0;
	int error;

	files_init();
	deepest_path();
	for (int i = 0; i < STEPS; i++) {
		unsigned int names;

		allocations_left = next() % 8 ? -1 : (long)(next() % 6);
		error = step();
		allocations_left = -1;
		CHECK(is_expected(error));
		worked += error == 0;
		names = check_below(uk_mounts->root);
		most = names > most ? names : most;
		if (names > 60) {
			move_here("/");
			remove_below(uk_mounts->root, "");
		}
	}
	/* Check that the steps did something. */
	CHECK(most > 20 && worked > STEPS / 10);
	move_here("/");
	remove_below(uk_mounts->root, "");
	while (step() != -EEXIST) /* until the kept file is closed */
		remove_below(uk_mounts->root, "");
	files_end();
	return 0;
}
