/* SPDX-License-Identifier: BSD-3-Clause */
/* The character devices of /dev (null(4), full(4), random(4)), and paths, of which there are no
 * others. */
#include <uk/alloc.h>
#include <uk/errno.h>
#include <uk/random.h>
#include <uk/string.h>
#include <uk/uaccess.h>

#include "vfs.h"

#define DEVICE_MODE (S_IFCHR | 0666)
#define RANDOM_PART 256 /* bytes made at a time */

static ssize_t read_end(struct uk_file *file, void __user *buffer, size_t length)
{
	return 0;
}

static ssize_t read_zeroes(struct uk_file *file, void __user *buffer, size_t length)
{
	size_t done = length - clear_user_partial(buffer, length);

	return done || !length ? (ssize_t)done : -EFAULT;
}

static ssize_t read_random(struct uk_file *file, void __user *buffer, size_t length)
{
	char part[RANDOM_PART];

	for (size_t done = 0; done < length; done += sizeof(part)) {
		size_t size = MIN(sizeof(part), length - done), missing;

		uk_random_bytes(part, size);
		missing = copy_to_user_partial((char *)buffer + done, part, size);
		if (missing) {
			done += size - missing;
			return done ? (ssize_t)done : -EFAULT;
		}
	}
	return (ssize_t)length;
}

static ssize_t write_discard(struct uk_file *file, const void __user *buffer, size_t length)
{
	return (ssize_t)length;
}

static ssize_t write_full(struct uk_file *file, const void __user *buffer, size_t length)
{
	return length ? -ENOSPC : 0;
}

static void device_status(struct uk_file *file, struct stat *status);
static const char *device_name(const struct uk_file *file);

static const struct device {
	char path[16];
	u8 minor; /* of major 1 (Linux, Documentation/admin-guide/devices.txt) */
	struct uk_file_operations operations;
} devices[] = {
	{"/dev/null", 3, {read_end, write_discard, NULL, NULL, device_status, device_name, true}},
	{"/dev/zero",
	 5,
	 {read_zeroes, write_discard, NULL, NULL, device_status, device_name, true}},
	{"/dev/full", 7, {read_zeroes, write_full, NULL, NULL, device_status, device_name, true}},
	{"/dev/random",
	 8,
	 {read_random, write_discard, NULL, NULL, device_status, device_name, true}},
	{"/dev/urandom",
	 9,
	 {read_random, write_discard, NULL, NULL, device_status, device_name, true}},
};

static const char streams[][16] = {"/dev/stdin", "/dev/stdout", "/dev/stderr"};

static void fill_status(const struct device *device, struct stat *status)
{
	status->st_mode = DEVICE_MODE;
	status->st_rdev = 1 << 8 | device->minor;
	status->st_ino = device->minor;
	status->st_nlink = 1;
	status->st_blksize = (s64)UK_PAGE_SIZE;
}

static void device_status(struct uk_file *file, struct stat *status)
{
	fill_status(&devices[file->number], status);
}

static const char *device_name(const struct uk_file *file)
{
	return devices[file->number].path;
}

static struct uk_file *open_device(unsigned int index, u32 flags, int *error)
{
	struct uk_file *file = uk_zalloc(sizeof(*file));

	if (!file) {
		*error = -ENOMEM;
		return NULL;
	}
	file->operations = &devices[index].operations;
	file->references = 1;
	file->flags = flags;
	file->number = index;
	return file;
}

struct uk_file *uk_file_open(const char *path, u32 flags, int *error)
{
	flags &= O_ACCMODE | O_APPEND | O_NONBLOCK;
	*error = -ENOENT;
	for (unsigned int i = 0; i < ARRAY_SIZE(devices); i++) {
		if (strcmp(path, devices[i].path) == 0)
			return open_device(i, flags, error);
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(streams); i++) {
		if (strcmp(path, streams[i]) == 0)
			return uk_fd_get((int)i);
	}
	if (strcmp(path, "/dev/tty") != 0)
		return NULL;
	*error = -ENOMEM;
	return console_file(0, flags);
}

int uk_path_status(const char *path, struct stat *status)
{
	if (strcmp(path, "/") == 0 || strcmp(path, "/dev") == 0) {
		status->st_mode = S_IFDIR | 0755;
		status->st_nlink = 2;
		status->st_ino = path[1] ? 2 : 1;
		status->st_blksize = (s64)UK_PAGE_SIZE;
		return 0;
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(devices); i++) {
		if (strcmp(path, devices[i].path) != 0)
			continue;
		fill_status(&devices[i], status);
		return 0;
	}
	return -ENOENT;
}
