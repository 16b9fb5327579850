// SPDX-License-Identifier: GPL-2.0
/*
 * Who talks to a drive: unit attentions and media events for each, and whose the lock of the tray is.
 *
 * A block node does not tell which descriptor an ioctl came through, but which process sent it. So each process that
 * has the node open is a nexus of its own: what udev or a player asks for takes nothing away from a virtual machine
 * that waits for a change of the medium. The CD-ROM layer of the kernel is one more.
 */
#include <linux/sched.h>
#include <linux/sched/signal.h>

#include "vcd.h"

static bool is_current(const struct vcd_nexus *nexus)
{
	return nexus->used && nexus->tgid == task_tgid_nr(current) &&
	       nexus->started == current->group_leader->start_boottime;
}

static struct vcd_nexus *find_current(struct vcd_drive *drive)
	__must_hold(&drive->lock)
{
	unsigned int i;

	for (i = 0; i < VCD_NEXUSES; i++)
		if (is_current(&drive->nexus[i]))
			return &drive->nexus[i];
	return NULL;
}

/* Whose going hurts least: one that has closed the node, then one that locks nothing. */
static unsigned int rank(const struct vcd_nexus *nexus)
{
	if (!nexus->used)
		return 0;
	return 1 + (nexus->opens ? 1 : 0) + (nexus->prevents ? 2 : 0);
}

/* One that is free, or else, of those whose going hurts least, the one that has been silent for longest. */
static struct vcd_nexus *to_replace(struct vcd_drive *drive)
	__must_hold(&drive->lock)
{
	struct vcd_nexus *found = &drive->nexus[0];
	unsigned int i;

	for (i = 1; i < VCD_NEXUSES; i++) {
		struct vcd_nexus *nexus = &drive->nexus[i];

		if (rank(nexus) < rank(found) || (rank(nexus) == rank(found) && nexus->used < found->used))
			found = nexus;
	}
	return found;
}

static void forget(struct vcd_drive *drive, struct vcd_nexus *nexus)
	__must_hold(&drive->lock)
{
	bool prevented = nexus->prevents;
	unsigned int i;

	memset(nexus, 0, sizeof(*nexus));
	if (!prevented || drive->door_locked)
		return;
	for (i = 0; i < VCD_NEXUSES; i++)
		if (drive->nexus[i].prevents)
			return;
	drive->mmc.prevent = false;
}

/* The slot of the process that runs; one that has not been seen yet gets one. */
static struct vcd_nexus *current_nexus(struct vcd_drive *drive)
	__must_hold(&drive->lock)
{
	struct vcd_nexus *nexus;

	lockdep_assert_held(&drive->lock);

	nexus = find_current(drive);
	if (!nexus) {
		nexus = to_replace(drive);
		forget(drive, nexus);
		nexus->tgid = task_tgid_nr(current);
		nexus->started = current->group_leader->start_boottime;
		mmc_nexus_init(&nexus->mmc);
		nexus->mmc.attention = 0;
	}
	nexus->used = ++drive->nexus_uses;
	return nexus;
}

/**
 * vcd_nexus_current - the nexus of the process that runs
 * @drive: the drive
 *
 * A process that has not been seen yet has not missed anything: it begins without a unit attention.
 *
 * Return: the nexus, good for as long as the lock is held.
 *
 * Context: drive->lock held.
 */
struct mmc_nexus *vcd_nexus_current(struct vcd_drive *drive)
{
	return &current_nexus(drive)->mmc;
}

/**
 * vcd_nexus_open - the process has opened the node
 * @drive: the drive
 *
 * As with any drive, opening it looks what is in it: no attention for what came before.
 *
 * Context: drive->lock held.
 */
void vcd_nexus_open(struct vcd_drive *drive)
{
	struct vcd_nexus *nexus = current_nexus(drive);

	nexus->mmc.attention = 0;
	nexus->opens++;
}

/**
 * vcd_nexus_release - the process has closed the node
 * @drive: the drive; vcd_drive.openers has been counted down
 *
 * With its last descriptor goes its lock of the tray. The block layer does not tell whose descriptor is closed, so
 * one that was handed to another process, or a mount that another process ends, is counted there; what that leaves
 * over goes with the last close of the node.
 *
 * Context: drive->lock held.
 */
void vcd_nexus_release(struct vcd_drive *drive)
{
	struct vcd_nexus *nexus = find_current(drive);
	unsigned int i;

	lockdep_assert_held(&drive->lock);

	if (nexus && nexus->opens && !--nexus->opens)
		forget(drive, nexus);
	for (i = 0; !drive->openers && i < VCD_NEXUSES; i++)
		if (drive->nexus[i].used)
			forget(drive, &drive->nexus[i]);
}

/**
 * vcd_nexus_notify - something happened to the medium: tell all
 * @drive: the drive
 * @notice: what
 *
 * The CD-ROM layer has vcd_drive.events and needs no telling.
 *
 * Context: drive->lock held.
 */
void vcd_nexus_notify(struct vcd_drive *drive, enum mmc_notice notice)
{
	unsigned int i;

	lockdep_assert_held(&drive->lock);

	for (i = 0; i < VCD_NEXUSES; i++)
		if (drive->nexus[i].used)
			mmc_notify(&drive->nexus[i].mmc, notice);
}

/**
 * vcd_nexus_attention - a unit attention for all but one
 * @drive: the drive
 * @attention: MMC_UA_* bits
 * @but: whose command is the cause, or NULL
 *
 * Context: drive->lock held.
 */
void vcd_nexus_attention(struct vcd_drive *drive, u8 attention, const struct mmc_nexus *but)
{
	unsigned int i;

	lockdep_assert_held(&drive->lock);

	for (i = 0; i < VCD_NEXUSES; i++)
		if (drive->nexus[i].used && &drive->nexus[i].mmc != but)
			drive->nexus[i].mmc.attention |= attention;
}

/**
 * vcd_nexus_prevented - a PREVENT ALLOW MEDIUM REMOVAL command of a process was carried out
 * @drive: the drive
 * @mmc: its nexus
 *
 * Each prevention counts until its process closes the node. But as programs know it from a host adapter, through which
 * all of them are one initiator, to allow removal takes the preventions of all.
 *
 * Context: drive->lock held.
 */
void vcd_nexus_prevented(struct vcd_drive *drive, struct mmc_nexus *mmc)
{
	lockdep_assert_held(&drive->lock);

	if (drive->mmc.prevent) {
		container_of(mmc, struct vcd_nexus, mmc)->prevents = true;
		return;
	}
	vcd_nexus_allow(drive);
}

/**
 * vcd_nexus_allow - nobody locks the tray any more
 * @drive: the drive
 *
 * Context: drive->lock held.
 */
void vcd_nexus_allow(struct vcd_drive *drive)
{
	unsigned int i;

	lockdep_assert_held(&drive->lock);

	drive->mmc.prevent = false;
	drive->door_locked = false;
	for (i = 0; i < VCD_NEXUSES; i++)
		drive->nexus[i].prevents = false;
}

/**
 * vcd_nexus_door - the CD-ROM layer locks the door or lets go of it
 * @drive: the drive
 * @lock: which
 *
 * Context: drive->lock held.
 */
void vcd_nexus_door(struct vcd_drive *drive, bool lock)
{
	unsigned int i;

	lockdep_assert_held(&drive->lock);

	drive->door_locked = lock;
	drive->mmc.prevent = lock;
	for (i = 0; i < VCD_NEXUSES; i++)
		drive->mmc.prevent |= drive->nexus[i].prevents;
}
