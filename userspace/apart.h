/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Work on an image in a process of its own, for libraries that abort, crash or come to no end over a broken file.
 */
#ifndef VCD_APART_H
#define VCD_APART_H

#include "image.h"

enum image_error apart_run(struct image *image, const char *library, enum image_error (*work)(struct image *image));
void apart_go_on(void);

#endif /* VCD_APART_H */
