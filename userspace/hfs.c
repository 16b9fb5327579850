// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>

#include "hfs.h"

#define MAP_BLOCK_SIZE	512
#define MAX_PARTITIONS	64

/* The volume header lies 1024 bytes into the volume. */
#define HEADER_OFFSET	1024

/* Look for a volume that begins at byte @start. */
static int read_volume(const struct reader *reader, uint64_t start, struct hfs *hfs)
{
	uint8_t p[162];
	int err;

	err = reader_read(reader, start + HEADER_OFFSET, p, sizeof(p));
	if (err)
		return err == -ENODATA ? 0 : err;
	if (!memcmp(p, "H+", 2) || !memcmp(p, "HX", 2)) {
		uint16_t version = get_be16(p + 2);

		hfs->hfs_plus |= version == 4 || version == 5;
		return 0;
	}
	/* "BD" alone is too little to go by: the allocation block size must be a multiple of 512. */
	if (memcmp(p, "BD", 2) || !get_be32(p + 20) || get_be32(p + 20) % 512 || p[36] > 27)
		return 0;
	if (!memcmp(p + 124, "H+", 2) || !memcmp(p + 124, "HX", 2))
		hfs->hfs_plus = true;
	else
		hfs->hfs = true;
	if (!hfs->label[0])
		text_from_bytes(hfs->label, sizeof(hfs->label), p + 37, p[36]);
	return 0;
}

/* Hybrid discs have a map in blocks of 512 or of 2048 bytes; the block addresses in it are in the same unit. */
static int read_map(const struct reader *reader, uint32_t block_size, struct hfs *hfs)
{
	uint32_t i, count = 1;
	uint8_t p[80];
	int err;

	for (i = 0; i < count && i < MAX_PARTITIONS; i++) {
		err = reader_read(reader, (uint64_t)(i + 1) * block_size, p, sizeof(p));
		if (err)
			return err == -ENODATA ? 0 : err;
		if (memcmp(p, "PM", 2))
			return 0;
		if (i == 0)
			count = get_be32(p + 4);
		hfs->partition_map = true;
		hfs->partitions++;
		if (memcmp(p + 48, "Apple_HFS", 9))
			continue;
		err = read_volume(reader, (uint64_t)get_be32(p + 8) * block_size, hfs);
		if (err)
			return err;
	}
	return 0;
}

/**
 * hfs_read - look for an Apple partition map, HFS and HFS+
 * @reader: the disc
 * @hfs: filled; all zero when there is none
 *
 * Return: 0, also when there is none; a negative errno when the disc cannot be read.
 */
int hfs_read(const struct reader *reader, struct hfs *hfs)
{
	int err;

	memset(hfs, 0, sizeof(*hfs));
	err = read_volume(reader, 0, hfs);
	if (!err)
		err = read_map(reader, MAP_BLOCK_SIZE, hfs);
	if (!err && !hfs->partition_map)
		err = read_map(reader, SECTOR_SIZE, hfs);
	return err;
}
