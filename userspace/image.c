// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "array.h"
#include "fsimage.h"
#include "image.h"
#include "split.h"
#include "subq.h"
#include "text.h"
#include "unpack.h"

/* Formats that are known by a mark of their own stand before the ones that are known by what is on the disc. */
static const struct image_format *const formats[] = {
	&cue_format,
	&ccd_format,
	&mds_format,
	&cdi_format,
	&nrg_format,
	&toc_format,
	&chd_format,
	&raw_format,
	&iso_format,
	&audio_format,
};

/**
 * image_explain - note why an image is not taken
 * @image: the image
 * @format: a sentence as printf() takes it, without the file's name and without a full stop at its end
 */
void image_explain(struct image *image, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(image->reason, sizeof(image->reason), format, args);
	va_end(args);
	text_defuse(image->reason);
}

static enum image_error no_memory(struct image *image)
{
	return image_fail(image, IMAGE_NO_MEMORY, "no memory");
}

/* Make room for one more element; NULL when there is no memory, the array then stays as it was. */
static void *grow(void *array, uint32_t count, size_t element)
{
	/* The size doubles whenever the count is a power of two. */
	if (count & (count - 1))
		return array;
	return reallocarray(array, count ? (size_t)count * 2 : 1, element);
}

/* Copy @element behind the @count elements of the array that @array points to. */
static enum image_error append(struct image *image, void *array, uint32_t *count, const void *element, size_t size)
{
	void *elements;

	memcpy(&elements, array, sizeof(elements));
	elements = grow(elements, *count, size);
	if (!elements)
		return no_memory(image);
	memcpy(array, &elements, sizeof(elements));
	memcpy((char *)elements + *count * size, element, size);
	++*count;
	return IMAGE_OK;
}

/**
 * image_add_extent - append a run of sectors
 * @image: the image
 * @extent: the run
 */
enum image_error image_add_extent(struct image *image, const struct vcd_extent *extent)
{
	return append(image, &image->extents, &image->extent_count, extent, sizeof(*extent));
}

/**
 * image_add_track - append a track
 * @image: the image
 * @track: the track
 */
enum image_error image_add_track(struct image *image, const struct vcd_track *track)
{
	return append(image, &image->tracks, &image->track_count, track, sizeof(*track));
}

/**
 * image_add_subchannel - append a run of stored sub-channels
 * @image: the image
 * @extent: the run
 */
enum image_error image_add_subchannel(struct image *image, const struct vcd_extent *extent)
{
	return append(image, &image->subchannels, &image->subchannel_count, extent, sizeof(*extent));
}

/**
 * image_add_index - say where an index above 1 begins
 * @image: the image
 * @index: the index; those of a track are added in their order. image_end_tracks() looks which of them can be.
 */
enum image_error image_add_index(struct image *image, const struct vcd_index *index)
{
	return append(image, &image->indices, &image->index_count, index, sizeof(*index));
}

/**
 * image_add_cdtext - append a pack of CD-Text
 * @image: the image
 * @pack: the pack
 */
enum image_error image_add_cdtext(struct image *image, const struct vcd_cdtext *pack)
{
	if (image->cdtext_count == VCD_CDTEXT_MAX)
		return image_fail(image, IMAGE_NOT_AN_IMAGE, "has more CD-Text than fits on a disc");
	return append(image, &image->cdtext, &image->cdtext_count, pack, sizeof(*pack));
}

static enum image_error check_kind(struct image *image, const struct stat *st)
{
	if (S_ISREG(st->st_mode) || S_ISBLK(st->st_mode))
		return IMAGE_OK;
	if (S_ISDIR(st->st_mode))
		return image_fail(image, IMAGE_CANNOT_OPEN,
				  "is a directory; make an image of it first, for example with xorriso -as mkisofs");
	return image_fail(image, IMAGE_CANNOT_OPEN, "is neither a regular file nor a block device");
}

static enum image_error measure(struct image *image, struct image_file *file, const struct stat *st)
{
	if (S_ISREG(st->st_mode)) {
		file->size = (uint64_t)st->st_size;
	} else if (ioctl(file->source.fd, BLKGETSIZE64, &file->size)) {
		return image_fail(image, IMAGE_CANNOT_OPEN, "cannot find out the size of the device: %s",
				  strerror(errno));
	}
	if (!file->size)
		return image_fail(image, IMAGE_NOT_AN_IMAGE, "is empty");
	return IMAGE_OK;
}

/* The name "-" stands for standard input, which then is a file that the shell has opened. */
static int open_path(const char *path)
{
	if (!strcmp(path, "-"))
		return fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	return open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
}

static enum image_error open_file(struct image *image, struct image_file *file)
{
	enum image_error error;
	struct stat st;

	/* Looked at before it is opened as well: opening a FIFO would wait for a writer. */
	if (strcmp(file->path, "-") && !stat(file->path, &st)) {
		error = check_kind(image, &st);
		if (error)
			return error;
	}
	file->source.fd = open_path(file->path);
	if (file->source.fd < 0 || fstat(file->source.fd, &st)) {
		if (errno == ENOMEDIUM)
			return image_fail(image, IMAGE_CANNOT_OPEN, "is a drive without a disc");
		return image_fail(image, IMAGE_CANNOT_OPEN, "cannot be opened: %s", strerror(errno));
	}
	error = check_kind(image, &st);
	return error ? error : measure(image, file, &st);
}

/**
 * image_adopt_file - append an open file to the files of the image
 * @image: the image; closes it in the end, but not when this function fails
 * @path: how it is called
 * @fd: its descriptor, or -1. Its size is taken for 0.
 */
enum image_error image_adopt_file(struct image *image, const char *path, int fd)
{
	struct image_file *files = grow(image->files, image->file_count, sizeof(*files));
	char *copy;

	if (!files)
		return no_memory(image);
	image->files = files;
	copy = strdup(path);
	if (!copy)
		return no_memory(image);
	files[image->file_count++] = (struct image_file){ .path = copy, .source.fd = fd };
	return IMAGE_OK;
}

/**
 * image_add_file - open a file of the image
 * @image: the image
 * @path: its name
 *
 * The file is appended to image->files.
 */
enum image_error image_add_file(struct image *image, const char *path)
{
	enum image_error error = image_adopt_file(image, path, -1);

	return error ? error : open_file(image, &image->files[image->file_count - 1]);
}

static void let_go(const struct image_file *file)
{
	if (file->source.fd >= 0)
		close(file->source.fd);
	free(file->path);
}

/**
 * image_drop_file - let go of the file that was added last
 * @image: the image; no extent is in the file
 */
void image_drop_file(struct image *image)
{
	let_go(&image->files[--image->file_count]);
}

/**
 * image_is_no_text - is this, which might be a text by its name, none?
 * @reader: the image's first file
 *
 * The TOC of readcd, which ends like those of cdrdao, has the number of the first session in its third byte; a text has no
 * such byte, not in UTF-16 either.
 */
bool image_is_no_text(const struct reader *reader)
{
	uint8_t head[3];

	return !reader_read(reader, 0, head, sizeof(head)) && head[2] == 1;
}

/* The file's name decides only among formats that have no mark, and only after all marks were looked for. */
static const struct image_format *find_format(const struct image *image, const struct reader *reader)
{
	size_t length = strlen(image->path), i;

	for (i = 0; i < ARRAY_SIZE(formats); i++)
		if (formats[i]->probe(image, reader))
			return formats[i];
	for (i = 0; i < ARRAY_SIZE(formats); i++) {
		const char *suffix = formats[i]->suffix;

		if (suffix && length > strlen(suffix) && !strcasecmp(image->path + length - strlen(suffix), suffix) &&
		    !(formats[i]->is_other && formats[i]->is_other(reader)))
			return formats[i];
	}
	return NULL;
}

static enum image_error refuse(struct image *image, const char *description)
{
	if (description)
		return image_fail(image, IMAGE_NOT_AN_IMAGE, "not attached: this is %s", description);
	return image_fail(image, IMAGE_NOT_AN_IMAGE,
			  "is not a disc image: no ISO 9660, UDF, HFS, Apple partition map or El Torito structure is "
			  "in it; to attach it anyway as plain sectors of 2048 bytes, add --raw");
}

/* What nothing here reads somebody else's library may. */
static enum image_error ask_others(struct image *image, const struct reader *reader, const char *description)
{
#ifdef HAVE_MIRAGE
	if (mirage_format.probe(image, reader)) {
		image->format = &mirage_format;
		return IMAGE_OK;
	}
#else
	(void)reader;
#endif
	return refuse(image, description);
}

static enum image_error choose_format(struct image *image)
{
	const struct image_file *file = &image->files[0];
	struct reader reader = reader_from_fd(&file->source, file->size);
	const char *description;
	int err;

	if (image->options.flags & IMAGE_RAW) {
		image->format = &iso_format;
		/* What is in it is only of interest to those who ask; nothing depends on it. */
		if (content_read(&reader, &image->content))
			memset(&image->content, 0, sizeof(image->content));
		return IMAGE_OK;
	}
	description = foreign_describe(&reader, true);
	if (description)
		return ask_others(image, &reader, description);
	err = content_read(&reader, &image->content);
	if (err)
		return image_fail(image, IMAGE_CANNOT_OPEN, "cannot be read: %s", strerror(-err));
	image->format = find_format(image, &reader);
	if (!image->format)
		return ask_others(image, &reader, foreign_describe(&reader, false));
	return IMAGE_OK;
}

/* What is on a disc whose sectors are not simply those of the file */
static enum image_error look_at_disc(struct image *image)
{
	struct reader reader = image_reader(image);
	int err;

	if (image->format == &iso_format)
		return IMAGE_OK;
	err = content_read(&reader, &image->content);
	if (err)
		return image_fail(image, IMAGE_CANNOT_OPEN, "cannot be read: %s", strerror(-err));
	return IMAGE_OK;
}

/**
 * image_open_with - open an image
 * @image: filled; to be given to image_close() whatever this function returns
 * @path: name of the file; "-" for standard input
 * @options: what else is said about it; copied
 */
enum image_error image_open_with(struct image *image, const char *path, const struct image_options *options)
{
	enum image_error error;

	memset(image, 0, sizeof(*image));
	image->mount = -1;
	image->options = *options;
	image->path = strdup(path);
	if (!image->path)
		return no_memory(image);
	error = fsimage_open(image);
	if (!error && !(options->flags & IMAGE_RAW))
		error = split_join(image);
	if (!error && !(options->flags & IMAGE_RAW))
		error = unpack_image(image);
	image->size = error ? 0 : image->files[0].size;
	if (!error)
		error = choose_format(image);
	if (!error)
		error = image->format->open(image);
	if (!error)
		error = split_resolve(image);
	fsimage_leave(image);
	if (!error)
		error = look_at_disc(image);
	if (!error)
		subq_find_numbers(image);
	if (!error && !(options->flags & IMAGE_RAW) && image->profile_hint == VCD_PROFILE_AUTO)
		image->profile_hint = profile_for_content(&image->content, image->sectors);
	return error;
}

/**
 * image_open - open an image with nothing said about it but flags
 * @image: as for image_open_with()
 * @path: likewise
 * @flags: IMAGE_RAW or 0
 */
enum image_error image_open(struct image *image, const char *path, unsigned int flags)
{
	return image_open_with(image, path, &(struct image_options){ .flags = flags });
}

/**
 * image_close - let go of everything that an image holds
 * @image: the image
 */
void image_close(struct image *image)
{
	while (image->file_count)
		image_drop_file(image);
	while (image->packed_count)
		let_go(&image->packed[--image->packed_count]);
	free(image->packed);
	free(image->files);
	free(image->parts);
	free(image->extents);
	free(image->tracks);
	free(image->subchannels);
	free(image->cdtext);
	free(image->indices);
	free(image->path);
	memset(image, 0, sizeof(*image));
}

/*
 * Read @len bytes from @skip on of the user data of a sector that @extent holds. What has no user data, as audio, reads
 * as zeroes: who looks for a file system finds none there.
 */
static int read_from_extent(const struct image *image, const struct vcd_extent *extent, uint32_t lba, size_t skip,
			    char *buf, size_t len)
{
	uint32_t index = lba - extent->lba, mode = image_mode_at(image, lba);
	size_t stored = form_size(extent->form), start;
	const struct image_file *file;
	struct reader reader;

	memset(buf, 0, len);
	if (extent->file == VCD_FILE_NONE || mode == VCD_MODE_AUDIO)
		return 0;
	start = form_user_offset(extent->form, mode) + skip;
	if (extent->tail && index == extent->sectors - 1)
		stored = extent->tail;
	if (start >= stored)
		return 0;
	if (len > stored - start)
		len = stored - start;
	file = &image->files[extent->file];
	reader = reader_from_fd(&file->source, file->size);
	return reader_read(&reader, extent->offset + (uint64_t)index * extent->stride + start, buf, len);
}

static const struct vcd_extent *find_extent(const struct image *image, uint32_t lba)
{
	uint32_t low = 0, high = image->extent_count;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (image->extents[mid].lba > lba)
			high = mid;
		else
			low = mid + 1;
	}
	return low ? &image->extents[low - 1] : NULL;
}

static int image_read(const struct reader *reader, uint64_t offset, void *buf, size_t len)
{
	const struct image *image = reader->ctx;
	char *to = buf;

	while (len) {
		uint32_t lba = (uint32_t)(offset / SECTOR_SIZE);
		size_t skip = offset % SECTOR_SIZE;
		size_t n = len < SECTOR_SIZE - skip ? len : SECTOR_SIZE - skip;
		const struct vcd_extent *extent = find_extent(image, lba);
		int err;

		if (!extent)
			return -EIO;
		err = read_from_extent(image, extent, lba, skip, to, n);
		if (err)
			return err;
		to += n;
		offset += n;
		len -= n;
	}
	return 0;
}

/**
 * image_reader - read the disc as a drive would
 * @image: an open image; must live as long as the reader
 *
 * The reader gives the user data of the sectors, wherever and in whatever form the files store them.
 */
struct reader image_reader(const struct image *image)
{
	return (struct reader){
		.read = image_read,
		.ctx = image,
		.size = (uint64_t)image->sectors * SECTOR_SIZE,
	};
}

/**
 * image_missing_tail - how much of the last sector is not in the file
 * @image: an open image
 *
 * Return: a number of bytes, which read as zeroes; 0 when the file holds all of it.
 */
uint32_t image_missing_tail(const struct image *image)
{
	const struct vcd_extent *last = &image->extents[image->extent_count - 1];

	return last->tail ? form_size(last->form) - last->tail : 0;
}

/**
 * image_sessions - the number of sessions
 * @image: an open image
 */
uint32_t image_sessions(const struct image *image)
{
	return image->track_count ? image->tracks[image->track_count - 1].session : 0;
}

/**
 * image_profile - the profile that the disc gets if none is asked for
 * @image: an open image
 */
uint32_t image_profile(const struct image *image)
{
	if (image->profile_hint != VCD_PROFILE_AUTO)
		return image->profile_hint;
	return profile_for_sectors(image->sectors);
}
