// SPDX-License-Identifier: GPL-2.0-only
/* The tracks of a TOC file of cdrdao: parts one after the other, which become runs of sectors. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "toc.h"

#define PARTS_MAX	10000

/**
 * toc_fail_at - refuse a TOC file
 * @toc: the file
 * @line: the line that is wrong
 * @format: a sentence as printf() takes it
 */
enum image_error toc_fail_at(struct toc *toc, unsigned int line, const char *format, ...)
{
	char reason[sizeof(toc->image->reason) - 32];
	va_list args;

	va_start(args, format);
	vsnprintf(reason, sizeof(reason), format, args);
	va_end(args);
	return image_fail(toc->image, IMAGE_NOT_AN_IMAGE, "line %u: %s", line, reason);
}

/**
 * toc_blame - say by which line an error came
 * @toc: the file
 * @error: what another function returned and has given a reason for; IMAGE_OK: nothing happens
 * @line: the line
 *
 * Return: @error.
 */
enum image_error toc_blame(struct toc *toc, enum image_error error, unsigned int line)
{
	char reason[sizeof(toc->image->reason) - 32];

	if (!error || error == IMAGE_NO_MEMORY)
		return error;
	snprintf(reason, sizeof(reason), "%.*s", (int)sizeof(reason) - 1, toc->image->reason);
	return image_fail(toc->image, error, "line %u: %s", line, reason);
}

/**
 * toc_no_memory - refuse a TOC file because there is no memory
 * @toc: the file
 */
enum image_error toc_no_memory(struct toc *toc)
{
	return image_fail(toc->image, IMAGE_NO_MEMORY, "no memory");
}

/**
 * toc_sectors_of - how many sectors of the track hold so many bytes
 * @toc: the file
 * @bytes: bytes; what is left over takes a sector too
 */
uint64_t toc_sectors_of(const struct toc *toc, uint64_t bytes)
{
	return bytes / toc->block + (bytes % toc->block ? 1 : 0);
}

/**
 * toc_add_part - append a part to the track that is being read
 * @toc: the file
 * @part: the part; one that continues the part before it becomes one with that
 */
enum image_error toc_add_part(struct toc *toc, const struct part *part)
{
	struct part *last = toc->part_count ? &toc->parts[toc->part_count - 1] : NULL, *parts;

	if (!part->bytes)
		return toc_fail_at(toc, part->line, "a part of track %u has a length of 0", toc->number);
	if (toc_sectors_of(toc, part->bytes) > CD_SECTORS_MAX ||
	    toc_sectors_of(toc, toc->bytes + part->bytes) > CD_SECTORS_MAX)
		return toc_fail_at(toc, part->line, "track %u is longer than a CD can be", toc->number);
	toc->bytes += part->bytes;
	if (last && last->file == part->file && last->form == part->form &&
	    (part->file == VCD_FILE_NONE || last->offset + last->bytes == part->offset)) {
		last->bytes += part->bytes;
		return IMAGE_OK;
	}
	if (toc->part_count == PARTS_MAX)
		return toc_fail_at(toc, part->line, "track %u has more than %d parts", toc->number, PARTS_MAX);
	parts = reallocarray(toc->parts, toc->part_count + 1, sizeof(*parts));
	if (!parts)
		return toc_no_memory(toc);
	toc->parts = parts;
	parts[toc->part_count++] = *part;
	return IMAGE_OK;
}

/* A run of sectors, and behind it what it has of the sub-channel. */
static enum image_error append_run(struct toc *toc, const struct vcd_extent *run, bool is_cut)
{
	struct vcd_extent subchannel = *run;
	enum image_error error;

	if (run->file == VCD_FILE_NONE)
		return image_append_zeroes(toc->image, run->sectors);
	subchannel.lba = toc->image->sectors;
	error = image_append(toc->image, run);
	if (error || !toc->raw_subchannel)
		return error;
	subchannel.sectors -= is_cut;
	subchannel.tail = 0;
	subchannel.form = VCD_FORM_SUB_RAW_96;
	subchannel.offset += toc->mode->size;
	return image_append_subchannel(toc->image, &subchannel);
}

/* Append sectors of the track that is being read, which begins with its index 1 on the way. */
static enum image_error append_sectors(struct toc *toc, struct vcd_extent run, bool is_cut)
{
	enum image_error error = IMAGE_OK;

	while (run.sectors && !error) {
		struct vcd_extent piece = run;

		if (!toc->begun && toc->image->sectors == toc->index1) {
			error = image_begin_track(toc->image, &toc->track);
			toc->begun = true;
		}
		if (!toc->begun && piece.sectors > toc->index1 - toc->image->sectors) {
			piece.sectors = toc->index1 - toc->image->sectors;
			piece.tail = 0;
		}
		run.sectors -= piece.sectors;
		run.offset += (uint64_t)piece.sectors * run.stride;
		if (!error)
			error = append_run(toc, &piece, is_cut && !run.sectors);
	}
	return error;
}

/* Append a part that begins @at bytes behind the start of the track, of which @done sectors are there already. */
static enum image_error append_part(struct toc *toc, const struct part *part, uint64_t at, uint64_t *done)
{
	uint32_t rest = (uint32_t)(part->bytes % toc->block);
	struct vcd_extent run = {
		.file = part->file,
		.stride = (uint16_t)toc->block,
		.form = part->form,
		.offset = part->offset,
		.tail = rest < toc->mode->size ? rest : 0,
	};

	if (part->file != VCD_FILE_NONE && at % toc->block)
		return toc_fail_at(toc, part->line,
				   "this part of track %u would begin within a sector: what is before it is no whole "
				   "number of sectors of %s; make one file of the parts",
				   toc->number, toc->mode->mode == VCD_MODE_AUDIO ? "588 samples" : "the track");
	/* Zeroes may fill up a sector of a file: its tail reads as such. */
	run.sectors = (uint32_t)(toc_sectors_of(toc, at + part->bytes) - *done);
	*done += run.sectors;
	return toc_blame(toc, append_sectors(toc, run, rest != 0), part->line);
}

static enum image_error add_indices(struct toc *toc)
{
	uint64_t length = toc_sectors_of(toc, toc->bytes) - toc->start;
	enum image_error error = IMAGE_OK;
	unsigned int i;

	for (i = 0; !error && i < toc->index_count; i++) {
		const struct toc_index *index = &toc->indices[i];
		struct vcd_index added = { .track = (uint8_t)toc->number, .index = (uint8_t)(i + 2) };

		if (index->at >= length)
			return toc_fail_at(toc, index->line, "this index lies behind the end of track %u", toc->number);
		added.lba = toc->index1 + (uint32_t)index->at;
		error = image_add_index(toc->image, &added);
	}
	return error;
}

/**
 * toc_finish_track - put the track that was read onto the disc
 * @toc: the file; if no track was read, nothing happens
 */
enum image_error toc_finish_track(struct toc *toc)
{
	uint64_t at = 0, done = 0;
	enum image_error error = IMAGE_OK;
	size_t i;

	if (!toc->number)
		return IMAGE_OK;
	if (!toc->part_count)
		return toc_fail_at(toc, toc->line, "nothing is in track %u", toc->number);
	if (toc->start >= toc_sectors_of(toc, toc->bytes))
		return toc_fail_at(toc, toc->start_line, "track %u should start where it ends, or behind that",
				   toc->number);
	toc->track.pregap = (uint32_t)toc->start;
	toc->index1 = toc->image->sectors + (uint32_t)toc->start;
	toc->begun = false;
	for (i = 0; i < toc->part_count && !error; i++) {
		error = append_part(toc, &toc->parts[i], at, &done);
		at += toc->parts[i].bytes;
	}
	return error ? error : add_indices(toc);
}

