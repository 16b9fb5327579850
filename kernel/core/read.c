// SPDX-License-Identifier: GPL-2.0
/*
 * Commands that go to sectors: READ, SEEK and their like, and READ CAPACITY.
 */
#include "engine.h"
#include "sector.h"

/**
 * mmc_check_range - does the disc have these sectors?
 * @call: the command; fails if not, and tells the first sector that is missing
 * @lba: the first
 * @count: how many; 0 may begin at the lead-out
 *
 * Return: whether it has.
 */
bool mmc_check_range(struct mmc_call *call, u64 lba, u32 count)
{
	u32 sectors = call->medium->sectors;

	if (lba <= sectors && count <= sectors - lba)
		return true;
	mmc_fail_range(call, max_t(u64, lba, sectors));
	return false;
}

/* Are they, too, sectors with 2048 bytes of user data? Those of Form 2 tell only when they are read. */
static bool check_blocks(struct mmc_call *call, u64 lba, u32 count)
{
	u32 bad;

	if (!mmc_check_range(call, lba, count))
		return false;
	if (mmc_blocks(call->medium, (u32)lba, count, &bad))
		return true;
	mmc_reply_fail_at(call->reply, MMC_WRONG_MODE, bad);
	return false;
}

/** mmc_go_to - the drive comes to this sector, and is active if it was not; it can't play meanwhile, nor later */
void mmc_go_to(struct mmc_call *call, u32 lba)
{
	mmc_audio_reset(call->drive);
	call->drive->power = MMC_POWER_ACTIVE;
	call->drive->position = lba;
}

/* FUA and DPO change nothing: the images are the disc, and they don't change. */
static void plan_read(struct mmc_call *call, u64 lba, u32 count)
{
	struct mmc_plan *plan = &call->reply->plan;

	if (!check_blocks(call, lba, count) || !count)
		return;
	mmc_go_to(call, (u32)lba + count - 1);
	plan->kind = MMC_PLAN_READ;
	plan->blocks = true;
	plan->lba = (u32)lba;
	plan->sectors = count;
	plan->sector_bytes = MMC_BLOCK;
	plan->fields = MMC_FIELD_USER;
}

/** mmc_do_read6 - READ (6): a count of 0 means 256 sectors */
void mmc_do_read6(struct mmc_call *call)
{
	u8 count = call->cdb[4];

	plan_read(call, mmc_get24(call->cdb + 1), count ? count : 256);
}

/** mmc_do_read10 - READ (10) */
void mmc_do_read10(struct mmc_call *call)
{
	plan_read(call, mmc_get32(call->cdb + 2), mmc_get16(call->cdb + 7));
}

/** mmc_do_read12 - READ (12) */
void mmc_do_read12(struct mmc_call *call)
{
	plan_read(call, mmc_get32(call->cdb + 2), mmc_get32(call->cdb + 6));
}

/** mmc_do_read16 - READ (16) */
void mmc_do_read16(struct mmc_call *call)
{
	plan_read(call, mmc_get64(call->cdb + 2), mmc_get32(call->cdb + 10));
}

/* VERIFY, byte 1: compare byte by byte. */
#define BYTCHK		0x02

/** mmc_do_verify10 - VERIFY (10): can the sectors be read? With BytChk: do they hold what comes with the command? */
void mmc_do_verify10(struct mmc_call *call)
{
	struct mmc_plan *plan = &call->reply->plan;
	bool compare = call->cdb[1] & BYTCHK;
	u32 lba = mmc_get32(call->cdb + 2);
	u32 count = mmc_get16(call->cdb + 7);

	if (!check_blocks(call, lba, count) || !count)
		return;
	if (compare && call->cmd->sent / MMC_BLOCK < count) {
		mmc_fail(call, MMC_BAD_LIST);
		return;
	}
	mmc_go_to(call, lba + count - 1);
	plan->kind = compare ? MMC_PLAN_COMPARE : MMC_PLAN_VERIFY;
	plan->lba = lba;
	plan->sectors = count;
}

/** mmc_do_seek - SEEK (10) */
void mmc_do_seek(struct mmc_call *call)
{
	u32 lba = mmc_get32(call->cdb + 2);

	if (mmc_check_range(call, lba, 1))
		mmc_go_to(call, lba);
}

/** mmc_do_set_read_ahead - SET READ AHEAD: on reaching one address, read ahead from the other */
void mmc_do_set_read_ahead(struct mmc_call *call)
{
	if (mmc_check_range(call, mmc_get32(call->cdb + 2), 1))
		mmc_check_range(call, mmc_get32(call->cdb + 6), 1);
}

/** mmc_do_synchronize_cache - SYNCHRONIZE CACHE (10): there is nothing to write back */
void mmc_do_synchronize_cache(struct mmc_call *call)
{
	(void)call;
}

/** mmc_do_read_capacity10 - READ CAPACITY (10) */
void mmc_do_read_capacity10(struct mmc_call *call)
{
	mmc_put32(&call->out, call->medium->sectors - 1);
	mmc_put32(&call->out, MMC_BLOCK);
}

/** mmc_do_read_capacity16 - READ CAPACITY (16) */
void mmc_do_read_capacity16(struct mmc_call *call)
{
	mmc_put32(&call->out, 0);
	mmc_put32(&call->out, call->medium->sectors - 1);
	mmc_put32(&call->out, MMC_BLOCK);
	mmc_put_zero(&call->out, 20);	/* no protection, no physical block exponent, no provisioning */
}

/* READ FORMAT CAPACITIES: descriptor types. */
#define FORMATTED	0x02
#define NO_MEDIUM	0x03

/** mmc_do_read_format_capacities - READ FORMAT CAPACITIES: that of the disc; nothing can be formatted */
void mmc_do_read_format_capacities(struct mmc_call *call)
{
	mmc_put32(&call->out, 8);	/* length of what follows */
	mmc_put32(&call->out, call->medium ? call->medium->sectors : 0);
	mmc_put8(&call->out, call->medium ? FORMATTED : NO_MEDIUM);
	mmc_put24(&call->out, MMC_BLOCK);
}

/* READ HEADER, byte 1: addresses as minute, second, frame. */
#define MSF_BIT		0x02

/** mmc_do_read_header - READ HEADER (SFF-8020 10.8.17): the mode of a CD sector */
void mmc_do_read_header(struct mmc_call *call)
{
	u32 lba = mmc_get32(call->cdb + 2);
	struct mmc_msf msf = mmc_lba_to_msf(lba);
	enum mmc_track_mode mode;

	if (!mmc_check_range(call, lba, 1))
		return;
	mode = mmc_sector_mode(call->medium, lba);
	if (mmc_on(call->medium) != MMC_ON_CD || (mode != MMC_TRACK_DATA && mode != MMC_TRACK_MODE2)) {
		mmc_reply_fail_at(call->reply, MMC_WRONG_MODE, lba);
		return;
	}
	mmc_go_to(call, lba);
	mmc_put8(&call->out, mode == MMC_TRACK_MODE2 ? 0x02 : 0x01);
	mmc_put_zero(&call->out, 3);
	if (call->cdb[1] & MSF_BIT)
		mmc_put32(&call->out, (u32)msf.m << 16 | (u32)msf.s << 8 | msf.f);
	else
		mmc_put32(&call->out, lba);
}
