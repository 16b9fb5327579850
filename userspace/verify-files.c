// SPDX-License-Identifier: GPL-2.0-only
/* Checks of the files of an image against files of checksums beside them, and against a data file. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "array.h"
#include "datfile.h"
#include "discsums.h"
#include "progress.h"
#include "sums.h"
#include "verification.h"

#define CHUNK		(1 << 20)
/* No more checksums of one file than this are looked at. */
#define EXPECTED_MAX	32

/* Names under which checksums of the files of a folder are kept. */
static const char *const folder_sums[] = {
	"SHA512SUMS", "SHA256SUMS", "SHA1SUMS", "MD5SUMS", "SHA512SUMS.txt", "SHA256SUMS.txt", "SHA1SUMS.txt",
	"MD5SUMS.txt", "sha512sums.txt", "sha256sums.txt", "sha1sums.txt", "md5sums.txt", "sha512sum.txt",
	"sha256sum.txt", "sha1sum.txt", "md5sum.txt", "CHECKSUM",
};

/* What is put behind the name of a file for its checksum. */
static const char *const file_sums[] = {
	".sha512", ".sha256", ".sha1", ".md5", ".sha512sum", ".sha256sum", ".sha1sum", ".md5sum",
};

/**
 * struct expected - a checksum that a file should have
 * @source: where it stands
 * @kind: the checksum
 * @digits: in hexadecimal
 */
struct expected {
	char *source;
	enum checksum_kind kind;
	char digits[CHECKSUM_TEXT];
};

/**
 * struct candidate - a file of the image
 * @file: the file
 * @path: its name
 * @expected: what it should have
 * @count: their number
 */
struct candidate {
	const struct image_file *file;
	const char *path;
	struct expected expected[EXPECTED_MAX];
	size_t count;
};

static void expect(struct candidate *candidate, const char *source, const struct sums_entry *entry)
{
	struct expected *expected = &candidate->expected[candidate->count];

	if (candidate->count == EXPECTED_MAX)
		return;
	expected->source = strdup(source);
	if (!expected->source)
		return;
	expected->kind = entry->kind;
	memcpy(expected->digits, entry->digits, sizeof(expected->digits));
	candidate->count++;
}

/* Take the lines about a file from a file of checksums; lines without a name only if it is about this file alone. */
static void take_lines(struct candidate *candidate, const char *source, FILE *stream, bool nameless)
{
	struct sums_entry *entry = malloc(sizeof(*entry));

	while (entry && sums_next(stream, entry))
		if (entry->name[0] ? sums_is_for(entry, candidate->path) : nameless)
			expect(candidate, source, entry);
	free(entry);
}

/* A file that may be there. What is no regular file is left alone: opening it could take forever. */
static void take_beside(struct candidate *candidate, const char *source, bool nameless)
{
	struct stat st;
	FILE *stream;

	if (stat(source, &st) || !S_ISREG(st.st_mode))
		return;
	stream = fopen(source, "re");
	if (!stream)
		return;
	take_lines(candidate, source, stream, nameless);
	fclose(stream);
}

static void look_beside(struct candidate *candidate)
{
	const char *slash = strrchr(candidate->path, '/');
	int folder = slash ? (int)(slash - candidate->path + 1) : 0;
	char *name;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(folder_sums); i++) {
		if (asprintf(&name, "%.*s%s", folder, candidate->path, folder_sums[i]) < 0)
			return;
		take_beside(candidate, name, false);
		free(name);
	}
	for (i = 0; i < ARRAY_SIZE(file_sums); i++) {
		if (asprintf(&name, "%s%s", candidate->path, file_sums[i]) < 0)
			return;
		take_beside(candidate, name, true);
		free(name);
	}
}

/* Checksums that were named must be there. */
static void look_into(struct verification *run, struct candidate *candidate, bool only_file)
{
	FILE *stream = fopen(run->sums, "re");

	if (!stream) {
		verification_fail(run, CODE_NO_INPUT, run->sums, "cannot be opened: %s", strerror(errno));
		return;
	}
	take_lines(candidate, run->sums, stream, only_file);
	fclose(stream);
}

static bool sum_file(struct verification *run, const struct candidate *candidate, unsigned int kinds,
		     struct checksum_texts *texts)
{
	const struct image_file *file = candidate->file;
	struct reader reader = reader_from_fd(&file->source, file->size);
	struct checksums *sums = checksums_new(kinds);
	uint8_t *chunk = malloc(CHUNK);
	uint64_t offset;
	int err = sums && chunk ? 0 : -ENOMEM;

	for (offset = 0; offset < file->size && !err; offset += CHUNK) {
		size_t len = file->size - offset < CHUNK ? (size_t)(file->size - offset) : CHUNK;

		err = reader_read(&reader, offset, chunk, len);
		if (!err && !checksums_add(sums, chunk, len))
			err = -EIO;
		progress_show("checksums", offset, file->size);
	}
	if (!err && !checksums_end(sums, texts))
		err = -EIO;
	free(chunk);
	checksums_free(sums);
	if (err)
		verification_fail(run, CODE_FAILURE, candidate->path, "its checksums cannot be made: %s",
				  strerror(-err));
	return !err;
}

static void compare(struct verification *run, const struct candidate *candidate, const struct checksum_texts *texts)
{
	size_t i;

	for (i = 0; i < candidate->count; i++) {
		const struct expected *expected = &candidate->expected[i];
		const char *found = texts->text[expected->kind];
		bool good = !strcmp(found, expected->digits);
		char detail[2 * CHECKSUM_TEXT + 32] = "";

		if (!good)
			snprintf(detail, sizeof(detail), "%s instead of %s", found, expected->digits);
		run->compared++;
		verification_result(run, checksum_name(expected->kind), candidate->path, expected->source, good,
				    detail);
	}
}

/* Is there a file of this size with these checksums in the data file? */
static void look_up(struct verification *run, const char *of, uint64_t size, const struct checksum_texts *texts)
{
	struct datfile_query *query = calloc(1, sizeof(*query));
	const char *reason = "no memory";

	if (query) {
		query->size = size;
		query->sums = *texts;
	}
	if (!query || !datfile_find(run->dat, query, &reason)) {
		verification_fail(run, CODE_NO_INPUT, run->dat, "%s", reason);
	} else {
		run->compared++;
		verification_result(run, "size and checksums", of, run->dat, query->found,
				    query->found ? query->name : "no file of this size with these checksums is in it");
	}
	free(query);
}

/* A descriptor holds none; it is rarely the same as in a data file. */
static bool holds_sectors(const struct image *image, uint32_t file)
{
	uint32_t i;

	for (i = 0; i < image->extent_count; i++)
		if (image->extents[i].file == file)
			return true;
	return false;
}

/* Are the files with sectors those that data files are about, and not parts of such, or made for the moment? */
static bool is_as_dumped(const struct image *image)
{
	uint32_t i;

	for (i = 0; i < image->file_count; i++)
		if (image->files[i].made && holds_sectors(image, i))
			return false;
	return !image->split;
}

static void verify_file(struct verification *run, const struct candidate *candidate, bool in_dat)
{
	unsigned int kinds = in_dat ? DATFILE_KINDS : 0;
	struct checksum_texts *texts;
	size_t i;

	for (i = 0; i < candidate->count; i++)
		kinds |= CHECKSUM_BIT(candidate->expected[i].kind);
	if (!kinds)
		return;
	texts = calloc(1, sizeof(*texts));
	if (texts && sum_file(run, candidate, kinds, texts)) {
		compare(run, candidate, texts);
		if (in_dat)
			look_up(run, candidate->path, candidate->file->size, texts);
	}
	free(texts);
}

/**
 * verify_one - look for checksums of a file, and compare them
 * @run: the verification
 * @file: the file
 * @path: the name under which checksums of it are kept
 * @alone: lines without a name in a file of checksums that was named are about it
 * @in_dat: look it up in the data file
 *
 * Return: how many checksums there were.
 */
static size_t verify_one(struct verification *run, const struct image_file *file, const char *path, bool alone,
			 bool in_dat)
{
	struct candidate *candidate = malloc(sizeof(*candidate));
	size_t named, i;

	if (!candidate)
		return 0;
	candidate->file = file;
	candidate->path = path;
	candidate->count = 0;
	if (run->sums)
		look_into(run, candidate, alone);
	else
		look_beside(candidate);
	named = candidate->count;
	verify_file(run, candidate, in_dat);
	for (i = 0; i < named; i++)
		free(candidate->expected[i].source);
	free(candidate);
	return named;
}

/* What came out of a packed file goes by its name without what packing puts behind it: disc.iso of disc.iso.gz. */
static size_t verify_unpacked(struct verification *run, bool in_dat)
{
	const struct image *image = &run->image;
	const char *path = image->packed[0].path, *dot = strrchr(path, '.'), *slash = strrchr(path, '/');
	bool has_ending = dot && dot != path && (!slash || dot > slash) && image->packed_count == 1;
	/* Under the packed name there are checksums of the packed file. */
	char *inner = has_ending ? strndup(path, (size_t)(dot - path)) : strdup("(unpacked)");
	size_t named;

	if (!inner)
		return 0;
	named = verify_one(run, &image->files[0], inner, false, in_dat);
	free(inner);
	return named;
}

/* The tracks of a CD as databases have them, or the user data if it is no CD, or a plain image in parts */
static void look_up_disc(struct verification *run)
{
	const struct image *image = &run->image;
	bool tracks = image_profile(image) == VCD_PROFILE_CD_ROM &&
		      (!image->split || disc_has_audio(image) || image->extents[0].form != VCD_FORM_USER_2048);
	struct raw_reader *raw = tracks ? raw_reader_new(image) : NULL;
	struct checksum_texts texts;
	char of[32] = "user data";
	uint64_t bytes;
	uint32_t i;

	if (tracks && !raw) {
		verification_fail(run, CODE_FAILURE, image->path, "the tracks cannot be read: %s", strerror(errno));
		return;
	}
	for (i = 0; i < (tracks ? image->track_count : 1); i++) {
		enum exit_code code = disc_checksums(image, raw, i, DATFILE_KINDS, &texts, &bytes);

		if (code != CODE_OK) {
			verification_fail(run, code, image->path, "its checksums cannot be made");
			break;
		}
		if (tracks)
			snprintf(of, sizeof(of), "track %u", image->tracks[i].number);
		look_up(run, of, bytes, &texts);
	}
	raw_reader_free(raw);
}

/**
 * verify_files - do the files of the image have the checksums that they should?
 * @run: the verification
 */
void verify_files(struct verification *run)
{
	const struct image *image = &run->image;
	bool alone = image->packed_count ? image->packed_count == 1 : image->file_count == 1;
	bool as_dumped = run->dat && is_as_dumped(image);
	size_t named = 0;
	uint32_t i;

	for (i = 0; i < image->packed_count; i++)
		named += verify_one(run, &image->packed[i], image->packed[i].path, alone, false);
	for (i = 0; i < image->file_count; i++) {
		bool in_dat = as_dumped && holds_sectors(image, i);

		if (!i && image->packed_count)
			named += verify_unpacked(run, in_dat);
		else if (!image->files[i].made)
			named += verify_one(run, &image->files[i], image->files[i].path, alone, in_dat);
	}
	if (run->dat && !as_dumped)
		look_up_disc(run);
	if (run->sums && !named && run->error == CODE_OK)
		verification_fail(run, CODE_NOT_CHECKED, run->sums, "has no checksum of %s", image->path);
}
