/* SPDX-License-Identifier: GPL-2.0-only */
/* Checksums of what is on a disc, whatever an image stores of it and how. */
#ifndef VCD_DISCSUMS_H
#define VCD_DISCSUMS_H

#include "checksum.h"
#include "exitcode.h"
#include "image.h"
#include "rawreader.h"

bool disc_has_audio(const struct image *image);
enum exit_code disc_checksums(const struct image *image, struct raw_reader *raw, uint32_t track, unsigned int kinds,
			      struct checksum_texts *texts, uint64_t *bytes);

#endif /* VCD_DISCSUMS_H */
