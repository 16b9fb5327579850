// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of playing as a state machine: all pairs of commands, and random walks. Whatever is sent and however the time
 * passes, the drive is where it can be, and READ SUB-CHANNEL says so.
 */
#include "check.h"
#include "engine.h"

#define SECTORS		4000

/* Audio from 400 up to 1999, and from 2900 to the lead-out at 4000; data otherwise. */
static const struct mmc_track tracks[] = {
	{ .lba = 0, .sectors = 500, .number = 1, .session = 1, .control = 4, .mode = MMC_TRACK_DATA },
	{ .lba = 500, .sectors = 500, .number = 2, .session = 1, .mode = MMC_TRACK_AUDIO, .pregap = 100 },
	{ .lba = 1000, .sectors = 1000, .number = 3, .session = 1, .mode = MMC_TRACK_AUDIO },
	{ .lba = 2000, .sectors = 1000, .number = 4, .session = 1, .control = 4, .mode = MMC_TRACK_MODE2 },
	{ .lba = 3000, .sectors = 1000, .number = 5, .session = 1, .mode = MMC_TRACK_AUDIO, .pregap = 100 },
};

static const struct mmc_medium disc = {
	.tracks = tracks, .nr_tracks = 5, .sessions = 1, .profile = MMC_PROFILE_CD_ROM, .sectors = SECTORS,
};

#define FIRST_BEGIN	400
#define FIRST_END	2000
#define SECOND_BEGIN	2900

/* Commands that have to do with playing, and some that have not. */
static const u8 commands[][12] = {
	{ 0x45, 0, 0, 0, 0x02, 0x58, 0, 0, 100 },		/* PLAY AUDIO (10) from 600 */
	{ 0x45, 0, 0, 0, 0x0B, 0x54, 0, 0x04, 0x4C },		/* from 2900 up to the lead-out */
	{ 0x45, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 50 },		/* from where it is */
	{ 0x45, 0, 0, 0, 0x07, 0x6C, 0, 0, 200 },		/* from 1900 into data */
	{ 0x45, 0, 0, 0, 0x02, 0x58, 0, 0, 0 },			/* nothing */
	{ 0x45, 0, 0, 0, 0, 0, 0, 0, 100 },			/* data */
	{ 0xA5, 0, 0, 0, 0x02, 0x58, 0, 0, 0x03, 0xE8 },	/* PLAY AUDIO (12): a thousand */
	{ 0x47, 0, 0, 0xFF, 0xFF, 0xFF, 0, 20, 0 },		/* PLAY AUDIO MSF up to 1350 */
	{ 0x47, 0, 0, 0, 12, 0, 0, 12, 1 },			/* a single sector */
	{ 0x48, 0, 0, 0, 2, 1, 0, 2, 1 },			/* PLAY AUDIO TRACK INDEX */
	{ 0x48, 0, 0, 0, 2, 0, 0, 5, 1 },			/* across data */
	{ 0x48, 0, 0, 0, 5, 0, 0, 99, 99 },
	{ 0xBA, 0, 0, 0, 0x02, 0x58 },				/* SCAN forward */
	{ 0xBA, 0x10, 0, 0, 0x02, 0x58 },			/* backward */
	{ 0xBA, 0x10, 0, 0, 0x01, 0x90 },			/* backward from the first sector */
	{ 0xBA, 0, 0, 0, 0x0F, 0x9F },				/* forward from the last */
	{ 0x4B },						/* PAUSE */
	{ 0x4B, 0, 0, 0, 0, 0, 0, 0, 1 },			/* RESUME */
	{ 0x4E },						/* STOP PLAY/SCAN */
	{ 0x42, 0, 0x40, 1, 0, 0, 0, 0, 16 },			/* READ SUB-CHANNEL */
	{ 0x42, 0, 0, 1, 0, 0, 0, 0, 1 },			/* without room for the status */
	{ 0x00 },						/* TEST UNIT READY */
	{ 0x2B, 0, 0, 0, 0x04, 0xB0 },				/* SEEK to 1200 */
	{ 0x28, 0, 0, 0, 0, 16, 0, 0, 1 },			/* READ (10) */
	{ 0xBE, 0, 0, 0, 0x04, 0xB0, 0, 0, 1, 0x10 },		/* READ CD of audio */
	{ 0x1B, 0, 0, 0, 0 },					/* START STOP UNIT: stop */
	{ 0x1B, 0, 0, 0, 1 },					/* start */
	{ 0x1B, 0, 0, 0, 2 },					/* eject */
	{ 0x1B, 0, 0, 0, 0x50 },				/* sleep */
	{ 0xBD, 0, 0, 0, 0, 0, 0, 0, 0, 8 },			/* MECHANISM STATUS */
	{ 0x43, 0, 0, 0, 0, 0, 0, 0, 12 },			/* READ TOC */
};

static const u64 waits[] = { 0, 1, 7, 99, 100, 101, 1000, 5000, 1ULL << 33, 1ULL << 62 };

static struct mmc_drive drive;
static struct mmc_nexus nexus;
static struct mmc_reply reply;
static u8 buf[MMC_REPLY_MAX];
static u64 now;

static int setup(void **state)
{
	static const struct mmc_identity id = { .serial_len = 0 };

	(void)state;
	mmc_drive_init(&drive, &id);
	mmc_nexus_init(&nexus);
	nexus.attention = 0;
	now = 12345;
	return 0;
}

static u32 random_bits(void)
{
	static u32 seed = 1;

	seed = seed * 1664525 + 1013904223;
	return seed >> 8;
}

static void send(const u8 *cdb)
{
	struct mmc_command cmd = { .cdb = cdb, .cdb_len = 12, .now = ~0ULL };

	/* As a caller may have it that has no time for the others. */
	if (mmc_needs_time(&drive, cdb[0]))
		cmd.now = now;
	reply.buf = buf;
	reply.cap = sizeof(buf);
	mmc_execute(&drive, &nexus, &disc, &cmd, &reply);
}

static bool is_audio(u32 lba)
{
	return (lba >= FIRST_BEGIN && lba < FIRST_END) || (lba >= SECOND_BEGIN && lba < SECTORS);
}

/* Where the drive says that it is; the end of playing is told. */
static u8 look(u32 *lba)
{
	static const u8 cdb[12] = { 0x42, 0, 0x40, 1, 0, 0, 0, 0, 16 };

	send(cdb);
	assert_int_equal(reply.status, MMC_GOOD);
	assert_int_equal(reply.len, 16);
	*lba = mmc_get32(buf + 8);
	return buf[1];
}

/* What holds at any time. */
static void assert_sane(void)
{
	const struct mmc_audio *audio = &drive.audio;
	bool scans = audio->scan == MMC_SCAN_FORWARD || audio->scan == MMC_SCAN_BACKWARD;

	assert_in_range(audio->status, MMC_AUDIO_PLAYING, MMC_AUDIO_NONE);
	assert_true(scans || audio->scan == MMC_SCAN_NOT);
	assert_true(!scans || audio->status == MMC_AUDIO_PLAYING);
	assert_true(drive.position < SECTORS);
	if (audio->status == MMC_AUDIO_NONE)
		return;
	assert_true(audio->start < audio->end && audio->end <= SECTORS);
	assert_in_range(drive.position, audio->start, audio->end - 1);
	assert_true(is_audio(audio->start) && is_audio(audio->end - 1) && is_audio(drive.position));
	assert_true(audio->start >= SECOND_BEGIN || audio->end <= FIRST_END);
	assert_true(audio->status != MMC_AUDIO_FAILED || (audio->cut && audio->end == FIRST_END));
}

/* As time passes, the drive goes the way that it must, or none. */
static void pass(u64 frames)
{
	struct mmc_audio before;
	u32 was, lba, way;
	u8 status;

	assert_sane();
	before = drive.audio;
	was = drive.position;
	now += frames;
	way = frames < SECTORS ? (u32)frames : SECTORS;
	status = look(&lba);
	assert_sane();
	assert_int_equal(lba, drive.position);
	if (before.status != MMC_AUDIO_PLAYING) {
		assert_int_equal(status, before.status);
		assert_int_equal(lba, was);
	} else if (before.scan == MMC_SCAN_BACKWARD) {
		assert_int_equal(lba, was - before.start > 8 * way ? was - 8 * way : before.start);
		assert_int_equal(status, was - before.start >= 8 * way ? MMC_AUDIO_PLAYING : MMC_AUDIO_COMPLETED);
	} else {
		if (before.scan)
			way *= 8;
		assert_int_equal(lba, was + way < before.end ? was + way : before.end - 1);
		if (was + way < before.end)
			assert_int_equal(status, MMC_AUDIO_PLAYING);
		else
			assert_int_equal(status, before.cut ? MMC_AUDIO_FAILED : MMC_AUDIO_COMPLETED);
	}
	if (status == MMC_AUDIO_COMPLETED || status == MMC_AUDIO_FAILED) {
		assert_int_equal(look(&lba), MMC_AUDIO_NONE);
		assert_int_equal(lba, drive.position);
	}
}

/* Starts from a state that each single command leads to, with time in between. */
static void test_pairs(void **state)
{
	u32 first, second, wait;

	for (first = 0; first < ARRAY_SIZE(commands); first++) {
		for (second = 0; second < ARRAY_SIZE(commands); second++) {
			for (wait = 0; wait < ARRAY_SIZE(waits); wait++) {
				setup(state);
				send(commands[first]);
				now += waits[wait];
				send(commands[second]);
				pass(1);
				pass(waits[wait] / 2);
				pass(1ULL << 33);
			}
		}
	}
}

static void test_walks(void **state)
{
	u32 round, playing = 0, paused = 0, scanning = 0;

	(void)state;
	for (round = 0; round < 300000; round++) {
		send(commands[random_bits() % ARRAY_SIZE(commands)]);
		assert_sane();
		playing += drive.audio.status == MMC_AUDIO_PLAYING;
		paused += drive.audio.status == MMC_AUDIO_PAUSED;
		scanning += drive.audio.scan != MMC_SCAN_NOT;
		if (random_bits() % 2)
			pass(random_bits() % 4 ? random_bits() % 40 : waits[random_bits() % 8]);
		if (random_bits() % 64 == 0)
			mmc_audio_reset(&drive);
	}
	/* The walk has been everywhere. */
	assert_true(playing > round / 10 && paused > round / 100 && scanning > round / 20);
}

/* A drive that is asked at each frame is where one is that is asked at last. */
static void test_asked_often(void **state)
{
	static const u8 test_unit_ready[12];
	struct mmc_drive other;
	u32 i, frame;

	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		setup(state);
		send(commands[i]);
		other = drive;
		for (frame = 0; frame < 1700; frame++) {
			now++;
			send(test_unit_ready);
			mmc_audio_settle(&other, now);
			assert_int_equal(drive.position, other.position);
			assert_int_equal(drive.audio.status, other.audio.status);
		}
		setup(state);
		send(commands[i]);
		mmc_audio_settle(&drive, now + 1700);
		assert_int_equal(drive.position, other.position);
		assert_int_equal(drive.audio.status, other.audio.status);
	}
}

/* A clock that does go back moves nothing out of its bounds. */
static void test_clock_goes_back(void **state)
{
	u32 i, lba;

	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		setup(state);
		send(commands[i]);
		lba = drive.position;
		now -= 1000;
		mmc_audio_settle(&drive, now);
		assert_sane();
		assert_int_equal(drive.position, lba);
	}
}

/* Commands that need no time are not changed by it, when nothing plays. */
static void test_needs_time(void **state)
{
	u32 i;

	(void)state;
	for (i = 0; i < mmc_nr_ops; i++) {
		drive.audio.status = MMC_AUDIO_NONE;
		assert_int_equal(mmc_needs_time(&drive, mmc_ops[i].opcode), !!(mmc_ops[i].flags & MMC_NEEDS_TIME));
		drive.audio.status = MMC_AUDIO_PAUSED;
		assert_int_equal(mmc_needs_time(&drive, mmc_ops[i].opcode), !!(mmc_ops[i].flags & MMC_NEEDS_TIME));
		drive.audio.status = MMC_AUDIO_PLAYING;
		assert_true(mmc_needs_time(&drive, mmc_ops[i].opcode));
	}
}

/* Ejecting ends playing, though the tray is moved by somebody else; a lock keeps both from happening. */
static void test_eject(void **state)
{
	static const u8 eject[12] = { 0x1B, 0, 0, 0, 2 };

	(void)state;
	send(commands[0]);
	drive.prevent = true;
	send(eject);
	assert_int_equal(reply.status, MMC_CHECK_CONDITION);
	assert_int_equal(drive.audio.status, MMC_AUDIO_PLAYING);
	drive.prevent = false;
	send(eject);
	assert_int_equal(reply.plan.kind, MMC_PLAN_TRAY_OPEN);
	assert_int_equal(drive.audio.status, MMC_AUDIO_NONE);
}

static void test_reset(void **state)
{
	u32 lba;

	(void)state;
	send(commands[0]);
	now += 20;
	assert_int_equal(look(&lba), MMC_AUDIO_PLAYING);
	mmc_audio_reset(&drive);
	now += 20;
	assert_int_equal(look(&lba), MMC_AUDIO_NONE);
	assert_int_equal(lba, 620);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_pairs, setup),
		cmocka_unit_test_setup(test_walks, setup),
		cmocka_unit_test_setup(test_asked_often, setup),
		cmocka_unit_test_setup(test_clock_goes_back, setup),
		cmocka_unit_test_setup(test_needs_time, setup),
		cmocka_unit_test_setup(test_eject, setup),
		cmocka_unit_test_setup(test_reset, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
