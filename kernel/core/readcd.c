// SPDX-License-Identifier: GPL-2.0
/*
 * READ CD and READ CD MSF (MMC-5 6.20, 6.21).
 */
#include "engine.h"
#include "sector.h"

/* Expected sector type, byte 1 bits 4-2. */
enum { TYPE_ANY, TYPE_CD_DA, TYPE_MODE_1, TYPE_MODE_2, TYPE_FORM_1, TYPE_FORM_2, TYPE_RESERVED };

/* Byte 1: what replaces errors of CD-DA; there are none. Bit 0 once told relative addresses. */
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

/* Does the CDB ask for something that there is in Mode 1 sectors? */
static bool check_selection(struct mmc_call *call)
{
	u8 fields = call->cdb[9];

	if (((call->cdb[1] >> TYPE_SHIFT) & TYPE_MASK) >= TYPE_RESERVED) {
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
	default:
		mmc_fail_field(call, 10, 2);
		return false;
	}
}

/* Are the sectors of the kind that is expected? All on a CD are Mode 1, and on other discs none is of any CD kind. */
static bool check_type(struct mmc_call *call, u32 lba)
{
	u8 type = (call->cdb[1] >> TYPE_SHIFT) & TYPE_MASK;

	if (mmc_on(call->medium) == MMC_ON_CD && (type == TYPE_ANY || type == TYPE_MODE_1))
		return true;
	mmc_reply_fail_at(call->reply, MMC_WRONG_MODE, lba);
	return false;
}

static void plan_read_cd(struct mmc_call *call, u32 lba, u32 count)
{
	struct mmc_plan *plan = &call->reply->plan;
	u8 fields = call->cdb[9] & (u8)~MMC_FIELD_SUBHEADER;
	u8 subchannel = call->cdb[10];
	u32 bytes = mmc_sector_size(fields, subchannel);

	/* The kind of sector is looked at where there is a sector. */
	if (!mmc_check_range(call, lba, count) || !count || !check_type(call, lba) || !bytes)
		return;
	mmc_go_to(call, lba + count - 1);
	plan->kind = MMC_PLAN_READ;
	plan->lba = lba;
	plan->sectors = count;
	plan->sector_bytes = bytes;
	plan->fields = fields;
	plan->subchannel = subchannel;
}

/** mmc_do_read_cd - READ CD */
void mmc_do_read_cd(struct mmc_call *call)
{
	if (check_selection(call))
		plan_read_cd(call, mmc_get32(call->cdb + 2), mmc_get24(call->cdb + 6));
}

/*
 * The address in three bytes of the CDB. One in the two seconds before sector 0 is nowhere on the disc; it comes back
 * as what READ CD would call it, a negative number.
 */
static bool get_msf(struct mmc_call *call, u32 at, u32 *lba)
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

	if (!check_selection(call) || !get_msf(call, 3, &start) || !get_msf(call, 6, &end))
		return;
	/* Compared as they are in the CDB: an address before sector 0 is less than others, not more. */
	if (mmc_get24(call->cdb + 3) > mmc_get24(call->cdb + 6)) {
		mmc_fail_field(call, 6, 7);
		return;
	}
	plan_read_cd(call, start, end - start);
}
