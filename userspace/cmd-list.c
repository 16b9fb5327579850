// SPDX-License-Identifier: GPL-2.0-only
/* vcdctl list */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libsmartcols.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "array.h"
#include "content.h"
#include "drive.h"
#include "image.h"
#include "module.h"
#include "settle.h"
#include "vcdctl.h"

/**
 * struct list_options - the command line
 * @bytes: print sizes in bytes
 * @json: print JSON
 * @raw: print without alignment
 * @no_headings: print no heading
 * @columns: numbers of the columns to print
 * @column_count: how many
 */
struct list_options {
	bool bytes;
	bool json;
	bool raw;
	bool no_headings;
	size_t columns[64];
	size_t column_count;
};

/* What a column says about a drive; a string to be freed, or NULL for an empty cell. */
typedef char *(*column_fn)(const struct vcd_drive *drive, const struct list_options *options);

__attribute__((format(printf, 1, 2)))
static char *text(const char *format, ...)
{
	va_list args;
	char *str;

	va_start(args, format);
	if (vasprintf(&str, format, args) < 0)
		str = NULL;
	va_end(args);
	return str;
}

static bool has_state(const struct vcd_drive *drive, uint32_t bit)
{
	return drive->status.state & bit;
}

static char *flag(const struct vcd_drive *drive, uint32_t bit)
{
	return text("%d", has_state(drive, bit));
}

static char *column_name(const struct vcd_drive *drive, const struct list_options *options)
{
	(void)options;
	return text("vcd%d", drive->status.index);
}

static char *column_path(const struct vcd_drive *drive, const struct list_options *options)
{
	(void)options;
	return text("/dev/vcd%d", drive->status.index);
}

static char *column_index(const struct vcd_drive *drive, const struct list_options *options)
{
	(void)options;
	return text("%d", drive->status.index);
}

static char *column_device(const struct vcd_drive *drive, const struct list_options *options)
{
	(void)options;
	return text("%u:%u", drive->status.major, drive->status.minor);
}

/* One word for where the disc is, and what else keeps the drive from being used. */
static char *column_state(const struct vcd_drive *drive, const struct list_options *options)
{
	const char *word = "empty";

	(void)options;
	if (has_state(drive, VCD_STATE_TRAY_OPEN))
		word = "open";
	else if (has_state(drive, VCD_STATE_DISC))
		word = "loaded";
	return text("%s%s%s", word, has_state(drive, VCD_STATE_STALE) ? ",stale" : "",
		    has_state(drive, VCD_STATE_DRAINING) ? ",draining" : "");
}

/* Sizes as lsblk prints them: at most one digit behind the point, powers of 1024. */
static char *human_size(uint64_t bytes)
{
	static const char units[] = "BKMGTP";
	uint64_t whole = bytes, tenths;
	int unit = 0;

	while (whole >= 1024 && unit < 5) {
		whole /= 1024;
		unit++;
	}
	tenths = unit ? (bytes + (1ULL << 10 * unit) / 20) * 10 / (1ULL << 10 * unit) : whole * 10;
	if (tenths % 10)
		return text("%" PRIu64 ".%" PRIu64 "%c", tenths / 10, tenths % 10, units[unit]);
	return text("%" PRIu64 "%c", tenths / 10, units[unit]);
}

static char *column_size(const struct vcd_drive *drive, const struct list_options *options)
{
	uint64_t bytes = (uint64_t)drive->status.sectors * SECTOR_SIZE;

	if (!has_state(drive, VCD_STATE_DISC))
		return NULL;
	return options->bytes ? text("%" PRIu64, bytes) : human_size(bytes);
}

static char *column_sectors(const struct vcd_drive *drive, const struct list_options *options)
{
	(void)options;
	return has_state(drive, VCD_STATE_DISC) ? text("%u", drive->status.sectors) : NULL;
}

static char *column_profile(const struct vcd_drive *drive, const struct list_options *options)
{
	(void)options;
	return has_state(drive, VCD_STATE_DISC) ? text("%s", profile_name(drive->status.profile)) : NULL;
}

static char *column_speed(const struct vcd_drive *drive, const struct list_options *options)
{
	char speed[SPEED_NAME_MAX];

	(void)options;
	if (!drive->status.read_speed)
		return NULL;
	return text("%s", speed_name(speed, drive->status.read_speed, drive->status.profile));
}

static char *column_cache(const struct vcd_drive *drive, const struct list_options *options)
{
	(void)options;
	return has_state(drive, VCD_STATE_DISC) ? text("%s", cache_name(drive->status.cache)) : NULL;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : -1;
}

/* udev writes blanks and what could be taken for something else as \xHH. What would steer a terminal stays so. */
static void decode_label(char *label)
{
	char *from = label, *to = label;

	while (*from) {
		int high = from[0] == '\\' && from[1] == 'x' ? hex_digit(from[2]) : -1;
		int low = high >= 0 ? hex_digit(from[3]) : -1, c = high << 4 | low;

		if (low >= 0 && c >= ' ' && c < 0x7F) {
			*to++ = (char)c;
			from += 4;
		} else {
			*to++ = *from++;
		}
	}
	*to = '\0';
}

/* The label that udev has read. Opening the drive here would get in the way of those who take the disc out. */
static char *label_from_udev(const struct vcd_status *status)
{
	static const char key[] = "E:ID_FS_LABEL_ENC=";
	char path[64], line[1024];
	char *label = NULL;
	FILE *file;

	snprintf(path, sizeof(path), "/run/udev/data/b%u:%u", status->major, status->minor);
	file = fopen(path, "re");
	if (!file)
		return NULL;
	while (!label && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		if (!strncmp(line, key, sizeof(key) - 1))
			label = text("%s", line + sizeof(key) - 1);
	}
	if (label)
		decode_label(label);
	fclose(file);
	return label;
}

static char *label_from_disc(const struct vcd_status *status)
{
	struct content content;

	if (drive_read_content(status, &content) || !content_label(&content)[0])
		return NULL;
	return text("%s", content_label(&content));
}

static char *column_label(const struct vcd_drive *drive, const struct list_options *options)
{
	static int udev = -1; /* asked once for all drives */

	(void)options;
	if (!has_state(drive, VCD_STATE_DISC) || has_state(drive, VCD_STATE_TRAY_OPEN))
		return NULL;
	if (udev < 0)
		udev = udev_runs();
	if (udev)
		return label_from_udev(&drive->status);
	return label_from_disc(&drive->status);
}

static char *column_lock(const struct vcd_drive *drive, const struct list_options *options)
{
	bool locked = has_state(drive, VCD_STATE_LOCKED), exclusive = has_state(drive, VCD_STATE_EXCLUSIVE);

	(void)options;
	if (!locked && !exclusive)
		return NULL;
	return text("%s%s%s", locked ? "locked" : "", locked && exclusive ? "," : "", exclusive ? "mounted" : "");
}

static char *column_user(const struct vcd_drive *drive, const struct list_options *options)
{
	(void)options;
	return has_state(drive, VCD_STATE_DISC) ? text("%s", user_name(drive->status.disc_uid)) : NULL;
}

static char *column_owner(const struct vcd_drive *drive, const struct list_options *options)
{
	(void)options;
	return text("%s", user_name(drive->status.drive_uid));
}

static char *column_image(const struct vcd_drive *drive, const struct list_options *options)
{
	(void)options;
	return has_state(drive, VCD_STATE_DISC) ? text("%s", drive->name) : NULL;
}

static char *column_openers(const struct vcd_drive *drive, const struct list_options *options)
{
	(void)options;
	return text("%u", drive->status.openers);
}

static char *column_tracks(const struct vcd_drive *drive, const struct list_options *options)
{
	(void)options;
	return text("%u", drive->status.tracks);
}

static char *column_sessions(const struct vcd_drive *drive, const struct list_options *options)
{
	(void)options;
	return text("%u", drive->status.sessions);
}

static char *column_files(const struct vcd_drive *drive, const struct list_options *options)
{
	(void)options;
	return text("%u", drive->status.files);
}

static char *column_generation(const struct vcd_drive *drive, const struct list_options *options)
{
	(void)options;
	return text("%" PRIu64, (uint64_t)drive->status.generation);
}

static char *column_disc(const struct vcd_drive *drive, const struct list_options *options)
{
	(void)options;
	return flag(drive, VCD_STATE_DISC);
}

static char *column_open(const struct vcd_drive *drive, const struct list_options *options)
{
	(void)options;
	return flag(drive, VCD_STATE_TRAY_OPEN);
}

static char *column_locked(const struct vcd_drive *drive, const struct list_options *options)
{
	(void)options;
	return flag(drive, VCD_STATE_LOCKED);
}

static char *column_exclusive(const struct vcd_drive *drive, const struct list_options *options)
{
	(void)options;
	return flag(drive, VCD_STATE_EXCLUSIVE);
}

static char *column_stale(const struct vcd_drive *drive, const struct list_options *options)
{
	(void)options;
	return flag(drive, VCD_STATE_STALE);
}

static char *column_draining(const struct vcd_drive *drive, const struct list_options *options)
{
	(void)options;
	return flag(drive, VCD_STATE_DRAINING);
}

/**
 * struct column - a column of the table
 * @name: its heading, and its key in JSON in lower case
 * @fn: what stands in it
 * @flags: for libsmartcols
 * @json: its type in JSON
 * @is_default: it is printed if nothing else is asked for
 * @help: what it says
 */
static const struct column {
	const char *name;
	column_fn fn;
	int flags;
	int json;
	bool is_default;
	const char *help;
} columns[] = {
	{ "NAME",	column_name,	0,		SCOLS_JSON_STRING,	true,	"name of the drive" },
	{ "PATH",	column_path,	0,		SCOLS_JSON_STRING,	false,	"its node" },
	{ "INDEX",	column_index,	SCOLS_FL_RIGHT,	SCOLS_JSON_NUMBER,	false,	"its number" },
	{ "MAJ:MIN",	column_device,	0,		SCOLS_JSON_STRING,	false,	"its device number" },
	{ "STATE",	column_state,	0,		SCOLS_JSON_STRING,	true,
	  "empty, loaded or open (the tray), and whether the disc is stale or still draining" },
	{ "SIZE",	column_size,	SCOLS_FL_RIGHT,	SCOLS_JSON_STRING,	true,	"size of the disc" },
	{ "SECTORS",	column_sectors,	SCOLS_FL_RIGHT,	SCOLS_JSON_NUMBER,	false,	"size of the disc in sectors" },
	{ "PROFILE",	column_profile,	0,		SCOLS_JSON_STRING,	true,	"kind of disc" },
	{ "SPEED",	column_speed,	SCOLS_FL_RIGHT,	SCOLS_JSON_STRING,	false,
	  "limit of the read speed, in times the single speed of such a disc" },
	{ "CACHE",	column_cache,	0,		SCOLS_JSON_STRING,	false,
	  "how the image is cached: auto, page or none" },
	{ "LABEL",	column_label,	0,		SCOLS_JSON_STRING,	true,	"label of the file system" },
	{ "LOCK",	column_lock,	0,		SCOLS_JSON_STRING,	true,
	  "what keeps the disc in: the tray is locked, the disc is mounted or open exclusively" },
	{ "USER",	column_user,	0,		SCOLS_JSON_STRING,	true,	"who attached the disc" },
	{ "OWNER",	column_owner,	0,		SCOLS_JSON_STRING,	false,	"who made the drive" },
	{ "OPENERS",	column_openers,	SCOLS_FL_RIGHT,	SCOLS_JSON_NUMBER,	false,
	  "how many times the node is open" },
	{ "TRACKS",	column_tracks,	SCOLS_FL_RIGHT,	SCOLS_JSON_NUMBER,	false,	"number of tracks" },
	{ "SESSIONS",	column_sessions, SCOLS_FL_RIGHT, SCOLS_JSON_NUMBER,	false,	"number of sessions" },
	{ "FILES",	column_files,	SCOLS_FL_RIGHT,	SCOLS_JSON_NUMBER,	false,	"number of image files" },
	{ "GENERATION",	column_generation, SCOLS_FL_RIGHT, SCOLS_JSON_NUMBER,	false,
	  "number of the disc in this drive" },
	{ "DISC",	column_disc,	SCOLS_FL_RIGHT,	SCOLS_JSON_BOOLEAN,	false,	"there is a disc" },
	{ "OPEN",	column_open,	SCOLS_FL_RIGHT,	SCOLS_JSON_BOOLEAN,	false,	"the tray is open" },
	{ "LOCKED",	column_locked,	SCOLS_FL_RIGHT,	SCOLS_JSON_BOOLEAN,	false,	"the tray is locked" },
	{ "EXCLUSIVE",	column_exclusive, SCOLS_FL_RIGHT, SCOLS_JSON_BOOLEAN,	false,	"mounted or open exclusively" },
	{ "STALE",	column_stale,	SCOLS_FL_RIGHT,	SCOLS_JSON_BOOLEAN,	false,
	  "somebody still holds a disc that was taken out by force" },
	{ "DRAINING",	column_draining, SCOLS_FL_RIGHT, SCOLS_JSON_BOOLEAN,	false,
	  "reads of a disc that was taken out have not returned yet" },
	{ "IMAGE",	column_image,	0,		SCOLS_JSON_STRING,	true,	"the image as it was named" },
};

#define COLUMNS	(ARRAY_SIZE(columns))

static bool find_column(const char *name, size_t len, size_t *number)
{
	for (*number = 0; *number < COLUMNS; (*number)++)
		if (strlen(columns[*number].name) == len && !strncasecmp(columns[*number].name, name, len))
			return true;
	return false;
}

static void default_columns(struct list_options *options)
{
	size_t i;

	options->column_count = 0;
	for (i = 0; i < COLUMNS; i++)
		if (columns[i].is_default)
			options->columns[options->column_count++] = i;
}

static void all_columns(struct list_options *options)
{
	for (options->column_count = 0; options->column_count < COLUMNS; options->column_count++)
		options->columns[options->column_count] = options->column_count;
}

/* Read "NAME,SIZE" or "+PATH"; false when a column is not known or there are too many. */
static bool read_columns(struct list_options *options, const char *list)
{
	if (list[0] == '+') {
		default_columns(options);
		list++;
	} else {
		options->column_count = 0;
	}
	for (;;) {
		size_t len = strcspn(list, ",");
		size_t max = ARRAY_SIZE(options->columns);

		if (options->column_count == max)
			return false;
		if (!find_column(list, len, &options->columns[options->column_count]))
			return false;
		options->column_count++;
		if (!list[len])
			return true;
		list += len + 1;
	}
}

static struct libscols_table *new_table(const struct list_options *options)
{
	struct libscols_table *table = scols_new_table();
	size_t i;

	if (!table)
		return NULL;
	scols_table_enable_json(table, options->json);
	scols_table_enable_raw(table, options->raw);
	scols_table_enable_noheadings(table, options->no_headings);
	scols_table_set_name(table, "drives");
	for (i = 0; i < options->column_count; i++) {
		const struct column *column = &columns[options->columns[i]];
		char name[32];
		size_t j;
		struct libscols_column *cell;

		for (j = 0; column->name[j]; j++)
			name[j] = (char)(options->json ? tolower((unsigned char)column->name[j]) : column->name[j]);
		name[j] = '\0';
		cell = scols_table_new_column(table, name, 0, column->flags);
		if (!cell) {
			scols_unref_table(table);
			return NULL;
		}
		scols_column_set_json_type(cell, options->bytes && column->fn == column_size ? SCOLS_JSON_NUMBER :
					   column->json);
	}
	return table;
}

static int add_drive(struct libscols_table *table, const struct vcd_drive *drive, const struct list_options *options)
{
	struct libscols_line *line = scols_table_new_line(table, NULL);
	size_t i;

	for (i = 0; line && i < options->column_count; i++) {
		char *str = columns[options->columns[i]].fn(drive, options);

		if (str && scols_line_refer_data(line, i, str)) {
			free(str);
			return -ENOMEM;
		}
	}
	return line ? 0 : -ENOMEM;
}

static enum exit_code fill_table(struct libscols_table *table, int ctl, char **words, int count,
				 const struct list_options *options)
{
	struct request request = { .action = ACTION_STATUS, .ctl = ctl, .index = VCD_ANY };
	enum exit_code code = CODE_OK;
	struct selection selection;
	struct vcd_drive drive;
	size_t i;
	int err;

	if (!count) {
		vcd_for_each_drive(ctl, &drive, err)
			if (add_drive(table, &drive, options))
				return CODE_INTERNAL;
		return err == -ENODEV ? CODE_OK : explain(&request, err);
	}
	code = selection_from_words(&selection, ctl, words, count);
	for (i = 0; i < selection.count; i++) {
		enum exit_code ret = CODE_OK;

		request.index = selection.indices[i];
		err = vcd_status(ctl, request.index, &drive);
		if (err)
			ret = explain(&request, err);
		else if (add_drive(table, &drive, options))
			ret = CODE_INTERNAL;
		if (code == CODE_OK)
			code = ret;
	}
	selection_free(&selection);
	return code;
}

static enum exit_code list_drives(int ctl, char **words, int count, const struct list_options *options)
{
	struct libscols_table *table = new_table(options);
	enum exit_code code;

	if (!table)
		return CODE_INTERNAL;
	code = fill_table(table, ctl, words, count, options);
	if (code == CODE_OK || scols_table_get_nlines(table))
		scols_print_table(table);
	scols_unref_table(table);
	return code;
}

static enum exit_code unknown_column(const struct command *command, const char *list)
{
	size_t i;

	wrong_usage(command, "there is a column in '%s' that is not known", list);
	fprintf(stderr, "The columns are:\n");
	for (i = 0; i < COLUMNS; i++)
		fprintf(stderr, "  %-10s %s\n", columns[i].name, columns[i].help);
	return CODE_USAGE;
}

enum exit_code cmd_list(const struct command *command, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "bytes",	no_argument,		NULL,	'b' },
		{ "json",	no_argument,		NULL,	'J' },
		{ "noheadings",	no_argument,		NULL,	'n' },
		{ "output",	required_argument,	NULL,	'o' },
		{ "output-all",	no_argument,		NULL,	'O' },
		{ "raw",	no_argument,		NULL,	'r' },
		{ "help",	no_argument,		NULL,	'h' },
		{ 0 }
	};
	struct list_options options = { 0 };
	enum exit_code code;
	int option, ctl;

	default_columns(&options);
	while ((option = next_option(command, argc, argv, "bJno:Or", longs, &code)) != -1) {
		switch (option) {
		case OPTION_STOP:
			return code;
		case 'b':
			options.bytes = true;
			break;
		case 'J':
			options.json = true;
			break;
		case 'n':
			options.no_headings = true;
			break;
		case 'o':
			if (!read_columns(&options, optarg))
				return unknown_column(command, optarg);
			break;
		case 'O':
			all_columns(&options);
			break;
		case 'r':
			options.raw = true;
			break;
		}
	}
	if (options.json && options.raw)
		return wrong_usage(command, "--json and --raw exclude each other");
	ctl = control_open(&code);
	if (ctl < 0)
		return code;
	code = list_drives(ctl, argv + optind, argc - optind, &options);
	close(ctl);
	return code;
}
