// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "huffman.h"

/* The code in which the lengths of another code are written. */
#define SMALL_SYMBOLS	24
#define SMALL_BITS	6

/* The next bits without taking them; those behind the end are 0. */
static uint32_t peek(const struct bits *bits, unsigned int count)
{
	size_t byte = bits->at / 8, i;
	uint64_t window = 0;

	/* Up to 7 bits before the wanted ones, and 32 of those: 5 bytes. */
	for (i = 0; i < 5; i++)
		window = window << 8 | (byte + i < bits->len ? bits->data[byte + i] : 0);
	window = window << (24 + bits->at % 8);
	return count ? (uint32_t)(window >> (64 - count)) : 0;
}

/**
 * bits_read - take bits off a stream
 * @bits: the stream
 * @count: how many, up to 32
 *
 * Return: the bits, the last one lowest. Those behind the end are 0; bits_overrun() tells.
 */
uint32_t bits_read(struct bits *bits, unsigned int count)
{
	uint32_t value = peek(bits, count);

	bits->at += count;
	return value;
}

/**
 * bits_overrun - have more bits been taken than there are?
 * @bits: the stream
 */
bool bits_overrun(const struct bits *bits)
{
	return bits->at > bits->len * 8;
}

static void fill_table(struct huffman *huffman, uint32_t next[HUFFMAN_BITS + 1])
{
	unsigned int i;

	memset(huffman->table, 0, sizeof(huffman->table));
	for (i = 0; i < huffman->symbols; i++) {
		unsigned int length = huffman->lengths[i];
		uint32_t shift = huffman->max_bits - length, from, to;

		if (!length)
			continue;
		from = next[length]++ << shift;
		to = from + (1U << shift);
		for (; from < to; from++)
			huffman->table[from] = (uint16_t)(i << 5 | length);
	}
}

/* Words are counted from 0 at the greatest length; what is left of them is half as many prefixes one bit shorter. */
static bool build(struct huffman *huffman)
{
	uint32_t count[HUFFMAN_BITS + 1] = { 0 }, next[HUFFMAN_BITS + 1] = { 0 }, start = 0;
	unsigned int i;

	for (i = 0; i < huffman->symbols; i++) {
		if (huffman->lengths[i] > huffman->max_bits)
			return false;
		count[huffman->lengths[i]]++;
	}
	for (i = huffman->max_bits; i; i--) {
		uint32_t end = start + count[i];

		/* Only a code of a single symbol leaves words unused. */
		if (end > 1U << i || (i > 1 && end % 2))
			return false;
		next[i] = start;
		start = end / 2;
	}
	fill_table(huffman, next);
	return true;
}

/**
 * huffman_read_rle - read a code whose lengths are written plainly, with runs of the same
 * @huffman: filled; @symbols and @max_bits are given
 * @bits: the stream
 *
 * Return: false if it is not a code.
 */
bool huffman_read_rle(struct huffman *huffman, struct bits *bits)
{
	unsigned int width = huffman->max_bits >= 16 ? 5 : huffman->max_bits >= 8 ? 4 : 3;
	unsigned int i = 0;

	while (i < huffman->symbols) {
		unsigned int length = bits_read(bits, width), run = 1;

		/* 1 announces a run, or another 1 that it means itself. */
		if (length == 1) {
			length = bits_read(bits, width);
			if (length != 1)
				run = bits_read(bits, width) + 3;
		}
		if (run > huffman->symbols - i)
			return false;
		memset(huffman->lengths + i, (int)length, run);
		i += run;
	}
	return !bits_overrun(bits) && build(huffman);
}

static bool read_small(struct huffman *small, struct bits *bits)
{
	unsigned int start, i;

	memset(small->lengths, 0, sizeof(small->lengths));
	small->symbols = SMALL_SYMBOLS;
	small->max_bits = SMALL_BITS;
	small->lengths[0] = (uint8_t)bits_read(bits, 3);
	if (small->lengths[0] == 7)
		return false;
	start = bits_read(bits, 3) + 1;
	for (i = start; i < SMALL_SYMBOLS; i++) {
		unsigned int length = bits_read(bits, 3);

		if (length == 7)
			break;
		small->lengths[i] = (uint8_t)length;
	}
	return build(small);
}

static unsigned int width_of(unsigned int value)
{
	unsigned int width = 0;

	for (; value; value >>= 1)
		width++;
	return width;
}

static bool read_lengths(struct huffman *huffman, const struct huffman *small, struct bits *bits)
{
	unsigned int i = 0, width = width_of(huffman->symbols - 9);
	uint8_t last = 0;

	while (i < huffman->symbols) {
		int value = huffman_decode(small, bits);
		unsigned int run = 1;

		if (value < 0 || bits_overrun(bits))
			return false;
		if (value) {
			last = (uint8_t)(value - 1);
		} else {
			run = bits_read(bits, 3) + 2;
			if (run == 7 + 2)
				run += bits_read(bits, width);
			if (run > huffman->symbols - i)
				run = huffman->symbols - i;
		}
		memset(huffman->lengths + i, last, run);
		i += run;
	}
	return !bits_overrun(bits);
}

/**
 * huffman_read_huffman - read a code whose lengths are Huffman coded themselves
 * @huffman: filled; @symbols (more than 9) and @max_bits are given
 * @bits: the stream
 *
 * Return: false if it is not a code, or there is no memory.
 */
bool huffman_read_huffman(struct huffman *huffman, struct bits *bits)
{
	struct huffman *small = malloc(sizeof(*small));
	bool good;

	if (!small)
		return false;
	good = read_small(small, bits) && read_lengths(huffman, small, bits) && build(huffman);
	free(small);
	return good;
}

/**
 * huffman_decode - take a symbol off a stream
 * @huffman: its code
 * @bits: the stream
 *
 * Return: the symbol; -1 if there is none with these bits. Behind the end of the stream anything comes.
 */
int huffman_decode(const struct huffman *huffman, struct bits *bits)
{
	unsigned int entry = huffman->table[peek(bits, huffman->max_bits)];

	if (!entry)
		return -1;
	bits->at += entry & 0x1F;
	return (int)(entry >> 5);
}
