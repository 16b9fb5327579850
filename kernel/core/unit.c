// SPDX-License-Identifier: GPL-2.0
/*
 * The drive as a device: readiness, sense, power, tray, lock.
 */
#include "engine.h"

/** mmc_do_test_unit_ready - TEST UNIT READY: all of it is in what every command that needs a medium must pass */
void mmc_do_test_unit_ready(struct mmc_call *call)
{
	(void)call;
}

/** mmc_do_request_sense - REQUEST SENSE: the unit attention that waits, which is gone then, or no sense */
void mmc_do_request_sense(struct mmc_call *call)
{
	u8 sense[MMC_SENSE_LEN];

	mmc_sense_fill(sense, mmc_take_attention(call->nexus));
	mmc_put_bytes(&call->out, sense, sizeof(sense));
}

/* START STOP UNIT, byte 4. */
#define START		0x01
#define LOAD_EJECT	0x02

/*
 * Go to a power condition. Those that mean nothing to an optical drive leave the one that there is, as in drives whose
 * standard had none in this byte (SFF-8020i), and in QEMU's; iscsi-test-cu has them all succeed.
 */
static void set_power(struct mmc_call *call, u8 condition)
{
	static const u8 conditions[16] = {
		[0x1] = MMC_POWER_ACTIVE,
		[0x2] = MMC_POWER_IDLE,
		[0x3] = MMC_POWER_STANDBY,
		[0x5] = MMC_POWER_SLEEP,
	};

	if (!conditions[condition])
		return;
	call->drive->power = conditions[condition];
	if (call->drive->power != MMC_POWER_ACTIVE)
		mmc_audio_reset(call->drive);
}

static void eject(struct mmc_call *call)
{
	if (call->drive->tray_open)
		return;
	if (mmc_locked(call->drive)) {
		mmc_fail(call, MMC_LOCKED);
		return;
	}
	mmc_audio_reset(call->drive);
	call->reply->plan.kind = MMC_PLAN_TRAY_OPEN;
}

/**
 * mmc_do_start_stop - START STOP UNIT
 * @call: the command
 *
 * Stopping ends playing. Apart from that a stopped disc starts by itself when it is read, so stopping is no more than
 * permission to rest. What takes no time needs no Immed bit. The FL bit asks for a format layer, of which a disc that
 * is no hybrid has the one with number 0; the same bit is NO_FLUSH for disks, with which nothing is lost here either.
 */
void mmc_do_start_stop(struct mmc_call *call)
{
	u8 what = call->cdb[4];

	if (what >> 4) {
		set_power(call, what >> 4);
		return;
	}
	switch (what & (LOAD_EJECT | START)) {
	case LOAD_EJECT | START:
		if (call->drive->tray_open)
			call->reply->plan.kind = MMC_PLAN_TRAY_CLOSE;
		break;
	case LOAD_EJECT:
		eject(call);
		break;
	case START:
		if (call->medium)
			call->drive->power = MMC_POWER_ACTIVE;
		else
			mmc_fail(call, mmc_no_medium(call->drive));
		break;
	default:
		mmc_audio_reset(call->drive);
		break;
	}
}

/* PREVENT ALLOW MEDIUM REMOVAL, byte 4. */
#define PREVENT		0x01
#define PERSISTENT	0x02

/** mmc_do_prevent_allow - PREVENT ALLOW MEDIUM REMOVAL: two locks, either of which holds the tray */
void mmc_do_prevent_allow(struct mmc_call *call)
{
	bool prevent = call->cdb[4] & PREVENT;

	if (call->cdb[4] & PERSISTENT)
		call->drive->persistent = prevent;
	else
		call->drive->prevent = prevent;
}

/* MECHANISM STATUS, byte 1: what the mechanism does. */
#define DOOR_OPEN	0x10
#define PLAYS		0x20
#define SCANS		0x40

/** mmc_do_mechanism_status - MECHANISM STATUS of a drive that is not a changer; where it is, while it plays */
void mmc_do_mechanism_status(struct mmc_call *call)
{
	const struct mmc_drive *drive = call->drive;
	bool plays = drive->audio.status == MMC_AUDIO_PLAYING;
	struct mmc_out *out = &call->out;
	u32 does = 0;

	if (plays)
		does = drive->audio.scan ? SCANS : PLAYS;
	mmc_put8(out, 0);	/* no fault, not a changer, slot 0 */
	mmc_put8(out, does | (drive->tray_open ? DOOR_OPEN : 0));
	mmc_put24(out, plays ? drive->position : 0);	/* current address */
	mmc_put8(out, 0);	/* number of slots */
	mmc_put16(out, 0);	/* length of slot tables */
}
