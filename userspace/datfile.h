/* SPDX-License-Identifier: GPL-2.0-only */
/* Data files of databases of discs (Logiqx XML): names, sizes and checksums of the files of dumps. */
#ifndef VCD_DATFILE_H
#define VCD_DATFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "checksum.h"

/** DATFILE_KINDS: checksums that such files have */
#define DATFILE_KINDS	(CHECKSUM_BIT(CHECKSUM_CRC32) | CHECKSUM_BIT(CHECKSUM_MD5) | CHECKSUM_BIT(CHECKSUM_SHA1))

/**
 * struct datfile_query - a file that is looked for
 * @size: its size
 * @sums: its checksums: DATFILE_KINDS
 * @found: out: there is a file of this size with these checksums
 * @name: out: how it is called there
 */
struct datfile_query {
	uint64_t size;
	struct checksum_texts sums;
	bool found;
	char name[1024];
};

bool datfile_find(const char *path, struct datfile_query *query, const char **reason);

#endif /* VCD_DATFILE_H */
