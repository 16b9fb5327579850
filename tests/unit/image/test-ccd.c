// SPDX-License-Identifier: GPL-2.0-only
/* CloneCD: descriptor, sectors and sub-channels; and descriptors that are broken */
#include "folder.h"

/* A disc of two sessions: data with ISO 9660 and audio, then Mode 2. */
enum { FIRST_END = 330, SECOND = FIRST_END + 11400, SECOND_END = SECOND + 20, STORED = FIRST_END + 20 };

#define HEAD	"[CloneCD]\r\nVersion=3\r\n"
#define ENTRY(n, session, point, control, lba)						\
	"[Entry " n "]\r\nSession=" session "\r\nPoint=" point "\r\nADR=0x01\r\nControl=" control "\r\n"	\
	"TrackNo=0\r\nAMin=0\r\nASec=0\r\nAFrame=0\r\nALBA=-150\r\nZero=0\r\n"			\
	"PMin=0\r\nPSec=2\r\nPFrame=0\r\nPLBA=" lba "\r\n"

static const char disc[] =
	HEAD
	"[Disc]\r\nTocEntries=8\r\nSessions=2\r\nDataTracksScrambled=0\r\nCDTextLength=36\r\nCATALOG=4006381333931\r\n"
	"[CDText]\r\nEntries=2\r\n"
	"Entry 0=00 00 00 00 00 00 00 31 32 33 34 35 36 37 38 39\r\n"
	"Entry 1=80 01 01 0a 41 42 43 44 45 46 47 48 49 4a 4b 4c 12 34\r\n"
	"[Session 1]\r\nPreGapMode=1\r\nPreGapSubC=0\r\n[Session 2]\r\nPreGapMode=2\r\nPreGapSubC=0\r\n"
	ENTRY("0", "1", "0xa0", "0x04", "4350") ENTRY("1", "1", "0xa1", "0x00", "8850")
	ENTRY("2", "1", "0xa2", "0x00", "330") ENTRY("3", "1", "0x01", "0x04", "0")
	ENTRY("4", "1", "0x02", "0x02", "310")
	"[Entry 5]\r\nSession=1\r\nPoint=0xb0\r\nADR=0x05\r\nControl=0x00\r\nPLBA=9580\r\n"
	ENTRY("6", "2", "0xa2", "0x04", "11750") ENTRY("7", "2", "0x03", "0x04", "11730")
	"[TRACK 1]\r\nMODE=1\r\nINDEX 1=0\r\n"
	"[TRACK 2]\r\nMODE=0\r\nISRC=DEa010200003\r\nINDEX 0=305\r\nINDEX 1=310\r\nINDEX 2=315\r\n"
	"[TRACK 3]\r\nMODE=1\r\nINDEX 1=0\r\n";

static void write_sectors(void)
{
	uint8_t *data = malloc(STORED * 2352), *iso = new_iso();
	uint32_t i;

	assert_non_null(data);
	for (i = 0; i < STORED; i++)
		fill_sector(data + i * 2352, i < 305 ? 1 : i < FIRST_END ? 0 : 2, (uint8_t)i);
	for (i = 0; i < DISC_SECTORS; i++)
		memcpy(data + i * 2352 + 16, sector(iso, i), SECTOR_SIZE);
	write_bytes("disc.img", data, STORED * 2352);
	for (i = 0; i < STORED; i++)
		memset(data + i * 96, (int)(i ^ 0x55) & 0xFF, 96);
	write_bytes("disc.sub", data, STORED * 96);
	free(data);
	free(iso);
}

static void write_disc(void)
{
	empty_folder();
	write_sectors();
	write_bytes("disc.ccd", disc, sizeof(disc) - 1);
}

static void check_bytes(const struct image *image, uint32_t lba, uint32_t at)
{
	uint8_t buf[2352];

	assert_true(stored(image, false, lba, buf));
	assert_int_equal(buf[2351], at & 0xFF);
	assert_true(stored(image, true, lba, buf));
	assert_int_equal(buf[0], (at ^ 0x55) & 0xFF);
	assert_int_equal(buf[95], (at ^ 0x55) & 0xFF);
}

static void two_sessions(void **state)
{
	static const uint32_t places[][2] = {
		{ 302, 302 }, { 304, 304 }, { 305, 305 }, { 309, 309 }, { 310, 310 }, { 329, 329 }, { SECOND, 330 },
		{ SECOND_END - 1, 349 },
	};
	struct image image;
	struct reader reader;
	uint8_t buf[2352];
	size_t i;

	(void)state;
	write_disc();
	assert_int_equal(image_open(&image, in_folder("disc.ccd"), 0), IMAGE_OK);
	check_sound(&image);
	assert_string_equal(image.format->name, "ccd");
	assert_int_equal(image_profile(&image), VCD_PROFILE_CD_ROM);
	assert_int_equal(image.sectors, SECOND_END);
	assert_int_equal(image_sessions(&image), 2);
	assert_int_equal(image.track_count, 3);
	check_track(&image.tracks[0], 0, 310, 1, 4, VCD_MODE_DATA, 0);
	check_track(&image.tracks[1], 310, SECOND - 310, 1, 2, VCD_MODE_AUDIO, 5);
	/* The descriptor calls it Mode 1, but its sectors are of Mode 2. */
	check_track(&image.tracks[2], SECOND, 20, 2, 4, VCD_MODE_MODE2, 0);
	assert_memory_equal(image.tracks[1].isrc, "DEA010200003", 12);
	assert_int_equal(image.tracks[0].isrc[0], 0);
	assert_string_equal(image.mcn, "4006381333931");
	assert_int_equal(image.index_count, 1);
	check_index(&image, 0, 2, 2, 315);
	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		check_bytes(&image, places[i][0], places[i][1]);
	assert_false(stored(&image, false, FIRST_END, buf));
	assert_false(stored(&image, true, FIRST_END, buf));
	assert_false(stored(&image, false, SECOND - 1, buf));
	assert_int_equal(image.subchannels[0].form, VCD_FORM_SUB_PACKED_96);
	reader = image_reader(&image);
	assert_int_equal(reader_read_sector(&reader, LBA_PRIMARY, buf), 0);
	assert_memory_equal(buf + 1, "CD001", 5);
	assert_int_equal(reader_read_sector(&reader, SECOND + 1, buf), 0);
	assert_int_equal(buf[0], 331 & 0xFF);
	assert_string_equal(content_label(&image.content), "A_VOLUME");
	image_close(&image);
}

static void cd_text(void **state)
{
	struct image image;

	(void)state;
	write_disc();
	assert_int_equal(image_open(&image, in_folder("disc.ccd"), 0), IMAGE_OK);
	assert_int_equal(image.cdtext_count, 2);
	/* The CRC of "123456789" with this polynomial is 31C3h; the disc has it inverted. */
	assert_memory_equal(image.cdtext[0].pack + 7, "123456789\xCE\x3C", 11);
	assert_memory_equal(image.cdtext[1].pack, "\x80\x01\x01\x0a" "ABCDEFGHIJKL\x12\x34", 18);
	image_close(&image);
}

/* Without .sub, with names in capitals, a mark of UTF-8 at the start and no newline at the end */
static void names_and_ends(void **state)
{
	char text[sizeof(disc) + 3];
	struct image image;

	(void)state;
	write_disc();
	unlink(in_folder("disc.sub"));
	unlink(in_folder("disc.ccd"));
	snprintf(text, sizeof(text), "\xEF\xBB\xBF%s", disc);
	write_bytes("DiSC.CCD", text, strlen(text) - 2);
	assert_int_equal(image_open(&image, in_folder("DiSC.CCD"), 0), IMAGE_OK);
	assert_int_equal(image.sectors, SECOND_END);
	assert_int_equal(image.subchannel_count, 0);
	assert_int_equal(image.file_count, 2);
	image_close(&image);
}

/* A file as long as the disc has what is between the sessions, too. */
static void whole_disc(void **state)
{
	uint8_t buf[2352];
	struct image image;

	(void)state;
	write_disc();
	unlink(in_folder("disc.sub"));
	assert_int_equal(truncate(in_folder("disc.img"), (off_t)SECOND_END * 2352), 0);
	assert_int_equal(image_open(&image, in_folder("disc.ccd"), 0), IMAGE_OK);
	check_sound(&image);
	assert_true(stored(&image, false, SECOND, buf));
	assert_int_equal(image.extents[image.extent_count - 1].offset, (uint64_t)SECOND * 2352);
	image_close(&image);
}

/* Audio before the first track, a second session whose pregap is stored, and no sections for the tracks but one */
static void hidden_track_and_stored_pregap(void **state)
{
	static const char text[] =
		HEAD ENTRY("0", "1", "1", "0", "40") ENTRY("1", "1", "0xA2", "0", "330")
		ENTRY("2", "2", "2", "4", "11740") ENTRY("3", "2", "0xA2", "4", "11750") "[TRACK 2]\nINDEX 1=10\n";
	struct image image;

	(void)state;
	write_disc();
	write_bytes("disc.ccd", text, sizeof(text) - 1);
	assert_int_equal(image_open(&image, in_folder("disc.ccd"), 0), IMAGE_OK);
	check_sound(&image);
	check_track(&image.tracks[0], 40, 11700, 1, 0, VCD_MODE_AUDIO, 40);
	check_track(&image.tracks[1], 11740, 10, 2, 4, VCD_MODE_MODE2, 10);
	check_bytes(&image, 39, 39);
	check_bytes(&image, 40, 40);
	check_bytes(&image, 11730, 330);
	check_bytes(&image, 11740, 340);
	image_close(&image);
}

/* Addresses as times, and a session that lasts as long as the file */
static void by_hand(void **state)
{
	static const char text[] = "\n[clonecd]\n[ENTRY 0]\nSESSION=1\nPOINT=1\nCONTROL=4\nPMIN=00\nPSEC=02\nPFRAME=00";
	struct image image;

	(void)state;
	write_disc();
	write_bytes("disc.ccd", text, sizeof(text) - 1);
	assert_int_equal(image_open(&image, in_folder("disc.ccd"), 0), IMAGE_OK);
	check_track(&image.tracks[0], 0, STORED, 1, 4, VCD_MODE_DATA, 0);
	image_close(&image);
}

static void files_beside(void **state)
{
	(void)state;
	write_disc();
	write_bytes("disc.sub", "x", 1);
	expect_reason("disc.ccd", "disc.sub, which is too short");
	write_bytes("disc.sub", "", 0);
	expect_reason("disc.ccd", "disc.sub");
	unlink(in_folder("disc.sub"));
	assert_int_equal(truncate(in_folder("disc.img"), STORED * 2352 - 1), 0);
	expect_reason("disc.ccd", "disc.img has");
	write_bytes("disc.img", "", 0);
	expect_reason("disc.ccd", "disc.img");
	unlink(in_folder("disc.img"));
	expect_reason("disc.ccd", "disc.img\", which is not there; it is needed beside the descriptor");
	write_bytes("alone", disc, sizeof(disc) - 1);
	expect_reason("alone", "alone.img");
}

#define TRACK1	ENTRY("1", "1", "1", "4", "0")
#define OUT1	ENTRY("2", "1", "0xa2", "4", "330")
#define T(text, expected)	{ text, sizeof(text) - 1, expected }

static void broken(void **state)
{
	static const struct { const char *text; size_t size; const char *expected; } cases[] = {
		T("[CloneCD]", "has no tracks"),
		T(HEAD OUT1, "has no tracks"),
		T(HEAD "[Entry 0]\nSession=1\nPLBA=0\n", "line 3: this entry has no Point"),
		T(HEAD "[Entry 0]\nPoint=1\nPLBA=0\nControl=4", "line 3: this entry has no Session"),
		T(HEAD "[Entry 0]\nSession=0\nPoint=1\nPLBA=0\nControl=4", "no Session from 1"),
		T(HEAD "[Entry 0]\nSession=100\nPoint=1\nPLBA=0\nControl=4", "no Session from 1"),
		T(HEAD "[Entry 0]\nSession=1\nPoint=1\nPLBA=0", "line 3: this entry has no Control"),
		T(HEAD "[Entry 0]\nSession=1\nPoint=1\nControl=0x14\nPLBA=0", "no Control"),
		T(HEAD "[Entry 0]\nSession=1\nPoint=1\nControl=4", "line 3: this entry has no PLBA"),
		T(HEAD "[Entry 0]\nSession=1\nPoint=1\nControl=4\nPMin=1\nPSec=1\n", "has no PLBA"),
		T(HEAD "[Entry 0]\nSession=1\nPoint=1\nControl=4\nPLBA=-1", "sector -1, which no CD has"),
		T(HEAD "[Entry 0]\nSession=1\nPoint=1\nControl=4\nPLBA=449850", "sector 449850"),
		T(HEAD "[Entry 0]\nSession=1\nPoint=1\nControl=4\nPLBA=99999999999", "line 7: PLBA \"99999999999\""),
		T(HEAD "[Entry 0]\nSession=1\nPoint=1\nControl=4\nPLBA=", "line 7: PLBA \"\""),
		T(HEAD "[Entry 0]\nSession=1\nPoint=0x\n", "line 5: Point \"0x\""),
		T(HEAD "[Entry 0]\nSession=1\nPoint=1z\n", "line 5: Point \"1z\""),
		T(HEAD "[Entry 0]\nSession=1\nPoint=0\nControl=4\nPLBA=0", "track 0"),
		T(HEAD "[Entry 0]\nSession=1\nPoint=100\nControl=4\nPLBA=0", "track 100, and there are only 1 to 99"),
		T(HEAD TRACK1 TRACK1 OUT1, "line 18: track 1 has an entry in line 3 already"),
		T(HEAD TRACK1 ENTRY("2", "1", "0xa2", "4", "0"), "no lead-out behind its last track"),
		T(HEAD TRACK1 ENTRY("2", "1", "0xa2", "4", "351"), "is damaged"),
		T(HEAD TRACK1 ENTRY("2", "2", "2", "4", "11730") OUT1 ENTRY("3", "2", "0xa2", "4", "11749"), NULL),
		T(HEAD TRACK1 ENTRY("2", "2", "2", "4", "11730"), "line 3: session 1 has no lead-out"),
		T(HEAD TRACK1 ENTRY("2", "2", "2", "4", "320") OUT1 ENTRY("3", "2", "0xa2", "4", "340"),
		  "session 2 begins"),
		T(HEAD TRACK1 ENTRY("2", "3", "2", "4", "11730") OUT1, "session 3 follows one of session 1"),
		T(HEAD ENTRY("1", "2", "1", "4", "0"), "session 2 follows one of session 0"),
		T(HEAD TRACK1 ENTRY("2", "1", "3", "4", "10") OUT1, "track 3 follows track 1"),
		T(HEAD TRACK1 ENTRY("2", "1", "2", "4", "0") OUT1, "track 2 begins before"),
		T(HEAD ENTRY("1", "1", "1", "4", "20") ENTRY("2", "1", "2", "4", "10") OUT1, "track 2 begins before"),
		T(HEAD TRACK1 ENTRY("2", "1", "2", "0", "10") OUT1 "[TRACK 2]\nINDEX 0=20\nINDEX 1=10",
		  "indices of track 2"),
		T(HEAD TRACK1 ENTRY("2", "1", "2", "0", "10") OUT1 "[TRACK 2]\nINDEX 0=-5\nINDEX 1=1",
		  "indices of track 2"),
		T(HEAD TRACK1 ENTRY("2", "1", "2", "0", "10") OUT1 "[TRACK 2]\nINDEX 0=0\nINDEX 1=999999",
		  "indices of track 2"),
		T(HEAD TRACK1 ENTRY("2", "1", "2", "0", "10") OUT1 "[TRACK 2]\nINDEX 0=0\nINDEX 1=10",
		  "track 2 begins before"),
		T(HEAD TRACK1 OUT1 "[TRACK 100]\n", "line 33: the number of a track \"100\""),
		T(HEAD TRACK1 OUT1 "[TRACK x]\n", "line 33: the number of a track \"x\""),
		T(HEAD TRACK1 OUT1 "[TRACK 1]\nINDEX 100=5", "line 34: the number of an index \"100\" is not from 0 to 99"),
		T(HEAD TRACK1 OUT1 "[TRACK 1]\nINDEX x=5", "line 34: the number of an index \"x\""),
		T(HEAD TRACK1 OUT1 "[TRACK 1]\nINDEX 2=x", "line 34: INDEX 2 \"x\""),
		T(HEAD TRACK1 OUT1 "[TRACK 1]\nMODE=one", "line 34: MODE \"one\""),
		T(HEAD TRACK1 OUT1 "[TRACK 1]\nISRC=DE-A01-02-00003", "line 34: ISRC"),
		T(HEAD TRACK1 OUT1 "[TRACK 1]\nISRC=DEA01\x1b[2J", "line 34: ISRC"),
		T(HEAD TRACK1 OUT1 "[TRACK 1]\nMODE", "line 34: the text \"MODE\""),
		T(HEAD TRACK1 OUT1 "[TRACK 1\nMODE=1", "line 33: the section"),
		T(HEAD TRACK1 OUT1 "\0", "line 33: this is not text"),
		T(HEAD "[Di\0sc]", "line 3: this is not text"),
		T("[CloneCD]\n[Disc]\nCATALOG=12345", "line 3: CATALOG \"12345\""),
		T("[CloneCD]\n[Disc]\nDataTracksScrambled=1", "line 3: the data is stored scrambled"),
		T("[CloneCD]\n[CDText]\nEntry 0=80 00", "line 3: Entry 0"),
		T("[CloneCD]\n[CDText]\nEntry 0=80 00 00 00 00 00 00 31 32 33 34 35 36 37 38 xx", "line 3: Entry 0"),
		T("[CloneCD]\n[CDText]\nEntry 0=1 2 3 4 5 6 7 8 9 a b c d e f 10 11 12 13", "line 3: Entry 0"),
		T("[CloneCD]\n[CDText]\nEntry 0=800000000000003132333435363738", "line 3: Entry 0"),
		/* In 16-bit characters it is not taken for a descriptor at all. */
		T("\xFF\xFE[\0C\0l\0o\0n\0e\0C\0D\0]\0", "is not a disc image"),
	};
	struct image image;
	char *big;
	size_t i;

	(void)state;
	write_disc();
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		write_bytes("disc.ccd", cases[i].text, cases[i].size);
		if (cases[i].expected) {
			expect_reason("disc.ccd", cases[i].expected);
			continue;
		}
		/* What the ones around it break is right here. */
		assert_int_equal(image_open(&image, in_folder("disc.ccd"), 0), IMAGE_OK);
		image_close(&image);
	}
	big = calloc(1, (1 << 20) + 1);
	assert_non_null(big);
	memcpy(big, disc, sizeof(disc) - 1);
	write_bytes("disc.ccd", big, (1 << 20) + 1);
	expect_reason("disc.ccd", "far more than any CCD descriptor");
	free(big);
}

/* More packs than a disc has room for */
static void too_much_cd_text(void **state)
{
	static const char head[] = "[CloneCD]\n[CDText]\n";
	static const char pack[] = "Entry 0=80 00 00 00 00 00 00 31 32 33 34 35 36 37 38 39\n";
	char *text = malloc(sizeof(head) + 2049 * sizeof(pack)), *p;
	int i;

	(void)state;
	assert_non_null(text);
	write_disc();
	p = stpcpy(text, head);
	for (i = 0; i < 2049; i++)
		p = stpcpy(p, pack);
	write_bytes("disc.ccd", text, (size_t)(p - text));
	expect_reason("disc.ccd", "more CD-Text than fits");
	free(text);
}

static size_t mutate(char *text, size_t size)
{
	static const char *const words[] = {
		"999999", "-1", "0x", "0", "[", "]", "=", "\n", "2", "11730", "Point=2\n",
	};
	uint32_t changes = 1 + any(6);

	while (changes--) {
		const char *word = words[any(sizeof(words) / sizeof(words[0]))];
		uint32_t at = any((uint32_t)size - 16);

		if (any(2))
			memcpy(text + at, word, strlen(word));
		else
			text[at] = any(2) ? (char)('0' + any(10)) : (char)any(256);
	}
	return any(8) ? size : any((uint32_t)size);
}

static void mutations(void **state)
{
	char text[sizeof(disc)];
	unsigned int taken = 0, i;

	(void)state;
	write_disc();
	for (i = 0; i < 4000; i++) {
		memcpy(text, disc, sizeof(disc));
		write_bytes("disc.ccd", text, mutate(text, sizeof(disc) - 1));
		taken += taken_or_refused("disc.ccd");
	}
	/* Most of a descriptor does not matter, and some of it does. */
	assert_true(taken > 400 && taken < 3600);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_sessions),
		cmocka_unit_test(cd_text),
		cmocka_unit_test(names_and_ends),
		cmocka_unit_test(whole_disc),
		cmocka_unit_test(hidden_track_and_stored_pregap),
		cmocka_unit_test(by_hand),
		cmocka_unit_test(files_beside),
		cmocka_unit_test(broken),
		cmocka_unit_test(too_much_cd_text),
		cmocka_unit_test(mutations),
	};

	if (!make_folder())
		return 1;
	RUN(tests);
}
