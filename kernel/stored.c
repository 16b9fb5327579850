// SPDX-License-Identifier: GPL-2.0
/*
 * Sectors in the forms in which images store them: with more than their user data, and with sub-channels.
 *
 * They are read many at a time into memory of our own, and what is wanted of them is taken from there. Where that can't
 * be read as a whole, each is read by itself, so that one bad sector takes no other with it.
 */
#include <linux/math64.h>
#include <linux/slab.h>
#include <linux/uio.h>

#include "vcd.h"

/* How far before the user data of a Mode 2 sector its sub-header lies. */
#define SUBHEADER_LEN		8
/* What is brought into the page cache at a time, and must stay there until it has been copied. */
#define FETCH_BYTES		(256 * 1024)

static int read_bytes(struct vcd_disc *disc, u32 file, u64 offset, u8 *to, size_t bytes)
{
	struct kvec kvec = { .iov_base = to, .iov_len = bytes };
	struct iov_iter iter;

	iov_iter_kvec(&iter, ITER_DEST, &kvec, 1, bytes);
	return vcd_disc_read_file(disc, file, offset, &iter);
}

/** vcd_stored_alloc - get room for sectors; 0 or -ENOMEM */
int vcd_stored_alloc(struct vcd_stored *stored)
{
	memset(stored->has_before, 0, sizeof(stored->has_before));
	stored->buf = kvmalloc(VCD_STORED_BYTES + MMC_SECTOR_MAX, GFP_KERNEL);
	return stored->buf ? 0 : -ENOMEM;
}

/** vcd_stored_free - give it back */
void vcd_stored_free(struct vcd_stored *stored)
{
	kvfree(stored->buf);
}

/* Does the sub-channel lie behind the main channel of each sector? Then it is read with it. */
static bool interleaved(const struct mmc_run *run, const struct mmc_run *sub)
{
	return run->sectors && sub->sectors && sub->file == run->file && sub->stride == run->stride &&
	       sub->offset >= run->offset + mmc_form_size(run->form) &&
	       sub->offset - run->offset + sub->stored <= run->stride;
}

/* Bytes from the first of @sectors of a run to the end of the last. */
static u32 run_bytes(const struct mmc_run *run, u32 sectors)
{
	return (sectors - 1) * run->stride + run->stored;
}

/* How many sectors fit, with room for both channels wherever they come from. */
static u32 fitting(const struct mmc_run *run, const struct mmc_run *sub)
{
	u32 each = run->sectors ? run->stride : 0;

	if (sub->sectors && !interleaved(run, sub))
		each += sub->stride;
	return each ? VCD_STORED_BYTES / each : U32_MAX;
}

static int read_main(struct vcd_disc *disc, struct vcd_stored *stored, u32 sectors)
{
	const struct mmc_run *run = &stored->run;
	u32 bytes = run_bytes(run, sectors);
	int ret;

	if (!run->sectors)
		return 0;
	if (interleaved(run, &stored->sub))
		bytes = (sectors - 1) * run->stride + stored->sub_at + stored->sub.stored;
	ret = read_bytes(disc, run->file, run->offset, stored->buf, bytes);
	if (!ret && run->stored < mmc_form_size(run->form) && sectors == run->sectors)
		memset(stored->buf + run_bytes(run, sectors), 0, mmc_form_size(run->form) - run->stored);
	return ret;
}

static int read_both(struct vcd_disc *disc, struct vcd_stored *stored, u32 sectors)
{
	const struct mmc_run *sub = &stored->sub;
	int ret;

	ret = read_main(disc, stored, sectors);
	if (ret || !sub->sectors || interleaved(&stored->run, sub))
		return ret;
	return read_bytes(disc, sub->file, sub->offset, stored->buf + stored->sub_at, run_bytes(sub, sectors));
}

/**
 * vcd_stored_read - read what is stored of sectors
 * @disc: the disc; the caller holds a reference
 * @lba: the first
 * @sectors: how many are wanted, at least 1
 * @sub: their sub-channels, too
 * @stored: with room for them
 *
 * Return: how many have been read, at least 1, or an error about the first.
 *
 * Context: as vcd_disc_read().
 */
int vcd_stored_read(struct vcd_disc *disc, u32 lba, u32 sectors, bool sub, struct vcd_stored *stored)
{
	int ret;

	sectors = mmc_layout_run(&disc->layout, lba, sectors, &stored->run);
	stored->sub.sectors = 0;
	if (sub)
		sectors = mmc_layout_run(&disc->subchannels, lba, sectors, &stored->sub);
	/* What is not stored need not be read, but nor should it take for ever. */
	sectors = min3(sectors, fitting(&stored->run, &stored->sub), (u32)VCD_STORED_BYTES / MMC_BLOCK);
	/* The end of a run is only there if it is reached. */
	if (sectors < stored->run.sectors)
		stored->run.stored = mmc_form_size(stored->run.form);
	if (interleaved(&stored->run, &stored->sub))
		stored->sub_at = stored->sub.offset - stored->run.offset;
	else
		stored->sub_at = stored->run.sectors ? sectors * stored->run.stride : 0;
	ret = read_both(disc, stored, sectors);
	if (!ret)
		return sectors;
	if (ret == -EINTR || sectors == 1)
		return ret;
	if (stored->run.sectors > 1)
		stored->run.stored = mmc_form_size(stored->run.form);
	ret = read_both(disc, stored, 1);
	return ret ? ret : 1;
}

/**
 * vcd_stored_sector - one of the sectors that have been read
 * @stored: the sectors
 * @index: which
 * @sector: filled; points into @stored
 */
void vcd_stored_sector(const struct vcd_stored *stored, u32 index, struct mmc_stored *sector)
{
	const struct mmc_run *run = &stored->run;
	const struct mmc_run *sub = &stored->sub;
	u32 i;

	for (i = 0; i < MMC_SUB_SPREAD; i++)
		sector->before[i] = stored->has_before[i] ? stored->before[i] : NULL;
	sector->form = run->sectors ? run->form : MMC_FORM_USER;
	sector->data = run->sectors ? stored->buf + index * run->stride : NULL;
	sector->subform = sub->sectors ? sub->form : MMC_FORM_SUB_RAW;
	sector->sub = sub->sectors ? stored->buf + stored->sub_at + index * sub->stride : NULL;
}

/**
 * vcd_stored_pass - go on to the next sector, before which this one lies
 * @stored: vcd_stored_before() was called for it
 * @sector: the sector
 */
void vcd_stored_pass(struct vcd_stored *stored, const struct mmc_stored *sector)
{
	u32 i;

	for (i = MMC_SUB_SPREAD - 1; i; i--) {
		stored->has_before[i] = stored->has_before[i - 1];
		memcpy(stored->before[i], stored->before[i - 1], MMC_SUB_RAW_LEN);
	}
	stored->has_before[0] = sector->sub;
	if (sector->sub)
		mmc_subchannel_raw(stored->before[0], sector->subform, sector->sub);
}

/**
 * vcd_stored_before - read the sub-channels of the sectors before one
 * @disc: the disc; the caller holds a reference
 * @lba: the sector
 * @stored: with room for them; what vcd_stored_read() read is lost
 *
 * What of them can't be read is taken for not stored: it is no fault of the sector that was asked for.
 *
 * Return: 0, -EINTR or -ENOMEM.
 *
 * Context: as vcd_disc_read().
 */
int vcd_stored_before(struct vcd_disc *disc, u32 lba, struct vcd_stored *stored)
{
	u32 at = lba > MMC_SUB_SPREAD ? lba - MMC_SUB_SPREAD : 0;

	for (; at < lba; at++) {
		struct mmc_stored sector = {};
		struct mmc_run sub;

		mmc_layout_run(&disc->subchannels, at, 1, &sub);
		if (sub.sectors) {
			int ret = read_bytes(disc, sub.file, sub.offset, stored->buf, sub.stored);

			if (ret == -EINTR || ret == -ENOMEM)
				return ret;
			if (!ret) {
				sector.subform = sub.form;
				sector.sub = stored->buf;
			}
		}
		vcd_stored_pass(stored, &sector);
	}
	return 0;
}

/* Reads what is wanted of the first sector of a piece, with nothing but what is on the stack. */
static int part_of_one(struct vcd_disc *disc, const struct mmc_piece *piece, u32 skip, struct iov_iter *iter)
{
	size_t left = iov_iter_count(iter);
	size_t bytes = min_t(size_t, left, piece->part - skip);
	u8 subheader[SUBHEADER_LEN];
	int ret;

	if (piece->form2) {
		ret = read_bytes(disc, piece->file, piece->offset - skip - SUBHEADER_LEN, subheader, sizeof(subheader));
		if (ret)
			return ret;
		if (mmc_is_form2(subheader))
			return -EMEDIUMTYPE;
	}
	iov_iter_truncate(iter, bytes);
	ret = vcd_disc_read_file(disc, piece->file, piece->offset, iter);
	iov_iter_reexpand(iter, left - (bytes - iov_iter_count(iter)));
	return ret;
}

/* Takes the parts out of sectors that have been read from their sub-header on, or from the first part on. */
static int take_parts(const struct mmc_piece *piece, const u8 *from, u32 skip, u32 sectors, struct iov_iter *iter)
{
	u32 before = piece->form2 ? SUBHEADER_LEN : 0;
	u32 i;

	for (i = 0; i < sectors; i++, from += piece->stride, skip = 0) {
		size_t bytes = min_t(size_t, iov_iter_count(iter), piece->part - skip);

		if (before && mmc_is_form2(from))
			return -EMEDIUMTYPE;
		if (copy_to_iter(from + before + skip, bytes, iter) != bytes)
			return -EFAULT;
	}
	return 0;
}

/* The part of a piece that is left when @done bytes of it have been read. */
static struct mmc_piece rest_of(const struct mmc_piece *piece, u32 skip, u64 done)
{
	struct mmc_piece rest = *piece;
	u64 sector = div_u64(skip + done, piece->part);

	rest.offset = piece->offset - skip + sector * piece->stride + (skip + done) % piece->part;
	rest.bytes -= done;
	return rest;
}

/* How many sectors a read from the first of a piece on touches, at most as many as there is room for. */
static u32 sectors_in(const struct mmc_piece *piece, u32 skip, size_t bytes, u32 room)
{
	return min_t(u64, DIV_ROUND_UP(skip + bytes, piece->part), room / piece->stride);
}

/* Bytes from the beginning of the first of these sectors that is looked at to the end of the last. */
static u32 span_of(const struct mmc_piece *piece, u32 skip, size_t bytes, u32 sectors)
{
	size_t last = skip + bytes - (size_t)(sectors - 1) * piece->part;

	return (sectors - 1) * piece->stride + (piece->form2 ? SUBHEADER_LEN : 0) + min_t(size_t, last, piece->part);
}

/* Reads some sectors through memory of our own, or just one without it. */
static int read_parts(struct vcd_disc *disc, const struct mmc_piece *piece, u32 skip, u8 *buf, struct iov_iter *iter)
{
	u32 sectors = sectors_in(piece, skip, iov_iter_count(iter), VCD_STORED_BYTES);
	u64 start = piece->offset - skip - (piece->form2 ? SUBHEADER_LEN : 0);
	int ret = -ENOMEM;

	if (buf && sectors > 1)
		ret = read_bytes(disc, piece->file, start, buf, span_of(piece, skip, iov_iter_count(iter), sectors));
	if (!ret)
		return take_parts(piece, buf, skip, sectors, iter);
	return ret == -EINTR ? ret : part_of_one(disc, piece, skip, iter);
}

/* Has the file system bring sectors into its page cache, reading ahead as it thinks best. */
static bool fetch(struct vcd_disc *disc, const struct mmc_piece *piece, u32 skip, size_t bytes)
{
	u32 sectors = sectors_in(piece, skip, bytes, FETCH_BYTES);
	u64 start = piece->offset - skip - (piece->form2 ? SUBHEADER_LEN : 0);
	struct iov_iter nowhere;

	iov_iter_discard(&nowhere, ITER_DEST, span_of(piece, skip, bytes, sectors));
	return !vcd_disc_read_file(disc, piece->file, start, &nowhere);
}

/**
 * vcd_stored_parts - read the same part of each of a row of sectors
 * @disc: the disc; the caller holds a reference
 * @piece: where they are; with &mmc_piece.stride
 * @skip: how far into the part of the first sector it begins
 * @iter: where the parts go; takes at most &mmc_piece.bytes
 *
 * Where the page cache of the image can be looked into, they are copied once, from there. Else, and what is not there
 * for long enough, goes through memory of our own.
 *
 * Return: as vcd_disc_read().
 *
 * Context: as vcd_disc_read().
 */
int vcd_stored_parts(struct vcd_disc *disc, const struct mmc_piece *piece, u32 skip, struct iov_iter *iter)
{
	const struct vcd_image *image = &disc->images[piece->file];
	size_t want = iov_iter_count(iter);
	bool fetched = !image->cache;
	u8 *buf = NULL;
	int ret = 0;

	while (!ret && iov_iter_count(iter)) {
		size_t left = iov_iter_count(iter);
		struct mmc_piece rest = rest_of(piece, skip, want - left);
		u32 in = (skip + (want - left)) % piece->part;

		vcd_cache_copy(image, &rest, in, iter);
		if (iov_iter_count(iter) < left) {
			fetched = !image->cache;
			continue;
		}
		if (!fetched) {
			fetched = fetch(disc, &rest, in, left);
			if (fetched)
				continue;
		}
		/* Without memory it takes longer. */
		if (!buf && in + left > piece->part)
			buf = kmalloc(VCD_STORED_BYTES, GFP_KERNEL | __GFP_NOWARN | __GFP_NORETRY);
		ret = read_parts(disc, &rest, in, buf, iter);
		fetched = !image->cache;
	}
	kfree(buf);
	return ret;
}
