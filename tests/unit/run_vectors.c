// SPDX-License-Identifier: GPL-2.0
/*
 * Replays golden vectors on the engine, compiled in user space.
 *
 * Beyond what a vector expects, each command is checked for what holds for all: no byte behind the answer is
 * touched, none of the answer depends on what was in the buffer, the answer in a shorter buffer is the beginning of
 * that in a longer one, and mmc_reply_size() promised enough.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mmc.h"
#include "vector.h"

#define BUFFER	(VEC_DATA + 64)

static const struct vec_identity texts = {
	.vendor = "VCD", .product = "Virtual Drive", .revision = "1.0", .serial = "VCD0000001",
};

struct state {
	struct mmc_drive drive;
	struct mmc_nexus nexus;
	struct mmc_medium medium;
	struct mmc_track tracks[VEC_TRACKS];
	struct mmc_index indices[VEC_INDICES];
	bool has_medium;
	u64 now;
};

static const char *complaint;

#define EXPECT(condition, what)			\
	do {					\
		if (!(condition)) {		\
			complaint = (what);	\
			return false;		\
		}				\
	} while (0)

static void pad(char *field, size_t width, const char *text)
{
	size_t len = strlen(text);

	memset(field, ' ', width);
	memcpy(field, text, len < width ? len : width);
}

static void set_disc(struct state *state, const struct vec_disc *disc)
{
	static const u16 profiles[] = { 0, MMC_PROFILE_CD_ROM, MMC_PROFILE_DVD_ROM, MMC_PROFILE_BD_ROM };
	static const u8 modes[] = { MMC_TRACK_AUDIO, MMC_TRACK_DATA, MMC_TRACK_MODE2 };
	unsigned int i;

	state->has_medium = disc->kind != VEC_NO_DISC;
	for (i = 0; i < disc->nr_tracks; i++) {
		const struct vec_track *track = &disc->tracks[i];

		state->tracks[i] = (struct mmc_track){
			.lba = track->lba, .sectors = vec_track_sectors(disc, i), .number = (u8)track->number,
			.session = (u8)track->session, .control = (u8)track->control, .mode = modes[track->mode],
			.pregap = track->pregap,
		};
		memcpy(state->tracks[i].isrc, track->isrc, MMC_ISRC_LEN);
	}
	for (i = 0; i < disc->nr_indices; i++) {
		state->indices[i] = (struct mmc_index){
			.lba = disc->indices[i].lba, .track = (u8)disc->indices[i].track,
			.number = (u8)disc->indices[i].number,
		};
	}
	state->medium = (struct mmc_medium){
		.indices = state->indices, .nr_indices = disc->nr_indices,
		.tracks = state->tracks, .nr_tracks = (u8)disc->nr_tracks, .profile = profiles[disc->kind],
		.sessions = disc->nr_tracks ? (u8)disc->tracks[disc->nr_tracks - 1].session : 0,
		.sectors = disc->sectors, .layer0_sectors = disc->layer0, .speed = disc->speed,
		.cdtext = disc->nr_packs ? disc->packs[0] : NULL, .nr_cdtext = disc->nr_packs,
		.subchannels = disc->stored_subchannels,
	};
	memcpy(state->medium.mcn, disc->mcn, MMC_MCN_LEN);
}

static void set_drive(struct mmc_drive *drive, const struct vec_drive *vec)
{
	struct mmc_identity id = { .serial_len = (u8)strlen(texts.serial) };

	pad(id.vendor, sizeof(id.vendor), texts.vendor);
	pad(id.product, sizeof(id.product), texts.product);
	pad(id.revision, sizeof(id.revision), texts.revision);
	pad(id.serial, sizeof(id.serial), texts.serial);
	mmc_drive_init(drive, &id);
	drive->tray_open = vec->open;
	drive->prevent = vec->prevent;
	drive->persistent = vec->persistent;
	if (vec->power >= 0)
		drive->power = (u8)vec->power;
	if (vec->speed >= 0)
		drive->speed = (u16)vec->speed;
}

static void set_nexus(struct mmc_nexus *nexus, const struct vec_nexus *vec)
{
	memset(nexus, 0, sizeof(*nexus));
	nexus->attention = (u8)((vec->power_on ? MMC_UA_POWER_ON : 0) | (vec->medium ? MMC_UA_MEDIUM : 0) |
				(vec->mode ? MMC_UA_MODE : 0));
	nexus->features_changed = vec->features;
	nexus->nr_events = (u8)vec->nr_events;
	memcpy(nexus->events, vec->events, sizeof(nexus->events));
}

static void execute(struct state *state, const struct vec_step *step, u8 *buf, u32 cap, struct mmc_reply *reply)
{
	/* Copies of exactly the right size, so that a sanitizer sees a byte too many being read. */
	u8 *cdb = malloc(step->cdb_len ? step->cdb_len : 1);
	u8 *out = malloc(step->out_len ? step->out_len : 1);
	struct mmc_command cmd = { .cdb = cdb, .cdb_len = step->cdb_len, .out = out, .out_len = step->out_len,
				   .sent = step->sent, .now = state->now };

	if (!cdb || !out)
		abort();
	memcpy(cdb, step->cdb, step->cdb_len);
	memcpy(out, step->out, step->out_len);
	memset(reply, 0xEE, sizeof(*reply));
	reply->buf = buf;
	reply->cap = cap;
	mmc_execute(&state->drive, &state->nexus, state->has_medium ? &state->medium : NULL, &cmd, reply);
	free(cdb);
	free(out);
}

static bool check_sense(const struct vec_step *step, const struct mmc_reply *reply)
{
	u8 want[MMC_SENSE_LEN] = { 0x70, 0, (u8)step->key, 0, 0, 0, 0, 10, 0, 0, 0, 0, (u8)step->asc, (u8)step->ascq };

	if (!step->check) {
		EXPECT(reply->status == MMC_GOOD, "status is not GOOD");
		EXPECT(reply->sense_len == 0, "GOOD with sense data");
		return true;
	}
	EXPECT(reply->status == MMC_CHECK_CONDITION, "status is not CHECK CONDITION");
	EXPECT(reply->sense_len == MMC_SENSE_LEN, "wrong length of sense data");
	if (step->has_lba) {
		want[0] |= 0x80;
		want[3] = (u8)(step->lba >> 24);
		want[4] = (u8)(step->lba >> 16);
		want[5] = (u8)(step->lba >> 8);
		want[6] = (u8)step->lba;
	}
	if (step->field_byte >= 0) {
		want[15] = (u8)((step->field_in_list ? 0x88 : 0xC8) | step->field_bit);
		want[17] = (u8)step->field_byte;
	}
	EXPECT(!memcmp(want, reply->sense, sizeof(want)), "wrong sense data");
	EXPECT(reply->len == 0, "CHECK CONDITION with data");
	return true;
}

static bool check_data(const struct vec_step *step, const struct mmc_reply *reply)
{
	unsigned int i;

	EXPECT(reply->len == step->data_len, "wrong length of data");
	for (i = 0; i < step->data_len; i++)
		EXPECT(step->data[i].kind == VEC_ANY || reply->buf[i] == step->data[i].value, "wrong data");
	return true;
}

static bool check_plan(const struct vec_step *step, const struct mmc_plan *plan)
{
	static const enum mmc_plan_kind kinds[] = {
		[VEC_PLAN_NONE] = MMC_PLAN_NONE, [VEC_PLAN_READ] = MMC_PLAN_READ,
		[VEC_PLAN_VERIFY] = MMC_PLAN_VERIFY, [VEC_PLAN_COMPARE] = MMC_PLAN_COMPARE,
		[VEC_PLAN_OPEN] = MMC_PLAN_TRAY_OPEN, [VEC_PLAN_CLOSE] = MMC_PLAN_TRAY_CLOSE,
	};

	EXPECT(plan->kind == kinds[step->plan], "wrong plan");
	if (plan->kind != MMC_PLAN_READ && plan->kind != MMC_PLAN_VERIFY && plan->kind != MMC_PLAN_COMPARE)
		return true;
	EXPECT(plan->lba == step->plan_lba, "plan: wrong address");
	EXPECT(plan->sectors == step->plan_sectors, "plan: wrong number of sectors");
	if (plan->kind != MMC_PLAN_READ)
		return true;
	EXPECT(plan->sector_bytes == step->plan_bytes, "plan: wrong number of bytes");
	EXPECT(plan->fields == step->plan_fields, "plan: wrong fields");
	EXPECT(plan->subchannel == step->plan_subchannel, "plan: wrong sub-channel");
	EXPECT(plan->type == step->plan_type, "plan: wrong type of sector");
	EXPECT(plan->blocks == step->plan_blocks, "plan: blocks, or not");
	return true;
}

static bool check_state(const struct vec_step *step, const struct state *state, u8 others)
{
	const struct mmc_drive *drive = &state->drive;
	struct mmc_nexus left;

	EXPECT(others == (step->others_mode ? MMC_UA_MODE : 0), "wrong attention for others");
	if (step->has_after) {
		EXPECT(drive->tray_open == step->after.open, "after: wrong tray");
		EXPECT(drive->prevent == step->after.prevent, "after: wrong prevention");
		EXPECT(drive->persistent == step->after.persistent, "after: wrong persistent prevention");
		EXPECT(step->after.power < 0 || drive->power == step->after.power, "after: wrong power condition");
		EXPECT(step->after.speed < 0 || drive->speed == step->after.speed, "after: wrong speed");
	}
	if (step->has_left) {
		set_nexus(&left, &step->left);
		EXPECT(left.attention == state->nexus.attention, "left: wrong unit attention");
		EXPECT(left.features_changed == state->nexus.features_changed, "left: wrong change of features");
		EXPECT(left.nr_events == state->nexus.nr_events &&
		       !memcmp(left.events, state->nexus.events, left.nr_events), "left: wrong events");
	}
	return true;
}

/* Is every byte of @buf from @from on still @fill? */
static bool untouched(const u8 *buf, u32 from, u8 fill)
{
	u32 i;

	for (i = from; i < BUFFER; i++) {
		if (buf[i] != fill)
			return false;
	}
	return true;
}

/* What holds for every command. @state is from before it, @reply what it answered with a buffer of @cap bytes. */
static bool check_always(const struct state *state, const struct vec_step *step, const struct mmc_reply *reply, u32 cap)
{
	static u8 other[BUFFER];
	struct mmc_reply again;
	struct state copy;
	u32 room;

	EXPECT(untouched(reply->buf, reply->len, 0xA5), "bytes behind the answer are changed");
	EXPECT(reply->len <= cap, "more data than room");
	EXPECT(reply->len <= mmc_reply_size(step->cdb, step->cdb_len), "mmc_reply_size() is too small");
	EXPECT(mmc_reply_size(step->cdb, step->cdb_len) <= MMC_REPLY_MAX, "mmc_reply_size() is too large");
	for (room = 0; room <= reply->len; room++) {
		copy = *state;
		copy.medium.tracks = copy.tracks;
		memset(other, 0x5A, sizeof(other));
		execute(&copy, step, room ? other : NULL, room, &again);
		EXPECT(again.len == room && !memcmp(other, reply->buf, room), "a shorter buffer changes the answer");
		EXPECT(untouched(other, room, 0x5A), "a shorter buffer is overrun");
	}
	return true;
}

static bool run_step(struct state *state, const struct vec_step *step)
{
	static u8 buf[BUFFER];
	static struct state before;
	u32 cap = step->room >= 0 ? (u32)step->room : VEC_DATA;
	struct mmc_reply reply;

	state->now += step->wait;
	before = *state;
	memset(buf, 0xA5, sizeof(buf));
	execute(state, step, buf, cap, &reply);
	if (check_sense(step, &reply) && check_data(step, &reply) && check_plan(step, &reply.plan) &&
	    check_state(step, state, reply.others) && check_always(&before, step, &reply, cap))
		return true;

	fprintf(stderr, "    line %d: %s\n    got status %02x, sense", step->line, complaint, reply.status);
	for (u32 i = 0; i < reply.sense_len; i++)
		fprintf(stderr, " %02x", reply.sense[i]);
	fprintf(stderr, ", plan %d %u+%u\n    data %u:", reply.plan.kind, reply.plan.lba, reply.plan.sectors, reply.len);
	for (u32 i = 0; i < reply.len && i < 512; i++)
		fprintf(stderr, " %02x", buf[i]);
	fputc('\n', stderr);
	return false;
}

static bool run_vector(const struct vector *vec)
{
	static struct state state;
	unsigned int i;

	set_drive(&state.drive, &vec->drive);
	set_nexus(&state.nexus, &vec->nexus);
	set_disc(&state, &vec->disc);
	state.now = 1000;
	if (state.has_medium && !mmc_medium_valid(&state.medium)) {
		fprintf(stderr, "    the disc is not valid\n");
		return false;
	}
	for (i = 0; i < vec->nr_steps; i++) {
		if (!run_step(&state, &vec->steps[i]))
			return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	static struct vector vec;
	bool failed = false;
	int i;

	for (i = 1; i < argc; i++) {
		struct vec_file *file = vec_open(argv[i], &texts);

		while (vec_next(file, &vec)) {
			bool good = run_vector(&vec);

			printf("%s - %s:%d: %s\n", good ? "ok" : "not ok", argv[i], vec.line, vec.name);
			fflush(stdout);
			failed |= !good;
		}
		vec_close(file);
	}
	return failed;
}
