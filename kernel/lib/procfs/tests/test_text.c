/* SPDX-License-Identifier: BSD-3-Clause */
/* Writing texts, and reading them part by part. Built with: procfs/text.c procfs/text_file.c
 * nolibc/format.c */
#undef _GNU_SOURCE /* stdio.h would define flags that the kernel's headers define */
#include <uk/alloc.h>
#include <uk/errno.h>
#include <uk/string.h>
#include <uk/thread.h>
#include <uk/uaccess.h>

#include "check.h"

#include "../procfs.h"

static size_t bytes_left = SIZE_MAX; /* of the heap */

void *uk_malloc(size_t size)
{
	if (size > bytes_left)
		return NULL;
	return malloc(size);
}
void *uk_zalloc(size_t size)
{
	return size > bytes_left ? NULL : calloc(1, size);
}
void uk_free(void *memory)
{
	free(memory);
}
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

static bool has_ended;

struct uk_thread *node_thread(const struct node *node)
{
	static struct uk_thread thread;

	return node->pid && !has_ended ? &thread : NULL;
}

static void test_text(void)
{
	struct text text = {0};
	char line[2000];

	text_print(&text, "%d %s|", 7, "seven");
	text_put_escaped(&text, "a b\tc\nd\\e#f", " \t\n\\#");
	text_put(&text, "", 1);
	CHECK(strcmp(text.data, "7 seven|a\\040b\\011c\\012d\\134e\\043f") == 0);
	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = '\0';
	text.length = 0;
	for (int i = 0; i < 100; i++)
		text_print(&text, "%s", line); /* longer than the initial room */
	CHECK(text.length == 100 * (sizeof(line) - 1) && !text.failed);
	bytes_left = 0;
	text_print(&text, "%s", line);
	while (!text.failed)
		text_put(&text, line, sizeof(line));
	CHECK(text.length <= text.size);
	bytes_left = SIZE_MAX;
	text_free(&text);
	CHECK(!text.data && !text.failed);
}

#define PARTS 50

static int shown; /* number of calls */

/* Part n is the letter n, n times; every third part is empty. */
static SHOW(show_parts)
{
	shown++;
	for (u64 i = 0; i < part && part % 3; i++)
		text_print(text, "%c", (char)('a' + part % 26));
	return part + 1 < PARTS ? part + 1 : 0;
}

static const struct entry parts = {"parts", S_IFREG, .show = show_parts};
static const struct entry constant = {"constant", S_IFREG, .contents = "text"};
static char stored[32];

static int store(struct uk_thread *thread, const char *text)
{
	snprintf(stored, sizeof(stored), "%s", text);
	return *text == '-' ? -EINVAL : 0;
}
static const struct entry writable = {"writable", S_IFREG, .store = store};

static size_t read_all(struct uk_file *file, char *buffer, size_t size, size_t piece)
{
	size_t done = 0;
	ssize_t got;

	while ((got = text_file_operations.read(file, buffer + done, MIN(piece, size - done),
						(s64)done)) > 0)
		done += (size_t)got;
	CHECK(got == 0);
	return done;
}

static void test_reading(void)
{
	struct node node = {.entry = &parts};
	struct uk_file file = {.vnode = &node.vnode};
	char whole[4096], other[4096];
	size_t length = read_all(&file, whole, sizeof(whole), sizeof(whole));
	u64 state = 88172645463325252;

	CHECK(length > 700 && shown == PARTS);
	for (size_t piece = 1; piece < 100; piece += 7) {
		CHECK(read_all(&file, other, sizeof(other), piece) == length);
		CHECK(memcmp(whole, other, length) == 0);
	}
	for (int i = 0; i < 1000; i++) {
		size_t offset = check_random(&state) % (length + 10),
		       size = check_random(&state) % 200;
		ssize_t got = text_file_operations.read(&file, other, size, (s64)offset);

		CHECK(got == (ssize_t)(offset < length ? MIN(size, length - offset) : 0));
		CHECK(memcmp(whole + offset, other, (size_t)got) == 0);
	}
	/* Reading from the beginning generates the text again; reading on does not. */
	shown = 0;
	CHECK(text_file_operations.read(&file, other, 1, 0) == 1 && shown > 0);
	shown = 0;
	CHECK(text_file_operations.read(&file, other, 0, 1) == 0 && shown == 0);
	bytes_left = 0;
	CHECK(text_file_operations.read(&file, other, 10, 5) >= 0);
	text_file_operations.release(&file);
	file.data = NULL;
	CHECK(text_file_operations.read(&file, other, 10, 0) == -ENOMEM);
	bytes_left = 1000; /* enough for the reader, but not for its text */
	CHECK(text_file_operations.read(&file, other, 10, 0) == -ENOMEM);
	bytes_left = SIZE_MAX;
	CHECK(read_all(&file, other, sizeof(other), 64) == length);
	text_file_operations.release(&file);
}

static void test_others(void)
{
	struct node node = {.entry = &constant};
	struct uk_file file = {.vnode = &node.vnode, .offset = 7};
	char buffer[16];

	CHECK(read_all(&file, buffer, sizeof(buffer), 2) == 5 && memcmp(buffer, "text\n", 5) == 0);
	CHECK(text_file_operations.write(&file, "x", 1, 0) == -EINVAL);
	CHECK(text_file_operations.seek(&file, 3, SEEK_SET) == 3);
	CHECK(text_file_operations.seek(&file, -2, SEEK_CUR) == 5);
	CHECK(text_file_operations.seek(&file, -8, SEEK_CUR) == -EINVAL);
	CHECK(text_file_operations.seek(&file, INT64_MAX, SEEK_CUR) == -EINVAL);
	CHECK(text_file_operations.seek(&file, 0, SEEK_END) == -EINVAL);
	text_file_operations.release(&file);
	file.data = NULL;
	node.entry = &writable;
	CHECK(text_file_operations.write(&file, "written", 7, 0) == 7);
	CHECK(strcmp(stored, "written") == 0);
	CHECK(text_file_operations.write(&file, "-1", 2, 0) == -EINVAL);
	CHECK(text_file_operations.read(&file, buffer, 1, 0) == -EINVAL);
	text_file_operations.release(&file);
}

/* What was generated before the process ended can be read to its end; no more is generated. */
static void test_ended_process(void)
{
	struct node node = {.entry = &constant, .pid = 2, .tid = 2};
	struct uk_file file = {.vnode = &node.vnode};
	char buffer[16];

	CHECK(text_file_operations.read(&file, buffer, 2, 0) == 2);
	has_ended = true;
	CHECK(text_file_operations.read(&file, buffer, 16, 2) == 3);
	CHECK(text_file_operations.read(&file, buffer, 16, 0) == -ESRCH);
	node.entry = &writable;
	CHECK(text_file_operations.write(&file, "x", 1, 0) == -ESRCH);
	text_file_operations.release(&file);
}

int main(void)
{
	test_text();
	test_reading();
	test_others();
	test_ended_process();
	return 0;
}
