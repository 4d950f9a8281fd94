/* SPDX-License-Identifier: BSD-3-Clause */
/* Spaces, and the state of the host's mappings of the current one. */
#ifndef PLAT_LINUX_SPACE_H
#define PLAT_LINUX_SPACE_H

#include "page_table.h"
#include "patches.h"

struct host_space {
	struct ukplat_space space; /* the record: page tables that no processor walks */
	/* Changes that the host does not have yet: one run of pages that all change in the same
	 * way. Empty if the space is not current. */
	struct {
		uintptr_t start, end;
		u64 entry; /* of the first page */
	} run;
	struct patches patches; /* patches of the program's text */
};

/* The space that the host's mappings follow; never NULL. */
extern struct host_space *space_current;

/* Makes the host's mappings follow the current space; call it before the program continues. */
void space_sync(void);

#endif
