/* SPDX-License-Identifier: GPL-2.0-only */
/* Playing the audio of a disc: sectors from a drive go where sound goes. */
#ifndef VCD_PLAYER_H
#define VCD_PLAYER_H

#include <stdbool.h>
#include <stdint.h>

#include "disctoc.h"
#include "rawreader.h"
#include "sound.h"

/**
 * enum play_result - how playing ended
 * @PLAY_OK: to the end
 * @PLAY_STOPPED: by a signal
 * @PLAY_DRIVE: the drive does not go on, see drive_error
 * @PLAY_SOUND: the sound does not go on, see sound->reason
 */
enum play_result {
	PLAY_OK,
	PLAY_STOPPED,
	PLAY_DRIVE,
	PLAY_SOUND,
};

/**
 * struct play_track - a track to be played
 * @number: its number
 * @start: its first sector
 * @end: the first one that is not played
 */
struct play_track {
	unsigned int number;
	uint32_t start;
	uint32_t end;
};

/**
 * struct player - tracks that are played
 * @drive: the drive
 * @sound: where the sound goes
 * @tracks: the tracks
 * @track_count: their number
 * @stopped: has a signal come?
 * @progress: called now and then; or NULL
 * @drive_error: why the drive does not go on
 * @missing: how many sectors could not be read, and were silent
 */
struct player {
	struct optical_drive *drive;
	struct sound *sound;
	struct play_track tracks[DISC_TRACKS_MAX];
	unsigned int track_count;
	bool (*stopped)(void);
	void (*progress)(const struct player *player, const struct play_track *track, uint32_t lba);
	enum mmc_error drive_error;
	uint64_t missing;
};

/**
 * struct follower - sound for a drive that plays
 * @image: the image of the disc in it
 * @raw: its sectors
 * @sound: where the sound goes
 * @ahead: so many sectors are kept in store for that; 0: what is written was played
 * @sounds: something was written
 * @next: the sector to be written next
 * @seen: where the drive was when it was last looked at
 * @time: when that was, in sectors
 */
struct follower {
	const struct image *image;
	struct raw_reader *raw;
	struct sound *sound;
	uint32_t ahead;
	bool sounds;
	uint32_t next;
	uint32_t seen;
	uint64_t time;
};

bool player_add_track(struct player *player, const struct disc *disc, const struct disc_track *track);
uint64_t player_sectors(const struct player *player);
enum play_result player_run(struct player *player);
void volume_apply(const struct mmc_volume *volume, uint8_t *samples);
bool follower_step(struct follower *follower, const struct mmc_mechanism *mechanism, const struct mmc_volume *volume,
		   uint64_t time);

#endif /* VCD_PLAYER_H */
