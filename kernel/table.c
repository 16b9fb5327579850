// SPDX-License-Identifier: GPL-2.0
/*
 * The table of drives.
 */
#include <linux/idr.h>

#include "vcd.h"

/* Outermost lock on the control path; never taken on behalf of a drive's node. */
static DEFINE_MUTEX(vcd_table_lock);
/* An index whose drive is still being made holds NULL. */
static __guarded_by(&vcd_table_lock) DEFINE_IDR(vcd_table);
static unsigned int vcd_drives __guarded_by(&vcd_table_lock);

/**
 * vcd_table_add - make a drive
 * @wanted: its index, or -1 for the lowest free one
 * @owner: who makes it
 * @id: how it is to introduce itself, or NULL; see vcd_drive_create()
 * @drive: out: the drive, with a reference for the caller
 *
 * Return: 0, or -EEXIST (taken), -ENOSPC (table full), -EINVAL (no such index), -ENOMEM or what the block layer says.
 */
int vcd_table_add(int wanted, kuid_t owner, const struct mmc_identity *id, struct vcd_drive **drive)
{
	int start = wanted < 0 ? 0 : wanted;
	int end = wanted < 0 ? VCD_DRIVES_MAX : wanted + 1;
	int index;

	if (wanted < -1 || wanted >= VCD_DRIVES_MAX)
		return -EINVAL;

	mutex_lock(&vcd_table_lock);
	index = idr_alloc(&vcd_table, NULL, start, end, GFP_KERNEL);
	mutex_unlock(&vcd_table_lock);
	if (index == -ENOSPC && wanted >= 0)
		return -EEXIST;
	if (index < 0)
		return index;

	*drive = vcd_drive_create(index, owner, id);
	if (IS_ERR(*drive)) {
		mutex_lock(&vcd_table_lock);
		idr_remove(&vcd_table, index);
		mutex_unlock(&vcd_table_lock);
		return PTR_ERR(*drive);
	}

	mutex_lock(&vcd_table_lock);
	idr_replace(&vcd_table, vcd_drive_get(*drive), index);
	WRITE_ONCE(vcd_drives, vcd_drives + 1);
	mutex_unlock(&vcd_table_lock);
	return 0;
}

/**
 * vcd_table_del - free the index of a drive that has been removed
 * @drive: the drive, after vcd_drive_remove(); the table's reference goes
 */
void vcd_table_del(struct vcd_drive *drive)
{
	mutex_lock(&vcd_table_lock);
	idr_remove(&vcd_table, drive->index);
	WRITE_ONCE(vcd_drives, READ_ONCE(vcd_drives) - 1);
	mutex_unlock(&vcd_table_lock);
	vcd_drive_put(drive);
}

/** vcd_table_get - the drive with this index, with a reference, or NULL */
struct vcd_drive *vcd_table_get(int index)
{
	struct vcd_drive *drive;

	mutex_lock(&vcd_table_lock);
	drive = index < 0 ? NULL : idr_find(&vcd_table, index);
	if (drive)
		vcd_drive_get(drive);
	mutex_unlock(&vcd_table_lock);
	return drive;
}

/** vcd_table_next - the first drive whose index is at least @index, with a reference, or NULL */
struct vcd_drive *vcd_table_next(int index)
{
	struct vcd_drive *drive;

	if (index < 0)
		index = 0;
	mutex_lock(&vcd_table_lock);
	drive = idr_get_next(&vcd_table, &index);
	if (drive)
		vcd_drive_get(drive);
	mutex_unlock(&vcd_table_lock);
	return drive;
}

/** vcd_table_count - number of drives; a snapshot */
unsigned int vcd_table_count(void)
{
	return context_unsafe(READ_ONCE(vcd_drives));
}

/** vcd_table_clear - remove all drives; nobody has one open and nobody can make one */
void vcd_table_clear(void)
{
	struct vcd_drive *drive;
	int index = 0;

	while ((drive = vcd_table_next(index))) {
		index = drive->index + 1;
		if (!vcd_drive_remove(drive, VCD_REMOVAL_UNLOAD))
			vcd_table_del(drive);
		vcd_drive_put(drive);
	}
	/* Nobody is left who could look. */
	context_unsafe(idr_destroy(&vcd_table));
}
