// SPDX-License-Identifier: GPL-2.0
/*
 * Discs going in and out, and the tray.
 *
 * Everything that moves a disc from outside holds drive->control throughout. Where it matters whether somebody holds
 * the disc, it is unloaded inside open_mutex, so that this can't pass an open that is on its way. After a disc has been
 * unloaded its last bios are waited for and the page cache of the node is emptied before another disc can be loaded,
 * and who had the node open meanwhile reads nothing of the new disc before the change has been acknowledged: no byte
 * of one disc is ever taken for another's.
 */
#include <linux/fs.h>
#include <linux/kobject.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pagemap.h>
#include <linux/rcupdate.h>

#include "trace.h"
#include "vcd.h"

static void uevent(struct vcd_drive *drive, char *what)
{
	char *env[] = { what, NULL };

	kobject_uevent_env(&disk_to_dev(drive->disk)->kobj, KOBJ_CHANGE, env);
}

/* Another disc, or none. Whoever finds the uevent finds the change complete, and diskseq as the event has it. */
static void announce(struct vcd_drive *drive)
{
	uevent(drive, "DISK_MEDIA_CHANGE=1");
}

/**
 * vcd_media_acknowledge - somebody has looked what is in the drive
 * @drive: the drive
 *
 * From here on its openers may read the disc that is in it. But while there is an exclusive opener from before the
 * change, nobody may: its reads can't be told from others.
 *
 * Context: drive->lock held. In open the claim of the new opener has not been entered yet.
 */
void vcd_media_acknowledge(struct vcd_drive *drive)
{
	lockdep_assert_held(&drive->lock);

	if (!vcd_drive_exclusive(drive))
		WRITE_ONCE(drive->bound, 0);
}

/* The disc in the drive becomes readable. Its bios have been drained. Under drive->lock. */
static void load(struct vcd_drive *drive)
	__must_hold(&drive->lock)
{
	lockdep_assert_held(&drive->lock);

	drive->mmc.tray_open = false;
	mmc_audio_reset(&drive->mmc);
	drive->events |= DISK_EVENT_MEDIA_CHANGE;
	if (!drive->disc)
		return;
	set_capacity(drive->disk, (sector_t)drive->disc->medium.sectors * (MMC_BLOCK >> SECTOR_SHIFT));
	rcu_assign_pointer(drive->loaded, drive->disc);
	vcd_nexus_notify(drive, MMC_NOTICE_INSERTED);
	trace_vcd_disc_change(drive, drive->disc, VCD_CHANGE_LOADED);
}

/*
 * No more bio reaches the disc. Under drive->lock.
 *
 * Return: the disc whose bios have to be drained, if one was loaded.
 */
static struct vcd_disc *unload(struct vcd_drive *drive)
	__must_hold(&drive->lock)
{
	struct vcd_disc *disc = vcd_drive_loaded(drive);

	if (!disc)
		return NULL;
	if (!drive->bound && drive->openers)
		WRITE_ONCE(drive->bound, disc->generation);
	RCU_INIT_POINTER(drive->loaded, NULL);
	mmc_audio_reset(&drive->mmc);
	percpu_ref_kill(&disc->inflight);
	wake_up_all(&disc->unloaded);
	set_capacity(drive->disk, 0);
	drive->events |= DISK_EVENT_MEDIA_CHANGE;
	vcd_nexus_notify(drive, MMC_NOTICE_REMOVED);
	trace_vcd_disc_change(drive, disc, VCD_CHANGE_UNLOADED);
	return disc;
}

/* The lock of the tray goes, whoever set it: the command that unlocks, and what the CD-ROM layer remembers. */
static void unlock_tray(struct vcd_drive *drive)
	__must_hold(&drive->lock)
{
	lockdep_assert_held(&drive->lock);

	vcd_nexus_allow(drive);
	drive->mmc.persistent = false;
	drive->cdi.keeplocked = 0;
}

/*
 * Empties the page cache of the node. Pages that are locked for a read are waited for, so the disc that they are read
 * from must have been drained; reads that start now fail at once.
 */
static void purge(struct vcd_drive *drive)
{
	struct address_space *mapping = vcd_disk_mapping(drive->disk);

	filemap_invalidate_lock(mapping);
	truncate_inode_pages(mapping, 0);
	filemap_invalidate_unlock(mapping);
}

/* If somebody has the node open: waits until all tasks have gone to sleep by themselves or back to user space. */
static void let_users_sleep(struct vcd_drive *drive)
{
	if (context_unsafe(READ_ONCE(drive->openers)))
		synchronize_rcu_tasks();
}

/* Woken when vcd_drive.draining of some drive has ended. */
static DECLARE_WAIT_QUEUE_HEAD(drained_wait);

/*
 * Empties the page cache of the node and tells the holder of the node. That may take as long as a control group that
 * limits who reads likes: reads that are held back before they get to us keep pages of the node, and of files on it,
 * locked.
 */
static void forget(struct vcd_drive *drive)
{
	/*
	 * A file system that is being mounted, or is, may have a buffer in hand that it is about to have read: taken
	 * from under it, the buffer is mapped no more, and submit_bh() takes that for a bug. It gets no more of them,
	 * the size being 0, and from having it to submitting it sleeps only where somebody else reads it. All tasks
	 * having slept, none is there any more.
	 */
	let_users_sleep(drive);
	purge(drive);
	/* The holder of a disk that is removed is told by that. */
	if (!context_unsafe(READ_ONCE(drive->removed)))
		vcd_disk_changed(drive->disk);
}

/**
 * vcd_media_drain_work - forget a disc that was unloaded
 * @work: vcd_drive.drain_work; holds references on the drive, its disk, the disc and the module
 *
 * While vcd_drive.draining is set nobody else does this, and no disc is loaded.
 */
void vcd_media_drain_work(struct work_struct *work)
{
	struct vcd_drive *drive = container_of(work, struct vcd_drive, drain_work);
	struct vcd_disc *disc = drive->drain_disc;

	/* Interruptible only so that it doesn't count as a hung task; a worker gets no signals. */
	while (disc && wait_for_completion_interruptible(&disc->drained))
		;
	forget(drive);
	/* Either who waited sees the new diskseq when it announces the change, or this sees that it has not waited. */
	smp_mb();
	if (READ_ONCE(drive->drain_late) && !context_unsafe(READ_ONCE(drive->removed)))
		announce(drive);
	/* Whoever sees this goes on where we end. */
	smp_store_release(&drive->draining, false);
	wake_up_all(&drained_wait);
	vcd_disc_put(disc);
	put_disk(drive->disk);
	vcd_drive_put(drive);
	module_put(THIS_MODULE);
}

static bool drained(struct vcd_drive *drive)
{
	/* Pairs with the release in vcd_media_drain_work(): another disc comes after all that it does. */
	return !smp_load_acquire(&drive->draining);
}

/*
 * Has a worker wait for the last reads of a disc that was unloaded, if there was one, and forget it; and waits for
 * that, but not for ever. Who goes on with another disc after this waits even if it is killed: what it was about to do
 * is half done. If nobody has the node open there is nothing to wait for but the end of the reference count, and no
 * need for a worker, of which there may be only as many as workqueues allow.
 *
 * Return: 0; -ETIMEDOUT or, if @killable, -EINTR if reads don't come back. Then the worker goes on waiting, and until
 * it is through vcd_drive.draining keeps other discs out.
 */
static int drain(struct vcd_drive *drive, struct vcd_disc *disc, bool killable)
	__must_hold(&drive->control)
{
	long left;

	lockdep_assert_held(&drive->control);

	/* Who opens it now finds it empty. */
	if (!context_unsafe(READ_ONCE(drive->openers))) {
		if (disc)
			wait_for_completion(&disc->drained);
		forget(drive);
		return 0;
	}
	drive->drain_disc = disc ? vcd_disc_get(disc) : NULL;
	drive->drain_late = false;
	WRITE_ONCE(drive->draining, true);
	vcd_drive_get(drive);
	get_device(disk_to_dev(drive->disk));
	__module_get(THIS_MODULE);
	queue_work(vcd_queue, &drive->drain_work);
	if (killable)
		left = wait_event_killable_timeout(drained_wait, drained(drive), VCD_DRAIN_TIMEOUT);
	else
		left = wait_event_timeout(drained_wait, drained(drive), VCD_DRAIN_TIMEOUT);
	if (left <= 0) {
		WRITE_ONCE(drive->drain_late, true);
		/* As in vcd_media_drain_work(). */
		smp_mb();
		return left ? -EINTR : -ETIMEDOUT;
	}
	/* What it holds might be the last that keeps the drive, its image or this module. */
	flush_work(&drive->drain_work);
	return 0;
}

/*
 * Tells the holder of the node, which has been empty for a while, that it is about to have another disc.
 *
 * Return: as drain(), but -EBUSY for reads that don't come back.
 */
static int renew(struct vcd_drive *drive)
	__must_hold(&drive->control)
{
	int ret = drain(drive, NULL, true);

	return ret == -ETIMEDOUT ? -EBUSY : ret;
}

/* Takes control of a drive that is not being removed. */
static int control_lock(struct vcd_drive *drive)
	VCD_COND_ACQUIRES(0, &drive->control)
{
	if (mutex_lock_killable(&drive->control))
		return -EINTR;
	if (!drive->removed)
		return 0;
	mutex_unlock(&drive->control);
	return -ENODEV;
}

/* Waits until opens and closes can be kept out, and tries to take control as well. Control is not held. */
static int openers_wait(struct vcd_drive *drive, struct gendisk *disk)
	__context_unsafe(/* tried */)
{
	if (mutex_lock_killable(&disk->open_mutex))
		return -EINTR;
	if (mutex_trylock(&drive->control)) {
		if (!drive->removed)
			return 0;
		mutex_unlock(&drive->control);
	}
	mutex_unlock(&disk->open_mutex);
	return -EAGAIN;
}

/*
 * Takes control of a drive, and if it matters whether somebody holds the disc, lets no open or close pass either.
 *
 * The last close of the node waits for reads. An image that has stalled must not hold up who wants it out by force and
 * so takes control alone: while open_mutex is waited for, control is not held. Nor the other way round, as whoever has
 * control may wait for a file system that waits for open_mutex.
 */
static int control_lock_openers(struct vcd_drive *drive, bool matters)
	VCD_COND_ACQUIRES(0, &drive->control)
	__context_unsafe(/* conditional */)
{
	struct gendisk *disk;
	int ret;

	do {
		ret = control_lock(drive);
		if (ret || !matters || mutex_trylock(&drive->disk->open_mutex))
			return ret;
		disk = drive->disk;
		get_device(disk_to_dev(disk));
		mutex_unlock(&drive->control);
		ret = openers_wait(drive, disk);
		put_disk(disk);
	} while (ret == -EAGAIN);
	return ret;
}

static void openers_unlock(struct vcd_drive *drive, bool matters)
	__context_unsafe(/* conditional */)
{
	if (matters)
		mutex_unlock(&drive->disk->open_mutex);
}

/*
 * The disc, if there is one, leaves the drive or its open tray. Under drive->lock.
 *
 * Return: the disc, whose reference is now the caller's; in @unloaded if its bios have to be drained.
 */
static struct vcd_disc *let_out(struct vcd_drive *drive, struct vcd_disc **unloaded)
	__must_hold(&drive->control)
	__must_hold(&drive->lock)
{
	struct vcd_disc *disc = drive->disc;

	*unloaded = unload(drive);
	drive->disc = NULL;
	drive->mmc.tray_open = false;
	if (disc)
		trace_vcd_disc_change(drive, disc, VCD_CHANGE_TAKEN_OUT);
	return disc;
}

/*
 * Takes the disc out of the drive or its open tray, to put another one in if that is a @swap. The tray is closed and
 * unlocked afterwards. Unless by @force, opens and closes were kept out, which ends here.
 *
 * Return: 0 with @disc set, its reference now the caller's; an error with @disc NULL if nothing happened, or set if
 * the disc is out but its bios have not come back.
 */
static int take_out(struct vcd_drive *drive, u64 generation, bool force, bool swap, struct vcd_disc **disc)
	__must_hold(&drive->control)
{
	struct vcd_disc *unloaded = NULL;
	int ret = 0;

	lockdep_assert_held(&drive->control);

	*disc = NULL;
	spin_lock(&drive->lock);
	if (!drive->disc)
		ret = -ENOMEDIUM;
	else if (generation && generation != drive->disc->generation)
		ret = -ESTALE;
	else if (!vcd_may_touch(drive->disc->owner))
		ret = -EPERM;
	else if (!force && vcd_drive_held(drive))
		ret = -EBUSY;
	if (!ret) {
		*disc = let_out(drive, &unloaded);
		unlock_tray(drive);
	}
	spin_unlock(&drive->lock);
	openers_unlock(drive, !force);
	if (unloaded)
		return drain(drive, unloaded, !swap);
	/* With the tray open the node has been empty for a while. Another disc is about to be in it nevertheless. */
	return !ret && swap ? drain(drive, NULL, false) : ret;
}

/*
 * Keeps what readers made of an empty drive from being taken for bytes of the disc that is about to be loaded. A read
 * that found the drive loaded, and got to the page cache when the size was 0 already, filled its pages with zeroes, as
 * beyond the end of a device: without asking us, so draining does not wait for it, and it does not return them only
 * because the size is still 0 when it looks again.
 *
 * With filemap_invalidate_lock() held, no more pages are made. Those that there are go. Whoever has one in hand looks
 * at the size without sleeping in between, but may be preempted there, so all tasks have to have gone to sleep by
 * themselves or back to user space before the size is set.
 */
static void forget_zeroes(struct vcd_drive *drive, struct address_space *mapping)
{
	truncate_inode_pages(mapping, 0);
	/* Such a read has had the node open from before the last disc was unloaded. */
	let_users_sleep(drive);
}

/* Brings the disc in the closed drive to life. Under control; its bios have been drained. */
static void load_disc(struct vcd_drive *drive)
	__must_hold(&drive->control)
{
	struct address_space *mapping = vcd_disk_mapping(drive->disk);

	lockdep_assert_held(&drive->control);

	filemap_invalidate_lock(mapping);
	if (drive->disc) {
		forget_zeroes(drive, mapping);
		reinit_completion(&drive->disc->drained);
		percpu_ref_reinit(&drive->disc->inflight);
	}
	spin_lock(&drive->lock);
	load(drive);
	spin_unlock(&drive->lock);
	filemap_invalidate_unlock(mapping);
}

static const char *profile_name(u16 profile)
{
	switch (profile) {
	case MMC_PROFILE_CD_ROM:
		return "CD-ROM";
	case MMC_PROFILE_DVD_ROM:
		return "DVD-ROM";
	default:
		return "BD-ROM";
	}
}

/* Can a disc be put in, as far as that can be told before another is taken out? What is below it is counted then. */
static int prepare(struct vcd_drive *drive, struct vcd_disc *disc, bool swap)
	__must_hold(&drive->control)
{
	/* Not a wait: whoever took that disc out has waited. */
	if (!drained(drive))
		return -EBUSY;
	if (!swap && drive->disc)
		return -EEXIST;
	return vcd_disc_stack(disc, drive);
}

/* Puts a disc in, after prepare(). Unless by @force, a @swap ends that opens and closes are kept out. */
static int insert_locked(struct vcd_drive *drive, struct vcd_disc *disc, bool swap, bool force, struct vcd_disc **old)
	__must_hold(&drive->control)
{
	int ret;

	if (swap) {
		ret = take_out(drive, 0, force, true, old);
		if (ret) {
			/* The old disc is out and the new one can't go in: say that something happened. */
			if (*old)
				announce(drive);
			return ret;
		}
	}
	if (!*old) {
		ret = renew(drive);
		if (ret)
			return ret;
	}
	spin_lock(&drive->lock);
	drive->disc = vcd_disc_get(disc);
	spin_unlock(&drive->lock);
	load_disc(drive);
	pr_info_ratelimited("%s: %s, %u sectors\n", drive->disk->disk_name, profile_name(disc->medium.profile),
			    disc->medium.sectors);
	announce(drive);
	return 0;
}

/**
 * vcd_media_insert - put a disc into a drive and close the tray
 * @drive: the drive
 * @disc: the disc; the drive takes a reference of its own
 * @swap: replace the disc that is in it
 * @force: with @swap: also while it is held
 *
 * Return: 0 or an error as the control interface has it for VCD_IOC_ATTACH.
 */
int vcd_media_insert(struct vcd_drive *drive, struct vcd_disc *disc, bool swap, bool force)
{
	bool polite = swap && !force;
	struct vcd_disc *old = NULL;
	int ret;

	ret = control_lock_openers(drive, polite);
	if (ret)
		return ret;
	ret = prepare(drive, disc, swap);
	if (ret) {
		openers_unlock(drive, polite);
	} else {
		ret = insert_locked(drive, disc, swap, force, &old);
		vcd_disc_stacked(drive);
	}
	mutex_unlock(&drive->control);
	vcd_disc_put(old);
	return ret;
}

/**
 * vcd_media_remove - take the disc out
 * @drive: the drive
 * @generation: the disc that is meant, 0 for any
 * @force: also while it is held
 *
 * Return: 0 or an error as the control interface has it for VCD_IOC_DETACH. Reads that do not come back are no error
 * here: the disc is out.
 */
int vcd_media_remove(struct vcd_drive *drive, u64 generation, bool force)
{
	struct vcd_disc *disc = NULL;
	int ret;

	ret = control_lock_openers(drive, !force);
	if (ret)
		return ret;
	ret = take_out(drive, generation, force, false, &disc);
	if (disc) {
		announce(drive);
		ret = 0;
	}
	mutex_unlock(&drive->control);
	vcd_disc_put(disc);
	return ret;
}

/* Opens the tray as far as that needs no waiting; under control, and to be polite under open_mutex. */
static int open_tray(struct vcd_drive *drive, enum vcd_eject how, struct vcd_disc **unloaded)
	__must_hold(&drive->control)
{
	int ret = 0;

	lockdep_assert_held(&drive->control);

	*unloaded = NULL;
	spin_lock(&drive->lock);
	if (drive->mmc.tray_open)
		goto unlock;
	if (how == VCD_EJECT_FORCE && drive->disc && !vcd_may_touch(drive->disc->owner)) {
		ret = -EPERM;
		goto unlock;
	}
	if ((how == VCD_EJECT_POLITE && vcd_drive_held(drive)) ||
	    (how == VCD_EJECT_COMMAND && mmc_locked(&drive->mmc))) {
		ret = -EBUSY;
		goto unlock;
	}
	if (how != VCD_EJECT_COMMAND)
		unlock_tray(drive);
	drive->mmc.tray_open = true;
	*unloaded = unload(drive);
unlock:
	spin_unlock(&drive->lock);
	return ret;
}

/**
 * vcd_media_open_tray - open the tray; the disc stays in it
 * @drive: the drive
 * @how: on whose behalf
 *
 * Return: 0, also if it is open already; -EBUSY if the disc is held or the tray locked, -EPERM if it is somebody else's
 * and to be forced, -ENODEV, -EINTR.
 */
int vcd_media_open_tray(struct vcd_drive *drive, enum vcd_eject how)
{
	bool polite = how == VCD_EJECT_POLITE;
	struct vcd_disc *unloaded;
	int ret;

	ret = control_lock_openers(drive, polite);
	if (ret)
		return ret;
	ret = open_tray(drive, how, &unloaded);
	openers_unlock(drive, polite);
	if (unloaded) {
		drain(drive, unloaded, true);
		announce(drive);
	}
	mutex_unlock(&drive->control);
	return ret;
}

/**
 * vcd_media_close_tray - close the tray and load the disc in it
 * @drive: the drive
 *
 * Return: 0, also if it is closed already; -EBUSY while reads of an earlier disc have not returned, -ENODEV, -EINTR.
 */
int vcd_media_close_tray(struct vcd_drive *drive)
{
	int ret;

	ret = control_lock(drive);
	if (ret)
		return ret;
	if (!drained(drive)) {
		ret = -EBUSY;
	} else if (vcd_drive_tray_open(drive)) {
		if (drive->disc)
			ret = renew(drive);
		if (ret)
			goto unlock;
		load_disc(drive);
		if (drive->disc)
			announce(drive);
	}
unlock:
	mutex_unlock(&drive->control);
	return ret;
}

/**
 * vcd_media_button - somebody presses the eject button
 * @drive: the drive
 *
 * It moves the tray unless that is locked; then the wish is reported.
 *
 * Return: as vcd_media_open_tray() and vcd_media_close_tray().
 */
int vcd_media_button(struct vcd_drive *drive)
{
	bool locked, open;
	int ret;

	ret = control_lock(drive);
	if (ret)
		return ret;
	spin_lock(&drive->lock);
	open = drive->mmc.tray_open;
	locked = mmc_locked(&drive->mmc) && !open;
	if (locked) {
		drive->events |= DISK_EVENT_EJECT_REQUEST;
		vcd_nexus_notify(drive, MMC_NOTICE_EJECT_REQUEST);
	}
	spin_unlock(&drive->lock);
	if (locked)
		uevent(drive, "DISK_EJECT_REQUEST=1");
	mutex_unlock(&drive->control);
	if (locked)
		return 0;
	return open ? vcd_media_close_tray(drive) : vcd_media_open_tray(drive, VCD_EJECT_COMMAND);
}

/**
 * vcd_media_tray_move - the CD-ROM layer moves the tray by itself
 * @drive: the drive
 * @open: open it after the last close (autoeject), or close it for an open (autoclose)
 *
 * Return: 0, or -EBUSY if somebody else moves it.
 *
 * Context: under open_mutex and cdrom_lock, so control can only be tried, and diskseq is not counted up, as that comes
 * with telling file systems. There are none: who has the node open meanwhile did so without looking for a disc.
 */
int vcd_media_tray_move(struct vcd_drive *drive, bool open)
{
	struct vcd_disc *unloaded;
	int ret = 0;

	lockdep_assert_held(&drive->disk->open_mutex);

	if (!mutex_trylock(&drive->control))
		return -EBUSY;
	if (drive->removed || !drained(drive)) {
		ret = drive->removed ? -ENODEV : -EBUSY;
		goto unlock;
	}
	if (open) {
		ret = open_tray(drive, VCD_EJECT_COMMAND, &unloaded);
		if (unloaded) {
			/* Nobody reads: this is only the grace period of the reference count. */
			wait_for_completion(&unloaded->drained);
			uevent(drive, "DISK_MEDIA_CHANGE=1");
		}
	} else if (vcd_drive_tray_open(drive)) {
		load_disc(drive);
		if (drive->disc)
			uevent(drive, "DISK_MEDIA_CHANGE=1");
	}
unlock:
	mutex_unlock(&drive->control);
	return ret;
}

/**
 * vcd_media_shut - let nobody in any more, and take the disc out, before the drive is removed
 * @drive: the drive
 * @how: what may be in the way
 *
 * Return: as vcd_drive_remove().
 */
int vcd_media_shut(struct vcd_drive *drive, enum vcd_removal how)
{
	struct vcd_disc *unloaded = NULL;
	struct vcd_disc *disc = NULL;
	bool idle = how == VCD_REMOVAL_IDLE;
	int ret;

	ret = control_lock_openers(drive, idle);
	if (ret)
		return ret;
	spin_lock(&drive->lock);
	if (how != VCD_REMOVAL_UNLOAD && drive->disc && !vcd_may_touch(drive->disc->owner)) {
		ret = -EPERM;
	} else if (idle && (drive->openers || drive->disc || !drained(drive))) {
		ret = -EBUSY;
	} else {
		WRITE_ONCE(drive->removed, true);
		disc = let_out(drive, &unloaded);
	}
	spin_unlock(&drive->lock);
	openers_unlock(drive, idle);
	if (unloaded)
		drain(drive, unloaded, true);
	mutex_unlock(&drive->control);
	vcd_disc_put(disc);
	return ret;
}
