// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "openimage.h"
#include "progress.h"
#include "vcdctl.h"

/**
 * open_image - open an image, and say why if that fails
 * @image: to be given to image_close() if this function returns CODE_OK, and only then
 * @path: name of the file
 * @options: what else is said about it
 */
enum exit_code open_image(struct image *image, const char *path, const struct image_options *options)
{
	enum image_error error = image_open_with(image, path, options);

	progress_end();
	if (!error)
		return CODE_OK;
	complain(path, "%s", image->reason);
	image_close(image);
	if (error == IMAGE_CANNOT_OPEN)
		return CODE_NO_INPUT;
	return error == IMAGE_NOT_AN_IMAGE ? CODE_NOT_AN_IMAGE : CODE_INTERNAL;
}

/* Up to @size bytes: how many, or a negative errno */
static ssize_t read_start(const char *path, char *bytes, size_t size)
{
	bool named = strcmp(path, "-") != 0;
	FILE *file = named ? fopen(path, "re") : stdin;
	ssize_t n;

	if (!file)
		return -errno;
	n = (ssize_t)fread(bytes, 1, size, file);
	if (ferror(file))
		n = -errno;
	if (named)
		fclose(file);
	return n;
}

/**
 * password_given - read the password of an image, and say why if that fails
 * @path: the file whose first line it is; "-": standard input. Not the command line, which everybody can see
 * @options: where it goes; it stays as long as the program runs
 * @code: the exit code if it fails
 */
bool password_given(const char *path, struct image_options *options, enum exit_code *code)
{
	static char line[1025];
	ssize_t n = read_start(path, line, sizeof(line) - 1);
	size_t length = 0;

	*code = CODE_NO_INPUT;
	while (n > 0 && length < (size_t)n && line[length] != '\n' && line[length] != '\r')
		length++;
	if (n < 0)
		complain(path, "cannot be read: %s", strerror((int)-n));
	else if (!length)
		complain(path, "there is no password in its first line");
	else if (length == sizeof(line) - 1)
		complain(path, "the password in its first line is longer than %zu bytes", sizeof(line) - 2);
	else if (memchr(line, '\0', length))
		complain(path, "its first line is no text");
	else
		*code = CODE_OK;
	line[length] = '\0';
	options->password = line;
	return *code == CODE_OK;
}
