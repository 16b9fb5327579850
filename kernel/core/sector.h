/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A CD sector as READ CD delivers it, made from what an image holds of it.
 */
#ifndef VCD_CORE_SECTOR_H
#define VCD_CORE_SECTOR_H

#include "layout.h"
#include "mmc.h"

/* Which parts of a sector: byte 9 of READ CD (MMC-5 6.20). */
#define MMC_FIELD_SYNC		0x80
#define MMC_FIELD_SUBHEADER	0x40	/* only in sectors of Mode 2 */
#define MMC_FIELD_HEADER	0x20
#define MMC_FIELD_USER		0x10
#define MMC_FIELD_EDC		0x08	/* EDC, zero field, P and Q parity */
#define MMC_FIELDS_MAIN		0xF8	/* all of these */
#define MMC_FIELD_C2		0x06	/* a number: */
#define MMC_C2_BITS		0x02	/* one bit for each byte of the sector */
#define MMC_C2_AND_BLOCK	0x04	/* behind a byte that is the logical or of all of them, and a pad byte */

/* Which sub-channels: byte 10 of READ CD. */
#define MMC_SUB_NONE		0
#define MMC_SUB_RAW		1	/* P to W, as they lie on the disc */
#define MMC_SUB_Q		2	/* Q, formatted */
#define MMC_SUB_RW		4	/* R to W, corrected and de-interleaved */

/** MMC_RAW_SECTOR: length of a sector with all parts, without C2 pointers and sub-channel */
#define MMC_RAW_SECTOR		2352
/** MMC_SUB_RAW_LEN: length of the sub-channels P to W, and of R to W */
#define MMC_SUB_RAW_LEN		96
/** MMC_SUB_SPREAD: what is in the R to W of a sector began at most so many sectors before it */
#define MMC_SUB_SPREAD		2
/** MMC_SUB_Q_LEN: length of formatted sub-channel Q */
#define MMC_SUB_Q_LEN		16
/** MMC_SECTOR_MAX: the most that READ CD delivers of a sector */
#define MMC_SECTOR_MAX		(MMC_RAW_SECTOR + 296 + MMC_SUB_RAW_LEN)

/* Expected sector type: byte 1 bits 4-2 of READ CD. */
enum mmc_sector_type {
	MMC_TYPE_ANY,
	MMC_TYPE_CD_DA,
	MMC_TYPE_MODE_1,
	MMC_TYPE_MODE_2,	/* formless: all that follows the header is user data */
	MMC_TYPE_FORM_1,
	MMC_TYPE_FORM_2,
	MMC_TYPE_RESERVED,
};

/**
 * struct mmc_stored - what an image holds of a sector
 * @form: enum mmc_form
 * @data: the main channel in this form; NULL: zeroes, silence
 * @subform: the form of the sub-channel
 * @sub: the sub-channel; NULL: it is made up
 * @before: if R to W are wanted by themselves: the sub-channels of the sector before and of the one before that, P to
 *	W as they lie on the disc; NULL: they are not stored
 */
struct mmc_stored {
	enum mmc_form form;
	const u8 *data;
	enum mmc_form subform;
	const u8 *sub;
	const u8 *before[MMC_SUB_SPREAD];
};

/**
 * mmc_sector_size - how much READ CD delivers of a sector
 * @type: the kind of sector, not MMC_TYPE_ANY
 * @fields: MMC_FIELD_* bits; MMC_FIELD_C2 is not all ones
 * @subchannel: MMC_SUB_*
 *
 * Return: the number of bytes, 0 to MMC_SECTOR_MAX.
 */
u32 mmc_sector_size(enum mmc_sector_type type, u8 fields, u8 subchannel);

/**
 * mmc_sector_part - is what is delivered of a sector a part of what is stored of it?
 * @plan: what is to be delivered
 * @mode: of the sectors
 * @form: in which they are stored
 * @start: set to where that part begins in what is stored
 *
 * Return: its length, the same for all sectors of this mode and form; 0 if they have to be put together, by
 * mmc_sector_build().
 */
u32 mmc_sector_part(const struct mmc_plan *plan, enum mmc_track_mode mode, enum mmc_form form, u32 *start);

/**
 * mmc_sector_build - make what READ CD delivers of a sector
 * @to: where it goes: room for MMC_SECTOR_MAX bytes, however many are asked for
 * @plan: which parts; those of the main channel lie side by side
 * @medium: the disc
 * @lba: the sector, which lies on the disc
 * @stored: what the image holds of it
 *
 * Sync, header, EDC and parity that are not stored are those of ECMA-130 14 and annexes A and B, sub-channel Q that of
 * ECMA-130 22, with catalogue number and ISRC in some sectors. There are no errors on the disc, so all C2 pointers are
 * zero; nor is there anything in sub-channels R to W that is not stored.
 *
 * Return: the number of bytes made, at most mmc_plan.sector_bytes; -1 if the sector is of another kind than the plan
 * expects.
 */
s32 mmc_sector_build(u8 *to, const struct mmc_plan *plan, const struct mmc_medium *medium, u32 lba,
		     const struct mmc_stored *stored);

/**
 * mmc_sector_type - of what kind is a sector?
 * @sector: its whole main channel
 * @mode: that of its track, not MMC_TRACK_NONE
 *
 * Return: not MMC_TYPE_ANY.
 */
enum mmc_sector_type mmc_sector_type(const u8 *sector, enum mmc_track_mode mode);

/**
 * mmc_sector_protect - make EDC and parity of a sector
 * @sector: its whole main channel
 * @type: its kind. A sector of Form 2 has an EDC alone; other kinds than Mode 1, Form 1 and Form 2 have nothing.
 */
void mmc_sector_protect(u8 *sector, enum mmc_sector_type type);

/**
 * mmc_sector_parity - make the P and Q parity of a sector, and leave its EDC as it is
 * @sector: its whole main channel
 * @type: MMC_TYPE_MODE_1 or MMC_TYPE_FORM_1
 */
void mmc_sector_parity(u8 *sector, enum mmc_sector_type type);

/**
 * mmc_is_form2 - is a Mode 2 sector of Form 2, which has no 2048 bytes of user data?
 * @subheader: its sub-header
 *
 * Return: whether it is.
 */
bool mmc_is_form2(const u8 *subheader);

/* subchannel.c */

/** mmc_subchannel_size - how much of the sub-channels READ CD delivers of a sector: @subchannel is MMC_SUB_* */
u32 mmc_subchannel_size(u8 subchannel);

/**
 * mmc_subchannel_raw - sub-channels P to W as they lie on the disc
 * @to: where they go, MMC_SUB_RAW_LEN bytes
 * @form: how they are stored
 * @from: what is stored
 */
void mmc_subchannel_raw(u8 *to, enum mmc_form form, const u8 *from);

/**
 * mmc_subchannel_fill - make what READ CD delivers of the sub-channels of a sector
 * @to: where it goes, mmc_subchannel_size() bytes
 * @subchannel: MMC_SUB_*
 * @medium: the disc
 * @lba: the sector, which lies on the disc
 * @stored: what the image holds of it
 */
void mmc_subchannel_fill(u8 *to, u8 subchannel, const struct mmc_medium *medium, u32 lba,
			 const struct mmc_stored *stored);

/** mmc_put_bcd_msf - minutes, seconds and frames in BCD, three bytes */
void mmc_put_bcd_msf(u8 *to, struct mmc_msf msf);

/* pack.c */

/**
 * mmc_packs_build - the packs of R to W of a sector, de-interleaved and corrected, as READ CD delivers them
 * @to: where they go, MMC_SUB_RAW_LEN bytes
 * @sectors: the sub-channels of the sector and of those before it, the earliest first, P to W as they lie on the
 *	disc; NULL: there are none
 *
 * The symbols of a pack are spread over eight packs, so that a drive has it when it is two sectors further: what is
 * delivered with a sector are the packs that began with the first of @sectors. A pack that has too many errors is
 * delivered as it is.
 */
void mmc_packs_build(u8 *to, const u8 *const sectors[MMC_SUB_SPREAD + 1]);

#endif /* VCD_CORE_SECTOR_H */
