// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of kernel/core/subchannel.c and pack.c: indices and codes in sub-channel Q, packs in R to W. What is expected is
 * made here in another way, from the definitions.
 */
#include "check.h"
#include "mmc.h"
#include "sector.h"

static const struct mmc_track tracks[] = {
	{ .lba = 100, .sectors = 4900, .number = 9, .session = 1, .pregap = 100, .isrc = "USRC17607839" },
	{ .lba = 5000, .sectors = 5000, .number = 10, .session = 1, .control = 2, .pregap = 150, .isrc = "DEA120000099" },
	{ .lba = 10000, .sectors = 10000, .number = 11, .session = 1, .control = 4, .mode = MMC_TRACK_DATA,
	  .isrc = "FRZ039800212" },
};

static struct mmc_index indices[24] = {
	{ .lba = 1000, .track = 9, .number = 2 },
	{ .lba = 1001, .track = 9, .number = 3 },
};

static struct mmc_medium disc = {
	.tracks = tracks, .nr_tracks = 3, .sessions = 1, .profile = MMC_PROFILE_CD_ROM, .sectors = 20000,
	.indices = indices, .nr_indices = 2, .mcn = "4006381333931",
};

static u16 crc(const u8 *q)
{
	u32 rest = 0;
	u32 i;

	for (i = 0; i < 80; i++) {
		rest ^= (u32)(q[i / 8] >> (7 - i % 8) & 1) << 15;
		rest = (rest & 0x8000 ? rest << 1 ^ 0x1021 : rest << 1) & 0xFFFF;
	}
	return (u16)(rest ^ 0xFFFF);
}

/* Sub-channel Q of a sector, and with it P */
static bool read_q(u32 lba, u8 *q)
{
	struct mmc_stored stored = { .form = MMC_FORM_USER };

	mmc_subchannel_fill(q, MMC_SUB_Q, &disc, lba, &stored);
	assert_int_equal(mmc_get16(q + 10), crc(q));
	return q[15] & 0x80;
}

static u32 bcd(u8 value)
{
	assert_true(value >> 4 <= 9 && (value & 0xF) <= 9);
	return (value >> 4) * 10u + (value & 0xF);
}

static u32 bits(const u8 *q, u32 at, u32 count)
{
	u32 value = 0;

	for (; count; at++, count--)
		value = value << 1 | (q[at / 8] >> (7 - at % 8) & 1);
	return value;
}

static void check_catalogue(const u8 *q)
{
	u32 i;

	for (i = 0; i < 13; i++)
		assert_int_equal(bits(q, 8 + 4 * i, 4), disc.mcn[i] - '0');
	assert_int_equal(bits(q, 60, 12), 0);
}

/* A letter is its number in the alphabet and 10h. */
static void check_isrc(const u8 *q, const char *isrc)
{
	u32 i;

	for (i = 0; i < 5; i++)
		assert_int_equal(bits(q, 8 + 6 * i, 6), isrc[i] < 'A' ? isrc[i] - '0' : isrc[i] - 'A' + 1 + 0x10);
	assert_int_equal(bits(q, 38, 2), 0);
	for (i = 5; i < 12; i++)
		assert_int_equal(bits(q, 40 + 4 * (i - 5), 4), isrc[i] - '0');
	assert_int_equal(bits(q, 68, 4), 0);
}

static u32 expected_index(u32 lba)
{
	if (lba < 100 || (lba >= 4850 && lba < 5000))
		return 0;
	return lba == 1000 ? 2 : lba > 1000 && lba < 4850 ? 3 : 1;
}

/* All of a disc: positions, and codes in one of 100 sectors that follow each other, never where something begins. */
static void test_codes(void **state)
{
	u32 last_mcn = 0, last_isrc = 0, lba, mcns = 0, isrcs[3] = { 0 };
	u8 q[16];

	(void)state;
	assert_true(mmc_medium_valid(&disc));
	for (lba = 0; lba < disc.sectors; lba++) {
		u32 track = lba < 4850 ? 0 : lba < 10000 ? 1 : 2;
		struct mmc_msf msf = mmc_lba_to_msf(lba);

		assert_int_equal(read_q(lba, q), expected_index(lba) == 0);
		assert_int_equal(q[0] >> 4, tracks[track].control);
		assert_int_equal(mmc_index_at(&disc, lba), expected_index(lba));
		if ((q[0] & 0xF) != 1) {
			assert_true(lba && expected_index(lba - 1) == expected_index(lba));
			assert_true(expected_index(lba + 1) == expected_index(lba));
			assert_true(lba != 4850 && lba != 5000 && lba != 10000 && lba + 1 != 10000);
			assert_int_equal(bcd(q[9]), msf.f);
		}
		switch (q[0] & 0xF) {
		case 1:
			assert_int_equal(bcd(q[1]), tracks[track].number);
			assert_int_equal(bcd(q[2]), expected_index(lba));
			assert_int_equal((bcd(q[7]) * 60 + bcd(q[8])) * 75 + bcd(q[9]), lba + 150);
			break;
		case 2:
			check_catalogue(q);
			assert_true(lba - last_mcn <= 100);
			last_mcn = lba;
			mcns++;
			break;
		case 3:
			check_isrc(q, tracks[track].isrc);
			assert_true(lba - last_isrc <= 100);
			last_isrc = lba;
			isrcs[track]++;
			break;
		default:
			fail();
		}
	}
	assert_true(disc.sectors - last_mcn <= 100 && mcns >= 200);
	/* Data has none. */
	assert_true(10000 - last_isrc <= 100 && isrcs[0] >= 48 && isrcs[1] >= 51 && !isrcs[2]);
}

/* Where indices begin all the time there is no room for codes, and without codes there are none. */
static void test_no_codes(void **state)
{
	struct mmc_medium saved = disc;
	struct mmc_track strange[3];
	u8 q[16];
	u32 lba, i;

	(void)state;
	for (i = 0; i < 24; i++)
		indices[i] = (struct mmc_index){ .lba = 1000 + i * 2, .track = 9, .number = (u8)(i + 2) };
	disc.nr_indices = 24;
	assert_true(mmc_medium_valid(&disc));
	for (lba = 999; lba <= 1046; lba++) {
		read_q(lba, q);
		assert_int_equal(q[0], 1);
		assert_int_equal(bcd(q[2]), lba < 1000 ? 1 : (lba - 1000) / 2 + 2);
	}
	indices[0] = (struct mmc_index){ .lba = 1000, .track = 9, .number = 2 };
	indices[1] = (struct mmc_index){ .lba = 1001, .track = 9, .number = 3 };
	disc = saved;
	disc.mcn[0] = '\0';
	disc.nr_tracks = 3;
	for (lba = 10000; lba < 10300; lba++) {
		read_q(lba, q);
		assert_int_equal(q[0], 0x41);
	}
	/* An ISRC that Q has no room for: letters where there are four bits */
	memcpy(strange, tracks, sizeof(strange));
	memcpy(strange[1].isrc, "DEA12000009Z", MMC_ISRC_LEN);
	disc.tracks = strange;
	assert_true(mmc_medium_valid(&disc));
	for (lba = 5000; lba < 5300; lba++) {
		read_q(lba, q);
		assert_int_equal(q[0], 0x21);
	}
	disc = saved;
}

/* --- packs --- */

#define PACKS	40	/* of ten sectors */

static u8 packs[PACKS][24];
static u8 sectors[PACKS / 4][96];

/* The field of 64 elements as powers of x, where x^6 = x + 1 */
static u32 power(u32 exponent)
{
	u32 value = 1;

	for (exponent %= 63; exponent; exponent--) {
		value <<= 1;
		if (value & 64)
			value ^= 64 | 2 | 1;
	}
	return value;
}

static u32 logarithm(u32 value)
{
	u32 exponent = 0;

	while (power(exponent) != value)
		exponent++;
	return exponent;
}

static u32 times(u32 a, u32 b)
{
	return a && b ? power(logarithm(a) + logarithm(b)) : 0;
}

/* The remainder of a word, followed by @parity zeroes, by (x - 1)(x - 2)...(x - 2^(parity - 1)), put behind it */
static void encode(u8 *word, u32 count, u32 parity)
{
	u32 generator[8] = { 1 }, i, j;
	u8 rest[24] = { 0 };

	for (i = 0; i < parity; i++) {
		for (j = i + 1; j; j--)
			generator[j] ^= times(generator[j - 1], power(i));
	}
	memcpy(rest, word, count);
	for (i = 0; i < count; i++) {
		u32 lead = rest[i];

		for (j = 0; j <= parity; j++)
			rest[i + j] ^= (u8)times(generator[j], lead);
	}
	memcpy(word + count, rest + count, parity);
}

/* Packs of something that is not regular, on the disc as IEC 60908 has them: three pairs swapped, delayed line by line. */
static void make_disc(void)
{
	static const u32 pairs[3][2] = { { 1, 18 }, { 2, 5 }, { 3, 23 } };
	u32 seed = 1, pack, i;

	memset(sectors, 0, sizeof(sectors));
	for (pack = 0; pack < PACKS; pack++) {
		u8 swapped[24];

		for (i = 0; i < 24; i++) {
			seed = seed * 1103515245 + 12345;
			packs[pack][i] = seed >> 16 & 0x3F;
		}
		encode(packs[pack], 2, 2);
		encode(packs[pack], 20, 4);
		memcpy(swapped, packs[pack], 24);
		for (i = 0; i < 3; i++) {
			swapped[pairs[i][0]] = packs[pack][pairs[i][1]];
			swapped[pairs[i][1]] = packs[pack][pairs[i][0]];
		}
		for (i = 0; i < 24; i++) {
			u32 at = (pack + i % 8) * 24 + i;

			/* P and Q are none of it. */
			if (at < sizeof(sectors))
				sectors[at / 96][at % 96] = swapped[i] | 0x80 | (i & 1 ? 0x40 : 0);
		}
	}
}

/* What comes with a sector, whose sub-channels are stored in this form */
static void read_packs(u32 lba, u8 *to)
{
	struct mmc_stored stored = { .form = MMC_FORM_USER, .subform = MMC_FORM_SUB_RAW, .sub = sectors[lba] };
	u32 i;

	for (i = 0; i < MMC_SUB_SPREAD && i < lba; i++)
		stored.before[i] = sectors[lba - 1 - i];
	assert_int_equal(mmc_subchannel_size(MMC_SUB_RW), 96);
	mmc_subchannel_fill(to, MMC_SUB_RW, &disc, lba, &stored);
}

static void test_packs(void **state)
{
	u8 got[96];
	u32 lba;

	(void)state;
	make_disc();
	for (lba = 2; lba < PACKS / 4; lba++) {
		read_packs(lba, got);
		assert_memory_equal(got, packs[(lba - 2) * 4], 96);
	}
}

/* Up to two symbols of each pack are corrected, wherever they are. */
static void test_corrected(void **state)
{
	u32 errors, first, second, seed = 7;
	u8 got[96];

	(void)state;
	for (first = 0; first < 24; first++) {
		for (second = 0; second < 24; second++) {
			u32 lba = 4, pack = (lba - 2) * 4 + first % 4;

			make_disc();
			for (errors = 0; errors < 2; errors++) {
				u32 place = errors ? second : first, at = (pack + place % 8) * 24 + place;

				seed = seed * 1103515245 + 12345;
				sectors[at / 96][at % 96] ^= (u8)(1 + (seed >> 16) % 63);
				if (first == second)
					break;
			}
			read_packs(lba, got);
			assert_memory_equal(got, packs[(lba - 2) * 4], 96);
		}
	}
}

/* Too many: the pack is what it is, but for its first four symbols, which have a code of their own. */
static void test_not_corrected(void **state)
{
	static const u32 places[] = { 6, 7, 8 };
	u8 got[96], wrong[24];
	u32 i;

	(void)state;
	make_disc();
	memcpy(wrong, packs[0], sizeof(wrong));
	for (i = 0; i < 3; i++) {
		u32 at = places[i] % 8 * 24 + places[i];

		wrong[places[i]] ^= (u8)(i + 1);
		sectors[at / 96][at % 96] ^= (u8)(i + 1);
	}
	/* Symbol 0 as well */
	sectors[0][0] ^= 0x15;
	read_packs(2, got);
	assert_memory_equal(got, wrong, 24);
	assert_memory_equal(got + 24, packs[1], 72);
}

/* Whatever there is comes through: nothing that is not a symbol, and each pack is a code word or what was read. */
static void test_any_packs(void **state)
{
	u8 before[2][96], here[96], got[96];
	struct mmc_stored stored = {
		.form = MMC_FORM_USER, .subform = MMC_FORM_SUB_RAW, .sub = here, .before = { before[0], before[1] },
	};
	u32 seed = 3, rounds, i, corrected = 0, damaged = 0;

	(void)state;
	for (rounds = 0; rounds < 3000; rounds++) {
		make_disc();
		memcpy(before[1], sectors[0], 96);
		memcpy(before[0], sectors[1], 96);
		memcpy(here, sectors[2], 96);
		for (i = 0; i <= rounds % 40; i++) {
			seed = seed * 1103515245 + 12345;
			(seed >> 8 & 1 ? here : before[seed >> 9 & 1])[(seed >> 16) % 96] ^= (u8)(seed >> 24);
		}
		mmc_subchannel_fill(got, MMC_SUB_RW, &disc, 2, &stored);
		for (i = 0; i < 96; i++)
			assert_true(got[i] < 64);
		for (i = 0; i < 4; i++) {
			u8 word[24];

			memcpy(word, got + 24 * i, 24);
			encode(word, 20, 4);
			corrected += !memcmp(word, got + 24 * i, 24);
			damaged += !!memcmp(word, got + 24 * i, 24);
		}
	}
	assert_true(corrected > 1000 && damaged > 1000);
}

/* At the beginning of the disc, where nothing is stored, and where only Q is */
static void test_no_packs(void **state)
{
	struct mmc_stored stored = { .form = MMC_FORM_USER };
	u8 got[96], q[16] = { 0xFF };

	(void)state;
	mmc_subchannel_fill(got, MMC_SUB_RW, &disc, 5, &stored);
	assert_zero(got, 96);
	stored.sub = q;
	stored.subform = MMC_FORM_SUB_Q;
	mmc_subchannel_fill(got, MMC_SUB_RW, &disc, 5, &stored);
	assert_zero(got, 96);
	assert_int_equal(mmc_subchannel_size(MMC_SUB_NONE), 0);
	assert_int_equal(mmc_subchannel_size(MMC_SUB_Q), 16);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_codes),
		cmocka_unit_test(test_no_codes),
		cmocka_unit_test(test_packs),
		cmocka_unit_test(test_corrected),
		cmocka_unit_test(test_not_corrected),
		cmocka_unit_test(test_any_packs),
		cmocka_unit_test(test_no_packs),
	};

	return cmocka_run_group_tests_name("subchannel", tests, NULL, NULL);
}
