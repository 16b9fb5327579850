// SPDX-License-Identifier: GPL-2.0
/*
 * Where the bytes of a disc are.
 */
#include "layout.h"
#include "mmc.h"

/* Bytes of its file that an extent uses. At most 2^43: it can't overflow. */
static u64 extent_bytes(const struct mmc_extent *extent)
{
	u64 bytes = (u64)extent->sectors * MMC_BLOCK;

	return extent->tail ? bytes - MMC_BLOCK + extent->tail : bytes;
}

static enum mmc_layout_error extent_check(const struct mmc_extent *extent, const u64 *file_bytes, u32 nr_files)
{
	if (extent->tail >= MMC_BLOCK)
		return MMC_LAYOUT_TAIL;
	if (extent->file == MMC_FILE_NONE)
		return extent->tail ? MMC_LAYOUT_TAIL : MMC_LAYOUT_OK;
	if (extent->file >= nr_files)
		return MMC_LAYOUT_FILE;
	/* Written so that no sum can wrap. */
	if (extent->offset > file_bytes[extent->file] ||
	    extent_bytes(extent) > file_bytes[extent->file] - extent->offset)
		return MMC_LAYOUT_RANGE;
	return MMC_LAYOUT_OK;
}

enum mmc_layout_error mmc_layout_check(const struct mmc_layout *layout, u32 sectors, const u64 *file_bytes,
				       u32 nr_files)
{
	u32 lba = 0;
	u32 i;

	if (!layout->nr_extents)
		return MMC_LAYOUT_EMPTY;
	for (i = 0; i < layout->nr_extents; i++) {
		const struct mmc_extent *extent = &layout->extents[i];
		enum mmc_layout_error error;

		if (!extent->sectors)
			return MMC_LAYOUT_EMPTY;
		if (extent->lba != lba || extent->sectors > sectors - lba)
			return MMC_LAYOUT_GAP;
		error = extent_check(extent, file_bytes, nr_files);
		if (error != MMC_LAYOUT_OK)
			return error;
		lba += extent->sectors;
	}
	return lba == sectors ? MMC_LAYOUT_OK : MMC_LAYOUT_GAP;
}

/* The extent that holds a sector: the last one that begins at or before it. */
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

void mmc_layout_find(const struct mmc_layout *layout, u64 pos, u64 len, struct mmc_piece *piece)
{
	const struct mmc_extent *extent = extent_at(layout, (u32)(pos / MMC_BLOCK));
	u64 start = pos - (u64)extent->lba * MMC_BLOCK;
	u64 left = (u64)extent->sectors * MMC_BLOCK - start;
	u64 stored = extent->file == MMC_FILE_NONE ? 0 : extent_bytes(extent);

	if (len > left)
		len = left;
	piece->file = extent->file;
	piece->offset = extent->offset + start;
	piece->bytes = start >= stored ? 0 : min_t(u64, len, stored - start);
	piece->zeroes = len - piece->bytes;
}
