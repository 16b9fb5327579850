// SPDX-License-Identifier: GPL-2.0
/*
 * Features and profiles: GET CONFIGURATION (MMC-6 6.6; features MMC-6 5.3).
 */
#include "engine.h"

/* Feature descriptor, byte 2. */
#define PERSISTENT	0x02
#define CURRENT		0x01
#define VERSION(n)	((n) << 2)

/* For features that don't depend on the disc. */
#define ALWAYS		(MMC_ON_ANY | MMC_ON_NONE)
/* Beside MMC_ON_*: discs with audio. */
#define ON_AUDIO	0x10

/* Profiles, highest first. */
static void fill_profiles(struct mmc_call *call)
{
	static const u16 profiles[] = { MMC_PROFILE_BD_ROM, MMC_PROFILE_DVD_ROM, MMC_PROFILE_CD_ROM };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(profiles); i++) {
		mmc_put16(&call->out, profiles[i]);
		mmc_put8(&call->out, call->medium && call->medium->profile == profiles[i]);
		mmc_put8(&call->out, 0);
	}
}

/* Random readable: block size, blocks in the smallest unit of reading, error recovery mode page present. */
static void fill_random_readable(struct mmc_call *call)
{
	u32 blocking;

	switch (mmc_on(call->medium)) {
	case MMC_ON_DVD:
		blocking = 0x10;
		break;
	case MMC_ON_BD:
		blocking = 0x20;
		break;
	default:
		blocking = 0x01;
	}
	mmc_put32(&call->out, MMC_BLOCK);
	mmc_put16(&call->out, blocking);
	mmc_put8(&call->out, 0x01);
	mmc_put8(&call->out, 0);
}

/* Logical unit serial number, padded to a multiple of four bytes. */
static void fill_serial(struct mmc_call *call)
{
	const struct mmc_identity *id = &call->drive->id;

	mmc_put_text(&call->out, id->serial, id->serial_len, (id->serial_len + 3u) / 4 * 4);
}

/* Core: the SCSI family of interfaces; INQUIRY with vital product data; device busy events. */
static const u8 core[] = { 0x00, 0x00, 0x00, 0x01, 0x03, 0x00, 0x00, 0x00 };

/* Morphing: operational change events, polled only. */
static const u8 morphing[] = { 0x02, 0x00, 0x00, 0x00 };

/* Removable medium: tray, START STOP UNIT loads and ejects, can be locked, is not locked at power-on. */
static const u8 removable[] = { 0x39, 0x00, 0x00, 0x00 };

/* CD read: C2 error pointers, CD-Text. */
static const u8 cd_read[] = { 0x03, 0x00, 0x00, 0x00 };

/* DVD read: MULTI110, and DVD-R with two layers. */
static const u8 dvd_read[] = { 0x01, 0x00, 0x01, 0x00 };

/*
 * BD read: for BD-RE, BD-R and BD-ROM a bitmap each of the versions of classes 0 to 3 that the drive reads. The only
 * disc that it can hold is a BD-ROM of class 0, version 1.
 */
static const u8 bd_read[] = {
	0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
};

/* CD audio external play: SCAN, the channels muted one by one, and a volume each, of 256 levels. */
static const u8 cd_audio[] = { 0x07, 0x00, 0x01, 0x00 };

/* Timeout: no group 3 timeout. */
static const u8 timeout[] = { 0x00, 0x00, 0x00, 0x00 };

/* Real-time streaming: READ BUFFER CAPACITY in blocks, SET CD SPEED; no speed descriptors of any kind, no writing. */
static const u8 streaming[] = { 0x18, 0x00, 0x00, 0x00 };

/**
 * struct feature - a feature
 * @code: feature code
 * @flags: version and PERSISTENT
 * @discs: on which discs it is current, MMC_ON_* and ON_AUDIO
 * @len: length of @body
 * @body: what follows the header of its descriptor
 * @fill: appends what depends on the state; NULL if @body is all
 */
struct feature {
	u16 code;
	u8 flags;
	u8 discs;
	u8 len;
	const u8 *body;
	void (*fill)(struct mmc_call *call);
};

/* In ascending order, as they are answered. */
static const struct feature features[] = {
	{ 0x0000, PERSISTENT, ALWAYS, 0, NULL, fill_profiles },
	{ 0x0001, PERSISTENT | VERSION(2), ALWAYS, sizeof(core), core, NULL },
	{ 0x0002, PERSISTENT | VERSION(1), ALWAYS, sizeof(morphing), morphing, NULL },
	{ 0x0003, PERSISTENT | VERSION(2), ALWAYS, sizeof(removable), removable, NULL },
	{ 0x0010, 0, MMC_ON_ANY, 0, NULL, fill_random_readable },
	{ 0x001D, 0, MMC_ON_CD, 0, NULL, NULL },
	{ 0x001E, VERSION(2), MMC_ON_CD, sizeof(cd_read), cd_read, NULL },
	{ 0x001F, VERSION(2), MMC_ON_DVD, sizeof(dvd_read), dvd_read, NULL },
	{ 0x0040, VERSION(2), MMC_ON_BD, sizeof(bd_read), bd_read, NULL },
	{ 0x0100, PERSISTENT, ALWAYS, 0, NULL, NULL },
	{ 0x0103, 0, ON_AUDIO, sizeof(cd_audio), cd_audio, NULL },
	{ 0x0105, PERSISTENT | VERSION(1), ALWAYS, sizeof(timeout), timeout, NULL },
	{ 0x0107, VERSION(5), MMC_ON_ANY, sizeof(streaming), streaming, NULL },
	{ 0x0108, PERSISTENT, ALWAYS, 0, NULL, fill_serial },
};

static bool has_audio(const struct mmc_medium *medium)
{
	u32 i;

	for (i = 0; medium && i < medium->nr_tracks; i++) {
		if (medium->tracks[i].mode == MMC_TRACK_AUDIO)
			return true;
	}
	return false;
}

static bool feature_current(const struct mmc_call *call, const struct feature *feature)
{
	if (feature->discs == ON_AUDIO)
		return has_audio(call->medium);
	return feature->discs & mmc_on(call->medium);
}

static void put_feature(struct mmc_call *call, const struct feature *feature)
{
	struct mmc_out *out = &call->out;
	u32 at = out->len;

	mmc_put16(out, feature->code);
	mmc_put8(out, feature->flags | (feature_current(call, feature) ? CURRENT : 0));
	mmc_put8(out, 0);
	if (feature->fill)
		feature->fill(call);
	else
		mmc_put_bytes(out, feature->body, feature->len);
	mmc_patch8(out, at + 3, out->len - at - 4);
}

/**
 * mmc_do_get_configuration - GET CONFIGURATION
 * @call: the command
 *
 * Answers without a medium and does not mind a unit attention.
 */
void mmc_do_get_configuration(struct mmc_call *call)
{
	enum { FROM_START, CURRENT_FROM_START, ONE, RESERVED };
	struct mmc_out *out = &call->out;
	u8 type = call->cdb[1];
	u16 start = mmc_get16(call->cdb + 2);
	u32 i;

	if (type == RESERVED) {
		mmc_fail_field(call, 1, 1);
		return;
	}
	mmc_put32(out, 0);
	mmc_put16(out, 0);
	mmc_put16(out, call->medium ? call->medium->profile : MMC_PROFILE_NONE);
	for (i = 0; i < ARRAY_SIZE(features); i++) {
		const struct feature *feature = &features[i];

		if (feature->code < start || (type == ONE && feature->code != start))
			continue;
		if (type == CURRENT_FROM_START && !feature_current(call, feature))
			continue;
		put_feature(call, feature);
	}
	mmc_patch32(out, 0, out->len - 4);
}
