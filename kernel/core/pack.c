// SPDX-License-Identifier: GPL-2.0
/*
 * Packs: what is in sub-channels R to W (IEC 60908 18).
 *
 * A sector has four packs of 24 symbols, each symbol a bit of each of the six channels. The first four symbols are a
 * code word of two symbols and two of parity (Q), and all of them one of 20 symbols and four of parity (P), both of a
 * Reed-Solomon code over the field of 64 elements. On the disc three pairs of symbols have changed places, and a
 * symbol lies as many packs later as its place modulo 8 says.
 */
#include "sector.h"

#define PACKS		4
#define SYMBOLS		24
#define SYMBOL_MASK	0x3F
#define SPREAD		8
static_assert(PACKS * SYMBOLS == MMC_SUB_RAW_LEN, "packs don't add up to a sector");
static_assert(PACKS - 1 + SPREAD - 1 < PACKS * (MMC_SUB_SPREAD + 1), "a pack is spread farther");

#define P_PARITY	4
#define Q_SYMBOLS	4
#define Q_PARITY	2

/* Times another element of the field of x^6 + x + 1. */
static u8 gf_mul(u8 a, u8 b)
{
	u8 product = 0;

	for (; b; b >>= 1) {
		if (b & 1)
			product ^= a;
		a = (u8)(a << 1);
		if (a & 0x40)
			a ^= 0x43;
	}
	return product;
}

/* Its inverse is the 62nd power of an element: the 63rd is 1. */
static u8 gf_div(u8 a, u8 b)
{
	u8 power = b;
	u32 i;

	/* 62 is 2 + 4 + 8 + 16 + 32. */
	for (i = 0; i < 5; i++) {
		power = gf_mul(power, power);
		a = gf_mul(a, power);
	}
	return a;
}

/* The sums of a code word, each symbol weighted with a power of 2^j by its distance from the end. Are they all zero? */
static bool find_syndromes(const u8 *word, u32 symbols, u8 *syndromes, u32 count)
{
	u8 root = 1;
	u8 any = 0;
	u32 i, j;

	for (j = 0; j < count; j++, root = gf_mul(root, 2)) {
		syndromes[j] = 0;
		for (i = 0; i < symbols; i++)
			syndromes[j] = gf_mul(syndromes[j], root) ^ word[i];
		any |= syndromes[j];
	}
	return !any;
}

/* Which symbol has this power of 2 as its weight? @symbols if none. */
static u32 find_place(u8 weight, u32 symbols)
{
	u8 power = 1;
	u32 i;

	for (i = 0; i < symbols && power != weight; i++)
		power = gf_mul(power, 2);
	return i < symbols ? symbols - 1 - i : symbols;
}

/* Correct one symbol that is wrong, if that explains all syndromes. */
static bool correct_one(u8 *word, u32 symbols, const u8 *syndromes, u32 count)
{
	u8 weight;
	u32 place, j;

	if (!syndromes[0])
		return false;
	weight = gf_div(syndromes[1], syndromes[0]);
	for (j = 2; j < count; j++)
		if (gf_mul(syndromes[j - 1], weight) != syndromes[j])
			return false;
	place = find_place(weight, symbols);
	if (place == symbols)
		return false;
	word[place] ^= syndromes[0];
	return true;
}

/* Correct two symbols, by four syndromes: their weights are the roots of x^2 + sum x + product. */
static bool correct_two(u8 *word, const u8 *s)
{
	u8 det = gf_mul(s[0], s[2]) ^ gf_mul(s[1], s[1]);
	u8 sum, product, first, second, error;
	u32 place;

	if (!det)
		return false;
	sum = gf_div(gf_mul(s[0], s[3]) ^ gf_mul(s[1], s[2]), det);
	product = gf_div(gf_mul(s[1], s[3]) ^ gf_mul(s[2], s[2]), det);
	for (first = 1; first <= SYMBOL_MASK; first++)
		if (!(gf_mul(first, first) ^ gf_mul(sum, first) ^ product))
			break;
	second = sum ^ first;
	place = find_place(first, SYMBOLS);
	if (first > SYMBOL_MASK || !sum || place == SYMBOLS || find_place(second, SYMBOLS) == SYMBOLS)
		return false;
	error = gf_div(s[1] ^ gf_mul(s[0], second), sum);
	word[place] ^= error;
	word[find_place(second, SYMBOLS)] ^= s[0] ^ error;
	return true;
}

/* By P, or if that can't tell what is wrong, at least the first symbols by Q */
static void correct(u8 *pack)
{
	u8 syndromes[P_PARITY];

	if (find_syndromes(pack, SYMBOLS, syndromes, P_PARITY) ||
	    correct_one(pack, SYMBOLS, syndromes, P_PARITY) || correct_two(pack, syndromes))
		return;
	if (!find_syndromes(pack, Q_SYMBOLS, syndromes, Q_PARITY))
		correct_one(pack, Q_SYMBOLS, syndromes, Q_PARITY);
}

/* Where a symbol of a pack is on the disc, counted from the beginning of the pack */
static u32 place_on_disc(u32 symbol)
{
	static const u8 swapped[SYMBOLS] = {
		0, 18, 5, 23, 4, 2, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 1, 19, 20, 21, 22, 3,
	};
	u32 place = swapped[symbol];

	return place + place % SPREAD * SYMBOLS;
}

/* Kernel-doc in sector.h. */
void mmc_packs_build(u8 *to, const u8 *const sectors[MMC_SUB_SPREAD + 1])
{
	u32 pack, symbol;

	for (pack = 0; pack < PACKS; pack++, to += SYMBOLS) {
		for (symbol = 0; symbol < SYMBOLS; symbol++) {
			u32 at = pack * SYMBOLS + place_on_disc(symbol);
			const u8 *sector = sectors[at / MMC_SUB_RAW_LEN];

			to[symbol] = sector ? sector[at % MMC_SUB_RAW_LEN] & SYMBOL_MASK : 0;
		}
		correct(to);
	}
}
