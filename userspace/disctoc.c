// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "disctoc.h"
#include "mmc.h"
#include "msf.h"
#include "reader.h"

/* The profiles of CDs. */
#define PROFILE_CD_FIRST	0x08
#define PROFILE_CD_LAST		0x0A
/* Lead-out, lead-in and pregap between the first and the second session, and between others. */
#define CONTROL_DATA		4
#define POINT_LEAD_OUT_0	0xAA	/* as format 0 calls it */
#define DISC_TYPE_CDI		0x10
#define DISC_TYPE_XA		0x20

/* The address of a time; times before sector 0 are taken for sector 0. */
static uint32_t lba_from_msf(const uint8_t msf[3])
{
	uint32_t frames = msf_to_frames(msf[0], msf[1], msf[2]);

	return frames < MSF_PREGAP ? 0 : frames - MSF_PREGAP;
}

static void put_msf(uint8_t *to, uint32_t lba)
{
	struct msf msf = msf_from_frames(lba + MSF_PREGAP);

	to[0] = (uint8_t)msf.m;
	to[1] = (uint8_t)msf.s;
	to[2] = (uint8_t)msf.f;
}

static void take_entries(struct disc *disc, const uint8_t *reply, size_t len)
{
	size_t at;

	disc->entry_count = 0;
	for (at = 4; at + 11 <= len && disc->entry_count < DISC_ENTRIES_MAX; at += 11) {
		const uint8_t *p = reply + at;
		struct disc_entry *entry = &disc->entries[disc->entry_count++];

		*entry = (struct disc_entry){
			.session = p[0], .adr = p[1] >> 4, .control = p[1] & 0xF, .tno = p[2], .point = p[3],
			.msf = { p[4], p[5], p[6] }, .zero = p[7], .pmsf = { p[8], p[9], p[10] },
		};
	}
}

static bool add_track(struct disc *disc, const struct disc_track *track)
{
	if (disc->track_count == DISC_TRACKS_MAX)
		return false;
	disc->tracks[disc->track_count++] = *track;
	return true;
}

/*
 * Do tracks and sessions make a disc? Then the sessions' first sectors follow from the tracks, and the length of the
 * disc from the sessions.
 */
static bool finish_layout(struct disc *disc)
{
	unsigned int i, session = 0;

	if (!disc->track_count || !disc->session_count)
		return false;
	for (i = 0; i < disc->track_count; i++) {
		struct disc_track *track = &disc->tracks[i];
		struct disc_session *its;

		if (i && (track->number != track[-1].number + 1 || track->lba <= track[-1].lba))
			return false;
		if (track->session != session && track->session != session + 1)
			return false;
		if (!track->session || track->session > disc->session_count)
			return false;
		its = &disc->sessions[track->session - 1];
		if (track->session != session) {
			its->start = i ? track->lba : 0;
			if (i && track->lba < its[-1].lead_out)
				return false;
			session = track->session;
		}
		if (track->lba >= its->lead_out)
			return false;
	}
	disc->tracks[0].pregap = disc->tracks[0].lba;
	disc->sectors = disc->sessions[disc->session_count - 1].lead_out;
	return session == disc->session_count;
}

/* Tracks of a session may come in any order in its lead-in. */
static void sort_tracks(struct disc *disc)
{
	unsigned int i, j;

	for (i = 1; i < disc->track_count; i++) {
		struct disc_track track = disc->tracks[i];

		for (j = i; j && disc->tracks[j - 1].number > track.number; j--)
			disc->tracks[j] = disc->tracks[j - 1];
		disc->tracks[j] = track;
	}
}

static bool layout_from_entries(struct disc *disc)
{
	unsigned int i;

	for (i = 0; i < disc->entry_count; i++) {
		const struct disc_entry *entry = &disc->entries[i];
		uint32_t lba = lba_from_msf(entry->pmsf);

		if (entry->adr != 1 || !entry->session || entry->session > DISC_TRACKS_MAX)
			continue;
		if (entry->point == POINT_FIRST_TRACK && entry->session == 1)
			disc->xa = entry->pmsf[1] == DISC_TYPE_XA || entry->pmsf[1] == DISC_TYPE_CDI;
		if (entry->point == POINT_LEAD_OUT) {
			disc->sessions[entry->session - 1].lead_out = lba;
			if (entry->session > disc->session_count)
				disc->session_count = entry->session;
		}
		if (entry->point < 1 || entry->point > DISC_TRACKS_MAX)
			continue;
		if (!add_track(disc, &(struct disc_track){ .lba = lba, .number = entry->point,
							   .session = entry->session, .control = entry->control }))
			return false;
	}
	sort_tracks(disc);
	return finish_layout(disc);
}

static void add_entry(struct disc *disc, uint8_t session, uint8_t control, uint8_t point, const uint8_t pmsf[3])
{
	struct disc_entry *entry = &disc->entries[disc->entry_count];

	if (disc->entry_count == DISC_ENTRIES_MAX)
		return;
	disc->entry_count++;
	*entry = (struct disc_entry){ .session = session, .adr = 1, .control = control, .point = point };
	memcpy(entry->pmsf, pmsf, sizeof(entry->pmsf));
}

/* What the lead-ins would say if the drive told it. */
static void make_entries(struct disc *disc)
{
	unsigned int session, i;

	disc->entry_count = 0;
	for (session = 1; session <= disc->session_count; session++) {
		const struct disc_track *first = NULL, *last = NULL;
		uint8_t msf[3];

		for (i = 0; i < disc->track_count; i++) {
			if (disc->tracks[i].session != session)
				continue;
			last = &disc->tracks[i];
			first = first ? first : last;
		}
		if (!first)
			continue;
		add_entry(disc, (uint8_t)session, first->control, POINT_FIRST_TRACK,
			  (const uint8_t[]){ first->number, 0, 0 });
		add_entry(disc, (uint8_t)session, last->control, POINT_LAST_TRACK,
			  (const uint8_t[]){ last->number, 0, 0 });
		put_msf(msf, disc->sessions[session - 1].lead_out);
		add_entry(disc, (uint8_t)session, last->control, POINT_LEAD_OUT, msf);
		for (; first <= last; first++) {
			put_msf(msf, first->lba);
			add_entry(disc, (uint8_t)session, first->control, first->number, msf);
		}
	}
}

/* Format 0 knows no sessions, format 1 knows where the last begins. Those before it cannot be told apart. */
static void find_last_session(struct disc *disc, struct optical_drive *drive)
{
	uint8_t reply[12];
	unsigned int i;
	uint32_t lba;
	size_t len;

	if (mmc_read_toc(drive, 1, reply, sizeof(reply), &len) || len < 12 || reply[3] <= reply[2])
		return;
	lba = get_be32(reply + 8);
	for (i = 1; i < disc->track_count; i++)
		if (disc->tracks[i].number == reply[6] && disc->tracks[i].lba == lba && lba > mmc_session_gap(1))
			break;
	if (i >= disc->track_count)
		return;
	disc->sessions[1] = disc->sessions[0];
	disc->sessions[0].lead_out = lba - (mmc_session_gap(reply[3] - reply[2]));
	disc->session_count = 2;
	for (; i < disc->track_count; i++)
		disc->tracks[i].session = 2;
}

static bool layout_from_tracks(struct disc *disc, struct optical_drive *drive)
{
	uint8_t reply[4 + 100 * 8];
	size_t len, at;

	if (mmc_read_toc(drive, 0, reply, sizeof(reply), &len))
		return false;
	for (at = 4; at + 8 <= len; at += 8) {
		const uint8_t *p = reply + at;

		if (p[2] == POINT_LEAD_OUT_0) {
			disc->sessions[0].lead_out = get_be32(p + 4);
			disc->session_count = 1;
		} else if (!add_track(disc, &(struct disc_track){ .lba = get_be32(p + 4), .number = p[2],
								  .session = 1, .control = p[1] & 0xF })) {
			return false;
		}
	}
	if (!disc->session_count)
		return false;
	find_last_session(disc, drive);
	if (!finish_layout(disc))
		return false;
	make_entries(disc);
	return true;
}

static void forget_layout(struct disc *disc)
{
	memset(disc->tracks, 0, sizeof(disc->tracks));
	memset(disc->sessions, 0, sizeof(disc->sessions));
	disc->track_count = 0;
	disc->session_count = 0;
}

static bool read_layout(struct disc *disc, struct optical_drive *drive)
{
	uint8_t reply[4 + 11 * DISC_ENTRIES_MAX];
	size_t len;

	if (!mmc_read_toc(drive, 2, reply, sizeof(reply), &len)) {
		take_entries(disc, reply, len);
		if (layout_from_entries(disc))
			return true;
	}
	forget_layout(disc);
	if (layout_from_tracks(disc, drive))
		return true;
	forget_layout(disc);
	return false;
}

/* A disc that is not a CD, or of which no tracks can be learnt: one track with all there is. */
static void make_one_track(struct disc *disc)
{
	disc->cd = false;
	disc->track_count = 1;
	disc->tracks[0] = (struct disc_track){ .number = 1, .session = 1, .control = CONTROL_DATA, .mode = 1 };
	disc->session_count = 1;
	disc->sessions[0] = (struct disc_session){ .lead_out = disc->sectors };
}

/* Without its profile a disc of which the drive knows a lead-in, and that is not too long, is a CD. */
static bool is_cd(const struct disc *disc, struct optical_drive *drive)
{
	uint8_t reply[4];
	size_t len;

	if (disc->profile)
		return disc->profile >= PROFILE_CD_FIRST && disc->profile <= PROFILE_CD_LAST;
	return !mmc_read_toc(drive, 2, reply, sizeof(reply), &len) && disc->sectors <= 100 * 60 * MSF_FRAMES;
}

/**
 * disc_read - ask a drive which disc it has: profile, length, tracks and sessions
 * @disc: filled
 * @drive: the drive, ready
 *
 * Return: MMC_OK, or why there is nothing to be read.
 */
enum mmc_error disc_read(struct disc *disc, struct optical_drive *drive)
{
	enum mmc_error error;

	memset(disc, 0, sizeof(*disc));
	mmc_profile(drive, &disc->profile);
	/* Discs without data have a capacity, too, but not all drives think so. */
	error = mmc_capacity(drive, &disc->sectors);
	disc->cd = is_cd(disc, drive);
	if (disc->cd && read_layout(disc, drive))
		return MMC_OK;
	if (error)
		return error;
	make_one_track(disc);
	return MMC_OK;
}

/* Q as the disc has it is BCD, and some drives make numbers of it. A neighbour's BCD is nobody's number here. */
static bool is_track(uint8_t got, unsigned int number)
{
	return got == number / 10 * 16 + number % 10 || got == number;
}

/**
 * enum owner - which track a sector is of
 * @OWNER_BEFORE: the one before
 * @OWNER_TRACK: the track that is looked at
 * @OWNER_UNKNOWN: this sector and those behind it don't tell
 * @OWNER_REFUSED: the drive does not tell
 */
enum owner {
	OWNER_BEFORE,
	OWNER_TRACK,
	OWNER_UNKNOWN,
	OWNER_REFUSED,
};

static enum owner find_owner(struct optical_drive *drive, uint32_t lba, const struct disc_track *track)
{
	uint8_t q[Q_SIZE];
	uint32_t i;

	/* Some sectors tell a code instead; those next to them don't. */
	for (i = 0; i < 4 && lba + i < track->lba; i++) {
		enum mmc_error error = mmc_read_q(drive, lba + i, q);

		if (error && error != MMC_UNREADABLE)
			return OWNER_REFUSED;
		if (error || (q[0] & 0xF) != 1)
			continue;
		if (is_track(q[1], track->number))
			return OWNER_TRACK;
		if (is_track(q[1], track->number - 1U))
			return OWNER_BEFORE;
	}
	return OWNER_UNKNOWN;
}

/* Index 0 is in sub-channel Q only: the TOC knows nothing of it. Returns whether the drive can tell. */
static bool find_pregap(struct optical_drive *drive, const struct disc_track *before, struct disc_track *track)
{
	/* The track before it has index 1 at least. */
	uint32_t low = before->lba + 1, high = track->lba;

	if (track->lba - before->lba > DISC_PREGAP_MAX)
		low = track->lba - DISC_PREGAP_MAX;
	/* All from high on is of the track, and what is before low is not. */
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		switch (find_owner(drive, middle, track)) {
		case OWNER_TRACK:
			high = middle;
			break;
		case OWNER_BEFORE:
			low = middle + 1;
			break;
		case OWNER_UNKNOWN:
			/* The last three sectors before a track may all tell something else. */
			if (track->lba - middle > 3)
				return true;
			low = middle + 1;
			break;
		case OWNER_REFUSED:
			return false;
		}
	}
	track->pregap = track->lba - high;
	return true;
}

/* The index that Q of a sector, or of one of the next before @end, tells; -1: none does. */
static int find_index(struct optical_drive *drive, uint32_t lba, uint32_t end, const struct disc_track *track)
{
	uint8_t q[Q_SIZE];
	uint32_t i;

	for (i = 0; i < 4 && lba + i < end; i++) {
		enum mmc_error error = mmc_read_q(drive, lba + i, q);

		if (error && error != MMC_UNREADABLE)
			return -1;
		if (error || (q[0] & 0xF) != 1 || !is_track(q[1], track->number))
			continue;
		return (q[2] >> 4) <= 9 && (q[2] & 0xF) <= 9 ? (q[2] >> 4) * 10 + (q[2] & 0xF) : q[2];
	}
	return -1;
}

/* Where the first sector of a track is that has this index or a higher one, behind @low, which has not */
static uint32_t find_index_start(struct optical_drive *drive, const struct disc_track *track, int number, uint32_t low,
				 uint32_t high)
{
	while (high - low > 1) {
		uint32_t middle = low + (high - low) / 2;

		if (find_index(drive, middle, high, track) >= number)
			high = middle;
		else
			low = middle;
	}
	return high;
}

/* Where a track ends: with the next one's pregap, or with the lead-out */
static uint32_t track_end(const struct disc *disc, unsigned int track)
{
	const struct disc_track *next = &disc->tracks[track + 1];

	if (track + 1 == disc->track_count || next->session != disc->tracks[track].session)
		return disc->sessions[disc->tracks[track].session - 1].lead_out;
	return next->lba - next->pregap;
}

/* Indices above 1 are in sub-channel Q only, too. Most tracks have none, as their last sectors tell. */
static void find_indices(struct disc *disc, struct optical_drive *drive, unsigned int number)
{
	const struct disc_track *track = &disc->tracks[number];
	uint32_t end = track_end(disc, number), at = track->lba, i;
	int last = -1, index;

	for (i = 1; i <= 4 && last < 0 && end > track->lba + i; i++)
		last = find_index(drive, end - i, end - i + 1, track);
	for (index = 2; index <= last && index <= VCD_INDEX_MAX && at + 1 < end; index++) {
		at = find_index_start(drive, track, index, at, end);
		if (at == end || disc->index_count == VCD_INDICES_MAX)
			return;
		disc->indices[disc->index_count++] = (struct vcd_index){
			.lba = at, .track = track->number, .index = (uint8_t)index,
		};
	}
}

/* Mode 1 or Mode 2 is told by the header of a sector. */
static uint8_t find_mode(struct optical_drive *drive, const struct disc_track *track, bool xa)
{
	uint8_t raw[RAW_SIZE];

	if (!mmc_read_raw(drive, track->lba, 1, MMC_SUB_NONE, raw) && (raw[15] & 3))
		return raw[15] & 3 & 2 ? 2 : 1;
	return xa ? 2 : 1;
}

static void read_cdtext(struct disc *disc, struct optical_drive *drive)
{
	uint8_t reply[4 + sizeof(disc->cdtext)];
	size_t len, size;

	if (mmc_read_toc(drive, 5, reply, sizeof(reply), &len))
		return;
	size = (len - 4) / sizeof(disc->cdtext[0]) * sizeof(disc->cdtext[0]);
	memcpy(disc->cdtext, reply + 4, size);
	disc->cdtext_count = (uint32_t)(size / sizeof(disc->cdtext[0]));
}

/**
 * disc_read_details - ask a drive for what a raw image of a CD says beside its tracks: modes, pregaps, indices, codes,
 * CD-Text
 * @disc: filled by disc_read(), a CD
 * @drive: the drive
 *
 * What the drive does not tell stays away.
 *
 * Return: MMC_OK, or that the disc is not there any more.
 */
enum mmc_error disc_read_details(struct disc *disc, struct optical_drive *drive)
{
	bool pregaps = true;
	unsigned int i;

	for (i = 0; i < disc->track_count; i++) {
		struct disc_track *track = &disc->tracks[i];

		track->mode = track->control & CONTROL_DATA ? find_mode(drive, track, disc->xa) : 0;
		if (i && track->session == track[-1].session && pregaps)
			pregaps = find_pregap(drive, track - 1, track);
		if (!track->mode)
			mmc_read_isrc(drive, track->number, track->isrc);
	}
	for (i = 0; i < disc->track_count; i++)
		find_indices(disc, drive, i);
	mmc_read_mcn(drive, disc->mcn);
	read_cdtext(disc, drive);
	return mmc_wait_ready(drive);
}

/**
 * disc_raw_sectors - how many sectors a raw image has: those of the sessions, without what is between them
 * @disc: the disc
 */
uint32_t disc_raw_sectors(const struct disc *disc)
{
	uint32_t sectors = 0;
	unsigned int i;

	for (i = 0; i < disc->session_count; i++)
		sectors += disc->sessions[i].lead_out - disc->sessions[i].start;
	return sectors;
}

/**
 * disc_lba_of - which sector of the disc a sector of a raw image is
 * @disc: the disc
 * @index: number of the sector in the image
 * @run: filled: how many follow it, with itself, without a gap
 */
uint32_t disc_lba_of(const struct disc *disc, uint32_t index, uint32_t *run)
{
	unsigned int i;

	for (i = 0; i < disc->session_count; i++) {
		uint32_t sectors = disc->sessions[i].lead_out - disc->sessions[i].start;

		if (index < sectors) {
			*run = sectors - index;
			return disc->sessions[i].start + index;
		}
		index -= sectors;
	}
	*run = 0;
	return 0;
}

/**
 * disc_index_of - which sector of a raw image a sector of the disc is
 * @disc: the disc
 * @lba: the sector, which is in a session
 */
uint32_t disc_index_of(const struct disc *disc, uint32_t lba)
{
	uint32_t index = 0;
	unsigned int i;

	for (i = 0; i < disc->session_count; i++) {
		if (lba < disc->sessions[i].lead_out)
			break;
		index += disc->sessions[i].lead_out - disc->sessions[i].start;
	}
	if (i < disc->session_count && lba > disc->sessions[i].start)
		index += lba - disc->sessions[i].start;
	return index;
}
