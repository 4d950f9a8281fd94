/* SPDX-License-Identifier: BSD-3-Clause */
/* Address spaces as a whole. */
#include <uk/alloc.h>
#include <uk/assert.h>
#include <uk/uaccess.h>

#include "map.h"
#include "source.h"

/* Returns false if there is no memory. */
static bool mm_init(struct uk_mm *mm)
{
	*mm = (struct uk_mm){
		.references = 1,
		.space = ukplat_space_create(),
		.mmap_top = UK_GUEST_END,
	};
	uk_vnode_unmap_mappings = mm_unmap_vnode;
	return mm->space;
}

static void mm_deinit(struct uk_mm *mm)
{
	/* All of it: no VMA has to be split. */
	int result = mm_clear(mm, 0, UK_GUEST_END);

	UK_ASSERT(result == 0 && !mm->vmas && mm->resident == 0);
	ukplat_space_destroy(mm->space);
}

struct uk_mm *uk_mm_create(void)
{
	struct uk_mm *mm = uk_malloc(sizeof(*mm));

	if (!mm || mm_init(mm))
		return mm;
	uk_free(mm);
	return NULL;
}

void uk_mm_put(struct uk_mm *mm)
{
	if (--mm->references)
		return;
	mm_deinit(mm);
	uk_free(mm);
}
