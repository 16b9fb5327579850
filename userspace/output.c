// SPDX-License-Identifier: GPL-2.0-only
/* Files that are there whole or not at all. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "array.h"
#include "output.h"

/* Names that a signal takes away. Only what is complete stands here: a handler may look at any moment. */
static const char *volatile pending[4];

static void remove_pending(int sig)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(pending); i++)
		if (pending[i])
			unlink(pending[i]);
	/* SA_RESETHAND has put the default action back, which ends the process as its parent expects. */
	raise(sig);
}

static void catch_signals(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGXFSZ };
	struct sigaction action = { .sa_handler = remove_pending, .sa_flags = (int)SA_RESETHAND }, old;
	size_t i;

	sigfillset(&action.sa_mask);
	for (i = 0; i < ARRAY_SIZE(signals); i++)
		/* What the caller ignores, as nohup does, stays ignored. */
		if (!sigaction(signals[i], NULL, &old) && old.sa_handler == SIG_DFL)
			sigaction(signals[i], &action, NULL);
}

static void replace_pending(const char *from, const char *to)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(pending); i++) {
		if (pending[i] == from) {
			pending[i] = to;
			return;
		}
	}
}

/* A name beside @path that nobody has, and a file of that name */
static int create_temporary(struct output *output, const char *path)
{
	const char *slash = strrchr(path, '/');
	int folder = slash ? (int)(slash - path + 1) : 0;
	unsigned int try;

	for (try = 0; try < 100; try++) {
		if (asprintf(&output->temporary, "%.*s.vcdctl-%ld-%u.tmp", folder, path, (long)getpid(), try) < 0) {
			output->temporary = NULL;
			return -ENOMEM;
		}
		output->fd = open(output->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
		if (output->fd >= 0)
			return 0;
		free(output->temporary);
		output->temporary = NULL;
		if (errno != EEXIST)
			return -errno;
	}
	return -EEXIST;
}

/**
 * output_open - begin to write a file
 * @output: to be given to output_close() whatever this function returns
 * @path: its name
 * @replace: there may be a file of this name
 *
 * Return: 0; -EEXIST if there is one already; another negative errno.
 */
int output_open(struct output *output, const char *path, bool replace)
{
	sigset_t all, before;
	int err;

	output->fd = -1;
	output->used = 0;
	output->temporary = NULL;
	output->path = strdup(path);
	if (!output->path)
		return -ENOMEM;
	if (!replace && !faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW))
		return -EEXIST;
	catch_signals();
	/* A signal between the two would not find the file. */
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	err = create_temporary(output, path);
	if (!err)
		replace_pending(NULL, output->temporary);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return err;
}

/**
 * output_has_room - is there room for what is to be written?
 * @output: the file
 * @bytes: how much
 * @room: filled with how much there is
 */
bool output_has_room(const struct output *output, uint64_t bytes, uint64_t *room)
{
	struct statvfs fs;

	if (fstatvfs(output->fd, &fs))
		return true;
	*room = (uint64_t)fs.f_bavail * fs.f_frsize;
	return bytes <= *room;
}

static int write_all(int fd, const uint8_t *data, size_t len)
{
	while (len) {
		ssize_t n = write(fd, data, len);

		if (n < 0) {
			if (errno == EINTR)
				continue;
			return -errno;
		}
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

/**
 * output_flush - hand what has been written to the kernel
 * @output: the file
 *
 * Return: 0 or a negative errno.
 */
int output_flush(struct output *output)
{
	size_t used = output->used;

	output->used = 0;
	return write_all(output->fd, output->buffer, used);
}

/**
 * output_write - write bytes
 * @output: the file
 * @data: the bytes
 * @len: their number, at most the size of the buffer
 *
 * Return: 0 or a negative errno.
 */
int output_write(struct output *output, const void *data, size_t len)
{
	int err = 0;

	if (len > sizeof(output->buffer) - output->used)
		err = output_flush(output);
	if (err)
		return err;
	memcpy(output->buffer + output->used, data, len);
	output->used += len;
	return 0;
}

/*
 * File systems that cannot rename without replacing can make a second name. On those that can do neither, as folders that
 * a host shares with its virtual machine, somebody else's file of that name has to come at the very moment to be lost.
 */
static int rename_new(const char *from, const char *to)
{
	struct stat st;

	if (!renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE))
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -errno;
	if (!link(from, to)) {
		unlink(from);
		return 0;
	}
	if (errno != EPERM && errno != EOPNOTSUPP && errno != ENOSYS && errno != EMLINK)
		return -errno;
	if (!lstat(to, &st))
		return -EEXIST;
	return errno != ENOENT || rename(from, to) ? -errno : 0;
}

/**
 * output_commit - the file is complete: give it its name
 * @output: the file
 * @replace: a file of this name is replaced
 *
 * Return: 0; -EEXIST if there is a file and it is not to be replaced; another negative errno.
 */
int output_commit(struct output *output, bool replace)
{
	int err = output_flush(output);

	if (!err && fsync(output->fd))
		err = -errno;
	if (!err && close(output->fd))
		err = -errno;
	output->fd = -1;
	if (err)
		return err;
	if (replace)
		err = rename(output->temporary, output->path) ? -errno : 0;
	else
		err = rename_new(output->temporary, output->path);
	if (err)
		return err;
	replace_pending(output->temporary, NULL);
	free(output->temporary);
	output->temporary = NULL;
	return 0;
}

/**
 * output_close - let go of a file; one that was not committed is removed
 * @output: the file
 */
void output_close(struct output *output)
{
	if (output->fd >= 0)
		close(output->fd);
	if (output->temporary) {
		unlink(output->temporary);
		replace_pending(output->temporary, NULL);
	}
	free(output->temporary);
	free(output->path);
}
