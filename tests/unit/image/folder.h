/* SPDX-License-Identifier: GPL-2.0-only */
/* A folder of the test's own for the files of images, and what every image that is taken has to keep to. */
#ifndef FOLDER_H
#define FOLDER_H

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

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

static inline void write_string(const char *name, const char *text)
{
	write_bytes(name, text, strlen(text));
}

static inline void empty_folder(void)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			unlink(in_folder(entry->d_name));
	if (dir)
		closedir(dir);
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
{
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
}

static inline void check_track(const struct vcd_track *track, uint32_t lba, uint32_t sectors, uint32_t session,
			       uint32_t control, uint32_t mode, uint32_t pregap)
{
	assert_int_equal(track->lba, lba);
	assert_int_equal(track->sectors, sectors);
	assert_int_equal(track->session, session);
	assert_int_equal(track->control, control);
	assert_int_equal(track->mode, mode);
	assert_int_equal(track->pregap, pregap);
}

/* A run of sectors lies in its file. */
static inline void check_run(const struct image *image, const struct vcd_extent *run)
{
	uint32_t size = form_size(run->form);

	assert_true(run->sectors > 0 && run->tail < size && run->stride >= size);
	if (run->file == VCD_FILE_NONE)
		return;
	assert_true(run->file < image->file_count);
	assert_true(run->offset + (uint64_t)(run->sectors - 1) * run->stride + (run->tail ? run->tail : size) <=
		    image->files[run->file].size);
}

/* What every image that is taken has to keep to. */
static inline void check_sound(const struct image *image)
{
	uint32_t i, lba = 0;

	assert_true(image->sectors > 0);
	for (i = 0; i < image->extent_count; i++) {
		assert_int_equal(image->extents[i].lba, lba);
		check_run(image, &image->extents[i]);
		lba += image->extents[i].sectors;
	}
	assert_int_equal(lba, image->sectors);
	assert_true(image->track_count >= 1 && image->track_count <= 99);
	assert_int_equal(image->tracks[0].lba, image->tracks[0].pregap);
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
	}
	assert_int_equal(lba, image->sectors);
	for (i = 0, lba = 0; i < image->subchannel_count; i++) {
		assert_true(image->subchannels[i].lba >= lba);
		check_run(image, &image->subchannels[i]);
		lba = image->subchannels[i].lba + image->subchannels[i].sectors;
	}
	assert_true(lba <= image->sectors);
}

/* An image that was changed at random: it is taken, and then sound, or a reason is given. */
static inline bool taken_or_refused(const char *name)
{
	struct image image;
	bool taken = image_open(&image, in_folder(name), 0) == IMAGE_OK;

	if (taken)
		check_sound(&image);
	else
		assert_true(image.reason[0]);
	image_close(&image);
	return taken;
}

static inline void check_index(const struct image *image, uint32_t i, uint32_t track, uint32_t number, uint32_t lba)
{
	assert_true(i < image->index_count);
	assert_int_equal(image->indices[i].track, track);
	assert_int_equal(image->indices[i].index, number);
	assert_int_equal(image->indices[i].lba, lba);
}

static inline void expect_reason(const char *name, const char *expected)
{
	enum image_error error;
	struct image image;

	error = image_open(&image, in_folder(name), 0);
	if (error != IMAGE_NOT_AN_IMAGE || !strstr(image.reason, expected))
		fail_msg("error %d, '%s' instead of '%s'", (int)error, image.reason, expected);
	assert_null(strstr(image.reason, "\n"));
	image_close(&image);
}

#endif /* FOLDER_H */
