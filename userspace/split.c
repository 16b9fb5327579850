// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "array.h"
#include "scratch.h"
#include "split.h"

#define VOLUME_SECTOR	16
#define RAW_MAX		2448

/**
 * struct part_name - the name of a part
 * @stem: how many of its characters stand before the number
 * @digits: how many the number has
 * @number: the number
 * @dotted: the number is all that stands behind the last dot
 */
struct part_name {
	size_t stem;
	int digits;
	unsigned int number;
	bool dotted;
};

/* x.001 or x.part1 */
static bool parse_name(const char *path, struct part_name *name)
{
	size_t length = strlen(path), stem = length;

	while (stem && isdigit((unsigned char)path[stem - 1]))
		stem--;
	if (stem == length || length - stem > 3)
		return false;
	name->stem = stem;
	name->digits = (int)(length - stem);
	name->number = (unsigned int)strtoul(path + stem, NULL, 10);
	name->dotted = stem > 1 && path[stem - 1] == '.' && name->digits == 3;
	return name->dotted || (stem > 5 && !strncasecmp(path + stem - 5, ".part", 5));
}

/* The name of another part; to be freed. */
static char *name_of_part(const char *path, const struct part_name *name, unsigned int number)
{
	char *other;

	return asprintf(&other, "%.*s%0*u", (int)name->stem, path, name->digits, number) < 0 ? NULL : other;
}

/*
 * How many bytes the volume of ISO 9660 in a file has, stored as user data or as raw sectors. 0: there is none;
 * UINT64_MAX: there is a volume that does not tell (UDF).
 */
static uint64_t volume_size(const struct reader *reader)
{
	static const struct { uint32_t stride, skip; } ways[] = {
		{ SECTOR_SIZE, 0 }, { 2336, 8 }, { 2352, 16 }, { 2352, 24 },
		{ 2368, 16 }, { 2368, 24 }, { RAW_MAX, 16 }, { RAW_MAX, 24 },
	};
	uint8_t head[84];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ways); i++) {
		if (reader_read(reader, (uint64_t)VOLUME_SECTOR * ways[i].stride + ways[i].skip, head, sizeof(head)))
			continue;
		if (!memcmp(head + 1, "BEA01", 5))
			return UINT64_MAX;
		if (head[0] == 1 && !memcmp(head + 1, "CD001", 5))
			return (uint64_t)get_le32(head + 80) * ways[i].stride;
	}
	return 0;
}

static uint64_t volume_in_file(const struct image_file *file)
{
	struct reader reader = reader_from_fd(&file->source, file->size);

	return volume_size(&reader);
}

/*
 * Is the image that was named not the first of its parts? Whole discs may be numbered as well; they have a volume of
 * their own.
 */
static enum image_error check_first(struct image *image, const struct part_name *name)
{
	enum image_error error = IMAGE_OK;
	unsigned int first;

	if (!name->number || volume_in_file(&image->files[0]))
		return IMAGE_OK;
	for (first = 0; !error && first < 2 && first < name->number; first++) {
		char *path = name_of_part(image->path, name, first);

		if (!path)
			return image_fail(image, IMAGE_NO_MEMORY, "no memory");
		if (!access(path, F_OK))
			error = image_fail(image, IMAGE_NOT_AN_IMAGE,
					   "is a later part of an image that is split; attach the first part, %s",
					   path);
		free(path);
	}
	return error;
}

/* Append a part to the files, if it exists. */
static enum image_error add_part(struct image *image, const struct part_name *name, unsigned int number, bool *exists)
{
	char *path = name_of_part(image->path, name, number), reason[sizeof(image->reason)];
	enum image_error error = IMAGE_OK;

	*exists = false;
	if (!path)
		return image_fail(image, IMAGE_NO_MEMORY, "no memory");
	if (!access(path, F_OK)) {
		*exists = true;
		error = image_add_file(image, path);
		if (error) {
			memcpy(reason, image->reason, sizeof(reason));
			image_explain(image, "its part %s %s", path, reason);
		}
	}
	free(path);
	return error;
}

/* A part that is missing while a later one is there */
static enum image_error check_gap(struct image *image, const struct part_name *name, unsigned int missing)
{
	char *path = name_of_part(image->path, name, missing), *next = name_of_part(image->path, name, missing + 1);
	enum image_error error = IMAGE_OK;

	if (!path || !next)
		error = image_fail(image, IMAGE_NO_MEMORY, "no memory");
	else if (!access(next, F_OK))
		error = image_fail(image, IMAGE_NOT_AN_IMAGE,
				   "is split, and a part is missing: %s is needed beside it", path);
	free(path);
	free(next);
	return error;
}

static enum image_error add_parts(struct image *image, const struct part_name *name)
{
	unsigned int number = name->number + 1;
	bool exists = true;

	for (;;) {
		enum image_error error = add_part(image, name, number, &exists);

		if (error)
			return error;
		if (!exists)
			break;
		/* Discs that are numbered, not parts of one */
		if (number == name->number + 1 && volume_in_file(&image->files[1])) {
			image_drop_file(image);
			return IMAGE_OK;
		}
		if (image->file_count > PARTS_MAX)
			return image_fail(image, IMAGE_NOT_AN_IMAGE,
					  "is split into more than %d parts; join them first: cat", PARTS_MAX);
		number++;
	}
	return image->file_count > 1 ? check_gap(image, name, number) : IMAGE_OK;
}

/* Make one file of all. */
static enum image_error join(struct image *image)
{
	struct image_file *first = &image->files[0];
	uint64_t start = 0;
	uint32_t i;

	image->parts = calloc(image->file_count, sizeof(*image->parts));
	if (!image->parts)
		return image_fail(image, IMAGE_NO_MEMORY, "no memory");
	for (i = 0; i < image->file_count; i++) {
		const struct image_file *file = &image->files[i];

		image->parts[i] = (struct fd_part){ .fd = file->source.fd, .start = start, .size = file->size };
		if (__builtin_add_overflow(start, file->size, &start) || start > INT64_MAX)
			return image_fail(image, IMAGE_NOT_AN_IMAGE, "has parts that are larger than any disc can be");
	}
	first->source.parts = image->parts;
	first->source.part_count = image->file_count;
	first->size = start;
	return IMAGE_OK;
}

/**
 * split_join - if the image is the first part of one that is split: take the others as well
 * @image: the image, of which nothing is known but the first file
 *
 * They are taken if the name ends with .000 or .001, or if it ends with .part0 or .part1 and the volume in it is larger
 * than the file.
 */
enum image_error split_join(struct image *image)
{
	struct part_name name;
	enum image_error error;

	if (!parse_name(image->path, &name))
		return IMAGE_OK;
	error = check_first(image, &name);
	if (error || name.number > 1)
		return error;
	if (!name.dotted && volume_in_file(&image->files[0]) <= image->files[0].size)
		return IMAGE_OK;
	error = add_parts(image, &name);
	return error || image->file_count == 1 ? error : join(image);
}

/**
 * split_forget - the first file is a single one again
 * @image: the image
 */
void split_forget(struct image *image)
{
	if (!image->parts)
		return;
	image->files[0].size = image->parts[0].size;
	image->files[0].source.parts = NULL;
	image->files[0].source.part_count = 0;
	free(image->parts);
	image->parts = NULL;
}

/**
 * struct cutter - runs of sectors that are being cut where a part ends
 * @image: the image
 * @add: where the pieces go
 * @scratch: the file with the sectors that lie in two parts; 0: there is none yet
 * @used: how much of it is written
 */
struct cutter {
	struct image *image;
	enum image_error (*add)(struct image *image, const struct vcd_extent *extent);
	uint32_t scratch;
	uint64_t used;
};

static uint32_t part_at(const struct image *image, uint64_t offset)
{
	uint32_t i = image->files[0].source.part_count - 1;

	while (i && image->parts[i].start > offset)
		i--;
	return i;
}

/* The kernel takes no sector out of two files: it is put into a file of its own. */
static enum image_error copy_sector(struct cutter *cutter, struct vcd_extent *piece)
{
	struct image *image = cutter->image;
	uint32_t size = piece->tail ? piece->tail : form_size(piece->form);
	uint64_t needed = (uint64_t)image->files[0].source.part_count * 2 * RAW_MAX;
	uint8_t buf[RAW_MAX];
	struct reader whole;
	int err;

	if (!cutter->scratch) {
		enum image_error error = image_add_scratch(image, needed, &cutter->scratch);

		if (error)
			return error;
	}
	/* The array of files may have moved. */
	whole = reader_from_fd(&image->files[0].source, image->files[0].size);
	err = reader_read(&whole, piece->offset, buf, size);
	if (err)
		return image_fail(image, IMAGE_CANNOT_OPEN, "cannot be read: %s", strerror(-err));
	if (pwrite(image->files[cutter->scratch].source.fd, buf, size, (off_t)cutter->used) != (ssize_t)size)
		return image_fail(image, IMAGE_CANNOT_OPEN, "a temporary file cannot be written: %s", strerror(errno));
	piece->file = cutter->scratch;
	piece->offset = cutter->used;
	piece->stride = (uint16_t)form_size(piece->form);
	cutter->used += size;
	return IMAGE_OK;
}

/* How many sectors of a piece lie in one part, which has @room bytes from the first of them on */
static uint32_t sectors_in_part(const struct vcd_extent *piece, uint64_t room)
{
	uint32_t size = form_size(piece->form);
	uint64_t fit = room < size ? 0 : (room - size) / piece->stride + 1;

	if (fit + 1 == piece->sectors && piece->tail && fit * piece->stride + piece->tail <= room)
		fit++;
	return fit < piece->sectors ? (uint32_t)fit : piece->sectors;
}

static enum image_error cut(struct cutter *cutter, const struct vcd_extent *run)
{
	struct image *image = cutter->image;
	struct vcd_extent left = *run;

	while (left.sectors) {
		uint32_t file = part_at(image, left.offset);
		const struct fd_part *part = &image->parts[file];
		struct vcd_extent piece = left;
		enum image_error error = IMAGE_OK;
		uint32_t sectors = sectors_in_part(&left, part->start + part->size - left.offset);

		piece.sectors = sectors ? sectors : 1;
		if (piece.sectors < left.sectors)
			piece.tail = 0;
		if (sectors) {
			piece.file = file;
			piece.offset = left.offset - part->start;
		} else {
			error = copy_sector(cutter, &piece);
		}
		if (!error)
			error = cutter->add(image, &piece);
		if (error)
			return error;
		left.lba += piece.sectors;
		left.sectors -= piece.sectors;
		left.offset += (uint64_t)piece.sectors * left.stride;
	}
	return IMAGE_OK;
}

/* Make a list of runs anew, with those in the first file cut. */
static enum image_error cut_all(struct cutter *cutter, struct vcd_extent **runs, uint32_t *count)
{
	struct vcd_extent *old = *runs;
	uint32_t i, old_count = *count;
	enum image_error error = IMAGE_OK;

	*runs = NULL;
	*count = 0;
	for (i = 0; !error && i < old_count; i++)
		error = old[i].file ? cutter->add(cutter->image, &old[i]) : cut(cutter, &old[i]);
	free(old);
	return error;
}

/**
 * split_resolve - say where in the parts the sectors are
 * @image: the image, whose extents have been found; the first file is a single one again
 */
enum image_error split_resolve(struct image *image)
{
	struct cutter cutter = { .image = image, .add = image_add_extent };
	enum image_error error;

	if (!image->parts)
		return IMAGE_OK;
	image->split = true;
	error = cut_all(&cutter, &image->extents, &image->extent_count);
	if (!error) {
		cutter.add = image_add_subchannel;
		error = cut_all(&cutter, &image->subchannels, &image->subchannel_count);
	}
	if (!error && cutter.scratch)
		error = image_scratch_done(image, cutter.scratch);
	if (!error)
		split_forget(image);
	return error;
}
