/* SPDX-License-Identifier: GPL-2.0-only */
/* What an optical drive tells about the disc in it: tracks, sessions, codes, CD-Text. */
#ifndef VCD_DISCTOC_H
#define VCD_DISCTOC_H

#include <stdbool.h>
#include <stdint.h>
#include <linux/vcd.h>

#include "mmcdrive.h"

/** DISC_TRACKS_MAX: most tracks, and most sessions, of a CD */
#define DISC_TRACKS_MAX		99
/** DISC_ENTRIES_MAX: most entries that are kept of what the lead-ins say */
#define DISC_ENTRIES_MAX	512
/** DISC_PREGAP_MAX: how far before a track its index 0 is searched for */
#define DISC_PREGAP_MAX		(75U * 60 * 10)

/* Points of the TOC that are no tracks. */
enum {
	POINT_FIRST_TRACK	= 0xA0,
	POINT_LAST_TRACK	= 0xA1,
	POINT_LEAD_OUT		= 0xA2,
};

/**
 * struct disc_entry - an entry of the TOC as it is in a lead-in (MMC-5 6.26.3.4)
 * @session: the session
 * @adr: ADR
 * @control: CONTROL
 * @tno: track number, 0
 * @point: what it is about
 * @msf: MIN, SEC, FRAME
 * @zero: 0
 * @pmsf: PMIN, PSEC, PFRAME
 */
struct disc_entry {
	uint8_t session;
	uint8_t adr;
	uint8_t control;
	uint8_t tno;
	uint8_t point;
	uint8_t msf[3];
	uint8_t zero;
	uint8_t pmsf[3];
};

/**
 * struct disc_track - a track
 * @lba: first sector, index 1
 * @pregap: how many sectors before it are of this track already
 * @number: 1 to 99
 * @session: 1 to 99
 * @control: CONTROL
 * @mode: 0 audio, 1 Mode 1, 2 Mode 2
 * @isrc: ISRC or empty
 */
struct disc_track {
	uint32_t lba;
	uint32_t pregap;
	uint8_t number;
	uint8_t session;
	uint8_t control;
	uint8_t mode;
	char isrc[VCD_ISRC_LEN + 1];
};

/**
 * struct disc_session - a session
 * @start: first sector that is read of it: 0, or where its first track begins
 * @lead_out: where its lead-out begins
 */
struct disc_session {
	uint32_t start;
	uint32_t lead_out;
};

/**
 * struct disc - what is in a drive
 * @cd: it is a CD
 * @profile: MMC profile number, 0 if not known
 * @sectors: length in sectors
 * @xa: the first lead-in says that the data tracks are Mode 2
 * @entries: the TOC; if the drive does not tell it, made up from the tracks
 * @entry_count: their number
 * @tracks: the tracks
 * @track_count: their number
 * @sessions: the sessions
 * @session_count: their number
 * @indices: indices above 1, in their order
 * @index_count: their number
 * @mcn: media catalogue number or empty
 * @cdtext: packs of CD-Text
 * @cdtext_count: their number
 */
struct disc {
	bool cd;
	uint32_t profile;
	uint32_t sectors;
	bool xa;
	struct disc_entry entries[DISC_ENTRIES_MAX];
	unsigned int entry_count;
	struct disc_track tracks[DISC_TRACKS_MAX];
	unsigned int track_count;
	struct disc_session sessions[DISC_TRACKS_MAX];
	unsigned int session_count;
	struct vcd_index indices[VCD_INDICES_MAX];
	uint32_t index_count;
	char mcn[VCD_MCN_LEN + 1];
	struct vcd_cdtext cdtext[VCD_CDTEXT_MAX];
	uint32_t cdtext_count;
};

enum mmc_error disc_read(struct disc *disc, struct optical_drive *drive);
enum mmc_error disc_read_details(struct disc *disc, struct optical_drive *drive);
uint32_t disc_raw_sectors(const struct disc *disc);
uint32_t disc_lba_of(const struct disc *disc, uint32_t index, uint32_t *run);
uint32_t disc_index_of(const struct disc *disc, uint32_t lba);

#endif /* VCD_DISCTOC_H */
