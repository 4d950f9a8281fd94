/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Maps, fills, moves, protects, discards and unmaps memory at random, and checks all of its
 * contents with a model: memory_model OPERATIONS [SEED [MIB [SECONDS]]]. Prints what differs, and a
 * line at the end.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define PAGE	  4096UL
#define AREAS	  48
#define PAGES_MAX 3000 /* of an area */

/* A mapping: what each of its pages contains, as a number at both ends of the page; 0: zeroes. */
struct area {
	char *start;
	size_t pages;
	int is_readonly;
	uint64_t *values;
};

static struct area areas[AREAS];
static size_t pages_total, pages_limit;
static uint64_t state = 1, next_value = 1;

static uint64_t draw(uint64_t limit)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % limit;
}

static void die(const char *what, const struct area *area, size_t page)
{
	printf("%s: area %td of %zu pages, page %zu\n", what, area - areas, area->pages, page);
	exit(1);
}

static uint64_t *ends(const struct area *area, size_t page, int is_last)
{
	return (uint64_t *)(area->start + page * PAGE + (is_last ? PAGE - 8 : 0));
}

static void check_page(const struct area *area, size_t page)
{
	if (*ends(area, page, 0) != area->values[page] ||
	    *ends(area, page, 1) != area->values[page])
		die("contents differ", area, page);
}

static void check_area(const struct area *area)
{
	for (size_t page = 0; page < area->pages; page++)
		check_page(area, page);
}

static void write_page(struct area *area, size_t page)
{
	check_page(area, page);
	area->values[page] = next_value++;
	*ends(area, page, 0) = *ends(area, page, 1) = area->values[page];
}

static void create(struct area *area)
{
	size_t pages = 1 + draw(draw(4) ? 40 : PAGES_MAX);

	if (pages_total + pages > pages_limit)
		return;
	area->start = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | (draw(8) ? 0 : MAP_POPULATE), -1, 0);
	if (area->start == MAP_FAILED)
		die("mmap", area, pages);
	area->pages = pages;
	area->is_readonly = 0;
	area->values = calloc(pages, sizeof(*area->values));
	pages_total += pages;
}

static void destroy(struct area *area)
{
	check_area(area);
	if (munmap(area->start, area->pages * PAGE))
		die("munmap", area, 0);
	pages_total -= area->pages;
	free(area->values);
	*area = (struct area){0};
}

/* Touches pages in one of several orders. */
static void fill(struct area *area)
{
	size_t first = draw(area->pages), count = 1 + draw(area->pages), way = draw(4);

	for (size_t i = 0; i < count; i++) {
		size_t page = way == 0	 ? draw(area->pages)
			      : way == 1 ? (first + area->pages - i % area->pages) % area->pages
			      : way == 2 ? (first + i * 16) % area->pages
					 : (first + i) % area->pages;

		if (draw(4) == 0)
			check_page(area, page);
		else
			write_page(area, page);
	}
}

/* Linux refuses with EFAULT what it has not merged into one mapping. */
static int is_moved(const char *moved, const char *what, const struct area *area)
{
	if (moved == MAP_FAILED && errno != EFAULT)
		die(what, area, 0);
	return moved != MAP_FAILED;
}

static void resize(struct area *area)
{
	size_t pages = draw(2) ? 1 + draw(area->pages * 2) : 1 + draw(area->pages);
	char *moved;

	if (pages_total + pages - area->pages > pages_limit || pages > PAGES_MAX)
		return;
	moved = mremap(area->start, area->pages * PAGE, pages * PAGE, MREMAP_MAYMOVE);
	if (!is_moved(moved, "mremap", area))
		return;
	area->start = moved;
	area->values = realloc(area->values, pages * sizeof(*area->values));
	if (pages > area->pages)
		memset(area->values + area->pages, 0,
		       (pages - area->pages) * sizeof(*area->values));
	pages_total += pages - area->pages;
	area->pages = pages;
}

/* Moves to an address of the program's choice, with another offset or the same one. */
static void move(struct area *area)
{
	size_t size = area->pages * PAGE, more = (draw(2) ? 512 : draw(600)) * PAGE;
	char *space = mmap(NULL, size + more, PROT_NONE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	char *target = space + more;

	if (space == MAP_FAILED)
		die("mmap", area, 0);
	if (draw(2))
		target = space + (((uintptr_t)area->start - (uintptr_t)space) & (512 * PAGE - 1));
	if (target + size > space + size + more)
		target = space;
	munmap(space, size + more);
	if (is_moved(mremap(area->start, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, target),
		     "mremap to an address", area))
		area->start = target;
}

static void discard(struct area *area)
{
	size_t first = draw(area->pages), count = 1 + draw(area->pages - first);

	if (madvise(area->start + first * PAGE, count * PAGE, MADV_DONTNEED))
		die("madvise", area, first);
	memset(area->values + first, 0, count * sizeof(*area->values));
}

/* Part of it loses its access and gets it back. */
static void protect(struct area *area)
{
	size_t first = draw(area->pages), count = 1 + draw(area->pages - first);
	int prot = draw(2) ? PROT_NONE : PROT_READ;

	if (mprotect(area->start + first * PAGE, count * PAGE, prot))
		die("mprotect", area, first);
	if (prot == PROT_READ)
		check_area(area);
	if (mprotect(area->start + first * PAGE, count * PAGE, PROT_READ | PROT_WRITE))
		die("mprotect back", area, first);
}

/* Replaces part of it by new memory. */
static void replace(struct area *area)
{
	size_t first = draw(area->pages), count = 1 + draw(area->pages - first);

	if (mmap(area->start + first * PAGE, count * PAGE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
		die("mmap over it", area, first);
	memset(area->values + first, 0, count * sizeof(*area->values));
}

/* Cuts off the end. */
static void cut(struct area *area)
{
	size_t pages = 1 + draw(area->pages);

	if (pages < area->pages && munmap(area->start + pages * PAGE, (area->pages - pages) * PAGE))
		die("munmap of the end", area, pages);
	pages_total -= area->pages - pages;
	area->pages = pages;
}

static void operate(void)
{
	struct area *area = &areas[draw(AREAS)];

	if (!area->start) {
		create(area);
		return;
	}
	switch (draw(16)) {
	case 0:
		destroy(area);
		break;
	case 1:
		resize(area);
		break;
	case 2:
		move(area);
		break;
	case 3:
		discard(area);
		break;
	case 4:
		protect(area);
		break;
	case 5:
		replace(area);
		break;
	case 6:
		cut(area);
		break;
	case 7:
		check_area(area);
		break;
	default:
		fill(area);
	}
}

int main(int argc, char **argv)
{
	long operations = argc > 1 ? atol(argv[1]) : 1000;
	time_t end = argc > 4 ? time(NULL) + atol(argv[4]) : 0;

	state = argc > 2 ? strtoul(argv[2], NULL, 0) * 2 + 1 : 1;
	pages_limit = (argc > 3 ? strtoul(argv[3], NULL, 0) : 64) << 8;
	for (long i = 0; i < operations || time(NULL) < end; i++)
		operate();
	for (size_t i = 0; i < AREAS; i++) {
		if (areas[i].start)
			destroy(&areas[i]);
	}
	printf("all contents are right; %zu pages are left\n", pages_total);
	return 0;
}
