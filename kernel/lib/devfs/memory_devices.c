/* SPDX-License-Identifier: BSD-3-Clause */
/* The devices of major 1 (Linux, Documentation/admin-guide/devices.txt): null(4), full(4),
 * random(4). */
#include <uk/device.h>
#include <uk/errno.h>
#include <uk/init.h>
#include <uk/random.h>
#include <uk/uaccess.h>

#define MEMORY_MAJOR 1
#define RANDOM_PART  256 /* bytes generated at a time */

static ssize_t read_end(struct uk_file *file, void *buffer, size_t length, s64 offset)
{
	return 0;
}

static ssize_t read_zeroes(struct uk_file *file, void *buffer, size_t length, s64 offset)
{
	size_t done = length - clear_buffer(buffer, length);

	return done || !length ? (ssize_t)done : -EFAULT;
}

static ssize_t read_random(struct uk_file *file, void *buffer, size_t length, s64 offset)
{
	char part[RANDOM_PART];

	for (size_t done = 0; done < length; done += sizeof(part)) {
		size_t size = MIN(sizeof(part), length - done), missing;

		uk_random_bytes(part, size);
		missing = copy_to_buffer((char *)buffer + done, part, size);
		if (missing) {
			done += size - missing;
			return done ? (ssize_t)done : -EFAULT;
		}
	}
	return (ssize_t)length;
}

static ssize_t write_discard(struct uk_file *file, const void *buffer, size_t length, s64 offset)
{
	return (ssize_t)length;
}

static ssize_t write_full(struct uk_file *file, const void *buffer, size_t length, s64 offset)
{
	return length ? -ENOSPC : 0;
}

/* As Linux's null_lseek(). */
static s64 seek_nowhere(struct uk_file *file, s64 offset, int whence)
{
	return 0;
}

static const struct uk_file_operations null_operations = {
	.read = read_end, .write = write_discard, .seek = seek_nowhere};
static const struct uk_file_operations zero_operations = {
	.read = read_zeroes, .write = write_discard, .seek = seek_nowhere};
static const struct uk_file_operations full_operations = {
	.read = read_zeroes, .write = write_full, .seek = seek_nowhere};
static const struct uk_file_operations random_operations = {
	.read = read_random, .write = write_discard, .seek = seek_nowhere};

static struct uk_device devices[] = {
	{.name = "null", .number = 3, .operations = &null_operations},
	{.name = "zero", .number = 5, .operations = &zero_operations},
	{.name = "full", .number = 7, .operations = &full_operations},
	{.name = "random", .number = 8, .operations = &random_operations},
	{.name = "urandom", .number = 9, .operations = &random_operations},
};

static int register_devices(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(devices); i++) {
		devices[i].number = uk_device_number(MEMORY_MAJOR, (u32)devices[i].number);
		devices[i].mode = 0666;
		uk_device_register(&devices[i]);
	}
	return 0;
}
UK_INIT(UK_INIT_CLASS_PLAT, register_devices);
