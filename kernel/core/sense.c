// SPDX-License-Identifier: GPL-2.0
/*
 * Sense data (SPC-3 4.5) and unit attention conditions (MMC-5 4.1.6).
 */
#include "engine.h"

/* Sense key specific bytes 15-17 of ILLEGAL REQUEST: the place of the field in error. */
#define SKSV		0x80	/* the three bytes are valid */
#define SKS_IN_CDB	0x40	/* the field is in the CDB, not in the parameter list */
#define SKS_BPV		0x08	/* the bit number is valid */

/**
 * mmc_sense_fill - write fixed format sense data
 * @sense: MMC_SENSE_LEN bytes
 * @code: sense key, ASC, ASCQ as by MMC_SENSE()
 */
void mmc_sense_fill(u8 *sense, u32 code)
{
	memset(sense, 0, MMC_SENSE_LEN);
	sense[0] = 0x70;
	sense[2] = (u8)(code >> 16);
	sense[7] = MMC_SENSE_LEN - 8;
	sense[12] = (u8)(code >> 8);
	sense[13] = (u8)code;
}

/**
 * mmc_reply_fail - end a command with CHECK CONDITION
 * @reply: its reply; data and plan are dropped
 * @code: sense key, ASC, ASCQ as by MMC_SENSE()
 */
void mmc_reply_fail(struct mmc_reply *reply, u32 code)
{
	memset(&reply->plan, 0, sizeof(reply->plan));
	reply->len = 0;
	reply->status = MMC_CHECK_CONDITION;
	reply->sense_len = MMC_SENSE_LEN;
	mmc_sense_fill(reply->sense, code);
}

/** mmc_reply_fail_at - the same, with an address in the information field */
void mmc_reply_fail_at(struct mmc_reply *reply, u32 code, u32 lba)
{
	mmc_reply_fail(reply, code);
	reply->sense[0] |= 0x80;
	reply->sense[3] = (u8)(lba >> 24);
	reply->sense[4] = (u8)(lba >> 16);
	reply->sense[5] = (u8)(lba >> 8);
	reply->sense[6] = (u8)lba;
}

/** mmc_fail - end the running command with CHECK CONDITION */
void mmc_fail(struct mmc_call *call, u32 code)
{
	mmc_reply_fail(call->reply, code);
}

/** mmc_top_bit - the number of the highest bit that is set in a byte, 0 if none is */
u32 mmc_top_bit(u32 byte)
{
	u32 bit = 7;

	while (bit && !(byte >> bit))
		bit--;
	return bit;
}

static void fail_at_field(struct mmc_call *call, u32 code, u32 flags, u32 byte, u32 bit)
{
	u8 *sense = call->reply->sense;

	mmc_fail(call, code);
	sense[15] = (u8)(SKSV | flags | SKS_BPV | bit);
	sense[16] = (u8)(byte >> 8);
	sense[17] = (u8)byte;
}

/**
 * mmc_fail_field - end the running command with 5/24/00, invalid field in CDB
 * @call: the command
 * @byte: offset of the field
 * @bit: its most significant bit in that byte
 */
void mmc_fail_field(struct mmc_call *call, u32 byte, u32 bit)
{
	fail_at_field(call, MMC_BAD_FIELD, SKS_IN_CDB, byte, bit);
}

/** mmc_fail_parameter - the same with 5/26/00, invalid field in parameter list */
void mmc_fail_parameter(struct mmc_call *call, u32 byte, u32 bit)
{
	fail_at_field(call, MMC_BAD_PARAMETER, 0, byte, bit);
}

/**
 * mmc_fail_range - end the running command with 5/21/00, LBA out of range
 * @call: the command
 * @lba: the first address that is not on the disc. One of more than 32 bits does not fit the information field, which
 *       then stays invalid.
 */
void mmc_fail_range(struct mmc_call *call, u64 lba)
{
	if (lba >> 32)
		mmc_fail(call, MMC_LBA_RANGE);
	else
		mmc_reply_fail_at(call->reply, MMC_LBA_RANGE, (u32)lba);
}

/** mmc_no_medium - the sense code of a drive without a medium that can be read */
u32 mmc_no_medium(const struct mmc_drive *drive)
{
	return drive->tray_open ? MMC_NO_MEDIUM_OPEN : MMC_NO_MEDIUM_CLOSED;
}

/**
 * mmc_take_attention - take the first unit attention that waits
 * @nexus: who is told
 *
 * Return: its sense code, MMC_NO_SENSE if none waits.
 */
u32 mmc_take_attention(struct mmc_nexus *nexus)
{
	static const struct {
		u8 cause;
		u32 code;
	} causes[] = {
		{ MMC_UA_POWER_ON, MMC_POWER_ON },
		{ MMC_UA_MEDIUM, MMC_NEW_MEDIUM },
		{ MMC_UA_MODE, MMC_MODE_CHANGED },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(causes); i++) {
		if (nexus->attention & causes[i].cause) {
			nexus->attention &= (u8)~causes[i].cause;
			return causes[i].code;
		}
	}
	return MMC_NO_SENSE;
}

/* Kernel-doc in mmc.h. */
void mmc_read_failed(struct mmc_reply *reply, u32 lba)
{
	mmc_reply_fail_at(reply, MMC_READ_ERROR, lba);
}

/* Kernel-doc in mmc.h. */
void mmc_wrong_mode(struct mmc_reply *reply, u32 lba)
{
	mmc_reply_fail_at(reply, MMC_WRONG_MODE, lba);
}

/* Kernel-doc in mmc.h. The information field is for addresses, of errors that reading ran into. */
void mmc_miscompared(struct mmc_reply *reply)
{
	mmc_reply_fail(reply, MMC_MISCOMPARE);
}

/* Kernel-doc in mmc.h. */
void mmc_medium_gone(struct mmc_reply *reply, const struct mmc_drive *drive)
{
	mmc_reply_fail(reply, mmc_no_medium(drive));
}

/* Kernel-doc in mmc.h. */
void mmc_reply_sense(struct mmc_reply *reply, u8 key, u8 asc, u8 ascq)
{
	mmc_reply_fail(reply, MMC_SENSE(key, asc, ascq));
	reply->others = 0;
}
