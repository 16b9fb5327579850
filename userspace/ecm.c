// SPDX-License-Identifier: GPL-2.0-only
/*
 * ECM: raw sectors of a CD without what can be calculated: sync, EDC and ECC (ECMA-130 14, annex A and B). The file is
 * records, each with a count and a kind: bytes as they are, or sectors of one of three kinds.
 */
#include <string.h>

#include "sector.h"
#include "unpack.h"

#define RAW_SIZE	2352
#define MAGIC_SIZE	4
#define COUNT_END	0xFFFFFFFFU
#define COPY_CHUNK	65536
#define RECORDS_MORE	65536	/* bytes: so much more than what comes out may be in a file, and a sixteenth */

/* Where the parts of a sector are */
#define HEADER_AT	12
#define SUBHEADER_AT	16

enum record_kind { RECORD_BYTES, RECORD_MODE1, RECORD_MODE2_FORM1, RECORD_MODE2_FORM2 };

/* How many bytes of a sector of each kind the file holds, and how many come out of it */
static const uint16_t stored_sizes[] = { 1, 3 + 2048, 4 + 2048, 4 + 2324 };
static const uint16_t full_sizes[] = { 1, RAW_SIZE, RAW_SIZE - SUBHEADER_AT, RAW_SIZE - SUBHEADER_AT };

/**
 * struct record - a record of the file
 * @kind: what it holds
 * @count: how many of those, at least 1; 0: the end of the file
 */
struct record {
	enum record_kind kind;
	uint32_t count;
};

/**
 * struct ahead - bytes read ahead of the records that are in them: these are short, and there may be nothing else
 * @at: where in the file they are
 * @len: how many
 * @bytes: they
 */
struct ahead {
	uint64_t at;
	size_t len;
	uint8_t bytes[4096];
};

/* The EDC is a CRC with the polynomial (x^16 + x^15 + x^2 + 1)(x^16 + x^2 + x + 1), lowest bit first. */
static uint32_t edc_table[256];

static void make_table(void)
{
	uint32_t i;

	for (i = 0; i < 256; i++) {
		uint32_t edc = i, bit;

		for (bit = 0; bit < 8; bit++)
			edc = edc >> 1 ^ (edc & 1 ? 0xD8018001U : 0);
		edc_table[i] = edc;
	}
}

static uint32_t edc_of(uint32_t edc, const uint8_t *data, size_t len)
{
	while (len--)
		edc = edc >> 8 ^ edc_table[(edc ^ *data++) & 0xFF];
	return edc;
}

/* Fill in what is not in the file; @sector holds what is, at its place, and zeroes. */
static void complete(uint8_t *sector, enum record_kind kind)
{
	/* The sub-header of Mode 2 stands twice. The address does not count for its parity. */
	if (kind != RECORD_MODE1)
		memcpy(sector + SUBHEADER_AT, sector + SUBHEADER_AT + 4, 4);
	switch (kind) {
	case RECORD_MODE1:
		memset(sector + 1, 0xFF, 10);
		sector[HEADER_AT + 3] = 1;
		mmc_sector_protect(sector, MMC_TYPE_MODE_1);
		break;
	case RECORD_MODE2_FORM1:
		mmc_sector_protect(sector, MMC_TYPE_FORM_1);
		break;
	default:
		mmc_sector_protect(sector, MMC_TYPE_FORM_2);
		break;
	}
}

static enum image_error next_byte(struct unpacking *unpacking, struct ahead *ahead, uint64_t offset, uint8_t *byte)
{
	uint64_t left = offset < unpacking->packed.size ? unpacking->packed.size - offset : 0;

	if (offset < ahead->at || offset - ahead->at >= ahead->len) {
		enum image_error error;

		ahead->at = offset;
		ahead->len = left < sizeof(ahead->bytes) ? (size_t)left : sizeof(ahead->bytes);
		/* Where nothing is left, to read one says so. */
		error = unpack_read(unpacking, offset, ahead->bytes, ahead->len ? ahead->len : 1);
		if (error)
			return error;
	}
	*byte = ahead->bytes[offset - ahead->at];
	return IMAGE_OK;
}

/* Seven bits a byte, the lowest first; the first byte has five and the kind. */
static enum image_error read_record(struct unpacking *unpacking, struct ahead *ahead, uint64_t *offset,
				    struct record *record)
{
	unsigned int shift = 5;
	uint64_t count;
	uint8_t byte;
	enum image_error error = next_byte(unpacking, ahead, (*offset)++, &byte);

	if (error)
		return error;
	record->kind = (enum record_kind)(byte & 3);
	count = byte >> 2 & 0x1F;
	while (byte & 0x80) {
		error = next_byte(unpacking, ahead, (*offset)++, &byte);
		if (error)
			return error;
		if (shift > 26)
			return unpack_damaged(unpacking, "the file is damaged");
		count |= (uint64_t)(byte & 0x7F) << shift;
		shift += 7;
	}
	if (count == COUNT_END) {
		record->count = 0;
		return IMAGE_OK;
	}
	if (count >= 0x80000000U)
		return unpack_damaged(unpacking, "the file is damaged");
	record->count = (uint32_t)count + 1;
	return IMAGE_OK;
}

/*
 * Go through all records: how much comes out of them? Those that take more than what is in them are not made to pack
 * anything; a file without end may be full of them, and takes no room on a disk if all of it is zeroes.
 */
static enum image_error measure(struct unpacking *unpacking, struct ahead *ahead, uint64_t *size)
{
	uint64_t offset = MAGIC_SIZE;
	struct record record;

	*size = 0;
	for (;;) {
		enum image_error error = read_record(unpacking, ahead, &offset, &record);
		uint8_t edc[4];

		if (error)
			return error;
		if (!record.count)
			return unpack_read(unpacking, offset, edc, sizeof(edc));
		offset += (uint64_t)record.count * stored_sizes[record.kind];
		*size += (uint64_t)record.count * full_sizes[record.kind];
		if (offset > unpacking->packed.size)
			return unpack_damaged(unpacking, "it is cut off");
		if (offset > *size + *size / 16 + RECORDS_MORE)
			return unpack_damaged(unpacking, "the file is damaged");
	}
}

static enum image_error write_bytes(struct unpacking *unpacking, uint64_t offset, uint32_t count, uint32_t *edc)
{
	uint8_t buf[COPY_CHUNK];
	enum image_error error = IMAGE_OK;

	while (!error && count) {
		size_t len = count < sizeof(buf) ? count : sizeof(buf);

		error = unpack_read(unpacking, offset, buf, len);
		if (error)
			break;
		*edc = edc_of(*edc, buf, len);
		offset += len;
		count -= (uint32_t)len;
		error = unpack_write(unpacking, buf, len, offset);
	}
	return error;
}

static enum image_error write_sector(struct unpacking *unpacking, uint64_t offset, enum record_kind kind, uint32_t *edc)
{
	uint8_t sector[RAW_SIZE] = { 0 }, stored[4 + 2324];
	const uint8_t *full = sector + RAW_SIZE - full_sizes[kind];
	enum image_error error = unpack_read(unpacking, offset, stored, stored_sizes[kind]);

	if (error)
		return error;
	if (kind == RECORD_MODE1) {
		memcpy(sector + HEADER_AT, stored, 3);
		memcpy(sector + 16, stored + 3, 2048);
	} else {
		memcpy(sector + SUBHEADER_AT + 4, stored, stored_sizes[kind]);
	}
	complete(sector, kind);
	*edc = edc_of(*edc, full, full_sizes[kind]);
	return unpack_write(unpacking, full, full_sizes[kind], offset + stored_sizes[kind]);
}

static enum image_error write_record(struct unpacking *unpacking, uint64_t *offset, const struct record *record,
				     uint32_t *edc)
{
	enum image_error error = IMAGE_OK;
	uint32_t i;

	if (record->kind == RECORD_BYTES) {
		error = write_bytes(unpacking, *offset, record->count, edc);
		*offset += record->count;
		return error;
	}
	for (i = 0; !error && i < record->count; i++) {
		error = write_sector(unpacking, *offset, record->kind, edc);
		*offset += stored_sizes[record->kind];
	}
	return error;
}

static enum image_error ecm_unpack(struct unpacking *unpacking)
{
	uint64_t offset = MAGIC_SIZE, size;
	struct ahead ahead = { 0 };
	struct record record;
	uint8_t expected[4];
	uint32_t edc = 0;
	enum image_error error;

	make_table();
	error = measure(unpacking, &ahead, &size);
	if (!error && !size)
		return unpack_damaged(unpacking, "nothing is in it");
	if (!error)
		error = unpack_begin(unpacking, size, 0);
	while (!error) {
		error = read_record(unpacking, &ahead, &offset, &record);
		if (error || !record.count)
			break;
		error = write_record(unpacking, &offset, &record, &edc);
	}
	if (!error)
		error = unpack_read(unpacking, offset, expected, sizeof(expected));
	if (!error && get_le32(expected) != edc)
		return unpack_damaged(unpacking, "its checksum is wrong");
	return error;
}

const struct packing ecm_packing = { .name = "ECM", .magic = "ECM\0", .len = 4, .unpack = ecm_unpack };
