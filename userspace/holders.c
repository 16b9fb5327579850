// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libmount.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "array.h"
#include "holders.h"
#include "lazy.h"

const char *holders_proc = "/proc";
const char *holders_sys = "/sys";

/* Mount namespaces that are looked into; a host with more of them than that is searched in part. */
#define MAX_NAMESPACES	256

/**
 * struct list - a list of holders as text
 * @stream: writes into @text
 * @text: the text
 * @size: its length
 * @count: holders that were found; HOLDERS_SHOWN of them are in the text
 */
struct list {
	FILE *stream;
	char *text;
	size_t size;
	size_t count;
};

/**
 * struct search - a search for holders
 * @holders: what was found so far
 * @dev: the drive's device number
 * @lasting: the list of those who will not let go by themselves
 * @passing: the list of those who will
 * @namespaces: the mount namespaces that were looked into
 * @namespace_count: their number
 */
struct search {
	struct holders *holders;
	dev_t dev;
	struct list lasting;
	struct list passing;
	ino_t namespaces[MAX_NAMESPACES];
	size_t namespace_count;
};

/* Start the next entry of a list; NULL when it is one of those that are only counted. */
static FILE *add_holder(struct list *list)
{
	list->count++;
	if (!list->stream || list->count > HOLDERS_SHOWN)
		return NULL;
	if (list->count > 1)
		fputs("; ", list->stream);
	return list->stream;
}

static void begin_list(struct list *list)
{
	list->stream = open_memstream(&list->text, &list->size);
}

static void end_list(struct list *list)
{
	if (!list->stream)
		return;
	if (list->count > HOLDERS_SHOWN)
		fprintf(list->stream, "; and %zu more", list->count - HOLDERS_SHOWN);
	fclose(list->stream);
}

/*
 * What udev and the desktop run for every change of a drive. It opens the node for some milliseconds. "(spawn)" is
 * udev's name for the child that is to become one of its programs: until then that has open what udev has.
 */
static bool is_passing(const char *name)
{
	static const char *const names[] = {
		"systemd-udevd", "(udev-worker)", "(spawn)", "udevd", "cdrom_id", "scsi_id", "ata_id", "blkid", "udevadm",
		"udisksd",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}

/* Names come from processes and file systems of any user: nothing that steers a terminal may pass. */
static void print_name(FILE *stream, const char *name)
{
	for (; *name; name++)
		fputc(iscntrl((unsigned char)*name) ? '?' : *name, stream);
}

static void read_line(const char *path, char *buf, size_t size)
{
	FILE *file = fopen(path, "re");

	buf[0] = '\0';
	if (!file)
		return;
	if (!fgets(buf, (int)size, file))
		buf[0] = '\0';
	fclose(file);
	buf[strcspn(buf, "\n")] = '\0';
}

LAZY(mnt_new_iter);
LAZY(mnt_free_iter);
LAZY(mnt_new_table_from_file);
LAZY(mnt_unref_table);
LAZY(mnt_table_next_fs);
LAZY(mnt_fs_get_devno);
LAZY(mnt_fs_get_target);

static const struct lazy_function libmount[] = {
	LAZY_FUNCTION(mnt_new_iter),
	LAZY_FUNCTION(mnt_free_iter),
	LAZY_FUNCTION(mnt_new_table_from_file),
	LAZY_FUNCTION(mnt_unref_table),
	LAZY_FUNCTION(mnt_table_next_fs),
	LAZY_FUNCTION(mnt_fs_get_devno),
	LAZY_FUNCTION(mnt_fs_get_target),
};

/* Read the table of mounts that process @pid sees; @pid is NULL for our own. */
static void find_mounts(struct search *search, const char *pid, const char *name)
{
	struct libmnt_iter *iter;
	struct libmnt_table *table;
	struct libmnt_fs *fs;
	char path[PATH_MAX];

	/* Without it mounts are not named, but still in the way. */
	if (!lazy_load("libmount.so.1", libmount, ARRAY_SIZE(libmount)))
		return;
	snprintf(path, sizeof(path), "%s/%s/mountinfo", holders_proc, pid ? pid : "self");
	iter = lazy_mnt_new_iter(MNT_ITER_FORWARD);
	table = lazy_mnt_new_table_from_file(path);
	while (iter && table && !lazy_mnt_table_next_fs(table, iter, &fs)) {
		FILE *stream;

		if (lazy_mnt_fs_get_devno(fs) != search->dev)
			continue;
		stream = add_holder(&search->lasting);
		if (!stream)
			continue;
		fputs("mounted on ", stream);
		print_name(stream, lazy_mnt_fs_get_target(fs));
		if (pid && name) {
			fputs(" for ", stream);
			print_name(stream, name);
			fprintf(stream, " (pid %s, another mount namespace)", pid);
		}
	}
	lazy_mnt_unref_table(table);
	lazy_mnt_free_iter(iter);
}

/* True when the mount namespace of a process is one that was not looked into yet. */
static bool is_new_namespace(struct search *search, const char *pid)
{
	char path[PATH_MAX];
	struct stat st;
	size_t i;

	snprintf(path, sizeof(path), "%s/%s/ns/mnt", holders_proc, pid);
	if (stat(path, &st))
		return false;
	for (i = 0; i < search->namespace_count; i++)
		if (search->namespaces[i] == st.st_ino)
			return false;
	if (search->namespace_count == MAX_NAMESPACES)
		return false;
	search->namespaces[search->namespace_count++] = st.st_ino;
	return true;
}

static bool has_open(struct search *search, const char *pid)
{
	char path[PATH_MAX];
	struct dirent *entry;
	struct stat st;
	bool found = false;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/%s/fd", holders_proc, pid);
	dir = opendir(path);
	if (!dir) {
		if (errno == EACCES || errno == EPERM)
			search->holders->hidden++;
		return false;
	}
	while (!found && (entry = readdir(dir))) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		found = !fstatat(dirfd(dir), entry->d_name, &st, 0) && S_ISBLK(st.st_mode) &&
			st.st_rdev == search->dev;
	}
	closedir(dir);
	return found;
}

static void find_processes(struct search *search)
{
	char path[PATH_MAX], name[64];
	struct dirent *entry;
	FILE *stream;
	DIR *dir = opendir(holders_proc);

	if (!dir)
		return;
	is_new_namespace(search, "self");
	while ((entry = readdir(dir))) {
		const char *pid = entry->d_name;

		if (!isdigit((unsigned char)pid[0]) || atoi(pid) == getpid())
			continue;
		snprintf(path, sizeof(path), "%s/%s/comm", holders_proc, pid);
		read_line(path, name, sizeof(name));
		if (is_new_namespace(search, pid))
			find_mounts(search, pid, name);
		if (!has_open(search, pid))
			continue;
		stream = add_holder(is_passing(name) ? &search->passing : &search->lasting);
		if (!stream)
			continue;
		fputs("open in ", stream);
		print_name(stream, name[0] ? name : "a process");
		fprintf(stream, " (pid %s)", pid);
	}
	closedir(dir);
}

/* Devices that say so themselves: device mapper, md, bcache. */
static void find_stacked(struct search *search)
{
	char path[PATH_MAX];
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/dev/block/%u:%u/holders", holders_sys, major(search->dev), minor(search->dev));
	dir = opendir(path);
	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		FILE *stream;

		if (entry->d_name[0] == '.')
			continue;
		stream = add_holder(&search->lasting);
		if (stream)
			fprintf(stream, "used by /dev/%s", entry->d_name);
	}
	closedir(dir);
}

/* Loop devices do not: their backing file is a name, to be compared by what it leads to. */
static void find_loops(struct search *search)
{
	char path[PATH_MAX], backing[PATH_MAX];
	struct dirent *entry;
	struct stat st;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/block", holders_sys);
	dir = opendir(path);
	if (!dir)
		return;
	while ((entry = readdir(dir))) {
		FILE *stream;

		if (strncmp(entry->d_name, "loop", 4))
			continue;
		snprintf(path, sizeof(path), "%s/block/%s/loop/backing_file", holders_sys, entry->d_name);
		read_line(path, backing, sizeof(backing));
		if (!backing[0] || stat(backing, &st) || !S_ISBLK(st.st_mode) || st.st_rdev != search->dev)
			continue;
		stream = add_holder(&search->lasting);
		if (stream)
			fprintf(stream, "used by /dev/%s", entry->d_name);
	}
	closedir(dir);
}

/**
 * holders_find - find out who uses a drive
 * @holders: filled; to be given to holders_free()
 * @dev: the drive's device number
 *
 * What cannot be looked at is left out: this only serves to explain.
 */
void holders_find(struct holders *holders, dev_t dev)
{
	struct search search = { .holders = holders, .dev = dev };

	memset(holders, 0, sizeof(*holders));
	begin_list(&search.lasting);
	begin_list(&search.passing);
	find_mounts(&search, NULL, NULL);
	find_stacked(&search);
	find_loops(&search);
	find_processes(&search);
	end_list(&search.lasting);
	end_list(&search.passing);
	holders->lasting = search.lasting.count;
	holders->passing = search.passing.count;
	if (holders->lasting) {
		holders->text = search.lasting.text;
		free(search.passing.text);
	} else {
		holders->text = search.passing.text;
		free(search.lasting.text);
	}
}

/**
 * holders_free - let go of what holders_find() has made
 * @holders: the holders
 */
void holders_free(struct holders *holders)
{
	free(holders->text);
	memset(holders, 0, sizeof(*holders));
}
