// SPDX-License-Identifier: GPL-2.0
/*
 * Mode pages (MMC-5 7, SPC-3 7.4).
 *
 * Each page is a row of a table: its default values, the bits of them that can be changed and where its current
 * values are kept. The current values of pages without changeable bits are their defaults, but for what a function
 * of the page puts in from the state of the drive.
 */
#include "engine.h"

/* MODE SENSE, byte 2: page control and page code. */
enum { CURRENT, CHANGEABLE, DEFAULT, SAVED };
#define PAGE_CODE	0x3F
#define ALL_PAGES	0x3F
#define ALL_SUBPAGES	0xFF

/** PAGE_MAX: longest mode page */
#define PAGE_MAX	24

/* Where the current values of pages with changeable bits begin in mmc_drive.mode. */
#define NOT_KEPT	0xFF
#define KEPT_01		0
#define KEPT_08		(KEPT_01 + 12)
#define KEPT_0D		(KEPT_08 + 20)
#define KEPT_0E		(KEPT_0D + 8)
#define KEPT_END	(KEPT_0E + 16)
static_assert(KEPT_END <= MMC_MODE_BYTES, "no room for the mode pages");

/* Read error recovery: try again 32 times. */
static const u8 default_01[] = { 0x01, 0x0A, 0x00, 0x20, 0, 0, 0, 0, 0, 0, 0, 0 };
static const u8 changeable_01[] = { 0x01, 0x0A, 0x37, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0 };

/* Caching: reads may come from a cache, and there is no write cache. */
static const u8 default_08[] = { 0x08, 0x12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 };
static const u8 changeable_08[] = { 0x08, 0x12, 0x01, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 };

/* Control: fixed format sense data, one task set for all. */
static const u8 default_0a[] = { 0x0A, 0x0A, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 };

/* CD device parameters: inactivity timer 8 minutes (Dh), 60 seconds a minute, 75 frames a second. */
static const u8 default_0d[] = { 0x0D, 0x06, 0x00, 0x0D, 0x00, 0x3C, 0x00, 0x4B };
static const u8 changeable_0d[] = { 0x0D, 0x06, 0x00, 0x0F, 0x00, 0x00, 0x00, 0x00 };

/* CD audio control: play commands return at once; channels 0 and 1 at full volume on ports 0 and 1. */
static const u8 default_0e[] = { 0x0E, 0x0E, 0x04, 0, 0, 0, 0, 0, 0x01, 0xFF, 0x02, 0xFF, 0, 0, 0, 0 };
static const u8 changeable_0e[] = { 0x0E, 0x0E, 0x02, 0, 0, 0, 0, 0, 0x0F, 0xFF, 0x0F, 0xFF, 0, 0, 0, 0 };

/* Power condition: no timers. */
static const u8 default_1a[] = { 0x1A, 0x0A, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 };

/* Informational exceptions: none are reported. */
static const u8 default_1c[] = { 0x1C, 0x0A, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 };

/* Timeout and protect: no timeouts. */
static const u8 default_1d[] = { 0x1D, 0x0A, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 };

/*
 * Capabilities and mechanical status (MMC-3 6.3.11): reads CD-R, CD-RW, method 2, DVD-ROM, DVD-R, DVD-RAM; writes
 * nothing; multi-session, Mode 2 form 2 and 1, audio play; READ CD with R-W, corrected too, and C2 pointers, of
 * CD-DA, too, where it never loses its place; ISRC and UPC; tray, eject, lock; two channels with 256 volume levels.
 */
static const u8 default_2a[] = {
	0x2A, 0x14, 0x3F, 0x00, 0x71, 0x7F, 0x29, 0x00,
	MMC_SPEED_MAX >> 8, MMC_SPEED_MAX & 0xFF, 0x01, 0x00, MMC_BUFFER_KB >> 8, MMC_BUFFER_KB & 0xFF,
	MMC_SPEED_MAX >> 8, MMC_SPEED_MAX & 0xFF, 0, 0, 0, 0, 0, 0,
};

static void current_2a(const struct mmc_call *call, u8 *page)
{
	u16 speed = mmc_speed(call->drive, call->medium);

	if (mmc_locked(call->drive))
		page[6] |= 0x02;
	page[14] = (u8)(speed >> 8);
	page[15] = (u8)speed;
}

/**
 * struct mode_page - a mode page
 * @code: page code
 * @len: its length, header included
 * @kept: where its current values are in mmc_drive.mode; NOT_KEPT if nothing of it can be changed
 * @defaults: default values, @len bytes
 * @changeable: a 1 for each bit that MODE SELECT may change, behind the two bytes of the header; NULL for none
 * @current_values: puts the drive's state into a copy of the current values; NULL if there is none in the page
 */
struct mode_page {
	u8 code;
	u8 len;
	u8 kept;
	const u8 *defaults;
	const u8 *changeable;
	void (*current_values)(const struct mmc_call *call, u8 *page);
};

/* In ascending order, as page 3Fh answers them. */
static const struct mode_page pages[] = {
	{ 0x01, sizeof(default_01), KEPT_01, default_01, changeable_01, NULL },
	{ 0x08, sizeof(default_08), KEPT_08, default_08, changeable_08, NULL },
	{ 0x0A, sizeof(default_0a), NOT_KEPT, default_0a, NULL, NULL },
	{ 0x0D, sizeof(default_0d), KEPT_0D, default_0d, changeable_0d, NULL },
	{ 0x0E, sizeof(default_0e), KEPT_0E, default_0e, changeable_0e, NULL },
	{ 0x1A, sizeof(default_1a), NOT_KEPT, default_1a, NULL, NULL },
	{ 0x1C, sizeof(default_1c), NOT_KEPT, default_1c, NULL, NULL },
	{ 0x1D, sizeof(default_1d), NOT_KEPT, default_1d, NULL, NULL },
	{ 0x2A, sizeof(default_2a), NOT_KEPT, default_2a, NULL, current_2a },
};

/** mmc_mode_init - set all mode pages to their default values */
void mmc_mode_init(struct mmc_drive *drive)
{
	u32 i;

	memset(drive->mode, 0, sizeof(drive->mode));
	for (i = 0; i < ARRAY_SIZE(pages); i++) {
		if (pages[i].kept != NOT_KEPT)
			memcpy(drive->mode + pages[i].kept, pages[i].defaults, pages[i].len);
	}
}

/* CD audio control, byte 2: stop on track crossing. */
#define SOTC		0x02

/** mmc_mode_stops_on_track - does playing end with the track that it begins in (mode page 0Eh, SOTC)? */
bool mmc_mode_stops_on_track(const struct mmc_drive *drive)
{
	return drive->mode[KEPT_0E + 2] & SOTC;
}

/* The values of a page that the page control asks for, in @bytes. */
static void get_page(const struct mmc_call *call, const struct mode_page *page, u32 control, u8 *bytes)
{
	const u8 *values = page->defaults;

	if (control == CHANGEABLE)
		values = page->changeable;
	else if (control == CURRENT && page->kept != NOT_KEPT)
		values = call->drive->mode + page->kept;

	if (values) {
		memcpy(bytes, values, page->len);
	} else {
		memset(bytes, 0, page->len);
		bytes[0] = page->code;
		bytes[1] = (u8)(page->len - 2);
	}
	if (control == CURRENT && page->current_values)
		page->current_values(call, bytes);
}

/* Is this one of the pages that the CDB asks for? */
static bool page_wanted(const struct mmc_call *call, const struct mode_page *page)
{
	u8 code = call->cdb[2] & PAGE_CODE;

	return code == ALL_PAGES || code == page->code;
}

/* Does the CDB ask for values and pages that there are? */
static bool check_pages(struct mmc_call *call)
{
	u8 subpage = call->cdb[3];
	bool found = false;
	u32 i;

	if (call->cdb[2] >> 6 == SAVED) {
		mmc_fail(call, MMC_NO_SAVING);
		return false;
	}
	for (i = 0; i < ARRAY_SIZE(pages); i++)
		found |= page_wanted(call, &pages[i]);
	if (!found) {
		mmc_fail_field(call, 2, 5);
		return false;
	}
	/* No page has subpages: subpage 0 is the page itself, FFh the page with all of none. */
	if (subpage && subpage != ALL_SUBPAGES) {
		mmc_fail_field(call, 3, 7);
		return false;
	}
	return true;
}

/* Append the pages that the CDB asks for. */
static void put_pages(struct mmc_call *call)
{
	u8 bytes[PAGE_MAX];
	u32 i;

	for (i = 0; i < ARRAY_SIZE(pages); i++) {
		if (!page_wanted(call, &pages[i]))
			continue;
		get_page(call, &pages[i], call->cdb[2] >> 6, bytes);
		mmc_put_bytes(&call->out, bytes, pages[i].len);
	}
}

/* The medium type byte of the mode parameter header, as SFF-8020 and INF-8090 have it. */
static u8 medium_type(const struct mmc_call *call)
{
	const struct mmc_medium *medium = call->medium;
	u32 data = 0;
	u32 i;

	if (!medium)
		return call->drive->tray_open ? 0x71 : 0x70;
	if (medium->profile != MMC_PROFILE_CD_ROM)
		return medium->profile == MMC_PROFILE_DVD_ROM ? 0x41 : 0x00;

	for (i = 0; i < medium->nr_tracks; i++)
		data += !!(medium->tracks[i].control & MMC_CONTROL_DATA);
	if (data == medium->nr_tracks)
		return 0x01;
	return data ? 0x03 : 0x02;
}

/** mmc_do_mode_sense6 - MODE SENSE (6): never with a block descriptor, whatever DBD says */
void mmc_do_mode_sense6(struct mmc_call *call)
{
	struct mmc_out *out = &call->out;

	if (!check_pages(call))
		return;
	mmc_put8(out, 0);
	mmc_put8(out, medium_type(call));
	mmc_put16(out, 0);	/* device-specific parameter, block descriptor length */
	put_pages(call);
	mmc_patch8(out, 0, out->len - 1);
}

/** mmc_do_mode_sense10 - MODE SENSE (10) */
void mmc_do_mode_sense10(struct mmc_call *call)
{
	struct mmc_out *out = &call->out;

	if (!check_pages(call))
		return;
	mmc_put16(out, 0);
	mmc_put8(out, medium_type(call));
	mmc_put_zero(out, 5);	/* device-specific parameter, LONGLBA, block descriptor length */
	put_pages(call);
	mmc_patch16(out, 0, out->len - 2);
}

/* MODE SELECT, byte 1: the list consists of pages. */
#define PF		0x10

/* Block descriptor. */
#define DESCRIPTOR_LEN	8
#define LONGLBA		0x01

/* MODE SELECT, first byte of a page: reserved bit, subpage format. */
#define PAGE_RESERVED	0x80
#define PAGE_SPF	0x40

static const struct mode_page *find_page(u8 code)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(pages); i++) {
		if (pages[i].code == code)
			return &pages[i];
	}
	return NULL;
}

/* The page at offset @at of a parameter list of @len bytes; NULL if it is not right, and the command has failed. */
static const struct mode_page *check_page(struct mmc_call *call, u32 at, u32 len)
{
	const u8 *list = call->cmd->out;
	const struct mode_page *page = find_page(list[at] & PAGE_CODE);
	u8 now[PAGE_MAX];
	u32 i;

	if (list[at] & (PAGE_RESERVED | PAGE_SPF)) {
		mmc_fail_parameter(call, at, mmc_top_bit(list[at]));
		return NULL;
	}
	if (!page) {
		mmc_fail_parameter(call, at, 5);
		return NULL;
	}
	if (len - at < 2) {
		mmc_fail(call, MMC_BAD_LIST);
		return NULL;
	}
	if (list[at + 1] != page->len - 2) {
		mmc_fail_parameter(call, at + 1, 7);
		return NULL;
	}
	if (len - at < page->len) {
		mmc_fail(call, MMC_BAD_LIST);
		return NULL;
	}
	get_page(call, page, CURRENT, now);
	for (i = 2; i < page->len; i++) {
		u32 wrong = list[at + i] ^ now[i];

		if (page->changeable)
			wrong &= ~(u32)page->changeable[i];
		if (wrong) {
			mmc_fail_parameter(call, at + i, mmc_top_bit(wrong));
			return NULL;
		}
	}
	return page;
}

/* Where the pages of a parameter list begin; 0 if its header is not right, and the command has failed. */
static u32 check_header(struct mmc_call *call, u32 header, u32 len)
{
	const u8 *list = call->cmd->out;
	u32 descriptor = header == 4 ? list[3] : mmc_get16(list + 6);
	/* The field's offset: one byte in the short header, two in the long one. */
	u32 at = header == 4 ? 3 : 6;

	if (header == 8 && (list[4] & LONGLBA)) {
		mmc_fail_parameter(call, 4, 0);
		return 0;
	}
	if (!descriptor)
		return header;
	if (descriptor != DESCRIPTOR_LEN) {
		mmc_fail_parameter(call, at, 7);
		return 0;
	}
	if (len < header + DESCRIPTOR_LEN) {
		mmc_fail(call, MMC_BAD_LIST);
		return 0;
	}
	if (mmc_get24(list + header + 5) != MMC_BLOCK) {
		mmc_fail_parameter(call, header + 5, 7);
		return 0;
	}
	return header + DESCRIPTOR_LEN;
}

/* Take over the values of a page that has been checked. Return whether that changes anything. */
static bool set_page(struct mmc_drive *drive, const struct mode_page *page, const u8 *values)
{
	u8 *now;

	if (page->kept == NOT_KEPT)
		return false;
	now = drive->mode + page->kept;
	if (!memcmp(now + 2, values + 2, page->len - 2))
		return false;
	memcpy(now + 2, values + 2, page->len - 2);
	return true;
}

/* Check the pages of a list of @len bytes from offset @at on, and take them over if @apply. */
static bool walk_pages(struct mmc_call *call, u32 at, u32 len, bool apply)
{
	const struct mode_page *page;

	for (; at < len; at += page->len) {
		page = check_page(call, at, len);
		if (!page)
			return false;
		if (apply && set_page(call->drive, page, call->cmd->out + at))
			call->reply->others |= MMC_UA_MODE;
	}
	return true;
}

static void mode_select(struct mmc_call *call, u32 header)
{
	u32 len = mmc_op_alloc(call->op, call->cdb);
	u32 start;

	if (!(call->cdb[1] & PF)) {
		mmc_fail_field(call, 1, 4);
		return;
	}
	if (!len)
		return;
	if (len < header || len > call->cmd->out_len) {
		mmc_fail(call, MMC_BAD_LIST);
		return;
	}
	/* Nothing is changed unless all of the list is right. */
	start = check_header(call, header, len);
	if (start && walk_pages(call, start, len, false))
		walk_pages(call, start, len, true);
}

/**
 * mmc_do_mode_select6 - MODE SELECT (6)
 * @call: the command
 *
 * A list may hold any pages that MODE SENSE returns, with other values in the changeable bits alone. A block
 * descriptor may say what is the case: 2048 bytes a block.
 */
void mmc_do_mode_select6(struct mmc_call *call)
{
	mode_select(call, 4);
}

/** mmc_do_mode_select10 - MODE SELECT (10) */
void mmc_do_mode_select10(struct mmc_call *call)
{
	mode_select(call, 8);
}
