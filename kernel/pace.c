// SPDX-License-Identifier: GPL-2.0
/*
 * Reading at the pace of a real disc, for those who ask for it.
 *
 * A disc that limits the speed hands out its time: the turn of each read begins where that of the one before it ends,
 * and its bytes arrive no earlier than at its end.
 */
#include <linux/ktime.h>
#include <linux/wait.h>

#include "vcd.h"

/*
 * Who asks again at once is always a little late, as waiting is counted in jiffies, and long waits in coarser units.
 * That much of the time that has passed unused counts as the disc's read-ahead, and a part of what the read takes.
 */
#define READ_AHEAD_NS		(100 * NSEC_PER_MSEC)
#define READ_AHEAD_PART		8

/* What is only read ahead is not done if that would be due later than in this time. */
#define BACKLOG_NS		(2 * NSEC_PER_SEC)

/**
 * vcd_pace_begin - a read begins
 * @drive: the drive
 * @disc: the disc
 * @sectors: how many will be read
 * @turn: filled, for vcd_pace_end() or vcd_pace_cancel()
 */
void vcd_pace_begin(struct vcd_drive *drive, struct vcd_disc *disc, u32 sectors, struct vcd_turn *turn)
{
	u64 now, ahead;

	turn->length = 0;
	if (likely(!disc->medium.speed))
		return;
	now = ktime_get_ns();
	spin_lock(&drive->lock);
	turn->length = (u64)sectors * mmc_sector_time(&drive->mmc, &disc->medium);
	ahead = max_t(u64, READ_AHEAD_NS, turn->length / READ_AHEAD_PART);
	if (disc->due + ahead < now)
		disc->due = now - ahead;
	disc->due += turn->length;
	turn->end = disc->due;
	spin_unlock(&drive->lock);
}

/**
 * vcd_pace_cancel - a read that fails, or is not waited for, leaves the rest of its time to others
 * @drive: the drive
 * @disc: the disc
 * @turn: from vcd_pace_begin()
 */
void vcd_pace_cancel(struct vcd_drive *drive, struct vcd_disc *disc, const struct vcd_turn *turn)
{
	u64 now;

	if (likely(!turn->length))
		return;
	now = ktime_get_ns();
	if (now >= turn->end)
		return;
	spin_lock(&drive->lock);
	disc->due -= min(turn->length, turn->end - now);
	spin_unlock(&drive->lock);
}

/**
 * vcd_pace_end - wait for as long as a drive would take for a read
 * @drive: the drive
 * @disc: the disc; the caller holds a reference on it or on @disc->inflight
 * @turn: from vcd_pace_begin()
 *
 * The wait ends early when the disc is unloaded: nobody who wants it out waits for this.
 *
 * Return: 0, or -EINTR after a fatal signal.
 *
 * Context: sleeps, if the disc limits the speed; no lock held.
 */
int vcd_pace_end(struct vcd_drive *drive, struct vcd_disc *disc, const struct vcd_turn *turn)
{
	long left;
	u64 now;

	if (likely(!turn->length))
		return 0;
	now = ktime_get_ns();
	if (turn->end <= now)
		return 0;
	left = wait_event_killable_timeout(disc->unloaded, percpu_ref_is_dying(&disc->inflight),
					   nsecs_to_jiffies(turn->end - now));
	if (left)
		vcd_pace_cancel(drive, disc, turn);
	return left < 0 ? -EINTR : 0;
}

/**
 * vcd_pace_behind - would a read be through so late that it should not be done ahead?
 * @drive: the drive
 * @disc: the disc
 * @sectors: how many
 *
 * What is read ahead can't be called off: whoever closes the node after that waits for it.
 *
 * Return: whether it should not; false for a disc without a limit.
 */
bool vcd_pace_behind(struct vcd_drive *drive, struct vcd_disc *disc, u32 sectors)
{
	u64 limit, length;
	bool behind;

	if (likely(!disc->medium.speed))
		return false;
	limit = ktime_get_ns() + BACKLOG_NS;
	spin_lock(&drive->lock);
	length = (u64)sectors * mmc_sector_time(&drive->mmc, &disc->medium);
	behind = length > BACKLOG_NS || disc->due + length > limit;
	spin_unlock(&drive->lock);
	return behind;
}
