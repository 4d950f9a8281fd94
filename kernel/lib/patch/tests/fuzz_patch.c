/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Fuzzes the plan of a patch: random windows, sites and places. Every plan must be feasible: writes
 * inside the window, over the site or away from it, not over more than the plan states.
 */
#include <string.h>
#include <uk/essentials.h>
#include <uk/patch.h>

#include "check.h"

#define BASE 0x7f0000000000UL

struct input {
	u32 site, number;
	s32 trampoline, slot;
	u8 capacity, scale;
	u8 unused[2];
};

static void check_map(const struct uk_patch *patch)
{
	const struct uk_patch_map *map = &patch->map;

	CHECK(map->count >= 1 && map->count <= UK_PATCH_PLACES_MAX);
	for (unsigned int i = 0; i < map->count; i++) {
		u64 ip = map->trampoline + map->places[i].moved;
		u64 original = map->start + map->places[i].original;

		if (i > 0) {
			CHECK(map->places[i].original > map->places[i - 1].original);
			CHECK(map->places[i].moved > map->places[i - 1].moved);
		}
		CHECK(uk_patch_to_original(map, &ip) && ip == original);
	}
}

static void check_plan(const struct uk_patch_site *site, const struct uk_patch *patch)
{
	u64 next = site->address + UK_PATCH_SYSCALL_SIZE, ip = next;

	CHECK(patch->write_count >= 1 && patch->write_count <= UK_PATCH_WRITES_MAX);
	CHECK(patch->map.trampoline_size <=
	      MIN(site->trampoline_capacity, (size_t)UK_PATCH_TRAMPOLINE_MAX));
	for (size_t i = 0; i < patch->write_count; i++) {
		const struct uk_patch_write *write = &patch->writes[i];
		u64 offset = write->address - site->window_address;

		CHECK(write->size >= UK_PATCH_SYSCALL_SIZE && write->size <= UK_PATCH_BYTES_MAX);
		CHECK(offset < site->window_size && write->size <= site->window_size - offset);
		if (write->address == patch->map.start)
			CHECK(write->size == patch->map.replaced);
	}
	CHECK(patch->map.start <= site->address);
	check_map(patch);
	/* Both translations lead to the same place. */
	uk_patch_to_trampoline(&patch->map, &ip);
	CHECK(ip == patch->resume);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct uk_patch_site site = {.window_address = BASE};
	struct uk_patch patch, again;
	struct input input;
	u8 *window;

	if (size < sizeof(input))
		return 0;
	memcpy(&input, data, sizeof(input));
	size -= sizeof(input);
	window = malloc(size ? size : 1);
	CHECK(window);
	memcpy(window, data + sizeof(input), size);
	/* Mostly at a syscall: the first one from an offset on. */
	site.address = BASE + input.site;
	for (size_t offset = size ? input.site % size : 0; offset + 1 < size; offset++) {
		if (window[offset] == 0x0f && window[offset + 1] == 0x05) {
			site.address = BASE + offset;
			break;
		}
	}
	site.window = window;
	site.window_size = size;
	site.number = input.number;
	if (input.scale & 1 && site.address - BASE >= 5 && site.address - BASE <= size)
		memcpy(&site.number, window + (site.address - BASE) - 4, sizeof(u32));
	site.trampoline = BASE + (u64)((s64)input.trampoline * (input.scale & 2 ? 2 : 1));
	site.slot = BASE + (u64)((s64)input.slot * (input.scale & 4 ? 2 : 1));
	site.trampoline_capacity = input.capacity;
	if (input.scale & 8) {
		site.trampolines = window;
		site.trampolines_address = site.trampoline;
		site.trampolines_size = size;
	}

	if (uk_patch_plan(&site, &patch))
		check_plan(&site, &patch);
	else
		CHECK(patch.write_count == 0);
	/* The same input gives the same plan: there is no state. */
	memset(&again, 0xff, sizeof(again));
	CHECK(uk_patch_plan(&site, &again) == patch.form);
	CHECK(memcmp(again.reasons, patch.reasons, sizeof(again.reasons)) == 0);
	free(window);
	return 0;
}
