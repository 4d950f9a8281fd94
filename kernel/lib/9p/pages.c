/* SPDX-License-Identifier: BSD-3-Clause */
#include <uk/alloc.h>
#include <uk/string.h>

#include "pages.h"

#define LEAVES_MAX (1UL << 19) /* the largest block of the heap; covers 1 TiB of a file */

u64 *ninep_pages_find(const struct ninep_pages *pages, u64 index)
{
	u64 leaf = index / NINEP_LEAF_SLOTS;

	if (leaf >= pages->leaf_count || !pages->leaves[leaf])
		return NULL;
	return &pages->leaves[leaf][index % NINEP_LEAF_SLOTS];
}

static bool grow(struct ninep_pages *pages, u64 leaf)
{
	size_t count = MAX(pages->leaf_count * 2, MAX(leaf + 1, 8UL));
	u64 **leaves;

	if (leaf >= LEAVES_MAX)
		return false;
	count = MIN(count, LEAVES_MAX);
	leaves = uk_zalloc(count * sizeof(*leaves));
	if (!leaves)
		return false;
	if (pages->leaves)
		memcpy(leaves, pages->leaves, pages->leaf_count * sizeof(*leaves));
	uk_free(pages->leaves);
	pages->leaves = leaves;
	pages->leaf_count = count;
	return true;
}

u64 *ninep_pages_make(struct ninep_pages *pages, u64 index)
{
	u64 leaf = index / NINEP_LEAF_SLOTS;

	if (leaf >= pages->leaf_count && !grow(pages, leaf))
		return NULL;
	if (!pages->leaves[leaf])
		pages->leaves[leaf] = uk_zalloc(NINEP_LEAF_SLOTS * sizeof(u64));
	return ninep_pages_find(pages, index);
}

u64 *ninep_pages_next(const struct ninep_pages *pages, u64 *index, bool dirty)
{
	while (*index / NINEP_LEAF_SLOTS < pages->leaf_count) {
		u64 *slot = ninep_pages_find(pages, *index);

		if (slot && *slot && (!dirty || *slot & NINEP_PAGE_DIRTY))
			return slot;
		*index = slot ? *index + 1 : (*index / NINEP_LEAF_SLOTS + 1) * NINEP_LEAF_SLOTS;
	}
	return NULL;
}

void ninep_pages_drop(struct ninep_pages *pages, u64 first, u64 end)
{
	u64 *slot;

	while ((slot = ninep_pages_next(pages, &first, false)) && first < end) {
		pages->count--;
		pages->dirty -= *slot & NINEP_PAGE_DIRTY;
		uk_page_put(*slot & UK_PAGE_MASK);
		*slot = 0;
	}
}

void ninep_pages_free(struct ninep_pages *pages)
{
	ninep_pages_drop(pages, 0, UINT64_MAX);
	for (size_t i = 0; i < pages->leaf_count; i++)
		uk_free(pages->leaves[i]);
	uk_free(pages->leaves);
	*pages = (struct ninep_pages){0};
}
