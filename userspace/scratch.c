// SPDX-License-Identifier: GPL-2.0-only
/* Temporary files for what has to be unpacked or decoded. They have no name: they go when the disc does. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "scratch.h"

#define MIB	(1024 * 1024)

static const char *folder_for(const struct image *image)
{
	const char *folder = image->options.cache_dir;

	if (!folder || !*folder)
		folder = secure_getenv("TMPDIR");
	return folder && *folder ? folder : "/var/tmp";
}

/* Not every file system can make a file without a name. */
static int open_scratch(const char *folder)
{
	int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	char *path;

	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
		return fd;
	if (asprintf(&path, "%s/vcd-XXXXXX", folder) < 0) {
		errno = ENOMEM;
		return -1;
	}
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		unlink(path);
	free(path);
	return fd;
}

static enum image_error check_room(struct image *image, const char *folder, int fd, uint64_t size_needed)
{
	struct statvfs fs;
	uint64_t room;

	if (fstatvfs(fd, &fs))
		return image_fail(image, IMAGE_CANNOT_OPEN, "cannot be unpacked: no answer about %s: %s", folder,
				  strerror(errno));
	if (__builtin_mul_overflow((uint64_t)fs.f_bavail, (uint64_t)fs.f_frsize, &room) || size_needed <= room)
		return IMAGE_OK;
	return image_fail(image, IMAGE_CANNOT_OPEN,
			  "cannot be unpacked: %s has %" PRIu64 " MiB free, and %" PRIu64 " MiB are needed; "
			  "name a folder with more room with --cache-dir or in TMPDIR",
			  folder, room / MIB, size_needed / MIB + (size_needed % MIB ? 1 : 0));
}

/**
 * image_add_scratch - make a temporary file
 * @image: the image; the file is appended to its files, open for reading and writing
 * @size_needed: how many bytes it is going to have at most
 * @file: out: its index in image->files
 *
 * It lies in image->options.cache_dir, in $TMPDIR or in /var/tmp. When it is written, image_scratch_done() is to be
 * called.
 */
enum image_error image_add_scratch(struct image *image, uint64_t size_needed, uint32_t *file)
{
	const char *folder = folder_for(image);
	int fd = open_scratch(folder);
	enum image_error error;

	if (fd < 0)
		return image_fail(image, IMAGE_CANNOT_OPEN, "cannot be unpacked: no file can be made in %s: %s", folder,
				  strerror(errno));
	error = check_room(image, folder, fd, size_needed);
	if (!error)
		error = image_adopt_file(image, "(unpacked)", fd);
	if (error) {
		close(fd);
		return error;
	}
	*file = image->file_count - 1;
	image->files[*file].made = true;
	return IMAGE_OK;
}

/**
 * image_scratch_room - is there room for what a temporary file is going to have?
 * @image: the image
 * @file: the file, for which image_add_scratch() was not told that yet
 * @size_needed: how many bytes
 */
enum image_error image_scratch_room(struct image *image, uint32_t file, uint64_t size_needed)
{
	return check_room(image, folder_for(image), image->files[file].source.fd, size_needed);
}

/**
 * image_scratch_failed - say why a temporary file cannot be written
 * @image: the image
 * @error: an errno
 */
enum image_error image_scratch_failed(struct image *image, int error)
{
	if (error == ENOSPC || error == EDQUOT)
		return image_fail(image, IMAGE_CANNOT_OPEN, "cannot be unpacked: the room for temporary files is used up; "
				  "name a folder with more room with --cache-dir or in TMPDIR");
	return image_fail(image, IMAGE_CANNOT_OPEN, "cannot be unpacked: a temporary file cannot be written: %s",
			  strerror(error));
}

/**
 * image_scratch_write - write into a temporary file
 * @image: the image
 * @file: the file
 * @data: the bytes
 * @len: how many
 * @offset: where they go
 *
 * What goes wrong is explained.
 */
enum image_error image_scratch_write(struct image *image, uint32_t file, const void *data, size_t len, uint64_t offset)
{
	int fd = image->files[file].source.fd;
	const char *from = data;

	while (len) {
		ssize_t n = pwrite(fd, from, len, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return image_scratch_failed(image, n ? errno : EIO);
		from += n;
		len -= (size_t)n;
		offset += (size_t)n;
	}
	return IMAGE_OK;
}

/**
 * image_scratch_done - a temporary file has been written
 * @image: the image
 * @file: the file; its size is measured
 */
enum image_error image_scratch_done(struct image *image, uint32_t file)
{
	struct stat st;

	if (fstat(image->files[file].source.fd, &st))
		return image_fail(image, IMAGE_CANNOT_OPEN, "cannot be unpacked: %s", strerror(errno));
	image->files[file].size = (uint64_t)st.st_size;
	return IMAGE_OK;
}
