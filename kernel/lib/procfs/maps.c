/* SPDX-License-Identifier: BSD-3-Clause */
/* maps and smaps: proc_pid_maps(5), proc_pid_smaps(5). A part is a mapping; its number is the
 * address at which the previous one ended. */
#include <uk/mm.h>
#include <uk/process.h>

#include "procfs.h"

#define PAGE_KIB (UK_PAGE_SIZE / 1024)

/* The first mapping that ends after address. A guard is a hole, as on Linux. */
static const struct uk_vma *next_mapping(const struct uk_mm *mm, uintptr_t address)
{
	const struct uk_vma *vma = mm ? uk_mm_next(mm, address) : NULL; /* NULL: a zombie */

	while (vma && vma->kind == UK_VMA_GUARD)
		vma = uk_mm_next(mm, vma->end);
	return vma;
}

static void put_line(struct text *text, const struct uk_vma *vma)
{
	char *room = text_room(text, UK_PROCESS_MAPPING_MAX);

	if (room)
		text->length += uk_process_mapping_line(vma, room);
}

SHOW(show_maps)
{
	const struct uk_vma *vma = next_mapping(thread->process->mm, part);

	if (!vma)
		return 0;
	put_line(text, vma);
	return vma->end;
}

static void put_size(struct text *text, const char *name, size_t kib)
{
	text_print(text, "%-16s%8lu kB\n", name, kib);
}

static void put_flags(struct text *text, const struct uk_vma *vma)
{
	text_print(text, "VmFlags: ");
	if (vma->prot & UK_PROT_READ)
		text_print(text, "rd ");
	if (vma->prot & UK_PROT_WRITE)
		text_print(text, "wr ");
	if (vma->prot & UK_PROT_EXEC)
		text_print(text, "ex ");
	if (vma->flags & UK_VMA_SHARED)
		text_print(text, "sh ");
	text_print(text, "mr mw me %s\n", vma->flags & UK_VMA_NORESERVE ? "nr " : "");
}

SHOW(show_smaps)
{
	static const char *const none[] = {"LazyFree:",	     "AnonHugePages:",	"ShmemPmdMapped:",
					   "FilePmdMapped:", "Shared_Hugetlb:", "Private_Hugetlb:",
					   "Swap:",	     "SwapPss:",	"Locked:"};
	const struct uk_mm *mm = thread->process->mm;
	const struct uk_vma *vma = next_mapping(mm, part);
	size_t resident, owned;

	if (!vma)
		return 0;
	put_line(text, vma);
	resident = uk_mm_resident_in(mm, vma->start, vma->end, &owned) / 1024;
	owned /= 1024;
	put_size(text, "Size:", (vma->end - vma->start) / 1024);
	put_size(text, "KernelPageSize:", PAGE_KIB);
	put_size(text, "MMUPageSize:", PAGE_KIB);
	put_size(text, "Rss:", resident);
	put_size(text, "Pss:", resident);
	/* No pages are shared with other processes. Pages of a file are clean. */
	put_size(text, "Shared_Clean:", 0);
	put_size(text, "Shared_Dirty:", 0);
	put_size(text, "Private_Clean:", resident - owned);
	put_size(text, "Private_Dirty:", owned);
	put_size(text, "Referenced:", resident);
	put_size(text, "Anonymous:", owned);
	for (size_t i = 0; i < ARRAY_SIZE(none); i++)
		put_size(text, none[i], 0);
	text_print(text, "THPeligible:    %8u\n", 0u);
	put_flags(text, vma);
	return vma->end;
}
