/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests of CHD files share: a folder, files that are put together, and what is to be said of them. */
#ifndef CHD_TEST_H
#define CHD_TEST_H

#include <unistd.h>

#include "chd-build.h"
#include "chd-files.h"
#include "chd-source.h"
#include "image.h"

static char folder[64];
static char path[96];

static inline void write_file(const void *data, size_t size)
{
	assert_true(write_bytes(folder, "image.chd", data, size));
}

static inline void open_good(struct image *image, const void *data, size_t size)
{
	struct image_options options = { .cache_dir = folder };

	write_file(data, size);
	if (image_open_with(image, path, &options))
		fail_msg("%s", image->reason);
	assert_string_equal(image->format->name, "chd");
}

static inline void open_bad(const void *data, size_t size, const char *expected)
{
	struct image_options options = { .cache_dir = folder };
	struct image image;

	write_file(data, size);
	assert_int_equal(image_open_with(&image, path, &options), IMAGE_NOT_AN_IMAGE);
	if (!strstr(image.reason, expected))
		fail_msg("'%s' instead of '%s'", image.reason, expected);
	image_close(&image);
}

static const struct {
	const uint8_t *data;
	size_t size;
} raws[] = {
	{ file_raw_zlib, sizeof(file_raw_zlib) },
	{ file_raw_lzma, sizeof(file_raw_lzma) },
	{ file_raw_huff, sizeof(file_raw_huff) },
	{ file_raw_flac, sizeof(file_raw_flac) },
};

#define FRAMES	8

static const char one_track[] = "TRACK:1 TYPE:%s SUBTYPE:%s FRAMES:8 PREGAP:0 PGTYPE:MODE1 PGSUB:NONE POSTGAP:0";

/* A hunk for the codec cdzs: the flags of stripped sectors, a length, the main channels, the sub-channels */
static inline void add_cdzs(struct build *build, const uint8_t *frames, uint8_t stripped)
{
	static uint8_t packed[32768], main_part[FRAMES * RAW_SIZE], sub[FRAMES * 96];
	uint32_t i, len;

	for (i = 0; i < FRAMES; i++) {
		memcpy(main_part + i * RAW_SIZE, frames + i * CHD_FRAME, RAW_SIZE);
		memcpy(sub + i * 96, frames + i * CHD_FRAME + RAW_SIZE, 96);
		if (stripped & 1 << i) {
			memset(main_part + i * RAW_SIZE, 0, 12);
			memset(main_part + i * RAW_SIZE + 2076, 0, 276);
		}
	}
	/* The last sector is silence, so that an RLE block makes the hunk shorter than what is in it. */
	len = pack_zstd(packed + 3, main_part, (FRAMES - 1) * RAW_SIZE);
	put_le32(packed + 3 + 5, FRAMES * RAW_SIZE);
	packed[3 + 9] &= 0xFE;
	put_le32(packed + 3 + len, RAW_SIZE << 3 | 3);
	packed[3 + len + 3] = 0;
	len += 4;
	packed[0] = stripped;
	put_be16(packed + 1, len);
	len += 3 + pack_zstd(packed + 3 + len, sub, sizeof(sub));
	build_hunk(build, 0, packed, len, frames, FRAMES * CHD_FRAME);
}

static inline void fill_frames(uint8_t *frames, bool mode2)
{
	uint32_t i;

	memset(frames, 0, FRAMES * CHD_FRAME);
	for (i = 0; i < FRAMES - 1; i++) {
		fill_data(frames + i * CHD_FRAME, i);
		frames[i * CHD_FRAME + 15] = mode2 ? 2 : 1;
		parity_fill(frames + i * CHD_FRAME);
	}
}

/* A file of stored hunks, one for each set of FRAMES sectors */
static inline void build_stored(struct build *build, const uint8_t *frames, uint32_t hunks, const char *const *texts,
				size_t count)
{
	size_t i;

	build_begin(build, "zlib", (uint64_t)hunks * FRAMES * CHD_FRAME, FRAMES * CHD_FRAME, CHD_FRAME);
	for (i = 0; i < count; i++)
		build_metadata(build, "CHT2", texts[i]);
	for (i = 0; i < hunks; i++)
		build_hunk(build, CHD_STORED, frames, FRAMES * CHD_FRAME, frames, FRAMES * CHD_FRAME);
	build_map(build);
}

static inline void open_stored(struct image *image, const uint8_t *frames, uint32_t hunks, const char *const *texts,
			       size_t count)
{
	struct build build;

	build_stored(&build, frames, hunks, texts, count);
	open_good(image, build.data, build.len);
	free(build.data);
}

static inline void remove_files(void)
{
	static const char *const names[] = { "image.chd", "disc.bin", "disc.cue", "plain.iso" };
	char name[128];
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(name, sizeof(name), "%s/%s", folder, names[i]);
		unlink(name);
	}
	rmdir(folder);
}

static inline bool make_folder(void)
{
	strcpy(folder, "/tmp/vcd-chd-XXXXXX");
	if (!mkdtemp(folder))
		return false;
	snprintf(path, sizeof(path), "%s/image.chd", folder);
	atexit(remove_files);
	return true;
}

#endif /* CHD_TEST_H */
