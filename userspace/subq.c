// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sub-channel Q as an image stores it (ECMA-130 22.3): now and then a sector has there the media catalogue number of the
 * disc or the ISRC of its track instead of its address.
 */
#include <stdbool.h>
#include <string.h>

#include "crc16.h"
#include "subq.h"

#define SUBQ_SIZE	12
#define SUBQ_MAX	96	/* of all sub-channels, from which it may have to be gathered */
#define ADR_MCN		2
#define ADR_ISRC	3
#define MCN_DIGITS	13
#define ISRC_LETTERS	5	/* of six bits each; digits follow */

/* One sector in a hundred has a number that is there. It may be unreadable twice. */
#define WINDOW		300

/* Q of a sector: twelve bytes, or a bit in each byte of all channels */
static bool read_q(const struct image *image, const struct vcd_extent *run, uint32_t lba, uint8_t q[SUBQ_SIZE])
{
	const struct image_file *file = &image->files[run->file];
	struct reader reader = reader_from_fd(&file->source, file->size);
	uint64_t at = run->offset + (uint64_t)(lba - run->lba) * run->stride;
	uint8_t all[SUBQ_MAX];
	unsigned int i;

	if (run->form == VCD_FORM_SUB_PACKED_96)
		at += SUBQ_SIZE;
	if (run->form != VCD_FORM_SUB_RAW_96)
		return !reader_read(&reader, at, q, SUBQ_SIZE);
	if (reader_read(&reader, at, all, sizeof(all)))
		return false;
	memset(q, 0, SUBQ_SIZE);
	for (i = 0; i < SUBQ_MAX; i++)
		if (all[i] & 0x40)
			q[i / 8] |= (uint8_t)(0x80 >> i % 8);
	return true;
}

/* Digits of four bits each. */
static bool get_digits(char *to, const uint8_t *from, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		unsigned int digit = from[i / 2] >> (i % 2 ? 0 : 4) & 0xF;

		if (digit > 9)
			return false;
		to[i] = (char)('0' + digit);
	}
	return true;
}

static bool get_isrc(const uint8_t *q, char isrc[VCD_ISRC_LEN])
{
	uint32_t letters = (uint32_t)q[1] << 24 | q[2] << 16 | q[3] << 8 | q[4];
	unsigned int i;

	for (i = 0; i < ISRC_LETTERS; i++) {
		char letter = (char)('0' + (letters >> (26 - 6 * i) & 0x3F));

		if (letter > 'Z' || (letter > '9' && letter < 'A'))
			return false;
		isrc[i] = letter;
	}
	return get_digits(isrc + ISRC_LETTERS, q + 5, VCD_ISRC_LEN - ISRC_LETTERS);
}

/* Discs without a number have zeroes there. */
static bool is_number(const char *number, size_t len)
{
	return strspn(number, "0") < len;
}

/*
 * Look for Q with this ADR between two sectors. A frame that is damaged is passed over, as is one that holds no number.
 */
static bool find_number(const struct image *image, unsigned int adr, uint32_t from, uint32_t end, char *number)
{
	uint32_t i, lba;

	for (i = 0; i < image->subchannel_count; i++) {
		const struct vcd_extent *run = &image->subchannels[i];
		uint32_t first = run->lba > from ? run->lba : from;
		uint32_t last = run->lba + run->sectors < end ? run->lba + run->sectors : end;

		for (lba = first; lba < last; lba++) {
			uint8_t q[SUBQ_SIZE];
			char found[16] = "";

			if (!read_q(image, run, lba, q))
				return false;
			if ((q[0] & 0xF) != adr || crc16_cd(q, 10) != (q[10] << 8 | q[11]))
				continue;
			if (!(adr == ADR_MCN ? get_digits(found, q + 1, MCN_DIGITS) : get_isrc(q, found)) ||
			    !is_number(found, strlen(found)))
				continue;
			memcpy(number, found, strlen(found));
			return true;
		}
	}
	return false;
}

/**
 * subq_find_numbers - take the catalogue number and the ISRCs that the format has not told from stored sub-channels
 * @image: an image of which the tracks are known
 *
 * A drive would tell them, for that is where it has them from. What can't be read is not there.
 */
void subq_find_numbers(struct image *image)
{
	uint32_t i;

	if (!image->subchannel_count || !image->track_count)
		return;
	if (!image->mcn[0])
		find_number(image, ADR_MCN, image->subchannels[0].lba, image->subchannels[0].lba + WINDOW, image->mcn);
	for (i = 0; i < image->track_count; i++) {
		struct vcd_track *track = &image->tracks[i];
		uint32_t end = track->sectors < WINDOW ? track->sectors : WINDOW;

		if (track->mode == VCD_MODE_AUDIO && !track->isrc[0])
			find_number(image, ADR_ISRC, track->lba - track->pregap, track->lba + end, track->isrc);
	}
}
