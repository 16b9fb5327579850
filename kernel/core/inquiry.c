// SPDX-License-Identifier: GPL-2.0
/*
 * Who the drive is: INQUIRY and REPORT LUNS (SPC-3).
 */
#include "engine.h"

#define TYPE_CD_DVD	0x05	/* peripheral device type */
#define REMOVABLE	0x80
#define VERSION_SPC3	0x05
#define DATA_FORMAT	0x02	/* response data format of SPC */
#define STANDARD_LEN	96

#define EVPD		0x01

static void fill_standard(struct mmc_call *call)
{
	const struct mmc_identity *id = &call->drive->id;
	struct mmc_out *out = &call->out;

	mmc_put8(out, TYPE_CD_DVD);
	mmc_put8(out, REMOVABLE);
	mmc_put8(out, VERSION_SPC3);
	mmc_put8(out, DATA_FORMAT);
	mmc_put8(out, STANDARD_LEN - 5);
	mmc_put_zero(out, 3);
	mmc_put_text(out, id->vendor, sizeof(id->vendor), sizeof(id->vendor));
	mmc_put_text(out, id->product, sizeof(id->product), sizeof(id->product));
	mmc_put_text(out, id->revision, sizeof(id->revision), sizeof(id->revision));
	mmc_put_zero(out, STANDARD_LEN - out->len);
}

/* Pages of vital product data. */
static void fill_page_list(struct mmc_call *call);

/* Unit serial number. */
static void fill_serial(struct mmc_call *call)
{
	const struct mmc_identity *id = &call->drive->id;

	mmc_put_text(&call->out, id->serial, id->serial_len, id->serial_len);
}

/* Device identification: one designator, the T10 vendor identification and what the vendor calls this unit. */
static void fill_designator(struct mmc_call *call)
{
	const struct mmc_identity *id = &call->drive->id;
	struct mmc_out *out = &call->out;

	mmc_put8(out, 0x02);	/* code set: ASCII */
	mmc_put8(out, 0x01);	/* of the logical unit; type T10 vendor ID based */
	mmc_put8(out, 0);
	mmc_put8(out, (u32)(sizeof(id->vendor) + sizeof(id->product)) + id->serial_len);
	mmc_put_text(out, id->vendor, sizeof(id->vendor), sizeof(id->vendor));
	mmc_put_text(out, id->product, sizeof(id->product), sizeof(id->product));
	mmc_put_text(out, id->serial, id->serial_len, id->serial_len);
}

static const struct {
	u8 code;
	void (*fill)(struct mmc_call *call);
} vpd_pages[] = {
	{ 0x00, fill_page_list },
	{ 0x80, fill_serial },
	{ 0x83, fill_designator },
};

static void fill_page_list(struct mmc_call *call)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(vpd_pages); i++)
		mmc_put8(&call->out, vpd_pages[i].code);
}

static void fill_vpd(struct mmc_call *call, u8 code)
{
	struct mmc_out *out = &call->out;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(vpd_pages); i++) {
		if (vpd_pages[i].code != code)
			continue;
		mmc_put8(out, TYPE_CD_DVD);
		mmc_put8(out, code);
		mmc_put16(out, 0);
		vpd_pages[i].fill(call);
		mmc_patch16(out, 2, out->len - 4);
		return;
	}
	mmc_fail_field(call, 2, 7);
}

/** mmc_do_inquiry - INQUIRY (SPC-3 6.4) */
void mmc_do_inquiry(struct mmc_call *call)
{
	u8 code = call->cdb[2];

	if (call->cdb[1] & EVPD)
		fill_vpd(call, code);
	else if (code)
		mmc_fail_field(call, 2, 7);
	else
		fill_standard(call);
}

/** mmc_do_report_luns - REPORT LUNS (SPC-3 6.21): the drive is LUN 0 and there are no well known units */
void mmc_do_report_luns(struct mmc_call *call)
{
	enum { ADDRESSED, WELL_KNOWN, ALL };
	struct mmc_out *out = &call->out;
	u8 select = call->cdb[2];
	u32 count = select == WELL_KNOWN ? 0 : 1;

	if (select > ALL) {
		mmc_fail_field(call, 2, 7);
		return;
	}
	mmc_put32(out, count * 8);
	mmc_put32(out, 0);
	mmc_put_zero(out, count * 8);
}
