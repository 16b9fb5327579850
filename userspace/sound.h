/* SPDX-License-Identifier: GPL-2.0-only */
/* Where the samples of a CD go: to the sound card, or into a file. */
#ifndef VCD_SOUND_H
#define VCD_SOUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** SOUND_SECTOR: bytes of samples of a sector: 588 of 16 bits for each of two channels, the low byte first */
#define SOUND_SECTOR	2352

/**
 * struct sound - where samples go
 * @pcm: the sound card, or NULL
 * @fd: the file, or -1
 * @wave: the file has the header of a WAVE file
 * @bytes: how many bytes of samples have been written
 * @told: how many are in the header
 * @reason: what went wrong
 */
struct sound {
	void *pcm;
	int fd;
	bool wave;
	uint64_t bytes;
	uint64_t told;
	char reason[256];
};

bool sound_open_device(struct sound *sound, const char *device, unsigned int latency_ms);
bool sound_open_file(struct sound *sound, const char *path, uint64_t sectors, bool replace);
bool sound_write(struct sound *sound, const uint8_t *samples, uint32_t sectors);
bool sound_start(struct sound *sound);
void sound_drop(struct sound *sound);
bool sound_finish(struct sound *sound);
void sound_close(struct sound *sound);

#endif /* VCD_SOUND_H */
