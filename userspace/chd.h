/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * CHD files (compressed hunks of data, of MAME), version 5. What they hold is cut into hunks of the same size, and
 * each hunk is compressed on its own. A map tells where the hunks are; metadata, what they are.
 */
#ifndef VCD_CHD_H
#define VCD_CHD_H

#include "image.h"

/** CHD_CODECS: most codecs that a file uses */
#define CHD_CODECS	4
/** CHD_FRAME: bytes of a sector of a CD: room for the main channel and the sub-channel */
#define CHD_FRAME	2448

/**
 * enum chd_kind - how a hunk is stored
 * @CHD_FIRST_CODEC: compressed with the first codec of the header; the next values likewise
 * @CHD_STORED: as it is
 * @CHD_SELF: it is the same as another
 * @CHD_PARENT: it is in another file
 * @CHD_ZEROES: not at all: it is all zeroes
 */
enum chd_kind {
	CHD_FIRST_CODEC = 0,
	CHD_STORED	= CHD_CODECS,
	CHD_SELF,
	CHD_PARENT,
	CHD_ZEROES,
};

/**
 * struct chd_hunk - where a hunk is
 * @offset: in the file; with CHD_SELF: the number of the other hunk
 * @length: bytes that it has there
 * @crc: CRC of what is in it, if @checked
 * @kind: enum chd_kind
 * @checked: is there a CRC?
 */
struct chd_hunk {
	uint64_t offset;
	uint32_t length;
	uint16_t crc;
	uint8_t kind;
	bool checked;
};

/**
 * struct chd - an open file
 * @image: the image that it is
 * @reader: its bytes
 * @codecs: tags of the codecs; the first is 0: hunks are not compressed
 * @size: bytes of what is in it
 * @map: where the map is
 * @metadata: where the first entry of the metadata is; 0: there is none
 * @hunk_size: bytes of a hunk
 * @unit_size: bytes of a sector
 * @hunk_count: number of hunks
 * @hunks: where they are
 */
struct chd {
	struct image *image;
	struct reader reader;
	uint32_t codecs[CHD_CODECS];
	uint64_t size;
	uint64_t map;
	uint64_t metadata;
	uint32_t hunk_size;
	uint32_t unit_size;
	uint32_t hunk_count;
	struct chd_hunk *hunks;
};

struct chd_decoder;

/* chdmap.c */
enum image_error chd_read_map(struct chd *chd);

/* chdcodec.c */
enum image_error chd_decoder_new(const struct chd *chd, struct chd_decoder **made);
void chd_decoder_free(struct chd_decoder *decoder);
enum image_error chd_decode(struct chd_decoder *decoder, const struct chd_hunk *hunk, const uint8_t *from, uint8_t *to);

/* chdunpack.c */
enum image_error chd_unpack(struct chd *chd, uint32_t *file, uint64_t *offset);

#endif /* VCD_CHD_H */
