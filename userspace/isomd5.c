// SPDX-License-Identifier: GPL-2.0-only
/*
 * The MD5 checksum that installation discs carry (isomd5sum).
 *
 * The area for applications of the primary volume descriptor holds "ISO MD5SUM = <digits>;SKIPSECTORS = <number>;...".
 * The checksum is that of the volume without so many sectors at its end, with spaces for this area.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "isomd5.h"

#define LBA_PVD		16
#define AT_BLOCKS	80
#define AT_AREA		883
#define AREA_LEN	512
#define MD5_DIGITS	32

/* The number of sectors at the end that do not count, if it is not said. */
#define SKIP_DEFAULT	15

static const char *value_of(const char *area, const char *key)
{
	const char *found = strstr(area, key);

	return found ? found + strlen(key) : NULL;
}

static bool copy_md5(char to[MD5_DIGITS + 1], const char *from)
{
	size_t i;

	for (i = 0; i < MD5_DIGITS; i++) {
		if (!isxdigit((unsigned char)from[i])) {
			to[0] = '\0';
			return false;
		}
		to[i] = (char)tolower((unsigned char)from[i]);
	}
	to[MD5_DIGITS] = '\0';
	return true;
}

/**
 * isomd5_read - look for an embedded checksum
 * @reader: the user data of a disc
 * @isomd5: filled
 *
 * Return: 0, also when there is none; a negative errno.
 */
int isomd5_read(const struct reader *reader, struct isomd5 *isomd5)
{
	char area[AREA_LEN + 1] = { 0 };
	unsigned long skip = SKIP_DEFAULT;
	uint8_t pvd[SECTOR_SIZE];
	const char *md5, *word;
	uint32_t blocks;
	int err;

	memset(isomd5, 0, sizeof(*isomd5));
	if (reader->size < (LBA_PVD + 1) * SECTOR_SIZE)
		return 0;
	err = reader_read_sector(reader, LBA_PVD, pvd);
	if (err)
		return err;
	memcpy(area, pvd + AT_AREA, AREA_LEN);
	md5 = value_of(area, "ISO MD5SUM = ");
	if (memcmp(pvd, "\1CD001", 6) || !md5 || !copy_md5(isomd5->md5, md5))
		return 0;
	word = value_of(area, "SKIPSECTORS = ");
	if (word)
		skip = strtoul(word, NULL, 10);
	blocks = get_le32(pvd + AT_BLOCKS);
	if (skip < blocks)
		isomd5->bytes = (uint64_t)(blocks - skip) * SECTOR_SIZE;
	else
		isomd5->md5[0] = '\0';
	return 0;
}

/**
 * isomd5_blank - put spaces where the checksum stands, as it was when it was made
 * @offset: where in the volume @data is
 * @data: bytes of the volume
 * @len: their number
 */
void isomd5_blank(uint64_t offset, uint8_t *data, size_t len)
{
	const uint64_t start = (uint64_t)LBA_PVD * SECTOR_SIZE + AT_AREA, end = start + AREA_LEN;
	uint64_t from = offset > start ? offset : start, to = offset + len < end ? offset + len : end;

	if (from < to)
		memset(data + (from - offset), ' ', (size_t)(to - from));
}
