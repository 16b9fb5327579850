/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of the MMC engine share and nobody else sees.
 */
#ifndef VCD_CORE_ENGINE_H
#define VCD_CORE_ENGINE_H

#include "mmc.h"
#include "reply.h"

/* Sense codes: sense key, ASC and ASCQ in one number. */
#define MMC_SENSE(key, asc, ascq)	((u32)(key) << 16 | (u32)(asc) << 8 | (ascq))

#define MMC_NO_SENSE		MMC_SENSE(0x0, 0x00, 0x00)
#define MMC_NO_MEDIUM_CLOSED	MMC_SENSE(0x2, 0x3A, 0x01)
#define MMC_NO_MEDIUM_OPEN	MMC_SENSE(0x2, 0x3A, 0x02)
#define MMC_READ_ERROR		MMC_SENSE(0x3, 0x11, 0x00)
#define MMC_BAD_LIST		MMC_SENSE(0x5, 0x1A, 0x00)
#define MMC_BAD_OPCODE		MMC_SENSE(0x5, 0x20, 0x00)
#define MMC_LBA_RANGE		MMC_SENSE(0x5, 0x21, 0x00)
#define MMC_BAD_FIELD		MMC_SENSE(0x5, 0x24, 0x00)
#define MMC_BAD_PARAMETER	MMC_SENSE(0x5, 0x26, 0x00)
#define MMC_BAD_SEQUENCE	MMC_SENSE(0x5, 0x2C, 0x00)
#define MMC_WRONG_FORMAT	MMC_SENSE(0x5, 0x30, 0x02)
#define MMC_NO_SAVING		MMC_SENSE(0x5, 0x39, 0x00)
#define MMC_LOCKED		MMC_SENSE(0x5, 0x53, 0x02)
#define MMC_WRONG_MODE		MMC_SENSE(0x5, 0x64, 0x00)
#define MMC_NEW_MEDIUM		MMC_SENSE(0x6, 0x28, 0x00)
#define MMC_POWER_ON		MMC_SENSE(0x6, 0x29, 0x00)
#define MMC_MODE_CHANGED	MMC_SENSE(0x6, 0x2A, 0x01)
#define MMC_MISCOMPARE		MMC_SENSE(0xE, 0x1D, 0x00)

/* Flags of a command. */
#define MMC_NEEDS_MEDIUM	0x01	/* not without a medium in the closed tray */
#define MMC_UA_EXEMPT		0x02	/* answers although a unit attention waits, and leaves it waiting */
#define MMC_CHANGES_STATE	0x04	/* changes the drive or makes a plan that does */
#define MMC_NEEDS_TIME		0x10	/* has to know the time although nothing plays yet */
#define MMC_BY_ACTION		0x08	/* one of several commands of this opcode; byte 1 bits 4-0 tell which */

/** MMC_CDB_USED: length of the longest CDB in the table */
#define MMC_CDB_USED		16

/** MMC_ACTION_MASK: the service action in byte 1 of a CDB */
#define MMC_ACTION_MASK		0x1F

/** MMC_SPEED_MAX: what the drive calls its highest read speed, in units of 1000 bytes/s: 16 times DVD, 126 times CD */
#define MMC_SPEED_MAX		22160
/** MMC_BUFFER_KB: what it calls the size of its buffer */
#define MMC_BUFFER_KB		2048

/* Power conditions, as the power class of GET EVENT STATUS NOTIFICATION counts them. */
#define MMC_POWER_ACTIVE	1
#define MMC_POWER_IDLE		2
#define MMC_POWER_STANDBY	3
#define MMC_POWER_SLEEP		4

/** MMC_TRACK_LEADOUT: the track number that stands for the lead-out */
#define MMC_TRACK_LEADOUT	0xAA

/** MMC_CONTROL_DATA: the bit of a track's CONTROL that tells data from audio */
#define MMC_CONTROL_DATA	0x04

/* Sets of profiles, for tables that say what depends on the disc. */
#define MMC_ON_CD		0x01
#define MMC_ON_DVD		0x02
#define MMC_ON_BD		0x04
#define MMC_ON_ANY		(MMC_ON_CD | MMC_ON_DVD | MMC_ON_BD)
#define MMC_ON_NONE		0x08	/* there is no disc */

struct mmc_op;

/**
 * struct mmc_call - a command under execution
 * @drive: the drive
 * @nexus: who sent it
 * @medium: the disc; NULL if there is none or the tray is out
 * @op: the command's row in the table
 * @cmd: the command as it arrived
 * @cdb: its CDB, at least mmc_op.cdb_len bytes
 * @out: the answer
 * @reply: where the status, the sense data and the plan go
 */
struct mmc_call {
	struct mmc_drive *drive;
	struct mmc_nexus *nexus;
	const struct mmc_medium *medium;
	const struct mmc_op *op;
	const struct mmc_command *cmd;
	const u8 *cdb;
	struct mmc_out out;
	struct mmc_reply *reply;
};

/**
 * struct mmc_op - a command: a row of the table
 * @opcode: byte 0 of the CDB
 * @action: service action, if @flags has MMC_BY_ACTION
 * @cdb_len: length of its CDB
 * @direction: enum mmc_direction
 * @alloc_at: offset of the allocation length (data in) or parameter list length (data out)
 * @alloc_len: size of that field in bytes; 0: the command has none
 * @flags: MMC_NEEDS_MEDIUM and the like
 * @reply_max: length of its longest answer; 0 if it has none or its data goes by a plan
 * @usage: the bits of each byte of the CDB that may be set; byte 0 holds the opcode, as REPORT SUPPORTED OPERATION
 *         CODES wants it
 * @run: carries it out
 * @name: its name
 * @clause: where it is specified
 */
struct mmc_op {
	u8 opcode;
	u8 action;
	u8 cdb_len;
	u8 direction;
	u8 alloc_at;
	u8 alloc_len;
	u8 flags;
	u16 reply_max;
	u8 usage[MMC_CDB_USED];
	void (*run)(struct mmc_call *call);
	const char *name;
	const char *clause;
};

/* table.c */
extern const struct mmc_op mmc_ops[];
extern const u32 mmc_nr_ops;
const struct mmc_op *mmc_op_first(u8 opcode);
const struct mmc_op *mmc_op_find(const u8 *cdb, u32 cdb_len);
u32 mmc_op_alloc(const struct mmc_op *op, const u8 *cdb);

/* sense.c */
void mmc_sense_fill(u8 *sense, u32 code);
void mmc_reply_fail(struct mmc_reply *reply, u32 code);
void mmc_reply_fail_at(struct mmc_reply *reply, u32 code, u32 lba);
void mmc_fail(struct mmc_call *call, u32 code);
void mmc_fail_field(struct mmc_call *call, u32 byte, u32 bit);
void mmc_fail_parameter(struct mmc_call *call, u32 byte, u32 bit);
void mmc_fail_range(struct mmc_call *call, u64 lba);
u32 mmc_top_bit(u32 byte);
u32 mmc_no_medium(const struct mmc_drive *drive);
u32 mmc_take_attention(struct mmc_nexus *nexus);

/* medium.c */
const struct mmc_track *mmc_track_by_number(const struct mmc_medium *medium, u32 number);
const struct mmc_track *mmc_session_first(const struct mmc_medium *medium, u32 session);
const struct mmc_track *mmc_session_last(const struct mmc_medium *medium, u32 session);
u8 mmc_session_type(const struct mmc_medium *medium, u32 session);
u32 mmc_session_leadout(const struct mmc_medium *medium, u32 session);
u32 mmc_track_end(const struct mmc_medium *medium, const struct mmc_track *track);
u32 mmc_on(const struct mmc_medium *medium);

/* performance.c */
u16 mmc_speed(const struct mmc_drive *drive, const struct mmc_medium *medium);

/* read.c */
bool mmc_check_range(struct mmc_call *call, u64 lba, u32 count);
void mmc_go_to(struct mmc_call *call, u32 lba);

/* readcd.c */
bool mmc_get_msf(struct mmc_call *call, u32 at, u32 *lba);

/* mode.c */
void mmc_mode_init(struct mmc_drive *drive);
bool mmc_mode_stops_on_track(const struct mmc_drive *drive);

/* play.c */
void mmc_audio_settle(struct mmc_drive *drive, u64 now);
u8 mmc_audio_take_status(struct mmc_call *call);

/* Handlers. */
void mmc_do_get_configuration(struct mmc_call *call);
void mmc_do_get_event(struct mmc_call *call);
void mmc_do_get_performance(struct mmc_call *call);
void mmc_do_inquiry(struct mmc_call *call);
void mmc_do_mechanism_status(struct mmc_call *call);
void mmc_do_pause_resume(struct mmc_call *call);
void mmc_do_play_audio10(struct mmc_call *call);
void mmc_do_play_audio12(struct mmc_call *call);
void mmc_do_play_audio_msf(struct mmc_call *call);
void mmc_do_play_track_index(struct mmc_call *call);
void mmc_do_mode_select6(struct mmc_call *call);
void mmc_do_mode_select10(struct mmc_call *call);
void mmc_do_mode_sense6(struct mmc_call *call);
void mmc_do_mode_sense10(struct mmc_call *call);
void mmc_do_prevent_allow(struct mmc_call *call);
void mmc_do_read6(struct mmc_call *call);
void mmc_do_read10(struct mmc_call *call);
void mmc_do_read12(struct mmc_call *call);
void mmc_do_read16(struct mmc_call *call);
void mmc_do_read_buffer_capacity(struct mmc_call *call);
void mmc_do_read_cd(struct mmc_call *call);
void mmc_do_read_cd_msf(struct mmc_call *call);
void mmc_do_read_capacity10(struct mmc_call *call);
void mmc_do_read_capacity16(struct mmc_call *call);
void mmc_do_read_disc_info(struct mmc_call *call);
void mmc_do_read_disc_structure(struct mmc_call *call);
void mmc_do_read_format_capacities(struct mmc_call *call);
void mmc_do_read_header(struct mmc_call *call);
void mmc_do_read_subchannel(struct mmc_call *call);
void mmc_do_read_toc(struct mmc_call *call);
void mmc_do_read_track_info(struct mmc_call *call);
void mmc_do_report_key(struct mmc_call *call);
void mmc_do_report_luns(struct mmc_call *call);
void mmc_do_report_opcodes(struct mmc_call *call);
void mmc_do_request_sense(struct mmc_call *call);
void mmc_do_scan(struct mmc_call *call);
void mmc_do_seek(struct mmc_call *call);
void mmc_do_set_cd_speed(struct mmc_call *call);
void mmc_do_set_read_ahead(struct mmc_call *call);
void mmc_do_set_streaming(struct mmc_call *call);
void mmc_do_start_stop(struct mmc_call *call);
void mmc_do_stop_play(struct mmc_call *call);
void mmc_do_synchronize_cache(struct mmc_call *call);
void mmc_do_test_unit_ready(struct mmc_call *call);
void mmc_do_verify10(struct mmc_call *call);

#endif /* VCD_CORE_ENGINE_H */
