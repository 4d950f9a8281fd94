/* SPDX-License-Identifier: BSD-3-Clause */
/* Formats mappings as in /proc/self/maps. */
#include <uk/file.h>
#include <uk/mm.h>
#include <uk/process.h>
#include <uk/string.h>

#define NAME_COLUMN 73		    /* Linux, fs/proc/task_mmu.c: show_vma_header_prefix() */
#define NAME_SIZE   (PATH_MAX + 16) /* with " (deleted)" */

static const char *const kind_names[] = {
	[UK_VMA_ANONYMOUS] = "",
	[UK_VMA_FILE] = "", /* the part past the file's end */
	[UK_VMA_HEAP] = "[heap]",
	[UK_VMA_STACK] = "[stack]",
	[UK_VMA_VDSO] = "[vdso]",
	/* In Linux's format for named memory (PR_SET_VMA_ANON_NAME). */
	[UK_VMA_TRAMPOLINES] = "[anon:trampolines]",
	[UK_VMA_GUARD] = "[anon:guard]",
};

/* Writes the name, preceded by spaces up to its column. The name may be stored further up in the
 * buffer. */
static char *put_name(char *at, const char *start, const char *name)
{
	while (at - start < NAME_COLUMN)
		*at++ = ' ';
	for (; *name; name++) {
		if (*name == '\n') { /* it would end the line */
			memcpy(at, "\\012", 4);
			at += 4;
		} else {
			*at++ = *name;
		}
	}
	return at;
}

size_t uk_process_mapping_line(const struct uk_vma *vma, char *buffer)
{
	char *name = buffer + UK_PROCESS_MAPPING_MAX - NAME_SIZE, *at = buffer;
	struct uk_file *file = vma->source.file;
	u64 device = file ? file->vnode->superblock->device : 0;

	at += uk_snprintf(
		at, UK_PROCESS_MAPPING_MAX, "%08lx-%08lx %c%c%c%c %08lx %02x:%02x %lu ", vma->start,
		vma->end, vma->prot & UK_PROT_READ ? 'r' : '-',
		vma->prot & UK_PROT_WRITE ? 'w' : '-', vma->prot & UK_PROT_EXEC ? 'x' : '-',
		vma->flags & UK_VMA_SHARED ? 's' : 'p', file ? vma->source.offset : 0,
		(u32)(device >> 8 & 0xfff), (u32)(device & 0xff), file ? file->vnode->ino : 0);
	if (vma->kind == UK_VMA_VDSO && !(vma->prot & UK_PROT_EXEC))
		uk_snprintf(name, NAME_SIZE, "[vvar]"); /* the clock's page, which it reads */
	else if (!file)
		uk_snprintf(name, NAME_SIZE, "%s", kind_names[vma->kind]);
	else if (uk_file_name(file, name, NAME_SIZE) < 0)
		*name = '\0';
	if (*name)
		at = put_name(at, buffer, name);
	*at++ = '\n';
	return (size_t)(at - buffer);
}
