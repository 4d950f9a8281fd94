/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What of the process's address space is whose: the program's is all below, where Linux puts its
 * programs too; the library OS and its view of memory lie above, and above these what the host's
 * kernel maps (stack, vDSO).
 */
#ifndef UK_ADDRESS_SPACE_H
#define UK_ADDRESS_SPACE_H

/* First address that is not the guest's. */
#define UK_GUEST_END  0x7d0000000000UL
/* Where the kernel sees page frames: the memory's file. */
#define UK_DIRECT_MAP 0x7d8000000000UL
/* Where Linux's programs end (TASK_SIZE_MAX): what lies between is nobody's, not an error. */
#define UK_TASK_SIZE  0x7ffffffff000UL

/* Whether memory that was never used holds zeroes. */
#define UK_MEMORY_IS_ZERO true
/* Pages that a fault on empty memory maps at once, as an even power of two: what a fault costs
 * decides. */
#define UK_FAULT_AROUND	  64 /* of a file, in place */
#define UK_FAULT_ORDER	  4

#endif
