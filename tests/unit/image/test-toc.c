// SPDX-License-Identifier: GPL-2.0-only
/* TOC files of cdrdao: what tracks are composed of, and what is said about those that are wrong */
#include <sys/stat.h>
#include <unistd.h>

#include "cdtext.h"
#include "image-test.h"
#include "image.h"

#define AUDIO	2352

static char folder[64];
static char path[128];
static uint8_t *audio, *iso;

/* Files beside the descriptor */
static const struct { const char *name; size_t size; } files[] = {
	{ "audio.bin", 100 * AUDIO },
	{ "odd.bin", 3 * AUDIO + 8 },
	{ "sub.bin", 20 * 2448 },
	{ "mode2.bin", 20 * 2336 },
	{ "Capital.BIN", 10 * AUDIO },
};

static const char *in_folder(const char *name)
{
	static char buf[160];

	snprintf(buf, sizeof(buf), "%s/%s", folder, name);
	return buf;
}

static void write_file(const char *name, const void *data, size_t size)
{
	FILE *file;

	/* A file that is cut to nothing and written anew is flushed by some file systems, thousands of times. */
	unlink(in_folder(name));
	file = fopen(in_folder(name), "w");
	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

/* Every byte tells where it is. */
static uint8_t byte_at(uint64_t offset)
{
	return (uint8_t)(offset / AUDIO * 7 + offset % 251);
}

static void write_wave(const char *name, unsigned int rate)
{
	uint8_t *wave = calloc(1, 60 + 50 * AUDIO);

	assert_non_null(wave);
	put_text(wave, "RIFF");
	put_le32(wave + 4, 52 + 50 * AUDIO);
	put_text(wave + 8, "WAVEfmt ");
	put_le32(wave + 16, 16);
	put_le16(wave + 20, 1);
	put_le16(wave + 22, 2);
	put_le32(wave + 24, rate);
	put_le32(wave + 28, rate * 4);
	put_le16(wave + 32, 4);
	put_le16(wave + 34, 16);
	put_text(wave + 36, "LIST");
	put_le32(wave + 40, 8);
	put_text(wave + 52, "data");
	put_le32(wave + 56, 50 * AUDIO);
	memcpy(wave + 60, audio, 50 * AUDIO);
	write_file(name, wave, 60 + 50 * AUDIO);
	free(wave);
}

static void make_files(void)
{
	size_t i;

	audio = malloc(100 * AUDIO);
	assert_non_null(audio);
	for (i = 0; i < 100 * AUDIO; i++)
		audio[i] = byte_at(i);
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		write_file(files[i].name, audio, files[i].size);
	write_wave("sound.wav", 44100);
	write_wave("slow.wav", 22050);
	iso = new_iso();
	write_file("data.iso", iso, DISC_SIZE);
	mkdir(in_folder("sub"), 0700);
	write_file("sub/inner.bin", audio, 5 * AUDIO);
}

static enum image_error open_text(struct image *image, const char *text, size_t len)
{
	write_file("disc.toc", text, len);
	return image_open(image, path, 0);
}

static void open_good(struct image *image, const char *text)
{
	if (open_text(image, text, strlen(text)))
		fail_msg("%s", image->reason);
	assert_string_equal(image->format->name, "toc");
}

static void check_track(const struct image *image, uint32_t i, uint32_t lba, uint32_t count, uint32_t pregap,
			unsigned int mode, unsigned int control)
{
	assert_true(i < image->track_count);
	assert_int_equal(image->tracks[i].number, i + 1);
	assert_int_equal(image->tracks[i].session, 1);
	assert_int_equal(image->tracks[i].lba, lba);
	assert_int_equal(image->tracks[i].sectors, count);
	assert_int_equal(image->tracks[i].pregap, pregap);
	assert_int_equal(image->tracks[i].mode, mode);
	assert_int_equal(image->tracks[i].control, control);
}

static const struct vcd_extent *extent_at(const struct image *image, uint32_t lba, uint64_t *offset)
{
	uint32_t i;

	for (i = 0; i < image->extent_count; i++) {
		const struct vcd_extent *extent = &image->extents[i];

		if (lba < extent->lba || lba - extent->lba >= extent->sectors)
			continue;
		*offset = extent->offset + (uint64_t)(lba - extent->lba) * extent->stride;
		return extent;
	}
	fail_msg("sector %u is nowhere", lba);
	return NULL;
}

/* A sector is in this file (by the end of its name) from this byte on. */
static void check_sector(const struct image *image, uint32_t lba, const char *name, uint64_t offset, unsigned int form)
{
	uint64_t at;
	const struct vcd_extent *extent = extent_at(image, lba, &at);
	const char *file;

	assert_true(extent->file < image->file_count);
	file = image->files[extent->file].path;
	assert_true(strlen(file) > strlen(name));
	assert_string_equal(file + strlen(file) - strlen(name), name);
	assert_int_equal(at, offset);
	assert_int_equal(extent->form, form);
}

static void check_silent(const struct image *image, uint32_t lba)
{
	uint64_t at;

	assert_int_equal(extent_at(image, lba, &at)->file, VCD_FILE_NONE);
}

/* Extents cover the disc, are of one mode each and lie in their files. */
static void check_sound(const struct image *image)
{
	uint32_t i, lba = 0;

	for (i = 0; i < image->extent_count; i++) {
		const struct vcd_extent *extent = &image->extents[i];

		assert_int_equal(extent->lba, lba);
		lba += extent->sectors;
		assert_int_equal(image_mode_at(image, extent->lba), image_mode_at(image, lba - 1));
		if (extent->file == VCD_FILE_NONE)
			continue;
		assert_true(extent->offset + (uint64_t)(extent->sectors - 1) * extent->stride +
			    (extent->tail ? extent->tail : form_size(extent->form)) <= image->files[extent->file].size);
	}
	assert_int_equal(lba, image->sectors);
	assert_true(image->track_count >= 1 && image->track_count <= 99);
}

static void audio_disc(void **state)
{
	struct image image;

	(void)state;
	open_good(&image, "CD_DA\n\nCATALOG \"1234567890123\"\n"
			  "// a comment TRACK AUDIO\n"
			  "TRACK AUDIO\nNO COPY\nNO PRE_EMPHASIS\nTWO_CHANNEL_AUDIO\nISRC \"dexxx9800001\"\n"
			  "FILE \"audio.bin\" 0 00:00:20\n"
			  "TRACK AUDIO COPY PRE_EMPHASIS FOUR_CHANNEL_AUDIO // flags\n"
			  "FILE \"audio.bin\" 00:00:20 00:00:40 START 00:00:10 INDEX 0:0:5\n"
			  "TRACK AUDIO AUDIOFILE \"audio.bin\" SWAP 35280");
	assert_string_equal(image.mcn, "1234567890123");
	assert_int_equal(image.sectors, 100);
	check_track(&image, 0, 0, 30, 0, VCD_MODE_AUDIO, 0);
	check_track(&image, 1, 30, 30, 10, VCD_MODE_AUDIO, 11);
	check_track(&image, 2, 60, 40, 0, VCD_MODE_AUDIO, 0);
	/* It counts from index 1. */
	assert_int_equal(image.index_count, 1);
	assert_int_equal(image.indices[0].lba, 35);
	assert_int_equal(image.indices[0].track, 2);
	assert_int_equal(image.indices[0].index, 2);
	assert_memory_equal(image.tracks[0].isrc, "DEXXX9800001", 12);
	assert_int_equal(image.file_count, 2);
	check_sector(&image, 0, "/audio.bin", 0, VCD_FORM_AUDIO_BE_2352);
	check_sector(&image, 59, "/audio.bin", 59 * AUDIO, VCD_FORM_AUDIO_BE_2352);
	check_sector(&image, 60, "/audio.bin", 60 * AUDIO, VCD_FORM_RAW_2352);
	assert_int_equal(image_profile(&image), VCD_PROFILE_CD_ROM);
	check_sound(&image);
	image_close(&image);
}

static void wave(void **state)
{
	struct image image;

	(void)state;
	open_good(&image, "CD_DA TRACK AUDIO FILE \"sound.wav\" 0 TRACK AUDIO FILE \"sound.wav\" SWAP 588 0:0:4");
	check_track(&image, 0, 0, 50, 0, VCD_MODE_AUDIO, 0);
	check_track(&image, 1, 50, 4, 0, VCD_MODE_AUDIO, 0);
	check_sector(&image, 0, "/sound.wav", 60, VCD_FORM_RAW_2352);
	check_sector(&image, 50, "/sound.wav", 60 + AUDIO, VCD_FORM_AUDIO_BE_2352);
	check_sound(&image);
	image_close(&image);
}

/* The examples of the manual page, and how show-toc of cdrdao places them */
static void pregaps(void **state)
{
	struct image image;

	(void)state;
	open_good(&image, "CD_DA TRACK AUDIO PREGAP 0:2:0 FILE \"audio.bin\" 0\n"
			  "TRACK AUDIO FILE \"audio.bin\" 1 0:0:50 FILE \"audio.bin\" 0 700 START 0:0:10 INDEX 0:0:9\n"
			  "TRACK AUDIO FILE \"odd.bin\" 0 0:0:3 START FILE \"audio.bin\" 0:0:10 0:0:10 SILENCE 0:0:20\n"
			  "FILE \"audio.bin\" 0:0:30 END 0:0:50\n");
	assert_int_equal(image.sectors, 150 + 100 + 52 + 103);
	check_track(&image, 0, 150, 110, 150, VCD_MODE_AUDIO, 0);
	check_track(&image, 1, 260, 45, 10, VCD_MODE_AUDIO, 0);
	check_track(&image, 2, 305, 100, 3, VCD_MODE_AUDIO, 0);
	assert_int_equal(image.index_count, 1);
	assert_int_equal(image.indices[0].lba, 269);
	check_silent(&image, 0);
	check_silent(&image, 149);
	check_sector(&image, 150, "/audio.bin", 0, VCD_FORM_AUDIO_BE_2352);
	check_sector(&image, 250, "/audio.bin", 4, VCD_FORM_AUDIO_BE_2352);
	check_sector(&image, 260, "/audio.bin", 4 + 10 * AUDIO, VCD_FORM_AUDIO_BE_2352);
	check_sector(&image, 301, "/audio.bin", AUDIO, VCD_FORM_AUDIO_BE_2352);
	check_sector(&image, 302, "/odd.bin", 0, VCD_FORM_AUDIO_BE_2352);
	check_sector(&image, 305, "/audio.bin", 10 * AUDIO, VCD_FORM_AUDIO_BE_2352);
	check_silent(&image, 315);
	check_silent(&image, 334);
	check_sector(&image, 335, "/audio.bin", 30 * AUDIO, VCD_FORM_AUDIO_BE_2352);
	check_sound(&image);
	image_close(&image);
}

/* Parts that are no whole number of sectors: with what continues them, filled up by silence, or at the end */
static void samples(void **state)
{
	struct image image;
	uint64_t at;

	(void)state;
	open_good(&image, "CD_DA TRACK AUDIO FILE \"audio.bin\" 100 1000 FILE \"audio.bin\" 1100 764\n"
			  "TRACK AUDIO FILE \"odd.bin\" 0 SILENCE 586 SILENCE 588 FILE \"audio.bin\" 0 1\n");
	check_track(&image, 0, 0, 3, 0, VCD_MODE_AUDIO, 0);
	check_track(&image, 1, 3, 6, 0, VCD_MODE_AUDIO, 0);
	check_sector(&image, 2, "/audio.bin", 400 + 2 * AUDIO, VCD_FORM_AUDIO_BE_2352);
	check_sector(&image, 6, "/odd.bin", 3 * AUDIO, VCD_FORM_AUDIO_BE_2352);
	assert_int_equal(extent_at(&image, 6, &at)->tail, 8);
	check_silent(&image, 7);
	check_sector(&image, 8, "/audio.bin", 0, VCD_FORM_AUDIO_BE_2352);
	assert_int_equal(extent_at(&image, 8, &at)->tail, 4);
	check_sound(&image);
	image_close(&image);
}

static void mixed(void **state)
{
	struct reader reader;
	struct image image;
	uint8_t buf[SECTOR_SIZE];

	(void)state;
	open_good(&image, "CD_ROM TRACK MODE1 DATAFILE \"data.iso\" ZERO 00:02:00 // post-gap\n"
			  "TRACK AUDIO SILENCE 00:02:00 START FILE \"audio.bin\" 0\n"
			  "TRACK MODE1 NO COPY ZERO MODE1 00:00:30 START DATAFILE \"data.iso\" #2048 20480");
	assert_int_equal(image.track_count, 3);
	check_track(&image, 0, 0, DISC_SECTORS + 300, 0, VCD_MODE_DATA, 4);
	check_track(&image, 1, DISC_SECTORS + 300, 130, 150, VCD_MODE_AUDIO, 0);
	check_track(&image, 2, DISC_SECTORS + 430, 10, 30, VCD_MODE_DATA, 4);
	assert_string_equal(content_label(&image.content), "A_VOLUME");
	reader = image_reader(&image);
	assert_int_equal(reader_read_sector(&reader, LBA_PRIMARY, buf), 0);
	assert_memory_equal(buf, sector(iso, LBA_PRIMARY), SECTOR_SIZE);
	assert_int_equal(reader_read_sector(&reader, DISC_SECTORS + 430 + LBA_PRIMARY - 15, buf), 0);
	check_sector(&image, DISC_SECTORS + 430, "/data.iso", 2048, VCD_FORM_USER_2048);
	check_sound(&image);
	image_close(&image);
}

static void modes(void **state)
{
	static const struct { const char *word, *file; unsigned int mode, form, size, sub; } cases[] = {
		{ "AUDIO", "audio.bin", VCD_MODE_AUDIO, VCD_FORM_AUDIO_BE_2352, 2352, 0 },
		{ "MODE1", "data.iso", VCD_MODE_DATA, VCD_FORM_USER_2048, 2048, 0 },
		{ "MODE1_RAW", "audio.bin", VCD_MODE_DATA, VCD_FORM_RAW_2352, 2352, 0 },
		{ "MODE2", "mode2.bin", VCD_MODE_MODE2, VCD_FORM_MODE2_2336, 2336, 0 },
		{ "MODE2_FORM1", "data.iso", VCD_MODE_MODE2, VCD_FORM_USER_2048, 2048, 0 },
		{ "MODE2_FORM_MIX", "mode2.bin", VCD_MODE_MODE2, VCD_FORM_MODE2_2336, 2336, 0 },
		{ "MODE2_RAW", "audio.bin", VCD_MODE_MODE2, VCD_FORM_RAW_2352, 2352, 0 },
		{ "AUDIO RW_RAW", "sub.bin", VCD_MODE_AUDIO, VCD_FORM_AUDIO_BE_2352, 2448, 2352 },
		{ "AUDIO RW", "sub.bin", VCD_MODE_AUDIO, VCD_FORM_AUDIO_BE_2352, 2448, 0 },
		{ "MODE1_RAW RW_RAW", "sub.bin", VCD_MODE_DATA, VCD_FORM_RAW_2352, 2448, 2352 },
		{ "MODE1 RW_RAW", "sub.bin", VCD_MODE_DATA, VCD_FORM_USER_2048, 2144, 2048 },
		{ "MODE2_RAW RW_RAW", "sub.bin", VCD_MODE_MODE2, VCD_FORM_RAW_2352, 2448, 2352 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct image image;
		char text[200];
		uint64_t at;

		snprintf(text, sizeof(text),
			 "CD_ROM_XA TRACK %s DATAFILE \"%s\" #%u 00:00:05 START 00:00:02 TRACK AUDIO"
			 " DATAFILE \"audio.bin\"",
			 cases[i].word, cases[i].file, cases[i].size);
		open_good(&image, text);
		check_track(&image, 0, 2, 3, 2, cases[i].mode, cases[i].mode == VCD_MODE_AUDIO ? 0 : 4);
		check_sector(&image, 0, cases[i].file, cases[i].size, cases[i].form);
		check_sector(&image, 4, cases[i].file, 5 * cases[i].size, cases[i].form);
		assert_int_equal(extent_at(&image, 0, &at)->stride, cases[i].size);
		if (cases[i].sub) {
			assert_int_equal(image.subchannel_count, 2);
			assert_int_equal(image.subchannels[0].lba, 0);
			assert_int_equal(image.subchannels[0].sectors, 2);
			assert_int_equal(image.subchannels[0].offset, cases[i].size + cases[i].sub);
			assert_int_equal(image.subchannels[1].lba, 2);
			assert_int_equal(image.subchannels[1].sectors, 3);
			assert_int_equal(image.subchannels[1].offset, 3 * cases[i].size + cases[i].sub);
			assert_int_equal(image.subchannels[1].stride, cases[i].size);
			assert_int_equal(image.subchannels[1].form, VCD_FORM_SUB_RAW_96);
		} else {
			assert_int_equal(image.subchannel_count, 0);
		}
		check_sound(&image);
		image_close(&image);
	}
}

/* A last sector that the file has only a part of: the main channel may be whole, the sub-channel is not there. */
static void cut_subchannel(void **state)
{
	struct image image;

	(void)state;
	open_good(&image, "CD_ROM TRACK MODE1_RAW RW_RAW DATAFILE \"sub.bin\" 7244");
	check_track(&image, 0, 0, 3, 0, VCD_MODE_DATA, 4);
	assert_int_equal(image.extents[0].tail, 7244 - 2 * 2448);
	assert_int_equal(image.subchannels[0].sectors, 2);
	image_close(&image);
	open_good(&image, "CD_ROM TRACK MODE1_RAW RW_RAW DATAFILE \"sub.bin\" 7300");
	assert_int_equal(image.extents[0].tail, 0);
	assert_int_equal(image.subchannels[0].sectors, 2);
	check_sound(&image);
	image_close(&image);
}

static const char cdtext_text[] =
	"CD_DA\nCD_TEXT {\n  LANGUAGE_MAP {\n    0 : EN\n 1 : 15\n  }\n\n  LANGUAGE 0 {\n    TITLE \"A \\\"quoted\\\" "
	"title\"\n"
	"    PERFORMER \"Bj\\366rk\"\n    DISC_ID \"XY12345\"\n    UPC_EAN \"\"\n    GENRE { 0, 10, 82 }\n"
	"    SIZE_INFO { 0, 1, 2, 3}\n    TOC_INFO1 {}\n  }\n LANGUAGE 1 { TITLE \"Ein Titel\" }\n}\n"
	"TRACK AUDIO\nISRC \"DEXXX9800001\"\nCD_TEXT { LANGUAGE 0 { ENCODING_ISO_8859_1 TITLE \"Erst\xC3\xA9\" "
	"PERFORMER \"\\\\x\" "
	"ISRC \"DE-XXX-98-00001\" } LANGUAGE 1 { TITLE \"nichts\" } }\nFILE \"audio.bin\" 0 0:0:50\n"
	"TRACK AUDIO CD_TEXT { LANGUAGE 0 { TITLE \"Zwei\" PERFORMER \"\" } }\nFILE \"audio.bin\" 0:0:50\n";

static void cdtext(void **state)
{
	struct cdtext *text;
	struct image image;

	(void)state;
	open_good(&image, cdtext_text);
	assert_int_equal(image.track_count, 2);
	assert_true(image.cdtext_count > 3);
	text = cdtext_decode(image.cdtext, image.cdtext_count);
	assert_non_null(text);
	assert_string_equal(cdtext_get(text, 0, CDTEXT_TITLE), "A \"quoted\" title");
	assert_string_equal(cdtext_get(text, 0, CDTEXT_PERFORMER), "Bj\xC3\xB6rk");
	assert_string_equal(cdtext_get(text, 1, CDTEXT_TITLE), "Erst\xC3\xA9");
	assert_string_equal(cdtext_get(text, 1, CDTEXT_PERFORMER), "\\x");
	assert_string_equal(cdtext_get(text, 2, CDTEXT_TITLE), "Zwei");
	cdtext_free(text);
	image_close(&image);
}

/* Names as other systems write them */
static void names(void **state)
{
	static const char *const names[] = {
		"sub/inner.bin", "sub\\inner.bin", "C:\\images\\audio.bin", "/nonexistent/audio.bin", "capital.bin",
		"D:\\x\\CAPITAL.bin",
	};
	struct image image;
	char text[200];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(text, sizeof(text), "CD_DA TRACK AUDIO FILE \"%s\" 0", names[i]);
		open_good(&image, text);
		image_close(&image);
	}
}

static void probing(void **state)
{
	static const char *const good[] = {
		"\xEF\xBB\xBF" "CD_DA TRACK AUDIO FILE \"audio.bin\" 0",
		"// one\r\n//two\n\n\tCD_ROM_XA\r\nTRACK AUDIO\r\nFILE \"audio.bin\" 0\r\n",
		"CATALOG \"1234567890123\" CD_DA TRACK AUDIO FILE \"audio.bin\" 0",
		"TRACK AUDIO FILE \"audio.bin\" 0",
		"CD_DA TRACK AUDIO FILE \"audio.bin\" 0 //",
	};
	static const char cue[] =
		"CATALOG 1234567890123\nFILE \"audio.bin\" BINARY\nTRACK 01 AUDIO\nINDEX 01 00:00:00\n";
	struct image image;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		write_file("named.img", good[i], strlen(good[i]));
		assert_int_equal(image_open(&image, in_folder("named.img"), 0), IMAGE_OK);
		assert_string_equal(image.format->name, "toc");
		image_close(&image);
	}
	write_file("named.img", cue, strlen(cue));
	if (!image_open(&image, in_folder("named.img"), 0))
		assert_string_not_equal(image.format->name, "toc");
	image_close(&image);
}

#define A	"CD_DA\nTRACK AUDIO\n"
#define D	"CD_ROM\nTRACK MODE1\n"

static const struct { const char *text; const char *expected; } broken[] = {
		{ "CD_DA TRACK AUDIO FILE \"audio.bin\" 0 0:0:50\nINDEX 0:0:0", "line 2: an index of track 1 is not behind" },
		{ "CD_DA TRACK AUDIO FILE \"audio.bin\" 0 0:0:50 INDEX 0:0:9\nINDEX 0:0:9", "line 2: an index of track 1" },
		{ "CD_DA TRACK AUDIO FILE \"audio.bin\" 0 0:0:50 START 0:0:10\nINDEX 0:0:40", "line 2: this index lies behind" },
	{ "CD_DA", "has no tracks" },
	{ "CD_DA\n\n\nTRACK", "line 4: the text ends where the mode of a track should be" },
	{ "CD_DA\nTRACK 01 AUDIO", "line 2: '01' stands where the mode of a track" },
	{ "CD_DA\nTRACK AUDIO", "line 2: nothing is in track 1" },
	{ A "FILE \"audio.bin\" 0\nTRACK AUDIO\nTRACK AUDIO\nFILE \"audio.bin\" 0", "line 4: nothing is in track 2" },
	{ A "FILE \"missing.bin\" 0", "line 3: names the file \"missing.bin\"" },
	{ A "FILE \"missing.bin\" 0", "beside the descriptor" },
	{ A "FILE \"../../nowhere/x.bin\" 0", "names the file \"../../nowhere/x.bin\"" },
	{ A "FILE \"\" 0", "line 3: names the file \"\"" },
	{ A "FILE \"-\" 0", "names the file \"-\"" },
	{ A "FILE \"sub\" 0", "directory" },
	{ A "FILE \"/dev/null\" 0", "which is a device" },
	{ A "FILE audio.bin 0", "'audio' stands where the name of a file" },
	{ A "FILE \"audio.bin", "line 3: a string has no quotation mark at its end" },
	{ A "FILE \"audio.bin\n\" 0", "line 3: a string has no quotation mark at its end" },
	{ A "FILE \"a\\000b\" 0", "byte 0" },
	{ A "FILE \"audio.bin\"", "line 3: the text ends where a number" },
	{ A "FILE \"audio.bin\" -5", "'-' stands where a number" },
	{ A "FILE \"audio.bin\" 0:60:0\n\nTRACK", "line 3: a time has 60 seconds" },
	{ A "FILE \"audio.bin\" 0:0:75", "75 frames" },
	{ A "FILE \"audio.bin\" 100:0:0\nTRACK", "line 3: 100 minutes" },
	{ A "FILE \"audio.bin\" 0:0", "the text ends where ':'" },
	{ A "FILE \"audio.bin\" 0:0:100000000000000000000000000", "frames" },
	{ A "FILE \"audio.bin\" 99999999999999999999\nTRACK", "line 3: a length is larger than any file" },
	{ A "FILE \"audio.bin\" #99999999999999999999 0", "larger than any file" },
	{ A "FILE \"audio.bin\" 58800", "begins at byte 235200" },
	{ A "FILE \"audio.bin\" 10000000000000", "begins at byte" },
	{ A "FILE \"audio.bin\" 0 0:2:0", "line 3: \"audio.bin\" has 235200 bytes of data, and 352800 are wanted" },
	{ A "FILE \"sound.wav\" 0 0:0:51", "has 117600 bytes of data" },
	{ A "FILE \"slow.wav\" 0 0:0:51\n", "slow.wav" },
	{ A "FILE \"odd.bin\" 0\nFILE \"audio.bin\" 0", "line 4: this part of track 1 would begin within a sector" },
	{ A "SILENCE 5\nFILE \"audio.bin\" 0", "588 samples" },
	{ A "SILENCE 0", "line 3: a part of track 1 has a length of 0" },
	{ A "PREGAP 0:0:0", "length of 0" },
	{ A "SILENCE 90:0:0 SILENCE 90:0:0", "longer than a CD" },
	{ A "SILENCE 90:0:0\nTRACK AUDIO\nSILENCE 90:0:0", "more than fit on a CD" },
	{ A "SILENCE 100000000000", "longer than a CD" },
	{ A "ZERO 4000000000000", "longer than a CD" },
	{ A "ZERO MODE1 400000000000000", "longer than a CD" },
	{ A "ZERO MODE1 2049", "no whole number of sectors of 2048" },
	{ A "FILE \"audio.bin\" 0\nSTART 0:1:25", "line 4: track 1 should start where it ends" },
	{ A "FILE \"audio.bin\" 0\nSTART", "line 4: track 1 should start where it ends" },
	{ A "SILENCE 0:1:0\nSTART\nSTART 0:0:1\nFILE \"audio.bin\" 0",
	  "line 5: where track 1 starts is said already in line 4" },
	{ A "FILE \"audio.bin\" 0\nPREGAP 0:2:0", "line 4: PREGAP comes behind" },
	{ A "FIFO \"/dev/zero\" 0:1:0", "line 3: FIFO" },
	{ A "ISRC \"short\"\nFILE \"audio.bin\" 0", "line 3: an ISRC has 12" },
	{ A "ISRC \"DE-XX9800001\"\nFILE \"audio.bin\" 0", "line 3: an ISRC has 12" },
	{ A "NO FILE \"audio.bin\" 0", "'FILE' stands where COPY or PRE_EMPHASIS" },
	{ A "FILE \"audio.bin\" 0 BINARY", "'BINARY' stands where a statement" },
	{ A "FILE \"audio.bin\" 0 \x1B[2J", "stands where a statement" },
	{ D "FILE \"audio.bin\" 0", "line 3: FILE is for audio tracks" },
	{ D "SILENCE 0:1:0", "line 3: SILENCE is for audio tracks" },
	{ "CD_ROM_XA\nTRACK MODE2_FORM2\nDATAFILE \"mode2.bin\"",
	  "line 2: tracks of the mode MODE2_FORM2 cannot be attached" },
	{ "CD_ROM\nTRACK MODE3\n", "line 2: 'MODE3' stands" },
	{ "CD_DA\nFILE \"audio.bin\" 0", "line 2: FILE comes before the first TRACK" },
	{ "CD_DA\nCATALOG \"123\"", "line 2: a catalogue number has 13 digits" },
	{ "CD_DA\nCATALOG 1234567890123", "'1234567890123' stands where a catalogue number" },
	{ "CD_DA\nCD_TEXT {", "the text ends where LANGUAGE or '}'" },
	{ "CD_DA\nCD_TEXT { LANGUAGE 8\n{ } }", "line 2: languages of CD-Text have numbers from 0 to 7" },
	{ "CD_DA\nCD_TEXT { LANGUAGE 0 {\nTITEL \"x\" } }", "line 3: 'TITEL' stands where an item" },
	{ "CD_DA\nCD_TEXT { LANGUAGE 0 { GENRE { 256\n} } }", "line 2: 256 is no byte" },
	{ "CD_DA\nCD_TEXT { LANGUAGE 0 { GENRE { 1 2 } } }", "'2' stands where '}'" },
	{ "CD_DA\nCD_TEXT { LANGUAGE_MAP { 0 EN } }", "'EN' stands where ':'" },
	{ "CD_DA\nCD_TEXT { { { { {", "'{' stands where LANGUAGE" },
};

static void check_bad(const char *text, size_t len, const char *expected)
{
	struct image image;
	enum image_error error = open_text(&image, text, len);

	if (error != IMAGE_NOT_AN_IMAGE && error != IMAGE_CANNOT_OPEN)
		fail_msg("taken instead of '%s': %.200s", expected, text);
	if (!strstr(image.reason, expected))
		fail_msg("'%s' instead of '%s'", image.reason, expected);
	/* Nothing that comes from a descriptor may tell a terminal what to do. */
	assert_null(strpbrk(image.reason, "\x1B\n\r\a"));
	image_close(&image);
}

static void bad(void **state)
{
	static const char utf16[] = "C\0D\0_\0D\0A\0\n\0";
	static char text[200000];
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof(broken) / sizeof(broken[0]); i++)
		check_bad(broken[i].text, strlen(broken[i].text), broken[i].expected);
	check_bad("", 0, "empty");
	check_bad("\n\n", 2, "has no tracks");
	check_bad("garbage", 7, "line 1: 'garbage' stands where a statement");
	check_bad("CD_DA\n\n\0", 8, "line 3: there is a byte 0");
	check_bad(utf16, sizeof(utf16) - 1, "UTF-16");
	n = (size_t)snprintf(text, sizeof(text), "CD_DA\n");
	for (i = 0; i < 100; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "TRACK AUDIO FILE \"audio.bin\" 0\n");
	check_bad(text, n, "line 101: a CD has no more than 99 tracks");
	n = (size_t)sprintf(text, "CD_DA TRACK AUDIO SILENCE 0:4:0");
	for (i = 1; i <= 99; i++)
		n += (size_t)sprintf(text + n, "\nINDEX 00:%02zu:%02zu", i / 75, i % 75);
	check_bad(text, n, "line 100: track 1 has more than 99 indices");
	n = (size_t)snprintf(text, sizeof(text), "CD_DA TRACK AUDIO\n");
	for (i = 0; i < 10001; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s\n",
				      i & 1 ? "ZERO 2352" : "DATAFILE \"sub.bin\" 2352");
	check_bad(text, n, "more than 10000 parts");
}

static void too_long(void **state)
{
	static char text[(1 << 20) + 1];

	(void)state;
	memset(text, ' ', sizeof(text));
	put_text((uint8_t *)text, "CD_DA");
	check_bad(text, sizeof(text), "is not a TOC file");
	check_bad(text, sizeof(text) - 1, "has no tracks");
}

static size_t mutate(char *text, size_t len)
{
	static const char *const words[] = { "START", "\"",	     "{", "}",	"0",   "99:59:74",
					     "ZERO",  "TRACK AUDIO", "#", "//", "9999" };
	uint32_t changes;

	for (changes = 1 + any(3); changes; changes--) {
		size_t at = any((uint32_t)len);
		const char *word = words[any(sizeof(words) / sizeof(words[0]))];

		if (any(2))
			text[at] = (char)any(256);
		else if (at + strlen(word) < len)
			memcpy(text + at, word, strlen(word));
	}
	return any(4) ? len : any((uint32_t)len);
}

static void mutations(void **state)
{
	static const char *const good[] = {
		cdtext_text,
		"CD_ROM\nTRACK MODE1\nDATAFILE \"data.iso\"\nZERO 00:02:00\nTRACK AUDIO\nSILENCE 00:02:00\nSTART\n"
		"FILE \"sound.wav\" 0\nTRACK AUDIO\nPREGAP 0:1:0\nFILE \"audio.bin\" SWAP #4 10 0:0:50\n",
		"CD_ROM_XA TRACK MODE2_RAW RW_RAW DATAFILE \"sub.bin\" #2448 0:0:5 START 0:0:2 INDEX 0:0:1 DATAFILE "
		"\"sub.bin\" 7000",
	};
	unsigned int round, taken = 0;

	(void)state;
	for (round = 0; round < 4000; round++) {
		const char *original = good[round % 3];
		size_t len = strlen(original);
		struct image image;
		char text[2000];

		assert_true(len < sizeof(text));
		memcpy(text, original, len);
		len = mutate(text, len);
		if (!open_text(&image, text, len)) {
			taken++;
			check_sound(&image);
		} else {
			assert_true(image.reason[0]);
		}
		image_close(&image);
	}
	assert_true(taken > 50 && taken < 3500);
}

static void clean_up(void)
{
	static const char *const others[] = {
		"sound.wav", "slow.wav", "data.iso", "sub/inner.bin", "disc.toc", "named.img",
	};
	size_t i;

	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		unlink(in_folder(files[i].name));
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		unlink(in_folder(others[i]));
	rmdir(in_folder("sub"));
	rmdir(folder);
	free(audio);
	free(iso);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(audio_disc),
		cmocka_unit_test(wave),
		cmocka_unit_test(pregaps),
		cmocka_unit_test(samples),
		cmocka_unit_test(mixed),
		cmocka_unit_test(modes),
		cmocka_unit_test(cut_subchannel),
		cmocka_unit_test(cdtext),
		cmocka_unit_test(names),
		cmocka_unit_test(probing),
		cmocka_unit_test(bad),
		cmocka_unit_test(too_long),
		cmocka_unit_test(mutations),
	};

	snprintf(folder, sizeof(folder), "/tmp/vcd-toc-XXXXXX");
	if (!mkdtemp(folder))
		return 1;
	snprintf(path, sizeof(path), "%s/disc.toc", folder);
	atexit(clean_up);
	make_files();
	RUN(tests);
}
