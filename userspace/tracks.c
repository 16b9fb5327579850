// SPDX-License-Identifier: GPL-2.0-only
/*
 * How a disc is put together: parsers of formats append runs of sectors and say where tracks and sessions begin.
 *
 * The disc begins with sector 0. Whatever is appended goes to its end, &image.sectors.
 */
#include <inttypes.h>
#include <string.h>

#include "image.h"
#include "layout.h"

#define TRACKS_MAX		99

/**
 * form_size - how much of a sector a file stores
 * @form: VCD_FORM_*
 *
 * Return: bytes.
 */
uint32_t form_size(uint32_t form)
{
	return mmc_form_size(form);
}

/**
 * form_user_offset - where the 2048 bytes of user data begin in what a file stores of a sector
 * @form: VCD_FORM_*
 * @mode: VCD_MODE_* of a data track, whose sectors have this form
 *
 * Return: bytes.
 */
uint32_t form_user_offset(uint32_t form, uint32_t mode)
{
	return (uint32_t)mmc_form_user(form, mode);
}

/**
 * image_mode_at - the mode of a sector
 * @image: the image; a track that has been begun and not ended lasts to the end of the disc
 * @lba: the sector
 *
 * Return: VCD_MODE_*; that of a track begins with its pregap.
 */
uint32_t image_mode_at(const struct image *image, uint32_t lba)
{
	uint32_t i;

	for (i = image->track_count; i > 1; i--) {
		const struct vcd_track *track = &image->tracks[i - 1];

		if (lba >= track->lba - track->pregap)
			return track->mode;
	}
	return image->track_count ? image->tracks[0].mode : VCD_MODE_DATA;
}

static enum image_error add_sectors(struct image *image, uint32_t sectors)
{
	if (sectors > UINT32_MAX - image->sectors)
		return image_fail(image, IMAGE_NOT_AN_IMAGE, "has more sectors than any disc can have");
	image->sectors += sectors;
	return IMAGE_OK;
}

/* Do the bytes of a run lie in its file? */
static enum image_error check_run(struct image *image, const struct vcd_extent *run)
{
	const struct image_file *file = &image->files[run->file];
	uint64_t size = form_size(run->form);
	uint64_t bytes = (uint64_t)(run->sectors - 1) * run->stride + (run->tail ? run->tail : size);

	if (run->offset <= file->size && bytes <= file->size - run->offset)
		return IMAGE_OK;
	return image_fail(image, IMAGE_NOT_AN_IMAGE,
			  "is damaged: %s has %" PRIu64 " bytes, and there should be %" PRIu64
			  " from byte %" PRIu64 " on",
			  file->path, file->size, bytes, (uint64_t)run->offset);
}

/**
 * image_append - append sectors that a file holds
 * @image: the image
 * @run: file, offset, number of sectors (0: nothing happens), form and tail; a stride of 0 is that of the form. All its
 *	sectors are of one mode: what lies before and behind the beginning of a pregap are two runs.
 */
enum image_error image_append(struct image *image, const struct vcd_extent *run)
{
	struct vcd_extent extent = *run;
	enum image_error error;

	if (!extent.sectors)
		return IMAGE_OK;
	extent.lba = image->sectors;
	if (!extent.stride)
		extent.stride = (uint16_t)form_size(extent.form);
	error = check_run(image, &extent);
	if (!error)
		error = add_sectors(image, extent.sectors);
	return error ? error : image_add_extent(image, &extent);
}

/**
 * image_append_zeroes - append sectors that no file holds: zeroes, silence
 * @image: the image
 * @sectors: how many; 0: nothing happens
 */
enum image_error image_append_zeroes(struct image *image, uint32_t sectors)
{
	struct vcd_extent extent = {
		.lba = image->sectors,
		.sectors = sectors,
		.file = VCD_FILE_NONE,
		.stride = SECTOR_SIZE,
		.form = VCD_FORM_USER_2048,
	};
	enum image_error error = add_sectors(image, sectors);

	return error || !sectors ? error : image_add_extent(image, &extent);
}

/**
 * image_append_subchannel - say where the sub-channels of sectors are
 * @image: the image
 * @run: as for image_append(), but with the @lba of the first sector, which lies behind those of all runs before
 */
enum image_error image_append_subchannel(struct image *image, const struct vcd_extent *run)
{
	struct vcd_extent extent = *run;
	enum image_error error;

	if (!extent.sectors)
		return IMAGE_OK;
	if (!extent.stride)
		extent.stride = (uint16_t)form_size(extent.form);
	error = check_run(image, &extent);
	return error ? error : image_add_subchannel(image, &extent);
}

/* The track that was begun last ends here. */
static void end_track(struct image *image)
{
	struct vcd_track *track;

	if (!image->track_count)
		return;
	track = &image->tracks[image->track_count - 1];
	track->sectors = image->sectors - track->lba;
}

static uint32_t last_session(const struct image *image)
{
	return image->track_count ? image->tracks[image->track_count - 1].session : 0;
}

/**
 * image_begin_session - begin a session with the next track
 * @image: the image; tracks have been added, or the call does nothing
 *
 * The lead-out, the lead-in and the pregap of two seconds between sessions are appended. Tracks say themselves which
 * session they are in.
 */
enum image_error image_begin_session(struct image *image)
{
	if (!image->track_count)
		return IMAGE_OK;
	return image_append_zeroes(image, mmc_session_gap(last_session(image)));
}

/**
 * image_begin_track - a track begins (its index 1) at the end of what has been appended so far
 * @image: the image
 * @track: mode, control, pregap, isrc; session (0: that of the track before); number (0: one more than that of the
 *	track before). What belongs to its pregap has been appended already and is counted in @track->pregap; not so the
 *	150 sectors before sector 0.
 */
enum image_error image_begin_track(struct image *image, const struct vcd_track *track)
{
	const struct vcd_track *before = image->track_count ? &image->tracks[image->track_count - 1] : NULL;
	struct vcd_track added = *track;

	if (!added.session)
		added.session = before ? before->session : 1;
	if (!added.number)
		added.number = before ? before->number + 1 : 1;
	if (image->track_count == TRACKS_MAX || added.number > TRACKS_MAX)
		return image_fail(image, IMAGE_NOT_AN_IMAGE, "has more than %d tracks, or numbers above that",
				  TRACKS_MAX);
	if (before && added.number != before->number + 1)
		return image_fail(image, IMAGE_NOT_AN_IMAGE, "is damaged: track %u follows track %u", added.number,
				  before->number);
	end_track(image);
	if (before && !before->sectors)
		return image_fail(image, IMAGE_NOT_AN_IMAGE, "is damaged: nothing is in track %u", before->number);
	added.lba = image->sectors;
	if (before ? added.pregap >= before->sectors : added.pregap != added.lba)
		return image_fail(image, IMAGE_NOT_AN_IMAGE,
				  "is damaged: the pregap of track %u is longer than what is "
				  "before it",
				  added.number);
	return image_add_track(image, &added);
}

/* Where a track ends: what follows is another one, with its pregap, or what lies between sessions. */
static uint32_t end_of(const struct image *image, uint32_t track)
{
	const struct vcd_track *this = &image->tracks[track], *next = this + 1;
	uint32_t gap = mmc_session_gap(this->session);

	if (track + 1 == image->track_count)
		return image->sectors;
	if (next->session == this->session)
		return next->lba - next->pregap;
	return this->sectors > gap ? next->lba - gap : next->lba;
}

/*
 * Leave out indices that no disc has: in a track they count up by one from 2, each begins behind the one before it, and the
 * last before the track ends. An image that has others is good for everything else.
 */
static void check_indices(struct image *image)
{
	uint32_t count = image->index_count, track = 0, i, lba;
	unsigned int last = 1;

	image->index_count = 0;
	for (i = 0; i < count; i++) {
		struct vcd_index index = image->indices[i];

		while (track < image->track_count && image->tracks[track].number < index.track) {
			track++;
			last = 1;
		}
		if (track == image->track_count || image->tracks[track].number != index.track || index.index != last + 1)
			continue;
		lba = last > 1 ? image->indices[image->index_count - 1].lba : image->tracks[track].lba;
		if (index.lba <= lba || index.lba >= end_of(image, track) || index.index > VCD_INDEX_MAX)
			continue;
		image->indices[image->index_count++] = index;
		last = index.index;
	}
}

/**
 * image_end_tracks - all tracks have been added: the lead-out begins
 * @image: the image; becomes a CD, unless it has only one track and that is for any kind of disc
 */
enum image_error image_end_tracks(struct image *image)
{
	bool plain = image->track_count == 1 && image->tracks[0].mode == VCD_MODE_DATA && !image->tracks[0].lba;

	if (!image->track_count)
		return image_fail(image, IMAGE_NOT_AN_IMAGE, "has no tracks");
	end_track(image);
	if (!image->tracks[image->track_count - 1].sectors)
		return image_fail(image, IMAGE_NOT_AN_IMAGE, "is damaged: nothing is in the last track");
	check_indices(image);
	/* Only a CD has any. */
	if (plain && image->sectors > CD_SECTORS_MAX)
		image->index_count = 0;
	plain &= !image->index_count;
	if (plain && !image->subchannel_count && !image->cdtext_count && !image->mcn[0])
		return IMAGE_OK;
	if (image->sectors > CD_SECTORS_MAX)
		return image_fail(image, IMAGE_NOT_AN_IMAGE, "has %" PRIu32 " sectors, more than fit on a CD",
				  image->sectors);
	image->profile_hint = VCD_PROFILE_CD_ROM;
	return IMAGE_OK;
}
