/* SPDX-License-Identifier: BSD-3-Clause */
/* Built with: pipe/pipe.c pipe/ring.c pipe/fifo.c pipe/splice.c signal/wait.c sched/wait.c
 * sched/wait_queue.c vfs/permission.c vfs/vnode.c credentials/credentials.c vfs/dentry.c
 * vfs/mount.c vfs/mount_calls.c vfs/walk.c vfs/path_text.c vfs/file.c vfs/open.c vfs/names.c
 * vfs/rename.c vfs/attributes.c vfs/lock.c vfs/device.c ramfs/page_tree.c ramfs/contents.c
 * ramfs/file.c ramfs/space.c ramfs/directory.c ramfs/node.c ramfs/memfd.c pagealloc/pagealloc.c */
/* Bytes come out of a pipe as they went in, in parts of any size; which calls block and which do
 * not, and the state when memory runs out: pipe(7), splice(2). */
#include <string.h>
#include <uk/pipe.h>

#include "files.h"
#include "init.h"
#include "signals.h"

#define CAPACITY 65536UL /* pipe(7) */

static struct uk_file *files[2];
static char bytes[3 * CAPACITY], got[3 * CAPACITY];

int copy_to_user(void *destination, const void *source, size_t size)
{
	memcpy(destination, source, size);
	return 0;
}

static size_t free_pages(void)
{
	return uk_page_statistics().free;
}

static void open_pipe(u32 flags)
{
	CHECK(uk_pipe_create(flags, files) == 0);
}

static void close_end(int end)
{
	uk_file_put(files[end]);
	files[end] = NULL;
}

static void close_pipe(void)
{
	for (int end = 0; end < 2; end++)
		if (files[end])
			close_end(end);
	waits_are_over();
}

static ssize_t put(const void *data, size_t length)
{
	return uk_file_write(files[1], data, length);
}

static ssize_t take(void *data, size_t length)
{
	return uk_file_read(files[0], data, length);
}

static int events(int end)
{
	return files[end]->operations->poll(files[end], POLLIN | POLLOUT);
}

static int bytes_inside(void)
{
	int count = -1;

	CHECK(files[0]->operations->ioctl(files[0], FIONREAD, &count) == 0);
	return count;
}

static void close_reader(void)
{
	close_end(0);
}

static void close_writer(void)
{
	close_end(1);
}

static void write_hello(void)
{
	CHECK(put("hello", 5) == 5);
}

static void read_a_page(void)
{
	CHECK(take(got, UK_PAGE_SIZE) == (ssize_t)UK_PAGE_SIZE);
}

static void test_blocking(void)
{
	open_pipe(0);
	CHECK(events(0) == 0 && events(1) == POLLOUT);
	wait_does(NULL); /* woken without a reason */
	wait_does(write_hello);
	CHECK(take(got, sizeof(got)) == 5 && memcmp(got, "hello", 5) == 0);
	CHECK(take(got, 0) == 0);
	/* More than fits: the writer waits for a slot, not for a byte. */
	wait_does(read_a_page);
	CHECK(put(bytes, CAPACITY + 1) == (ssize_t)CAPACITY + 1);
	CHECK(events(1) == 0 && bytes_inside() == (int)(CAPACITY - UK_PAGE_SIZE + 1));
	/* A signal ends both kinds of waits; bytes already written stay written. */
	wait_does(signal_comes);
	CHECK(put(bytes, CAPACITY) == -UK_ERESTART);
	signal_waits = false;
	read_a_page();
	wait_does(signal_comes);
	CHECK(put(bytes, 2 * UK_PAGE_SIZE) == (ssize_t)UK_PAGE_SIZE);
	signal_waits = false;
	CHECK(take(got, sizeof(got)) == (ssize_t)(CAPACITY - UK_PAGE_SIZE + 1));
	wait_does(signal_comes);
	CHECK(take(got, 1) == -UK_ERESTART);
	signal_waits = false;
	close_pipe();
}

static void test_ends(void)
{
	open_pipe(0);
	write_hello();
	close_end(1);
	/* Bytes in the pipe can still be read; then the end follows. */
	CHECK(events(0) == (POLLIN | POLLHUP));
	CHECK(take(got, 3) == 3 && take(got, 3) == 2 && take(got, 3) == 0);
	CHECK(events(0) == POLLHUP);
	close_pipe();

	open_pipe(0);
	wait_does(close_writer);
	CHECK(take(got, 1) == 0);
	close_pipe();

	open_pipe(0);
	close_end(0);
	CHECK(events(1) & POLLERR);
	CHECK(put(NULL, 0) == 0 && signal_sent == 0);
	CHECK(put("x", 1) == -EPIPE && signal_sent == SIGPIPE);
	signal_sent = 0;
	close_pipe();

	/* The reader closes while the writer waits: the bytes already written count. */
	open_pipe(0);
	wait_does(close_reader);
	CHECK(put(bytes, CAPACITY + 1) == (ssize_t)CAPACITY && signal_sent == SIGPIPE);
	signal_sent = 0;
	close_pipe();
}

static void test_nonblocking(void)
{
	open_pipe(O_NONBLOCK);
	CHECK(take(got, 1) == -EAGAIN);
	CHECK(put(bytes, sizeof(bytes)) == (ssize_t)CAPACITY && put("x", 1) == -EAGAIN);
	CHECK(take(got, 1) == 1 && put("x", 1) == -EAGAIN); /* its page is not empty */
	CHECK(take(got, UK_PAGE_SIZE - 1) == (ssize_t)UK_PAGE_SIZE - 1 && put("x", 1) == 1);
	close_pipe();
}

/* pipe(2), O_DIRECT: a read takes one packet and discards what does not fit. */
static void test_packets(void)
{
	open_pipe(O_DIRECT | O_NONBLOCK);
	CHECK(put("one", 3) == 3 && put("second", 6) == 6 && bytes_inside() == 9);
	CHECK(take(got, 2) == 2 && memcmp(got, "on", 2) == 0);
	CHECK(take(got, sizeof(got)) == 6 && memcmp(got, "second", 6) == 0);
	/* A packet is at most a page. */
	CHECK(put(bytes, UK_PAGE_SIZE + 1) == (ssize_t)UK_PAGE_SIZE + 1);
	CHECK(take(got, sizeof(got)) == (ssize_t)UK_PAGE_SIZE && take(got, sizeof(got)) == 1);
	close_pipe();
}

static void test_capacity(void)
{
	const struct uk_file_operations *operations;

	open_pipe(O_NONBLOCK);
	operations = files[0]->operations;
	CHECK(operations->control(files[0], F_GETPIPE_SZ, 0) == (long)CAPACITY);
	CHECK(operations->control(files[0], F_SETPIPE_SZ, 5000) == 2 * (long)UK_PAGE_SIZE);
	CHECK(put(bytes, sizeof(bytes)) == 2 * (ssize_t)UK_PAGE_SIZE);
	CHECK(operations->control(files[0], F_SETPIPE_SZ, 1) == -EBUSY);
	CHECK(operations->control(files[1], F_SETPIPE_SZ, 3 * UK_PAGE_SIZE) ==
	      4 * (long)UK_PAGE_SIZE);
	CHECK(put(bytes, sizeof(bytes)) == 2 * (ssize_t)UK_PAGE_SIZE);
	CHECK(operations->control(files[0], F_SETPIPE_SZ, 0x80000001UL) == -EINVAL);
	CHECK(operations->control(files[0], F_GETLK, 0) == -EINVAL);
	allocations_left = 0;
	CHECK(operations->control(files[0], F_SETPIPE_SZ, CAPACITY) == -ENOMEM);
	allocations_left = -1;
	CHECK(bytes_inside() == 4 * (int)UK_PAGE_SIZE);
	close_pipe();
}

/* Random parts; only the counts of bytes that went in and out are compared. */
static void test_random(void)
{
	u64 state = 0x9e3779b97f4a7c15u, in = 0, out = 0;

	open_pipe(O_NONBLOCK);
	for (unsigned int step = 0; step < 20000; step++) {
		size_t length = check_random(&state) % (step % 3 ? 300 : 3 * UK_PAGE_SIZE);
		ssize_t moved;

		if (check_random(&state) % 2) {
			for (size_t i = 0; i < length; i++)
				bytes[i] = (char)((in + i) * 7 >> 3);
			moved = put(bytes, length);
			in += moved > 0 ? (u64)moved : 0;
		} else {
			moved = take(got, length);
			for (ssize_t i = 0; i < moved; i++)
				CHECK(got[i] == (char)((out + (u64)i) * 7 >> 3));
			out += moved > 0 ? (u64)moved : 0;
		}
		CHECK(moved >= 0 || moved == -EAGAIN);
		CHECK(bytes_inside() == (int)(in - out));
		CHECK(!(events(0) & POLLIN) == (in == out));
	}
	CHECK(out > CAPACITY);
	close_pipe();
}

static void test_tee_and_splice(void)
{
	struct uk_file *first[2];

	open_pipe(O_NONBLOCK);
	memcpy(first, files, sizeof(first));
	open_pipe(O_NONBLOCK);
	CHECK(uk_file_write(first[1], "abcdef", 6) == 6);
	/* A copy shares the page: bytes written afterwards go to only one of them. */
	CHECK(uk_tee(first[0], files[1], 4, 0) == 4);
	CHECK(uk_file_write(first[1], "gh", 2) == 2 && put("XY", 2) == 2);
	CHECK(take(got, 100) == 6 && memcmp(got, "abcdXY", 6) == 0);
	/* The page is not reused while the copy refers to it. */
	CHECK(uk_tee(first[0], files[1], 6, 0) == 6 && uk_file_read(first[0], got, 100) == 8);
	CHECK(uk_file_write(first[1], "######", 6) == 6 && uk_file_read(first[0], got, 100) == 6);
	CHECK(take(got, 100) == 6 && memcmp(got, "abcdef", 6) == 0);
	CHECK(uk_file_write(first[1], "abcdefgh", 8) == 8);
	CHECK(uk_splice(first[0], NULL, files[1], NULL, 3, 0) == 3);
	CHECK(take(got, 100) == 3 && memcmp(got, "abc", 3) == 0);
	CHECK(uk_file_read(first[0], got, 100) == 5 && memcmp(got, "defgh", 5) == 0);
	CHECK(uk_splice(first[0], NULL, files[1], NULL, 1, SPLICE_F_NONBLOCK) == -EAGAIN);
	CHECK(uk_tee(first[0], first[1], 1, 0) == -EINVAL);
	CHECK(uk_splice(first[1], NULL, files[1], NULL, 1, 0) == -EBADF);
	uk_file_put(first[0]);
	uk_file_put(first[1]);
	close_pipe();
}

static void open_other_end(void)
{
	const struct uk_path *here = &uk_paths_current()->current;
	int error;

	files[1] = uk_vfs_open(here, "fifo", O_WRONLY, 0, 0, &error);
	CHECK(files[1]);
}

static void test_fifo(void)
{
	const struct uk_path *here = &uk_paths_current()->current;
	int error;

	CHECK(uk_vfs_mknod(here, "fifo", S_IFIFO | 0600, 0) == 0);
	/* Without a reader, Linux refuses only the writer that does not want to wait. */
	CHECK(!uk_vfs_open(here, "fifo", O_WRONLY | O_NONBLOCK, 0, 0, &error) && error == -ENXIO);
	wait_does(signal_comes);
	CHECK(!uk_vfs_open(here, "fifo", O_RDONLY, 0, 0, &error) && error == -UK_ERESTART);
	signal_waits = false;
	wait_does(open_other_end);
	files[0] = uk_vfs_open(here, "fifo", O_RDONLY, 0, 0, &error);
	CHECK(files[0] && files[1]);
	write_hello();
	CHECK(take(got, 100) == 5);
	close_end(1);
	CHECK(take(got, 100) == 0 && events(0) == POLLHUP);
	close_pipe();
	CHECK(uk_vfs_unlink(here, "fifo") == 0);
}

/* Each allocation fails once: an error is returned, and no bytes are lost. */
static void test_exhaustion(void)
{
	size_t before = free_pages();
	long allocations = 0;
	int error;

	do {
		allocations_left = allocations++;
		error = uk_pipe_create(0, files);
		CHECK(!error || error == -ENOMEM);
	} while (error);
	allocations_left = -1;
	CHECK(allocations > 3);
	close_pipe();
	CHECK(free_pages() == before);

	/* No page for the bytes: those that fitted have been written. */
	open_pipe(O_NONBLOCK);
	while (uk_page_alloc_order(0) != UK_PAGE_NONE)
		;
	CHECK(put(bytes, 100) == -ENOMEM && bytes_inside() == 0);
	close_pipe();
}

int main(void)
{
	size_t before;

	files_init();
	run_constructors();
	before = free_pages();
	test_blocking();
	test_ends();
	test_nonblocking();
	test_packets();
	test_capacity();
	test_random();
	test_tee_and_splice();
	test_fifo();
	CHECK(free_pages() == before);
	test_exhaustion();
	files_end();
	return 0;
}
