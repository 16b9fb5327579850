// SPDX-License-Identifier: GPL-2.0
/*
 * Sub-channels of a CD sector (ECMA-130 22).
 *
 * P marks pauses. Q tells where the sector is; in some sectors it has the catalogue number of the disc or the ISRC of
 * the track instead. R to W are for graphics and text: see pack.c.
 */
#include "engine.h"
#include "sector.h"

#define ADR_POSITION	0x01	/* sub-channel Q holds an address */
#define ADR_CATALOGUE	0x02
#define ADR_ISRC	0x03
#define Q_BYTES		12	/* sub-channel Q of a sector, on the disc */

/*
 * A code has to be in one at least of 100 sectors that follow each other (ECMA-130 22.3.4, 22.3.5): one in so many
 * has it here, or up to so many sectors later, because it must not be where a track or an index begins. Where in a
 * period it is.
 */
#define CODE_PERIOD	90
#define CODE_DELAY	6
#define AT_CATALOGUE	44
#define AT_ISRC		60

static u8 to_bcd(u32 value)
{
	return (u8)(value / 10 << 4 | value % 10);
}

/* Kernel-doc in sector.h. */
void mmc_put_bcd_msf(u8 *to, struct mmc_msf msf)
{
	to[0] = to_bcd(msf.m);
	to[1] = to_bcd(msf.s);
	to[2] = to_bcd(msf.f);
}

/* Kernel-doc in sector.h. */
u32 mmc_subchannel_size(u8 subchannel)
{
	switch (subchannel) {
	case MMC_SUB_RAW:
	case MMC_SUB_RW:
		return MMC_SUB_RAW_LEN;
	case MMC_SUB_Q:
		return MMC_SUB_Q_LEN;
	default:
		return 0;
	}
}

/* CRC of sub-channel Q (ECMA-130 22.3.6.5): x^16 + x^12 + x^5 + 1, inverted. */
static u16 q_crc(const u8 *q)
{
	u32 crc = 0;
	u32 i, bit;

	for (i = 0; i < Q_BYTES - 2; i++) {
		crc ^= (u32)q[i] << 8;
		for (bit = 0; bit < 8; bit++)
			crc = crc & 0x8000 ? (crc << 1 ^ 0x1021) & 0xFFFF : crc << 1;
	}
	return (u16)~crc;
}

/* The time in the track counts down to 0 in a pregap, which is index 0. */
static u32 track_time(const struct mmc_track *track, u32 lba)
{
	return lba >= track->lba ? lba - track->lba : track->lba - 1 - lba;
}

/* Track, index, address in the track and on the disc, in BCD (ECMA-130 22.3.3). */
static void fill_position(u8 *q, const struct mmc_medium *medium, const struct mmc_track *track, u32 lba)
{
	q[1] = to_bcd(track->number);
	q[2] = to_bcd(mmc_index_at(medium, lba));
	mmc_put_bcd_msf(q + 3, mmc_frames_to_msf(track_time(track, lba)));
	mmc_put_bcd_msf(q + 7, mmc_lba_to_msf(lba));
}

/* Thirteen digits of four bits each. */
static void fill_catalogue(u8 *q, const char *mcn)
{
	u32 i;

	for (i = 0; i < MMC_MCN_LEN; i++)
		q[1 + i / 2] |= (u8)((mcn[i] - '0') << (i % 2 ? 0 : 4));
}

/* A letter or digit of an ISRC: six bits, of which letters have the fifth set. */
static u32 isrc_symbol(char c)
{
	return (u32)(c - '0') & 0x3F;
}

/* Five symbols of six bits, two bits of zeroes, seven digits of four bits. */
static void fill_isrc(u8 *q, const char *isrc)
{
	u32 symbols = 0;
	u32 i;

	for (i = 0; i < 5; i++)
		symbols = symbols << 6 | isrc_symbol(isrc[i]);
	for (i = 0; i < 4; i++)
		q[1 + i] = (u8)(symbols << 2 >> 8 * (3 - i));
	for (i = 5; i < MMC_ISRC_LEN; i++)
		q[5 + (i - 5) / 2] |= (u8)((isrc[i] - '0') << (i % 2 ? 4 : 0));
}

/* Is a sector between two others of the same track and index? */
static bool is_steady(const struct mmc_medium *medium, u32 lba)
{
	const struct mmc_track *track = mmc_track_index(medium, lba);
	u8 index = mmc_index_at(medium, lba);

	return lba && mmc_track_index(medium, lba - 1) == track && mmc_index_at(medium, lba - 1) == index &&
	       lba + 1 < medium->sectors && mmc_track_index(medium, lba + 1) == track &&
	       mmc_index_at(medium, lba + 1) == index;
}

/* Is a sector the one that has a code which comes at @at of a period, or at the first steady sector behind that? */
static bool has_code(const struct mmc_medium *medium, u32 lba, u32 at)
{
	u32 late = (lba + CODE_PERIOD - at) % CODE_PERIOD;
	u32 i;

	if (late >= CODE_DELAY || late > lba || !is_steady(medium, lba))
		return false;
	for (i = 1; i <= late; i++)
		if (is_steady(medium, lba - i))
			return false;
	return true;
}

/* Are there nothing but digits where an ISRC has to have them? Only then Q can tell it. */
static bool isrc_fits(const char *isrc)
{
	u32 i;

	for (i = 5; i < MMC_ISRC_LEN; i++)
		if (isrc[i] < '0' || isrc[i] > '9')
			return false;
	return true;
}

/* Sub-channel Q of a sector */
static void fill_q(u8 *q, const struct mmc_medium *medium, u32 lba)
{
	const struct mmc_track *track = mmc_track_index(medium, lba);
	u8 adr = ADR_POSITION;
	u16 crc;

	memset(q, 0, Q_BYTES);
	if (medium->mcn[0] && has_code(medium, lba, AT_CATALOGUE)) {
		adr = ADR_CATALOGUE;
		fill_catalogue(q, medium->mcn);
		q[9] = to_bcd(mmc_lba_to_msf(lba).f);
	} else if (track->isrc[0] && track->mode == MMC_TRACK_AUDIO && isrc_fits(track->isrc) &&
		   has_code(medium, lba, AT_ISRC)) {
		adr = ADR_ISRC;
		fill_isrc(q, track->isrc);
		q[9] = to_bcd(mmc_lba_to_msf(lba).f);
	} else {
		fill_position(q, medium, track, lba);
	}
	q[0] = (u8)(track->control << 4 | adr);
	crc = q_crc(q);
	q[10] = (u8)(crc >> 8);
	q[11] = (u8)crc;
}

/* A byte for each bit of sub-channels P and Q, which are its bits 7 and 6. R to W are 0. */
static void spread_pq(u8 *to, bool p, const u8 *q)
{
	u32 i;

	for (i = 0; i < MMC_SUB_RAW_LEN; i++)
		to[i] = (q[i / 8] << i % 8 & 0x80 ? 0x40 : 0x00) | (p ? 0x80 : 0x00);
}

/* P to W as they lie on the disc, from twelve bytes of each. */
static void spread_packed(u8 *to, const u8 *packed)
{
	u32 i, channel;

	for (i = 0; i < MMC_SUB_RAW_LEN; i++) {
		to[i] = 0;
		for (channel = 0; channel < 8; channel++)
			if (packed[channel * Q_BYTES + i / 8] << i % 8 & 0x80)
				to[i] |= (u8)(0x80 >> channel);
	}
}

/* Kernel-doc in sector.h. */
void mmc_subchannel_raw(u8 *to, enum mmc_form form, const u8 *from)
{
	switch (form) {
	case MMC_FORM_SUB_PACKED:
		spread_packed(to, from);
		break;
	case MMC_FORM_SUB_Q:
		spread_pq(to, from[MMC_SUB_Q_LEN - 1] & 0x80, from);
		break;
	default:
		memcpy(to, from, MMC_SUB_RAW_LEN);
		break;
	}
}

/* The sub-channels of a sector as they lie on the disc, stored or made up. P is set in pregaps. */
static void fill_raw(u8 *to, const struct mmc_medium *medium, u32 lba, const struct mmc_stored *stored)
{
	u8 q[Q_BYTES];

	if (stored->sub) {
		mmc_subchannel_raw(to, stored->subform, stored->sub);
		return;
	}
	fill_q(q, medium, lba);
	spread_pq(to, !mmc_index_at(medium, lba), q);
}

/* Q of what lies on the disc; behind it three bytes of zeroes and one whose bit 7 is P. */
static void gather_q(u8 *to, const u8 *raw)
{
	u32 i;

	memset(to, 0, MMC_SUB_Q_LEN);
	for (i = 0; i < MMC_SUB_RAW_LEN; i++)
		if (raw[i] & 0x40)
			to[i / 8] |= (u8)(0x80 >> i % 8);
	to[MMC_SUB_Q_LEN - 1] = raw[0] & 0x80;
}

/* Where nothing is stored, R to W are empty, and so are packs of them. */
static void fill_packs(u8 *to, const struct mmc_stored *stored)
{
	const u8 *sectors[MMC_SUB_SPREAD + 1] = { stored->before[1], stored->before[0], NULL };
	u8 raw[MMC_SUB_RAW_LEN];

	if (stored->sub) {
		mmc_subchannel_raw(raw, stored->subform, stored->sub);
		sectors[MMC_SUB_SPREAD] = raw;
	}
	mmc_packs_build(to, sectors);
}

/* Kernel-doc in sector.h. */
void mmc_subchannel_fill(u8 *to, u8 subchannel, const struct mmc_medium *medium, u32 lba,
			 const struct mmc_stored *stored)
{
	u8 raw[MMC_SUB_RAW_LEN];

	switch (subchannel) {
	case MMC_SUB_RAW:
		fill_raw(to, medium, lba, stored);
		break;
	case MMC_SUB_Q:
		fill_raw(raw, medium, lba, stored);
		gather_q(to, raw);
		break;
	case MMC_SUB_RW:
		fill_packs(to, stored);
		break;
	}
}
