// SPDX-License-Identifier: GPL-2.0
/*
 * Where the bytes of a disc are.
 */
#include "engine.h"
#include "layout.h"

/* How many bytes of a sector a form has, and of which modes such sectors are. */
static const struct {
	u16 size;
	bool audio;
	bool data;
	bool mode2;
} forms[MMC_FORMS] = {
	[MMC_FORM_USER]		= { .size = MMC_BLOCK, .data = true, .mode2 = true },
	[MMC_FORM_RAW]		= { .size = 2352, .audio = true, .data = true, .mode2 = true },
	[MMC_FORM_MODE2]	= { .size = 2336, .mode2 = true },
	[MMC_FORM_AUDIO_BE]	= { .size = 2352, .audio = true },
	[MMC_FORM_SUB_RAW]	= { .size = 96 },
	[MMC_FORM_SUB_PACKED]	= { .size = 96 },
	[MMC_FORM_SUB_Q]	= { .size = 16 },
};

u32 mmc_form_size(u32 form)
{
	return form < MMC_FORMS ? forms[form].size : 0;
}

/* Bytes of its file from the first sector of an extent to the end of the last. At most 2^44: it can't overflow. */
static u64 extent_bytes(const struct mmc_extent *extent)
{
	u32 last = extent->tail ? extent->tail : forms[extent->form].size;

	return (u64)(extent->sectors - 1) * extent->stride + last;
}

static enum mmc_layout_error extent_check(const struct mmc_extent *extent, const u64 *file_bytes, u32 nr_files)
{
	if (extent->stride < forms[extent->form].size || extent->stride > MMC_STRIDE_MAX)
		return MMC_LAYOUT_STRIDE;
	if (extent->tail >= forms[extent->form].size)
		return MMC_LAYOUT_TAIL;
	if (extent->file == MMC_FILE_NONE) {
		if (extent->form != MMC_FORM_USER || extent->stride != MMC_BLOCK)
			return MMC_LAYOUT_FORM;
		return extent->tail ? MMC_LAYOUT_TAIL : MMC_LAYOUT_OK;
	}
	if (extent->file >= nr_files)
		return MMC_LAYOUT_FILE;
	/* Written so that no sum can wrap. */
	if (extent->offset > file_bytes[extent->file] ||
	    extent_bytes(extent) > file_bytes[extent->file] - extent->offset)
		return MMC_LAYOUT_RANGE;
	return MMC_LAYOUT_OK;
}

s32 mmc_form_user(u32 form, enum mmc_track_mode mode)
{
	switch (mode) {
	case MMC_TRACK_AUDIO:
		return forms[form].audio ? 0 : -1;
	case MMC_TRACK_DATA:
		if (!forms[form].data)
			return -1;
		return form == MMC_FORM_RAW ? 16 : 0;
	case MMC_TRACK_MODE2:
		if (!forms[form].mode2)
			return -1;
		return form == MMC_FORM_RAW ? 24 : form == MMC_FORM_MODE2 ? 8 : 0;
	default:
		return 0;
	}
}

/* Are all sectors of an extent of one mode, and do such sectors have its form? Then it learns where user data is. */
static bool form_fits(struct mmc_extent *extent, const struct mmc_medium *medium)
{
	u32 end = extent->lba + extent->sectors;
	bool first = true;
	s32 user = 0;
	u32 lba;

	extent->user = 0;
	if (extent->file == MMC_FILE_NONE)
		return true;
	for (lba = extent->lba; lba < end; lba = mmc_same_mode(medium, lba)) {
		enum mmc_track_mode mode = mmc_sector_mode(medium, lba);
		s32 here = mmc_form_user(extent->form, mode);

		/* What is stored of the gap between two sessions is never looked at. */
		if (mode == MMC_TRACK_NONE)
			continue;
		if (here < 0 || (!first && here != user))
			return false;
		user = here;
		first = false;
	}
	extent->user = (u8)user;
	return true;
}

enum mmc_layout_error mmc_layout_check(const struct mmc_layout *layout, const struct mmc_medium *medium,
				       const u64 *file_bytes, u32 nr_files)
{
	u32 sectors = medium->sectors;
	u32 lba = 0;
	u32 i;

	if (!layout->nr_extents)
		return MMC_LAYOUT_EMPTY;
	for (i = 0; i < layout->nr_extents; i++) {
		struct mmc_extent *extent = &layout->extents[i];
		enum mmc_layout_error error;

		if (!extent->sectors)
			return MMC_LAYOUT_EMPTY;
		if (extent->form > MMC_FORM_AUDIO_BE)
			return MMC_LAYOUT_FORM;
		if (extent->lba != lba || extent->sectors > sectors - lba)
			return MMC_LAYOUT_GAP;
		error = extent_check(extent, file_bytes, nr_files);
		if (error != MMC_LAYOUT_OK)
			return error;
		if (!form_fits(extent, medium))
			return MMC_LAYOUT_FORM;
		lba += extent->sectors;
	}
	return lba == sectors ? MMC_LAYOUT_OK : MMC_LAYOUT_GAP;
}

enum mmc_layout_error mmc_layout_check_sub(const struct mmc_layout *layout, u32 sectors, const u64 *file_bytes,
					   u32 nr_files)
{
	u32 lba = 0;
	u32 i;

	for (i = 0; i < layout->nr_extents; i++) {
		const struct mmc_extent *extent = &layout->extents[i];
		enum mmc_layout_error error;

		if (!extent->sectors)
			return MMC_LAYOUT_EMPTY;
		if (extent->form < MMC_FORM_SUB_RAW || extent->form >= MMC_FORMS || extent->file == MMC_FILE_NONE)
			return MMC_LAYOUT_FORM;
		if (extent->lba < lba || extent->lba > sectors || extent->sectors > sectors - extent->lba)
			return MMC_LAYOUT_GAP;
		/* A part of a sub-channel is of no use. */
		if (extent->tail)
			return MMC_LAYOUT_TAIL;
		error = extent_check(extent, file_bytes, nr_files);
		if (error != MMC_LAYOUT_OK)
			return error;
		lba = extent->lba + extent->sectors;
	}
	return MMC_LAYOUT_OK;
}

/* The last extent that begins at or before a sector, or the first. */
static const struct mmc_extent *extent_at(const struct mmc_layout *layout, u32 lba)
{
	u32 low = 0;
	u32 high = layout->nr_extents;

	while (high - low > 1) {
		u32 middle = low + (high - low) / 2;

		if (layout->extents[middle].lba <= lba)
			low = middle;
		else
			high = middle;
	}
	return &layout->extents[low];
}

/* Sectors whose user data lies side by side. */
static void find_plain(const struct mmc_extent *extent, u64 start, u64 len, struct mmc_piece *piece)
{
	u64 stored = extent->file == MMC_FILE_NONE ? 0 : extent_bytes(extent);

	piece->offset = extent->offset + start;
	piece->bytes = start >= stored ? 0 : min_t(u64, len, stored - start);
	piece->zeroes = len - piece->bytes;
	piece->stride = 0;
	piece->form2 = false;
}

/* Sectors with something in between. One that is not stored to its end is a piece of its own. */
static void find_strided(const struct mmc_extent *extent, u64 start, u64 len, struct mmc_piece *piece)
{
	u32 index = (u32)(start / MMC_BLOCK);
	u32 skip = (u32)(start % MMC_BLOCK);
	u64 whole = (u64)(extent->sectors - (extent->tail ? 1 : 0)) * MMC_BLOCK;
	u32 stored = 0;

	piece->offset = extent->offset + (u64)index * extent->stride + extent->user + skip;
	piece->stride = extent->stride;
	piece->form2 = extent->user == 24 || extent->user == 8;
	if (start < whole) {
		piece->bytes = min_t(u64, len, whole - start);
		piece->zeroes = 0;
		return;
	}
	if (extent->tail > extent->user + skip)
		stored = extent->tail - extent->user - skip;
	piece->bytes = min_t(u64, len, stored);
	piece->zeroes = len - piece->bytes;
}

void mmc_layout_find(const struct mmc_layout *layout, u64 pos, u64 len, struct mmc_piece *piece)
{
	const struct mmc_extent *extent = extent_at(layout, (u32)(pos / MMC_BLOCK));
	u64 start = pos - (u64)extent->lba * MMC_BLOCK;
	u64 left = (u64)extent->sectors * MMC_BLOCK - start;

	if (len > left)
		len = left;
	piece->file = extent->file;
	piece->part = MMC_BLOCK;
	if (extent->stride == MMC_BLOCK)
		find_plain(extent, start, len, piece);
	else
		find_strided(extent, start, len, piece);
}

u32 mmc_layout_run(const struct mmc_layout *layout, u32 lba, u32 sectors, struct mmc_run *run)
{
	const struct mmc_extent *extent;
	u32 index, left;

	run->sectors = 0;
	if (!layout->nr_extents)
		return sectors;
	extent = extent_at(layout, lba);
	/* Before all extents, or behind this one */
	if (lba < extent->lba)
		return min_t(u32, sectors, extent->lba - lba);
	index = lba - extent->lba;
	if (index >= extent->sectors) {
		const struct mmc_extent *next = extent + 1;

		return next < layout->extents + layout->nr_extents ? min_t(u32, sectors, next->lba - lba) : sectors;
	}
	left = min_t(u32, sectors, extent->sectors - index);
	if (extent->file == MMC_FILE_NONE)
		return left;
	run->offset = extent->offset + (u64)index * extent->stride;
	run->sectors = left;
	run->file = extent->file;
	run->form = extent->form;
	run->stride = extent->stride;
	run->stored = forms[extent->form].size;
	if (extent->tail && index + left == extent->sectors)
		run->stored = extent->tail;
	return left;
}
