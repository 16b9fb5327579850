// SPDX-License-Identifier: GPL-2.0-only
/* The map of what is missing in a dump: what is marked, what is in files, also in those that somebody else wrote */
#include <errno.h>
#include <unistd.h>

#include "image-test.h"
#include "badmap.h"

static char folder[] = "/tmp/vcd-test-badmap-XXXXXX";

static const char *in_folder(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static void map_marks(void **state)
{
	char model[400];
	struct badmap map;
	unsigned int seed = 1, i, j;

	(void)state;
	memset(model, BADMAP_UNTRIED, sizeof(model));
	assert_int_equal(badmap_init(&map, sizeof(model)), 0);
	for (i = 0; i < 4000; i++) {
		unsigned int pos, size;

		seed = seed * 1103515245 + 12345;
		pos = (seed >> 16) % sizeof(model);
		size = (seed >> 8) % 40;
		if (pos + size > sizeof(model)) {
			assert_int_equal(badmap_mark(&map, pos, size, BADMAP_DONE), -EINVAL);
			continue;
		}
		memset(model + pos, "?-+"[seed >> 4 & 1 ? 2 : seed % 3], size);
		assert_int_equal(badmap_mark(&map, pos, size, "?-+"[seed >> 4 & 1 ? 2 : seed % 3]), 0);
		for (j = 0, pos = 0; j < map.count; j++) {
			assert_int_equal(map.ranges[j].pos, pos);
			assert_true(map.ranges[j].size > 0);
			assert_true(!j || map.ranges[j].status != map.ranges[j - 1].status);
			for (size = 0; size < map.ranges[j].size; size++)
				assert_int_equal(model[pos + size], map.ranges[j].status);
			pos += size;
		}
		assert_int_equal(pos, sizeof(model));
	}
	assert_int_equal(badmap_retry(&map), 0);
	assert_int_equal(badmap_bytes(&map, BADMAP_BAD), 0);
	assert_int_equal(badmap_bytes(&map, BADMAP_UNTRIED) + badmap_bytes(&map, BADMAP_DONE), sizeof(model));
	badmap_free(&map);
}

static int load_text(const char *text, size_t len, struct badmap *map)
{
	FILE *file = fopen(in_folder("map"), "w");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, len, file), len);
	fclose(file);
	return badmap_load(map, in_folder("map"), 2048);
}

static const char ddrescue_map[] =
	"# Mapfile. Created by GNU ddrescue version 1.23\n# Command line: ddrescue -b2048 /dev/sr0 o m\n"
	"0x00002000     ?               1\n#      pos        size  status\n"
	"0x00000000  0x00001000  +\n0x00001000  0x00000800  -\n0x00001800  0x00000800  *\n0x00002000  0x00000800  /\n"
	"0x00002800  0x00100000  ?\n";

static void map_files(void **state)
{
	struct badmap map, again;

	(void)state;
	assert_int_equal(load_text(ddrescue_map, strlen(ddrescue_map), &map), 0);
	assert_int_equal(map.size, 0x102800);
	assert_int_equal(map.count, 3);
	assert_int_equal(badmap_bytes(&map, BADMAP_BAD), 3 * 2048);
	assert_int_equal(badmap_find(&map, 0, BADMAP_BAD)->pos, 0x1000);
	assert_null(badmap_find(&map, 0x1000, BADMAP_DONE));
	assert_int_equal(badmap_save(&map, in_folder("map2"), 0x2000), 0);
	assert_int_equal(badmap_load(&again, in_folder("map2"), 2048), 0);
	assert_int_equal(again.count, map.count);
	assert_memory_equal(again.ranges, map.ranges, map.count * sizeof(map.ranges[0]));
	assert_int_not_equal(access(in_folder("map2.part"), F_OK), 0);
	badmap_free(&again);
	assert_int_equal(badmap_save(&map, in_folder("nowhere/map"), 0), -ENOENT);
	badmap_free(&map);
	assert_int_equal(badmap_load(&map, in_folder("nowhere"), 2048), -ENOENT);
}

static void broken_maps(void **state)
{
	static const char *const maps[] = {
		"", "\n\n", "# only this\n", "0 ?\n", "0 ?\n0 2048\n", "0 ?\n0 2048 x\n", "0 ?\n0 2048 ++\n",
		"0 ?\n0 2048 + 1\n", "0 ?\n0 0 +\n", "0 ?\n0 1000 +\n", "0 ?\n2048 2048 +\n",
		"0 ?\n0 2048 +\n4096 2048 +\n", "0 ?\n0 4096 +\n2048 2048 +\n", "0 ?\n-1 2048 +\n", "0 ?\n0 -2048 +\n",
		"0 ?\n0 0xFFFFFFFFFFFFF800 +\n", "0 ?\n0 99999999999999999999999 +\n", "0 ?\n0x 2048 +\n",
		"0 ?\n0 2048+\n", "0 ?\nzero 2048 +\n",
		"0 ?\n0 0x7FFFFFFFFFFFF800 +\n0x7FFFFFFFFFFFF800 0x7FFFFFFFFFFFF800 +\n",
	};
	char longest[1000];
	struct badmap map;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(maps) / sizeof(maps[0]); i++) {
		assert_int_equal(load_text(maps[i], strlen(maps[i]), &map), -EBADMSG);
		badmap_free(&map);
	}
	/* A line that is too long is no line, but a comment may be. */
	memset(longest, ' ', sizeof(longest));
	memcpy(longest, "0 ?\n0 2048 +", 12);
	memcpy(longest + sizeof(longest) - 5, "9 +\n", 4);
	assert_int_equal(load_text(longest, sizeof(longest), &map), -EBADMSG);
	badmap_free(&map);
	memset(longest, 'x', sizeof(longest));
	longest[0] = '#';
	memcpy(longest + sizeof(longest) - 15, "\n0 ?\n0 2048 +\n", 14);
	assert_int_equal(load_text(longest, sizeof(longest) - 1, &map), 0);
	badmap_free(&map);
}

static void mutated_maps(void **state)
{
	char text[sizeof(ddrescue_map)];
	unsigned int seed = 7, i, j;

	(void)state;
	for (i = 0; i < 3000; i++) {
		struct badmap map;
		uint64_t pos = 0;

		memcpy(text, ddrescue_map, sizeof(text));
		for (j = 0; j < 1 + i % 4; j++) {
			seed = seed * 1103515245 + 12345;
			text[(seed >> 8) % sizeof(text)] = (char)(i % 2 ? "0123456789 ?-+*/x\n#\0"[seed >> 20 & 15] :
								  (char)(seed >> 24));
		}
		if (!load_text(text, i % 5 ? sizeof(text) : (seed >> 8) % sizeof(text), &map)) {
			for (j = 0; j < map.count; pos += map.ranges[j++].size)
				assert_int_equal(map.ranges[j].pos, pos);
			assert_int_equal(map.size, pos);
		}
		badmap_free(&map);
	}
}

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	unlink(in_folder("map"));
	unlink(in_folder("map2"));
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(map_marks),
		cmocka_unit_test(map_files),
		cmocka_unit_test(broken_maps),
		cmocka_unit_test(mutated_maps),
	};
	int failed = cmocka_run_group_tests(tests, make_folder, remove_folder);

	printf("%zu passed, %d failed\n", sizeof(tests) / sizeof(tests[0]) - (size_t)failed, failed);
	return failed != 0;
}
