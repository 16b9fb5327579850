// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "cdtext.h"

#define TYPES		16
#define TRACKS		100
#define TEXT_SIZE	161

/**
 * struct cdtext - texts of a disc
 * @texts: by type and track, track 0 is the disc; UTF-8 or NULL
 */
struct cdtext {
	char *texts[TYPES][TRACKS];
};

/**
 * cdtext_new - no texts
 *
 * Return: to be freed by cdtext_free(); NULL: no memory.
 */
struct cdtext *cdtext_new(void)
{
	return calloc(1, sizeof(struct cdtext));
}

/**
 * cdtext_free - free texts
 * @text: the texts or NULL
 */
void cdtext_free(struct cdtext *text)
{
	unsigned int i, j;

	for (i = 0; text && i < TYPES; i++)
		for (j = 0; j < TRACKS; j++)
			free(text->texts[i][j]);
	free(text);
}

/**
 * cdtext_set - set a text
 * @text: the texts
 * @track: the track; 0: the disc
 * @type: what it says
 * @utf8: the text
 *
 * Return: false if there is no memory for it, or no such track or type.
 */
bool cdtext_set(struct cdtext *text, unsigned int track, enum cdtext_type type, const char *utf8)
{
	char *copy;

	if (track >= TRACKS || type < CDTEXT_TITLE || type > CDTEXT_TITLE + TYPES - 1)
		return false;
	copy = strdup(utf8);
	if (!copy)
		return false;
	free(text->texts[type - CDTEXT_TITLE][track]);
	text->texts[type - CDTEXT_TITLE][track] = copy;
	return true;
}

/* Texts are ISO 8859-1. */
static bool set_latin1(struct cdtext *text, unsigned int track, enum cdtext_type type, const uint8_t *bytes)
{
	char utf8[2 * TEXT_SIZE + 1];
	size_t len = 0;

	for (; *bytes; bytes++) {
		if (*bytes >= 0x80)
			utf8[len++] = (char)(0xC0 | *bytes >> 6);
		utf8[len++] = (char)(*bytes >= 0x80 ? 0x80 | (*bytes & 0x3F) : *bytes);
	}
	utf8[len] = '\0';
	return cdtext_set(text, track, type, utf8);
}

/* A tab alone stands for the text of the track before. */
static bool end_text(struct cdtext *text, unsigned int track, enum cdtext_type type, const uint8_t *bytes)
{
	const char *before = track ? cdtext_get(text, track - 1, type) : NULL;

	if (!strcmp((const char *)bytes, "\t"))
		return !before || cdtext_set(text, track, type, before);
	return !bytes[0] || track >= TRACKS || set_latin1(text, track, type, bytes);
}

/* The texts of a type follow each other through its packs, each ended by a NUL. */
static bool decode_type(struct cdtext *text, enum cdtext_type type, const struct vcd_cdtext *packs, uint32_t count)
{
	uint8_t bytes[TEXT_SIZE];
	unsigned int track = 0;
	bool begun = false;
	size_t len = 0;
	uint32_t i, j;

	for (i = 0; i < count; i++) {
		const uint8_t *pack = packs[i].pack;

		/* The first language only, and characters of one byte. */
		if (pack[0] != type || pack[3] & 0xF0)
			continue;
		if (!begun)
			track = pack[1] & 0x7F;
		begun = true;
		for (j = 4; j < 16; j++) {
			if (pack[j]) {
				if (len < sizeof(bytes) - 1)
					bytes[len++] = pack[j];
				continue;
			}
			bytes[len] = '\0';
			if (!end_text(text, track, type, bytes))
				return false;
			track++;
			len = 0;
		}
	}
	return true;
}

/**
 * cdtext_decode - the texts in packs
 * @packs: the packs
 * @count: how many
 *
 * Return: to be freed by cdtext_free(); NULL: no memory.
 */
struct cdtext *cdtext_decode(const struct vcd_cdtext *packs, uint32_t count)
{
	static const enum cdtext_type types[] = {
		CDTEXT_TITLE, CDTEXT_PERFORMER, CDTEXT_SONGWRITER, CDTEXT_COMPOSER, CDTEXT_ARRANGER, CDTEXT_MESSAGE,
		CDTEXT_CODE,
	};
	struct cdtext *text = cdtext_new();
	size_t i;

	for (i = 0; text && i < sizeof(types) / sizeof(types[0]); i++) {
		if (!decode_type(text, types[i], packs, count)) {
			cdtext_free(text);
			return NULL;
		}
	}
	return text;
}

/**
 * cdtext_get - a text
 * @text: the texts
 * @track: the track; 0: the disc
 * @type: what it says
 *
 * Return: the text in UTF-8, or NULL.
 */
const char *cdtext_get(const struct cdtext *text, unsigned int track, enum cdtext_type type)
{
	if (track >= TRACKS || type < CDTEXT_TITLE || type > CDTEXT_TITLE + TYPES - 1)
		return NULL;
	return text->texts[type - CDTEXT_TITLE][track];
}
