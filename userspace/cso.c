// SPDX-License-Identifier: GPL-2.0-only
/*
 * CSO and ZSO: an image in blocks that are compressed one by one, with a table of where they are. CSO has deflate; in
 * its version 2 a block can be lz4, too. ZSO has lz4.
 */
#include <lz4.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "lazy.h"
#include "unpack.h"

#define LZ4		"liblz4.so.1"

#define HEADER_SIZE	24
#define BLOCK_MIN	512
#define BLOCK_MAX	(1024 * 1024)
/* How many entries of the table are in memory */
#define WINDOW		4096
/* The topmost bit of an entry; the others are the offset. */
#define ENTRY_FLAG	0x80000000U

LAZY(LZ4_decompress_safe_partial);

/**
 * struct blocks - a file of blocks
 * @unpacking: what is being unpacked
 * @lz4: it is ZSO
 * @version: 0 and 1 are the same; 2
 * @align: offsets are in units of 1 << @align bytes
 * @block_size: bytes that come out of each block but the last
 * @size: bytes that come out of all
 * @count: number of blocks
 * @index: entries of the table, and the one behind them
 * @from: a block as it is in the file
 * @to: a block as it comes out
 */
struct blocks {
	struct unpacking *unpacking;
	bool lz4;
	uint8_t version;
	uint8_t align;
	uint32_t block_size;
	uint64_t size;
	uint64_t count;
	uint8_t index[(WINDOW + 1) * 4];
	uint8_t *from;
	uint8_t *to;
};

static bool lz4_load(void)
{
	static const struct lazy_function functions[] = { LAZY_FUNCTION(LZ4_decompress_safe_partial) };

	return lazy_LZ4_decompress_safe_partial || lazy_load(LZ4, functions, ARRAY_SIZE(functions));
}

static enum image_error read_header(struct blocks *blocks)
{
	struct unpacking *unpacking = blocks->unpacking;
	uint8_t head[HEADER_SIZE];
	enum image_error error = unpack_read(unpacking, 0, head, sizeof(head));

	if (error)
		return error;
	blocks->size = get_le64(head + 8);
	blocks->block_size = get_le32(head + 16);
	blocks->version = head[20];
	blocks->align = head[21];
	if (blocks->version > (blocks->lz4 ? 1 : 2))
		return unpack_damaged(unpacking, "its version is not known");
	if (blocks->block_size < BLOCK_MIN || blocks->block_size > BLOCK_MAX ||
	    blocks->block_size & (blocks->block_size - 1) || blocks->align > 16 || !blocks->size)
		return unpack_damaged(unpacking, "the header of the file is damaged");
	blocks->count = blocks->size / blocks->block_size + (blocks->size % blocks->block_size ? 1 : 0);
	return IMAGE_OK;
}

/* lz4 of exactly so many bytes; what stands behind it fills up the place for the next block. */
static bool unlz4(const struct blocks *blocks, size_t packed, size_t len)
{
	return lazy_LZ4_decompress_safe_partial((const char *)blocks->from, (char *)blocks->to, (int)packed, (int)len,
						(int)len) == (int)len;
}

/* A block that lies at @start in the file, with @packed bytes up to the next, and becomes @len bytes */
static enum image_error unpack_block(struct blocks *blocks, bool flag, uint64_t start, uint64_t packed, size_t len)
{
	struct unpacking *unpacking = blocks->unpacking;
	bool stored = blocks->version < 2 ? flag : packed >= blocks->block_size;
	bool lz4 = blocks->lz4 || (blocks->version == 2 && flag);
	enum image_error error;
	bool good;

	if (stored)
		packed = len;
	/* Much can lie between blocks; what is larger than this is never part of one. */
	if (packed > (uint64_t)blocks->block_size * 2)
		packed = (uint64_t)blocks->block_size * 2;
	error = unpack_read(unpacking, start, blocks->from, (size_t)packed);
	if (error)
		return error;
	if (stored)
		return unpack_write(unpacking, blocks->from, len, start + packed);
	good = lz4 ? unlz4(blocks, (size_t)packed, len) :
		     inflate_block(-15, blocks->from, (size_t)packed, blocks->to, len);
	if (!good)
		return unpack_damaged(unpacking, "a block is damaged");
	return unpack_write(unpacking, blocks->to, len, start + packed);
}

static enum image_error unpack_window(struct blocks *blocks, uint32_t count)
{
	struct unpacking *unpacking = blocks->unpacking;
	enum image_error error = IMAGE_OK;
	uint32_t i;

	for (i = 0; !error && i < count; i++) {
		uint32_t entry = get_le32(blocks->index + (size_t)i * 4);
		uint32_t next = get_le32(blocks->index + (size_t)(i + 1) * 4);
		uint64_t start = (uint64_t)(entry & ~ENTRY_FLAG) << blocks->align;
		uint64_t end = (uint64_t)(next & ~ENTRY_FLAG) << blocks->align;
		uint64_t left = blocks->size - unpacking->written;

		/* The place behind the last block is beyond the end of the file if that is not filled up. */
		if (end > unpacking->packed.size)
			end = unpacking->packed.size;
		if (end < start || start < HEADER_SIZE + (blocks->count + 1) * 4)
			return unpack_damaged(unpacking, "its table of blocks is damaged, or it is cut off");
		error = unpack_block(blocks, entry & ENTRY_FLAG, start, end - start,
				     left < blocks->block_size ? (size_t)left : blocks->block_size);
	}
	return error;
}

static enum image_error unpack_blocks(struct blocks *blocks)
{
	uint64_t count = blocks->count, done;
	enum image_error error = unpack_begin(blocks->unpacking, blocks->size, 0);

	for (done = 0; !error && done < count; done += WINDOW) {
		uint32_t window = count - done < WINDOW ? (uint32_t)(count - done) : WINDOW;

		error = unpack_read(blocks->unpacking, HEADER_SIZE + done * 4, blocks->index, ((size_t)window + 1) * 4);
		if (!error)
			error = unpack_window(blocks, window);
	}
	return error;
}

static enum image_error unpack(struct unpacking *unpacking, bool lz4)
{
	struct blocks *blocks = calloc(1, sizeof(*blocks));
	enum image_error error;

	if (!blocks)
		return image_fail(unpacking->image, IMAGE_NO_MEMORY, "no memory");
	blocks->unpacking = unpacking;
	blocks->lz4 = lz4;
	error = read_header(blocks);
	if (!error && !lz4 && !inflate_load())
		error = unpack_no_library(unpacking, "libz.so.1");
	if (!error && (lz4 || blocks->version == 2) && !lz4_load())
		error = unpack_no_library(unpacking, LZ4);
	if (!error) {
		blocks->from = malloc((size_t)blocks->block_size * 2);
		blocks->to = malloc(blocks->block_size);
		if (!blocks->from || !blocks->to)
			error = image_fail(unpacking->image, IMAGE_NO_MEMORY, "no memory");
		else
			error = unpack_blocks(blocks);
	}
	free(blocks->from);
	free(blocks->to);
	free(blocks);
	return error;
}

static enum image_error cso_unpack(struct unpacking *unpacking)
{
	return unpack(unpacking, false);
}

static enum image_error zso_unpack(struct unpacking *unpacking)
{
	return unpack(unpacking, true);
}

const struct packing cso_packing = { .name = "CSO", .magic = "CISO", .len = 4, .certain = true, .unpack = cso_unpack };
const struct packing zso_packing = { .name = "ZSO", .magic = "ZISO", .len = 4, .certain = true, .unpack = zso_unpack };
