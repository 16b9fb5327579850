// SPDX-License-Identifier: GPL-2.0
/*
 * libFuzzer target of the MMC engine: a drive, a disc and a run of commands out of arbitrary bytes.
 *
 * What is looked for besides what the sanitizers find: more data than room, a plan that leaves the disc, an answer
 * that is both good and bad, bytes behind the answer.
 */
#include <stdlib.h>

#include "engine.h"

/* The input, byte by byte; zeroes behind its end. */
struct input {
	const u8 *at;
	size_t left;
};

static u8 take(struct input *in)
{
	if (!in->left)
		return 0;
	in->left--;
	return *in->at++;
}

static u32 take32(struct input *in)
{
	u32 value = 0;
	int i;

	for (i = 0; i < 4; i++)
		value = value << 8 | take(in);
	return value;
}

/* A disc that is valid, or false. */
static bool take_medium(struct input *in, struct mmc_medium *medium, struct mmc_track *tracks)
{
	static const u16 profiles[] = { MMC_PROFILE_CD_ROM, MMC_PROFILE_DVD_ROM, MMC_PROFILE_BD_ROM };
	u8 session = 1;
	u32 lba = 0;
	u32 i;

	medium->tracks = tracks;
	medium->profile = profiles[take(in) % 3];
	medium->nr_tracks = (u8)(take(in) % MMC_TRACKS_MAX + 1);
	for (i = 0; i < medium->nr_tracks; i++) {
		u8 how = take(in);

		tracks[i] = (struct mmc_track){
			.lba = lba, .number = (u8)(i + 1), .control = 4 | (how & 0xB), .mode = MMC_TRACK_DATA,
			.sectors = how & 0x10 ? take32(in) % 0x100000 + 1 : how * 64u + 1,
		};
		if (i && how & 0x20)
			session++;
		tracks[i].session = session;
		lba += tracks[i].sectors;
	}
	medium->sessions = session;
	medium->sectors = lba;
	medium->layer0_sectors = take(in) & 1 ? mmc_layer0_for_size(medium->profile, lba) : 0;
	return mmc_medium_valid(medium);
}

static void check(const struct mmc_reply *reply, const struct mmc_medium *medium, const u8 *buf, u32 cap)
{
	u32 i;

	if (reply->len > cap)
		abort();
	for (i = reply->len; i < cap; i++) {
		if (buf[i] != 0xA5)
			abort();
	}
	if (reply->status == MMC_GOOD ? reply->sense_len : reply->len || reply->plan.kind != MMC_PLAN_NONE)
		abort();
	if ((reply->plan.kind == MMC_PLAN_READ || reply->plan.kind == MMC_PLAN_VERIFY) &&
	    (!medium || !reply->plan.sectors || (u64)reply->plan.lba + reply->plan.sectors > medium->sectors))
		abort();
}

static void run_command(struct input *in, struct mmc_drive *drive, struct mmc_nexus *nexus,
			const struct mmc_medium *medium)
{
	u8 cdb[MMC_CDB_MAX], out[256];
	struct mmc_command cmd = { .cdb = cdb, .out = out };
	struct mmc_reply reply;
	u32 cap, i;
	u8 *buf;

	cdb[0] = take(in);
	if (cdb[0] & 1 && mmc_nr_ops)
		cdb[0] = mmc_ops[cdb[0] % mmc_nr_ops].opcode;
	cmd.cdb_len = mmc_cdb_length(cdb[0]) ? mmc_cdb_length(cdb[0]) : 1 + take(in) % MMC_CDB_MAX;
	for (i = 1; i < cmd.cdb_len; i++)
		cdb[i] = take(in);
	cmd.out_len = take(in);
	for (i = 0; i < cmd.out_len; i++)
		out[i] = take(in);
	cap = mmc_reply_size(cdb, cmd.cdb_len);
	if (cap > MMC_REPLY_MAX)
		abort();
	buf = malloc(cap ? cap : 1);
	if (!buf)
		abort();
	memset(buf, 0xA5, cap);
	reply.buf = buf;
	reply.cap = cap;
	mmc_execute(drive, nexus, medium, &cmd, &reply);
	check(&reply, drive->tray_open ? NULL : medium, buf, cap);
	free(buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	struct mmc_identity id = { .serial = "0123456789" };
	struct mmc_track tracks[MMC_TRACKS_MAX];
	struct mmc_medium medium;
	struct mmc_drive drive;
	struct mmc_nexus nexus;
	bool loaded;

	id.serial_len = take(&in);
	mmc_drive_init(&drive, &id);
	mmc_nexus_init(&nexus);
	loaded = take_medium(&in, &medium, tracks);
	while (in.left) {
		u8 what = take(&in);

		drive.tray_open = what & 0x80;
		if (what & 0x40)
			mmc_notify(&nexus, what % 3);
		run_command(&in, &drive, &nexus, loaded && what & 0x20 ? &medium : NULL);
	}
	return 0;
}
