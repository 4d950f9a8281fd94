/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Four-level page tables (Intel SDM vol. 3, 4.5). The user count of each table's frame in the
 * guest's half counts the table's entries; the table is freed with its last entry.
 *
 * Where the processor can use a large page instead of a table of the lowest level, the table stays,
 * so that taking the large page apart needs no memory: a table of the level above has a second page
 * behind it, whose entries hold the tables that large pages have replaced.
 */
#include <uk/assert.h>
#include <uk/errno.h>
#include <uk/mm.h>
#include <uk/string.h>
#include <uk/uaccess.h>

#include "page_table.h"

#define ENTRIES PAGE_TABLE_ENTRIES
#define LEVELS	PAGE_TABLE_LEVELS
#define SPAN	PAGE_TABLE_SPAN

/* The entries on the way to an address: path[level] is the one in the table of that level. */
typedef u64 *path_t[LEVELS];

static u64 *table_of(u64 entry)
{
	return uk_page_address(entry & PTE_ADDRESS);
}

/* The entry that leads to the table below, even if a large page has replaced that. */
static u64 *below(u64 *entry)
{
	return UK_LARGE_PAGES && *entry & PTE_LARGE ? entry + ENTRIES : entry;
}

static unsigned int level_shift(unsigned int level)
{
	return UK_PAGE_SHIFT + 9 * level; /* level 0 holds pages */
}

static u64 *entry_at(u64 *table, uintptr_t address, unsigned int level)
{
	return &table[address >> level_shift(level) & (ENTRIES - 1)];
}

/* Pages from address to the end of its table, at most those up to end. */
static size_t pages_in_table(uintptr_t address, uintptr_t end)
{
	return (MIN(end, ALIGN_DOWN(address, SPAN) + SPAN) - address) >> UK_PAGE_SHIFT;
}

static u64 make_entry(uk_paddr_t frame, u32 prot)
{
	u64 entry = frame | PTE_USED;

	entry |= prot & (UK_PROT_READ | UK_PROT_WRITE | UK_PROT_EXEC) ? PTE_PRESENT : PTE_HELD;
	if (prot & UK_PROT_WRITE)
		entry |= PTE_WRITABLE;
	if (!(prot & UK_PROT_EXEC))
		entry |= PTE_NX;
	if (prot & UK_PTE_SOURCE)
		entry |= PTE_SOURCE;
	if (prot & UK_PTE_COPY)
		entry |= PTE_COPY;
	return entry;
}

static struct uk_pte read_entry(u64 entry)
{
	struct uk_pte pte = {.frame = entry & PTE_ADDRESS, .present = true};

	if (entry & PTE_PRESENT)
		pte.prot |= UK_PROT_READ | (entry & PTE_NX ? 0 : UK_PROT_EXEC);
	if (entry & PTE_WRITABLE)
		pte.prot |= UK_PROT_WRITE;
	if (entry & PTE_SOURCE)
		pte.prot |= UK_PTE_SOURCE;
	if (entry & PTE_COPY)
		pte.prot |= UK_PTE_COPY;
	return pte;
}

bool page_table_init(struct ukplat_space *space)
{
	uk_paddr_t page = uk_page_alloc_zeroed();

	if (page)
		space->root = uk_page_address(page);
	return page;
}

void page_table_deinit(struct ukplat_space *space)
{
	for (size_t i = 0; i <= (UK_GUEST_END - 1) >> level_shift(LEVELS - 1); i++)
		UK_ASSERT(!space->root[i]);
	uk_page_put(uk_page_from_address(space->root));
}

/* The lowest level whose entry for address exists; path is set down to it. 0: the page is
 * present. LEVELS: not even the root has an entry. */
static unsigned int follow_path(const struct ukplat_space *space, uintptr_t address, path_t path)
{
	u64 *table = space->root;

	for (unsigned int level = LEVELS; level-- > 0;) {
		path[level] = entry_at(table, address, level);
		if (!*path[level])
			return level + 1;
		if (level)
			table = table_of(*below(path[level]));
	}
	return 0;
}

/* Changes the number of entries in the table that contains path[level]. The root does not count. */
static void count_entries(path_t path, unsigned int level, int change)
{
	uk_paddr_t table;

	if (level == LEVELS - 1)
		return;
	table = *below(path[level + 1]) & PTE_ADDRESS;
	uk_page_set_user_count(table, (u16)(uk_page_user_count(table) + change));
}

/* Frees the tables on the path, from the one of `level` up, that are empty. */
static void free_empty(struct ukplat_space *space, uintptr_t address, path_t path,
		       unsigned int level)
{
	for (level++; level < LEVELS; level++) {
		uk_paddr_t table = *path[level] & PTE_ADDRESS;

		if (uk_page_user_count(table))
			return;
		*path[level] = 0;
		count_entries(path, level, -1);
		page_table_gone(space, address);
		uk_page_put(table);
	}
}

static uk_paddr_t make_table(unsigned int level)
{
	uk_paddr_t table;

	if (!UK_LARGE_PAGES || level != 1)
		return uk_page_alloc_zeroed();
	table = uk_page_alloc_order(1);
	if (table)
		memset(uk_page_address(table), 0, 2 * UK_PAGE_SIZE);
	return table;
}

/* Makes the tables on the path to address down to that of `lowest`. 0 or -ENOMEM (no change). */
static int make_tables(struct ukplat_space *space, uintptr_t address, path_t path,
		       unsigned int lowest)
{
	unsigned int missing = follow_path(space, address, path);

	for (unsigned int level = missing ? missing - 1 : 0; level > lowest; level--) {
		uk_paddr_t table = make_table(level - 1);

		if (!table) {
			free_empty(space, address, path, level);
			return -ENOMEM;
		}
		uk_page_set_user_count(table, 0);
		*path[level] = table | PTE_TABLE;
		count_entries(path, level, 1);
		path[level - 1] = entry_at(table_of(*path[level]), address, level - 1);
	}
	return 0;
}

/* Frees the tables on the path to address that make_tables() has made in vain. */
static void free_tables(struct ukplat_space *space, uintptr_t address)
{
	path_t path;
	unsigned int missing = follow_path(space, address, path);

	if (missing && missing < LEVELS)
		free_empty(space, address, path, missing - 1);
}

/* Entries of count pages from the first one on, in one table: `step` is the distance of frames. */
static void fill(u64 *entries, size_t count, u64 first, u64 step)
{
	for (size_t i = 0; i < count; i++)
		entries[i] = first + i * step;
}

/* The number of entries, at most count, that continue the run of the first one. */
static size_t run_length(const u64 *entries, size_t count)
{
	size_t length = 1;

	while (length < count && entries[length] == entries[0] + (length << UK_PAGE_SHIFT))
		length++;
	return length;
}

/* Notes that all entries of a table, of which count were just filled, are one run, and replaces it
 * by a large page if possible. */
static void join(path_t path, size_t count)
{
	const u64 *table = table_of(*path[1]);

	if (count < ENTRIES)
		return;
	*path[1] |= PTE_UNIFORM;
	if (!UK_LARGE_PAGES || !(table[0] & PTE_PRESENT) ||
	    !IS_ALIGNED(table[0] & PTE_ADDRESS, SPAN))
		return;
	path[1][ENTRIES] = *path[1];
	*path[1] = table[0] | PTE_LARGE;
}

/* Reverses join(). The caller changes an entry, and so flushes a large page too. */
static void take_apart(path_t path)
{
	if (UK_LARGE_PAGES && *path[1] & PTE_LARGE) {
		*path[1] = path[1][ENTRIES];
		path[1][ENTRIES] = 0;
	}
	*path[1] &= ~PTE_UNIFORM;
}

int ukplat_page_map(struct ukplat_space *space, uintptr_t address, uk_paddr_t frame, u32 prot)
{
	path_t path;
	u64 old;

	if (make_tables(space, address, path, 0))
		return -ENOMEM;
	take_apart(path);
	old = *path[0];
	*path[0] = make_entry(frame, prot);
	if (!old)
		count_entries(path, 0, 1);
	page_run_changed(space, address, 1, old, *path[0]);
	return 0;
}

int ukplat_pages_map(struct ukplat_space *space, uintptr_t address, uk_paddr_t frame, size_t count,
		     u32 prot)
{
	uintptr_t end = address + (count << UK_PAGE_SHIFT), next;
	u64 entry = make_entry(frame, prot);
	path_t path;
	size_t part;

	for (next = address; next < end; next = ALIGN_DOWN(next, SPAN) + SPAN) {
		if (make_tables(space, next, path, 0) == 0)
			continue;
		for (uintptr_t made = address; made < next; made = ALIGN_DOWN(made, SPAN) + SPAN)
			free_tables(space, made);
		return -ENOMEM;
	}
	for (next = address; next < end; next += part << UK_PAGE_SHIFT) {
		part = pages_in_table(next, end);
		follow_path(space, next, path);
		fill(path[0], part, entry + (next - address), UK_PAGE_SIZE);
		count_entries(path, 0, (int)part);
		join(path, part);
	}
	page_run_changed(space, address, count, 0, entry);
	return 0;
}

/* Returns the page entry for address; if a table or the entry is missing, NULL and, unless next is
 * NULL, *next. */
static u64 *find_entry(const struct ukplat_space *space, uintptr_t address, uintptr_t *next,
		       path_t path)
{
	unsigned int missing = follow_path(space, address, path);
	uintptr_t step;
	u64 *entry;

	if (!missing)
		return path[0];
	if (!next)
		return NULL;
	/* Skip the empty entries of this table. */
	step = 1UL << level_shift(missing - 1);
	entry = path[missing - 1];
	do {
		address = ALIGN_DOWN(address, step) + step;
		entry++;
	} while (((uintptr_t)entry & ~UK_PAGE_MASK) && !*entry);
	*next = address;
	return NULL;
}

u64 page_table_entry(const struct ukplat_space *space, uintptr_t address)
{
	path_t path;
	const u64 *entry = find_entry(space, address, NULL, path);

	return entry ? *entry : 0;
}

size_t page_table_find(const struct ukplat_space *space, uintptr_t *address, uintptr_t end,
		       u64 *entry)
{
	while (*address < end) {
		uintptr_t next;
		path_t path;
		const u64 *found = find_entry(space, *address, &next, path);
		size_t most = pages_in_table(*address, end);

		if (found) {
			*entry = *found;
			return *below(path[1]) & PTE_UNIFORM ? most : run_length(found, most);
		}
		*address = next;
	}
	return 0;
}

size_t ukplat_pages_find(const struct ukplat_space *space, uintptr_t *address, uintptr_t end,
			 struct uk_pte *pte)
{
	u64 entry;
	size_t count = page_table_find(space, address, end, &entry);

	if (count)
		*pte = read_entry(entry);
	return count;
}

struct uk_pte ukplat_page_query(const struct ukplat_space *space, uintptr_t address,
				uintptr_t *next)
{
	path_t path;
	const u64 *entry = find_entry(space, address, next, path);

	return entry ? read_entry(*entry) : (struct uk_pte){0};
}

void ukplat_pages_unmap(struct ukplat_space *space, uintptr_t address, size_t count)
{
	uintptr_t end = address + (count << UK_PAGE_SHIFT);
	path_t path;
	size_t part;
	u64 old;

	for (; address < end; address += part << UK_PAGE_SHIFT) {
		part = pages_in_table(address, end);
		UK_ASSERT(follow_path(space, address, path) == 0);
		take_apart(path);
		old = *path[0];
		/* A table without entries is freed. */
		if (part < ENTRIES)
			fill(path[0], part, 0, 0);
		count_entries(path, 0, -(int)part);
		page_run_changed(space, address, part, old, 0);
		free_empty(space, address, path, 0);
	}
}

void ukplat_pages_protect(struct ukplat_space *space, uintptr_t address, size_t count, u32 prot)
{
	uintptr_t end = address + (count << UK_PAGE_SHIFT);
	path_t path;
	size_t part;
	u64 old;

	for (; address < end; address += part << UK_PAGE_SHIFT) {
		part = pages_in_table(address, end);
		UK_ASSERT(follow_path(space, address, path) == 0);
		take_apart(path);
		old = *path[0];
		fill(path[0], part, make_entry(old & PTE_ADDRESS, prot), UK_PAGE_SIZE);
		page_run_changed(space, address, part, old, *path[0]);
		join(path, part);
	}
}

/* A move, and the part of it that is in one table of the lowest level. */
struct move {
	uintptr_t start, end, distance; /* distance: modulo 2^64 */
	uintptr_t from, part_end;
	bool is_whole; /* the part is a table that keeps its offset: its pointer can be moved */
};

/* Finds the first part at or after move->part_end that contains present pages. */
static bool next_part(const struct ukplat_space *space, struct move *move)
{
	uintptr_t table;
	u64 entry;

	move->from = move->part_end;
	if (!page_table_find(space, &move->from, move->end, &entry))
		return false;
	table = ALIGN_DOWN(move->from, SPAN);
	move->part_end = MIN(move->end, table + SPAN);
	move->is_whole = table >= move->start && table + SPAN <= move->end &&
			 IS_ALIGNED(move->distance, SPAN);
	if (move->is_whole)
		move->from = table;
	return true;
}

/* Frees the tables at the target that make_tables() has made in vain. */
static void clean_target(struct ukplat_space *space, const struct move *move)
{
	for (uintptr_t from = move->start; from < move->end; from = ALIGN_DOWN(from, SPAN) + SPAN)
		free_tables(space, from + move->distance);
	free_tables(space, move->end - UK_PAGE_SIZE + move->distance);
}

/* Makes the tables that the move needs. 0 or -ENOMEM (no change). */
static int prepare(struct ukplat_space *space, struct move move)
{
	path_t path;

	while (next_part(space, &move)) {
		uintptr_t first = move.from + move.distance;
		uintptr_t last = move.part_end - UK_PAGE_SIZE + move.distance;

		if (make_tables(space, first, path, move.is_whole) == 0 &&
		    make_tables(space, last, path, move.is_whole) == 0)
			continue;
		clean_target(space, &move);
		return -ENOMEM;
	}
	return 0;
}

/* The path to the target of a move. A table that it shares with the source may have been freed
 * along with its last entry; then there is memory to make it again. */
static void path_to_target(struct ukplat_space *space, uintptr_t target, path_t path,
			   unsigned int lowest)
{
	int result = make_tables(space, target, path, lowest);

	UK_ASSERT(result == 0);
}

static void move_table(struct ukplat_space *space, const struct move *move)
{
	path_t from, to;
	const u64 *table;
	bool is_uniform;
	size_t count;

	path_to_target(space, move->from + move->distance, to, 1);
	follow_path(space, move->from, from);
	table = table_of(*below(from[1]));
	is_uniform = *below(from[1]) & PTE_UNIFORM;
	if (UK_LARGE_PAGES) {
		to[1][ENTRIES] = from[1][ENTRIES];
		from[1][ENTRIES] = 0;
	}
	*to[1] = *from[1];
	*from[1] = 0;
	count_entries(to, 1, 1);
	count_entries(from, 1, -1);
	for (size_t i = 0; i < ENTRIES; i += count) {
		uintptr_t address = move->from + (i << UK_PAGE_SHIFT);

		count = is_uniform ? ENTRIES : table[i] ? run_length(&table[i], ENTRIES - i) : 1;
		if (table[i])
			page_run_moved(space, address, address + move->distance, count, table[i]);
	}
	free_empty(space, move->from, from, 1);
}

static void move_entries(struct ukplat_space *space, const struct move *move)
{
	uintptr_t address = move->from;
	size_t count;
	u64 entry;

	while ((count = page_table_find(space, &address, move->part_end, &entry))) {
		uintptr_t target = address + move->distance;
		path_t from, to;

		count = MIN(count, pages_in_table(target, target + (count << UK_PAGE_SHIFT)));
		path_to_target(space, target, to, 0);
		follow_path(space, address, from);
		take_apart(from);
		fill(to[0], count, entry, UK_PAGE_SIZE);
		fill(from[0], count, 0, 0);
		count_entries(to, 0, (int)count);
		count_entries(from, 0, -(int)count);
		page_run_moved(space, address, target, count, entry);
		free_empty(space, address, from, 0);
		address += count << UK_PAGE_SHIFT;
	}
}

int ukplat_pages_move(struct ukplat_space *space, uintptr_t from, uintptr_t to, size_t length)
{
	struct move move = {
		.start = from,
		.end = from + length,
		.distance = to - from,
		.part_end = from,
	};

	if (prepare(space, move))
		return -ENOMEM;
	while (next_part(space, &move)) {
		if (move.is_whole)
			move_table(space, &move);
		else
			move_entries(space, &move);
	}
	clean_target(space, &move);
	page_moves_done(space);
	return 0;
}
