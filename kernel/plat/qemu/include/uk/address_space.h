/* SPDX-License-Identifier: BSD-3-Clause */
/* How the address space is divided: in a virtual machine, half of it is the program's. */
#ifndef UK_ADDRESS_SPACE_H
#define UK_ADDRESS_SPACE_H

/* The first address that is not the guest's (47 bits minus one guard page, as Linux's
 * TASK_SIZE_MAX). */
#define UK_GUEST_END  0x7ffffffff000UL
#define UK_TASK_SIZE  UK_GUEST_END
/* Where the kernel sees page frames. */
#define UK_DIRECT_MAP 0xffff800000000000UL

/* Whether memory that was never used contains zeroes. */
#define UK_MEMORY_IS_ZERO false
/* Pages that a fault maps, depending on the cost of a fault. */
#define UK_FAULT_AROUND	  16	/* of a file, in place; a power of two */
#define UK_FAULT_FIRST	  1UL	/* of memory without contents, at the start of a mapping */
#define UK_FAULT_MOST	  512UL /* the same, after a sequence of this length */
/* Whether page tables can map 2 MiB by one entry. */
#define UK_LARGE_PAGES	  true

/* Pages of a segment that are mapped when a program is loaded: none, because faults are cheap. */
#define UK_LOAD_IN_PLACE 0
#define UK_LOAD_OWN	 0

#endif
