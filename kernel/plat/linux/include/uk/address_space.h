/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How the process's address space is divided: the program has the lower part, where Linux also
 * places programs; the library OS and its view of memory are above it, and above these is what the
 * host's kernel maps (stack, vDSO).
 */
#ifndef UK_ADDRESS_SPACE_H
#define UK_ADDRESS_SPACE_H

/* The first address that is not the guest's. */
#define UK_GUEST_END  0x7d0000000000UL
/* Where the kernel sees page frames: the memory's file. */
#define UK_DIRECT_MAP 0x7d8000000000UL
/* The end of the address space of Linux programs (TASK_SIZE_MAX): addresses in between are unused,
 * but valid. */
#define UK_TASK_SIZE  0x7ffffffff000UL

/* Whether memory that was never used contains zeroes. */
#define UK_MEMORY_IS_ZERO true
/* Pages that a fault maps, depending on the cost of a fault. */
#define UK_FAULT_AROUND	  64	/* of a file, in place; a power of two */
#define UK_FAULT_FIRST	  16UL	/* of memory without contents, at the start of a mapping */
#define UK_FAULT_MOST	  512UL /* the same, after a sequence of this length */
/* Whether page tables can map 2 MiB by one entry. */
#define UK_LARGE_PAGES	  false

/* Pages of a segment that are mapped when a program is loaded, if it has no more: in place, and as
 * the program's own. A fault costs as much as preparing dozens of the former, or a few of the
 * latter. */
#define UK_LOAD_IN_PLACE 256
#define UK_LOAD_OWN	 16

#endif
