/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reads the PVH start info (Xen, public/arch-x86/hvm/start_info.h): command line, initrd, memory
 * map. Free memory goes to the page allocator.
 */
#include <uk/assert.h>
#include <uk/string.h>

#include "platform.h"

#define START_INFO_MAGIC 0x336ec578
#define MEMORY_RAM	 1

struct hvm_start_info {
	u32 magic;
	u32 version;
	u32 flags;
	u32 nr_modules;
	u64 modlist_paddr;
	u64 cmdline_paddr;
	u64 rsdp_paddr;
	u64 memmap_paddr; /* version 1 and later */
	u32 memmap_entries;
	u32 reserved;
};

struct hvm_modlist_entry {
	u64 paddr;
	u64 size;
	u64 cmdline_paddr;
	u64 reserved;
};

struct hvm_memmap_table_entry {
	u64 addr;
	u64 size;
	u32 type;
	u32 reserved;
};

struct range {
	uk_paddr_t start, end;
};

/* The entries are copied first, because the memory that holds them may be allocated. */
#define MEMORY_MAP_MAX 32
#define RESERVED_MAX   3

/* Adds what is left of range after removing reserved[0..count). */
static void add_unreserved(struct range range, const struct range *reserved, unsigned int count)
{
	for (; count > 0; reserved++, count--) {
		if (reserved->end <= range.start || reserved->start >= range.end)
			continue;
		if (reserved->start > range.start)
			add_unreserved((struct range){range.start, reserved->start}, reserved + 1,
				       count - 1);
		range.start = reserved->end;
		if (range.start >= range.end)
			return;
	}
	uk_page_add_range(range.start, range.end);
}

static void read_initrd(const struct hvm_start_info *start, struct uk_boot_info *info,
			struct range *reserved)
{
	const struct hvm_modlist_entry *module;

	if (start->nr_modules == 0)
		return;
	module = uk_page_address(start->modlist_paddr);
	/* Pages are mapped from it in place. All known loaders align it; otherwise it could be
	 * moved. */
	UK_ASSERT(IS_ALIGNED(module->paddr, UK_PAGE_SIZE));
	info->initrd = uk_page_address(module->paddr);
	info->initrd_size = module->size;
	reserved->start = module->paddr;
	reserved->end = ALIGN_UP(module->paddr + module->size, UK_PAGE_SIZE);
}

void boot_memory_init(u32 start_info, struct uk_boot_info *info)
{
	const struct hvm_start_info *start = uk_page_address(start_info);
	const struct hvm_memmap_table_entry *map;
	struct range ram[MEMORY_MAP_MAX];
	struct range reserved[RESERVED_MAX] = {
		{KERNEL_LOAD, (u64)kernel_end - KERNEL_VIRTUAL},
	};
	unsigned int count = 0;
	u64 end = 0;

	if (start->magic != START_INFO_MAGIC || start->version < 1)
		UK_PANIC("not started by PVH with a memory map (magic 0x%x, version %u)",
			 start->magic, start->version);
	map = uk_page_address(start->memmap_paddr);
	for (u32 i = 0; i < start->memmap_entries && count < MEMORY_MAP_MAX; i++) {
		if (map[i].type != MEMORY_RAM)
			continue;
		/* Frame 0 is not used (UK_PAGE_NONE). */
		ram[count].start = MAX(map[i].addr, UK_PAGE_SIZE);
		ram[count].end = map[i].addr + map[i].size;
		end = MAX(end, ram[count].end);
		if (ram[count].start < ram[count].end)
			count++;
	}
	read_initrd(start, info, &reserved[1]);
	info->command_line = "";
	if (start->cmdline_paddr) {
		info->command_line = uk_page_address(start->cmdline_paddr);
		reserved[2].start = ALIGN_DOWN(start->cmdline_paddr, UK_PAGE_SIZE);
		reserved[2].end = ALIGN_UP(start->cmdline_paddr + strlen(info->command_line) + 1,
					   UK_PAGE_SIZE);
	}
	for (unsigned int i = 0; i < count; i++)
		add_unreserved(ram[i], reserved, RESERVED_MAX);
	page_table_map_direct(end);
	/* Not earlier, because the initrd may be above the first GiB. */
	if (info->initrd)
		memset((char *)info->initrd + info->initrd_size, 0,
		       -info->initrd_size & ~UK_PAGE_MASK);
}

bool ukplat_initrd_read(void *buffer, size_t size, size_t offset)
{
	return false;
}
