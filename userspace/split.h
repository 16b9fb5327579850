/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Images that are split into several files, numbered from 000 or 001 on (x.iso.001, x.001, x.part1). While a format is
 * asked what disc it is, they look like one file, the first of image->files.
 */
#ifndef VCD_SPLIT_H
#define VCD_SPLIT_H

#include "image.h"

/** PARTS_MAX: the most parts of an image */
#define PARTS_MAX	250

enum image_error split_join(struct image *image);
enum image_error split_resolve(struct image *image);
void split_forget(struct image *image);

#endif /* VCD_SPLIT_H */
