/* SPDX-License-Identifier: GPL-2.0-only */
/* What is known of a TOC file of cdrdao while it is read, and how its tracks are put onto the disc. */
#ifndef VCD_TOC_H
#define VCD_TOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "image.h"
#include "text.h"
#include "toctoken.h"

struct cdtext;

/**
 * struct track_mode - a mode of tracks
 * @word: its name
 * @mode: VCD_MODE_*
 * @form: how files store its sectors
 * @size: bytes of a sector in a file, without the sub-channel
 * @can_attach: there is such a form
 */
struct track_mode {
	const char *word;
	uint8_t mode;
	uint16_t form;
	uint16_t size;
	bool can_attach;
};

/**
 * struct source - a file that has been named
 * @name: its name as written
 * @file: index into image->files
 * @offset: where its data begins
 * @size: bytes of data
 * @decoded: its samples have the low byte first, as WAVE has them
 */
struct source {
	char *name;
	uint32_t file;
	uint64_t offset;
	uint64_t size;
	bool decoded;
};

/**
 * struct part - a part of a track: bytes of a file, or zeroes
 * @file: index into image->files, or VCD_FILE_NONE
 * @form: VCD_FORM_*
 * @offset: where it begins in the file
 * @bytes: its length
 * @line: where it is described
 */
struct part {
	uint32_t file;
	uint16_t form;
	uint64_t offset;
	uint64_t bytes;
	unsigned int line;
};

/**
 * struct toc_index - an index above 1
 * @at: sectors from index 1
 * @line: where it is described
 */
struct toc_index {
	uint64_t at;
	unsigned int line;
};

/**
 * struct toc - a TOC file while it is read
 * @image: the image
 * @text: the whole text
 * @token: where the reading is
 * @sources: files that have been named
 * @source_count: their number
 * @cdtext: texts of the disc and the tracks
 * @language: the language that they are taken from: the first one; -1: none yet
 * @number: number of the track that is being read; 0: none yet
 * @track: that track
 * @mode: its mode
 * @block: bytes of a sector in its files
 * @raw_subchannel: the last bytes of a sector are the sub-channel as on the disc
 * @line: where it begins
 * @parts: its parts
 * @part_count: their number
 * @bytes: length of all of them
 * @start: sector of it where index 1 is
 * @start_line: where that is said; 0: nowhere
 * @indices: sectors behind that one where indices above 1 are
 * @index_count: their number
 * @index1: that sector's address on the disc
 * @begun: index 1 has been appended
 */
struct toc {
	struct image *image;
	char *text;
	struct toctoken token;
	struct source *sources;
	size_t source_count;
	struct cdtext *cdtext;
	int language;
	unsigned int number;
	struct vcd_track track;
	const struct track_mode *mode;
	uint32_t block;
	bool raw_subchannel;
	unsigned int line;
	struct part *parts;
	size_t part_count;
	uint64_t bytes;
	uint64_t start;
	unsigned int start_line;
	struct toc_index indices[VCD_INDEX_MAX - 1];
	unsigned int index_count;
	uint32_t index1;
	bool begun;
};

enum image_error toc_fail_at(struct toc *toc, unsigned int line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
enum image_error toc_blame(struct toc *toc, enum image_error error, unsigned int line);
enum image_error toc_no_memory(struct toc *toc);
uint64_t toc_sectors_of(const struct toc *toc, uint64_t bytes);
enum image_error toc_add_part(struct toc *toc, const struct part *part);
enum image_error toc_finish_track(struct toc *toc);

/** toc_fail: toc_fail_at() for the line of the token that the reading is at */
#define toc_fail(toc, ...)	toc_fail_at(toc, (toc)->token.line, __VA_ARGS__)

#endif /* VCD_TOC_H */
