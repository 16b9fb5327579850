/* SPDX-License-Identifier: GPL-2.0-only */
/* CD-Text: names and titles in the lead-in of a CD (Red Book, MMC annex J), as text and as packs. */
#ifndef VCD_CDTEXT_H
#define VCD_CDTEXT_H

#include <stdbool.h>

#include "image.h"

/* What a text says: the types of packs. */
enum cdtext_type {
	CDTEXT_TITLE		= 0x80,
	CDTEXT_PERFORMER	= 0x81,
	CDTEXT_SONGWRITER	= 0x82,
	CDTEXT_COMPOSER		= 0x83,
	CDTEXT_ARRANGER		= 0x84,
	CDTEXT_MESSAGE		= 0x85,
	CDTEXT_DISC_ID		= 0x86,
	CDTEXT_GENRE		= 0x87,
	CDTEXT_CODE		= 0x8E,	/* UPC/EAN of the disc, ISRC of a track */
};

struct cdtext;

struct cdtext *cdtext_new(void);
void cdtext_free(struct cdtext *text);
bool cdtext_set(struct cdtext *text, unsigned int track, enum cdtext_type type, const char *utf8);
enum image_error cdtext_add(const struct cdtext *text, struct image *image);
bool cdtext_has_more(const struct vcd_cdtext *packs, uint32_t count);
struct cdtext *cdtext_decode(const struct vcd_cdtext *packs, uint32_t count);
const char *cdtext_get(const struct cdtext *text, unsigned int track, enum cdtext_type type);

#endif /* VCD_CDTEXT_H */
