/* SPDX-License-Identifier: GPL-2.0-only */
/* Apple's file systems on a disc: HFS and HFS+, bare or inside an Apple partition map. */
#ifndef VCD_HFS_H
#define VCD_HFS_H

#include <stdbool.h>
#include <stdint.h>

#include "reader.h"
#include "text.h"

/**
 * struct hfs - what was found
 * @partition_map: there is an Apple partition map
 * @partitions: number of partitions in it
 * @hfs: there is an HFS volume
 * @hfs_plus: there is an HFS+ or HFSX volume, maybe wrapped in an HFS one
 * @label: name of the HFS volume; HFS+ keeps its name elsewhere
 */
struct hfs {
	bool partition_map;
	unsigned int partitions;
	bool hfs;
	bool hfs_plus;
	char label[TEXT_MAX(27)];
};

int hfs_read(const struct reader *reader, struct hfs *hfs);

#endif /* VCD_HFS_H */
