// SPDX-License-Identifier: GPL-2.0-only
/*
 * CUE sheets (.cue): text that says where tracks begin in files of sectors or of sound. Here it is read; what disc it
 * makes stands in cuedisc.c.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "array.h"
#include "cue.h"
#include "msf.h"
#include "text.h"
#include "textfile.h"

#define INDEX_MAX	99
#define WORDS_MAX	6

/**
 * struct parser - a sheet that is being read
 * @image: the image
 * @sheet: what has been read
 * @line: number of the line
 * @session: session of the next track
 * @last_index: number of the last INDEX of the track; negative: there was none
 * @indexes: number of INDEX lines of the file
 * @at: where the last of them is
 */
struct parser {
	struct image *image;
	struct cue_sheet *sheet;
	unsigned int line;
	uint8_t session;
	int last_index;
	unsigned int indexes;
	uint32_t at;
};

/**
 * struct command - a command of a sheet
 * @word: its name
 * @run: does what it says; @rest is the line behind the name, which may be changed
 * @type: type of the text, for those that set one
 */
struct command {
	const char *word;
	enum image_error (*run)(struct parser *parser, const struct command *command, char *rest);
	enum cdtext_type type;
};

static const struct cue_mode modes[] = {
	{ "AUDIO", VCD_MODE_AUDIO, VCD_FORM_RAW_2352, 2352 },
	{ "CDG", VCD_MODE_AUDIO, VCD_FORM_RAW_2352, 2448 },
	{ "MODE1/2048", VCD_MODE_DATA, VCD_FORM_USER_2048, 2048 },
	{ "MODE1/2352", VCD_MODE_DATA, VCD_FORM_RAW_2352, 2352 },
	{ "MODE2/2048", VCD_MODE_MODE2, VCD_FORM_USER_2048, 2048 },
	{ "MODE2/2336", VCD_MODE_MODE2, VCD_FORM_MODE2_2336, 2336 },
	{ "MODE2/2352", VCD_MODE_MODE2, VCD_FORM_RAW_2352, 2352 },
	{ "CDI/2336", VCD_MODE_MODE2, VCD_FORM_MODE2_2336, 2336 },
	{ "CDI/2352", VCD_MODE_MODE2, VCD_FORM_RAW_2352, 2352 },
};

#define fail(parser, format, ...)	\
	image_fail((parser)->image, IMAGE_NOT_AN_IMAGE, "line %u: " format, (parser)->line, ##__VA_ARGS__)

/** SHOWN_MAX: room for what shown() makes */
#define SHOWN_MAX	TEXT_MAX(40)

/* A word of the sheet, fit to be printed */
static const char *shown(char buf[SHOWN_MAX], const char *word)
{
	text_from_bytes(buf, SHOWN_MAX, (const uint8_t *)word, strnlen(word, 40));
	return buf;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Take the first word off a line; empty at its end. Quotes around a word are taken off. */
static char *next_word(char **rest)
{
	char *word = *rest + strspn(*rest, " \t"), *end;

	if (*word == '"') {
		word++;
		end = word + strcspn(word, "\"");
	} else {
		end = word + strcspn(word, " \t");
	}
	*rest = *end ? end + 1 : end;
	*end = '\0';
	return word;
}

/* A quote within a text may be written with a backslash before it. */
static void unescape(char *text)
{
	char *to = text;

	for (; *text; text++)
		if (text[0] != '\\' || text[1] != '"')
			*to++ = *text;
	*to = '\0';
}

/* All of a line as one text, which may have quotes around it */
static char *whole_text(char *rest)
{
	size_t len;

	rest += strspn(rest, " \t");
	if (*rest == '"') {
		rest++;
		len = strlen(rest);
		if (len && rest[len - 1] == '"')
			rest[len - 1] = '\0';
	}
	unescape(rest);
	return rest;
}

/* A number of at most @digits digits; false when it is something else */
static bool parse_number(const char *word, size_t digits, unsigned int *number)
{
	size_t len = strspn(word, "0123456789");

	if (!len || len > digits || word[len])
		return false;
	*number = (unsigned int)strtoul(word, NULL, 10);
	return true;
}

/* Minutes, seconds and frames; minutes may go beyond what a CD has. */
static enum image_error parse_time(struct parser *parser, const char *word, uint32_t *sectors)
{
	char buf[16] = { 0 }, *minutes = buf, *seconds, *frames, name[SHOWN_MAX];
	unsigned int m, s, f;

	memcpy(buf, word, strnlen(word, sizeof(buf) - 1));
	seconds = strchr(buf, ':');
	frames = seconds ? strchr(seconds + 1, ':') : NULL;
	if (frames && strlen(word) < sizeof(buf)) {
		*seconds++ = '\0';
		*frames++ = '\0';
		if (parse_number(minutes, 4, &m) && parse_number(seconds, 2, &s) && parse_number(frames, 2, &f) &&
		    msf_valid(s, f)) {
			*sectors = msf_to_frames(m, s, f);
			return IMAGE_OK;
		}
	}
	return fail(parser, "\"%s\" is not a time (minutes:seconds:frames, up to 59 seconds and 74 frames)",
		    shown(name, word));
}

static struct cue_track *this_track(const struct parser *parser)
{
	return parser->sheet->track_count ? &parser->sheet->tracks[parser->sheet->track_count - 1] : NULL;
}

static enum image_error need_track(struct parser *parser, const struct command *command)
{
	if (this_track(parser))
		return IMAGE_OK;
	return fail(parser, "%s before the first TRACK", command->word);
}

static enum image_error no_memory(const struct parser *parser)
{
	return image_fail(parser->image, IMAGE_NO_MEMORY, "no memory");
}

/* Is anything of the last file on the disc? */
static enum image_error check_file(struct parser *parser)
{
	const struct cue_sheet *sheet = parser->sheet;

	if (!sheet->file_count || parser->indexes)
		return IMAGE_OK;
	parser->line = sheet->files[sheet->file_count - 1].line;
	return fail(parser, "no INDEX is in this FILE");
}

static enum image_error parse_type(struct parser *parser, const char *word, enum cue_type *type)
{
	static const struct { const char *word; enum cue_type type; } words[] = {
		{ "BINARY", CUE_BINARY }, { "MOTOROLA", CUE_MOTOROLA }, { "WAVE", CUE_SOUND }, { "AIFF", CUE_SOUND },
		{ "MP3", CUE_SOUND }, { "FLAC", CUE_SOUND }, { "OGG", CUE_SOUND },
	};
	char name[SHOWN_MAX];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(words); i++) {
		if (!strcasecmp(word, words[i].word)) {
			*type = words[i].type;
			return IMAGE_OK;
		}
	}
	return fail(parser, "\"%s\" is not a type of file: BINARY, MOTOROLA, WAVE, AIFF, MP3, FLAC", shown(name, word));
}

/* The name may have blanks without having quotes, and quotes within quotes: the type is what comes last. */
static enum image_error split_file(struct parser *parser, char *rest, char **name, char **type)
{
	char *end = rest + strlen(rest);

	if (*rest == '"') {
		*name = rest + 1;
		end = strrchr(*name, '"');
		if (!end)
			return fail(parser, "the name of the file has no quote at its end");
		*end = '\0';
		*type = end + 1 + strspn(end + 1, " \t");
		return IMAGE_OK;
	}
	while (end > rest && !is_blank(end[-1]))
		end--;
	*name = rest;
	*type = end;
	while (end > rest && is_blank(end[-1]))
		end--;
	if (end == rest)
		return fail(parser, "FILE needs a name and a type");
	*end = '\0';
	return IMAGE_OK;
}

static enum image_error run_file(struct parser *parser, const struct command *command, char *rest)
{
	struct cue_sheet *sheet = parser->sheet;
	struct cue_file file = { .line = parser->line };
	const struct cue_file *before;
	enum image_error error;
	char *type = NULL, *name = NULL;

	(void)command;
	error = split_file(parser, rest, &name, &type);
	if (!error)
		error = parse_type(parser, type, &file.type);
	if (error)
		return error;
	unescape(name);
	if (!*name)
		return fail(parser, "the name of the file is empty");
	/* Some writers repeat the name for each track. */
	before = sheet->file_count ? &sheet->files[sheet->file_count - 1] : NULL;
	if (before && !strcmp(before->name, name) && before->type == file.type)
		return IMAGE_OK;
	error = check_file(parser);
	if (error)
		return error;
	if (sheet->file_count == CUE_FILES_MAX)
		return fail(parser, "more than %d files", CUE_FILES_MAX);
	sheet->files[sheet->file_count] = file;
	sheet->files[sheet->file_count].name = strdup(name);
	if (!sheet->files[sheet->file_count].name)
		return no_memory(parser);
	sheet->file_count++;
	parser->indexes = 0;
	parser->at = 0;
	return IMAGE_OK;
}

static enum image_error parse_mode(struct parser *parser, const char *word, const struct cue_mode **mode)
{
	char name[SHOWN_MAX];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		if (!strcasecmp(word, modes[i].name)) {
			*mode = &modes[i];
			return IMAGE_OK;
		}
	}
	if (!strcasecmp(word, "MODE2/2324"))
		return fail(parser, "MODE2/2324 cannot be attached: such sectors lack their sub-headers, which a drive "
			    "has to give; make an image with MODE2/2352 of the disc");
	return fail(parser, "\"%s\" is not a mode of a track: AUDIO, CDG, MODE1/2048, MODE1/2352, MODE2/2048, "
		    "MODE2/2336, MODE2/2352, CDI/2336, CDI/2352", shown(name, word));
}

/* Is the last track complete? */
static enum image_error check_track(struct parser *parser)
{
	const struct cue_track *track = this_track(parser);

	if (!track || track->index.line)
		return IMAGE_OK;
	parser->line = track->line;
	return fail(parser, "track %u has no INDEX 01", track->number);
}

static enum image_error run_track(struct parser *parser, const struct command *command, char *rest)
{
	const struct cue_track *before = this_track(parser);
	struct cue_track track = { .line = parser->line, .session = parser->session };
	char *number = next_word(&rest), *mode = next_word(&rest), name[SHOWN_MAX];
	enum image_error error;
	unsigned int n;

	(void)command;
	if (!parse_number(number, 3, &n) || !n || n > CUE_TRACKS_MAX)
		return fail(parser, "\"%s\" is not the number of a track, which is 1 to 99", shown(name, number));
	if (before && n != before->number + 1U)
		return fail(parser, "track %u follows track %u", n, before->number);
	if (!parser->sheet->file_count)
		return fail(parser, "TRACK before the first FILE");
	error = parse_mode(parser, mode, &track.mode);
	if (error)
		return error;
	error = check_track(parser);
	if (error)
		return error;
	track.number = (uint8_t)n;
	track.control = track.mode->mode == VCD_MODE_AUDIO ? 0 : 4;
	/* Tracks count up by one, so there are no more than there is room for. */
	parser->sheet->tracks[parser->sheet->track_count++] = track;
	parser->last_index = -1;
	return IMAGE_OK;
}

static enum image_error add_mark(struct parser *parser, const struct cue_track *track, unsigned int number,
				 const struct cue_index *index)
{
	struct cue_sheet *sheet = parser->sheet;
	struct cue_mark *marks = reallocarray(sheet->marks, sheet->mark_count + 1, sizeof(*marks));

	if (!marks)
		return no_memory(parser);
	sheet->marks = marks;
	marks[sheet->mark_count++] = (struct cue_mark){
		.track = track->number, .number = (uint8_t)number, .index = *index,
	};
	return IMAGE_OK;
}

static enum image_error run_index(struct parser *parser, const struct command *command, char *rest)
{
	char *number = next_word(&rest), *time = next_word(&rest), name[SHOWN_MAX];
	struct cue_track *track = this_track(parser);
	struct cue_index index = { .line = parser->line, .file = parser->sheet->file_count - 1 };
	enum image_error error;
	unsigned int n;

	error = need_track(parser, command);
	if (error)
		return error;
	if (!parse_number(number, 2, &n))
		return fail(parser, "\"%s\" is not the number of an index, which is 0 to %d", shown(name, number),
			    INDEX_MAX);
	error = parse_time(parser, time, &index.at);
	if (error)
		return error;
	if ((int)n <= parser->last_index)
		return fail(parser, "INDEX %02u follows INDEX %02d of the same track", n, parser->last_index);
	if (n > 1 && !track->index.line)
		return fail(parser, "INDEX %02u before INDEX 01", n);
	if (parser->indexes && index.at < parser->at)
		return fail(parser, "this index lies before the one that comes before it");
	if (n == 0)
		track->start = index;
	else if (n == 1)
		track->index = index;
	else
		error = add_mark(parser, track, n, &index);
	parser->last_index = (int)n;
	parser->indexes++;
	parser->at = index.at;
	return error;
}

static enum image_error run_pregap(struct parser *parser, const struct command *command, char *rest)
{
	enum image_error error = need_track(parser, command);

	return error ? error : parse_time(parser, next_word(&rest), &this_track(parser)->pregap);
}

static enum image_error run_postgap(struct parser *parser, const struct command *command, char *rest)
{
	enum image_error error = need_track(parser, command);

	return error ? error : parse_time(parser, next_word(&rest), &this_track(parser)->postgap);
}

static enum image_error run_flags(struct parser *parser, const struct command *command, char *rest)
{
	enum image_error error = need_track(parser, command);
	struct cue_track *track = this_track(parser);
	char *word, name[SHOWN_MAX];
	bool audio;

	if (error)
		return error;
	audio = track->mode->mode == VCD_MODE_AUDIO;
	while (*(word = next_word(&rest))) {
		if (!strcasecmp(word, "DCP"))
			track->control |= 2;
		else if (!strcasecmp(word, "4CH"))
			track->control |= audio ? 8 : 0;
		else if (!strcasecmp(word, "PRE"))
			track->control |= audio ? 1 : 0;
		else if (strcasecmp(word, "SCMS") && strcasecmp(word, "DATA"))
			return fail(parser, "\"%s\" is no flag of a track: DCP, 4CH, PRE, SCMS, DATA",
				    shown(name, word));
	}
	return IMAGE_OK;
}

/* People set it off with hyphens. Zeroes stand for none. */
static enum image_error run_isrc(struct parser *parser, const struct command *command, char *rest)
{
	enum image_error error = need_track(parser, command);
	char *word = next_word(&rest), isrc[VCD_ISRC_LEN], name[SHOWN_MAX];
	bool zero = true;
	size_t len = 0;
	const char *p;

	if (error)
		return error;
	for (p = word; *p; p++) {
		if (*p == '-')
			continue;
		if (!isalnum((unsigned char)*p) || len == sizeof(isrc))
			break;
		zero &= *p == '0';
		isrc[len++] = (char)toupper((unsigned char)*p);
	}
	if (*p || (len && len != sizeof(isrc)))
		return fail(parser, "\"%s\" is not an ISRC, which has %d letters and digits; correct or remove it",
			    shown(name, word), VCD_ISRC_LEN);
	if (!zero)
		memcpy(this_track(parser)->isrc, isrc, sizeof(isrc));
	return IMAGE_OK;
}

/* An UPC has a digit less than an EAN, which begins with 0 then. Zeroes stand for none. */
static enum image_error run_catalog(struct parser *parser, const struct command *command, char *rest)
{
	char *word = next_word(&rest), name[SHOWN_MAX];
	size_t len = strspn(word, "0123456789");

	(void)command;
	if (word[len] || (len && len != VCD_MCN_LEN && len != VCD_MCN_LEN - 1))
		return fail(parser, "\"%s\" is not a catalogue number, which has %d digits; correct or remove it",
			    shown(name, word), VCD_MCN_LEN);
	if (strspn(word, "0") == len)
		return IMAGE_OK;
	memset(parser->sheet->mcn, '0', VCD_MCN_LEN);
	memcpy(parser->sheet->mcn + VCD_MCN_LEN - len, word, len);
	return IMAGE_OK;
}

static enum image_error run_text(struct parser *parser, const struct command *command, char *rest)
{
	const struct cue_track *track = this_track(parser);

	if (cdtext_set(parser->sheet->text, track ? track->number : 0, command->type, whole_text(rest)))
		return IMAGE_OK;
	return no_memory(parser);
}

static enum image_error run_cdtextfile(struct parser *parser, const struct command *command, char *rest)
{
	char *name = whole_text(rest);

	(void)command;
	if (!*name)
		return fail(parser, "the name of the file is empty");
	free(parser->sheet->cdtext_file);
	parser->sheet->cdtext_line = parser->line;
	parser->sheet->cdtext_file = strdup(name);
	return parser->sheet->cdtext_file ? IMAGE_OK : no_memory(parser);
}

/* A remark, but for one that has become usual: REM SESSION. How long lead-outs and lead-ins are is known without. */
static enum image_error run_rem(struct parser *parser, const struct command *command, char *rest)
{
	char *word = next_word(&rest), *number = next_word(&rest);
	const struct cue_track *track = this_track(parser);
	unsigned int session, last = track ? track->session : 0;

	(void)command;
	if (strcasecmp(word, "SESSION") || !parse_number(number, 2, &session))
		return IMAGE_OK;
	if (session != last + 1 && session != last)
		return fail(parser, "session %u follows session %u", session, last);
	if (session)
		parser->session = (uint8_t)session;
	return IMAGE_OK;
}

static const struct command commands[] = {
	{ .word = "REM", .run = run_rem },
	{ .word = "FILE", .run = run_file },
	{ .word = "TRACK", .run = run_track },
	{ .word = "INDEX", .run = run_index },
	{ .word = "PREGAP", .run = run_pregap },
	{ .word = "POSTGAP", .run = run_postgap },
	{ .word = "FLAGS", .run = run_flags },
	{ .word = "ISRC", .run = run_isrc },
	{ .word = "CATALOG", .run = run_catalog },
	{ .word = "CDTEXTFILE", .run = run_cdtextfile },
	{ .word = "TITLE", .run = run_text, .type = CDTEXT_TITLE },
	{ .word = "PERFORMER", .run = run_text, .type = CDTEXT_PERFORMER },
	{ .word = "SONGWRITER", .run = run_text, .type = CDTEXT_SONGWRITER },
	{ .word = "COMPOSER", .run = run_text, .type = CDTEXT_COMPOSER },
	{ .word = "ARRANGER", .run = run_text, .type = CDTEXT_ARRANGER },
	{ .word = "MESSAGE", .run = run_text, .type = CDTEXT_MESSAGE },
};

static const struct command *find_command(const char *word)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcasecmp(word, commands[i].word))
			return &commands[i];
	return NULL;
}

static enum image_error parse_line(struct parser *parser, char *line)
{
	char *word, name[SHOWN_MAX];
	const struct command *command;

	if (!*line || *line == ';')
		return IMAGE_OK;
	word = next_word(&line);
	command = find_command(word);
	if (!command)
		return fail(parser, "\"%s\" is no command of a CUE sheet", shown(name, word));
	return command->run(parser, command, line + strspn(line, " \t"));
}

static enum image_error parse(struct image *image, struct textfile *text, struct cue_sheet *sheet)
{
	struct parser parser = { .image = image, .sheet = sheet, .session = 1, .last_index = -1 };
	enum image_error error = IMAGE_OK;
	char *line;

	while (!error && (line = textfile_line(text))) {
		parser.line = text->line;
		error = parse_line(&parser, line);
	}
	if (!error)
		error = check_track(&parser);
	if (!error)
		error = check_file(&parser);
	if (!error && !sheet->track_count)
		error = image_fail(image, IMAGE_NOT_AN_IMAGE, "is a CUE sheet without a TRACK");
	return error;
}

static void free_sheet(struct cue_sheet *sheet)
{
	uint32_t i;

	for (i = 0; i < sheet->file_count; i++)
		free(sheet->files[i].name);
	free(sheet->cdtext_file);
	free(sheet->marks);
	cdtext_free(sheet->text);
	free(sheet);
}

static enum image_error cue_open(struct image *image)
{
	struct cue_sheet *sheet = calloc(1, sizeof(*sheet));
	struct textfile text = { 0 };
	enum image_error error;

	if (!sheet)
		return image_fail(image, IMAGE_NO_MEMORY, "no memory");
	sheet->text = cdtext_new();
	if (sheet->text)
		error = textfile_read(image, &text);
	else
		error = image_fail(image, IMAGE_NO_MEMORY, "no memory");
	if (!error)
		error = parse(image, &text, sheet);
	sheet->legacy = text.legacy;
	if (!error)
		error = cue_make_disc(image, sheet);
	textfile_free(&text);
	free_sheet(sheet);
	return error;
}

/* A sheet is text in which no line before FILE, TRACK and INDEX have been seen is anything but a command of a sheet. */
static bool cue_probe(const struct image *image, const struct reader *reader)
{
	static const char *const needed[] = { "FILE", "TRACK", "INDEX" };
	unsigned int seen = 0, all = (1U << ARRAY_SIZE(needed)) - 1;
	struct textfile text;
	char *line;

	(void)image;
	if (!textfile_read_head(reader, &text))
		return false;
	while (seen != all && (line = textfile_line(&text))) {
		char *word = next_word(&line);
		size_t i;

		if (*word && *word != ';' && !find_command(word))
			break;
		for (i = 0; i < ARRAY_SIZE(needed); i++)
			if (!strcasecmp(word, needed[i]))
				seen |= 1U << i;
	}
	textfile_free(&text);
	return seen == all;
}

const struct image_format cue_format = {
	.name = "cue",
	.title = "CUE sheet",
	.suffix = ".cue",
	.is_other = image_is_no_text,
	.probe = cue_probe,
	.open = cue_open,
};
