/* SPDX-License-Identifier: BSD-3-Clause */
/* The environment of the VFS and ramfs in a hosted test: the host's heap, in which every leak is
 * detected, a clock that counts, and a root file system. Included once, by the test. */
#ifndef TESTS_FILES_H
#define TESTS_FILES_H

#include "check.h"
#include "heap.h"
#include "process.h"

#include <uk/errno.h>
#include <uk/ramfs.h>
#include <uk/string.h>
#include <uk/uaccess.h>
#include <uk/vfs.h>

CHECK_DEFINE_PANIC

#define MEMORY_SIZE (64UL << 20)

size_t copy_to_buffer(void *buffer, const void *source, size_t size)
{
	memcpy(buffer, source, size);
	return 0;
}

size_t copy_from_buffer(void *destination, const void *buffer, size_t size)
{
	memcpy(destination, buffer, size);
	return 0;
}

size_t clear_buffer(void *buffer, size_t size)
{
	memset(buffer, 0, size);
	return 0;
}

s64 uk_vnode_now(void)
{
	static s64 now;

	return ++now;
}

int uk_snprintf(char *buffer, size_t size, const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(buffer, size, format, arguments);
	va_end(arguments);
	return length;
}

int uk_parse_u64(const char *text, const char **end, u64 *value)
{
	char *stop;

	*value = strtoull(text, &stop, 0);
	*end = stop;
	return stop == text ? -EINVAL : 0;
}

static int mount_test_root(const struct uk_filesystem_type *type, const char *source, u32 flags,
			   const char *data, struct uk_superblock **superblock)
{
	return uk_ramfs_new(type, RAMFS_MAGIC, false, data, superblock);
}

/* Sets up memory for files, and a root. May be called again after files_end(). */
static inline void files_init(void)
{
	static struct uk_filesystem_type type = {.name = "ramfs", .mount = mount_test_root};
	static char *memory;

	if (!memory) {
		memory = aligned_alloc(UK_PAGE_SIZE, MEMORY_SIZE);
		CHECK(memory);
		uk_page_add_range((uk_paddr_t)memory, (uk_paddr_t)memory + MEMORY_SIZE);
		uk_filesystem_register(&type);
	}
	CHECK(uk_mount_root("ramfs", "") == 0);
}

/* Frees all of it: anything left afterwards is a leak. */
static inline void files_end(void)
{
	struct uk_mount *root = uk_mounts;

	uk_path_put(&uk_paths_current()->current);
	uk_path_put(&uk_paths_current()->root);
	CHECK(root->references == 1 && !root->next);
	uk_mounts = NULL;
	uk_mount_put(root);
}

#endif
