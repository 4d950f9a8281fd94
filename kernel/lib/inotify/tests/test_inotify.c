/* SPDX-License-Identifier: BSD-3-Clause */
/* Built with: inotify/instance.c inotify/queue.c inotify/watch.c signal/wait.c sched/wait.c
 * sched/wait_queue.c vfs/permission.c vfs/vnode.c credentials/credentials.c vfs/dentry.c
 * vfs/mount.c vfs/mount_calls.c vfs/walk.c vfs/path_text.c vfs/file.c vfs/open.c vfs/names.c
 * vfs/rename.c vfs/attributes.c vfs/lock.c vfs/device.c vfs/fd_table.c ramfs/page_tree.c
 * ramfs/contents.c ramfs/file.c ramfs/space.c ramfs/directory.c ramfs/node.c ramfs/memfd.c
 * pagealloc/pagealloc.c */
/* inotify(7): the events that changes of the tree cause, how they are read, and what happens if
 * there are too many or memory runs out. */
#include <stdio.h>
#include <string.h>
#include <uk/inotify.h>
#include <uk/poll.h>

#include "files.h"
#include "signals.h"

#define HEADER sizeof(struct inotify_event)

static struct uk_file *instance;
static int instance_fd;
static char buffer[65536], expected[4096];

int copy_to_user(void *destination, const void *source, size_t size)
{
	memcpy(destination, source, size);
	return 0;
}

static const struct uk_path *here(void)
{
	return &uk_paths_current()->current;
}

static void open_instance(u32 flags)
{
	instance_fd = uk_inotify_create(flags);
	CHECK(instance_fd >= 0);
	instance = uk_fd_get(instance_fd);
	uk_file_put(instance);
	CHECK(uk_inotify_is_instance(instance));
}

static void close_instance(void)
{
	CHECK(uk_fd_close(instance_fd) == 0);
	CHECK(!uk_notify_listener);
}

static int watch(const char *name, u32 mask)
{
	struct uk_path path;
	int descriptor;

	CHECK(uk_path_lookup(here(), name, 0, &path) == 0);
	descriptor = uk_inotify_add(instance, path.dentry->vnode, mask);
	uk_path_put(&path);
	return descriptor;
}

static void create(const char *name)
{
	CHECK(uk_vfs_mknod(here(), name, S_IFREG | 0600, 0) == 0);
}

static void change(const char *name)
{
	struct uk_file *file;
	int error;

	file = uk_vfs_open(here(), name, O_WRONLY, 0, 0, &error);
	CHECK(file && uk_file_write(file, "x", 1) == 1);
	uk_file_put(file);
}

/* The events read: a line "DESCRIPTOR MASK [NAME]" per event. */
static void read_events(const char *what)
{
	ssize_t size = uk_file_read(instance, buffer, sizeof(buffer));
	char *line = expected;

	CHECK(size > 0 || size == -EAGAIN);
	*line = '\0';
	for (ssize_t at = 0; at < size;) {
		const struct inotify_event *event = (const void *)(buffer + at);

		CHECK(event->len % HEADER == 0);
		line += sprintf(line, "%d %x%s%s\n", event->wd, event->mask, event->len ? " " : "",
				event->len ? event->name : "");
		at += (ssize_t)(HEADER + event->len);
		CHECK(at <= size);
	}
	if (strcmp(expected, what))
		fprintf(stderr, "%sinstead of\n%s", expected, what);
	CHECK(strcmp(expected, what) == 0);
}

static u32 cookie_of(unsigned int number)
{
	const char *at = buffer;

	while (number--)
		at += HEADER + ((const struct inotify_event *)at)->len;
	return ((const struct inotify_event *)at)->cookie;
}

static void test_directory(void)
{
	open_instance(O_NONBLOCK);
	CHECK(watch(".", IN_ALL_EVENTS) == 1);
	create("file");
	CHECK(uk_vfs_mkdir(here(), "directory", 0700) == 0);
	read_events("1 100 file\n1 40000100 directory\n");
	change("file");
	/* IN_OPEN, IN_MODIFY, IN_CLOSE_WRITE */
	read_events("1 20 file\n1 2 file\n1 8 file\n");
	CHECK(uk_vfs_rename(here(), "file", here(), "renamed", 0) == 0);
	read_events("1 40 file\n1 80 renamed\n");
	CHECK(cookie_of(0) && cookie_of(0) == cookie_of(1));
	CHECK(uk_vfs_unlink(here(), "renamed") == 0 && uk_vfs_rmdir(here(), "directory") == 0);
	read_events("1 200 renamed\n1 40000200 directory\n");
	close_instance();
}

static void test_file(void)
{
	struct uk_file *file;
	int error;

	open_instance(O_NONBLOCK);
	create("file");
	CHECK(watch("file", IN_ALL_EVENTS) == 1);
	/* Equal consecutive events are merged: here the two writes. */
	file = uk_vfs_open(here(), "file", O_WRONLY, 0, 0, &error);
	CHECK(file && uk_file_write(file, "x", 1) == 1 && uk_file_write(file, "y", 1) == 1);
	uk_file_put(file);
	change("file");
	read_events("1 20\n1 2\n1 8\n1 20\n1 2\n1 8\n");
	CHECK(uk_vfs_rename(here(), "file", here(), "other", 0) == 0);
	read_events("1 800\n");
	/* The link count changes (IN_ATTRIB), the file is deleted, and its watch ends. */
	CHECK(uk_vfs_unlink(here(), "other") == 0);
	read_events("1 4\n1 400\n1 8000\n");
	CHECK(uk_inotify_remove(instance, 1) == -EINVAL && !uk_notify_listener);
	close_instance();
}

static void test_watches(void)
{
	open_instance(O_NONBLOCK);
	create("file");
	CHECK(watch("file", 2) == 1 && watch(".", 0x100) == 2);
	/* Adding the same file again changes its mask; IN_MASK_ADD adds to it. */
	CHECK(watch("file", 8) == 1 && watch("file", IN_MASK_ADD | 0x20) == 1);
	CHECK(watch("file", IN_MASK_CREATE | 2) == -EEXIST);
	change("file");
	read_events("1 20\n1 8\n");
	CHECK(uk_inotify_remove(instance, 1) == 0 && uk_inotify_remove(instance, 1) == -EINVAL);
	read_events("1 8000\n");
	/* Numbers are not reused; a one-shot watch ends after its event. */
	CHECK(watch("file", IN_ONESHOT | 2) == 3);
	change("file");
	change("file");
	read_events("3 2\n3 8000\n");
	CHECK(uk_vfs_unlink(here(), "file") == 0);
	close_instance();
}

static void create_in_the_meantime(void)
{
	create("meantime");
}

static void test_reading(void)
{
	int size = 0;

	open_instance(0);
	CHECK(watch(".", 0x100) == 1 && uk_file_poll(instance, POLLIN) == 0);
	wait_does(NULL);
	wait_does(create_in_the_meantime);
	read_events("1 100 meantime\n");
	wait_does(signal_comes);
	CHECK(uk_file_read(instance, buffer, sizeof(buffer)) == -UK_ERESTART);
	signal_waits = false;
	waits_are_over();
	CHECK(uk_vfs_unlink(here(), "meantime") == 0);
	create("a");
	create("name-of-sixteen.");
	CHECK(uk_file_poll(instance, POLLIN | POLLOUT) == POLLIN);
	/* Names are padded to headers: 1 + 1 to 16, 16 + 1 to 32. */
	CHECK(instance->operations->ioctl(instance, FIONREAD, &size) == 0 && size == 32 + 48);
	CHECK(uk_file_read(instance, buffer, 31) == -EINVAL);
	CHECK(uk_file_read(instance, buffer, 32 + 47) == 32);
	CHECK(uk_file_read(instance, buffer, 48) == 48);
	CHECK(strcmp(buffer + HEADER, "name-of-sixteen.") == 0);
	CHECK(uk_vfs_unlink(here(), "a") == 0 && uk_vfs_unlink(here(), "name-of-sixteen.") == 0);
	close_instance();
}

/* Linux queues this many events, and one that reports the loss of others. */
static void test_overflow(void)
{
	char name[16];
	unsigned int count = 0;
	ssize_t size;

	open_instance(O_NONBLOCK);
	CHECK(watch(".", 0x100 | 0x200) == 1);
	for (unsigned int i = 0; i <= UK_INOTIFY_EVENTS_MAX / 2 + 10; i++) {
		snprintf(name, sizeof(name), "%u", i);
		create(name);
		CHECK(uk_vfs_unlink(here(), name) == 0);
	}
	while ((size = uk_file_read(instance, buffer, sizeof(buffer))) > 0) {
		for (ssize_t at = 0; at < size; count++) {
			const struct inotify_event *event = (const void *)(buffer + at);

			CHECK((event->mask == IN_Q_OVERFLOW) == (count == UK_INOTIFY_EVENTS_MAX));
			CHECK(event->mask != IN_Q_OVERFLOW || event->wd == -1);
			at += (ssize_t)(HEADER + event->len);
		}
	}
	CHECK(size == -EAGAIN && count == UK_INOTIFY_EVENTS_MAX + 1);
	/* Later events are queued again. */
	create("x");
	read_events("1 100 x\n");
	/* The same without memory: the change succeeds, the event is lost, and the loss is
	 * reported. */
	allocations_left = 0;
	CHECK(uk_vfs_unlink(here(), "x") == 0);
	allocations_left = -1;
	create("y");
	read_events("-1 4000\n1 100 y\n");
	CHECK(uk_vfs_unlink(here(), "y") == 0);
	close_instance();
}

static void test_limits(void)
{
	int fds[UK_INOTIFY_INSTANCES_MAX];

	for (unsigned int i = 0; i < UK_INOTIFY_INSTANCES_MAX; i++) {
		fds[i] = uk_inotify_create(0);
		CHECK(fds[i] >= 0);
	}
	CHECK(uk_inotify_create(0) == -EMFILE);
	for (unsigned int i = 0; i < UK_INOTIFY_INSTANCES_MAX; i++)
		CHECK(uk_fd_close(fds[i]) == 0);
	allocations_left = 0;
	CHECK(uk_inotify_create(0) == -ENOMEM);
	allocations_left = -1;
	open_instance(O_NONBLOCK);
	allocations_left = 0;
	CHECK(watch(".", 0x100) == -ENOMEM);
	allocations_left = -1;
	CHECK(!uk_notify_listener && watch(".", 0x100) == 1);
	close_instance();
}

/* Several instances receive the same change; closing one with queued events does not affect the
 * others. */
static void test_instances(void)
{
	struct uk_file *first;
	int first_fd;

	open_instance(O_NONBLOCK);
	CHECK(watch(".", 0x100) == 1);
	first = instance;
	first_fd = instance_fd;
	open_instance(O_NONBLOCK);
	CHECK(watch(".", 0x100 | 0x200) == 1);
	create("file");
	CHECK(uk_vfs_unlink(here(), "file") == 0);
	CHECK(uk_file_poll(first, POLLIN) == POLLIN && uk_file_poll(instance, POLLIN) == POLLIN);
	CHECK(uk_fd_close(first_fd) == 0);
	read_events("1 100 file\n1 200 file\n");
	close_instance();
}

int main(void)
{
	files_init();
	test_directory();
	test_file();
	test_watches();
	test_reading();
	test_overflow();
	test_limits();
	test_instances();
	files_end();
	return 0;
}
