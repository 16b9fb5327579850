/* SPDX-License-Identifier: GPL-2.0-only */
/* The discs that the CHD files of the tests are made from: one with data and audio, and one of 2048 bytes a sector. */
#ifndef CHD_SOURCE_H
#define CHD_SOURCE_H

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../../../kernel/core/sector.h"

#define RAW_SIZE	2352

/* The P and Q parity of a sector, by its mode */
static inline void parity_fill(uint8_t *sector)
{
	mmc_sector_parity(sector, sector[15] == 2 ? MMC_TYPE_FORM_1 : MMC_TYPE_MODE_1);
}

/* Track 1: data. Track 2: audio with a pregap in the file. Track 3: audio with a pregap and a postgap that are not. */
enum {
	DATA_SECTORS	= 21,
	AUDIO_PREGAP	= 3,
	AUDIO_SECTORS	= 7,
	LAST_SECTORS	= 6,
	LAST_PREGAP	= 5,
	LAST_POSTGAP	= 2,
	BIN_SECTORS	= DATA_SECTORS + AUDIO_PREGAP + AUDIO_SECTORS + LAST_SECTORS,
	PLAIN_SECTORS	= 20,
};

/* User data: a volume descriptor, or something that depends on the sector */
static inline void fill_user(uint8_t *to, uint32_t lba)
{
	unsigned int i;

	memset(to, 0, 2048);
	if (lba == 16) {
		memcpy(to, "\1CD001\1", 7);
		memset(to + 8, ' ', 64);
		memcpy(to + 40, "A_CHD", 5);
		to[80] = DATA_SECTORS;
		to[128 + 1] = 8;
	} else if (lba % 4 == 1) {
		for (i = 0; i < 2048; i++)
			to[i] = (uint8_t)(lba * 7 + i / 512 + (i % 64 == lba % 16));
	}
}

/* The EDC is not that of a real sector: nothing here looks at it. */
static inline void fill_data(uint8_t *to, uint32_t lba)
{
	memset(to, 0, RAW_SIZE);
	memset(to + 1, 0xFF, 10);
	to[13] = 2;
	to[14] = (uint8_t)(lba / 10 << 4 | lba % 10);
	to[15] = 1;
	fill_user(to + 16, lba);
	to[2064] = (uint8_t)lba;
	parity_fill(to);
}

/* A tone, low byte first, a sector of noise, and silence */
static inline void fill_audio(uint8_t *to, uint32_t lba)
{
	uint32_t i, noise = 1;

	for (i = 0; i < RAW_SIZE / 2; i++) {
		uint32_t time = lba * RAW_SIZE / 4 + i / 2;
		uint16_t sample = (uint16_t)((time % 200 < 100 ? time % 100 : 100 - time % 100) * (i % 2 ? 50 : -30));

		noise = noise * 1103515245 + 12345;
		if (lba == DATA_SECTORS + 5)
			sample = (uint16_t)(noise >> 24);
		if (lba == DATA_SECTORS + 1)
			sample = 0;
		to[2 * i] = (uint8_t)sample;
		to[2 * i + 1] = (uint8_t)(sample >> 8);
	}
}

static inline void fill_bin(uint8_t *to)
{
	uint32_t i;

	for (i = 0; i < BIN_SECTORS; i++)
		if (i < DATA_SECTORS)
			fill_data(to + i * RAW_SIZE, i);
		else
			fill_audio(to + i * RAW_SIZE, i);
}

static inline void fill_plain(uint8_t *to)
{
	uint32_t i;

	for (i = 0; i < PLAIN_SECTORS; i++)
		fill_user(to + i * 2048, i);
}

static inline int write_bytes(const char *folder, const char *name, const void *data, size_t len)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	/* A file that is written over would be written to the disk when it is closed. */
	unlink(path);
	file = fopen(path, "w");
	if (!file)
		return 0;
	len -= fwrite(data, 1, len, file);
	return !fclose(file) && !len;
}

static const char chd_cue[] =
	"FILE \"disc.bin\" BINARY\n"
	"  TRACK 01 MODE1/2352\n"
	"    INDEX 01 00:00:00\n"
	"  TRACK 02 AUDIO\n"
	"    INDEX 00 00:00:21\n"
	"    INDEX 01 00:00:24\n"
	"  TRACK 03 AUDIO\n"
	"    PREGAP 00:00:05\n"
	"    INDEX 01 00:00:31\n"
	"    POSTGAP 00:00:02\n";

/* Write disc.bin, disc.cue and plain.iso into a folder. */
static inline int write_source(const char *folder)
{
	static uint8_t bin[BIN_SECTORS * RAW_SIZE], plain[PLAIN_SECTORS * 2048];

	fill_bin(bin);
	fill_plain(plain);
	return write_bytes(folder, "disc.bin", bin, sizeof(bin)) &&
	       write_bytes(folder, "disc.cue", chd_cue, strlen(chd_cue)) &&
	       write_bytes(folder, "plain.iso", plain, sizeof(plain));
}

#endif /* CHD_SOURCE_H */
