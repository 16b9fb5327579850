// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sectors of a CD as they are on the disc. What an image does not store is made by the same code as in the drive
 * (kernel/core): a program that reads an image here and one that reads it through a drive see the same bytes.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine.h"
#include "rawreader.h"
#include "sector.h"

#define AT_USER		16
#define AT_USER_XA	24
#define AT_EDC		(AT_USER + MMC_BLOCK)
#define AT_EDC_FORM1	(AT_USER_XA + MMC_BLOCK)
#define AT_EDC_FORM2	(AT_USER_XA + 2324)
#define EDC_LEN		4

/* The names of forms and modes are those of the control interface, number by number. */
_Static_assert((int)VCD_FORM_USER_2048 == (int)MMC_FORM_USER && (int)VCD_FORM_SUB_Q_16 == (int)MMC_FORM_SUB_Q, "forms");
_Static_assert((int)VCD_MODE_AUDIO == (int)MMC_TRACK_AUDIO && (int)VCD_MODE_MODE2 == (int)MMC_TRACK_MODE2, "modes");

/**
 * struct raw_reader - an image that is read sector by sector
 * @image: the image
 * @medium: the disc
 * @tracks: its tracks
 * @indices: its indices above 1
 */
struct raw_reader {
	const struct image *image;
	struct mmc_medium medium;
	struct mmc_track tracks[MMC_TRACKS_MAX];
	struct mmc_index indices[];
};

/**
 * raw_reader_new - begin to read the sectors of an image
 * @image: an open image of a CD; must live as long as the reader
 *
 * Return: NULL when there is no memory, or the tracks are none that a CD has (errno is EINVAL).
 */
struct raw_reader *raw_reader_new(const struct image *image)
{
	struct raw_reader *raw = calloc(1, sizeof(*raw) + image->index_count * sizeof(raw->indices[0]));
	uint32_t i;

	if (!raw)
		return NULL;
	raw->image = image;
	raw->medium = (struct mmc_medium){
		.tracks = raw->tracks,
		.nr_tracks = (u8)(image->track_count <= MMC_TRACKS_MAX ? image->track_count : 0),
		.sessions = (u8)image_sessions(image),
		.profile = MMC_PROFILE_CD_ROM,
		.sectors = image->sectors,
		.indices = raw->indices,
		.nr_indices = image->index_count,
	};
	memcpy(raw->medium.mcn, image->mcn, sizeof(raw->medium.mcn));
	for (i = 0; i < raw->medium.nr_tracks; i++) {
		const struct vcd_track *track = &image->tracks[i];

		raw->tracks[i] = (struct mmc_track){
			.lba = track->lba,
			.sectors = track->sectors,
			.number = track->number,
			.session = track->session,
			.control = track->control,
			.mode = track->mode,
			.pregap = track->pregap,
		};
		memcpy(raw->tracks[i].isrc, track->isrc, sizeof(raw->tracks[i].isrc));
	}
	for (i = 0; i < image->index_count; i++) {
		const struct vcd_index *index = &image->indices[i];

		raw->indices[i] = (struct mmc_index){ .lba = index->lba, .track = index->track, .number = index->index };
	}
	if (mmc_medium_valid(&raw->medium))
		return raw;
	free(raw);
	errno = EINVAL;
	return NULL;
}

/**
 * raw_reader_free - end reading
 * @raw: the reader, or NULL
 */
void raw_reader_free(struct raw_reader *raw)
{
	free(raw);
}

/* The run that holds a sector, or NULL */
static const struct vcd_extent *find_run(const struct vcd_extent *runs, uint32_t count, uint32_t lba)
{
	uint32_t low = 0, high = count;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (runs[mid].lba > lba)
			high = mid;
		else
			low = mid + 1;
	}
	if (!low || lba - runs[low - 1].lba >= runs[low - 1].sectors || runs[low - 1].file == VCD_FILE_NONE)
		return NULL;
	return &runs[low - 1];
}

/* What a file holds of a sector; the rest of @buf is zeroes. */
static int read_stored(const struct image *image, const struct vcd_extent *run, uint32_t lba, uint8_t *buf)
{
	const struct image_file *file = &image->files[run->file];
	struct reader reader = reader_from_fd(&file->source, file->size);
	uint32_t index = lba - run->lba;
	size_t size = form_size(run->form), stored = size;

	if (run->tail && index == run->sectors - 1)
		stored = run->tail;
	memset(buf + stored, 0, size - stored);
	return reader_read(&reader, run->offset + (uint64_t)index * run->stride, buf, stored);
}

/**
 * raw_reader_read - read a sector
 * @raw: the reader
 * @lba: its address
 * @sector: RAW_SECTOR bytes; NULL: not wanted
 * @subchannel: RAW_SUBCHANNEL bytes; NULL: not wanted
 *
 * Return: 0; -ENODATA if the sector is not on the disc, or lies between two sessions; another negative errno.
 */
int raw_reader_read(struct raw_reader *raw, uint32_t lba, uint8_t *sector, uint8_t *subchannel)
{
	const struct image *image = raw->image;
	const struct vcd_extent *run = find_run(image->extents, image->extent_count, lba);
	const struct vcd_extent *sub = find_run(image->subchannels, image->subchannel_count, lba);
	uint8_t data[RAW_SECTOR], subdata[RAW_SUBCHANNEL], built[MMC_SECTOR_MAX];
	struct mmc_stored stored = { .form = MMC_FORM_USER };
	struct mmc_plan plan = {
		.fields = MMC_FIELD_SYNC | MMC_FIELD_SUBHEADER | MMC_FIELD_HEADER | MMC_FIELD_USER | MMC_FIELD_EDC,
		.subchannel = subchannel ? MMC_SUB_RAW : MMC_SUB_NONE,
	};
	int err = 0;

	if (run) {
		err = read_stored(image, run, lba, data);
		stored.form = (enum mmc_form)run->form;
		stored.data = data;
	}
	if (sub && subchannel && !err) {
		err = read_stored(image, sub, lba, subdata);
		stored.subform = (enum mmc_form)sub->form;
		stored.sub = subdata;
	}
	if (err)
		return err;
	if (mmc_sector_build(built, &plan, &raw->medium, lba, &stored) < 0)
		return -ENODATA;
	if (sector)
		memcpy(sector, built, RAW_SECTOR);
	if (subchannel)
		memcpy(subchannel, built + RAW_SECTOR, RAW_SUBCHANNEL);
	return 0;
}

/* Sync and header of a sector of a data track say where it is. */
static bool header_is_good(uint32_t lba, enum mmc_sector_type type, const uint8_t *sector)
{
	static const uint8_t sync[12] = { 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0 };
	struct mmc_msf msf = mmc_lba_to_msf(lba);
	const uint8_t header[4] = {
		(uint8_t)(msf.m / 10 << 4 | msf.m % 10),
		(uint8_t)(msf.s / 10 << 4 | msf.s % 10),
		(uint8_t)(msf.f / 10 << 4 | msf.f % 10),
		type == MMC_TYPE_MODE_1 ? 1 : 2,
	};

	return !memcmp(sector, sync, sizeof(sync)) && !memcmp(sector + sizeof(sync), header, sizeof(header));
}

static enum raw_check compare(const uint8_t *sector, enum mmc_sector_type type)
{
	static const uint8_t none[EDC_LEN];
	uint8_t made[RAW_SECTOR];
	size_t edc = type == MMC_TYPE_MODE_1 ? AT_EDC : type == MMC_TYPE_FORM_1 ? AT_EDC_FORM1 : AT_EDC_FORM2;

	/* The EDC of Form 2 may be left out. */
	if (type == MMC_TYPE_FORM_2 && !memcmp(sector + edc, none, EDC_LEN))
		return RAW_UNPROTECTED;
	memcpy(made, sector, RAW_SECTOR);
	mmc_sector_protect(made, type);
	if (memcmp(made + edc, sector + edc, EDC_LEN))
		return RAW_BAD_EDC;
	return memcmp(made, sector, RAW_SECTOR) ? RAW_BAD_PARITY : RAW_GOOD;
}

/**
 * raw_reader_check - do address, EDC and parity that an image stores of a sector fit it?
 * @raw: the reader
 * @lba: its address
 * @result: what was found
 *
 * Return: as raw_reader_read().
 */
int raw_reader_check(struct raw_reader *raw, uint32_t lba, enum raw_check *result)
{
	const struct vcd_extent *run = find_run(raw->image->extents, raw->image->extent_count, lba);
	enum mmc_track_mode mode = mmc_sector_mode(&raw->medium, lba);
	uint8_t sector[RAW_SECTOR];
	enum mmc_sector_type type;
	int err;

	*result = RAW_UNPROTECTED;
	if (!run || run->form == VCD_FORM_USER_2048 || (mode != MMC_TRACK_DATA && mode != MMC_TRACK_MODE2))
		return 0;
	err = raw_reader_read(raw, lba, sector, NULL);
	if (err)
		return err;
	type = mmc_sector_type(sector, mode);
	if (!header_is_good(lba, type, sector))
		*result = RAW_BAD_HEADER;
	else if (type != MMC_TYPE_MODE_2)
		*result = compare(sector, type);
	return 0;
}

/**
 * raw_reader_user - where the 2048 bytes of user data of a sector are
 * @raw: the reader
 * @lba: its address
 * @sector: what raw_reader_read() has read
 *
 * Return: a place in @sector; NULL for a sector that has none, or another number of them: audio, Form 2, formless.
 */
const uint8_t *raw_reader_user(const struct raw_reader *raw, uint32_t lba, const uint8_t *sector)
{
	enum mmc_track_mode mode = mmc_sector_mode(&raw->medium, lba);

	if (mode == MMC_TRACK_NONE)
		return NULL;
	switch (mmc_sector_type(sector, mode)) {
	case MMC_TYPE_MODE_1:
		return sector + AT_USER;
	case MMC_TYPE_FORM_1:
		return sector + AT_USER_XA;
	default:
		return NULL;
	}
}

/**
 * raw_reader_start - the first sector of a track, that of its pregap if it has one
 * @raw: the reader
 * @track: index of the track
 */
uint32_t raw_reader_start(const struct raw_reader *raw, uint32_t track)
{
	return raw->tracks[track].lba - raw->tracks[track].pregap;
}

/**
 * raw_reader_end - the sector behind the last one of a track
 * @raw: the reader
 * @track: index of the track
 *
 * What lies behind it can be the pregap of the next track, or the lead-out of a session.
 */
uint32_t raw_reader_end(const struct raw_reader *raw, uint32_t track)
{
	const struct mmc_track *next = &raw->tracks[track + 1];

	if (track + 1 == raw->medium.nr_tracks)
		return raw->medium.sectors;
	if (next->session != raw->tracks[track].session)
		return mmc_session_leadout(&raw->medium, raw->tracks[track].session);
	return next->lba - next->pregap;
}
