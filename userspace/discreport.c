// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "array.h"
#include "cdtext.h"
#include "checksum.h"
#include "discreport.h"
#include "discsums.h"
#include "msf.h"
#include "rawreader.h"
#include "vcdctl.h"

#define MSF_TEXT	16

/* Texts of CD-Text that are shown, by their names in a report. */
static const struct {
	enum cdtext_type type;
	const char *key;
} texts[] = {
	{ CDTEXT_TITLE,		"title" },
	{ CDTEXT_PERFORMER,	"performer" },
	{ CDTEXT_SONGWRITER,	"songwriter" },
	{ CDTEXT_COMPOSER,	"composer" },
	{ CDTEXT_ARRANGER,	"arranger" },
	{ CDTEXT_MESSAGE,	"message" },
};

static const char *msf_text(char text[MSF_TEXT], uint32_t frames)
{
	struct msf at = msf_from_frames(frames);

	snprintf(text, MSF_TEXT, "%02u:%02u:%02u", at.m, at.s, at.f);
	return text;
}

static bool is_cd(const struct image *image)
{
	return image_profile(image) == VCD_PROFILE_CD_ROM;
}

static const char *mode_name(const struct image *image, uint32_t mode)
{
	switch (mode) {
	case VCD_MODE_AUDIO:
		return "audio";
	case VCD_MODE_MODE2:
		return "mode2";
	default:
		return is_cd(image) ? "mode1" : "data";
	}
}

/* As a cue sheet calls them */
static void report_flags(struct report *report, const struct vcd_track *track)
{
	char flags[16];

	snprintf(flags, sizeof(flags), "%s%s%s", track->control & 2 ? " DCP" : "",
		 track->mode == VCD_MODE_AUDIO && track->control & 8 ? " 4CH" : "",
		 track->mode == VCD_MODE_AUDIO && track->control & 1 ? " PRE" : "");
	if (flags[0])
		report_field_string(report, "flags", flags + 1);
}

static void report_texts(struct report *report, const struct cdtext *text, unsigned int number)
{
	size_t i;

	for (i = 0; text && i < ARRAY_SIZE(texts); i++) {
		const char *value = cdtext_get(text, number, texts[i].type);

		if (value)
			report_field_string(report, texts[i].key, value);
	}
}

/* What lies between two sessions is no part of a track, though it counts as such. */
static uint32_t track_length(const struct image *image, const struct raw_reader *raw, uint32_t index)
{
	const struct vcd_track *track = &image->tracks[index];

	if (!raw || index + 1 == image->track_count || image->tracks[index + 1].session == track->session)
		return track->sectors;
	return raw_reader_end(raw, index) - track->lba;
}

static void report_track(struct report *report, const struct image *image, const struct raw_reader *raw, uint32_t index,
			 const struct cdtext *text)
{
	const struct vcd_track *track = &image->tracks[index];
	uint32_t sectors = track_length(image, raw, index);
	char address[MSF_TEXT], isrc[VCD_ISRC_LEN + 1];
	uint32_t indices = 0, i;

	report_begin_entry(report);
	report_field_number(report, "number", track->number);
	report_field_number(report, "session", track->session);
	report_field_string(report, "mode", mode_name(image, track->mode));
	report_field_number(report, "lba", track->lba);
	if (is_cd(image))
		report_field_string(report, "msf", msf_text(address, track->lba + MSF_PREGAP));
	report_field_number(report, "sectors", sectors);
	if (is_cd(image))
		report_field_string(report, "length", msf_text(address, sectors));
	report_field_number(report, "pregap", track->pregap);
	report_field_number(report, "control", track->control);
	report_flags(report, track);
	for (i = 0; i < image->index_count; i++)
		if (image->indices[i].track == track->number)
			indices = image->indices[i].index;
	if (indices)
		report_field_number(report, "indices", indices);
	snprintf(isrc, sizeof(isrc), "%.*s", VCD_ISRC_LEN, track->isrc);
	if (isrc[0])
		report_field_string(report, "isrc", isrc);
	report_texts(report, text, track->number);
	report_end_entry(report);
}

static void report_session(struct report *report, const struct image *image, uint32_t number)
{
	const struct vcd_track *first = NULL, *last = NULL;
	uint32_t i;

	for (i = 0; i < image->track_count; i++) {
		if (image->tracks[i].session != number)
			continue;
		first = first ? first : &image->tracks[i];
		last = &image->tracks[i];
	}
	if (!first)
		return;
	report_begin_entry(report);
	report_field_number(report, "number", number);
	report_field_number(report, "first-track", first->number);
	report_field_number(report, "last-track", last->number);
	report_field_number(report, "lba", first->lba);
	report_end_entry(report);
}

/**
 * report_disc - tracks, sessions, numbers and texts
 * @report: where they go
 * @image: an open image
 */
void report_disc(struct report *report, const struct image *image)
{
	struct cdtext *text = image->cdtext_count ? cdtext_decode(image->cdtext, image->cdtext_count) : NULL;
	struct raw_reader *raw = is_cd(image) ? raw_reader_new(image) : NULL;
	uint32_t i;

	report_begin_entries(report, "Track list", "Track");
	for (i = 0; i < image->track_count; i++)
		report_track(report, image, raw, i, text);
	report_end_entries(report);
	report_begin_entries(report, "Session list", "Session");
	for (i = 1; i <= image_sessions(image); i++)
		report_session(report, image, i);
	report_end_entries(report);
	report_string(report, "MCN", image->mcn);
	report_number(report, "CD-Text packs", image->cdtext_count, NULL);
	if (text) {
		report_begin_entries(report, "CD-Text", "CD-Text");
		report_begin_entry(report);
		report_texts(report, text, 0);
		report_end_entry(report);
		report_end_entries(report);
	}
	report_bool(report, "Sub-channels", image->subchannel_count);
	raw_reader_free(raw);
	cdtext_free(text);
}

static void report_sums(struct report *report, const char *of, uint64_t bytes, const struct checksum_texts *sums)
{
	unsigned int kind;

	report_begin_entry(report);
	report_field_string(report, "of", of);
	report_field_number(report, "bytes", bytes);
	for (kind = 0; kind < CHECKSUM_KINDS; kind++)
		if (sums->text[kind][0])
			report_field_string(report, checksum_name((enum checksum_kind)kind), sums->text[kind]);
	report_end_entry(report);
}

/* Checksums of a track, or of the user data when @raw is NULL */
static enum exit_code report_one(struct report *report, const struct image *image, struct raw_reader *raw,
				 uint32_t track)
{
	struct checksum_texts made;
	enum exit_code code;
	char of[32] = "user data";
	uint64_t bytes;

	code = disc_checksums(image, raw, track, CHECKSUM_USUAL, &made, &bytes);
	if (raw)
		snprintf(of, sizeof(of), "track %u", image->tracks[track].number);
	if (code == CODE_OK)
		report_sums(report, of, bytes, &made);
	return code;
}

/**
 * report_checksums - checksums of the tracks and of the user data
 * @report: where they go
 * @image: an open image
 *
 * Tracks of a CD are counted as databases of discs do it: all of their sectors with 2352 bytes, the pregap included.
 * User data are the 2048 bytes of each sector of a disc without audio tracks: what a plain image has.
 *
 * Return: an exit code; what is wrong has been said.
 */
enum exit_code report_checksums(struct report *report, const struct image *image)
{
	enum exit_code code = CODE_OK;
	struct raw_reader *raw = NULL;
	uint32_t i;

	if (is_cd(image)) {
		raw = raw_reader_new(image);
		if (!raw) {
			complain(image->path, "the tracks cannot be read: %s", strerror(errno));
			return CODE_FAILURE;
		}
	}
	report_begin_entries(report, "Checksums", "Checksums");
	for (i = 0; raw && i < image->track_count && code == CODE_OK; i++)
		code = report_one(report, image, raw, i);
	if (code == CODE_OK && !disc_has_audio(image))
		code = report_one(report, image, NULL, 0);
	report_end_entries(report);
	raw_reader_free(raw);
	return code;
}
