/* SPDX-License-Identifier: GPL-2.0-only */
/* The text of a cue sheet for a disc whose sectors lie in one file. */
#ifndef VCD_CUESHEET_H
#define VCD_CUESHEET_H

#include <stdio.h>

#include "image.h"
#include "rawreader.h"

uint32_t cuesheet_first(const struct image *image, const struct raw_reader *raw, uint32_t track);
int cuesheet_write(FILE *stream, const struct image *image, const struct raw_reader *raw, const char *file);

#endif /* VCD_CUESHEET_H */
