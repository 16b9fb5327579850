/* SPDX-License-Identifier: GPL-2.0-only */
/* A temporary folder for the files of a descriptor, and what is on the disc that is made of them. */
#ifndef MARKS_H
#define MARKS_H

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "image-test.h"
#include "image.h"

static char folder[64];

/* The path of a file in the folder; valid until the call after the next. */
static inline const char *in_folder(const char *name)
{
	static char paths[2][4096];
	static int turn;

	turn ^= 1;
	snprintf(paths[turn], sizeof(paths[turn]), "%s/%s", folder, name);
	return paths[turn];
}

static inline void write_bytes(const char *name, const void *data, size_t size)
{
	FILE *file = fopen(in_folder(name), "w");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

static inline void write_string(const char *name, const char *text)
{
	write_bytes(name, text, strlen(text));
}

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

/* Do the extents cover the disc, each inside its file, and the tracks too? */
static inline void check_disc(const struct image *image)
{
	uint32_t lba = 0, i;

	for (i = 0; i < image->extent_count; i++) {
		const struct vcd_extent *extent = &image->extents[i];
		uint32_t size = form_size(extent->form);

		assert_int_equal(extent->lba, lba);
		assert_true(extent->sectors > 0 && extent->tail < size && extent->stride >= size);
		if (extent->file != VCD_FILE_NONE) {
			assert_true(extent->file < image->file_count);
			assert_true(extent->offset + (uint64_t)(extent->sectors - 1) * extent->stride +
				    (extent->tail ? extent->tail : size) <= image->files[extent->file].size);
		}
		lba += extent->sectors;
	}
	assert_int_equal(lba, image->sectors);
	assert_true(image->track_count > 0);
	assert_int_equal(image->tracks[0].lba, image->tracks[0].pregap);
	for (i = 0; i < image->track_count; i++) {
		const struct vcd_track *track = &image->tracks[i];

		assert_true(track->sectors > 0);
		assert_int_equal(track->lba + track->sectors,
				 i + 1 < image->track_count ? image->tracks[i + 1].lba : image->sectors);
	}
}

static inline void open_good(struct image *image, const char *name)
{
	if (image_open(image, in_folder(name), 0))
		fail_msg("%s: %s", name, image->reason);
	check_disc(image);
}

static inline void remove_folder(void)
{
	char command[100];

	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	if (system(command))
		perror(command);
}

static inline bool make_folder(void)
{
	snprintf(folder, sizeof(folder), "/tmp/vcd-image-XXXXXX");
	if (!mkdtemp(folder))
		return false;
	atexit(remove_folder);
	return true;
}

#endif /* MARKS_H */
