// SPDX-License-Identifier: GPL-2.0
/*
 * Playing audio: PLAY AUDIO in all its forms, SCAN, PAUSE/RESUME, STOP PLAY/SCAN (SCSI-2 14.2, MMC-3 6).
 *
 * No sound is made: the drive goes along the sectors as the time passes. Where it stands is worked out when a command
 * comes, from the time of that command.
 */
#include "engine.h"

/** SCAN_SPEED: sectors that a scan passes for each that playing would */
#define SCAN_SPEED	8

#define CURRENT_LBA	0xFFFFFFFF	/* PLAY AUDIO: the address that stands for where the drive is */
#define CURRENT_MSF	0xFFFFFF	/* PLAY AUDIO MSF: likewise */

/* Kernel-doc in mmc.h. The drive stays where it is; what playing has come to is not told. */
void mmc_audio_reset(struct mmc_drive *drive)
{
	memset(&drive->audio, 0, sizeof(drive->audio));
	drive->audio.status = MMC_AUDIO_NONE;
}

/**
 * mmc_audio_settle - bring a drive that plays to where it is now
 * @drive: the drive; its position is set, and its status when it has come to the end
 * @now: mmc_command.now
 */
void mmc_audio_settle(struct mmc_drive *drive, u64 now)
{
	struct mmc_audio *audio = &drive->audio;
	u64 passed = now > audio->since ? now - audio->since : 0;
	u32 left, way;

	if (audio->status != MMC_AUDIO_PLAYING)
		return;
	left = audio->scan == MMC_SCAN_BACKWARD ? audio->from - audio->start + 1 : audio->end - audio->from;
	way = (u32)min_t(u64, passed, MMC_MSF_LBA_MAX) * (audio->scan ? SCAN_SPEED : 1);
	if (way < left) {
		drive->position = audio->scan == MMC_SCAN_BACKWARD ? audio->from - way : audio->from + way;
		return;
	}
	drive->position = audio->scan == MMC_SCAN_BACKWARD ? audio->start : audio->end - 1;
	audio->status = audio->cut ? MMC_AUDIO_FAILED : MMC_AUDIO_COMPLETED;
	audio->scan = MMC_SCAN_NOT;
}

/**
 * mmc_audio_take_status - what READ SUB-CHANNEL tells of playing
 * @call: the command; that playing has ended is told once, if there is room for it
 *
 * Return: the status, enum mmc_audio_status.
 */
u8 mmc_audio_take_status(struct mmc_call *call)
{
	struct mmc_audio *audio = &call->drive->audio;
	u8 status = audio->status;

	if ((status == MMC_AUDIO_COMPLETED || status == MMC_AUDIO_FAILED) && call->out.room > 1)
		mmc_audio_reset(call->drive);
	return status;
}

/* Where the sectors of audio that @lba, one of them, is among begin, and where they end. */
static void audio_around(const struct mmc_medium *medium, u32 lba, u32 *begin, u32 *end)
{
	u32 at = 0;

	for (*begin = 0; at <= lba; at = mmc_same_mode(medium, at)) {
		if (mmc_sector_mode(medium, at) != MMC_TRACK_AUDIO)
			*begin = mmc_same_mode(medium, at);
	}
	while (mmc_sector_mode(medium, at) == MMC_TRACK_AUDIO)
		at = mmc_same_mode(medium, at);
	*end = at;
}

/* Is this a sector of audio? If not, the command fails. */
static bool check_audio(struct mmc_call *call, u32 lba)
{
	if (!mmc_check_range(call, lba, 1))
		return false;
	if (mmc_sector_mode(call->medium, lba) == MMC_TRACK_AUDIO)
		return true;
	mmc_reply_fail_at(call->reply, MMC_WRONG_MODE, lba);
	return false;
}

/* Be on the way from here, at this speed. */
static void set_off(struct mmc_call *call, enum mmc_scan scan)
{
	struct mmc_audio *audio = &call->drive->audio;

	audio->status = MMC_AUDIO_PLAYING;
	audio->scan = (u8)scan;
	audio->from = call->drive->position;
	audio->since = call->cmd->now;
}

/* Where the track that is played at @lba ends: the next one begins with its pregap. */
static u32 played_track_end(const struct mmc_medium *medium, const struct mmc_track *track)
{
	const struct mmc_track *next = mmc_track_by_number(medium, track->number + 1u);

	if (!next || next->session != track->session)
		return mmc_track_end(medium, track);
	return next->lba - next->pregap;
}

/*
 * Play up to @end, or to where there is no more audio: that is an error, which the status tells when the drive gets
 * there. With "stop on track crossing" in mode page 0Eh the end of the track is the end. Whatever the Immed bit of that
 * page says, the command does not wait for it: there is nobody who listens, and the drive would be busy for an hour.
 */
static void play(struct mmc_call *call, u32 start, u32 end)
{
	struct mmc_audio *audio = &call->drive->audio;
	u32 first, last, track;

	if (!mmc_check_range(call, start, end - start) || start == end || !check_audio(call, start))
		return;
	if (mmc_mode_stops_on_track(call->drive)) {
		track = played_track_end(call->medium, mmc_track_index(call->medium, start));
		end = min_t(u32, end, track);
	}
	audio_around(call->medium, start, &first, &last);
	mmc_go_to(call, start);
	audio->start = start;
	audio->end = min_t(u32, end, last);
	audio->cut = last < end;
	set_off(call, MMC_SCAN_NOT);
}

static void play_blocks(struct mmc_call *call, u32 count)
{
	u32 start = mmc_get32(call->cdb + 2);

	if (start == CURRENT_LBA)
		start = call->drive->position;
	if (mmc_check_range(call, start, count))
		play(call, start, start + count);
}

/** mmc_do_play_audio10 - PLAY AUDIO (10) */
void mmc_do_play_audio10(struct mmc_call *call)
{
	play_blocks(call, mmc_get16(call->cdb + 7));
}

/** mmc_do_play_audio12 - PLAY AUDIO (12) */
void mmc_do_play_audio12(struct mmc_call *call)
{
	play_blocks(call, mmc_get32(call->cdb + 6));
}

/* Both addresses of PLAY AUDIO MSF. */
static bool get_msf_range(struct mmc_call *call, u32 *start, u32 *end)
{
	*start = call->drive->position;
	if (mmc_get24(call->cdb + 3) == CURRENT_MSF)
		return mmc_get_msf(call, 6, end);
	if (!mmc_get_msf(call, 3, start) || !mmc_get_msf(call, 6, end))
		return false;
	/* Those before sector 0 are none, but as numbers without a sign they lie far beyond the end. */
	if (*start > call->medium->sectors) {
		mmc_fail_range(call, *start);
		return false;
	}
	return true;
}

/** mmc_do_play_audio_msf - PLAY AUDIO MSF: from one address up to another, which is not played any more */
void mmc_do_play_audio_msf(struct mmc_call *call)
{
	u32 start, end;

	if (!get_msf_range(call, &start, &end))
		return;
	if (end < start)
		mmc_fail_field(call, 6, 7);
	else
		play(call, start, end);
}

/* Where an index of a track begins. Where one begins that it does not have, the track is over. */
static u32 index_start(const struct mmc_medium *medium, const struct mmc_track *track, u32 number)
{
	u32 i;

	if (number < 2)
		return number ? track->lba : track->lba - track->pregap;
	for (i = 0; i < medium->nr_indices; i++) {
		if (medium->indices[i].track == track->number && medium->indices[i].number == number)
			return medium->indices[i].lba;
	}
	return played_track_end(medium, track);
}

/**
 * mmc_do_play_track_index - PLAY AUDIO TRACK INDEX
 * @call: the command
 *
 * The end is that of the last track if there is none of that number. Programs that know nothing of indices leave the
 * one that is to be the last 0, or say 1, and want to hear the track to its end.
 */
void mmc_do_play_track_index(struct mmc_call *call)
{
	const struct mmc_medium *medium = call->medium;
	const struct mmc_track *final = &medium->tracks[medium->nr_tracks - 1];
	const struct mmc_track *first = mmc_track_by_number(medium, call->cdb[4]);
	const struct mmc_track *last = mmc_track_by_number(medium, min_t(u8, call->cdb[7], final->number));
	u32 start, end;

	if (!first) {
		mmc_fail_field(call, 4, 7);
		return;
	}
	if (!last || last < first) {
		mmc_fail_field(call, 7, 7);
		return;
	}
	start = index_start(medium, first, call->cdb[5]);
	if (call->cdb[8] > 1)
		end = index_start(medium, last, call->cdb[8] + 1u);
	else
		end = played_track_end(medium, last);
	if (end < start)
		mmc_fail_field(call, 8, 7);
	else
		play(call, start, end);
}

/* SCAN, byte 1: backwards. Byte 9: what kind of address it is. */
#define BACKWARD	0x10
enum { BY_LBA, BY_MSF, BY_TRACK };

static bool scan_start(struct mmc_call *call, u32 *lba)
{
	const struct mmc_track *track;

	switch (call->cdb[9] >> 6) {
	case BY_LBA:
		*lba = mmc_get32(call->cdb + 2);
		return true;
	case BY_MSF:
		return mmc_get_msf(call, 3, lba);
	case BY_TRACK:
		track = mmc_track_by_number(call->medium, call->cdb[5]);
		if (track)
			*lba = track->lba;
		else
			mmc_fail_field(call, 5, 7);
		return track;
	default:
		mmc_fail_field(call, 9, 7);
		return false;
	}
}

/**
 * mmc_do_scan - SCAN
 * @call: the command
 *
 * It runs to the end of the audio, or backwards to its beginning. PAUSE/RESUME that resumes goes on from there at the
 * usual speed, up to the end of the audio.
 */
void mmc_do_scan(struct mmc_call *call)
{
	struct mmc_audio *audio = &call->drive->audio;
	u32 lba;

	if (!scan_start(call, &lba) || !check_audio(call, lba))
		return;
	mmc_go_to(call, lba);
	audio_around(call->medium, lba, &audio->start, &audio->end);
	set_off(call, call->cdb[1] & BACKWARD ? MMC_SCAN_BACKWARD : MMC_SCAN_FORWARD);
}

/* PAUSE/RESUME, byte 8. */
#define RESUME		0x01

/** mmc_do_pause_resume - PAUSE/RESUME: either ends a scan; what is so already is no error */
void mmc_do_pause_resume(struct mmc_call *call)
{
	struct mmc_audio *audio = &call->drive->audio;

	if (audio->status != MMC_AUDIO_PLAYING && audio->status != MMC_AUDIO_PAUSED) {
		mmc_fail(call, MMC_BAD_SEQUENCE);
		return;
	}
	if (call->cdb[8] & RESUME) {
		set_off(call, MMC_SCAN_NOT);
		return;
	}
	audio->status = MMC_AUDIO_PAUSED;
	audio->scan = MMC_SCAN_NOT;
}

/** mmc_do_stop_play - STOP PLAY/SCAN: what does not play need not be stopped, and asking for it is no error */
void mmc_do_stop_play(struct mmc_call *call)
{
	mmc_audio_reset(call->drive);
}
