/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of this library share. */
#ifndef MM_MM_H
#define MM_MM_H

#include <uk/mm.h>

#define MM_ADDRESS_MIN 0x10000UL /* Linux's vm.mmap_min_addr */
#define MM_BELOW_2G    0x80000000UL /* mmap(2), MAP_32BIT: "the first 2 Gigabytes" */

/* Whether length more bytes of private writable memory may be promised: no more than is free. */
bool mm_may_promise(size_t length);

/* Frees the pages of [start, end). */
void mm_free_pages(uintptr_t start, uintptr_t end);
/* Gives the present pages of [start, end) the protection of a VMA with prot. */
void mm_protect_pages(uintptr_t start, uintptr_t end, u32 prot);
/* Moves the present pages of [from, from + length) to to. 0, or -ENOMEM with nothing moved. */
int mm_move_pages(uintptr_t from, uintptr_t to, size_t length);

/* [address, address + length) rounded up to pages, checked against the guest's half. 0, -EINVAL
 * (address not aligned) or -ENOMEM (leaves the guest's half). Stores the end. */
int mm_range_end(uintptr_t address, size_t length, uintptr_t *end);

#endif
