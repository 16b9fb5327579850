/* SPDX-License-Identifier: GPL-2.0-only */
/* Temporary files for what has to be unpacked or decoded before it can be a disc. */
#ifndef VCD_SCRATCH_H
#define VCD_SCRATCH_H

#include "image.h"

enum image_error image_add_scratch(struct image *image, uint64_t size_needed, uint32_t *file);
enum image_error image_scratch_room(struct image *image, uint32_t file, uint64_t size_needed);
enum image_error image_scratch_write(struct image *image, uint32_t file, const void *data, size_t len, uint64_t offset);
enum image_error image_scratch_failed(struct image *image, int error);
enum image_error image_scratch_done(struct image *image, uint32_t file);

#endif /* VCD_SCRATCH_H */
