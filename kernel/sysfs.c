// SPDX-License-Identifier: GPL-2.0
/*
 * Attributes. Those of the parent device are what tools look for beside a SCSI disk; those of the disk, in the
 * directory vcd/, tell about the disc.
 */
#include <linux/device.h>
#include <linux/sysfs.h>

#include "vcd.h"

/* Peripheral device type of INQUIRY: CD/DVD device. */
#define TYPE_ROM_DEVICE		5

static struct vcd_drive *parent_drive(struct device *dev)
{
	return container_of(dev, struct vcd_drive, dev);
}

static ssize_t type_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", TYPE_ROM_DEVICE);
}
static DEVICE_ATTR_RO(type);

#define IDENTITY_ATTR(name, field)								\
	static ssize_t name##_show(struct device *dev, struct device_attribute *attr, char *buf)	\
	{											\
		const struct mmc_identity *id = &parent_drive(dev)->mmc.id;			\
												\
		return sysfs_emit(buf, "%.*s\n", (int)sizeof(id->field), id->field);		\
	}											\
	static DEVICE_ATTR_RO(name)

IDENTITY_ATTR(vendor, vendor);
IDENTITY_ATTR(model, product);
IDENTITY_ATTR(rev, revision);

static struct attribute *vcd_dev_attrs[] = {
	&dev_attr_type.attr,
	&dev_attr_vendor.attr,
	&dev_attr_model.attr,
	&dev_attr_rev.attr,
	NULL
};

static const struct attribute_group vcd_dev_group = {
	.attrs	= vcd_dev_attrs,
};

const struct attribute_group *vcd_dev_groups[] = {
	&vcd_dev_group,
	NULL
};

/* A reference on the disc in the drive or its tray, or NULL. */
static struct vcd_disc *disk_disc(struct device *dev)
{
	struct vcd_drive *drive = dev_to_disk(dev)->private_data;
	struct vcd_disc *disc = NULL;

	spin_lock(&drive->lock);
	if (drive->disc)
		disc = vcd_disc_get(drive->disc);
	spin_unlock(&drive->lock);
	return disc;
}

static ssize_t image_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct vcd_disc *disc = disk_disc(dev);
	ssize_t len = sysfs_emit(buf, "%s\n", disc ? disc->name : "");

	vcd_disc_put(disc);
	return len;
}
static DEVICE_ATTR_RO(image);

/* An attribute of the disc: @value, in which it is called disc, or if there is none @without. */
#define DISC_ATTR(name, format, value, without)							\
	static ssize_t name##_show(struct device *dev, struct device_attribute *attr, char *buf)	\
	{											\
		struct vcd_disc *disc = disk_disc(dev);						\
		ssize_t len = sysfs_emit(buf, format "\n", disc ? (value) : (without));	\
												\
		vcd_disc_put(disc);								\
		return len;									\
	}											\
	static DEVICE_ATTR_RO(name)

DISC_ATTR(profile, "0x%04x", disc->medium.profile, MMC_PROFILE_NONE);
DISC_ATTR(read_speed, "%u", disc->medium.speed, 0);
/* By VCD_CACHE_*. */
static const char * const cache_modes[] = { "auto", "page", "none" };

DISC_ATTR(cache, "%s", cache_modes[disc->cache], "");
DISC_ATTR(sectors, "%u", disc->medium.sectors, 0);
DISC_ATTR(generation, "%llu", disc->generation, 0);

static ssize_t tray_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct vcd_drive *drive = dev_to_disk(dev)->private_data;

	return sysfs_emit(buf, "%s\n", vcd_drive_tray_open(drive) ? "open" : "closed");
}
static DEVICE_ATTR_RO(tray);

static ssize_t locked_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct vcd_drive *drive = dev_to_disk(dev)->private_data;
	bool locked;

	spin_lock(&drive->lock);
	locked = mmc_locked(&drive->mmc);
	spin_unlock(&drive->lock);
	return sysfs_emit(buf, "%d\n", locked);
}
static DEVICE_ATTR_RO(locked);

static struct attribute *vcd_disk_attrs[] = {
	&dev_attr_image.attr,
	&dev_attr_profile.attr,
	&dev_attr_read_speed.attr,
	&dev_attr_cache.attr,
	&dev_attr_sectors.attr,
	&dev_attr_generation.attr,
	&dev_attr_tray.attr,
	&dev_attr_locked.attr,
	NULL
};

static const struct attribute_group vcd_disk_group = {
	.name	= VCD_NAME,
	.attrs	= vcd_disk_attrs,
};

const struct attribute_group *vcd_disk_groups[] = {
	&vcd_disk_group,
	NULL
};
