// SPDX-License-Identifier: GPL-2.0
/*
 * REPORT SUPPORTED OPERATION CODES (SPC-4 6.35), from the table of commands itself.
 *
 * Nothing takes so long that a timeout would mean anything; the fields are zero, "not told".
 */
#include "engine.h"

/* Byte 2: return timeouts descriptors; what is asked for. */
#define RCTD		0x80
#define OPTIONS		0x07
enum { ALL, ONE_OPCODE, ONE_ACTION, ONE_EITHER };

/* Command descriptor, byte 5. */
#define CTDP		0x02	/* a timeouts descriptor follows */
#define SERVACTV	0x01	/* the service action means something */

/* One command: what byte 1 says of it. */
#define NOT_SUPPORTED	0x01
#define AS_STANDARD	0x03
#define ONE_CTDP	0x80

#define TIMEOUTS_LEN	12

static void put_timeouts(struct mmc_call *call)
{
	if (!(call->cdb[2] & RCTD))
		return;
	mmc_put16(&call->out, TIMEOUTS_LEN - 2);
	mmc_put_zero(&call->out, TIMEOUTS_LEN - 2);
}

static void report_all(struct mmc_call *call)
{
	struct mmc_out *out = &call->out;
	u8 timeouts = call->cdb[2] & RCTD ? CTDP : 0;
	u32 i;

	mmc_put32(out, 0);
	for (i = 0; i < mmc_nr_ops; i++) {
		const struct mmc_op *op = &mmc_ops[i];

		mmc_put8(out, op->opcode);
		mmc_put8(out, 0);
		mmc_put16(out, op->action);
		mmc_put8(out, 0);
		mmc_put8(out, timeouts | (op->flags & MMC_BY_ACTION ? SERVACTV : 0));
		mmc_put16(out, op->cdb_len);
		put_timeouts(call);
	}
	mmc_patch32(out, 0, out->len - 4);
}

/* The command of an opcode, with this service action if it has any; NULL if there is none. */
static const struct mmc_op *find_command(u8 opcode, u16 action)
{
	const struct mmc_op *op;

	for (op = mmc_ops; op < mmc_ops + mmc_nr_ops; op++) {
		if (op->opcode == opcode && (!(op->flags & MMC_BY_ACTION) || op->action == action))
			return op;
	}
	return NULL;
}

/* The usage map of a command has the opcode in byte 0 and the service action where that goes. */
static void put_usage(struct mmc_call *call, const struct mmc_op *op)
{
	u8 usage[MMC_CDB_USED];

	memcpy(usage, op->usage, sizeof(usage));
	if (op->flags & MMC_BY_ACTION)
		usage[1] = (u8)((usage[1] & ~MMC_ACTION_MASK) | op->action);
	mmc_put_bytes(&call->out, usage, op->cdb_len);
}

static void report_one(struct mmc_call *call)
{
	const struct mmc_op *op = find_command(call->cdb[3], mmc_get16(call->cdb + 4));
	struct mmc_out *out = &call->out;

	mmc_put8(out, 0);
	if (!op) {
		mmc_put8(out, NOT_SUPPORTED);
		mmc_put16(out, 0);
		return;
	}
	mmc_put8(out, AS_STANDARD | (call->cdb[2] & RCTD ? ONE_CTDP : 0));
	mmc_put16(out, op->cdb_len);
	put_usage(call, op);
	put_timeouts(call);
}

/**
 * mmc_do_report_opcodes - REPORT SUPPORTED OPERATION CODES
 * @call: the command
 *
 * Whether an opcode has service actions must be known to whoever asks for one by opcode alone or by both; for one that
 * the drive does not know either way is right.
 */
void mmc_do_report_opcodes(struct mmc_call *call)
{
	const struct mmc_op *first = mmc_op_first(call->cdb[3]);
	bool by_action = first && first->flags & MMC_BY_ACTION;

	switch (call->cdb[2] & OPTIONS) {
	case ALL:
		report_all(call);
		return;
	case ONE_OPCODE:
		if (!by_action)
			break;
		mmc_fail_field(call, 2, 2);
		return;
	case ONE_ACTION:
		if (!first || by_action)
			break;
		mmc_fail_field(call, 2, 2);
		return;
	case ONE_EITHER:
		break;
	default:
		mmc_fail_field(call, 2, 2);
		return;
	}
	report_one(call);
}
