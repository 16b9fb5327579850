// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "text.h"
#include "vcdctl.h"

#define PROGRAM	"vcdctl"

#ifndef VCD_VERSION
#define VCD_VERSION	"unknown"
#endif

#define PASSWORD_OPTION \
	"      --password-file FILE  the first line is the password of an encrypted image (-: standard input)\n"

/* What attach and swap have in common */
#define INSERT_OPTIONS \
	"  -p, --profile KIND   what the disc is: auto, cd, dvd, dvd-dl or bd (auto: by size and content)\n" \
	"  -s, --speed N        read no faster than N times the single speed, as in 8x (default: no limit)\n" \
	"  -c, --cache MODE     keep what was read in the page cache of the image: auto (default), page or none\n" \
	"      --cache-dir DIR  where an image that is packed gets unpacked (default: $TMPDIR or /var/tmp)\n" \
	PASSWORD_OPTION \
	"      --raw            attach whatever is in the file, as plain sectors of 2048 bytes\n" \
	"  -J, --json           print JSON\n"

static const struct command commands[] = {
	{
		.name = "attach",
		.fn = cmd_attach,
		.usage = "[OPTIONS] IMAGE",
		.summary = "put a disc into a drive and print the drive's node",
		.options = "  -d, --drive DRIVE    into this drive; otherwise into the first empty one, made if there "
			   "is none\n"
			   INSERT_OPTIONS,
	},
	{
		.name = "swap",
		.fn = cmd_swap,
		.usage = "[OPTIONS] DRIVE IMAGE",
		.summary = "replace the disc that is in a drive",
		.options =
			"  -f, --force          also while the old disc is mounted or locked: its readers get errors\n"
			INSERT_OPTIONS,
	},
	{
		.name = "detach",
		.fn = cmd_detach,
		.usage = "[OPTIONS] DRIVE...",
		.summary = "take the disc out of a drive",
		.options =
		"  -a, --all            out of every drive that holds a disc of yours; as root, of anybody's\n"
		"  -f, --force          also while it is mounted or locked: its readers get errors\n",
	}, {
		.name = "eject",
		.fn = cmd_eject,
		.usage = "[OPTIONS] DRIVE...",
		.summary = "open the tray; the disc stays in it",
		.options =
		"  -b, --button         press the eject button: moves the tray, or tells those who locked it\n"
		"  -f, --force          also while the disc is mounted or locked: its readers get errors\n",
	}, {
		.name = "close",
		.fn = cmd_close,
		.usage = "DRIVE...",
		.summary = "close the tray; the disc in it is loaded",
		.options = "",
	}, {
		.name = "create",
		.fn = cmd_create,
		.usage = "[OPTIONS] [N]",
		.summary = "make empty drives and print their nodes",
		.options =
		"  -c, --count K        make so many; with N from that number on (default: 1)\n"
		"  -J, --json           print JSON\n"
		"      --vendor TEXT    how the drives introduce themselves: vendor (default: VCD)\n"
		"      --product TEXT   product (default: Virtual BD-ROM)\n"
		"      --revision TEXT  revision (default: that of the module)\n"
		"      --serial TEXT    serial number (default: VCD and the drive's number)\n",
	}, {
		.name = "remove",
		.fn = cmd_remove,
		.usage = "[OPTIONS] DRIVE...",
		.summary = "take drives away",
		.options =
		"  -a, --all            every drive of yours; as root, of anybody's\n"
		"  -f, --force          also with a disc in it or while it is open: its readers get errors\n",
	}, {
		.name = "list",
		.fn = cmd_list,
		.usage = "[OPTIONS] [DRIVE...]",
		.summary = "show the drives",
		.options =
		"  -b, --bytes          print sizes in bytes\n"
		"  -J, --json           print JSON\n"
		"  -n, --noheadings     print no heading\n"
		"  -o, --output COLS    these columns, separated by commas; with a + in front: added to the default\n"
		"  -O, --output-all     all columns\n"
		"  -r, --raw            raw output, columns separated by one space\n",
	}, {
		.name = "info",
		.fn = cmd_info,
		.usage = "[OPTIONS] IMAGE|DRIVE",
		.summary = "show what is on a disc",
		.options =
		"      --cache-dir DIR  where an image that is packed gets unpacked (default: $TMPDIR or /var/tmp)\n"
		PASSWORD_OPTION
		"      --checksum       make checksums of the tracks and of the user data of an image\n"
		"      --raw            also if nothing shows that the file is a disc image\n"
		"  -J, --json           print JSON\n",
	}, {
		.name = "convert",
		.fn = cmd_convert,
		.usage = "[OPTIONS] IMAGE OUT",
		.summary = "make a plain image (OUT.iso) or a cue sheet and its file (OUT.cue, OUT.bin) of an image",
		.options =
		"  -f, --force          replace files that are there\n"
		"  -t, --track N        make an .iso of this track (default: the only one)\n"
		"      --cache-dir DIR  where an image that is packed gets unpacked (default: $TMPDIR or /var/tmp)\n"
		PASSWORD_OPTION
		"      --raw            also if nothing shows that the file is a disc image\n",
	}, {
		.name = "verify",
		.fn = cmd_verify,
		.usage = "[OPTIONS] IMAGE",
		.summary = "check an image against the checksums that there are of it",
		.options = "  -s, --sums FILE      against the checksums in this file\n"
			   "  -d, --dat FILE       against the sizes and checksums in this data file of a database of "
			   "discs (XML)\n"
			   "      --cache-dir DIR  where an image that is packed gets unpacked (default: $TMPDIR or "
			   "/var/tmp)\n"
			   PASSWORD_OPTION
			   "      --raw            also if nothing shows that the file is a disc image\n"
			   "  -J, --json           print JSON\n",
	},
	{
		.name = "dump",
		.fn = cmd_dump,
		.usage = "[OPTIONS] DEVICE OUT",
		.summary = "make an image of the disc in any optical drive and print its name",
		.options =
		"  -f, --force          replace files that are there\n"
		"      --resume         go on with a dump that has sectors missing, also those that could not be read\n"
		"      --retries N      read a bad sector N more times before it is given up (default: 5)\n"
		"      --subchannel     also the sub-channels of a CD, as OUT.sub\n",
	}, {
		.name = "play",
		.fn = cmd_play,
		.usage = "[OPTIONS] DEVICE [TRACK...]",
		.summary = "play the audio of the disc in any optical drive",
		.options =
		"  -D, --device NAME    by this device of ALSA (default: default)\n"
		"  -o, --output FILE    into this WAVE file instead; \"-\": samples only, to standard output\n"
		"  -f, --force          replace a file that is there\n"
		"  -F, --follow         let be heard what a virtual drive plays, until interrupted\n"
		"      --image FILE     then: the disc is this image (default: as it was named where it was attached)\n"
		"      --cache-dir DIR  then: where an image that is packed gets unpacked (default: $TMPDIR or /var/tmp)\n"
		"      --password-file FILE  then: the first line is the password of an encrypted image\n",
	},
};

#define COMMANDS	(ARRAY_SIZE(commands))

/* Names of drives and files come from anywhere: what would steer a terminal does not get there. */
__attribute__((format(printf, 3, 0)))
static void print_message(const char *separator, const char *subject, const char *format, va_list args)
{
	char *message = NULL, *name = subject ? strdup(subject) : NULL;

	fflush(stdout);
	if (vasprintf(&message, format, args) < 0)
		message = NULL;
	if (name)
		text_defuse(name);
	if (message)
		text_defuse(message);
	fprintf(stderr, PROGRAM "%s%s: %s\n", name ? separator : "", name ? name : "", message ? message : "no memory");
	free(name);
	free(message);
}

/**
 * complain - say on standard error what went wrong
 * @subject: the thing that it went wrong with, or NULL
 * @format: the rest of the sentence as printf() takes it
 */
void complain(const char *subject, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_message(": ", subject, format, args);
	va_end(args);
}

/**
 * wrong_usage - say what is wrong with the command line
 * @command: the command, or NULL if it is not known
 * @format: a sentence as printf() takes it
 *
 * Return: CODE_USAGE.
 */
enum exit_code wrong_usage(const struct command *command, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_message(" ", command ? command->name : NULL, format, args);
	va_end(args);
	fprintf(stderr, "Try '" PROGRAM "%s%s --help'.\n", command ? " " : "", command ? command->name : "");
	return CODE_USAGE;
}

static void print_command_help(const struct command *command)
{
	printf("Usage: " PROGRAM " %s%s%s\n\n", command->name, command->usage[0] ? " " : "", command->usage);
	printf("%c%s.\n\n", command->summary[0] - 'a' + 'A', command->summary + 1);
	if (strstr(command->usage, "DRIVE") || strstr(command->options, "DRIVE"))
		printf("DRIVE is the drive's node (/dev/vcd3), a link to it, its name (vcd3) or its number (3).\n\n");
	if (strstr(command->usage, "DEVICE"))
		printf("DEVICE is a drive of any make, such as /dev/sr0 or /dev/vcd0.%s\n\n",
		       strstr(command->usage, "OUT") ? " OUT ends with .iso (2048 bytes\n"
		       "a sector), .cue (with .bin beside it) or .ccd (with .img and .sub); without that the disc\n"
		       "decides on .iso or .cue." : " TRACK is a number (3) or several (3-5);\n"
		       "without one, all tracks of audio are played.");
	printf("Options:\n%s"
	       "  -h, --help           show this text\n", command->options);
}

static void print_help(void)
{
	size_t i;

	printf("Usage: " PROGRAM " COMMAND [OPTIONS] ...\n\n"
	       "Control the virtual optical drives.\n\n"
	       "Commands:\n");
	for (i = 0; i < COMMANDS; i++)
		printf("  %-8s %s\n", commands[i].name, commands[i].summary);
	printf("\nOptions:\n"
	       "  -h, --help     show this text; after a command, its own\n"
	       "  -V, --version  show the version\n"
	       "\nExit codes:\n");
	for (i = 0; i < exit_code_count; i++)
		printf("  %-3d %s\n", exit_code_texts[i].code, exit_code_texts[i].text);
}

/**
 * flush_output - make sure that what was printed has arrived
 * @code: the exit code so far
 *
 * Return: @code, or CODE_FAILURE if standard output does not take it (a full disk, a closed pipe).
 */
enum exit_code flush_output(enum exit_code code)
{
	if (!fflush(stdout) && !ferror(stdout))
		return code;
	complain("standard output", "%s", strerror(errno));
	return code == CODE_OK ? CODE_FAILURE : code;
}

/**
 * next_option - the next option of a command
 * @command: the command
 * @argc: as for getopt_long()
 * @argv: as for getopt_long()
 * @shorts: as for getopt_long(), without -h
 * @longs: as for getopt_long(), with --help as 'h'
 * @code: filled when OPTION_STOP is returned
 *
 * Return: as getopt_long(), or OPTION_STOP after --help and after an unknown option.
 */
int next_option(const struct command *command, int argc, char **argv, const char *shorts, const struct option *longs,
		enum exit_code *code)
{
	char all[32];
	int option;

	snprintf(all, sizeof(all), ":h%s", shorts);
	option = getopt_long(argc, argv, all, longs, NULL);
	switch (option) {
	case 'h':
		print_command_help(command);
		*code = CODE_OK;
		return OPTION_STOP;
	case ':':
		*code = wrong_usage(command, "option '%s' needs a value", argv[optind - 1]);
		return OPTION_STOP;
	case '?':
		/* getopt leaves the letter of a short option, and nothing for a long one. */
		if (optopt && optopt < 256 && argv[optind - 1][0] == '-' && argv[optind - 1][1] == '-')
			*code = wrong_usage(command, "option '%s' takes no value", argv[optind - 1]);
		else if (optopt && optopt < 256)
			*code = wrong_usage(command, "unknown option '-%c'", optopt);
		else
			*code = wrong_usage(command, "unknown option '%s'", argv[optind - 1]);
		return OPTION_STOP;
	default:
		return option;
	}
}

static const struct command *find_command(const char *name)
{
	size_t i;

	for (i = 0; i < COMMANDS; i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

int main(int argc, char **argv)
{
	const struct command *command;

	/* For the width of labels and names in tables; messages stay as they are. */
	setlocale(LC_CTYPE, "");
	opterr = 0;
	if (argc < 2)
		return wrong_usage(NULL, "no command given");
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
		command = argc > 2 ? find_command(argv[2]) : NULL;
		if (command)
			print_command_help(command);
		else
			print_help();
		return flush_output(CODE_OK);
	}
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V")) {
		printf(PROGRAM " " VCD_VERSION "\n");
		return flush_output(CODE_OK);
	}
	command = find_command(argv[1]);
	if (!command)
		return wrong_usage(NULL, argv[1][0] == '-' ? "unknown option '%s'" : "unknown command '%s'", argv[1]);
	return flush_output(command->fn(command, argc - 1, argv + 1));
}
