/* SPDX-License-Identifier: BSD-3-Clause */
/* Frames by page number, a table of two levels. */
#ifndef NINEP_PAGES_H
#define NINEP_PAGES_H

#include <uk/page.h>

#define NINEP_LEAF_SLOTS 512 /* a leaf takes one page */
#define NINEP_PAGE_DIRTY 1UL /* a mapping may write to it */

/* A slot is 0, or a frame with flags in its low bits. */
struct ninep_pages {
	u64 **leaves;
	size_t leaf_count;
	size_t count; /* slots that are not 0 */
	size_t dirty;
};

/* Returns the slot, or NULL if its leaf does not exist. */
u64 *ninep_pages_find(const struct ninep_pages *pages, u64 index);
/* The same, but allocates the leaf; NULL: no memory, or index is too large. */
u64 *ninep_pages_make(struct ninep_pages *pages, u64 index);
/* Returns the slot of the first page (first dirty page) at or after *index, and stores its number
 * in *index; NULL: no more pages. */
u64 *ninep_pages_next(const struct ninep_pages *pages, u64 *index, bool dirty);
/* Frees the frames of [first, end). */
void ninep_pages_drop(struct ninep_pages *pages, u64 first, u64 end);
void ninep_pages_free(struct ninep_pages *pages);

#endif
