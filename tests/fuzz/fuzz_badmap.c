// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer target of the maps of bad sectors. The first byte is the unit; then the number of changes that are made to
 * the map, with eight bytes for each; the rest is the file.
 */
#include <string.h>

#include "badmap.h"
#include "input.h"
#include "memfile.h"

/* Sorted, without gaps, no two neighbours of one status, and all of a size. */
static void check(const struct badmap *map)
{
	uint64_t pos = 0;
	size_t i;

	for (i = 0; i < map->count; i++) {
		const struct badmap_range *range = &map->ranges[i];

		REQUIRE(range->pos == pos && range->size && strchr("?-+", range->status));
		REQUIRE(!i || range->status != range[-1].status);
		pos += range->size;
	}
	REQUIRE(pos == map->size);
	REQUIRE(badmap_bytes(map, BADMAP_UNTRIED) + badmap_bytes(map, BADMAP_BAD) + badmap_bytes(map, BADMAP_DONE) == pos);
}

static void change(struct badmap *map, struct input *in)
{
	static const char statuses[] = { BADMAP_UNTRIED, BADMAP_BAD, BADMAP_DONE };
	char status = statuses[take(in) % 3];
	uint64_t pos = take32(in) & 0xFFFFFF, size = take16(in);
	const struct badmap_range *range;

	if (!take(in))
		REQUIRE(!badmap_retry(map));
	if (!badmap_mark(map, pos, size, status) && size) {
		range = badmap_find(map, pos, status);
		REQUIRE(range && range->pos <= pos && range->pos + range->size >= pos + size);
	}
	check(map);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	uint64_t unit = take(&in) & 1 ? 2352 : 2048;
	unsigned int changes = take(&in) % 16;
	struct input rest = in;
	struct badmap map;

	if (rest.left < changes * 8 + 1)
		return 0;
	rest.at += changes * 8;
	rest.left -= changes * 8;
	memfile_reset();
	memfile_add(&(struct memfile){ .name = "map", .data = rest.at, .len = rest.left, .size = rest.left });
	if (!badmap_load(&map, MEMFILE_FOLDER "map", unit)) {
		check(&map);
		while (changes--)
			change(&map, &in);
	}
	badmap_free(&map);
	return 0;
}
