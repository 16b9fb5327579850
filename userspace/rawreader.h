/* SPDX-License-Identifier: GPL-2.0-only */
/* Sectors of a CD as they are on the disc, whatever an image stores of them. */
#ifndef VCD_RAWREADER_H
#define VCD_RAWREADER_H

#include "image.h"

/** RAW_SECTOR: the main channel of a sector: from sync to parity, or samples */
#define RAW_SECTOR	2352
/** RAW_SUBCHANNEL: the sub-channels P to W of a sector, as they lie on the disc */
#define RAW_SUBCHANNEL	96

/**
 * enum raw_check - what is wrong with a sector
 * @RAW_GOOD: nothing
 * @RAW_UNPROTECTED: nothing that could be checked: audio, sectors without a form, and what the image does not store
 * @RAW_BAD_EDC: the EDC does not fit the data
 * @RAW_BAD_PARITY: P or Q parity does not fit the data, and the EDC does
 * @RAW_BAD_HEADER: sync, address or mode are not those of a sector at this place
 */
enum raw_check {
	RAW_GOOD,
	RAW_UNPROTECTED,
	RAW_BAD_EDC,
	RAW_BAD_PARITY,
	RAW_BAD_HEADER,
};

struct raw_reader;

struct raw_reader *raw_reader_new(const struct image *image);
void raw_reader_free(struct raw_reader *raw);
int raw_reader_read(struct raw_reader *raw, uint32_t lba, uint8_t *sector, uint8_t *subchannel);
int raw_reader_check(struct raw_reader *raw, uint32_t lba, enum raw_check *result);
const uint8_t *raw_reader_user(const struct raw_reader *raw, uint32_t lba, const uint8_t *sector);
uint32_t raw_reader_start(const struct raw_reader *raw, uint32_t track);
uint32_t raw_reader_end(const struct raw_reader *raw, uint32_t track);

#endif /* VCD_RAWREADER_H */
