/* SPDX-License-Identifier: BSD-3-Clause */
/* Spaces, and what the host has of the current one. */
#ifndef PLAT_LINUX_SPACE_H
#define PLAT_LINUX_SPACE_H

#include "page_table.h"
#include "patches.h"

struct host_space {
	struct ukplat_space space; /* page tables that no processor walks: the record */
	/* What the host does not know yet: one run of pages that all change alike. Empty while the
	 * space is not current. */
	struct {
		uintptr_t start, end;
		u64 entry; /* of the first page */
	} run;
	struct patches patches; /* of the program's text */
};

/* The one that the host's mappings follow; never NULL. */
extern struct host_space *space_current;

/* Makes the host's mappings follow the current space; before the program runs on. */
void space_sync(void);

#endif
