// SPDX-License-Identifier: GPL-2.0-only
/*
 * The text of a cue sheet. The sectors of all tracks lie in one file of 2352 bytes a sector; those between two sessions
 * are left out: their number is known.
 */
#include <errno.h>
#include <string.h>

#include "array.h"
#include "cdtext.h"
#include "cuesheet.h"

#define FRAMES	75

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

/* There is no way to write a quote; what looks like one is better than a title that ends early. */
static void write_quoted(FILE *stream, const char *indent, const char *word, const char *text)
{
	fprintf(stream, "%s%s \"", indent, word);
	for (; *text; text++) {
		if (*text == '"')
			fputc('\'', stream);
		else
			fputc((unsigned char)*text < ' ' ? ' ' : *text, stream);
	}
	fputs("\"\r\n", stream);
}

static void write_texts(FILE *stream, const struct cdtext *text, unsigned int track)
{
	size_t i;

	for (i = 0; text && i < ARRAY_SIZE(texts); i++) {
		const char *value = cdtext_get(text, track, texts[i].type);

		if (value)
			write_quoted(stream, track ? "    " : "", texts[i].word, value);
	}
}

static void write_index(FILE *stream, unsigned int index, uint32_t sector)
{
	fprintf(stream, "    INDEX %02u %02u:%02u:%02u\r\n", index, sector / FRAMES / 60, sector / FRAMES % 60,
		sector % FRAMES);
}

static void write_flags(FILE *stream, const struct vcd_track *track)
{
	bool audio = track->mode == VCD_MODE_AUDIO;

	if (!(track->control & 2) && !(audio && track->control & 9))
		return;
	fprintf(stream, "    FLAGS%s%s%s\r\n", track->control & 2 ? " DCP" : "",
		audio && track->control & 8 ? " 4CH" : "", audio && track->control & 1 ? " PRE" : "");
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

static void write_track(FILE *stream, const struct vcd_track *track, const struct cdtext *text, uint32_t pregap,
			uint32_t at)
{
	fprintf(stream, "  TRACK %02u %s\r\n", track->number, mode_word(track->mode));
	write_texts(stream, text, track->number);
	write_flags(stream, track);
	if (track->isrc[0])
		fprintf(stream, "    ISRC %.*s\r\n", VCD_ISRC_LEN, track->isrc);
	if (pregap)
		write_index(stream, 0, at);
	write_index(stream, 1, at + pregap);
}

/**
 * cuesheet_write - write a cue sheet
 * @stream: where it goes
 * @image: the image of a CD
 * @raw: its sectors
 * @file: name of the file with the sectors, without a quote: those of track after track from cuesheet_first() to
 *	raw_reader_end()
 *
 * Return: 0; -ENOMEM; -EIO when the stream does not take it.
 */
int cuesheet_write(FILE *stream, const struct image *image, const struct raw_reader *raw, const char *file)
{
	struct cdtext *text = NULL;
	uint32_t i, at = 0;

	if (image->cdtext_count) {
		text = cdtext_decode(image->cdtext, image->cdtext_count);
		if (!text)
			return -ENOMEM;
	}
	if (image->mcn[0])
		fprintf(stream, "CATALOG %.*s\r\n", VCD_MCN_LEN, image->mcn);
	write_texts(stream, text, 0);
	if (image_sessions(image) > 1)
		fputs("REM SESSION 01\r\n", stream);
	fprintf(stream, "FILE \"%s\" BINARY\r\n", file);
	for (i = 0; i < image->track_count; i++) {
		uint32_t first = cuesheet_first(image, raw, i);

		if (begins_session(image, i))
			fprintf(stream, "REM SESSION %02u\r\n", image->tracks[i].session);
		write_track(stream, &image->tracks[i], text, image->tracks[i].lba - first, at);
		at += raw_reader_end(raw, i) - first;
	}
	cdtext_free(text);
	return ferror(stream) ? -EIO : 0;
}
