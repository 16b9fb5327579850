// SPDX-License-Identifier: GPL-2.0
/*
 * READ SUB-CHANNEL (MMC-5 6.25): where the drive stands, what becomes of playing, and the numbers of a disc.
 */
#include "engine.h"

#define MSF_BIT			0x02	/* byte 1: addresses as minute, second, frame */
#define SUBQ			0x40	/* byte 2: return sub-channel data, not the header alone */
enum { POSITION = 1, CATALOGUE, ISRC };	/* byte 3 */
#define ADR_POSITION		0x10	/* beside CONTROL: sub-channel Q holds an address */

/* A catalogue number or ISRC behind the byte that tells whether there is one. */
#define NUMBER_LEN		15
#define VALID			0x80

/* An address of the kind that the CDB asks for. Addresses in a track have no gap of two seconds before them. */
static void put_address(struct mmc_call *call, u32 lba, bool relative)
{
	struct mmc_msf msf;

	if (!(call->cdb[1] & MSF_BIT)) {
		mmc_put32(&call->out, lba);
		return;
	}
	msf = relative ? mmc_frames_to_msf(lba) : mmc_lba_to_msf(lba);
	mmc_put8(&call->out, 0);
	mmc_put8(&call->out, msf.m);
	mmc_put8(&call->out, msf.s);
	mmc_put8(&call->out, msf.f);
}

/*
 * The address in the track. In a pregap it is negative, but minute, second and frame are what sub-channel Q has there:
 * they count down to 0.
 */
static u32 in_track(struct mmc_call *call, const struct mmc_track *track, u32 lba)
{
	if (lba < track->lba && call->cdb[1] & MSF_BIT)
		return track->lba - 1 - lba;
	return lba - track->lba;
}

/* Format 1: where the drive stands: where playing, or the last command that went to a sector, has brought it. */
static void fill_position(struct mmc_call *call)
{
	u32 lba = call->drive->position < call->medium->sectors ? call->drive->position : 0;
	const struct mmc_track *track = mmc_track_index(call->medium, lba);

	mmc_put8(&call->out, ADR_POSITION | track->control);
	mmc_put8(&call->out, track->number);
	mmc_put8(&call->out, mmc_index_at(call->medium, lba));
	put_address(call, lba, false);
	put_address(call, in_track(call, track, lba), true);
}

/* A catalogue number or ISRC, if there is one. */
static void put_number(struct mmc_out *out, const char *number, u32 len)
{
	u32 i;

	if (!number[0]) {
		mmc_put_zero(out, 1 + NUMBER_LEN);
		return;
	}
	mmc_put8(out, VALID);
	for (i = 0; i < len; i++)
		mmc_put8(out, (u8)number[i]);
	mmc_put_zero(out, NUMBER_LEN - len);
}

/* Format 2: media catalogue number. */
static void fill_catalogue(struct mmc_call *call)
{
	mmc_put_zero(&call->out, 3);
	put_number(&call->out, call->medium->mcn, MMC_MCN_LEN);
}

/* Format 3: ISRC of a track. */
static void fill_isrc(struct mmc_call *call)
{
	const struct mmc_track *track = mmc_track_by_number(call->medium, call->cdb[6]);

	mmc_put8(&call->out, ADR_POSITION | track->control);
	mmc_put8(&call->out, track->number);
	mmc_put8(&call->out, 0);
	put_number(&call->out, track->isrc, MMC_ISRC_LEN);
}

/* Is there what the CDB asks for? */
static bool check_format(struct mmc_call *call)
{
	u8 format = call->cdb[3];

	if (format < POSITION || format > ISRC) {
		mmc_fail_field(call, 3, 7);
		return false;
	}
	if (mmc_on(call->medium) != MMC_ON_CD) {
		mmc_fail(call, MMC_WRONG_MODE);
		return false;
	}
	if (format == ISRC && !mmc_track_by_number(call->medium, call->cdb[6])) {
		mmc_fail_field(call, 6, 7);
		return false;
	}
	return true;
}

/**
 * mmc_do_read_subchannel - READ SUB-CHANNEL
 * @call: the command
 *
 * The header alone is answered on any disc. DVD and BD have no sub-channels.
 */
void mmc_do_read_subchannel(struct mmc_call *call)
{
	struct mmc_out *out = &call->out;
	u8 format = call->cdb[3];
	bool header_alone = !(call->cdb[2] & SUBQ);

	if (!header_alone && !check_format(call))
		return;
	mmc_put8(out, 0);
	mmc_put8(out, mmc_audio_take_status(call));
	mmc_put16(out, 0);
	if (header_alone)
		return;
	mmc_put8(out, format);
	/* No table of functions: the processor could be made to look behind its end. */
	if (format == POSITION)
		fill_position(call);
	else if (format == CATALOGUE)
		fill_catalogue(call);
	else
		fill_isrc(call);
	mmc_patch16(out, 2, out->len - 4);
}
