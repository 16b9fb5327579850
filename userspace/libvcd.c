// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>

#include "libvcd.h"

static int system_open(const char *path, int flags)
{
	return open(path, flags);
}

static int system_ioctl(int fd, unsigned long command, void *arg)
{
	return ioctl(fd, command, arg);
}

struct vcd_backend vcd_backend = {
	.open = system_open,
	.ioctl = system_ioctl,
};

static int command(int ctl, unsigned long number, void *arg)
{
	return vcd_backend.ioctl(ctl, number, arg) < 0 ? -errno : 0;
}

/**
 * vcd_open - open the control device
 *
 * Return: a descriptor to be closed with close(2), or a negative errno.
 */
int vcd_open(void)
{
	int fd = vcd_backend.open(VCD_CONTROL_NODE, O_RDWR | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/**
 * vcd_info - ask what the module can do
 * @ctl: the control device
 * @info: filled
 */
int vcd_info(int ctl, struct vcd_info *info)
{
	*info = (struct vcd_info){ .size = sizeof(*info) };
	return command(ctl, VCD_IOC_INFO, info);
}

/**
 * vcd_create - make an empty drive
 * @ctl: the control device
 * @index: the wanted index or VCD_ANY
 * @create: in: how it is to introduce itself; its index and device number are filled
 */
int vcd_create(int ctl, int index, struct vcd_create *create)
{
	create->size = sizeof(*create);
	create->index = index;
	return command(ctl, VCD_IOC_CREATE, create);
}

/**
 * vcd_remove - take a drive away
 * @ctl: the control device
 * @index: the drive
 * @flags: VCD_REMOVE_FORCE or 0
 */
int vcd_remove(int ctl, int index, uint32_t flags)
{
	struct vcd_remove remove = { .size = sizeof(remove), .flags = flags, .index = index };

	return command(ctl, VCD_IOC_REMOVE, &remove);
}

/**
 * vcd_attach - put a disc into a drive
 * @ctl: the control device
 * @attach: the disc; its size is set here, its index and generation are filled
 */
int vcd_attach(int ctl, struct vcd_attach *attach)
{
	attach->size = sizeof(*attach);
	return command(ctl, VCD_IOC_ATTACH, attach);
}

/**
 * vcd_detach - take the disc out of a drive
 * @ctl: the control device
 * @index: the drive
 * @flags: VCD_DETACH_FORCE or 0
 * @generation: the disc that is meant, or 0 for any
 */
int vcd_detach(int ctl, int index, uint32_t flags, uint64_t generation)
{
	struct vcd_detach detach = {
		.size = sizeof(detach),
		.flags = flags,
		.index = index,
		.generation = generation,
	};

	return command(ctl, VCD_IOC_DETACH, &detach);
}

/**
 * vcd_tray - move the tray of a drive
 * @ctl: the control device
 * @index: the drive
 * @action: VCD_TRAY_OPEN, VCD_TRAY_CLOSE or VCD_TRAY_BUTTON
 * @flags: VCD_TRAY_FORCE or 0
 */
int vcd_tray(int ctl, int index, uint32_t action, uint32_t flags)
{
	struct vcd_tray tray = { .size = sizeof(tray), .flags = flags, .index = index, .action = action };

	return command(ctl, VCD_IOC_TRAY, &tray);
}

static int status(int ctl, int index, uint32_t flags, struct vcd_drive *drive)
{
	int err;

	drive->status = (struct vcd_status){
		.size = sizeof(drive->status),
		.flags = flags,
		.index = index,
		.name = (uintptr_t)drive->name,
		.name_size = sizeof(drive->name),
	};
	memset(drive->name, 0, sizeof(drive->name));
	err = command(ctl, VCD_IOC_STATUS, &drive->status);
	drive->name[sizeof(drive->name) - 1] = '\0';
	return err;
}

/**
 * vcd_status - ask for the state of a drive
 * @ctl: the control device
 * @index: the drive
 * @drive: filled
 */
int vcd_status(int ctl, int index, struct vcd_drive *drive)
{
	return status(ctl, index, 0, drive);
}

/**
 * vcd_next - ask for the state of the first drive from an index on
 * @ctl: the control device
 * @index: the lowest index to look at
 * @drive: filled
 *
 * Return: 0, -ENODEV when there is no further drive, or another negative errno.
 */
int vcd_next(int ctl, int index, struct vcd_drive *drive)
{
	return status(ctl, index, VCD_STATUS_NEXT, drive);
}
