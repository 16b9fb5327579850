// SPDX-License-Identifier: GPL-2.0-only
/*
 * CD-Text as packs of 18 bytes: type, track, sequence number, block and position, twelve bytes of text, CRC.
 *
 * The texts of one type for the disc and all tracks stand one after the other, each ended by a NUL, and run on from
 * pack to pack. The last three packs of a block tell its size, character set and language.
 */
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "cdtext.h"
#include "crc16.h"

#define TRACKS_MAX	99
#define PACK_TEXT	12
#define PACK_CRC	16
#define SIZE_INFO	0x8F
#define SIZE_PACKS	3
/* The sequence number of a pack is one byte. */
#define BLOCK_PACKS	256
/* MMC: a text has at most so many bytes, its NUL included. */
#define TEXT_BYTES	160

#define CHARSET_8859_1	0x00
#define CHARSET_ASCII	0x01
#define LANGUAGE_ENGLISH	0x09

/* In the order in which they stand on a disc */
static const uint8_t types[] = {
	CDTEXT_TITLE, CDTEXT_PERFORMER, CDTEXT_SONGWRITER, CDTEXT_COMPOSER, CDTEXT_ARRANGER, CDTEXT_MESSAGE,
	CDTEXT_DISC_ID, CDTEXT_GENRE, CDTEXT_CODE,
};

/**
 * struct cdtext - texts of a disc
 * @texts: by track (0: the disc) and type, in the order of types[]; UTF-8, or NULL
 */
struct cdtext {
	char *texts[TRACKS_MAX + 1][ARRAY_SIZE(types)];
};

static int type_index(unsigned int type)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(types); i++)
		if (types[i] == type)
			return (int)i;
	return -1;
}

/**
 * cdtext_new - make an empty set of texts
 *
 * Return: NULL when there is no memory.
 */
struct cdtext *cdtext_new(void)
{
	return calloc(1, sizeof(struct cdtext));
}

/**
 * cdtext_free - let go of texts
 * @text: the texts, or NULL
 */
void cdtext_free(struct cdtext *text)
{
	size_t i, j;

	if (!text)
		return;
	for (i = 0; i <= TRACKS_MAX; i++)
		for (j = 0; j < ARRAY_SIZE(types); j++)
			free(text->texts[i][j]);
	free(text);
}

/**
 * cdtext_set - set a text
 * @text: the texts
 * @track: 1 to 99, or 0 for the disc
 * @type: what it says
 * @utf8: the text; empty or NULL: none
 *
 * Return: false when there is no such track or type, or no memory; the text then is what it was.
 */
bool cdtext_set(struct cdtext *text, unsigned int track, enum cdtext_type type, const char *utf8)
{
	int index = type_index(type);
	char *copy = NULL;

	if (track > TRACKS_MAX || index < 0)
		return false;
	if (utf8 && *utf8) {
		copy = strdup(utf8);
		if (!copy)
			return false;
	}
	free(text->texts[track][index]);
	text->texts[track][index] = copy;
	return true;
}

/**
 * cdtext_get - ask for a text
 * @text: the texts
 * @track: 1 to 99, or 0 for the disc
 * @type: what it says
 *
 * Return: UTF-8, or NULL when there is none; lives until the next change of @text.
 */
const char *cdtext_get(const struct cdtext *text, unsigned int track, enum cdtext_type type)
{
	int index = type_index(type);

	return track > TRACKS_MAX || index < 0 ? NULL : text->texts[track][index];
}

static void seal(uint8_t *pack)
{
	uint16_t crc = crc16_cd(pack, PACK_CRC);

	pack[PACK_CRC] = (uint8_t)(crc >> 8);
	pack[PACK_CRC + 1] = (uint8_t)crc;
}

/*
 * The next character of UTF-8 as ISO 8859-1; '?' for one that is not in it, or for what is not UTF-8. Control
 * characters become spaces: a TAB would mean that the text is that of the track before.
 */
static uint8_t next_latin1(const char **from)
{
	const uint8_t *p = (const uint8_t *)*from;
	uint8_t c = *p++;

	if (c >= 0x80) {
		uint8_t latin1 = (c & 0xFE) == 0xC2 && (*p & 0xC0) == 0x80 ? (uint8_t)(c << 6 | (*p & 0x3F)) : '?';

		/* One '?' for all of a character */
		while ((*p & 0xC0) == 0x80)
			p++;
		c = latin1;
	}
	*from = (const char *)p;
	if (c < 0x20 || c == 0x7F)
		return ' ';
	return c >= 0x80 && c < 0xA0 ? '?' : c;
}

/**
 * struct block - packs under construction
 * @packs: the packs; NULL only to count them
 * @count: their number
 * @used: bytes of text in the last of them; PACK_TEXT: it is full
 * @of_type: number of packs of each type, from 80h on
 * @limit: the most bytes of a text, its NUL included
 * @last: number of the last track
 */
struct block {
	struct vcd_cdtext *packs;
	unsigned int count;
	unsigned int used;
	unsigned int of_type[16];
	unsigned int limit;
	unsigned int last;
};

/* Add a byte of a text; @position is its place there. */
static void put(struct block *block, unsigned int type, unsigned int track, unsigned int position, uint8_t byte)
{
	uint8_t *pack;

	if (block->used == PACK_TEXT) {
		if (block->packs) {
			pack = block->packs[block->count].pack;
			memset(pack, 0, sizeof(block->packs[0].pack));
			pack[0] = (uint8_t)type;
			pack[1] = (uint8_t)track;
			pack[2] = (uint8_t)block->count;
			pack[3] = (uint8_t)(position < 15 ? position : 15);
		}
		block->count++;
		block->of_type[type & 15]++;
		block->used = 0;
	}
	if (block->packs)
		block->packs[block->count - 1].pack[4 + block->used] = byte;
	block->used++;
}

static void put_text(struct block *block, unsigned int type, unsigned int track, const char *text)
{
	unsigned int position = 0;

	/* The text of a genre has its number before it; 0 is for none. */
	if (type == CDTEXT_GENRE && track == 0) {
		put(block, type, track, position++, 0);
		put(block, type, track, position++, 0);
	}
	while (text && *text && position + 1 < block->limit)
		put(block, type, track, position++, next_latin1(&text));
	put(block, type, track, position, 0);
}

static bool is_of_disc(unsigned int type)
{
	return type == CDTEXT_DISC_ID || type == CDTEXT_GENRE;
}

static void put_type(struct block *block, const struct cdtext *text, size_t index)
{
	unsigned int last = is_of_disc(types[index]) ? 0 : block->last, i;
	bool any = false;

	for (i = 0; i <= last; i++)
		any |= text->texts[i][index] != NULL;
	/* When one has a text of a type, all have, if only an empty one. */
	for (i = 0; any && i <= last; i++)
		put_text(block, types[index], i, text->texts[i][index]);
	block->used = PACK_TEXT;
}

static void put_texts(struct block *block, const struct cdtext *text)
{
	size_t i;

	block->count = 0;
	block->used = PACK_TEXT;
	memset(block->of_type, 0, sizeof(block->of_type));
	for (i = 0; i < ARRAY_SIZE(types); i++)
		put_type(block, text, i);
}

static void put_size(struct block *block, unsigned int first)
{
	uint8_t info[SIZE_PACKS * PACK_TEXT] = { CHARSET_8859_1, (uint8_t)first, (uint8_t)block->last };
	size_t i;

	block->of_type[SIZE_INFO & 15] = SIZE_PACKS;
	for (i = 0; i < ARRAY_SIZE(block->of_type); i++)
		info[4 + i] = (uint8_t)block->of_type[i];
	info[20] = (uint8_t)(block->count + SIZE_PACKS - 1);
	info[28] = LANGUAGE_ENGLISH;
	for (i = 0; i < SIZE_PACKS; i++) {
		uint8_t *pack = block->packs[block->count].pack;

		memset(pack, 0, sizeof(block->packs[0].pack));
		pack[0] = SIZE_INFO;
		pack[1] = (uint8_t)i;
		pack[2] = (uint8_t)block->count++;
		memcpy(pack + 4, info + i * PACK_TEXT, PACK_TEXT);
	}
}

static unsigned int last_with_text(const struct cdtext *text)
{
	unsigned int track;
	size_t i;

	for (track = TRACKS_MAX; track; track--)
		for (i = 0; i < ARRAY_SIZE(types); i++)
			if (text->texts[track][i])
				return track;
	return 0;
}

static bool is_empty(const struct cdtext *text)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(types); i++)
		if (text->texts[0][i])
			return false;
	return !last_with_text(text);
}

/**
 * cdtext_add - put texts onto a disc
 * @text: the texts; if there are none, nothing is added
 * @image: the image, whose tracks have been added; texts of tracks that it has not are left out
 *
 * They become one block in ISO 8859-1; what that lacks becomes '?'. A block has room for some 3000 characters: if the
 * texts are more than that, the longest of them are cut.
 */
enum image_error cdtext_add(const struct cdtext *text, struct image *image)
{
	struct vcd_cdtext packs[BLOCK_PACKS];
	struct block block = { .limit = TEXT_BYTES };
	enum image_error error = IMAGE_OK;
	unsigned int i;

	if (is_empty(text))
		return IMAGE_OK;
	block.last = image->track_count ? image->tracks[image->track_count - 1].number : last_with_text(text);
	put_texts(&block, text);
	/* Texts of one character fit, as many as there can be. */
	while (block.count > BLOCK_PACKS - SIZE_PACKS && block.limit > 2) {
		block.limit--;
		put_texts(&block, text);
	}
	block.packs = packs;
	put_texts(&block, text);
	put_size(&block, image->track_count ? image->tracks[0].number : 1);
	for (i = 0; i < block.count && !error; i++) {
		seal(packs[i].pack);
		error = image_add_cdtext(image, &packs[i]);
	}
	return error;
}

/**
 * struct stream - the texts of one type as they come out of packs
 * @track: whose text it is; above TRACKS_MAX: nobody's
 * @len: length of @bytes
 * @position: how many bytes of it have been in packs, those that are no text among them
 * @lost: the beginning of the text was in a pack that is missing
 * @skip: bytes before the text that are not of it
 * @bytes: what there is of it, ISO 8859-1
 */
struct stream {
	unsigned int track;
	unsigned int len;
	unsigned int position;
	bool lost;
	unsigned int skip;
	uint8_t bytes[TEXT_BYTES];
};

static bool store(struct cdtext *text, unsigned int track, unsigned int type, const uint8_t *bytes, size_t len)
{
	char utf8[TEXT_BYTES * 2 + 1];
	size_t i, n = 0;

	for (i = 0; i < len; i++) {
		uint8_t c = bytes[i];

		if (c < 0x20 || (c >= 0x7F && c < 0xA0))
			c = '?';
		if (c >= 0x80)
			utf8[n++] = (char)(0xC0 | c >> 6);
		utf8[n++] = (char)(c >= 0x80 ? 0x80 | (c & 0x3F) : c);
	}
	utf8[n] = '\0';
	return cdtext_set(text, track, type, utf8);
}

/* A text is complete; the next one is that of the next track. */
static bool end_text(struct cdtext *text, struct stream *stream, unsigned int type)
{
	bool same = stream->len == 1 && stream->bytes[0] == '\t' && stream->track > 0, done = true;

	if (stream->track <= TRACKS_MAX && !stream->lost) {
		if (same)
			done = cdtext_set(text, stream->track, type, cdtext_get(text, stream->track - 1, type));
		else if (stream->len)
			done = store(text, stream->track, type, stream->bytes, stream->len);
	}
	stream->track++;
	stream->len = 0;
	stream->position = 0;
	stream->lost = false;
	return done;
}

static bool take_pack(struct cdtext *text, struct stream *stream, const uint8_t *pack)
{
	unsigned int track = pack[1] & 0x7F, position = pack[3] & 15, i;

	/* Packs that are missing: what was begun has no end, what comes may have no beginning. */
	if (track != stream->track || position != (stream->position < 15 ? stream->position : 15)) {
		stream->track = track;
		stream->len = 0;
		stream->position = position;
		stream->lost = position != 0;
	}
	if (position == 0)
		stream->skip = pack[0] == CDTEXT_GENRE && track == 0 ? 2 : 0;
	for (i = 4; i < 4 + PACK_TEXT; i++) {
		if (!stream->skip && !pack[i]) {
			if (!end_text(text, stream, pack[0]))
				return false;
			continue;
		}
		stream->position++;
		if (stream->skip)
			stream->skip--;
		else if (stream->len < sizeof(stream->bytes))
			stream->bytes[stream->len++] = pack[i];
	}
	return true;
}

/* Some writers leave the CRC out. */
static bool is_intact(const uint8_t *pack)
{
	uint16_t crc = get_be16(pack + PACK_CRC);

	return !crc || crc == crc16_cd(pack, PACK_CRC);
}

static bool is_of_block(const uint8_t *pack, unsigned int block)
{
	return is_intact(pack) && pack[0] >= 0x80 && pack[0] <= SIZE_INFO && (pack[3] >> 4 & 7) == block;
}

/* The block that is read: that of the first pack that is not damaged */
static unsigned int first_block(const struct vcd_cdtext *packs, uint32_t count)
{
	uint32_t i;

	for (i = 0; i < count; i++)
		if (is_intact(packs[i].pack))
			return packs[i].pack[3] >> 4 & 7;
	return 0;
}

/* Are the texts of a block in a character set of one byte a character? */
static bool is_single_byte(const struct vcd_cdtext *packs, uint32_t count, unsigned int block)
{
	uint32_t i;

	for (i = 0; i < count; i++) {
		const uint8_t *pack = packs[i].pack;

		if (!is_of_block(pack, block))
			continue;
		if (pack[3] & 0x80)
			return false;
		if (pack[0] == SIZE_INFO && pack[1] == 0)
			return pack[4] == CHARSET_8859_1 || pack[4] == CHARSET_ASCII;
	}
	return true;
}

/* A genre and the name of a disc; other packs than these and texts tell what tracks and their codes do. */
static bool is_about_disc(const uint8_t *pack)
{
	static const uint8_t none[PACK_TEXT];

	return (pack[0] == CDTEXT_DISC_ID || pack[0] == CDTEXT_GENRE) && memcmp(pack + 4, none, sizeof(none));
}

/**
 * cdtext_has_more - is there more than a cue sheet has commands for?
 * @packs: packs of CD-Text
 * @count: their number
 *
 * Texts in further languages or of two bytes a character, the genre, the name of the disc.
 */
bool cdtext_has_more(const struct vcd_cdtext *packs, uint32_t count)
{
	unsigned int block = first_block(packs, count);
	uint32_t i;

	for (i = 0; i < count; i++) {
		const uint8_t *pack = packs[i].pack;

		if (is_intact(pack) && (!is_of_block(pack, block) || is_about_disc(pack)))
			return true;
	}
	return !is_single_byte(packs, count, block);
}

/**
 * cdtext_decode - read the texts of a disc
 * @packs: packs of CD-Text
 * @count: their number
 *
 * Only the first block is read, and only if its characters are of one byte each. Damaged packs are left out, and so are
 * the texts that lack a beginning for that.
 *
 * Return: the texts, to be given to cdtext_free(); NULL when there is no memory.
 */
struct cdtext *cdtext_decode(const struct vcd_cdtext *packs, uint32_t count)
{
	struct cdtext *text = cdtext_new();
	struct stream *streams = calloc(ARRAY_SIZE(types), sizeof(*streams));
	unsigned int block = first_block(packs, count);
	uint32_t i;

	if (!text || !streams)
		goto no_memory;
	if (!is_single_byte(packs, count, block))
		count = 0;
	for (i = 0; i < count; i++) {
		int index = type_index(packs[i].pack[0]);

		if (index < 0 || !is_of_block(packs[i].pack, block))
			continue;
		if (!take_pack(text, &streams[index], packs[i].pack))
			goto no_memory;
	}
	free(streams);
	return text;

no_memory:
	free(streams);
	cdtext_free(text);
	return NULL;
}
