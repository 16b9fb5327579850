// SPDX-License-Identifier: GPL-2.0-only
/*
 * Alcohol 120%: a binary descriptor (.mds) and the sectors in one or more files beside it (.mdf).
 *
 * The descriptor has a header, a block for each session, blocks of 80 bytes for the points of its TOC, and for each
 * track an extra block with its length and a footer with the names of its files. All numbers have their low byte first.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "beside.h"
#include "image.h"
#include "text.h"

#define HEADER_SIZE	88
#define SESSION_SIZE	24
#define TRACK_SIZE	80
#define EXTRA_SIZE	8
#define FOOTER_SIZE	16

#define TRACKS_MAX	99
#define PARTS_MAX	99
#define DPM_BLOCKS_MAX	16
#define FILES_MAX	200
#define NAME_SIZE	512

/* The most sectors of a DVD */
#define DVD_SECTORS_MAX	4173824

#define SUB_NONE	0
#define SUB_RAW_96	8

/**
 * struct mds_track - a track block and what belongs to it
 * @number: 1 to 99
 * @session: its session
 * @control: its CONTROL nibble
 * @mode: VCD_MODE_*
 * @form: how its sectors are stored: VCD_FORM_*
 * @stride: bytes of a sector and its sub-channel
 * @sub: a sub-channel of 96 bytes follows each sector
 * @lba: its index 1
 * @length: its sectors from there on
 * @pregap: its sectors before that
 * @offset: where index 1 is in its files, taken one behind the other
 * @footer: where the descriptor names its files; 0: nowhere
 * @parts: the number of its files
 */
struct mds_track {
	uint32_t number;
	uint32_t session;
	uint32_t control;
	uint32_t mode;
	uint32_t form;
	uint32_t stride;
	bool sub;
	uint32_t lba;
	uint32_t length;
	uint32_t pregap;
	uint64_t offset;
	uint32_t footer;
	uint32_t parts;
};

/**
 * struct mds - a descriptor that is being read
 * @image: the image that it becomes
 * @reader: the descriptor
 * @dvd: the disc is a DVD
 * @footer: the footer that @parts are of
 * @parts: indices into the files of the image: the files of the track, in their order
 * @part_count: their number
 * @end: where the track before ends in them; 0: there is none with the same files
 */
struct mds {
	struct image *image;
	struct reader reader;
	bool dvd;
	uint32_t footer;
	uint32_t parts[PARTS_MAX];
	uint32_t part_count;
	uint64_t end;
};

static const char mark[] = "MEDIA DESCRIPTOR";

/* Version 2, which has no more than the mark in common with it, is not asked about here: foreign.c knows it. */
static bool mds_probe(const struct image *image, const struct reader *reader)
{
	char head[sizeof(mark) - 1];

	(void)image;
	return !reader_read(reader, 0, head, sizeof(head)) && !memcmp(head, mark, sizeof(head));
}

static enum image_error read_block(struct mds *mds, uint64_t offset, void *block, size_t size, const char *what)
{
	if (!reader_read(&mds->reader, offset, block, size))
		return IMAGE_OK;
	return image_fail(mds->image, IMAGE_NOT_AN_IMAGE,
			  "is damaged: the MDS descriptor ends before its %s, which should be at byte %" PRIu64, what,
			  offset);
}

static enum image_error out_of_range(struct mds *mds, const struct mds_track *track, const char *what, uint64_t value)
{
	return image_fail(mds->image, IMAGE_NOT_AN_IMAGE,
			  "is damaged: track %" PRIu32 " has %s %" PRIu64, track->number,
			  what, value);
}

/* The name of a file, in UTF-16 or as 8-bit characters of an unknown code page, up to a NUL or the end. */
static enum image_error read_name(struct mds *mds, uint32_t offset, bool wide, char name[NAME_SIZE])
{
	uint8_t raw[NAME_SIZE] = { 0 };
	size_t size = sizeof(raw) - 2, i;
	enum image_error error;
	uint8_t low;

	if (offset < mds->reader.size && mds->reader.size - offset < size)
		size = (size_t)(mds->reader.size - offset);
	error = read_block(mds, offset, raw, size, "file names");
	if (error)
		return error;
	if (!wide) {
		memcpy(name, raw, NAME_SIZE);
		return IMAGE_OK;
	}
	for (i = 0; i < sizeof(raw); i += 2) {
		low = raw[i];
		raw[i] = raw[i + 1];
		raw[i + 1] = low;
	}
	text_from_ucs2be(name, NAME_SIZE, raw, sizeof(raw));
	return IMAGE_OK;
}

/* A name "*.mdf" stands for that of the descriptor with another ending. */
static enum image_error add_file(struct mds *mds, const char *name)
{
	const char *slash = strrchr(mds->image->path, '/'), *own = slash ? slash + 1 : mds->image->path;
	const char *dot = strrchr(own, '.');
	int length = dot && dot != own ? (int)(dot - own) : (int)strlen(own);
	enum image_error error;
	char *full;

	if (name[0] != '*')
		return image_add_beside(mds->image, name);
	if (asprintf(&full, "%.*s%s", length, own, name + 1) < 0)
		return image_fail(mds->image, IMAGE_NO_MEMORY, "no memory");
	error = image_add_beside(mds->image, full);
	free(full);
	return error;
}

/* The file that was added last: its index, or that of the one that was opened for another track already. */
static uint32_t last_file(struct image *image)
{
	uint32_t last = image->file_count - 1, i;

	for (i = 0; i < last; i++) {
		if (strcmp(image->files[i].path, image->files[last].path))
			continue;
		close(image->files[last].source.fd);
		free(image->files[last].path);
		image->file_count--;
		return i;
	}
	return last;
}

static enum image_error open_part(struct mds *mds, uint32_t footer, char name[NAME_SIZE])
{
	uint8_t block[FOOTER_SIZE];
	enum image_error error;

	if (mds->image->file_count == FILES_MAX)
		return image_fail(mds->image, IMAGE_NOT_AN_IMAGE, "is damaged: it names more than %d files", FILES_MAX);
	snprintf(name, NAME_SIZE, "*.mdf");
	if (footer) {
		error = read_block(mds, footer + (uint64_t)mds->part_count * FOOTER_SIZE, block, sizeof(block),
				   "footer");
		if (!error && get_le32(block))
			error = read_name(mds, get_le32(block), get_le32(block + 4) & 1, name);
		if (error)
			return error;
	}
	error = add_file(mds, name);
	if (!error)
		mds->parts[mds->part_count++] = last_file(mds->image);
	return error;
}

/* Open the files of a track, which mostly are those of the track before. */
static enum image_error open_parts(struct mds *mds, const struct mds_track *track)
{
	enum image_error error = IMAGE_OK;
	char name[NAME_SIZE];

	if (mds->part_count == track->parts && mds->footer == track->footer)
		return IMAGE_OK;
	mds->footer = track->footer;
	mds->part_count = 0;
	mds->end = 0;
	while (!error && mds->part_count < track->parts)
		error = open_part(mds, track->footer, name);
	return error;
}

/*
 * The part that has the byte at @offset of all parts together, which then becomes its offset in that part. @left: how
 * many whole sectors are in it from there on; in the last part also sectors that it does not have, so that they are
 * missed there.
 */
static enum image_error find_part(struct mds *mds, const struct mds_track *track, uint64_t *offset, uint32_t *part,
				  uint64_t *left)
{
	uint32_t i;

	for (i = 0; i + 1 < mds->part_count; i++) {
		uint64_t size = mds->image->files[mds->parts[i]].size;

		if (*offset < size) {
			*left = (size - *offset) / track->stride;
			break;
		}
		*offset -= size;
	}
	*part = mds->parts[i];
	if (i + 1 == mds->part_count)
		*left = UINT32_MAX;
	if (*left)
		return IMAGE_OK;
	return image_fail(mds->image, IMAGE_NOT_AN_IMAGE,
			  "cannot be attached: a sector of track %" PRIu32 " begins in %s and "
			  "ends in the next file; save the image as one file with the program that made it",
			  track->number, mds->image->files[*part].path);
}

static enum image_error append_run(struct mds *mds, const struct mds_track *track, struct vcd_extent *run)
{
	uint32_t lba = mds->image->sectors;
	enum image_error error;

	run->form = (uint16_t)track->form;
	run->stride = (uint16_t)track->stride;
	error = image_append(mds->image, run);
	if (error || !track->sub)
		return error;
	run->lba = lba;
	run->offset += form_size(track->form);
	run->form = VCD_FORM_SUB_RAW_96;
	return image_append_subchannel(mds->image, run);
}

/* Append sectors that are stored from a place in the files of the track on. */
static enum image_error append(struct mds *mds, const struct mds_track *track, uint64_t offset, uint32_t sectors)
{
	enum image_error error = IMAGE_OK;

	while (sectors && !error) {
		struct vcd_extent run = { .offset = offset };
		uint64_t left = 0, at = offset;

		error = find_part(mds, track, &at, &run.file, &left);
		if (error)
			return error;
		run.offset = at;
		run.sectors = left < sectors ? (uint32_t)left : sectors;
		sectors -= run.sectors;
		offset += (uint64_t)run.sectors * track->stride;
		error = append_run(mds, track, &run);
	}
	return error;
}

/*
 * What is between the end of the track before and index 1. The pregap of a track is not stored as a rule; but if just
 * so many bytes lie there in the files, they are it.
 */
static enum image_error append_pregap(struct mds *mds, struct mds_track *track)
{
	const struct image *image = mds->image;
	const struct vcd_track *before = image->track_count ? &image->tracks[image->track_count - 1] : NULL;
	uint32_t gap = track->lba - image->sectors;
	uint64_t bytes = (uint64_t)gap * track->stride;
	enum image_error error;

	if (track->lba < image->sectors)
		return image_fail(mds->image, IMAGE_NOT_AN_IMAGE,
				  "is damaged: track %" PRIu32 " begins at sector %" PRIu32
				  ", and the one before it ends at %" PRIu32, track->number, track->lba,
				  image->sectors);
	if (!before) {
		track->pregap = gap;
		return image_append_zeroes(mds->image, gap);
	}
	if (before->session != track->session) {
		track->pregap = 0;
		return image_append_zeroes(mds->image, gap);
	}
	if (gap && mds->end && track->offset > mds->end && track->offset - mds->end == bytes) {
		track->pregap = gap;
		return append(mds, track, mds->end, gap);
	}
	if (track->pregap > gap)
		track->pregap = gap;
	error = image_append_zeroes(mds->image, gap - track->pregap);
	return error ? error : image_append_zeroes(mds->image, track->pregap);
}

/* A DVD that does not tell its length is as long as its files. */
static enum image_error measure(struct mds *mds, struct mds_track *track)
{
	uint64_t bytes = 0;
	uint32_t i;

	for (i = 0; i < mds->part_count; i++)
		bytes += mds->image->files[mds->parts[i]].size;
	if (bytes / track->stride > UINT32_MAX || bytes / track->stride * track->stride <= track->offset)
		return out_of_range(mds, track, "files that do not fit its start offset: their bytes are", bytes);
	track->length = (uint32_t)((bytes - track->offset) / track->stride);
	return IMAGE_OK;
}

static enum image_error add_track(struct mds *mds, struct mds_track *track)
{
	struct vcd_track added = {
		.number = (uint8_t)track->number,
		.session = (uint8_t)track->session,
		.control = (uint8_t)track->control,
		.mode = (uint8_t)track->mode,
	};
	enum image_error error = open_parts(mds, track);

	if (!error && !track->length)
		error = measure(mds, track);
	if (!error)
		error = append_pregap(mds, track);
	if (error)
		return error;
	added.pregap = track->pregap;
	error = image_begin_track(mds->image, &added);
	if (!error)
		error = append(mds, track, track->offset, track->length);
	mds->end = track->offset + (uint64_t)track->length * track->stride;
	return error;
}

/* The low three bits of the mode: 1 audio, 2 Mode 1 (and DVD), 4 Form 1, 5 Form 2, others Mode 2. */
static enum image_error decode_mode(struct mds *mds, struct mds_track *track, uint8_t mode)
{
	switch (mode & 7) {
	case 1:
		track->mode = VCD_MODE_AUDIO;
		break;
	case 2:
		track->mode = VCD_MODE_DATA;
		break;
	case 6:
		return out_of_range(mds, track, "the unknown mode", mode);
	default:
		track->mode = VCD_MODE_MODE2;
	}
	/* A disc says by its CONTROL what a track is, and the mode can't be another one. */
	track->control = track->mode == VCD_MODE_AUDIO ? track->control & ~4U : track->control | 4;
	return IMAGE_OK;
}

static enum image_error decode_form(struct mds *mds, struct mds_track *track, uint8_t sub, uint32_t size)
{
	if (sub != SUB_NONE && sub != SUB_RAW_96)
		return out_of_range(mds, track, "the unknown kind of sub-channel", sub);
	track->sub = sub == SUB_RAW_96;
	track->stride = size;
	if (track->sub)
		size = size < 96 ? 0 : size - 96;
	if (size == 2352)
		track->form = VCD_FORM_RAW_2352;
	else if (size == 2336 && track->mode == VCD_MODE_MODE2)
		track->form = VCD_FORM_MODE2_2336;
	else if (size == 2048 && track->mode != VCD_MODE_AUDIO)
		track->form = VCD_FORM_USER_2048;
	else
		return out_of_range(mds, track, "sectors that do not fit its mode: their size is", size);
	if (mds->dvd && (track->form != VCD_FORM_USER_2048 || track->mode != VCD_MODE_DATA || track->sub))
		return out_of_range(mds, track, "sectors that no DVD has: their size is", track->stride);
	return IMAGE_OK;
}

/* A track of a CD has an extra block. That of a DVD has its length where the place of that would be. */
static enum image_error decode_length(struct mds *mds, struct mds_track *track, uint32_t extra)
{
	uint32_t most = mds->dvd ? UINT32_MAX : CD_SECTORS_MAX;
	uint8_t block[EXTRA_SIZE];
	enum image_error error;

	track->length = extra;
	if (!mds->dvd) {
		error = read_block(mds, extra, block, sizeof(block), "extra block");
		if (error)
			return error;
		track->pregap = get_le32(block);
		track->length = get_le32(block + 4);
	}
	if ((!track->length && !mds->dvd) || track->length > most)
		return out_of_range(mds, track, "the length", track->length);
	return IMAGE_OK;
}

static enum image_error decode_track(struct mds *mds, struct mds_track *track, const uint8_t *block)
{
	enum image_error error;

	track->number = block[4];
	track->control = block[2] & 0xF;
	error = decode_mode(mds, track, block[0]);
	if (!error)
		error = decode_form(mds, track, block[1], get_le16(block + 16));
	if (!error)
		error = decode_length(mds, track, get_le32(block + 12));
	if (error)
		return error;
	track->lba = get_le32(block + 36);
	track->offset = get_le64(block + 40);
	track->parts = get_le32(block + 48);
	track->footer = get_le32(block + 52);
	if (!track->parts || !track->footer)
		track->parts = 1;
	if (track->lba > (mds->dvd ? 0 : CD_SECTORS_MAX))
		return out_of_range(mds, track, "the start sector", track->lba);
	/* No file is as long, and sums with lengths of sectors don't overflow. */
	if (track->offset > INT64_MAX)
		return out_of_range(mds, track, "the start offset", track->offset);
	if (track->parts > PARTS_MAX)
		return out_of_range(mds, track, "files whose number is", track->parts);
	return IMAGE_OK;
}

static enum image_error add_session(struct mds *mds, const uint8_t *session, uint32_t number)
{
	uint32_t blocks = session[10], i;
	uint64_t offset = get_le32(session + 20);
	uint8_t block[TRACK_SIZE];

	for (i = 0; i < blocks; i++) {
		struct mds_track track = { .session = number };
		enum image_error error = read_block(mds, offset + i * TRACK_SIZE, block, sizeof(block), "track blocks");

		if (error)
			return error;
		/* Others are the points of the TOC that tell first and last tracks and lead-outs. */
		if (!block[4] || block[4] > TRACKS_MAX)
			continue;
		error = decode_track(mds, &track, block);
		if (!error)
			error = add_track(mds, &track);
		if (error)
			return error;
	}
	if (!mds->image->track_count || mds->image->tracks[mds->image->track_count - 1].session != number)
		return image_fail(mds->image, IMAGE_NOT_AN_IMAGE,
				  "is damaged: session %" PRIu32 " has no tracks", number);
	return IMAGE_OK;
}

static enum image_error add_sessions(struct mds *mds, const uint8_t *header)
{
	uint32_t sessions = get_le16(header + 20), offset = get_le32(header + 80), i;
	uint8_t block[SESSION_SIZE];
	enum image_error error = IMAGE_OK;

	if (!sessions || sessions > TRACKS_MAX || (mds->dvd && sessions > 1))
		return image_fail(mds->image, IMAGE_NOT_AN_IMAGE,
				  "is damaged: its number of sessions is %" PRIu32, sessions);
	for (i = 0; i < sessions && !error; i++) {
		error = read_block(mds, offset + (uint64_t)i * SESSION_SIZE, block, sizeof(block), "session blocks");
		if (!error)
			error = add_session(mds, block, i + 1);
	}
	return error ? error : image_end_tracks(mds->image);
}

/*
 * Angles of sectors: the number of blocks, where each begins; there its number, first sector, distance and number of
 * angles. They are of no use to us: what can't be read is taken for none, for the disc is as whole without them.
 */
static void read_dpm(struct mds *mds, uint64_t offset)
{
	struct image_dpm dpm = { 0 };
	uint8_t field[4], block[16];
	uint32_t blocks, points, i;
	uint64_t at;

	if (!offset || reader_read(&mds->reader, offset, field, sizeof(field)))
		return;
	blocks = get_le32(field);
	if (blocks > DPM_BLOCKS_MAX)
		return;
	for (i = 0; i < blocks; i++) {
		if (reader_read(&mds->reader, offset + 4 + 4 * i, field, sizeof(field)))
			return;
		at = get_le32(field);
		if (reader_read(&mds->reader, at, block, sizeof(block)))
			return;
		points = get_le32(block + 12);
		if (points > (mds->reader.size - at - sizeof(block)) / 4)
			return;
		if (!dpm.points) {
			dpm.first = get_le32(block + 4);
			dpm.distance = get_le32(block + 8);
		}
		dpm.points += points;
	}
	mds->image->dpm = dpm;
}

static enum image_error check_header(struct mds *mds, const uint8_t *header)
{
	uint32_t medium = get_le16(header + 18);

	if (header[16] != 1)
		return image_fail(mds->image, IMAGE_NOT_AN_IMAGE, "is an MDS descriptor of the unknown version %u.%u",
				  header[16], header[17]);
	mds->dvd = medium == 0x10 || medium == 0x12;
	if (!mds->dvd && medium > 2)
		return image_fail(mds->image, IMAGE_NOT_AN_IMAGE,
				  "is an MDS descriptor of a medium of the unknown type %02"
				  PRIX32 "h", medium);
	return IMAGE_OK;
}

static enum image_error mds_open(struct image *image)
{
	struct mds mds = { .image = image };
	struct fd_source source = image->files[0].source;
	uint8_t header[HEADER_SIZE];
	enum image_error error;

	mds.reader = reader_from_fd(&source, image->files[0].size);
	error = read_block(&mds, 0, header, sizeof(header), "header");
	if (!error)
		error = check_header(&mds, header);
	if (!error)
		error = add_sessions(&mds, header);
	if (error)
		return error;
	read_dpm(&mds, get_le32(header + 84));
	if (!mds.dvd && image->sectors > CD_SECTORS_MAX)
		return image_fail(image, IMAGE_NOT_AN_IMAGE, "has %" PRIu32 " sectors, more than fit on a CD",
				  image->sectors);
	if (!mds.dvd)
		image->profile_hint = VCD_PROFILE_CD_ROM;
	else if (image->track_count == 1 && image->sectors <= DVD_SECTORS_MAX)
		image->profile_hint = VCD_PROFILE_DVD_ROM;
	return IMAGE_OK;
}

const struct image_format mds_format = {
	.name = "mds",
	.title = "Alcohol 120%",
	.probe = mds_probe,
	.open = mds_open,
};
