// SPDX-License-Identifier: GPL-2.0-only
/* vcdctl dump */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cdtext.h"
#include "copy.h"
#include "cuesheet.h"
#include "dumpfiles.h"
#include "interrupt.h"
#include "optical.h"
#include "vcdctl.h"

#define RETRIES_DEFAULT	5
#define RETRIES_MAX	1000

enum { OPTION_RESUME = 256, OPTION_RETRIES, OPTION_SUBCHANNEL };

/**
 * struct dump - a dump that is being made
 * @device: the drive
 * @out: the name that was asked for
 * @force: overwrite
 * @resume: go on
 * @subchannel: with sub-channels
 * @drive: the drive
 * @disc: the disc
 * @files: names of the files
 * @copy: what goes from the one to the others
 */
struct dump {
	char device[OPTICAL_NODE_MAX];
	const char *out;
	bool force;
	bool resume;
	bool subchannel;
	struct optical_drive drive;
	struct disc disc;
	struct dump_files files;
	struct copy copy;
};

static double seconds_now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* A line on the terminal that is written over, four times a second. */
static void show_progress(const struct copy *copy)
{
	static double begun, shown;
	double time = seconds_now(), rate;
	uint64_t left = badmap_bytes(&copy->map, BADMAP_UNTRIED), bad = badmap_bytes(&copy->map, BADMAP_BAD);
	unsigned int eta;

	if (begun == 0)
		begun = time;
	if (time < shown + 0.25 || time < begun + 0.25)
		return;
	shown = time;
	rate = (double)copy->done / (time - begun);
	eta = rate > 0 ? (unsigned int)((double)left / rate) : 0;
	fprintf(stderr, "\r%5.1f %%  %.1f of %.1f MB  %.2f MB/s  %u:%02u:%02u left",
		100.0 * (double)(copy->map.size - left) / (double)copy->map.size,
		(double)(copy->map.size - left) / 1e6, (double)copy->map.size / 1e6, rate / 1e6, eta / 3600,
		eta / 60 % 60, eta % 60);
	if (bad)
		fprintf(stderr, "  %" PRIu64 " sectors missing", bad / copy_unit(copy));
	fprintf(stderr, "\033[K");
	fflush(stderr);
}

static void clear_progress(void)
{
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r\033[K");
}

static bool has_audio(const struct disc *disc)
{
	unsigned int i;

	for (i = 0; i < disc->track_count; i++)
		if (!(disc->tracks[i].control & 4))
			return true;
	return false;
}

/* Does all of the disc fit into an .iso? Mode 2 has sectors that are longer. */
static bool is_plain(struct dump *dump)
{
	const struct disc *disc = &dump->disc;
	uint8_t raw[RAW_SIZE];

	if (!disc->cd)
		return true;
	if (disc->track_count > 1 || has_audio(disc))
		return false;
	if (mmc_read_raw(&dump->drive, disc->tracks[0].lba, 1, MMC_SUB_NONE, raw))
		return !disc->xa;
	return (raw[15] & 3) == 1;
}

/* Which files? Says why not and returns DUMP_PART if the disc is not of the kind that was asked for. */
static enum dump_kind choose_kind(struct dump *dump)
{
	enum dump_kind kind = dump_kind_of(dump->out);
	bool plain = is_plain(dump);

	if (kind == DUMP_AUTO)
		kind = plain && !dump->subchannel ? DUMP_ISO : DUMP_CUE;
	if (kind == DUMP_ISO && !plain) {
		complain(dump->device, "the disc has audio, several tracks or Mode 2, which an .iso cannot hold; %s",
			 "use .cue or .ccd");
		return DUMP_PART;
	}
	if (kind != DUMP_ISO && !dump->disc.cd) {
		complain(dump->device, "only CDs have raw sectors and sub-channels; use .iso without --subchannel");
		return DUMP_PART;
	}
	return kind;
}

/* Ask for what a raw image needs, and see whether the drive can do it at all. */
static enum exit_code prepare_raw(struct dump *dump)
{
	uint8_t buf[RAW_SIZE + SUBCHANNEL_SIZE];
	uint32_t lba = dump->disc.tracks[0].lba;
	enum mmc_error error = disc_read_details(&dump->disc, &dump->drive);

	if (error)
		return optical_explain(dump->device, error);
	if (mmc_read_raw(&dump->drive, lba, 1, MMC_SUB_NONE, buf) == MMC_REFUSED) {
		complain(dump->device, "the drive cannot read raw sectors (READ CD)");
		return CODE_FAILURE;
	}
	if (dump->files.sub && mmc_read_raw(&dump->drive, lba, 1, MMC_SUB_RAW, buf) == MMC_REFUSED) {
		complain(dump->device, "the drive cannot read sub-channels; use .cue without --subchannel");
		return CODE_FAILURE;
	}
	return CODE_OK;
}

static enum exit_code explain_file(const char *path, int err)
{
	if (err == -ENOSPC || err == -EDQUOT) {
		complain(path, "%s; make room and go on with --resume", strerror(-err));
		return CODE_CANNOT_CREATE;
	}
	if (err == -EFBIG) {
		complain(path, "the file system has no files that are so long; choose another");
		return CODE_CANNOT_CREATE;
	}
	complain(path, "%s", strerror(-err));
	return err == -EACCES || err == -EPERM ? CODE_NO_PERMISSION : CODE_CANNOT_CREATE;
}

static enum exit_code create_files(struct dump *dump, uint32_t sectors)
{
	struct copy *copy = &dump->copy;
	uint64_t size = (uint64_t)sectors * copy_unit(copy);
	int err = dump->force ? dump_files_remove(&dump->files) : 0;

	if (err)
		return explain_file(dump->files.main, err);
	copy->image_fd = dump_file_create(dump->files.image, size);
	if (copy->image_fd < 0)
		return explain_file(dump->files.image, copy->image_fd);
	if (dump->files.sub) {
		copy->sub_fd = dump_file_create(dump->files.sub, (uint64_t)sectors * SUBCHANNEL_SIZE);
		if (copy->sub_fd < 0)
			return explain_file(dump->files.sub, copy->sub_fd);
	}
	err = badmap_init(&copy->map, size);
	if (!err)
		err = badmap_save(&copy->map, dump->files.map, 0);
	return err ? explain_file(dump->files.map, err) : CODE_OK;
}

/* A dump that has not begun leaves nothing behind: without its map nobody could go on with it. */
static void discard_files(const struct dump *dump)
{
	if (dump->copy.image_fd < 0)
		return;
	unlink(dump->files.image);
	if (dump->copy.sub_fd >= 0)
		unlink(dump->files.sub);
	unlink(dump->files.map);
}

static enum exit_code reopen_file(const char *path, uint64_t size, int *fd)
{
	*fd = dump_file_reopen(path, size);
	if (*fd >= 0)
		return CODE_OK;
	if (*fd != -EBADMSG)
		return explain_file(path, *fd);
	complain(path, "is no dump of this disc: it would have %" PRIu64 " bytes; --force begins anew", size);
	return CODE_NOT_AN_IMAGE;
}

static enum exit_code load_map(struct dump *dump, uint64_t size)
{
	struct copy *copy = &dump->copy;
	int err = badmap_load(&copy->map, dump->files.map, copy_unit(copy));

	if (err == -ENOENT) {
		complain(dump->files.main, "there is no %s, so nothing is known to be missing; --force begins anew",
			 dump->files.map);
		return CODE_CANNOT_CREATE;
	}
	if (!err && copy->map.size != size)
		err = -EBADMSG;
	if (err == -EBADMSG) {
		complain(dump->files.map, "is no map of this disc in the format of GNU ddrescue; --force begins anew");
		return CODE_NOT_AN_IMAGE;
	}
	if (!err)
		err = badmap_retry(&copy->map);
	return err ? explain_file(dump->files.map, err) : CODE_OK;
}

static enum exit_code reopen_files(struct dump *dump, uint32_t sectors)
{
	struct copy *copy = &dump->copy;
	uint64_t size = (uint64_t)sectors * copy_unit(copy);
	enum exit_code code = load_map(dump, size);

	if (!code)
		code = reopen_file(dump->files.image, size, &copy->image_fd);
	if (!code && dump->files.sub)
		code = reopen_file(dump->files.sub, (uint64_t)sectors * SUBCHANNEL_SIZE, &copy->sub_fd);
	if (!code && !copy_is_of_disc(copy)) {
		complain(dump->files.main, "is a dump of another disc than that in %s", dump->device);
		code = CODE_NOT_AN_IMAGE;
	}
	return code;
}

static enum exit_code open_files(struct dump *dump)
{
	struct copy *copy = &dump->copy;
	uint32_t sectors = copy->raw ? disc_raw_sectors(&dump->disc) : dump->disc.sectors;
	const char *existing = dump_files_existing(&dump->files);
	bool go_on = existing && dump->resume;
	enum exit_code code;
	int err;

	if (existing && !dump->force && !dump->resume) {
		complain(existing, "is there already; --force overwrites it, --resume goes on with a dump");
		return CODE_CANNOT_CREATE;
	}
	code = go_on ? reopen_files(dump, sectors) : create_files(dump, sectors);
	if (!code) {
		err = dump_files_describe(&dump->files, &dump->disc);
		code = err ? explain_file(dump->files.main, err) : CODE_OK;
	}
	if (code && !go_on)
		discard_files(dump);
	return code;
}

static enum exit_code report(struct dump *dump, enum copy_result result)
{
	struct copy *copy = &dump->copy;
	uint64_t bad = badmap_bytes(&copy->map, BADMAP_BAD) / copy_unit(copy);

	switch (result) {
	case COPY_DRIVE:
		optical_explain(dump->device, copy->drive_error);
		complain(dump->files.main, "is not complete: what is missing is in %s; --resume goes on",
			 dump->files.map);
		return CODE_FAILURE;
	case COPY_FILE:
		return explain_file(dump->files.image, copy->err);
	case COPY_MAP:
		return explain_file(dump->files.map, copy->err);
	case COPY_STOPPED:
		complain(dump->files.main, "interrupted; --resume goes on");
		return interrupt_end();
	case COPY_OK:
		break;
	}
	if (bad) {
		complain(dump->files.main,
			 "%" PRIu64 " sectors could not be read and are zeroes; %s says which, "
			 "--resume tries them again",
			 bad, dump->files.map);
		return CODE_INCOMPLETE;
	}
	if (unlink(dump->files.map))
		return explain_file(dump->files.map, -errno);
	printf("%s\n", dump->files.main);
	return CODE_OK;
}

/* What can be said before anything is read: does the sheet name its file, and tell all that the disc does? */
static enum exit_code check_sheet(const struct dump *dump)
{
	if (dump->files.kind != DUMP_CUE)
		return CODE_OK;
	if (!cuesheet_can_name(dump->files.image)) {
		complain(dump->out, "cannot stand in a cue sheet: it has a quote or a control character in it");
		return CODE_USAGE;
	}
	if (cdtext_has_more(dump->disc.cdtext, dump->disc.cdtext_count))
		complain(dump->files.main,
			 "of the disc's CD-Text only the texts of one language are kept; a .ccd has all of it");
	return CODE_OK;
}

/* Who goes on with a dump that has sub-channels means these, too. */
static bool has_subchannels(const struct dump *dump, enum dump_kind kind)
{
	struct dump_files files;
	bool there = false;

	if (dump->subchannel || kind == DUMP_CCD)
		return true;
	if (!dump->resume || kind != DUMP_CUE)
		return false;
	if (dump_files_name(&files, dump->out, kind, true))
		there = !access(files.sub, F_OK);
	dump_files_free(&files);
	return there;
}

static enum exit_code dump_disc(struct dump *dump)
{
	enum dump_kind kind;
	enum exit_code code;
	enum copy_result result;
	enum mmc_error error = mmc_wait_ready(&dump->drive);

	if (!error)
		error = disc_read(&dump->disc, &dump->drive);
	if (error)
		return optical_explain(dump->device, error);
	kind = choose_kind(dump);
	if (kind == DUMP_PART)
		return CODE_FAILURE;
	if (!dump_files_name(&dump->files, dump->out, kind, has_subchannels(dump, kind))) {
		complain(NULL, "no memory");
		return CODE_INTERNAL;
	}
	dump->copy.raw = kind != DUMP_ISO;
	dump->copy.map_path = dump->files.map;
	code = dump->copy.raw ? prepare_raw(dump) : CODE_OK;
	if (!code)
		code = check_sheet(dump);
	if (code)
		return code;
	interrupt_catch();
	code = open_files(dump);
	if (code)
		return code;
	result = copy_run(&dump->copy);
	clear_progress();
	return report(dump, result);
}

static enum exit_code run(struct dump *dump)
{
	struct copy *copy = &dump->copy;
	enum exit_code code = optical_open(&dump->drive, dump->device);

	if (code)
		return code;
	copy->drive = &dump->drive;
	copy->disc = &dump->disc;
	copy->image_fd = -1;
	copy->sub_fd = -1;
	copy->stopped = interrupted;
	copy->progress = isatty(STDERR_FILENO) ? show_progress : NULL;
	code = dump_disc(dump);
	/* What a file system could not write it may say only here. */
	if (copy->image_fd >= 0 && close(copy->image_fd) && !code)
		code = explain_file(dump->files.image, -errno);
	if (copy->sub_fd >= 0 && close(copy->sub_fd) && !code)
		code = explain_file(dump->files.sub, -errno);
	badmap_free(&copy->map);
	dump_files_free(&dump->files);
	mmc_close(&dump->drive);
	return code;
}

static bool retries_from_option(const char *word, unsigned int *retries)
{
	unsigned long value;
	char *end;

	if (!isdigit((unsigned char)word[0]))
		return false;
	errno = 0;
	value = strtoul(word, &end, 10);
	*retries = (unsigned int)value;
	return !errno && !*end && value <= RETRIES_MAX;
}

/* Returns false when the command is to end at once, with @code. */
static bool read_options(const struct command *command, int argc, char **argv, struct dump *dump, enum exit_code *code)
{
	static const struct option longs[] = {
		{ "force",	no_argument,		NULL,	'f' },
		{ "resume",	no_argument,		NULL,	OPTION_RESUME },
		{ "retries",	required_argument,	NULL,	OPTION_RETRIES },
		{ "subchannel",	no_argument,		NULL,	OPTION_SUBCHANNEL },
		{ "help",	no_argument,		NULL,	'h' },
		{ 0 }
	};
	int option;

	while ((option = next_option(command, argc, argv, "f", longs, code)) != -1) {
		switch (option) {
		case OPTION_STOP:
			return false;
		case 'f':
			dump->force = true;
			break;
		case OPTION_RESUME:
			dump->resume = true;
			break;
		case OPTION_RETRIES:
			if (retries_from_option(optarg, &dump->copy.retries))
				break;
			*code = wrong_usage(command, "'%s' is no number of retries; 0 to %d are", optarg, RETRIES_MAX);
			return false;
		case OPTION_SUBCHANNEL:
			dump->subchannel = true;
			break;
		}
	}
	*code = CODE_USAGE;
	if (argc - optind != 2)
		wrong_usage(command, "a drive and the name of an image are needed");
	else if (dump->force && dump->resume)
		wrong_usage(command, "--force and --resume exclude each other");
	else if (dump_kind_of(argv[optind + 1]) == DUMP_PART)
		wrong_usage(command, "a dump is named by its .iso, .cue or .ccd, not by '%s'", argv[optind + 1]);
	else if (dump_kind_of(argv[optind + 1]) == DUMP_ISO && dump->subchannel)
		wrong_usage(command, "an .iso has no sub-channels; use .cue or .ccd");
	else if (!optical_name(dump->device, argv[optind]))
		wrong_usage(command, "the name of the drive is too long");
	else
		return true;
	return false;
}

enum exit_code cmd_dump(const struct command *command, int argc, char **argv)
{
	static struct dump dump = { .copy = { .retries = RETRIES_DEFAULT } };
	enum exit_code code;

	if (!read_options(command, argc, argv, &dump, &code))
		return code;
	dump.out = argv[optind + 1];
	return run(&dump);
}
