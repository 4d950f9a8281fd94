/* SPDX-License-Identifier: BSD-3-Clause */
/* Mappings as /proc/self/maps tells them. */
#include <uk/mm.h>
#include <uk/path.h>
#include <uk/process.h>
#include <uk/string.h>

#define NAME_COLUMN 73 /* Linux, fs/proc/task_mmu.c: show_vma_header_prefix() */

static const char *const kind_names[] = {
	[UK_VMA_ANONYMOUS] = "",
	[UK_VMA_IMAGE] = "", /* what is behind the file's end */
	[UK_VMA_HEAP] = "[heap]",
	[UK_VMA_STACK] = "[stack]",
	[UK_VMA_VDSO] = "[vdso]",
	/* As Linux tells memory that has a name (PR_SET_VMA_ANON_NAME). */
	[UK_VMA_TRAMPOLINES] = "[anon:trampolines]",
	[UK_VMA_GUARD] = "[anon:guard]",
};

/* What a mapping shows of a file. */
struct shown {
	const char *name;
	u64 offset, device, ino;
};

static void find_executable(struct shown *shown)
{
	struct uk_path path;

	if (uk_path_lookup(&uk_process_paths.root, shown->name, UK_LOOKUP_FOLLOW, &path))
		return;
	shown->device = path.dentry->superblock->device;
	shown->ino = path.dentry->vnode->ino;
	uk_path_put(&path);
}

/* The name, behind as many spaces as lead to its column. */
static char *put_name(char *at, const char *start, const char *name)
{
	while (at - start < NAME_COLUMN)
		*at++ = ' ';
	for (; *name; name++) {
		if (*name == '\n') /* what ends the line */
			at += uk_snprintf(at, sizeof("\\012"), "\\012");
		else
			*at++ = *name;
	}
	return at;
}

size_t uk_process_mapping_line(const struct uk_vma *vma, char *buffer)
{
	struct shown shown = {.name = kind_names[vma->kind]};
	char *at = buffer;

	if (vma->kind == UK_VMA_IMAGE && vma->source.frames) {
		shown.name = uk_process_executable();
		shown.offset = vma->source.frames - uk_process.memory.image;
		find_executable(&shown);
	}
	at += uk_snprintf(at, UK_PROCESS_MAPPING_MAX, "%08lx-%08lx %c%c%c%c %08lx %02x:%02x %lu ",
			  vma->start, vma->end, vma->prot & UK_PROT_READ ? 'r' : '-',
			  vma->prot & UK_PROT_WRITE ? 'w' : '-',
			  vma->prot & UK_PROT_EXEC ? 'x' : '-',
			  vma->flags & UK_VMA_SHARED ? 's' : 'p', shown.offset,
			  (u32)(shown.device >> 8 & 0xfff), (u32)(shown.device & 0xff), shown.ino);
	if (*shown.name)
		at = put_name(at, buffer, shown.name);
	*at++ = '\n';
	return (size_t)(at - buffer);
}
