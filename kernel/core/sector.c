// SPDX-License-Identifier: GPL-2.0
/*
 * CD sectors (ECMA-130).
 *
 * A sector of Mode 1 is sync, header, user data, EDC, zeroes and the parity of a Reed-Solomon product code. All but
 * the user data follows from the address and the user data. One of Mode 2 has a sub-header behind the header; that of
 * Form 1 has the same parity, as if its header were zero, and that of Form 2 more user data instead. An audio sector is
 * nothing but samples.
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

/* And those of a Mode 2 sector. */
#define AT_SUBHEADER	16
#define AT_USER_XA	24
#define AT_EDC_FORM1	(AT_USER_XA + MMC_BLOCK)
#define AT_EDC_FORM2	(AT_USER_XA + 2324)
static_assert(AT_EDC_FORM1 + 4 == AT_P, "the sub-header takes the place of the zeroes");
static_assert(AT_EDC_FORM2 + 4 == MMC_RAW_SECTOR, "the parts don't add up to a sector");

#define SUBMODE_DATA	0x08	/* third byte of the sub-header */
#define SUBMODE_FORM2	0x20

/* C2 pointers: a bit for each byte of a sector; before them a byte for the whole sector and a pad byte. */
#define C2_LEN		(MMC_RAW_SECTOR / 8)
#define C2_BLOCK_LEN	(2 + C2_LEN)

#define MODE_1		0x01
#define MODE_2		0x02
/* What sub-channel Q holds: where it is, the media catalogue number, the ISRC. */
#define ADR_POSITION	0x01
#define ADR_MCN		0x02
#define ADR_ISRC	0x03
#define Q_BYTES		12	/* sub-channel Q of a sector, on the disc */

/* The numbers take the place of the position in one of so many sectors (MMC-5 4.2.3: of a hundred at least). */
#define NUMBER_EVERY	98
#define AT_MCN		40
#define AT_ISRC		89

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

static void fill_header(u8 *sector, u32 lba, u8 mode)
{
	put_bcd_msf(sector + AT_HEADER, mmc_lba_to_msf(lba));
	sector[AT_HEADER + 3] = mode;
}

/* EDC (ECMA-130 14.3) over what is from @start to @end, where it goes; the polynomial 8001801Bh, lowest bit first. */
static void fill_edc(u8 *sector, u32 start, u32 end)
{
	/* What four bits that are shifted out do to the rest. */
	static const u32 table[16] = {
		0x00000000, 0x99011001, 0x82012001, 0x1B003000, 0xB4014001, 0x2D005000, 0x36006000, 0xAF017001,
		0xD8018001, 0x41009000, 0x5A00A000, 0xC301B001, 0x6C00C000, 0xF501D001, 0xEE01E001, 0x7700F000,
	};
	u32 edc = 0;
	u32 i;

	for (i = start; i < end; i++) {
		edc ^= sector[i];
		edc = edc >> 4 ^ table[edc & 0xF];
		edc = edc >> 4 ^ table[edc & 0xF];
	}
	for (i = 0; i < 4; i++)
		sector[end + i] = (u8)(edc >> 8 * i);
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

/* Kernel-doc in sector.h. */
void mmc_sector_parity(u8 *sector, enum mmc_sector_type type)
{
	u8 header[AT_USER - AT_HEADER];

	/* That of Form 1 is made with a header of zeroes. */
	memcpy(header, sector + AT_HEADER, sizeof(header));
	if (type == MMC_TYPE_FORM_1)
		memset(sector + AT_HEADER, 0, sizeof(header));
	fill_p(sector);
	fill_q(sector);
	memcpy(sector + AT_HEADER, header, sizeof(header));
}

/* Kernel-doc in sector.h. */
void mmc_sector_protect(u8 *sector, enum mmc_sector_type type)
{
	switch (type) {
	case MMC_TYPE_MODE_1:
		fill_edc(sector, 0, AT_EDC);
		memset(sector + AT_ZERO, 0, AT_P - AT_ZERO);
		mmc_sector_parity(sector, type);
		break;
	case MMC_TYPE_FORM_1:
		fill_edc(sector, AT_SUBHEADER, AT_EDC_FORM1);
		mmc_sector_parity(sector, type);
		break;
	case MMC_TYPE_FORM_2:
		fill_edc(sector, AT_SUBHEADER, AT_EDC_FORM2);
		break;
	default:
		break;
	}
}

/* A Mode 1 sector, or as much of it as is asked for. */
static void fill_mode1(u8 *sector, u8 fields, u32 lba, const u8 *user)
{
	fill_sync(sector);
	fill_header(sector, lba, MODE_1);
	if (user)
		memcpy(sector + AT_USER, user, MMC_BLOCK);
	else
		memset(sector + AT_USER, 0, MMC_BLOCK);
	if (fields & MMC_FIELD_EDC)
		mmc_sector_protect(sector, MMC_TYPE_MODE_1);
}

/* A Mode 2 sector of Form 1 */
static void fill_form1(u8 *sector, u8 fields, u32 lba, const u8 *user)
{
	fill_sync(sector);
	fill_header(sector, lba, MODE_2);
	memset(sector + AT_SUBHEADER, 0, AT_USER_XA - AT_SUBHEADER);
	sector[AT_SUBHEADER + 2] = SUBMODE_DATA;
	sector[AT_SUBHEADER + 6] = SUBMODE_DATA;
	if (user)
		memcpy(sector + AT_USER_XA, user, MMC_BLOCK);
	else
		memset(sector + AT_USER_XA, 0, MMC_BLOCK);
	if (fields & MMC_FIELD_EDC)
		mmc_sector_protect(sector, MMC_TYPE_FORM_1);
}

static void swap_samples(u8 *sector, const u8 *from)
{
	u32 i;

	for (i = 0; i < MMC_RAW_SECTOR; i += 2) {
		sector[i] = from[i + 1];
		sector[i + 1] = from[i];
	}
}

static void fill_audio(u8 *sector, const struct mmc_stored *stored)
{
	if (!stored->data)
		memset(sector, 0, MMC_RAW_SECTOR);
	else if (stored->form == MMC_FORM_AUDIO_BE)
		swap_samples(sector, stored->data);
	else
		memcpy(sector, stored->data, MMC_RAW_SECTOR);
}

/* The whole main channel of a sector, or as much of it as is asked for. */
static void fill_main(u8 *sector, enum mmc_track_mode mode, u8 fields, u32 lba, const struct mmc_stored *stored)
{
	if (mode == MMC_TRACK_AUDIO) {
		fill_audio(sector, stored);
	} else if (stored->data && stored->form == MMC_FORM_RAW) {
		memcpy(sector, stored->data, MMC_RAW_SECTOR);
	} else if (stored->data && stored->form == MMC_FORM_MODE2) {
		fill_sync(sector);
		fill_header(sector, lba, MODE_2);
		memcpy(sector + AT_SUBHEADER, stored->data, MMC_RAW_SECTOR - AT_SUBHEADER);
	} else if (mode == MMC_TRACK_MODE2) {
		fill_form1(sector, fields, lba, stored->data);
	} else {
		fill_mode1(sector, fields, lba, stored->data);
	}
}

/* Kernel-doc in sector.h. */
bool mmc_is_form2(const u8 *subheader)
{
	return subheader[2] & SUBMODE_FORM2;
}

/* Kernel-doc in sector.h. A sub-header is there twice; where it is not, there is none. */
enum mmc_sector_type mmc_sector_type(const u8 *sector, enum mmc_track_mode mode)
{
	const u8 *subheader = sector + AT_SUBHEADER;

	if (mode == MMC_TRACK_AUDIO)
		return MMC_TYPE_CD_DA;
	if (mode == MMC_TRACK_DATA)
		return MMC_TYPE_MODE_1;
	if (memcmp(subheader, subheader + 4, 4))
		return MMC_TYPE_MODE_2;
	return mmc_is_form2(subheader) ? MMC_TYPE_FORM_2 : MMC_TYPE_FORM_1;
}

/* Where the parts of a sector end; each begins where the one before it ends. */
static const struct {
	u16 sync;
	u16 header;
	u16 subheader;
	u16 user;
	u16 edc;
} parts[] = {
	[MMC_TYPE_CD_DA]	= { 0, 0, 0, MMC_RAW_SECTOR, MMC_RAW_SECTOR },
	[MMC_TYPE_MODE_1]	= { AT_HEADER, AT_USER, AT_USER, AT_EDC, MMC_RAW_SECTOR },
	[MMC_TYPE_MODE_2]	= { AT_HEADER, AT_USER, AT_USER, MMC_RAW_SECTOR, MMC_RAW_SECTOR },
	[MMC_TYPE_FORM_1]	= { AT_HEADER, AT_USER, AT_USER_XA, AT_EDC_FORM1, MMC_RAW_SECTOR },
	[MMC_TYPE_FORM_2]	= { AT_HEADER, AT_USER, AT_USER_XA, AT_EDC_FORM2, MMC_RAW_SECTOR },
};

/* Where the parts asked for begin and end in a whole sector. They lie side by side. */
static u32 main_range(enum mmc_sector_type type, u8 fields, u32 *start)
{
	const struct {
		u8 field;
		u16 start;
		u16 end;
	} range[] = {
		{ MMC_FIELD_SYNC, 0, parts[type].sync },
		{ MMC_FIELD_HEADER, parts[type].sync, parts[type].header },
		{ MMC_FIELD_SUBHEADER, parts[type].header, parts[type].subheader },
		{ MMC_FIELD_USER, parts[type].subheader, parts[type].user },
		{ MMC_FIELD_EDC, parts[type].user, parts[type].edc },
	};
	u32 len = 0;
	u32 i;

	*start = 0;
	for (i = 0; i < ARRAY_SIZE(range); i++) {
		if (!(fields & range[i].field))
			continue;
		if (!len)
			*start = range[i].start;
		len += range[i].end - range[i].start;
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
u32 mmc_sector_size(enum mmc_sector_type type, u8 fields, u8 subchannel)
{
	u32 start;

	return main_range(type, fields, &start) + c2_size(fields) + subchannel_size(subchannel);
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

/* The first sector of a track or of its pregap, which has to tell that. */
static bool begins_index(const struct mmc_track *track, u32 lba)
{
	return lba == track->lba || lba == track->lba - track->pregap;
}

/* Is this sector one of those that are @at in a row? Where one of these begins an index, it is the next one. */
static bool in_turn(const struct mmc_track *track, u32 lba, u32 at)
{
	u32 turn = lba % NUMBER_EVERY;

	return turn == at ? !begins_index(track, lba) : turn == at + 1 && begins_index(track, lba - 1);
}

/* Sub-channel Q holds no letters in the second half of an ISRC: it is year and serial number. */
static bool has_isrc(const struct mmc_track *track)
{
	u32 i;

	for (i = MMC_ISRC_LETTERS; i < MMC_ISRC_LEN; i++)
		if (track->isrc[i] > '9')
			return false;
	return track->isrc[0] && track->mode == MMC_TRACK_AUDIO;
}

static u8 q_adr(const struct mmc_medium *medium, const struct mmc_track *track, u32 lba)
{
	if (medium->mcn[0] && in_turn(track, lba, AT_MCN))
		return ADR_MCN;
	if (has_isrc(track) && in_turn(track, lba, AT_ISRC))
		return ADR_ISRC;
	return ADR_POSITION;
}

/* Characters as numbers of @width bits each, one behind the other. They are in the order of ASCII, from 0 on. */
static u8 *put_bits(u8 *to, const char *text, u32 count, u32 width, u32 padding)
{
	u32 bits = 0;
	u32 held = 0;
	u32 i;

	for (i = 0; i < count; i++) {
		bits = bits << width | (u32)(text[i] - '0');
		for (held += width; held >= 8; held -= 8)
			*to++ = (u8)(bits >> (held - 8));
	}
	for (bits <<= padding, held += padding; held >= 8; held -= 8)
		*to++ = (u8)(bits >> (held - 8));
	return to;
}

/* Track, index, address in the track and on the disc, in BCD. */
static void put_position(u8 *q, const struct mmc_track *track, u32 lba)
{
	q[1] = to_bcd(track->number);
	q[2] = lba >= track->lba;	/* index */
	put_bcd_msf(q + 3, mmc_frames_to_msf(track_time(track, lba)));
	q[6] = 0;
	put_bcd_msf(q + 7, mmc_lba_to_msf(lba));
}

/* Sub-channel Q of a sector (ECMA-130 22.3): a number is followed by the last part of the address on the disc. */
static void fill_q_channel(u8 *q, const struct mmc_medium *medium, u32 lba)
{
	const struct mmc_track *track = mmc_track_index(medium, lba);
	u8 adr = q_adr(medium, track, lba);
	u16 crc;

	q[0] = (u8)(track->control << 4 | adr);
	if (adr == ADR_POSITION)
		put_position(q, track, lba);
	else if (adr == ADR_MCN)
		*put_bits(q + 1, medium->mcn, MMC_MCN_LEN, 4, 4) = 0;
	else
		put_bits(put_bits(q + 1, track->isrc, MMC_ISRC_LETTERS, 6, 2), track->isrc + MMC_ISRC_LETTERS,
			 MMC_ISRC_LEN - MMC_ISRC_LETTERS, 4, 4);
	if (adr != ADR_POSITION)
		q[9] = to_bcd(mmc_lba_to_msf(lba).f);
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

/* The sub-channels of a sector as they lie on the disc. P is set in pregaps. */
static void fill_raw_subchannel(u8 *to, const struct mmc_medium *medium, u32 lba, const struct mmc_stored *stored)
{
	u8 q[Q_BYTES];

	if (!stored->sub) {
		fill_q_channel(q, medium, lba);
		spread_pq(to, lba < mmc_track_index(medium, lba)->lba, q);
	} else if (stored->subform == MMC_FORM_SUB_PACKED) {
		spread_packed(to, stored->sub);
	} else if (stored->subform == MMC_FORM_SUB_Q) {
		spread_pq(to, stored->sub[MMC_SUB_Q_LEN - 1] & 0x80, stored->sub);
	} else {
		memcpy(to, stored->sub, MMC_SUB_RAW_LEN);
	}
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

static void fill_subchannel(u8 *to, u8 subchannel, const struct mmc_medium *medium, u32 lba,
			    const struct mmc_stored *stored)
{
	u8 raw[MMC_SUB_RAW_LEN];

	switch (subchannel) {
	case MMC_SUB_RAW:
		fill_raw_subchannel(to, medium, lba, stored);
		break;
	case MMC_SUB_Q:
		fill_raw_subchannel(raw, medium, lba, stored);
		gather_q(to, raw);
		break;
	case MMC_SUB_RW:
		memset(to, 0, MMC_SUB_RAW_LEN);
		break;
	}
}

/* Kernel-doc in sector.h. */
s32 mmc_sector_build(u8 *to, const struct mmc_plan *plan, const struct mmc_medium *medium, u32 lba,
		     const struct mmc_stored *stored)
{
	enum mmc_track_mode mode = mmc_sector_mode(medium, lba);
	enum mmc_sector_type type;
	u32 start, len;

	if (mode == MMC_TRACK_NONE)
		return -1;
	fill_main(to, mode, plan->fields, lba, stored);
	type = mmc_sector_type(to, mode);
	if (plan->type != MMC_TYPE_ANY && plan->type != type)
		return -1;
	len = main_range(type, plan->fields, &start);
	if (len && start)
		memmove(to, to + start, len);
	memset(to + len, 0, c2_size(plan->fields));
	len += c2_size(plan->fields);
	fill_subchannel(to + len, plan->subchannel, medium, lba, stored);
	return (s32)(len + subchannel_size(plan->subchannel));
}
