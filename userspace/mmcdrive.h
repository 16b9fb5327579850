/* SPDX-License-Identifier: GPL-2.0-only */
/* An optical drive of whatever make, reached by its commands (SG_IO), with read(2) where there are none. */
#ifndef VCD_MMCDRIVE_H
#define VCD_MMCDRIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/** RAW_SIZE: bytes of the main channel of a sector of a CD */
#define RAW_SIZE		2352
/** SUBCHANNEL_SIZE: bytes of the sub-channels P to W of a sector */
#define SUBCHANNEL_SIZE		96
/** Q_SIZE: bytes of sub-channel Q of a sector, as READ CD pads it */
#define Q_SIZE			16

/**
 * struct mmc_backend - the system calls that lead to a drive
 * @open: as open(2)
 * @close: as close(2)
 * @ioctl: as ioctl(2)
 * @pread: as pread(2)
 * @sleep_ms: wait so many milliseconds
 *
 * A test puts its own functions here, and with them a drive of its own.
 */
struct mmc_backend {
	int (*open)(const char *path, int flags);
	int (*close)(int fd);
	int (*ioctl)(int fd, unsigned long command, void *arg);
	ssize_t (*pread)(int fd, void *buf, size_t count, off_t offset);
	void (*sleep_ms)(unsigned int ms);
};

extern struct mmc_backend mmc_backend;

/**
 * enum mmc_error - what became of a command
 * @MMC_OK: it was done
 * @MMC_UNREADABLE: a medium error: the sectors, or one of them, cannot be read
 * @MMC_REFUSED: an illegal request: the drive does not know this, or not on this disc
 * @MMC_NO_DISC: there is no disc
 * @MMC_OPEN: the tray is open
 * @MMC_CHANGED: the disc was changed
 * @MMC_NOT_READY: not ready for another reason
 * @MMC_GONE: the drive does not answer; errno tells more
 * @MMC_NOT_OPTICAL: this is no optical drive
 */
enum mmc_error {
	MMC_OK = 0,
	MMC_UNREADABLE,
	MMC_REFUSED,
	MMC_NO_DISC,
	MMC_OPEN,
	MMC_CHANGED,
	MMC_NOT_READY,
	MMC_GONE,
	MMC_NOT_OPTICAL,
};

/**
 * enum mmc_sub - sub-channels that READ CD returns behind each sector
 * @MMC_SUB_NONE: none
 * @MMC_SUB_RAW: P to W, 96 bytes, a bit of each in every byte
 * @MMC_SUB_Q: Q, 16 bytes
 */
enum mmc_sub {
	MMC_SUB_NONE = 0,
	MMC_SUB_RAW = 1,
	MMC_SUB_Q = 2,
};

/**
 * struct mmc_mechanism - what the mechanism of a drive does
 * @plays: it plays audio
 * @scans: it does so in leaps
 * @lba: where it is, if it plays
 */
struct mmc_mechanism {
	bool plays;
	bool scans;
	uint32_t lba;
};

/**
 * struct mmc_volume - how the sound of a drive leaves it, for each of its two outputs
 * @channels: which channels are heard there: bit 0 the left one, bit 1 the right one
 * @level: how loud, 0 to 255
 */
struct mmc_volume {
	uint8_t channels[2];
	uint8_t level[2];
};

/**
 * struct optical_drive - a drive that is open
 * @fd: its descriptor
 * @commands: it takes commands; otherwise there is only read(2)
 * @read10_works: READ (10) was done at least once
 * @no_read10: READ (10) is refused, read(2) is left
 */
struct optical_drive {
	int fd;
	bool commands;
	bool read10_works;
	bool no_read10;
};

enum mmc_error mmc_open(struct optical_drive *drive, const char *path);
void mmc_close(struct optical_drive *drive);
enum mmc_error mmc_wait_ready(struct optical_drive *drive);
enum mmc_error mmc_profile(struct optical_drive *drive, uint32_t *profile);
enum mmc_error mmc_capacity(struct optical_drive *drive, uint32_t *sectors);
enum mmc_error mmc_read_toc(struct optical_drive *drive, unsigned int format, uint8_t *buf, size_t size, size_t *got);
enum mmc_error mmc_read_mcn(struct optical_drive *drive, char mcn[14]);
enum mmc_error mmc_read_isrc(struct optical_drive *drive, unsigned int track, char isrc[13]);
enum mmc_error mmc_read(struct optical_drive *drive, uint32_t lba, uint32_t count, void *buf);
enum mmc_error mmc_read_raw(struct optical_drive *drive, uint32_t lba, uint32_t count, enum mmc_sub sub, void *buf);
enum mmc_error mmc_read_audio(struct optical_drive *drive, uint32_t lba, uint32_t count, void *buf);
enum mmc_error mmc_read_mechanism(struct optical_drive *drive, struct mmc_mechanism *mechanism);
enum mmc_error mmc_read_volume(struct optical_drive *drive, struct mmc_volume *volume);
enum mmc_error mmc_read_q(struct optical_drive *drive, uint32_t lba, uint8_t q[Q_SIZE]);

#endif /* VCD_MMCDRIVE_H */
