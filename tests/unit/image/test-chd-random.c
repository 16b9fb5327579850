// SPDX-License-Identifier: GPL-2.0-only
/*
 * CHD files with bytes changed at random, and with random bytes for codecs: whatever comes out, the parser comes back
 * and the sanitizers stay silent.
 *
 *	test-chd-random [SEED [TIMES]]
 */
#include "chd-test.h"

static unsigned int times = 1;
/* Half of the changes are made where the header, the map and the metadata are. */
static void mutate(uint8_t *data, size_t size)
{
	static const uint8_t values[] = { 0, 1, 0x7F, 0x80, 0xFE, 0xFF };
	uint32_t changes = 1 + any(3), map = (uint32_t)get_be64(data + 40);

	while (changes--) {
		uint32_t at = any((uint32_t)size);

		if (any(2))
			at = any(2) ? 12 + any(300) : map + any((uint32_t)size - map);
		if (at < size)
			data[at] = any(2) ? values[any(sizeof(values))] : data[at] ^ (uint8_t)(1 << any(8));
	}
}

static void try_random(const uint8_t *original, size_t size, unsigned int rounds)
{
	struct image_options options = { .cache_dir = folder };
	uint8_t *data = malloc(size);
	struct image image;

	for (rounds *= times; rounds; rounds--) {
		size_t len = any(6) ? size : any((uint32_t)size) + 1;

		memcpy(data, original, size);
		if (any(12))
			mutate(data, size);
		write_file(data, len);
		/* What is said about it is not empty if it is not taken. */
		if (image_open_with(&image, path, &options))
			assert_true(image.reason[0]);
		else
			assert_true(image.sectors > 0);
		image_close(&image);
	}
	free(data);
}

static void random_changes(void **state)
{
	static uint8_t frames[FRAMES * CHD_FRAME];
	struct build build;
	char text[256];
	size_t i;

	(void)state;
	try_random(file_cd, sizeof(file_cd), 800);
	for (i = 0; i < sizeof(raws) / sizeof(raws[0]); i++)
		try_random(raws[i].data, raws[i].size, 500);
	fill_frames(frames, true);
	build_begin(&build, "cdzs", sizeof(frames), sizeof(frames), CHD_FRAME);
	add_cdzs(&build, frames, 0x5B);
	snprintf(text, sizeof(text), one_track, "MODE2_RAW", "RW");
	build_metadata(&build, "CHT2", text);
	build_map(&build);
	try_random(build.data, build.len, 500);
	free(build.data);
}

/*
 * Whatever bytes a codec is given: without a checksum in the way, which would have them refused before the next step.
 * The map is right, and so is the CRC of zeroes, which do not come out of it.
 */
static void random_hunks(void **state)
{
	static const char *const names[] = { "zlib", "lzma", "huff", "flac", "zstd", "cdzl", "cdlz", "cdfl", "cdzs" };
	static uint8_t hunk[FRAMES * CHD_FRAME], bytes[4096];
	struct image_options options = { .cache_dir = folder };
	struct image image;
	unsigned int round;

	(void)state;
	for (round = 0; round < 900 * times; round++) {
		const char *name = names[round % 9];
		struct build build;
		uint32_t i, len = any(sizeof(bytes));

		for (i = 0; i < len; i++)
			bytes[i] = (uint8_t)(any(3) ? any(256) : 0);
		if (len > 16 && any(2))
			memcpy(bytes, round % 9 == 7 ? "\xFF\xF8\xC9\x18\0" : "L\xFF\xF8\xC9\x18\0", 6);
		build_begin(&build, name, sizeof(hunk), sizeof(hunk), CHD_FRAME);
		build_hunk(&build, 0, bytes, len, hunk, sizeof(hunk));
		build_metadata(&build, "CHTR", "TRACK:1 TYPE:AUDIO SUBTYPE:NONE FRAMES:5");
		build_map(&build);
		write_file(build.data, build.len);
		if (image_open_with(&image, path, &options))
			assert_non_null(strstr(image.reason, "hunk 0"));
		image_close(&image);
		free(build.data);
	}
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_changes),
		cmocka_unit_test(random_hunks),
	};

	if (argc > 1)
		random_state = strtoull(argv[1], NULL, 0) | 1;
	if (argc > 2)
		times = (unsigned int)strtoul(argv[2], NULL, 0);
	if (!make_folder())
		return 1;
	RUN(tests);
}
