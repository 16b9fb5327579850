// SPDX-License-Identifier: GPL-2.0-only
/* The codecs of CHD files. The libraries that do the work are loaded when a hunk needs them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <FLAC/stream_decoder.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include "chd.h"
#include "huffman.h"
#include "lazy.h"
#include "sector.h"

LAZY(inflateInit2_);
LAZY(inflateReset);
LAZY(inflate);
LAZY(inflateEnd);
LAZY(lzma_raw_decoder);
LAZY(lzma_code);
LAZY(lzma_end);
LAZY(ZSTD_createDCtx);
LAZY(ZSTD_decompressDCtx);
LAZY(ZSTD_freeDCtx);
LAZY(FLAC__stream_decoder_new);
LAZY(FLAC__stream_decoder_delete);
LAZY(FLAC__stream_decoder_init_stream);
LAZY(FLAC__stream_decoder_process_until_end_of_metadata);
LAZY(FLAC__stream_decoder_process_single);
LAZY(FLAC__stream_decoder_get_state);
LAZY(FLAC__stream_decoder_get_decode_position);
LAZY(FLAC__stream_decoder_finish);

static const struct lazy_function zlib_functions[] = {
	LAZY_FUNCTION(inflateInit2_),
	LAZY_FUNCTION(inflateReset),
	LAZY_FUNCTION(inflate),
	LAZY_FUNCTION(inflateEnd),
};

static const struct lazy_function lzma_functions[] = {
	LAZY_FUNCTION(lzma_raw_decoder),
	LAZY_FUNCTION(lzma_code),
	LAZY_FUNCTION(lzma_end),
};

static const struct lazy_function zstd_functions[] = {
	LAZY_FUNCTION(ZSTD_createDCtx),
	LAZY_FUNCTION(ZSTD_decompressDCtx),
	LAZY_FUNCTION(ZSTD_freeDCtx),
};

static const struct lazy_function flac_functions[] = {
	LAZY_FUNCTION(FLAC__stream_decoder_new),
	LAZY_FUNCTION(FLAC__stream_decoder_delete),
	LAZY_FUNCTION(FLAC__stream_decoder_init_stream),
	LAZY_FUNCTION(FLAC__stream_decoder_process_until_end_of_metadata),
	LAZY_FUNCTION(FLAC__stream_decoder_process_single),
	LAZY_FUNCTION(FLAC__stream_decoder_get_state),
	LAZY_FUNCTION(FLAC__stream_decoder_get_decode_position),
	LAZY_FUNCTION(FLAC__stream_decoder_finish),
};

#define CD_MAIN		2352
#define CD_SUB		(CHD_FRAME - CD_MAIN)
#define SAMPLE_BYTES	4	/* of both channels */

#define TAG(a, b, c, d)	((uint32_t)(a) << 24 | (b) << 16 | (c) << 8 | (d))

/** FLAC_HEADER_SIZE: bytes of a FLAC file before its first frame; a CHD leaves them out */
#define FLAC_HEADER_SIZE	42

/**
 * struct flac_stream - frames of FLAC while they are decoded
 * @header: what a file would have before them
 * @from: the frames
 * @len: bytes of them, and perhaps of something else behind them
 * @at: how much the decoder has taken, @header included
 * @to: where the samples go
 * @left: bytes that are still free there
 * @big: high bytes first?
 * @failed: something is wrong with them
 */
struct flac_stream {
	uint8_t header[FLAC_HEADER_SIZE];
	const uint8_t *from;
	size_t len;
	size_t at;
	uint8_t *to;
	size_t left;
	bool big;
	bool failed;
};

/**
 * struct chd_decoder - what the codecs of a file need
 * @chd: the file
 * @buffer: room for a hunk
 * @zlib: state of zlib, if @has_zlib
 * @has_zlib: see @zlib
 * @lzma: state of liblzma
 * @zstd: state of libzstd, or NULL
 * @flac: state of libFLAC, or NULL
 * @stream: what it works on
 * @huffman: a code, or NULL
 * @lacks: the library that cannot be loaded
 * @no_memory: there was none for a codec
 */
struct chd_decoder {
	const struct chd *chd;
	uint8_t *buffer;
	z_stream zlib;
	bool has_zlib;
	lzma_stream lzma;
	ZSTD_DCtx *zstd;
	FLAC__StreamDecoder *flac;
	struct flac_stream stream;
	struct huffman *huffman;
	char lacks[32];
	bool no_memory;
};

/* Some bytes are to become exactly so many others. A codec returns how many it took, or 0 if that cannot be. */
typedef size_t codec_function(struct chd_decoder *decoder, const uint8_t *from, size_t len, uint8_t *to, size_t size);

static bool have(struct chd_decoder *decoder, const char *library, const struct lazy_function *functions, size_t count)
{
	if (lazy_load(library, functions, count))
		return true;
	snprintf(decoder->lacks, sizeof(decoder->lacks), "%s", library);
	return false;
}

static bool begin_zlib(struct chd_decoder *decoder)
{
	if (decoder->has_zlib)
		return lazy_inflateReset(&decoder->zlib) == Z_OK;
	if (!have(decoder, "libz.so.1", zlib_functions, ARRAY_SIZE(zlib_functions)))
		return false;
	/* What inflateInit2() is: a negative number of bits stands for a stream without header. */
	decoder->has_zlib = lazy_inflateInit2_(&decoder->zlib, -MAX_WBITS, ZLIB_VERSION, sizeof(z_stream)) == Z_OK;
	decoder->no_memory = !decoder->has_zlib;
	return decoder->has_zlib;
}

static size_t decode_zlib(struct chd_decoder *decoder, const uint8_t *from, size_t len, uint8_t *to, size_t size)
{
	z_stream *zlib = &decoder->zlib;

	if (!begin_zlib(decoder))
		return 0;
	zlib->next_in = (Bytef *)(uintptr_t)from;
	zlib->avail_in = (uInt)len;
	zlib->next_out = to;
	zlib->avail_out = (uInt)size;
	if (lazy_inflate(zlib, Z_FINISH) != Z_STREAM_END || zlib->avail_out)
		return 0;
	return len - zlib->avail_in;
}

static size_t decode_lzma(struct chd_decoder *decoder, const uint8_t *from, size_t len, uint8_t *to, size_t size)
{
	/* No byte is further away than the hunk is long; chdman's dictionary is somewhat larger. */
	lzma_options_lzma options = {
		.dict_size = size < LZMA_DICT_SIZE_MIN ? LZMA_DICT_SIZE_MIN : (uint32_t)size,
		.lc = LZMA_LC_DEFAULT,
		.lp = LZMA_LP_DEFAULT,
		.pb = LZMA_PB_DEFAULT,
	};
	const lzma_filter filters[] = {
		{ .id = LZMA_FILTER_LZMA1, .options = &options },
		{ .id = LZMA_VLI_UNKNOWN },
	};
	lzma_stream *lzma = &decoder->lzma;

	if (!lzma->internal && !have(decoder, "liblzma.so.5", lzma_functions, ARRAY_SIZE(lzma_functions)))
		return 0;
	if (lazy_lzma_raw_decoder(lzma, filters) != LZMA_OK) {
		decoder->no_memory = true;
		return 0;
	}
	lzma->next_in = from;
	lzma->avail_in = len;
	lzma->next_out = to;
	lzma->avail_out = size;
	/* The stream has no mark at its end: it is done when there is nothing left to fill. */
	while (lzma->avail_out)
		if (lazy_lzma_code(lzma, LZMA_RUN) != LZMA_OK)
			break;
	return lzma->avail_out ? 0 : len - lzma->avail_in;
}

static size_t decode_zstd(struct chd_decoder *decoder, const uint8_t *from, size_t len, uint8_t *to, size_t size)
{
	if (!decoder->zstd) {
		if (!have(decoder, "libzstd.so.1", zstd_functions, ARRAY_SIZE(zstd_functions)))
			return 0;
		decoder->zstd = lazy_ZSTD_createDCtx();
		decoder->no_memory = !decoder->zstd;
	}
	if (!decoder->zstd || lazy_ZSTD_decompressDCtx(decoder->zstd, to, size, from, len) != size)
		return 0;
	return len;
}

static size_t decode_huffman(struct chd_decoder *decoder, const uint8_t *from, size_t len, uint8_t *to, size_t size)
{
	struct bits bits = { .data = from, .len = len };
	size_t i;

	if (!decoder->huffman)
		decoder->huffman = malloc(sizeof(*decoder->huffman));
	decoder->no_memory = !decoder->huffman;
	if (!decoder->huffman)
		return 0;
	decoder->huffman->symbols = 256;
	decoder->huffman->max_bits = 16;
	if (!huffman_read_huffman(decoder->huffman, &bits))
		return 0;
	for (i = 0; i < size; i++) {
		int symbol = huffman_decode(decoder->huffman, &bits);

		if (symbol < 0 || bits_overrun(&bits))
			return 0;
		to[i] = (uint8_t)symbol;
	}
	return (bits.at + 7) / 8;
}

static FLAC__StreamDecoderReadStatus flac_read(const FLAC__StreamDecoder *flac, FLAC__byte *to, size_t *len, void *data)
{
	struct flac_stream *stream = data;
	size_t n = 0;

	(void)flac;
	if (stream->at < FLAC_HEADER_SIZE) {
		n = FLAC_HEADER_SIZE - stream->at < *len ? FLAC_HEADER_SIZE - stream->at : *len;
		memcpy(to, stream->header + stream->at, n);
	} else if (stream->at - FLAC_HEADER_SIZE < stream->len) {
		const uint8_t *from = stream->from + (stream->at - FLAC_HEADER_SIZE);

		n = stream->len - (stream->at - FLAC_HEADER_SIZE);
		n = n < *len ? n : *len;
		memcpy(to, from, n);
	}
	stream->at += n;
	*len = n;
	return n ? FLAC__STREAM_DECODER_READ_STATUS_CONTINUE : FLAC__STREAM_DECODER_READ_STATUS_END_OF_STREAM;
}

static FLAC__StreamDecoderTellStatus flac_tell(const FLAC__StreamDecoder *flac, FLAC__uint64 *at, void *data)
{
	const struct flac_stream *stream = data;

	(void)flac;
	*at = stream->at;
	return FLAC__STREAM_DECODER_TELL_STATUS_OK;
}

static FLAC__StreamDecoderWriteStatus flac_write(const FLAC__StreamDecoder *flac, const FLAC__Frame *frame,
						 const FLAC__int32 *const samples[], void *data)
{
	struct flac_stream *stream = data;
	uint32_t i, channel;

	(void)flac;
	if (frame->header.channels != 2 || frame->header.bits_per_sample != 16 ||
	    stream->left / SAMPLE_BYTES < frame->header.blocksize) {
		stream->failed = true;
		return FLAC__STREAM_DECODER_WRITE_STATUS_ABORT;
	}
	for (i = 0; i < frame->header.blocksize; i++) {
		for (channel = 0; channel < 2; channel++) {
			uint32_t sample = (uint32_t)samples[channel][i];
			uint8_t high = (uint8_t)(sample >> 8), low = (uint8_t)sample;

			*stream->to++ = stream->big ? high : low;
			*stream->to++ = stream->big ? low : high;
		}
	}
	stream->left -= (size_t)frame->header.blocksize * SAMPLE_BYTES;
	return FLAC__STREAM_DECODER_WRITE_STATUS_CONTINUE;
}

static void flac_error(const FLAC__StreamDecoder *flac, FLAC__StreamDecoderErrorStatus status, void *data)
{
	struct flac_stream *stream = data;

	(void)flac;
	(void)status;
	stream->failed = true;
}

static bool begin_flac(struct chd_decoder *decoder)
{
	char library[32];

	if (decoder->flac)
		return true;
	/* The number counts with every version of the interface; the one that was built with is wanted. */
	snprintf(library, sizeof(library), "libFLAC.so.%d", FLAC_API_VERSION_CURRENT - FLAC_API_VERSION_AGE);
	if (!have(decoder, library, flac_functions, ARRAY_SIZE(flac_functions)))
		return false;
	decoder->flac = lazy_FLAC__stream_decoder_new();
	decoder->no_memory = !decoder->flac;
	return decoder->flac;
}

/* What libFLAC wants to see before frames: a STREAMINFO block of 44100 Hz, 2 channels of 16 bits, no MD5 */
static void make_flac_header(uint8_t header[FLAC_HEADER_SIZE], uint32_t block)
{
	memset(header, 0, FLAC_HEADER_SIZE);
	memcpy(header, "fLaC\x80\0\0\x22", 8);
	header[8] = (uint8_t)(block >> 8);
	header[9] = (uint8_t)block;
	memcpy(header + 10, header + 8, 2);
	memcpy(header + 18, "\x0A\xC4\x42\xF0", 4);
}

/* The encoder is given blocks of a length that divides the hunk. */
static uint32_t flac_block(size_t size, uint32_t most)
{
	uint32_t block = (uint32_t)(size / SAMPLE_BYTES);

	while (block > most)
		block /= 2;
	return block;
}

static bool run_flac(struct chd_decoder *decoder)
{
	struct flac_stream *stream = &decoder->stream;

	if (!lazy_FLAC__stream_decoder_process_until_end_of_metadata(decoder->flac))
		return false;
	while (stream->left && !stream->failed) {
		if (!lazy_FLAC__stream_decoder_process_single(decoder->flac) ||
		    lazy_FLAC__stream_decoder_get_state(decoder->flac) == FLAC__STREAM_DECODER_END_OF_STREAM)
			return false;
	}
	return !stream->failed;
}

static size_t decode_samples(struct chd_decoder *decoder, const uint8_t *from, size_t len, uint8_t *to, size_t size)
{
	struct flac_stream *stream = &decoder->stream;
	FLAC__uint64 end = 0;
	bool good;

	if (!begin_flac(decoder))
		return 0;
	stream->from = from;
	stream->len = len;
	stream->to = to;
	stream->left = size;
	stream->at = 0;
	stream->failed = false;
	if (lazy_FLAC__stream_decoder_init_stream(decoder->flac, flac_read, NULL, flac_tell, NULL, NULL, flac_write,
						  NULL, flac_error, stream) != FLAC__STREAM_DECODER_INIT_STATUS_OK) {
		decoder->no_memory = true;
		return 0;
	}
	good = run_flac(decoder) && lazy_FLAC__stream_decoder_get_decode_position(decoder->flac, &end);
	lazy_FLAC__stream_decoder_finish(decoder->flac);
	return good && end > FLAC_HEADER_SIZE && end - FLAC_HEADER_SIZE <= len ? (size_t)end - FLAC_HEADER_SIZE : 0;
}

/* The first byte tells which byte of a sample comes first. */
static size_t decode_flac(struct chd_decoder *decoder, const uint8_t *from, size_t len, uint8_t *to, size_t size)
{
	size_t taken;

	if (len < 2 || (from[0] != 'L' && from[0] != 'B') || size % SAMPLE_BYTES)
		return 0;
	decoder->stream.big = from[0] == 'B';
	make_flac_header(decoder->stream.header, flac_block(size, 2048));
	taken = decode_samples(decoder, from + 1, len - 1, to, size);
	return taken ? taken + 1 : 0;
}

/* Audio of a CD has its high bytes first. */
static size_t decode_cd_flac(struct chd_decoder *decoder, const uint8_t *from, size_t len, uint8_t *to, size_t size)
{
	decoder->stream.big = true;
	make_flac_header(decoder->stream.header, flac_block(size, CD_MAIN));
	return decode_samples(decoder, from, len, to, size);
}

/**
 * struct codec - a codec
 * @tag: its name in the header
 * @decode: what it does
 * @sub: what it does with the sub-channels, which are kept apart from the main channel; NULL: it knows no sectors
 * @strips: does it leave out sync and parity of data sectors?
 */
struct codec {
	uint32_t tag;
	codec_function *decode;
	codec_function *sub;
	bool strips;
};

static const struct codec codecs[] = {
	{ TAG('z', 'l', 'i', 'b'), decode_zlib, NULL, false },
	{ TAG('l', 'z', 'm', 'a'), decode_lzma, NULL, false },
	{ TAG('h', 'u', 'f', 'f'), decode_huffman, NULL, false },
	{ TAG('f', 'l', 'a', 'c'), decode_flac, NULL, false },
	{ TAG('z', 's', 't', 'd'), decode_zstd, NULL, false },
	{ TAG('c', 'd', 'z', 'l'), decode_zlib, decode_zlib, true },
	{ TAG('c', 'd', 'l', 'z'), decode_lzma, decode_zlib, true },
	{ TAG('c', 'd', 'z', 's'), decode_zstd, decode_zstd, true },
	{ TAG('c', 'd', 'f', 'l'), decode_cd_flac, decode_zlib, false },
};

static const struct codec *find_codec(uint32_t tag)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(codecs); i++)
		if (codecs[i].tag == tag)
			return &codecs[i];
	return NULL;
}

/* The EDC is in the data; its mode says of which kind a sector is. */
static void restore(uint8_t *sector)
{
	memset(sector, 0xFF, 12);
	sector[0] = 0;
	sector[11] = 0;
	mmc_sector_parity(sector, sector[15] == 2 ? MMC_TYPE_FORM_1 : MMC_TYPE_MODE_1);
}

/* All main channels are followed by all sub-channels; @stripped has a bit for each sector. */
static void interleave(const struct chd_decoder *decoder, const uint8_t *stripped, uint8_t *to)
{
	uint32_t frames = decoder->chd->hunk_size / CHD_FRAME, i;
	const uint8_t *sub = decoder->buffer + (size_t)frames * CD_MAIN;

	for (i = 0; i < frames; i++) {
		memcpy(to, decoder->buffer + (size_t)i * CD_MAIN, CD_MAIN);
		memcpy(to + CD_MAIN, sub + (size_t)i * CD_SUB, CD_SUB);
		if (stripped && stripped[i / 8] & 1 << i % 8)
			restore(to);
		to += CHD_FRAME;
	}
}

/* How many bytes the main channels have: behind the bits of what is stripped; 0 if that cannot be */
static size_t main_length(const struct chd *chd, const uint8_t *from, size_t len, size_t *header)
{
	size_t flags = (chd->hunk_size / CHD_FRAME + 7) / 8, width = chd->hunk_size < 65536 ? 2 : 3, length;

	*header = flags + width;
	if (len <= *header)
		return 0;
	length = (size_t)get_be16(from + flags);
	if (width == 3)
		length = length << 8 | from[flags + 2];
	return length < len - *header ? length : 0;
}

static bool decode_frames(struct chd_decoder *decoder, const struct codec *codec, const uint8_t *from, size_t len,
			  uint8_t *to)
{
	uint32_t frames = decoder->chd->hunk_size / CHD_FRAME;
	uint8_t *buffer = decoder->buffer;
	size_t header = 0, length = len, taken;

	if (codec->strips)
		length = main_length(decoder->chd, from, len, &header);
	taken = length ? codec->decode(decoder, from + header, length, buffer, (size_t)frames * CD_MAIN) : 0;
	if (!taken)
		return false;
	/* Without a length the sub-channels begin where the codec has come to. */
	taken = header + (codec->strips ? length : taken);
	if (!codec->sub(decoder, from + taken, len - taken, buffer + (size_t)frames * CD_MAIN, (size_t)frames * CD_SUB))
		return false;
	interleave(decoder, codec->strips ? from : NULL, to);
	return true;
}

/**
 * chd_decode - decompress a hunk
 * @decoder: what chd_decoder_new() made
 * @hunk: the hunk, compressed with a codec
 * @from: its bytes in the file
 * @to: room for a hunk
 */
enum image_error chd_decode(struct chd_decoder *decoder, const struct chd_hunk *hunk, const uint8_t *from, uint8_t *to)
{
	const struct chd *chd = decoder->chd;
	const struct codec *codec = find_codec(chd->codecs[hunk->kind]);
	bool good;

	/* chd_decoder_new() has found all of them. */
	if (!codec)
		good = false;
	else if (codec->sub)
		good = decode_frames(decoder, codec, from, hunk->length, to);
	else
		good = codec->decode(decoder, from, hunk->length, to, chd->hunk_size);
	if (decoder->lacks[0])
		return image_fail(chd->image, IMAGE_CANNOT_OPEN,
				  "cannot be unpacked: the library %s is not installed, or not usable", decoder->lacks);
	if (decoder->no_memory)
		return image_fail(chd->image, IMAGE_NO_MEMORY, "no memory");
	if (!good)
		return image_fail(chd->image, IMAGE_NOT_AN_IMAGE, "is damaged: hunk %u cannot be decompressed",
				  (unsigned int)(hunk - chd->hunks));
	return IMAGE_OK;
}

/**
 * chd_decoder_new - get ready to decompress hunks
 * @chd: the file, which must live as long as what is made
 * @made: out: to be given to chd_decoder_free()
 */
enum image_error chd_decoder_new(const struct chd *chd, struct chd_decoder **made)
{
	struct chd_decoder *decoder;
	unsigned int i;

	for (i = 0; i < CHD_CODECS && chd->codecs[i]; i++) {
		const struct codec *codec = find_codec(chd->codecs[i]);
		uint32_t tag = chd->codecs[i];

		if (!codec)
			return image_fail(chd->image, IMAGE_NOT_AN_IMAGE,
					  "is compressed in a way that is not known here: codec %02x %02x %02x %02x",
					  tag >> 24, tag >> 16 & 0xFF, tag >> 8 & 0xFF, tag & 0xFF);
		if (codec->sub && chd->hunk_size % CHD_FRAME)
			return image_fail(chd->image, IMAGE_NOT_AN_IMAGE,
					  "is damaged: its hunks are no whole number of sectors");
	}
	decoder = calloc(1, sizeof(*decoder));
	if (decoder)
		decoder->buffer = malloc(chd->hunk_size);
	if (!decoder || !decoder->buffer) {
		free(decoder);
		return image_fail(chd->image, IMAGE_NO_MEMORY, "no memory");
	}
	decoder->chd = chd;
	*made = decoder;
	return IMAGE_OK;
}

/**
 * chd_decoder_free - let go of what the codecs need
 * @decoder: what chd_decoder_new() made, or NULL
 */
void chd_decoder_free(struct chd_decoder *decoder)
{
	if (!decoder)
		return;
	if (decoder->has_zlib)
		lazy_inflateEnd(&decoder->zlib);
	if (decoder->lzma.internal)
		lazy_lzma_end(&decoder->lzma);
	if (decoder->zstd)
		lazy_ZSTD_freeDCtx(decoder->zstd);
	if (decoder->flac)
		lazy_FLAC__stream_decoder_delete(decoder->flac);
	free(decoder->huffman);
	free(decoder->buffer);
	free(decoder);
}
