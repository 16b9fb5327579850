/* SPDX-License-Identifier: GPL-2.0-only */
/* CUE sheets: what stands in one. */
#ifndef VCD_CUE_H
#define VCD_CUE_H

#include "cdtext.h"
#include "image.h"

/** CUE_FILES_MAX: files of a sheet; some more than tracks */
#define CUE_FILES_MAX	200
#define CUE_TRACKS_MAX	99

/* What a FILE is, as the sheet says. */
enum cue_type {
	CUE_BINARY,
	CUE_MOTOROLA,
	CUE_SOUND,
};

/**
 * struct cue_file - FILE
 * @name: its name
 * @type: what it is
 * @line: where this stands
 */
struct cue_file {
	char *name;
	enum cue_type type;
	unsigned int line;
};

/**
 * struct cue_mode - what a TRACK can be
 * @name: the word for it
 * @mode: VCD_MODE_*
 * @form: VCD_FORM_* of a sector in the file
 * @size: bytes of a sector in the file
 */
struct cue_mode {
	const char *name;
	uint8_t mode;
	uint16_t form;
	uint16_t size;
};

/**
 * struct cue_index - INDEX
 * @line: where this stands; 0: it does not
 * @file: index of the file
 * @at: sectors from the beginning of the file
 */
struct cue_index {
	unsigned int line;
	uint32_t file;
	uint32_t at;
};

/**
 * struct cue_mark - INDEX above 01
 * @track: number of the track
 * @number: number of the index
 * @index: where it is
 */
struct cue_mark {
	uint8_t track;
	uint8_t number;
	struct cue_index index;
};

/**
 * struct cue_track - TRACK
 * @line: where this stands
 * @number: its number
 * @mode: what it is
 * @control: CONTROL of sub-channel Q
 * @session: its session
 * @isrc: its ISRC, or empty
 * @pregap: sectors before it that are in no file
 * @postgap: sectors behind it that are in no file
 * @start: index 0, if there is one
 * @index: index 1
 */
struct cue_track {
	unsigned int line;
	uint8_t number;
	const struct cue_mode *mode;
	uint8_t control;
	uint8_t session;
	char isrc[VCD_ISRC_LEN];
	uint32_t pregap;
	uint32_t postgap;
	struct cue_index start;
	struct cue_index index;
};

/**
 * struct cue_sheet - a CUE sheet
 * @files: its files
 * @file_count: their number
 * @tracks: its tracks
 * @track_count: their number
 * @marks: indices above 1 of all tracks
 * @mark_count: their number
 * @mcn: CATALOG, or empty
 * @text: titles and so on
 * @cdtext_file: name of a file with packs of CD-Text, or NULL
 * @cdtext_line: where this stands
 * @legacy: its names may be in Windows-1252 in the file system as well
 */
struct cue_sheet {
	struct cue_file files[CUE_FILES_MAX];
	uint32_t file_count;
	struct cue_track tracks[CUE_TRACKS_MAX];
	uint32_t track_count;
	struct cue_mark *marks;
	uint32_t mark_count;
	char mcn[VCD_MCN_LEN + 1];
	struct cdtext *text;
	char *cdtext_file;
	unsigned int cdtext_line;
	bool legacy;
};

/* cuedisc.c */
enum image_error cue_make_disc(struct image *image, const struct cue_sheet *sheet);

#endif /* VCD_CUE_H */
