// SPDX-License-Identifier: GPL-2.0-only
/*
 * The Reed-Solomon product code of CD sectors (ECMA-130 annex A): two bytes of parity over each of 86 columns of 24
 * bytes, then over each of 52 diagonals of 43.
 */
#include <stdbool.h>
#include <string.h>

#include "parity.h"

#define AT_HEADER	12
#define AT_MODE		15
#define AT_P		2076
#define AT_Q		2248
#define P_CODES		86
#define P_LENGTH	24
#define Q_CODES		52
#define Q_LENGTH	43

/* Times 2 in the Galois field of x^8 + x^4 + x^3 + x^2 + 1 */
static uint8_t twice(uint8_t x)
{
	return (uint8_t)(x << 1 ^ (x >> 7) * 0x1D);
}

/* Divided by 3: times F4h, which is 2^7 + 2^6 + 2^5 + 2^4 + 2^2 */
static uint8_t third(uint8_t x)
{
	uint8_t x4 = twice(twice(x)), x16 = twice(twice(x4)), x32 = twice(x16), x64 = twice(x32);

	return (uint8_t)(twice(x64) ^ x64 ^ x32 ^ x16 ^ x4);
}

/*
 * The parity of one code word: its bytes are @step apart, around the end at @size. The two bytes make the sum of all
 * zero, and their sum weighted with powers of 2.
 */
static void fill_word(const uint8_t *data, uint32_t at, uint32_t step, uint32_t size, uint32_t length, uint8_t *first,
		      uint8_t *second)
{
	uint8_t sum = 0, weighted = 0;

	while (length--) {
		sum ^= data[at];
		weighted = twice(weighted) ^ data[at];
		at += step;
		if (at >= size)
			at -= size;
	}
	weighted = twice(twice(weighted));
	*first = third(sum ^ weighted);
	*second = sum ^ *first;
}

/**
 * parity_fill - fill in the P and Q parity of a sector
 * @sector: all of it, of Mode 1 or Mode 2 Form 1; in Mode 2 the header counts as zeroes
 */
void parity_fill(uint8_t sector[2352])
{
	uint8_t header[4], *data = sector + AT_HEADER;
	bool mode2 = sector[AT_MODE] == 2;
	uint32_t i;

	memcpy(header, data, sizeof(header));
	if (mode2)
		memset(data, 0, sizeof(header));
	for (i = 0; i < P_CODES; i++)
		fill_word(data, i, P_CODES, AT_P - AT_HEADER, P_LENGTH, sector + AT_P + i, sector + AT_P + P_CODES + i);
	for (i = 0; i < Q_CODES; i++)
		fill_word(data, i / 2 * P_CODES + i % 2, P_CODES + 2, AT_Q - AT_HEADER, Q_LENGTH, sector + AT_Q + i,
			  sector + AT_Q + Q_CODES + i);
	memcpy(data, header, sizeof(header));
}
