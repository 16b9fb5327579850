// SPDX-License-Identifier: GPL-2.0
/*
 * The block node of a drive.
 */
#include <linux/capability.h>
#include <linux/compat.h>
#include <linux/module.h>
#include <linux/uaccess.h>

#include "vcd.h"

/* Sequential reads come in pieces of this size, and twice as much is read ahead. */
#define IO_OPT			(1024 * 1024)
/* What is read at a time, in units of 512 bytes. */
#define IO_MAX_SECTORS		8192

/*
 * The disc that a bio may read from, with a reference on its inflight counter; NULL if there is none. Without locks:
 * a disc that is being unloaded refuses new references, and is freed only a grace period later.
 */
static struct vcd_disc *disc_for_bio(struct vcd_drive *drive)
{
	struct vcd_disc *disc;
	u64 bound;

	rcu_read_lock();
	disc = rcu_dereference(drive->loaded);
	if (disc) {
		/* It was set a grace period before another disc could be loaded. */
		bound = context_unsafe(READ_ONCE(drive->bound));
		if (unlikely(bound && bound != disc->generation))
			disc = NULL;
		else if (!percpu_ref_tryget_live(&disc->inflight))
			disc = NULL;
	}
	rcu_read_unlock();
	return disc;
}

/* The sectors of the disc that a bio touches. */
static u32 bio_sectors_of_disc(const struct bio *bio, u32 *first)
{
	*first = bio->bi_iter.bi_sector / (MMC_BLOCK >> SECTOR_SHIFT);
	return DIV_ROUND_UP_SECTOR_T(bio_end_sector(bio), MMC_BLOCK >> SECTOR_SHIFT) - *first;
}

static bool bio_faulty(struct vcd_drive *drive, const struct bio *bio)
{
	u32 first, bad;
	u32 sectors = bio_sectors_of_disc(bio, &first);

	return vcd_fault_read(drive, first, sectors, !(bio->bi_opf & REQ_RAHEAD), &bad);
}

/* Does a bio touch audio sectors or what is between sessions? */
static bool bio_not_blocks(const struct vcd_disc *disc, const struct bio *bio)
{
	u32 first, bad;
	u32 sectors = bio_sectors_of_disc(bio, &first);

	return !mmc_blocks(&disc->medium, first, sectors, &bad);
}

static void vcd_submit_bio(struct bio *bio)
{
	struct vcd_drive *drive = bio->bi_bdev->bd_disk->private_data;
	struct vcd_disc *disc;

	/* The block layer only warns of writes to a read-only disk. */
	if (bio_op(bio) != REQ_OP_READ) {
		bio_io_error(bio);
		return;
	}
	/* It splits no bio for a driver without requests, and one into huge pages may have gigabytes. */
	if (unlikely(bio->bi_iter.bi_size > IO_MAX_SECTORS << SECTOR_SHIFT)) {
		bio = bio_split_to_limits(bio);
		if (!bio)
			return;
	}
	disc = disc_for_bio(drive);
	if (!disc) {
		bio_io_error(bio);
		return;
	}
	/* It passed a capacity that may have been another disc's. */
	if (unlikely(bio_end_sector(bio) > (sector_t)disc->medium.sectors * (MMC_BLOCK >> SECTOR_SHIFT)) ||
	    (unlikely(vcd_faulty(drive)) && bio_faulty(drive, bio)) ||
	    (unlikely(!disc->blocks) && bio_not_blocks(disc, bio))) {
		percpu_ref_put(&disc->inflight);
		bio_io_error(bio);
		return;
	}
	if (vcd_cache_read(disc, bio)) {
		bio_end_io_acct(bio, bio_start_io_acct(bio));
		bio_endio(bio);
		percpu_ref_put(&disc->inflight);
		return;
	}
	/* It takes over the reference. */
	vcd_disc_submit(disc, bio);
}

VCD_DEFINE_OPEN(vcd_open, disk, mode)
{
	struct vcd_drive *drive = disk->private_data;
	int ret;

	/* One that is removed just now is like one that is open already. */
	if (context_unsafe(READ_ONCE(drive->removed)))
		return -ENXIO;
	/* Held over the memory of who calls an ioctl, which may be on a file system that doesn't answer. */
	if (mutex_lock_killable(&drive->cdrom_lock))
		return -EINTR;
	ret = vcd_cdrom_open(&drive->cdi, disk, mode);
	mutex_unlock(&drive->cdrom_lock);
	if (ret)
		return ret;
	spin_lock(&drive->lock);
	WRITE_ONCE(drive->openers, drive->openers + 1);
	vcd_media_acknowledge(drive);
	vcd_nexus_open(drive);
	spin_unlock(&drive->lock);
	return 0;
}

VCD_DEFINE_RELEASE(vcd_release, disk, mode)
{
	struct vcd_drive *drive = disk->private_data;

	spin_lock(&drive->lock);
	WRITE_ONCE(drive->openers, drive->openers - 1);
	vcd_nexus_release(drive);
	/* The claim of an exclusive opener has ended before this is called. */
	vcd_media_acknowledge(drive);
	spin_unlock(&drive->lock);
	mutex_lock(&drive->cdrom_lock);
	vcd_cdrom_release(&drive->cdi, mode);
	mutex_unlock(&drive->cdrom_lock);
}

/*
 * Does this ioctl of the CD-ROM layer read from the disc? These leave the state of the layer alone, and an image that
 * has stalled must not keep others from opening and closing the node.
 */
static bool reads_disc(unsigned int cmd)
{
	return cmd == CDROMREADRAW || cmd == CDROMREADMODE1 || cmd == CDROMREADMODE2 || cmd == CDROMREADAUDIO;
}

/*
 * The CD-ROM layer writes a long of the kernel's size, also to a 32-bit program. All of a disc being written, the next
 * writable sector is what that layer makes of the last written one, which it passes on properly.
 */
static int next_writable_compat(struct vcd_drive *drive, struct block_device *bdev, blk_mode_t mode, unsigned long arg)
{
	s32 __user *next = (s32 __user *)arg;
	s32 last;
	int ret;

	ret = vcd_cdrom_ioctl(&drive->cdi, bdev, mode, CDROM_LAST_WRITTEN, arg);
	if (ret)
		return ret;
	return get_user(last, next) || put_user(last + 7, next) ? -EFAULT : 0;
}

static int vcd_ioctl(struct block_device *bdev, blk_mode_t mode, unsigned int cmd, unsigned long arg)
{
	struct vcd_drive *drive = bdev->bd_disk->private_data;
	int ret;

	switch (cmd) {
	case CDROMEJECT:
		/* As sr does: the lock decides, not how many have it open. */
		return vcd_media_open_tray(drive, VCD_EJECT_COMMAND);
	case CDROMCLOSETRAY:
		return vcd_media_close_tray(drive);
	}
	ret = vcd_sg_ioctl(drive, mode, cmd, (void __user *)arg);
	if (ret != -ENOIOCTLCMD)
		return ret;

	if (reads_disc(cmd)) {
		ret = vcd_cdrom_ioctl(&drive->cdi, bdev, mode, cmd, arg);
	} else {
		if (mutex_lock_killable(&drive->cdrom_lock))
			return -EINTR;
		drive->ioctl = cmd;
		if (cmd == CDROM_NEXT_WRITABLE && in_compat_syscall())
			ret = next_writable_compat(drive, bdev, mode, arg);
		else
			ret = vcd_cdrom_ioctl(&drive->cdi, bdev, mode, cmd, arg);
		drive->ioctl = 0;
		mutex_unlock(&drive->cdrom_lock);
	}
	return ret == -ENOSYS ? -ENOTTY : ret;
}

static unsigned int vcd_check_events(struct gendisk *disk, unsigned int clearing)
{
	/*
	 * Every event was sent when it happened. Reported here once more, at the next close, it would count diskseq up
	 * while udev looks at the disc. Who asks with CDROM_MEDIA_CHANGED is answered by the CD-ROM layer.
	 */
	return 0;
}

static int vcd_set_read_only(struct block_device *bdev, bool ro)
{
	return ro ? 0 : -EROFS;
}

static void vcd_free_disk(struct gendisk *disk)
{
	vcd_drive_put(disk->private_data);
}

const struct block_device_operations vcd_fops = {
	.owner		= THIS_MODULE,
	.submit_bio	= vcd_submit_bio,
	.open		= vcd_open,
	.release	= vcd_release,
	.ioctl		= vcd_ioctl,
	.compat_ioctl	= blkdev_compat_ptr_ioctl,
	.check_events	= vcd_check_events,
	.set_read_only	= vcd_set_read_only,
	.free_disk	= vcd_free_disk,
};

/**
 * vcd_blk_alloc - the disk of a drive, not yet added
 * @drive: the drive; the caller sees to the reference that vcd_fops.free_disk drops
 *
 * Return: the disk or an error pointer.
 */
struct gendisk *vcd_blk_alloc(struct vcd_drive *drive)
{
	struct gendisk *disk = vcd_alloc_disk(MMC_BLOCK, IO_OPT, IO_MAX_SECTORS);

	if (IS_ERR(disk))
		return disk;
	disk->major = vcd_major;
	disk->first_minor = drive->index;
	disk->minors = 1;
	/* Hybrid images carry partition tables; a disc in a drive has no partitions. */
	disk->flags = GENHD_FL_REMOVABLE | GENHD_FL_NO_PART;
	/* Events are sent when they happen: nothing polls. The flag is what makes them show in sysfs. */
	disk->events = DISK_EVENT_MEDIA_CHANGE | DISK_EVENT_EJECT_REQUEST;
	disk->event_flags = DISK_EVENT_FLAG_UEVENT;
	disk->fops = &vcd_fops;
	disk->private_data = drive;
	snprintf(disk->disk_name, sizeof(disk->disk_name), VCD_NAME "%d", drive->index);
	device_set_pm_not_required(disk_to_dev(disk));
	set_disk_ro(disk, true);
	return disk;
}
