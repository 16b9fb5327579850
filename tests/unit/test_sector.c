// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of kernel/core/sector.c. EDC, parity and CRC are checked against their definitions, written down here once more
 * and bit by bit: polynomials divided the long way, code words multiplied out.
 */
#include "check.h"
#include "mmc.h"
#include "sector.h"

static const struct mmc_track tracks[] = {
	{ .lba = 0, .sectors = 20000, .number = 1, .session = 1, .control = 4, .mode = MMC_TRACK_DATA },
	{ .lba = 20000, .sectors = 429849, .number = 12, .session = 1, .control = 6, .mode = MMC_TRACK_DATA },
};

static const struct mmc_medium disc = {
	.tracks = tracks, .nr_tracks = 2, .sessions = 1, .profile = MMC_PROFILE_CD_ROM, .sectors = 449849,
};

static u8 user[MMC_BLOCK];
static u8 sector[MMC_SECTOR_MAX + 16];

/* Something that is not regular. */
static void fill_user(u32 seed)
{
	u32 i;

	for (i = 0; i < sizeof(user); i++) {
		seed = seed * 1103515245u + 12345u;
		user[i] = (u8)(seed >> 16);
	}
}

static u32 build(u8 fields, u8 subchannel, u32 lba)
{
	struct mmc_plan plan = {
		.kind = MMC_PLAN_READ, .lba = lba, .sectors = 1, .fields = fields, .subchannel = subchannel,
		.sector_bytes = mmc_sector_size(MMC_TYPE_MODE_1, fields, subchannel),
	};
	struct mmc_stored stored = { .form = MMC_FORM_USER, .data = user };
	s32 len;
	u32 i;

	memset(sector, 0xA5, sizeof(sector));
	len = mmc_sector_build(sector, &plan, &disc, lba, &stored);
	assert_int_equal(len, plan.sector_bytes);
	for (i = MMC_SECTOR_MAX; i < sizeof(sector); i++)
		assert_int_equal(sector[i], 0xA5);
	return (u32)len;
}

static void test_sync_and_header(void **state)
{
	static const u8 first[16] = { 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0x00, 0x02, 0x00, 0x01 };

	(void)state;
	fill_user(1);
	assert_int_equal(build(0xF8, 0, 0), MMC_RAW_SECTOR);
	assert_memory_equal(sector, first, sizeof(first));
	assert_memory_equal(sector + 16, user, MMC_BLOCK);
	build(0xF8, 0, 16);
	assert_memory_equal(sector + 12, "\x00\x02\x16\x01", 4);
	/* 12:34:56 */
	build(0xF8, 0, (12 * 60 + 34) * 75 + 56 - 150);
	assert_memory_equal(sector + 12, "\x12\x34\x56\x01", 4);
	/* 99:59:73, the last sector of the longest disc */
	build(0xF8, 0, 449848);
	assert_memory_equal(sector + 12, "\x99\x59\x73\x01", 4);
}

static u32 reversed(u32 value)
{
	u32 result = 0;
	u32 i;

	for (i = 0; i < 32; i++)
		result |= (value >> i & 1) << (31 - i);
	return result;
}

/*
 * ECMA-130 14.3: the code word, lowest bit of each byte first and with the EDC at its end, divides by
 * (x^16 + x^15 + x^2 + 1) (x^16 + x^2 + x + 1).
 */
static u32 edc_remainder(const u8 *bytes, u32 count)
{
	u32 poly = 0;
	u32 rest = 0;
	u32 i, j, bit;

	/* The product, without x^32. */
	for (i = 0; i < 17; i++) {
		for (j = 0; j < 17 && i + j < 32; j++)
			poly ^= (0x18005u >> i & 1 & 0x10007u >> j) << (i + j);
	}
	assert_true(poly == 0x8001801B);
	for (i = 0; i < count; i++) {
		for (bit = 0; bit < 8; bit++) {
			u32 out = rest >> 31;

			rest = rest << 1 | (bytes[i] >> bit & 1u);
			if (out)
				rest ^= poly;
		}
	}
	return reversed(rest);
}

static void test_edc(void **state)
{
	u32 seed;

	(void)state;
	for (seed = 0; seed < 20; seed++) {
		fill_user(seed);
		build(0xF8, 0, seed * 1000);
		assert_true(edc_remainder(sector, 16 + MMC_BLOCK + 4) == 0);
		sector[100 + seed] ^= 1;
		assert_true(edc_remainder(sector, 16 + MMC_BLOCK + 4) != 0);
		assert_memory_equal(sector + 16 + MMC_BLOCK + 4, "\0\0\0\0\0\0\0\0", 8);
	}
}

/* The field of annex A: polynomials over bits modulo x^8 + x^4 + x^3 + x^2 + 1. */
static u8 multiply(u8 a, u8 b)
{
	u32 product = 0;
	u32 bit;

	for (bit = 0; bit < 8; bit++)
		product ^= (b >> bit & 1u) * ((u32)a << bit);
	for (bit = 15; bit >= 8; bit--) {
		if (product >> bit & 1)
			product ^= 0x11Du << (bit - 8);
	}
	return (u8)product;
}

/* The two rows of the parity check matrix: all ones, and powers of 2 that fall to 1. */
static void assert_code_word(const u8 *word, u32 len)
{
	u8 sum = 0, weighted = 0;
	u8 power = 1;
	u32 i;

	for (i = len; i > 0; i--) {
		sum ^= word[i - 1];
		weighted ^= multiply(power, word[i - 1]);
		power = multiply(power, 2);
	}
	assert_int_equal(sum, 0);
	assert_int_equal(weighted, 0);
}

/* Annex A in its own terms: 1170 words of two bytes behind the sync, the low and the high bytes coded apart. */
static void assert_product_code(const u8 *raw)
{
	const u8 *words = raw + 12;
	u8 code[45];
	u32 byte, n, m;

	for (byte = 0; byte < 2; byte++) {
		for (n = 0; n < 43; n++) {
			for (m = 0; m < 26; m++)
				code[m] = words[2 * (43 * m + n) + byte];
			assert_code_word(code, 26);
		}
		for (n = 0; n < 26; n++) {
			for (m = 0; m < 43; m++)
				code[m] = words[2 * ((44 * m + 43 * n) % 1118) + byte];
			code[43] = words[2 * (43 * 26 + n) + byte];
			code[44] = words[2 * (44 * 26 + n) + byte];
			assert_code_word(code, 45);
		}
	}
}

static void test_parity(void **state)
{
	u32 seed;

	(void)state;
	for (seed = 0; seed < 20; seed++) {
		fill_user(seed);
		build(0xF8, 0, seed * 22000);
		assert_product_code(sector);
	}
	memset(user, 0, sizeof(user));
	build(0xF8, 0, 0);
	assert_product_code(sector);
	memset(user, 0xFF, sizeof(user));
	build(0xF8, 0, 449848);
	assert_product_code(sector);
}

/* Every selection is a piece of the whole sector. */
static void test_fields(void **state)
{
	static const struct {
		u8 fields;
		u16 start, end;
	} cases[] = {
		{ 0x00, 0, 0 }, { 0x80, 0, 12 }, { 0xA0, 0, 16 }, { 0xB0, 0, 2064 }, { 0xB8, 0, 2352 }, { 0xF8, 0, 2352 },
		{ 0x20, 12, 16 }, { 0x60, 12, 16 }, { 0x30, 12, 2064 }, { 0x70, 12, 2064 }, { 0x38, 12, 2352 },
		{ 0x78, 12, 2352 }, { 0x40, 0, 0 }, { 0x10, 16, 2064 }, { 0x50, 16, 2064 }, { 0x18, 16, 2352 },
		{ 0x58, 16, 2352 }, { 0x08, 2064, 2352 },
	};
	u8 whole[MMC_RAW_SECTOR];
	u32 i;

	(void)state;
	fill_user(7);
	build(0xF8, 0, 4711);
	memcpy(whole, sector, sizeof(whole));
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		u32 len = (u32)cases[i].end - cases[i].start;

		assert_int_equal(build(cases[i].fields, 0, 4711), len);
		assert_memory_equal(sector, whole + cases[i].start, len);
	}
}

static void assert_zero(const u8 *bytes, u32 count)
{
	u32 i;

	for (i = 0; i < count; i++)
		assert_int_equal(bytes[i], 0);
}

static void test_c2(void **state)
{
	(void)state;
	fill_user(8);
	assert_int_equal(build(0xFA, 0, 5), 2352 + 294);
	assert_zero(sector + 2352, 294);
	assert_int_equal(build(0xFC, 0, 5), 2352 + 296);
	assert_zero(sector + 2352, 296);
	assert_int_equal(build(0x02, 0, 5), 294);
	assert_zero(sector, 294);
	assert_int_equal(build(0xFC, 1, 5), MMC_SECTOR_MAX);
	assert_zero(sector + 2352, 296);
}

/* What divides by x^16 + x^12 + x^5 + 1 once the CRC at its end is no longer inverted. */
static u32 crc_remainder(const u8 *q)
{
	u32 rest = 0;
	u32 i;

	for (i = 0; i < 96; i++) {
		u32 bit = q[i / 8] >> (7 - i % 8) & 1u;

		rest = rest << 1 | (i >= 80 ? !bit : bit);
		if (rest & 0x10000)
			rest ^= 0x11021;
	}
	return rest;
}

static void test_q(void **state)
{
	(void)state;
	assert_int_equal(build(0x00, 2, 0), 16);
	assert_memory_equal(sector, "\x41\x01\x01\x00\x00\x00\x00\x00\x02\x00", 10);
	assert_int_equal(crc_remainder(sector), 0);
	assert_zero(sector + 12, 4);
	/* Track 12 begins at 04:28:50; 00:13:25 into it. */
	build(0x00, 2, 21000);
	assert_memory_equal(sector, "\x61\x12\x01\x00\x13\x25\x00\x04\x42\x00", 10);
	assert_int_equal(crc_remainder(sector), 0);
	build(0x00, 2, 449848);
	assert_memory_equal(sector, "\x61\x12\x01\x95\x31\x23\x00\x99\x59\x73", 10);
	assert_int_equal(crc_remainder(sector), 0);
	/* Behind the main channel and the C2 pointers. */
	assert_int_equal(build(0x14, 2, 0), 2048 + 296 + 16);
	assert_memory_equal(sector + 2048 + 296, "\x41\x01\x01\x00\x00\x00\x00\x00\x02\x00", 10);
}

static void test_raw_subchannel(void **state)
{
	u8 q[12] = { 0 };
	u32 i;

	(void)state;
	assert_int_equal(build(0x10, 1, 21000), 2048 + 96);
	for (i = 0; i < 96; i++) {
		assert_int_equal(sector[2048 + i] & ~0x40, 0);
		q[i / 8] |= (u8)((sector[2048 + i] >> 6 & 1) << (7 - i % 8));
	}
	build(0x00, 2, 21000);
	assert_memory_equal(q, sector, 12);
	assert_int_equal(build(0x10, 4, 21000), 2048 + 96);
	assert_zero(sector + 2048, 96);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sync_and_header),
		cmocka_unit_test(test_edc),
		cmocka_unit_test(test_parity),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_c2),
		cmocka_unit_test(test_q),
		cmocka_unit_test(test_raw_subchannel),
	};

	return cmocka_run_group_tests_name("sector", tests, NULL, NULL);
}
