// SPDX-License-Identifier: GPL-2.0
/*
 * A drive: how it comes and goes, and what holds it.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "vcd.h"

/* Standard value of SG_GET_TIMEOUT and SG_GET_RESERVED_SIZE in the SCSI layer. */
#define DEFAULT_TIMEOUT		(60 * HZ)
#define DEFAULT_RESERVED	(64 * 1024)

/** vcd_drive_get - take a reference */
struct vcd_drive *vcd_drive_get(struct vcd_drive *drive)
{
	get_device(&drive->dev);
	return drive;
}

/** vcd_drive_put - drop a reference; not in an interrupt */
void vcd_drive_put(struct vcd_drive *drive)
{
	put_device(&drive->dev);
}

/**
 * vcd_may_touch - may the caller take away what this user put there?
 * @owner: who put it there
 *
 * Return: true for the owner and for an administrator.
 */
bool vcd_may_touch(kuid_t owner)
{
	return uid_eq(current_euid(), owner) || capable(CAP_SYS_ADMIN);
}

/**
 * vcd_drive_exclusive - is the node open exclusively: mounted, stacked upon, or O_EXCL?
 * @drive: the drive
 *
 * The block layer changes it under locks of its own: see data_race() below.
 */
bool vcd_drive_exclusive(const struct vcd_drive *drive)
{
	/* A snapshot: that member changes under locks of the block layer. */
	return data_race(READ_ONCE(drive->disk->part0->bd_holder));
}

/**
 * vcd_drive_held - would it hurt somebody to take the disc out?
 * @drive: the drive
 *
 * A tray that is locked while nobody has the node open hurts nobody: udev locks it on behalf of later users.
 *
 * Return: whether it would.
 *
 * Context: open_mutex and drive->lock are held, so that the answer stays true.
 */
bool vcd_drive_held(struct vcd_drive *drive)
{
	lockdep_assert_held(&drive->disk->open_mutex);
	lockdep_assert_held(&drive->lock);

	return drive->openers && (mmc_locked(&drive->mmc) || vcd_drive_exclusive(drive));
}

/* Fills a field of fixed width, padded with spaces and without a NUL: as wanted, or else with the default. */
static void fill_field(char *field, size_t size, const char *wanted, const char *text)
{
	const char *from = wanted && wanted[0] ? wanted : text;

	memset(field, ' ', size);
	memcpy(field, from, strnlen(from, size));
}

static void drive_identity(struct mmc_identity *id, int index, const struct mmc_identity *wanted)
{
	memset(id, 0, sizeof(*id));
	fill_field(id->vendor, sizeof(id->vendor), wanted ? wanted->vendor : NULL, "VCD");
	fill_field(id->product, sizeof(id->product), wanted ? wanted->product : NULL, "Virtual BD-ROM");
	fill_field(id->revision, sizeof(id->revision), wanted ? wanted->revision : NULL, VCD_REVISION);
	if (wanted && wanted->serial[0]) {
		id->serial_len = strnlen(wanted->serial, sizeof(id->serial));
		memcpy(id->serial, wanted->serial, id->serial_len);
	} else {
		/* udisks and others take drives with equal serial numbers for one. */
		id->serial_len = scnprintf(id->serial, sizeof(id->serial), "VCD%06d", index);
	}
}

static const struct vcd_holding one_drive = { .drives = 1 };

static void drive_release(struct device *dev)
{
	struct vcd_drive *drive = container_of(dev, struct vcd_drive, dev);

	mutex_destroy(&drive->control);
	mutex_destroy(&drive->cdrom_lock);
	vcd_user_uncharge(drive->user, &one_drive);
	kfree(drive);
	vcd_object_put();
}

/* What is under drive->lock, before anybody else knows the drive. */
static void drive_init_state(struct vcd_drive *drive, const struct mmc_identity *id)
	__context_unsafe(/* initialization */)
{
	spin_lock_init(&drive->lock);
	mmc_drive_init(&drive->mmc, id);
	mmc_nexus_init(&drive->kernel);
	/* The drive has been switched on for a long time when somebody first talks to it. */
	drive->kernel.attention = 0;
}

static struct vcd_drive *drive_alloc(int index, kuid_t owner, const struct mmc_identity *wanted)
{
	struct vcd_user *user = vcd_user_charge(&one_drive, false);
	struct vcd_drive *drive;
	struct mmc_identity id;

	if (IS_ERR(user))
		return ERR_CAST(user);
	drive = kzalloc(sizeof(*drive), GFP_KERNEL_ACCOUNT);
	if (!drive) {
		vcd_user_uncharge(user, &one_drive);
		return ERR_PTR(-ENOMEM);
	}
	vcd_object_get();
	drive->user = user;
	drive->index = index;
	drive->owner = owner;
	mutex_init(&drive->control);
	mutex_init(&drive->cdrom_lock);
	INIT_WORK(&drive->drain_work, vcd_media_drain_work);
	drive_identity(&id, index, wanted);
	drive_init_state(drive, &id);
	drive->sg_timeout = DEFAULT_TIMEOUT;
	drive->sg_reserved = DEFAULT_RESERVED;

	device_initialize(&drive->dev);
	drive->dev.parent = vcd_parent;
	drive->dev.groups = vcd_dev_groups;
	drive->dev.release = drive_release;
	/* There is nothing to suspend, and each attribute for that takes memory. */
	device_set_pm_not_required(&drive->dev);
	return drive;
}

/**
 * vcd_drive_create - make an empty drive and its node
 * @index: its number, reserved in the table
 * @owner: who makes it
 * @id: how it is to introduce itself; in place of each text that begins with a NUL, and if this is NULL, there is one
 *	of our own
 *
 * Return: the drive, with a reference for the caller, or an error pointer. The node can be opened before this returns.
 */
struct vcd_drive *vcd_drive_create(int index, kuid_t owner, const struct mmc_identity *id)
{
	struct vcd_drive *drive = drive_alloc(index, owner, id);
	int ret;

	if (IS_ERR(drive))
		return drive;
	ret = dev_set_name(&drive->dev, VCD_NAME "%d", index);
	if (ret)
		goto err_put;
	ret = device_add(&drive->dev);
	if (ret)
		goto err_put;
	drive->disk = vcd_blk_alloc(drive);
	if (IS_ERR(drive->disk)) {
		ret = PTR_ERR(drive->disk);
		goto err_device;
	}
	ret = vcd_cdrom_register(drive);
	if (ret)
		goto err_disk;
	/* The disk's reference, dropped by vcd_fops.free_disk; that runs only once the disk has been added. */
	vcd_drive_get(drive);
	ret = device_add_disk(&drive->dev, drive->disk, vcd_disk_groups);
	if (ret)
		goto err_cdrom;
	vcd_fault_add(drive);
	return drive;

err_cdrom:
	vcd_drive_put(drive);
	vcd_cdrom_unregister(drive);
err_disk:
	put_disk(drive->disk);
err_device:
	device_del(&drive->dev);
err_put:
	vcd_drive_put(drive);
	return ERR_PTR(ret);
}

/**
 * vcd_drive_remove - take a drive away
 * @drive: the drive; its index stays taken until vcd_table_del()
 * @how: what may be in the way
 *
 * Return: 0; -EBUSY if it is open or holds a disc, -EPERM if that is somebody else's, -ENODEV if somebody else removes
 * the drive, -EINTR.
 */
int vcd_drive_remove(struct vcd_drive *drive, enum vcd_removal how)
{
	int ret = vcd_media_shut(drive, how);

	if (ret)
		return ret;
	del_gendisk(drive->disk);
	vcd_fault_del(drive);
	vcd_cdrom_unregister(drive);
	device_del(&drive->dev);
	put_disk(drive->disk);
	return 0;
}
