// SPDX-License-Identifier: GPL-2.0-only
/*
 * The text of a cue sheet. The sectors of all tracks lie in one file of 2352 bytes a sector; those between two sessions
 * are left out: their number is known.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "cdtext.h"
#include "cuesheet.h"
#include "msf.h"


#define CONTROL_PREEMPHASIS	1
#define CONTROL_COPY		2
#define CONTROL_FOUR_CHANNELS	8

/* What a text is called. */
static const struct {
	enum cdtext_type type;
	const char *word;
} texts[] = {
	{ CDTEXT_TITLE,		"TITLE" },
	{ CDTEXT_PERFORMER,	"PERFORMER" },
	{ CDTEXT_SONGWRITER,	"SONGWRITER" },
	{ CDTEXT_COMPOSER,	"COMPOSER" },
	{ CDTEXT_ARRANGER,	"ARRANGER" },
	{ CDTEXT_MESSAGE,	"MESSAGE" },
};

static bool begins_session(const struct image *image, uint32_t track)
{
	return track && image->tracks[track].session != image->tracks[track - 1].session;
}

/**
 * cuesheet_first - the first sector of a track that is in the file
 * @image: the image
 * @raw: its sectors
 * @track: index of the track
 *
 * The pregap at the beginning of a later session belongs to what lies between the sessions.
 */
uint32_t cuesheet_first(const struct image *image, const struct raw_reader *raw, uint32_t track)
{
	return begins_session(image, track) ? image->tracks[track].lba : raw_reader_start(raw, track);
}

/**
 * cuesheet_can_name - can this name of a file stand in a cue sheet?
 * @file: the name
 */
bool cuesheet_can_name(const char *file)
{
	for (; *file; file++)
		if (*file == '"' || (unsigned char)*file < ' ' || *file == 0x7F)
			return false;
	return true;
}

/* There is no way to write a quote; what looks like one is better than a title that ends early. */
static void write_quoted(FILE *stream, const char *text)
{
	fputc('"', stream);
	for (; *text; text++) {
		if (*text == '"')
			fputc('\'', stream);
		else
			fputc((unsigned char)*text < ' ' || *text == 0x7F ? ' ' : *text, stream);
	}
	fputc('"', stream);
}

static void write_texts(FILE *stream, const struct cdtext *text, unsigned int track)
{
	size_t i;

	for (i = 0; text && i < ARRAY_SIZE(texts); i++) {
		const char *value = cdtext_get(text, track, texts[i].type);

		if (!value)
			continue;
		fprintf(stream, "%s%s ", track ? "    " : "", texts[i].word);
		write_quoted(stream, value);
		fputs("\n", stream);
	}
}

static void write_index(FILE *stream, unsigned int index, uint32_t sector)
{
	struct msf at = msf_from_frames(sector);

	fprintf(stream, "    INDEX %02u %02u:%02u:%02u\n", index, at.m, at.s, at.f);
}

static void write_flags(FILE *stream, const struct cuesheet_track *track)
{
	/* With data, the other bits have no meaning. */
	uint8_t flags = track->control & (CONTROL_COPY | (track->mode == VCD_MODE_AUDIO ?
							  CONTROL_PREEMPHASIS | CONTROL_FOUR_CHANNELS : 0));

	if (!flags)
		return;
	fprintf(stream, "    FLAGS%s%s%s\n", flags & CONTROL_COPY ? " DCP" : "",
		flags & CONTROL_FOUR_CHANNELS ? " 4CH" : "", flags & CONTROL_PREEMPHASIS ? " PRE" : "");
}

static const char *mode_word(uint32_t mode)
{
	switch (mode) {
	case VCD_MODE_AUDIO:
		return "AUDIO";
	case VCD_MODE_MODE2:
		return "MODE2/2352";
	default:
		return "MODE1/2352";
	}
}

static void write_track(FILE *stream, const struct cuesheet *sheet, const struct cuesheet_track *track,
			const struct cdtext *text)
{
	uint32_t i;

	fprintf(stream, "  TRACK %02u %s\n", track->number, mode_word(track->mode));
	write_texts(stream, text, track->number);
	write_flags(stream, track);
	if (track->isrc[0])
		fprintf(stream, "    ISRC %.*s\n", VCD_ISRC_LEN, track->isrc);
	if (track->pregap)
		write_index(stream, 0, track->start - track->pregap);
	write_index(stream, 1, track->start);
	for (i = 0; i < sheet->index_count; i++)
		if (sheet->indices[i].track == track->number)
			write_index(stream, sheet->indices[i].number, sheet->indices[i].at);
}

/**
 * cuesheet_print - write a cue sheet
 * @stream: where it goes
 * @sheet: what it says
 *
 * Return: 0; -ENOMEM; -EIO when the stream does not take it.
 */
int cuesheet_print(FILE *stream, const struct cuesheet *sheet)
{
	struct cdtext *text = NULL;
	uint32_t i, session = 0;
	bool sessions = sheet->track_count && sheet->tracks[sheet->track_count - 1].session > 1;

	if (sheet->cdtext_count) {
		text = cdtext_decode(sheet->cdtext, sheet->cdtext_count);
		if (!text)
			return -ENOMEM;
	}
	if (sheet->mcn[0])
		fprintf(stream, "CATALOG %.*s\n", VCD_MCN_LEN, sheet->mcn);
	write_texts(stream, text, 0);
	fputs("FILE ", stream);
	write_quoted(stream, sheet->file);
	fputs(" BINARY\n", stream);
	for (i = 0; i < sheet->track_count; i++) {
		if (sessions && sheet->tracks[i].session != session)
			fprintf(stream, "REM SESSION %02u\n", sheet->tracks[i].session);
		session = sheet->tracks[i].session;
		write_track(stream, sheet, &sheet->tracks[i], text);
	}
	cdtext_free(text);
	return ferror(stream) ? -EIO : 0;
}

/* Where the indices of an image are in the file, in which track after track begins at these sectors */
static struct cuesheet_index *place_indices(const struct image *image, const struct cuesheet_track *tracks)
{
	struct cuesheet_index *indices = calloc(image->index_count + 1, sizeof(*indices));
	uint32_t i, track = 0;

	for (i = 0; indices && i < image->index_count; i++) {
		const struct vcd_index *index = &image->indices[i];

		while (image->tracks[track].number != index->track)
			track++;
		indices[i] = (struct cuesheet_index){
			.track = index->track, .number = index->index,
			.at = tracks[track].start + (index->lba - image->tracks[track].lba),
		};
	}
	return indices;
}

/**
 * cuesheet_write - write the cue sheet of an image
 * @stream: where it goes
 * @image: the image of a CD
 * @raw: its sectors
 * @file: name of the file with the sectors: those of track after track from cuesheet_first() to raw_reader_end()
 *
 * Return: as cuesheet_print().
 */
int cuesheet_write(FILE *stream, const struct image *image, const struct raw_reader *raw, const char *file)
{
	struct cuesheet sheet = {
		.file = file,
		.mcn = image->mcn,
		.cdtext = image->cdtext,
		.cdtext_count = image->cdtext_count,
		.track_count = image->track_count,
	};
	struct cuesheet_index *indices;
	uint32_t i, at = 0;
	int err;

	for (i = 0; i < image->track_count; i++) {
		const struct vcd_track *track = &image->tracks[i];
		uint32_t first = cuesheet_first(image, raw, i);

		sheet.tracks[i] = (struct cuesheet_track){
			.start = at + track->lba - first,
			.pregap = track->lba - first,
			.number = track->number,
			.session = track->session,
			.control = track->control,
			.mode = track->mode,
			.isrc = track->isrc,
		};
		at += raw_reader_end(raw, i) - first;
	}
	indices = place_indices(image, sheet.tracks);
	if (!indices)
		return -ENOMEM;
	sheet.indices = indices;
	sheet.index_count = image->index_count;
	err = cuesheet_print(stream, &sheet);
	free(indices);
	return err;
}
