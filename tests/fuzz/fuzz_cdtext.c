// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer target of CD-Text. The input is packs, whose CRC is made right if the first byte is odd. What is read of
 * them is written and read again.
 */
#include <string.h>

#include "cdtext.h"
#include "crc16.h"
#include "input.h"

#define PACK		18
#define PACKS_MAX	600

static const enum cdtext_type types[] = {
	CDTEXT_TITLE, CDTEXT_PERFORMER, CDTEXT_SONGWRITER, CDTEXT_COMPOSER, CDTEXT_ARRANGER, CDTEXT_MESSAGE,
	CDTEXT_DISC_ID, CDTEXT_GENRE, CDTEXT_CODE,
};

/*
 * Texts of the disc and of tracks 1 to 99: those of @text are in @other, perhaps cut, for there is a limit to all of
 * them. Two types are the disc's alone.
 */
static void compare(const struct cdtext *text, const struct cdtext *other)
{
	unsigned int track;
	size_t i;

	for (track = 0; track <= 99; track++) {
		for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
			const char *a = cdtext_get(text, track, types[i]), *b = cdtext_get(other, track, types[i]);

			REQUIRE(!a || a[0]);
			if (track && (types[i] == CDTEXT_DISC_ID || types[i] == CDTEXT_GENRE))
				REQUIRE(!b);
			else
				REQUIRE(a ? b && b[0] && !strncmp(a, b, strlen(b)) : !b);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct vcd_cdtext packs[PACKS_MAX];
	uint32_t count = size ? (uint32_t)((size - 1) / PACK) : 0, i;
	struct cdtext *text, *again;
	struct image image = { 0 };

	if (count > PACKS_MAX)
		count = PACKS_MAX;
	for (i = 0; i < count; i++) {
		uint16_t crc;

		memcpy(packs[i].pack, data + 1 + i * PACK, PACK);
		crc = crc16_cd(packs[i].pack, PACK - 2);
		if (!(data[0] & 1))
			continue;
		packs[i].pack[PACK - 2] = (uint8_t)(crc >> 8);
		packs[i].pack[PACK - 1] = (uint8_t)crc;
	}
	text = cdtext_decode(packs, count);
	REQUIRE(text);
	if (cdtext_add(text, &image) == IMAGE_OK) {
		again = cdtext_decode(image.cdtext, image.cdtext_count);
		REQUIRE(again);
		compare(text, again);
		cdtext_free(again);
	} else {
		REQUIRE(image.reason[0]);
	}
	cdtext_free(text);
	image_close(&image);
	return 0;
}
