// SPDX-License-Identifier: GPL-2.0-only
/*
 * Work on an image in a process of its own: a library that aborts, crashes or comes to no end over a broken file takes
 * nobody with it. What is added to the image there is told through a pipe and added here as well. Files that are to be
 * written have to be open before.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "apart.h"

/* So long the processor may be busy between two calls of apart_go_on(). */
#define SECONDS_MAX	20

enum kind {
	EXTENT,
	SUBCHANNEL,
	TRACK,
	INDEX,
	CDTEXT,
	PROGRESS,
	END,
};

/**
 * struct ending - how the work ended, as the fields of struct image of these names
 * @error: what it returned
 */
struct ending {
	enum image_error error;
	uint32_t sectors;
	uint32_t profile_hint;
	char mcn[sizeof(((struct image *)0)->mcn)];
	char reason[sizeof(((struct image *)0)->reason)];
};

/**
 * struct progress - for the function of struct image_options
 * @what: its arguments
 */
struct progress {
	char what[32];
	uint64_t done;
	uint64_t total;
};

/**
 * struct record - something that is told
 * @kind: which of the others it is
 */
struct record {
	enum kind kind;
	union {
		struct vcd_extent extent;
		struct vcd_track track;
		struct vcd_index index;
		struct vcd_cdtext pack;
		struct progress progress;
		struct ending ending;
	};
};

/* One goes through the pipe as a whole. */
_Static_assert(sizeof(struct record) <= PIPE_BUF, "a record is longer than what a pipe takes at once");

/* --- in the new process --- */

/* Where it tells; for a function that has no argument for that */
static int out = -1;

static void tell(const struct record *record)
{
	/* Nobody is there to hear of an error. */
	if (write(out, record, sizeof(*record)) != sizeof(*record))
		_exit(1);
}

static void tell_progress(const char *what, uint64_t done, uint64_t total)
{
	struct record record = { .kind = PROGRESS, .progress = { .done = done, .total = total } };

	snprintf(record.progress.what, sizeof(record.progress.what), "%s", what);
	tell(&record);
}

static void tell_end(const struct image *image, enum image_error error)
{
	struct record record = { .kind = END, .ending = {
		.error = error, .sectors = image->sectors, .profile_hint = image->profile_hint } };

	memcpy(record.ending.mcn, image->mcn, sizeof(record.ending.mcn));
	memcpy(record.ending.reason, image->reason, sizeof(record.ending.reason));
	tell(&record);
}

static void tell_all(const struct image *image, enum image_error error)
{
	uint32_t i;

	for (i = 0; i < image->extent_count; i++)
		tell(&(struct record){ .kind = EXTENT, .extent = image->extents[i] });
	for (i = 0; i < image->subchannel_count; i++)
		tell(&(struct record){ .kind = SUBCHANNEL, .extent = image->subchannels[i] });
	for (i = 0; i < image->track_count; i++)
		tell(&(struct record){ .kind = TRACK, .track = image->tracks[i] });
	for (i = 0; i < image->index_count; i++)
		tell(&(struct record){ .kind = INDEX, .index = image->indices[i] });
	for (i = 0; i < image->cdtext_count; i++)
		tell(&(struct record){ .kind = CDTEXT, .pack = image->cdtext[i] });
	tell_end(image, error);
}

/**
 * apart_go_on - the work has come some way
 *
 * To be called now and then, or the process is ended: without progress it has so many seconds of the processor, and
 * waits for files as long as they take.
 */
void apart_go_on(void)
{
	setitimer(ITIMER_PROF, &(struct itimerval){ .it_value.tv_sec = SECONDS_MAX }, NULL);
}

/* Not to outlive its parent, and to leave no core file behind */
static void become_apart(pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	prctl(PR_SET_DUMPABLE, 0);
	signal(SIGPROF, SIG_DFL);
	apart_go_on();
}

static void work_apart(struct image *image, enum image_error (*work)(struct image *image))
{
	if (image->options.progress)
		image->options.progress = tell_progress;
	tell_all(image, work(image));
	/* No more: what the parent has not written yet is not to be written twice. */
	_exit(0);
}

/* --- in the old one --- */

static enum image_error take(struct image *image, const struct record *record)
{
	switch (record->kind) {
	case EXTENT:
		return image_add_extent(image, &record->extent);
	case SUBCHANNEL:
		return image_add_subchannel(image, &record->extent);
	case TRACK:
		return image_add_track(image, &record->track);
	case INDEX:
		return image_add_index(image, &record->index);
	case CDTEXT:
		return image_add_cdtext(image, &record->pack);
	case PROGRESS:
		image->options.progress(record->progress.what, record->progress.done, record->progress.total);
		return IMAGE_OK;
	default:
		image->sectors = record->ending.sectors;
		image->profile_hint = record->ending.profile_hint;
		memcpy(image->mcn, record->ending.mcn, sizeof(image->mcn));
		memcpy(image->reason, record->ending.reason, sizeof(image->reason));
		return record->ending.error;
	}
}

static bool read_record(int in, struct record *record)
{
	ssize_t n;

	do
		n = read(in, record, sizeof(*record));
	while (n < 0 && errno == EINTR);
	return n == sizeof(*record);
}

static enum image_error listen_to(struct image *image, int in, const char *library)
{
	struct record record;
	enum image_error error;

	do {
		if (!read_record(in, &record))
			return image_fail(image, IMAGE_NOT_AN_IMAGE, "is damaged: %s crashed over it, or came to no end",
					  library);
		error = take(image, &record);
	} while (!error && record.kind != END);
	return error;
}

static enum image_error cannot_start(struct image *image)
{
	return image_fail(image, IMAGE_CANNOT_OPEN, "cannot be read: no process can be started for it: %s", strerror(errno));
}

/**
 * apart_run - have work done on an image in a process of its own
 * @image: the image; it has no tracks yet. What is added to it becomes known here, but for files.
 * @library: whose work it is, to say so if it does not come to its end
 * @work: the work; it has to call apart_go_on() if it may take long
 *
 * Return: what @work returns; IMAGE_NOT_AN_IMAGE if it does not.
 */
enum image_error apart_run(struct image *image, const char *library, enum image_error (*work)(struct image *image))
{
	pid_t parent = getpid(), child;
	enum image_error error;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC))
		return cannot_start(image);
	child = fork();
	if (!child) {
		out = ends[1];
		become_apart(parent);
		work_apart(image, work);
	}
	close(ends[1]);
	error = child < 0 ? cannot_start(image) : listen_to(image, ends[0], library);
	close(ends[0]);
	/* It may write once more, which then ends it. */
	while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
	return error;
}
