/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The differences between the kernels that vcd supports, 6.1 and newer. The rest of the driver is written against
 * the newest kernel; here an older one is given the same names. probe.sh finds out what there is.
 */
#ifndef VCD_COMPAT_H
#define VCD_COMPAT_H

#include <linux/blkdev.h>
#include <linux/cdrom.h>
#include <linux/err.h>

/* struct folio_batch */
#ifdef VCD_HAVE_FOLIO_BATCH_H
#include <linux/folio_batch.h>
#else
#include <linux/pagevec.h>
#endif

/*
 * What clang's context analysis is told: which lock protects what, and who has to hold it. Kernels without it know
 * only __must_hold() and its like, for sparse; with them a function that takes a lock unless it fails is nothing
 * special, as sparse does not look at mutexes.
 */
#ifdef VCD_HAVE_CONTEXT_ANALYSIS
#define VCD_COND_ACQUIRES(ret, lock)	__cond_acquires(ret, lock)
#else
#define VCD_COND_ACQUIRES(...)
#define __guarded_by(...)
#define __context_unsafe(...)
#define context_unsafe(...)		({ __VA_ARGS__; })
#endif

/*
 * blk_mode_t, and open and release that take a gendisk. VCD_DEFINE_OPEN and VCD_DEFINE_RELEASE begin the definition
 * of a block_device_operations member of the newer form and add what the older form needs.
 */
#ifdef VCD_HAVE_BLK_MODE

#define VCD_DEFINE_OPEN(name, disk, mode)					\
	static int name(struct gendisk *disk, blk_mode_t mode)
#define VCD_DEFINE_RELEASE(name, disk, mode)					\
	static void name##_mode(struct gendisk *disk, blk_mode_t mode);		\
	static void name(struct gendisk *disk)					\
	{									\
		name##_mode(disk, 0);						\
	}									\
	static void name##_mode(struct gendisk *disk, blk_mode_t mode)

#else

typedef fmode_t blk_mode_t;
#define BLK_OPEN_WRITE		FMODE_WRITE
#define BLK_OPEN_NDELAY		FMODE_NDELAY

#define VCD_DEFINE_OPEN(name, disk, mode)					\
	static int name##_mode(struct gendisk *disk, blk_mode_t mode);		\
	static int name(struct block_device *bdev, fmode_t fmode)		\
	{									\
		return name##_mode(bdev->bd_disk, fmode);			\
	}									\
	static int name##_mode(struct gendisk *disk, blk_mode_t mode)
#define VCD_DEFINE_RELEASE(name, disk, mode)					\
	static void name(struct gendisk *disk, fmode_t mode)

#endif /* VCD_HAVE_BLK_MODE */

/* The uniform CD-ROM layer took a block device and the mode of the descriptor. */
#ifdef VCD_HAVE_CDROM_BLK_MODE

static inline int vcd_cdrom_open(struct cdrom_device_info *cdi, struct gendisk *disk, blk_mode_t mode)
{
	return cdrom_open(cdi, mode);
}

static inline void vcd_cdrom_release(struct cdrom_device_info *cdi, blk_mode_t mode)
{
	cdrom_release(cdi);
}

static inline int vcd_cdrom_ioctl(struct cdrom_device_info *cdi, struct block_device *bdev, blk_mode_t mode,
				  unsigned int cmd, unsigned long arg)
{
	return cdrom_ioctl(cdi, bdev, cmd, arg);
}

#else

static inline int vcd_cdrom_open(struct cdrom_device_info *cdi, struct gendisk *disk, blk_mode_t mode)
{
	return cdrom_open(cdi, disk->part0, mode);
}

static inline void vcd_cdrom_release(struct cdrom_device_info *cdi, blk_mode_t mode)
{
	cdrom_release(cdi, mode);
}

static inline int vcd_cdrom_ioctl(struct cdrom_device_info *cdi, struct block_device *bdev, blk_mode_t mode,
				  unsigned int cmd, unsigned long arg)
{
	return cdrom_ioctl(cdi, bdev, mode, cmd, arg);
}

#endif /* VCD_HAVE_CDROM_BLK_MODE */

/* Type of the last argument of cdrom_device_ops.select_speed. */
#ifdef VCD_HAVE_CDROM_SPEED_LONG
typedef unsigned long vcd_cdrom_speed_t;
#else
typedef int vcd_cdrom_speed_t;
#endif

/*
 * A bio-based disk with limits. Kernels without queue_limits in the allocator have setters.
 */
#ifdef VCD_HAVE_QUEUE_LIMITS

static inline struct gendisk *vcd_alloc_disk(unsigned int block, unsigned int io_opt, unsigned int max_sectors)
{
	struct queue_limits lim = {
		.features		= BLK_FEAT_NOWAIT | BLK_FEAT_IO_STAT | BLK_FEAT_ROTATIONAL,
		.logical_block_size	= block,
		.physical_block_size	= block,
		.io_min			= block,
		.io_opt			= io_opt,
		.max_hw_sectors		= max_sectors,
	};

	return blk_alloc_disk(&lim, NUMA_NO_NODE);
}

#else

static inline struct gendisk *vcd_alloc_disk(unsigned int block, unsigned int io_opt, unsigned int max_sectors)
{
	struct gendisk *disk = blk_alloc_disk(NUMA_NO_NODE);

	if (!disk)
		return ERR_PTR(-ENOMEM);
	blk_queue_logical_block_size(disk->queue, block);
	blk_queue_physical_block_size(disk->queue, block);
	blk_queue_io_min(disk->queue, block);
	blk_queue_io_opt(disk->queue, io_opt);
	blk_queue_max_hw_sectors(disk->queue, max_sectors);
	blk_queue_flag_set(QUEUE_FLAG_NOWAIT, disk->queue);
	blk_queue_flag_set(QUEUE_FLAG_IO_STAT, disk->queue);
	return disk;
}

#endif /* VCD_HAVE_QUEUE_LIMITS */

/** vcd_disk_mapping - the page cache of a disk's block device */
static inline struct address_space *vcd_disk_mapping(struct gendisk *disk)
{
#ifdef VCD_HAVE_BD_MAPPING
	return disk->part0->bd_mapping;
#else
	return disk->part0->bd_inode->i_mapping;
#endif
}

/**
 * vcd_disk_changed - new diskseq, and tell the holder that the medium it knew is gone; without a uevent
 * @disk: the disk
 *
 * disk_force_media_change() sends its uevent before it counts diskseq up. udev then finds another number on the device
 * than in the event, and takes the event for outdated. So it is kept from sending one, and the caller sends it after.
 *
 * Context: serialised by the caller; no lock that open, release or a file system on the disk may want.
 */
static inline void vcd_disk_changed(struct gendisk *disk)
{
	unsigned short events = disk->events;

	disk->events = events & ~DISK_EVENT_MEDIA_CHANGE;
#ifdef VCD_HAVE_FORCE_EVENTS
	disk_force_media_change(disk, DISK_EVENT_MEDIA_CHANGE);
	/* There are no partitions to look for; where this stays set, the next open may send a uevent of its own. */
	clear_bit(GD_NEED_PART_SCAN, &disk->state);
#else
	disk_force_media_change(disk);
#endif
	disk->events = events;
}

#endif /* VCD_COMPAT_H */
