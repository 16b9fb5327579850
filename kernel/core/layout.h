/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the bytes of a disc are: runs of sectors that lie in files.
 *
 * Pure arithmetic, like the rest of kernel/core/: the kernel fills the table from the control interface and asks
 * here whether it adds up and where a sector is.
 */
#ifndef VCD_CORE_LAYOUT_H
#define VCD_CORE_LAYOUT_H

#include "port.h"

/** MMC_FILE_NONE: an extent without a file: its sectors are zeroes */
#define MMC_FILE_NONE		0xFFFFFFFFU

/**
 * struct mmc_extent - a run of sectors
 * @offset: byte offset of the first sector in the file
 * @lba: first sector
 * @sectors: number of sectors, at least 1
 * @file: index of the file, or MMC_FILE_NONE
 * @tail: bytes of the last sector that the file holds, 0 for all; the rest reads as zeroes
 */
struct mmc_extent {
	u64 offset;
	u32 lba;
	u32 sectors;
	u32 file;
	u32 tail;
};

/**
 * struct mmc_layout - the extents of a disc
 * @extents: sorted by LBA, without a gap, from sector 0 on
 * @nr_extents: at least 1
 */
struct mmc_layout {
	const struct mmc_extent *extents;
	u32 nr_extents;
};

/**
 * struct mmc_piece - the bytes of a read that lie in one extent, next to each other
 * @offset: byte offset in the file
 * @bytes: bytes to read from there
 * @zeroes: zero bytes that follow them (the padding of a last sector, or an extent without a file)
 * @file: index of the file, or MMC_FILE_NONE
 */
struct mmc_piece {
	u64 offset;
	u64 bytes;
	u64 zeroes;
	u32 file;
};

/**
 * enum mmc_layout_error - what is wrong with a layout
 * @MMC_LAYOUT_OK: nothing
 * @MMC_LAYOUT_EMPTY: no extent, or one without sectors
 * @MMC_LAYOUT_GAP: an extent does not begin where the one before it ends, or they do not end with the disc
 * @MMC_LAYOUT_FILE: the index of a file is out of range
 * @MMC_LAYOUT_RANGE: an extent lies outside its file
 * @MMC_LAYOUT_TAIL: the tail is no part of a sector, or there is no file to take it from
 */
enum mmc_layout_error {
	MMC_LAYOUT_OK,
	MMC_LAYOUT_EMPTY,
	MMC_LAYOUT_GAP,
	MMC_LAYOUT_FILE,
	MMC_LAYOUT_RANGE,
	MMC_LAYOUT_TAIL,
};

/**
 * mmc_layout_check - do the extents of a disc add up?
 * @layout: the extents
 * @sectors: length of the disc
 * @file_bytes: length of each file
 * @nr_files: number of files
 *
 * Return: MMC_LAYOUT_OK or the first fault. All other functions here take only a layout that passed.
 */
enum mmc_layout_error mmc_layout_check(const struct mmc_layout *layout, u32 sectors, const u64 *file_bytes,
				       u32 nr_files);

/**
 * mmc_layout_find - the first piece of a read
 * @layout: a layout that passed mmc_layout_check()
 * @pos: byte position on the disc, which has MMC_BLOCK bytes a sector
 * @len: bytes wanted from there, at least 1; the disc holds them
 * @piece: where they are; @piece->bytes + @piece->zeroes is at least 1 and at most @len
 *
 * A read is done piece by piece until @len bytes have been found.
 */
void mmc_layout_find(const struct mmc_layout *layout, u64 pos, u64 len, struct mmc_piece *piece);

#endif /* VCD_CORE_LAYOUT_H */
