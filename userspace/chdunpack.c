// SPDX-License-Identifier: GPL-2.0-only
/* From the hunks of a CHD file to one run of bytes. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "chd.h"
#include "crc16.h"
#include "scratch.h"

/* How much is unpacked between two reports of progress */
#define PROGRESS_STEP	(4U << 20)

/**
 * struct unpacking - a file that is being unpacked
 * @chd: the file
 * @decoder: the codecs; NULL if there are none
 * @to: where it goes: an index into image->files
 * @packed: room for a hunk as it is stored
 * @hunk: room for a hunk
 */
struct unpacking {
	struct chd *chd;
	struct chd_decoder *decoder;
	uint32_t to;
	uint8_t *packed;
	uint8_t *hunk;
};

static enum image_error cannot_read(const struct chd *chd, int err)
{
	if (err == -ENODATA)
		return image_fail(chd->image, IMAGE_NOT_AN_IMAGE, "is truncated: not all of its hunks are in it");
	return image_fail(chd->image, IMAGE_CANNOT_OPEN, "cannot be read: %s", strerror(-err));
}

/* Bytes of a hunk that count: the last one may reach behind the end. */
static size_t counting(const struct chd *chd, uint32_t index)
{
	uint64_t left = chd->size - (uint64_t)index * chd->hunk_size;

	return left < chd->hunk_size ? (size_t)left : chd->hunk_size;
}

static enum image_error write_hunk(struct unpacking *work, uint32_t index)
{
	struct chd *chd = work->chd;
	size_t len = counting(chd, index);

	/* The file is as long as it will be, and all zeroes. */
	if (!work->hunk[0] && !memcmp(work->hunk, work->hunk + 1, len - 1))
		return IMAGE_OK;
	return image_scratch_write(chd->image, work->to, work->hunk, len, (uint64_t)index * chd->hunk_size);
}

/* A hunk that is the same as one before it is taken from what has been unpacked. */
static enum image_error repeat(struct unpacking *work, const struct chd_hunk *hunk)
{
	struct chd *chd = work->chd;
	struct reader reader = reader_from_fd(&chd->image->files[work->to].source, chd->size);
	uint32_t from = (uint32_t)hunk->offset;
	int err = reader_read(&reader, (uint64_t)from * chd->hunk_size, work->hunk, counting(chd, from));

	return err ? cannot_read(chd, err) : IMAGE_OK;
}

static enum image_error load(struct unpacking *work, const struct chd_hunk *hunk)
{
	struct chd *chd = work->chd;
	bool plain = hunk->kind == CHD_STORED;
	enum image_error error;
	int err = reader_read(&chd->reader, hunk->offset, plain ? work->hunk : work->packed, hunk->length);

	if (err)
		return cannot_read(chd, err);
	if (!plain) {
		error = chd_decode(work->decoder, hunk, work->packed, work->hunk);
		if (error)
			return error;
	}
	if (hunk->checked && crc16(0xFFFF, work->hunk, chd->hunk_size) != hunk->crc)
		return image_fail(chd->image, IMAGE_NOT_AN_IMAGE, "is damaged: the checksum of hunk %u is wrong",
				  (unsigned int)(hunk - chd->hunks));
	return IMAGE_OK;
}

static enum image_error unpack_hunk(struct unpacking *work, uint32_t index)
{
	const struct chd_hunk *hunk = &work->chd->hunks[index];
	enum image_error error;

	switch (hunk->kind) {
	case CHD_ZEROES:
		return IMAGE_OK;
	case CHD_SELF:
		error = repeat(work, hunk);
		break;
	default:
		error = load(work, hunk);
		break;
	}
	return error ? error : write_hunk(work, index);
}

static enum image_error unpack_all(struct unpacking *work)
{
	struct chd *chd = work->chd;
	const struct image_options *options = &chd->image->options;
	uint32_t step = PROGRESS_STEP / chd->hunk_size + 1, i;

	for (i = 0; i < chd->hunk_count; i++) {
		enum image_error error = unpack_hunk(work, i);

		if (error)
			return error;
		if (options->progress && (i + 1) % step == 0)
			options->progress("unpacking", (uint64_t)i * chd->hunk_size, chd->size);
	}
	if (options->progress)
		options->progress("unpacking", chd->size, chd->size);
	return IMAGE_OK;
}

static enum image_error unpack_into_scratch(struct chd *chd, uint32_t *file)
{
	struct unpacking work = { .chd = chd };
	enum image_error error = chd_decoder_new(chd, &work.decoder);

	if (error)
		return error;
	work.packed = malloc(chd->hunk_size);
	work.hunk = malloc(chd->hunk_size);
	if (!work.packed || !work.hunk) {
		error = image_fail(chd->image, IMAGE_NO_MEMORY, "no memory");
		goto out;
	}
	error = image_add_scratch(chd->image, chd->size, &work.to);
	if (error)
		goto out;
	if (ftruncate(chd->image->files[work.to].source.fd, (off_t)chd->size)) {
		error = image_scratch_failed(chd->image, errno);
		goto out;
	}
	error = unpack_all(&work);
	if (!error)
		error = image_scratch_done(chd->image, work.to);
	*file = work.to;
out:
	free(work.hunk);
	free(work.packed);
	chd_decoder_free(work.decoder);
	return error;
}

/* Are the hunks in the file one behind the other as they are? */
static bool is_flat(const struct chd *chd)
{
	uint32_t i;

	if (chd->codecs[0])
		return false;
	for (i = 0; i < chd->hunk_count; i++)
		if (chd->hunks[i].kind != CHD_STORED ||
		    chd->hunks[i].offset != chd->hunks[0].offset + (uint64_t)i * chd->hunk_size)
			return false;
	return true;
}

/**
 * chd_unpack - have what is in a file as one run of bytes
 * @chd: the file, whose map has been read
 * @file: out: which of the image's files has it
 * @offset: out: where it begins there
 *
 * A temporary file is made unless the CHD itself has the bytes so.
 */
enum image_error chd_unpack(struct chd *chd, uint32_t *file, uint64_t *offset)
{
	*file = 0;
	*offset = 0;
	if (!is_flat(chd))
		return unpack_into_scratch(chd, file);
	*offset = chd->hunks[0].offset;
	return IMAGE_OK;
}
