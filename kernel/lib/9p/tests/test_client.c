/* SPDX-License-Identifier: BSD-3-Clause */
/* Built with: 9p/codec.c 9p/client.c 9p/names.c 9p/attributes.c 9p/data.c 9p/pages.c 9p/node.c
 * 9p/opened.c 9p/unlinked.c 9p/lock.c 9p/mapping.c 9p/file.c 9p/directory.c vfs/permission.c
 * vfs/vnode.c credentials/credentials.c vfs/dentry.c vfs/mount.c vfs/mount_calls.c vfs/walk.c
 * vfs/path_text.c vfs/file.c vfs/open.c vfs/names.c vfs/rename.c vfs/attributes.c vfs/lock.c
 * sched/wait_queue.c vfs/device.c ramfs/page_tree.c ramfs/contents.c ramfs/file.c ramfs/space.c
 * ramfs/directory.c ramfs/node.c pagealloc/pagealloc.c */
/*
 * The file system with broken or hostile servers: a small honest server whose answers are changed,
 * cut short, or replaced by random bytes. Operations may return anything, but must end, while the
 * sanitizers watch; afterwards no memory is left allocated. With the honest server, they succeed.
 */
#include "files.h"

#include <uk/lock.h>
#include <uk/paths.h>
#include <uk/plat.h>

#include "../mount.c"
#include "../requests.h"

#define ROUNDS	   2000
#define STEPS	   40
#define FIDS	   4096
#define REPLY_SIZE (1u << 20)
#define FILE_SIZE  10000
#define TARGET	   "file"

static u64 state = 88172645463325252u;

static u64 next(void)
{
	return check_random(&state);
}

u64 ukplat_monotonic_ns(void)
{
	static u64 now;

	return now += 1000;
}

/* --- the server --- */

enum hostility { HONEST, CHANGES, CUTS, NONSENSE, LIES };
static enum hostility hostility;
static unsigned int odds; /* one answer in `odds` is spoiled */
static u64 paths[FIDS];	  /* of fids; the lowest two bits of a path are the file's type */
static unsigned char reply[REPLY_SIZE];

#define DIRECTORY 0
#define REGULAR	  1
#define LINK	  2

/* A name's first letter determines the file's type. */
static u64 path_of(const char *name, size_t length)
{
	u64 path = uk_name_hash(name, (u32)length) & ~3u;

	return path | (name[0] == 'd' ? DIRECTORY : name[0] == 'l' ? LINK : REGULAR);
}

static void put_qid(struct ninep_writer *writer, u64 path)
{
	static const u8 types[] = {0x80, 0, 2};

	ninep_write_u8(writer, types[path & 3]);
	ninep_write_u32(writer, 1);
	ninep_write_u64(writer, path);
}

static void put_attributes(struct ninep_writer *writer, u64 path)
{
	static const u32 modes[] = {S_IFDIR | 0755, S_IFREG | 0644, S_IFLNK | 0777};

	ninep_write_u64(writer, NINEP_GETATTR_BASIC);
	put_qid(writer, path);
	ninep_write_u32(writer, modes[path & 3]);
	ninep_write_u32(writer, 0);
	ninep_write_u32(writer, 0);
	ninep_write_u64(writer, 1);
	ninep_write_u64(writer, 0);
	ninep_write_u64(writer, FILE_SIZE);
	ninep_write_u64(writer, 4096);
	ninep_write_u64(writer, 20);
	for (int i = 0; i < 10; i++)
		ninep_write_u64(writer, 1000);
}

static void put_entry(struct ninep_writer *writer, const char *name, u64 offset)
{
	put_qid(writer, path_of(name, strlen(name)));
	ninep_write_u64(writer, offset);
	ninep_write_u8(writer, 8);
	ninep_write_string(writer, name);
}

static void read_file_part(struct ninep_writer *writer, u64 offset, u32 count)
{
	u64 end = MIN(offset + count, (u64)FILE_SIZE);

	ninep_write_u32(writer, offset < end ? (u32)(end - offset) : 0);
	for (; offset < end; offset++)
		ninep_write_u8(writer, (u8)(offset * 7));
}

/* An Rwalk; false, for an error, if the name does not exist. */
static bool walk(struct ninep_reader *request, struct ninep_writer *writer, u64 path)
{
	u32 fid = ninep_read_u32(request);
	u16 count = ninep_read_u16(request), length;
	const char *name;

	ninep_write_u16(writer, count);
	if (count) {
		name = ninep_read_string(request, &length);
		if (length == 4 && memcmp(name, "none", 4) == 0)
			return false;
		path = path_of(name, length);
		put_qid(writer, path);
	}
	paths[fid % FIDS] = path;
	return true;
}

static bool answer(u8 type, struct ninep_reader *request, struct ninep_writer *writer)
{
	u32 fid = type == NINEP_TVERSION ? 0 : ninep_read_u32(request);
	u64 path = paths[fid % FIDS], offset;

	switch (type) {
	case NINEP_TVERSION:
		ninep_write_u32(writer, ninep_read_u32(request));
		ninep_write_string(writer, NINEP_VERSION);
		return true;
	case NINEP_TATTACH:
		paths[fid % FIDS] = DIRECTORY;
		put_qid(writer, DIRECTORY);
		return true;
	case NINEP_TWALK:
		return walk(request, writer, path);
	case NINEP_TGETATTR:
		put_attributes(writer, path);
		return true;
	case NINEP_TLOPEN:
	case NINEP_TLCREATE:
		put_qid(writer, path);
		ninep_write_u32(writer, 0);
		return true;
	case NINEP_TREADLINK:
		ninep_write_string(writer, TARGET);
		return true;
	case NINEP_TREAD:
		offset = ninep_read_u64(request);
		read_file_part(writer, offset, ninep_read_u32(request));
		return true;
	case NINEP_TWRITE:
		ninep_read_u64(request);
		ninep_write_u32(writer, ninep_read_u32(request));
		return true;
	case NINEP_TLOCK:
		ninep_write_u8(writer, 0);
		return true;
	case NINEP_TGETLOCK:
		ninep_write_u8(writer, 2);
		ninep_write_u64(writer, 0);
		ninep_write_u64(writer, 0);
		ninep_write_u32(writer, 0);
		ninep_write_string(writer, "");
		return true;
	case NINEP_TREADDIR:
		offset = ninep_read_u64(request);
		ninep_write_u32(writer, offset ? 0 : 2 * (24 + 4));
		if (!offset) {
			put_entry(writer, "file", 1);
			put_entry(writer, "dirs", 2);
		}
		return true;
	case NINEP_TSTATFS:
		for (int i = 0; i < 15; i++)
			ninep_write_u32(writer, 255);
		return true;
	case NINEP_TMKDIR:
	case NINEP_TSYMLINK:
	case NINEP_TMKNOD:
		put_qid(writer, path);
		return true;
	}
	return true;
}

/* Spoils an answer; returns its new size. */
static size_t spoil(size_t size)
{
	u32 length;

	switch (hostility) {
	case HONEST:
		break;
	case CHANGES:
		for (u64 i = 0; i < 1 + next() % 4; i++)
			reply[next() % size] = (u8)(next() % 3 ? next() : 255 * (next() % 2));
		break;
	case CUTS:
		size = next() % size;
		length = (u32)size;
		/* Sometimes adjust the size field to the bytes that are left. */
		if (next() % 2)
			memcpy(reply, &length, sizeof(length));
		break;
	case NONSENSE:
		size = next() % 200;
		for (size_t i = 0; i < size; i++)
			reply[i] = (u8)next();
		break;
	case LIES:
		/* Well-formed except for one number. */
		length = (u32)next();
		if (size >= 15)
			memcpy(reply + 7 + next() % (size - 11), &length, sizeof(length));
		break;
	}
	return size;
}

ssize_t ukplat_9p_request(int connection, const struct ukplat_9p_message *message)
{
	struct ninep_reader request;
	struct ninep_writer writer;
	unsigned char whole[NINEP_SMALL_SIZE];
	size_t size, first;
	u32 total;
	u8 type;
	u16 tag;

	/* The request is complete, and its size field is right. The data of a write do not matter
	 * here. */
	first = MIN(message->request_size, sizeof(whole));
	memcpy(whole, message->request, first);
	memcpy(&total, whole, sizeof(total));
	CHECK(total == message->request_size + message->payload_size);
	total = (u32)first;
	memcpy(whole, &total, sizeof(total));
	CHECK(ninep_read_begin(&request, whole, first, &type, &tag));
	ninep_write_begin(&writer, reply, sizeof(reply), (u8)(type + 1), tag);
	if (!answer(type, &request, &writer)) {
		ninep_write_begin(&writer, reply, sizeof(reply), NINEP_RLERROR, tag);
		ninep_write_u32(&writer, ENOENT);
	}
	CHECK(!request.bad);
	size = ninep_write_end(&writer, 0);
	CHECK(size);
	if (hostility != HONEST && next() % odds == 0)
		size = spoil(size);
	if (size < NINEP_HEADER || size > message->reply_size + message->data_size)
		return -EIO;
	first = MIN(size, message->reply_size);
	memcpy(message->reply, reply, first);
	if (size > first)
		memcpy(message->data, reply + first, size - first);
	return (ssize_t)size;
}

int ukplat_9p_open(const char *tag)
{
	return strcmp(tag, "none") == 0 ? -ENOENT : 0;
}

void ukplat_9p_close(int connection)
{
}

/* --- the program --- */

static const struct uk_path *here(void)
{
	return &uk_paths_current()->current;
}

static bool take_entry(struct uk_listing *listing, const char *name, size_t length, u64 ino,
		       unsigned int type, s64 offset)
{
	static unsigned int count;

	CHECK(length > 0 && length <= NAME_MAX && !memchr(name, '/', length));
	return ++count % 100; /* a server may list for ever, but the program stops reading */
}

static int failure(ssize_t result)
{
	return result < 0 ? (int)result : 0;
}

static int use_locks(struct uk_file *file)
{
	bool ofd = next() % 2;
	const struct uk_lock lock = {
		.kind = ofd ? UK_LOCK_OFD : UK_LOCK_POSIX,
		.process = &check_process,
		.file = ofd ? file : NULL,
		.start = (s64)(next() % 100),
		.end = next() % 2 ? INT64_MAX : 100,
		.type = (s16)(next() % 3),
	};
	struct flock found;
	int error = uk_lock_set(file->vnode, &lock);

	if (!error)
		error = file->vnode->operations->get_lock(file->vnode, &lock, &found);
	/* As in close(2). */
	uk_locks_closed(file->vnode, uk_process_current());
	return error;
}

static int use_file(const char *path, u32 flags, char *buffer, size_t size)
{
	struct uk_listing listing = {take_entry};
	struct uk_file *file;
	uk_paddr_t frame;
	int error;

	file = uk_vfs_open(here(), path, flags, 0644, 0, &error);
	if (!file)
		return error;
	if (uk_vnode_is(file->vnode, S_IFDIR)) {
		error = file->operations->list(file, &listing);
	} else {
		u64 start = next() % FILE_SIZE;

		error = failure(uk_file_read_kernel(file, buffer, size, (s64)start));
		/* Only the honest server returns the right data. */
		for (u64 i = 0; hostility == HONEST && i < MIN(size, FILE_SIZE - start); i++)
			CHECK(buffer[i] == (char)((start + i) * 7));
		if (!error && (flags & O_ACCMODE) != O_RDONLY)
			error = failure(uk_file_write_kernel(file, buffer, size, (s64)start));
		if (!error)
			error = file->vnode->operations->page(file->vnode, next() % 3,
							      flags & O_RDWR, &frame);
		if (!error)
			uk_page_put(frame);
		if (!error)
			error = use_locks(file);
		if (!error && file->vnode->operations->sync)
			error = file->vnode->operations->sync(file->vnode, next() % 2);
	}
	uk_file_put(file);
	return error;
}

static int step(char *buffer)
{
	static const char *const names[] = {"/m/file", "/m/dir/file", "/m/link", "/m/dir", "/m/f2"};
	const char *path = names[next() % ARRAY_SIZE(names)];
	struct uk_vnode_attributes attributes = {.valid = (u32)next() & 0x7f & ~UK_ATTRIBUTE_SIZE,
						 .mtime = (s64)next()};
	struct uk_path place;
	struct statfs system;
	struct stat status;
	int error;

	switch (next() % 9) {
	case 0:
		return use_file(path, O_RDONLY, buffer, next() % 70000);
	case 1:
		return use_file("/m/file", O_RDWR, buffer, next() % 9000);
	case 2:
		return use_file("/m/dir", O_RDONLY | O_DIRECTORY, buffer, 0);
	case 3:
		return use_file("/m/none", O_RDONLY, buffer, 1) == -ENOENT ? 0 : -EIO;
	case 4:
		error = uk_path_lookup(here(), path, 0, &place);
		if (error)
			return error;
		error = uk_vfs_set_attributes(&place, &attributes);
		if (!error)
			error = uk_vnode_status(place.dentry->vnode, &status);
		if (!error)
			error = uk_vfs_statfs(place.mount->superblock, 0, &system);
		uk_path_put(&place);
		return error;
	case 5:
		/* The honest server lets a name be removed, but still has it afterwards. */
		return uk_vfs_unlink(here(), "/m/dir/file");
	case 6:
		return uk_vfs_rename(here(), "/m/file", here(), "/m/dir/f2", 0);
	case 7:
		return uk_vfs_rmdir(here(), "/m/dir2");
	default:
		/* All names exist already. */
		error = uk_vfs_mkdir(here(), "/m/dir3", 0755);
		return error == -EEXIST ? 0 : error;
	}
}

static const struct uk_path *mountpoint(struct uk_path *path)
{
	CHECK(uk_path_lookup(here(), "/m", 0, path) == 0);
	return path;
}

static int try_mount(const char *source, const char *data)
{
	struct uk_path path;
	int error = uk_mount_new("9p", source, mountpoint(&path), 0, data);

	uk_path_put(&path);
	return error;
}

static void unmount(void)
{
	struct uk_path path;

	CHECK(uk_mount_remove(mountpoint(&path), MNT_DETACH) == 0);
	uk_path_put(&path);
}

static void check_options(void)
{
	static const char *const bad[] = {"msize=1",	    "msize=x",	    "cache=no",
					  "cache",	    "timeout=1x",   "version=9p2000",
					  "unknown=option", "msize=8192,,x"};
	static const char *const good[] = {"",
					   "msize=8192",
					   "msize=1048576,cache=none",
					   "cache=loose,trans=virtio",
					   "timeout=5000,access=any,version=9p2000.L",
					   "uname=me,aname=/tree,nodevmap"};

	CHECK(try_mount("none", "") == -ENOENT);
	for (unsigned int i = 0; i < ARRAY_SIZE(bad); i++)
		CHECK(try_mount("fs0", bad[i]) == -EINVAL);
	for (unsigned int i = 0; i < ARRAY_SIZE(good); i++) {
		CHECK(try_mount("fs0", good[i]) == 0);
		unmount();
	}
}

int main(void)
{
	static const char *const data[] = {"msize=8192", "cache=none,msize=20000", "cache=loose",
					   ""};
	char *buffer = malloc(70000);
	unsigned int mounted = 0, worked = 0;

	files_init();
	register_9p();
	CHECK(uk_vfs_mkdir(here(), "/m", 0755) == 0);
	check_options();
	for (int round = 0; round < ROUNDS; round++) {
		size_t pages = uk_page_statistics().free;

		hostility = (enum hostility)(round % 5);
		odds = 1 + (unsigned int)(next() % 20);
		if (try_mount("fs0", data[next() % ARRAY_SIZE(data)])) {
			CHECK(hostility != HONEST);
			continue;
		}
		mounted++;
		for (int i = 0; i < STEPS; i++) {
			int error;

			/* Memory runs out now and then, but only with a hostile server. */
			if (hostility != HONEST && next() % 16 == 0)
				allocations_left = (long)(next() % 8);
			error = step(buffer);
			allocations_left = -1;
			CHECK(error <= 0 && error > -4096);
			CHECK(hostility != HONEST || error == 0);
			worked += error == 0;
		}
		unmount();
		CHECK(uk_page_statistics().free == pages);
	}
	/* Check that the rounds did something. */
	CHECK(mounted > ROUNDS / 2 && worked > ROUNDS);
	free(buffer);
	CHECK(uk_vfs_rmdir(here(), "/m") == 0);
	files_end();
	return 0;
}
