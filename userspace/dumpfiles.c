// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "array.h"
#include "descriptor.h"
#include "dumpfiles.h"

#define MODE	0666

static const struct {
	const char *suffix;
	enum dump_kind kind;
} suffixes[] = {
	{ ".iso", DUMP_ISO },
	{ ".cue", DUMP_CUE },
	{ ".ccd", DUMP_CCD },
	{ ".bin", DUMP_PART },
	{ ".img", DUMP_PART },
	{ ".sub", DUMP_PART },
	{ ".map", DUMP_PART },
};

/**
 * dump_kind_of - what a name asks for
 * @out: the name
 */
enum dump_kind dump_kind_of(const char *out)
{
	const char *dot = strrchr(out, '.');
	size_t i;

	for (i = 0; dot && i < ARRAY_SIZE(suffixes); i++)
		if (!strcasecmp(dot, suffixes[i].suffix))
			return suffixes[i].kind;
	return DUMP_AUTO;
}

static char *with_suffix(const char *out, size_t stem, const char *suffix)
{
	char *name;

	return asprintf(&name, "%.*s%s", (int)stem, out, suffix) < 0 ? NULL : name;
}

/**
 * dump_files_name - name the files of a dump
 * @files: filled; to be freed by dump_files_free(), also on an error
 * @out: the name that was asked for
 * @kind: DUMP_ISO, DUMP_CUE or DUMP_CCD
 * @subchannel: with sub-channels
 *
 * Return: false if there is no memory.
 */
bool dump_files_name(struct dump_files *files, const char *out, enum dump_kind kind, bool subchannel)
{
	static const char *const images[] = { [DUMP_ISO] = ".iso", [DUMP_CUE] = ".bin", [DUMP_CCD] = ".img" };
	static const char *const mains[] = { [DUMP_ISO] = ".iso", [DUMP_CUE] = ".cue", [DUMP_CCD] = ".ccd" };
	bool named = dump_kind_of(out) != DUMP_AUTO;
	size_t stem = strlen(out) - (named ? 4 : 0);

	memset(files, 0, sizeof(*files));
	files->kind = kind;
	files->main = named ? strdup(out) : with_suffix(out, stem, mains[kind]);
	files->image = kind == DUMP_ISO && files->main ? strdup(files->main) : with_suffix(out, stem, images[kind]);
	files->map = with_suffix(out, stem, ".map");
	if (subchannel)
		files->sub = with_suffix(out, stem, ".sub");
	return files->main && files->image && files->map && (files->sub || !subchannel);
}

/**
 * dump_files_free - free the names
 * @files: the names; may be all zeroes
 */
void dump_files_free(struct dump_files *files)
{
	free(files->main);
	free(files->image);
	free(files->sub);
	free(files->map);
	memset(files, 0, sizeof(*files));
}

/**
 * dump_files_existing - the first of the files that is there already
 * @files: the names
 *
 * Return: its name or NULL.
 */
const char *dump_files_existing(const struct dump_files *files)
{
	const char *const names[] = { files->main, files->image, files->sub, files->map };
	struct stat st;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i] && !lstat(names[i], &st))
			return names[i];
	return NULL;
}

/**
 * dump_files_remove - take away the files that are there
 * @files: the names
 *
 * They are not written over: one of them may be what the disc in the drive consists of.
 *
 * Return: 0 or a negative errno.
 */
int dump_files_remove(const struct dump_files *files)
{
	const char *const names[] = { files->main, files->image, files->sub, files->map };
	struct stat st;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (!names[i] || lstat(names[i], &st))
			continue;
		if (!S_ISREG(st.st_mode) && !S_ISLNK(st.st_mode))
			return S_ISDIR(st.st_mode) ? -EISDIR : -EEXIST;
		if (unlink(names[i]))
			return -errno;
	}
	return 0;
}

/**
 * dump_file_create - make a file of zeroes
 * @path: its name; there is none of that name
 * @size: its size
 *
 * Return: a descriptor or a negative errno.
 */
int dump_file_create(const char *path, uint64_t size)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, MODE), err;

	if (fd < 0)
		return -errno;
	if (!ftruncate(fd, (off_t)size))
		return fd;
	err = -errno;
	close(fd);
	unlink(path);
	return err;
}

/**
 * dump_file_reopen - open a file of a dump to go on with it
 * @path: its name
 * @size: the size that it has
 *
 * Return: a descriptor or a negative errno: EBADMSG if it has another size.
 */
int dump_file_reopen(const char *path, uint64_t size)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	struct stat st;
	int err = 0;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st))
		err = -errno;
	else if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size != size)
		err = -EBADMSG;
	if (!err)
		return fd;
	close(fd);
	return err;
}

/**
 * dump_files_describe - write the .cue or .ccd; nothing to do for an .iso
 * @files: the names; what the file holds is replaced
 * @disc: the disc
 *
 * Return: 0 or a negative errno.
 */
int dump_files_describe(const struct dump_files *files, const struct disc *disc)
{
	const char *slash = strrchr(files->image, '/');
	FILE *file;
	int err;

	if (files->kind == DUMP_ISO)
		return 0;
	if (unlink(files->main) && errno != ENOENT)
		return -errno;
	file = fopen(files->main, "wxe");
	if (!file)
		return -errno;
	if (files->kind == DUMP_CUE)
		err = cue_write(disc, slash ? slash + 1 : files->image, file);
	else
		err = ccd_write(disc, file);
	if (fclose(file) && !err)
		err = -errno;
	if (err)
		unlink(files->main);
	return err;
}
