// SPDX-License-Identifier: GPL-2.0
/*
 * READ DISC STRUCTURE (MMC-5 6.23): the control data of DVD and BD.
 *
 * The disc information of a BD (format 0) is refused: nobody has published what a pressed disc answers there in a
 * form that could be checked, and clients cope with the refusal but not with wrong values.
 */
#include "engine.h"

#define HEADER_LEN		4
#define CONTROL_DATA_LEN	2048

/* Media types, byte 1 of the CDB. */
#define TYPE_DVD	0
#define TYPE_BD		1

/** DVD_FIRST_PSN: physical sector number of LBA 0 */
#define DVD_FIRST_PSN	0x030000
#define PSN_MASK	0xFFFFFF

#define READABLE	0x40	/* in the format list: can be read, can't be sent */

/*
 * DVD physical format information (ECMA-267 16). On a disc with two layers in opposite track path layer 1 begins where
 * layer 0 ends, at the complement of that sector number, and counts on from there. Both layers hold the same.
 */
static void fill_dvd_physical(struct mmc_call *call)
{
	const struct mmc_medium *medium = call->medium;
	struct mmc_out *out = &call->out;
	bool two = medium->layer0_sectors;
	u32 layer0_end = two ? DVD_FIRST_PSN + medium->layer0_sectors - 1 : 0;
	u32 end = DVD_FIRST_PSN + medium->sectors - 1;

	if (two)
		end = (PSN_MASK - layer0_end) + (medium->sectors - medium->layer0_sectors) - 1;

	mmc_put8(out, 0x01);	/* DVD-ROM, part version 1 */
	mmc_put8(out, 0x0F);	/* 120 mm; no maximum rate given */
	mmc_put8(out, two ? 0x31 : 0x01);	/* layers, track path; embossed */
	mmc_put8(out, two ? 0x10 : 0x00);	/* linear and track density */
	mmc_put32(out, DVD_FIRST_PSN);
	mmc_put32(out, end & PSN_MASK);
	mmc_put32(out, layer0_end);
	mmc_put_zero(out, CONTROL_DATA_LEN - 16);	/* no BCA */
}

/* DVD copyright information: no protection, all regions. */
static void fill_dvd_copyright(struct mmc_call *call)
{
	mmc_put32(&call->out, 0);
}

/* DVD manufacturing information: none. */
static void fill_dvd_manufacturing(struct mmc_call *call)
{
	mmc_put_zero(&call->out, CONTROL_DATA_LEN);
}

static void fill_format_list(struct mmc_call *call);

/* What the disc has, by media type; format FFh lists the rows with a length. */
static const struct structure {
	u8 type;
	u8 discs;
	u8 format;
	bool by_layer;
	u16 len;
	void (*fill)(struct mmc_call *call);
} structures[] = {
	{ TYPE_DVD, MMC_ON_DVD, 0x00, true, HEADER_LEN + CONTROL_DATA_LEN, fill_dvd_physical },
	{ TYPE_DVD, MMC_ON_DVD, 0x01, true, HEADER_LEN + 4, fill_dvd_copyright },
	{ TYPE_DVD, MMC_ON_DVD, 0x04, true, HEADER_LEN + CONTROL_DATA_LEN, fill_dvd_manufacturing },
	{ TYPE_DVD, MMC_ON_DVD, 0xFF, false, 0, fill_format_list },
	{ TYPE_BD, MMC_ON_BD, 0xFF, false, 0, fill_format_list },
};

static void fill_format_list(struct mmc_call *call)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(structures); i++) {
		if (structures[i].type != call->cdb[1] || !structures[i].len)
			continue;
		mmc_put8(&call->out, structures[i].format);
		mmc_put8(&call->out, READABLE);
		mmc_put16(&call->out, structures[i].len);
	}
}

/* The discs that a media type stands for, MMC_ON_*. */
static u32 discs_of_type(u8 type)
{
	switch (type) {
	case TYPE_DVD:
		return MMC_ON_DVD;
	case TYPE_BD:
		return MMC_ON_BD;
	default:
		return 0;
	}
}

/**
 * mmc_do_read_disc_structure - READ DISC STRUCTURE
 * @call: the command
 *
 * On a disc of another type than asked for, so on every CD, it fails with 5/30/02. Windows then reads the TOC.
 */
void mmc_do_read_disc_structure(struct mmc_call *call)
{
	const struct mmc_medium *medium = call->medium;
	struct mmc_out *out = &call->out;
	u8 type = call->cdb[1];
	u8 layers = medium->layer0_sectors ? 2 : 1;
	u32 i;

	if (!discs_of_type(type)) {
		mmc_fail_field(call, 1, 3);
		return;
	}
	if (!(discs_of_type(type) & mmc_on(medium))) {
		mmc_fail(call, MMC_WRONG_FORMAT);
		return;
	}
	for (i = 0; i < ARRAY_SIZE(structures); i++) {
		const struct structure *item = &structures[i];

		if (item->type != type || item->format != call->cdb[7])
			continue;
		if (item->by_layer && call->cdb[6] >= layers) {
			mmc_fail_field(call, 6, 7);
			return;
		}
		mmc_put32(out, 0);
		item->fill(call);
		mmc_patch16(out, 0, out->len - 2);
		return;
	}
	mmc_fail_field(call, 7, 7);
}
