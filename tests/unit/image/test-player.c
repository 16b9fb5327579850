// SPDX-License-Identifier: GPL-2.0-only
/* Playing: which sectors are heard, in what order and how loud; and the file that they go into */
#include "folder.h"
#include "fake-drive.h"
#include "player.h"

static struct optical_drive drive;
static struct disc disc;
static struct player player;
static struct sound sound;

static bool never(void)
{
	return false;
}

/* Audio, audio with a pregap, data with a pregap, and a second session with audio */
static void open_disc(void)
{
	fake_data_disc(0x08, 13000);
	fake.tracks[0] = (struct fake_track){ .session = 1, .lba = 0 };
	fake.tracks[1] = (struct fake_track){ .session = 1, .lba = 400, .pregap = 75 };
	fake.tracks[2] = (struct fake_track){ .session = 1, .control = 4, .mode = 1, .lba = 900, .pregap = 150 };
	fake.tracks[3] = (struct fake_track){ .session = 2, .lba = 12650 };
	fake.track_count = 4;
	fake.session_count = 2;
	fake.lead_outs[0] = 1250;
	fake.lead_outs[1] = 13000;
	fake_drive_install();
	assert_int_equal(mmc_open(&drive, "/dev/fake"), MMC_OK);
	assert_int_equal(disc_read(&disc, &drive), MMC_OK);
	assert_int_equal(disc_read_details(&disc, &drive), MMC_OK);
	memset(&player, 0, sizeof(player));
	player.drive = &drive;
	player.sound = &sound;
	player.stopped = never;
}

static uint8_t *load(const char *name, size_t size)
{
	uint8_t *bytes = malloc(size + 1);
	FILE *file = fopen(in_folder(name), "r");

	assert_non_null(bytes);
	assert_non_null(file);
	assert_int_equal(fread(bytes, 1, size + 1, file), size);
	fclose(file);
	return bytes;
}

/* Those of a sector of the disc, or silence */
static void expect_sector(const uint8_t *samples, uint32_t lba, bool silent)
{
	uint8_t expected[RAW_SIZE] = { 0 };

	if (!silent)
		fake_raw(lba, expected);
	assert_memory_equal(samples, expected, RAW_SIZE);
}

static void expect_header(const uint8_t *wave, uint32_t bytes)
{
	assert_memory_equal(wave, "RIFF", 4);
	assert_int_equal(get_le32(wave + 4), 36 + bytes);
	assert_memory_equal(wave + 8, "WAVEfmt \x10\0\0\0\1\0\2\0\x44\xAC\0\0\x10\xB1\2\0\4\0\x10\0data", 32);
	assert_int_equal(get_le32(wave + 40), bytes);
}

/* Which tracks there are to be played, and how far they go */
static void tracks(void **state)
{
	unsigned int i;

	(void)state;
	open_disc();
	assert_true(player_add_track(&player, &disc, &disc.tracks[0]));
	assert_true(player_add_track(&player, &disc, &disc.tracks[1]));
	assert_false(player_add_track(&player, &disc, &disc.tracks[2]));
	assert_true(player_add_track(&player, &disc, &disc.tracks[3]));
	assert_int_equal(player.track_count, 3);
	/* The pregap of audio is heard with the track before it, that of data is not. */
	assert_int_equal(player.tracks[0].end, 400);
	assert_int_equal(player.tracks[1].start, 400);
	assert_int_equal(player.tracks[1].end, 750);
	assert_int_equal(player.tracks[2].number, 4);
	assert_int_equal(player.tracks[2].end, 13000);
	assert_int_equal(player_sectors(&player), 1100);
	for (i = 3; i < DISC_TRACKS_MAX; i++)
		assert_true(player_add_track(&player, &disc, &disc.tracks[0]));
	assert_false(player_add_track(&player, &disc, &disc.tracks[0]));
	mmc_close(&drive);
}

static void into_a_file(void **state)
{
	uint8_t *wave;
	uint32_t i;

	(void)state;
	open_disc();
	fake.bad[0] = (struct fake_bad){ .lba = 410, .times = -1 };
	fake.bad[1] = (struct fake_bad){ .lba = 430, .times = 1 };
	player_add_track(&player, &disc, &disc.tracks[3]);
	player_add_track(&player, &disc, &disc.tracks[1]);
	assert_true(sound_open_file(&sound, in_folder("a.wav"), player_sectors(&player), false));
	assert_int_equal(player_run(&player), PLAY_OK);
	sound_close(&sound);
	assert_int_equal(player.missing, 1);
	wave = load("a.wav", 44 + 700 * RAW_SIZE);
	expect_header(wave, 700 * RAW_SIZE);
	for (i = 0; i < 350; i++)
		expect_sector(wave + 44 + i * RAW_SIZE, 12650 + i, false);
	for (i = 0; i < 350; i++)
		expect_sector(wave + 44 + (350 + i) * RAW_SIZE, 400 + i, i == 10);
	free(wave);
	/* It is there already. */
	assert_false(sound_open_file(&sound, in_folder("a.wav"), 0, false));
	assert_non_null(strstr(sound.reason, "--force"));
	sound_close(&sound);
	assert_false(sound_open_file(&sound, in_folder("no/a.wav"), 0, true));
	sound_close(&sound);
	mmc_close(&drive);
}

/* A drive that knows no commands gives samples all the same. */
static void no_commands(void **state)
{
	uint8_t samples[RAW_SIZE];

	(void)state;
	open_disc();
	drive.commands = false;
	fake.no_commands = true;
	fake.bad[0] = (struct fake_bad){ .lba = 410, .times = -1 };
	assert_int_equal(mmc_read_audio(&drive, 5, 1, samples), MMC_OK);
	expect_sector(samples, 5, false);
	assert_int_equal(mmc_read_audio(&drive, 410, 1, samples), MMC_UNREADABLE);
	mmc_close(&drive);
}

static unsigned int calls;

static bool soon(void)
{
	return ++calls > 3;
}

/* What was written until then is a whole file. */
static void ends_early(void **state)
{
	uint8_t *wave;
	int kept;

	(void)state;
	open_disc();
	calls = 0;
	player.stopped = soon;
	player_add_track(&player, &disc, &disc.tracks[0]);
	assert_true(sound_open_file(&sound, in_folder("b.wav"), player_sectors(&player), false));
	assert_int_equal(player_run(&player), PLAY_STOPPED);
	assert_true(sound_finish(&sound));
	sound_close(&sound);
	wave = load("b.wav", 44 + 75 * RAW_SIZE);
	expect_header(wave, 75 * RAW_SIZE);
	free(wave);
	/* The disc is taken out. Who has the file that is replaced keeps it as it was. */
	player.stopped = never;
	fake.removed_at = 200;
	kept = open(in_folder("b.wav"), O_RDONLY | O_CLOEXEC);
	assert_true(sound_open_file(&sound, in_folder("b.wav"), player_sectors(&player), true));
	assert_int_equal(lseek(kept, 0, SEEK_END), 44 + 75 * RAW_SIZE);
	close(kept);
	assert_int_equal(player_run(&player), PLAY_DRIVE);
	assert_int_equal(player.drive_error, MMC_OPEN);
	sound_close(&sound);
	/* The file cannot be written. */
	fake.removed_at = 0;
	assert_true(sound_open_file(&sound, in_folder("c.wav"), 0, false));
	close(sound.fd);
	sound.fd = open("/dev/full", O_WRONLY);
	assert_int_equal(player_run(&player), PLAY_SOUND);
	assert_non_null(strstr(sound.reason, "No space"));
	sound_close(&sound);
	mmc_close(&drive);
}

/* What a drive tells of itself while it plays */
static void what_a_drive_tells(void **state)
{
	struct mmc_mechanism mechanism;
	struct mmc_volume volume;

	(void)state;
	open_disc();
	assert_int_equal(mmc_read_mechanism(&drive, &mechanism), MMC_OK);
	assert_false(mechanism.plays);
	fake.mechanism = 0x20;
	fake.position = 0x12345;
	assert_int_equal(mmc_read_mechanism(&drive, &mechanism), MMC_OK);
	assert_true(mechanism.plays && !mechanism.scans);
	assert_int_equal(mechanism.lba, 0x12345);
	fake.mechanism = 0x50;
	assert_int_equal(mmc_read_mechanism(&drive, &mechanism), MMC_OK);
	assert_true(mechanism.plays && mechanism.scans);
	assert_int_equal(mmc_read_volume(&drive, &volume), MMC_REFUSED);
	memcpy(fake.audio_page, "\x0E\x0E\4\0\0\0\0\0\2\x40\1\xFF\0\0\0\0", 16);
	for (fake.block_descriptor = false; ; fake.block_descriptor = true) {
		memset(&volume, 0, sizeof(volume));
		assert_int_equal(mmc_read_volume(&drive, &volume), MMC_OK);
		assert_int_equal(volume.channels[0], 2);
		assert_int_equal(volume.channels[1], 1);
		assert_int_equal(volume.level[0], 0x40);
		assert_int_equal(volume.level[1], 0xFF);
		if (fake.block_descriptor)
			break;
	}
	mmc_close(&drive);
}

static void expect_frame(struct mmc_volume volume, int left, int right, int left_out, int right_out)
{
	uint8_t samples[RAW_SIZE] = { 0 };

	put_le16(samples, (uint16_t)left);
	put_le16(samples + 2, (uint16_t)right);
	memcpy(samples + RAW_SIZE - 4, samples, 4);
	volume_apply(&volume, samples);
	assert_int_equal((int16_t)get_le16(samples), left_out);
	assert_int_equal((int16_t)get_le16(samples + 2), right_out);
	assert_memory_equal(samples + RAW_SIZE - 4, samples, 4);
}

static void loudness(void **state)
{
	(void)state;
	expect_frame((struct mmc_volume){ { 1, 2 }, { 255, 255 } }, -32768, 32767, -32768, 32767);
	expect_frame((struct mmc_volume){ { 2, 1 }, { 255, 255 } }, -32768, 32767, 32767, -32768);
	expect_frame((struct mmc_volume){ { 1, 2 }, { 51, 0 } }, -1000, 1000, -200, 0);
	expect_frame((struct mmc_volume){ { 3, 3 }, { 255, 51 } }, 3000, 1000, 2000, 400);
	expect_frame((struct mmc_volume){ { 0, 2 }, { 255, 255 } }, 3000, 1000, 0, 1000);
}

/* An image of 500 sectors of audio, each of which is full of its number, and of 10 of data */
static void make_image(struct image *image, struct follower *follower, uint32_t ahead)
{
	uint8_t *all = calloc(510, RAW_SIZE);
	uint32_t lba, i;

	assert_non_null(all);
	for (lba = 0; lba < 500; lba++)
		for (i = 0; i < RAW_SIZE / 2; i++)
			put_le16(all + lba * RAW_SIZE + 2 * i, lba + 1);
	write_bytes("disc.bin", all, 510 * RAW_SIZE);
	free(all);
	write_string("disc.cue", "FILE disc.bin BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n"
		     "TRACK 02 MODE1/2352\nINDEX 01 00:06:50\n");
	assert_int_equal(image_open(image, in_folder("disc.cue"), 0), IMAGE_OK);
	assert_int_equal(image->sectors, 510);
	*follower = (struct follower){ .image = image, .raw = raw_reader_new(image), .sound = &sound, .ahead = ahead };
	assert_non_null(follower->raw);
	assert_true(sound_open_file(&sound, in_folder("f.wav"), 0, true));
}

static void step(struct follower *follower, uint32_t time, bool plays, uint32_t lba)
{
	struct mmc_volume volume = { { 1, 2 }, { 255, 255 } };
	struct mmc_mechanism mechanism = { .plays = plays, .lba = lba };

	assert_true(follower_step(follower, &mechanism, &volume, time));
}

/* The sectors that were written, from the first to the last but one; 0 to 0: silence */
static void expect_run(const uint8_t **at, uint32_t from, uint32_t to)
{
	for (; from < to; from++, *at += RAW_SIZE) {
		assert_int_equal(get_le16(*at), from < 500 ? from + 1 : 0);
		assert_int_equal(get_le16(*at + RAW_SIZE - 2), from < 500 ? from + 1 : 0);
	}
}

static void finish(struct image *image, struct follower *follower)
{
	assert_true(sound_finish(&sound));
	sound_close(&sound);
	raw_reader_free(follower->raw);
	image_close(image);
}

static void follows(void **state)
{
	struct follower follower;
	const uint8_t *at;
	struct image image;
	uint8_t *wave;

	(void)state;
	make_image(&image, &follower, 0);
	step(&follower, 1000, false, 0);
	step(&follower, 1003, true, 100);
	step(&follower, 1006, true, 103);
	/* It is looked at late, but it has gone on as it should. */
	step(&follower, 1056, true, 154);
	/* A pause */
	step(&follower, 1060, false, 0);
	step(&follower, 1160, false, 0);
	step(&follower, 1161, true, 158);
	step(&follower, 1164, true, 161);
	/* Sent elsewhere */
	step(&follower, 1167, true, 20);
	step(&follower, 1170, true, 23);
	step(&follower, 1173, true, 490);
	step(&follower, 1188, true, 505);
	/* To the end of the disc */
	step(&follower, 1200, true, 517);
	finish(&image, &follower);
	wave = load("f.wav", 44 + (54 + 3 + 3 + 20) * RAW_SIZE);
	expect_header(wave, (54 + 3 + 3 + 20) * RAW_SIZE);
	at = wave + 44;
	expect_run(&at, 100, 154);
	expect_run(&at, 158, 161);
	expect_run(&at, 20, 23);
	expect_run(&at, 490, 510);
	free(wave);
}

static void follows_ahead(void **state)
{
	struct follower follower;
	const uint8_t *at;
	struct image image;
	uint8_t *wave;

	(void)state;
	make_image(&image, &follower, 12);
	step(&follower, 1000, true, 100);
	step(&follower, 1003, true, 103);
	step(&follower, 1007, true, 106);
	step(&follower, 1010, false, 0);
	step(&follower, 1020, true, 109);
	finish(&image, &follower);
	wave = load("f.wav", 44 + (18 + 12) * RAW_SIZE);
	at = wave + 44;
	expect_run(&at, 100, 118);
	expect_run(&at, 109, 121);
	free(wave);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(tracks),
		cmocka_unit_test(into_a_file),
		cmocka_unit_test(no_commands),
		cmocka_unit_test(ends_early),
		cmocka_unit_test(what_a_drive_tells),
		cmocka_unit_test(loudness),
		cmocka_unit_test(follows),
		cmocka_unit_test(follows_ahead),
	};

	if (!make_folder())
		return 1;
	RUN(tests);
}
