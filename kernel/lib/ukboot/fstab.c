/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * vfs.fstab=: "SOURCE:TARGET:TYPE[:FLAGS[:OPTIONS[:OWN]]]", as in Unikraft. FLAGS is a number of
 * MS_* bits, OPTIONS is mount(2)'s data, OWN is "mkmp" (create the mountpoint) or empty.
 */
#include <uk/errno.h>
#include <uk/leave.h>
#include <uk/paths.h>
#include <uk/plat.h>
#include <uk/print.h>
#include <uk/process.h>
#include <uk/string.h>
#include <uk/vfs.h>

#include "boot.h"

#define FIELDS 6
enum { SOURCE, TARGET, TYPE, FLAGS, OPTIONS, OWN };

static void refuse(const char *entry, const char *reason) __noreturn;
static void refuse(const char *entry, const char *reason)
{
	uk_pr_err("vfs.fstab: %.256s: %s\n", entry, reason);
	uk_machine_exit(UK_STATUS_KERNEL, 0);
}

static void refuse_error(const char *entry, int error) __noreturn;
static void refuse_error(const char *entry, int error)
{
	static const struct {
		int error;
		const char *reason;
	} reasons[] = {
		{-ENODEV, "this kernel does not have that file system type"},
		{-ENOENT, "no shared directory has this tag"},
		{-EBUSY, "the shared directory is already mounted"},
		{-EINVAL, "wrong options"},
		{-EIO, "its server does not speak 9P"},
		{-ENOMEM, "no memory"},
		{-EPROTONOSUPPORT, "the server does not speak 9P2000.L"},
	};
	char text[64];

	for (unsigned int i = 0; i < ARRAY_SIZE(reasons); i++) {
		if (reasons[i].error == error)
			refuse(entry, reasons[i].reason);
	}
	uk_snprintf(text, sizeof(text), "cannot mount it: error %d", -error);
	refuse(entry, text);
}

/* Splits an entry into fields, in a copy; missing fields are "". */
static void split(const char *entry, char *copy, size_t size, char *fields[FIELDS])
{
	unsigned int count = 0;

	if (strlen(entry) >= size)
		refuse(entry, "too long");
	memcpy(copy, entry, strlen(entry) + 1);
	for (; copy; count++) {
		if (count == FIELDS)
			refuse(entry, "too many fields");
		fields[count] = copy;
		copy = strchr(copy, ':');
		if (copy)
			*copy++ = '\0';
	}
	if (count <= TYPE)
		refuse(entry, "write SOURCE:TARGET:TYPE");
	while (count < FIELDS)
		fields[count++] = "";
}

/* Creates a directory if the name does not exist; in the first root a real one. */
static void make_folder(const char *path)
{
	struct uk_dentry *dentry;
	struct uk_path parent;
	struct uk_last last;
	int error;

	if (uk_path_lookup_parent(&uk_paths_current()->root, path, 0, &parent, &last))
		return;
	if (parent.mount == uk_mounts) {
		uk_vfs_mkdir(&uk_paths_current()->root, path, 0755);
	} else if (last.kind == UK_LAST_NAME) {
		error = uk_path_lookup_one(&parent, &last.name, false, &dentry);
		if (error == -ENOENT)
			error = root_add_mountpoint(&parent, &last.name, 0755, &dentry);
		if (!error)
			uk_dentry_put(dentry);
	}
	uk_path_put(&parent);
}

static void make_folders(char *path)
{
	for (char *slash = path; slash;) {
		slash = strchr(slash + 1, '/');
		if (slash)
			*slash = '\0';
		make_folder(path);
		if (slash)
			*slash = '/';
	}
}

/* Moves the program's root to what was just mounted on it. */
static void enter_root(void)
{
	struct uk_paths *paths = uk_paths_current();
	struct uk_mount *mount = uk_mount_at(paths->root.mount, paths->root.dentry);

	uk_path_put(&paths->root);
	uk_path_put(&paths->current);
	paths->root = paths->current = (struct uk_path){mount, mount->root};
	uk_path_get(&paths->root);
	uk_path_get(&paths->current);
}

static void mount_entry(const char *entry, char *const fields[FIELDS], u32 flags)
{
	struct uk_path target;
	int error;

	if (strcmp(fields[OWN], "mkmp") == 0)
		make_folders(fields[TARGET]);
	else if (*fields[OWN])
		refuse(entry, "the sixth field must be mkmp or empty");
	if (uk_path_lookup(&uk_paths_current()->root, fields[TARGET],
			   UK_LOOKUP_FOLLOW | UK_LOOKUP_DIRECTORY, &target))
		refuse(entry, "the target is not a directory; the sixth field mkmp creates it");
	error = uk_mount_new(fields[TYPE], fields[SOURCE], &target, flags, fields[OPTIONS]);
	uk_path_put(&target);
	if (error)
		refuse_error(entry, error);
}

void fstab_mount(const struct parameters *parameters, bool is_root, bool has_initrd)
{
	char copy[1024], *fields[FIELDS];

	for (unsigned int i = 0; i < parameters->fstab_count; i++) {
		const char *entry = parameters->fstab[i];
		u64 flags = 0;
		const char *end;

		split(entry, copy, sizeof(copy), fields);
		end = fields[FLAGS];
		if (*end && (uk_parse_u64(end, &end, &flags) || *end || flags > UINT32_MAX))
			refuse(entry, "the flags are not a number");
		if ((strcmp(fields[TARGET], "/") == 0) != is_root)
			continue;
		/* The loader unpacks the initial ramdisk. */
		if (is_root && strcmp(fields[TYPE], "extract") == 0)
			continue;
		if (is_root && has_initrd)
			refuse(entry, "the initial ramdisk is already the root");
		mount_entry(entry, fields, (u32)flags);
		if (is_root)
			enter_root();
	}
}
