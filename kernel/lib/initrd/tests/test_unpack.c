/* SPDX-License-Identifier: BSD-3-Clause */
/* Built with: initrd/cpio.c initrd/unpack.c vfs/permission.c vfs/vnode.c credentials/credentials.c
 * vfs/dentry.c vfs/mount.c vfs/mount_calls.c vfs/walk.c vfs/path_text.c vfs/file.c vfs/open.c
 * vfs/names.c vfs/rename.c vfs/attributes.c vfs/lock.c sched/wait_queue.c vfs/device.c
 * ramfs/page_tree.c ramfs/contents.c ramfs/file.c ramfs/space.c ramfs/directory.c ramfs/node.c
 * ramfs/memfd.c pagealloc/pagealloc.c */
/*
 * Archives whose bytes are changed at random, cut short, or assembled from pieces. Each is unpacked
 * or refused with a reason, nothing is read outside of it, and no memory leaks.
 */
#include <uk/initrd.h>
#include <uk/paths.h>

#include "files.h"

#define ROUNDS 20000

static u64 state = 88172645463325252u;
static char archive[16384];
static size_t length;

/* What the platform reads from, if it can. */
static const char *image;

bool ukplat_initrd_read(void *buffer, size_t size, size_t offset)
{
	if (image)
		memcpy(buffer, image + offset, size);
	return image;
}

static u64 next(void)
{
	return check_random(&state);
}

static void pad(void)
{
	while (length % 4)
		archive[length++] = '\0';
}

static void add(const char *name, u32 mode, u32 inode, u32 links, const char *data, size_t size)
{
	length += (size_t)sprintf(
		archive + length, "070701%08x%08x%08x%08x%08x%08x%08zx%08x%08x%08x%08x%08zx%08x",
		inode, mode, 1, 2, links, 1000, size, 8, 1, 1, 3, strlen(name) + 1, 0);
	memcpy(archive + length, name, strlen(name) + 1);
	length += strlen(name) + 1;
	pad();
	memcpy(archive + length, data, size);
	length += size;
	pad();
}

static void make(void)
{
	length = 0;
	add(".", S_IFDIR | 0755, 1, 2, "", 0);
	add("folder", S_IFDIR | 0700, 2, 2, "", 0);
	add("folder/file", S_IFREG | 0644, 3, 1, "contents", 8);
	add("folder/link", S_IFLNK | 0777, 4, 1, "file", 4);
	add("one", S_IFREG | 0644, 5, 2, "", 0);
	add("folder/two", S_IFREG | 0644, 5, 2, "shared", 6);
	add("device", S_IFCHR | 0600, 6, 1, "", 0);
	add("fifo", S_IFIFO | 0600, 7, 1, "", 0);
	add("a/b/c/d", S_IFREG | 0600, 8, 1, "deep", 4);
	add("folder/file", S_IFREG | 0600, 9, 1, "later", 5);
	add("TRAILER!!!", 0, 0, 1, "", 0);
}

/* Memory of exactly this size, so that the sanitizer detects reads past the end. */
static const char *unpack(size_t size, long allocations)
{
	char entry[UK_INITRD_ENTRY_SIZE], *copy = malloc(size ? size : 1);
	const char *problem;

	memcpy(copy, archive, size);
	files_init();
	image = next() % 2 ? copy : NULL;
	allocations_left = allocations;
	problem = uk_initrd_unpack(copy, size, entry);
	allocations_left = -1;
	image = NULL;
	CHECK(strlen(entry) < sizeof(entry));
	CHECK(problem || !*entry);
	/* The memory that files borrow stays until they are gone. */
	files_end();
	free(copy);
	return problem;
}

static void change(void)
{
	static const char digits[] = "0123456789abcdefABCDEF";
	size_t at = next() % length;

	switch (next() % 4) {
	case 0:
		archive[at] = (char)next();
		break;
	case 1:
		archive[at] = digits[next() % 22];
		break;
	case 2:
		archive[at] = "/.\0x"[next() % 4];
		break;
	default:
		memcpy(archive + at, "ffffffff", MIN(8UL, length - at));
	}
}

static void check_good(void)
{
	struct uk_path path;
	char text[10] = "", entry[UK_INITRD_ENTRY_SIZE];
	struct uk_file *file;
	int error;

	make();
	files_init();
	CHECK(!uk_initrd_unpack(archive, length, entry));
	file = uk_vfs_open(&uk_paths_current()->root, "/folder/link", O_RDONLY, 0, 0, &error);
	CHECK(file && uk_file_read_kernel(file, text, 10, 0) == 5 && strcmp(text, "later") == 0);
	CHECK(file->vnode->mode == (S_IFREG | 0600) && file->vnode->mtime == 1000L * 1000000000);
	uk_file_put(file);
	CHECK(uk_path_lookup(&uk_paths_current()->root, "one", 0, &path) == 0);
	CHECK(path.dentry->vnode->nlink == 2 && path.dentry->vnode->size == 6);
	uk_path_put(&path);
	CHECK(uk_path_lookup(&uk_paths_current()->root, "folder", 0, &path) == 0);
	CHECK(path.dentry->vnode->mtime == 1000L * 1000000000);
	uk_path_put(&path);
	files_end();
}

static u64 ino_of(const char *name)
{
	struct uk_path path;
	u64 ino;

	if (uk_path_lookup(&uk_paths_current()->root, name, 0, &path))
		return 0;
	ino = path.dentry->vnode->ino;
	uk_path_put(&path);
	return ino;
}

/* Entries follow paths as they are at that moment: a link that is replaced leads elsewhere, and a
 * directory that a file replaces cannot be entered. */
static void check_replaced(void)
{
	char entry[UK_INITRD_ENTRY_SIZE];
	struct uk_path path;

	length = 0;
	add("one", S_IFDIR | 0755, 1, 2, "", 0);
	add("two", S_IFDIR | 0755, 2, 2, "", 0);
	add("link", S_IFLNK | 0777, 3, 1, "one", 3);
	add("link/first", S_IFREG | 0644, 4, 1, "1", 1);
	add("link", S_IFLNK | 0777, 3, 1, "two", 3);
	add("link/second", S_IFREG | 0644, 5, 1, "2", 1);
	/* The second link's target leads through what is replaced by way of it. */
	add("one/way", S_IFDIR | 0755, 6, 2, "", 0);
	add("two/way", S_IFDIR | 0755, 7, 2, "", 0);
	add("deep", S_IFLNK | 0777, 8, 1, "one/way/..", 10);
	add("deep/third", S_IFREG | 0644, 9, 1, "3", 1);
	add("deep/way", S_IFLNK | 0777, 10, 1, "../two/way", 10);
	add("deep/fourth", S_IFREG | 0644, 11, 1, "4", 1);
	add("two//.", S_IFDIR | 0711, 12, 2, "", 0);
	add("TRAILER!!!", 0, 0, 1, "", 0);
	files_init();
	CHECK(!uk_initrd_unpack(archive, length, entry));
	CHECK(ino_of("one/first") && !ino_of("two/first"));
	CHECK(ino_of("two/second") && !ino_of("one/second"));
	CHECK(ino_of("one/third") && !ino_of("two/third"));
	CHECK(ino_of("two/fourth") && !ino_of("one/fourth"));
	CHECK(uk_path_lookup(&uk_paths_current()->root, "two", 0, &path) == 0);
	CHECK(path.dentry->vnode->mode == (S_IFDIR | 0711));
	uk_path_put(&path);
	files_end();
}

/* Every byte in each digit of a field: digits of both cases count, all else is refused. */
static void check_digits(void)
{
	static const char digits[] = "0123456789abcdefABCDEF";
	char entry[UK_INITRD_ENTRY_SIZE];

	for (int at = 0; at < 8; at++) {
		for (int byte = 0; byte < 256; byte++) {
			const char *digit = byte ? strchr(digits, byte) : NULL;
			int value = digit ? (int)(digit - digits) : 0;
			struct uk_path path;
			const char *problem;

			length = 0;
			add("file", S_IFREG | 0644, 1, 1, "", 0);
			add("TRAILER!!!", 0, 0, 1, "", 0);
			archive[6 + 2 * 8 + at] = (char)byte; /* the owner, otherwise 1 */
			files_init();
			problem = uk_initrd_unpack(archive, length, entry);
			CHECK(!problem == !!digit);
			if (digit) {
				u32 expected = (u32)(value > 15 ? value - 6 : value)
					       << 4 * (7 - at);

				CHECK(!uk_path_lookup(&uk_paths_current()->root, "file", 0, &path));
				CHECK(path.dentry->vnode->uid ==
				      (at < 7 ? expected | 1 : expected));
				uk_path_put(&path);
			}
			files_end();
		}
	}
}

int main(void)
{
	unsigned int good = 0, bad = 0;

	check_digits();
	check_replaced();
	check_good();
	for (size_t size = 0; size < length; size++) {
		const char *problem = unpack(size, -1);

		CHECK(problem || size == 0);
	}
	for (int i = 0; i < ROUNDS; i++) {
		const char *problem;

		make();
		for (u64 changes = 1 + next() % 4; changes; changes--)
			change();
		problem = unpack(length, next() % 4 ? -1 : (long)(next() % 80));
		good += !problem;
		bad += problem != NULL;
	}
	/* Both outcomes occur. */
	CHECK(good > ROUNDS / 20 && bad > ROUNDS / 20);
	return 0;
}
