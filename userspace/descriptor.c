// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>

#include "array.h"
#include "cdtext.h"
#include "descriptor.h"

#define CONTROL_PREEMPHASIS	1
#define CONTROL_COPY		2
#define CONTROL_DATA		4
#define CONTROL_FOUR_CHANNELS	8

static int end_of(FILE *file)
{
	errno = 0;
	if (!fflush(file) && !ferror(file))
		return 0;
	return errno ? -errno : -EIO;
}

/* A CUE sheet has no means to write a quotation mark or the end of a line. */
static void print_quoted(FILE *file, const char *text)
{
	fputc('"', file);
	for (; *text; text++) {
		if (*text == '"')
			fputc('\'', file);
		else
			fputc((unsigned char)*text < ' ' || *text == 0x7F ? ' ' : *text, file);
	}
	fputc('"', file);
}

/* CD-Text of the disc or of a track. */
static void print_texts(FILE *file, const struct cdtext *text, unsigned int track)
{
	static const struct {
		enum cdtext_type type;
		const char *word;
	} words[] = {
		{ CDTEXT_TITLE, "TITLE" }, { CDTEXT_PERFORMER, "PERFORMER" }, { CDTEXT_SONGWRITER, "SONGWRITER" },
		{ CDTEXT_COMPOSER, "COMPOSER" }, { CDTEXT_ARRANGER, "ARRANGER" }, { CDTEXT_MESSAGE, "MESSAGE" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		const char *value = cdtext_get(text, track, words[i].type);

		if (!value)
			continue;
		fprintf(file, "%s%s ", track ? "    " : "", words[i].word);
		print_quoted(file, value);
		fputc('\n', file);
	}
}

static void print_index(FILE *file, unsigned int index, uint32_t sector)
{
	fprintf(file, "    INDEX %02u %02u:%02u:%02u\n", index, sector / 75 / 60, sector / 75 % 60, sector % 75);
}

static void print_track(FILE *file, const struct disc *disc, const struct disc_track *track,
			const struct cdtext *text)
{
	static const char *const modes[] = { "AUDIO", "MODE1/2352", "MODE2/2352" };
	bool audio = !(track->control & CONTROL_DATA);
	uint32_t start = disc_index_of(disc, track->lba);

	fprintf(file, "  TRACK %02u %s\n", track->number, modes[track->mode]);
	print_texts(file, text, track->number);
	if (track->control & (CONTROL_COPY | (audio ? CONTROL_PREEMPHASIS | CONTROL_FOUR_CHANNELS : 0)))
		fprintf(file, "    FLAGS%s%s%s\n", track->control & CONTROL_COPY ? " DCP" : "",
			audio && track->control & CONTROL_FOUR_CHANNELS ? " 4CH" : "",
			audio && track->control & CONTROL_PREEMPHASIS ? " PRE" : "");
	if (track->isrc[0])
		fprintf(file, "    ISRC %s\n", track->isrc);
	if (track->pregap)
		print_index(file, 0, start - track->pregap);
	print_index(file, 1, start);
}

/**
 * cue_write - write a CUE sheet
 * @disc: the disc
 * @bin: name of the file with all its sectors, beside the sheet
 * @file: where it goes
 *
 * Return: 0 or a negative errno.
 */
int cue_write(const struct disc *disc, const char *bin, FILE *file)
{
	struct cdtext *text = cdtext_decode(disc->cdtext, disc->cdtext_count);
	unsigned int i, session = 0;

	if (!text)
		return -ENOMEM;
	if (disc->mcn[0])
		fprintf(file, "CATALOG %s\n", disc->mcn);
	print_texts(file, text, 0);
	fprintf(file, "FILE ");
	print_quoted(file, bin);
	fprintf(file, " BINARY\n");
	for (i = 0; i < disc->track_count; i++) {
		const struct disc_track *track = &disc->tracks[i];

		if (disc->session_count > 1 && track->session != session)
			fprintf(file, "REM SESSION %02u\n", track->session);
		session = track->session;
		print_track(file, disc, track, text);
	}
	cdtext_free(text);
	return end_of(file);
}

static int lba_of(const uint8_t msf[3])
{
	return (msf[0] * 60 + msf[1]) * 75 + msf[2] - 150;
}

static void print_entry(FILE *file, const struct disc_entry *entry, unsigned int number)
{
	fprintf(file, "[Entry %u]\nSession=%u\nPoint=0x%02x\nADR=0x%02x\nControl=0x%02x\nTrackNo=%u\n", number,
		entry->session, entry->point, entry->adr, entry->control, entry->tno);
	fprintf(file, "AMin=%u\nASec=%u\nAFrame=%u\nALBA=%d\nZero=%u\nPMin=%u\nPSec=%u\nPFrame=%u\nPLBA=%d\n",
		entry->msf[0], entry->msf[1], entry->msf[2], lba_of(entry->msf), entry->zero, entry->pmsf[0],
		entry->pmsf[1], entry->pmsf[2], lba_of(entry->pmsf));
}

static void print_cdtext(FILE *file, const struct disc *disc)
{
	uint32_t i;
	int j;

	if (!disc->cdtext_count)
		return;
	fprintf(file, "[CDText]\nEntries=%u\n", disc->cdtext_count);
	for (i = 0; i < disc->cdtext_count; i++) {
		fprintf(file, "Entry %u=", i);
		for (j = 0; j < 16; j++)
			fprintf(file, "%s%02x", j ? " " : "", disc->cdtext[i].pack[j]);
		fputc('\n', file);
	}
}

static unsigned int session_mode(const struct disc *disc, unsigned int session)
{
	unsigned int i;

	for (i = 0; i < disc->track_count; i++)
		if (disc->tracks[i].session == session)
			return disc->tracks[i].mode;
	return 0;
}

/**
 * ccd_write - write the control file of a CloneCD image
 * @disc: the disc
 * @file: where it goes
 *
 * Return: 0 or a negative errno.
 */
int ccd_write(const struct disc *disc, FILE *file)
{
	unsigned int i;

	fprintf(file, "[CloneCD]\nVersion=3\n[Disc]\nTocEntries=%u\nSessions=%u\nDataTracksScrambled=0\n"
		"CDTextLength=%u\n", disc->entry_count, disc->session_count, disc->cdtext_count * 16);
	if (disc->mcn[0])
		fprintf(file, "CATALOG=%s\n", disc->mcn);
	print_cdtext(file, disc);
	for (i = 1; i <= disc->session_count; i++)
		fprintf(file, "[Session %u]\nPreGapMode=%u\nPreGapSubC=0\n", i, session_mode(disc, i));
	for (i = 0; i < disc->entry_count; i++)
		print_entry(file, &disc->entries[i], i);
	for (i = 0; i < disc->track_count; i++) {
		const struct disc_track *track = &disc->tracks[i];
		/* Indices count from the start of the session. */
		uint32_t start = track->lba - disc->sessions[track->session - 1].start;

		fprintf(file, "[TRACK %u]\nMODE=%u\n", track->number, track->mode);
		if (track->isrc[0])
			fprintf(file, "ISRC=%s\n", track->isrc);
		if (track->pregap)
			fprintf(file, "INDEX 0=%u\n", start - track->pregap);
		fprintf(file, "INDEX 1=%u\n", start);
	}
	return end_of(file);
}
