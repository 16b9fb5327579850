// SPDX-License-Identifier: GPL-2.0
/*
 * REPORT KEY (MMC-5 6.28): the drive protects nothing, so there are no keys. SEND KEY is not implemented at all.
 */
#include "engine.h"

#define KEY_FORMAT	0x3F	/* byte 10 */
#define FORMAT_RPC	0x08

/**
 * mmc_do_report_key - REPORT KEY
 * @call: the command
 *
 * The region of the drive can be asked for, as programs do that set it: none is set, all discs play, and the drive does
 * not look at regions, so that there is nothing to set.
 */
void mmc_do_report_key(struct mmc_call *call)
{
	struct mmc_out *out = &call->out;

	if (call->cdb[7]) {
		mmc_fail_field(call, 7, 7);
		return;
	}
	if ((call->cdb[10] & KEY_FORMAT) != FORMAT_RPC) {
		mmc_fail_field(call, 10, 5);
		return;
	}
	mmc_put16(out, 6);
	mmc_put16(out, 0);
	mmc_put8(out, 0);	/* no region set; no changes left for vendor and user */
	mmc_put8(out, 0xFF);	/* regions that don't play, as far as is set */
	mmc_put8(out, 0);	/* does not enforce regions */
	mmc_put8(out, 0);
}
