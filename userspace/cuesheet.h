/* SPDX-License-Identifier: GPL-2.0-only */
/* The text of a cue sheet for a disc whose sectors lie in one file. */
#ifndef VCD_CUESHEET_H
#define VCD_CUESHEET_H

#include <stdio.h>

#include "image.h"
#include "rawreader.h"

/** CUESHEET_TRACKS: most tracks of a cue sheet */
#define CUESHEET_TRACKS	99

/**
 * struct cuesheet_track - a track of a cue sheet
 * @start: where index 1 is in the file, in sectors
 * @pregap: how many sectors before it are of this track already
 * @number: 1 to 99
 * @session: 1 to 99
 * @control: its flags, as in sub-channel Q
 * @mode: VCD_MODE_*
 * @isrc: ISRC, or empty
 */
struct cuesheet_track {
	uint32_t start;
	uint32_t pregap;
	uint32_t number;
	uint32_t session;
	uint8_t control;
	uint32_t mode;
	const char *isrc;
};

/**
 * struct cuesheet_index - an index above 1
 * @track: number of the track
 * @number: number of the index
 * @at: where it is in the file, in sectors
 */
struct cuesheet_index {
	uint32_t track;
	uint32_t number;
	uint32_t at;
};

/**
 * struct cuesheet - what a cue sheet says
 * @file: name of the file with the sectors of all tracks
 * @mcn: media catalogue number, or empty
 * @cdtext: packs of CD-Text
 * @cdtext_count: their number
 * @tracks: the tracks
 * @track_count: their number
 * @indices: indices above 1, in their order
 * @index_count: their number
 */
struct cuesheet {
	const char *file;
	const char *mcn;
	const struct vcd_cdtext *cdtext;
	uint32_t cdtext_count;
	struct cuesheet_track tracks[CUESHEET_TRACKS];
	uint32_t track_count;
	const struct cuesheet_index *indices;
	uint32_t index_count;
};

bool cuesheet_can_name(const char *file);
int cuesheet_print(FILE *stream, const struct cuesheet *sheet);
uint32_t cuesheet_first(const struct image *image, const struct raw_reader *raw, uint32_t track);
int cuesheet_write(FILE *stream, const struct image *image, const struct raw_reader *raw, const char *file);

#endif /* VCD_CUESHEET_H */
