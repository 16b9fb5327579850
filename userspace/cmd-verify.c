// SPDX-License-Identifier: GPL-2.0-only
/* vcdctl verify */
#include <stdarg.h>
#include <stdio.h>

#include "openimage.h"
#include "progress.h"
#include "vcdctl.h"
#include "verification.h"

enum { OPTION_RAW = 256, OPTION_CACHE_DIR, OPTION_PASSWORD_FILE };

/**
 * verification_result - note the result of a check
 * @run: the verification
 * @check: what was checked
 * @of: what it was checked of
 * @against: what it was compared with; empty: nothing to name
 * @good: it is as it should be
 * @detail: more about it; empty: nothing
 */
void verification_result(struct verification *run, const char *check, const char *of, const char *against, bool good,
			 const char *detail)
{
	progress_end();
	report_begin_entry(&run->report);
	report_field_string(&run->report, "check", check);
	report_field_string(&run->report, "of", of);
	if (against[0])
		report_field_string(&run->report, "against", against);
	report_field_string(&run->report, "result", good ? "good" : "bad");
	if (detail[0])
		report_field_string(&run->report, "detail", detail);
	report_end_entry(&run->report);
	run->checked++;
	run->bad += !good;
}

/**
 * verification_fail - say that a check cannot be made
 * @run: the verification
 * @code: the exit code, unless something worse happens
 * @subject: what it is about
 * @format: a sentence as printf() takes it
 */
void verification_fail(struct verification *run, enum exit_code code, const char *subject, const char *format, ...)
{
	char text[512];
	va_list args;

	progress_end();
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	complain(subject, "%s", text);
	if (run->error == CODE_OK)
		run->error = code;
}

static enum exit_code conclude(const struct verification *run, const char *path)
{
	if (run->bad)
		return CODE_DIFFERS;
	if (run->error != CODE_OK)
		return run->error;
	if (!run->checked) {
		complain(path,
			 "there is nothing to check it against: no embedded checksum, no volume descriptor, no sectors "
			 "with EDC, and no file of checksums beside it; name one with --sums or --dat");
		return CODE_NOT_CHECKED;
	}
	if (!run->compared)
		complain(path,
			 "no checksum of its contents was found: errors that leave its structure alone go unnoticed");
	return CODE_OK;
}

static enum exit_code verify(struct verification *run, const char *path, const struct image_options *options,
			     bool json)
{
	enum exit_code code = open_image(&run->image, path, options);

	if (code != CODE_OK)
		return code;
	report_begin(&run->report, json);
	report_string(&run->report, "Image", path);
	report_begin_entries(&run->report, "Checks", "Check");
	verify_length(run);
	verify_embedded(run);
	verify_chd(run);
	verify_sectors(run);
	verify_files(run);
	report_end_entries(&run->report);
	report_number(&run->report, "Bad checks", run->bad, NULL);
	report_end(&run->report);
	code = conclude(run, path);
	image_close(&run->image);
	return code;
}

enum exit_code cmd_verify(const struct command *command, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "sums",	required_argument,	NULL,	's' },
		{ "dat",	required_argument,	NULL,	'd' },
		{ "cache-dir",	required_argument,	NULL,	OPTION_CACHE_DIR },
		{ "password-file", required_argument,	NULL,	OPTION_PASSWORD_FILE },
		{ "raw",	no_argument,		NULL,	OPTION_RAW },
		{ "json",	no_argument,		NULL,	'J' },
		{ "help",	no_argument,		NULL,	'h' },
		{ 0 }
	};
	struct verification run = { .error = CODE_OK };
	struct image_options options = { .progress = progress_show };
	enum exit_code code;
	bool json = false;
	int option;

	while ((option = next_option(command, argc, argv, "s:d:J", longs, &code)) != -1) {
		if (option == OPTION_STOP)
			return code;
		if (option == 's')
			run.sums = optarg;
		if (option == 'd')
			run.dat = optarg;
		if (option == OPTION_CACHE_DIR)
			options.cache_dir = optarg;
		if (option == OPTION_PASSWORD_FILE && !password_given(optarg, &options, &code))
			return code;
		if (option == OPTION_RAW)
			options.flags |= IMAGE_RAW;
		if (option == 'J')
			json = true;
	}
	if (argc - optind != 1)
		return wrong_usage(command, argc == optind ? "no image given" : "one image at a time");
	return verify(&run, argv[optind], &options, json);
}
