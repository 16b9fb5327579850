// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "scratch.h"

static const char *directory(const struct image *image)
{
	const char *dir = image->options.cache_dir;

	if (!dir)
		dir = getenv("TMPDIR");
	return dir && *dir ? dir : "/var/tmp";
}

static enum image_error check_space(struct image *image, int fd, uint64_t size_needed)
{
	struct statvfs vfs;

	if (fstatvfs(fd, &vfs) || (uint64_t)vfs.f_bavail * vfs.f_frsize >= size_needed)
		return IMAGE_OK;
	return image_fail(image, IMAGE_CANNOT_OPEN, "cannot be unpacked: %" PRIu64 " bytes are needed in %s, and not so many "
			  "are free", size_needed, directory(image));
}

/**
 * image_add_scratch - append an empty file without a name to the files of an image
 * @image: the image
 * @size_needed: how many bytes it will get
 * @file: out: its index in image->files, whose descriptor is for reading and writing
 */
enum image_error image_add_scratch(struct image *image, uint64_t size_needed, uint32_t *file)
{
	enum image_error error;
	int fd = open(directory(image), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd < 0)
		return image_fail(image, IMAGE_CANNOT_OPEN, "cannot be unpacked: no file can be made in %s: %s",
				  directory(image), strerror(errno));
	error = check_space(image, fd, size_needed);
	/* Opened by its first name, and then given the other file. */
	if (!error)
		error = image_add_file(image, image->files[0].path);
	if (error) {
		close(fd);
		return error;
	}
	*file = image->file_count - 1;
	close(image->files[*file].source.fd);
	image->files[*file].source.fd = fd;
	image->files[*file].size = 0;
	return IMAGE_OK;
}

/**
 * image_scratch_done - the file is written: take its size
 * @image: the image
 * @file: its index
 */
enum image_error image_scratch_done(struct image *image, uint32_t file)
{
	struct stat st;

	if (fstat(image->files[file].source.fd, &st))
		return image_fail(image, IMAGE_CANNOT_OPEN, "cannot be unpacked: %s", strerror(errno));
	image->files[file].size = (uint64_t)st.st_size;
	return IMAGE_OK;
}
