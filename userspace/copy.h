/* SPDX-License-Identifier: GPL-2.0-only */
/* Copying the sectors of a disc from a drive to files: in large pieces, and around bad sectors in small ones. */
#ifndef VCD_COPY_H
#define VCD_COPY_H

#include <stdbool.h>
#include <stdint.h>

#include "badmap.h"
#include "disctoc.h"
#include "mmcdrive.h"

/**
 * enum copy_result - how copying ended
 * @COPY_OK: all sectors were tried
 * @COPY_STOPPED: it was told to stop
 * @COPY_DRIVE: the drive or the disc is gone; the error is in @drive_error of struct copy
 * @COPY_FILE: a file cannot be written; the errno is in @err of struct copy
 * @COPY_MAP: the map cannot be written; the errno is in @err of struct copy
 */
enum copy_result {
	COPY_OK,
	COPY_STOPPED,
	COPY_DRIVE,
	COPY_FILE,
	COPY_MAP,
};

/**
 * struct copy - a disc that is being copied
 * @drive: the drive
 * @disc: the disc
 * @raw: sectors of RAW_SIZE bytes by READ CD, otherwise their user data
 * @image_fd: the file that gets the sectors
 * @sub_fd: the file that gets the sub-channels, with @raw; -1: none
 * @retries: how often a bad sector is tried again
 * @map: which bytes of the image are there
 * @map_path: file of the map
 * @stopped: asked before each command: is it to end? Or NULL
 * @progress: called after each command, or NULL
 * @done: bytes that were read since it began
 * @pos: byte of the image that it is at
 * @saved: when the map was written, in seconds of the monotonic clock
 * @drive_error: see COPY_DRIVE
 * @err: see COPY_FILE
 */
struct copy {
	struct optical_drive *drive;
	const struct disc *disc;
	bool raw;
	int image_fd;
	int sub_fd;
	unsigned int retries;
	struct badmap map;
	const char *map_path;
	bool (*stopped)(void);
	void (*progress)(const struct copy *copy);
	uint64_t done;
	uint64_t pos;
	int64_t saved;
	enum mmc_error drive_error;
	int err;
};

uint32_t copy_unit(const struct copy *copy);
enum copy_result copy_run(struct copy *copy);
bool copy_is_of_disc(struct copy *copy);
void subchannel_pack(uint8_t packed[SUBCHANNEL_SIZE], const uint8_t raw[SUBCHANNEL_SIZE]);

#endif /* VCD_COPY_H */
