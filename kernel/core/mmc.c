// SPDX-License-Identifier: GPL-2.0
/*
 * The way of a command through the engine: look it up, check its CDB, the unit attention, the medium; then run it.
 */
#include "engine.h"

/**
 * mmc_drive_init - a drive as it leaves the factory: tray closed, unlocked, default mode pages
 * @drive: the drive
 * @id: how it introduces itself; copied
 */
void mmc_drive_init(struct mmc_drive *drive, const struct mmc_identity *id)
{
	memset(drive, 0, sizeof(*drive));
	drive->id = *id;
	drive->id.serial_len = min_t(u8, id->serial_len, sizeof(id->serial));
	drive->power = MMC_POWER_ACTIVE;
	drive->speed = MMC_SPEED_MAX;
	mmc_mode_init(drive);
	mmc_audio_reset(drive);
}

/* Kernel-doc in mmc.h. */
u32 mmc_cdb_length(u8 opcode)
{
	static const u8 length[8] = { 6, 10, 10, 0, 16, 12, 0, 0 };

	return length[opcode >> 5];
}

/* Kernel-doc in mmc.h. */
u32 mmc_reply_size(const u8 *cdb, u32 cdb_len)
{
	const struct mmc_op *op = mmc_op_find(cdb, cdb_len);

	if (!op || op->direction != MMC_DIR_IN)
		return 0;
	return min_t(u32, mmc_op_alloc(op, cdb), op->reply_max);
}

/* Find the row of the command. */
static bool find_op(struct mmc_call *call)
{
	const struct mmc_command *cmd = call->cmd;
	const struct mmc_op *first;

	call->op = mmc_op_find(cmd->cdb, cmd->cdb_len);
	if (call->op)
		return true;

	first = cmd->cdb_len ? mmc_op_first(cmd->cdb[0]) : NULL;
	if (!first)
		mmc_fail(call, MMC_BAD_OPCODE);
	else if (cmd->cdb_len < first->cdb_len)
		mmc_fail(call, MMC_BAD_FIELD);	/* no byte of the CDB is wrong: some are missing */
	else
		mmc_fail_field(call, 1, 4);
	return false;
}

/* Refuse bits that this command does not have. */
static bool check_usage(struct mmc_call *call)
{
	const struct mmc_op *op = call->op;
	u32 i;

	for (i = 1; i < op->cdb_len; i++) {
		u32 wrong = call->cdb[i] & ~(u32)op->usage[i];

		if (wrong) {
			mmc_fail_field(call, i, mmc_top_bit(wrong));
			return false;
		}
	}
	return true;
}

/* Everything that is checked for all commands alike, in the order of SAM: the CDB, unit attention, readiness. */
static bool admit(struct mmc_call *call)
{
	u32 attention;

	if (!find_op(call) || !check_usage(call))
		return false;
	if (call->nexus->attention && !(call->op->flags & MMC_UA_EXEMPT)) {
		attention = mmc_take_attention(call->nexus);
		if (attention != MMC_NO_SENSE) {
			mmc_fail(call, attention);
			return false;
		}
	}
	if ((call->op->flags & MMC_NEEDS_MEDIUM) && !call->medium) {
		mmc_fail(call, mmc_no_medium(call->drive));
		return false;
	}
	return true;
}

/**
 * mmc_execute - carry out a command
 * @drive: the drive; a command can change it
 * @nexus: who sent the command; its unit attention and events are taken from here
 * @medium: what lies in the drive, on an open tray too; NULL if there is nothing
 * @cmd: the command
 * @reply: &mmc_reply.buf and &mmc_reply.cap say where data can go; everything else is set
 */
void mmc_execute(struct mmc_drive *drive, struct mmc_nexus *nexus, const struct mmc_medium *medium,
		 const struct mmc_command *cmd, struct mmc_reply *reply)
{
	struct mmc_call call = {
		.drive = drive,
		.nexus = nexus,
		.medium = drive->tray_open ? NULL : medium,
		.cmd = cmd,
		.cdb = cmd->cdb,
		.reply = reply,
	};

	reply->len = 0;
	reply->status = MMC_GOOD;
	reply->sense_len = 0;
	reply->others = 0;
	memset(&reply->plan, 0, sizeof(reply->plan));

	/* Whatever the command does to playing, it does to what plays when it comes. */
	mmc_audio_settle(drive, cmd->now);
	if (!admit(&call))
		return;
	if (reply->cap)
		mmc_out_init(&call.out, reply->buf, min_t(u32, mmc_op_alloc(call.op, cmd->cdb), reply->cap));
	call.op->run(&call);
	if (reply->status == MMC_GOOD)
		reply->len = mmc_out_stored(&call.out);
}
