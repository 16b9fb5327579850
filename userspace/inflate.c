// SPDX-License-Identifier: GPL-2.0-only
/* What compresses by blocks or streams: zlib, bzip2, xz, zstd. Their libraries are loaded when they are needed. */
#include <bzlib.h>
#include <lzma.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "array.h"
#include "lazy.h"
#include "unpack.h"

#define ZLIB		"libz.so.1"
#define BZIP2		"libbz2.so.1.0"
#define LZMA		"liblzma.so.5"
#define ZSTD		"libzstd.so.1"

#define CHUNK		(32 * 1024)
/* What decoders may take: as much as the strongest presets need (zstd --ultra -22 --long=27, xz -9e) and some more */
#define LZMA_MEMORY	(256ULL * 1024 * 1024)
#define ZSTD_WINDOW_LOG	27
/* The index of a stream of xz has some bytes for each of its blocks, which have some MiB. */
#define XZ_INDEX_MAX	(16U << 20)
#define XZ_STREAMS_MAX	1000
#define XZ_PADDING_MAX	1000

LAZY(inflateInit2_);
LAZY(inflate);
LAZY(inflateReset);
LAZY(inflateEnd);
LAZY(BZ2_bzDecompressInit);
LAZY(BZ2_bzDecompress);
LAZY(BZ2_bzDecompressEnd);
LAZY(BZ2_bzBuffToBuffDecompress);
LAZY(lzma_stream_decoder);
LAZY(lzma_code);
LAZY(lzma_end);
LAZY(lzma_stream_footer_decode);
LAZY(lzma_index_buffer_decode);
LAZY(lzma_index_uncompressed_size);
LAZY(lzma_index_file_size);
LAZY(lzma_index_end);
LAZY(ZSTD_createDStream);
LAZY(ZSTD_freeDStream);
LAZY(ZSTD_DCtx_setParameter);
LAZY(ZSTD_decompressStream);
LAZY(ZSTD_getFrameContentSize);
LAZY(ZSTD_isError);

/**
 * inflate_load - load zlib
 *
 * Return: false if there is none.
 */
bool inflate_load(void)
{
	static const struct lazy_function functions[] = {
		LAZY_FUNCTION(inflateInit2_),
		LAZY_FUNCTION(inflate),
		LAZY_FUNCTION(inflateReset),
		LAZY_FUNCTION(inflateEnd),
	};

	return lazy_inflateEnd || lazy_load(ZLIB, functions, ARRAY_SIZE(functions));
}

/**
 * bunzip2_load - load libbz2
 *
 * Return: false if there is none.
 */
bool bunzip2_load(void)
{
	static const struct lazy_function functions[] = {
		LAZY_FUNCTION(BZ2_bzDecompressInit),
		LAZY_FUNCTION(BZ2_bzDecompress),
		LAZY_FUNCTION(BZ2_bzDecompressEnd),
		LAZY_FUNCTION(BZ2_bzBuffToBuffDecompress),
	};

	return lazy_BZ2_bzBuffToBuffDecompress || lazy_load(BZIP2, functions, ARRAY_SIZE(functions));
}

static bool lzma_load(void)
{
	static const struct lazy_function functions[] = {
		LAZY_FUNCTION(lzma_stream_decoder),
		LAZY_FUNCTION(lzma_code),
		LAZY_FUNCTION(lzma_end),
		LAZY_FUNCTION(lzma_stream_footer_decode),
		LAZY_FUNCTION(lzma_index_buffer_decode),
		LAZY_FUNCTION(lzma_index_uncompressed_size),
		LAZY_FUNCTION(lzma_index_file_size),
		LAZY_FUNCTION(lzma_index_end),
	};

	return lazy_lzma_end || lazy_load(LZMA, functions, ARRAY_SIZE(functions));
}

static bool zstd_load(void)
{
	static const struct lazy_function functions[] = {
		LAZY_FUNCTION(ZSTD_createDStream),
		LAZY_FUNCTION(ZSTD_freeDStream),
		LAZY_FUNCTION(ZSTD_DCtx_setParameter),
		LAZY_FUNCTION(ZSTD_decompressStream),
		LAZY_FUNCTION(ZSTD_getFrameContentSize),
		LAZY_FUNCTION(ZSTD_isError),
	};

	return lazy_ZSTD_isError || lazy_load(ZSTD, functions, ARRAY_SIZE(functions));
}

/**
 * inflate_block - unpack a block of deflate
 * @window_bits: as for inflateInit2(): 15 for zlib, -15 for deflate without a header
 * @from: the block; more may follow it
 * @from_len: its length
 * @to: where it goes
 * @to_len: how many bytes come out, exactly
 *
 * Return: false if the block is damaged.
 */
bool inflate_block(int window_bits, const uint8_t *from, size_t from_len, uint8_t *to, size_t to_len)
{
	z_stream stream = { 0 };
	int result;

	if (lazy_inflateInit2_(&stream, window_bits, ZLIB_VERSION, (int)sizeof(stream)) != Z_OK)
		return false;
	stream.next_in = (Bytef *)(uintptr_t)from;
	stream.avail_in = (uInt)from_len;
	stream.next_out = to;
	stream.avail_out = (uInt)to_len;
	result = lazy_inflate(&stream, Z_FINISH);
	lazy_inflateEnd(&stream);
	return result == Z_STREAM_END && !stream.avail_out;
}

/**
 * bunzip2_block - unpack a block of bzip2
 * @from: the block
 * @from_len: its length
 * @to: where it goes
 * @to_len: how many bytes come out, exactly
 *
 * Return: false if the block is damaged.
 */
bool bunzip2_block(const uint8_t *from, size_t from_len, uint8_t *to, size_t to_len)
{
	unsigned int len = (unsigned int)to_len;
	char *source = (char *)(uintptr_t)from;

	return lazy_BZ2_bzBuffToBuffDecompress((char *)to, &len, source, (unsigned int)from_len, 0, 0) == BZ_OK &&
	       len == to_len;
}

/**
 * struct stream - a compressed stream on its way through memory
 * @unpacking: what is being unpacked
 * @in: bytes of the packed file
 * @out: bytes that come out
 * @offset: how much of the packed file has been read
 * @in_len: how many bytes are in @in
 */
struct stream {
	struct unpacking *unpacking;
	uint8_t in[CHUNK];
	uint8_t out[CHUNK];
	uint64_t offset;
	size_t in_len;
};

static struct stream *new_stream(struct unpacking *unpacking, enum image_error *error)
{
	struct stream *stream = malloc(sizeof(*stream));

	*error = IMAGE_OK;
	if (!stream) {
		*error = image_fail(unpacking->image, IMAGE_NO_MEMORY, "no memory");
		return NULL;
	}
	stream->unpacking = unpacking;
	stream->offset = 0;
	stream->in_len = 0;
	return stream;
}

static bool at_end(const struct stream *stream)
{
	return stream->offset == stream->unpacking->packed.size;
}

/* The next bytes of the packed file; none at its end. */
static enum image_error fill(struct stream *stream)
{
	uint64_t left = stream->unpacking->packed.size - stream->offset;
	enum image_error error;

	stream->in_len = left < CHUNK ? (size_t)left : CHUNK;
	error = unpack_read(stream->unpacking, stream->offset, stream->in, stream->in_len);
	stream->offset += stream->in_len;
	return error;
}

static enum image_error drain(struct stream *stream, size_t len)
{
	return unpack_write(stream->unpacking, stream->out, len, stream->offset);
}

/* Several members may follow each other, and zeroes may fill up the file behind the last one. */
static enum image_error gunzip_stream(struct stream *stream, z_stream *z)
{
	bool inside = true;

	for (;;) {
		enum image_error error;
		int result;

		if (!z->avail_in) {
			if (at_end(stream))
				return inside ? unpack_damaged(stream->unpacking, "it is cut off") : IMAGE_OK;
			error = fill(stream);
			if (error)
				return error;
			z->next_in = stream->in;
			z->avail_in = (uInt)stream->in_len;
		}
		if (!inside) {
			if (*z->next_in != 0x1f)
				return IMAGE_OK;
			lazy_inflateReset(z);
			inside = true;
		}
		z->next_out = stream->out;
		z->avail_out = CHUNK;
		result = lazy_inflate(z, Z_NO_FLUSH);
		if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
			return unpack_damaged(stream->unpacking, "the file is damaged");
		error = drain(stream, CHUNK - z->avail_out);
		if (error)
			return error;
		inside = result != Z_STREAM_END;
	}
}

static enum image_error gunzip(struct unpacking *unpacking)
{
	uint8_t end[4] = { 0 };
	z_stream z = { 0 };
	enum image_error error;
	struct stream *stream;
	uint32_t length;

	if (!inflate_load())
		return unpack_no_library(unpacking, ZLIB);
	/* The last bytes are the length modulo 4 GiB of what the last member holds. No byte becomes more than 1032. */
	if (unpacking->packed.size >= 18)
		reader_read(&unpacking->packed, unpacking->packed.size - 4, end, sizeof(end));
	length = get_le32(end) / 1032 < unpacking->packed.size ? get_le32(end) : 0;
	if (lazy_inflateInit2_(&z, 15 + 16, ZLIB_VERSION, (int)sizeof(z)) != Z_OK)
		return image_fail(unpacking->image, IMAGE_NO_MEMORY, "no memory");
	stream = new_stream(unpacking, &error);
	if (stream) {
		error = unpack_begin(unpacking, 0, length);
		if (!error)
			error = gunzip_stream(stream, &z);
	}
	lazy_inflateEnd(&z);
	free(stream);
	return error;
}

/* The decoder of bzip2 ends with a stream; another one may follow. */
static enum image_error begin_bz_stream(struct stream *stream, bz_stream *bz)
{
	bz_stream fresh = { .next_in = bz->next_in, .avail_in = bz->avail_in };

	lazy_BZ2_bzDecompressEnd(bz);
	*bz = fresh;
	if (lazy_BZ2_bzDecompressInit(bz, 0, 0) != BZ_OK)
		return image_fail(stream->unpacking->image, IMAGE_NO_MEMORY, "no memory");
	return IMAGE_OK;
}

static enum image_error bunzip2_stream(struct stream *stream, bz_stream *bz)
{
	bool inside = false;

	for (;;) {
		enum image_error error = IMAGE_OK;
		int result;

		if (!bz->avail_in) {
			if (at_end(stream))
				return inside ? unpack_damaged(stream->unpacking, "it is cut off") : IMAGE_OK;
			error = fill(stream);
			if (error)
				return error;
			bz->next_in = (char *)stream->in;
			bz->avail_in = (unsigned int)stream->in_len;
		}
		if (!inside) {
			if (*bz->next_in != 'B')
				return IMAGE_OK;
			error = begin_bz_stream(stream, bz);
			if (error)
				return error;
			inside = true;
		}
		bz->next_out = (char *)stream->out;
		bz->avail_out = CHUNK;
		result = lazy_BZ2_bzDecompress(bz);
		if (result != BZ_OK && result != BZ_STREAM_END)
			return unpack_damaged(stream->unpacking, "the file is damaged");
		error = drain(stream, CHUNK - bz->avail_out);
		if (error)
			return error;
		inside = result != BZ_STREAM_END;
	}
}

static enum image_error bunzip2(struct unpacking *unpacking)
{
	bz_stream bz = { 0 };
	enum image_error error;
	struct stream *stream;

	if (!bunzip2_load())
		return unpack_no_library(unpacking, BZIP2);
	stream = new_stream(unpacking, &error);
	if (stream) {
		error = unpack_begin(unpacking, 0, 0);
		if (!error)
			error = bunzip2_stream(stream, &bz);
	}
	lazy_BZ2_bzDecompressEnd(&bz);
	free(stream);
	return error;
}

/* Where the stream begins that ends at @end, by its index, and how much it holds. False if that cannot be told. */
static bool xz_stream(const struct reader *packed, uint64_t end, uint64_t *begin, uint64_t *holds)
{
	uint8_t footer[LZMA_STREAM_HEADER_SIZE], *data;
	uint64_t memory = LZMA_MEMORY;
	lzma_stream_flags flags;
	lzma_index *index = NULL;
	size_t at = 0;
	bool good;

	if (end < sizeof(footer) || reader_read(packed, end - sizeof(footer), footer, sizeof(footer)) ||
	    lazy_lzma_stream_footer_decode(&flags, footer) != LZMA_OK || flags.backward_size > XZ_INDEX_MAX ||
	    flags.backward_size > end - sizeof(footer))
		return false;
	data = malloc((size_t)flags.backward_size);
	good = data && !reader_read(packed, end - sizeof(footer) - flags.backward_size, data, (size_t)flags.backward_size) &&
	       lazy_lzma_index_buffer_decode(&index, &memory, NULL, data, &at, (size_t)flags.backward_size) == LZMA_OK;
	if (good) {
		good = lazy_lzma_index_file_size(index) <= end;
		*begin = end - lazy_lzma_index_file_size(index);
		*holds = lazy_lzma_index_uncompressed_size(index);
		lazy_lzma_index_end(index, NULL);
	}
	free(data);
	return good;
}

/* Behind a stream there may be words of zeroes. */
static uint64_t without_padding(const struct reader *packed, uint64_t end)
{
	static const uint8_t none[4];
	uint8_t word[4];
	unsigned int i;

	for (i = 0; i < XZ_PADDING_MAX && end >= sizeof(word); i++, end -= sizeof(word))
		if (reader_read(packed, end - sizeof(word), word, sizeof(word)) || memcmp(word, none, sizeof(word)))
			break;
	return end;
}

/* How much is in all streams; as much as can be told from the end on. */
static uint64_t xz_size(const struct reader *packed)
{
	uint64_t end = packed->size, size = 0, holds;
	unsigned int i;

	for (i = 0; i < XZ_STREAMS_MAX && xz_stream(packed, without_padding(packed, end), &end, &holds); i++)
		size += holds < unpack_limit ? holds : unpack_limit;
	return size;
}

static enum image_error unxz_stream(struct stream *stream, lzma_stream *xz)
{
	for (;;) {
		enum image_error error;
		lzma_ret result;

		if (!xz->avail_in && !at_end(stream)) {
			error = fill(stream);
			if (error)
				return error;
			xz->next_in = stream->in;
			xz->avail_in = stream->in_len;
		}
		xz->next_out = stream->out;
		xz->avail_out = CHUNK;
		result = lazy_lzma_code(xz, at_end(stream) ? LZMA_FINISH : LZMA_RUN);
		error = drain(stream, CHUNK - xz->avail_out);
		if (error)
			return error;
		if (result == LZMA_STREAM_END)
			return IMAGE_OK;
		if (result == LZMA_BUF_ERROR)
			return unpack_damaged(stream->unpacking, "it is cut off");
		if (result == LZMA_MEMLIMIT_ERROR || result == LZMA_MEM_ERROR)
			return unpack_damaged(stream->unpacking, "it takes too much memory; unpack it first: unxz");
		if (result != LZMA_OK)
			return unpack_damaged(stream->unpacking, "the file is damaged");
	}
}

static enum image_error unxz(struct unpacking *unpacking)
{
	lzma_stream xz = LZMA_STREAM_INIT;
	enum image_error error;
	struct stream *stream;

	if (!lzma_load())
		return unpack_no_library(unpacking, LZMA);
	if (lazy_lzma_stream_decoder(&xz, LZMA_MEMORY, LZMA_CONCATENATED) != LZMA_OK)
		return image_fail(unpacking->image, IMAGE_NO_MEMORY, "no memory");
	stream = new_stream(unpacking, &error);
	if (stream) {
		error = unpack_begin(unpacking, 0, xz_size(&unpacking->packed));
		if (!error)
			error = unxz_stream(stream, &xz);
	}
	lazy_lzma_end(&xz);
	free(stream);
	return error;
}

static enum image_error unzstd_stream(struct stream *stream, ZSTD_DStream *zstd)
{
	ZSTD_inBuffer in = { 0 };
	/* 0 when a frame is complete and all of it has been given out */
	size_t expected = 0;

	for (;;) {
		ZSTD_outBuffer out = { .dst = stream->out, .size = CHUNK };
		enum image_error error;
		bool full;

		if (in.pos == in.size && !at_end(stream)) {
			error = fill(stream);
			if (error)
				return error;
			in = (ZSTD_inBuffer){ .src = stream->in, .size = stream->in_len };
		} else if (in.pos == in.size && !expected) {
			return IMAGE_OK;
		}
		expected = lazy_ZSTD_decompressStream(zstd, &out, &in);
		if (lazy_ZSTD_isError(expected))
			return unpack_damaged(stream->unpacking, "the file is damaged, or takes too much memory");
		full = out.pos == out.size;
		error = drain(stream, out.pos);
		if (error)
			return error;
		if (in.pos == in.size && at_end(stream) && expected && !full)
			return unpack_damaged(stream->unpacking, "it is cut off");
	}
}

static enum image_error unzstd(struct unpacking *unpacking)
{
	ZSTD_DStream *zstd;
	uint8_t head[18] = { 0 };
	unsigned long long size;
	enum image_error error;
	struct stream *stream;

	if (!zstd_load())
		return unpack_no_library(unpacking, ZSTD);
	error = unpack_read(unpacking, 0, head, unpacking->packed.size < sizeof(head) ? (size_t)unpacking->packed.size :
			    sizeof(head));
	if (error)
		return error;
	size = lazy_ZSTD_getFrameContentSize(head, sizeof(head));
	if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR)
		size = 0;
	zstd = lazy_ZSTD_createDStream();
	if (!zstd)
		return image_fail(unpacking->image, IMAGE_NO_MEMORY, "no memory");
	lazy_ZSTD_DCtx_setParameter(zstd, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG);
	stream = new_stream(unpacking, &error);
	if (stream) {
		error = unpack_begin(unpacking, 0, size);
		if (!error)
			error = unzstd_stream(stream, zstd);
	}
	lazy_ZSTD_freeDStream(zstd);
	free(stream);
	return error;
}

const struct packing gzip_packing = { .name = "gzip", .magic = "\x1f\x8b\x08", .len = 3, .unpack = gunzip };
const struct packing bzip2_packing = { .name = "bzip2", .magic = "BZh", .len = 3, .unpack = bunzip2 };
const struct packing xz_packing = { .name = "xz", .magic = "\xfd" "7zXZ", .len = 6, .unpack = unxz };
const struct packing zstd_packing = { .name = "zstd", .magic = "\x28\xb5\x2f\xfd", .len = 4, .unpack = unzstd };
