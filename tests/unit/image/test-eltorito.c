// SPDX-License-Identifier: GPL-2.0-only
#include "image-test.h"
#include "eltorito.h"

static struct eltorito parse(const uint8_t *disc, size_t size, uint32_t lba)
{
	struct reader reader = reader_from_memory(disc, size);
	struct eltorito boot;

	assert_int_equal(eltorito_read(&reader, lba, &boot), 0);
	return boot;
}

static void two_platforms(void **state)
{
	uint8_t *disc = new_iso();
	struct eltorito boot = parse(disc, DISC_SIZE, LBA_CATALOGUE);

	(void)state;
	assert_true(boot.present);
	assert_true(boot.checksum_ok);
	assert_string_equal(boot.manufacturer, "MAKER");
	assert_int_equal(boot.count, 2);
	assert_int_equal(boot.kept, 2);
	assert_string_equal(eltorito_platform(boot.entries[0].platform), "BIOS");
	assert_true(boot.entries[0].bootable);
	assert_int_equal(boot.entries[0].load_segment, 0x07C0);
	assert_int_equal(boot.entries[0].load_sectors, 4);
	assert_int_equal(boot.entries[0].lba, 40);
	assert_string_equal(eltorito_platform(boot.entries[1].platform), "EFI");
	assert_int_equal(boot.entries[1].lba, 41);
	free(disc);
}

static void wrong_sum(void **state)
{
	uint8_t *disc = new_iso();

	(void)state;
	sector(disc, LBA_CATALOGUE)[28] ^= 1;
	assert_true(parse(disc, DISC_SIZE, LBA_CATALOGUE).present);
	assert_false(parse(disc, DISC_SIZE, LBA_CATALOGUE).checksum_ok);
	free(disc);
}

static void no_catalogue(void **state)
{
	uint8_t *disc = new_iso();

	(void)state;
	assert_false(parse(disc, DISC_SIZE, 0).present);
	assert_false(parse(disc, DISC_SIZE, DISC_SECTORS).present);
	assert_false(parse(disc, DISC_SIZE, 0xFFFFFFFF).present);
	assert_false(parse(disc, 0, 0).present);
	free(disc);
}

static void more_entries_than_are_kept(void **state)
{
	uint8_t *disc = new_iso(), *p = sector(disc, LBA_CATALOGUE);
	struct eltorito boot;
	int i;

	(void)state;
	put_le16(p + 66, 0xFFFF);
	for (i = 96; i < 16 * SECTOR_SIZE; i += 32)
		p[i] = 0x88;
	boot = parse(disc, DISC_SIZE, LBA_CATALOGUE);
	assert_int_equal(boot.kept, ELTORITO_MAX_ENTRIES);
	assert_int_equal(boot.count, 16 * 64 - 2);
	free(disc);
}

static void headers_without_end(void **state)
{
	uint8_t *disc = new_iso(), *p = sector(disc, LBA_CATALOGUE);
	int i;

	(void)state;
	for (i = 64; i < 100 * SECTOR_SIZE; i += 32) {
		memset(p + i, 0, 32);
		p[i] = 0x90;
	}
	assert_int_equal(parse(disc, DISC_SIZE, LBA_CATALOGUE).count, 1);
	free(disc);
}

static void extensions_are_skipped(void **state)
{
	uint8_t *disc = new_iso(), *p = sector(disc, LBA_CATALOGUE);

	(void)state;
	put_le16(p + 66, 2);
	p[128] = 0x44;
	p[160] = 0x00;
	assert_int_equal(parse(disc, DISC_SIZE, LBA_CATALOGUE).count, 3);
	assert_false(parse(disc, DISC_SIZE, LBA_CATALOGUE).entries[2].bootable);
	free(disc);
}

static void names(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 256; i++) {
		assert_non_null(eltorito_platform((uint8_t)i));
		assert_non_null(eltorito_emulation((uint8_t)i));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_platforms),
		cmocka_unit_test(wrong_sum),
		cmocka_unit_test(no_catalogue),
		cmocka_unit_test(more_entries_than_are_kept),
		cmocka_unit_test(headers_without_end),
		cmocka_unit_test(extensions_are_skipped),
		cmocka_unit_test(names),
	};

	RUN(tests);
}
