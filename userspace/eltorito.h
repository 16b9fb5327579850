/* SPDX-License-Identifier: GPL-2.0-only */
/* The boot catalogue of the El Torito specification 1.0, with the platforms that UEFI added. */
#ifndef VCD_ELTORITO_H
#define VCD_ELTORITO_H

#include <stdbool.h>
#include <stdint.h>

#include "reader.h"
#include "text.h"

/** ELTORITO_MAX_ENTRIES: entries that are kept; further ones are counted only */
#define ELTORITO_MAX_ENTRIES	32

/**
 * struct eltorito_entry - a boot image
 * @platform: ELTORITO_PLATFORM_*
 * @bootable: the firmware may boot it
 * @emulation: 0 none, 1 to 3 a floppy of 1.2, 1.44 or 2.88 MB, 4 a hard disk
 * @load_segment: real-mode segment that it is loaded to; 0 means 07C0h
 * @load_sectors: how many virtual sectors of 512 bytes are loaded
 * @lba: first sector of the image on the disc
 */
struct eltorito_entry {
	uint8_t platform;
	bool bootable;
	uint8_t emulation;
	uint16_t load_segment;
	uint16_t load_sectors;
	uint32_t lba;
};

/**
 * struct eltorito - a boot catalogue
 * @present: there is one
 * @checksum_ok: the sum of its validation entry is right
 * @lba: its first sector
 * @count: number of boot images in it
 * @kept: number of them in @entries
 * @manufacturer: who made it
 * @entries: the first boot images
 */
struct eltorito {
	bool present;
	bool checksum_ok;
	uint32_t lba;
	unsigned int count;
	unsigned int kept;
	char manufacturer[TEXT_MAX(24)];
	struct eltorito_entry entries[ELTORITO_MAX_ENTRIES];
};

int eltorito_read(const struct reader *reader, uint32_t lba, struct eltorito *boot);
const char *eltorito_platform(uint8_t platform);
const char *eltorito_emulation(uint8_t emulation);

#endif /* VCD_ELTORITO_H */
