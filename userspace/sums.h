/* SPDX-License-Identifier: GPL-2.0-only */
/* Files of checksums as sha256sum(1) and its kin write them. */
#ifndef VCD_SUMS_H
#define VCD_SUMS_H

#include <stdio.h>

#include "checksum.h"

/**
 * struct sums_entry - a line of such a file
 * @kind: the checksum
 * @digits: in lower-case hexadecimal
 * @name: of the file; empty: the line has only the checksum
 */
struct sums_entry {
	enum checksum_kind kind;
	char digits[CHECKSUM_TEXT];
	char name[4096];
};

bool sums_parse(const char *line, struct sums_entry *entry);
bool sums_next(FILE *stream, struct sums_entry *entry);
bool sums_is_for(const struct sums_entry *entry, const char *path);

#endif /* VCD_SUMS_H */
