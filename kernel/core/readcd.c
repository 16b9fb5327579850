// SPDX-License-Identifier: GPL-2.0
/*
 * READ CD and READ CD MSF (MMC-5 6.20, 6.21).
 */
#include "engine.h"
#include "sector.h"

/*
 * Byte 1: expected sector type. Bit 1: what replaces errors of CD-DA; there are none. Bit 0 once told relative
 * addresses.
 */
#define TYPE_SHIFT	2
#define TYPE_MASK	0x7

/*
 * The parts of a sector that are asked for must lie side by side. A sub-header that is asked for counts here, between
 * header and user data, although Mode 1 has none and nothing is returned for it; not asking for it leaves no gap.
 */
static bool fields_valid(u8 fields)
{
	bool sync = fields & MMC_FIELD_SYNC;
	bool subheader = fields & MMC_FIELD_SUBHEADER;
	bool header = fields & MMC_FIELD_HEADER;
	bool user = fields & MMC_FIELD_USER;
	bool edc = fields & MMC_FIELD_EDC;

	if (sync && !header && (subheader || user || edc))
		return false;
	return !((sync || header || subheader) && edc && !user);
}

/* Does the CDB ask for something that there is? */
static bool check_selection(struct mmc_call *call)
{
	u8 fields = call->cdb[9];

	if (((call->cdb[1] >> TYPE_SHIFT) & TYPE_MASK) >= MMC_TYPE_RESERVED) {
		mmc_fail_field(call, 1, 4);
		return false;
	}
	if (!fields_valid(fields)) {
		mmc_fail_field(call, 9, 7);
		return false;
	}
	if ((fields & MMC_FIELD_C2) == MMC_FIELD_C2) {
		mmc_fail_field(call, 9, 2);
		return false;
	}
	switch (call->cdb[10]) {
	case MMC_SUB_NONE:
	case MMC_SUB_RAW:
	case MMC_SUB_Q:
	case MMC_SUB_RW:
		return true;
	}
	mmc_fail_field(call, 10, 2);
	return false;
}

/* Sets of kinds of sector: enum mmc_sector_type. */
#define TYPE(type)	((u32)1 << (type))

/* The kinds of sector that one of this mode may be. */
static u32 types_of(enum mmc_track_mode mode)
{
	switch (mode) {
	case MMC_TRACK_AUDIO:
		return TYPE(MMC_TYPE_CD_DA);
	case MMC_TRACK_DATA:
		return TYPE(MMC_TYPE_MODE_1);
	case MMC_TRACK_MODE2:
		return TYPE(MMC_TYPE_MODE_2) | TYPE(MMC_TYPE_FORM_1) | TYPE(MMC_TYPE_FORM_2);
	default:
		return 0;
	}
}

/*
 * Are the sectors of the kind that is expected? Those of Mode 2 tell only when they are read. On discs that are no CD
 * no sector is of any such kind. Whatever kind is expected, a command ends where audio and data meet (INF-8090).
 *
 * Return: the kinds that there may be among them; 0 if the command has failed.
 */
static u32 check_type(struct mmc_call *call, u32 lba, u32 count)
{
	u8 type = (call->cdb[1] >> TYPE_SHIFT) & TYPE_MASK;
	u32 end = lba + count;
	u32 types = 0;

	while (lba < end) {
		u32 here = 0;

		if (mmc_on(call->medium) == MMC_ON_CD)
			here = types_of(mmc_sector_mode(call->medium, lba));
		if (type != MMC_TYPE_ANY)
			here &= TYPE(type);
		if (types && (types ^ here) & TYPE(MMC_TYPE_CD_DA))
			here = 0;
		if (!here) {
			mmc_reply_fail_at(call->reply, MMC_WRONG_MODE, lba);
			return 0;
		}
		types |= here;
		lba = mmc_same_mode(call->medium, lba);
	}
	return types;
}

/* In sectors with a sub-header, it lies between the header and the user data. */
static bool leaves_gap(u8 fields, u32 types)
{
	u32 with_subheader = TYPE(MMC_TYPE_FORM_1) | TYPE(MMC_TYPE_FORM_2);

	return types & with_subheader && fields & MMC_FIELD_HEADER && fields & MMC_FIELD_USER &&
	       !(fields & MMC_FIELD_SUBHEADER);
}

/* The most that is delivered of a sector of any of these kinds. */
static u32 largest(u32 types, u8 fields, u8 subchannel)
{
	u32 bytes = 0;
	u32 type;

	for (type = MMC_TYPE_CD_DA; type < MMC_TYPE_RESERVED; type++) {
		u32 size = mmc_sector_size(type, fields, subchannel);

		if (types & TYPE(type) && size > bytes)
			bytes = size;
	}
	return bytes;
}

static void plan_read_cd(struct mmc_call *call, u32 lba, u32 count)
{
	struct mmc_plan *plan = &call->reply->plan;
	u8 fields = call->cdb[9];
	u8 subchannel = call->cdb[10];
	u32 types, bytes;

	/* The kind of sector is looked at where there is a sector. */
	if (!mmc_check_range(call, lba, count) || !count)
		return;
	types = check_type(call, lba, count);
	if (!types)
		return;
	/* Nobody would ask for what lies beside a gap in all sectors but those that may be there, too. */
	if (leaves_gap(fields, types)) {
		mmc_fail_field(call, 9, 7);
		return;
	}
	/* Mode 1 has no sub-header to return. */
	if (types == TYPE(MMC_TYPE_MODE_1))
		fields &= (u8)~MMC_FIELD_SUBHEADER;
	bytes = largest(types, fields, subchannel);
	if (!bytes)
		return;
	mmc_go_to(call, lba + count - 1);
	plan->kind = MMC_PLAN_READ;
	plan->lba = lba;
	plan->sectors = count;
	plan->sector_bytes = bytes;
	plan->type = (call->cdb[1] >> TYPE_SHIFT) & TYPE_MASK;
	plan->fields = fields;
	plan->subchannel = subchannel;
	/* User data of Mode 1 and nothing else need not be put together. */
	plan->blocks = types == TYPE(MMC_TYPE_MODE_1) && fields == MMC_FIELD_USER && subchannel == MMC_SUB_NONE;
}

/** mmc_do_read_cd - READ CD */
void mmc_do_read_cd(struct mmc_call *call)
{
	if (check_selection(call))
		plan_read_cd(call, mmc_get32(call->cdb + 2), mmc_get24(call->cdb + 6));
}

/**
 * mmc_get_msf - the address in three bytes of the CDB
 * @call: the command; fails if they are no minute, second and frame
 * @at: the first of them
 * @lba: set to the address. One in the two seconds before sector 0 is nowhere on the disc; it comes back as what READ
 *       CD would call it, a negative number.
 *
 * Return: whether they are an address.
 */
bool mmc_get_msf(struct mmc_call *call, u32 at, u32 *lba)
{
	const u8 *msf = call->cdb + at;

	if (msf[1] >= 60 || msf[2] >= 75) {
		mmc_fail_field(call, msf[1] >= 60 ? at + 1 : at + 2, 7);
		return false;
	}
	*lba = (msf[0] * 60u + msf[1]) * 75u + msf[2] - 150u;
	return true;
}

/** mmc_do_read_cd_msf - READ CD MSF: from one address up to another, which is not read any more */
void mmc_do_read_cd_msf(struct mmc_call *call)
{
	u32 start, end;

	if (!check_selection(call) || !mmc_get_msf(call, 3, &start) || !mmc_get_msf(call, 6, &end))
		return;
	/* Compared as they are in the CDB: an address before sector 0 is less than others, not more. */
	if (mmc_get24(call->cdb + 3) > mmc_get24(call->cdb + 6)) {
		mmc_fail_field(call, 6, 7);
		return;
	}
	plan_read_cd(call, start, end - start);
}
