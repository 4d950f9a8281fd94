/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The machine's memory is a file of the host: mapped as a whole for the library OS, and page by
 * page where the program has it. The page tables are a book that the host's mappings follow in
 * runs: changes that touch are put off and made in one host call, at the latest before the program
 * runs on (memory_sync) or when a page is missed (signals.c).
 */
#include <uk/mm.h>
#include <uk/string.h>

#include "host.h"
#include "page_table.h"
#include "platform.h"

u64 page_table_root[512];
u8 memory_is_stale;

#define RUN_MAX (1UL << 30) /* bytes */

static int memory_file;
/* What the host does not know yet: one run of pages that all change alike. */
static struct {
	uintptr_t start, end;
	u64 entry; /* of the first page */
} run;

static u64 host_prot(u64 entry)
{
	u64 prot = HOST_PROT_READ;

	if (entry & PTE_WRITABLE)
		prot |= HOST_PROT_WRITE;
	if (!(entry & PTE_NX))
		prot |= HOST_PROT_EXEC;
	return prot;
}

void memory_sync(void)
{
	size_t length = run.end - run.start;
	long result;

	memory_is_stale = false;
	if (!length)
		return;
	if (run.entry & PTE_PRESENT)
		result = HOST(mmap, run.start, length, host_prot(run.entry),
			      HOST_MAP_SHARED | HOST_MAP_FIXED | HOST_MAP_POPULATE, memory_file,
			      run.entry & PTE_ADDRESS);
	else
		result = HOST(munmap, run.start, length);
	if (result < 0 && result > -4096)
		process_refuse("the host refuses a mapping (vm.max_map_count?)");
	run.start = run.end = 0;
}

/* Whether a page can be added behind the run. */
static bool continues(uintptr_t address, u64 entry)
{
	u64 expected = run.entry;

	/* The cage takes less than 4 GiB at once. */
	if (address != run.end || run.end - run.start >= RUN_MAX)
		return false;
	if (!((run.entry | entry) & PTE_PRESENT))
		return true;
	expected += run.end - run.start;
	return (entry & (PTE_ADDRESS | PTE_PRESENT | PTE_WRITABLE | PTE_NX)) ==
	       (expected & (PTE_ADDRESS | PTE_PRESENT | PTE_WRITABLE | PTE_NX));
}

void page_entry_changed(uintptr_t address, u64 old, u64 new)
{
	if (!continues(address, new)) {
		memory_sync();
		run.start = address;
		run.entry = new;
	}
	run.end = address + UK_PAGE_SIZE;
	memory_is_stale = true;
}

void page_table_gone(uintptr_t address)
{
}

static void *map(uintptr_t address, size_t length, int file)
{
	long result = HOST(mmap, address, length, HOST_PROT_READ | HOST_PROT_WRITE,
			   HOST_MAP_SHARED | HOST_MAP_FIXED | HOST_MAP_NORESERVE, file, 0);

	if (result < 0 && result > -4096)
		process_refuse("the host has no memory");
	return (void *)result;
}

/* Reads the program's file to the start of memory: bytes. */
static size_t read_initrd(const char *name)
{
	long file = HOST(open, name, HOST_O_RDONLY | HOST_O_CLOEXEC, 0);
	char *to = uk_page_address(UK_PAGE_SIZE);
	size_t size = 0;

	if (file < 0)
		process_refuse("-i: the file can not be opened");
	for (;;) {
		long got = HOST(read, file, to + size, 1UL << 30);

		if (got < 0)
			process_refuse("-i: the file can not be read, or is larger than memory");
		if (got == 0)
			break;
		size += (size_t)got;
	}
	HOST(close, file);
	return size;
}

void memory_init(const struct options *options, struct uk_boot_info *info)
{
	size_t initrd_end = UK_PAGE_SIZE; /* frame 0 is none (UK_PAGE_NONE) */

	memory_file = (int)HOST(memfd_create, "unishim-memory", HOST_MFD_CLOEXEC);
	if (memory_file < 0 || HOST(ftruncate, memory_file, options->memory) < 0)
		process_refuse("the host has no memory file (memfd_create)");
	cage.memory = memory_file;
	map(UK_DIRECT_MAP, options->memory, memory_file);
	if (options->initrd) {
		info->initrd = uk_page_address(UK_PAGE_SIZE);
		info->initrd_size = read_initrd(options->initrd);
		initrd_end += ALIGN_UP(info->initrd_size, UK_PAGE_SIZE);
	}
	uk_page_add_range(initrd_end, options->memory);
}
