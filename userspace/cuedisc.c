// SPDX-License-Identifier: GPL-2.0-only
/*
 * The disc that a CUE sheet describes.
 *
 * What is in the files follows one another on the disc, from sector 0 on: a cursor runs through the files from index
 * to index, and what it passes belongs to the track whose index it passed last. Times count the sectors of a file,
 * whatever the size of each.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "audiofile.h"
#include "beside.h"
#include "cue.h"
#include "msf.h"
#include "textfile.h"

/* The two seconds before the first track of a session, which are not in a file. */
#define SAMPLES_SIZE	2352
#define SUBCHANNEL_SIZE	96
#define TO_END		UINT32_MAX

/* What programs put before and behind the packs when they store what a drive answered. */
#define PACK_SIZE	18
#define TOC_HEADER_SIZE	4

/**
 * struct span - what of a file has not been put onto the disc
 * @file: index into image->files
 * @offset: where it begins
 * @size: bytes
 * @at: sectors before it
 */
struct span {
	uint32_t file;
	uint64_t offset;
	uint64_t size;
	uint32_t at;
};

/**
 * struct builder - a disc that is put together
 * @image: the image
 * @sheet: the sheet
 * @spans: by file of the sheet
 * @file: the file that the cursor is in
 * @mark: the next of the sheet's marks
 */
struct builder {
	struct image *image;
	const struct cue_sheet *sheet;
	struct span spans[CUE_FILES_MAX];
	uint32_t file;
	uint32_t mark;
};

/* Say which line is to blame for what a function has complained about. */
static enum image_error at_line(struct image *image, unsigned int line, enum image_error error)
{
	char reason[sizeof(image->reason)];

	if (!error || error == IMAGE_NO_MEMORY)
		return error;
	memcpy(reason, image->reason, sizeof(reason));
	return image_fail(image, error, "line %u: %s", line, reason);
}

/* A name may be in the encoding of the sheet on the disk too. */
static enum image_error add_named(struct image *image, const struct cue_sheet *sheet, const char *name)
{
	enum image_error error = image_add_beside(image, name);
	char *legacy;

	if (error != IMAGE_NOT_AN_IMAGE || !sheet->legacy)
		return error;
	legacy = textfile_to_legacy(name);
	if (legacy && image_add_beside(image, legacy))
		error = image_add_beside(image, name);
	else if (legacy)
		error = IMAGE_OK;
	free(legacy);
	return error;
}

static enum image_error open_files(struct builder *builder)
{
	struct image *image = builder->image;
	uint32_t i;

	for (i = 0; i < builder->sheet->file_count; i++) {
		const struct cue_file *file = &builder->sheet->files[i];
		struct audio_samples samples = { 0 };
		enum image_error error;

		error = add_named(image, builder->sheet, file->name);
		if (!error && file->type == CUE_SOUND)
			error = audiofile_read(image, file->name, &samples);
		if (error)
			return at_line(image, file->line, error);
		builder->spans[i] = (struct span){
			.file = image->file_count - 1,
			.offset = samples.offset,
			.size = file->type == CUE_SOUND ? samples.size : image->files[image->file_count - 1].size,
		};
	}
	return IMAGE_OK;
}

static uint16_t form_of(const struct cue_track *track, const struct cue_file *file)
{
	if (track->mode->mode == VCD_MODE_AUDIO && file->type == CUE_MOTOROLA)
		return VCD_FORM_AUDIO_BE_2352;
	return track->mode->form;
}

/* How many sectors a span has, @rest bytes of the last of them if that is not whole */
static enum image_error measure(struct builder *builder, const struct cue_track *track, uint32_t *sectors,
				uint32_t *rest)
{
	const struct cue_file *file = &builder->sheet->files[builder->file];
	const struct span *span = &builder->spans[builder->file];
	bool audio = track->mode->mode == VCD_MODE_AUDIO;
	uint64_t count = span->size / track->mode->size;

	if (file->type == CUE_SOUND && (!audio || track->mode->size != SAMPLES_SIZE))
		return image_fail(builder->image, IMAGE_NOT_AN_IMAGE,
				  "line %u: track %u is %s, and the file of line %u is sound", track->line,
				  track->number, track->mode->name, file->line);
	*rest = (uint32_t)(span->size % track->mode->size);
	if (*rest && audio)
		count++;
	if (count >= TO_END)
		return image_fail(builder->image, IMAGE_NOT_AN_IMAGE, "line %u: the file is longer than any disc",
				  file->line);
	*sectors = (uint32_t)count;
	return IMAGE_OK;
}

static enum image_error too_short(struct builder *builder, const struct cue_index *to, uint32_t sectors)
{
	struct msf end = msf_from_frames((uint64_t)builder->spans[builder->file].at + sectors);

	return image_fail(builder->image, IMAGE_NOT_AN_IMAGE,
			  "line %u: this index lies behind the end of its file, which is at %02u:%02u:%02u; "
			  "is the file complete, and is the mode of the track the right one?",
			  to->line, end.m, end.s, end.f);
}

/*
 * Move the cursor within its file up to an index, or to the end of the file if @to is NULL; @run is what it passes,
 * which may be nothing.
 */
static enum image_error move(struct builder *builder, const struct cue_track *track, const struct cue_index *to,
			     struct vcd_extent *run)
{
	const struct cue_file *file = &builder->sheet->files[builder->file];
	struct span *span = &builder->spans[builder->file];
	uint32_t sectors = 0, rest = 0, wanted, size = track->mode->size;
	enum image_error error;
	uint64_t bytes;

	error = measure(builder, track, &sectors, &rest);
	if (error)
		return error;
	/* Indexes of a file do not fall, so that the cursor is not beyond it. */
	wanted = to ? to->at - span->at : sectors;
	if (to && wanted > sectors)
		return too_short(builder, to, sectors);
	if (!to && rest && track->mode->mode != VCD_MODE_AUDIO)
		return image_fail(builder->image, IMAGE_NOT_AN_IMAGE,
				  "line %u: track %u ends in the middle of a sector: %" PRIu32 " bytes are left of the "
				  "file behind the last whole one of %" PRIu32 "; is the file complete, and is %s the "
				  "right mode?",
				  track->line, track->number, rest, size, track->mode->name);
	*run = (struct vcd_extent){
		.file = span->file,
		.sectors = wanted,
		.offset = span->offset,
		.form = form_of(track, file),
		.stride = (uint16_t)size,
		.tail = wanted == sectors && rest < SAMPLES_SIZE ? rest : 0,
	};
	bytes = (uint64_t)wanted * size;
	if (bytes > span->size)
		bytes = span->size;
	span->at += wanted;
	span->offset += bytes;
	span->size -= bytes;
	return IMAGE_OK;
}

/* What is sub-channel of sectors that are at the end of the disc */
static enum image_error append_subchannel(struct builder *builder, const struct vcd_extent *run)
{
	struct vcd_extent sub = *run;

	sub.lba = builder->image->sectors - run->sectors;
	sub.offset += SAMPLES_SIZE;
	sub.form = VCD_FORM_SUB_RAW_96;
	sub.tail = 0;
	/* The last sector may lack it, in whole or in part. */
	if (sub.offset + (uint64_t)(sub.sectors - 1) * sub.stride + SUBCHANNEL_SIZE >
	    builder->image->files[sub.file].size)
		sub.sectors--;
	return image_append_subchannel(builder->image, &sub);
}

/* Append what the cursor passes, but for the first *@skip sectors */
static enum image_error pass(struct builder *builder, const struct cue_track *track, const struct cue_index *to,
			     uint32_t *skip)
{
	struct vcd_extent run;
	enum image_error error = move(builder, track, to, &run);
	uint32_t skipped;

	if (error)
		return error;
	skipped = *skip < run.sectors ? *skip : run.sectors;
	*skip -= skipped;
	run.sectors -= skipped;
	run.offset += (uint64_t)skipped * run.stride;
	if (!run.sectors)
		return IMAGE_OK;
	error = image_append(builder->image, &run);
	if (!error && run.stride == SAMPLES_SIZE + SUBCHANNEL_SIZE)
		error = append_subchannel(builder, &run);
	return at_line(builder->image, track->line, error);
}

/* Append all from the cursor to the beginning of a file, but for the first *@skip sectors. */
static enum image_error pass_files(struct builder *builder, const struct cue_track *track, uint32_t file,
				   uint32_t *skip)
{
	enum image_error error = IMAGE_OK;

	for (; !error && builder->file < file; builder->file++)
		error = pass(builder, track, NULL, skip);
	return error;
}

/* Indices above 1 of a track in what the cursor has passed from sector @from of its file on, which is at @lba of the disc */
static enum image_error add_marks(struct builder *builder, const struct cue_track *track, uint32_t from, uint32_t lba)
{
	uint32_t sectors = builder->image->sectors - lba;
	enum image_error error = IMAGE_OK;

	for (; !error && builder->mark < builder->sheet->mark_count; builder->mark++) {
		const struct cue_mark *mark = &builder->sheet->marks[builder->mark];
		struct vcd_index index = { .track = mark->track, .index = mark->number };

		if (mark->track != track->number || mark->index.file != builder->file)
			break;
		if (mark->index.at - from > sectors)
			return too_short(builder, &mark->index, 0);
		index.lba = lba + (mark->index.at - from);
		error = image_add_index(builder->image, &index);
	}
	return error;
}

/* Append what the cursor passes of the rest of a track up to an index, or to the end of the file. */
static enum image_error pass_track(struct builder *builder, const struct cue_track *track, const struct cue_index *to)
{
	uint32_t from = builder->spans[builder->file].at, lba = builder->image->sectors, none = 0;
	enum image_error error = pass(builder, track, to, &none);

	return error ? error : add_marks(builder, track, from, lba);
}

static enum image_error pass_files_of_track(struct builder *builder, const struct cue_track *track, uint32_t file)
{
	enum image_error error = IMAGE_OK;

	for (; !error && builder->file < file; builder->file++)
		error = pass_track(builder, track, NULL);
	return error;
}

/* Append all of a pregap, which may go through the ends of files, but for the first @skip sectors. */
static enum image_error add_pregap(struct builder *builder, const struct cue_track *track, uint32_t skip)
{
	enum image_error error = pass_files(builder, track, track->index.file, &skip);

	return error ? error : pass(builder, track, &track->index, &skip);
}

/* Does an index of the track lie in this file? */
static bool reaches_into(const struct builder *builder, const struct cue_track *track, uint32_t file)
{
	const struct cue_sheet *sheet = builder->sheet;
	uint32_t i;

	for (i = builder->mark; i < sheet->mark_count && sheet->marks[i].track == track->number; i++)
		if (sheet->marks[i].index.file == file)
			return true;
	return track->index.file == file;
}

/* Append the rest of a track, up to the next one. What a file has before its first index is that one's pregap. */
static enum image_error end_track(struct builder *builder, const struct cue_track *track, const struct cue_track *next)
{
	const struct cue_index *to = next->start.line ? &next->start : &next->index;
	bool shared = reaches_into(builder, track, to->file);
	enum image_error error = pass_files_of_track(builder, track, to->file);

	if (!error && shared)
		error = pass_track(builder, track, to);
	return error ? error : image_append_zeroes(builder->image, track->postgap);
}

static enum image_error end_last_track(struct builder *builder, const struct cue_track *track)
{
	enum image_error error = pass_files_of_track(builder, track, builder->sheet->file_count);

	return error ? error : image_append_zeroes(builder->image, track->postgap);
}

/*
 * Sectors at the beginning of a pregap that are not to be appended. Between sessions the gap is there already, in its
 * full length. Before sector 0 a disc has two seconds of its own; where the first track is data and its file has a
 * pregap of two seconds or more, it is those, since file systems count from sector 0. Sound before the first index 1 is
 * heard from sector 0 on.
 */
static uint32_t pregap_to_skip(const struct cue_track *track, bool first, bool opens_session)
{
	if (opens_session)
		return TO_END;
	if (first && track->mode->mode != VCD_MODE_AUDIO && track->index.file == 0 && track->index.at >= MSF_PREGAP)
		return MSF_PREGAP;
	return 0;
}

static enum image_error add_track(struct builder *builder, const struct cue_track *track,
				  const struct cue_track *before)
{
	bool opens_session = before && track->session != before->session;
	struct image *image = builder->image;
	uint32_t silent = track->pregap, begin;
	struct vcd_track added = {
		.number = track->number,
		.session = track->session,
		.control = track->control,
		.mode = track->mode->mode,
	};
	enum image_error error = IMAGE_OK;

	if (opens_session)
		error = image_begin_session(image);
	if (opens_session)
		silent = 0;
	else if (!before)
		silent -= silent < MSF_PREGAP ? silent : MSF_PREGAP;
	begin = image->sectors;
	if (!error)
		error = image_append_zeroes(image, silent);
	if (!error)
		error = add_pregap(builder, track, pregap_to_skip(track, !before, opens_session));
	if (error)
		return error;
	memcpy(added.isrc, track->isrc, sizeof(added.isrc));
	added.pregap = image->sectors - begin;
	return at_line(image, track->line, image_begin_track(image, &added));
}

static enum image_error add_packs(struct image *image, const struct image_file *file)
{
	struct reader reader = reader_from_fd(&file->source, file->size);
	uint64_t at = file->size % PACK_SIZE == TOC_HEADER_SIZE ? TOC_HEADER_SIZE : 0;
	enum image_error error = IMAGE_OK;
	struct vcd_cdtext pack;

	/* A byte 0 may be behind the last pack. */
	if (file->size % PACK_SIZE > 1 && !at)
		return image_fail(image, IMAGE_NOT_AN_IMAGE,
				  "this file is not CD-Text: it does not consist of packs of %d bytes", PACK_SIZE);
	for (; !error && at + PACK_SIZE <= file->size; at += PACK_SIZE) {
		if (reader_read(&reader, at, pack.pack, sizeof(pack.pack)))
			return image_fail(image, IMAGE_CANNOT_OPEN, "this file cannot be read");
		if (pack.pack[0] < 0x80 || pack.pack[0] > 0x8F)
			return image_fail(image, IMAGE_NOT_AN_IMAGE,
					  "this file is not CD-Text: byte %" PRIu64 " is no type of a pack", at);
		error = image_add_cdtext(image, &pack);
	}
	return error;
}

static enum image_error add_text(struct image *image, const struct cue_sheet *sheet)
{
	enum image_error error;

	if (!sheet->cdtext_file)
		return cdtext_add(sheet->text, image);
	error = add_named(image, sheet, sheet->cdtext_file);
	if (!error)
		error = add_packs(image, &image->files[image->file_count - 1]);
	if (error)
		return at_line(image, sheet->cdtext_line, error);
	image_drop_file(image);
	return IMAGE_OK;
}

/**
 * cue_make_disc - put the disc of a CUE sheet together
 * @image: the image; its tracks, extents and files are added
 * @sheet: the sheet; it has tracks, each has an index 1, and each file has an index
 */
enum image_error cue_make_disc(struct image *image, const struct cue_sheet *sheet)
{
	struct builder *builder = calloc(1, sizeof(*builder));
	const struct cue_track *before = NULL;
	enum image_error error;
	uint32_t i;

	if (!builder)
		return image_fail(image, IMAGE_NO_MEMORY, "no memory");
	builder->image = image;
	builder->sheet = sheet;
	error = open_files(builder);
	for (i = 0; !error && i < sheet->track_count; i++) {
		const struct cue_track *track = &sheet->tracks[i];

		if (before)
			error = end_track(builder, before, track);
		if (!error)
			error = add_track(builder, track, before);
		before = track;
	}
	if (!error)
		error = end_last_track(builder, before);
	free(builder);
	if (error)
		return error;
	memcpy(image->mcn, sheet->mcn, sizeof(sheet->mcn));
	error = add_text(image, sheet);
	return error ? error : image_end_tracks(image);
}
