// SPDX-License-Identifier: GPL-2.0
/*
 * READ TOC/PMA/ATIP (MMC-5 6.26).
 *
 * DVD and BD have no table of contents; theirs is made up from the tracks like that of a CD (6.26.3.2.4).
 */
#include "engine.h"

#define MSF_BIT		0x02	/* byte 1: addresses as minute, second, frame */

/* ADR, the high nibble beside CONTROL: what sub-channel Q holds. */
#define ADR_POSITION	0x10
#define ADR_SESSIONS	0x50

/* The format of CD-Text. */
#define CD_TEXT		5

/* The last address that a disc of 80 minutes can give its lead-out, 79:59:74. */
#define LEADOUT_LIMIT	359849

static void put_msf(struct mmc_out *out, u32 lba)
{
	struct mmc_msf msf = mmc_lba_to_msf(lba);

	mmc_put8(out, msf.m);
	mmc_put8(out, msf.s);
	mmc_put8(out, msf.f);
}

/* An address in the form that the CDB asks for, four bytes. */
static void put_address(struct mmc_call *call, u32 lba)
{
	if (call->cdb[1] & MSF_BIT) {
		mmc_put8(&call->out, 0);
		put_msf(&call->out, lba);
	} else {
		mmc_put32(&call->out, lba);
	}
}

/* The header: a length to be filled in at the end, the first and last track or session. */
static void put_header(struct mmc_call *call, u8 first, u8 last)
{
	mmc_put16(&call->out, 0);
	mmc_put8(&call->out, first);
	mmc_put8(&call->out, last);
}

/* A track descriptor of formats 0 and 1. */
static void put_track(struct mmc_call *call, u8 control, u8 number, u32 lba)
{
	struct mmc_out *out = &call->out;

	mmc_put8(out, 0);
	mmc_put8(out, ADR_POSITION | control);
	mmc_put8(out, number);
	mmc_put8(out, 0);
	put_address(call, lba);
}

/* Format 0: the tracks from the one in byte 6 on, and the lead-out. */
static void fill_tracks(struct mmc_call *call)
{
	const struct mmc_medium *medium = call->medium;
	const struct mmc_track *last = &medium->tracks[medium->nr_tracks - 1];
	u8 start = call->cdb[6];
	u32 i;

	if (start > last->number && start != MMC_TRACK_LEADOUT) {
		mmc_fail_field(call, 6, 7);
		return;
	}
	put_header(call, medium->tracks[0].number, last->number);
	for (i = 0; i < medium->nr_tracks; i++) {
		const struct mmc_track *track = &medium->tracks[i];

		if (track->number >= start)
			put_track(call, track->control, track->number, track->lba);
	}
	put_track(call, last->control, MMC_TRACK_LEADOUT, medium->sectors);
}

/* Format 1: the first track of the last session. */
static void fill_sessions(struct mmc_call *call)
{
	const struct mmc_medium *medium = call->medium;
	const struct mmc_track *track = mmc_session_first(medium, medium->sessions);

	put_header(call, 1, medium->sessions);
	put_track(call, track->control, track->number, track->lba);
}

/* An entry of format 2 up to the address in the lead-in. */
static void put_point(struct mmc_call *call, u8 session, u8 adr_control, u8 point)
{
	mmc_put8(&call->out, session);
	mmc_put8(&call->out, adr_control);
	mmc_put8(&call->out, 0);	/* track number of the lead-in */
	mmc_put8(&call->out, point);
}

/* An entry A0h or A1h: a track number. A0h also tells the type of the disc. */
static void put_point_track(struct mmc_call *call, const struct mmc_track *track, u8 point)
{
	u8 type = point == 0xA0 ? mmc_session_type(call->medium, track->session) : 0;

	put_point(call, track->session, ADR_POSITION | track->control, point);
	mmc_put32(&call->out, 0);
	mmc_put8(&call->out, track->number);
	mmc_put8(&call->out, type);
	mmc_put8(&call->out, 0);
}

/* An entry for an address: a track or the lead-out. */
static void put_point_lba(struct mmc_call *call, const struct mmc_track *track, u8 point, u32 lba)
{
	put_point(call, track->session, ADR_POSITION | track->control, point);
	mmc_put32(&call->out, 0);
	put_msf(&call->out, lba);
}

/*
 * The entry B0h of a session that another one follows: where that one's pregap begins, where the disc may end. In the
 * first session C0h comes with it.
 */
static void put_point_next(struct mmc_call *call, const struct mmc_track *first, const struct mmc_track *next)
{
	u32 limit = max_t(u32, call->medium->sectors, LEADOUT_LIMIT);

	put_point(call, first->session, ADR_SESSIONS | first->control, 0xB0);
	put_msf(&call->out, next->lba > 150 ? next->lba - 150 : 0);
	mmc_put8(&call->out, first->session == 1 ? 2 : 1);	/* number of entries with this ADR */
	put_msf(&call->out, limit);
	/* C0h: the power to write with, and where the lead-in of the first session begins */
	if (first->session != 1)
		return;
	put_point(call, first->session, ADR_SESSIONS | first->control, 0xC0);
	mmc_put32(&call->out, 0);
	mmc_put8(&call->out, 95);
	mmc_put8(&call->out, 0);
	mmc_put8(&call->out, 0);
}

static void put_session(struct mmc_call *call, u8 session)
{
	const struct mmc_medium *medium = call->medium;
	const struct mmc_track *first = mmc_session_first(medium, session);
	const struct mmc_track *last = mmc_session_last(medium, session);
	const struct mmc_track *next = mmc_session_first(medium, session + 1);
	const struct mmc_track *track;

	put_point_track(call, first, 0xA0);
	put_point_track(call, last, 0xA1);
	put_point_lba(call, last, 0xA2, mmc_session_leadout(medium, session));
	for (track = first; track <= last; track++)
		put_point_lba(call, track, track->number, track->lba);
	if (next)
		put_point_next(call, first, next);
}

/* Format 2: the lead-ins of the sessions from the one in byte 6 on, as sub-channel Q has them. */
static void fill_full(struct mmc_call *call)
{
	u8 session = call->cdb[6] ? call->cdb[6] : 1;

	if (session > call->medium->sessions) {
		mmc_fail_field(call, 6, 7);
		return;
	}
	put_header(call, 1, call->medium->sessions);
	for (; session <= call->medium->sessions; session++)
		put_session(call, session);
}

/* Format 5: CD-Text. The packs have been made, CRC and all, by who put the disc together. */
static void fill_cdtext(struct mmc_call *call)
{
	put_header(call, 0, 0);
	mmc_put_bytes(&call->out, call->medium->cdtext, call->medium->nr_cdtext * MMC_CDTEXT_PACK);
}

/* PMA and ATIP are of recordable discs. */
static const struct {
	u8 code;
	u8 discs;
	void (*fill)(struct mmc_call *call);
} formats[] = {
	{ 0, MMC_ON_ANY, fill_tracks },
	{ 1, MMC_ON_ANY, fill_sessions },
	{ 2, MMC_ON_CD, fill_full },
	{ CD_TEXT, MMC_ON_CD, fill_cdtext },
};

/**
 * mmc_do_read_toc - READ TOC/PMA/ATIP
 * @call: the command
 *
 * The format is in byte 2; SFF-8020 had it in bits 7-6 of byte 9, and Linux, macOS and Windows 9x still ask so.
 */
void mmc_do_read_toc(struct mmc_call *call)
{
	struct mmc_out *out = &call->out;
	u8 format = call->cdb[2];
	bool legacy = !format && call->cdb[9] >> 6;
	u32 i;

	if (legacy)
		format = call->cdb[9] >> 6;
	for (i = 0; i < ARRAY_SIZE(formats); i++) {
		if (formats[i].code != format || !(formats[i].discs & mmc_on(call->medium)))
			continue;
		/* Where there is no CD-Text, drives refuse to read it. */
		if (format == CD_TEXT && !call->medium->nr_cdtext)
			continue;
		formats[i].fill(call);
		if (call->reply->status == MMC_GOOD)
			mmc_patch16(out, 0, out->len - 2);
		return;
	}
	if (legacy)
		mmc_fail_field(call, 9, 7);
	else
		mmc_fail_field(call, 2, 3);
}
