/* SPDX-License-Identifier: GPL-2.0-only */
/* Partition tables in the system area, which make an image bootable from a disk as well (isohybrid). */
#ifndef VCD_PARTITION_H
#define VCD_PARTITION_H

#include <stdbool.h>

#include "reader.h"

/**
 * struct partition_tables - what was found in the first sectors
 * @mbr: there is a master boot record with a partition in it
 * @mbr_partitions: how many, at most four
 * @gpt: there is a GUID partition table
 * @boot_code: the master boot record has code
 */
struct partition_tables {
	bool mbr;
	unsigned int mbr_partitions;
	bool gpt;
	bool boot_code;
};

int partition_tables_read(const struct reader *reader, struct partition_tables *tables);

#endif /* VCD_PARTITION_H */
