/* SPDX-License-Identifier: GPL-2.0-only */
/* Files that a descriptor names. */
#ifndef VCD_BESIDE_H
#define VCD_BESIDE_H

#include "image.h"

enum image_error image_add_beside(struct image *image, const char *name);

#endif /* VCD_BESIDE_H */
