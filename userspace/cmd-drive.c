// SPDX-License-Identifier: GPL-2.0-only
/* vcdctl create, remove, detach, eject, close */
#include <errno.h>
#include <json-c/json.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "drive.h"
#include "module.h"
#include "report.h"
#include "settle.h"
#include "vcdctl.h"

/**
 * struct drive_options - the command line
 * @all: every drive
 * @force: whoever uses it
 * @button: press the button instead of moving the tray
 */
struct drive_options {
	bool all;
	bool force;
	bool button;
};

/* Returns false when the command is to end at once, with @code. */
static bool read_options(const struct command *command, int argc, char **argv, const char *shorts,
			 const struct option *longs, struct drive_options *options, enum exit_code *code)
{
	int option;

	*options = (struct drive_options){ 0 };
	while ((option = next_option(command, argc, argv, shorts, longs, code)) != -1) {
		switch (option) {
		case OPTION_STOP:
			return false;
		case 'a':
			options->all = true;
			break;
		case 'f':
			options->force = true;
			break;
		case 'b':
			options->button = true;
			break;
		}
	}
	*code = CODE_USAGE;
	if (options->all && optind < argc)
		wrong_usage(command, "--all and a drive exclude each other");
	else if (!options->all && optind == argc)
		wrong_usage(command, "no drive given");
	else if (options->force && options->button)
		wrong_usage(command, "--force and --button exclude each other");
	else
		return true;
	return false;
}

static bool is_mine(uid_t uid)
{
	return !geteuid() || geteuid() == uid;
}

static bool holds_disc_of_mine(const struct vcd_drive *drive)
{
	return drive->status.state & VCD_STATE_DISC && is_mine(drive->status.disc_uid);
}

static bool is_drive_of_mine(const struct vcd_drive *drive)
{
	return is_mine(drive->status.drive_uid);
}

/* Open the control device, choose the drives, do it. @wanted is NULL for commands without --all. */
static enum exit_code run_on_drives(struct request *request, bool (*wanted)(const struct vcd_drive *drive),
				    char **words, int count)
{
	struct selection selection;
	enum exit_code code, ret;

	request->ctl = control_open(&code);
	if (request->ctl < 0)
		return code;
	if (wanted)
		code = selection_of_all(&selection, request->ctl, wanted);
	else
		code = selection_from_words(&selection, request->ctl, words, count);
	ret = drive_run_each(request, &selection);
	if (code == CODE_OK)
		code = ret;
	selection_free(&selection);
	close(request->ctl);
	return code;
}

static int run_detach(const struct request *request)
{
	return vcd_detach(request->ctl, request->index, request->flags, 0);
}

static int run_remove(const struct request *request)
{
	return vcd_remove(request->ctl, request->index, request->flags);
}

static int run_open(const struct request *request)
{
	return vcd_tray(request->ctl, request->index, VCD_TRAY_OPEN, request->flags);
}

/* A disc that is loaded by this is as good as one that is attached. */
static int run_close(const struct request *request)
{
	struct settle settle;
	int err;

	settle_begin(&settle);
	err = vcd_tray(request->ctl, request->index, VCD_TRAY_CLOSE, 0);
	if (!err)
		settle_wait(&settle, request->ctl, request->index);
	settle_end(&settle);
	return err;
}

static int run_button(const struct request *request)
{
	return vcd_tray(request->ctl, request->index, VCD_TRAY_BUTTON, 0);
}

static const struct option all_force_options[] = {
	{ "all",	no_argument,	NULL,	'a' },
	{ "force",	no_argument,	NULL,	'f' },
	{ "help",	no_argument,	NULL,	'h' },
	{ 0 }
};

enum exit_code cmd_detach(const struct command *command, int argc, char **argv)
{
	struct request request = { .action = ACTION_DETACH, .run = run_detach };
	struct drive_options options;
	enum exit_code code;

	if (!read_options(command, argc, argv, "af", all_force_options, &options, &code))
		return code;
	request.flags = options.force ? VCD_DETACH_FORCE : 0;
	return run_on_drives(&request, options.all ? holds_disc_of_mine : NULL, argv + optind, argc - optind);
}

enum exit_code cmd_remove(const struct command *command, int argc, char **argv)
{
	struct request request = { .action = ACTION_REMOVE, .run = run_remove };
	struct drive_options options;
	enum exit_code code;

	if (!read_options(command, argc, argv, "af", all_force_options, &options, &code))
		return code;
	request.flags = options.force ? VCD_REMOVE_FORCE : 0;
	return run_on_drives(&request, options.all ? is_drive_of_mine : NULL, argv + optind, argc - optind);
}

enum exit_code cmd_eject(const struct command *command, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "button",	no_argument,	NULL,	'b' },
		{ "force",	no_argument,	NULL,	'f' },
		{ "help",	no_argument,	NULL,	'h' },
		{ 0 }
	};
	struct request request = { .action = ACTION_OPEN, .run = run_open };
	struct drive_options options;
	enum exit_code code;

	if (!read_options(command, argc, argv, "bf", longs, &options, &code))
		return code;
	if (options.button) {
		request.action = ACTION_BUTTON;
		request.run = run_button;
	}
	request.flags = options.force ? VCD_TRAY_FORCE : 0;
	return run_on_drives(&request, NULL, argv + optind, argc - optind);
}

enum exit_code cmd_close(const struct command *command, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "help",	no_argument,	NULL,	'h' },
		{ 0 }
	};
	struct request request = { .action = ACTION_CLOSE, .run = run_close };
	struct drive_options options;
	enum exit_code code;

	if (!read_options(command, argc, argv, "", longs, &options, &code))
		return code;
	return run_on_drives(&request, NULL, argv + optind, argc - optind);
}

/**
 * struct create_options - the command line
 * @first: the first number, or VCD_ANY
 * @count: how many
 * @json: print JSON
 * @identity: how the drives are to introduce themselves
 */
struct create_options {
	int first;
	int count;
	bool json;
	struct vcd_create identity;
};

/* A text of the drive's identity, as long as @size at most. */
static bool take_text(char *field, size_t size, const char *word)
{
	size_t length = strlen(word), i;

	if (!length || length > size)
		return false;
	for (i = 0; i < length; i++)
		if (word[i] < ' ' || word[i] > '~')
			return false;
	memcpy(field, word, length);
	return true;
}

/* Takes an option that sets a text. Returns what is wrong with it, or NULL. */
static const char *take_identity(struct vcd_create *identity, int option, const char *word)
{
	switch (option) {
	case 'V':
		return take_text(identity->vendor, sizeof(identity->vendor), word) ? NULL :
		       "a vendor is 1 to 8 printable ASCII characters";
	case 'P':
		return take_text(identity->product, sizeof(identity->product), word) ? NULL :
		       "a product is 1 to 16 printable ASCII characters";
	case 'R':
		return take_text(identity->revision, sizeof(identity->revision), word) ? NULL :
		       "a revision is 1 to 4 printable ASCII characters";
	case 'S':
		return take_text(identity->serial, sizeof(identity->serial), word) ? NULL :
		       "a serial number is 1 to 20 printable ASCII characters";
	default:
		return NULL;
	}
}

static bool parse_number(const char *word, int least, int *number)
{
	char *end;
	long value;

	errno = 0;
	value = strtol(word, &end, 10);
	if (end == word || *end || errno || value < least || value > INT_MAX / 2)
		return false;
	*number = (int)value;
	return true;
}

static int run_create(const struct request *request)
{
	return vcd_create(request->ctl, request->index, request->arg);
}

static void report_node(struct json_object *array, const struct vcd_create *create)
{
	struct json_object *object;
	char node[DRIVE_NODE_MAX];

	drive_node(node, create->index);
	if (!array) {
		printf("%s\n", node);
		return;
	}
	object = json_object_new_object();
	json_object_object_add(object, "node", json_object_new_string(node));
	json_object_object_add(object, "index", json_object_new_int(create->index));
	json_object_array_add(array, object);
}

static enum exit_code create_drives(int ctl, const struct create_options *options)
{
	struct json_object *array = options->json ? json_object_new_array() : NULL;
	struct request request = { .action = ACTION_CREATE, .ctl = ctl, .run = run_create };
	enum exit_code code = CODE_OK;
	struct vcd_create create;
	int i;

	request.arg = &create;
	for (i = 0; i < options->count && code == CODE_OK; i++) {
		create = options->identity;
		request.index = options->first == VCD_ANY ? VCD_ANY : options->first + i;
		code = drive_run(&request);
		if (code == CODE_OK)
			report_node(array, &create);
	}
	report_json(array);
	return code;
}

enum exit_code cmd_create(const struct command *command, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "count",	required_argument,	NULL,	'c' },
		{ "json",	no_argument,		NULL,	'J' },
		{ "vendor",	required_argument,	NULL,	'V' },
		{ "product",	required_argument,	NULL,	'P' },
		{ "revision",	required_argument,	NULL,	'R' },
		{ "serial",	required_argument,	NULL,	'S' },
		{ "help",	no_argument,		NULL,	'h' },
		{ 0 }
	};
	struct create_options options = { .first = VCD_ANY, .count = 1 };
	enum exit_code code;
	const char *wrong;
	int option, ctl;

	while ((option = next_option(command, argc, argv, "c:J", longs, &code)) != -1) {
		if (option == OPTION_STOP)
			return code;
		if (option == 'J')
			options.json = true;
		if (option == 'c' && !parse_number(optarg, 1, &options.count))
			return wrong_usage(command, "'%s' is not a number of drives", optarg);
		wrong = take_identity(&options.identity, option, optarg);
		if (wrong)
			return wrong_usage(command, "'%s': %s", optarg, wrong);
	}
	if (options.count > 1 && options.identity.serial[0])
		return wrong_usage(command, "--serial is for one drive: each needs a serial number of its own");
	if (argc - optind > 1)
		return wrong_usage(command, "one number at most");
	if (optind < argc && !parse_number(argv[optind], 0, &options.first))
		return wrong_usage(command, "'%s' is not the number of a drive", argv[optind]);
	ctl = control_open(&code);
	if (ctl < 0)
		return code;
	code = create_drives(ctl, &options);
	close(ctl);
	return code;
}
