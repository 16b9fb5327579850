/* SPDX-License-Identifier: GPL-2.0-only */
/* Sub-channel Q as an image stores it. */
#ifndef VCD_SUBQ_H
#define VCD_SUBQ_H

#include "image.h"

void subq_find_numbers(struct image *image);

#endif /* VCD_SUBQ_H */
