/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Open text files. The text is generated part by part as it is read, and again when it is read from
 * its beginning (like Linux's seq_file), so that a reader that continues sees one consistent text.
 */
#include <uk/alloc.h>
#include <uk/errno.h>
#include <uk/string.h>
#include <uk/uaccess.h>

#include "procfs.h"

#define STORE_MAX UK_PAGE_SIZE /* bytes of one write */

struct reader {
	struct text text; /* the current part */
	s64 start;	  /* its offset in the file */
	u64 next;	  /* the next part to generate */
	bool ended;	  /* all parts have been generated */
};

static void rewind(struct reader *reader)
{
	reader->text.length = 0;
	reader->text.failed = false;
	reader->start = 0;
	reader->next = 0;
	reader->ended = false;
}

/* 0, -ENOMEM or -ESRCH. */
static int make_part(struct reader *reader, const struct node *node)
{
	const struct entry *entry = node->entry;
	struct uk_thread *thread = node_thread(node);

	if (node->pid && !thread)
		return -ESRCH;
	reader->start += (s64)reader->text.length;
	reader->text.length = 0;
	if (entry->contents)
		text_print(&reader->text, "%s\n", entry->contents);
	else
		reader->next = entry->show(node, thread, &reader->text, reader->next);
	reader->ended = reader->next == 0;
	return reader->text.failed ? -ENOMEM : 0;
}

static ssize_t read_parts(struct reader *reader, const struct node *node, char *buffer,
			  size_t length, s64 offset)
{
	size_t done = 0;
	int error;

	while (done < length) {
		u64 at = (u64)(offset - reader->start) + done;

		if (at < reader->text.length) {
			size_t size = MIN(length - done, reader->text.length - at);
			size_t missing =
				copy_to_buffer(buffer + done, reader->text.data + at, size);

			done += size - missing;
			if (missing)
				return done ? (ssize_t)done : -EFAULT;
			continue;
		}
		if (reader->ended)
			break;
		error = make_part(reader, node);
		if (error) {
			rewind(reader);
			return error;
		}
	}
	return (ssize_t)done;
}

static ssize_t text_read(struct uk_file *file, void *buffer, size_t length, s64 offset)
{
	const struct node *node = node_of(file->vnode);
	struct reader *reader = file->data;

	if (!node->entry->show && !node->entry->contents)
		return -EINVAL;
	if (!reader)
		reader = file->data = uk_zalloc(sizeof(*reader));
	if (!reader)
		return -ENOMEM;
	if (offset == 0 || offset < reader->start)
		rewind(reader);
	return read_parts(reader, node, buffer, length, offset);
}

static ssize_t text_write(struct uk_file *file, const void *buffer, size_t length, s64 offset)
{
	const struct node *node = node_of(file->vnode);
	struct uk_thread *thread = node_thread(node);
	size_t size = MIN(length, STORE_MAX - 1);
	char *copy;
	int error;

	if (!node->entry->store)
		return -EINVAL;
	if (node->pid && !thread)
		return -ESRCH;
	copy = uk_malloc(STORE_MAX);
	if (!copy)
		return -ENOMEM;
	copy[size] = '\0';
	error = copy_from_buffer(copy, buffer, size) ? -EFAULT : node->entry->store(thread, copy);
	uk_free(copy);
	return error ? error : (ssize_t)length;
}

/* There is no end to seek from: Linux's seq_lseek(). */
static s64 text_seek(struct uk_file *file, s64 offset, int whence)
{
	if (whence == SEEK_CUR && __builtin_add_overflow(file->offset, offset, &offset))
		return -EINVAL;
	if ((whence != SEEK_SET && whence != SEEK_CUR) || offset < 0)
		return -EINVAL;
	return offset;
}

static void text_release(struct uk_file *file)
{
	struct reader *reader = file->data;

	if (!reader)
		return;
	text_free(&reader->text);
	uk_free(reader);
}

const struct uk_file_operations text_file_operations = {
	.read = text_read,
	.write = text_write,
	.seek = text_seek,
	.release = text_release,
};
