/* SPDX-License-Identifier: GPL-2.0-only */
/* Opening an image for a command. */
#ifndef VCD_OPENIMAGE_H
#define VCD_OPENIMAGE_H

#include "exitcode.h"
#include "image.h"

enum exit_code open_image(struct image *image, const char *path, const struct image_options *options);

#endif /* VCD_OPENIMAGE_H */
