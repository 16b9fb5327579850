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

/* Audio with a hidden pregap, audio with one of two seconds, a gap, a second session of XA. */
static const struct mmc_track kinds[] = {
	{ .lba = 40, .sectors = 9960, .number = 1, .session = 1, .pregap = 40 },
	{ .lba = 10000, .sectors = 20000, .number = 2, .session = 1, .control = 2, .pregap = 150 },
	{ .lba = 30000, .sectors = 9000, .number = 3, .session = 2, .control = 4, .mode = MMC_TRACK_MODE2,
	  .pregap = 150 },
};

static const struct mmc_medium kinds_disc = {
	.tracks = kinds, .nr_tracks = 3, .sessions = 2, .profile = MMC_PROFILE_CD_ROM, .sectors = 39000,
};

#define AUDIO	12000	/* sectors of each kind on it */
#define GAP	20000
#define XA	30016

static u8 user[MMC_BLOCK];
static u8 raw[MMC_RAW_SECTOR];
static u8 sector[MMC_SECTOR_MAX + 16];

/* Something that is not regular. */
static void fill(u8 *bytes, u32 len, u32 seed)
{
	u32 i;

	for (i = 0; i < len; i++) {
		seed = seed * 1103515245u + 12345u;
		bytes[i] = (u8)(seed >> 16);
	}
}

static void fill_user(u32 seed)
{
	fill(user, sizeof(user), seed);
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
static void assert_product_code(const u8 *bytes)
{
	const u8 *words = bytes + 12;
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

/* --- what is stored, on the disc of several kinds --- */

static s32 build_of(enum mmc_sector_type type, u8 fields, u8 subchannel, u32 lba, const struct mmc_stored *stored)
{
	struct mmc_plan plan = {
		.kind = MMC_PLAN_READ, .lba = lba, .sectors = 1, .type = (u8)type, .fields = fields,
		.subchannel = subchannel, .sector_bytes = MMC_SECTOR_MAX,
	};
	s32 len;
	u32 i;

	assert_true(mmc_medium_valid(&kinds_disc));
	memset(sector, 0xA5, sizeof(sector));
	len = mmc_sector_build(sector, &plan, &kinds_disc, lba, stored);
	for (i = MMC_SECTOR_MAX; i < sizeof(sector); i++)
		assert_int_equal(sector[i], 0xA5);
	return len;
}

static const u8 sync_bytes[12] = { 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0 };

/* A sector of Mode 2 in raw: 30016 is 06:42:16. */
static void fill_mode2(const char *subheader, const char *copy)
{
	fill(raw, sizeof(raw), 3);
	memcpy(raw, sync_bytes, 12);
	memcpy(raw + 12, "\x06\x42\x16\x02", 4);
	memcpy(raw + 16, subheader, 4);
	memcpy(raw + 20, copy, 4);
}

/* ECMA-130 14.4, XA: EDC from the sub-header on, parity as if the header were zero. */
static void assert_form1(const u8 *data)
{
	assert_memory_equal(sector, sync_bytes, 12);
	assert_memory_equal(sector + 12, "\x06\x42\x16\x02", 4);
	assert_memory_equal(sector + 16, "\0\0\x08\0\0\0\x08\0", 8);
	assert_memory_equal(sector + 24, data, MMC_BLOCK);
	assert_true(edc_remainder(sector + 16, 8 + MMC_BLOCK + 4) == 0);
	memset(sector + 12, 0, 4);
	assert_product_code(sector);
}

static void test_form1(void **state)
{
	const struct mmc_stored stored = { .form = MMC_FORM_USER, .data = user };
	const struct mmc_stored nothing = { .form = MMC_FORM_USER };
	static const u8 zeroes[MMC_BLOCK];
	u32 seed;

	(void)state;
	for (seed = 0; seed < 10; seed++) {
		fill_user(seed);
		assert_int_equal(build_of(MMC_TYPE_ANY, 0xF8, 0, XA, &stored), MMC_RAW_SECTOR);
		assert_form1(user);
	}
	sector[30] ^= 1;
	assert_true(edc_remainder(sector + 16, 8 + MMC_BLOCK + 4) != 0);
	assert_int_equal(build_of(MMC_TYPE_FORM_1, 0xF8, 0, XA, &nothing), MMC_RAW_SECTOR);
	assert_form1(zeroes);
	assert_int_equal(build_of(MMC_TYPE_FORM_1, 0x10, 0, XA, &stored), MMC_BLOCK);
	assert_memory_equal(sector, user, MMC_BLOCK);
	/* The pregap of the session is of the same kind. */
	assert_int_equal(build_of(MMC_TYPE_FORM_1, 0x20, 0, 29850, &nothing), 4);
	assert_memory_equal(sector, "\x06\x40\x00\x02", 4);
}

/* Where nothing is stored, a Mode 1 sector is zeroes with a true EDC, audio is silence. */
static void test_nothing_stored(void **state)
{
	const struct mmc_stored nothing = { .form = MMC_FORM_USER };
	struct mmc_plan plan = { .fields = 0xF8, .sector_bytes = MMC_RAW_SECTOR };

	(void)state;
	assert_int_equal(mmc_sector_build(sector, &plan, &disc, 16, &nothing), MMC_RAW_SECTOR);
	assert_zero(sector + 16, MMC_BLOCK);
	assert_true(edc_remainder(sector, 16 + MMC_BLOCK + 4) == 0);
	assert_product_code(sector);
	assert_int_equal(build_of(MMC_TYPE_ANY, 0xF8, 0, AUDIO, &nothing), MMC_RAW_SECTOR);
	assert_zero(sector, MMC_RAW_SECTOR);
}

/* The parts of a sector of each kind, of MMC-5 6.20: sync, header, sub-header, user data, the rest. */
static const struct {
	u8 fields;
	u16 part[5];	/* of enum mmc_sector_type from MMC_TYPE_CD_DA on */
} sizes[] = {
	{ 0x80, { 0, 12, 12, 12, 12 } },
	{ 0x20, { 0, 4, 4, 4, 4 } },
	{ 0x40, { 0, 0, 0, 8, 8 } },
	{ 0x10, { 2352, 2048, 2336, 2048, 2324 } },
	{ 0x08, { 0, 288, 0, 280, 4 } },
};

static void test_sizes(void **state)
{
	u32 type, i, fields;

	(void)state;
	for (type = MMC_TYPE_CD_DA; type < MMC_TYPE_RESERVED; type++) {
		for (fields = 0; fields < 256; fields += 8) {
			u32 want = 0;

			for (i = 0; i < ARRAY_SIZE(sizes); i++)
				want += fields & sizes[i].fields ? sizes[i].part[type - 1] : 0u;
			assert_int_equal(mmc_sector_size(type, (u8)fields, 0), want);
			assert_int_equal(mmc_sector_size(type, (u8)(fields | 2), 1), want + 294 + 96);
			assert_int_equal(mmc_sector_size(type, (u8)(fields | 4), 2), want + 296 + 16);
			assert_int_equal(mmc_sector_size(type, (u8)fields, 4), want + 96);
		}
	}
}

/* Each selection without a gap is a piece of the raw sector that is stored. */
static void assert_pieces(enum mmc_sector_type type, u32 lba, const struct mmc_stored *stored)
{
	static const u8 order[] = { 0x80, 0x20, 0x40, 0x10, 0x08 };
	u32 first, last, i, j;

	for (first = 0; first < 5; first++) {
		for (last = first; last < 5; last++) {
			u32 start = 0, len = 0;
			u8 fields = 0;

			for (i = 0; i < first; i++)
				for (j = 0; j < 5; j++)
					start += sizes[j].fields == order[i] ? sizes[j].part[type - 1] : 0u;
			for (i = first; i <= last; i++)
				fields |= order[i];
			for (j = 0; j < 5; j++)
				len += fields & sizes[j].fields ? sizes[j].part[type - 1] : 0u;
			assert_int_equal(build_of(MMC_TYPE_ANY, fields, 0, lba, stored), len);
			assert_memory_equal(sector, raw + start, len);
			assert_int_equal(build_of(type, fields, 0, lba, stored), len);
			assert_memory_equal(sector, raw + start, len);
		}
	}
	/* All other types are wrong. */
	for (i = MMC_TYPE_CD_DA; i < MMC_TYPE_RESERVED; i++)
		assert_int_equal(build_of(i, 0xF8, 0, lba, stored), i == type ? MMC_RAW_SECTOR : -1);
}

static void test_stored_raw(void **state)
{
	const struct mmc_stored stored = { .form = MMC_FORM_RAW, .data = raw };

	(void)state;
	fill(raw, sizeof(raw), 9);
	assert_pieces(MMC_TYPE_CD_DA, AUDIO, &stored);
	assert_pieces(MMC_TYPE_CD_DA, 0, &stored);
	fill_mode2("\1\2\x08\4", "\1\2\x08\4");
	assert_pieces(MMC_TYPE_FORM_1, XA, &stored);
	fill_mode2("\1\2\x64\4", "\1\2\x64\4");
	assert_pieces(MMC_TYPE_FORM_2, XA, &stored);
	fill_mode2("\1\2\x64\4", "\1\2\x64\5");
	assert_pieces(MMC_TYPE_MODE_2, XA, &stored);
}

static void test_stored_raw_mode1(void **state)
{
	struct mmc_plan plan = { .fields = 0xF8, .sector_bytes = MMC_RAW_SECTOR, .type = MMC_TYPE_MODE_1 };
	const struct mmc_stored stored = { .form = MMC_FORM_RAW, .data = raw };

	(void)state;
	fill(raw, sizeof(raw), 9);
	assert_int_equal(mmc_sector_build(sector, &plan, &disc, 5, &stored), MMC_RAW_SECTOR);
	assert_memory_equal(sector, raw, MMC_RAW_SECTOR);
	plan.fields = 0x10;
	assert_int_equal(mmc_sector_build(sector, &plan, &disc, 5, &stored), MMC_BLOCK);
	assert_memory_equal(sector, raw + 16, MMC_BLOCK);
	plan.type = MMC_TYPE_FORM_1;
	assert_int_equal(mmc_sector_build(sector, &plan, &disc, 5, &stored), -1);
	plan.type = MMC_TYPE_CD_DA;
	assert_int_equal(mmc_sector_build(sector, &plan, &disc, 5, &stored), -1);
}

/* Without sync and header: they are made. */
static void test_stored_2336(void **state)
{
	const struct mmc_stored stored = { .form = MMC_FORM_MODE2, .data = raw + 16 };

	(void)state;
	fill_mode2("\1\2\x08\4", "\1\2\x08\4");
	assert_pieces(MMC_TYPE_FORM_1, XA, &stored);
	fill_mode2("\1\2\x20\4", "\1\2\x20\4");
	assert_pieces(MMC_TYPE_FORM_2, XA, &stored);
	fill_mode2("\1\2\x08\4", "\0\2\x08\4");
	assert_pieces(MMC_TYPE_MODE_2, XA, &stored);
}

static void test_stored_audio_be(void **state)
{
	u8 big[MMC_RAW_SECTOR];
	const struct mmc_stored stored = { .form = MMC_FORM_AUDIO_BE, .data = big };
	u32 i;

	(void)state;
	fill(raw, sizeof(raw), 10);
	for (i = 0; i < sizeof(big); i++)
		big[i] = raw[i ^ 1];
	assert_pieces(MMC_TYPE_CD_DA, AUDIO, &stored);
}

static void test_gap_between_sessions(void **state)
{
	const struct mmc_stored stored = { .form = MMC_FORM_RAW, .data = raw };
	u32 type;

	(void)state;
	for (type = 0; type < MMC_TYPE_RESERVED; type++) {
		assert_int_equal(build_of(type, 0xF8, 0, GAP, &stored), -1);
		assert_int_equal(build_of(type, 0xF8, 0, 18600, &stored), -1);
		assert_int_equal(build_of(type, 0xF8, 0, 29849, &stored), -1);
	}
	assert_int_equal(build_of(MMC_TYPE_ANY, 0xF8, 0, 18599, &stored), MMC_RAW_SECTOR);
	assert_int_equal(build_of(MMC_TYPE_ANY, 0xF8, 0, 29850, &stored), MMC_RAW_SECTOR);
}

/* Index 0: P is set, the time in the track counts down to 0. */
static void test_pregap(void **state)
{
	static const struct {
		u32 lba;
		char q[11];
		bool p;
	} rows[] = {
		{ 0, "\x01\x01\x00\x00\x00\x39\x00\x00\x02\x00", true },
		{ 39, "\x01\x01\x00\x00\x00\x00\x00\x00\x02\x39", true },
		{ 40, "\x01\x01\x01\x00\x00\x00\x00\x00\x02\x40", false },
		{ 9849, "\x01\x01\x01\x02\x10\x59\x00\x02\x13\x24", false },
		{ 9850, "\x21\x02\x00\x00\x01\x74\x00\x02\x13\x25", true },
		{ 9999, "\x21\x02\x00\x00\x00\x00\x00\x02\x15\x24", true },
		{ 10000, "\x21\x02\x01\x00\x00\x00\x00\x02\x15\x25", false },
		{ 29850, "\x41\x03\x00\x00\x01\x74\x00\x06\x40\x00", true },
		{ 30000, "\x41\x03\x01\x00\x00\x00\x00\x06\x42\x00", false },
	};
	const struct mmc_stored nothing = { .form = MMC_FORM_USER };
	u32 i, j;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(build_of(MMC_TYPE_ANY, 0, MMC_SUB_Q, rows[i].lba, &nothing), 16);
		assert_memory_equal(sector, rows[i].q, 10);
		assert_int_equal(crc_remainder(sector), 0);
		assert_zero(sector + 12, 3);
		assert_int_equal(sector[15], rows[i].p ? 0x80 : 0);
		assert_int_equal(build_of(MMC_TYPE_ANY, 0, MMC_SUB_RAW, rows[i].lba, &nothing), 96);
		for (j = 0; j < 96; j++)
			assert_int_equal(sector[j] & ~0x40, rows[i].p ? 0x80 : 0);
	}
}

/* The kinds_disc with a catalogue number and ISRCs */
static struct mmc_track numbered_tracks[ARRAY_SIZE(kinds)];
static struct mmc_medium numbered;

static void number_tracks(const char *first, const char *second)
{
	numbered = kinds_disc;
	memcpy(numbered_tracks, kinds, sizeof(kinds));
	memcpy(numbered_tracks[0].isrc, first, MMC_ISRC_LEN);
	memcpy(numbered_tracks[1].isrc, second, MMC_ISRC_LEN);
	memcpy(numbered.mcn, "4006381333931", MMC_MCN_LEN);
	numbered.tracks = numbered_tracks;
	assert_true(mmc_medium_valid(&numbered));
}

/* What sub-channel Q of a sector holds: 1 a position, 2 the catalogue number, 3 an ISRC. */
static u8 adr_of(u32 lba)
{
	const struct mmc_plan plan = { .subchannel = MMC_SUB_Q, .sector_bytes = MMC_SUB_Q_LEN };
	const struct mmc_stored nothing = { .form = MMC_FORM_USER };

	assert_int_equal(mmc_sector_build(sector, &plan, &numbered, lba, &nothing), MMC_SUB_Q_LEN);
	assert_int_equal(crc_remainder(sector), 0);
	assert_zero(sector + 12, 3);
	return sector[0] & 0xF;
}

static void test_numbers(void **state)
{
	static const struct {
		u32 lba;
		char q[13];
	} rows[] = {
		{ 138, "\x02\x40\x06\x38\x13\x33\x93\x10\x00\x63" },
		{ 9938, "\x22\x40\x06\x38\x13\x33\x93\x10\x00\x38" },
		{ 30028, "\x42\x40\x06\x38\x13\x33\x93\x10\x00\x28" },
		{ 89, "\x03\x51\x5a\x29\xa8\x01\x00\x00\x10\x14" },
		{ 10085, "\x23\x5e\x26\x00\x00\x98\x76\x54\x30\x35" },
	};
	u32 i;

	(void)state;
	number_tracks("DEXYZ0100001", "GRH009876543");
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(adr_of(rows[i].lba), rows[i].q[0] & 0xF);
		assert_memory_equal(sector, rows[i].q, 10);
	}
	/* Where a track begins, or its pregap, is never hidden. */
	assert_int_equal(adr_of(40), 1);
	assert_int_equal(adr_of(41), 2);
	numbered_tracks[1].pregap = 62;
	assert_int_equal(adr_of(9938), 1);
	assert_int_equal(adr_of(9939), 2);
	/* Data has no ISRC, and one that is none cannot be told here. */
	memcpy(numbered_tracks[2].isrc, "DEXYZ0100003", MMC_ISRC_LEN);
	assert_int_equal(adr_of(30077), 1);
	number_tracks("DEXYZ010000A", "\0\0\0\0\0\0\0\0\0\0\0");
	assert_int_equal(adr_of(89), 1);
	assert_int_equal(adr_of(10085), 1);
}

/* MMC-5 4.2.3.4: "at least one out of 100 consecutive sectors" */
static void test_numbers_are_there_often(void **state)
{
	u32 lba, mcn = 0, isrc = 0;
	u8 adr;

	(void)state;
	number_tracks("DEXYZ0100001", "GRH009876543");
	for (lba = 0; lba < 18600; lba++) {
		adr = adr_of(lba);
		mcn = adr == 2 ? 0 : mcn + 1;
		isrc = adr == 3 ? 0 : isrc + 1;
		assert_in_range(mcn, 0, 99);
		assert_in_range(isrc, 0, 99);
		if (adr != 1)
			assert_int_not_equal(lba % 10000, 0);
	}
}

/* Sub-channels that are stored, in each form, as READ CD delivers them. */
static void test_stored_subchannels(void **state)
{
	u8 bits[96], packed[96], q[16];
	struct mmc_stored stored = { .form = MMC_FORM_USER };
	u32 i, channel;

	(void)state;
	fill(bits, sizeof(bits), 11);
	memset(packed, 0, sizeof(packed));
	memset(q, 0, sizeof(q));
	/* Bit i of channel c is bit 7 - c of byte i on the disc. */
	for (channel = 0; channel < 8; channel++) {
		for (i = 0; i < 96; i++)
			packed[channel * 12 + i / 8] |= (u8)((bits[i] >> (7 - channel) & 1) << (7 - i % 8));
	}
	memcpy(q, packed + 12, 12);
	q[15] = bits[0] & 0x80;

	stored.sub = bits;
	stored.subform = MMC_FORM_SUB_RAW;
	assert_int_equal(build_of(MMC_TYPE_ANY, 0, MMC_SUB_RAW, AUDIO, &stored), 96);
	assert_memory_equal(sector, bits, 96);
	assert_int_equal(build_of(MMC_TYPE_ANY, 0, MMC_SUB_Q, AUDIO, &stored), 16);
	assert_memory_equal(sector, q, 16);

	stored.sub = packed;
	stored.subform = MMC_FORM_SUB_PACKED;
	assert_int_equal(build_of(MMC_TYPE_ANY, 0, MMC_SUB_RAW, AUDIO, &stored), 96);
	assert_memory_equal(sector, bits, 96);
	assert_int_equal(build_of(MMC_TYPE_ANY, 0, MMC_SUB_Q, AUDIO, &stored), 16);
	assert_memory_equal(sector, q, 16);

	stored.sub = q;
	stored.subform = MMC_FORM_SUB_Q;
	for (channel = 0; channel < 2; channel++) {
		/* Only the highest bit of the last four bytes means something. */
		q[12] = 0xFF;
		q[15] = channel ? 0xFF : 0x7F;
		assert_int_equal(build_of(MMC_TYPE_ANY, 0, MMC_SUB_RAW, AUDIO, &stored), 96);
		for (i = 0; i < 96; i++)
			assert_int_equal(sector[i], (bits[i] & 0x40) | (channel ? 0x80 : 0));
		assert_int_equal(build_of(MMC_TYPE_ANY, 0, MMC_SUB_Q, AUDIO, &stored), 16);
		assert_memory_equal(sector, packed + 12, 12);
		assert_zero(sector + 12, 3);
		assert_int_equal(sector[15], channel ? 0x80 : 0);
	}
	/* Behind the main channel */
	fill(raw, sizeof(raw), 12);
	stored.form = MMC_FORM_RAW;
	stored.data = raw;
	assert_int_equal(build_of(MMC_TYPE_ANY, 0xFC, MMC_SUB_Q, AUDIO, &stored), 2352 + 296 + 16);
	assert_memory_equal(sector, raw, 2352);
	assert_zero(sector + 2352, 296);
	assert_memory_equal(sector + 2352 + 296, packed + 12, 12);
}

static void test_is_form2(void **state)
{
	(void)state;
	assert_false(mmc_is_form2((const u8 *)"\xFF\xFF\xDF\xFF"));
	assert_true(mmc_is_form2((const u8 *)"\0\0\x20\0"));
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
		cmocka_unit_test(test_form1),
		cmocka_unit_test(test_nothing_stored),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_stored_raw),
		cmocka_unit_test(test_stored_raw_mode1),
		cmocka_unit_test(test_stored_2336),
		cmocka_unit_test(test_stored_audio_be),
		cmocka_unit_test(test_gap_between_sessions),
		cmocka_unit_test(test_pregap),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_numbers_are_there_often),
		cmocka_unit_test(test_stored_subchannels),
		cmocka_unit_test(test_is_form2),
	};

	return cmocka_run_group_tests_name("sector", tests, NULL, NULL);
}
