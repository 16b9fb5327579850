// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of what holds for the table of commands as a whole, of the drive's own events and of the plans' failures, and
 * a storm of random commands.
 */
#include <stdlib.h>

#include "check.h"
#include "engine.h"
#include "sector.h"

static const struct mmc_identity identity = {
	.vendor = "VCD     ", .product = "Virtual Drive   ", .revision = "1.0 ", .serial = "0123456789", .serial_len = 10,
};

static const struct mmc_track tracks[] = {
	{ .lba = 0, .sectors = 20000, .number = 1, .session = 1, .control = 4, .mode = MMC_TRACK_DATA },
	{ .lba = 20000, .sectors = 20000, .number = 2, .session = 2, .control = 4, .mode = MMC_TRACK_DATA },
};

static const struct mmc_medium discs[] = {
	{ .tracks = tracks, .nr_tracks = 2, .sessions = 2, .profile = MMC_PROFILE_CD_ROM, .sectors = 40000 },
	{ .tracks = tracks, .nr_tracks = 2, .sessions = 2, .profile = MMC_PROFILE_DVD_ROM, .sectors = 40000 },
	{ .tracks = tracks, .nr_tracks = 2, .sessions = 2, .profile = MMC_PROFILE_DVD_ROM, .sectors = 40000,
	  .layer0_sectors = 20000 },
	{ .tracks = tracks, .nr_tracks = 2, .sessions = 2, .profile = MMC_PROFILE_BD_ROM, .sectors = 40000 },
};

static struct mmc_drive drive;
static struct mmc_nexus nexus;
static struct mmc_reply reply;

static int setup(void **state)
{
	(void)state;
	mmc_drive_init(&drive, &identity);
	mmc_nexus_init(&nexus);
	nexus.attention = 0;
	memset(&reply, 0, sizeof(reply));
	return 0;
}

static void send(const struct mmc_medium *medium, const u8 *cdb, u32 len)
{
	static u8 buf[MMC_REPLY_MAX];
	struct mmc_command cmd = { .cdb = cdb, .cdb_len = len };

	reply.buf = buf;
	reply.cap = sizeof(buf);
	mmc_execute(&drive, &nexus, medium, &cmd, &reply);
}

static void assert_sense(u32 code)
{
	assert_int_equal(reply.status, MMC_CHECK_CONDITION);
	assert_int_equal(reply.sense_len, MMC_SENSE_LEN);
	assert_int_equal(MMC_SENSE(reply.sense[2], reply.sense[12], reply.sense[13]), code);
	assert_int_equal(reply.plan.kind, MMC_PLAN_NONE);
	assert_int_equal(reply.len, 0);
}

static void test_rows(void **state)
{
	u32 i;

	(void)state;
	for (i = 0; i < mmc_nr_ops; i++) {
		const struct mmc_op *op = &mmc_ops[i];
		u8 cdb[MMC_CDB_USED] = { op->opcode, op->action };

		assert_int_equal(op->cdb_len, mmc_cdb_length(op->opcode));
		assert_int_equal(op->usage[0], op->opcode);
		assert_true(op->reply_max <= MMC_REPLY_MAX);
		assert_true(op->alloc_at + op->alloc_len < op->cdb_len);
		assert_non_null(op->run);
		assert_non_null(op->name);
		assert_non_null(op->clause);
		assert_ptr_equal(mmc_op_find(cdb, op->cdb_len), op);
		assert_null(mmc_op_find(cdb, op->cdb_len - 1u));
		assert_null(mmc_op_find(cdb, 0));
		if (op->alloc_len)
			assert_int_equal(op->usage[op->alloc_at], 0xFF);
		if (i)
			assert_true(mmc_ops[i - 1].opcode < op->opcode ||
				    (mmc_ops[i - 1].opcode == op->opcode && mmc_ops[i - 1].action < op->action));
	}
}

static void test_unknown_opcodes(void **state)
{
	u32 opcode;

	(void)state;
	for (opcode = 0; opcode < 256; opcode++) {
		u8 cdb[MMC_CDB_MAX] = { (u8)opcode };

		if (mmc_op_first((u8)opcode))
			continue;
		send(&discs[0], cdb, sizeof(cdb));
		assert_sense(MMC_BAD_OPCODE);
		assert_int_equal(reply.sense[15], 0);
		assert_int_equal(mmc_reply_size(cdb, sizeof(cdb)), 0);
	}
}

/* Each bit that a command does not have is refused, and the sense data point at it. */
static void test_reserved_bits(void **state)
{
	u32 i, bit, tried = 0;

	(void)state;
	for (i = 0; i < mmc_nr_ops; i++) {
		const struct mmc_op *op = &mmc_ops[i];

		for (bit = 8; bit < op->cdb_len * 8u; bit++) {
			u8 cdb[MMC_CDB_USED] = { op->opcode, op->action };

			if (op->usage[bit / 8] >> (bit % 8) & 1)
				continue;
			cdb[bit / 8] |= (u8)(1 << (bit % 8));
			send(&discs[0], cdb, op->cdb_len);
			assert_sense(MMC_BAD_FIELD);
			assert_int_equal(reply.sense[15], 0xC8 | (bit % 8));
			assert_int_equal(reply.sense[16], 0);
			assert_int_equal(reply.sense[17], bit / 8);
			tried++;
		}
	}
	assert_true(tried > 500);
}

/* Of two wrong bits the first byte and in it the highest bit is told. */
static void test_reserved_bit_order(void **state)
{
	static const u8 cdb[] = { 0x00, 0x00, 0x12, 0x80, 0x00, 0x00 };

	(void)state;
	send(&discs[0], cdb, sizeof(cdb));
	assert_sense(MMC_BAD_FIELD);
	assert_int_equal(reply.sense[15], 0xCC);
	assert_int_equal(reply.sense[17], 2);
}

static void test_short_cdbs(void **state)
{
	u32 i, len;

	(void)state;
	nexus.attention = MMC_UA_MEDIUM;
	for (i = 0; i < mmc_nr_ops; i++) {
		for (len = 0; len < mmc_ops[i].cdb_len; len++) {
			/* Of exactly that length, for the sanitizer's sake. */
			u8 *cdb = calloc(len ? len : 1, 1);

			assert_non_null(cdb);
			cdb[0] = mmc_ops[i].opcode;
			if (len > 1)
				cdb[1] = mmc_ops[i].action;
			send(&discs[0], cdb, len);
			assert_sense(len ? MMC_BAD_FIELD : MMC_BAD_OPCODE);
			assert_int_equal(reply.sense[15], 0);
			assert_int_equal(mmc_reply_size(cdb, len), 0);
			free(cdb);
		}
	}
	assert_int_equal(nexus.attention, MMC_UA_MEDIUM);
}

/* Which commands fail for a unit attention, and which for want of a medium: as the table says. */
static void test_flags(void **state)
{
	u32 i;

	(void)state;
	for (i = 0; i < mmc_nr_ops; i++) {
		const struct mmc_op *op = &mmc_ops[i];
		u8 cdb[MMC_CDB_USED] = { op->opcode, op->action };

		setup(state);
		nexus.attention = MMC_UA_POWER_ON;
		send(NULL, cdb, op->cdb_len);
		if (op->flags & MMC_UA_EXEMPT)
			assert_true(!reply.sense_len || reply.sense[12] != 0x29);
		else
			assert_sense(MMC_POWER_ON);

		setup(state);
		send(NULL, cdb, op->cdb_len);
		if (op->flags & MMC_NEEDS_MEDIUM)
			assert_sense(MMC_NO_MEDIUM_CLOSED);
		setup(state);
		drive.tray_open = true;
		send(&discs[0], cdb, op->cdb_len);
		if (op->flags & MMC_NEEDS_MEDIUM)
			assert_sense(MMC_NO_MEDIUM_OPEN);
	}
}

static void test_cdb_length(void **state)
{
	static const u8 want[8] = { 6, 10, 10, 0, 16, 12, 0, 0 };
	u32 opcode;

	(void)state;
	for (opcode = 0; opcode < 256; opcode++)
		assert_int_equal(mmc_cdb_length((u8)opcode), want[opcode / 32]);
}

static void test_reply_size(void **state)
{
	static const struct {
		u32 want, len;
		u8 cdb[16];
	} rows[] = {
		{ 0, 6, { 0x00 } },
		{ 0, 10, { 0x28, 0, 0, 0, 0, 0, 0, 0, 1 } },
		{ 36, 6, { 0x12, 0, 0, 0, 36 } },
		{ 256, 6, { 0x12, 0, 0, 0xFF, 0xFF } },
		{ 8, 10, { 0x25 } },
		{ 36868, 10, { 0x43, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF } },
		{ 4, 10, { 0x43, 0, 0, 0, 0, 0, 0, 0, 4 } },
		{ 32, 16, { 0x9E, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF } },
		{ 0, 16, { 0x9E, 0x11, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF } },
		{ 0, 12, { 0xBB } },
		{ 16, 12, { 0xA0, 0, 0, 0, 0, 0, 0, 1, 0, 0 } },
		{ 16, 12, { 0xA0, 0, 0, 0, 0, 0, 1, 0, 0, 0 } },
		{ 15, 12, { 0xA0, 0, 0, 0, 0, 0, 0, 0, 0, 15 } },
		{ 0, 6, { 0x15, 0x10, 0, 0, 24 } },
		{ 0, 0, { 0x12 } },
	};
	u32 i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(mmc_reply_size(rows[i].cdb, rows[i].len), rows[i].want);
}

static void test_drive_init(void **state)
{
	struct mmc_identity id = identity;

	(void)state;
	id.serial_len = 200;
	memset(&drive, 0xEE, sizeof(drive));
	mmc_drive_init(&drive, &id);
	assert_false(drive.tray_open);
	assert_false(drive.prevent);
	assert_false(drive.persistent);
	assert_false(mmc_locked(&drive));
	assert_int_equal(drive.power, 1);
	assert_int_equal(drive.speed, 22160);
	assert_int_equal(drive.id.serial_len, sizeof(id.serial));
	drive.prevent = true;
	assert_true(mmc_locked(&drive));
	drive.prevent = false;
	drive.persistent = true;
	assert_true(mmc_locked(&drive));
}

static void test_nexus_init(void **state)
{
	(void)state;
	memset(&nexus, 0xEE, sizeof(nexus));
	mmc_nexus_init(&nexus);
	assert_int_equal(nexus.attention, MMC_UA_POWER_ON);
	assert_int_equal(nexus.nr_events, 0);
	assert_false(nexus.features_changed);
}

static void test_insert_and_remove(void **state)
{
	(void)state;
	mmc_notify(&nexus, MMC_NOTICE_INSERTED);
	assert_int_equal(nexus.attention, MMC_UA_MEDIUM);
	mmc_notify(&nexus, MMC_NOTICE_INSERTED);
	assert_int_equal(nexus.nr_events, 1);
	mmc_notify(&nexus, MMC_NOTICE_REMOVED);
	assert_int_equal(nexus.attention, 0);
	assert_int_equal(nexus.nr_events, 2);
	assert_memory_equal(nexus.events, "\x02\x03", 2);
}

static void test_media_change_features(void **state)
{
	(void)state;
	mmc_notify(&nexus, MMC_NOTICE_EJECT_REQUEST);
	assert_false(nexus.features_changed);
	mmc_notify(&nexus, MMC_NOTICE_INSERTED);
	assert_true(nexus.features_changed);
	nexus.features_changed = false;
	mmc_notify(&nexus, MMC_NOTICE_REMOVED);
	assert_true(nexus.features_changed);
}

static void test_removal_keeps_other_attentions(void **state)
{
	(void)state;
	nexus.attention = MMC_UA_POWER_ON | MMC_UA_MEDIUM | MMC_UA_MODE;
	mmc_notify(&nexus, MMC_NOTICE_REMOVED);
	assert_int_equal(nexus.attention, MMC_UA_POWER_ON | MMC_UA_MODE);
}

static void test_oldest_event_goes(void **state)
{
	u32 i;

	(void)state;
	for (i = 0; i < 3; i++) {
		mmc_notify(&nexus, MMC_NOTICE_EJECT_REQUEST);
		mmc_notify(&nexus, MMC_NOTICE_EJECT_REQUEST);
		mmc_notify(&nexus, MMC_NOTICE_REMOVED);
		mmc_notify(&nexus, MMC_NOTICE_INSERTED);
	}
	assert_int_equal(nexus.nr_events, MMC_EVENTS);
	assert_memory_equal(nexus.events, "\x02\x01\x03\x02", 4);
}

static void test_nexuses_apart(void **state)
{
	static const u8 gesn[] = { 0x4A, 0x01, 0, 0, 0x10, 0, 0, 0, 8, 0 };
	static const u8 ready[6];
	struct mmc_nexus other;

	(void)state;
	mmc_nexus_init(&other);
	mmc_notify(&nexus, MMC_NOTICE_INSERTED);
	mmc_notify(&other, MMC_NOTICE_INSERTED);
	send(&discs[0], gesn, sizeof(gesn));
	assert_int_equal(reply.buf[4], 2);
	send(&discs[0], ready, sizeof(ready));
	assert_sense(MMC_NEW_MEDIUM);
	assert_int_equal(nexus.nr_events, 0);
	assert_int_equal(other.nr_events, 1);
	assert_int_equal(other.attention, MMC_UA_POWER_ON | MMC_UA_MEDIUM);
}

static void test_read_failed(void **state)
{
	static const u8 cdb[] = { 0x28, 0, 0, 0, 0, 0x10, 0, 0, 4, 0 };
	static const u8 want[MMC_SENSE_LEN] = { 0xF0, 0, 3, 0, 0, 0, 18, 10, 0, 0, 0, 0, 0x11 };

	(void)state;
	send(&discs[0], cdb, sizeof(cdb));
	assert_int_equal(reply.plan.kind, MMC_PLAN_READ);
	mmc_read_failed(&reply, 18);
	assert_sense(MMC_READ_ERROR);
	assert_memory_equal(reply.sense, want, sizeof(want));
}

static void test_reply_sense(void **state)
{
	static const u8 cdb[] = { 0x28, 0, 0, 0, 0, 0x10, 0, 0, 4, 0 };

	(void)state;
	send(&discs[0], cdb, sizeof(cdb));
	reply.others = MMC_UA_MODE;
	mmc_reply_sense(&reply, 0x4, 0x44, 0x01);
	assert_sense(MMC_SENSE(0x4, 0x44, 0x01));
	assert_int_equal(reply.plan.kind, MMC_PLAN_NONE);
	assert_int_equal(reply.len, 0);
	assert_int_equal(reply.others, 0);
}

static void test_miscompared(void **state)
{
	static const u8 cdb[] = { 0x2F, 0x02, 0, 0, 0, 0x10, 0, 0, 1, 0 };
	static const u8 want[MMC_SENSE_LEN] = { 0x70, 0, 0xE, 0, 0, 0, 0, 10, 0, 0, 0, 0, 0x1D };
	struct mmc_command cmd = { .cdb = cdb, .cdb_len = sizeof(cdb), .sent = MMC_BLOCK };

	(void)state;
	reply.buf = NULL;
	reply.cap = 0;
	mmc_execute(&drive, &nexus, &discs[0], &cmd, &reply);
	assert_int_equal(reply.plan.kind, MMC_PLAN_COMPARE);
	mmc_miscompared(&reply);
	assert_sense(MMC_MISCOMPARE);
	assert_memory_equal(reply.sense, want, sizeof(want));
}

static void test_medium_gone(void **state)
{
	static const u8 cdb[] = { 0x28, 0, 0, 0, 0, 0x10, 0, 0, 4, 0 };

	(void)state;
	send(&discs[0], cdb, sizeof(cdb));
	mmc_medium_gone(&reply, &drive);
	assert_sense(MMC_NO_MEDIUM_CLOSED);
	drive.tray_open = true;
	mmc_medium_gone(&reply, &drive);
	assert_sense(MMC_NO_MEDIUM_OPEN);
}

/* A disc with as many tracks, each a session of its own, as there can be: the longest table of contents. */
static void test_longest_toc(void **state)
{
	static const u8 cdb[] = { 0x43, 2, 2, 0, 0, 0, 0, 0xFF, 0xFF, 0 };
	static struct mmc_track many[MMC_TRACKS_MAX];
	struct mmc_medium medium = { .tracks = many, .nr_tracks = MMC_TRACKS_MAX, .sessions = MMC_TRACKS_MAX,
				     .profile = MMC_PROFILE_CD_ROM, .sectors = MMC_TRACKS_MAX * 10 };
	u8 i;

	(void)state;
	for (i = 0; i < MMC_TRACKS_MAX; i++)
		many[i] = (struct mmc_track){ .lba = i * 10u, .sectors = 10, .number = (u8)(i + 1),
					      .session = (u8)(i + 1), .control = 4, .mode = MMC_TRACK_DATA };
	assert_true(mmc_medium_valid(&medium));
	send(&medium, cdb, sizeof(cdb));
	assert_int_equal(reply.status, MMC_GOOD);
	/* Four entries a session, one more for each but the last, and another for the first. */
	assert_int_equal(reply.len, 4 + 11 * (4 * MMC_TRACKS_MAX + MMC_TRACKS_MAX - 1 + 1));
	assert_int_equal(mmc_get16(reply.buf), reply.len - 2);
}

/* As much CD-Text as a disc can have: the longest answer of all. */
static void test_longest_cdtext(void **state)
{
	static const u8 cdb[] = { 0x43, 0, 5, 0, 0, 0, 0, 0xFF, 0xFF, 0 };
	static u8 packs[MMC_CDTEXT_MAX * MMC_CDTEXT_PACK];
	const struct mmc_track track = { .sectors = 10, .number = 1, .session = 1, .mode = MMC_TRACK_AUDIO };
	struct mmc_medium medium = { .tracks = &track, .nr_tracks = 1, .sessions = 1, .profile = MMC_PROFILE_CD_ROM,
				     .sectors = 10, .cdtext = packs, .nr_cdtext = MMC_CDTEXT_MAX };
	u32 i;

	(void)state;
	for (i = 0; i < sizeof(packs); i++)
		packs[i] = (u8)(i * 7 ^ i >> 8);
	assert_true(mmc_medium_valid(&medium));
	send(&medium, cdb, sizeof(cdb));
	assert_int_equal(reply.status, MMC_GOOD);
	assert_int_equal(reply.len, MMC_REPLY_MAX);
	assert_int_equal(mmc_get16(reply.buf), MMC_REPLY_MAX - 2);
	assert_memory_equal(reply.buf + 4, packs, sizeof(packs));
}

/* A sector that turns out to be of another kind only when it is read. */
static void test_wrong_mode(void **state)
{
	static const u8 cdb[] = { 0x28, 0, 0, 0, 0, 1, 0, 0, 2, 0 };

	(void)state;
	send(&discs[0], cdb, sizeof(cdb));
	assert_int_equal(reply.plan.kind, MMC_PLAN_READ);
	mmc_wrong_mode(&reply, 0x01020304);
	assert_sense(MMC_WRONG_MODE);
	assert_int_equal(reply.sense[0], 0xF0);
	assert_memory_equal(reply.sense + 3, "\1\2\3\4", 4);
	assert_int_equal(reply.plan.kind, MMC_PLAN_NONE);
	assert_int_equal(reply.len, 0);
}

/* The medium type byte tells data, audio and mixed discs apart by CONTROL. */
static void test_medium_type(void **state)
{
	static const u8 cdb[] = { 0x1A, 0, 0x2A, 0, 0xFF, 0 };
	static const u8 want[4][3] = { { 0, 0, 0x02 }, { 4, 0, 0x03 }, { 2, 6, 0x03 }, { 4, 6, 0x01 } };
	struct mmc_track two[2];
	struct mmc_medium medium = discs[0];
	u32 i;

	(void)state;
	memcpy(two, tracks, sizeof(two));
	medium.tracks = two;
	for (i = 0; i < ARRAY_SIZE(want); i++) {
		two[0].control = want[i][0];
		two[1].control = want[i][1];
		send(&medium, cdb, sizeof(cdb));
		assert_int_equal(reply.buf[1], want[i][2]);
	}
}

static u32 random_bits(void)
{
	static u64 seed = 88172645463325252;

	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (u32)(seed >> 16);
}

/* A CDB that gets past the first checks more often than not. */
static u32 random_cdb(u8 *cdb)
{
	const struct mmc_op *op = &mmc_ops[random_bits() % mmc_nr_ops];
	u32 len = random_bits() % 16 ? op->cdb_len : random_bits() % (MMC_CDB_MAX + 1);
	u32 i;

	for (i = 0; i < MMC_CDB_MAX; i++)
		cdb[i] = random_bits() % 3 ? 0 : (u8)random_bits();
	for (i = 0; i < op->cdb_len; i++)
		cdb[i] &= random_bits() % 64 ? op->usage[i] : 0xFF;
	if (op->direction == MMC_DIR_OUT && op->alloc_len)
		cdb[op->alloc_at + op->alloc_len - 1] = (u8)(random_bits() % 65);
	cdb[0] = random_bits() % 64 ? op->opcode : (u8)random_bits();
	if (op->flags & MMC_BY_ACTION)
		cdb[1] = op->action;
	return len;
}

/* A list for MODE SELECT that is right more often than not. Return its length. */
static u32 random_list(u8 *list)
{
	static const u8 codes[] = { 0x01, 0x08, 0x0D, 0x0E };
	static const u8 lengths[] = { 10, 18, 6, 14 };
	u32 header = random_bits() % 2 ? 4 : 8;
	u32 page = random_bits() % 4;
	u32 i;

	memset(list, 0, 64);
	list[header] = codes[page];
	list[header + 1] = lengths[page];
	for (i = 0; i < 4; i++)
		list[random_bits() % 64] = (u8)random_bits();
	return random_bits() % 8 ? header + 2u + lengths[page] : random_bits() % 65;
}

static void assert_sane(const struct mmc_medium *medium, u32 cap)
{
	assert_true(reply.len <= cap);
	assert_true(drive.power >= 1 && drive.power <= 4);
	assert_true(nexus.nr_events <= MMC_EVENTS);
	if (reply.status == MMC_CHECK_CONDITION) {
		assert_int_equal(reply.sense_len, MMC_SENSE_LEN);
		assert_int_equal(reply.plan.kind, MMC_PLAN_NONE);
		assert_int_equal(reply.len, 0);
		return;
	}
	assert_int_equal(reply.status, MMC_GOOD);
	assert_int_equal(reply.sense_len, 0);
	if (reply.plan.kind == MMC_PLAN_READ || reply.plan.kind == MMC_PLAN_VERIFY ||
	    reply.plan.kind == MMC_PLAN_COMPARE) {
		assert_int_equal(reply.len, 0);
		assert_non_null(medium);
		assert_false(drive.tray_open);
		assert_true(reply.plan.sectors > 0);
		assert_true((u64)reply.plan.lba + reply.plan.sectors <= medium->sectors);
	}
	if (reply.plan.kind == MMC_PLAN_READ) {
		assert_int_equal(reply.plan.sector_bytes, mmc_sector_size(MMC_TYPE_MODE_1, reply.plan.fields,
									     reply.plan.subchannel));
		assert_true(reply.plan.sector_bytes > 0 && reply.plan.sector_bytes <= MMC_SECTOR_MAX);
	}
}

static void test_storm(void **state)
{
	static u8 buf[MMC_REPLY_MAX + 16];
	u32 round;

	(void)state;
	for (round = 0; round < 400000; round++) {
		const struct mmc_medium *medium = random_bits() % 4 ? &discs[random_bits() % 4] : NULL;
		u8 cdb[MMC_CDB_MAX];
		u32 len = random_cdb(cdb);
		u32 cap = random_bits() % 4 ? mmc_reply_size(cdb, len) : random_bits() % 64;
		u8 list[64];
		struct mmc_command cmd = { .cdb = cdb, .cdb_len = len, .out = list };

		cmd.out_len = random_list(list);
		cmd.sent = random_bits() % 4 ? cmd.out_len : random_bits() % (8 * MMC_BLOCK);
		if (cmd.sent < cmd.out_len)
			cmd.sent = cmd.out_len;
		drive.tray_open = random_bits() % 8 == 0;
		if (random_bits() % 16 == 0)
			mmc_notify(&nexus, random_bits() % 3);
		memset(buf + cap, 0xA5, 16);
		reply.buf = cap ? buf : NULL;
		reply.cap = cap;
		mmc_execute(&drive, &nexus, medium, &cmd, &reply);
		assert_sane(medium, cap);
		assert_true(reply.plan.kind != MMC_PLAN_COMPARE || cmd.sent >= reply.plan.sectors * MMC_BLOCK);
		assert_memory_equal(buf + cap, "\xA5\xA5\xA5\xA5\xA5\xA5\xA5\xA5\xA5\xA5\xA5\xA5\xA5\xA5\xA5\xA5", 16);
	}
}

/* REPORT SUPPORTED OPERATION CODES tells all of the table and fits into what it says is its longest answer. */
static void test_all_opcodes(void **state)
{
	static u8 buf[MMC_REPLY_MAX];
	u8 cdb[12] = { 0xA3, 0x0C, 0x80, [8] = 0xFF, [9] = 0xFF };
	struct mmc_command cmd = { .cdb = cdb, .cdb_len = sizeof(cdb) };
	u32 i;

	(void)state;
	nexus.attention = 0;
	reply.buf = buf;
	reply.cap = mmc_reply_size(cdb, sizeof(cdb));
	mmc_execute(&drive, &nexus, NULL, &cmd, &reply);
	assert_int_equal(reply.status, MMC_GOOD);
	assert_int_equal(reply.len, 4 + 20 * mmc_nr_ops);
	assert_int_equal(mmc_get32(buf), 20 * mmc_nr_ops);
	for (i = 0; i < mmc_nr_ops; i++) {
		const u8 *entry = buf + 4 + 20 * i;
		bool by_action = mmc_ops[i].flags & MMC_BY_ACTION;

		assert_int_equal(entry[0], mmc_ops[i].opcode);
		assert_int_equal(mmc_get16(entry + 2), by_action ? mmc_ops[i].action : 0);
		assert_int_equal(entry[5], by_action ? 3 : 2);
		assert_int_equal(mmc_get16(entry + 6), mmc_ops[i].cdb_len);
		assert_int_equal(mmc_get16(entry + 8), 10);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_rows, setup),
		cmocka_unit_test_setup(test_unknown_opcodes, setup),
		cmocka_unit_test_setup(test_reserved_bits, setup),
		cmocka_unit_test_setup(test_reserved_bit_order, setup),
		cmocka_unit_test_setup(test_short_cdbs, setup),
		cmocka_unit_test_setup(test_flags, setup),
		cmocka_unit_test_setup(test_cdb_length, setup),
		cmocka_unit_test_setup(test_reply_size, setup),
		cmocka_unit_test_setup(test_drive_init, setup),
		cmocka_unit_test_setup(test_nexus_init, setup),
		cmocka_unit_test_setup(test_insert_and_remove, setup),
		cmocka_unit_test_setup(test_media_change_features, setup),
		cmocka_unit_test_setup(test_removal_keeps_other_attentions, setup),
		cmocka_unit_test_setup(test_oldest_event_goes, setup),
		cmocka_unit_test_setup(test_nexuses_apart, setup),
		cmocka_unit_test_setup(test_read_failed, setup),
		cmocka_unit_test_setup(test_reply_sense, setup),
		cmocka_unit_test_setup(test_miscompared, setup),
		cmocka_unit_test_setup(test_medium_gone, setup),
		cmocka_unit_test_setup(test_longest_cdtext, setup),
		cmocka_unit_test_setup(test_wrong_mode, setup),
		cmocka_unit_test_setup(test_longest_toc, setup),
		cmocka_unit_test_setup(test_medium_type, setup),
		cmocka_unit_test_setup(test_all_opcodes, setup),
		cmocka_unit_test_setup(test_storm, setup),
	};

	return cmocka_run_group_tests_name("engine", tests, NULL, NULL);
}
