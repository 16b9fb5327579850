/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The MMC engine: what an optical drive answers to a command.
 *
 * The engine is pure: no locks, no allocation, no I/O, no clock. It is given a drive's state, the medium in it and a
 * command, and leaves either a finished reply (status, sense data, bytes) or, with status GOOD, a plan that the
 * caller carries out: read these sectors in this form, move the tray. The caller serialises all calls for one drive.
 *
 * Every door of the drive (SG_IO, CDROM_SEND_PACKET, the uniform CD-ROM layer) uses it; so do the tests in user space.
 */
#ifndef VCD_CORE_MMC_H
#define VCD_CORE_MMC_H

#include "port.h"

/** MMC_BLOCK: bytes of user data in a sector */
#define MMC_BLOCK		2048
/** MMC_CDB_MAX: longest CDB that a caller may pass; the engine looks at the bytes that the opcode defines */
#define MMC_CDB_MAX		32
/** MMC_SENSE_LEN: length of fixed format sense data as the drive returns it */
#define MMC_SENSE_LEN		18
/** MMC_REPLY_MAX: no reply (sectors read by a plan aside) is longer: that with all CD-Text is the longest */
#define MMC_REPLY_MAX		36868
/** MMC_OUT_MAX: no parameter list (data that a plan compares aside) is longer */
#define MMC_OUT_MAX		4096
/** MMC_TRACKS_MAX: tracks that a CD can have */
#define MMC_TRACKS_MAX		99
/** MMC_ISRC_LEN: length of an ISRC */
#define MMC_ISRC_LEN		12
/** MMC_MCN_LEN: length of a media catalogue number */
#define MMC_MCN_LEN		13
/** MMC_INDEX_MAX: the highest index that a track can have */
#define MMC_INDEX_MAX		99
/** MMC_INDICES_MAX: most indices above 1 that a disc can have: those of all tracks */
#define MMC_INDICES_MAX		(MMC_TRACKS_MAX * (MMC_INDEX_MAX - 1))
/** MMC_CDTEXT_PACK: length of a pack of CD-Text with its CRC */
#define MMC_CDTEXT_PACK		18
/** MMC_CDTEXT_MAX: most packs of CD-Text */
#define MMC_CDTEXT_MAX		2048
/** MMC_MSF_LBA_MAX: the last LBA that a minute/second/frame address can express (255:59:74) */
#define MMC_MSF_LBA_MAX		1151849

/* SAM status codes */
#define MMC_GOOD		0x00
#define MMC_CHECK_CONDITION	0x02

/* Profiles (MMC-6 5.3.1) */
#define MMC_PROFILE_NONE	0x0000
#define MMC_PROFILE_CD_ROM	0x0008
#define MMC_PROFILE_DVD_ROM	0x0010
#define MMC_PROFILE_BD_ROM	0x0040

/* Sense keys (SPC) */
#define MMC_KEY_NO_SENSE	0x0
#define MMC_KEY_NOT_READY	0x2
#define MMC_KEY_MEDIUM_ERROR	0x3
#define MMC_KEY_HARDWARE_ERROR	0x4
#define MMC_KEY_ILLEGAL_REQUEST	0x5
#define MMC_KEY_UNIT_ATTENTION	0x6
#define MMC_KEY_ABORTED_COMMAND	0xB
#define MMC_KEY_MISCOMPARE	0xE

/**
 * enum mmc_track_mode - what the sectors of a track hold
 * @MMC_TRACK_AUDIO: CD-DA: samples and no user data
 * @MMC_TRACK_DATA: 2048 bytes of user data: CD Mode 1, DVD, BD
 * @MMC_TRACK_MODE2: CD Mode 2: XA, each sector Form 1 or Form 2 as its sub-header says
 * @MMC_TRACK_NONE: for a sector: it lies between two sessions, where nothing is recorded that could be read
 */
enum mmc_track_mode {
	MMC_TRACK_AUDIO,
	MMC_TRACK_DATA,
	MMC_TRACK_MODE2,
	MMC_TRACK_NONE,
};

/**
 * struct mmc_track - a track of the medium
 * @lba: first sector (index 1)
 * @sectors: sectors up to the next track or the lead-out
 * @number: track number, 1 to 99
 * @session: session that it belongs to, from 1
 * @control: CONTROL nibble of sub-channel Q (4: data)
 * @mode: enum mmc_track_mode
 * @pregap: sectors before @lba that belong to it already (index 0). For the first track, this is @lba.
 * @isrc: ISRC; begins with a NUL if there is none
 */
struct mmc_track {
	u32 lba;
	u32 sectors;
	u8 number;
	u8 session;
	u8 control;
	u8 mode;
	u32 pregap;
	char isrc[MMC_ISRC_LEN];
};

/**
 * struct mmc_index - where an index above 1 of a track begins
 * @lba: its first sector
 * @track: number of the track
 * @number: the index, 2 to MMC_INDEX_MAX
 */
struct mmc_index {
	u32 lba;
	u8 track;
	u8 number;
};

/**
 * struct mmc_medium - a disc: everything about it that a command can ask for. It never changes once inserted.
 * @tracks: tracks in ascending order, without a gap
 * @indices: indices above 1 in ascending order; may be NULL if there are none
 * @nr_indices: their number
 * @cdtext: packs of CD-Text, MMC_CDTEXT_PACK bytes each; may be NULL if there are none
 * @nr_cdtext: their number, at most MMC_CDTEXT_MAX
 * @mcn: media catalogue number; begins with a NUL if there is none
 * @nr_tracks: number of tracks, 1 to MMC_TRACKS_MAX
 * @sessions: number of sessions
 * @profile: MMC_PROFILE_*
 * @sectors: address of the lead-out: the number of sectors, at least 1
 * @layer0_sectors: sectors on layer 0 of a disc with two layers in opposite track path, 0 for a single layer
 * @subchannels: sub-channels are stored, not only made up
 * @speed: read no faster than so many units of 1000 bytes/s, at least MMC_SPEED_MIN; 0: as fast as it goes
 */
struct mmc_medium {
	const struct mmc_track *tracks;
	const struct mmc_index *indices;
	u32 nr_indices;
	const u8 *cdtext;
	u32 nr_cdtext;
	char mcn[MMC_MCN_LEN];
	u8 nr_tracks;
	u8 sessions;
	u16 profile;
	u32 sectors;
	u32 layer0_sectors;
	bool subchannels;
	u32 speed;
};

/**
 * struct mmc_identity - how the drive introduces itself
 * @vendor: T10 vendor identification, padded with spaces, no NUL
 * @product: padded with spaces, no NUL
 * @revision: padded with spaces, no NUL
 * @serial: unit serial number, @serial_len printable characters
 * @serial_len: at most sizeof(@serial)
 */
struct mmc_identity {
	char vendor[8];
	char product[16];
	char revision[4];
	char serial[20];
	u8 serial_len;
};

/* Causes of a unit attention: bits of mmc_nexus.attention, reported in this order. */
#define MMC_UA_POWER_ON		0x01	/* 6/29/00 */
#define MMC_UA_MEDIUM		0x02	/* 6/28/00 */
#define MMC_UA_MODE		0x04	/* 6/2A/01 */

/** MMC_EVENTS: media events that wait for a nexus; when it is full the oldest is dropped */
#define MMC_EVENTS		4

/**
 * struct mmc_nexus - one party that talks to the drive and is told of each event once
 * @attention: MMC_UA_* bits that have not been reported
 * @features_changed: not told that other features are current now (operational change class of GET EVENT STATUS
 *	NOTIFICATION)
 * @nr_events: number of media events that wait
 * @events: media event codes (MMC-6 6.6 GET EVENT STATUS NOTIFICATION, media class), oldest first
 *
 * The kernel itself (CD-ROM layer) is one nexus, users of SG_IO are another: neither takes the other's events away.
 */
struct mmc_nexus {
	u8 attention;
	bool features_changed;
	u8 nr_events;
	u8 events[MMC_EVENTS];
};

/* What mmc_notify() reports. */
enum mmc_notice {
	MMC_NOTICE_INSERTED,		/* a medium became readable: unit attention 28h, event NewMedia */
	MMC_NOTICE_REMOVED,		/* the medium is gone or the tray opened: event MediaRemoval */
	MMC_NOTICE_EJECT_REQUEST,	/* the button was pressed and the tray is locked: event EjectRequest */
};

/** MMC_SPEED_MIN: the lowest read speed that a drive has, in units of 1000 bytes/s: once CD */
#define MMC_SPEED_MIN		176

/**
 * enum mmc_audio_status - what has become of playing audio, as READ SUB-CHANNEL tells it
 * @MMC_AUDIO_PLAYING: it goes on; a scan, too
 * @MMC_AUDIO_PAUSED: it has been paused
 * @MMC_AUDIO_COMPLETED: it has come to its end; told once
 * @MMC_AUDIO_FAILED: it came to sectors that are not audio; told once
 * @MMC_AUDIO_NONE: there is nothing to tell
 */
enum mmc_audio_status {
	MMC_AUDIO_PLAYING = 0x11,
	MMC_AUDIO_PAUSED = 0x12,
	MMC_AUDIO_COMPLETED = 0x13,
	MMC_AUDIO_FAILED = 0x14,
	MMC_AUDIO_NONE = 0x15,
};

/**
 * enum mmc_scan - which way the drive goes along the audio
 * @MMC_SCAN_NOT: it plays
 * @MMC_SCAN_FORWARD: fast and forward
 * @MMC_SCAN_BACKWARD: fast and backward
 */
enum mmc_scan {
	MMC_SCAN_NOT,
	MMC_SCAN_FORWARD,
	MMC_SCAN_BACKWARD,
};

/**
 * struct mmc_audio - a drive that plays, or has played
 * @status: enum mmc_audio_status
 * @scan: enum mmc_scan; MMC_SCAN_NOT unless it plays
 * @cut: @end is not where playing was to end: behind it there is no audio
 * @start: the first sector that is played
 * @end: the sector behind the last
 * @from: while it plays: where it was
 * @since: at this time, mmc_command.now
 */
struct mmc_audio {
	u8 status;
	u8 scan;
	bool cut;
	u32 start;
	u32 end;
	u32 from;
	u64 since;
};

/** MMC_FRAMES_PER_SECOND: sectors that are played in a second */
#define MMC_FRAMES_PER_SECOND	75

/** MMC_MODE_BYTES: room for the current values of all mode pages that can be changed */
#define MMC_MODE_BYTES		64

/**
 * struct mmc_drive - the state of a drive that commands can see and change
 * @id: identity
 * @tray_open: the tray is out; a medium in it can't be read
 * @prevent: removal is prevented (PREVENT ALLOW MEDIUM REMOVAL, prevent bit)
 * @persistent: persistent prevention (the persistent bit of the same command)
 * @power: power condition for the power class of GET EVENT STATUS NOTIFICATION: 1 active, 2 idle, 3 standby, 4 sleep
 * @speed: the read speed that was set, in units of 1000 bytes/s; see mmc_sector_time() for what comes of it
 * @audio: playing
 * @position: the sector that the last command which went to one ended with, or that playing had come to when the last
 *	command arrived; it may lie beyond the end of the disc now
 * @mode: current values of the changeable mode pages, laid out by mode.c
 */
struct mmc_drive {
	struct mmc_identity id;
	bool tray_open;
	bool prevent;
	bool persistent;
	u8 power;
	u16 speed;
	struct mmc_audio audio;
	u32 position;
	u8 mode[MMC_MODE_BYTES];
};

/**
 * struct mmc_command - a command as it arrived
 * @cdb: command descriptor block
 * @cdb_len: its length as sent, 1 to MMC_CDB_MAX; may be longer than the opcode needs, but not shorter
 * @out: data that came with the command (MODE SELECT and the like), or the beginning of it
 * @out_len: length of @out; the engine looks at no more than MMC_OUT_MAX bytes
 * @sent: length of all the data that came with it, at least @out_len. The caller keeps what is to be compared.
 * @now: the time in frames, of which MMC_FRAMES_PER_SECOND make a second, on a clock that never goes back. It counts
 *	only if mmc_needs_time() says so.
 */
struct mmc_command {
	const u8 *cdb;
	u32 cdb_len;
	const u8 *out;
	u32 out_len;
	u32 sent;
	u64 now;
};

/**
 * enum mmc_plan_kind - what is left to do for the caller
 * @MMC_PLAN_NONE: nothing; the reply is complete
 * @MMC_PLAN_READ: read &mmc_plan.sectors sectors from &mmc_plan.lba and deliver &mmc_plan.sector_bytes of each
 * @MMC_PLAN_VERIFY: read &mmc_plan.sectors sectors from &mmc_plan.lba and deliver nothing
 * @MMC_PLAN_COMPARE: the same, and compare their user data with the data that came with the command, which is at least
 *	as long. Where they differ: mmc_miscompared().
 * @MMC_PLAN_TRAY_OPEN: open the tray. The engine has checked the lock and has not changed &mmc_drive.tray_open.
 * @MMC_PLAN_TRAY_CLOSE: close the tray and load what is in it
 */
enum mmc_plan_kind {
	MMC_PLAN_NONE,
	MMC_PLAN_READ,
	MMC_PLAN_VERIFY,
	MMC_PLAN_COMPARE,
	MMC_PLAN_TRAY_OPEN,
	MMC_PLAN_TRAY_CLOSE,
};

/**
 * struct mmc_plan - what is left to do for the caller
 * @kind: enum mmc_plan_kind
 * @lba: first sector
 * @sectors: number of sectors, at least 1; all of them lie on the medium
 * @sector_bytes: bytes to deliver of each sector, at most: a sector of Mode 2 may have fewer
 * @type: what kind of sector is expected: byte 1 bits 4-2 of READ CD (0: any)
 * @fields: which parts of a sector to deliver: byte 9 of READ CD (0x10: user data)
 * @subchannel: sub-channel selection: byte 10 of READ CD (0: none)
 * @blocks: user data of 2048 bytes a sector and nothing else is wanted
 *
 * Unless @blocks is set, mmc_sector_build() makes of what the image holds what is to be delivered.
 */
struct mmc_plan {
	enum mmc_plan_kind kind;
	u32 lba;
	u32 sectors;
	u32 sector_bytes;
	u8 type;
	u8 fields;
	u8 subchannel;
	bool blocks;
};

/**
 * struct mmc_reply - what comes back
 * @buf: in: where to put data; may be NULL if @cap is 0
 * @cap: in: its size; mmc_reply_size() tells what a command can need
 * @len: number of bytes put there
 * @status: MMC_GOOD or MMC_CHECK_CONDITION
 * @sense_len: length of valid sense data: 0 or MMC_SENSE_LEN
 * @sense: sense data in fixed format (70h), if there is any
 * @others: unit attentions, MMC_UA_*, that the command gives all other parties: to be set in each other nexus
 * @plan: with MMC_GOOD: what is left to do; if it is MMC_PLAN_READ, @len is 0
 */
struct mmc_reply {
	u8 *buf;
	u32 cap;
	u32 len;
	u8 status;
	u8 sense_len;
	u8 sense[MMC_SENSE_LEN];
	u8 others;
	struct mmc_plan plan;
};

/**
 * enum mmc_direction - where the data of a command goes
 * @MMC_DIR_NONE: no data
 * @MMC_DIR_IN: to the caller
 * @MMC_DIR_OUT: to the drive
 */
enum mmc_direction {
	MMC_DIR_NONE,
	MMC_DIR_IN,
	MMC_DIR_OUT,
};

void mmc_drive_init(struct mmc_drive *drive, const struct mmc_identity *id);
void mmc_nexus_init(struct mmc_nexus *nexus);
void mmc_notify(struct mmc_nexus *nexus, enum mmc_notice notice);

void mmc_execute(struct mmc_drive *drive, struct mmc_nexus *nexus, const struct mmc_medium *medium,
		 const struct mmc_command *cmd, struct mmc_reply *reply);

/**
 * mmc_reply_size - how many bytes a command can put into mmc_reply.buf
 * @cdb: the command
 * @cdb_len: its length
 *
 * Return: the smaller of the allocation length in @cdb and what the opcode can answer, at most MMC_REPLY_MAX; 0 for
 * a command without a reply, for a READ (its data goes by a plan) and for an unknown opcode.
 */
u32 mmc_reply_size(const u8 *cdb, u32 cdb_len);

/**
 * mmc_needs_time - does it matter what time it is?
 * @drive: the drive
 * @opcode: of the command that it is sent
 *
 * Return: true while the drive plays, and for the commands that make it play: the rows with MMC_NEEDS_TIME. The table
 * is not asked, as it would take longer than most commands.
 */
static inline bool mmc_needs_time(const struct mmc_drive *drive, u8 opcode)
{
	if (drive->audio.status == MMC_AUDIO_PLAYING)
		return true;
	switch (opcode) {
	case 0x45:
	case 0x47:
	case 0x48:
	case 0x4B:
	case 0xA5:
	case 0xBA:
		return true;
	default:
		return false;
	}
}

/**
 * mmc_audio_reset - the drive does not play any more
 * @drive: the drive
 *
 * For who takes the disc out, opens the tray or loads another disc.
 */
void mmc_audio_reset(struct mmc_drive *drive);

/** mmc_cdb_length - length that the group code of an opcode gives a CDB (SPC), 0 for a vendor or variable one */
u32 mmc_cdb_length(u8 opcode);

/**
 * mmc_read_failed - turn the reply of an MMC_PLAN_READ into a read error
 * @reply: the reply that carries the plan; becomes CHECK CONDITION 3/11/00 with @lba in the information field
 * @lba: the sector that could not be read
 */
void mmc_read_failed(struct mmc_reply *reply, u32 lba);

/**
 * mmc_wrong_mode - turn the reply of an MMC_PLAN_READ into CHECK CONDITION 5/64/00
 * @reply: the reply that carries the plan
 * @lba: the sector that is not of the kind that was expected
 */
void mmc_wrong_mode(struct mmc_reply *reply, u32 lba);

/**
 * mmc_reply_sense - turn a reply into CHECK CONDITION with sense data that the engine has no say in
 * @reply: the reply; data and plan are dropped
 * @key: sense key
 * @asc: additional sense code
 * @ascq: its qualifier
 */
void mmc_reply_sense(struct mmc_reply *reply, u8 key, u8 asc, u8 ascq);

/**
 * mmc_miscompared - turn the reply of an MMC_PLAN_COMPARE into CHECK CONDITION E/1D/00
 * @reply: the reply that carries the plan
 */
void mmc_miscompared(struct mmc_reply *reply);

/**
 * mmc_medium_gone - turn the reply of a plan into the sense of a drive whose medium went away meanwhile
 * @reply: the reply that carries the plan
 * @drive: the drive; tells whether the tray is open
 */
void mmc_medium_gone(struct mmc_reply *reply, const struct mmc_drive *drive);

/** mmc_locked - is removal of the medium prevented? */
static inline bool mmc_locked(const struct mmc_drive *drive)
{
	return drive->prevent || drive->persistent;
}

/* medium.c */

/**
 * struct mmc_msf - an address in minutes, seconds and frames, binary
 * @m: minute
 * @s: second
 * @f: frame
 */
struct mmc_msf {
	u8 m;
	u8 s;
	u8 f;
};

/**
 * mmc_lba_to_msf - the absolute MSF address of a sector (LBA + 150 frames)
 * @lba: the sector
 *
 * Return: the address, or 255:59:74 for what is beyond it.
 */
struct mmc_msf mmc_lba_to_msf(u32 lba);

/** mmc_frames_to_msf - a number of frames, below 256 minutes, in minutes, seconds and frames */
struct mmc_msf mmc_frames_to_msf(u32 frames);

/**
 * mmc_profile_for_size - the kind of disc that an image of this size must be
 * @sectors: its length
 *
 * Return: MMC_PROFILE_CD_ROM up to 360000 sectors (80 minutes), MMC_PROFILE_DVD_ROM up to 4173824 (two layers),
 * MMC_PROFILE_BD_ROM beyond.
 */
u16 mmc_profile_for_size(u32 sectors);

/** mmc_layer0_for_size - the length of layer 0 for a DVD of this size, in sectors; 0 if one layer is enough */
u32 mmc_layer0_for_size(u16 profile, u32 sectors);

/** mmc_layer0_of_two - the length of layer 0 of two on a DVD, in sectors: half, rounded up to whole ECC blocks */
u32 mmc_layer0_of_two(u32 sectors);

/**
 * mmc_sector_time - how long a drive takes to read a sector
 * @drive: the drive
 * @medium: the disc
 *
 * Return: nanoseconds, if @medium limits the speed; a lower one that the drive was set to counts then. 0: no time.
 */
u32 mmc_sector_time(const struct mmc_drive *drive, const struct mmc_medium *medium);

/** mmc_sectors_max - how many sectors a disc of this profile can have; 0 for an unknown profile */
u32 mmc_sectors_max(u16 profile);

/**
 * mmc_medium_valid - does what is said of a medium add up?
 * @medium: all fields set
 *
 * Return: true if the tracks are numbered upwards one by one, follow each other without a gap from sector 0 to the
 * lead-out, name sessions that start with 1, never fall and skip none, pregaps are shorter than the track before them,
 * indices count up by one from 2 and lie in their tracks, the profile can hold that many sectors and tracks of such
 * modes, and a limit of the speed is one that a drive has.
 */
bool mmc_medium_valid(const struct mmc_medium *medium);

/** mmc_session_gap - sectors from the lead-out of a session to the first track of the next one: also lead-in, pregap */
u32 mmc_session_gap(u32 session);

/**
 * mmc_track_at - the track that holds a sector
 * @medium: the disc
 * @lba: the sector
 *
 * Return: the track as the table of contents has it: a pregap belongs to the track before, but that of the first track
 * to the first track; NULL beyond the lead-out.
 */
const struct mmc_track *mmc_track_at(const struct mmc_medium *medium, u32 lba);

/** mmc_track_index - likewise, but a pregap belongs to the track that it comes before */
const struct mmc_track *mmc_track_index(const struct mmc_medium *medium, u32 lba);

/**
 * mmc_index_at - the index that a sector is of
 * @medium: the disc
 * @lba: the sector, which lies on it
 *
 * Return: 0 in a pregap; 1 to MMC_INDEX_MAX.
 */
u8 mmc_index_at(const struct mmc_medium *medium, u32 lba);

/** mmc_sector_mode - what a sector holds: MMC_TRACK_*; MMC_TRACK_NONE between sessions and beyond the lead-out */
enum mmc_track_mode mmc_sector_mode(const struct mmc_medium *medium, u32 lba);

/**
 * mmc_same_mode - how far the sectors are of one mode
 * @medium: the disc
 * @lba: a sector on it
 *
 * Return: the first sector behind @lba that may be of another mode than @lba; the lead-out if there is none.
 */
u32 mmc_same_mode(const struct mmc_medium *medium, u32 lba);

/**
 * mmc_blocks - can sectors be read as blocks of 2048 bytes?
 * @medium: the disc
 * @lba: the first
 * @count: how many; they lie on the disc
 * @bad: set to the first that can't be
 *
 * Return: whether all of them can.
 */
bool mmc_blocks(const struct mmc_medium *medium, u32 lba, u32 count, u32 *bad);

/* filter.c */

/**
 * enum mmc_access - what a caller of SG_IO needs to send a command
 * @MMC_ACCESS_READ: a descriptor open for reading
 * @MMC_ACCESS_WRITE: one open for writing
 * @MMC_ACCESS_RAWIO: CAP_SYS_RAWIO
 */
enum mmc_access {
	MMC_ACCESS_READ,
	MMC_ACCESS_WRITE,
	MMC_ACCESS_RAWIO,
};

/** mmc_access - what a caller needs to send this opcode; the same classes as the kernel's SCSI command filter */
enum mmc_access mmc_access(u8 opcode);

#endif /* VCD_CORE_MMC_H */
