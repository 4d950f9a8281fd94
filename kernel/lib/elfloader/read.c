/* SPDX-License-Identifier: BSD-3-Clause */
/* Reads the parts of a file that loading needs. */
#include <uk/alloc.h>
#include <uk/elf_loader.h>
#include <uk/errno.h>
#include <uk/print.h>

/* Reads all of [offset, offset + size), which the checks found to be inside the file. */
static int read_all(struct uk_elf_object *object, void *buffer, size_t size, u64 offset)
{
	ssize_t got = uk_file_read_kernel(object->file, buffer, size, (s64)offset);

	if (got < 0)
		return (int)got;
	/* The file has become shorter. */
	return (size_t)got == size ? 0 : -EIO;
}

static int refuse(struct uk_elf_object *object, enum uk_elf_reason reason)
{
	object->reason = reason;
	return -ENOEXEC;
}

int uk_elf_read(struct uk_elf_object *object)
{
	struct uk_elf_facts *facts = &object->facts;
	u64 size = object->file->vnode->size;
	u64 limit = uk_page_statistics().free << UK_PAGE_SHIFT;
	enum uk_elf_reason reason;
	struct elf_header header;
	size_t table;
	ssize_t got;
	int error;

	if (!object->file->vnode->operations->page)
		return -ENODEV;
	got = uk_file_read_kernel(object->file, &header, sizeof(header), 0);
	if (got < 0)
		return (int)got;
	reason = uk_elf_check_header(&header, (size_t)got, size, facts);
	if (reason != UK_ELF_OK)
		return refuse(object, reason);
	uk_pr_debug("%s: ELF machine type: %u\n", object->name, facts->machine);
	uk_pr_debug("%s: ELF OS ABI: %u\n", object->name, facts->os_abi);
	uk_pr_debug("%s: ELF object type: %u\n", object->name, facts->type);
	table = facts->phnum * sizeof(*object->segments);
	object->segments = uk_malloc(table);
	if (!object->segments)
		return -ENOMEM;
	error = read_all(object, object->segments, table, facts->phoff);
	if (error)
		return error;
	reason = uk_elf_check_segments(object->segments, size, limit, facts);
	return reason == UK_ELF_OK ? 0 : refuse(object, reason);
}

int uk_elf_read_interpreter(struct uk_elf_object *object, char **path)
{
	size_t size = object->facts.interpreter_size;
	int error;

	*path = uk_malloc(size);
	if (!*path)
		return -ENOMEM;
	error = read_all(object, *path, size, object->facts.interpreter_offset);
	if (!error && (*path)[size - 1] != '\0')
		error = refuse(object, UK_ELF_BAD_INTERPRETER);
	if (error) {
		uk_free(*path);
		*path = NULL;
	}
	return error;
}
