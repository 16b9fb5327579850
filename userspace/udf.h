/* SPDX-License-Identifier: GPL-2.0-only */
/* The Universal Disk Format (ECMA-167, OSTA UDF): enough to name a volume. */
#ifndef VCD_UDF_H
#define VCD_UDF_H

#include <stdbool.h>
#include <stdint.h>

#include "reader.h"
#include "text.h"

/**
 * struct udf - what the volume recognition sequence and the volume descriptors say
 * @present: the recognition sequence names ECMA-167
 * @nsr: 2 or 3: the edition that it names
 * @revision: UDF revision in BCD (0x0102, 0x0250), 0 if the descriptors cannot be read
 * @block_size: size of a logical block in bytes, 0 if the descriptors cannot be read
 * @label: name of the logical volume
 * @volume: name of the volume
 * @volume_set: name of the volume set
 */
struct udf {
	bool present;
	unsigned int nsr;
	uint16_t revision;
	uint32_t block_size;
	char label[TEXT_MAX(128)];
	char volume[TEXT_MAX(32)];
	char volume_set[TEXT_MAX(128)];
};

int udf_read(const struct reader *reader, struct udf *udf);

#endif /* VCD_UDF_H */
