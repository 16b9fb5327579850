/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A file of many sectors that are mostly zeroes, described by few bytes:
 *
 *	1	which size sectors have
 *	2	number of sectors, lowest byte first
 *	2	bytes behind the last one
 *
 * and then what is in it:
 *
 *	2	sector
 *	1	in so many more sectors, too
 *	2	place in the sector
 *	1	bits 6 to 0: number of bytes; bit 7: they are a descriptor of UDF, whose tag is made right
 *		0: sync and header with the address of the sector, of the mode that the place says, in 8 times so many sectors
 *	n	the bytes
 */
#ifndef SPARSE_H
#define SPARSE_H

#include <stddef.h>
#include <stdint.h>

#include "reader.h"

void sparse_read(const uint8_t *data, size_t size);
uint64_t sparse_size(void);
uint32_t sparse_stride(void);
void sparse_fill(uint64_t offset, uint8_t *buf, size_t len);
struct reader sparse_reader(void);

#endif /* SPARSE_H */
