// SPDX-License-Identifier: GPL-2.0-only
/* Raw dumps without a descriptor */
#include <errno.h>
#include <unistd.h>

#include "image-test.h"
#include "image.h"

#define RAW		2352
#define AUDIO_SECTORS	310

static char folder[] = "/tmp/vcd-raw-XXXXXX";
static char path[64];

/**
 * struct dump - a raw dump that is built in memory
 * @data: its bytes
 * @size: their number
 * @stride: bytes of a sector
 */
struct dump {
	uint8_t *data;
	size_t size;
	size_t stride;
};

static uint8_t bcd(uint32_t value)
{
	return (uint8_t)(value / 10 << 4 | value % 10);
}

static void put_header(uint8_t *p, uint32_t frame, uint8_t mode)
{
	memset(p, 0xFF, 12);
	p[0] = 0;
	p[11] = 0;
	p[12] = bcd(frame / 75 / 60);
	p[13] = bcd(frame / 75 % 60);
	p[14] = bcd(frame % 75);
	p[15] = mode;
}

/* The volume of new_iso() with @first as the frame of its first sector, then sectors of samples. */
static struct dump new_dump(size_t stride, uint8_t mode, uint32_t first, uint32_t audio)
{
	struct dump dump = { .stride = stride, .size = stride * (DISC_SECTORS + audio) };
	uint8_t *disc = new_iso();
	size_t i, user = stride == 2336 ? 8 : mode == 1 ? 16 : 24;

	dump.data = calloc(1, dump.size);
	assert_non_null(dump.data);
	for (i = 0; i < DISC_SECTORS; i++) {
		uint8_t *p = dump.data + i * stride;

		if (stride != 2336)
			put_header(p, first + (uint32_t)i, mode);
		if (mode == 2)
			p[user - 6] = p[user - 2] = 8;
		memcpy(p + user, disc + i * SECTOR_SIZE, SECTOR_SIZE);
	}
	for (i = 0; i < audio; i++)
		memset(dump.data + (DISC_SECTORS + i) * stride, 0x11 + (int)(i % 7), stride < RAW ? stride : RAW);
	free(disc);
	return dump;
}

static void save(const void *data, size_t size)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

static void open_as(struct image *image, const struct dump *dump, const char *format)
{
	save(dump->data, dump->size);
	if (image_open(image, path, 0))
		fail_msg("%s", image->reason);
	assert_string_equal(image->format->name, format);
}

/* The disc holds the volume of new_iso(). */
static void check_volume(struct image *image)
{
	struct reader reader = image_reader(image);
	uint8_t *disc = new_iso(), buf[SECTOR_SIZE];
	uint32_t lba;

	for (lba = 0; lba < 40; lba++) {
		assert_int_equal(reader_read_sector(&reader, lba, buf), 0);
		assert_memory_equal(buf, sector(disc, lba), SECTOR_SIZE);
	}
	assert_string_equal(content_label(&image->content), "A_VOLUME");
	free(disc);
}

static void forms(void **state)
{
	static const struct { size_t stride; uint8_t mode, track; uint16_t form; } cases[] = {
		{ 2352, 1, VCD_MODE_DATA, VCD_FORM_RAW_2352 },
		{ 2352, 2, VCD_MODE_MODE2, VCD_FORM_RAW_2352 },
		{ 2448, 1, VCD_MODE_DATA, VCD_FORM_RAW_2352 },
		{ 2448, 2, VCD_MODE_MODE2, VCD_FORM_RAW_2352 },
		{ 2368, 1, VCD_MODE_DATA, VCD_FORM_RAW_2352 },
		{ 2336, 2, VCD_MODE_MODE2, VCD_FORM_MODE2_2336 },
	};
	struct image image;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct dump dump = new_dump(cases[i].stride, cases[i].mode, 150, 0);

		open_as(&image, &dump, "raw");
		assert_int_equal(image.sectors, DISC_SECTORS);
		assert_int_equal(image.track_count, 1);
		assert_int_equal(image.tracks[0].mode, cases[i].track);
		assert_int_equal(image.tracks[0].control, 4);
		assert_int_equal(image.tracks[0].sectors, DISC_SECTORS);
		assert_int_equal(image.extent_count, 1);
		assert_int_equal(image.extents[0].form, cases[i].form);
		assert_int_equal(image.extents[0].stride, cases[i].stride);
		assert_int_equal(image.extents[0].tail, 0);
		assert_int_equal(image.subchannel_count, 0);
		assert_int_equal(image.profile_hint, VCD_PROFILE_CD_ROM);
		check_volume(&image);
		image_close(&image);
		free(dump.data);
	}
}

static void put_crc(uint8_t q[12])
{
	uint32_t crc = 0;
	int i;

	/* Bit by bit, the message followed by 16 zeroes */
	for (i = 0; i < 96; i++) {
		uint32_t bit = i < 80 ? (uint32_t)q[i / 8] >> (7 - i % 8) & 1 : 0;

		crc = crc << 1 | bit;
		if (crc & 0x10000)
			crc ^= 0x11021;
	}
	put_be16(q + 10, ~crc & 0xFFFF);
}

static void subchannels(void **state)
{
	struct dump dump = new_dump(2448, 1, 150, 0);
	uint8_t q[12] = { 0x41, 1, 1, 0, 0, 0x16, 0, 0, 2, 0x16 };
	uint8_t *sub = dump.data + 16 * dump.stride + RAW;
	struct image image;
	int i;

	(void)state;
	put_crc(q);
	memcpy(sub + 12, q, sizeof(q));
	open_as(&image, &dump, "raw");
	assert_int_equal(image.subchannel_count, 1);
	assert_int_equal(image.subchannels[0].form, VCD_FORM_SUB_PACKED_96);
	assert_int_equal(image.subchannels[0].lba, 0);
	assert_int_equal(image.subchannels[0].sectors, DISC_SECTORS);
	assert_int_equal(image.subchannels[0].offset, RAW);
	assert_int_equal(image.subchannels[0].stride, 2448);
	assert_int_equal(image.profile_hint, VCD_PROFILE_CD_ROM);
	image_close(&image);

	for (i = 0; i < 96; i++)
		sub[i] = (uint8_t)((q[i / 8] >> (7 - i % 8) & 1) << 6 | 0x95);
	open_as(&image, &dump, "raw");
	assert_int_equal(image.subchannel_count, 1);
	assert_int_equal(image.subchannels[0].form, VCD_FORM_SUB_RAW_96);
	image_close(&image);
	sub[20] ^= 0x40;
	open_as(&image, &dump, "raw");
	assert_int_equal(image.subchannel_count, 0);
	image_close(&image);
	free(dump.data);

	dump = new_dump(2368, 2, 150, 0);
	memcpy(dump.data + 16 * dump.stride + RAW, q, sizeof(q));
	open_as(&image, &dump, "raw");
	assert_int_equal(image.subchannel_count, 1);
	assert_int_equal(image.subchannels[0].form, VCD_FORM_SUB_Q_16);
	check_volume(&image);
	image_close(&image);
	free(dump.data);
}

static void audio_follows(void **state)
{
	static const size_t strides[] = { 2352, 2448 };
	struct image image;
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct dump dump = new_dump(strides[i], 1, 150, AUDIO_SECTORS);

		open_as(&image, &dump, "raw");
		assert_int_equal(image.track_count, 2);
		assert_int_equal(image.tracks[0].sectors, DISC_SECTORS);
		assert_int_equal(image.tracks[1].lba, DISC_SECTORS);
		assert_int_equal(image.tracks[1].sectors, AUDIO_SECTORS);
		assert_int_equal(image.tracks[1].mode, VCD_MODE_AUDIO);
		assert_int_equal(image.tracks[1].control, 0);
		assert_int_equal(image.tracks[1].pregap, 0);
		assert_int_equal(image.extent_count, 2);
		assert_int_equal(image.extents[1].offset, DISC_SECTORS * strides[i]);
		assert_int_equal(image.extents[1].lba, DISC_SECTORS);
		check_volume(&image);
		image_close(&image);
		free(dump.data);
	}
}

/* A few sectors without sync at the end are no track. */
static void damage_at_the_end(void **state)
{
	struct dump dump = new_dump(2352, 1, 150, 2);
	struct image image;

	(void)state;
	open_as(&image, &dump, "raw");
	assert_int_equal(image.track_count, 1);
	assert_int_equal(image.sectors, DISC_SECTORS + 2);
	image_close(&image);
	free(dump.data);
}

static void tails(void **state)
{
	static const struct { size_t stride, cut; uint32_t tail, missing; } cases[] = {
		{ 2352, 1000, 1352, 1000 }, { 2448, 1000, 1448, 904 }, { 2448, 50, 0, 0 }, { 2336, 1, 2335, 1 },
	};
	struct image image;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct dump dump = new_dump(cases[i].stride, 2, 150, 0);

		dump.size -= cases[i].cut;
		open_as(&image, &dump, "raw");
		assert_int_equal(image.sectors, DISC_SECTORS);
		assert_int_equal(image.extents[0].tail, cases[i].tail);
		assert_int_equal(image_missing_tail(&image), cases[i].missing);
		image_close(&image);
		free(dump.data);
	}
}

static void pregap_and_parts(void **state)
{
	struct dump dump = new_dump(2352, 1, 0, 0);
	struct image image;

	(void)state;
	/* From 00:00:00 on: two seconds lie before the disc. */
	open_as(&image, &dump, "raw");
	assert_int_equal(image.sectors, DISC_SECTORS - 150);
	assert_int_equal(image.extents[0].offset, 150 * 2352);
	image_close(&image);
	free(dump.data);
	/* From the middle of a disc on */
	dump = new_dump(2352, 1, 20000, 0);
	open_as(&image, &dump, "raw");
	assert_int_equal(image.sectors, DISC_SECTORS);
	check_volume(&image);
	image_close(&image);
	free(dump.data);
}

static void samples(void **state)
{
	static const struct { const char *name; bool taken; } names[] = {
		{ "a.bin", true }, { "a.CDDA", true }, { "a.pcm", true }, { "a.raw", true }, { "a.dat", false },
		{ ".bin", true }, { "bin", false },
	};
	uint8_t data[4 * RAW + 1] = { 1, 2, 3 };
	struct image image;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[i].name);
		save(data, 4 * RAW);
		assert_int_equal(image_open(&image, path, 0), names[i].taken ? IMAGE_OK : IMAGE_NOT_AN_IMAGE);
		if (names[i].taken) {
			assert_string_equal(image.format->name, "audio");
			assert_int_equal(image.track_count, 1);
			assert_int_equal(image.tracks[0].mode, VCD_MODE_AUDIO);
			assert_int_equal(image.sectors, 4);
			assert_int_equal(image.profile_hint, VCD_PROFILE_CD_ROM);
		}
		image_close(&image);
		save(data, 4 * RAW + 1);
		assert_int_equal(image_open(&image, path, 0), IMAGE_NOT_AN_IMAGE);
		image_close(&image);
		unlink(path);
	}
	snprintf(path, sizeof(path), "%s/a.bin", folder);
	memcpy(data, "\x7f" "ELF", 4);
	save(data, 4 * RAW);
	assert_int_equal(image_open(&image, path, 0), IMAGE_NOT_AN_IMAGE);
	assert_non_null(strstr(image.reason, "program"));
	image_close(&image);
	unlink(path);
	snprintf(path, sizeof(path), "%s/image", folder);
}

/* What is nearly a dump is none. */
static void others(void **state)
{
	static const struct { size_t sector, at; uint8_t value; } changes[] = {
		{ 0, 0, 1 }, { 0, 11, 1 }, { 0, 15, 0 }, { 0, 15, 3 }, { 1, 5, 0 }, { 16, 6, 0 }, { 16, 15, 0xE1 },
	};
	struct dump dump = new_dump(2352, 1, 150, 0);
	struct image image;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		uint8_t *p = dump.data + changes[i].sector * RAW + changes[i].at, old = *p;

		*p = changes[i].value;
		save(dump.data, dump.size);
		assert_int_equal(image_open(&image, path, 0), IMAGE_NOT_AN_IMAGE);
		assert_non_null(strstr(image.reason, "is not a disc image"));
		image_close(&image);
		*p = old;
	}
	/* Less than a sector */
	save(dump.data, 2000);
	assert_int_equal(image_open(&image, path, 0), IMAGE_NOT_AN_IMAGE);
	image_close(&image);
	free(dump.data);
	dump = new_dump(2336, 2, 150, 0);
	dump.data[16 * 2336 + 9] = 'X';
	save(dump.data, dump.size);
	assert_int_equal(image_open(&image, path, 0), IMAGE_NOT_AN_IMAGE);
	image_close(&image);
	free(dump.data);
}

static void mutations(void **state)
{
	static const size_t strides[] = { 2352, 2448, 2368, 2336 };
	uint32_t seed = 20270101, taken = 0;
	int round;

	(void)state;
	for (round = 0; round < 300; round++) {
		struct dump dump = new_dump(strides[round % 4], round % 4 == 3 ? 2 : 1, 150, round % 3 ? 0 : 400);
		struct image image;
		int i;

		for (i = 0; i < 4; i++) {
			seed = seed * 1664525 + 1013904223;
			dump.data[(seed >> 8) % 17 * dump.stride + (seed >> 3) % 32] ^= (uint8_t)(seed >> 24);
		}
		if (seed & 0x100)
			dump.size -= (seed >> 10) % dump.size;
		save(dump.data, dump.size);
		if (!image_open(&image, path, 0)) {
			taken++;
			assert_true(image.sectors > 0);
		} else {
			assert_true(image.reason[0] != '\0');
		}
		image_close(&image);
		free(dump.data);
	}
	assert_true(taken > 10);
}

static void clean_up(void)
{
	unlink(path);
	rmdir(folder);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(forms),
		cmocka_unit_test(subchannels),
		cmocka_unit_test(audio_follows),
		cmocka_unit_test(damage_at_the_end),
		cmocka_unit_test(tails),
		cmocka_unit_test(pregap_and_parts),
		cmocka_unit_test(samples),
		cmocka_unit_test(others),
		cmocka_unit_test(mutations),
	};

	if (!mkdtemp(folder))
		return 1;
	snprintf(path, sizeof(path), "%s/image", folder);
	atexit(clean_up);
	RUN(tests);
}
