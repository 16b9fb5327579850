// SPDX-License-Identifier: GPL-2.0-only
#include "image-test.h"
#include "udf.h"

static struct udf parse(const uint8_t *disc, size_t size)
{
	struct reader reader = reader_from_memory(disc, size);
	struct udf udf;

	assert_int_equal(udf_read(&reader, &udf), 0);
	return udf;
}

static void whole_volume(void **state)
{
	uint8_t *disc = new_udf();
	struct udf udf = parse(disc, DISC_SIZE);

	(void)state;
	assert_true(udf.present);
	assert_int_equal(udf.nsr, 3);
	assert_int_equal(udf.revision, 0x0250);
	assert_int_equal(udf.block_size, SECTOR_SIZE);
	assert_string_equal(udf.label, "A Label");
	assert_string_equal(udf.volume, "A Volume");
	assert_string_equal(udf.volume_set, "A Set");
	free(disc);
}

static void no_volume(void **state)
{
	uint8_t *disc = new_iso();

	(void)state;
	assert_false(parse(disc, DISC_SIZE).present);
	free(disc);
}

static void every_length(void **state)
{
	uint8_t *disc = new_udf();
	size_t size;

	(void)state;
	for (size = 0; size < DISC_SIZE; size += 1021) {
		uint8_t *cut = malloc(size + 1);

		assert_non_null(cut);
		memcpy(cut, disc, size);
		parse(cut, size);
		free(cut);
	}
	free(disc);
}

static void anchor_at_the_end(void **state)
{
	uint8_t *disc = new_udf();

	(void)state;
	memcpy(sector(disc, DISC_SECTORS - 1), sector(disc, 256), SECTOR_SIZE);
	put_tag(sector(disc, DISC_SECTORS - 1), 2, DISC_SECTORS - 1);
	memset(sector(disc, 256), 0, SECTOR_SIZE);
	assert_string_equal(parse(disc, DISC_SIZE).label, "A Label");
	memmove(sector(disc, DISC_SECTORS - 257), sector(disc, DISC_SECTORS - 1), SECTOR_SIZE);
	put_tag(sector(disc, DISC_SECTORS - 257), 2, DISC_SECTORS - 257);
	memset(sector(disc, DISC_SECTORS - 1), 0, SECTOR_SIZE);
	assert_string_equal(parse(disc, DISC_SIZE).label, "A Label");
	free(disc);
}

static void reserve_sequence(void **state)
{
	uint8_t *disc = new_udf(), *p = sector(disc, 256);

	(void)state;
	put_le32(p + 20, 5);
	put_tag(p, 2, 256);
	assert_string_equal(parse(disc, DISC_SIZE).label, "A Label");
	free(disc);
}

static void wrong_tags(void **state)
{
	uint8_t *disc = new_udf();

	(void)state;
	sector(disc, LBA_UDF + 1)[4] ^= 1;
	assert_string_equal(parse(disc, DISC_SIZE).label, "");
	put_tag(sector(disc, LBA_UDF + 1), 6, 7);
	assert_string_equal(parse(disc, DISC_SIZE).label, "");
	assert_true(parse(disc, DISC_SIZE).present);
	free(disc);
}

static void pointers_in_circles(void **state)
{
	uint8_t *disc = new_udf(), *p = sector(disc, LBA_UDF);

	(void)state;
	memset(p, 0, SECTOR_SIZE);
	put_le32(p + 20, 0xFFFFFFFF);
	put_le32(p + 24, LBA_UDF);
	put_tag(p, 3, LBA_UDF);
	assert_string_equal(parse(disc, DISC_SIZE).label, "");
	free(disc);
}

static void huge_extents(void **state)
{
	uint8_t *disc = new_udf(), *p = sector(disc, 256);
	uint32_t i;

	(void)state;
	put_le32(p + 16, 0xFFFFFFFF);
	put_le32(p + 20, 0xFFFFFFFF);
	put_tag(p, 2, 256);
	assert_string_equal(parse(disc, DISC_SIZE).label, "A Label");
	/* A sequence without an end that fills the disc */
	put_le32(p + 20, 0);
	put_le32(p + 24, 0xFFFFFFFF);
	put_le32(p + 28, 19);
	put_tag(p, 2, 256);
	for (i = 19; i < 256; i++)
		put_tag(sector(disc, i), 7, i);
	assert_string_equal(parse(disc, DISC_SIZE).label, "");
	free(disc);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_volume),
		cmocka_unit_test(no_volume),
		cmocka_unit_test(every_length),
		cmocka_unit_test(anchor_at_the_end),
		cmocka_unit_test(reserve_sequence),
		cmocka_unit_test(wrong_tags),
		cmocka_unit_test(pointers_in_circles),
		cmocka_unit_test(huge_extents),
	};

	RUN(tests);
}
