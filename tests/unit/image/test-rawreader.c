// SPDX-License-Identifier: GPL-2.0-only
/* Whole sectors of discs whose images store them in all forms; and the cue sheet of such a disc */
#include <errno.h>
#include <unistd.h>

#include "cdtext.h"
#include "cuesheet.h"
#include "image-test.h"
#include "image.h"
#include "rawreader.h"

#define TRACK1		20	/* sectors of data, 2048 bytes each */
#define TRACK2		10	/* of Mode 2, 2336 bytes each */
#define TRACK3		30	/* of audio, ten of them silent pregap */
#define SESSION_GAP	11400
#define TRACK4		5	/* of audio, high byte first, with sub-channels */

static char path[64];
static struct image image;
static struct raw_reader *raw;
static uint8_t stored[TRACK1 * 2048 + TRACK2 * 2336 + 20 * 2352 + TRACK4 * (2352 + 96)];

static void append(uint32_t sectors, uint64_t *offset, uint32_t form, uint32_t stride)
{
	struct vcd_extent run = {
		.sectors = sectors, .offset = *offset, .form = (uint16_t)form, .stride = (uint16_t)stride,
	};

	assert_int_equal(image_append(&image, &run), IMAGE_OK);
	*offset += (uint64_t)sectors * stride;
}

static void begin_track(uint8_t mode, uint8_t control, uint8_t session, uint32_t pregap)
{
	struct vcd_track track = { .mode = mode, .control = control, .session = session, .pregap = pregap };

	if (mode == VCD_MODE_AUDIO)
		memcpy(track.isrc, "DEABC2600001", VCD_ISRC_LEN);
	assert_int_equal(image_begin_track(&image, &track), IMAGE_OK);
}

static int setup(void **state)
{
	struct vcd_extent sub = { .lba = 60 + SESSION_GAP, .sectors = TRACK4, .form = VCD_FORM_SUB_PACKED_96,
				  .stride = 2352 + 96 };
	uint64_t offset = 0;
	FILE *file;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(stored); i++)
		stored[i] = (uint8_t)(i * 7 + i / 251);
	/* Sub-headers of Form 1, of Form 2 without EDC, of none */
	for (i = 0; i < TRACK2; i++) {
		uint8_t *subheader = stored + TRACK1 * 2048 + i * 2336;

		memcpy(subheader,
		       i < 3 ? "\0\0\x08\0\0\0\x08\0" : i < 6 ? "\0\0\x20\0\0\0\x20\0" : "\1\2\3\4\5\6\7\7", 8);
		if (i >= 3 && i < 6)
			memset(subheader + 2332, 0, 4);
	}
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(stored, 1, sizeof(stored), file), sizeof(stored));
	assert_int_equal(fclose(file), 0);
	memset(&image, 0, sizeof(image));
	assert_int_equal(image_add_file(&image, path), IMAGE_OK);
	begin_track(VCD_MODE_DATA, 4, 1, 0);
	append(TRACK1, &offset, VCD_FORM_USER_2048, 2048);
	begin_track(VCD_MODE_MODE2, 4, 1, 0);
	append(TRACK2, &offset, VCD_FORM_MODE2_2336, 2336);
	assert_int_equal(image_append_zeroes(&image, 10), IMAGE_OK);
	begin_track(VCD_MODE_AUDIO, 3, 1, 10);
	append(20, &offset, VCD_FORM_RAW_2352, 2352);
	assert_int_equal(image_begin_session(&image), IMAGE_OK);
	begin_track(VCD_MODE_AUDIO, 0, 2, 0);
	sub.offset = offset + 2352;
	append(TRACK4, &offset, VCD_FORM_AUDIO_BE_2352, 2352 + 96);
	assert_int_equal(image_append_subchannel(&image, &sub), IMAGE_OK);
	memcpy(image.mcn, "4006381333931", VCD_MCN_LEN);
	assert_int_equal(image_end_tracks(&image), IMAGE_OK);
	raw = raw_reader_new(&image);
	assert_non_null(raw);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	raw_reader_free(raw);
	image_close(&image);
	return 0;
}

/* As the standard defines it, bit by bit */
static uint32_t edc(const uint8_t *data, size_t len)
{
	uint32_t value = 0;
	int bit;

	while (len--) {
		value ^= *data++;
		for (bit = 0; bit < 8; bit++)
			value = value >> 1 ^ (value & 1 ? 0xD8018001 : 0);
	}
	return value;
}

static void mode1(void **state)
{
	static const uint8_t head[16] = {
		0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0x00, 0x02, 0x05, 0x01
	};
	uint8_t sector[RAW_SECTOR];

	(void)state;
	assert_int_equal(raw_reader_read(raw, 5, sector, NULL), 0);
	assert_memory_equal(sector, head, sizeof(head));
	assert_memory_equal(sector + 16, stored + 5 * 2048, 2048);
	assert_int_equal(get_le32(sector + 2064), edc(sector, 2064));
	assert_ptr_equal(raw_reader_user(raw, 5, sector), sector + 16);
}

static void mode2(void **state)
{
	const uint8_t *from = stored + TRACK1 * 2048;
	uint8_t sector[RAW_SECTOR];

	(void)state;
	assert_int_equal(raw_reader_read(raw, TRACK1, sector, NULL), 0);
	assert_memory_equal(sector + 12, "\x00\x02\x20\x02", 4);
	assert_memory_equal(sector + 16, from, 2336);
	assert_ptr_equal(raw_reader_user(raw, TRACK1, sector), sector + 24);
	assert_int_equal(raw_reader_read(raw, TRACK1 + 3, sector, NULL), 0);
	assert_memory_equal(sector + 16, from + 3 * 2336, 2336);
	assert_null(raw_reader_user(raw, TRACK1 + 3, sector));
	assert_int_equal(raw_reader_read(raw, TRACK1 + 6, sector, NULL), 0);
	assert_null(raw_reader_user(raw, TRACK1 + 6, sector));
}

static void audio(void **state)
{
	uint8_t sector[RAW_SECTOR], zeroes[RAW_SECTOR] = { 0 };
	const uint8_t *from = stored + TRACK1 * 2048 + TRACK2 * 2336;
	size_t i;

	(void)state;
	assert_int_equal(raw_reader_read(raw, 30, sector, NULL), 0);
	assert_memory_equal(sector, zeroes, RAW_SECTOR);
	assert_int_equal(raw_reader_read(raw, 40, sector, NULL), 0);
	assert_memory_equal(sector, from, RAW_SECTOR);
	assert_null(raw_reader_user(raw, 40, sector));
	from += 20 * 2352;
	assert_int_equal(raw_reader_read(raw, 60 + SESSION_GAP, sector, NULL), 0);
	for (i = 0; i < RAW_SECTOR; i++)
		assert_int_equal(sector[i], from[i ^ 1]);
}

static void gather(uint8_t packed[96], const uint8_t *spread)
{
	int channel, i;

	memset(packed, 0, 96);
	for (channel = 0; channel < 8; channel++)
		for (i = 0; i < 96; i++)
			if (spread[i] & 0x80 >> channel)
				packed[channel * 12 + i / 8] |= (uint8_t)(0x80 >> i % 8);
}

static void subchannels(void **state)
{
	static const uint8_t made[10] = { 0x31, 0x03, 0x00, 0x00, 0x00, 0x08, 0x00, 0x00, 0x02, 0x31 };
	const uint8_t *from = stored + sizeof(stored) - 2 * (2352 + 96) + 2352;
	uint8_t sub[RAW_SUBCHANNEL], packed[RAW_SUBCHANNEL];

	(void)state;
	assert_int_equal(raw_reader_read(raw, 60 + SESSION_GAP + 3, NULL, sub), 0);
	gather(packed, sub);
	assert_memory_equal(packed, from, 96);
	/* In the pregap of track 3, nine sectors before its index 1 */
	assert_int_equal(raw_reader_read(raw, 31, NULL, sub), 0);
	gather(packed, sub);
	assert_int_equal(packed[0], 0xFF);
	assert_memory_equal(packed + 12, made, sizeof(made));
}

static void limits(void **state)
{
	uint8_t sector[RAW_SECTOR];

	(void)state;
	assert_int_equal(raw_reader_start(raw, 0), 0);
	assert_int_equal(raw_reader_end(raw, 0), 20);
	assert_int_equal(raw_reader_end(raw, 1), 30);
	assert_int_equal(raw_reader_start(raw, 2), 30);
	assert_int_equal(raw_reader_end(raw, 2), 60);
	assert_int_equal(raw_reader_start(raw, 3), 60 + SESSION_GAP);
	assert_int_equal(raw_reader_end(raw, 3), 65 + SESSION_GAP);
	assert_int_equal(raw_reader_read(raw, 60, sector, NULL), -ENODATA);
	assert_int_equal(raw_reader_read(raw, 65 + SESSION_GAP, sector, NULL), -ENODATA);
	assert_int_equal(raw_reader_read(raw, UINT32_MAX, sector, NULL), -ENODATA);
}

/* A disc with one sector of 2352 bytes, which is @sector, at the address @lba */
static enum raw_check check_of(const uint8_t *sector, uint32_t lba, uint8_t mode)
{
	struct vcd_extent run = { .sectors = 1, .form = VCD_FORM_RAW_2352 };
	enum raw_check result;
	struct raw_reader *reader;
	struct image disc;
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(sector, 1, RAW_SECTOR, file), RAW_SECTOR);
	assert_int_equal(fclose(file), 0);
	memset(&disc, 0, sizeof(disc));
	assert_int_equal(image_add_file(&disc, path), IMAGE_OK);
	assert_int_equal(image_append_zeroes(&disc, lba), IMAGE_OK);
	assert_int_equal(image_begin_track(&disc, &(struct vcd_track){ .mode = mode, .control = 4, .pregap = lba }),
			 IMAGE_OK);
	assert_int_equal(image_append(&disc, &run), IMAGE_OK);
	assert_int_equal(image_end_tracks(&disc), IMAGE_OK);
	reader = raw_reader_new(&disc);
	assert_non_null(reader);
	assert_int_equal(raw_reader_check(reader, lba, &result), 0);
	raw_reader_free(reader);
	image_close(&disc);
	return result;
}

static void checks_of_mode1(void **state)
{
	static const struct { size_t at; enum raw_check result; } faults[] = {
		{ 0, RAW_BAD_HEADER }, { 11, RAW_BAD_HEADER }, { 12, RAW_BAD_HEADER }, { 14, RAW_BAD_HEADER },
		{ 15, RAW_BAD_HEADER }, { 16, RAW_BAD_EDC }, { 2063, RAW_BAD_EDC }, { 2064, RAW_BAD_EDC },
		{ 2067, RAW_BAD_EDC }, { 2068, RAW_BAD_PARITY }, { 2075, RAW_BAD_PARITY }, { 2076, RAW_BAD_PARITY },
		{ 2247, RAW_BAD_PARITY }, { 2248, RAW_BAD_PARITY }, { 2351, RAW_BAD_PARITY },
	};
	uint8_t sector[RAW_SECTOR];
	size_t i;

	(void)state;
	assert_int_equal(raw_reader_read(raw, 7, sector, NULL), 0);
	assert_int_equal(check_of(sector, 7, VCD_MODE_DATA), RAW_GOOD);
	assert_int_equal(check_of(sector, 8, VCD_MODE_DATA), RAW_BAD_HEADER);
	for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		sector[faults[i].at] ^= 0x10;
		assert_int_equal(check_of(sector, 7, VCD_MODE_DATA), faults[i].result);
		sector[faults[i].at] ^= 0x10;
	}
}

static void checks_of_mode2(void **state)
{
	uint8_t sector[RAW_SECTOR];
	struct image disc;
	struct raw_reader *reader;
	uint32_t value;

	(void)state;
	/* A sector of Form 1 that is all made */
	memset(&disc, 0, sizeof(disc));
	assert_int_equal(image_begin_track(&disc, &(struct vcd_track){ .mode = VCD_MODE_MODE2, .control = 4 }),
			 IMAGE_OK);
	assert_int_equal(image_append_zeroes(&disc, 20), IMAGE_OK);
	assert_int_equal(image_end_tracks(&disc), IMAGE_OK);
	reader = raw_reader_new(&disc);
	assert_non_null(reader);
	assert_int_equal(raw_reader_read(reader, 9, sector, NULL), 0);
	raw_reader_free(reader);
	image_close(&disc);
	assert_int_equal(get_le32(sector + 2072), edc(sector + 16, 2056));
	assert_int_equal(check_of(sector, 9, VCD_MODE_MODE2), RAW_GOOD);
	sector[100] ^= 1;
	assert_int_equal(check_of(sector, 9, VCD_MODE_MODE2), RAW_BAD_EDC);
	sector[100] ^= 1;
	sector[2200] ^= 1;
	assert_int_equal(check_of(sector, 9, VCD_MODE_MODE2), RAW_BAD_PARITY);
	sector[2200] ^= 1;
	/* Sub-headers that differ: no form, nothing to check */
	sector[16] ^= 1;
	assert_int_equal(check_of(sector, 9, VCD_MODE_MODE2), RAW_UNPROTECTED);
	/* Form 2 with an EDC, a wrong one, and none */
	memcpy(sector + 16, "\0\0\x20\0\0\0\x20\0", 8);
	value = edc(sector + 16, 2332);
	put_le32(sector + 2348, value);
	assert_int_equal(check_of(sector, 9, VCD_MODE_MODE2), RAW_GOOD);
	put_le32(sector + 2348, value ^ 2);
	assert_int_equal(check_of(sector, 9, VCD_MODE_MODE2), RAW_BAD_EDC);
	put_le32(sector + 2348, 0);
	assert_int_equal(check_of(sector, 9, VCD_MODE_MODE2), RAW_UNPROTECTED);
}

static void cue_sheet(void **state)
{
	static const char expected[] =
		"CATALOG 4006381333931\nTITLE \"An 'album'\"\nFILE \"a b.bin\" BINARY\nREM SESSION 01\n"
		"  TRACK 01 MODE1/2352\n    INDEX 01 00:00:00\n"
		"  TRACK 02 MODE2/2352\n    INDEX 01 00:00:20\n"
		"  TRACK 03 AUDIO\n    TITLE \"A song\"\n    PERFORMER \"Somebody\"\n    FLAGS DCP PRE\n"
		"    ISRC DEABC2600001\n    INDEX 00 00:00:30\n    INDEX 01 00:00:40\nREM SESSION 02\n"
		"  TRACK 04 AUDIO\n    ISRC DEABC2600001\n    INDEX 01 00:00:60\n";
	struct cdtext *text = cdtext_new();
	char *sheet = NULL;
	size_t len;
	FILE *stream = open_memstream(&sheet, &len);

	(void)state;
	assert_non_null(text);
	assert_non_null(stream);
	assert_true(cdtext_set(text, 0, CDTEXT_TITLE, "An \"album\""));
	assert_true(cdtext_set(text, 3, CDTEXT_TITLE, "A song"));
	assert_true(cdtext_set(text, 3, CDTEXT_PERFORMER, "Somebody"));
	assert_int_equal(cdtext_add(text, &image), IMAGE_OK);
	cdtext_free(text);
	assert_int_equal(cuesheet_write(stream, &image, raw, "a b.bin"), 0);
	assert_int_equal(fclose(stream), 0);
	assert_string_equal(sheet, expected);
	free(sheet);
}

static void discs_that_are_none(void **state)
{
	struct image disc;

	(void)state;
	memset(&disc, 0, sizeof(disc));
	disc.sectors = 10;
	assert_null(raw_reader_new(&disc));
	assert_int_equal(errno, EINVAL);
}

static void remove_file(void)
{
	unlink(path);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(mode1, setup, teardown),
		cmocka_unit_test_setup_teardown(mode2, setup, teardown),
		cmocka_unit_test_setup_teardown(audio, setup, teardown),
		cmocka_unit_test_setup_teardown(subchannels, setup, teardown),
		cmocka_unit_test_setup_teardown(limits, setup, teardown),
		cmocka_unit_test_setup_teardown(checks_of_mode1, setup, teardown),
		cmocka_unit_test(checks_of_mode2),
		cmocka_unit_test_setup_teardown(cue_sheet, setup, teardown),
		cmocka_unit_test(discs_that_are_none),
	};
	int fd;

	snprintf(path, sizeof(path), "/tmp/vcd-raw-XXXXXX");
	fd = mkstemp(path);
	if (fd < 0)
		return 1;
	close(fd);
	atexit(remove_file);
	RUN(tests);
}
