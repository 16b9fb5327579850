// SPDX-License-Identifier: GPL-2.0
/*
 * libFuzzer target of the MMC engine: a drive, two discs, two parties that talk to the drive, and a run of commands
 * out of arbitrary bytes. seeds.c writes inputs of this form.
 *
 *	length of the serial number, disc A, disc B, commands; a disc:
 *		profile, first track, tracks - 1, each track (see take_track), DISC_* bits, packs of CD-Text
 *	a command:
 *		WHAT_* bits, [room], [length of the CDB - 1], CDB, data that goes with it (see take_out)
 *
 * What is looked for besides what the sanitizers find: more data than room, bytes behind the answer, an answer that is
 * both good and bad or depends on the room, a plan that leaves the disc, a drive in a state that there is not, sectors
 * of another length than planned.
 */
#include "engine.h"
#include "input.h"
#include "sector.h"

/* The first byte of a command. */
#define WHAT_NOTICE	0x03	/* before it: 1 a disc goes in, 2 one is taken out, 3 the button of a locked drive */
#define WHAT_NEXUS	0x04	/* who sends it */
#define WHAT_MEDIUM	0x18	/* before it: 0 the same disc as before, 8 A, 10 B, 18 none */
#define WHAT_ROOM	0x20	/* the next byte is the room for the answer */
#define WHAT_TRAY	0x40	/* before it the tray moves */
#define WHAT_LENGTH	0x80	/* a byte with the length of the CDB - 1 follows */

/* The first byte of the data that goes with a command: its length, or: */
#define OUT_LONG	255	/* two bytes of length follow */
#define OUT_KEPT	254	/* four bytes of length follow, of data that the caller keeps */

/* The first byte of a track, beside bits 3, 1 and 0 of CONTROL. */
#define TRACK_AUDIO	0x04
#define TRACK_LONG	0x10	/* four bytes of length follow */
#define TRACK_SESSION	0x20	/* a session begins */
#define TRACK_XA	0x40
#define TRACK_PREGAP	0x80	/* two bytes follow: 8000 it has an ISRC, and the length of the pregap */

/* The byte behind the tracks. */
#define DISC_LAYERS	0x01
#define DISC_SPEED	0x02
#define DISC_MCN	0x04
#define DISC_CDTEXT	0x08	/* a byte with the number of packs follows */
#define DISC_SUB	0x10	/* sub-channels are stored */
#define DISC_INDICES	0x20	/* indices above 1 follow: their number, and each (see take_indices) */

#define INDICES_MAX	40

struct machine {
	struct mmc_drive drive;
	struct mmc_nexus nexuses[2];
	struct mmc_medium discs[2];
	struct mmc_track tracks[2][MMC_TRACKS_MAX];
	struct mmc_index indices[2][INDICES_MAX];
	const struct mmc_medium *medium;
};

static unsigned long commands, sectors_built;

static void print_counts(void)
{
	fprintf(stderr, "stat::commands: %lu\nstat::sectors_built: %lu\n", commands, sectors_built);
}

/* A track, of a disc that is @lba sectors long so far. */
static void take_track(struct input *in, struct mmc_track *track, u32 lba, bool first, u8 *session)
{
	u8 how = take(in);

	if (!first && how & TRACK_SESSION)
		++*session;
	*track = (struct mmc_track){
		.lba = lba, .session = *session, .control = (how & TRACK_AUDIO ? 0 : 4) | (how & 0xB),
		.mode = how & TRACK_AUDIO ? MMC_TRACK_AUDIO : how & TRACK_XA ? MMC_TRACK_MODE2 : MMC_TRACK_DATA,
		.sectors = how & TRACK_LONG ? take32(in) % 0x4000000 + 1 : how * 64u + 1,
	};
	if (how & TRACK_PREGAP) {
		u16 pregap = take16(in);

		track->pregap = pregap & 0x7FFF;
		if (first)
			track->lba = track->pregap;
		if (pregap & 0x8000)
			memcpy(track->isrc, "USRC17607839", MMC_ISRC_LEN);
	}
}

/*
 * Indices: a byte with bit 7 for the first of a track, whose place among the tracks follows; with bit 6 four bytes of distance
 * follow, else the rest is it: from the one before, or from index 1.
 */
static u32 take_indices(struct input *in, const struct mmc_medium *medium, struct mmc_index *indices)
{
	u32 count = take(in) % INDICES_MAX, i;

	for (i = 0; i < count; i++) {
		u8 how = take(in);

		if (i && !(how & 0x80)) {
			indices[i] = indices[i - 1];
			indices[i].number++;
		} else {
			const struct mmc_track *track = &medium->tracks[take(in) % medium->nr_tracks];

			indices[i] = (struct mmc_index){ .lba = track->lba, .track = track->number, .number = 2 };
		}
		indices[i].lba += how & 0x40 ? take32(in) : how & 0x3Fu;
	}
	return count;
}

/* A disc; without a profile if it is not a valid one. */
static void take_medium(struct input *in, struct mmc_medium *medium, struct mmc_track *tracks, struct mmc_index *indices)
{
	static const u16 profiles[] = { MMC_PROFILE_CD_ROM, MMC_PROFILE_DVD_ROM, MMC_PROFILE_BD_ROM };
	static const u8 packs[255 * MMC_CDTEXT_PACK];
	u8 first, how, session = 1;
	u32 lba = 0;
	u32 i;

	medium->tracks = tracks;
	medium->profile = profiles[take(in) % 3];
	first = (u8)(take(in) % MMC_TRACKS_MAX + 1);
	medium->nr_tracks = (u8)(take(in) % MMC_TRACKS_MAX + 1);
	for (i = 0; i < medium->nr_tracks; i++) {
		take_track(in, &tracks[i], lba, !i, &session);
		tracks[i].number = (u8)(first + i);
		lba = tracks[i].lba + tracks[i].sectors;
	}
	medium->sessions = session;
	medium->sectors = lba;
	how = take(in);
	medium->layer0_sectors = how & DISC_LAYERS ? mmc_layer0_for_size(medium->profile, lba) : 0;
	medium->speed = how & DISC_SPEED ? MMC_SPEED_MIN + how : 0;
	memcpy(medium->mcn, how & DISC_MCN ? "4006381333931" : "\0\0\0\0\0\0\0\0\0\0\0\0\0", MMC_MCN_LEN);
	medium->cdtext = packs;
	medium->nr_cdtext = how & DISC_CDTEXT ? take(in) : 0;
	medium->subchannels = how & DISC_SUB;
	medium->indices = indices;
	medium->nr_indices = how & DISC_INDICES ? take_indices(in, medium, indices) : 0;
	if (!mmc_medium_valid(medium))
		medium->profile = MMC_PROFILE_NONE;
}

/* What happens to the drive between two commands. */
static void happen(struct machine *machine, u8 what)
{
	u32 choice = (what & WHAT_MEDIUM) / 8;
	u32 i;

	if (choice)
		machine->medium = choice < 3 ? &machine->discs[choice - 1] : NULL;
	if (machine->medium && machine->medium->profile == MMC_PROFILE_NONE)
		machine->medium = NULL;
	if (what & WHAT_TRAY)
		machine->drive.tray_open = !machine->drive.tray_open;
	for (i = 0; what & WHAT_NOTICE && i < 2; i++)
		mmc_notify(&machine->nexuses[i], (what & WHAT_NOTICE) - 1);
}

static u32 take_cdb(struct input *in, u8 what, u8 **cdb)
{
	u32 length = what & WHAT_LENGTH ? 1 + take(in) % MMC_CDB_MAX : 0;
	u8 opcode = take(in);
	u32 i;

	if (!length)
		length = mmc_cdb_length(opcode) ? mmc_cdb_length(opcode) : 6;
	*cdb = exactly(length);
	(*cdb)[0] = opcode;
	for (i = 1; i < length; i++)
		(*cdb)[i] = take(in);
	return length;
}

static void take_out(struct input *in, struct mmc_command *cmd, u8 **out)
{
	u32 i;

	cmd->out_len = take(in);
	cmd->sent = 0;
	if (cmd->out_len == OUT_KEPT) {
		cmd->out_len = 0;
		cmd->sent = take32(in);
	} else if (cmd->out_len == OUT_LONG) {
		cmd->out_len = take16(in) % (MMC_OUT_MAX + 1);
	}
	if (cmd->sent < cmd->out_len)
		cmd->sent = cmd->out_len;
	*out = exactly(cmd->out_len);
	for (i = 0; i < cmd->out_len; i++)
		(*out)[i] = take(in);
	cmd->out = *out;
}

static void check_drive(const struct machine *machine)
{
	const struct mmc_drive *drive = &machine->drive;
	u32 i;

	REQUIRE(drive->power >= MMC_POWER_ACTIVE && drive->power <= MMC_POWER_SLEEP);
	REQUIRE(drive->speed >= MMC_SPEED_MIN && drive->speed <= MMC_SPEED_MAX);
	for (i = 0; i < 2; i++) {
		REQUIRE(machine->nexuses[i].nr_events <= MMC_EVENTS);
		REQUIRE(!(machine->nexuses[i].attention & ~(MMC_UA_POWER_ON | MMC_UA_MEDIUM | MMC_UA_MODE)));
	}
}

static void check_reply(const struct mmc_reply *reply, const struct mmc_command *cmd)
{
	u32 i;

	REQUIRE(reply->len <= reply->cap);
	for (i = reply->len; i < reply->cap; i++)
		REQUIRE(reply->buf[i] == 0xA5);
	if (reply->status == MMC_GOOD) {
		REQUIRE(!reply->sense_len);
		return;
	}
	REQUIRE(reply->status == MMC_CHECK_CONDITION && reply->sense_len == MMC_SENSE_LEN);
	REQUIRE(reply->sense[0] == 0x70 || reply->sense[0] == 0xF0);
	REQUIRE(!reply->len && reply->plan.kind == MMC_PLAN_NONE && !reply->others);
	/* The field in error is one of the CDB or of the list. */
	if (reply->sense[15] & 0x80)
		REQUIRE(mmc_get16(reply->sense + 16) < (reply->sense[15] & 0x40 ? cmd->cdb_len : cmd->out_len));
}

/* Of what kind is a sector that is stored in this form? The sub-header of one of Mode 2 has @submode, then @copy. */
static enum mmc_sector_type kind_of(enum mmc_track_mode mode, bool subheader, u8 submode, u8 copy)
{
	if (mode == MMC_TRACK_AUDIO)
		return MMC_TYPE_CD_DA;
	if (mode == MMC_TRACK_DATA)
		return MMC_TYPE_MODE_1;
	if (!subheader)
		return MMC_TYPE_FORM_1;
	if (submode != copy)
		return MMC_TYPE_MODE_2;
	return submode & 0x20 ? MMC_TYPE_FORM_2 : MMC_TYPE_FORM_1;
}

/* A sector of a plan out of what is stored of it in a form, with an alternative for each kind of sector of Mode 2. */
static void build_sector(const struct mmc_plan *plan, const struct mmc_medium *medium, u32 lba, enum mmc_form form,
			 u32 alternative)
{
	static const u8 submodes[][2] = { { 0x08, 0x08 }, { 0x64, 0x64 }, { 0x08, 0x48 } };
	static const enum mmc_form subforms[] = { MMC_FORM_SUB_RAW, MMC_FORM_SUB_PACKED, MMC_FORM_SUB_Q };
	enum mmc_track_mode mode = mmc_sector_mode(medium, lba);
	u32 size = mmc_form_size(form), at = form == MMC_FORM_RAW ? 16 : 0;
	const u8 *submode = submodes[alternative];
	enum mmc_form subform = subforms[alternative];
	u8 *data = exactly(size), *subchannel = exactly(mmc_form_size(subform)), *sector = exactly(MMC_SECTOR_MAX);
	u8 *before = exactly(MMC_SUB_RAW_LEN);
	struct mmc_stored stored = { .form = form, .data = data, .subform = subform,
				     .sub = medium->subchannels ? subchannel : NULL };
	enum mmc_sector_type kind = kind_of(mode, form != MMC_FORM_USER, submode[0], submode[1]);
	s32 want = (s32)mmc_sector_size(kind, plan->fields, plan->subchannel);

	if (medium->subchannels && lba) {
		stored.before[0] = before;
		stored.before[1] = lba > 1 ? before : NULL;
	}
	memset(data, (u8)lba, size);
	memset(subchannel, (u8)lba, mmc_form_size(subform));
	memset(before, (u8)(lba - 1), MMC_SUB_RAW_LEN);
	data[at + 2] = submode[0];
	data[at + 6] = submode[1];
	if (plan->type != MMC_TYPE_ANY && plan->type != kind)
		want = -1;
	REQUIRE(want <= (s32)plan->sector_bytes);
	REQUIRE(want >= 0 || mode == MMC_TRACK_MODE2);
	REQUIRE(mmc_sector_build(sector, plan, medium, lba, &stored) == want);
	sectors_built++;
	free(before);
	free(sector);
	free(subchannel);
	free(data);
}

/* The first and the last sector of a plan, stored in all forms that their modes have. */
static void build_sectors(const struct mmc_plan *plan, const struct mmc_medium *medium)
{
	static const bool has[][MMC_FORM_SUB_RAW] = {
		[MMC_TRACK_AUDIO] = { false, true, false, true },
		[MMC_TRACK_DATA] = { true, true, false, false },
		[MMC_TRACK_MODE2] = { true, true, true, false },
	};
	u32 i, form, alternative;

	for (i = 0; i < 2; i++) {
		u32 lba = i ? plan->lba + plan->sectors - 1 : plan->lba;
		enum mmc_track_mode mode = mmc_sector_mode(medium, lba);

		REQUIRE(mode != MMC_TRACK_NONE);
		for (form = MMC_FORM_USER; form < MMC_FORM_SUB_RAW; form++)
			for (alternative = 0; has[mode][form] && alternative < 3; alternative++)
				build_sector(plan, medium, lba, form, alternative);
	}
}

static void check_plan(struct machine *machine, const struct mmc_reply *reply, const struct mmc_command *cmd)
{
	const struct mmc_medium *medium = machine->drive.tray_open ? NULL : machine->medium;
	const struct mmc_plan *plan = &reply->plan;
	u32 bad;

	switch (plan->kind) {
	case MMC_PLAN_NONE:
		return;
	case MMC_PLAN_TRAY_OPEN:
		REQUIRE(!machine->drive.tray_open && !mmc_locked(&machine->drive));
		machine->drive.tray_open = true;
		return;
	case MMC_PLAN_TRAY_CLOSE:
		REQUIRE(machine->drive.tray_open);
		machine->drive.tray_open = false;
		return;
	case MMC_PLAN_READ:
	case MMC_PLAN_VERIFY:
	case MMC_PLAN_COMPARE:
		break;
	}
	REQUIRE(medium && plan->sectors && (u64)plan->lba + plan->sectors <= medium->sectors && !reply->len);
	if (plan->kind != MMC_PLAN_READ || plan->blocks) {
		REQUIRE(mmc_blocks(medium, plan->lba, plan->sectors, &bad));
		REQUIRE(plan->kind != MMC_PLAN_READ || plan->sector_bytes == MMC_BLOCK);
		REQUIRE(plan->kind != MMC_PLAN_READ || plan->fields == MMC_FIELD_USER);
	}
	if (plan->kind == MMC_PLAN_COMPARE)
		REQUIRE((u64)plan->sectors * MMC_BLOCK <= cmd->sent);
	if (plan->kind != MMC_PLAN_READ)
		return;
	REQUIRE(plan->sector_bytes && plan->sector_bytes <= MMC_SECTOR_MAX);
	if (!plan->blocks)
		build_sectors(plan, medium);
}

static void execute(struct machine *machine, u32 nexus, const struct mmc_command *cmd, struct mmc_reply *reply,
		    u32 cap)
{
	reply->buf = cap ? exactly(cap) : NULL;
	reply->cap = cap;
	if (cap)
		memset(reply->buf, 0xA5, cap);
	mmc_execute(&machine->drive, &machine->nexuses[nexus], machine->medium, cmd, reply);
	machine->nexuses[!nexus].attention |= reply->others;
	check_reply(reply, cmd);
	commands++;
}

static void run_command(struct input *in, struct machine *machine)
{
	u8 what = take(in);
	u8 room = what & WHAT_ROOM ? take(in) : 0;
	u32 nexus = !!(what & WHAT_NEXUS);
	struct mmc_command cmd;
	struct mmc_reply reply, shorter;
	struct machine before;
	u8 *cdb, *out;
	u32 size;

	happen(machine, what);
	cmd.cdb_len = take_cdb(in, what, &cdb);
	cmd.cdb = cdb;
	take_out(in, &cmd, &out);
	size = mmc_reply_size(cdb, cmd.cdb_len);
	REQUIRE(size <= MMC_REPLY_MAX);
	before = *machine;

	execute(machine, nexus, &cmd, &reply, size);
	check_plan(machine, &reply, &cmd);
	check_drive(machine);
	if (what & WHAT_ROOM) {
		execute(&before, nexus, &cmd, &shorter, min_t(u32, room, size));
		REQUIRE(shorter.status == reply.status && !memcmp(shorter.sense, reply.sense, reply.sense_len));
		REQUIRE(shorter.len == min_t(u32, reply.len, room));
		REQUIRE(!shorter.len || !memcmp(shorter.buf, reply.buf, shorter.len));
		free(shorter.buf);
	}
	free(reply.buf);
	free(out);
	free(cdb);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool counting;
	struct input in = { data, size };
	struct mmc_identity id = { .serial = "0123456789" };
	struct machine machine;
	u32 i;

	if (!counting)
		atexit(print_counts);
	counting = true;

	id.serial_len = take(&in);
	mmc_drive_init(&machine.drive, &id);
	machine.medium = NULL;
	for (i = 0; i < 2; i++) {
		mmc_nexus_init(&machine.nexuses[i]);
		take_medium(&in, &machine.discs[i], machine.tracks[i], machine.indices[i]);
	}
	while (in.left)
		run_command(&in, &machine);
	return 0;
}
