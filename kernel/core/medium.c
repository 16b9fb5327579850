// SPDX-License-Identifier: GPL-2.0
/*
 * Geometry of a disc: addresses, tracks, sessions, kinds of disc.
 */
#include "engine.h"

#define FRAMES		75	/* frames (sectors) in a second */
#define SECONDS		60	/* seconds in a minute */
#define LEAD_IN_GAP	150	/* MSF address of LBA 0, in frames */

/* Capacities in sectors. */
#define CD_BY_SIZE	360000	/* up to 80 minutes an image is taken for a CD */
#define CD_MAX		449849	/* lead-out at 99:59:74, the last address that sub-channel Q can express */
#define DVD_LAYER_MAX	2298496	/* a DVD with a single layer */
#define DVD_MAX		4173824	/* a DVD with two layers in opposite track path */
#define BD_MAX		62500864 /* a BDXL disc with four layers */
#define DVD_ECC_BLOCK	16	/* sectors in an ECC block of a DVD: a layer ends with a whole one */

/* From the lead-out of a session to the first track of the next: lead-out, lead-in, pregap (Orange Book). */
#define FIRST_GAP	(6750 + 4500 + 150)
#define OTHER_GAP	(2250 + 4500 + 150)

/* Kernel-doc in mmc.h. */
struct mmc_msf mmc_frames_to_msf(u32 frames)
{
	struct mmc_msf msf = {
		.m = (u8)(frames / (FRAMES * SECONDS)),
		.s = (u8)(frames / FRAMES % SECONDS),
		.f = (u8)(frames % FRAMES),
	};

	return msf;
}

/* Kernel-doc in mmc.h. */
struct mmc_msf mmc_lba_to_msf(u32 lba)
{
	return mmc_frames_to_msf(min_t(u32, lba, MMC_MSF_LBA_MAX) + LEAD_IN_GAP);
}

/* Kernel-doc in mmc.h. */
u16 mmc_profile_for_size(u32 sectors)
{
	if (sectors <= CD_BY_SIZE)
		return MMC_PROFILE_CD_ROM;
	return sectors <= DVD_MAX ? MMC_PROFILE_DVD_ROM : MMC_PROFILE_BD_ROM;
}

/* Kernel-doc in mmc.h. */
u32 mmc_layer0_of_two(u32 sectors)
{
	u32 half = sectors / 2 + sectors % 2;

	return (half + DVD_ECC_BLOCK - 1) / DVD_ECC_BLOCK * DVD_ECC_BLOCK;
}

/* Kernel-doc in mmc.h. */
u32 mmc_layer0_for_size(u16 profile, u32 sectors)
{
	if (profile != MMC_PROFILE_DVD_ROM || sectors <= DVD_LAYER_MAX)
		return 0;
	return mmc_layer0_of_two(sectors);
}

/* Kernel-doc in mmc.h. */
u32 mmc_sectors_max(u16 profile)
{
	switch (profile) {
	case MMC_PROFILE_CD_ROM:
		return CD_MAX;
	case MMC_PROFILE_DVD_ROM:
		return DVD_MAX;
	case MMC_PROFILE_BD_ROM:
		return BD_MAX;
	default:
		return 0;
	}
}

/* Are these @len digits, or with @letters capital letters among them, or none at all? */
static bool number_valid(const char *number, u32 len, bool letters)
{
	u32 i;

	for (i = 0; number[0] && i < len; i++) {
		bool digit = number[i] >= '0' && number[i] <= '9';

		if (!digit && !(letters && number[i] >= 'A' && number[i] <= 'Z'))
			return false;
	}
	return true;
}

/* Does the mode of a track agree with its CONTROL, and does a disc of this profile have such tracks? */
static bool mode_valid(const struct mmc_track *track, u16 profile)
{
	bool audio = track->mode == MMC_TRACK_AUDIO;
	bool data = track->control & MMC_CONTROL_DATA;

	if (track->control > 0xF || track->mode > MMC_TRACK_MODE2 || audio == data)
		return false;
	return profile == MMC_PROFILE_CD_ROM || track->mode == MMC_TRACK_DATA;
}

/* Is @track what has to follow @before (NULL: what has to come first)? */
static bool track_valid(const struct mmc_track *track, const struct mmc_track *before)
{
	if (!track->number || track->number > MMC_TRACKS_MAX || !track->sectors)
		return false;
	if (!number_valid(track->isrc, MMC_ISRC_LEN, true))
		return false;
	if (!before)
		return track->lba == track->pregap && track->session == 1;
	if (track->number != before->number + 1 || track->lba != before->lba + before->sectors)
		return false;
	if (track->session == before->session)
		return track->pregap < before->sectors;
	return track->session == before->session + 1 && track->pregap <= LEAD_IN_GAP &&
	       track->pregap < before->sectors;
}

/* Does an index follow what is before it in its track: another one, or index 1? */
static bool index_valid(const struct mmc_medium *medium, const struct mmc_index *index, const struct mmc_index *before)
{
	const struct mmc_track *track = mmc_track_by_number(medium, index->track);
	const struct mmc_track *next;
	u32 end;

	if (!track || index->number > MMC_INDEX_MAX)
		return false;
	if (before && before->track == index->track) {
		if (index->number != before->number + 1 || index->lba <= before->lba)
			return false;
	} else if (index->number != 2 || index->lba <= track->lba || (before && before->track > index->track)) {
		return false;
	}
	end = mmc_track_end(medium, track);
	next = track + 1;
	if (next < medium->tracks + medium->nr_tracks && next->session == track->session)
		end -= next->pregap;
	return index->lba < end;
}

static bool indices_valid(const struct mmc_medium *medium)
{
	u32 i;

	if (medium->nr_indices > MMC_INDICES_MAX || (medium->nr_indices && !medium->indices))
		return false;
	for (i = 0; i < medium->nr_indices; i++)
		if (!index_valid(medium, &medium->indices[i], i ? &medium->indices[i - 1] : NULL))
			return false;
	return true;
}

/* What only a CD has. */
static bool extras_valid(const struct mmc_medium *medium)
{
	if (!indices_valid(medium))
		return false;
	if (!number_valid(medium->mcn, MMC_MCN_LEN, false) || medium->nr_cdtext > MMC_CDTEXT_MAX)
		return false;
	if (medium->nr_cdtext && !medium->cdtext)
		return false;
	if (medium->profile == MMC_PROFILE_CD_ROM)
		return true;
	return !medium->mcn[0] && !medium->nr_cdtext && !medium->subchannels && !medium->nr_indices &&
	       medium->sessions == 1 && !medium->tracks[0].lba;
}

/* Kernel-doc in mmc.h. */
bool mmc_medium_valid(const struct mmc_medium *medium)
{
	const struct mmc_track *before = NULL;
	u32 left = medium->sectors;
	u32 i;

	if (!left || left > mmc_sectors_max(medium->profile))
		return false;
	if (!medium->tracks || !medium->nr_tracks || medium->nr_tracks > MMC_TRACKS_MAX)
		return false;
	if (medium->tracks[0].lba >= left)
		return false;
	left -= medium->tracks[0].lba;
	for (i = 0; i < medium->nr_tracks; i++) {
		const struct mmc_track *track = &medium->tracks[i];

		if (!track_valid(track, before) || !mode_valid(track, medium->profile) || track->sectors > left)
			return false;
		left -= track->sectors;
		before = track;
	}
	if (left || medium->tracks[medium->nr_tracks - 1].session != medium->sessions || !extras_valid(medium))
		return false;
	if (medium->speed && medium->speed < MMC_SPEED_MIN)
		return false;

	/* Layer 1 runs back towards the start of layer 0 and can't be longer. */
	if (!medium->layer0_sectors)
		return true;
	return medium->profile == MMC_PROFILE_DVD_ROM && medium->layer0_sectors < medium->sectors &&
	       medium->sectors - medium->layer0_sectors <= medium->layer0_sectors;
}

/* Kernel-doc in mmc.h. */
const struct mmc_track *mmc_track_at(const struct mmc_medium *medium, u32 lba)
{
	u32 i;

	if (lba >= medium->sectors)
		return NULL;
	for (i = medium->nr_tracks; i > 1; i--) {
		if (lba >= medium->tracks[i - 1].lba)
			return &medium->tracks[i - 1];
	}
	return &medium->tracks[0];
}

/* Kernel-doc in mmc.h. */
const struct mmc_track *mmc_track_index(const struct mmc_medium *medium, u32 lba)
{
	u32 i;

	if (lba >= medium->sectors)
		return NULL;
	for (i = medium->nr_tracks; i > 1; i--) {
		const struct mmc_track *track = &medium->tracks[i - 1];

		if (lba >= track->lba - track->pregap)
			return track;
	}
	return &medium->tracks[0];
}

/* How many of the indices begin at or before a sector. */
static u32 indices_before(const struct mmc_medium *medium, u32 lba)
{
	u32 low = 0;
	u32 high = medium->nr_indices;

	while (low < high) {
		u32 middle = low + (high - low) / 2;

		if (medium->indices[middle].lba <= lba)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Kernel-doc in mmc.h. */
u8 mmc_index_at(const struct mmc_medium *medium, u32 lba)
{
	const struct mmc_track *track = mmc_track_index(medium, lba);
	u32 before;

	if (!track || lba < track->lba)
		return 0;
	before = indices_before(medium, lba);
	if (before && medium->indices[before - 1].track == track->number)
		return medium->indices[before - 1].number;
	return 1;
}

/* Kernel-doc in mmc.h. */
enum mmc_track_mode mmc_sector_mode(const struct mmc_medium *medium, u32 lba)
{
	const struct mmc_track *track = mmc_track_index(medium, lba);

	if (!track || (track->session < medium->sessions && lba >= mmc_session_leadout(medium, track->session)))
		return MMC_TRACK_NONE;
	return track->mode;
}

/* Kernel-doc in mmc.h. */
u32 mmc_same_mode(const struct mmc_medium *medium, u32 lba)
{
	const struct mmc_track *track = mmc_track_index(medium, lba);
	const struct mmc_track *next;
	u32 end = medium->sectors;
	u32 leadout;

	if (!track || track == &medium->tracks[medium->nr_tracks - 1])
		return end;
	next = track + 1;
	end = next->lba - next->pregap;
	if (next->session == track->session)
		return end;
	leadout = mmc_session_leadout(medium, track->session);
	return lba < leadout && leadout < end ? leadout : end;
}

/* Kernel-doc in mmc.h. */
bool mmc_blocks(const struct mmc_medium *medium, u32 lba, u32 count, u32 *bad)
{
	u32 end = lba + count;

	while (lba < end) {
		enum mmc_track_mode mode = mmc_sector_mode(medium, lba);

		if (mode != MMC_TRACK_DATA && mode != MMC_TRACK_MODE2) {
			*bad = lba;
			return false;
		}
		lba = mmc_same_mode(medium, lba);
	}
	return true;
}

/** mmc_track_by_number - the track with this number, NULL if there is none */
const struct mmc_track *mmc_track_by_number(const struct mmc_medium *medium, u32 number)
{
	u32 i;

	for (i = 0; i < medium->nr_tracks; i++) {
		if (medium->tracks[i].number == number)
			return &medium->tracks[i];
	}
	return NULL;
}

/** mmc_session_first - the first track of a session, NULL if there is no such session */
const struct mmc_track *mmc_session_first(const struct mmc_medium *medium, u32 session)
{
	u32 i;

	for (i = 0; i < medium->nr_tracks; i++) {
		if (medium->tracks[i].session == session)
			return &medium->tracks[i];
	}
	return NULL;
}

/** mmc_session_last - the last track of a session, NULL if there is no such session */
const struct mmc_track *mmc_session_last(const struct mmc_medium *medium, u32 session)
{
	u32 i;

	for (i = medium->nr_tracks; i > 0; i--) {
		if (medium->tracks[i - 1].session == session)
			return &medium->tracks[i - 1];
	}
	return NULL;
}

/* Kernel-doc in mmc.h. */
u32 mmc_session_gap(u32 session)
{
	return session == 1 ? FIRST_GAP : OTHER_GAP;
}

/**
 * mmc_session_leadout - where the lead-out of a session begins
 * @medium: the disc
 * @session: a session of it
 *
 * The tracks of a medium leave no gap, so what lies between two sessions counts as part of the track before. The
 * lead-out, lead-in and pregap there have fixed lengths.
 *
 * Return: the address. The tracks of a disc whose sessions lie closer together than that end where the next begins.
 */
u32 mmc_session_leadout(const struct mmc_medium *medium, u32 session)
{
	const struct mmc_track *last = mmc_session_last(medium, session);
	const struct mmc_track *next = mmc_session_first(medium, session + 1);
	u32 gap = mmc_session_gap(session);

	if (!next || !last)
		return medium->sectors;
	return last->sectors > gap ? next->lba - gap : next->lba;
}

/** mmc_track_end - the address behind the last sector of a track, without the gap between sessions */
u32 mmc_track_end(const struct mmc_medium *medium, const struct mmc_track *track)
{
	if (track == mmc_session_last(medium, track->session))
		return mmc_session_leadout(medium, track->session);
	return track->lba + track->sectors;
}

/** mmc_session_type - the type of disc that A0h in the lead-in of a session tells: 20h for XA, 0 for others */
u8 mmc_session_type(const struct mmc_medium *medium, u32 session)
{
	u32 i;

	for (i = 0; i < medium->nr_tracks; i++) {
		if (medium->tracks[i].session == session && medium->tracks[i].mode == MMC_TRACK_MODE2)
			return 0x20;
	}
	return 0;
}

/** mmc_on - the set of profiles, MMC_ON_*, that holds the one of the disc; MMC_ON_NONE without a disc */
u32 mmc_on(const struct mmc_medium *medium)
{
	if (!medium)
		return MMC_ON_NONE;
	switch (medium->profile) {
	case MMC_PROFILE_CD_ROM:
		return MMC_ON_CD;
	case MMC_PROFILE_DVD_ROM:
		return MMC_ON_DVD;
	default:
		return MMC_ON_BD;
	}
}
