// SPDX-License-Identifier: GPL-2.0-only
/* Alcohol 120%: descriptor and files; and descriptors that are broken */
#include "folder.h"

/*
 * A disc of two sessions, with sub-channels: data with ISO 9660, audio whose pregap is not stored, audio whose pregap
 * is stored; then Mode 2.
 */
enum {
	STRIDE = 2448, DATA_END = 305, AUDIO = 455, AUDIO_END = 475, THIRD = 485, FIRST_END = 495, SECOND = 11895,
	SECOND_END = 11915, STORED = DATA_END + 20 + 20 + 20,
};

/* Where things are in the descriptor. */
enum {
	SESSIONS = 88, BLOCKS = 136, BLOCK_1 = BLOCKS + 3 * 80, BLOCK_2 = BLOCK_1 + 80, BLOCK_3 = BLOCK_2 + 80,
	BLOCKS_OF_2 = BLOCK_3 + 80, BLOCK_4 = BLOCKS_OF_2 + 3 * 80, EXTRAS = BLOCK_4 + 80, FOOTER = EXTRAS + 4 * 8,
	NAME = FOOTER + 2 * 16, MDS_SIZE = NAME + 64,
};

static uint8_t mds[MDS_SIZE];

static void put_block(uint32_t at, uint8_t mode, uint8_t control, uint8_t point, uint32_t lba, uint32_t sector,
		      uint32_t extra)
{
	uint8_t *p = mds + at;

	p[0] = mode;
	p[1] = 8;
	p[2] = 0x10 | control;
	p[4] = point;
	put_le32(p + 12, EXTRAS + extra * 8);
	put_le16(p + 16, STRIDE);
	put_le32(p + 36, lba);
	put_le32(p + 40, sector * STRIDE);
	put_le32(p + 48, 1);
	put_le32(p + 52, FOOTER);
}

static void put_session(uint32_t at, uint8_t number, uint8_t blocks, uint32_t offset)
{
	put_le16(mds + at + 8, number);
	mds[at + 10] = blocks;
	mds[at + 11] = 3;
	put_le32(mds + at + 20, offset);
}

static void put_extra(uint32_t number, uint32_t pregap, uint32_t length)
{
	put_le32(mds + EXTRAS + number * 8, pregap);
	put_le32(mds + EXTRAS + number * 8 + 4, length);
}

static void build(void)
{
	static const uint8_t points[] = { 0xA0, 0xA1, 0xA2 };
	size_t i;

	memset(mds, 0, sizeof(mds));
	put_text(mds, "MEDIA DESCRIPTOR\x01\x03");
	put_le16(mds + 20, 2);
	put_le32(mds + 80, SESSIONS);
	put_session(SESSIONS, 1, 6, BLOCKS);
	put_session(SESSIONS + 24, 2, 4, BLOCKS_OF_2);
	for (i = 0; i < 3; i++)
		mds[BLOCKS + i * 80 + 4] = mds[BLOCKS_OF_2 + i * 80 + 4] = points[i];
	put_block(BLOCK_1, 0xAA, 4, 1, 0, 0, 0);
	put_block(BLOCK_2, 0xA9, 2, 2, AUDIO, DATA_END, 1);
	put_block(BLOCK_3, 0xA9, 0, 3, THIRD, DATA_END + 30, 2);
	put_block(BLOCK_4, 0xAC, 4, 4, SECOND, DATA_END + 40, 3);
	put_extra(0, 150, DATA_END);
	put_extra(1, 150, AUDIO_END - AUDIO);
	put_extra(2, 10, FIRST_END - THIRD);
	put_extra(3, 150, SECOND_END - SECOND);
	put_le32(mds + FOOTER, NAME);
	put_le32(mds + FOOTER + 16, NAME + 32);
	put_text(mds + NAME, "*.mdf");
	put_text(mds + NAME + 32, "DISC.MD1");
}

static uint8_t *new_sectors(void)
{
	uint8_t *data = malloc(STORED * STRIDE), *iso = new_iso();
	uint32_t i;

	assert_non_null(data);
	for (i = 0; i < STORED; i++) {
		uint8_t *p = data + i * STRIDE;

		fill_sector(p, i < DATA_END ? 1 : i < DATA_END + 40 ? 0 : 2, (uint8_t)i);
		memset(p + 2352, (int)(i ^ 0x55) & 0xFF, 96);
		if (i < DISC_SECTORS)
			memcpy(p + 16, sector(iso, i), SECTOR_SIZE);
	}
	free(iso);
	return data;
}

static void write_mds(void)
{
	write_bytes("disc.mds", mds, sizeof(mds));
}

static void write_disc(void)
{
	uint8_t *data = new_sectors();

	empty_folder();
	build();
	write_mds();
	write_bytes("disc.mdf", data, STORED * STRIDE);
	free(data);
}

static void check_bytes(const struct image *image, uint32_t lba, uint32_t at)
{
	uint8_t buf[2352];

	assert_true(stored(image, false, lba, buf));
	assert_int_equal(buf[2351], at & 0xFF);
	assert_true(stored(image, true, lba, buf));
	assert_int_equal(buf[0], (at ^ 0x55) & 0xFF);
	assert_int_equal(buf[95], (at ^ 0x55) & 0xFF);
}

static void check_disc(const struct image *image)
{
	static const uint32_t places[][2] = {
		{ 300, 300 }, { 304, 304 }, { AUDIO, 305 }, { AUDIO_END - 1, 324 }, { AUDIO_END, 325 }, { THIRD, 335 },
		{ FIRST_END - 1, 344 }, { SECOND, 345 }, { SECOND_END - 1, 364 },
	};
	uint8_t buf[2352];
	struct reader reader = image_reader(image);
	size_t i;

	check_sound(image);
	assert_int_equal(image->sectors, SECOND_END);
	assert_int_equal(image_sessions(image), 2);
	assert_int_equal(image->track_count, 4);
	check_track(&image->tracks[0], 0, AUDIO, 1, 4, VCD_MODE_DATA, 0);
	check_track(&image->tracks[1], AUDIO, THIRD - AUDIO, 1, 2, VCD_MODE_AUDIO, 150);
	check_track(&image->tracks[2], THIRD, SECOND - THIRD, 1, 0, VCD_MODE_AUDIO, 10);
	check_track(&image->tracks[3], SECOND, 20, 2, 4, VCD_MODE_MODE2, 0);
	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		check_bytes(image, places[i][0], places[i][1]);
	assert_false(stored(image, false, DATA_END, buf));
	assert_false(stored(image, true, AUDIO - 1, buf));
	assert_false(stored(image, false, FIRST_END, buf));
	assert_int_equal(image->subchannels[0].form, VCD_FORM_SUB_RAW_96);
	assert_int_equal(reader_read_sector(&reader, LBA_PRIMARY, buf), 0);
	assert_memory_equal(buf + 1, "CD001", 5);
	assert_string_equal(content_label(&image->content), "A_VOLUME");
}

static void mixed_mode(void **state)
{
	struct image image;

	(void)state;
	write_disc();
	assert_int_equal(image_open(&image, in_folder("disc.mds"), 0), IMAGE_OK);
	assert_string_equal(image.format->name, "mds");
	assert_int_equal(image.file_count, 2);
	assert_int_equal(image_profile(&image), VCD_PROFILE_CD_ROM);
	check_disc(&image);
	image_close(&image);
}

/* Names in 16-bit characters, with a path of another system, and none at all */
static void names(void **state)
{
	static const char path[] = "C:\\Images\\Disc.mdf";
	struct image image;
	size_t i;

	(void)state;
	write_disc();
	put_le32(mds + FOOTER + 4, 1);
	for (i = 0; i < sizeof(path); i++)
		put_le16(mds + NAME + i * 2, (unsigned int)path[i]);
	write_mds();
	assert_int_equal(image_open(&image, in_folder("disc.mds"), 0), IMAGE_OK);
	check_disc(&image);
	image_close(&image);
	for (i = 0; i < 2; i++) {
		build();
		if (i)
			put_le32(mds + FOOTER, 0);
		else
			put_le32(mds + BLOCK_1 + 52, 0);
		write_mds();
		assert_int_equal(image_open(&image, in_folder("disc.mds"), 0), IMAGE_OK);
		assert_int_equal(image.file_count, 2);
		check_disc(&image);
		image_close(&image);
	}
}

static void split(uint32_t first)
{
	uint8_t *data = new_sectors();

	write_bytes("disc.mdf", data, first);
	write_bytes("disc.md1", data + first, STORED * STRIDE - first);
	put_le32(mds + BLOCK_1 + 48, 2);
	put_le32(mds + BLOCK_2 + 48, 2);
	put_le32(mds + BLOCK_3 + 48, 2);
	put_le32(mds + BLOCK_4 + 48, 2);
	write_mds();
	free(data);
}

static void split_files(void **state)
{
	static const uint32_t sizes[] = { 1, 299, 300, 305, 310, 330, 345, 364 };
	struct image image;
	size_t i;

	(void)state;
	write_disc();
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		split(sizes[i] * STRIDE);
		assert_int_equal(image_open(&image, in_folder("disc.mds"), 0), IMAGE_OK);
		assert_int_equal(image.file_count, 3);
		check_disc(&image);
		image_close(&image);
	}
	split(100 * STRIDE + 2352);
	expect_reason("disc.mds", "begins in ");
	unlink(in_folder("disc.md1"));
	expect_reason("disc.mds", "\"DISC.MD1\", which is not there");
}

static void build_dvd(uint32_t length)
{
	build();
	mds[18] = 0x10;
	put_le16(mds + 20, 1);
	mds[SESSIONS + 10] = 4;
	mds[BLOCK_1] = 2;
	mds[BLOCK_1 + 1] = 0;
	put_le16(mds + BLOCK_1 + 16, 2048);
	put_le32(mds + BLOCK_1 + 12, length);
	put_le32(mds + BLOCK_1 + 48, 2);
	write_mds();
}

static void dvd(void **state)
{
	uint8_t *iso = new_iso(), buf[SECTOR_SIZE];
	struct reader reader;
	struct image image;
	uint32_t length;

	(void)state;
	empty_folder();
	write_bytes("disc.mdf", iso, 100 * SECTOR_SIZE);
	write_bytes("disc.md1", iso + 100 * SECTOR_SIZE, DISC_SIZE - 100 * SECTOR_SIZE);
	for (length = 0; length <= DISC_SECTORS; length += DISC_SECTORS) {
		build_dvd(length);
		assert_int_equal(image_open(&image, in_folder("disc.mds"), 0), IMAGE_OK);
		check_sound(&image);
		assert_int_equal(image.sectors, DISC_SECTORS);
		assert_int_equal(image.extent_count, 2);
		check_track(&image.tracks[0], 0, DISC_SECTORS, 1, 4, VCD_MODE_DATA, 0);
		assert_int_equal(image_profile(&image), VCD_PROFILE_DVD_ROM);
		reader = image_reader(&image);
		assert_int_equal(reader_read_sector(&reader, 256, buf), 0);
		assert_memory_equal(buf, sector(iso, 256), SECTOR_SIZE);
		assert_int_equal(reader_read_sector(&reader, LBA_PRIMARY, buf), 0);
		assert_memory_equal(buf, sector(iso, LBA_PRIMARY), SECTOR_SIZE);
		image_close(&image);
	}
	build_dvd(DISC_SECTORS + 1);
	expect_reason("disc.mds", "disc.md1 has");
	put_le16(mds + BLOCK_1 + 16, 2352);
	write_mds();
	expect_reason("disc.mds", "sectors that no DVD has");
	build_dvd(DISC_SECTORS);
	put_le32(mds + BLOCK_1 + 36, 1);
	write_mds();
	expect_reason("disc.mds", "start sector 1");
	build_dvd(0);
	put_le32(mds + BLOCK_1 + 40, DISC_SIZE);
	write_mds();
	expect_reason("disc.mds", "do not fit its start offset");
	put_le16(mds + 20, 2);
	write_mds();
	expect_reason("disc.mds", "number of sessions is 2");
	free(iso);
}

/* Each form of sectors that is not raw and has no sub-channel */
static void forms(void **state)
{
	static const struct { uint8_t mode; uint16_t size; uint32_t form, track_mode; } cases[] = {
		{ 0xAA, 2048, VCD_FORM_USER_2048, VCD_MODE_DATA }, { 0xAB, 2336, VCD_FORM_MODE2_2336, VCD_MODE_MODE2 },
		{ 0xAC, 2048, VCD_FORM_USER_2048, VCD_MODE_MODE2 }, { 0xA9, 2352, VCD_FORM_RAW_2352, VCD_MODE_AUDIO },
		{ 0xAD, 2352, VCD_FORM_RAW_2352, VCD_MODE_MODE2 }, { 0xA8, 2352, VCD_FORM_RAW_2352, VCD_MODE_MODE2 },
	};
	struct image image;
	size_t i;

	(void)state;
	write_disc();
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		build();
		put_le16(mds + 20, 1);
		mds[SESSIONS + 10] = 4;
		mds[BLOCK_1] = cases[i].mode;
		mds[BLOCK_1 + 1] = 0;
		put_le16(mds + BLOCK_1 + 16, cases[i].size);
		write_mds();
		assert_int_equal(image_open(&image, in_folder("disc.mds"), 0), IMAGE_OK);
		check_sound(&image);
		assert_int_equal(image.extents[0].form, cases[i].form);
		assert_int_equal(image.extents[0].stride, cases[i].size);
		assert_int_equal(image.tracks[0].mode, cases[i].track_mode);
		assert_int_equal(image.subchannel_count, 0);
		assert_int_equal(image_profile(&image), VCD_PROFILE_CD_ROM);
		image_close(&image);
	}
}

/* Angles of sectors behind all else: what is told of them, and that wrong ones are none. */
static void angles(void **state)
{
	static const struct { uint32_t at, value, points; } cases[] = {
		{ 0, 2, 7 }, { 0, 1, 4 }, { 0, 0, 0 }, { 0, 17, 0 }, { 4, 0xFFFFFFFF, 0 }, { 8, MDS_SIZE + 12 + 71, 0 },
		{ 12 + 12, 0xFFFFFFFF, 0 }, { 12 + 12, 17, 0 }, { 12 + 32 + 12, 4, 0 },
	};
	uint8_t full[MDS_SIZE + 12 + 32 + 28];
	struct image image;
	size_t i;

	(void)state;
	write_disc();
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t *dpm = full + MDS_SIZE;

		memset(full, 0, sizeof(full));
		memcpy(full, mds, MDS_SIZE);
		put_le32(full + 84, MDS_SIZE);
		put_le32(dpm, 2);
		put_le32(dpm + 4, MDS_SIZE + 12);
		put_le32(dpm + 8, MDS_SIZE + 12 + 32);
		put_le32(dpm + 12 + 4, 50);
		put_le32(dpm + 12 + 8, 256);
		put_le32(dpm + 12 + 12, 4);
		put_le32(dpm + 44 + 12, 3);
		put_le32(dpm + cases[i].at, cases[i].value);
		write_bytes("disc.mds", full, sizeof(full));
		assert_int_equal(image_open(&image, in_folder("disc.mds"), 0), IMAGE_OK);
		assert_int_equal(image.dpm.points, cases[i].points);
		assert_int_equal(image.dpm.first, cases[i].points ? 50 : 0);
		assert_int_equal(image.dpm.distance, cases[i].points ? 256 : 0);
		image_close(&image);
	}
}

/* Four bytes of the descriptor are changed, and something is said about it. */
static void broken(void **state)
{
	static const struct { uint32_t at, value; const char *expected; } cases[] = {
		{ 16, 0x00000002, "version 2, which is encrypted" },
		{ 16, 0x00000503, "unknown version 3.5" },
		{ 16, 0x00400301, "type 40h" },
		{ 20, 0, "number of sessions is 0" },
		{ 20, 100, "number of sessions is 100" },
		{ 20, 3, "is damaged" },
		{ 80, MDS_SIZE - 1, "ends before its session blocks" },
		{ 80, 0xFFFFFFFF, "ends before its session blocks" },
		{ SESSIONS + 20, 0xFFFFFFFF, "ends before its track blocks" },
		{ SESSIONS + 8, 0x00000001, "session 1 has no tracks" },
		{ SESSIONS + 24 + 8, 0x00030002, "session 2 has no tracks" },
		{ SESSIONS + 24 + 8, 0x03FF0002, "is damaged" },
		{ BLOCK_1, 0x001408AE, "unknown mode 174" },
		{ BLOCK_1, 0x001409AA, "unknown kind of sub-channel 9" },
		{ BLOCK_1, 0x001408A9, NULL },
		{ BLOCK_1 + 4, 2, "track 2 follows track 2" },
		{ BLOCK_2 + 4, 1, "track 1 follows track 1" },
		{ BLOCK_2 + 4, 99, "track 99 follows track 1" },
		{ BLOCK_1 + 12, MDS_SIZE - 7, "ends before its extra block" },
		{ BLOCK_1 + 12, 0xFFFFFFF0, "ends before its extra block" },
		{ BLOCK_1 + 16, 0, "their size is 0" },
		{ BLOCK_1 + 16, 95, "their size is 0" },
		{ BLOCK_1 + 16, 2352, "their size is 2256" },
		{ BLOCK_1 + 16, 2432, "their size is 2336" },
		{ BLOCK_1 + 16, 65535, "their size is 65439" },
		{ BLOCK_1 + 36, 0xFFFFFF6A, "start sector 4294967146" },
		{ BLOCK_2 + 36, 449850, "start sector 449850" },
		{ BLOCK_2 + 36, 304, "track 2 begins at sector 304, and the one before it ends at 305" },
		{ BLOCK_4 + 36, 490, "track 4 begins at sector 490" },
		{ BLOCK_4 + 36, 449840, "has 449860 sectors, more than fit on a CD" },
		{ BLOCK_1 + 40, 0x7FFFFFFF, "disc.mdf has" },
		{ BLOCK_1 + 44, 0x80000000, "start offset" },
		{ BLOCK_1 + 44, 0x7FFFFFFF, "disc.mdf has" },
		{ BLOCK_1 + 48, 100, "number is 100" },
		{ BLOCK_1 + 48, 0xFFFFFFFF, "number is 4294967295" },
		{ BLOCK_1 + 48, 3, "names the file" },
		{ BLOCK_1 + 52, MDS_SIZE - 15, "ends before its footer" },
		{ BLOCK_1 + 52, 0xFFFFFFFF, "ends before its footer" },
		{ EXTRAS + 4, 0, "the length 0" },
		{ EXTRAS + 4, 449850, "the length 449850" },
		{ EXTRAS + 28, 21, "disc.mdf has" },
		{ FOOTER, MDS_SIZE, "ends before its file names" },
		{ FOOTER, 0xFFFFFFFF, "ends before its file names" },
		{ FOOTER, MDS_SIZE - 1, "names the file \"\"" },
		{ NAME, 0x1B2F2E2E, "names the file" },
		{ NAME, 0x00000041, "names the file \"A\", which is not there; it is needed beside" },
		{ FOOTER + 4, 1, "names the file" },
	};
	struct image image;
	size_t i;

	(void)state;
	write_disc();
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		build();
		put_le32(mds + cases[i].at, cases[i].value);
		write_mds();
		if (cases[i].expected) {
			expect_reason("disc.mds", cases[i].expected);
			continue;
		}
		/* What the ones around it break is right here. */
		assert_int_equal(image_open(&image, in_folder("disc.mds"), 0), IMAGE_OK);
		image_close(&image);
	}
	write_bytes("disc.mds", mds, 16);
	expect_reason("disc.mds", "ends before its header");
	build();
	write_mds();
	write_bytes("disc.mdf", "", 0);
	expect_reason("disc.mds", "disc.mdf");
	unlink(in_folder("disc.mdf"));
	expect_reason("disc.mds", "disc.mdf\", which is not there; it is needed beside the descriptor");
}

static void mutate(void)
{
	static const uint32_t values[] = {
		0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, MDS_SIZE - 8, 2352, BLOCK_2, NAME,
	};
	uint32_t changes = 1 + any(5);

	while (changes--) {
		if (any(2))
			put_le32(mds + any(MDS_SIZE / 4) * 4, values[any(sizeof(values) / sizeof(values[0]))]);
		else
			mds[16 + any(MDS_SIZE - 16)] = (uint8_t)any(256);
	}
}

static void mutations(void **state)
{
	unsigned int taken = 0, i;

	(void)state;
	write_disc();
	for (i = 0; i < 4000; i++) {
		build();
		mutate();
		write_bytes("disc.mds", mds, any(8) ? sizeof(mds) : any(sizeof(mds)));
		taken += taken_or_refused("disc.mds");
	}
	assert_true(taken > 400 && taken < 3600);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(mixed_mode),
		cmocka_unit_test(names),
		cmocka_unit_test(split_files),
		cmocka_unit_test(dvd),
		cmocka_unit_test(forms),
		cmocka_unit_test(angles),
		cmocka_unit_test(broken),
		cmocka_unit_test(mutations),
	};

	if (!make_folder())
		return 1;
	RUN(tests);
}
