/* SPDX-License-Identifier: BSD-3-Clause */
/* The kernel's mapping of all memory, and of devices. */
#include <uk/assert.h>

#include "page_table.h"
#include "platform.h"

#define ENTRIES	     512
#define LARGE_SIZE   (1UL << 21)
#define POINTER_SIZE (1UL << 30)

static u64 *table_of(u64 entry)
{
	return uk_page_address(entry & PTE_ADDRESS);
}

static void flush(uintptr_t address)
{
	__asm__ volatile("invlpg (%0)" : : "r"(address) : "memory");
}

/* The directory (2 MiB entries) of the direct map for the GiB that holds address. */
static u64 *direct_directory(uk_paddr_t address)
{
	u64 *pointer = &pointers_direct[address / POINTER_SIZE];

	UK_ASSERT(address / POINTER_SIZE < ENTRIES);
	if (!*pointer) {
		uk_paddr_t page = uk_page_alloc_zeroed();

		if (!page)
			UK_PANIC("no page for the direct map of 0x%lx", address);
		*pointer = page | PTE_TABLE;
	}
	return table_of(*pointer);
}

void page_table_map_direct(uk_paddr_t end)
{
	/* entry.S mapped the first GiB. */
	for (uk_paddr_t address = POINTER_SIZE; address < end; address += LARGE_SIZE) {
		u64 *directory = direct_directory(address);

		directory[address / LARGE_SIZE % ENTRIES] =
			address | PTE_TABLE | PTE_LARGE | PTE_NX;
	}
}

volatile void *page_table_map_device(uk_paddr_t address)
{
	u64 *entry = &direct_directory(address)[address / LARGE_SIZE % ENTRIES];

	*entry = ALIGN_DOWN(address, LARGE_SIZE) | PTE_TABLE | PTE_LARGE | PTE_NX | PTE_UNCACHED;
	flush((uintptr_t)uk_page_address(address));
	return uk_page_address(address);
}
