/* SPDX-License-Identifier: GPL-2.0-only */
/* The MD5 checksum that installation discs carry in their primary volume descriptor (isomd5sum). */
#ifndef VCD_ISOMD5_H
#define VCD_ISOMD5_H

#include <stdbool.h>

#include "reader.h"

/**
 * struct isomd5 - what is embedded in a volume
 * @md5: the checksum, 32 lower-case hexadecimal digits; empty: there is none
 * @bytes: it is that of so many bytes from the beginning on
 */
struct isomd5 {
	char md5[33];
	uint64_t bytes;
};

int isomd5_read(const struct reader *reader, struct isomd5 *isomd5);
void isomd5_blank(uint64_t offset, uint8_t *data, size_t len);

#endif /* VCD_ISOMD5_H */
