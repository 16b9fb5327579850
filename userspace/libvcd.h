/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libvcd: the commands of the control device as C functions.
 *
 * Every function returns 0 (or what it says) on success and a negative errno on failure; what an errno means for a
 * command is written in <linux/vcd.h>. The library prints nothing, keeps no state and starts no threads.
 */
#ifndef VCD_LIBVCD_H
#define VCD_LIBVCD_H

#include <stdbool.h>
#include <stdint.h>
#include <linux/vcd.h>

/**
 * struct vcd_backend - the two system calls that lead to the module
 * @open: open the control node; a descriptor or -1 with errno
 * @ioctl: as ioctl(2)
 *
 * A test puts its own functions here, and with them a module of its own.
 */
struct vcd_backend {
	int (*open)(const char *path, int flags);
	int (*ioctl)(int fd, unsigned long command, void *arg);
};

extern struct vcd_backend vcd_backend;

/**
 * struct vcd_drive - the state of a drive
 * @status: what the module says
 * @name: the image's name, empty without a disc
 */
struct vcd_drive {
	struct vcd_status status;
	char name[VCD_NAME_MAX + 1];
};

int vcd_open(void);
int vcd_info(int ctl, struct vcd_info *info);
int vcd_create(int ctl, int index, struct vcd_create *create);
int vcd_remove(int ctl, int index, uint32_t flags);
int vcd_attach(int ctl, struct vcd_attach *attach);
int vcd_detach(int ctl, int index, uint32_t flags, uint64_t generation);
int vcd_tray(int ctl, int index, uint32_t action, uint32_t flags);
int vcd_status(int ctl, int index, struct vcd_drive *drive);
int vcd_next(int ctl, int index, struct vcd_drive *drive);

/**
 * vcd_for_each_drive - visit every drive in the order of their indices
 * @ctl: the control device
 * @drive: a struct vcd_drive pointer to fill for each of them
 * @err: an int; after the loop -ENODEV when all drives were visited, else the error that ended it
 *
 * A drive that comes or goes meanwhile is visited or not; no other drive is missed or visited twice.
 */
#define vcd_for_each_drive(ctl, drive, err)			\
	for ((err) = vcd_next((ctl), 0, (drive)); !(err);	\
	     (err) = vcd_next((ctl), (drive)->status.index + 1, (drive)))

#endif /* VCD_LIBVCD_H */
