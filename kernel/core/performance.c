// SPDX-License-Identifier: GPL-2.0
/*
 * Speeds and streaming: GET PERFORMANCE (MMC-5 6.8), SET STREAMING (MMC-5 6.39), SET CD SPEED, READ BUFFER CAPACITY.
 *
 * The drive takes any speed between its lowest and its highest. It keeps to it on a disc that limits the speed; on any
 * other it only remembers it, as nobody who has the disc in a file wants to wait for it.
 */
#include "engine.h"

/* GET PERFORMANCE: type in byte 10; for type 0 what is asked for in byte 1. */
#define TYPE_PERFORMANCE	0x00
#define ASK_WRITE		0x04
#define ASK_EXCEPT		0x03
#define EXCEPT_RESERVED		0x03

/* Header, byte 4. */
#define IS_WRITE		0x02
#define IS_EXCEPT		0x01

/* The descriptor of SET STREAMING. */
#define STREAM_LEN		28
#define STREAM_RDD		0x04	/* byte 0: back to what the drive does by itself */

#define CD_SECTOR_BYTES		2352	/* a CD's speed counts all that is in a sector */

/** mmc_speed - the speed at which the drive reads the disc as far as commands tell, in units of 1000 bytes/s */
u16 mmc_speed(const struct mmc_drive *drive, const struct mmc_medium *medium)
{
	if (!medium || !medium->speed)
		return drive->speed;
	return (u16)min_t(u32, drive->speed, medium->speed);
}

/* Kernel-doc in mmc.h. */
u32 mmc_sector_time(const struct mmc_drive *drive, const struct mmc_medium *medium)
{
	u32 bytes = medium->profile == MMC_PROFILE_CD_ROM ? CD_SECTOR_BYTES : MMC_BLOCK;
	u32 speed = medium->speed;

	if (!speed)
		return 0;
	/* The highest speed stands for as fast as the disc allows, which may be faster still. */
	if (drive->speed < MMC_SPEED_MAX)
		speed = min_t(u32, speed, drive->speed);
	return bytes * 1000000U / speed;
}

/* The nearest speed that the drive has. */
static void set_speed(struct mmc_call *call, u32 speed)
{
	if (speed < MMC_SPEED_MIN)
		speed = MMC_SPEED_MIN;
	call->drive->speed = (u16)min_t(u32, speed, MMC_SPEED_MAX);
}

/* Reading all of the disc goes at one speed. */
static void put_nominal(struct mmc_call *call)
{
	u32 speed = mmc_speed(call->drive, call->medium);

	mmc_put32(&call->out, 0);
	mmc_put32(&call->out, speed);
	mmc_put32(&call->out, call->medium->sectors - 1);
	mmc_put32(&call->out, speed);
}

/* What the drive does: no exceptions from the nominal speed; nothing is written. */
static void report_performance(struct mmc_call *call)
{
	u8 ask = call->cdb[1];
	u8 what = (ask & ASK_WRITE ? IS_WRITE : 0) | (ask & ASK_EXCEPT ? IS_EXCEPT : 0);

	if ((ask & ASK_EXCEPT) == EXCEPT_RESERVED) {
		mmc_fail_field(call, 1, 1);
		return;
	}
	if (!mmc_check_range(call, mmc_get32(call->cdb + 2), 1))
		return;
	mmc_put32(&call->out, 4);
	mmc_put8(&call->out, what);
	mmc_put_zero(&call->out, 3);
	if (what)
		return;
	mmc_patch32(&call->out, 0, 20);
	if (mmc_get16(call->cdb + 8))
		put_nominal(call);
}

/**
 * mmc_do_get_performance - GET PERFORMANCE
 * @call: the command
 *
 * There is no more than one descriptor to answer with, so the number in the CDB only tells whether there is room for
 * it. The length in the header is that of the complete answer. Write speeds (type 03h) belong to drives whose feature
 * real-time streaming has WSPD set; ours, which writes nothing, has not.
 */
void mmc_do_get_performance(struct mmc_call *call)
{
	if (call->cdb[10] == TYPE_PERFORMANCE)
		report_performance(call);
	else
		mmc_fail_field(call, 10, 7);
}

/* So many units of 1000 bytes in so many milliseconds, in units of 1000 bytes/s, up to the highest speed. */
static u32 stream_speed(u32 size, u32 time)
{
	if (size / time > MMC_SPEED_MAX / 1000)
		return MMC_SPEED_MAX;
	/* Of a time below 2^16 the size is at most 23 times that, and has room to be multiplied by 1000. */
	while (time >> 16) {
		size >>= 1;
		time >>= 1;
	}
	return size * 1000 / time;
}

/**
 * mmc_do_set_streaming - SET STREAMING
 * @call: the command
 *
 * The drive has one speed for the whole disc and for all addresses. What is said about writing means nothing to it.
 */
void mmc_do_set_streaming(struct mmc_call *call)
{
	const u8 *list = call->cmd->out;

	if (call->cdb[8]) {
		mmc_fail_field(call, 8, 7);
		return;
	}
	if (!mmc_get16(call->cdb + 9))
		return;
	if (mmc_get16(call->cdb + 9) != STREAM_LEN || call->cmd->out_len < STREAM_LEN) {
		mmc_fail(call, MMC_BAD_LIST);
		return;
	}
	if (list[0] & STREAM_RDD) {
		set_speed(call, MMC_SPEED_MAX);
		return;
	}
	if (mmc_get32(list + 8) < mmc_get32(list + 4)) {
		mmc_fail_parameter(call, 8, 7);
		return;
	}
	if (!mmc_get32(list + 16)) {
		mmc_fail_parameter(call, 16, 7);
		return;
	}
	set_speed(call, stream_speed(mmc_get32(list + 12), mmc_get32(list + 16)));
}

/** mmc_do_set_cd_speed - SET CD SPEED: FFFFh is the highest; the write speed means nothing to this drive */
void mmc_do_set_cd_speed(struct mmc_call *call)
{
	/* Rotational control: CLV (and partial CAV) or CAV. */
	if (call->cdb[1] > 1)
		mmc_fail_field(call, 1, 1);
	else
		set_speed(call, mmc_get16(call->cdb + 2));
}

/** mmc_do_read_buffer_capacity - READ BUFFER CAPACITY: nothing waits to be written, so all of the buffer is free */
void mmc_do_read_buffer_capacity(struct mmc_call *call)
{
	bool blocks = call->cdb[1];
	u32 bytes = MMC_BUFFER_KB * 1024;

	mmc_put16(&call->out, 10);
	mmc_put8(&call->out, 0);
	mmc_put8(&call->out, blocks);
	mmc_put32(&call->out, blocks ? 0 : bytes);
	mmc_put32(&call->out, blocks ? bytes / MMC_BLOCK : bytes);
}
