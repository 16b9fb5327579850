// SPDX-License-Identifier: GPL-2.0-only
/* HFS, HFS+, the Apple partition map; MBR and GPT */
#include "image-test.h"
#include "hfs.h"
#include "partition.h"

static struct hfs parse(const uint8_t *disc, size_t size)
{
	struct reader reader = reader_from_memory(disc, size);
	struct hfs hfs;

	assert_int_equal(hfs_read(&reader, &hfs), 0);
	return hfs;
}

static struct partition_tables parse_tables(const uint8_t *disc, size_t size)
{
	struct reader reader = reader_from_memory(disc, size);
	struct partition_tables tables;

	assert_int_equal(partition_tables_read(&reader, &tables), 0);
	return tables;
}

static void put_hfs(uint8_t *volume)
{
	uint8_t *p = volume + 1024;

	put_text(p, "BD");
	put_be32(p + 20, 4096);
	p[36] = 6;
	put_text(p + 37, "Volume!");
}

static void put_map_entry(uint8_t *p, uint32_t count, uint32_t start, const char *type)
{
	put_text(p, "PM");
	put_be32(p + 4, count);
	put_be32(p + 8, start);
	put_text(p + 48, type);
}

static void bare_hfs(void **state)
{
	uint8_t *disc = new_disc();

	(void)state;
	put_hfs(disc);
	assert_true(parse(disc, DISC_SIZE).hfs);
	assert_false(parse(disc, DISC_SIZE).hfs_plus);
	assert_string_equal(parse(disc, DISC_SIZE).label, "Volume");
	/* A name longer than there is room for, an allocation block size that cannot be */
	disc[1024 + 36] = 200;
	assert_false(parse(disc, DISC_SIZE).hfs);
	disc[1024 + 36] = 6;
	put_be32(disc + 1024 + 20, 4097);
	assert_false(parse(disc, DISC_SIZE).hfs);
	free(disc);
}

static void hfs_plus(void **state)
{
	uint8_t *disc = new_disc();

	(void)state;
	put_text(disc + 1024, "H+");
	put_be16(disc + 1026, 4);
	assert_true(parse(disc, DISC_SIZE).hfs_plus);
	put_be16(disc + 1026, 9);
	assert_false(parse(disc, DISC_SIZE).hfs_plus);
	memset(disc, 0, 2048);
	put_hfs(disc);
	put_text(disc + 1024 + 124, "H+");
	assert_true(parse(disc, DISC_SIZE).hfs_plus);
	assert_false(parse(disc, DISC_SIZE).hfs);
	free(disc);
}

static void map(void **state)
{
	uint8_t *disc = new_disc();

	(void)state;
	put_map_entry(disc + 512, 2, 1, "Apple_partition_map");
	put_map_entry(disc + 1024, 2, 100, "Apple_HFS");
	put_hfs(disc + 51200);
	assert_true(parse(disc, DISC_SIZE).partition_map);
	assert_int_equal(parse(disc, DISC_SIZE).partitions, 2);
	assert_true(parse(disc, DISC_SIZE).hfs);
	put_be32(disc + 1024 + 8, 0xFFFFFFFF);
	assert_false(parse(disc, DISC_SIZE).hfs);
	free(disc);
}

static void map_of_2048(void **state)
{
	uint8_t *disc = new_disc();

	(void)state;
	put_map_entry(disc + 2048, 1, 20, "Apple_HFS");
	put_hfs(disc + 40960);
	assert_true(parse(disc, DISC_SIZE).hfs);
	free(disc);
}

static void map_without_end(void **state)
{
	uint8_t *disc = new_disc();
	int i;

	(void)state;
	for (i = 1; i < 1000; i++)
		put_map_entry(disc + i * 512, 0xFFFFFFFF, 0, "Apple_HFS");
	assert_int_equal(parse(disc, DISC_SIZE).partitions, 64);
	free(disc);
}

static void every_length(void **state)
{
	uint8_t *disc = new_disc();
	size_t size;

	(void)state;
	put_map_entry(disc + 512, 2, 1, "Apple_HFS");
	put_hfs(disc);
	disc[510] = 0x55;
	disc[511] = 0xAA;
	for (size = 0; size < 5000; size += 7) {
		uint8_t *cut = malloc(size + 1);

		assert_non_null(cut);
		memcpy(cut, disc, size);
		parse(cut, size);
		parse_tables(cut, size);
		free(cut);
	}
	free(disc);
}

static void mbr(void **state)
{
	uint8_t *disc = new_disc();

	(void)state;
	assert_false(parse_tables(disc, DISC_SIZE).mbr);
	disc[510] = 0x55;
	disc[511] = 0xAA;
	assert_false(parse_tables(disc, DISC_SIZE).mbr);
	disc[446] = 0x80;
	disc[450] = 0x17;
	put_le32(disc + 458, 100);
	assert_true(parse_tables(disc, DISC_SIZE).mbr);
	assert_int_equal(parse_tables(disc, DISC_SIZE).mbr_partitions, 1);
	assert_false(parse_tables(disc, DISC_SIZE).boot_code);
	disc[3] = 0xFA;
	assert_true(parse_tables(disc, DISC_SIZE).boot_code);
	disc[446] = 0x12;
	assert_false(parse_tables(disc, DISC_SIZE).mbr);
	free(disc);
}

static void gpt(void **state)
{
	uint8_t *disc = new_disc();

	(void)state;
	put_text(disc + 512, "EFI PART");
	assert_true(parse_tables(disc, DISC_SIZE).gpt);
	memset(disc, 0, 1024);
	put_text(disc + 2048, "EFI PART");
	assert_true(parse_tables(disc, DISC_SIZE).gpt);
	free(disc);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(bare_hfs),
		cmocka_unit_test(hfs_plus),
		cmocka_unit_test(map),
		cmocka_unit_test(map_of_2048),
		cmocka_unit_test(map_without_end),
		cmocka_unit_test(every_length),
		cmocka_unit_test(mbr),
		cmocka_unit_test(gpt),
	};

	RUN(tests);
}
