// SPDX-License-Identifier: GPL-2.0
/*
 * Reading at the pace of a real disc, for those who ask for it.
 *
 * A disc that limits the speed hands out its time: each read is due when all before it and its own sectors have had
 * theirs, and its bytes arrive no earlier.
 */
#include <linux/ktime.h>
#include <linux/wait.h>

#include "vcd.h"

/*
 * Who asks again at once is always a little late, as waiting is counted in jiffies. That much of the time that has
 * passed unused counts as the disc's read-ahead.
 */
#define READ_AHEAD_NS		(100 * NSEC_PER_MSEC)

/* When so many sectors, to be read from now on, are due. */
static u64 due(struct vcd_drive *drive, struct vcd_disc *disc, u32 sectors, u64 now)
{
	u64 time;

	spin_lock(&drive->lock);
	time = (u64)sectors * mmc_sector_time(&drive->mmc, &disc->medium);
	if (disc->due + READ_AHEAD_NS < now)
		disc->due = now - READ_AHEAD_NS;
	disc->due += time;
	time = disc->due;
	spin_unlock(&drive->lock);
	return time;
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
	u64 now, until;

	if (likely(!disc->medium.speed))
		return 0;
	now = ktime_get_ns();
	until = due(drive, disc, sectors, now);
	if (until <= now)
		return 0;
	if (wait_event_killable_timeout(disc->unloaded, percpu_ref_is_dying(&disc->inflight),
					nsecs_to_jiffies(until - now)) < 0)
		return -EINTR;
	return 0;
}
