/* SPDX-License-Identifier: BSD-3-Clause */
/* Spaces, and the state of the host's mappings of the current one. */
#ifndef PLAT_LINUX_SPACE_H
#define PLAT_LINUX_SPACE_H

#include "page_table.h"
#include "patches.h"

/* Pages whose mappings all change in the same way: they show consecutive frames. */
struct host_run {
	uintptr_t start, end;
	u64 entry; /* of the first page */
};

struct host_move {
	uintptr_t from, to;
	size_t length; /* bytes; 0: none */
	u64 entry;     /* of the first page */
};

struct host_space {
	struct ukplat_space space; /* the record: page tables that no processor walks */
	/* Changes that the host does not have yet. Empty if the space is not current. */
	struct host_run run;
	struct host_move move;	/* inside of one ukplat_pages_move() only */
	u64 host_changes;	/* how often the host's mappings changed */
	struct patches patches; /* patches of the program's text */
};

/* The space that the host's mappings follow; never NULL. */
extern struct host_space *space_current;

/* Makes the host's mappings follow the current space; call it before the program continues. */
void space_sync(void);
/* Makes the host's mapping of a page of the current space that the record has, and of its
 * neighbours. */
void space_show(uintptr_t address);

#endif
