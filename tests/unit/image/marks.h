/* SPDX-License-Identifier: GPL-2.0-only */
/* Files of sectors that can be told apart, and what is on the disc that is made of them. */
#ifndef MARKS_H
#define MARKS_H

#include "folder.h"

/** MARK: what write_sectors() puts into a sector */
#define MARK(tag, number)	((uint32_t)(tag) << 24 | (number))

/* A file of sectors each of which has its MARK() where any of the forms has its first byte or its user data. */
static inline void write_sectors(const char *name, uint32_t count, size_t size, uint8_t tag)
{
	static const size_t places[] = { 0, 8, 16, 24, 2352 };
	uint8_t *data = calloc(count, size);
	size_t i, j;

	assert_non_null(data);
	for (i = 0; i < count; i++)
		for (j = 0; j < sizeof(places) / sizeof(places[0]); j++)
			if (places[j] + 4 <= size)
				put_be32(data + i * size + places[j], MARK(tag, i));
	write_bytes(name, data, count * size);
	free(data);
}

static inline uint32_t mark_in(const struct image *image, const struct vcd_extent *extent, uint32_t lba)
{
	uint8_t mark[4];

	if (extent->file == VCD_FILE_NONE)
		return 0;
	assert_int_equal(pread(image->files[extent->file].source.fd, mark, 4,
			       (off_t)(extent->offset + (uint64_t)(lba - extent->lba) * extent->stride)), 4);
	return get_be32(mark);
}

/* What the file has where a sector begins; 0: no file has it. */
static inline uint32_t mark_at(const struct image *image, uint32_t lba)
{
	uint32_t i;

	for (i = 0; i < image->extent_count; i++)
		if (lba - image->extents[i].lba < image->extents[i].sectors)
			return mark_in(image, &image->extents[i], lba);
	fail_msg("no extent has sector %u", lba);
	return 0;
}

/* What a drive gives as the first four bytes of the user data of a sector */
static inline uint32_t user_at(const struct image *image, uint32_t lba)
{
	struct reader reader = image_reader(image);
	uint8_t buf[SECTOR_SIZE];

	assert_int_equal(reader_read_sector(&reader, lba, buf), 0);
	return get_be32(buf);
}

static inline void open_good(struct image *image, const char *name)
{
	if (image_open(image, in_folder(name), 0))
		fail_msg("%s: %s", name, image->reason);
	check_sound(image);
}

#endif /* MARKS_H */
