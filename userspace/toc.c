// SPDX-License-Identifier: GPL-2.0-only
/*
 * TOC files of cdrdao (.toc): text that says of what files, silence and zeroes each track is composed. The format is
 * described in the manual page of cdrdao. It knows one session.
 *
 * Where a postgap begins is read and then left out: nothing on a disc tells it.
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "array.h"
#include "audiofile.h"
#include "beside.h"
#include "cdtext.h"
#include "msf.h"
#include "toc.h"

#define TEXT_MAX_SIZE	(1 << 20)
#define PROBE_SIZE	16384
#define FILES_MAX	1000
#define SAMPLE_SIZE	4
#define SUBCHANNEL_SIZE	96
#define AUDIO_SIZE	2352
#define SHOWN_SIZE	TEXT_MAX(40)

static const struct track_mode track_modes[] = {
	{ "AUDIO", VCD_MODE_AUDIO, VCD_FORM_AUDIO_BE_2352, 2352, true },
	{ "MODE1", VCD_MODE_DATA, VCD_FORM_USER_2048, 2048, true },
	{ "MODE1_RAW", VCD_MODE_DATA, VCD_FORM_RAW_2352, 2352, true },
	{ "MODE2", VCD_MODE_MODE2, VCD_FORM_MODE2_2336, 2336, true },
	{ "MODE2_FORM1", VCD_MODE_MODE2, VCD_FORM_USER_2048, 2048, true },
	{ "MODE2_FORM_MIX", VCD_MODE_MODE2, VCD_FORM_MODE2_2336, 2336, true },
	{ "MODE2_RAW", VCD_MODE_MODE2, VCD_FORM_RAW_2352, 2352, true },
	{ "MODE2_FORM2", VCD_MODE_MODE2, 0, 2324, false },
	{ "MODE0", VCD_MODE_DATA, 0, 2336, false },
};

static void next(struct toc *toc)
{
	toctoken_next(&toc->token);
}

static bool is(const struct toc *toc, const char *word)
{
	return toctoken_is(&toc->token, word);
}

static bool take(struct toc *toc, const char *word)
{
	bool found = is(toc, word);

	if (found)
		next(toc);
	return found;
}

static enum image_error unexpected(struct toc *toc, const char *wanted)
{
	char shown[SHOWN_SIZE];

	if (toc->token.kind == TOCTOKEN_END)
		return toc_fail(toc, "the text ends where %s should be", wanted);
	if (toc->token.kind == TOCTOKEN_OPEN_STRING)
		return toc_fail(toc, "a string has no quotation mark at its end");
	text_from_bytes(shown, sizeof(shown), (const uint8_t *)toc->token.text,
			toc->token.len < 40 ? toc->token.len : 40);
	return toc_fail(toc, "'%s' stands where %s should be", shown, wanted);
}

static enum image_error expect(struct toc *toc, const char *mark)
{
	char wanted[8];

	if (take(toc, mark))
		return IMAGE_OK;
	snprintf(wanted, sizeof(wanted), "'%.3s'", mark);
	return unexpected(toc, wanted);
}

static enum image_error read_number(struct toc *toc, uint64_t *number)
{
	*number = 0;
	if (toc->token.kind != TOCTOKEN_NUMBER)
		return unexpected(toc, "a number");
	*number = toc->token.number;
	next(toc);
	return IMAGE_OK;
}

/* What follows the first number of minute, second and frame; in sectors. */
static enum image_error read_rest_of_msf(struct toc *toc, uint64_t minute, uint64_t *sectors)
{
	unsigned int line = toc->token.line;
	uint64_t second, frame;
	enum image_error error = expect(toc, ":");

	if (!error)
		error = read_number(toc, &second);
	if (!error)
		error = expect(toc, ":");
	if (!error)
		error = read_number(toc, &frame);
	if (error)
		return error;
	if (minute > 99)
		return toc_fail_at(toc, line, "%" PRIu64 " minutes are more than a CD has", minute);
	if (!msf_valid(second, frame))
		return toc_fail_at(toc, line, "a time has %" PRIu64 " seconds and %" PRIu64
				   " frames; the most are 59 and 74", second, frame);
	*sectors = msf_to_frames((uint32_t)minute, (uint32_t)second, (uint32_t)frame);
	return IMAGE_OK;
}

static enum image_error read_msf(struct toc *toc, uint64_t *sectors)
{
	uint64_t minute;
	enum image_error error = read_number(toc, &minute);

	return error ? error : read_rest_of_msf(toc, minute, sectors);
}

/* A length in bytes: a time of so many sectors of @block bytes, or a number of units of @unit bytes. */
static enum image_error read_length(struct toc *toc, uint32_t block, uint32_t unit, uint64_t *bytes)
{
	unsigned int line = toc->token.line;
	uint64_t number;
	enum image_error error = read_number(toc, &number);

	if (error)
		return error;
	if (is(toc, ":")) {
		error = read_rest_of_msf(toc, number, &number);
		*bytes = number * block;
		return error;
	}
	if (number > TOC_NUMBER_MAX / 8)
		return toc_fail_at(toc, line, "a length is larger than any file");
	*bytes = number * unit;
	return IMAGE_OK;
}

static enum image_error expect_string(struct toc *toc, const char *wanted)
{
	if (toc->token.kind != TOCTOKEN_STRING)
		return unexpected(toc, wanted);
	if (strlen(toc->token.text) != toc->token.len)
		return toc_fail(toc, "a string has a byte 0 in it");
	return IMAGE_OK;
}

static const struct track_mode *find_mode(const struct toc *toc)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(track_modes); i++)
		if (is(toc, track_modes[i].word))
			return &track_modes[i];
	return NULL;
}

/* RW_RAW has all channels as on the disc. RW has R to W alone, and the writer adds the rest: no form is that. */
static uint32_t read_subchannel_mode(struct toc *toc, bool *raw)
{
	*raw = is(toc, "RW_RAW");
	return take(toc, "RW_RAW") || take(toc, "RW") ? SUBCHANNEL_SIZE : 0;
}

static enum image_error add_zeroes(struct toc *toc, uint64_t bytes, unsigned int line)
{
	return toc_add_part(toc, &(struct part){ .file = VCD_FILE_NONE, .bytes = bytes, .line = line });
}

/* Files that are sound in a container tell so by their names, as they do for cdrdao; all others have plain samples. */
static bool has_container(const char *name)
{
	static const char *const suffixes[] = { ".wav", ".flac", ".mp3", ".ogg", ".aif", ".aiff", ".opus" };
	const char *dot = strrchr(name, '.');
	size_t i;

	for (i = 0; dot && i < ARRAY_SIZE(suffixes); i++)
		if (!strcasecmp(dot, suffixes[i]))
			return true;
	return false;
}

static enum image_error open_source(struct toc *toc, struct source *source)
{
	struct image *image = toc->image;
	struct audio_samples samples;
	enum image_error error = image_add_beside(image, source->name);

	if (error)
		return error;
	source->file = image->file_count - 1;
	source->size = image->files[source->file].size;
	if (!source->decoded)
		return IMAGE_OK;
	error = audiofile_read(image, source->name, &samples);
	if (error)
		return error;
	source->file = samples.file;
	source->offset = samples.offset;
	source->size = samples.size;
	return IMAGE_OK;
}

/* The file that the token names: the one that is open already, or another. */
static enum image_error find_source(struct toc *toc, bool audio, const struct source **found)
{
	struct source *sources, source = { .decoded = audio && has_container(toc->token.text) };
	enum image_error error;
	size_t i;

	for (i = 0; i < toc->source_count; i++) {
		*found = &toc->sources[i];
		if (!strcmp((*found)->name, toc->token.text) && (*found)->decoded == source.decoded)
			return IMAGE_OK;
	}
	if (toc->source_count == FILES_MAX)
		return toc_fail(toc, "more than %d files are named", FILES_MAX);
	sources = reallocarray(toc->sources, toc->source_count + 1, sizeof(*sources));
	if (!sources)
		return toc_no_memory(toc);
	toc->sources = sources;
	source.name = strdup(toc->token.text);
	if (!source.name)
		return toc_no_memory(toc);
	error = open_source(toc, &source);
	sources[toc->source_count++] = source;
	*found = &sources[toc->source_count - 1];
	return toc_blame(toc, error, toc->token.line);
}

/* Bytes of a file from @skip on; a length of 0 means all of them. */
static enum image_error add_file_part(struct toc *toc, const struct source *source, uint64_t skip, struct part *part)
{
	char shown[SHOWN_SIZE];

	text_from_bytes(shown, sizeof(shown), (const uint8_t *)source->name, strnlen(source->name, 40));
	if (skip >= source->size)
		return toc_fail_at(toc, part->line,
				   "\"%s\" has %" PRIu64 " bytes of data, and the part begins at byte %" PRIu64, shown,
				   source->size, skip);
	if (!part->bytes)
		part->bytes = source->size - skip;
	if (part->bytes > source->size - skip)
		return toc_fail_at(toc, part->line,
				   "\"%s\" has %" PRIu64 " bytes of data, and %" PRIu64 " are wanted from byte %" PRIu64
				   " on; perhaps it is cut off",
				   shown, source->size, part->bytes, skip);
	part->file = source->file;
	part->offset = source->offset + skip;
	return toc_add_part(toc, part);
}

static enum image_error read_offset(struct toc *toc, uint64_t *offset)
{
	unsigned int line = toc->token.line;
	enum image_error error;

	*offset = 0;
	if (!take(toc, "#"))
		return IMAGE_OK;
	error = read_number(toc, offset);
	if (!error && *offset > TOC_NUMBER_MAX / 8)
		return toc_fail_at(toc, line, "an offset is larger than any file");
	return error;
}

/* FILE "name" [SWAP] [#offset] start [length]: plain samples have the high byte first, those of WAVE the low one. */
static enum image_error read_audio_file(struct toc *toc)
{
	struct part part = { .line = toc->token.line };
	const struct source *source;
	uint64_t offset, start;
	enum image_error error;
	bool swap;

	if (toc->mode->mode != VCD_MODE_AUDIO || toc->block != AUDIO_SIZE)
		return toc_fail(toc, "FILE is for audio tracks without a sub-channel; others have DATAFILE");
	next(toc);
	error = expect_string(toc, "the name of a file");
	if (!error)
		error = find_source(toc, true, &source);
	if (error)
		return error;
	next(toc);
	swap = take(toc, "SWAP");
	error = read_offset(toc, &offset);
	if (!error)
		error = read_length(toc, AUDIO_SIZE, SAMPLE_SIZE, &start);
	if (!error && toc->token.kind == TOCTOKEN_NUMBER)
		error = read_length(toc, AUDIO_SIZE, SAMPLE_SIZE, &part.bytes);
	if (error)
		return error;
	part.form = swap == source->decoded ? VCD_FORM_AUDIO_BE_2352 : VCD_FORM_RAW_2352;
	return add_file_part(toc, source, offset + start, &part);
}

/* DATAFILE "name" [#offset] [length] */
static enum image_error read_data_file(struct toc *toc)
{
	struct part part = { .form = toc->mode->form, .line = toc->token.line };
	const struct source *source;
	uint64_t offset;
	enum image_error error;

	next(toc);
	error = expect_string(toc, "the name of a file");
	if (!error)
		error = find_source(toc, false, &source);
	if (error)
		return error;
	next(toc);
	error = read_offset(toc, &offset);
	if (!error && toc->token.kind == TOCTOKEN_NUMBER)
		error = read_length(toc, toc->block, 1, &part.bytes);
	return error ? error : add_file_part(toc, source, offset, &part);
}

static enum image_error read_silence(struct toc *toc)
{
	unsigned int line = toc->token.line;
	uint64_t bytes;
	enum image_error error;

	if (toc->mode->mode != VCD_MODE_AUDIO || toc->block != AUDIO_SIZE)
		return toc_fail(toc, "SILENCE is for audio tracks without a sub-channel; others have ZERO");
	next(toc);
	error = read_length(toc, AUDIO_SIZE, SAMPLE_SIZE, &bytes);
	return error ? error : add_zeroes(toc, bytes, line);
}

/* ZERO [mode] [sub-channel mode] length: the mode tells how many bytes a sector has, for a length in bytes. */
static enum image_error read_zero(struct toc *toc)
{
	unsigned int line = toc->token.line;
	uint32_t block = toc->block, subchannel;
	const struct track_mode *mode;
	enum image_error error;
	uint64_t bytes;
	bool raw;

	next(toc);
	mode = find_mode(toc);
	if (mode)
		next(toc);
	subchannel = read_subchannel_mode(toc, &raw);
	if (mode)
		block = mode->size + subchannel;
	error = read_length(toc, block, 1, &bytes);
	if (error)
		return error;
	if (block != toc->block && bytes % block)
		return toc_fail_at(toc, line, "the zeroes are no whole number of sectors of %" PRIu32 " bytes", block);
	if (block != toc->block)
		bytes = bytes / block < CD_SECTORS_MAX ? bytes / block * toc->block : UINT64_MAX / 2;
	return add_zeroes(toc, bytes, line);
}

static enum image_error set_start(struct toc *toc, uint64_t sectors, unsigned int line)
{
	if (toc->start_line)
		return toc_fail_at(toc, line, "where track %u starts is said already in line %u", toc->number,
				   toc->start_line);
	toc->start = sectors;
	toc->start_line = line;
	return IMAGE_OK;
}

static enum image_error read_start(struct toc *toc)
{
	uint64_t sectors = toc_sectors_of(toc, toc->bytes);
	unsigned int line = toc->token.line;
	enum image_error error = IMAGE_OK;

	next(toc);
	if (toc->token.kind == TOCTOKEN_NUMBER)
		error = read_msf(toc, &sectors);
	return error ? error : set_start(toc, sectors, line);
}

static enum image_error read_pregap(struct toc *toc)
{
	unsigned int line = toc->token.line;
	uint64_t sectors;
	enum image_error error;

	next(toc);
	if (toc->part_count)
		return toc_fail_at(toc, line, "PREGAP comes behind other parts of track %u", toc->number);
	error = read_msf(toc, &sectors);
	if (!error)
		error = add_zeroes(toc, sectors * toc->block, line);
	return error ? error : set_start(toc, sectors, line);
}

/* The first one of a track is where index 2 is. */
static enum image_error read_index(struct toc *toc)
{
	struct toc_index index = { .line = toc->token.line };
	enum image_error error;

	next(toc);
	error = read_msf(toc, &index.at);
	if (error)
		return error;
	if (toc->index_count == ARRAY_SIZE(toc->indices))
		return toc_fail_at(toc, index.line, "track %u has more than %d indices", toc->number, VCD_INDEX_MAX);
	if (index.at <= (toc->index_count ? toc->indices[toc->index_count - 1].at : 0))
		return toc_fail_at(toc, index.line, "an index of track %u is not behind the one before it", toc->number);
	toc->indices[toc->index_count++] = index;
	return IMAGE_OK;
}

static enum image_error read_end(struct toc *toc)
{
	uint64_t sectors;

	next(toc);
	return toc->token.kind == TOCTOKEN_NUMBER ? read_msf(toc, &sectors) : IMAGE_OK;
}

static enum image_error read_fifo(struct toc *toc)
{
	return toc_fail(toc, "FIFO reads from a pipe, which no disc can be; write what comes out of it into a file");
}

/* NO COPY, NO PRE_EMPHASIS, and both without the NO */
static enum image_error read_flag(struct toc *toc)
{
	bool no = take(toc, "NO");
	uint8_t bit;

	if (is(toc, "COPY"))
		bit = 2;
	else if (is(toc, "PRE_EMPHASIS"))
		bit = 1;
	else
		return unexpected(toc, "COPY or PRE_EMPHASIS");
	next(toc);
	/* In a data track that bit says something else. */
	if (bit == 1 && toc->mode->mode != VCD_MODE_AUDIO)
		return IMAGE_OK;
	toc->track.control = no ? toc->track.control & ~bit : toc->track.control | bit;
	return IMAGE_OK;
}

static enum image_error read_channels(struct toc *toc)
{
	if (toc->mode->mode == VCD_MODE_AUDIO)
		toc->track.control = is(toc, "FOUR_CHANNEL_AUDIO") ? toc->track.control | 8 : toc->track.control & ~8;
	next(toc);
	return IMAGE_OK;
}

static enum image_error read_isrc(struct toc *toc)
{
	enum image_error error;
	size_t i;

	next(toc);
	error = expect_string(toc, "an ISRC");
	if (error)
		return error;
	for (i = 0; toc->token.len == VCD_ISRC_LEN && i < VCD_ISRC_LEN; i++) {
		if (!isalnum((unsigned char)toc->token.text[i]))
			break;
		toc->track.isrc[i] = (char)toupper((unsigned char)toc->token.text[i]);
	}
	if (i < VCD_ISRC_LEN)
		return toc_fail(toc, "an ISRC has %d letters and digits", VCD_ISRC_LEN);
	next(toc);
	return IMAGE_OK;
}

static enum image_error read_catalog(struct toc *toc)
{
	enum image_error error;

	next(toc);
	error = expect_string(toc, "a catalogue number");
	if (error)
		return error;
	if (toc->token.len != VCD_MCN_LEN || strspn(toc->token.text, "0123456789") != VCD_MCN_LEN)
		return toc_fail(toc, "a catalogue number has %d digits", VCD_MCN_LEN);
	memcpy(toc->image->mcn, toc->token.text, VCD_MCN_LEN);
	next(toc);
	return IMAGE_OK;
}

/* { 0, 10, 255 }: what the writer makes up anew. */
static enum image_error skip_binary(struct toc *toc)
{
	enum image_error error = expect(toc, "{");
	uint64_t number;

	if (error || take(toc, "}"))
		return error;
	do {
		unsigned int line = toc->token.line;

		error = read_number(toc, &number);
		if (!error && number > 255)
			return toc_fail_at(toc, line, "%" PRIu64 " is no byte", number);
	} while (!error && take(toc, ","));
	return error ? error : expect(toc, "}");
}

static enum image_error read_cdtext_item(struct toc *toc, bool wanted)
{
	static const struct {
		const char *word;
		unsigned int type;
	} items[] = {
		{ "TITLE", CDTEXT_TITLE }, { "PERFORMER", CDTEXT_PERFORMER }, { "SONGWRITER", CDTEXT_SONGWRITER },
		{ "COMPOSER", CDTEXT_COMPOSER }, { "ARRANGER", CDTEXT_ARRANGER }, { "MESSAGE", CDTEXT_MESSAGE },
		{ "DISC_ID", CDTEXT_DISC_ID }, { "GENRE", CDTEXT_GENRE }, { "UPC_EAN", CDTEXT_CODE },
		{ "ISRC", CDTEXT_CODE }, { "TOC_INFO1", 0 }, { "TOC_INFO2", 0 }, { "RESERVED1", 0 },
		{ "RESERVED2", 0 }, { "RESERVED3", 0 }, { "RESERVED4", 0 }, { "CLOSED", 0 }, { "SIZE_INFO", 0 },
	};
	enum image_error error;
	bool done = true;
	char *utf8;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(items) && !is(toc, items[i].word); i++)
		;
	if (i == ARRAY_SIZE(items))
		return unexpected(toc, "an item of CD-Text or '}'");
	next(toc);
	if (is(toc, "{"))
		return skip_binary(toc);
	error = expect_string(toc, "a string or '{'");
	if (error)
		return error;
	if (wanted && items[i].type && toc->token.len) {
		utf8 = toctoken_utf8(&toc->token);
		done = utf8 && cdtext_set(toc->cdtext, toc->number, items[i].type, utf8);
		free(utf8);
	}
	next(toc);
	return done ? IMAGE_OK : toc_no_memory(toc);
}

static enum image_error read_language(struct toc *toc)
{
	unsigned int line = toc->token.line;
	uint64_t number;
	enum image_error error = read_number(toc, &number);

	if (!error && number > 7)
		return toc_fail_at(toc, line, "languages of CD-Text have numbers from 0 to 7");
	if (!error)
		error = expect(toc, "{");
	if (error)
		return error;
	if (toc->language < 0)
		toc->language = (int)number;
	while (!error && !take(toc, "}")) {
		/* In what the writer encodes the strings; in the text they are readable. */
		if (toc->token.kind == TOCTOKEN_WORD && !strncmp(toc->token.text, "ENCODING_", 9))
			next(toc);
		else
			error = read_cdtext_item(toc, (int)number == toc->language);
	}
	return error;
}

/* 0 : EN, or the number of another language: the packs of one block are marked as English. */
static enum image_error read_language_map(struct toc *toc)
{
	enum image_error error = expect(toc, "{");
	uint64_t number;

	while (!error && !take(toc, "}")) {
		error = read_number(toc, &number);
		if (!error)
			error = expect(toc, ":");
		if (!error && toc->token.kind != TOCTOKEN_NUMBER && toc->token.kind != TOCTOKEN_WORD)
			error = unexpected(toc, "a language");
		if (!error)
			next(toc);
	}
	return error;
}

static enum image_error read_cdtext(struct toc *toc)
{
	enum image_error error;

	next(toc);
	error = expect(toc, "{");
	while (!error && !take(toc, "}")) {
		if (take(toc, "LANGUAGE_MAP"))
			error = read_language_map(toc);
		else if (take(toc, "LANGUAGE"))
			error = read_language(toc);
		else
			error = unexpected(toc, "LANGUAGE or '}'");
	}
	return error;
}

static enum image_error read_track(struct toc *toc)
{
	enum image_error error = toc_finish_track(toc);

	if (error)
		return error;
	toc->line = toc->token.line;
	toc->number++;
	toc->part_count = 0;
	toc->bytes = 0;
	toc->start = 0;
	toc->start_line = 0;
	toc->index_count = 0;
	if (toc->number > 99)
		return toc_fail(toc, "a CD has no more than 99 tracks");
	next(toc);
	toc->mode = find_mode(toc);
	if (!toc->mode)
		return unexpected(toc, "the mode of a track");
	if (!toc->mode->can_attach)
		return toc_fail(toc, "tracks of the mode %s cannot be attached; read the disc again by "
				"'cdrdao read-cd --read-raw'", toc->mode->word);
	next(toc);
	toc->block = toc->mode->size + read_subchannel_mode(toc, &toc->raw_subchannel);
	toc->track = (struct vcd_track){
		.mode = toc->mode->mode,
		.control = toc->mode->mode == VCD_MODE_AUDIO ? 0 : 4,
	};
	return IMAGE_OK;
}

static enum image_error read_kind(struct toc *toc)
{
	next(toc);
	return IMAGE_OK;
}

static enum image_error read_statement(struct toc *toc)
{
	static const struct {
		const char *word;
		enum image_error (*read)(struct toc *toc);
		bool in_track;
	} statements[] = {
		{ "CD_DA", read_kind, false }, { "CD_ROM", read_kind, false }, { "CD_ROM_XA", read_kind, false },
		{ "CD_I", read_kind, false }, { "CATALOG", read_catalog, false }, { "CD_TEXT", read_cdtext, false },
		{ "TRACK", read_track, false },
		{ "NO", read_flag, true }, { "COPY", read_flag, true }, { "PRE_EMPHASIS", read_flag, true },
		{ "TWO_CHANNEL_AUDIO", read_channels, true }, { "FOUR_CHANNEL_AUDIO", read_channels, true },
		{ "ISRC", read_isrc, true }, { "PREGAP", read_pregap, true }, { "START", read_start, true },
		{ "END", read_end, true }, { "INDEX", read_index, true }, { "FILE", read_audio_file, true },
		{ "AUDIOFILE", read_audio_file, true }, { "DATAFILE", read_data_file, true },
		{ "SILENCE", read_silence, true }, { "ZERO", read_zero, true }, { "FIFO", read_fifo, true },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(statements); i++) {
		if (!is(toc, statements[i].word))
			continue;
		if (statements[i].in_track && !toc->number)
			return toc_fail(toc, "%s comes before the first TRACK", statements[i].word);
		return statements[i].read(toc);
	}
	return unexpected(toc, "a statement");
}

static enum image_error read_text(struct toc *toc)
{
	const struct image_file *file = &toc->image->files[0];
	struct reader reader = reader_from_fd(&file->source, file->size);
	const char *nul, *p;
	unsigned int line = 1;
	int err;

	if (file->size > TEXT_MAX_SIZE)
		return image_fail(toc->image, IMAGE_NOT_AN_IMAGE,
				  "is not a TOC file of cdrdao: it has %" PRIu64 " bytes", file->size);
	toc->text = malloc((size_t)file->size);
	if (!toc->text)
		return toc_no_memory(toc);
	err = reader_read(&reader, 0, toc->text, (size_t)file->size);
	if (err)
		return image_fail(toc->image, IMAGE_CANNOT_OPEN, "cannot be read: %s", strerror(-err));
	nul = memchr(toc->text, 0, (size_t)file->size);
	for (p = toc->text; nul && p < nul; p++)
		line += *p == '\n';
	if (nul)
		return toc_fail_at(toc, line,
				   "there is a byte 0, which no text has; a TOC file in UTF-16 has to be converted: "
				   "iconv -f UTF-16 -t UTF-8");
	return toctoken_start(&toc->token, toc->text, (size_t)file->size) ? IMAGE_OK : toc_no_memory(toc);
}

static enum image_error read_statements(struct toc *toc)
{
	enum image_error error = IMAGE_OK;

	next(toc);
	while (!error && toc->token.kind != TOCTOKEN_END)
		error = read_statement(toc);
	if (!error)
		error = toc_finish_track(toc);
	if (!error)
		error = cdtext_add(toc->cdtext, toc->image);
	if (!error)
		error = image_end_tracks(toc->image);
	/* Whatever its size: the format has no other discs. */
	if (!error && toc->image->sectors <= CD_SECTORS_MAX)
		toc->image->profile_hint = VCD_PROFILE_CD_ROM;
	return error;
}

static enum image_error toc_open(struct image *image)
{
	struct toc toc = { .image = image, .language = -1, .cdtext = cdtext_new() };
	enum image_error error = toc.cdtext ? read_text(&toc) : toc_no_memory(&toc);
	size_t i;

	if (!error)
		error = read_statements(&toc);
	for (i = 0; i < toc.source_count; i++)
		free(toc.sources[i].name);
	free(toc.sources);
	free(toc.parts);
	cdtext_free(toc.cdtext);
	toctoken_free(&toc.token);
	free(toc.text);
	return error;
}

/* The first words: what kind of disc it is, or else what no CUE sheet has, a number in quotation marks or TRACK and a
 * mode. */
static bool toc_probe(const struct image *image, const struct reader *reader)
{
	size_t len = reader->size < PROBE_SIZE ? (size_t)reader->size : PROBE_SIZE;
	struct toc toc = { 0 };
	char text[PROBE_SIZE];
	bool found = false;

	(void)image;
	if (reader_read(reader, 0, text, len) || !toctoken_start(&toc.token, text, len))
		return false;
	next(&toc);
	if (is(&toc, "CD_DA") || is(&toc, "CD_ROM") || is(&toc, "CD_ROM_XA") || is(&toc, "CD_I"))
		found = true;
	else if (take(&toc, "CATALOG"))
		found = toc.token.kind == TOCTOKEN_STRING;
	else if (take(&toc, "TRACK"))
		found = find_mode(&toc);
	toctoken_free(&toc.token);
	return found;
}

/* The TOC file of X-CD-Roast begins with a comment that cdrdao would not take for one. */
static bool toc_is_other(const struct reader *reader)
{
	char first;

	return image_is_no_text(reader) || (!reader_read(reader, 0, &first, 1) && first == '#');
}

const struct image_format toc_format = {
	.name = "toc",
	.title = "TOC file of cdrdao",
	.suffix = ".toc",
	.is_other = toc_is_other,
	.probe = toc_probe,
	.open = toc_open,
};
