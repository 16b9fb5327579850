/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the bytes of a disc are: runs of sectors that lie in files.
 *
 * Pure arithmetic, like the rest of kernel/core/: the kernel fills the table from the control interface and asks
 * here whether it adds up and where a sector is.
 */
#ifndef VCD_CORE_LAYOUT_H
#define VCD_CORE_LAYOUT_H

#include "mmc.h"

/** MMC_FILE_NONE: an extent without a file: its sectors are zeroes */
#define MMC_FILE_NONE		0xFFFFFFFFU

/** MMC_STRIDE_MAX: the largest stride of an extent */
#define MMC_STRIDE_MAX		4096

/**
 * enum mmc_form - what a file stores of a sector
 * @MMC_FORM_USER: the 2048 bytes of user data
 * @MMC_FORM_RAW: the whole main channel, 2352 bytes
 * @MMC_FORM_MODE2: a sector of Mode 2 without sync and header, 2336 bytes
 * @MMC_FORM_AUDIO_BE: an audio sector whose samples have their high byte first
 * @MMC_FORM_SUB_RAW: sub-channels P to W as they lie on the disc, 96 bytes
 * @MMC_FORM_SUB_PACKED: twelve bytes of P, then twelve of Q and so on
 * @MMC_FORM_SUB_Q: sub-channel Q and P, 16 bytes
 * @MMC_FORMS: how many there are
 */
enum mmc_form {
	MMC_FORM_USER,
	MMC_FORM_RAW,
	MMC_FORM_MODE2,
	MMC_FORM_AUDIO_BE,
	MMC_FORM_SUB_RAW,
	MMC_FORM_SUB_PACKED,
	MMC_FORM_SUB_Q,
	MMC_FORMS,
};

/**
 * struct mmc_extent - a run of sectors
 * @offset: byte offset of the first sector in the file
 * @lba: first sector
 * @sectors: number of sectors, at least 1
 * @file: index of the file, or MMC_FILE_NONE
 * @tail: bytes of the last sector that the file holds, 0 for all; the rest reads as zeroes
 * @stride: bytes from one sector to the next
 * @form: enum mmc_form
 * @user: where the user data begins in what is stored of a sector; set by mmc_layout_check()
 */
struct mmc_extent {
	u64 offset;
	u32 lba;
	u32 sectors;
	u32 file;
	u16 tail;
	u16 stride;
	u8 form;
	u8 user;
};

/**
 * struct mmc_layout - the extents of a disc
 * @extents: sorted by LBA, without a gap, from sector 0 on
 * @nr_extents: at least 1
 */
struct mmc_layout {
	struct mmc_extent *extents;
	u32 nr_extents;
};

/**
 * struct mmc_piece - the user data of a read that lies in one extent, next to each other
 * @offset: byte offset in the file
 * @bytes: bytes to read from there
 * @zeroes: zero bytes that follow them (the padding of a last sector, or an extent without a file)
 * @file: index of the file, or MMC_FILE_NONE
 * @stride: 0, or the bytes from one sector to the next, of which each but the first has @part bytes here: then @bytes
 *	counts only those
 * @part: MMC_BLOCK
 * @form2: with @stride: sectors may be of Form 2, whose sub-header lies 8 bytes before the user data
 */
struct mmc_piece {
	u64 offset;
	u64 bytes;
	u64 zeroes;
	u32 file;
	u16 stride;
	u16 part;
	bool form2;
};

/**
 * struct mmc_run - sectors that are stored one after the other
 * @offset: byte offset of the first
 * @sectors: how many there are in a row; 0: this one is not stored
 * @file: index of the file
 * @stored: bytes of the last of them that are stored; the rest is zeroes
 * @stride: bytes from one to the next
 * @form: enum mmc_form
 */
struct mmc_run {
	u64 offset;
	u32 sectors;
	u32 file;
	u16 stored;
	u16 stride;
	u8 form;
};

/**
 * enum mmc_layout_error - what is wrong with a layout
 * @MMC_LAYOUT_OK: nothing
 * @MMC_LAYOUT_EMPTY: no extent, or one without sectors
 * @MMC_LAYOUT_GAP: an extent does not begin where the one before it ends, or they do not end with the disc
 * @MMC_LAYOUT_FILE: the index of a file is out of range
 * @MMC_LAYOUT_RANGE: an extent lies outside its file
 * @MMC_LAYOUT_TAIL: the tail is no part of a sector, or there is no file to take it from
 * @MMC_LAYOUT_STRIDE: sectors overlap, or are too far from each other
 * @MMC_LAYOUT_FORM: sectors there have no such form
 */
enum mmc_layout_error {
	MMC_LAYOUT_OK,
	MMC_LAYOUT_EMPTY,
	MMC_LAYOUT_GAP,
	MMC_LAYOUT_FILE,
	MMC_LAYOUT_RANGE,
	MMC_LAYOUT_TAIL,
	MMC_LAYOUT_STRIDE,
	MMC_LAYOUT_FORM,
};

/** mmc_form_size - how many bytes of a sector a form has; 0 if there is no such form */
u32 mmc_form_size(u32 form);

/**
 * mmc_form_user - where the user data begins in what is stored of a sector
 * @form: enum mmc_form
 * @mode: the mode of the sector
 *
 * Return: bytes, 0 for a sector that has none; -1 if sectors of this mode have no such form.
 */
s32 mmc_form_user(u32 form, enum mmc_track_mode mode);

/**
 * mmc_layout_check - do the extents of a disc add up?
 * @layout: the extents
 * @medium: the disc, which is valid
 * @file_bytes: length of each file
 * @nr_files: number of files
 *
 * Return: MMC_LAYOUT_OK or the first fault. All other functions here take only a layout that passed.
 */
enum mmc_layout_error mmc_layout_check(const struct mmc_layout *layout, const struct mmc_medium *medium,
				       const u64 *file_bytes, u32 nr_files);

/**
 * mmc_layout_check_sub - do the extents of stored sub-channels add up?
 * @layout: the extents; there may be none, and gaps
 * @sectors: length of the disc
 * @file_bytes: length of each file
 * @nr_files: number of files
 *
 * Return: MMC_LAYOUT_OK or the first fault.
 */
enum mmc_layout_error mmc_layout_check_sub(const struct mmc_layout *layout, u32 sectors, const u64 *file_bytes,
					   u32 nr_files);

/**
 * mmc_layout_find - the first piece of a read of user data
 * @layout: a layout that passed mmc_layout_check()
 * @pos: byte position on the disc, which has MMC_BLOCK bytes a sector
 * @len: bytes wanted from there, at least 1; the disc holds them
 * @piece: where they are; @piece->bytes + @piece->zeroes is at least 1 and at most @len
 *
 * A read is done piece by piece until @len bytes have been found. The sectors are ones that have user data.
 */
void mmc_layout_find(const struct mmc_layout *layout, u64 pos, u64 len, struct mmc_piece *piece);

/**
 * mmc_layout_run - what is stored of sectors
 * @layout: a layout that passed mmc_layout_check() or mmc_layout_check_sub()
 * @lba: the first sector
 * @sectors: how many are wanted, at least 1
 * @run: where they are
 *
 * Return: how many sectors from @lba on @run tells about, at least 1: as many as it has, or those that are not stored.
 */
u32 mmc_layout_run(const struct mmc_layout *layout, u32 lba, u32 sectors, struct mmc_run *run);

#endif /* VCD_CORE_LAYOUT_H */
