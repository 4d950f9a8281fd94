/* SPDX-License-Identifier: BSD-3-Clause */
/* Built with: vfs/permission.c vfs/vnode.c credentials/credentials.c vfs/dentry.c vfs/mount.c
 * vfs/mount_calls.c vfs/walk.c vfs/path_text.c vfs/file.c vfs/open.c vfs/names.c vfs/rename.c
 * vfs/attributes.c vfs/lock.c sched/wait_queue.c vfs/device.c ramfs/page_tree.c ramfs/contents.c
 * ramfs/file.c ramfs/space.c ramfs/directory.c ramfs/node.c ramfs/memfd.c pagealloc/pagealloc.c */
/*
 * Keeps a copy of a file in a plain array and changes both by random writes, truncations and holes.
 * Contents, sizes and holes must agree, and mapped pages with them.
 */
#include <uk/paths.h>

#include "files.h"

#define STEPS	  6000
#define FILE_SIZE (80 * UK_PAGE_SIZE)
#define LAST_PAGE (FILE_SIZE / UK_PAGE_SIZE)

static u64 state = 0x9e3779b97f4a7c15u;
static unsigned char model[FILE_SIZE], part[FILE_SIZE];
static size_t model_size;
static bool model_filled[LAST_PAGE]; /* pages that are not holes */
static char *archive;		     /* what the file borrows */

/* Pages mapped as by mmap(2): the frame with its reference, or 0. */
static uk_paddr_t mapped[LAST_PAGE];

static u64 next(void)
{
	return check_random(&state);
}

static void unmap(struct uk_vnode *vnode, u64 first, u64 end)
{
	for (u64 i = first; i < MIN(end, LAST_PAGE); i++) {
		if (mapped[i])
			uk_page_put(mapped[i]);
		mapped[i] = 0;
	}
}

static void mark(size_t start, size_t end, bool filled)
{
	for (size_t i = start / UK_PAGE_SIZE; i * UK_PAGE_SIZE < end; i++)
		model_filled[i] = filled;
}

static void write_part(struct uk_file *file, size_t offset, size_t length)
{
	for (size_t i = 0; i < length; i++)
		part[i] = (unsigned char)next();
	CHECK(uk_file_write_kernel(file, part, length, (s64)offset) == (ssize_t)length);
	memcpy(model + offset, part, length);
	if (length)
		mark(offset, offset + length, true);
	if (length && offset + length > model_size)
		model_size = offset + length;
}

static void truncate_to(struct uk_file *file, size_t size)
{
	CHECK(uk_vnode_truncate(file->vnode, (s64)size) == 0);
	if (size < model_size) {
		memset(model + size, 0, model_size - size);
		mark(ALIGN_UP(size, UK_PAGE_SIZE), FILE_SIZE, false);
	}
	model_size = size;
}

static void punch(struct uk_file *file, size_t offset, size_t length)
{
	size_t first = ALIGN_UP(offset, UK_PAGE_SIZE),
	       end = ALIGN_DOWN(offset + length, UK_PAGE_SIZE);

	CHECK(file->vnode->operations->allocate(file->vnode,
						FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
						(s64)offset, (s64)length) == 0);
	memset(model + offset, 0, length);
	if (first < end)
		mark(first, end, false);
}

static void allocate(struct uk_file *file, size_t offset, size_t length)
{
	CHECK(file->vnode->operations->allocate(file->vnode, 0, (s64)offset, (s64)length) == 0);
	mark(offset, offset + length, true);
	if (offset + length > model_size)
		model_size = offset + length;
}

/* Maps a page, and writes through the mapping if that is allowed. */
static void map(struct uk_file *file, u64 index)
{
	bool for_write = next() % 2;
	uk_paddr_t frame;
	int error = file->vnode->operations->page(file->vnode, index, for_write, &frame);
	size_t offset = index * UK_PAGE_SIZE, end = MIN(model_size, offset + UK_PAGE_SIZE);

	if (offset >= model_size) {
		CHECK(error == -ENXIO);
		return;
	}
	CHECK(error == 0);
	if (mapped[index])
		uk_page_put(mapped[index]);
	mapped[index] = frame;
	file->vnode->mappings = (struct vma_node *)mapped;
	model_filled[index] = true;
	if (for_write && offset < end) {
		size_t at = offset + next() % (end - offset);

		model[at] = (unsigned char)next();
		((unsigned char *)uk_page_address(frame))[at - offset] = model[at];
	}
}

static void check_contents(struct uk_file *file)
{
	size_t offset = model_size ? next() % model_size : 0;
	u64 blocks = 0;

	memset(part, 0xee, sizeof(part));
	CHECK(file->vnode->size == model_size);
	CHECK(uk_file_read_kernel(file, part, sizeof(part), 0) == (ssize_t)model_size);
	CHECK(memcmp(part, model, model_size) == 0);
	CHECK(uk_file_read_kernel(file, part, sizeof(part), (s64)offset) ==
	      (ssize_t)(model_size - offset));
	CHECK(memcmp(part, model + offset, model_size - offset) == 0);
	for (u64 i = 0; i < LAST_PAGE; i++) {
		blocks += model_filled[i];
		if (!mapped[i])
			continue;
		/* Mapped pages show what read(2) returns, and zeroes past the end. */
		CHECK(memcmp(uk_page_address(mapped[i]), model + i * UK_PAGE_SIZE, UK_PAGE_SIZE) ==
		      0);
	}
	CHECK(file->vnode->blocks == blocks * (UK_PAGE_SIZE / 512));
}

static void check_holes(struct uk_file *file)
{
	size_t offset = model_size ? next() % model_size : 0, data, hole;
	s64 found;

	if (!model_size)
		return;
	for (data = offset; data < model_size && !model_filled[data / UK_PAGE_SIZE];)
		data = ALIGN_DOWN(data, UK_PAGE_SIZE) + UK_PAGE_SIZE;
	for (hole = offset; hole < model_size && model_filled[hole / UK_PAGE_SIZE];)
		hole = ALIGN_DOWN(hole, UK_PAGE_SIZE) + UK_PAGE_SIZE;
	found = uk_file_seek(file, (s64)offset, SEEK_DATA);
	CHECK(found == (data < model_size ? (s64)data : -ENXIO));
	found = uk_file_seek(file, (s64)offset, SEEK_HOLE);
	CHECK(found == (s64)MIN(hole, model_size));
}

static void step(struct uk_file *file)
{
	size_t offset = next() % (FILE_SIZE - 1), length = next() % (FILE_SIZE - offset);

	/* Mostly small sizes, often at the edges of pages. */
	if (next() % 4)
		length %= 3 * UK_PAGE_SIZE;
	if (next() % 4 == 0)
		offset = ALIGN_DOWN(offset, UK_PAGE_SIZE);
	if (next() % 4 == 0 && offset + length + UK_PAGE_SIZE < FILE_SIZE)
		length = ALIGN_UP(length, UK_PAGE_SIZE);
	length = MAX(length, 1UL);
	switch (next() % 8) {
	case 0:
		truncate_to(file, offset);
		break;
	case 1:
		punch(file, offset, length);
		break;
	case 2:
		allocate(file, offset, length);
		break;
	case 3:
	case 4:
		map(file, next() % LAST_PAGE);
		break;
	default:
		write_part(file, offset, length);
	}
}

/* The file starts out like one from an archive. */
static struct uk_file *borrowing_file(size_t displacement)
{
	struct uk_file *file;
	size_t size = 20 * UK_PAGE_SIZE + 77;
	int error;

	file = uk_vfs_open(&uk_paths_current()->current, "file", O_CREAT | O_RDWR | O_EXCL, 0600, 0,
			   &error);
	CHECK(file);
	for (size_t i = 0; i < size; i++)
		model[i] = (unsigned char)(archive[displacement + i] = (char)next());
	model_size = size;
	mark(0, size, true);
	uk_ramfs_borrow(file->vnode, archive + displacement, size);
	return file;
}

static void random_changes(size_t displacement)
{
	size_t pages_free = uk_page_statistics().free;
	struct uk_file *file = borrowing_file(displacement);
	char *copy = malloc(30 * UK_PAGE_SIZE);

	memcpy(copy, archive, 30 * UK_PAGE_SIZE);
	for (int i = 0; i < STEPS; i++) {
		step(file);
		check_contents(file);
		check_holes(file);
	}
	/* The borrowed bytes are unchanged. */
	CHECK(memcmp(copy, archive, 30 * UK_PAGE_SIZE) == 0);
	truncate_to(file, 0);
	check_contents(file);
	CHECK(uk_vfs_unlink(&uk_paths_current()->current, "file") == 0);
	uk_file_put(file);
	CHECK(uk_page_statistics().free == pages_free);
	free(copy);
}

static void far_offsets(void)
{
	static const s64 offsets[] = {0, 4096, 1L << 18, 1L << 24, 1L << 40, INT64_MAX - 1};
	struct uk_file *file;
	size_t pages_free = uk_page_statistics().free;
	char byte = 0;
	int error;

	file = uk_vfs_open(&uk_paths_current()->current, "far", O_CREAT | O_RDWR, 0600, 0, &error);
	for (unsigned int i = 0; i < ARRAY_SIZE(offsets); i++)
		CHECK(uk_file_write_kernel(file, "f", 1, offsets[i]) == 1);
	CHECK(file->vnode->size == INT64_MAX);
	for (unsigned int i = 0; i < ARRAY_SIZE(offsets); i++) {
		CHECK(uk_file_read_kernel(file, &byte, 1, offsets[i]) == 1 && byte == 'f');
		CHECK(uk_file_seek(file, ALIGN_DOWN(offsets[i], 4096L), SEEK_DATA) ==
		      ALIGN_DOWN(offsets[i], 4096L));
	}
	CHECK(uk_file_seek(file, 1L << 41, SEEK_DATA) == ALIGN_DOWN(INT64_MAX - 1, 4096L));
	CHECK(uk_file_write_kernel(file, "f", 1, INT64_MAX) < 0);
	CHECK(file->vnode->operations->allocate(file->vnode, 0, 0, 1L << 50) == -ENOSPC);
	CHECK(uk_vnode_truncate(file->vnode, (1L << 24) + 1) == 0);
	CHECK(uk_file_seek(file, 1L << 20, SEEK_DATA) == 1L << 24);
	CHECK(uk_vfs_unlink(&uk_paths_current()->current, "far") == 0);
	uk_file_put(file);
	CHECK(uk_page_statistics().free == pages_free);
}

/* A file system of 16 pages. */
static void limits(void)
{
	struct uk_superblock *superblock;
	struct uk_name name = {"x", 1, uk_name_hash("x", 1)};
	struct uk_dentry *dentry;
	struct uk_path path;
	struct uk_file *file;
	int error;

	CHECK(uk_ramfs_new(NULL, TMPFS_MAGIC, true, "size=nonsense", &superblock) == -EINVAL);
	CHECK(uk_ramfs_new(NULL, TMPFS_MAGIC, true, "mode=99", &superblock) == -EINVAL);
	CHECK(uk_ramfs_new(NULL, TMPFS_MAGIC, true, "size=64k,nr_inodes=3,mode=1700,other",
			   &superblock) == 0);
	CHECK(superblock->root->vnode->mode == (S_IFDIR | 01700));
	dentry = uk_dentry_new(superblock->root, &name);
	CHECK(superblock->root->vnode->operations->create(superblock->root->vnode, dentry, 0600) ==
	      0);
	path = (struct uk_path){uk_mounts, dentry};
	file = uk_file_open_path(&path, O_RDWR, &error);
	CHECK(file);
	memset(part, 'p', sizeof(part));
	CHECK(uk_file_write_kernel(file, part, sizeof(part), 0) == 65536);
	CHECK(uk_file_write_kernel(file, part, 1, 65536) == -ENOSPC);
	CHECK(uk_file_write_kernel(file, part, 10, 100) == 10);
	CHECK(uk_vnode_truncate(file->vnode, 65535) == 0);
	CHECK(uk_file_write_kernel(file, part, 10, 65530) == 6);
	uk_file_put(file);
	uk_dentry_put(dentry);
	uk_superblock_put(superblock);
}

/* A file without a name still has a path, by which it can be opened again. */
static void memory_file(void)
{
	char text[40] = "";
	struct uk_file *file, *again;
	struct uk_path place;
	int error;

	file = uk_ramfs_new_memfd("name", MFD_ALLOW_SEALING, &error);
	CHECK(file && uk_file_write_kernel(file, "text", 4, 0) == 4);
	CHECK(uk_file_name(file, text, sizeof(text)) > 0);
	CHECK(strcmp(text, "/memfd:name (deleted)") == 0);
	CHECK(uk_file_place(file, &place) == 0);
	again = uk_file_open_path(&place, O_RDONLY, &error);
	uk_path_put(&place);
	uk_file_put(file);
	CHECK(again && uk_file_read_kernel(again, text, sizeof(text), 0) == 4);
	CHECK(memcmp(text, "text", 4) == 0 && uk_file_write_kernel(again, "x", 1, 0) == -EBADF);
	uk_file_put(again);
}

int main(void)
{
	uk_vnode_unmap_mappings = unmap;
	archive = aligned_alloc(UK_PAGE_SIZE, 30 * UK_PAGE_SIZE);
	memset(archive, 0, 30 * UK_PAGE_SIZE);
	files_init();
	random_changes(0);
	random_changes(100);
	far_offsets();
	limits();
	memory_file();
	files_end();
	free(archive);
	return 0;
}
