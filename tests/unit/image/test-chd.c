// SPDX-License-Identifier: GPL-2.0-only
/*
 * CHD files: those of chdman and those that are put together here, whole and damaged
 *
 *	test-chd --source FOLDER	write what the files of chdman are made of
 */
#include <dirent.h>

#include "chd-test.h"

/* What the files hold of a sector. */
static void read_stored(const struct image *image, uint32_t lba, uint8_t *to, uint32_t *form)
{
	uint32_t i;

	for (i = 0; i < image->extent_count; i++) {
		const struct vcd_extent *extent = &image->extents[i];
		struct reader reader;

		if (lba < extent->lba || lba - extent->lba >= extent->sectors)
			continue;
		*form = extent->form;
		memset(to, 0, RAW_SIZE);
		if (extent->file == VCD_FILE_NONE)
			return;
		reader = reader_from_fd(&image->files[extent->file].source, image->files[extent->file].size);
		assert_int_equal(reader_read(&reader, extent->offset + (uint64_t)(lba - extent->lba) * extent->stride,
					     to, form_size(extent->form)),
				 0);
		return;
	}
	fail_msg("no extent has sector %u", lba);
}

static void check_track(const struct vcd_track *track, uint32_t lba, uint32_t sectors, uint32_t pregap, uint8_t mode)
{
	assert_int_equal(track->lba, lba);
	assert_int_equal(track->sectors, sectors);
	assert_int_equal(track->pregap, pregap);
	assert_int_equal(track->mode, mode);
	assert_int_equal(track->control, mode == VCD_MODE_AUDIO ? 0 : 4);
	assert_int_equal(track->session, 1);
}

/* The disc of chd_cue, bit by bit */
static void check_disc(const struct image *image)
{
	static uint8_t bin[BIN_SECTORS * RAW_SIZE];
	uint8_t stored[RAW_SIZE], swapped[RAW_SIZE];
	uint32_t in_bin = 0, lba, form, i;

	assert_int_equal(image->sectors, BIN_SECTORS + LAST_PREGAP + LAST_POSTGAP);
	assert_int_equal(image->track_count, 3);
	check_track(&image->tracks[0], 0, 24, 0, VCD_MODE_DATA);
	check_track(&image->tracks[1], 24, 12, AUDIO_PREGAP, VCD_MODE_AUDIO);
	check_track(&image->tracks[2], 36, 8, LAST_PREGAP, VCD_MODE_AUDIO);
	assert_int_equal(image_profile(image), VCD_PROFILE_CD_ROM);
	assert_int_equal(image->subchannel_count, 0);
	assert_string_equal(content_label(&image->content), "A_CHD");
	fill_bin(bin);
	for (lba = 0; lba < image->sectors; lba++) {
		bool gap = (lba >= 31 && lba < 36) || lba >= 42;

		memset(swapped, 0, sizeof(swapped));
		for (i = 0; i < RAW_SIZE && !gap; i++)
			swapped[i] = bin[in_bin * RAW_SIZE + (lba < DATA_SECTORS ? i : i ^ 1)];
		read_stored(image, lba, stored, &form);
		assert_memory_equal(stored, swapped, RAW_SIZE);
		assert_int_equal(form, gap ? VCD_FORM_USER_2048 : lba < DATA_SECTORS ? VCD_FORM_RAW_2352 :
				 VCD_FORM_AUDIO_BE_2352);
		in_bin += !gap;
	}
	assert_int_equal(in_bin, BIN_SECTORS);
}

static void check_plain(const struct image *image)
{
	static uint8_t plain[PLAIN_SECTORS * 2048], read[PLAIN_SECTORS * 2048];
	struct reader reader = image_reader(image);

	assert_int_equal(image->sectors, PLAIN_SECTORS);
	assert_int_equal(image->track_count, 1);
	check_track(&image->tracks[0], 0, PLAIN_SECTORS, 0, VCD_MODE_DATA);
	assert_int_equal(image->extent_count, 1);
	fill_plain(plain);
	assert_int_equal(reader_read(&reader, 0, read, sizeof(read)), 0);
	assert_memory_equal(read, plain, sizeof(plain));
	assert_string_equal(content_label(&image->content), "A_CHD");
}

/* With hunks of all three codecs for CDs, and references */
static void cd_of_chdman(void **state)
{
	struct image image;

	(void)state;
	open_good(&image, file_cd, sizeof(file_cd));
	check_disc(&image);
	image_close(&image);
}

static void plain_of_chdman(void **state)
{
	struct image image;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(raws) / sizeof(raws[0]); i++) {
		open_good(&image, raws[i].data, raws[i].size);
		check_plain(&image);
		image_close(&image);
	}
}

static bool run_chdman(const char *arguments)
{
	char command[512];

	snprintf(command, sizeof(command), "cd %s && timeout 60 chdman %s -f -o image.chd >/dev/null 2>&1", folder,
		 arguments);
	return !system(command);
}

/* All that the chdman of this machine can make */
static void chdman(void **state)
{
	static const char *const discs[] = { "cdzl", "cdlz", "cdfl", "none", "cdlz,cdzl,cdfl", "cdzs" };
	static const char *const plains[] = { "zlib", "lzma", "huff", "flac", "none", "zstd" };
	struct image_options options = { .cache_dir = folder };
	char arguments[256];
	struct image image;
	unsigned int made = 0;
	size_t i;

	(void)state;
	if (system("command -v chdman >/dev/null 2>&1"))
		skip();
	assert_true(write_source(folder));
	for (i = 0; i < 12; i++) {
		snprintf(arguments, sizeof(arguments), i < 6 ? "createcd -i disc.cue -hs 4896 -c %s" :
			 "createraw -i plain.iso -hs 4096 -us 2048 -c %s", i < 6 ? discs[i] : plains[i - 6]);
		if (!run_chdman(arguments))
			continue;
		if (image_open_with(&image, path, &options))
			fail_msg("%s: %s", arguments, image.reason);
		if (i < 6)
			check_disc(&image);
		else
			check_plain(&image);
		image_close(&image);
		made++;
	}
	/* Zstandard is more recent than the rest. */
	assert_true(made >= 10);
}

static void not_compressed(void **state)
{
	static const uint32_t in_order[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };
	static const uint32_t mixed[] = { 2, 1, 3, 4, 0, 6, 7, 8, 9, 10 };
	static uint8_t plain[PLAIN_SECTORS * 2048], read[PLAIN_SECTORS * 2048];
	struct reader reader;
	struct build build;
	struct image image;

	(void)state;
	fill_plain(plain);
	build_begin(&build, NULL, sizeof(plain), 4096, 2048);
	build_plain_map(&build, in_order, 10);
	memcpy(build.data + 4096, plain, sizeof(plain));
	open_good(&image, build.data, 4096 + sizeof(plain));
	check_plain(&image);
	assert_int_equal(image.file_count, 1);
	assert_int_equal(image.extents[0].file, 0);
	assert_int_equal(image.extents[0].offset, 4096);
	image_close(&image);

	build.len = HEADER_BYTES;
	build_plain_map(&build, mixed, 10);
	open_good(&image, build.data, 4096 + sizeof(plain));
	assert_int_equal(image.file_count, 2);
	reader = image_reader(&image);
	assert_int_equal(reader_read(&reader, 0, read, sizeof(read)), 0);
	assert_memory_equal(read, plain + 4096, 4096);
	assert_memory_equal(read + 4096, plain, 4096);
	memset(plain + 4 * 4096, 0, 4096);
	assert_memory_equal(read + 2 * 4096, plain + 2 * 4096, sizeof(plain) - 2 * 4096);
	image_close(&image);
	free(build.data);
}

static void bad_plain_maps(void **state)
{
	static const uint32_t behind[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 12 };
	struct build build;

	(void)state;
	build_begin(&build, NULL, PLAIN_SECTORS * 2048, 4096, 2048);
	build_plain_map(&build, behind, 10);
	open_bad(build.data, 11 * 4096, "map of its hunks is wrong");
	open_bad(build.data, build.len - 1, "truncated");
	free(build.data);
}

static void no_room(void **state)
{
	struct image_options options = { .cache_dir = "/nonexistent/folder" };
	struct image image;

	(void)state;
	write_file(file_raw_lzma, sizeof(file_raw_lzma));
	assert_int_equal(image_open_with(&image, path, &options), IMAGE_CANNOT_OPEN);
	assert_non_null(strstr(image.reason, "/nonexistent/folder"));
	image_close(&image);
}

static void zstandard(void **state)
{
	static uint8_t plain[PLAIN_SECTORS * 2048], packed[8192];
	struct build build;
	struct image image;
	uint32_t i;

	(void)state;
	fill_plain(plain);
	build_begin(&build, "zstd", sizeof(plain) - 100, 8192, 2048);
	for (i = 0; i < 4; i++) {
		/* A hunk must not be longer than what is in it: half of it is an RLE block of zeroes, if it is that. */
		uint32_t len = pack_zstd(packed, plain + i * 8192, 2048);

		put_le32(packed + 5, 8192);
		packed[9] &= 0xFE;
		memcpy(packed + len, "\x03\xC0\x00\x00", 4);
		memset(plain + i * 8192 + 2048, 0, 6144);
		build_hunk(&build, 0, packed, len + 4, plain + i * 8192, 8192);
	}
	build_hunk(&build, CHD_STORED, plain + 4 * 8192, 8192, plain + 4 * 8192, 8192);
	build_metadata(&build, "DVD ", "");
	build_map(&build);
	open_good(&image, build.data, build.len);
	assert_int_equal(image.sectors, PLAIN_SECTORS);
	assert_int_equal(image.extents[0].tail, 1948);
	assert_int_equal(image_profile(&image), VCD_PROFILE_DVD_ROM);
	for (i = 0; i < PLAIN_SECTORS - 1; i++) {
		uint8_t sector_read[2048];
		struct reader reader = image_reader(&image);

		assert_int_equal(reader_read_sector(&reader, i, sector_read), 0);
		assert_memory_equal(sector_read, plain + i * 2048, 2048);
	}
	image_close(&image);
	free(build.data);
}

static void zstandard_of_cd(void **state)
{
	static uint8_t frames[FRAMES * CHD_FRAME];
	uint8_t stored[RAW_SIZE];
	struct build build;
	struct image image;
	uint32_t i, form;
	char text[256];

	(void)state;
	fill_frames(frames, true);
	build_begin(&build, "cdzs", sizeof(frames), sizeof(frames), CHD_FRAME);
	add_cdzs(&build, frames, 0x5B);
	snprintf(text, sizeof(text), one_track, "MODE2_RAW", "NONE");
	build_metadata(&build, "CHT2", text);
	build_map(&build);
	open_good(&image, build.data, build.len);
	assert_int_equal(image.sectors, FRAMES);
	check_track(&image.tracks[0], 0, FRAMES, 0, VCD_MODE_MODE2);
	for (i = 0; i < FRAMES; i++) {
		read_stored(&image, i, stored, &form);
		assert_int_equal(form, VCD_FORM_RAW_2352);
		assert_memory_equal(stored, frames + i * CHD_FRAME, RAW_SIZE);
	}
	image_close(&image);
	free(build.data);
}

/* In Mode 2 the parity does not depend on where the sector is; in Mode 1 it does. */
static void parity(void **state)
{
	uint8_t first[RAW_SIZE], second[RAW_SIZE];

	(void)state;
	fill_data(first, 5);
	/* As ECMA-130 has it: the sum of a column is zero, and so is that of a diagonal. */
	{
		uint8_t sum = 0;
		uint32_t i;

		for (i = 0; i < 26; i++)
			sum ^= first[12 + 86 * i];
		assert_int_equal(sum, 0);
		for (i = 0; i < 43; i++)
			sum ^= first[12 + 88 * i % 2236];
		assert_int_equal(sum ^ first[2248] ^ first[2300], 0);
	}
	memcpy(second, first, sizeof(second));
	second[14]++;
	parity_fill(second);
	assert_memory_not_equal(first + 2076, second + 2076, 276);
	first[15] = 2;
	second[15] = 2;
	parity_fill(first);
	parity_fill(second);
	assert_memory_equal(first + 2076, second + 2076, 276);
	assert_int_equal(second[14], first[14] + 1);
}

static void types(void **state)
{
	static const struct { const char *type; uint32_t form; uint8_t mode; } cases[] = {
		{ "MODE1", VCD_FORM_USER_2048, VCD_MODE_DATA },
		{ "MODE1/2048", VCD_FORM_USER_2048, VCD_MODE_DATA },
		{ "MODE1_RAW", VCD_FORM_RAW_2352, VCD_MODE_DATA },
		{ "MODE2", VCD_FORM_MODE2_2336, VCD_MODE_MODE2 },
		{ "MODE2_FORM1", VCD_FORM_USER_2048, VCD_MODE_MODE2 },
		{ "MODE2_FORM_MIX", VCD_FORM_MODE2_2336, VCD_MODE_MODE2 },
		{ "MODE2_RAW", VCD_FORM_RAW_2352, VCD_MODE_MODE2 },
		{ "AUDIO", VCD_FORM_AUDIO_BE_2352, VCD_MODE_AUDIO },
	};
	static uint8_t frames[FRAMES * CHD_FRAME];
	struct image image;
	size_t i;

	(void)state;
	fill_frames(frames, false);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t stored[RAW_SIZE];
		char text[256];
		const char *texts[] = { text };
		uint32_t form;

		snprintf(text, sizeof(text), one_track, cases[i].type, "NONE");
		open_stored(&image, frames, 1, texts, 1);
		check_track(&image.tracks[0], 0, FRAMES, 0, cases[i].mode);
		read_stored(&image, 3, stored, &form);
		assert_int_equal(form, cases[i].form);
		assert_int_equal(image.extents[0].stride, CHD_FRAME);
		assert_memory_equal(stored, frames + 3 * CHD_FRAME, form_size(form));
		image_close(&image);
	}
}

static void gaps(void **state)
{
	static const struct { const char *text; uint32_t lba, sectors; } cases[] = {
		/* What is stored begins at sector 0. */
		{ "PREGAP:3 PGTYPE:VAUDIO PGSUB:NONE POSTGAP:0", 3, 5 },
		/* The two seconds before it are not on the disc. */
		{ "PREGAP:150 PGTYPE:MODE1 PGSUB:NONE POSTGAP:0", 0, 8 },
		{ "PREGAP:160 PGTYPE:MODE1 PGSUB:NONE POSTGAP:0", 10, 8 },
		{ "PREGAP:100 PGTYPE:AUDIO PGSUB:NONE POSTGAP:9", 0, 17 },
	};
	static uint8_t frames[FRAMES * CHD_FRAME];
	struct image image;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[256];
		const char *texts[] = { text };

		snprintf(text, sizeof(text), "TRACK:1 TYPE:AUDIO SUBTYPE:NONE FRAMES:8 %s", cases[i].text);
		open_stored(&image, frames, 1, texts, 1);
		check_track(&image.tracks[0], cases[i].lba, cases[i].sectors, cases[i].lba, VCD_MODE_AUDIO);
		assert_int_equal(image.sectors, cases[i].lba + cases[i].sectors);
		image_close(&image);
	}
}

/* The two seconds before sector 0 are stored: of data they are left out, of sound they are not. */
static void stored_lead(void **state)
{
	static uint8_t frames[FRAMES * CHD_FRAME];
	const char *data[] = {
		"TRACK:1 TYPE:MODE1_RAW SUBTYPE:NONE FRAMES:160 PREGAP:151 PGTYPE:VMODE1_RAW PGSUB:RW POSTGAP:0"
	};
	const char *audio[] = {
		"TRACK:1 TYPE:AUDIO SUBTYPE:NONE FRAMES:160 PREGAP:151 PGTYPE:VAUDIO PGSUB:RW POSTGAP:0"
	};
	struct image image;

	(void)state;
	open_stored(&image, frames, 20, data, 1);
	check_track(&image.tracks[0], 1, 9, 1, VCD_MODE_DATA);
	assert_int_equal(image.extents[0].offset, 150 * CHD_FRAME);
	assert_int_equal(image.extents[1].offset, 151 * CHD_FRAME);
	image_close(&image);
	open_stored(&image, frames, 20, audio, 1);
	check_track(&image.tracks[0], 151, 9, 151, VCD_MODE_AUDIO);
	assert_int_equal(image.extents[0].offset, 0);
	image_close(&image);
}

static void put_q(uint8_t *q, uint32_t lba)
{
	memcpy(q, "\x41\x01\x01\0\0\0\0\0\2\0", 10);
	q[9] = (uint8_t)lba;
	put_be16(q + 10, crc16(0, q, 10) ^ 0xFFFF);
}

static void subchannels(void **state)
{
	static uint8_t frames[FRAMES * CHD_FRAME];
	char text[256];
	const char *texts[] = { text };
	struct image image;
	uint32_t i, n, size;

	(void)state;
	snprintf(text, sizeof(text), one_track, "MODE1_RAW", "RW_RAW");
	fill_frames(frames, false);
	open_stored(&image, frames, 1, texts, 1);
	assert_int_equal(image.subchannel_count, 0);
	image_close(&image);
	for (i = 1; i < FRAMES; i++)
		put_q(frames + i * CHD_FRAME + RAW_SIZE + 12, i);
	open_stored(&image, frames, 2, texts, 1);
	assert_int_equal(image.subchannel_count, 1);
	assert_int_equal(image.subchannels[0].form, VCD_FORM_SUB_PACKED_96);
	assert_int_equal(image.subchannels[0].lba, 0);
	assert_int_equal(image.subchannels[0].sectors, FRAMES);
	assert_int_equal(image.subchannels[0].offset, RAW_SIZE);
	assert_int_equal(image.subchannels[0].stride, CHD_FRAME);
	image_close(&image);
	/* Behind what is stored of the main channel */
	for (size = 2048; size <= 2352; size += 304) {
		memset(frames, 0, sizeof(frames));
		for (i = 0; i < FRAMES; i++) {
			uint8_t q[12];

			put_q(q, i);
			for (n = 0; n < 96; n++)
				frames[i * CHD_FRAME + size + n] = q[n / 8] << n % 8 & 0x80 ? 0x40 : 0;
		}
		snprintf(text, sizeof(text), one_track, size == 2048 ? "MODE1" : "AUDIO", "RW");
		open_stored(&image, frames, 1, texts, 1);
		assert_int_equal(image.subchannel_count, 1);
		assert_int_equal(image.subchannels[0].form, VCD_FORM_SUB_RAW_96);
		assert_int_equal(image.subchannels[0].offset, size);
		image_close(&image);
	}
}

static void references(void **state)
{
	static uint8_t hunk[4096];
	struct build build;
	struct image image;
	struct reader reader;
	uint8_t read[4096];
	uint32_t i;

	(void)state;
	build_begin(&build, "zlib", 6 * 4096, 4096, 2048);
	for (i = 0; i < 2; i++) {
		memset(hunk, (int)i + 1, sizeof(hunk));
		build_hunk(&build, CHD_STORED, hunk, sizeof(hunk), hunk, sizeof(hunk));
	}
	build_reference(&build, CHD_SELF, 0);
	build_reference(&build, 9, 0);
	build_reference(&build, 10, 1);
	build_reference(&build, CHD_SELF, 2);
	build_metadata(&build, "DVD ", "");
	build_map(&build);
	open_good(&image, build.data, build.len);
	reader = image_reader(&image);
	for (i = 0; i < 6; i++) {
		static const uint8_t expected[] = { 1, 2, 1, 1, 2, 1 };

		assert_int_equal(reader_read(&reader, i * 4096, read, sizeof(read)), 0);
		memset(hunk, expected[i], sizeof(hunk));
		assert_memory_equal(read, hunk, sizeof(hunk));
	}
	image_close(&image);
	free(build.data);
}

/* References that lead forward or to themselves, and other kinds of hunk */
static void bad_references(void **state)
{
	static const struct { uint8_t kind; uint32_t to; const char *expected; } cases[] = {
		{ CHD_SELF, 1, "map" },
		{ CHD_SELF, 2, "map" },
		{ CHD_SELF, 200, "map" },
		{ 10, 1, "map" },
		{ CHD_PARENT, 0, "chdman copy -i IN -ip PARENT" },
		{ 11, 0, "chdman copy -i IN -ip PARENT" },
		{ 12, 0, "chdman copy -i IN -ip PARENT" },
		{ 13, 0, "chdman copy -i IN -ip PARENT" },
		{ 14, 0, "map" },
		{ 15, 0, "map" },
		{ 1, 0, "map" },
	};
	static uint8_t hunk[4096];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct build build;

		build_begin(&build, "zlib", 2 * 4096, 4096, 2048);
		build_hunk(&build, CHD_STORED, hunk, sizeof(hunk), hunk, sizeof(hunk));
		build_reference(&build, cases[i].kind, cases[i].to);
		build_map(&build);
		open_bad(build.data, build.len, cases[i].expected);
		free(build.data);
	}
}

static void bad_tracks(void **state)
{
	static const struct { const char *tag, *text, *expected; } cases[] = {
		{ "CHT2", "", "track 1" },
		{ "CHT2", "TRACK:1", "track 1" },
		{ "CHT2", "TRACK:2 TYPE:AUDIO SUBTYPE:NONE FRAMES:8 PREGAP:0 PGTYPE:MODE1 PGSUB:NONE POSTGAP:0",
		  "track 1" },
		{ "CHT2", "TRACK:0 TYPE:AUDIO SUBTYPE:NONE FRAMES:8 PREGAP:0 PGTYPE:MODE1 PGSUB:NONE POSTGAP:0",
		  "track 1" },
		{ "CHT2", "TRACK:1 TYPE:AUDIO SUBTYPE:NONE FRAMES:0 PREGAP:0 PGTYPE:MODE1 PGSUB:NONE POSTGAP:0",
		  "track 1" },
		{ "CHT2", "TRACK:1 TYPE:AUDIO SUBTYPE:NONE FRAMES:-1 PREGAP:0 PGTYPE:MODE1 PGSUB:NONE POSTGAP:0",
		  "track 1" },
		{ "CHT2", "TRACK:1 TYPE:AUDIO SUBTYPE:NONE FRAMES:4294967304 PREGAP:0 PGTYPE:M PGSUB:NONE POSTGAP:0",
		  "track 1" },
		{ "CHT2", "TRACK:1 TYPE:AUDIO SUBTYPE:NONE FRAMES:9 PREGAP:0 PGTYPE:MODE1 PGSUB:NONE POSTGAP:0",
		  "only 8" },
		{ "CHT2", "TRACK:1 TYPE:AUDIO SUBTYPE:NONE FRAMES:8 PREGAP:8 PGTYPE:VAUDIO PGSUB:NONE POSTGAP:0",
		  "track 1" },
		{ "CHT2", "TRACK:1 TYPE:AUDIO SUBTYPE:NONE FRAMES:8 PREGAP:-1 PGTYPE:AUDIO PGSUB:NONE POSTGAP:0",
		  "track 1" },
		{ "CHT2", "TRACK:1 TYPE:AUDIO SUBTYPE:NONE FRAMES:8 PREGAP:0 PGTYPE:AUDIO PGSUB:NONE POSTGAP:x",
		  "track 1" },
		{ "CHT2", "TRACK:1 TYPE:AUDIO SUBTYPE:NONE FRAMES:8 PREGAP:0 PGTYPE:AUDIO PGSUB:NONE", "track 1" },
		{ "CHT2", "TRACK:1 TYPE:AUDIO FRAMES:8 PREGAP:0 PGTYPE:AUDIO PGSUB:NONE POSTGAP:0", "track 1" },
		{ "CHT2", "TRACK:1 TYPE:AUDIO SUBTYPE:NONE FRAMES:8 PREGAP:0 PGTYPE:M PGSUB:NONE POSTGAP:999999",
		  "on a CD" },
		{ "CHT2", "TRACK:1 TYPE:AUDIO SUBTYPE:NONE FRAMES:8 PREGAP:999999 PGTYPE:M PGSUB:NONE POSTGAP:0",
		  "on a CD" },
		{ "CHT2", "TRACK:1 TYPE:MODE2_FORM2 SUBTYPE:NONE FRAMES:8 PREGAP:0 PGTYPE:M PGSUB:NONE POSTGAP:0",
		  "type MODE2_FORM2" },
		{ "CHT2", "TRACK:1 TYPE:\033[2J SUBTYPE:NONE FRAMES:8 PREGAP:0 PGTYPE:M PGSUB:NONE POSTGAP:0",
		  "type ?[2J" },
		{ "CHTR", "TRACK:1 TYPE:AUDIO SUBTYPE:NONE", "track 1" },
		{ "CHGD", "TRACK:1", "GD-ROM" },
		{ "CHGT", "TRACK:1", "GD-ROM" },
		{ "CHCD", "", "chdman copy" },
		{ "GDDD", "CYLS:1", "hard disk" },
		{ "AVAV", "FPS:1", "LaserDisc" },
		{ "IDNT", "", "neither tracks nor" },
	};
	static uint8_t frames[FRAMES * CHD_FRAME];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct build build;

		build_stored(&build, frames, 1, NULL, 0);
		build_metadata(&build, cases[i].tag, cases[i].text);
		open_bad(build.data, build.len, cases[i].expected);
		free(build.data);
	}
}

static void first_entries(void **state)
{
	static uint8_t frames[FRAMES * CHD_FRAME];
	struct build build;
	struct image image;

	(void)state;
	build_stored(&build, frames, 1, NULL, 0);
	build_metadata(&build, "CHTR", "TRACK:1 TYPE:AUDIO SUBTYPE:NONE FRAMES:5");
	open_good(&image, build.data, build.len);
	check_track(&image.tracks[0], 0, 5, 0, VCD_MODE_AUDIO);
	image_close(&image);
	free(build.data);
}

static void too_many_tracks(void **state)
{
	static uint8_t frames[FRAMES * CHD_FRAME];
	struct build build;
	int i;

	(void)state;
	build_stored(&build, frames, 50, NULL, 0);
	for (i = 1; i <= 100; i++) {
		char text[128];

		snprintf(text, sizeof(text),
			 "TRACK:%d TYPE:AUDIO SUBTYPE:NONE FRAMES:4 PREGAP:0 PGTYPE:M PGSUB:NONE POSTGAP:0", i);
		build_metadata(&build, "CHT2", text);
	}
	open_bad(build.data, build.len, "more than 99 tracks");
	free(build.data);
}

/* Fields of the header, each with a value that cannot be */
static void bad_headers(void **state)
{
	static const struct { unsigned int at, size; uint64_t value; const char *expected; } cases[] = {
		{ 12, 4, 3, "version 3" },
		{ 12, 4, 4, "chdman copy" },
		{ 12, 4, 6, "version 6" },
		{ 8, 4, 108, "damaged" },
		{ 16, 4, 0x61766875, "codec 61 76 68 75" },
		{ 16, 4, 0x63646C7A, "whole number of sectors" },
		{ 16, 4, 0x6C7A6D61, "hunk 0 cannot be decompressed" },
		{ 16, 4, 0x68756666, "hunk 0 cannot be decompressed" },
		{ 16, 4, 0x666C6163, "hunk 0 cannot be decompressed" },
		{ 16, 4, 0x7A737464, "hunk 0 cannot be decompressed" },
		{ 32, 8, 0, "cannot be" },
		{ 32, 8, UINT64_MAX, "not a disc" },
		{ 32, 8, 1ULL << 36, "map" },
		{ 32, 8, 40 * 4096 + 1, "map" },
		{ 40, 8, 0, "damaged" },
		{ 40, 8, UINT64_MAX, "truncated" },
		{ 40, 8, UINT64_MAX - 8, "truncated" },
		{ 48, 8, UINT64_MAX, "metadata" },
		{ 48, 8, sizeof(file_raw_zlib) - 4, "metadata" },
		{ 56, 4, 0, "cannot be" },
		{ 56, 4, 0xFFFFF800, "cannot be" },
		{ 56, 4, 4097, "cannot be" },
		{ 56, 4, 2048, "map" },
		{ 60, 4, 0, "cannot be" },
		{ 60, 4, 512, "sectors of 2048" },
		{ 104, 4, 1, "PARENT" },
	};
	uint8_t data[sizeof(file_raw_zlib)];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		memcpy(data, file_raw_zlib, sizeof(data));
		if (cases[i].size == 8)
			put_be64(data + cases[i].at, cases[i].value);
		else
			put_be32(data + cases[i].at, (uint32_t)cases[i].value);
		open_bad(data, sizeof(data), cases[i].expected);
	}
	/* Metadata that comes back to itself */
	memcpy(data, file_raw_zlib, sizeof(data));
	put_be64(data + 48, sizeof(data) - 100);
	put_be64(data + sizeof(data) - 100 + 8, sizeof(data) - 100);
	open_bad(data, sizeof(data), "no end");
}

/* Every bit that counts is covered by a checksum. */
static void checksums(void **state)
{
	uint8_t data[sizeof(file_raw_zlib)];
	uint64_t map = get_be64(file_raw_zlib + 40);
	size_t at;

	(void)state;
	for (at = HEADER_BYTES; at < map; at += 3) {
		memcpy(data, file_raw_zlib, sizeof(data));
		data[at] ^= 0x10;
		open_bad(data, sizeof(data), "hunk");
	}
	memcpy(data, file_raw_zlib, sizeof(data));
	data[map + 11] ^= 1;
	open_bad(data, sizeof(data), "map");
}

static unsigned int progress_calls;
static uint64_t progress_last;

static void note_progress(const char *what, uint64_t done, uint64_t total)
{
	assert_string_equal(what, "unpacking");
	assert_true(done <= total && total == PLAIN_SECTORS * 2048);
	progress_last = done;
	progress_calls++;
}

static void progress(void **state)
{
	struct image_options options = { .cache_dir = folder, .progress = note_progress };
	struct image image;

	(void)state;
	write_file(file_raw_lzma, sizeof(file_raw_lzma));
	assert_int_equal(image_open_with(&image, path, &options), IMAGE_OK);
	assert_true(progress_calls > 0);
	assert_int_equal(progress_last, PLAIN_SECTORS * 2048);
	image_close(&image);
}

/* What is unpacked has no name: nothing may be left but what the tests have written. */
static void nothing_is_left(void **state)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	(void)state;
	assert_non_null(dir);
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.' && strcmp(entry->d_name, "image.chd") &&
		    strncmp(entry->d_name, "disc.", 5) && strcmp(entry->d_name, "plain.iso"))
			fail_msg("%s is left", entry->d_name);
	closedir(dir);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(cd_of_chdman),
		cmocka_unit_test(plain_of_chdman),
		cmocka_unit_test(chdman),
		cmocka_unit_test(not_compressed),
		cmocka_unit_test(bad_plain_maps),
		cmocka_unit_test(no_room),
		cmocka_unit_test(zstandard),
		cmocka_unit_test(zstandard_of_cd),
		cmocka_unit_test(parity),
		cmocka_unit_test(types),
		cmocka_unit_test(gaps),
		cmocka_unit_test(stored_lead),
		cmocka_unit_test(subchannels),
		cmocka_unit_test(references),
		cmocka_unit_test(bad_references),
		cmocka_unit_test(bad_tracks),
		cmocka_unit_test(first_entries),
		cmocka_unit_test(too_many_tracks),
		cmocka_unit_test(bad_headers),
		cmocka_unit_test(checksums),
		cmocka_unit_test(progress),
		cmocka_unit_test(nothing_is_left),
	};

	if (argc == 3 && !strcmp(argv[1], "--source"))
		return !write_source(argv[2]);
	if (!make_folder())
		return 1;
	RUN(tests);
}
