// SPDX-License-Identifier: GPL-2.0-only
/*
 * Images that lie in a compressed file system: a file with squashfs or EROFS in it, made to hold the image and to be read
 * without unpacking it.
 *
 * The kernel reads such a file system, at any place of it. It is mounted where nobody sees it: on a loop device that
 * goes with the mount, in no folder, with a mount that goes when the last file in it is closed. So there is nothing to
 * clear up: the disc holds its file, which holds the mount, which holds the loop device.
 */
#include <errno.h>
#include <fcntl.h>
#include <dirent.h>
#include <linux/loop.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "array.h"
#include "fsimage.h"

#define MAGIC_AT_MAX	1024
#define MAGIC_LEN	4
/* Somebody else may take the loop device that is free. */
#define LOOP_TRIES	32
/* So many files in the topmost folder are looked at. */
#define FILES_MAX	1000
#define NAMES_SHOWN	4
/* How a name in the mount begins */
#define INSIDE		"/proc/self/fd/%d/"

/**
 * struct fs_kind - a file system that is made for this
 * @name: as the kernel calls it
 * @magic: what tells it
 * @offset: where that is
 */
static const struct fs_kind {
	const char *name;
	const char *magic;
	unsigned int offset;
} kinds[] = {
	{ "squashfs",	"hsqs",			0 },
	{ "erofs",	"\xe2\xe1\xf5\xe0",	1024 },
};

/* Files that say how a disc is made of others */
static const char *const descriptors[] = { ".cue", ".toc", ".ccd", ".mds" };

/**
 * struct names - the files in the topmost folder
 * @list: their names, sorted
 * @count: their number
 */
struct names {
	char **list;
	size_t count;
};

static const struct fs_kind *find_kind(const struct image *image)
{
	struct reader reader = reader_from_fd(&image->files[0].source, image->files[0].size);
	struct content content;
	char magic[MAGIC_LEN];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (reader.size < MAGIC_AT_MAX + MAGIC_LEN || reader_read(&reader, kinds[i].offset, magic, MAGIC_LEN) ||
		    memcmp(magic, kinds[i].magic, MAGIC_LEN))
			continue;
		/* The first sectors of a disc are anybody's. */
		return content_read(&reader, &content) || !content_is_known(&content) ? &kinds[i] : NULL;
	}
	return NULL;
}

static enum image_error cannot_mount(struct image *image, const struct fs_kind *kind, const char *what, int error)
{
	if (error == EPERM || error == EACCES)
		return image_fail(image, IMAGE_CANNOT_OPEN,
				  "is a file system (%s) with an image in it, and only root may mount that; "
				  "run vcdctl as root, or take the image out of it first", kind->name);
	return image_fail(image, IMAGE_CANNOT_OPEN, "is a file system (%s) that cannot be mounted: %s%s", kind->name, what,
			  strerror(error));
}

/* Set up a loop device that goes away when nobody uses it any more; -1 with errno set. */
static int attach_loop(const struct image *image, int control, char *path, size_t size)
{
	struct loop_config config = {
		.fd = (uint32_t)image->files[0].source.fd,
		.info.lo_flags = LO_FLAGS_READ_ONLY | LO_FLAGS_AUTOCLEAR,
	};
	unsigned int try;
	int loop, number;

	snprintf((char *)config.info.lo_file_name, sizeof(config.info.lo_file_name), "%s", image->files[0].path);
	for (try = 0; try < LOOP_TRIES; try++) {
		number = ioctl(control, LOOP_CTL_GET_FREE);
		if (number < 0)
			return -1;
		snprintf(path, size, "/dev/loop%d", number);
		loop = open(path, O_RDONLY | O_CLOEXEC);
		if (loop < 0 || !ioctl(loop, LOOP_CONFIGURE, &config))
			return loop;
		number = errno;
		close(loop);
		errno = number;
		if (number != EBUSY)
			return -1;
	}
	return -1;
}

static enum image_error open_loop(struct image *image, const struct fs_kind *kind, char *path, size_t size, int *loop)
{
	int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC), error;

	if (control < 0)
		return cannot_mount(image, kind, "there are no loop devices: ", errno);
	*loop = attach_loop(image, control, path, size);
	error = errno;
	close(control);
	if (*loop < 0)
		return cannot_mount(image, kind, "there is no loop device for it: ", error);
	return IMAGE_OK;
}

/* What the kernel says about a mount that failed comes line by line, each with its kind in front. */
static enum image_error mount_failed(struct image *image, const struct fs_kind *kind, int fs, int error)
{
	char line[256], text[sizeof(line)] = "";
	ssize_t len;

	while (fs >= 0 && (len = read(fs, line, sizeof(line) - 1)) > 0) {
		line[len] = '\0';
		if (line[0] == 'e' && len > 2)
			snprintf(text, sizeof(text), "%s", line + 2);
	}
	text[strcspn(text, "\n")] = '\0';
	if (error == ENODEV)
		return image_fail(image, IMAGE_CANNOT_OPEN, "is a file system (%s) that the kernel does not know",
				  kind->name);
	if (text[0])
		return image_fail(image, IMAGE_CANNOT_OPEN, "is a file system (%s) that cannot be mounted: %s", kind->name,
				  text);
	return cannot_mount(image, kind, "", error);
}

/* Mount what is on the loop device in no folder; links in it lead nowhere. */
static enum image_error mount_loop(struct image *image, const struct fs_kind *kind, const char *loop, int *top)
{
	int fs = fsopen(kind->name, FSOPEN_CLOEXEC);
	enum image_error error;

	if (fs < 0)
		return mount_failed(image, kind, fs, errno);
	if (fsconfig(fs, FSCONFIG_SET_STRING, "source", loop, 0) || fsconfig(fs, FSCONFIG_SET_FLAG, "ro", NULL, 0) ||
	    fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		*top = -1;
	else
		*top = fsmount(fs, FSMOUNT_CLOEXEC, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
			       MOUNT_ATTR_NOEXEC | MOUNT_ATTR_NOSYMFOLLOW);
	error = *top < 0 ? mount_failed(image, kind, fs, errno) : IMAGE_OK;
	close(fs);
	return error;
}

static enum image_error mount_file(struct image *image, const struct fs_kind *kind, int *top)
{
	enum image_error error;
	char path[32];
	int loop = -1;

	error = open_loop(image, kind, path, sizeof(path), &loop);
	if (error)
		return error;
	error = mount_loop(image, kind, path, top);
	/* From here on, the mount keeps the loop device. */
	close(loop);
	return error;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void free_names(struct names *names)
{
	while (names->count)
		free(names->list[--names->count]);
	free(names->list);
}

/* The regular files of the topmost folder; false when there is no memory. */
static bool list_files(int top, struct names *names)
{
	int fd = openat(top, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	bool good = true;
	struct stat st;

	*names = (struct names){ .list = calloc(FILES_MAX, sizeof(*names->list)) };
	while (dir && names->list && good && names->count < FILES_MAX) {
		entry = readdir(dir);
		if (!entry)
			break;
		if (fstatat(top, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) || !S_ISREG(st.st_mode))
			continue;
		names->list[names->count] = strdup(entry->d_name);
		good = names->list[names->count];
		if (good)
			names->count++;
	}
	if (dir)
		closedir(dir);
	else if (fd >= 0)
		close(fd);
	good = good && names->list;
	if (good)
		qsort(names->list, names->count, sizeof(*names->list), compare_names);
	else
		free_names(names);
	return good;
}

static bool is_descriptor(const char *name)
{
	size_t length = strlen(name), i;

	for (i = 0; i < ARRAY_SIZE(descriptors); i++)
		if (length > 4 && !strcasecmp(name + length - 4, descriptors[i]))
			return true;
	return false;
}

/* The one file, or the one descriptor among several; NULL if it is not clear which. */
static const char *the_one(const struct names *names)
{
	const char *found = NULL;
	size_t i;

	if (names->count == 1)
		return names->list[0];
	for (i = 0; i < names->count; i++) {
		if (!is_descriptor(names->list[i]))
			continue;
		if (found)
			return NULL;
		found = names->list[i];
	}
	return found;
}

static enum image_error which_one(struct image *image, const struct names *names)
{
	char text[256] = "";
	size_t i, len = 0;

	if (!names->count)
		return image_fail(image, IMAGE_NOT_AN_IMAGE,
				  "is a file system without a file in its topmost folder; which file is the image? "
				  "say so with %s#FOLDER/FILE", image->path);
	for (i = 0; i < names->count && i < NAMES_SHOWN && len < sizeof(text); i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s", i ? ", " : "", names->list[i]);
	return image_fail(image, IMAGE_NOT_AN_IMAGE, "is a file system with %zu files (%s%s); say which of them is the "
			  "image: %s#%s", names->count, text, names->count > NAMES_SHOWN ? ", ..." : "", image->path,
			  names->list[0]);
}

/* Which file is the image? @member as it was asked for, or NULL. */
static enum image_error choose_member(struct image *image, const char *member, char **chosen)
{
	enum image_error error = IMAGE_OK;
	const char *one = member;
	struct names names = { 0 };

	if (!member) {
		if (!list_files(image->mount, &names))
			return image_fail(image, IMAGE_NO_MEMORY, "no memory");
		one = the_one(&names);
		if (!one)
			error = which_one(image, &names);
	}
	*chosen = one ? strdup(one) : NULL;
	if (!error && !*chosen)
		error = image_fail(image, IMAGE_NO_MEMORY, "no memory");
	free_names(&names);
	return error;
}

/* Open the image and put it in the place of the file system. Nothing outside of the file system is reached by its name. */
static enum image_error enter(struct image *image, const char *name)
{
	struct open_how how = {
		.flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	int fd = (int)syscall(SYS_openat2, image->mount, name, &how, sizeof(how));
	struct image_file *file = &image->files[0];
	struct stat st;

	if (fd < 0)
		return image_fail(image, IMAGE_CANNOT_OPEN, "is a file system, in which \"%s\" cannot be opened: %s", name,
				  strerror(errno));
	if (fstat(fd, &st) || !S_ISREG(st.st_mode) || !st.st_size) {
		close(fd);
		return image_fail(image, IMAGE_NOT_AN_IMAGE, "is a file system, in which \"%s\" is not a file with "
				  "something in it", name);
	}
	close(file->source.fd);
	file->source.fd = fd;
	file->size = (uint64_t)st.st_size;
	return IMAGE_OK;
}

/* The image goes by a name that leads into the file system, so that what lies beside it is found there. */
static enum image_error take_name(struct image *image, const char *name)
{
	char *path, *copy;

	if (asprintf(&path, INSIDE "%s", image->mount, name) < 0)
		return image_fail(image, IMAGE_NO_MEMORY, "no memory");
	copy = strdup(path);
	if (!copy) {
		free(path);
		return image_fail(image, IMAGE_NO_MEMORY, "no memory");
	}
	free(image->files[0].path);
	image->files[0].path = copy;
	image->outer = image->path;
	image->path = path;
	return IMAGE_OK;
}

/*
 * What is behind a # is the name of a file in the file system, if there is no file that is called so as a whole, but one
 * whose name is what is before it.
 */
static const char *find_member(const struct image *image)
{
	const char *mark = image->path, *member = NULL;
	bool found = !image->path[0] || !access(image->path, F_OK) || (errno != ENOENT && errno != ENOTDIR);
	char *outer;

	while (!found && (mark = strchr(mark + 1, '#')) && mark[1]) {
		outer = strndup(image->path, (size_t)(mark - image->path));
		found = outer && !access(outer, F_OK);
		if (found)
			member = mark + 1;
		free(outer);
	}
	return member;
}

static enum image_error enter_member(struct image *image, const struct fs_kind *kind, const char *member)
{
	enum image_error error = mount_file(image, kind, &image->mount);
	char *name = NULL;

	if (error)
		return error;
	error = choose_member(image, member, &name);
	if (error)
		return error;
	error = enter(image, name);
	if (!error)
		error = take_name(image, name);
	free(name);
	return error;
}

/**
 * fsimage_open - open the first file of an image, which may lie in a file system of its own
 * @image: the image, which has a path and no file yet; FILE#MEMBER is a file in a file system
 *
 * Return: as image_add_file(). If it lies in a file system, fsimage_leave() has to follow when the image is open.
 */
enum image_error fsimage_open(struct image *image)
{
	const char *member = find_member(image);
	const struct fs_kind *kind;
	enum image_error error;
	char *outer = NULL;

	image->outer_len = member ? (size_t)(member - 1 - image->path) : strlen(image->path);
	outer = strndup(image->path, image->outer_len);
	if (!outer)
		return image_fail(image, IMAGE_NO_MEMORY, "no memory");
	error = image_add_file(image, outer);
	free(outer);
	if (error)
		return error;
	/* As plain sectors, a file system is one as well. */
	if (image->options.flags & IMAGE_RAW && !member)
		return IMAGE_OK;
	kind = find_kind(image);
	if (kind)
		return enter_member(image, kind, member);
	if (member)
		return image_fail(image, IMAGE_NOT_AN_IMAGE, "no file system that holds images (squashfs, EROFS) is in the "
				  "file before the #");
	return IMAGE_OK;
}

/* Let a name that leads into the file system begin with the name of the file that this is in. NULL: no memory. */
static char *name_outside(const struct image *image, const char *text)
{
	char inside[sizeof(INSIDE) + 16], *renamed;
	const char *at;

	snprintf(inside, sizeof(inside), INSIDE, image->mount);
	at = strstr(text, inside);
	if (!at)
		return strdup(text);
	if (asprintf(&renamed, "%.*s%.*s#%s", (int)(at - text), text, (int)image->outer_len, image->outer,
		     at + strlen(inside)) < 0)
		return NULL;
	return renamed;
}

/**
 * fsimage_leave - an image is open, or is not going to be
 * @image: the image; what is of it in a file system gets a name that tells something to a user
 */
void fsimage_leave(struct image *image)
{
	char *renamed;
	uint32_t i;

	if (image->outer) {
		for (i = 0; i < image->file_count; i++) {
			renamed = name_outside(image, image->files[i].path);
			if (!renamed)
				continue;
			free(image->files[i].path);
			image->files[i].path = renamed;
		}
		renamed = name_outside(image, image->reason);
		if (renamed)
			snprintf(image->reason, sizeof(image->reason), "%s", renamed);
		free(renamed);
		free(image->path);
		image->path = image->outer;
		image->outer = NULL;
	}
	if (image->mount >= 0)
		close(image->mount);
	image->mount = -1;
}
