// SPDX-License-Identifier: GPL-2.0
/*
 * Reading golden vectors. See vectors/README for the format.
 */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vector.h"

struct vec_file {
	FILE *stream;
	const char *path;
	const struct vec_identity *id;
	int line;
	struct vector given;
	char text[16384];
	bool pending;	/* text holds a "vector" line that belongs to the next vector */
};

static void die(const struct vec_file *file, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "%s:%d: ", file->path, file->line);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(2);
}

static unsigned long number(const struct vec_file *file, const char *text, int base, unsigned long max)
{
	char *end;
	unsigned long value;

	errno = 0;
	value = strtoul(text, &end, base);
	if (errno || end == text || *end || value > max)
		die(file, "bad number '%s'", text);
	return value;
}

/* The next word at *@at, NULL at the end. A word in double quotes keeps its spaces and the opening quote. */
static char *word(const struct vec_file *file, char **at)
{
	char *begin;

	while (isspace((unsigned char)**at))
		++*at;
	if (!**at)
		return NULL;
	begin = *at;
	if (*begin == '"') {
		char *end = strchr(begin + 1, '"');

		if (!end)
			die(file, "quote without end");
		*end = 0;
		*at = end + 1;
		return begin;
	}
	while (**at && !isspace((unsigned char)**at))
		++*at;
	if (**at)
		*(*at)++ = 0;
	return begin;
}

/* If @text begins with @key and "=", what follows. */
static const char *value_of(const char *text, const char *key)
{
	size_t len = strlen(key);

	return !strncmp(text, key, len) && text[len] == '=' ? text + len + 1 : NULL;
}

static void parse_disc(struct vec_file *file, struct vec_disc *disc, char *at)
{
	char *kind = word(file, &at);
	char *item;

	memset(disc, 0, sizeof(*disc));
	if (!kind)
		die(file, "disc without a kind");
	if (!strcmp(kind, "none"))
		return;
	if (!strcmp(kind, "cd"))
		disc->kind = VEC_CD;
	else if (!strcmp(kind, "dvd"))
		disc->kind = VEC_DVD;
	else if (!strcmp(kind, "bd"))
		disc->kind = VEC_BD;
	else
		die(file, "unknown kind of disc '%s'", kind);
	item = word(file, &at);
	if (!item)
		die(file, "disc without a length");
	disc->sectors = (uint32_t)number(file, item, 10, UINT32_MAX);
	while ((item = word(file, &at))) {
		const char *value;

		if ((value = value_of(item, "layer0")))
			disc->layer0 = (uint32_t)number(file, value, 10, UINT32_MAX);
		else if ((value = value_of(item, "speed")))
			disc->speed = (uint32_t)number(file, value, 10, UINT32_MAX);
		else if (!strcmp(item, "stored-subchannels"))
			disc->stored_subchannels = true;
		else
			die(file, "unknown property of a disc '%s'", item);
	}
	disc->nr_tracks = 1;
	disc->tracks[0] = (struct vec_track){ .number = 1, .session = 1, .control = 4, .mode = VEC_MODE1 };
}

/* The end of a track: :control, "xa". The sign that begins it is cut off from what is before. */
static void parse_control(const struct vec_file *file, struct vec_track *track, char *control)
{
	size_t len;

	if (control) {
		*control++ = 0;
		len = strlen(control);
		track->mode = VEC_MODE1;
		if (len > 2 && !strcmp(control + len - 2, "xa")) {
			track->mode = VEC_MODE2;
			control[len - 2] = 0;
		}
		track->control = (unsigned int)number(file, control, 16, 15);
	}
	if (!(track->control & 4) && track->mode == VEC_MODE2)
		die(file, "an audio track can't be XA");
	if (!(track->control & 4))
		track->mode = VEC_AUDIO;
}

/*
 * Tracks as number@LBA, with -pregap if they have one, and with /session and :control where they are not those of the
 * track before.
 */
static void parse_tracks(struct vec_file *file, struct vec_disc *disc, char *at)
{
	struct vec_track track = { .session = 1, .control = 4, .mode = VEC_MODE1 };
	char *item;

	disc->nr_tracks = 0;
	while ((item = word(file, &at))) {
		char *control = strchr(item, ':');
		char *session = strchr(item, '/');
		char *lba = strchr(item, '@');
		char *pregap = strchr(item, '-');

		if (disc->nr_tracks == VEC_TRACKS || !lba)
			die(file, "bad track '%s'", item);
		parse_control(file, &track, control);
		if (session) {
			*session = 0;
			track.session = (unsigned int)number(file, session + 1, 10, 99);
		}
		track.pregap = 0;
		if (pregap) {
			*pregap = 0;
			track.pregap = (uint32_t)number(file, pregap + 1, 10, UINT32_MAX);
		}
		*lba = 0;
		track.lba = (uint32_t)number(file, lba + 1, 10, UINT32_MAX);
		track.number = (unsigned int)number(file, item, 10, 99);
		disc->tracks[disc->nr_tracks++] = track;
	}
}

static void parse_isrc(struct vec_file *file, struct vec_disc *disc, char *at)
{
	char *item = word(file, &at);
	char *code = word(file, &at);
	unsigned long wanted = item ? number(file, item, 10, 99) : 0;
	unsigned int i;

	for (i = 0; i < disc->nr_tracks && disc->tracks[i].number != wanted; i++)
		;
	if (i == disc->nr_tracks || !code || strlen(code) != VEC_ISRC)
		die(file, "bad ISRC");
	memcpy(disc->tracks[i].isrc, code, VEC_ISRC);
}

static void parse_index(struct vec_file *file, struct vec_disc *disc, char *at)
{
	char *item, *lba;
	unsigned int track;

	item = word(file, &at);
	track = item ? (unsigned int)number(file, item, 10, 99) : 0;
	while ((item = word(file, &at))) {
		lba = strchr(item, '@');
		if (!lba || disc->nr_indices == VEC_INDICES)
			die(file, "bad index");
		*lba++ = 0;
		disc->indices[disc->nr_indices++] = (struct vec_index){
			.track = track, .number = (unsigned int)number(file, item, 10, 99),
			.lba = (uint32_t)number(file, lba, 10, UINT32_MAX),
		};
	}
}

static void parse_mcn(struct vec_file *file, struct vec_disc *disc, char *at)
{
	char *code = word(file, &at);

	if (!code || strlen(code) != VEC_MCN)
		die(file, "bad media catalogue number");
	memcpy(disc->mcn, code, VEC_MCN);
}

static void parse_drive(struct vec_file *file, struct vec_drive *drive, char *at)
{
	char *item;

	*drive = (struct vec_drive){ .power = -1, .speed = -1 };
	while ((item = word(file, &at))) {
		const char *value;

		if (!strcmp(item, "open"))
			drive->open = true;
		else if (!strcmp(item, "prevent"))
			drive->prevent = true;
		else if (!strcmp(item, "persistent"))
			drive->persistent = true;
		else if ((value = value_of(item, "power")))
			drive->power = (int)number(file, value, 10, 4);
		else if ((value = value_of(item, "speed")))
			drive->speed = (int)number(file, value, 10, 65535);
		else if (strcmp(item, "closed"))
			die(file, "unknown state of a drive '%s'", item);
	}
}

static void parse_nexus(struct vec_file *file, struct vec_nexus *nexus, char *at)
{
	static const char *const events[] = { NULL, "eject-request", "new", "removal" };
	char *item;

	memset(nexus, 0, sizeof(*nexus));
	while ((item = word(file, &at))) {
		const char *event = value_of(item, "event");
		uint8_t code;

		if (!strcmp(item, "power-on")) {
			nexus->power_on = true;
		} else if (!strcmp(item, "medium")) {
			nexus->medium = true;
		} else if (!strcmp(item, "mode")) {
			nexus->mode = true;
		} else if (!strcmp(item, "features")) {
			nexus->features = true;
		} else if (event) {
			for (code = 1; code < 4 && strcmp(event, events[code]); code++)
				;
			if (code == 4 || nexus->nr_events == VEC_EVENTS)
				die(file, "bad event '%s'", event);
			nexus->events[nexus->nr_events++] = code;
		} else if (strcmp(item, "quiet")) {
			die(file, "unknown state of a nexus '%s'", item);
		}
	}
}

/* Bytes in hexadecimal, count*byte with a decimal count. Return how many. */
static unsigned int parse_bytes(struct vec_file *file, uint8_t *bytes, unsigned int max, char *at)
{
	unsigned int len = 0;
	char *item;

	while ((item = word(file, &at))) {
		char *star = strchr(item, '*');
		unsigned long count = 1;
		uint8_t value;

		if (star) {
			*star = 0;
			count = number(file, item, 10, max);
			item = star + 1;
		}
		value = (uint8_t)number(file, item, 16, 255);
		while (count--) {
			if (len == max)
				die(file, "too many bytes");
			bytes[len++] = value;
		}
	}
	return len;
}

/* Packs of CD-Text, behind those of lines before. */
static void parse_cdtext(struct vec_file *file, struct vec_disc *disc, char *at)
{
	unsigned int room = (VEC_PACKS - disc->nr_packs) * sizeof(disc->packs[0]);
	unsigned int len = parse_bytes(file, disc->packs[disc->nr_packs], room, at);

	if (!len || len % sizeof(disc->packs[0]))
		die(file, "CD-Text is packs of 18 bytes");
	disc->nr_packs += len / sizeof(disc->packs[0]);
}

static void add_byte(struct vec_file *file, struct vec_step *step, enum vec_byte_kind kind, unsigned long value)
{
	if (step->data_len == VEC_DATA)
		die(file, "too much data");
	step->data[step->data_len].kind = (uint8_t)kind;
	step->data[step->data_len++].value = (uint8_t)value;
}

/* A text, padded with spaces to @width if that is not 0. */
static void add_text(struct vec_file *file, struct vec_step *step, const char *text, size_t width)
{
	size_t len = strlen(text);
	size_t i;

	for (i = 0; i < (width ? width : len); i++)
		add_byte(file, step, VEC_EXACT, i < len ? (unsigned char)text[i] : ' ');
}

static void parse_data(struct vec_file *file, struct vec_step *step, char *at)
{
	const struct vec_identity *id = file->id;
	char *item;

	while ((item = word(file, &at))) {
		char *star = strchr(item, '*');
		unsigned long count = 1;
		unsigned long value = 0;
		bool any;

		if (*item == '"') {
			add_text(file, step, item + 1, 0);
			continue;
		}
		if (!strcmp(item, "vendor")) {
			add_text(file, step, id->vendor, 8);
			continue;
		}
		if (!strcmp(item, "product")) {
			add_text(file, step, id->product, 16);
			continue;
		}
		if (!strcmp(item, "revision")) {
			add_text(file, step, id->revision, 4);
			continue;
		}
		if (!strcmp(item, "serial")) {
			add_text(file, step, id->serial, 0);
			continue;
		}
		if (star) {
			*star = 0;
			count = number(file, item, 10, VEC_DATA);
			item = star + 1;
		}
		any = !strcmp(item, "??");
		if (!any)
			value = number(file, item, 16, 255);
		while (count--)
			add_byte(file, step, any ? VEC_ANY : VEC_EXACT, value);
	}
}

/* key/asc/ascq, and "cdb byte.bit", "list byte.bit" or "lba address". */
static void parse_sense(struct vec_file *file, struct vec_step *step, char *at)
{
	char *code = word(file, &at);
	char *item;

	step->check = true;
	if (!code || sscanf(code, "%x/%x/%x", &step->key, &step->asc, &step->ascq) != 3)
		die(file, "bad sense code");
	while ((item = word(file, &at))) {
		char *value = word(file, &at);

		if (!value)
			die(file, "'%s' without a value", item);
		if (!strcmp(item, "lba")) {
			step->has_lba = true;
			step->lba = (uint32_t)number(file, value, 10, UINT32_MAX);
			continue;
		}
		step->field_in_list = !strcmp(item, "list");
		if (!step->field_in_list && strcmp(item, "cdb"))
			die(file, "unknown sense field '%s'", item);
		if (sscanf(value, "%d.%d", &step->field_byte, &step->field_bit) != 2)
			die(file, "bad field pointer '%s'", value);
	}
}

static void parse_plan(struct vec_file *file, struct vec_step *step, char *at)
{
	char *kind = word(file, &at);
	char *lba = word(file, &at);
	char *sectors = word(file, &at);
	char *bytes = word(file, &at);
	char *fields = word(file, &at);
	char *subchannel = word(file, &at);
	char *type = word(file, &at);
	char *blocks = word(file, &at);

	step->plan_bytes = bytes ? (uint32_t)number(file, bytes, 10, UINT32_MAX) : 2048;
	step->plan_fields = fields ? (unsigned int)number(file, fields, 16, 0xFF) : 0x10;
	step->plan_subchannel = subchannel ? (unsigned int)number(file, subchannel, 16, 0xFF) : 0;
	step->plan_type = type ? (unsigned int)number(file, type, 10, 7) : 0;
	step->plan_blocks = !fields || (blocks && !strcmp(blocks, "blocks"));
	if (blocks && !step->plan_blocks)
		die(file, "unknown kind of plan '%s'", blocks);
	if (kind && !strcmp(kind, "open")) {
		step->plan = VEC_PLAN_OPEN;
	} else if (kind && !strcmp(kind, "close")) {
		step->plan = VEC_PLAN_CLOSE;
	} else if (kind && (!strcmp(kind, "read") || !strcmp(kind, "verify") || !strcmp(kind, "compare")) &&
		   lba && sectors) {
		step->plan = *kind == 'r' ? VEC_PLAN_READ : *kind == 'v' ? VEC_PLAN_VERIFY : VEC_PLAN_COMPARE;
		step->plan_lba = (uint32_t)number(file, lba, 10, UINT32_MAX);
		step->plan_sectors = (uint32_t)number(file, sectors, 10, UINT32_MAX);
	} else {
		die(file, "bad plan");
	}
}

static void parse_clock(struct vec_file *file, struct vector *vec, char *at)
{
	char *kind = word(file, &at);

	if (!kind || strcmp(kind, "exact"))
		die(file, "unknown clock");
	vec->exact_clock = true;
}

static void parse_wait(struct vec_file *file, struct vector *vec, char *at)
{
	char *frames = word(file, &at);

	vec->wait = (uint32_t)number(file, frames ? frames : "", 10, UINT32_MAX);
}

static void begin_step(struct vec_file *file, struct vector *vec, char *at)
{
	struct vec_step *step = &vec->steps[vec->nr_steps];

	if (vec->nr_steps == VEC_STEPS)
		die(file, "too many commands");
	vec->nr_steps++;
	memset(step, 0, sizeof(*step));
	step->line = file->line;
	step->room = -1;
	step->field_byte = -1;
	step->field_bit = -1;
	step->wait = vec->wait;
	vec->wait = 0;
	step->cdb_len = parse_bytes(file, step->cdb, VEC_CDB, at);
}

/* A line of a vector that speaks of its last command. */
static void parse_step_line(struct vec_file *file, struct vector *vec, const char *key, char *at)
{
	struct vec_step *step = &vec->steps[vec->nr_steps - 1];
	char *item;

	if (!vec->nr_steps) {
		die(file, "'%s' before the command", key);
	} else if (!strcmp(key, "out")) {
		step->out_len = parse_bytes(file, step->out, VEC_OUT, at);
		step->sent = step->out_len;
	} else if (!strcmp(key, "sent")) {
		item = word(file, &at);
		step->sent = (unsigned int)number(file, item ? item : "", 10, UINT32_MAX);
	} else if (!strcmp(key, "room")) {
		item = word(file, &at);
		step->room = (long)number(file, item ? item : "", 10, VEC_DATA);
	} else if (!strcmp(key, "data")) {
		parse_data(file, step, at);
	} else if (!strcmp(key, "sense")) {
		parse_sense(file, step, at);
	} else if (!strcmp(key, "plan")) {
		parse_plan(file, step, at);
	} else if (!strcmp(key, "others")) {
		item = word(file, &at);
		if (!item || strcmp(item, "mode"))
			die(file, "bad attention");
		step->others_mode = true;
	} else if (!strcmp(key, "after")) {
		step->has_after = true;
		parse_drive(file, &step->after, at);
	} else if (!strcmp(key, "left")) {
		step->has_left = true;
		parse_nexus(file, &step->left, at);
	} else {
		die(file, "unknown key '%s'", key);
	}
}

static void parse_line(struct vec_file *file, struct vector *vec, const char *key, char *at)
{
	if (!strcmp(key, "source"))
		snprintf(vec->source, sizeof(vec->source), "%s", at);
	else if (!strcmp(key, "disc"))
		parse_disc(file, &vec->disc, at);
	else if (!strcmp(key, "tracks"))
		parse_tracks(file, &vec->disc, at);
	else if (!strcmp(key, "isrc"))
		parse_isrc(file, &vec->disc, at);
	else if (!strcmp(key, "index"))
		parse_index(file, &vec->disc, at);
	else if (!strcmp(key, "mcn"))
		parse_mcn(file, &vec->disc, at);
	else if (!strcmp(key, "cdtext"))
		parse_cdtext(file, &vec->disc, at);
	else if (!strcmp(key, "drive"))
		parse_drive(file, &vec->drive, at);
	else if (!strcmp(key, "nexus"))
		parse_nexus(file, &vec->nexus, at);
	else if (!strcmp(key, "clock"))
		parse_clock(file, vec, at);
	else if (!strcmp(key, "wait"))
		parse_wait(file, vec, at);
	else if (!strcmp(key, "cdb"))
		begin_step(file, vec, at);
	else
		parse_step_line(file, vec, key, at);
}

/* Read a line with something on it, cut at "key:". Return false at the end of the file. */
static bool read_line(struct vec_file *file, char **key, char **rest)
{
	char *at, *colon;

	while (file->pending || fgets(file->text, sizeof(file->text), file->stream)) {
		if (!file->pending)
			file->line++;
		file->pending = false;
		file->text[strcspn(file->text, "\n")] = 0;
		at = file->text + strspn(file->text, " \t");
		if (!*at || *at == '#')
			continue;
		colon = strchr(at, ':');
		if (!colon)
			die(file, "no key");
		*colon = 0;
		*key = at;
		*rest = colon + 1 + strspn(colon + 1, " \t");
		return true;
	}
	return false;
}

static void check_vector(struct vec_file *file, const struct vector *vec)
{
	if (!vec->nr_steps)
		die(file, "vector '%s' without a command", vec->name);
	if (vec->wait)
		die(file, "vector '%s' waits for no command", vec->name);
	if (!vec->source[0])
		die(file, "vector '%s' without a source", vec->name);
}

static void reset_given(struct vec_file *file)
{
	memset(&file->given, 0, sizeof(file->given));
	file->given.drive.power = -1;
	file->given.drive.speed = -1;
}

struct vec_file *vec_open(const char *path, const struct vec_identity *id)
{
	struct vec_file *file = calloc(1, sizeof(*file));

	if (!file)
		abort();
	file->path = path;
	file->id = id;
	file->stream = fopen(path, "r");
	if (!file->stream)
		die(file, "%s", strerror(errno));
	reset_given(file);
	return file;
}

bool vec_next(struct vec_file *file, struct vector *vec)
{
	bool in_vector = false;
	char *key, *rest;

	while (read_line(file, &key, &rest)) {
		bool begins = !strcmp(key, "vector") || !strcmp(key, "given");

		if (begins && in_vector) {
			/* Undo the cut: this line is for the next call. */
			key[strlen(key)] = ':';
			file->pending = true;
			break;
		}
		if (!strcmp(key, "given")) {
			reset_given(file);
		} else if (!strcmp(key, "vector")) {
			in_vector = true;
			*vec = file->given;
			vec->line = file->line;
			snprintf(vec->name, sizeof(vec->name), "%s", rest);
		} else {
			parse_line(file, in_vector ? vec : &file->given, key, rest);
		}
	}
	if (in_vector)
		check_vector(file, vec);
	return in_vector;
}

void vec_close(struct vec_file *file)
{
	fclose(file->stream);
	free(file);
}

uint32_t vec_track_sectors(const struct vec_disc *disc, unsigned int i)
{
	return (i + 1 < disc->nr_tracks ? disc->tracks[i + 1].lba : disc->sectors) - disc->tracks[i].lba;
}
