// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer target of images that are split. The input: a byte whose bits 2 to 0 are the number of parts less one and
 * whose bit 3 tells how they are named; the size of each part but the last, in two bytes, in units that are the second
 * byte; then what the whole is, as in sparse.h. The parts are to make the same disc as the whole.
 */
#include <errno.h>
#include <string.h>

#include "image.h"
#include "input.h"
#include "memfile.h"
#include "sparse.h"

#define PARTS		8
#define READ_SECTORS	40

static void fill(const struct memfile *file, uint64_t offset, uint8_t *buf, size_t len)
{
	sparse_fill(file->at + offset, buf, len);
}

/* What a drive gives of the first sectors and of those around the end of each part */
static void compare_sectors(const struct image *one, const struct image *other, uint64_t around)
{
	struct reader a = image_reader(one), b = image_reader(other);
	uint8_t x[SECTOR_SIZE], y[SECTOR_SIZE];
	uint32_t lba = around / sparse_stride() > 2 ? (uint32_t)(around / sparse_stride()) - 2 : 0, i;

	for (i = 0; i < READ_SECTORS && lba + i < one->sectors; i++) {
		REQUIRE(!reader_read_sector(&a, lba + i, x) && !reader_read_sector(&b, lba + i, y));
		REQUIRE(!memcmp(x, y, sizeof(x)));
	}
}

static void compare(const struct image *one, const struct image *other)
{
	REQUIRE(one->format == other->format && one->sectors == other->sectors && one->track_count == other->track_count);
	REQUIRE(!memcmp(one->tracks, other->tracks, one->track_count * sizeof(one->tracks[0])));
	REQUIRE(one->size == other->size && !one->parts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char names[PARTS][16];
	struct input in = { data, size };
	uint8_t how = take(&in), unit = take(&in);
	unsigned int parts = (how & 7) + 1, i;
	bool dotted = how & 8;
	uint64_t ends[PARTS] = { 0 }, at = 0;
	struct image split, whole;

	for (i = 0; i + 1 < parts; i++)
		ends[i] = (uint64_t)take16(&in) * (unit + 1);
	sparse_read(in.at, in.left);
	memfile_reset();
	memfile_add(&(struct memfile){ .name = "whole.iso", .size = sparse_size(), .fill = fill });
	for (i = 0; i < parts; i++) {
		uint64_t left = sparse_size() - at, len = i + 1 == parts || ends[i] > left ? left : ends[i];

		if (dotted)
			snprintf(names[i], sizeof(names[i]), "x.%03u", i + 1);
		else
			snprintf(names[i], sizeof(names[i]), "x.part%u", i + 1);
		memfile_add(&(struct memfile){ .name = names[i], .at = at, .size = len, .fill = fill });
		at += len;
		ends[i] = at;
	}
	if (image_open(&split, dotted ? MEMFILE_FOLDER "x.001" : MEMFILE_FOLDER "x.part1", 0)) {
		REQUIRE(split.reason[0]);
	} else if (split.size == sparse_size() && !image_open(&whole, MEMFILE_FOLDER "whole.iso", 0)) {
		/* The name decides where nothing else does. */
		if (split.format == whole.format) {
			compare(&split, &whole);
			for (i = 0; i < parts; i++)
				compare_sectors(&split, &whole, ends[i]);
		}
		image_close(&whole);
	} else if (split.size == sparse_size()) {
		image_close(&whole);
	}
	image_close(&split);
	REQUIRE(!memfile_open_files());
	return 0;
}
