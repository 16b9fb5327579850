// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "memfile.h"

/* Descriptors of files in memory are far from any others. */
#define FD_FIRST	100000
#define FILES_MAX	300
#define DESCRIPTORS_MAX	600

static struct memfile files[FILES_MAX];
static unsigned int file_count;

/**
 * struct descriptor - an open file
 * @open: is it?
 * @file: which of the files
 * @pos: where write() goes on
 */
static struct descriptor {
	bool open;
	unsigned int file;
	uint64_t pos;
} descriptors[DESCRIPTORS_MAX];

static unsigned int descriptor_count;

/* Memory of temporary files that are gone, for those of the next input: mapping costs more than many a parser. */
static uint8_t *spare[FILES_MAX];
static unsigned int spare_count;

/* The functions of the C library */
int __real_open64(const char *path, int flags, ...);
int __real_close(int fd);
int __real_stat64(const char *path, struct stat64 *st);
int __real_fstat64(int fd, struct stat64 *st);
int __real_access(const char *path, int mode);
ssize_t __real_pread64(int fd, void *buf, size_t len, off64_t offset);
ssize_t __real_pwrite64(int fd, const void *buf, size_t len, off64_t offset);
ssize_t __real_write(int fd, const void *buf, size_t len);
int __real_ftruncate64(int fd, off64_t size);
int __real_fstatvfs64(int fd, struct statvfs64 *fs);
DIR *__real_opendir(const char *path);
struct dirent64 *__real_readdir64(DIR *dir);
int __real_closedir(DIR *dir);
FILE *__real_fopen64(const char *path, const char *mode);

/**
 * memfile_reset - forget all files
 */
void memfile_reset(void)
{
	unsigned int i;

	for (i = 0; i < file_count; i++)
		if (!files[i].name)
			spare[spare_count++] = (uint8_t *)(uintptr_t)files[i].data;
	file_count = 0;
	memset(descriptors, 0, descriptor_count * sizeof(descriptors[0]));
	descriptor_count = 0;
}

/**
 * memfile_add - make a file
 * @file: the file; what it points to must live as long
 */
void memfile_add(const struct memfile *file)
{
	if (file_count == FILES_MAX)
		abort();
	files[file_count++] = *file;
}

/**
 * memfile_open_files - how many files have been opened and not closed
 */
unsigned int memfile_open_files(void)
{
	unsigned int i, count = 0;

	for (i = 0; i < descriptor_count; i++)
		count += descriptors[i].open;
	return count;
}

static bool is_ours(const char *path)
{
	return !strncmp(path, MEMFILE_FOLDER, sizeof(MEMFILE_FOLDER) - 1) || !strcmp(path, "/memfile");
}

/* The file of a path; file_count if there is none. */
static unsigned int find(const char *path)
{
	unsigned int i;

	if (strlen(path) < sizeof(MEMFILE_FOLDER))
		return file_count;
	for (i = 0; i < file_count; i++)
		if (files[i].name && !strcmp(files[i].name, path + sizeof(MEMFILE_FOLDER) - 1))
			break;
	return i;
}

static struct descriptor *descriptor_of(int fd)
{
	if (fd < FD_FIRST || fd >= FD_FIRST + DESCRIPTORS_MAX)
		return NULL;
	/* Nobody is to use what was closed. */
	if (!descriptors[fd - FD_FIRST].open)
		abort();
	return &descriptors[fd - FD_FIRST];
}

static int open_file(unsigned int file)
{
	if (descriptor_count == DESCRIPTORS_MAX) {
		errno = EMFILE;
		return -1;
	}
	descriptors[descriptor_count] = (struct descriptor){ .open = true, .file = file };
	return FD_FIRST + (int)descriptor_count++;
}

static int open_scratch(void)
{
	uint8_t *data = spare_count ? spare[--spare_count] : malloc(MEMFILE_SCRATCH_MAX);

	if (!data)
		abort();
	memfile_add(&(struct memfile){ .data = data });
	return open_file(file_count - 1);
}

int __wrap_open64(const char *path, int flags, ...)
{
	unsigned int file;
	va_list args;
	int mode;

	va_start(args, flags);
	mode = va_arg(args, int);
	va_end(args);
	if (!is_ours(path))
		return __real_open64(path, flags, mode);
	if ((flags & O_TMPFILE) == O_TMPFILE)
		return open_scratch();
	file = find(path);
	if (file == file_count) {
		errno = ENOENT;
		return -1;
	}
	return open_file(file);
}

int __wrap_close(int fd)
{
	struct descriptor *descriptor = descriptor_of(fd);

	if (!descriptor)
		return __real_close(fd);
	descriptor->open = false;
	return 0;
}

static int fill_stat(struct stat64 *st, uint64_t size)
{
	memset(st, 0, sizeof(*st));
	st->st_mode = S_IFREG | 0600;
	st->st_size = (off64_t)size;
	return 0;
}

int __wrap_stat64(const char *path, struct stat64 *st)
{
	unsigned int file;

	if (!is_ours(path))
		return __real_stat64(path, st);
	file = find(path);
	if (file < file_count)
		return fill_stat(st, files[file].size);
	errno = ENOENT;
	return -1;
}

int __wrap_fstat64(int fd, struct stat64 *st)
{
	const struct descriptor *descriptor = descriptor_of(fd);

	return descriptor ? fill_stat(st, files[descriptor->file].size) : __real_fstat64(fd, st);
}

int __wrap_access(const char *path, int mode)
{
	if (!is_ours(path))
		return __real_access(path, mode);
	if (find(path) < file_count)
		return 0;
	errno = ENOENT;
	return -1;
}

/**
 * memfile_overlay - copy what a run of bytes has in common with the bytes that are wanted
 * @to: where those go
 * @offset: the first of them
 * @wanted: their number
 * @bytes: the run
 * @at: where it begins
 * @len: its length
 */
void memfile_overlay(uint8_t *to, uint64_t offset, size_t wanted, const uint8_t *bytes, uint64_t at, size_t len)
{
	uint64_t from = offset > at ? offset : at;
	uint64_t end = offset + wanted < at + len ? offset + wanted : at + len;

	if (from < end)
		memcpy(to + (from - offset), bytes + (from - at), (size_t)(end - from));
}

ssize_t __wrap_pread64(int fd, void *buf, size_t len, off64_t offset)
{
	const struct descriptor *descriptor = descriptor_of(fd);
	const struct memfile *file;

	if (!descriptor)
		return __real_pread64(fd, buf, len, offset);
	file = &files[descriptor->file];
	if (offset < 0) {
		errno = EINVAL;
		return -1;
	}
	if ((uint64_t)offset >= file->size)
		return 0;
	if (len > file->size - (uint64_t)offset)
		len = (size_t)(file->size - (uint64_t)offset);
	memset(buf, 0, len);
	if (file->fill)
		file->fill(file, (uint64_t)offset, buf, len);
	else
		memfile_overlay(buf, (uint64_t)offset, len, file->data, file->at, file->len);
	return (ssize_t)len;
}

ssize_t __wrap_pwrite64(int fd, const void *buf, size_t len, off64_t offset)
{
	const struct descriptor *descriptor = descriptor_of(fd);
	struct memfile *file;
	uint8_t *data;

	if (!descriptor)
		return __real_pwrite64(fd, buf, len, offset);
	file = &files[descriptor->file];
	/* Nothing but temporary files is written to. */
	if (file->name)
		abort();
	if (offset < 0 || offset > MEMFILE_SCRATCH_MAX || len > MEMFILE_SCRATCH_MAX - (size_t)offset) {
		errno = ENOSPC;
		return -1;
	}
	data = (uint8_t *)(uintptr_t)file->data;
	if ((size_t)offset + len > file->len) {
		/* What another file has left there */
		if ((size_t)offset > file->len)
			memset(data + file->len, 0, (size_t)offset - file->len);
		file->len = (size_t)offset + len;
		if (file->size < file->len)
			file->size = file->len;
	}
	memcpy(data + offset, buf, len);
	return (ssize_t)len;
}

ssize_t __wrap_write(int fd, const void *buf, size_t len)
{
	struct descriptor *descriptor = descriptor_of(fd);
	ssize_t n;

	if (!descriptor)
		return __real_write(fd, buf, len);
	n = __wrap_pwrite64(fd, buf, len, (off64_t)descriptor->pos);
	if (n > 0)
		descriptor->pos += (uint64_t)n;
	return n;
}

int __wrap_ftruncate64(int fd, off64_t size)
{
	const struct descriptor *descriptor = descriptor_of(fd);

	if (!descriptor)
		return __real_ftruncate64(fd, size);
	files[descriptor->file].size = (uint64_t)size;
	return 0;
}

/* There is room for more than a temporary file can have here. */
int __wrap_fstatvfs64(int fd, struct statvfs64 *fs)
{
	if (!descriptor_of(fd))
		return __real_fstatvfs64(fd, fs);
	memset(fs, 0, sizeof(*fs));
	fs->f_frsize = 1;
	fs->f_bavail = 1ULL << 40;
	return 0;
}

/**
 * struct folder - the folder while it is read
 * @next: the next file
 * @entry: the last one
 */
static struct folder {
	unsigned int next;
	struct dirent64 entry;
} folder;

DIR *__wrap_opendir(const char *path)
{
	if (!is_ours(path))
		return __real_opendir(path);
	folder.next = 0;
	return (DIR *)&folder;
}

struct dirent64 *__wrap_readdir64(DIR *dir)
{
	if (dir != (DIR *)&folder)
		return __real_readdir64(dir);
	while (folder.next < file_count && !files[folder.next].name)
		folder.next++;
	if (folder.next == file_count)
		return NULL;
	snprintf(folder.entry.d_name, sizeof(folder.entry.d_name), "%s", files[folder.next++].name);
	return &folder.entry;
}

int __wrap_closedir(DIR *dir)
{
	return dir == (DIR *)&folder ? 0 : __real_closedir(dir);
}

FILE *__wrap_fopen64(const char *path, const char *mode)
{
	unsigned int file;

	if (!is_ours(path))
		return __real_fopen64(path, mode);
	file = find(path);
	if (file == file_count) {
		errno = ENOENT;
		return NULL;
	}
	return fmemopen((void *)(uintptr_t)files[file].data, files[file].len, "r");
}
