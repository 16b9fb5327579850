/* SPDX-License-Identifier: GPL-2.0-only */
/* Huffman codes as CHD files have them: canonical, the longest codes have the lowest values. */
#ifndef VCD_HUFFMAN_H
#define VCD_HUFFMAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct bits - a stream of bits, the highest bit of a byte first
 * @data: the bytes
 * @len: their number
 * @at: the next bit
 */
struct bits {
	const uint8_t *data;
	size_t len;
	size_t at;
};

/** HUFFMAN_SYMBOLS: most symbols of a code */
#define HUFFMAN_SYMBOLS		256
/** HUFFMAN_BITS: longest code word */
#define HUFFMAN_BITS		16

/**
 * struct huffman - a code
 * @symbols: number of symbols, up to HUFFMAN_SYMBOLS
 * @max_bits: longest word, up to HUFFMAN_BITS
 * @lengths: how long the word of each symbol is; 0: the symbol does not occur
 * @table: for each sequence of @max_bits bits the symbol that it begins with and its length: symbol << 5 | length;
 *	0: none
 */
struct huffman {
	unsigned int symbols;
	unsigned int max_bits;
	uint8_t lengths[HUFFMAN_SYMBOLS];
	uint16_t table[1U << HUFFMAN_BITS];
};

uint32_t bits_read(struct bits *bits, unsigned int count);
bool bits_overrun(const struct bits *bits);
bool huffman_read_rle(struct huffman *huffman, struct bits *bits);
bool huffman_read_huffman(struct huffman *huffman, struct bits *bits);
int huffman_decode(const struct huffman *huffman, struct bits *bits);

#endif /* VCD_HUFFMAN_H */
