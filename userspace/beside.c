// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files that a descriptor names: they lie beside it, but the name may have been written on another system, with another
 * separator, a folder that is not here, or capitals that do not matter there.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "beside.h"
#include "text.h"
#include "unpack.h"

/* The most entries of a folder that are looked at for a name in other capitals. */
#define ENTRIES_MAX	100000

/* The path of a name in the folder of the descriptor. A name alone must not be "-", which stands for standard input. */
static char *path_in(const struct image *image, const char *name)
{
	const char *slash = strrchr(image->path, '/');
	int folder = slash ? (int)(slash + 1 - image->path) : 0;
	char *path;

	/* In a file system of its own there is nothing outside. */
	if (name[0] == '/' && !image->outer)
		return strdup(name);
	if (asprintf(&path, "%.*s%s%s", folder, image->path, !folder && !strcmp(name, "-") ? "./" : "", name) < 0)
		return NULL;
	return path;
}

static bool exists(const char *path)
{
	struct stat st;

	/* Whatever else is wrong with it is told when it is opened. */
	return !stat(path, &st) || (errno != ENOENT && errno != ENOTDIR && errno != ENAMETOOLONG);
}

static char *try_name(const struct image *image, const char *name, bool *found)
{
	char *path = path_in(image, name);

	*found = path && exists(path);
	return path;
}

/* Look through the folder of the descriptor; NULL when nothing is found there. */
static char *try_folder(const struct image *image, const char *name)
{
	const char *slash = strrchr(image->path, '/');
	char *folder = slash ? strndup(image->path, (size_t)(slash + 1 - image->path)) : strdup(".");
	DIR *dir = folder ? opendir(folder) : NULL;
	const struct dirent *entry;
	char *path = NULL;
	unsigned int i;

	for (i = 0; dir && !path && i < ENTRIES_MAX; i++) {
		entry = readdir(dir);
		if (!entry)
			break;
		if (!strcasecmp(entry->d_name, name))
			path = path_in(image, entry->d_name);
	}
	if (dir)
		closedir(dir);
	free(folder);
	return path;
}

static const char *last_component(const char *name)
{
	const char *slash = strrchr(name, '/');

	return slash ? slash + 1 : name;
}

/* The path of a file; NULL when there is none or no memory. */
static char *find(const struct image *image, const char *name)
{
	char *slashed = strdup(name), *path, *p;
	const char *last;
	bool found;

	if (!slashed)
		return NULL;
	path = try_name(image, name, &found);
	for (p = slashed; *p; p++)
		if (*p == '\\')
			*p = '/';
	last = last_component(slashed);
	if (!found && strcmp(slashed, name)) {
		free(path);
		path = try_name(image, slashed, &found);
	}
	if (!found && *last && strcmp(last, slashed)) {
		free(path);
		path = try_name(image, last, &found);
	}
	if (!found) {
		free(path);
		path = *last ? try_folder(image, last) : NULL;
	}
	free(slashed);
	return path;
}

/*
 * Opening a device can do something to it: a tray closes, a tape is wound back. Who attaches the descriptor of somebody
 * else has not asked for that.
 */
static bool is_device(const char *path)
{
	struct stat st;

	return !stat(path, &st) && (S_ISBLK(st.st_mode) || S_ISCHR(st.st_mode));
}

/* Open a file that was found, and say of which name in the descriptor it is if that fails. */
static enum image_error add_found(struct image *image, const char *path, const char *shown)
{
	char reason[sizeof(image->reason)];
	enum image_error error;
	const char *packing;

	if (is_device(path))
		return image_fail(image, IMAGE_CANNOT_OPEN, "names the file \"%s\", which is a device; "
				  "make an image of the disc in it first: vcdctl dump", shown);
	error = image_add_file(image, path);
	if (error == IMAGE_NO_MEMORY)
		return error;
	if (error) {
		memcpy(reason, image->reason, sizeof(reason));
		return image_fail(image, error, "names the file \"%s\", which %s", shown, reason);
	}
	packing = unpack_name(&image->files[image->file_count - 1]);
	if (!packing)
		return IMAGE_OK;
	return image_fail(image, IMAGE_NOT_AN_IMAGE, "names the file \"%s\", which is packed (%s); "
			  "unpack it, and name what comes out in the descriptor", shown, packing);
}

/**
 * image_add_beside - open a file that a descriptor names
 * @image: the image, whose path is the descriptor
 * @name: the name, in UTF-8 or as the file system has it; relative to the folder of the descriptor
 *
 * Tried are: the name as it is, with \ taken for /, only its last component, and that in any capitals. The file is
 * appended to image->files.
 *
 * Return: IMAGE_NOT_AN_IMAGE when there is no such file. The reason then names it.
 */
enum image_error image_add_beside(struct image *image, const char *name)
{
	char shown[TEXT_MAX(100)];
	char *path = *name ? find(image, name) : NULL;
	enum image_error error;

	/* The name comes from the descriptor: it is not to send anything to a terminal but letters. */
	text_from_bytes(shown, sizeof(shown), (const uint8_t *)name, strlen(name));
	if (!path)
		return image_fail(image, IMAGE_NOT_AN_IMAGE,
				  "names the file \"%s\", which is not there; it is needed beside the descriptor",
				  shown);
	error = add_found(image, path, shown);
	free(path);
	return error;
}
