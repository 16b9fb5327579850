// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "player.h"
#include "reader.h"

#define AUDIO_CHUNK	25
#define CONTROL_DATA	4
/* As far as the drive may be from where it should be without having been sent elsewhere. */
#define SLACK		15
#define FULL		255
#define FRAMES		(SOUND_SECTOR / 4)

/* What comes behind a track: the next one, whose pregap is heard with this one unless it is data, or the lead-out. */
static uint32_t end_of(const struct disc *disc, const struct disc_track *track)
{
	const struct disc_track *next = track + 1;

	if (next == disc->tracks + disc->track_count || next->session != track->session)
		return disc->sessions[track->session - 1].lead_out;
	return next->control & CONTROL_DATA ? next->lba - next->pregap : next->lba;
}

/**
 * player_add_track - have a track played
 * @player: the player
 * @disc: the disc, with its details
 * @track: a track of it
 *
 * Return: false if it is none of audio, or the player is full.
 */
bool player_add_track(struct player *player, const struct disc *disc, const struct disc_track *track)
{
	if (track->control & CONTROL_DATA || player->track_count == DISC_TRACKS_MAX)
		return false;
	player->tracks[player->track_count++] = (struct play_track){
		.number = track->number,
		.start = track->lba,
		.end = end_of(disc, track),
	};
	return true;
}

/** player_sectors - how long all tracks are together */
uint64_t player_sectors(const struct player *player)
{
	uint64_t sectors = 0;
	unsigned int i;

	for (i = 0; i < player->track_count; i++)
		sectors += player->tracks[i].end - player->tracks[i].start;
	return sectors;
}

/* Is it the sector that is bad, and not the drive or the disc that is gone? */
static bool is_of_sector(enum mmc_error error)
{
	return error == MMC_UNREADABLE || error == MMC_REFUSED;
}

/* One by one; those that cannot be read are silent. */
static enum mmc_error read_singly(struct player *player, uint32_t lba, uint32_t count, uint8_t *samples)
{
	uint32_t i;

	for (i = 0; i < count; i++, samples += SOUND_SECTOR) {
		enum mmc_error error = mmc_read_audio(player->drive, lba + i, 1, samples);

		if (error && !is_of_sector(error))
			return error;
		if (error) {
			memset(samples, 0, SOUND_SECTOR);
			player->missing++;
		}
	}
	return MMC_OK;
}

static enum play_result play_track(struct player *player, const struct play_track *track)
{
	uint8_t samples[AUDIO_CHUNK * SOUND_SECTOR];
	uint32_t lba, count;

	for (lba = track->start; lba < track->end; lba += count) {
		if (player->stopped())
			return PLAY_STOPPED;
		if (player->progress)
			player->progress(player, track, lba);
		count = track->end - lba < AUDIO_CHUNK ? track->end - lba : AUDIO_CHUNK;
		player->drive_error = mmc_read_audio(player->drive, lba, count, samples);
		if (is_of_sector(player->drive_error))
			player->drive_error = read_singly(player, lba, count, samples);
		if (player->drive_error)
			return PLAY_DRIVE;
		if (!sound_write(player->sound, samples, count))
			return PLAY_SOUND;
	}
	return PLAY_OK;
}

/**
 * player_run - play the tracks
 * @player: the player
 */
enum play_result player_run(struct player *player)
{
	enum play_result result = PLAY_OK;
	unsigned int i;

	for (i = 0; !result && i < player->track_count; i++)
		result = play_track(player, &player->tracks[i]);
	if (result == PLAY_STOPPED)
		sound_drop(player->sound);
	else if (!result && !sound_finish(player->sound))
		result = PLAY_SOUND;
	return result;
}

static int sample_at(const uint8_t *p)
{
	return (int16_t)get_le16(p);
}

/* What is heard at an output of a frame of two samples. */
static int mix(const struct mmc_volume *volume, unsigned int output, int left, int right)
{
	int sum = 0;

	switch (volume->channels[output]) {
	case 1:
		sum = left;
		break;
	case 2:
		sum = right;
		break;
	case 3:
		sum = (left + right) / 2;
		break;
	}
	return sum * volume->level[output] / FULL;
}

/**
 * volume_apply - make samples as loud as a drive plays them, and put them where it does
 * @volume: how loud
 * @samples: those of a sector
 */
void volume_apply(const struct mmc_volume *volume, uint8_t *samples)
{
	static const struct mmc_volume as_it_is = { .channels = { 1, 2 }, .level = { FULL, FULL } };
	unsigned int i;

	if (!memcmp(volume, &as_it_is, sizeof(as_it_is)))
		return;
	for (i = 0; i < FRAMES; i++, samples += 4) {
		int left = sample_at(samples), right = sample_at(samples + 2), output;

		for (output = 0; output < 2; output++) {
			int value = mix(volume, (unsigned int)output, left, right);

			samples[2 * output] = (uint8_t)value;
			samples[2 * output + 1] = (uint8_t)((unsigned int)value >> 8);
		}
	}
}

/* Has the drive gone on since it was last looked at, and not been sent elsewhere? */
static bool went_on(const struct follower *follower, const struct mmc_mechanism *mechanism, uint64_t time)
{
	uint64_t expected = follower->seen + (time - follower->time), lba = mechanism->lba;

	return follower->sounds && !mechanism->scans && lba >= follower->seen && lba <= expected + SLACK &&
	       expected <= lba + SLACK;
}

static bool write_sector(struct follower *follower, const struct mmc_volume *volume)
{
	uint8_t samples[SOUND_SECTOR];

	/* What cannot be read, and what is no audio, is silent. */
	if (image_mode_at(follower->image, follower->next) != VCD_MODE_AUDIO ||
	    raw_reader_read(follower->raw, follower->next, samples, NULL))
		memset(samples, 0, sizeof(samples));
	volume_apply(volume, samples);
	follower->next++;
	return sound_write(follower->sound, samples, 1);
}

/**
 * follower_step - a drive was looked at: let be heard what it plays
 * @follower: what follows it
 * @mechanism: what it does
 * @volume: how loud
 * @time: the time in sectors
 *
 * Return: false with sound->reason when the sound does not go on.
 */
bool follower_step(struct follower *follower, const struct mmc_mechanism *mechanism, const struct mmc_volume *volume,
		   uint64_t time)
{
	uint32_t until = mechanism->lba + follower->ahead;

	if (!mechanism->plays || !went_on(follower, mechanism, time)) {
		if (follower->sounds)
			sound_drop(follower->sound);
		follower->next = mechanism->lba;
		follower->sounds = false;
	}
	if (!mechanism->plays)
		return true;
	follower->seen = mechanism->lba;
	follower->time = time;
	follower->sounds = true;
	if (until > follower->image->sectors)
		until = follower->image->sectors;
	while (follower->next < until)
		if (!write_sector(follower, volume))
			return false;
	return sound_start(follower->sound);
}
