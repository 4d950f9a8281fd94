/* SPDX-License-Identifier: BSD-3-Clause */
/* Maps the vDSO, preceded by the clock's page, into the program. */
#include <uk/mm.h>
#include <uk/plat.h>
#include <uk/string.h>
#include <uk/vdso.h>

extern const char vdso_image[], vdso_image_end[];

static int map(uintptr_t address, uk_paddr_t page, u32 prot, uintptr_t *result)
{
	const struct uk_mm_source source = {.frames = page, .size = UK_PAGE_SIZE};

	return uk_mm_map(uk_mm_current(), address, UK_PAGE_SIZE, prot, UK_VMA_FIXED, UK_VMA_VDSO,
			 &source, result);
}

uintptr_t uk_vdso_map(void)
{
	uk_paddr_t clock = uk_page_alloc_zeroed(), code = uk_page_alloc_zeroed();
	size_t size = (size_t)(vdso_image_end - vdso_image);
	uintptr_t address, ignored;

	_Static_assert(sizeof(struct uk_clock_page) <= UK_PAGE_SIZE, "one page");
	if (size > UK_PAGE_SIZE || !clock || !code ||
	    uk_mm_map(uk_mm_current(), 0, 2 * UK_PAGE_SIZE, UK_PROT_NONE, 0, UK_VMA_VDSO, NULL,
		      &address) ||
	    map(address, clock, UK_PROT_READ, &ignored) ||
	    map(address + UK_PAGE_SIZE, code, UK_PROT_READ | UK_PROT_EXEC, &ignored))
		return 0; /* programs work without it */
	memcpy(uk_page_address(code), vdso_image, size);
	ukplat_share_clock(uk_page_address(clock));
	return address + UK_PAGE_SIZE;
}
