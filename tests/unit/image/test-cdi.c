// SPDX-License-Identifier: GPL-2.0-only
/* DiscJuggler: three versions of the descriptor, and broken ones */
#include <fcntl.h>

#include "folder.h"

/*
 * A disc of two sessions: audio with sub-channels P to W, audio with sub-channel Q, then Mode 2 with ISO 9660, stored
 * without sync and header. All pregaps are stored.
 */
enum {
	SIZE_1 = 2448, SIZE_2 = 2368, SIZE_3 = 2336, LENGTH_1 = 20, LENGTH_2 = 25, PREGAP_2 = 10, LENGTH_3 = 310,
	FIRST_END = LENGTH_1 + PREGAP_2 + LENGTH_2, SECOND = FIRST_END + 11400, SECOND_END = SECOND + LENGTH_3,
	DATA_SIZE = (150 + LENGTH_1) * SIZE_1 + (PREGAP_2 + LENGTH_2) * SIZE_2 + (150 + LENGTH_3) * SIZE_3,
	SPACE = DATA_SIZE + 4096,
};

static const uint32_t versions[] = { 0x80000004, 0x80000005, 0x80000006 };

static uint8_t *file;
static size_t size;

/* Where fields of the third track's descriptor are. */
static struct { size_t sessions, tracks, mark, indices, pregap, cdtext, mode, start, total, read_mode, end, disc, packs; } at;

static void add(const void *data, size_t length)
{
	memcpy(file + size, data, length);
	size += length;
}

static void add_zeroes(size_t length)
{
	memset(file + size, 0, length);
	size += length;
}

static size_t add_16(unsigned int value)
{
	put_le16(file + size, value);
	size += 2;
	return size - 2;
}

static size_t add_32(uint32_t value)
{
	put_le32(file + size, value);
	size += 4;
	return size - 4;
}

static void add_sectors(uint32_t count, size_t length, int value)
{
	while (count--) {
		memset(file + size, value++, length);
		if (length > 2352)
			memset(file + size + 2352, value - 1 + 100, length - 2352);
		size += length;
	}
}

static void add_track(uint32_t version, uint32_t mode, uint32_t start, uint32_t pregap, uint32_t length,
		      uint32_t read_mode, uint16_t medium)
{
	static const uint8_t mark[] = { 0, 0, 1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF };
	bool newer = version != 0x80000004;

	add_32(newer);
	if (newer)
		add_zeroes(8);
	at.mark = size;
	add(mark, sizeof(mark));
	add(mark, sizeof(mark));
	add_zeroes(4);
	add("\x08" "DISC.CDI", 9);
	add_zeroes(19);
	add_32(medium ? 0x80000000 : 0);
	if (medium) {
		add_zeroes(6);
		add_16(medium);
	}
	at.indices = add_16(newer ? 3 : 2);
	at.pregap = add_32(pregap);
	add_32(newer ? 5 : length);
	if (newer)
		add_32(length - 5);
	at.cdtext = add_32(newer);
	if (newer) {
		add("\x05TITLE", 6);
		add_zeroes(17);
	}
	add_zeroes(2);
	at.mode = add_32(mode);
	add_zeroes(12);
	at.start = add_32(start);
	at.total = add_32(pregap + length);
	add_zeroes(16);
	at.read_mode = add_32(read_mode);
	add_32(mode ? 4 : 2);
	add_zeroes(9);
	add("DEA010200003", 12);
	add_32(read_mode == 3);
	if (newer) {
		add_zeroes(5);
		add_32(0xFFFFFFFF);
		add_zeroes(78);
	}
}

static void close_session(uint32_t version)
{
	add_zeroes(version == 0x80000004 ? 12 : 13);
}

static void close_descriptor(uint32_t version, size_t start)
{
	at.end = size;
	add_16(0);
	add_32(version);
	size += 4;
	put_le32(file + size - 4, (uint32_t)(version == 0x80000006 ? size - start : start));
}

/* What is said of the disc, behind a session without tracks */
static void add_disc(const char *mcn, uint32_t has_mcn, const void *packs, uint32_t packs_size)
{
	static const uint8_t mark[] = { 0, 0, 1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF };

	add_16(0);
	add_32(0);
	add(mark, sizeof(mark));
	add(mark, sizeof(mark));
	add_zeroes(4);
	add("\x08" "DISC.CDI", 9);
	add_zeroes(19);
	add_32(0x80000000);
	add_zeroes(6);
	add_16(0x98);
	at.disc = add_32(SECOND_END);
	add("\x08" "A_VOLUME", 9);
	add_zeroes(9);
	add(mcn, 13);
	add_32(has_mcn);
	at.packs = add_32(packs_size);
	add(packs, packs_size);
	add_zeroes(8);
}

static void build_tracks(uint32_t version, uint32_t second_start)
{
	uint8_t *iso = new_iso();
	uint32_t i;

	size = 0;
	add_sectors(150, SIZE_1, 0);
	add_sectors(LENGTH_1, SIZE_1, 10);
	add_sectors(PREGAP_2 + LENGTH_2, SIZE_2, 50);
	add_sectors(150, SIZE_3, 0x77);
	for (i = 0; i < LENGTH_3; i++) {
		add_sectors(1, SIZE_3, (int)i);
		if (i < DISC_SECTORS)
			memcpy(file + size - SIZE_3 + 8, sector(iso, i), SECTOR_SIZE);
	}
	free(iso);
	assert_int_equal(size, DATA_SIZE);
	at.sessions = add_16(2);
	add_16(2);
	add_track(version, 0, 0, 150, LENGTH_1, 4, 0x98);
	add_track(version, 0, LENGTH_1 + 150, PREGAP_2, LENGTH_2, 3, 0x98);
	close_session(version);
	at.tracks = add_16(1);
	add_track(version, 2, second_start, 150, LENGTH_3, 1, version == 0x80000006 ? 0x98 : 0);
	close_session(version);
}

static void build(uint32_t version, uint32_t second_start)
{
	build_tracks(version, second_start);
	close_descriptor(version, DATA_SIZE);
}

static void write_cdi(void)
{
	write_bytes("disc.cdi", file, size);
}

static void check_byte(const struct image *image, bool sub, uint32_t lba, int value)
{
	uint8_t buf[2352];

	assert_true(stored(image, sub, lba, buf));
	assert_int_equal(buf[0], value);
	assert_int_equal(buf[15], value);
}

static void check_disc(const struct image *image, uint32_t pregap)
{
	struct reader reader = image_reader(image);
	uint8_t buf[2352];

	check_sound(image);
	assert_string_equal(image->format->name, "cdi");
	assert_int_equal(image_profile(image), VCD_PROFILE_CD_ROM);
	assert_int_equal(image->sectors, SECOND_END);
	assert_int_equal(image_sessions(image), 2);
	assert_int_equal(image->track_count, 3);
	check_track(&image->tracks[0], 0, LENGTH_1 + PREGAP_2, 1, 2, VCD_MODE_AUDIO, 0);
	check_track(&image->tracks[1], LENGTH_1 + PREGAP_2, LENGTH_2 + 11400, 1, 2, VCD_MODE_AUDIO, PREGAP_2);
	check_track(&image->tracks[2], SECOND, LENGTH_3, 2, 4, VCD_MODE_MODE2, pregap);
	assert_memory_equal(image->tracks[1].isrc, "DEA010200003", 12);
	assert_int_equal(image->tracks[0].isrc[0], 0);
	/* The first version that is known has no indices above 1 here, the others have one five sectors behind index 1. */
	if (image->index_count) {
		assert_int_equal(image->index_count, 3);
		check_index(image, 0, 1, 2, 5);
		check_index(image, 1, 2, 2, LENGTH_1 + PREGAP_2 + 5);
		check_index(image, 2, 3, 2, SECOND + 5);
	}
	check_byte(image, false, 0, 10);
	check_byte(image, true, 0, 110);
	check_byte(image, false, LENGTH_1 - 1, 29);
	check_byte(image, false, LENGTH_1, 50);
	check_byte(image, true, LENGTH_1, 150);
	check_byte(image, false, LENGTH_1 + PREGAP_2, 60);
	check_byte(image, true, FIRST_END - 1, 184);
	check_byte(image, false, SECOND + 305, 305 & 0xFF);
	assert_int_equal(stored(image, false, SECOND - 1, buf), pregap > 0);
	assert_false(stored(image, false, FIRST_END, buf));
	assert_false(stored(image, true, SECOND, buf));
	assert_int_equal(image->subchannels[0].form, VCD_FORM_SUB_RAW_96);
	assert_int_equal(image->subchannels[1].form, VCD_FORM_SUB_Q_16);
	assert_int_equal(reader_read_sector(&reader, SECOND + LBA_PRIMARY, buf), 0);
	assert_memory_equal(buf + 1, "CD001", 5);
}

static void two_sessions(void **state)
{
	struct image image;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
		build(versions[i], SECOND);
		write_cdi();
		assert_int_equal(image_open(&image, in_folder("disc.cdi"), 0), IMAGE_OK);
		check_disc(&image, 150);
		assert_int_equal(image.index_count, i ? 3 : 0);
		image_close(&image);
		/* An address that can't be: the second session begins where the standard wants it. */
		build(versions[i], 0);
		write_cdi();
		assert_int_equal(image_open(&image, in_folder("disc.cdi"), 0), IMAGE_OK);
		check_disc(&image, 0);
		image_close(&image);
	}
}

/* Two packs of CD-Text and the catalogue number, as newer programs have them; then some that don't end where they should */
static void about_the_disc(void **state)
{
	static const char packs[] = "\x80\0\0\0TITLE\0\0\0\0\0\0\0\x12\x34" "\x8F\0\1\0" "ABCDEFGHIJKL\x56\x78";
	static const char mcn[] = "4006381333931";
	struct image image;
	size_t i;

	(void)state;
	for (i = 0; i < 7; i++) {
		build_tracks(i == 1 ? 0x80000005 : i == 6 ? 0x80000004 : 0x80000006, SECOND);
		add_disc(i == 2 ? "400638133393X" : mcn, i != 3, packs, i == 6 ? 0 : 36);
		if (i == 4)
			put_le32(file + at.packs, 18);
		if (i == 5)
			file[at.packs + 4] = 0;
		/* The trailer that close_descriptor() writes has two bytes before it that are not there in such a file. */
		size -= 2;
		close_descriptor(i == 1 ? 0x80000005 : i == 6 ? 0x80000004 : 0x80000006, DATA_SIZE);
		write_cdi();
		assert_int_equal(image_open(&image, in_folder("disc.cdi"), 0), IMAGE_OK);
		assert_string_equal(image.mcn, i == 2 || i == 3 || i == 4 || i == 6 ? "" : mcn);
		assert_int_equal(image.cdtext_count, i < 4 ? 2 : 0);
		if (i < 4) {
			assert_memory_equal(image.cdtext[0].pack, packs, 18);
			assert_memory_equal(image.cdtext[1].pack, packs + 18, 18);
		}
		image_close(&image);
	}
}

/* A descriptor that ends somewhere in what is said of the disc: that is not used, but the disc is taken. */
static void about_the_disc_cut(void **state)
{
	struct image image;
	size_t i, end;

	(void)state;
	for (i = 1; i < 150; i += 3) {
		build_tracks(0x80000006, SECOND);
		end = size;
		add_disc("4006381333931", 1, "", 0);
		if (end + i >= size - 2)
			break;
		size = end + i;
		close_descriptor(0x80000006, DATA_SIZE);
		write_cdi();
		assert_int_equal(image_open(&image, in_folder("disc.cdi"), 0), IMAGE_OK);
		assert_string_equal(image.mcn, "");
		assert_int_equal(image.cdtext_count, 0);
		image_close(&image);
	}
	assert_true(i > 100);
}

static void one_data_track(void **state)
{
	static const struct { uint16_t medium; uint32_t profile; } cases[] = {
		{ 0x98, VCD_PROFILE_CD_ROM }, { 0x38, VCD_PROFILE_DVD_ROM },
	};
	uint8_t *iso = new_iso();
	struct image image;
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		size = 0;
		add_zeroes(150 * SECTOR_SIZE);
		add(iso, DISC_SIZE);
		add_16(1);
		add_16(1);
		add_track(0x80000006, 1, 0, 150, DISC_SECTORS, 0, cases[i].medium);
		close_session(0x80000006);
		close_descriptor(0x80000006, 150 * SECTOR_SIZE + DISC_SIZE);
		write_cdi();
		assert_int_equal(image_open(&image, in_folder("disc.cdi"), 0), IMAGE_OK);
		check_sound(&image);
		check_track(&image.tracks[0], 0, DISC_SECTORS, 1, 4, VCD_MODE_DATA, 0);
		assert_int_equal(image_profile(&image), cases[i].profile);
		assert_string_equal(content_label(&image.content), "A_VOLUME");
		image_close(&image);
	}
	free(iso);
}

static int build_newest(void **state)
{
	(void)state;
	build(0x80000006, SECOND);
	return 0;
}

static void broken(void **state)
{
	const struct { size_t at; uint32_t value; const char *expected; } cases[] = {
		{ at.tracks, 0x00010000, "session 2 has 0 tracks" },
		{ at.tracks, 0x00010064, "session 2 has 100 tracks" },
		{ at.mark, 0, "track 3 has no mark at its start" },
		{ at.mark + 10, 1, "track 3 has no mark at its start" },
		{ at.indices, 0x00960000, "track 3 has no number of indices" },
		{ at.indices, 0x0096FFFF, "track 3 has no number of indices" },
		{ at.cdtext, 0xFFFFFFFF, "more CD-Text" },
		{ at.mode, 3, "a mode that is unknown" },
		{ at.mode, 1, "a size that does not fit its mode" },
		{ at.mode, 0, "a size that does not fit its mode" },
		{ at.read_mode, 5, "an unknown size" },
		{ at.read_mode, 0xFFFFFFFF, "an unknown size" },
		{ at.read_mode, 2, "disc.cdi has" },
		{ at.pregap, 151, "longer than the one between sessions" },
		{ at.pregap, 460, "no sectors" },
		{ at.pregap, 0xFFFFFFFF, "no sectors" },
		{ at.total, 0, "no sectors" },
		{ at.total, 0xFFFFFFFF, "no sectors, or more" },
		{ at.total, 1000, "disc.cdi has" },
		{ at.start, 449800, "more than fit on a CD" },
		{ at.end + 6, 0, "is not a disc image" },
		{ at.end + 6, 0xFFFFFFFF, "is not a disc image" },
		{ at.end + 2, 0x80000007, "is not a disc image" },
		{ at.end + 6, 12, "is not a disc image" },
		{ at.sessions, 0x00020003, "session 3 has" },
		{ at.sessions, 0x00020000, "is not a disc image" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		build(0x80000006, SECOND);
		put_le32(file + cases[i].at, cases[i].value);
		write_cdi();
		expect_reason("disc.cdi", cases[i].expected);
	}
	/* A descriptor that begins a few bytes before the end */
	size = 0;
	add_zeroes(5000);
	add_16(1);
	add_16(1);
	close_descriptor(0x80000006, 5000);
	write_cdi();
	expect_reason("disc.cdi", "has no mark at its start");
}

/* The file ends within the descriptor, wherever that is. */
static void cut(void **state)
{
	size_t start, whole, i;
	struct image image;

	(void)state;
	for (i = 4; i < 900; i += 7) {
		build(0x80000006, SECOND);
		start = DATA_SIZE;
		whole = at.read_mode;
		if (start + i >= whole)
			break;
		size = start + i;
		close_descriptor(0x80000006, start);
		write_cdi();
		assert_int_equal(image_open(&image, in_folder("disc.cdi"), 0), IMAGE_NOT_AN_IMAGE);
		assert_non_null(strstr(image.reason, "is damaged"));
		image_close(&image);
	}
	assert_true(i > 500);
}

static void mutations(void **state)
{
	static const uint32_t values[] = { 0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 2, 150, 11450 };
	unsigned int taken = 0, i;
	size_t length;
	uint8_t *good;

	(void)state;
	build(0x80000006, SECOND);
	length = size - DATA_SIZE;
	write_cdi();
	good = malloc(length);
	assert_non_null(good);
	memcpy(good, file + DATA_SIZE, length);
	for (i = 0; i < 4000; i++) {
		uint8_t *p = file + DATA_SIZE;
		uint32_t changes = 1 + any(4);
		int fd;

		memcpy(p, good, length);
		while (changes--) {
			if (any(2))
				put_le32(p + any((uint32_t)length - 4),
					 values[any(sizeof(values) / sizeof(values[0]))]);
			else
				p[any((uint32_t)length - 8)] = (uint8_t)any(256);
		}
		fd = open(in_folder("disc.cdi"), O_WRONLY);
		assert_true(fd >= 0);
		assert_int_equal(pwrite(fd, p, length, DATA_SIZE), length);
		close(fd);
		taken += taken_or_refused("disc.cdi");
	}
	assert_true(taken > 400 && taken < 3900);
	free(good);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_sessions),
		cmocka_unit_test(about_the_disc),
		cmocka_unit_test(about_the_disc_cut),
		cmocka_unit_test(one_data_track),
		cmocka_unit_test_setup(broken, build_newest),
		cmocka_unit_test(cut),
		cmocka_unit_test(mutations),
	};

	if (!make_folder())
		return 1;
	file = malloc(SPACE);
	if (!file)
		return 1;
	RUN(tests);
}
