/* SPDX-License-Identifier: GPL-2.0-only */
/* A temporary folder for the files of a descriptor, and what is on the disc that is made of them. */
#ifndef FOLDER_H
#define FOLDER_H

#include <errno.h>
#include <sys/stat.h>
/* Images of more than one file: a folder of the test's own, and what the extents of an image lead to in it. */
#include <dirent.h>
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
static uint64_t random_state = 20270101;
/* xorshift64* */
static inline uint32_t any(uint32_t below)
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return (uint32_t)((random_state * 2685821657736338717ULL) >> 32) % below;
static inline const char *path_of(const char *name)
	static char path[512];
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
static inline void write_in(const char *name, const void *data, size_t size)
	FILE *file = fopen(path_of(name), "w");

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
static inline void empty_folder(void)
	DIR *dir = opendir(folder);
	const struct dirent *entry;
	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			unlink(path_of(entry->d_name));
	if (dir)
		closedir(dir);
}

static inline void remove_folder(void)
{
	char command[100];

	snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	if (system(command))
		perror(command);
	empty_folder();
	rmdir(folder);
}

static inline bool make_folder(void)
{
	snprintf(folder, sizeof(folder), "/tmp/vcd-image-XXXXXX");
	snprintf(folder, sizeof(folder), "/tmp/vcd-images-XXXXXX");
	if (!mkdtemp(folder))
		return false;
	atexit(remove_folder);
	return true;
}

/* Fill a stored sector: sync and header if it is of a data track, and @value everywhere else. */
static inline void fill_sector(uint8_t *p, unsigned int mode, uint8_t value)
{
	memset(p, value, 2352);
	if (!mode)
		return;
	memset(p, 0xFF, 12);
	p[0] = 0;
	p[11] = 0;
	memset(p + 12, 0, 3);
	p[15] = (uint8_t)mode;
}

/* The bytes that the runs of an image give for a sector; false when none or VCD_FILE_NONE has it. */
static inline bool stored(const struct image *image, bool sub, uint32_t lba, uint8_t *buf)
	const struct vcd_extent *runs = sub ? image->subchannels : image->extents;
	uint32_t count = sub ? image->subchannel_count : image->extent_count, i;
	for (i = 0; i < count; i++) {
		const struct vcd_extent *run = &runs[i];
		ssize_t size = (ssize_t)form_size(run->form);
		if (lba < run->lba || lba - run->lba >= run->sectors)
			continue;
		if (run->file == VCD_FILE_NONE)
			return false;
		assert_true(run->file < image->file_count);
		assert_int_equal(pread(image->files[run->file].source.fd, buf, (size_t)size,
				       (off_t)(run->offset + (uint64_t)(lba - run->lba) * run->stride)), size);
		return true;
	}
	return false;
static inline void check_track(const struct vcd_track *track, uint32_t lba, uint32_t sectors, uint32_t session,
			       uint32_t control, uint32_t mode, uint32_t pregap)
	assert_int_equal(track->lba, lba);
	assert_int_equal(track->sectors, sectors);
	assert_int_equal(track->session, session);
	assert_int_equal(track->control, control);
	assert_int_equal(track->mode, mode);
	assert_int_equal(track->pregap, pregap);
/* What every image that is taken has to keep to. */
static inline void check_sound(const struct image *image)
	uint32_t i, lba = 0;
	assert_true(image->sectors > 0);
	for (i = 0; i < image->extent_count; i++) {
		assert_int_equal(image->extents[i].lba, lba);
		assert_true(image->extents[i].sectors > 0);
		lba += image->extents[i].sectors;
	assert_int_equal(lba, image->sectors);
	assert_true(image->track_count >= 1 && image->track_count <= 99);
	for (i = 0, lba = image->tracks[0].lba; i < image->track_count; i++) {
		const struct vcd_track *track = &image->tracks[i];
		assert_int_equal(track->lba, lba);
		assert_true(track->sectors > 0);
		assert_true(track->control <= 0xF);
		assert_int_equal(track->mode != VCD_MODE_AUDIO, !!(track->control & 4));
		assert_int_equal(track->number, image->tracks[0].number + i);
		lba += track->sectors;
		if (i && track->session != track[-1].session) {
			assert_int_equal(track->session, track[-1].session + 1);
			assert_true(track->pregap <= 150);
		}
	for (i = 0, lba = 0; i < image->subchannel_count; i++) {
		assert_true(image->subchannels[i].lba >= lba);
		lba = image->subchannels[i].lba + image->subchannels[i].sectors;
	assert_true(lba <= image->sectors);
static inline void expect_reason(const char *name, const char *expected)
	enum image_error error;
	struct image image;
	error = image_open(&image, path_of(name), 0);
	if (error != IMAGE_NOT_AN_IMAGE || !strstr(image.reason, expected))
		fail_msg("error %d, '%s' instead of '%s'", (int)error, image.reason, expected);
	assert_null(strstr(image.reason, "\n"));
	image_close(&image);
#endif /* FOLDER_H */
