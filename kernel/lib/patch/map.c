/* SPDX-License-Identifier: BSD-3-Clause */
/* Translates addresses of the program that a patch has moved, in both directions. */
#include <uk/patch.h>

bool uk_patch_to_trampoline(const struct uk_patch_map *map, u64 *ip)
{
	u64 offset = *ip - map->start;

	if (offset == 0 || offset >= map->replaced)
		return false;
	for (unsigned int i = 0; i < map->count; i++) {
		if (map->places[i].original == offset) {
			*ip = map->trampoline + map->places[i].moved;
			return true;
		}
	}
	return false;
}

bool uk_patch_to_original(const struct uk_patch_map *map, u64 *ip)
{
	u64 offset = *ip - map->trampoline;

	if (offset >= map->trampoline_size)
		return false;
	for (unsigned int i = map->count; i-- > 0;) {
		if (map->places[i].moved <= offset) {
			*ip = map->start + map->places[i].original;
			return true;
		}
	}
	return false;
}
