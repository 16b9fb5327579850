// SPDX-License-Identifier: GPL-2.0-only
#include "image-test.h"
#include "iso9660.h"

static struct iso9660 parse(const uint8_t *disc, size_t size)
{
	struct reader reader = reader_from_memory(disc, size);
	struct iso9660 iso;

	assert_int_equal(iso9660_read(&reader, &iso), 0);
	return iso;
}

static void whole_volume(void **state)
{
	uint8_t *disc = new_iso();
	struct iso9660 iso = parse(disc, DISC_SIZE);

	(void)state;
	assert_true(iso.present);
	assert_false(iso.high_sierra);
	assert_int_equal(iso.joliet, 3);
	assert_true(iso.rock_ridge);
	assert_int_equal(iso.blocks, DISC_SECTORS);
	assert_int_equal(iso.boot_catalogue, LBA_CATALOGUE);
	assert_string_equal(iso.system, "LINUX");
	assert_string_equal(iso.volume, "A_VOLUME");
	assert_string_equal(iso.joliet_volume, "J\xC3\xA9");
	assert_string_equal(iso.volume_set, "A SET");
	assert_string_equal(iso.publisher, "A PUBLISHER");
	assert_string_equal(iso.preparer, "A PREPARER");
	assert_string_equal(iso.application, "AN APPLICATION");
	assert_string_equal(iso.created, "2027-01-31T23:59:59+05:45");
	assert_string_equal(iso.modified, "");
	free(disc);
}

static void dates(void **state)
{
	static const struct { const char *in; const char *out; } cases[] = {
		{ "1999123123595999\xF8", "1999-12-31T23:59:59-02:00" },
		{ "1999133123595999\0", "" },
		{ "1999123124595999\0", "" },
		{ "1999123123605999\0", "" },
		{ "199912312359xx99\0", "" },
		{ "2000010100000000\x80", "2000-01-01T00:00:00-32:00" },
	};
	uint8_t *disc = new_iso();
	struct iso9660 iso;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		memcpy(sector(disc, LBA_PRIMARY) + 813, cases[i].in, 17);
		iso = parse(disc, DISC_SIZE);
		assert_string_equal(iso.created, cases[i].out);
	}
	free(disc);
}

static void no_volume(void **state)
{
	uint8_t *disc = new_disc();
	struct iso9660 iso = parse(disc, DISC_SIZE);

	(void)state;
	assert_false(iso.present);
	free(disc);
}

static void every_length(void **state)
{
	uint8_t *disc = new_iso();
	size_t size;

	(void)state;
	/* A copy of each size, so that a byte read behind its end is noticed */
	for (size = 0; size < 34 * SECTOR_SIZE; size += 509) {
		uint8_t *cut = malloc(size + 1);

		assert_non_null(cut);
		memcpy(cut, disc, size);
		assert_int_equal(parse(cut, size).present, size >= 17 * SECTOR_SIZE);
		free(cut);
	}
	free(disc);
}

static void set_without_end(void **state)
{
	uint8_t *disc = new_disc();
	uint32_t i;

	(void)state;
	for (i = 16; i < DISC_SECTORS; i++)
		put_text(sector(disc, i), "\3CD001\1");
	assert_false(parse(disc, DISC_SIZE).present);
	free(disc);
}

static void continuation_in_circles(void **state)
{
	uint8_t *disc = new_iso(), *p = sector(disc, LBA_CONTINUED) + 100;

	(void)state;
	memset(p, 0, 18);
	put_text(p, "CE\x1C\1");
	put_le32(p + 4, LBA_CONTINUED);
	put_le32(p + 12, 100);
	put_le32(p + 20, 28);
	put_le32(sector(disc, LBA_ROOT) + 41 + 20, 28);
	assert_false(parse(disc, DISC_SIZE).rock_ridge);
	free(disc);
}

static void continuation_with_huge_numbers(void **state)
{
	static const uint32_t numbers[][3] = {
		{ 0xFFFFFFFF, 100, 18 }, { LBA_CONTINUED, 0xFFFFFFFF, 18 }, { LBA_CONTINUED, 2047, 0xFFFFFFFF },
		{ LBA_CONTINUED, 2047, 2 }, { LBA_CONTINUED, 0, 0 },
	};
	uint8_t *disc = new_iso(), *p = sector(disc, LBA_ROOT) + 41;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		put_le32(p + 4, numbers[i][0]);
		put_le32(p + 12, numbers[i][1]);
		put_le32(p + 20, numbers[i][2]);
		assert_false(parse(disc, DISC_SIZE).rock_ridge);
	}
	free(disc);
}

static void root_record_with_huge_lengths(void **state)
{
	uint8_t *disc = new_iso(), *p = sector(disc, LBA_ROOT);

	(void)state;
	p[0] = 255;
	p[32] = 255;
	assert_false(parse(disc, DISC_SIZE).rock_ridge);
	p[0] = 0;
	assert_false(parse(disc, DISC_SIZE).rock_ridge);
	put_le32(sector(disc, LBA_PRIMARY) + 158, 0xFFFFFFFF);
	assert_false(parse(disc, DISC_SIZE).rock_ridge);
	free(disc);
}

static void rock_ridge_after_xa(void **state)
{
	uint8_t *disc = new_iso(), *p = sector(disc, LBA_ROOT);

	(void)state;
	memmove(p + 34 + 14, p + 34, 35);
	memset(p + 34, 0, 14);
	put_text(p + 40, "XA");
	p[0] = (uint8_t)(p[0] + 14);
	assert_true(parse(disc, DISC_SIZE).rock_ridge);
	free(disc);
}

static void high_sierra(void **state)
{
	uint8_t *disc = new_disc(), *p = sector(disc, 16);
	struct iso9660 iso;

	(void)state;
	p[8] = 1;
	put_text(p + 9, "CDROM\1");
	put_text(p + 48, "OLD DISC");
	iso = parse(disc, DISC_SIZE);
	assert_true(iso.present && iso.high_sierra);
	assert_string_equal(iso.volume, "OLD DISC");
	free(disc);
}

static int broken_read(const struct reader *reader, uint64_t offset, void *buf, size_t len)
{
	(void)reader, (void)offset, (void)buf, (void)len;
	return -5;
}

static void read_error(void **state)
{
	struct reader reader = { .read = broken_read, .size = DISC_SIZE };
	struct iso9660 iso;

	(void)state;
	assert_int_equal(iso9660_read(&reader, &iso), -5);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_volume),
		cmocka_unit_test(dates),
		cmocka_unit_test(no_volume),
		cmocka_unit_test(every_length),
		cmocka_unit_test(set_without_end),
		cmocka_unit_test(continuation_in_circles),
		cmocka_unit_test(continuation_with_huge_numbers),
		cmocka_unit_test(root_record_with_huge_lengths),
		cmocka_unit_test(rock_ridge_after_xa),
		cmocka_unit_test(high_sierra),
		cmocka_unit_test(read_error),
	};

	RUN(tests);
}
