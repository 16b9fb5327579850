/* SPDX-License-Identifier: GPL-2.0-only */
/* CHD files that are put together byte by byte, for what chdman does not make */
#ifndef CHD_BUILD_H
#define CHD_BUILD_H

#include "chd.h"
#include "crc16.h"
#include "image-test.h"

#define BUILD_MAX	(1U << 20)
#define HEADER_BYTES	124

/**
 * struct build - a file that grows
 * @data: its bytes
 * @len: their number
 * @hunks: number of hunks
 * @kinds: what the map says about each: the symbol
 * @lengths: bytes of each in the file
 * @crcs: CRC of each
 * @selves: for a reference: the other hunk
 * @last: where the last entry of metadata is, or 0
 * @first: where the first hunk is
 */
struct build {
	uint8_t *data;
	size_t len;
	uint32_t hunks;
	uint8_t kinds[64];
	uint32_t lengths[64];
	uint16_t crcs[64];
	uint32_t selves[64];
	size_t last;
	size_t first;
};

static inline void put_be64(uint8_t *p, uint64_t value)
{
	put_be32(p, (uint32_t)(value >> 32));
	put_be32(p + 4, (uint32_t)value);
}

static inline uint32_t tag_of(const char *name)
{
	return get_be32((const uint8_t *)name);
}

static inline void build_begin(struct build *build, const char *codec, uint64_t size, uint32_t hunk, uint32_t unit)
{
	memset(build, 0, sizeof(*build));
	build->data = calloc(1, BUILD_MAX);
	assert_non_null(build->data);
	build->len = HEADER_BYTES;
	memcpy(build->data, "MComprHD", 8);
	put_be32(build->data + 8, HEADER_BYTES);
	put_be32(build->data + 12, 5);
	if (codec)
		put_text(build->data + 16, codec);
	put_be64(build->data + 32, size);
	put_be32(build->data + 56, hunk);
	put_be32(build->data + 60, unit);
}

static inline void build_metadata(struct build *build, const char *tag, const char *text)
{
	uint8_t *p = build->data + build->len;
	size_t len = strlen(text) + 1;

	put_be64(build->data + (build->last ? build->last + 8 : 48), build->len);
	build->last = build->len;
	put_be32(p, tag_of(tag));
	put_be32(p + 4, (uint32_t)len | 0x01000000);
	memcpy(p + 16, text, len);
	build->len += 16 + len;
}

/* A hunk as it is in the file, and the bytes that it becomes */
static inline void build_hunk(struct build *build, uint8_t kind, const void *packed, uint32_t len, const void *bytes,
			      uint32_t size)
{
	if (!build->first)
		build->first = build->len;
	assert_true(build->len + len < BUILD_MAX && build->hunks < 64);
	memcpy(build->data + build->len, packed, len);
	build->len += len;
	build->kinds[build->hunks] = kind;
	build->lengths[build->hunks] = len;
	build->crcs[build->hunks++] = crc16(0xFFFF, bytes, size);
}

static inline void build_reference(struct build *build, uint8_t kind, uint32_t to)
{
	build->kinds[build->hunks] = kind;
	build->selves[build->hunks++] = to;
}

static inline void put_bits(uint8_t *to, size_t *at, uint32_t value, unsigned int count)
{
	while (count--) {
		to[*at / 8] |= (uint8_t)((value >> count & 1) << (7 - *at % 8));
		++*at;
	}
}

/* A compressed map. All symbols have words of four bits: each is its own. Lengths have 24 bits, references 8. */
static inline void build_map(struct build *build)
{
	uint8_t *map = build->data + build->len, *bits = map + 16, entry[12];
	uint32_t offset = (uint32_t)build->first;
	uint16_t crc = 0xFFFF;
	size_t at = 0;
	uint32_t i;

	put_be64(build->data + 40, build->len);
	for (i = 0; i < 16; i++)
		put_bits(bits, &at, 4, 4);
	for (i = 0; i < build->hunks; i++)
		put_bits(bits, &at, build->kinds[i], 4);
	for (i = 0; i < build->hunks; i++) {
		bool refers = build->kinds[i] > CHD_STORED;

		if (build->kinds[i] < CHD_STORED)
			put_bits(bits, &at, build->lengths[i], 24);
		if (build->kinds[i] == CHD_SELF || build->kinds[i] == CHD_PARENT)
			put_bits(bits, &at, build->selves[i], 8);
		if (!refers)
			put_bits(bits, &at, build->crcs[i], 16);
		/* The length has three bytes, and the offset six. */
		put_be32(entry, refers ? 0 : build->lengths[i]);
		entry[0] = refers ? CHD_SELF : build->kinds[i];
		put_be16(entry + 4, 0);
		put_be32(entry + 6, refers ? build->selves[i] : offset);
		put_be16(entry + 10, refers ? 0 : build->crcs[i]);
		offset += refers ? 0 : build->lengths[i];
		crc = crc16(crc, entry, sizeof(entry));
	}
	put_be32(map, (uint32_t)((at + 7) / 8));
	put_be16(map + 4, 0);
	put_be32(map + 6, (uint32_t)build->first);
	put_be16(map + 10, crc);
	map[12] = 24;
	map[13] = 8;
	map[14] = 8;
	build->len += 16 + (at + 7) / 8;
}

/* A map of a file that is not compressed: @numbers are places counted in hunks. */
static inline void build_plain_map(struct build *build, const uint32_t *numbers, uint32_t count)
{
	uint32_t i;

	put_be64(build->data + 40, build->len);
	for (i = 0; i < count; i++)
		put_be32(build->data + build->len + 4 * i, numbers[i]);
	build->len += 4 * count;
}

/* A frame of Zstandard (RFC 8878) that has the bytes as they are, in one block. */
static inline uint32_t pack_zstd(uint8_t *to, const uint8_t *from, uint32_t len)
{
	put_be32(to, 0x28B52FFD);
	to[4] = 0xA0;
	put_le32(to + 5, len);
	put_le32(to + 9, len << 3 | 1);
	memcpy(to + 12, from, len);
	return 12 + len;
}

#endif /* CHD_BUILD_H */
