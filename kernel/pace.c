// SPDX-License-Identifier: GPL-2.0
/*
 * Reading at the pace of a real disc, for those who ask for it.
 *
 * A disc that limits the speed hands out its time: the turn of each read begins where that of the one before it ends, and
 * its bytes arrive no earlier than at its end.
 */
#include <linux/ktime.h>
#include <linux/wait.h>

#include "vcd.h"

/*
 * Who asks again at once is always a little late, as waiting is counted in jiffies. That much of the time that has
 * passed unused counts as the disc's read-ahead.
 */
#define READ_AHEAD_NS		(100 * NSEC_PER_MSEC)

/**
 * struct turn - the time that a read takes on the disc
 * @length: how long it takes, in nanoseconds
 * @end: when it is over
 */
struct turn {
	u64 length;
	u64 end;
};

static void take_turn(struct vcd_drive *drive, struct vcd_disc *disc, u32 sectors, u64 now, struct turn *turn)
{
	spin_lock(&drive->lock);
	turn->length = (u64)sectors * mmc_sector_time(&drive->mmc, &disc->medium);
	if (disc->due + READ_AHEAD_NS < now)
		disc->due = now - READ_AHEAD_NS;
	disc->due += turn->length;
	turn->end = disc->due;
	spin_unlock(&drive->lock);
}

/* Who did not wait to the end leaves the rest of the time to others. */
static void give_back(struct vcd_drive *drive, struct vcd_disc *disc, const struct turn *turn)
{
	u64 now = ktime_get_ns();

	if (now >= turn->end)
		return;
	spin_lock(&drive->lock);
	disc->due -= min(turn->length, turn->end - now);
	spin_unlock(&drive->lock);
}

/**
 * vcd_pace - wait for as long as a drive takes to read from a disc
 * @drive: the drive
 * @disc: the disc; the caller holds a reference on it or on @disc->inflight
 * @sectors: how many have been read
 *
 * The wait ends early when the disc is unloaded: nobody who wants it out waits for this.
 *
 * Return: 0, or -EINTR after a fatal signal.
 *
 * Context: sleeps, if the disc limits the speed; no lock held.
 */
int vcd_pace(struct vcd_drive *drive, struct vcd_disc *disc, u32 sectors)
{
	struct turn turn;
	long left;
	u64 now;

	if (likely(!disc->medium.speed))
		return 0;
	now = ktime_get_ns();
	take_turn(drive, disc, sectors, now, &turn);
	if (turn.end <= now)
		return 0;
	left = wait_event_killable_timeout(disc->unloaded, percpu_ref_is_dying(&disc->inflight),
					   nsecs_to_jiffies(turn.end - now));
	if (left)
		give_back(drive, disc, &turn);
	return left < 0 ? -EINTR : 0;
}
