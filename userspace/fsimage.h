/* SPDX-License-Identifier: GPL-2.0-only */
/* Images that lie in a compressed file system, which the kernel mounts for them. */
#ifndef VCD_FSIMAGE_H
#define VCD_FSIMAGE_H

#include "image.h"

enum image_error fsimage_open(struct image *image);
void fsimage_leave(struct image *image);

#endif /* VCD_FSIMAGE_H */
