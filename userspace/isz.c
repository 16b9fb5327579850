// SPDX-License-Identifier: GPL-2.0-only
/*
 * ISZ: an image in blocks, each of them zeroes, stored, zlib or bzip2. The tables are disguised by an exclusive or.
 * Those in several files and encrypted ones are not read.
 */
#include <stdlib.h>
#include <string.h>

#include "unpack.h"

#define HEADER_SIZE	48
#define SEGMENT_SIZE	24
#define BLOCK_MAX	(4 * 1024 * 1024)

enum block_kind { BLOCK_ZERO, BLOCK_STORED, BLOCK_ZLIB, BLOCK_BZIP2 };

/**
 * struct isz - an ISZ file
 * @unpacking: what is being unpacked
 * @size: bytes that come out
 * @blocks: number of blocks
 * @block_size: bytes that come out of each block but the last
 * @entry_size: bytes of an entry in the table of blocks
 * @table: where the table is; 0: there is none, everything is stored
 * @data: where the blocks are, one after the other
 * @from: a block as it is in the file
 * @to: a block as it comes out
 */
struct isz {
	struct unpacking *unpacking;
	uint64_t size;
	uint32_t blocks;
	uint32_t block_size;
	uint8_t entry_size;
	uint32_t table;
	uint64_t data;
	uint8_t *from;
	uint8_t *to;
};

static enum image_error read_disguised(struct unpacking *unpacking, uint64_t table, uint64_t at, uint8_t *to,
				       size_t len)
{
	static const uint8_t disguise[] = { 0xB6, 0x8C, 0xA5, 0xDE };
	enum image_error error = unpack_read(unpacking, table + at, to, len);
	size_t i;

	for (i = 0; i < len; i++)
		to[i] ^= disguise[(at + i) % sizeof(disguise)];
	return error;
}

/* The table of the files that it is split into ends with one of no size. */
static enum image_error read_segments(struct isz *isz, uint32_t table)
{
	uint8_t segments[2 * SEGMENT_SIZE];
	enum image_error error = read_disguised(isz->unpacking, table, 0, segments, sizeof(segments));

	if (error)
		return error;
	if (get_le64(segments + SEGMENT_SIZE))
		return unpack_damaged(isz->unpacking,
				      "it is in several files; unpack it with the program that made it");
	isz->data = get_le32(segments + 16);
	return IMAGE_OK;
}

static enum image_error read_header(struct isz *isz)
{
	struct unpacking *unpacking = isz->unpacking;
	uint8_t head[HEADER_SIZE];
	enum image_error error = unpack_read(unpacking, 0, head, sizeof(head));
	uint64_t needed;

	if (error)
		return error;
	if (head[16])
		return unpack_damaged(unpacking, "it is encrypted; unpack it with the program that made it");
	isz->size = (uint64_t)get_le16(head + 10) * get_le32(head + 12);
	isz->blocks = get_le32(head + 25);
	isz->block_size = get_le32(head + 29);
	isz->entry_size = head[33];
	isz->table = get_le32(head + 35);
	isz->data = get_le32(head + 43);
	if (!isz->size || !isz->block_size || isz->block_size > BLOCK_MAX)
		return unpack_damaged(unpacking, "the header of the file is damaged");
	needed = isz->size / isz->block_size + (isz->size % isz->block_size ? 1 : 0);
	if (isz->table && (isz->blocks != needed || isz->entry_size < 1 || isz->entry_size > 4))
		return unpack_damaged(unpacking, "the header of the file is damaged");
	return get_le32(head + 39) ? read_segments(isz, get_le32(head + 39)) : IMAGE_OK;
}

static enum image_error copy_stored(struct isz *isz)
{
	struct unpacking *unpacking = isz->unpacking;
	enum image_error error = IMAGE_OK;
	uint8_t buf[UNPACK_PENDING];

	while (!error && unpacking->written < isz->size) {
		uint64_t left = isz->size - unpacking->written;
		size_t len = left < sizeof(buf) ? (size_t)left : sizeof(buf);

		error = unpack_read(unpacking, isz->data, buf, len);
		isz->data += len;
		if (!error)
			error = unpack_write(unpacking, buf, len, isz->data);
	}
	return error;
}

static bool unpack_block(const struct isz *isz, enum block_kind kind, size_t packed, size_t len)
{
	switch (kind) {
	case BLOCK_ZERO:
		memset(isz->to, 0, len);
		return true;
	case BLOCK_STORED:
		memcpy(isz->to, isz->from, packed < len ? packed : len);
		return packed == len;
	case BLOCK_ZLIB:
		return inflate_block(15, isz->from, packed, isz->to, len);
	default:
		if (packed < 4)
			return false;
		/* Its mark is overwritten. */
		memcpy(isz->from, "BZh", 3);
		return bunzip2_block(isz->from, packed, isz->to, len);
	}
}

static enum image_error next_block(struct isz *isz, uint32_t index)
{
	struct unpacking *unpacking = isz->unpacking;
	uint64_t left = isz->size - unpacking->written;
	size_t len = left < isz->block_size ? (size_t)left : isz->block_size;
	int shift = isz->entry_size * 8 - 2;
	uint8_t entry[4] = { 0 };
	enum block_kind kind;
	uint32_t packed;
	enum image_error error;

	error = read_disguised(unpacking, isz->table, (uint64_t)index * isz->entry_size, entry, isz->entry_size);
	if (error)
		return error;
	kind = (enum block_kind)(get_le32(entry) >> shift);
	packed = get_le32(entry) & ((1U << shift) - 1);
	if (packed > 2 * isz->block_size)
		return unpack_damaged(unpacking, "its table of blocks is damaged");
	if (kind != BLOCK_ZERO) {
		error = unpack_read(unpacking, isz->data, isz->from, packed);
		if (error)
			return error;
		isz->data += packed;
	}
	if (!unpack_block(isz, kind, packed, len))
		return unpack_damaged(unpacking, "a block is damaged");
	return unpack_write(unpacking, isz->to, len, isz->data);
}

static enum image_error isz_unpack_blocks(struct isz *isz)
{
	enum image_error error = unpack_begin(isz->unpacking, isz->size, 0);
	uint32_t i;

	if (!error && !isz->table)
		return copy_stored(isz);
	for (i = 0; !error && i < isz->blocks; i++)
		error = next_block(isz, i);
	return error;
}

static enum image_error isz_unpack(struct unpacking *unpacking)
{
	struct isz isz = { .unpacking = unpacking };
	enum image_error error = read_header(&isz);

	if (error)
		return error;
	if (!inflate_load())
		return unpack_no_library(unpacking, "libz.so.1");
	if (!bunzip2_load())
		return unpack_no_library(unpacking, "libbz2.so.1.0");
	isz.from = malloc((size_t)isz.block_size * 2);
	isz.to = malloc(isz.block_size);
	if (isz.from && isz.to)
		error = isz_unpack_blocks(&isz);
	else
		error = image_fail(unpacking->image, IMAGE_NO_MEMORY, "no memory");
	free(isz.from);
	free(isz.to);
	return error;
}

const struct packing isz_packing = { .name = "ISZ", .magic = "IsZ!", .len = 4, .certain = true, .unpack = isz_unpack };
