// SPDX-License-Identifier: GPL-2.0-only
/* vcdctl convert */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cdtext.h"
#include "cuesheet.h"
#include "openimage.h"
#include "output.h"
#include "progress.h"
#include "rawreader.h"
#include "vcdctl.h"

enum { OPTION_RAW = 256, OPTION_CACHE_DIR, OPTION_PASSWORD_FILE };

/**
 * struct conversion - a conversion under way
 * @out: the name that was given for the result
 * @force: files that are there are replaced
 * @track: number of the track that is wanted; 0: the only one
 * @image: what is converted
 * @raw: its sectors, NULL if it is no CD
 */
struct conversion {
	const char *out;
	bool force;
	unsigned int track;
	struct image image;
	struct raw_reader *raw;
};

static bool ends_with(const char *name, const char *suffix)
{
	size_t length = strlen(name), end = strlen(suffix);

	return length > end && !strcasecmp(name + length - end, suffix);
}

static enum exit_code cannot_write(const char *path, int err)
{
	progress_end();
	if (err == -EEXIST)
		complain(path, "is there already; --force replaces it");
	else
		complain(path, "cannot be written: %s", strerror(-err));
	return CODE_CANNOT_CREATE;
}

static enum exit_code cannot_read(const struct conversion *conversion, uint32_t lba, int err)
{
	progress_end();
	complain(conversion->image.path, "sector %" PRIu32 " cannot be read: %s", lba, strerror(-err));
	return CODE_FAILURE;
}

static enum exit_code begin_output(struct output *output, const char *path, bool force, uint64_t bytes)
{
	int err = output_open(output, path, force);
	uint64_t room;

	if (err)
		return cannot_write(path, err);
	if (output_has_room(output, bytes, &room))
		return CODE_OK;
	complain(path, "there is not enough room: %" PRIu64 " bytes are needed, and %" PRIu64 " are free", bytes, room);
	return CODE_CANNOT_CREATE;
}

/* The track that becomes a plain image: the one that was asked for, or the only one. */
static enum exit_code choose_track(const struct conversion *conversion, uint32_t *index)
{
	const struct image *image = &conversion->image;
	uint32_t i;

	if (!conversion->track && image->track_count > 1) {
		complain(image->path, "has %" PRIu32 " tracks, and a plain image holds one; "
			 "choose it with --track, or convert to a name that ends with .cue", image->track_count);
		return CODE_USAGE;
	}
	for (i = 0; i < image->track_count; i++) {
		if (conversion->track && image->tracks[i].number != conversion->track)
			continue;
		*index = i;
		if (image->tracks[i].mode != VCD_MODE_AUDIO)
			return CODE_OK;
		complain(image->path, "track %u is audio; a plain image holds data only: "
			 "convert to a name that ends with .cue", image->tracks[i].number);
		return CODE_FAILURE;
	}
	complain(image->path, "has no track %u", conversion->track);
	return CODE_USAGE;
}

/* The user data of one sector. Form 2 has more than 2048 bytes of it, which no plain image can hold. */
static enum exit_code read_user(struct conversion *conversion, const struct reader *reader, uint32_t track,
				uint32_t lba, uint8_t *user)
{
	uint8_t sector[RAW_SECTOR];
	const uint8_t *found;
	int err;

	if (conversion->image.tracks[track].mode != VCD_MODE_MODE2) {
		err = reader_read_sector(reader, lba, user);
		return err ? cannot_read(conversion, lba, err) : CODE_OK;
	}
	err = raw_reader_read(conversion->raw, lba, sector, NULL);
	if (err)
		return cannot_read(conversion, lba, err);
	found = raw_reader_user(conversion->raw, lba, sector);
	if (found) {
		memcpy(user, found, SECTOR_SIZE);
		return CODE_OK;
	}
	progress_end();
	complain(conversion->image.path, "sector %" PRIu32 " is not of Form 1 (video or audio of Mode 2), and a plain "
		 "image cannot hold such sectors: convert to a name that ends with .cue", lba);
	return CODE_FAILURE;
}

static enum exit_code copy_user_data(struct conversion *conversion, uint32_t track, uint32_t end, struct output *output)
{
	struct reader reader = image_reader(&conversion->image);
	uint32_t lba, start = conversion->image.tracks[track].lba;
	uint8_t user[SECTOR_SIZE];
	enum exit_code code;
	int err;

	for (lba = start; lba < end; lba++) {
		code = read_user(conversion, &reader, track, lba, user);
		if (code != CODE_OK)
			return code;
		err = output_write(output, user, sizeof(user));
		if (err)
			return cannot_write(output->path, err);
		progress_show("converting", (uint64_t)(lba - start) * SECTOR_SIZE,
			      (uint64_t)(end - start) * SECTOR_SIZE);
	}
	progress_end();
	return CODE_OK;
}

static enum exit_code convert_to_iso(struct conversion *conversion)
{
	struct output *output;
	enum exit_code code;
	uint32_t track = 0, end;
	int err;

	code = choose_track(conversion, &track);
	if (code != CODE_OK)
		return code;
	output = malloc(sizeof(*output));
	if (!output)
		return cannot_write(conversion->out, -ENOMEM);
	end = conversion->raw ? raw_reader_end(conversion->raw, track) : conversion->image.sectors;
	code = begin_output(output, conversion->out, conversion->force,
			    (uint64_t)(end - conversion->image.tracks[track].lba) * SECTOR_SIZE);
	if (code == CODE_OK)
		code = copy_user_data(conversion, track, end, output);
	if (code == CODE_OK) {
		err = output_commit(output, conversion->force);
		if (err)
			code = cannot_write(conversion->out, err);
	}
	output_close(output);
	free(output);
	return code;
}

/* All that the file of a cue sheet holds */
static uint64_t raw_bytes(const struct conversion *conversion)
{
	uint64_t sectors = 0;
	uint32_t i;

	for (i = 0; i < conversion->image.track_count; i++)
		sectors += raw_reader_end(conversion->raw, i) - cuesheet_first(&conversion->image, conversion->raw, i);
	return sectors * RAW_SECTOR;
}

static enum exit_code copy_raw(struct conversion *conversion, struct output *output)
{
	uint64_t total = raw_bytes(conversion), done = 0;
	uint8_t sector[RAW_SECTOR];
	uint32_t i, lba;
	int err;

	for (i = 0; i < conversion->image.track_count; i++) {
		uint32_t end = raw_reader_end(conversion->raw, i);

		for (lba = cuesheet_first(&conversion->image, conversion->raw, i); lba < end; lba++) {
			err = raw_reader_read(conversion->raw, lba, sector, NULL);
			if (err)
				return cannot_read(conversion, lba, err);
			err = output_write(output, sector, sizeof(sector));
			if (err)
				return cannot_write(output->path, err);
			done += sizeof(sector);
			progress_show("converting", done, total);
		}
	}
	progress_end();
	return CODE_OK;
}

static enum exit_code write_sheet(struct conversion *conversion, struct output *sheet, const char *bin)
{
	const char *slash = strrchr(bin, '/');
	char *text = NULL;
	size_t len = 0, at;
	FILE *stream = open_memstream(&text, &len);
	int err = stream ? 0 : -ENOMEM;

	if (stream) {
		err = cuesheet_write(stream, &conversion->image, conversion->raw, slash ? slash + 1 : bin);
		if (fclose(stream) && !err)
			err = -ENOMEM;
	}
	for (at = 0; at < len && !err; at += 4096)
		err = output_write(sheet, text + at, len - at < 4096 ? len - at : 4096);
	free(text);
	return err ? cannot_write(conversion->out, err) : CODE_OK;
}

/* The sheet comes last: whoever sees it finds what it names. */
static enum exit_code commit_both(struct conversion *conversion, struct output *sheet, struct output *bin)
{
	int err = output_commit(bin, conversion->force);

	if (err)
		return cannot_write(bin->path, err);
	err = output_commit(sheet, conversion->force);
	if (!err)
		return CODE_OK;
	if (!conversion->force)
		remove(bin->path);
	return cannot_write(sheet->path, err);
}

static enum exit_code write_both(struct conversion *conversion, struct output *sheet, struct output *bin,
				 const char *bin_path)
{
	enum exit_code code = begin_output(sheet, conversion->out, conversion->force, 0);

	if (code == CODE_OK)
		code = begin_output(bin, bin_path, conversion->force, raw_bytes(conversion));
	if (code == CODE_OK)
		code = copy_raw(conversion, bin);
	if (code == CODE_OK)
		code = write_sheet(conversion, sheet, bin_path);
	if (code == CODE_OK)
		code = commit_both(conversion, sheet, bin);
	return code;
}

static enum exit_code convert_to_cue(struct conversion *conversion)
{
	struct output *outputs = calloc(2, sizeof(*outputs));
	enum exit_code code;
	char *bin = NULL;

	if (!outputs || asprintf(&bin, "%.*s.bin", (int)strlen(conversion->out) - 4, conversion->out) < 0) {
		free(outputs);
		return cannot_write(conversion->out, -ENOMEM);
	}
	outputs[0].fd = -1;
	outputs[1].fd = -1;
	if (conversion->image.subchannel_count)
		complain(conversion->image.path,
			 "the sub-channels that it stores are lost: a cue sheet has no place for them");
	if (cdtext_has_more(conversion->image.cdtext, conversion->image.cdtext_count))
		complain(conversion->image.path,
			 "of its CD-Text only the texts of one language are kept: a cue sheet has no more");
	code = write_both(conversion, &outputs[0], &outputs[1], bin);
	output_close(&outputs[0]);
	output_close(&outputs[1]);
	free(outputs);
	free(bin);
	return code;
}

static enum exit_code check_cue(const struct conversion *conversion)
{
	if (!conversion->raw) {
		complain(conversion->image.path, "is no image of a CD, and a cue sheet describes nothing else; "
			 "convert to a name that ends with .iso");
		return CODE_FAILURE;
	}
	if (!cuesheet_can_name(conversion->out)) {
		complain(conversion->out, "cannot stand in a cue sheet: it has a quote or a control character in it");
		return CODE_USAGE;
	}
	return CODE_OK;
}

static enum exit_code convert(struct conversion *conversion, const char *in, const struct image_options *options)
{
	enum exit_code code = open_image(&conversion->image, in, options);

	if (code != CODE_OK)
		return code;
	if (image_profile(&conversion->image) == VCD_PROFILE_CD_ROM) {
		conversion->raw = raw_reader_new(&conversion->image);
		if (!conversion->raw) {
			complain(in, "the tracks cannot be read: %s", strerror(errno));
			image_close(&conversion->image);
			return CODE_INTERNAL;
		}
	}
	if (ends_with(conversion->out, ".iso")) {
		code = convert_to_iso(conversion);
	} else {
		code = check_cue(conversion);
		if (code == CODE_OK)
			code = convert_to_cue(conversion);
	}
	raw_reader_free(conversion->raw);
	image_close(&conversion->image);
	return code;
}

static bool parse_track(const char *word, unsigned int *track)
{
	char *end;
	unsigned long number = strtoul(word, &end, 10);

	*track = (unsigned int)number;
	return end != word && !*end && word[0] != '-' && number >= 1 && number <= 99;
}

enum exit_code cmd_convert(const struct command *command, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "force",	no_argument,		NULL,	'f' },
		{ "cache-dir",	required_argument,	NULL,	OPTION_CACHE_DIR },
		{ "password-file", required_argument,	NULL,	OPTION_PASSWORD_FILE },
		{ "raw",	no_argument,		NULL,	OPTION_RAW },
		{ "track",	required_argument,	NULL,	't' },
		{ "help",	no_argument,		NULL,	'h' },
		{ 0 }
	};
	struct conversion conversion = { 0 };
	struct image_options options = { .progress = progress_show };
	enum exit_code code;
	int option;

	while ((option = next_option(command, argc, argv, "ft:", longs, &code)) != -1) {
		if (option == OPTION_STOP)
			return code;
		if (option == 'f')
			conversion.force = true;
		if (option == OPTION_CACHE_DIR)
			options.cache_dir = optarg;
		if (option == OPTION_PASSWORD_FILE && !password_given(optarg, &options, &code))
			return code;
		if (option == OPTION_RAW)
			options.flags |= IMAGE_RAW;
		if (option == 't' && !parse_track(optarg, &conversion.track))
			return wrong_usage(command, "'%s' is not the number of a track", optarg);
	}
	if (argc - optind != 2)
		return wrong_usage(command, "an image and a name for the result are needed");
	conversion.out = argv[optind + 1];
	if (!ends_with(conversion.out, ".iso") && !ends_with(conversion.out, ".cue"))
		return wrong_usage(command, "'%s' ends with neither .iso nor .cue", conversion.out);
	if (conversion.track && !ends_with(conversion.out, ".iso"))
		return wrong_usage(command, "--track is for .iso");
	return convert(&conversion, argv[optind], &options);
}
