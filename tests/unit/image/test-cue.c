// SPDX-License-Identifier: GPL-2.0-only
/* CUE sheets: the discs that they make, and what is said about sheets that make none */
#include <sys/stat.h>

#include "cdtext.h"
#include "marks.h"

static void open_sheet(struct image *image, const char *text)
{
	write_string("disc.cue", text);
	open_good(image, "disc.cue");
	assert_string_equal(image->format->name, "cue");
}

static void check_place(const struct image *image, unsigned int index, uint32_t lba, uint32_t pregap, uint8_t mode,
			uint8_t control)
{
	const struct vcd_track *track = &image->tracks[index];

	assert_true(index < image->track_count);
	assert_int_equal(track->number, image->tracks[0].number + index);
	assert_int_equal(track->lba, lba);
	assert_int_equal(track->pregap, pregap);
	assert_int_equal(track->mode, mode);
	assert_int_equal(track->control, control);
}

static void each_mode(void **state)
{
	static const struct { const char *name; size_t size; uint8_t mode; uint16_t form; } cases[] = {
		{ "AUDIO", 2352, VCD_MODE_AUDIO, VCD_FORM_RAW_2352 },
		{ "CDG", 2448, VCD_MODE_AUDIO, VCD_FORM_RAW_2352 },
		{ "MODE1/2048", 2048, VCD_MODE_DATA, VCD_FORM_USER_2048 },
		{ "MODE1/2352", 2352, VCD_MODE_DATA, VCD_FORM_RAW_2352 },
		{ "MODE2/2048", 2048, VCD_MODE_MODE2, VCD_FORM_USER_2048 },
		{ "mode2/2336", 2336, VCD_MODE_MODE2, VCD_FORM_MODE2_2336 },
		{ "MODE2/2352", 2352, VCD_MODE_MODE2, VCD_FORM_RAW_2352 },
		{ "CDI/2336", 2336, VCD_MODE_MODE2, VCD_FORM_MODE2_2336 },
		{ "CDI/2352", 2352, VCD_MODE_MODE2, VCD_FORM_RAW_2352 },
	};
	struct image image;
	char text[200];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		write_sectors("a.bin", 10, cases[i].size, 1);
		snprintf(text, sizeof(text), "FILE a.bin BINARY\nTRACK 01 %s\nINDEX 01 00:00:00\n", cases[i].name);
		open_sheet(&image, text);
		assert_int_equal(image.sectors, 10);
		assert_int_equal(image.extent_count, 1);
		assert_int_equal(image.extents[0].form, cases[i].form);
		assert_int_equal(image.extents[0].stride, cases[i].size);
		check_place(&image, 0, 0, 0, cases[i].mode, cases[i].mode == VCD_MODE_AUDIO ? 0 : 4);
		assert_int_equal(mark_at(&image, 9), MARK(1, 9));
		assert_int_equal(user_at(&image, 9), cases[i].mode == VCD_MODE_AUDIO ? 0 : MARK(1, 9));
		assert_int_equal(image.subchannel_count, cases[i].size == 2448);
		image_close(&image);
	}
}

static void subchannel(void **state)
{
	struct image image;

	(void)state;
	write_sectors("a.bin", 10, 2448, 1);
	write_sectors("b.bin", 5, 2448, 2);
	assert_int_equal(truncate(in_folder("b.bin"), 5 * 2448 - 50), 0);
	open_sheet(&image, "FILE a.bin BINARY\nTRACK 1 CDG\nINDEX 1 0:0:0\nTRACK 2 CDG\nINDEX 1 0:0:4\n"
		   "FILE b.bin BINARY\nTRACK 3 CDG\nPREGAP 0:0:2\nINDEX 1 0:0:0\n");
	assert_int_equal(image.subchannel_count, 3);
	assert_int_equal(image.subchannels[1].lba, 4);
	assert_int_equal(image.subchannels[1].sectors, 6);
	assert_int_equal(image.subchannels[1].form, VCD_FORM_SUB_RAW_96);
	assert_int_equal(mark_in(&image, &image.subchannels[1], 9), MARK(1, 9));
	/* The last sector is whole, but not its sub-channel. */
	assert_int_equal(image.sectors, 17);
	assert_int_equal(image.extents[image.extent_count - 1].tail, 0);
	assert_int_equal(image.subchannels[2].lba, 12);
	assert_int_equal(image.subchannels[2].sectors, 4);
	assert_int_equal(mark_in(&image, &image.subchannels[2], 12), MARK(2, 0));
	image_close(&image);
}

/* One file with data, a pregap in it, one that is not, and audio that ends within a sector */
static void mixed_mode(void **state)
{
	struct image image;

	(void)state;
	write_sectors("My Disc.bin", 1000, 2352, 7);
	assert_int_equal(truncate(in_folder("My Disc.bin"), 1000 * 2352 - 352), 0);
	open_sheet(&image, "REM made by hand\r\n"
		   "CATALOG 4006381333931\r\n"
		   "FILE \"My Disc.bin\" BINARY\r\n"
		   "  TRACK 01 MODE1/2352\r\n"
		   "    FLAGS DCP DATA\r\n"
		   "    INDEX 01 00:00:00\r\n"
		   "    POSTGAP 00:01:00\r\n"
		   "  TRACK 02 AUDIO\r\n"
		   "    FLAGS DCP 4CH PRE SCMS\r\n"
		   "    ISRC us-rc1-76-07839\r\n"
		   "\tPREGAP 00:02:00\r\n"
		   "    INDEX 01 00:04:00\r\n"
		   "  TRACK 03 AUDIO\r\n"
		   "    ISRC 000000000000\r\n"
		   "    INDEX 00 00:08:00\r\n"
		   "    INDEX 01 00:10:00\r\n"
		   "    INDEX 02 00:11:00\r\n"
		   "    INDEX 03 00:12:00\r\n");
	assert_int_equal(image.track_count, 3);
	assert_int_equal(image_sessions(&image), 1);
	assert_string_equal(image.mcn, "4006381333931");
	check_place(&image, 0, 0, 0, VCD_MODE_DATA, 6);
	check_place(&image, 1, 300 + 75 + 150, 150, VCD_MODE_AUDIO, 11);
	check_place(&image, 2, 750 + 225, 150, VCD_MODE_AUDIO, 0);
	assert_memory_equal(image.tracks[1].isrc, "USRC17607839", VCD_ISRC_LEN);
	assert_int_equal(image.tracks[2].isrc[0], 0);
	assert_int_equal(image.index_count, 2);
	check_index(&image, 0, 3, 2, 750 + 225 + 75);
	check_index(&image, 1, 3, 3, 750 + 225 + 150);
	assert_int_equal(image.sectors, 1225);
	assert_int_equal(image.extents[image.extent_count - 1].tail, 2000);
	assert_int_equal(image_profile(&image), VCD_PROFILE_CD_ROM);
	assert_int_equal(user_at(&image, 299), MARK(7, 299));
	assert_int_equal(mark_at(&image, 300), 0);
	assert_int_equal(mark_at(&image, 524), 0);
	assert_int_equal(mark_at(&image, 525), MARK(7, 300));
	assert_int_equal(mark_at(&image, 825), MARK(7, 600));
	assert_int_equal(mark_at(&image, 1224), MARK(7, 999));
	image_close(&image);
}

/* Indices above 1: in several files, behind gaps that no file has, of the first track; and those that cannot be */
static void indices(void **state)
{
	struct image image;

	(void)state;
	write_sectors("a.bin", 200, 2352, 1);
	write_sectors("b.bin", 100, 2352, 2);
	open_sheet(&image, "FILE a.bin BINARY\nTRACK 1 AUDIO\nPREGAP 0:4:0\nINDEX 1 0:0:0\nINDEX 2 0:0:1\nINDEX 3 0:1:0\n"
		   "TRACK 2 AUDIO\nPREGAP 0:2:0\nINDEX 0 0:1:5\nINDEX 1 0:1:10\nPOSTGAP 0:0:5\nINDEX 2 0:2:0\n"
		   "FILE b.bin BINARY\nINDEX 3 0:0:0\nINDEX 4 0:0:20\n"
		   "TRACK 3 AUDIO\nINDEX 1 0:0:50\nINDEX 2 0:1:24\n");
	check_place(&image, 0, 150, 150, VCD_MODE_AUDIO, 0);
	check_place(&image, 1, 150 + 150 + 85, 155, VCD_MODE_AUDIO, 0);
	check_place(&image, 2, 150 + 150 + 200 + 50 + 5, 0, VCD_MODE_AUDIO, 0);
	assert_int_equal(image.index_count, 6);
	check_index(&image, 0, 1, 2, 151);
	check_index(&image, 1, 1, 3, 150 + 75);
	check_index(&image, 2, 2, 2, 150 + 150 + 150);
	check_index(&image, 3, 2, 3, 150 + 150 + 200);
	check_index(&image, 4, 2, 4, 150 + 150 + 220);
	check_index(&image, 5, 3, 2, 150 + 150 + 205 + 99);
	assert_int_equal(mark_at(&image, image.indices[5].lba), MARK(2, 99));
	image_close(&image);
	/* Those that do not count up by one, or where another begins, or the track has ended, are left out. */
	open_sheet(&image, "FILE a.bin BINARY\nTRACK 1 AUDIO\nINDEX 1 0:0:0\nINDEX 2 0:0:0\nINDEX 3 0:0:5\n"
		   "TRACK 2 AUDIO\nINDEX 1 0:1:0\nINDEX 2 0:1:1\nINDEX 4 0:1:2\nINDEX 5 0:1:3\n"
		   "TRACK 3 AUDIO\nINDEX 1 0:2:0\nINDEX 2 0:2:5\nTRACK 4 AUDIO\nINDEX 0 0:2:5\nINDEX 1 0:2:6\n"
		   "INDEX 2 0:2:50\n");
	assert_int_equal(image.index_count, 1);
	check_index(&image, 0, 2, 2, 76);
	image_close(&image);
	/* One makes a CD of a data track. */
	write_sectors("a.iso", 400, 2048, 3);
	open_sheet(&image, "FILE a.iso BINARY\nTRACK 1 MODE1/2048\nINDEX 1 0:0:0\nINDEX 2 0:0:10\n");
	assert_int_equal(image.index_count, 1);
	assert_int_equal(image.profile_hint, VCD_PROFILE_CD_ROM);
	image_close(&image);
	/* Unless it is larger than any. */
	open_sheet(&image, "FILE a.iso BINARY\nTRACK 1 MODE1/2048\nINDEX 1 0:0:0\nINDEX 2 0:0:10\nPOSTGAP 100:0:0\n");
	assert_int_equal(image.index_count, 0);
	assert_int_equal(image_profile(&image), VCD_PROFILE_DVD_ROM);
	image_close(&image);
}

/* Sectors of different sizes in one file: times count sectors. */
static void sizes_in_one_file(void **state)
{
	uint8_t *data = calloc(1, 20 * 2048 + 30 * 2352);
	struct image image;

	(void)state;
	assert_non_null(data);
	put_be32(data + 19 * 2048, MARK(1, 19));
	put_be32(data + 20 * 2048, MARK(2, 0));
	put_be32(data + 20 * 2048 + 29 * 2352, MARK(2, 29));
	write_bytes("a.bin", data, 20 * 2048 + 30 * 2352);
	free(data);
	open_sheet(&image, "FILE a.bin BINARY\nTRACK 1 MODE1/2048\nINDEX 1 0:0:0\nTRACK 2 AUDIO\nINDEX 0 0:0:20\n"
		   "INDEX 1 0:0:30\n");
	assert_int_equal(image.sectors, 50);
	check_place(&image, 1, 30, 10, VCD_MODE_AUDIO, 0);
	assert_int_equal(user_at(&image, 19), MARK(1, 19));
	assert_int_equal(mark_at(&image, 20), MARK(2, 0));
	assert_int_equal(mark_at(&image, 49), MARK(2, 29));
	image_close(&image);
}

/* A file for each track, as redump does it, and a FILE line that is repeated for each track */
static void file_a_track(void **state)
{
	struct image image;

	(void)state;
	write_sectors("Game (Track 1).bin", 400, 2352, 1);
	write_sectors("Game (Track 2).bin", 500, 2352, 2);
	write_sectors("Game (Track 3).bin", 100, 2352, 3);
	open_sheet(&image, "FILE \"Game (Track 1).bin\" BINARY\n  TRACK 01 MODE2/2352\n    INDEX 01 00:00:00\n"
		   "FILE \"Game (Track 2).bin\" BINARY\n  TRACK 02 AUDIO\n    INDEX 00 00:00:00\n"
		   "    INDEX 01 00:02:00\n"
		   "FILE \"Game (Track 3).bin\" MOTOROLA\n  TRACK 03 AUDIO\n    INDEX 01 00:00:00\n"
		   "FILE \"Game (Track 3).bin\" MOTOROLA\n  TRACK 04 AUDIO\n    INDEX 01 00:00:50\n");
	assert_int_equal(image.file_count, 4);
	assert_int_equal(image.sectors, 1000);
	check_place(&image, 0, 0, 0, VCD_MODE_MODE2, 4);
	check_place(&image, 1, 550, 150, VCD_MODE_AUDIO, 0);
	check_place(&image, 2, 900, 0, VCD_MODE_AUDIO, 0);
	check_place(&image, 3, 950, 0, VCD_MODE_AUDIO, 0);
	assert_int_equal(user_at(&image, 399), MARK(1, 399));
	assert_int_equal(mark_at(&image, 400), MARK(2, 0));
	assert_int_equal(mark_at(&image, 900), MARK(3, 0));
	assert_int_equal(mark_at(&image, 950), MARK(3, 50));
	assert_int_equal(image.extents[image.extent_count - 1].form, VCD_FORM_AUDIO_BE_2352);
	image_close(&image);
}

static void write_wave(const char *name, uint32_t sectors, uint32_t extra, uint8_t tag)
{
	uint32_t size = sectors * 2352 + extra, i;
	uint8_t *data = calloc(1, 44 + size);

	assert_non_null(data);
	memcpy(data, "RIFF....WAVEfmt \x10\0\0\0\1\0\2\0\x44\xAC\0\0\x10\xB1\2\0\4\0\x10\0data", 40);
	put_le32(data + 4, 36 + size);
	put_le32(data + 40, size);
	for (i = 0; i < sectors; i++)
		put_be32(data + 44 + i * 2352, MARK(tag, i));
	write_bytes(name, data, 44 + size);
	free(data);
}

/* Data in sectors of 2048 bytes, then sound in a file of its own, then data again */
static void data_and_sound(void **state)
{
	struct image image;

	(void)state;
	write_sectors("a.iso", 10, 2048, 1);
	write_wave("b.wav", 4, 8, 2);
	write_sectors("c.bin", 5, 2352, 3);
	open_sheet(&image, "FILE a.iso BINARY\nTRACK 1 MODE1/2048\nINDEX 1 0:0:0\nFILE b.wav WAVE\nTRACK 2 AUDIO\n"
		   "INDEX 1 0:0:0\nFILE c.bin BINARY\nTRACK 3 MODE2/2352\nINDEX 0 0:0:1\nINDEX 1 0:0:3\n");
	assert_int_equal(image.sectors, 20);
	check_place(&image, 1, 10, 0, VCD_MODE_AUDIO, 0);
	check_place(&image, 2, 18, 3, VCD_MODE_MODE2, 4);
	assert_int_equal(user_at(&image, 9), MARK(1, 9));
	assert_int_equal(mark_at(&image, 13), MARK(2, 3));
	assert_int_equal(image.extents[1].tail, 8);
	assert_int_equal(user_at(&image, 15), MARK(3, 0));
	image_close(&image);
}

/* The gap of a track at the end of the file of the one before, as EAC writes it by default; HTOA in the first */
static void gaps_at_ends_of_files(void **state)
{
	struct image image;

	(void)state;
	write_wave("01.wav", 700, 1000, 1);
	write_wave("02.wav", 600, 0, 2);
	open_sheet(&image, "PERFORMER \"The Band\"\nTITLE \"The Album\"\n"
			   "FILE \"C:\\Music\\The Band\\01.wav\" WAVE\n"
			   "  TRACK 01 AUDIO\n    TITLE \"First \\\"quoted\\\" one\"\n    INDEX 00 00:00:00\n    INDEX "
			   "01 00:01:00\n"
			   "  TRACK 02 AUDIO\n    TITLE \"Second \"quoted\" one\"\n    INDEX 00 00:08:00\n"
			   "FILE \"02.WAV\" WAVE\n"
			   "    INDEX 01 00:00:00\n"
			   "  TRACK 03 AUDIO\n    TITLE unquoted words\n    INDEX 01 00:04:00\n");
	assert_int_equal(image.sectors, 701 + 600);
	check_place(&image, 0, 75, 75, VCD_MODE_AUDIO, 0);
	check_place(&image, 1, 701, 101, VCD_MODE_AUDIO, 0);
	check_place(&image, 2, 1001, 0, VCD_MODE_AUDIO, 0);
	assert_int_equal(mark_at(&image, 0), MARK(1, 0));
	assert_int_equal(mark_at(&image, 699), MARK(1, 699));
	assert_int_equal(mark_at(&image, 701), MARK(2, 0));
	assert_int_equal(image.extents[2].tail, 1000);
	assert_int_equal(image.extents[0].offset, 44);
	{
		struct cdtext *text = cdtext_decode(image.cdtext, image.cdtext_count);

		assert_string_equal(cdtext_get(text, 0, CDTEXT_TITLE), "The Album");
		assert_string_equal(cdtext_get(text, 0, CDTEXT_PERFORMER), "The Band");
		assert_string_equal(cdtext_get(text, 1, CDTEXT_TITLE), "First \"quoted\" one");
		assert_string_equal(cdtext_get(text, 2, CDTEXT_TITLE), "Second \"quoted\" one");
		assert_string_equal(cdtext_get(text, 3, CDTEXT_TITLE), "unquoted words");
		assert_null(cdtext_get(text, 1, CDTEXT_PERFORMER));
		cdtext_free(text);
	}
	image_close(&image);
}

static void pregap_of_first_track(void **state)
{
	static const struct { const char *track; uint32_t lba; uint32_t sectors; uint32_t first; } cases[] = {
		/* Two seconds of PREGAP are those that a disc has anyway. */
		{ "TRACK 1 AUDIO\nPREGAP 0:2:0\nINDEX 1 0:0:0\n", 0, 400, MARK(1, 0) },
		{ "TRACK 1 AUDIO\nPREGAP 0:3:0\nINDEX 1 0:0:0\n", 75, 475, 0 },
		{ "TRACK 1 MODE1/2352\nPREGAP 0:2:0\nINDEX 1 0:0:0\n", 0, 400, MARK(1, 0) },
		/* Data is not moved away from sector 0. */
		{ "TRACK 1 MODE1/2352\nINDEX 0 0:0:0\nINDEX 1 0:2:0\n", 0, 250, MARK(1, 150) },
		{ "TRACK 1 MODE1/2352\nINDEX 1 0:3:0\n", 75, 250, MARK(1, 150) },
		{ "TRACK 1 AUDIO\nINDEX 0 0:0:0\nINDEX 1 0:2:0\n", 150, 400, MARK(1, 0) },
		{ "TRACK 1 AUDIO\nINDEX 1 0:0:10\n", 10, 400, MARK(1, 0) },
	};
	struct image image;
	char text[200];
	size_t i;

	(void)state;
	write_sectors("a.bin", 400, 2352, 1);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(text, sizeof(text), "FILE a.bin BINARY\n%s", cases[i].track);
		open_sheet(&image, text);
		assert_int_equal(image.tracks[0].lba, cases[i].lba);
		assert_int_equal(image.sectors, cases[i].sectors);
		assert_int_equal(mark_at(&image, 0), cases[i].first);
		image_close(&image);
	}
}

static void sessions(void **state)
{
	struct image image;

	(void)state;
	write_sectors("1.bin", 400, 2352, 1);
	write_sectors("2.bin", 450, 2352, 2);
	write_sectors("3.bin", 300, 2352, 3);
	open_sheet(&image, "REM SESSION 01\nFILE 1.bin BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n"
		   "REM LEAD-OUT 01:30:00\nREM SESSION 02\nREM LEAD-IN 01:00:00\nREM PREGAP 00:02:00\n"
		   "FILE 2.bin BINARY\nTRACK 02 MODE2/2352\nINDEX 00 00:00:00\nINDEX 01 00:02:00\n"
		   "REM SESSION 03\nFILE 3.bin BINARY\nTRACK 03 MODE1/2352\nPREGAP 00:02:00\nINDEX 01 00:00:00\n");
	assert_int_equal(image_sessions(&image), 3);
	assert_int_equal(image.tracks[0].session, 1);
	assert_int_equal(image.tracks[1].session, 2);
	assert_int_equal(image.tracks[2].session, 3);
	check_place(&image, 1, 400 + 11400, 0, VCD_MODE_MODE2, 4);
	check_place(&image, 2, 400 + 11400 + 300 + 6900, 0, VCD_MODE_DATA, 4);
	assert_int_equal(mark_at(&image, 399), MARK(1, 399));
	assert_int_equal(mark_at(&image, 400), 0);
	assert_int_equal(user_at(&image, 11800), MARK(2, 150));
	assert_int_equal(user_at(&image, 19000), MARK(3, 0));
	assert_int_equal(image.sectors, 19300);
	image_close(&image);
}

/* Names as other systems write them, in folders that are not there */
static void paths(void **state)
{
	static const struct { const char *name; uint8_t tag; } cases[] = {
		{ "sub/in sub.bin", 1 },
		{ "sub\\in sub.bin", 1 },
		{ ".\\sub\\..\\sub\\in sub.bin", 1 },
		{ "D:\\Images\\beside.bin", 2 },
		{ "/no/such/folder/beside.bin", 2 },
		{ "BESIDE.bin", 2 },
		{ "x\\y/Beside.BIN", 2 },
		{ "back\\slash.bin", 3 },
	};
	struct image image;
	char text[200];
	size_t i;

	(void)state;
	assert_int_equal(mkdir(in_folder("sub"), 0700), 0);
	write_sectors("sub/in sub.bin", 4, 2352, 1);
	write_sectors("beside.bin", 4, 2352, 2);
	write_sectors("back\\slash.bin", 4, 2352, 3);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(text, sizeof(text), "FILE %s BINARY\nTRACK 1 AUDIO\nINDEX 1 0:0:0\n", cases[i].name);
		open_sheet(&image, text);
		assert_int_equal(mark_at(&image, 1), MARK(cases[i].tag, 1));
		image_close(&image);
	}
	/* An absolute path, and the folder of the sheet named without a slash */
	snprintf(text, sizeof(text), "FILE \"%s\" BINARY\nTRACK 1 AUDIO\nINDEX 1 0:0:0\n", in_folder("beside.bin"));
	open_sheet(&image, text);
	image_close(&image);
	write_string("disc.cue", "FILE Beside.bin BINARY\nTRACK 1 AUDIO\nINDEX 1 0:0:0\n");
	assert_int_equal(chdir(folder), 0);
	assert_int_equal(image_open(&image, "disc.cue", 0), IMAGE_OK);
	assert_int_equal(mark_at(&image, 1), MARK(2, 1));
	image_close(&image);
	assert_int_equal(chdir("/"), 0);
}

#define LATIN_NAME	"T\xC3\xA9l\xC3\xA9.bin"

static void encodings(void **state)
{
	static const char text[] =
		"FILE \"T\xE9l\xE9.bin\" BINARY\nTRACK 01 AUDIO\nTITLE \"\xC4rger\"\nINDEX 01 00:00:00";
	static const char utf8[] = "\xEF\xBB\xBF"
				   "FILE \"" LATIN_NAME "\" BINARY\r\rTRACK 01 AUDIO\rTITLE \"\xC3\x84rger\"\r"
				   "INDEX 01 00:00:00\r\x1A";
	struct cdtext *packs;
	uint8_t wide[400];
	struct image image;
	size_t i, turn;

	(void)state;
	write_sectors(LATIN_NAME, 4, 2352, 1);
	for (turn = 0; turn < 4; turn++) {
		for (i = 0; i < sizeof(text) - 1; i++) {
			if (turn == 0)
				put_le16(wide + 2 + i * 2, (uint8_t)text[i]);
			else
				put_be16(wide + 2 + i * 2, (uint8_t)text[i]);
		}
		memcpy(wide, turn == 0 ? "\xFF\xFE" : "\xFE\xFF", 2);
		if (turn < 2)
			write_bytes("disc.cue", wide, sizeof(text) * 2);
		else if (turn == 2)
			write_string("disc.cue", text);
		else
			write_string("disc.cue", utf8);
		open_good(&image, "disc.cue");
		packs = cdtext_decode(image.cdtext, image.cdtext_count);
		assert_string_equal(cdtext_get(packs, 1, CDTEXT_TITLE), "\xC3\x84rger");
		cdtext_free(packs);
		assert_int_equal(mark_at(&image, 3), MARK(1, 3));
		image_close(&image);
	}
	/* The name on the disk is in the encoding of the sheet as well. */
	assert_int_equal(rename(in_folder(LATIN_NAME), in_folder("T\xE9l\xE9.bin")), 0);
	open_sheet(&image, text);
	image_close(&image);
	/* Shift-JIS, with bytes for which the code page that it is taken for has no characters */
	assert_int_equal(rename(in_folder("T\xE9l\xE9.bin"), in_folder("\x83\x8B\x81\x5B\x83\x8B.bin")), 0);
	open_sheet(&image, "FILE \"\x83\x8B\x81\x5B\x83\x8B.bin\" BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00");
	image_close(&image);
}

static void cdtext_file(void **state)
{
	uint8_t packs[4 + 2 * 18 + 1] = { 0, 38, 0, 0, 0x80, 0, 0, 0, 'A', 0, 'B', 0 };
	static const char text[] =
		"CDTEXTFILE \"a.cdt\"\nTITLE ignored\nFILE a.bin BINARY\nTRACK 1 AUDIO\nINDEX 1 0:0:0\n";
	struct image image;

	(void)state;
	packs[4 + 18] = 0x81;
	write_sectors("a.bin", 4, 2352, 1);
	write_bytes("a.cdt", packs, 4 + 36);
	open_sheet(&image, text);
	assert_int_equal(image.cdtext_count, 2);
	assert_int_equal(image.file_count, 2);
	assert_memory_equal(image.cdtext[0].pack, packs + 4, 18);
	image_close(&image);
	write_bytes("a.cdt", packs + 4, 37);
	open_sheet(&image, text);
	assert_int_equal(image.cdtext_count, 2);
	assert_memory_equal(image.cdtext[1].pack, packs + 22, 18);
	image_close(&image);
}

/* What tells a sheet is what stands in it; after that, its name. */
static void detection(void **state)
{
	static const char good[] = "; a comment\n\n  rem x\nfile a.bin binary\ntrack 1 audio\nindex 1 0:0:0\n";
	struct image image;

	(void)state;
	write_sectors("a.bin", 4, 2352, 1);
	write_string("sheet", good);
	open_good(&image, "sheet");
	assert_string_equal(image.format->name, "cue");
	image_close(&image);
	write_string("text", "Dear FILE,\nTRACK INDEX\nFILE\nTRACK\nINDEX\n");
	assert_int_equal(image_open(&image, in_folder("text"), 0), IMAGE_NOT_AN_IMAGE);
	assert_null(image.format);
	image_close(&image);
	write_string("text.CUE", "Dear FILE,\n");
	assert_int_equal(image_open(&image, in_folder("text.CUE"), 0), IMAGE_NOT_AN_IMAGE);
	assert_string_equal(image.format->name, "cue");
	image_close(&image);
}

#define A	"FILE a.bin BINARY\n"
#define TRACK1	"TRACK 01 AUDIO\nINDEX 01 00:00:00\n"

static void broken(void **state)
{
	static const struct { const char *text; const char *expected; } cases[] = {
		{ "REM nothing\n", "without a TRACK" },
		{ "\n", "without a TRACK" },
		{ "\x1A", "without a TRACK" },
		{ A, "line 1: no INDEX is in this FILE" },
		{ A "FILE a2.bin BINARY\n" TRACK1, "line 1: no INDEX is in this FILE" },
		{ A TRACK1 "FILE a2.bin BINARY", "line 4: no INDEX is in this FILE" },
		{ "FILE missing.bin BINARY\n" TRACK1, "line 1: names the file \"missing.bin\", which is not there" },
		{ "FILE \"../../x/missing\x1b[2J.bin\" BINARY\n" TRACK1, "\"../../x/missing\xEF\xBF\xBD[2J.bin\"" },
		{ "FILE - BINARY\n" TRACK1, "names the file \"-\", which is not there" },
		{ "FILE \"folder\" BINARY\n" TRACK1, "line 1: names the file \"folder\", which is a directory" },
		{ "FILE /dev/null BINARY\n" TRACK1, "\"/dev/null\", which is a device" },
		{ "FILE empty.bin BINARY\n" TRACK1, "line 1: names the file \"empty.bin\", which is empty" },
		{ "FILE a.bin\n" TRACK1, "line 1: FILE needs a name and a type" },
		{ "FILE\n" TRACK1, "line 1: FILE needs a name and a type" },
		{ "FILE \"a.bin BINARY\n" TRACK1, "line 1: the name of the file has no quote at its end" },
		{ "FILE \"\" BINARY\n" TRACK1, "line 1: the name of the file is empty" },
		{ "FILE a.bin ISO\n" TRACK1, "line 1: \"ISO\" is not a type of file" },
		{ "FILE \"a.bin\"\n" TRACK1, "line 1: \"\" is not a type of file" },
		{ "FILE a.bin WAVE\n" TRACK1, "line 1: names the file \"a.bin\", which is no sound" },
		{ TRACK1 A, "line 1: TRACK before the first FILE" },
		{ A "INDEX 01 00:00:00\n", "line 2: INDEX before the first TRACK" },
		{ A "ISRC x\n", "line 2: ISRC before the first TRACK" },
		{ A "FLAGS DCP\n", "line 2: FLAGS before the first TRACK" },
		{ A "PREGAP 00:00:00\n", "line 2: PREGAP before the first TRACK" },
		{ A "POSTGAP 00:00:00\n", "line 2: POSTGAP before the first TRACK" },
		{ A "TRACK 00 AUDIO\n", "line 2: \"00\" is not the number of a track" },
		{ A "TRACK 100 AUDIO\n", "line 2: \"100\" is not the number of a track" },
		{ A "TRACK -1 AUDIO\n", "line 2: \"-1\" is not the number of a track" },
		{ A "TRACK\n", "line 2: \"\" is not the number of a track" },
		{ A "TRACK 99 AUDIO\nINDEX 1 0:0:0\nTRACK 100 AUDIO\n", "line 4: \"100\" is not the number" },
		{ A TRACK1 "TRACK 03 AUDIO\nINDEX 01 00:00:02\n", "line 4: track 3 follows track 1" },
		{ A TRACK1 "TRACK 01 AUDIO\nINDEX 01 00:00:02\n", "line 4: track 1 follows track 1" },
		{ A "TRACK 01 MODE3/2352\n", "line 2: \"MODE3/2352\" is not a mode" },
		{ A "TRACK 01\n", "line 2: \"\" is not a mode" },
		{ A "TRACK 01 MODE2/2324\nINDEX 01 00:00:00", "line 2: MODE2/2324 cannot be attached" },
		{ A "TRACK 01 AUDIO\n", "line 2: track 1 has no INDEX 01" },
		{ A "TRACK 01 AUDIO\nINDEX 00 00:00:00\nTRACK 02 AUDIO\n", "line 2: track 1 has no INDEX 01" },
		{ A "TRACK 01 AUDIO\nINDEX 01 00:60:00\n", "line 3: \"00:60:00\" is not a time" },
		{ A "TRACK 01 AUDIO\nINDEX 01 00:00:75\n", "line 3: \"00:00:75\" is not a time" },
		{ A "TRACK 01 AUDIO\nINDEX 01 -1:00:00\n", "line 3: \"-1:00:00\" is not a time" },
		{ A "TRACK 01 AUDIO\nINDEX 01 99999999999:00:00\n", "is not a time" },
		{ A "TRACK 01 AUDIO\nINDEX 01 00:00\n", "line 3: \"00:00\" is not a time" },
		{ A "TRACK 01 AUDIO\nINDEX 01\n", "line 3: \"\" is not a time" },
		{ A "TRACK 01 AUDIO\nPREGAP x\n", "line 3: \"x\" is not a time" },
		{ A "TRACK 01 AUDIO\nINDEX 100 00:00:00\n", "line 3: \"100\" is not the number of an index" },
		{ A "TRACK 01 AUDIO\nINDEX 02 00:00:00\n", "line 3: INDEX 02 before INDEX 01" },
		{ A TRACK1 "INDEX 01 00:00:01\n", "line 4: INDEX 01 follows INDEX 01" },
		{ A TRACK1 "INDEX 00 00:00:01\n", "line 4: INDEX 00 follows INDEX 01" },
		{ A "TRACK 1 AUDIO\nINDEX 1 0:0:3\nTRACK 2 AUDIO\nINDEX 1 0:0:2\n", "line 5: this index lies before" },
		{ A TRACK1 "TRACK 2 AUDIO\nINDEX 1 0:0:0\n", "line 4: is damaged: nothing is in track 1" },
		{ A TRACK1 "TRACK 2 AUDIO\nINDEX 1 0:0:10\n", "nothing is in the last track" },
		{ A TRACK1 "TRACK 2 AUDIO\nINDEX 1 0:0:11\n",
		  "line 5: this index lies behind the end of its file, which is at 00:00:10" },
		{ A TRACK1 "TRACK 2 AUDIO\nINDEX 0 0:0:2\nINDEX 1 9999:59:74\n",
		  "line 6: this index lies behind the end" },
		{ A TRACK1 "TRACK 2 AUDIO\nPREGAP 9999:59:74\nINDEX 1 0:0:5\n", "more than fit on a CD" },
		{ A TRACK1 "TRACK 2 AUDIO\nINDEX 0 0:0:0\nINDEX 1 0:0:5\n",
		  "line 4: is damaged: the pregap of track 2" },
		{ A TRACK1 "POSTGAP 9999:59:74\n", "more than fit on a CD" },
		{ A TRACK1 "INDEX 2 0:0:5\nINDEX 3 1:0:0\n",
		  "line 5: this index lies behind the end of its file, which is at 00:00:10" },
		/* Only a CD has something before its first track. */
		{ A "TRACK 1 MODE1/2352\nINDEX 1 0:0:1\nPOSTGAP 100:0:0\n", "more than fit on a CD" },
		{ A "TRACK 1 MODE1/2048\nINDEX 1 0:0:0\n",
		  "line 2: track 1 ends in the middle of a sector: 992 bytes" },
		{ "FILE a.wav WAVE\nTRACK 1 MODE1/2352\nINDEX 1 0:0:0\n",
		  "line 2: track 1 is MODE1/2352, and the file of" },
		{ "FILE a.wav WAVE\nTRACK 1 CDG\nINDEX 1 0:0:0\n", "line 2: track 1 is CDG, and the file of line 1" },
		{ A "TRACK 1 AUDIO\nFLAGS DCP X\n", "line 3: \"X\" is no flag" },
		{ A "TRACK 1 AUDIO\nISRC 12345\n", "line 3: \"12345\" is not an ISRC" },
		{ A "TRACK 1 AUDIO\nISRC ABCDEFGHIJKLM\n", "is not an ISRC" },
		{ A "TRACK 1 AUDIO\nISRC ABCDEFGHIJ_1\n", "is not an ISRC" },
		{ "CATALOG 123\n" A TRACK1, "line 1: \"123\" is not a catalogue number" },
		{ "CATALOG 12345678901234\n" A TRACK1, "is not a catalogue number" },
		{ "CATALOG X23456789012\n" A TRACK1, "is not a catalogue number" },
		{ "CDTEXTFILE\n" A TRACK1, "line 1: the name of the file is empty" },
		{ "CDTEXTFILE no.cdt\n" A TRACK1, "line 1: names the file \"no.cdt\", which is not there" },
		{ "CDTEXTFILE a.bin\n" A TRACK1, "line 1: this file is not CD-Text" },
		{ "REM SESSION 02\n" A TRACK1, "line 1: session 2 follows session 0" },
		{ A TRACK1 "REM SESSION 03\n", "line 4: session 3 follows session 1" },
		{ A TRACK1 "TRAK 02 AUDIO\n", "line 4: \"TRAK\" is no command of a CUE sheet" },
		{ A "\xC3\n\xE9 x\n", "line 2: \"\xC3\x83\" is no command" },
	};
	struct image image;
	size_t i;

	(void)state;
	write_sectors("a.bin", 10, 2352, 1);
	write_sectors("a2.bin", 10, 2352, 1);
	write_wave("a.wav", 10, 0, 1);
	write_string("empty.bin", "");
	assert_int_equal(mkdir(in_folder("folder"), 0700), 0);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		write_string("disc.cue", cases[i].text);
		if (!image_open(&image, in_folder("disc.cue"), 0))
			fail_msg("taken: '%s'", cases[i].text);
		if (!strstr(image.reason, cases[i].expected))
			fail_msg("'%s' instead of '%s'", image.reason, cases[i].expected);
		image_close(&image);
	}
}

static void not_text(void **state)
{
	static const char nul[] = A "TRACK 01 \0AUDIO\nINDEX 01 00:00:00\n";
	char *much = calloc(1, 2 * 1024 * 1024);
	struct image image;

	(void)state;
	write_bytes("disc.cue", nul, sizeof(nul) - 1);
	assert_int_equal(image_open(&image, in_folder("disc.cue"), 0), IMAGE_NOT_AN_IMAGE);
	assert_non_null(strstr(image.reason, "line 2: there is a byte 0"));
	image_close(&image);
	memset(much, '\n', 2 * 1024 * 1024);
	write_bytes("disc.cue", much, 2 * 1024 * 1024);
	assert_int_equal(image_open(&image, in_folder("disc.cue"), 0), IMAGE_NOT_AN_IMAGE);
	assert_non_null(strstr(image.reason, "too long to be text"));
	image_close(&image);
	free(much);
}

static void many(void **state)
{
	char *text = malloc(100000), *p = text;
	struct image image;
	int i;

	(void)state;
	write_sectors("a.bin", 99, 2352, 1);
	p += sprintf(p, "FILE a.bin BINARY\n");
	for (i = 1; i <= 99; i++)
		p += sprintf(p, "TRACK %02d AUDIO\nINDEX 01 00:%02d:%02d\n", i, (i - 1) / 75, (i - 1) % 75);
	open_sheet(&image, text);
	assert_int_equal(image.track_count, 99);
	check_place(&image, 98, 98, 0, VCD_MODE_AUDIO, 0);
	image_close(&image);
	free(text);
}

/* Whatever is changed in a good sheet, the sanitizers stay silent, and what is taken for a disc is one. */
static void mutations(void **state)
{
	static const char good[] =
		"\xEF\xBB\xBF"
		"REM SESSION 01\nCATALOG 4006381333931\nTITLE \"A \\\"B\\\" C\"\n"
		"CDTEXTFILE a.cdt\nFILE \"a.bin\" BINARY\n  TRACK 01 MODE1/2352\n    PREGAP 00:02:00\n    INDEX 01 "
		"00:00:00\n"
		"  TRACK 02 AUDIO\n    FLAGS DCP PRE\n    ISRC USRC17607839\n    INDEX 00 00:00:05\n    INDEX 01 "
		"00:00:06\n"
		"FILE a.wav WAVE\n    TRACK 03 AUDIO\n    INDEX 00 00:00:00\n    INDEX 01 00:00:01\n    POSTGAP "
		"00:00:02\n"
		"REM SESSION 02\nFILE g.bin BINARY\n  TRACK 04 CDG\n    INDEX 01 00:00:00\n    INDEX 02 00:00:03\n"
		"FILE \"a.bin\" MOTOROLA\n  TRACK 05 AUDIO\n    INDEX 01 00:00:00\n";
	static const char *const words[] = {
		"\n", "\"", "\\", " ", ":", "9", "00", "TRACK", "FILE", "INDEX 01", "\xFF\xFE", "2048", "2448",
		"CDI", "-", "\r",
		"REM SESSION 03\n", "\x1A", "\xC3", "99:59:74",
	};
	uint8_t packs[36] = { 0x80, [18] = 0x8F };
	unsigned int seed = 20270101, round, taken = 0;
	struct image image;
	char text[2 * sizeof(good)];

	(void)state;
	write_sectors("a.bin", 10, 2352, 1);
	write_sectors("g.bin", 10, 2448, 1);
	write_wave("a.wav", 10, 20, 1);
	write_bytes("a.cdt", packs, sizeof(packs));
	for (round = 0; round < 4000; round++) {
		size_t len = sizeof(good) - 1, at, n;

		memcpy(text, good, len);
		for (n = round ? 1 + (unsigned int)rand_r(&seed) % 4 : 0; n; n--) {
			const char *word = words[(unsigned int)rand_r(&seed) % (sizeof(words) / sizeof(words[0]))];

			at = (unsigned int)rand_r(&seed) % (len - 20);
			switch (rand_r(&seed) % 5) {
			case 0:
				text[at] = (char)rand_r(&seed);
				break;
			case 1:
				memcpy(text + at, word, strlen(word));
				break;
			case 2:
				memmove(text + at + strlen(word), text + at, len - at);
				memcpy(text + at, word, strlen(word));
				len += strlen(word);
				break;
			case 3:
				memmove(text + at, text + at + 10, len - at - 10);
				len -= 10;
				break;
			default:
				text[at] = "0123456789"[rand_r(&seed) % 10];
			}
		}
		if (round && rand_r(&seed) % 10 == 0)
			len = 1 + (unsigned int)rand_r(&seed) % len;
		write_bytes("disc.cue", text, len);
		if (!image_open(&image, in_folder("disc.cue"), 0)) {
			check_sound(&image);
			taken++;
		} else {
			assert_true(image.reason[0]);
		}
		image_close(&image);
		assert_true(round || taken);
	}
	assert_true(taken > 100 && taken < round);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_mode),
		cmocka_unit_test(subchannel),
		cmocka_unit_test(mixed_mode),
		cmocka_unit_test(indices),
		cmocka_unit_test(sizes_in_one_file),
		cmocka_unit_test(file_a_track),
		cmocka_unit_test(data_and_sound),
		cmocka_unit_test(gaps_at_ends_of_files),
		cmocka_unit_test(pregap_of_first_track),
		cmocka_unit_test(sessions),
		cmocka_unit_test(paths),
		cmocka_unit_test(encodings),
		cmocka_unit_test(cdtext_file),
		cmocka_unit_test(detection),
		cmocka_unit_test(broken),
		cmocka_unit_test(not_text),
		cmocka_unit_test(many),
		cmocka_unit_test(mutations),
	};

	if (!make_folder())
		return 1;
	RUN(tests);
}
