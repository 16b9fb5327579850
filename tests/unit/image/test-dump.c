// SPDX-License-Identifier: GPL-2.0-only
/* Dumps of discs in a drive that exists only here: what is learnt of the disc, what is copied, what is written down */
#include <sys/stat.h>

#include "image-test.h"
#include "copy.h"
#include "descriptor.h"
#include "disctoc.h"
#include "dumpfiles.h"
#include "fake-drive.h"

static struct disc disc;
static struct optical_drive drive;
static char folder[] = "/tmp/vcd-test-dump-XXXXXX";

static const char *in_folder(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

/* A data track, audio with a pregap, audio without, and a second session of data. */
static void mixed_disc(void)
{
	fake_data_disc(0x08, 13000);
	fake.tracks[1] = (struct fake_track){ .session = 1, .lba = 700, .pregap = 150, .isrc = "DEABC2600001" };
	fake.tracks[2] = (struct fake_track){ .session = 1, .control = 3, .lba = 1000 };
	fake.tracks[3] = (struct fake_track){ .session = 2, .control = 4, .mode = 2, .lba = 12650 };
	fake.track_count = 4;
	fake.session_count = 2;
	fake.lead_outs[0] = 1250;
	fake.lead_outs[1] = 13000;
	fake.mcn = "4006381333931";
}

static void read_disc(void)
{
	fake_drive_install();
	assert_int_equal(mmc_open(&drive, "/dev/fake"), MMC_OK);
	assert_int_equal(mmc_wait_ready(&drive), MMC_OK);
	assert_int_equal(disc_read(&disc, &drive), MMC_OK);
	if (disc.cd)
		assert_int_equal(disc_read_details(&disc, &drive), MMC_OK);
}

static char *written(int (*write)(FILE *file))
{
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	assert_non_null(file);
	assert_int_equal(write(file), 0);
	fclose(file);
	return text;
}

static int write_cue(FILE *file)
{
	return cue_write(&disc, "a \"disc\".bin", file);
}

static int write_ccd(FILE *file)
{
	return ccd_write(&disc, file);
}

/* What is learnt of a disc */

static void layout(void **state)
{
	(void)state;
	mixed_disc();
	read_disc();
	assert_true(disc.cd);
	assert_int_equal(disc.track_count, 4);
	assert_int_equal(disc.session_count, 2);
	assert_int_equal(disc.sectors, 13000);
	assert_int_equal(disc.sessions[0].start, 0);
	assert_int_equal(disc.sessions[0].lead_out, 1250);
	assert_int_equal(disc.sessions[1].start, 12650);
	assert_int_equal(disc.tracks[0].mode, 1);
	assert_int_equal(disc.tracks[1].mode, 0);
	assert_int_equal(disc.tracks[1].pregap, 150);
	assert_string_equal(disc.tracks[1].isrc, "DEABC2600001");
	assert_int_equal(disc.tracks[2].pregap, 0);
	assert_string_equal(disc.tracks[2].isrc, "");
	assert_int_equal(disc.tracks[3].mode, 2);
	assert_int_equal(disc.tracks[3].pregap, 0);
	assert_string_equal(disc.mcn, "4006381333931");
	assert_int_equal(disc_raw_sectors(&disc), 1250 + 350);
	assert_int_equal(disc_index_of(&disc, 12650), 1250);
	assert_int_equal(disc_index_of(&disc, 12999), 1599);
	mmc_close(&drive);
}

/* Pregaps of all lengths, where codes in Q are in the way or not */
static void pregaps(void **state)
{
	unsigned int gap, number;

	(void)state;
	for (gap = 0; gap < 330; gap += gap < 6 ? 1 : 27) {
		for (number = 2; number < 32; number += 7) {
			unsigned int i;

			fake_data_disc(0x08, 500 * number + 500);
			for (i = 0; i < number; i++)
				fake.tracks[i] = (struct fake_track){ .session = 1, .lba = 500 * i,
								      .pregap = i ? gap : 0 };
			fake.track_count = number;
			fake.no_bare_q = number & 1;
			fake.q_is_binary = gap & 1;
			read_disc();
			/* A code in front of the pregap could be of either track, and is taken for the pregap. */
			for (i = 1; i < number; i++)
				assert_int_equal(disc.tracks[i].pregap,
						 gap + ((fake.tracks[i].lba - gap - 1) % 100 == 50));
			mmc_close(&drive);
		}
	}
}

/* A track that begins later: what is before it is on the disc, too. */
static void hidden_track(void **state)
{
	char *text;

	(void)state;
	fake_data_disc(0x08, 2000);
	fake.tracks[0] = (struct fake_track){ .session = 1, .lba = 300, .pregap = 300 };
	read_disc();
	assert_int_equal(disc.sessions[0].start, 0);
	assert_int_equal(disc.tracks[0].pregap, 300);
	text = written(write_cue);
	assert_non_null(strstr(text, "  TRACK 01 AUDIO\n    INDEX 00 00:00:00\n    INDEX 01 00:04:00\n"));
	free(text);
	mmc_close(&drive);
}

static void poor_drives(void **state)
{
	(void)state;
	/* No sub-channels: no pregaps, the rest is there. */
	mixed_disc();
	fake.no_sub = true;
	read_disc();
	assert_int_equal(disc.tracks[1].pregap, 0);
	assert_int_equal(disc.tracks[3].mode, 2);
	mmc_close(&drive);
	/* Only formats 0 and 1 of the TOC: sessions all the same. */
	mixed_disc();
	fake.no_full_toc = true;
	read_disc();
	assert_int_equal(disc.session_count, 2);
	assert_int_equal(disc.sessions[0].lead_out, 1250);
	assert_int_equal(disc.sessions[1].start, 12650);
	assert_int_equal(disc.tracks[3].session, 2);
	assert_int_equal(disc.entry_count, 4 + 2 * 3);
	mmc_close(&drive);
	/* Nobody knows the profile. */
	mixed_disc();
	fake.no_configuration = true;
	read_disc();
	assert_true(disc.cd);
	mmc_close(&drive);
	fake_data_disc(0x10, 100000);
	fake.no_configuration = true;
	read_disc();
	assert_false(disc.cd);
	assert_int_equal(disc.sectors, 100000);
	mmc_close(&drive);
	/* No commands at all */
	fake_data_disc(0x08, 1234);
	fake.no_commands = true;
	read_disc();
	assert_false(disc.cd);
	assert_int_equal(disc.sectors, 1234);
	mmc_close(&drive);
}

/* Indices above 1, up to the last sector of a track */
static void indices(void **state)
{
	char *text;
	unsigned int i;

	(void)state;
	mixed_disc();
	fake.tracks[0].marks[0] = 1;
	fake.tracks[1].marks[0] = 800;
	fake.tracks[1].marks[1] = 801;
	fake.tracks[1].marks[2] = 999;
	for (i = 0; i < 11; i++)
		fake.tracks[2].marks[i] = 1001 + i * 20;
	fake.tracks[3].marks[0] = 12655;
	read_disc();
	assert_int_equal(disc.index_count, 1 + 3 + 11 + 1);
	for (i = 0; i < disc.index_count; i++) {
		const struct vcd_index *index = &disc.indices[i];

		assert_int_equal(index->lba, fake.tracks[index->track - 1].marks[index->index - 2]);
	}
	text = written(write_cue);
	assert_non_null(strstr(text, "    INDEX 00 00:07:25\n    INDEX 01 00:09:25\n    INDEX 02 00:10:50\n"
				     "    INDEX 03 00:10:51\n    INDEX 04 00:13:24\n  TRACK 03"));
	assert_non_null(strstr(text, "    INDEX 12 00:16:01\n"));
	/* The gap between the sessions is not in the file. */
	assert_non_null(strstr(text, "  TRACK 04 MODE2/2352\n    INDEX 01 00:16:50\n    INDEX 02 00:16:55\n"));
	free(text);
	text = written(write_ccd);
	assert_non_null(strstr(text, "INDEX 0=550\nINDEX 1=700\nINDEX 2=800\nINDEX 3=801\nINDEX 4=999\n"));
	assert_non_null(strstr(text, "INDEX 1=0\nINDEX 2=5\n"));
	free(text);
	mmc_close(&drive);
	/* A drive that makes numbers of BCD, and one that tells nothing */
	fake.q_is_binary = true;
	read_disc();
	assert_int_equal(disc.index_count, 1 + 3 + 11 + 1);
	mmc_close(&drive);
	fake.no_sub = true;
	read_disc();
	assert_int_equal(disc.index_count, 0);
	mmc_close(&drive);
}

/* TOCs that make no disc: it is taken for one of a single track. */
static void broken_tocs(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < 6; i++) {
		mixed_disc();
		if (i == 0)
			fake.tracks[2].lba = 600;	/* before the track before it */
		if (i == 1)
			fake.tracks[2].lba = fake.tracks[1].lba;
		if (i == 2)
			fake.lead_outs[0] = 12900;	/* in the second session */
		if (i == 3)
			fake.lead_outs[1] = 12000;	/* before the last track */
		if (i == 4)
			fake.tracks[0].session = 3;	/* of which there is none */
		if (i == 5)
			fake.no_toc = true;
		fake.tracks[1].pregap = 0;
		fake.no_full_toc = i == 3;
		fake_drive_install();
		assert_int_equal(mmc_open(&drive, "/dev/fake"), MMC_OK);
		assert_int_equal(disc_read(&disc, &drive), MMC_OK);
		if (i != 2 && i != 4)
			assert_false(disc.cd);
		assert_true(disc.track_count >= 1 && disc.sectors == 13000);
		mmc_close(&drive);
	}
}

/* Whatever a drive answers, nothing is read or written beside the buffers. */
static uint32_t noise_seed;

static int noise_ioctl(int fd, unsigned long command, void *arg)
{
	struct sg_io_hdr *hdr = arg;
	uint8_t *to;
	unsigned int i;

	(void)fd;
	if (command != SG_IO)
		return 0;
	to = hdr->dxferp;
	for (i = 0; i < hdr->dxfer_len; i++) {
		noise_seed = noise_seed * 1664525 + 1013904223;
		to[i] = (uint8_t)(noise_seed >> 24);
		/* Small numbers are more like a TOC. */
		if (noise_seed >> 16 & 1)
			to[i] &= 3;
	}
	if (hdr->cmdp[0] == 0x46 && hdr->dxfer_len >= 8) {
		to[6] = 0;
		to[7] = 8;
	}
	if (hdr->cmdp[0] == 0x43 && hdr->cmdp[2] == 2 && hdr->dxfer_len > 200)
		for (i = 0; i + 15 < hdr->dxfer_len; i += 11) {
			to[4 + i] = (uint8_t)(1 + i / 400);
			to[4 + i + 1] = 0x14;
			to[4 + i + 3] = (uint8_t)(i % 33 ? to[4 + i + 3] : i / 11 + 1);
		}
	hdr->resid = (noise_seed >> 20 & 7) ? 0 : (int)(noise_seed >> 8 & 0xFFFF);
	if (!(noise_seed >> 12 & 15)) {
		hdr->status = 2;
		hdr->sb_len_wr = (unsigned char)(noise_seed >> 4);
		memcpy(hdr->sbp, &noise_seed, sizeof(noise_seed));
	}
	return 0;
}

static void noise(void **state)
{
	unsigned int i;

	(void)state;
	fake_drive_install();
	mmc_backend.ioctl = noise_ioctl;
	for (i = 0; i < 1000; i++) {
		noise_seed = i;
		drive = (struct optical_drive){ .fd = -1, .commands = true };
		if (disc_read(&disc, &drive))
			continue;
		if (disc.cd) {
			char *text;

			disc_read_details(&disc, &drive);
			text = written(write_cue);
			free(text);
			text = written(write_ccd);
			free(text);
			assert_true(disc_raw_sectors(&disc) > 0);
		}
	}
}

/* Descriptors */

static const uint8_t cdtext_packs[][18] = {
	{ 0x80, 0, 0, 0, 'M', 'y', ' ', 'D', 'i', 's', 'c', 0, 'O', 'n', 'e', 0 },
	{ 0x80, 2, 1, 0, 'T', 'w', 0xF6, 0, 'T', 'h', '"', 'r', 'e', 'e', 0, 0 },
	{ 0x81, 0, 2, 0, 'M', 'e', 0, '\t', 0, 0, 0, 0, 0, 0, 0, 0 },
};

static void sheet(void **state)
{
	char *text;

	(void)state;
	mixed_disc();
	memcpy(fake.cdtext, cdtext_packs, sizeof(cdtext_packs));
	fake.cdtext_count = 3;
	read_disc();
	text = written(write_cue);
	assert_string_equal(text,
		"CATALOG 4006381333931\n"
		"TITLE \"My Disc\"\n"
		"PERFORMER \"Me\"\n"
		"FILE \"a 'disc'.bin\" BINARY\n"
		"REM SESSION 01\n"
		"  TRACK 01 MODE1/2352\n"
		"    TITLE \"One\"\n"
		"    PERFORMER \"Me\"\n"
		"    INDEX 01 00:00:00\n"
		"  TRACK 02 AUDIO\n"
		"    TITLE \"Tw\xC3\xB6\"\n"
		"    ISRC DEABC2600001\n"
		"    INDEX 00 00:07:25\n"
		"    INDEX 01 00:09:25\n"
		"  TRACK 03 AUDIO\n"
		"    TITLE \"Th'ree\"\n"
		"    FLAGS DCP PRE\n"
		"    INDEX 01 00:13:25\n"
		"REM SESSION 02\n"
		"  TRACK 04 MODE2/2352\n"
		"    INDEX 01 00:16:50\n");
	free(text);
	mmc_close(&drive);
}

static void control_file(void **state)
{
	char *text;

	(void)state;
	mixed_disc();
	memcpy(fake.cdtext, cdtext_packs, sizeof(cdtext_packs));
	fake.cdtext_count = 3;
	read_disc();
	text = written(write_ccd);
	assert_non_null(strstr(text, "[Disc]\nTocEntries=10\nSessions=2\nDataTracksScrambled=0\n"));
	assert_non_null(strstr(text, "CATALOG=4006381333931\n"));
	assert_non_null(strstr(text, "[CDText]\nEntries=3\nEntry 0=80 00 00 00 4d 79 20 44 69 73 63 00 4f 6e 65 00\n"));
	assert_non_null(strstr(text, "[Session 1]\nPreGapMode=1\n"));
	assert_non_null(strstr(text, "[Session 2]\nPreGapMode=2\n"));
	assert_non_null(strstr(text, "[Entry 2]\nSession=1\nPoint=0xa2\nADR=0x01\nControl=0x04\nTrackNo=0\nAMin=0\n"
			       "ASec=0\nAFrame=0\nALBA=-150\nZero=0\nPMin=0\nPSec=18\nPFrame=50\nPLBA=1250\n"));
	assert_non_null(strstr(text, "[TRACK 2]\nMODE=0\nISRC=DEABC2600001\nINDEX 0=550\nINDEX 1=700\n"));
	assert_non_null(strstr(text, "[TRACK 4]\nMODE=2\nINDEX 1=0\n"));
	free(text);
	mmc_close(&drive);
}

static void sub_packing(void **state)
{
	uint8_t raw[SUBCHANNEL_SIZE], packed[SUBCHANNEL_SIZE];
	unsigned int channel, i;

	(void)state;
	fake_sub(1234, raw);
	subchannel_pack(packed, raw);
	for (channel = 0; channel < 8; channel++)
		for (i = 0; i < 96; i++)
			assert_int_equal(packed[channel * 12 + i / 8] >> (7 - i % 8) & 1, raw[i] >> (7 - channel) & 1);
}

/* Copies */

static struct copy copy;
static unsigned int stop_after;

static bool stop_now(void)
{
	return stop_after && !--stop_after;
}

static void begin_copy(bool raw, bool sub)
{
	uint32_t sectors = raw ? disc_raw_sectors(&disc) : disc.sectors;

	copy = (struct copy){ .drive = &drive, .disc = &disc, .raw = raw, .sub_fd = -1, .retries = 2,
			      .stopped = stop_now };
	unlink(in_folder("image"));
	copy.image_fd = dump_file_create(in_folder("image"), (uint64_t)sectors * copy_unit(&copy));
	assert_true(copy.image_fd >= 0);
	if (sub) {
		unlink(in_folder("sub"));
		copy.sub_fd = dump_file_create(in_folder("sub"), (uint64_t)sectors * SUBCHANNEL_SIZE);
		assert_true(copy.sub_fd >= 0);
	}
	assert_int_equal(badmap_init(&copy.map, (uint64_t)sectors * copy_unit(&copy)), 0);
	copy.map_path = strdup(in_folder("copy.map"));
	stop_after = 0;
}

static void end_copy(void)
{
	close(copy.image_fd);
	if (copy.sub_fd >= 0)
		close(copy.sub_fd);
	badmap_free(&copy.map);
	free((char *)copy.map_path);
	mmc_close(&drive);
}

/* As a later start of the program finds it */
static void load_copy_map(void)
{
	badmap_free(&copy.map);
	assert_int_equal(badmap_load(&copy.map, copy.map_path, copy_unit(&copy)), 0);
	assert_int_equal(badmap_retry(&copy.map), 0);
}

static void check_image(uint32_t first, uint32_t count, uint32_t lba)
{
	uint8_t have[RAW_SIZE], want[RAW_SIZE], sub[SUBCHANNEL_SIZE], packed[SUBCHANNEL_SIZE];
	uint32_t unit = copy_unit(&copy);

	for (; count; count--, first++, lba++) {
		fake_raw(lba, want);
		assert_int_equal(pread(copy.image_fd, have, unit, (off_t)first * unit), unit);
		assert_memory_equal(have, copy.raw ? want : want + 16, unit);
		if (copy.sub_fd < 0)
			continue;
		fake_sub(lba, sub);
		subchannel_pack(packed, sub);
		assert_int_equal(pread(copy.sub_fd, sub, sizeof(sub), (off_t)first * SUBCHANNEL_SIZE), sizeof(sub));
		assert_memory_equal(packed, sub, sizeof(sub));
	}
}

static void check_zeroes(uint32_t index)
{
	static const uint8_t zeroes[RAW_SIZE];
	uint8_t have[RAW_SIZE];
	uint32_t unit = copy_unit(&copy);

	assert_int_equal(pread(copy.image_fd, have, unit, (off_t)index * unit), unit);
	assert_memory_equal(have, zeroes, unit);
}

static void copy_whole(void **state)
{
	int i;

	(void)state;
	/* By READ (10), by read(2) because there is no READ (10), by read(2) because there are no commands */
	for (i = 0; i < 3; i++) {
		fake_data_disc(0x10, 1003);
		fake.no_read10 = i == 1;
		fake.no_commands = i == 2;
		read_disc();
		begin_copy(false, false);
		assert_int_equal(copy_run(&copy), COPY_OK);
		assert_int_equal(badmap_bytes(&copy.map, BADMAP_DONE), 1003 * 2048);
		check_image(0, 1003, 0);
		assert_true(fake.reads <= 1003 / 32 + 2);
		assert_int_equal(fake.largest, 32);
		end_copy();
	}
}

static void copy_raw(void **state)
{
	int sub;

	(void)state;
	for (sub = 0; sub < 2; sub++) {
		mixed_disc();
		read_disc();
		begin_copy(true, sub);
		assert_int_equal(copy_run(&copy), COPY_OK);
		assert_int_equal(badmap_bytes(&copy.map, BADMAP_DONE), 1600 * RAW_SIZE);
		check_image(0, 1250, 0);
		check_image(1250, 350, 12650);
		end_copy();
	}
}

static void bad_sectors(void **state)
{
	const struct badmap_range *range;
	bool raw = *(bool *)*state;

	fake_data_disc(0x08, 500);
	read_disc();
	fake.bad[0] = (struct fake_bad){ 0, -1 };
	fake.bad[1] = (struct fake_bad){ 77, -1 };
	fake.bad[2] = (struct fake_bad){ 78, -1 };
	fake.bad[3] = (struct fake_bad){ 200, 6 };	/* the chunk, halves and a retry: then it is there */
	fake.bad[4] = (struct fake_bad){ 499, -1 };
	begin_copy(raw, raw);
	assert_int_equal(copy_run(&copy), COPY_OK);
	assert_int_equal(badmap_bytes(&copy.map, BADMAP_BAD), 4 * copy_unit(&copy));
	assert_int_equal(badmap_bytes(&copy.map, BADMAP_UNTRIED), 0);
	range = badmap_find(&copy.map, 1 * copy_unit(&copy), BADMAP_BAD);
	assert_int_equal(range->pos, 77 * copy_unit(&copy));
	assert_int_equal(range->size, 2 * copy_unit(&copy));
	check_zeroes(0);
	check_zeroes(77);
	check_zeroes(499);
	check_image(1, 76, 1);
	check_image(79, 420, 79);
	/* Once more, when some can be read */
	load_copy_map();
	fake.bad[0].times = fake.bad[1].times = 0;
	fake.bad[2].times = 2;
	fake.reads = 0;
	assert_true(copy_is_of_disc(&copy));
	assert_int_equal(copy_run(&copy), COPY_OK);
	assert_int_equal(badmap_bytes(&copy.map, BADMAP_BAD), copy_unit(&copy));
	check_image(0, 499, 0);
	assert_true(fake.reads < 20);
	end_copy();
}

static void retries(void **state)
{
	(void)state;
	fake_data_disc(0x10, 32);
	read_disc();
	fake.bad[0] = (struct fake_bad){ 31, -1 };
	begin_copy(false, false);
	copy.retries = 9;
	fake.reads = 0;
	assert_int_equal(copy_run(&copy), COPY_OK);
	/* 32 sectors, then two halves five times, then the retries */
	assert_int_equal(fake.reads, 1 + 2 * 5 + 9);
	end_copy();
}

static void refused_sectors(void **state)
{
	(void)state;
	/* A sector of another mode is no reason to try again. */
	mixed_disc();
	fake.lead_outs[0] = 12650;
	fake.session_count = 1;
	fake.sectors = 600;
	read_disc();
	disc.sectors = 600;
	begin_copy(false, false);
	assert_int_equal(copy_run(&copy), COPY_OK);
	assert_int_equal(badmap_bytes(&copy.map, BADMAP_BAD), 50 * 2048);
	check_image(0, 550, 0);
	end_copy();
}

static void stopped(void **state)
{
	uint64_t done;

	(void)state;
	fake_data_disc(0x10, 1000);
	read_disc();
	begin_copy(false, false);
	stop_after = 11;
	assert_int_equal(copy_run(&copy), COPY_STOPPED);
	done = badmap_bytes(&copy.map, BADMAP_DONE);
	assert_int_equal(done, 10 * 32 * 2048);
	load_copy_map();
	assert_int_equal(badmap_bytes(&copy.map, BADMAP_DONE), done);
	assert_int_equal(copy_run(&copy), COPY_OK);
	check_image(0, 1000, 0);
	end_copy();
}

static void drive_goes(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		fake_data_disc(0x10, 1000);
		read_disc();
		if (i)
			fake.gone_at = 500;
		else
			fake.removed_at = 500;
		begin_copy(false, false);
		assert_int_equal(copy_run(&copy), COPY_DRIVE);
		assert_int_equal(copy.drive_error, i ? MMC_GONE : MMC_OPEN);
		load_copy_map();
		assert_int_equal(badmap_bytes(&copy.map, BADMAP_DONE), 480 * 2048);
		fake.gone_at = fake.removed_at = 0;
		assert_int_equal(copy_run(&copy), COPY_OK);
		check_image(0, 1000, 0);
		end_copy();
	}
}

static void another_disc(void **state)
{
	bool raw = *(bool *)*state;

	fake_data_disc(0x08, 500);
	read_disc();
	begin_copy(raw, raw);
	stop_after = 10;
	assert_int_equal(copy_run(&copy), COPY_STOPPED);
	assert_true(copy_is_of_disc(&copy));
	fake.salt = 1;
	assert_false(copy_is_of_disc(&copy));
	end_copy();
}

static void files_fail(void **state)
{
	(void)state;
	fake_data_disc(0x10, 100);
	read_disc();
	begin_copy(false, false);
	close(copy.image_fd);
	copy.image_fd = open("/dev/full", O_WRONLY);
	if (copy.image_fd >= 0) {
		enum copy_result result = copy_run(&copy);

		/* A device that cannot be synchronized fails before. */
		assert_int_equal(result, COPY_FILE);
		assert_true(copy.err < 0);
	}
	end_copy();
}

/* Drives */

static void readiness(void **state)
{
	static const struct {
		uint8_t sense[3];
		int times;
		enum mmc_error error;
	} cases[] = {
		{ { 2, 0x3A, 0 }, 1, MMC_NO_DISC }, { { 2, 0x3A, 1 }, 1, MMC_NO_DISC }, { { 2, 0x3A, 2 }, 1, MMC_OPEN },
		{ { 6, 0x28, 0 }, 1, MMC_OK }, { { 2, 4, 1 }, 5, MMC_OK }, { { 2, 4, 1 }, 500, MMC_NOT_READY },
		{ { 6, 0x29, 0 }, 3, MMC_OK },
	};
	size_t i;

	(void)state;
	fake_drive_install();
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fake_data_disc(0x10, 100);
		memcpy(fake.tur_sense, cases[i].sense, 3);
		fake.tur_times = cases[i].times;
		assert_int_equal(mmc_open(&drive, "/dev/fake"), MMC_OK);
		assert_int_equal(mmc_wait_ready(&drive), cases[i].error);
		mmc_close(&drive);
	}
	fake.not_optical = true;
	assert_int_equal(mmc_open(&drive, "/dev/fake"), MMC_NOT_OPTICAL);
	fake.no_commands = true;
	assert_int_equal(mmc_open(&drive, "/dev/fake"), MMC_NOT_OPTICAL);
	assert_int_equal(mmc_open(&drive, "/dev/none"), MMC_GONE);
}

/* Names */

static void names(void **state)
{
	struct dump_files files;

	(void)state;
	assert_int_equal(dump_kind_of("a.iso"), DUMP_ISO);
	assert_int_equal(dump_kind_of("a.CUE"), DUMP_CUE);
	assert_int_equal(dump_kind_of("a.iso/b"), DUMP_AUTO);
	assert_int_equal(dump_kind_of("debian-12.1"), DUMP_AUTO);
	assert_int_equal(dump_kind_of("a.bin"), DUMP_PART);
	assert_true(dump_files_name(&files, "x/disc 1.2", DUMP_CUE, true));
	assert_string_equal(files.main, "x/disc 1.2.cue");
	assert_string_equal(files.image, "x/disc 1.2.bin");
	assert_string_equal(files.sub, "x/disc 1.2.sub");
	assert_string_equal(files.map, "x/disc 1.2.map");
	dump_files_free(&files);
	assert_true(dump_files_name(&files, "disc.Iso", DUMP_ISO, false));
	assert_string_equal(files.main, "disc.Iso");
	assert_string_equal(files.image, "disc.Iso");
	assert_null(files.sub);
	dump_files_free(&files);
	assert_true(dump_files_name(&files, in_folder("there.ccd"), DUMP_CCD, true));
	assert_null(dump_files_existing(&files));
	assert_int_equal(mkdir(files.sub, 0777), 0);
	assert_string_equal(dump_files_existing(&files), files.sub);
	assert_int_equal(dump_files_remove(&files), -EISDIR);
	assert_int_equal(rmdir(files.sub), 0);
	close(dump_file_create(files.image, 100));
	assert_int_equal(dump_file_create(files.image, 100), -EEXIST);
	assert_int_equal(dump_file_reopen(files.image, 99), -EBADMSG);
	assert_int_equal(dump_files_remove(&files), 0);
	assert_null(dump_files_existing(&files));
	dump_files_free(&files);
}

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	static const char *const left[] = { "image", "sub", "copy.map" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(left) / sizeof(left[0]); i++)
		unlink(in_folder(left[i]));
	return rmdir(folder);
}

int main(void)
{
	static bool yes = true, no;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(layout),
		cmocka_unit_test(pregaps),
		cmocka_unit_test(hidden_track),
		cmocka_unit_test(indices),
		cmocka_unit_test(poor_drives),
		cmocka_unit_test(broken_tocs),
		cmocka_unit_test(noise),
		cmocka_unit_test(sheet),
		cmocka_unit_test(control_file),
		cmocka_unit_test(sub_packing),
		cmocka_unit_test(copy_whole),
		cmocka_unit_test(copy_raw),
		{ "bad_sectors", bad_sectors, NULL, NULL, &no },
		{ "bad_sectors raw", bad_sectors, NULL, NULL, &yes },
		cmocka_unit_test(retries),
		cmocka_unit_test(refused_sectors),
		cmocka_unit_test(stopped),
		cmocka_unit_test(drive_goes),
		{ "another_disc", another_disc, NULL, NULL, &no },
		{ "another_disc raw", another_disc, NULL, NULL, &yes },
		cmocka_unit_test(files_fail),
		cmocka_unit_test(readiness),
		cmocka_unit_test(names),
	};
	int failed = cmocka_run_group_tests(tests, make_folder, remove_folder);

	printf("%zu passed, %d failed\n", sizeof(tests) / sizeof(tests[0]) - (size_t)failed, failed);
	return failed != 0;
}
