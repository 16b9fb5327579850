// SPDX-License-Identifier: GPL-2.0-only
/* The map of a CHD file: where the hunks are. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "chd.h"
#include "crc16.h"
#include "huffman.h"

/* An entry of the map once it is decompressed, as its CRC is counted: kind, length, offset, CRC. */
#define ENTRY_SIZE	12
/* Before a compressed map: its length, the offset of the first hunk, its CRC, the widths of three fields. */
#define MAP_HEADER_SIZE	16
/* Longer than any: there is a limit to the number of hunks. */
#define MAP_MAX		(1U << 28)
/* The code of the kinds. */
#define KIND_SYMBOLS	16
#define KIND_BITS	8
/* The most hunks that one symbol of it stands for, with the two others that tell how many. */
#define RUN_MAX		(2 + 16 + 255)

/* Symbols beside those of enum chd_kind. */
enum {
	RUN_SHORT	= 7,	/* as before, 3 times and more */
	RUN_LONG	= 8,	/* as before, 19 times and more */
	SELF_SAME	= 9,	/* the same as the other hunk that was named last */
	SELF_NEXT	= 10,	/* the same as the one behind that */
	PARENT_FIRST	= 11,
	PARENT_LAST	= 13,
};

/**
 * struct map - a compressed map while it is read
 * @chd: the file
 * @bits: the map
 * @kinds: the code of the kinds
 * @offset: where the next hunk is
 * @self: the hunk that was referred to last
 * @length_width: how many bits the length of a hunk has
 * @self_width: how many bits a reference has
 * @crc: CRC of the entries so far
 */
struct map {
	struct chd *chd;
	struct bits bits;
	struct huffman kinds;
	uint64_t offset;
	uint64_t self;
	unsigned int length_width;
	unsigned int self_width;
	uint16_t crc;
};

static enum image_error damaged(const struct chd *chd)
{
	return image_fail(chd->image, IMAGE_NOT_AN_IMAGE, "is damaged: the map of its hunks is wrong");
}

static enum image_error needs_parent(const struct chd *chd)
{
	return image_fail(chd->image, IMAGE_NOT_AN_IMAGE, "holds only what differs from another CHD; put both together "
			  "first: chdman copy -i IN -ip PARENT -o OUT");
}

static enum image_error cannot_read(const struct chd *chd, int err)
{
	if (err == -ENODATA)
		return image_fail(chd->image, IMAGE_NOT_AN_IMAGE, "is truncated: the map of its hunks is not in it");
	return image_fail(chd->image, IMAGE_CANNOT_OPEN, "cannot be read: %s", strerror(-err));
}

/* The number of hunks that follow one of which a symbol says that it begins a run; 0 if that is not right. */
static uint32_t run_length(struct map *map, int symbol)
{
	int low, high = 0;

	if (symbol == RUN_LONG)
		high = huffman_decode(&map->kinds, &map->bits);
	low = huffman_decode(&map->kinds, &map->bits);
	if (low < 0 || high < 0)
		return 0;
	return (uint32_t)(symbol == RUN_LONG ? 2 + 16 + high * 16 + low : 2 + low);
}

/* First all kinds, then all else, are in the map. */
static enum image_error read_kinds(struct map *map)
{
	struct chd *chd = map->chd;
	uint32_t i, run = 0;
	int kind = 0, symbol;

	for (i = 0; i < chd->hunk_count; i++) {
		if (run) {
			run--;
		} else {
			symbol = huffman_decode(&map->kinds, &map->bits);
			if (symbol == RUN_SHORT || symbol == RUN_LONG)
				run = run_length(map, symbol);
			else
				kind = symbol;
			if (kind < 0 || kind > PARENT_LAST || (kind != symbol && !run) || bits_overrun(&map->bits))
				return damaged(chd);
		}
		chd->hunks[i].kind = (uint8_t)kind;
	}
	return IMAGE_OK;
}

static bool refer(struct map *map, struct chd_hunk *hunk, uint32_t index)
{
	if (hunk->kind == CHD_SELF)
		map->self = bits_read(&map->bits, map->self_width);
	else if (hunk->kind == SELF_NEXT)
		map->self++;
	hunk->kind = CHD_SELF;
	hunk->offset = map->self;
	/* A hunk that comes later would have to be unpacked out of turn; nothing makes such files. */
	return hunk->offset < index;
}

static bool place(struct map *map, struct chd_hunk *hunk)
{
	const struct chd *chd = map->chd;

	hunk->length = chd->hunk_size;
	if (hunk->kind != CHD_STORED) {
		hunk->length = bits_read(&map->bits, map->length_width);
		if (!chd->codecs[hunk->kind])
			return false;
	}
	hunk->offset = map->offset;
	hunk->crc = (uint16_t)bits_read(&map->bits, 16);
	hunk->checked = true;
	map->offset += hunk->length;
	return hunk->length <= chd->hunk_size && map->offset <= chd->reader.size;
}

static void count_in(struct map *map, const struct chd_hunk *hunk)
{
	uint8_t entry[ENTRY_SIZE];
	int i;

	entry[0] = hunk->kind;
	for (i = 0; i < 3; i++)
		entry[1 + i] = (uint8_t)(hunk->length >> 8 * (2 - i));
	for (i = 0; i < 6; i++)
		entry[4 + i] = (uint8_t)(hunk->offset >> 8 * (5 - i));
	entry[10] = (uint8_t)(hunk->crc >> 8);
	entry[11] = (uint8_t)hunk->crc;
	map->crc = crc16(map->crc, entry, sizeof(entry));
}

static enum image_error read_places(struct map *map)
{
	struct chd *chd = map->chd;
	uint32_t i;

	for (i = 0; i < chd->hunk_count; i++) {
		struct chd_hunk *hunk = &chd->hunks[i];
		bool good;

		if (hunk->kind == CHD_PARENT || hunk->kind >= PARENT_FIRST)
			return needs_parent(chd);
		if (hunk->kind <= CHD_STORED)
			good = place(map, hunk);
		else
			good = refer(map, hunk, i);
		if (!good || bits_overrun(&map->bits))
			return damaged(chd);
		count_in(map, hunk);
	}
	return IMAGE_OK;
}

static enum image_error read_bits(struct map *map, const uint8_t *header)
{
	struct chd *chd = map->chd;
	enum image_error error;

	map->bits.len = get_be32(header);
	map->offset = get_be64(header + 2) & 0xFFFFFFFFFFFF;
	map->crc = 0xFFFF;
	map->length_width = header[12];
	map->self_width = header[13];
	if (map->length_width > 32 || map->self_width > 32 || chd->hunk_count / RUN_MAX > (uint64_t)map->bits.len * 8)
		return damaged(chd);
	map->kinds.symbols = KIND_SYMBOLS;
	map->kinds.max_bits = KIND_BITS;
	if (!huffman_read_rle(&map->kinds, &map->bits))
		return damaged(chd);
	error = read_kinds(map);
	if (!error)
		error = read_places(map);
	if (!error && map->crc != get_be16(header + 10))
		return damaged(chd);
	return error;
}

static enum image_error read_with(struct map *map, const uint8_t *header)
{
	struct chd *chd = map->chd;
	uint32_t len = get_be32(header);
	enum image_error error;
	uint8_t *data;
	int err;

	/* Before memory is taken for it */
	if (!len || len > MAP_MAX || len > chd->reader.size)
		return damaged(chd);
	data = malloc(len);
	if (!data)
		return image_fail(chd->image, IMAGE_NO_MEMORY, "no memory");
	err = reader_read(&chd->reader, chd->map + MAP_HEADER_SIZE, data, len);
	map->bits.data = data;
	error = err ? cannot_read(chd, err) : read_bits(map, header);
	free(data);
	return error;
}

static enum image_error read_compressed(struct chd *chd)
{
	uint8_t header[MAP_HEADER_SIZE];
	enum image_error error;
	struct map *map;
	int err = reader_read(&chd->reader, chd->map, header, sizeof(header));

	if (err)
		return cannot_read(chd, err);
	map = calloc(1, sizeof(*map));
	if (!map)
		return image_fail(chd->image, IMAGE_NO_MEMORY, "no memory");
	map->chd = chd;
	error = read_with(map, header);
	free(map);
	return error;
}

/* Without compression the map has a number for each hunk: in which part of the file, counted in hunks, it is. */
static enum image_error read_plain(struct chd *chd)
{
	enum { COUNT = 1024 };
	uint8_t numbers[COUNT * 4];
	uint32_t i;
	int err;

	for (i = 0; i < chd->hunk_count; i++) {
		struct chd_hunk *hunk = &chd->hunks[i];
		uint32_t left = chd->hunk_count - i, number;

		if (i % COUNT == 0) {
			err = reader_read(&chd->reader, chd->map + (uint64_t)i * 4, numbers,
					  (left < COUNT ? left : COUNT) * 4);
			if (err)
				return cannot_read(chd, err);
		}
		number = get_be32(numbers + i % COUNT * 4);
		hunk->kind = number ? CHD_STORED : CHD_ZEROES;
		hunk->offset = (uint64_t)number * chd->hunk_size;
		hunk->length = number ? chd->hunk_size : 0;
		if (hunk->offset + hunk->length > chd->reader.size)
			return damaged(chd);
	}
	return IMAGE_OK;
}

/**
 * chd_read_map - find out where the hunks are
 * @chd: the file, whose header has been read; @hunks is filled and is to be freed whatever this function returns
 */
enum image_error chd_read_map(struct chd *chd)
{
	chd->hunks = calloc(chd->hunk_count, sizeof(*chd->hunks));
	if (!chd->hunks)
		return image_fail(chd->image, IMAGE_NO_MEMORY, "no memory");
	return chd->codecs[0] ? read_compressed(chd) : read_plain(chd);
}
