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

/* Pages that the program has used in its latest turns. */
#define HOT_RANGES 16
struct host_range {
	uintptr_t start, end;
};

struct host_space {
	struct ukplat_space space; /* the record: page tables that no processor walks */
	/* Changes that the host does not have yet. Empty if the space is not current. */
	struct host_run run;
	struct host_move move;		   /* inside of one ukplat_pages_move() only */
	u64 host_changes;		   /* how often the host's mappings changed */
	struct host_range hot[HOT_RANGES]; /* shown at once when the space becomes current */
	unsigned int hot_count, turns;
	struct patches patches; /* patches of the program's text */
};

/* The space that the host's mappings follow; never NULL. */
extern struct host_space *space_current;

/* Makes the host's mappings follow the current space; call it before the program continues. */
void space_sync(void);
/* Whether the current space's record has the page and allows the access (UK_PROT_*): if the host
 * does not, its mapping is missing. */
bool space_allows(uintptr_t address, u32 access);
/* Makes the host's mapping of a page of the current space that the record has, and of its
 * neighbours. */
void space_show(uintptr_t address);

#endif
