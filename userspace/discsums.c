// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <string.h>

#include "discsums.h"
#include "progress.h"
#include "vcdctl.h"

#define CHUNK_SECTORS	512

/**
 * disc_has_audio - is there a track without user data?
 * @image: an open image
 */
bool disc_has_audio(const struct image *image)
{
	uint32_t i;

	for (i = 0; i < image->track_count; i++)
		if (image->tracks[i].mode == VCD_MODE_AUDIO)
			return true;
	return false;
}

static enum exit_code unreadable(const struct image *image, uint32_t lba, int err)
{
	progress_end();
	complain(image->path, "sector %" PRIu32 " cannot be read: %s", lba, strerror(-err));
	return CODE_FAILURE;
}

/* All of a track, its pregap included, 2352 bytes a sector */
static enum exit_code add_track(const struct image *image, struct raw_reader *raw, uint32_t track,
				struct checksums *sums)
{
	uint32_t lba, start = raw_reader_start(raw, track), end = raw_reader_end(raw, track);
	uint8_t sector[RAW_SECTOR];
	int err;

	for (lba = start; lba < end; lba++) {
		err = raw_reader_read(raw, lba, sector, NULL);
		if (err)
			return unreadable(image, lba, err);
		if (!checksums_add(sums, sector, sizeof(sector)))
			return CODE_FAILURE;
		progress_show("checksums", (uint64_t)lba * RAW_SECTOR, (uint64_t)image->sectors * RAW_SECTOR);
	}
	return CODE_OK;
}

/* 2048 bytes of each sector */
static enum exit_code add_user_data(const struct image *image, struct checksums *sums)
{
	static uint8_t chunk[CHUNK_SECTORS * SECTOR_SIZE];
	struct reader reader = image_reader(image);
	uint64_t offset;
	int err;

	for (offset = 0; offset < reader.size; offset += sizeof(chunk)) {
		size_t len = reader.size - offset < sizeof(chunk) ? (size_t)(reader.size - offset) : sizeof(chunk);

		err = reader_read(&reader, offset, chunk, len);
		if (err)
			return unreadable(image, (uint32_t)(offset / SECTOR_SIZE), err);
		if (!checksums_add(sums, chunk, len))
			return CODE_FAILURE;
		progress_show("checksums", offset, reader.size);
	}
	return CODE_OK;
}

/**
 * disc_checksums - checksums of a track or of the user data
 * @image: an open image
 * @raw: its sectors: those of a track are counted as databases of discs do it, all of them with 2352 bytes, the pregap
 *	included. NULL: user data, the 2048 bytes of each sector of a disc without audio tracks, as a plain image has them
 * @track: index of the track
 * @kinds: a set of CHECKSUM_BIT()
 * @texts: filled
 * @bytes: out: how many bytes they are of
 *
 * Return: an exit code; what is wrong has been said.
 */
enum exit_code disc_checksums(const struct image *image, struct raw_reader *raw, uint32_t track, unsigned int kinds,
			      struct checksum_texts *texts, uint64_t *bytes)
{
	struct checksums *sums = checksums_new(kinds);
	enum exit_code code;

	if (!sums)
		return CODE_FAILURE;
	code = raw ? add_track(image, raw, track, sums) : add_user_data(image, sums);
	progress_end();
	*bytes = raw ? (uint64_t)(raw_reader_end(raw, track) - raw_reader_start(raw, track)) * RAW_SECTOR :
		       (uint64_t)image->sectors * SECTOR_SIZE;
	if (code == CODE_OK && !checksums_end(sums, texts))
		code = CODE_FAILURE;
	checksums_free(sums);
	return code;
}
