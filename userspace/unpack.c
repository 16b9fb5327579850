// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "scratch.h"
#include "split.h"
#include "unpack.h"

#define GIB		(1024ULL * 1024 * 1024)
/* A packed file is by less than one in so many bytes larger than what is in it. */
#define PACKED_MORE	32
/* How often progress is told, in bytes of the packed file */
#define REPORT_STEP	(4 * 1024 * 1024)

static const struct packing *const packings[] = {
	&gzip_packing, &bzip2_packing, &xz_packing, &zstd_packing,
	&cso_packing, &zso_packing, &isz_packing, &ecm_packing,
};

/** unpack_limit - no disc has more bytes than this (a Blu-ray disc of four layers) */
uint64_t unpack_limit = 128 * GIB;

/**
 * unpack_damaged - the packed file is not what it says it is
 * @unpacking: what is being unpacked
 * @what: what is wrong with it
 */
enum image_error unpack_damaged(struct unpacking *unpacking, const char *what)
{
	return image_fail(unpacking->image, IMAGE_NOT_AN_IMAGE, "cannot be unpacked: %s", what);
}

/**
 * unpack_no_library - say that a library is missing
 * @unpacking: what is being unpacked
 * @library: its soname
 */
enum image_error unpack_no_library(struct unpacking *unpacking, const char *library)
{
	return image_fail(unpacking->image, IMAGE_CANNOT_OPEN,
			  "cannot be unpacked: the library %s is not installed; install it, or unpack the file first",
			  library);
}

/**
 * unpack_read - read of the packed file
 * @unpacking: what is being unpacked
 * @offset: first byte
 * @buf: where they go
 * @len: how many; fewer are an error
 */
enum image_error unpack_read(struct unpacking *unpacking, uint64_t offset, void *buf, size_t len)
{
	int err = reader_read(&unpacking->packed, offset, buf, len);

	if (err == -ENODATA)
		return unpack_damaged(unpacking, "it is cut off");
	return err ? image_fail(unpacking->image, IMAGE_CANNOT_OPEN, "cannot be read: %s", strerror(-err)) : IMAGE_OK;
}

static enum image_error too_large(struct unpacking *unpacking)
{
	return image_fail(unpacking->image, IMAGE_NOT_AN_IMAGE,
			  "cannot be unpacked: more than %" PRIu64 " bytes come out of it, which no disc has",
			  unpack_limit);
}

/**
 * unpack_begin - what is packed is about to come
 * @unpacking: what is being unpacked
 * @wanted: how many bytes it has, exactly; 0: not known
 * @at_least: if that is not known: how many bytes it has at least; room for so many is looked for
 */
enum image_error unpack_begin(struct unpacking *unpacking, uint64_t wanted, uint64_t at_least)
{
	struct image *image = unpacking->image;

	/* What cannot be packed any more takes a little more when it is packed, and never much. */
	if (at_least < unpacking->packed.size - unpacking->packed.size / PACKED_MORE)
		at_least = unpacking->packed.size - unpacking->packed.size / PACKED_MORE;
	if (wanted > unpack_limit || (!wanted && at_least > unpack_limit))
		return too_large(unpacking);
	unpacking->wanted = wanted;
	return image_add_scratch(image, wanted ? wanted : at_least, &unpacking->file);
}

static void report(struct unpacking *unpacking, uint64_t consumed)
{
	const struct image_options *options = &unpacking->image->options;

	if (!options->progress || consumed - unpacking->reported < REPORT_STEP)
		return;
	unpacking->reported = consumed;
	options->progress("unpacking", consumed, unpacking->packed.size);
}

static enum image_error write_pending(struct unpacking *unpacking)
{
	size_t len = unpacking->pending_len;

	unpacking->pending_len = 0;
	return image_scratch_write(unpacking->image, unpacking->file, unpacking->pending, len, unpacking->written - len);
}

/**
 * unpack_write - bytes have come out
 * @unpacking: what is being unpacked
 * @data: the bytes
 * @len: their number
 * @consumed: how much of the packed file has been read for all bytes so far
 */
enum image_error unpack_write(struct unpacking *unpacking, const void *data, size_t len, uint64_t consumed)
{
	enum image_error error = IMAGE_OK;

	if (len > unpack_limit - unpacking->written)
		return too_large(unpacking);
	if (len > UNPACK_PENDING - unpacking->pending_len)
		error = write_pending(unpacking);
	if (error)
		return error;
	if (len < UNPACK_PENDING) {
		memcpy(unpacking->pending + unpacking->pending_len, data, len);
		unpacking->pending_len += len;
	} else {
		error = image_scratch_write(unpacking->image, unpacking->file, data, len, unpacking->written);
		if (error)
			return error;
	}
	unpacking->written += len;
	report(unpacking, consumed);
	return IMAGE_OK;
}

/* What came out takes the place of the packed file, or of its parts, whose own checksums may be asked for. */
static enum image_error replace_file(struct unpacking *unpacking)
{
	struct image *image = unpacking->image;
	enum image_error error = image_scratch_done(image, unpacking->file);
	struct image_file *unpacked;
	char *path;

	if (error)
		return error;
	unpacked = calloc(1, sizeof(*unpacked));
	path = strdup(image->files[0].path);
	if (!unpacked || !path) {
		free(unpacked);
		free(path);
		return image_fail(image, IMAGE_NO_MEMORY, "no memory");
	}
	split_forget(image);
	/* It was added last. */
	*unpacked = image->files[unpacking->file];
	free(unpacked->path);
	unpacked->path = path;
	unpacked->made = false;
	image->packed = image->files;
	image->packed_count = unpacking->file;
	image->files = unpacked;
	image->file_count = 1;
	return IMAGE_OK;
}

static enum image_error unpack_all(struct unpacking *unpacking, const struct packing *packing)
{
	const struct image_options *options = &unpacking->image->options;
	enum image_error error = packing->unpack(unpacking);

	if (!error && !unpacking->written)
		return unpack_damaged(unpacking, "nothing is in it");
	if (!error && unpacking->wanted && unpacking->written != unpacking->wanted)
		return unpack_damaged(unpacking, "less comes out of it than it says");
	if (!error)
		error = write_pending(unpacking);
	if (!error && options->progress)
		options->progress("unpacking", unpacking->packed.size, unpacking->packed.size);
	return error ? error : replace_file(unpacking);
}

static enum image_error unpack_as(struct image *image, const struct packing *packing)
{
	/* The array of files moves when one is added. */
	struct fd_source source = image->files[0].source;
	struct unpacking unpacking = {
		.image = image,
		.packed = reader_from_fd(&source, image->files[0].size),
		.pending = malloc(UNPACK_PENDING),
	};
	enum image_error error;

	if (!unpacking.pending)
		return image_fail(image, IMAGE_NO_MEMORY, "no memory");
	error = unpack_all(&unpacking, packing);
	free(unpacking.pending);
	return error;
}

/**
 * unpack_image - if the image is packed: unpack it
 * @image: the image, of which nothing is known but the first file, which may be split; that is replaced
 */
enum image_error unpack_image(struct image *image)
{
	struct reader reader = reader_from_fd(&image->files[0].source, image->files[0].size);
	uint8_t head[UNPACK_HEAD] = { 0 };
	struct content content;
	size_t i;

	if (reader_read(&reader, 0, head, reader.size < sizeof(head) ? (size_t)reader.size : sizeof(head)))
		return IMAGE_OK;
	for (i = 0; i < ARRAY_SIZE(packings); i++) {
		const struct packing *packing = packings[i];

		if (reader.size < packing->len || memcmp(head, packing->magic, packing->len))
			continue;
		/* The first bytes of a disc are anybody's. */
		if (!packing->certain && !content_read(&reader, &content) && content_is_known(&content))
			return IMAGE_OK;
		return unpack_as(image, packing);
	}
	return IMAGE_OK;
}

static bool is_whole_sectors(uint64_t size)
{
	static const uint32_t sizes[] = { SECTOR_SIZE, 2336, 2352, 2368, 2448 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		if (size % sizes[i] == 0)
			return true;
	return false;
}

/**
 * unpack_name - how is a file packed that is to hold sectors?
 * @file: the file
 *
 * What is a whole number of sectors is not packed, however it begins: samples can be any bytes.
 *
 * Return: a word, or NULL if it is not packed.
 */
const char *unpack_name(const struct image_file *file)
{
	struct reader reader = reader_from_fd(&file->source, file->size);
	uint8_t head[UNPACK_HEAD] = { 0 };
	size_t i;

	if (is_whole_sectors(reader.size) ||
	    reader_read(&reader, 0, head, reader.size < sizeof(head) ? (size_t)reader.size : sizeof(head)))
		return NULL;
	for (i = 0; i < ARRAY_SIZE(packings); i++)
		if (reader.size >= packings[i]->len && !memcmp(head, packings[i]->magic, packings[i]->len))
			return packings[i]->name;
	return NULL;
}
