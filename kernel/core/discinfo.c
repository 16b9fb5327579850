// SPDX-License-Identifier: GPL-2.0
/*
 * What is on the disc as a whole and in its tracks: READ DISC INFORMATION (MMC-5 6.22) and READ TRACK INFORMATION
 * (MMC-5 6.27).
 */
#include "engine.h"

/** mmc_do_read_disc_info - READ DISC INFORMATION: a disc that is complete and can't be written */
void mmc_do_read_disc_info(struct mmc_call *call)
{
	const struct mmc_medium *medium = call->medium;
	struct mmc_out *out = &call->out;
	/* CDs say "not available" where other discs have no such address. */
	u32 address = medium->profile == MMC_PROFILE_CD_ROM ? 0xFFFFFFFF : 0;

	/* Types 1 and 2 are track and POW resources, of recordable discs. */
	if (call->cdb[1]) {
		mmc_fail_field(call, 1, 2);
		return;
	}
	mmc_put16(out, 0);
	mmc_put8(out, 0x0E);	/* not erasable, last session complete, disc complete */
	mmc_put8(out, medium->tracks[0].number);
	mmc_put8(out, medium->sessions);
	mmc_put8(out, mmc_session_first(medium, medium->sessions)->number);
	mmc_put8(out, mmc_session_last(medium, medium->sessions)->number);
	mmc_put8(out, 0x20);	/* unrestricted use; no disc identification, bar code or application code */
	mmc_put8(out, mmc_session_type(medium, 1));	/* the first one's is the disc's */
	mmc_put24(out, 0);	/* high bytes of the three numbers above */
	mmc_put32(out, 0);	/* disc identification */
	mmc_put32(out, address);	/* start of the last session's lead-in */
	mmc_put32(out, address);	/* last possible start of the lead-out */
	mmc_put_zero(out, 10);	/* bar code, application code, number of OPC tables */
	mmc_patch16(out, 0, out->len - 2);
}

/* The track that bytes 1 to 5 of the CDB ask for; NULL if the command has failed. */
static const struct mmc_track *find_track(struct mmc_call *call)
{
	enum { BY_ADDRESS, BY_TRACK, BY_SESSION };
	u32 address = mmc_get32(call->cdb + 2);
	const struct mmc_track *track;

	switch (call->cdb[1]) {
	case BY_ADDRESS:
		track = mmc_track_at(call->medium, address);
		if (!track)
			mmc_fail(call, MMC_LBA_RANGE);
		return track;
	case BY_TRACK:
		track = mmc_track_by_number(call->medium, address);
		break;
	case BY_SESSION:
		track = mmc_session_first(call->medium, address);
		break;
	default:
		mmc_fail_field(call, 1, 1);
		return NULL;
	}
	if (!track)
		mmc_fail_field(call, 2, 7);
	return track;
}

/* Audio tracks have no data mode. */
static u8 data_mode(const struct mmc_track *track)
{
	return track->mode == MMC_TRACK_AUDIO ? 0x0F : track->mode;
}

/** mmc_do_read_track_info - READ TRACK INFORMATION: a track that is complete and has nothing left to write */
void mmc_do_read_track_info(struct mmc_call *call)
{
	const struct mmc_track *track = find_track(call);
	struct mmc_out *out = &call->out;

	if (!track)
		return;
	mmc_put16(out, 0);
	mmc_put8(out, track->number);
	mmc_put8(out, track->session);
	mmc_put8(out, 0);
	mmc_put8(out, track->control);	/* track mode; not damaged, not a copy */
	mmc_put8(out, data_mode(track));	/* not reserved, blank or in packets */
	mmc_put8(out, 0);	/* neither next writable nor last recorded address valid */
	mmc_put32(out, track->lba);
	mmc_put32(out, 0);	/* next writable address */
	mmc_put32(out, 0);	/* free blocks */
	mmc_put32(out, 0);	/* packet size */
	mmc_put32(out, mmc_track_end(call->medium, track) - track->lba);
	mmc_put32(out, 0);	/* last recorded address */
	mmc_put32(out, 0);	/* high bytes of track and session number */
	mmc_patch16(out, 0, out->len - 2);
}
