/* SPDX-License-Identifier: GPL-2.0-only */
/* ISO 9660 (ECMA-119) with Joliet and Rock Ridge, and its predecessor High Sierra. */
#ifndef VCD_ISO9660_H
#define VCD_ISO9660_H

#include <stdbool.h>
#include <stdint.h>

#include "reader.h"
#include "text.h"

/** ISO9660_DATE_MAX: room for "2027-01-31T23:59:59+05:45" */
#define ISO9660_DATE_MAX	40

/**
 * struct iso9660 - what the volume descriptors say
 * @present: there is a primary volume descriptor
 * @high_sierra: it is one of High Sierra, which has no Joliet, no Rock Ridge and no dates here
 * @rock_ridge: the root directory carries Rock Ridge entries
 * @joliet: level 1 to 3, 0 without
 * @blocks: length of the volume in logical blocks
 * @block_size: size of a logical block in bytes
 * @dvd_video: the root directory has the folder of DVD-Video
 * @blu_ray: the root directory has the folder of Blu-ray
 * @boot_catalogue: sector of the El Torito boot catalogue, 0 without
 * @system: system identifier
 * @volume: volume label
 * @joliet_volume: volume label in the Joliet descriptor
 * @volume_set: volume set identifier
 * @publisher: publisher identifier
 * @preparer: data preparer identifier
 * @application: application identifier
 * @created: when the volume was made, empty if unknown
 * @modified: when the volume was changed, empty if unknown
 */
struct iso9660 {
	bool present;
	bool high_sierra;
	bool rock_ridge;
	bool dvd_video;
	bool blu_ray;
	unsigned int joliet;
	uint32_t blocks;
	uint32_t block_size;
	uint32_t boot_catalogue;
	char system[TEXT_MAX(32)];
	char volume[TEXT_MAX(32)];
	char joliet_volume[TEXT_MAX(16)];
	char volume_set[TEXT_MAX(128)];
	char publisher[TEXT_MAX(128)];
	char preparer[TEXT_MAX(128)];
	char application[TEXT_MAX(128)];
	char created[ISO9660_DATE_MAX];
	char modified[ISO9660_DATE_MAX];
};

int iso9660_read(const struct reader *reader, struct iso9660 *iso);

#endif /* VCD_ISO9660_H */
