// SPDX-License-Identifier: GPL-2.0
/*
 * CD sectors (ECMA-130).
 *
 * A sector of Mode 1 is sync, header, user data, EDC, zeroes and the parity of a Reed-Solomon product code. All but the
 * user data follows from the address and the user data.
 */
#include "engine.h"
#include "sector.h"

/* The product code: two bytes of parity over each of 86 columns of 24 bytes, then over each of 52 diagonals of 43. */
#define P_CODES		86
#define P_LENGTH	24
#define Q_CODES		52
#define Q_LENGTH	43

/* Where the parts of a Mode 1 sector begin. */
#define AT_HEADER	12
#define AT_USER		16
#define AT_EDC		(AT_USER + MMC_BLOCK)
#define AT_ZERO		(AT_EDC + 4)
#define AT_P		(AT_ZERO + 8)
#define AT_Q		(AT_P + 2 * P_CODES)
#define AT_END		(AT_Q + 2 * Q_CODES)
static_assert(AT_END == MMC_RAW_SECTOR, "the parts don't add up to a sector");

/* C2 pointers: a bit for each byte of a sector; before them a byte for the whole sector and a pad byte. */
#define C2_LEN		(MMC_RAW_SECTOR / 8)
#define C2_BLOCK_LEN	(2 + C2_LEN)

#define MODE_1		0x01
#define ADR_POSITION	0x01	/* sub-channel Q holds an address */
#define Q_BYTES		12	/* sub-channel Q of a sector, on the disc */

static u8 to_bcd(u32 value)
{
	return (u8)(value / 10 << 4 | value % 10);
}

static void put_bcd_msf(u8 *to, struct mmc_msf msf)
{
	to[0] = to_bcd(msf.m);
	to[1] = to_bcd(msf.s);
	to[2] = to_bcd(msf.f);
}

static void fill_sync(u8 *sector)
{
	memset(sector, 0xFF, AT_HEADER);
	sector[0] = 0x00;
	sector[AT_HEADER - 1] = 0x00;
}

static void fill_header(u8 *sector, u32 lba)
{
	put_bcd_msf(sector + AT_HEADER, mmc_lba_to_msf(lba));
	sector[AT_HEADER + 3] = MODE_1;
}

/* EDC (ECMA-130 14.3): over all that comes before it; the polynomial 8001801Bh, lowest bit first. */
static void fill_edc(u8 *sector)
{
	/* What four bits that are shifted out do to the rest. */
	static const u32 table[16] = {
		0x00000000, 0x99011001, 0x82012001, 0x1B003000, 0xB4014001, 0x2D005000, 0x36006000, 0xAF017001,
		0xD8018001, 0x41009000, 0x5A00A000, 0xC301B001, 0x6C00C000, 0xF501D001, 0xEE01E001, 0x7700F000,
	};
	u32 edc = 0;
	u32 i;

	for (i = 0; i < AT_EDC; i++) {
		edc ^= sector[i];
		edc = edc >> 4 ^ table[edc & 0xF];
		edc = edc >> 4 ^ table[edc & 0xF];
	}
	for (i = 0; i < 4; i++)
		sector[AT_EDC + i] = (u8)(edc >> 8 * i);
	memset(sector + AT_ZERO, 0, AT_P - AT_ZERO);
}

/* Times 2 in the Galois field of x^8 + x^4 + x^3 + x^2 + 1. */
static u8 gf_double(u8 x)
{
	return (u8)(x << 1 ^ (x >> 7) * 0x1D);
}

/* Divided by 3: times F4h, which is 2^7 + 2^6 + 2^5 + 2^4 + 2^2. */
static u8 gf_third(u8 x)
{
	u8 x4 = gf_double(gf_double(x));
	u8 x16 = gf_double(gf_double(x4));
	u8 x32 = gf_double(x16);
	u8 x64 = gf_double(x32);

	return (u8)(gf_double(x64) ^ x64 ^ x32 ^ x16 ^ x4);
}

/* The two parity bytes that make both the sum of a code word and its sum weighted with powers of 2 zero. */
static void put_parity(u8 sum, u8 weighted, u8 *first, u8 *second)
{
	weighted = gf_double(gf_double(weighted));
	*first = gf_third(sum ^ weighted);
	*second = sum ^ *first;
}

/* P parity (ECMA-130 annex A): over header, user data, EDC and zeroes. */
static void fill_p(u8 *sector)
{
	u32 column, row;

	for (column = 0; column < P_CODES; column++) {
		const u8 *data = sector + AT_HEADER + column;
		u8 sum = 0;
		u8 weighted = 0;

		for (row = 0; row < P_LENGTH; row++) {
			sum ^= data[row * P_CODES];
			weighted = gf_double(weighted) ^ data[row * P_CODES];
		}
		put_parity(sum, weighted, sector + AT_P + column, sector + AT_P + P_CODES + column);
	}
}

/* Q parity: over the same and the P parity, two-byte words apart by a row and a column, around the end. */
static void fill_q(u8 *sector)
{
	u32 code, i;

	for (code = 0; code < Q_CODES; code++) {
		const u8 *data = sector + AT_HEADER + code % 2;
		u32 at = code / 2 * P_CODES;
		u8 sum = 0;
		u8 weighted = 0;

		for (i = 0; i < Q_LENGTH; i++) {
			sum ^= data[at];
			weighted = gf_double(weighted) ^ data[at];
			at += P_CODES + 2;
			if (at >= AT_Q - AT_HEADER)
				at -= AT_Q - AT_HEADER;
		}
		put_parity(sum, weighted, sector + AT_Q + code, sector + AT_Q + Q_CODES + code);
	}
}

/* The whole main channel, or as much of it as is asked for. */
static void fill_main(u8 *sector, u8 fields, u32 lba, const u8 *user)
{
	fill_sync(sector);
	fill_header(sector, lba);
	memcpy(sector + AT_USER, user, MMC_BLOCK);
	if (!(fields & MMC_FIELD_EDC))
		return;
	fill_edc(sector);
	fill_p(sector);
	fill_q(sector);
}

/* Where the parts asked for begin and end in a whole sector. They lie side by side. */
static u32 main_range(u8 fields, u32 *start)
{
	static const struct {
		u8 field;
		u16 start;
		u16 end;
	} parts[] = {
		{ MMC_FIELD_SYNC, 0, AT_HEADER },
		{ MMC_FIELD_HEADER, AT_HEADER, AT_USER },
		{ MMC_FIELD_USER, AT_USER, AT_EDC },
		{ MMC_FIELD_EDC, AT_EDC, MMC_RAW_SECTOR },
	};
	u32 len = 0;
	u32 i;

	*start = 0;
	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		if (!(fields & parts[i].field))
			continue;
		if (!len)
			*start = parts[i].start;
		len += parts[i].end - parts[i].start;
	}
	return len;
}

static u32 c2_size(u8 fields)
{
	switch (fields & MMC_FIELD_C2) {
	case MMC_C2_BITS:
		return C2_LEN;
	case MMC_C2_AND_BLOCK:
		return C2_BLOCK_LEN;
	default:
		return 0;
	}
}

static u32 subchannel_size(u8 subchannel)
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

/* Kernel-doc in sector.h. */
u32 mmc_sector_size(u8 fields, u8 subchannel)
{
	u32 start;

	return main_range(fields, &start) + c2_size(fields) + subchannel_size(subchannel);
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

/* Sub-channel Q of a sector (ECMA-130 22.3.3): track, index, address in the track and on the disc, in BCD. */
static void fill_q_channel(u8 *q, const struct mmc_medium *medium, u32 lba)
{
	const struct mmc_track *track = mmc_track_at(medium, lba);
	u16 crc;

	q[0] = (u8)(track->control << 4 | ADR_POSITION);
	q[1] = to_bcd(track->number);
	q[2] = 1;	/* index */
	put_bcd_msf(q + 3, mmc_frames_to_msf(lba - track->lba));
	q[6] = 0;
	put_bcd_msf(q + 7, mmc_lba_to_msf(lba));
	crc = q_crc(q);
	q[10] = (u8)(crc >> 8);
	q[11] = (u8)crc;
}

/* A byte for each bit of sub-channel Q, which is its bit 6. P, bit 7, is 0 inside a track, and so are R to W here. */
static void fill_raw_subchannel(u8 *to, const u8 *q)
{
	u32 i;

	for (i = 0; i < MMC_SUB_RAW_LEN; i++)
		to[i] = q[i / 8] << i % 8 & 0x80 ? 0x40 : 0x00;
}

static void fill_subchannel(u8 *to, u8 subchannel, const struct mmc_medium *medium, u32 lba)
{
	u8 q[Q_BYTES];

	memset(to, 0, subchannel_size(subchannel));
	switch (subchannel) {
	case MMC_SUB_RAW:
		fill_q_channel(q, medium, lba);
		fill_raw_subchannel(to, q);
		break;
	case MMC_SUB_Q:
		/* Behind it three bytes of zeroes and one whose bit 7 is P. */
		fill_q_channel(to, medium, lba);
		break;
	}
}

/* Kernel-doc in sector.h. */
u32 mmc_sector_build(u8 *to, const struct mmc_plan *plan, const struct mmc_medium *medium, u32 lba, const u8 *user)
{
	u32 start;
	u32 len = main_range(plan->fields, &start);

	if (len) {
		fill_main(to, plan->fields, lba, user);
		memmove(to, to + start, len);
	}
	memset(to + len, 0, c2_size(plan->fields));
	len += c2_size(plan->fields);
	fill_subchannel(to + len, plan->subchannel, medium, lba);
	return len + subchannel_size(plan->subchannel);
}
