/* SPDX-License-Identifier: GPL-2.0-only */
/* Sound that is in a file of its own: WAVE, FLAC, AIFF, MP3 and so on. */
#ifndef VCD_AUDIOFILE_H
#define VCD_AUDIOFILE_H

#include "image.h"

/**
 * struct audio_samples - where the samples of a file are, 16 bits, stereo, 44100 Hz, low byte first
 * @file: index into image->files
 * @offset: the first of them
 * @size: bytes of them
 */
struct audio_samples {
	uint32_t file;
	uint64_t offset;
	uint64_t size;
};

enum image_error audiofile_read(struct image *image, const char *name, struct audio_samples *samples);

#endif /* VCD_AUDIOFILE_H */
