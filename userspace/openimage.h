/* SPDX-License-Identifier: GPL-2.0-only */
/* Opening an image for a command. */
#ifndef VCD_OPENIMAGE_H
#define VCD_OPENIMAGE_H

#include "exitcode.h"
#include "image.h"

enum exit_code open_image(struct image *image, const char *path, const struct image_options *options);
bool password_given(const char *path, struct image_options *options, enum exit_code *code);

#endif /* VCD_OPENIMAGE_H */
