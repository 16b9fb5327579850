// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>

#include "partition.h"

#define MBR_TABLE	446
#define MBR_ENTRIES	4
#define MBR_ENTRY_SIZE	16
#define MBR_CODE_SIZE	440

/* An entry counts if it has a type and a length; a status other than 00h and 80h means that this is no table. */
static void read_mbr(const uint8_t *p, struct partition_tables *tables)
{
	unsigned int i, used = 0;

	if (p[510] != 0x55 || p[511] != 0xAA)
		return;
	for (i = 0; i < MBR_ENTRIES; i++) {
		const uint8_t *entry = p + MBR_TABLE + i * MBR_ENTRY_SIZE;

		if (entry[0] & 0x7F)
			return;
		if (entry[4] && get_le32(entry + 12))
			used++;
	}
	if (!used)
		return;
	tables->mbr = true;
	tables->mbr_partitions = used;
	for (i = 0; i < MBR_CODE_SIZE; i++)
		tables->boot_code |= p[i] != 0;
}

/**
 * partition_tables_read - look for a master boot record and a GUID partition table
 * @reader: the disc
 * @tables: filled
 *
 * Return: 0, also when there are none; a negative errno when the disc cannot be read.
 */
int partition_tables_read(const struct reader *reader, struct partition_tables *tables)
{
	uint8_t sector[SECTOR_SIZE];
	uint8_t second[8];
	int err;

	memset(tables, 0, sizeof(*tables));
	err = reader_read_sector(reader, 0, sector);
	if (err)
		return err == -ENODATA ? 0 : err;
	read_mbr(sector, tables);
	tables->gpt = !memcmp(sector + 512, "EFI PART", 8);
	if (!tables->gpt && !reader_read(reader, SECTOR_SIZE, second, sizeof(second)))
		tables->gpt = !memcmp(second, "EFI PART", 8);
	return 0;
}
