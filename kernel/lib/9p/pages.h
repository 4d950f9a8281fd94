/* SPDX-License-Identifier: BSD-3-Clause */
/* Frames by page number, two levels deep. */
#ifndef NINEP_PAGES_H
#define NINEP_PAGES_H

#include <uk/page.h>

#define NINEP_LEAF_SLOTS 512 /* a leaf has one page */
#define NINEP_PAGE_DIRTY 1UL /* a mapping may write to it */

/* A slot is 0 or a frame, with flags in its low bits. */
struct ninep_pages {
	u64 **leaves;
	size_t leaf_count;
	size_t count; /* of slots that are not 0 */
	size_t dirty;
};

/* The slot, or NULL where there are none yet. */
u64 *ninep_pages_find(const struct ninep_pages *pages, u64 index);
/* The same, made; NULL: no memory, or too far out. */
u64 *ninep_pages_make(struct ninep_pages *pages, u64 index);
/* The first page at index or behind it that is there (and dirty), in *index; NULL. */
u64 *ninep_pages_next(const struct ninep_pages *pages, u64 *index, bool dirty);
/* Puts the frames of [first, end) back. */
void ninep_pages_drop(struct ninep_pages *pages, u64 first, u64 end);
void ninep_pages_free(struct ninep_pages *pages);

#endif
