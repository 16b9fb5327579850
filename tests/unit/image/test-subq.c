// SPDX-License-Identifier: GPL-2.0-only
/* The catalogue number and ISRCs in stored sub-channels */
#include <unistd.h>

#include "crc16.h"
#include "image-test.h"
#include "subq.h"

enum { SECTORS = 1000, STRIDE = 100, TRACK_2 = 400, PREGAP_2 = 50, TRACK_3 = 800 };

static uint8_t data[SECTORS * STRIDE];
static uint32_t form;

/* Put a frame where the form has Q. */
static void put_q(uint32_t lba, const char *frame)
{
	uint8_t *p = data + lba * STRIDE, q[12];
	unsigned int i;

	memcpy(q, frame, 10);
	put_be16(q + 10, crc16_cd(q, 10));
	if (form == VCD_FORM_SUB_Q_16) {
		memcpy(p, q, 12);
	} else if (form == VCD_FORM_SUB_PACKED_96) {
		memcpy(p + 12, q, 12);
	} else {
		for (i = 0; i < 96; i++)
			p[i] = (uint8_t)((p[i] & ~0x40) | (q[i / 8] << i % 8 & 0x80) >> 1);
	}
}

/* Everything else, which may not be taken for Q */
static void fill(void)
{
	uint32_t lba, seed = 20270101;
	size_t i;

	for (i = 0; i < sizeof(data); i++) {
		seed = seed * 1664525 + 1013904223;
		data[i] = (uint8_t)(seed >> 24);
	}
	for (lba = 0; lba < SECTORS; lba++)
		put_q(lba, "\x01\x01\x01\x00\x00\x00\x00\x00\x02\x00");
}

static struct vcd_track tracks[3];
static struct vcd_extent runs[2];

/* Two tracks of audio and one of data; in the middle some sectors have no sub-channels. */
static struct image image_of(FILE *file, struct image_file *image_file)
{
	struct image image = {
		.files = image_file, .file_count = 1, .tracks = tracks, .track_count = 3, .subchannels = runs,
		.subchannel_count = 2, .sectors = SECTORS,
	};

	assert_int_equal(fwrite(data, 1, sizeof(data), file), sizeof(data));
	assert_int_equal(fflush(file), 0);
	*image_file = (struct image_file){ .source.fd = fileno(file), .size = sizeof(data) };
	memset(tracks, 0, sizeof(tracks));
	tracks[0] = (struct vcd_track){ .sectors = TRACK_2, .number = 1 };
	tracks[1] = (struct vcd_track){ .lba = TRACK_2, .sectors = TRACK_3 - TRACK_2, .number = 2, .pregap = PREGAP_2 };
	tracks[2] = (struct vcd_track){ .lba = TRACK_3, .sectors = SECTORS - TRACK_3, .number = 3, .mode = VCD_MODE_DATA };
	runs[0] = (struct vcd_extent){ .sectors = 500, .form = form, .stride = STRIDE };
	runs[1] = (struct vcd_extent){ .lba = 600, .sectors = 400, .form = form, .stride = STRIDE, .offset = 600 * STRIDE };
	return image;
}

static struct image found(void)
{
	struct image_file image_file;
	FILE *file = tmpfile();
	struct image image;

	assert_non_null(file);
	image = image_of(file, &image_file);
	subq_find_numbers(&image);
	fclose(file);
	return image;
}

#define MCN_1	"\x02\x40\x06\x38\x13\x33\x93\x10\x00\x63"	/* 4006381333931 */
#define ISRC_1	"\x03\x51\x5a\x29\xa8\x01\x00\x00\x10\x14"	/* DEXYZ0100001 */
#define ISRC_2	"\x23\x5e\x26\x00\x00\x98\x76\x54\x30\x35"	/* GRH009876543 */

static void numbers(void **state)
{
	static const uint32_t forms[] = { VCD_FORM_SUB_RAW_96, VCD_FORM_SUB_PACKED_96, VCD_FORM_SUB_Q_16 };
	struct image image;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		form = forms[i];
		fill();
		image = found();
		assert_string_equal(image.mcn, "");
		assert_int_equal(tracks[0].isrc[0], 0);
		put_q(40, MCN_1);
		put_q(299, ISRC_1);
		put_q(TRACK_2 - PREGAP_2, ISRC_2);
		put_q(TRACK_3 + 1, ISRC_1);
		image = found();
		assert_string_equal(image.mcn, "4006381333931");
		assert_memory_equal(tracks[0].isrc, "DEXYZ0100001", VCD_ISRC_LEN);
		assert_memory_equal(tracks[1].isrc, "GRH009876543", VCD_ISRC_LEN);
		/* Data has none. */
		assert_int_equal(tracks[2].isrc[0], 0);
	}
}

/* A number of another track, one too late, one where no sub-channel is stored */
static void out_of_place(void **state)
{
	struct image image;

	(void)state;
	form = VCD_FORM_SUB_RAW_96;
	fill();
	put_q(300, MCN_1);
	put_q(301, ISRC_1);
	put_q(550, ISRC_2);
	put_q(750, ISRC_2);
	image = found();
	assert_string_equal(image.mcn, "");
	assert_int_equal(tracks[0].isrc[0], 0);
	assert_int_equal(tracks[1].isrc[0], 0);
	put_q(650, ISRC_2);
	image = found();
	assert_memory_equal(tracks[1].isrc, "GRH009876543", VCD_ISRC_LEN);
}

/* A wrong checksum, no number, no digits, no letters; the next one that is right counts. */
static void damaged(void **state)
{
	struct image image;

	(void)state;
	form = VCD_FORM_SUB_PACKED_96;
	fill();
	put_q(20, MCN_1);
	data[20 * STRIDE + 12 + 11] ^= 1;
	put_q(21, "\x02\x00\x00\x00\x00\x00\x00\x00\x00\x63");
	put_q(22, "\x02\x4A\x06\x38\x13\x33\x93\x10\x00\x63");
	put_q(23, "\x03\x00\x00\x00\x00\x00\x00\x00\x00\x14");
	put_q(24, "\x03\x51\x5a\x29\xa8\x01\x0A\x00\x10\x14");
	put_q(25, "\x03\xFF\xFF\xFF\xFC\x01\x00\x00\x10\x14");
	put_q(26, "\x03\x28\xA2\x8A\x28\x01\x00\x00\x10\x14");
	image = found();
	assert_string_equal(image.mcn, "");
	assert_int_equal(tracks[0].isrc[0], 0);
	put_q(120, MCN_1);
	put_q(121, ISRC_1);
	image = found();
	assert_string_equal(image.mcn, "4006381333931");
	assert_memory_equal(tracks[0].isrc, "DEXYZ0100001", VCD_ISRC_LEN);
}

/* What a descriptor says stays; a file that ends too early says nothing. */
static void known_or_unreadable(void **state)
{
	struct image_file image_file;
	FILE *file = tmpfile();
	struct image image;

	(void)state;
	assert_non_null(file);
	form = VCD_FORM_SUB_Q_16;
	fill();
	put_q(40, MCN_1);
	put_q(60, ISRC_1);
	image = image_of(file, &image_file);
	memcpy(image.mcn, "0012345678905", 13);
	memcpy(tracks[0].isrc, "FRZ039800212", VCD_ISRC_LEN);
	subq_find_numbers(&image);
	assert_string_equal(image.mcn, "0012345678905");
	assert_memory_equal(tracks[0].isrc, "FRZ039800212", VCD_ISRC_LEN);

	image = image_of(file, &image_file);
	assert_int_equal(ftruncate(fileno(file), 30 * STRIDE), 0);
	image_file.size = 30 * STRIDE;
	subq_find_numbers(&image);
	assert_string_equal(image.mcn, "");
	assert_int_equal(tracks[0].isrc[0], 0);

	image = (struct image){ .tracks = tracks, .track_count = 3 };
	subq_find_numbers(&image);
	assert_string_equal(image.mcn, "");
	fclose(file);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),
		cmocka_unit_test(out_of_place),
		cmocka_unit_test(damaged),
		cmocka_unit_test(known_or_unreadable),
	};

	RUN(tests);
}
