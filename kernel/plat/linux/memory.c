/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The machine's memory is a file of the host: mapped as a whole for the library OS, and page by
 * page for the program (space.c). The program's file is part of it, and is not copied.
 */
#include <uk/debugger.h>
#include <uk/errno.h>
#include <uk/linux/file.h>
#include <uk/mm.h>
#include <uk/string.h>

#include "host.h"
#include "page_table.h"
#include "platform.h"

/* Frame 0 is not used (UK_PAGE_NONE). */
#define IMAGE_FRAME UK_PAGE_SIZE

/* Free pages that are kept for ever, and those that are given back at once, which takes the host
 * about 0.2 us each. */
#define KEPT_PAGES  16384
#define GIVEN_PAGES 8192

/* What the start of the smallest programs uses. */
#define FIRST_PAGES 26

static int memory_file, image_file = -1;
static size_t image_offset;  /* of the program in its file, bytes */
static uk_paddr_t image_end; /* frames from IMAGE_FRAME up to here are the image's file */

static u64 host_prot(u64 entry)
{
	u64 prot = HOST_PROT_READ;

	if (entry & PTE_WRITABLE)
		prot |= HOST_PROT_WRITE;
	if (!(entry & PTE_NX))
		prot |= HOST_PROT_EXEC;
	return prot;
}

/* A debugger's changes to pages of text must stay, even though no other process sees them. */
static u64 host_sharing(u64 entry)
{
	bool is_text = !(entry & (PTE_NX | PTE_WRITABLE));

	return uk_debugger && is_text ? HOST_MAP_PRIVATE : HOST_MAP_SHARED;
}

/* Whether the frame is in the program's file, not in the memory's. Frames of both are never
 * adjacent in a run: the allocator's metadata is between them. */
static bool is_image(u64 entry)
{
	return (entry & PTE_ADDRESS) < image_end;
}

bool memory_map(uintptr_t start, size_t length, u64 entry)
{
	/* The host maps pages that are read in batches of its own, and those that are written one
	 * by one, which costs more than to map them all now. */
	u64 flags = HOST_MAP_FIXED | (entry & PTE_WRITABLE ? HOST_MAP_POPULATE : 0);
	long result;

	if (entry & PTE_PRESENT && is_image(entry))
		result = HOST(mmap, start, length, host_prot(entry), HOST_MAP_PRIVATE | flags,
			      image_file, image_offset + (entry & PTE_ADDRESS) - IMAGE_FRAME);
	else if (entry & PTE_PRESENT)
		result = HOST(mmap, start, length, host_prot(entry), host_sharing(entry) | flags,
			      memory_file, entry & PTE_ADDRESS);
	else
		result = HOST(munmap, start, length);
	return result >= 0 || result <= -4096;
}

bool memory_move(uintptr_t from, uintptr_t to, size_t length)
{
	long result =
		HOST(mremap, from, length, length, HOST_MREMAP_MAYMOVE | HOST_MREMAP_FIXED, to);

	return result >= 0 || result <= -4096;
}

void memory_collapse(uintptr_t start, size_t length)
{
	HOST(madvise, start, length, HOST_MADV_COLLAPSE);
}

bool memory_has_surplus(void)
{
	return uk_page_statistics().kept > KEPT_PAGES;
}

static bool give(uk_paddr_t start, size_t size)
{
	return HOST(fallocate, memory_file, HOST_FALLOC_PUNCH_HOLE, start, size) == 0;
}

void memory_give_back(void)
{
	uk_page_give_back(KEPT_PAGES, GIVEN_PAGES, give);
}

static void *map(uintptr_t address, size_t length, int file)
{
	long result = HOST(mmap, address, length, HOST_PROT_READ | HOST_PROT_WRITE,
			   HOST_MAP_SHARED | HOST_MAP_FIXED | HOST_MAP_NORESERVE, file, 0);

	if (result < 0 && result > -4096)
		linux_refuse("the host is out of memory");
	return (void *)result;
}

/* Copies the program's file to its place, if it cannot be mapped, such as a pipe. */
static size_t copy_image(int file)
{
	char *to = uk_page_address(IMAGE_FRAME);
	size_t size = 0;

	for (;;) {
		long got = HOST(read, file, to + size, 1UL << 30);

		if (got < 0)
			linux_refuse("-i: the file is not readable, or is larger than memory");
		if (got == 0)
			return size;
		size += (size_t)got;
	}
}

/* Maps it at the start of memory, without a copy. False: the host cannot, or memory is too
 * small. */
static bool map_image(const struct options *options, int file, size_t offset, size_t size)
{
	if (size >= options->memory - IMAGE_FRAME ||
	    HOST(mmap, uk_page_address(IMAGE_FRAME), size, HOST_PROT_READ | HOST_PROT_WRITE,
		 HOST_MAP_PRIVATE | HOST_MAP_FIXED, file, offset) <= 0)
		return false;
	cage.image = image_file = file;
	image_offset = offset;
	image_end = IMAGE_FRAME + ALIGN_UP(size, UK_PAGE_SIZE);
	return true;
}

bool ukplat_initrd_read(void *buffer, size_t size, size_t offset)
{
	return image_end &&
	       HOST(pread64, image_file, buffer, size, image_offset + offset) == (long)size;
}

/* Takes the program's file as it is on the host; returns its size. */
static size_t take_initrd(const struct options *options)
{
	long file = HOST(open, options->initrd, HOST_O_RDONLY | HOST_O_CLOEXEC, 0);
	long size = file < 0 ? file : HOST(lseek, file, 0, SEEK_END);

	if (file == -ENOENT)
		linux_refuse_with(UK_STATUS_NOT_FOUND, "-i: no such file");
	if (file < 0)
		linux_refuse_with(UK_STATUS_NOT_EXECUTABLE, "-i: cannot open the file");
	if (size > 0 && map_image(options, (int)file, 0, (size_t)size))
		return (size_t)size;
	HOST(lseek, file, 0, SEEK_SET);
	size = (long)copy_image((int)file);
	HOST(close, file);
	return (size_t)size;
}

/* Takes the program inside a standalone file; returns its size. */
static size_t take_own_initrd(const struct options *options)
{
	if (!map_image(options, options->standalone, options->initrd_offset, options->initrd_size))
		linux_refuse("the standalone file does not fit into memory; build it with a "
			     "larger --memory");
	return options->initrd_size;
}

/* The host supplies the first pages together for less than one by one, each at a fault; in the file
 * before the mapping, which is cheaper again. Older hosts refuse, and supply them at faults. */
static void supply_first_pages(size_t memory)
{
	const size_t size = FIRST_PAGES << UK_PAGE_SHIFT;
	uk_paddr_t first = memory - (uk_page_statistics().total << UK_PAGE_SHIFT);

	if (first + size <= memory && HOST(fallocate, memory_file, 0, first, size) == 0)
		HOST(madvise, uk_page_address(first), size, HOST_MADV_POPULATE_WRITE);
}

void memory_init(const struct options *options, struct uk_boot_info *info)
{
	size_t start = IMAGE_FRAME;

	memory_file = (int)HOST(memfd_create, "unishim-memory", HOST_MFD_CLOEXEC);
	if (memory_file < 0 || HOST(ftruncate, memory_file, options->memory) < 0)
		linux_refuse("the host does not support memory files (memfd_create)");
	cage.memory = memory_file;
	cage.memory_size = options->memory;
	map(UK_DIRECT_MAP, options->memory, memory_file);
	if (options->initrd || options->standalone >= 0) {
		info->initrd = uk_page_address(IMAGE_FRAME);
		info->initrd_size =
			options->initrd ? take_initrd(options) : take_own_initrd(options);
		start += ALIGN_UP(info->initrd_size, UK_PAGE_SIZE);
	}
	uk_page_add_range(start, options->memory);
	supply_first_pages(options->memory);
}
