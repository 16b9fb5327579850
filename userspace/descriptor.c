// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>

#include "cuesheet.h"
#include "descriptor.h"
#include "msf.h"

static int end_of(FILE *file)
{
	errno = 0;
	if (!fflush(file) && !ferror(file))
		return 0;
	return errno ? -errno : -EIO;
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
	static const uint32_t modes[] = { VCD_MODE_AUDIO, VCD_MODE_DATA, VCD_MODE_MODE2 };
	struct cuesheet sheet = {
		.file = bin,
		.mcn = disc->mcn,
		.cdtext = disc->cdtext,
		.cdtext_count = disc->cdtext_count,
		.track_count = disc->track_count,
	};
	struct cuesheet_index *indices = calloc(disc->index_count + 1, sizeof(*indices));
	unsigned int i;
	int err;

	if (!indices)
		return -ENOMEM;
	for (i = 0; i < disc->track_count; i++) {
		const struct disc_track *track = &disc->tracks[i];

		sheet.tracks[i] = (struct cuesheet_track){
			.start = disc_index_of(disc, track->lba),
			.pregap = track->pregap,
			.number = track->number,
			.session = track->session,
			.control = track->control,
			.mode = modes[track->mode],
			.isrc = track->isrc,
		};
	}
	for (i = 0; i < disc->index_count; i++) {
		indices[i] = (struct cuesheet_index){
			.track = disc->indices[i].track, .number = disc->indices[i].index,
			.at = disc_index_of(disc, disc->indices[i].lba),
		};
	}
	sheet.indices = indices;
	sheet.index_count = disc->index_count;
	err = cuesheet_print(file, &sheet);
	free(indices);
	return err ? err : end_of(file);
}

static int lba_of(const uint8_t msf[3])
{
	return (int)msf_to_frames(msf[0], msf[1], msf[2]) - MSF_PREGAP;
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
	unsigned int i, j;

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
		for (j = 0; j < disc->index_count; j++)
			if (disc->indices[j].track == track->number)
				fprintf(file, "INDEX %u=%u\n", disc->indices[j].index,
					start + (disc->indices[j].lba - track->lba));
	}
	return end_of(file);
}
