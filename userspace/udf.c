// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>

#include "array.h"
#include "udf.h"

/* The recognition sequence starts at this byte; its structures are 2048 bytes apart, or a block if that is more. */
#define RECOGNITION_START	32768
#define MAX_STRUCTURES		64

/* Limits for volumes whose descriptors point in circles. */
#define MAX_DESCRIPTORS		256
#define MAX_SEQUENCES		8

#define ANCHOR_BLOCK		256
#define TAG_SIZE		16

enum tag_id {
	TAG_PRIMARY	= 1,
	TAG_ANCHOR	= 2,
	TAG_POINTER	= 3,
	TAG_LOGICAL	= 6,
	TAG_TERMINATOR	= 8,
};

/**
 * struct extent - a run of blocks that holds volume descriptors
 * @length: in bytes
 * @block: the first
 */
struct extent {
	uint32_t length;
	uint32_t block;
};

static bool is_boot_or_end(const uint8_t *id)
{
	return !memcmp(id, "BEA01", 5) || !memcmp(id, "BOOT2", 5) || !memcmp(id, "CDW02", 5) ||
	       !memcmp(id, "CD001", 5);
}

/* Look for BEA01, NSR02 or NSR03, TEA01 among what else stands there; @step apart. */
static int read_recognition(const struct reader *reader, uint32_t step, struct udf *udf)
{
	uint8_t id[6];
	int i;

	for (i = 0; i < MAX_STRUCTURES; i++) {
		int err = reader_read(reader, RECOGNITION_START + (uint64_t)i * step, id, sizeof(id));

		if (err)
			return err == -ENODATA ? 0 : err;
		if (!memcmp(id + 1, "NSR02", 5) || !memcmp(id + 1, "NSR03", 5)) {
			udf->present = true;
			udf->nsr = id[5] == '2' ? 2 : 3;
			return 0;
		}
		if (!is_boot_or_end(id + 1))
			return 0;
	}
	return 0;
}

/* A descriptor begins with a tag that knows its own sum and place. */
static bool tag_ok(const uint8_t *p, uint32_t block)
{
	uint8_t sum = 0;
	int i;

	for (i = 0; i < TAG_SIZE; i++)
		if (i != 4)
			sum = (uint8_t)(sum + p[i]);
	return sum == p[4] && get_le32(p + 12) == block;
}

/* Read one descriptor; its first 512 bytes, which is all that any of them needs here. */
static bool read_descriptor(const struct reader *reader, uint32_t block, uint32_t block_size, uint8_t buf[512])
{
	if (reader_read(reader, (uint64_t)block * block_size, buf, 512))
		return false;
	return tag_ok(buf, block);
}

static void read_primary(const uint8_t *p, struct udf *udf)
{
	text_from_dstring(udf->volume, sizeof(udf->volume), p + 24, 32);
	text_from_dstring(udf->volume_set, sizeof(udf->volume_set), p + 72, 128);
}

static void read_logical(const uint8_t *p, struct udf *udf)
{
	static const char domain[] = "*OSTA UDF Compliant";

	text_from_dstring(udf->label, sizeof(udf->label), p + 84, 128);
	if (!memcmp(p + 217, domain, sizeof(domain) - 1))
		udf->revision = get_le16(p + 240);
}

/* Walk the sequence of volume descriptors; true when it named the logical volume. */
static bool read_sequence(const struct reader *reader, struct extent extent, uint32_t block_size, struct udf *udf)
{
	int sequences = 0, descriptors;
	uint8_t buf[512];
	bool found = false;

	for (descriptors = 0; descriptors < MAX_DESCRIPTORS && extent.length >= block_size; descriptors++) {
		if (!read_descriptor(reader, extent.block, block_size, buf))
			return found;
		switch (get_le16(buf)) {
		case TAG_PRIMARY:
			read_primary(buf, udf);
			break;
		case TAG_LOGICAL:
			read_logical(buf, udf);
			found = true;
			break;
		case TAG_POINTER:
			if (++sequences == MAX_SEQUENCES)
				return found;
			extent.length = get_le32(buf + 20);
			extent.block = get_le32(buf + 24);
			continue;
		case TAG_TERMINATOR:
			return found;
		default:
			break;
		}
		if (extent.block == UINT32_MAX)
			return found;
		extent.block++;
		extent.length -= block_size;
	}
	return found;
}

static bool read_anchor(const struct reader *reader, uint32_t block, uint32_t block_size, struct udf *udf)
{
	struct extent main_sequence, reserve;
	uint8_t buf[512];

	if (!read_descriptor(reader, block, block_size, buf) || get_le16(buf) != TAG_ANCHOR)
		return false;
	main_sequence = (struct extent){ .length = get_le32(buf + 16), .block = get_le32(buf + 20) };
	reserve = (struct extent){ .length = get_le32(buf + 24), .block = get_le32(buf + 28) };
	udf->block_size = block_size;
	return read_sequence(reader, main_sequence, block_size, udf) ||
	       read_sequence(reader, reserve, block_size, udf);
}

/* The anchor lies in block 256, in the last block, or 256 before it; which block size it is shows when it is found. */
static void find_anchor(const struct reader *reader, struct udf *udf)
{
	static const uint32_t sizes[] = { 2048, 512, 4096, 1024 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		uint64_t blocks = reader->size / sizes[i];

		if (read_anchor(reader, ANCHOR_BLOCK, sizes[i], udf))
			return;
		if (blocks <= ANCHOR_BLOCK || blocks > UINT32_MAX)
			continue;
		if (read_anchor(reader, (uint32_t)(blocks - 1), sizes[i], udf) ||
		    read_anchor(reader, (uint32_t)(blocks - 1 - ANCHOR_BLOCK), sizes[i], udf))
			return;
	}
}

/**
 * udf_read - look for a UDF volume
 * @reader: the disc
 * @udf: filled; all zero when there is none
 *
 * Return: 0, also when there is no such volume; a negative errno when the disc cannot be read.
 */
int udf_read(const struct reader *reader, struct udf *udf)
{
	int err;

	memset(udf, 0, sizeof(*udf));
	err = read_recognition(reader, SECTOR_SIZE, udf);
	if (!err && !udf->present)
		err = read_recognition(reader, 4096, udf);
	if (err || !udf->present)
		return err;
	find_anchor(reader, udf);
	return 0;
}
