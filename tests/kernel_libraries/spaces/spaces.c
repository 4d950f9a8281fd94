/* SPDX-License-Identifier: BSD-3-Clause */
/* Two address spaces with different pages at the same address, through the processor. */
#include <uk/assert.h>
#include <uk/errno.h>
#include <uk/init.h>
#include <uk/mm.h>
#include <uk/print.h>
#include <uk/uaccess.h>

#define SPACES 2
#define PLACE  0x40000000UL
#define LENGTH (16 * UK_PAGE_SIZE)

static u32 __user *word(size_t offset)
{
	return (u32 __user *)(PLACE + offset);
}

/* Maps [PLACE, PLACE + LENGTH) and its pages: faults are handled only for the program. */
static struct uk_mm *create(void)
{
	struct uk_mm *mm = uk_mm_create();
	uintptr_t address;

	UK_ASSERT(mm);
	UK_ASSERT(uk_mm_map(mm, PLACE, LENGTH, UK_PROT_READ | UK_PROT_WRITE,
			    UK_VMA_FIXED | UK_VMA_POPULATE, UK_VMA_ANONYMOUS, NULL, &address) == 0);
	return mm;
}

static void fill(const struct uk_mm *mm, u32 value)
{
	ukplat_space_switch(mm->space);
	for (size_t offset = 0; offset < LENGTH; offset += UK_PAGE_SIZE)
		UK_ASSERT(copy_to_user(word(offset), &value, sizeof(value)) == 0);
}

static void check(const struct uk_mm *mm, u32 wanted)
{
	u32 value;

	ukplat_space_switch(mm->space);
	for (size_t offset = 0; offset < LENGTH; offset += UK_PAGE_SIZE) {
		UK_ASSERT(copy_from_user(&value, word(offset), sizeof(value)) == 0);
		UK_ASSERT(value == wanted);
	}
}

static void check_unmapped(struct ukplat_space *space)
{
	u32 value;

	/* Unmapped pages may stay accessible until the next switch (uk/space.h). */
	ukplat_space_switch(NULL);
	ukplat_space_switch(space);
	UK_ASSERT(copy_from_user(&value, word(0), sizeof(value)) == -EFAULT);
}

static size_t check_two(void)
{
	struct uk_mm *mms[SPACES];

	for (u32 i = 0; i < SPACES; i++)
		mms[i] = create();
	for (u32 i = 0; i < SPACES; i++)
		fill(mms[i], 100 + i);
	for (u32 i = 0; i < SPACES; i++)
		check(mms[i], 100 + i);
	check_unmapped(uk_mm_current()->space);
	check_unmapped(NULL);
	/* Change the current space, and the other one. */
	check(mms[0], 100);
	UK_ASSERT(uk_mm_unmap(mms[0], PLACE, LENGTH) == 0);
	check_unmapped(mms[0]->space);
	UK_ASSERT(uk_mm_unmap(mms[1], PLACE + UK_PAGE_SIZE, LENGTH - UK_PAGE_SIZE) == 0);
	UK_ASSERT(uk_mm_protect(mms[1], PLACE, UK_PAGE_SIZE, UK_PROT_NONE) == 0);
	check_unmapped(mms[1]->space);
	ukplat_space_switch(uk_mm_current()->space);
	for (u32 i = 0; i < SPACES; i++)
		uk_mm_put(mms[i]);
	return uk_page_statistics().free;
}

static int check_spaces(void)
{
	/* The first round allocates what the kernel's heap keeps. */
	size_t free_pages = check_two();

	UK_ASSERT(check_two() == free_pages);
	uk_pr_info("both spaces work\n");
	return 0;
}
UK_INIT(UK_INIT_CLASS_LATE, check_spaces);
