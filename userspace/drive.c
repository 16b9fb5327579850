// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/cdrom.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "drive.h"
#include "holders.h"

/* udev and what it runs hold a drive for a moment after each change; they are waited for this long. When
 * many drives change at once, udev is busy for a while. */
#ifndef PATIENCE_MS
#define PATIENCE_MS	10000
#endif
/* udev takes its time on a busy machine, but it does let go. */
#define UDEV_PATIENCE_MS (3 * PATIENCE_MS)
#define PAUSE_MS	50

/**
 * drive_node - the node of a drive
 * @node: filled
 * @index: the drive
 */
void drive_node(char node[DRIVE_NODE_MAX], int index)
{
	snprintf(node, DRIVE_NODE_MAX, "/dev/vcd%d", index);
}

/* Reads the disc in a drive as one without audio: who looks for a file system there finds zeroes. */
static int read_around_audio(const struct reader *reader, uint64_t offset, void *buf, size_t len)
{
	int err = reader_read(reader->ctx, offset, buf, len);

	if (err != -EIO)
		return err;
	memset(buf, 0, len);
	return 0;
}

/**
 * drive_read_content - find out what is on the disc in a drive
 * @status: the drive; a disc is in it
 * @content: filled on success
 *
 * The image may be out of reach, or another file by now; so the disc is read through the drive.
 *
 * Return: 0 or a negative errno.
 */
int drive_read_content(const struct vcd_status *status, struct content *content)
{
	char node[DRIVE_NODE_MAX];
	struct fd_source source = { .fd = -1 };
	struct reader disc, around_audio;
	int kind, err;

	drive_node(node, status->index);
	/* O_NONBLOCK leaves the tray and its lock as they are. */
	source.fd = open(node, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (source.fd < 0)
		return -errno;
	disc = reader_from_fd(&source, (uint64_t)status->sectors * SECTOR_SIZE);
	around_audio = (struct reader){ .read = read_around_audio, .ctx = &disc, .size = disc.size };
	kind = ioctl(source.fd, CDROM_DISC_STATUS, CDSL_CURRENT);
	err = content_read(kind == CDS_AUDIO || kind == CDS_MIXED ? &around_audio : &disc, content);
	close(source.fd);
	return err;
}

/* Read "3" or "vcd3"; false when the word is neither. */
static bool parse_name(const char *word, int *index)
{
	unsigned long value;
	char *end;

	if (!strncmp(word, "vcd", 3))
		word += 3;
	if (!isdigit((unsigned char)word[0]))
		return false;
	errno = 0;
	value = strtoul(word, &end, 10);
	if (*end || errno || value > INT_MAX - 1)
		return false;
	*index = (int)value;
	return true;
}

/**
 * drive_has_form - could this word name a drive?
 * @word: the word
 */
bool drive_has_form(const char *word)
{
	int index;

	if (!strncmp(word, "/dev/", 5))
		word += 5;
	return parse_name(word, &index);
}

static enum exit_code find_by_number(int ctl, const char *word, dev_t dev, int *index)
{
	struct vcd_drive drive;
	int err;

	vcd_for_each_drive(ctl, &drive, err) {
		if (makedev(drive.status.major, drive.status.minor) == dev) {
			*index = drive.status.index;
			return CODE_OK;
		}
	}
	complain(word, "is not a drive of vcd; 'vcdctl list' shows them");
	return CODE_NO_DRIVE;
}

/**
 * drive_find - the drive that a word on the command line means
 * @ctl: the control device
 * @word: a node, a link to one, "vcd3" or "3"
 * @index: filled
 *
 * Complains if there is none. A drive that is named by its number is not asked whether it exists.
 */
enum exit_code drive_find(int ctl, const char *word, int *index)
{
	struct stat st;

	if (!strchr(word, '/') && parse_name(word, index))
		return CODE_OK;
	if (!stat(word, &st) && S_ISBLK(st.st_mode))
		return find_by_number(ctl, word, st.st_rdev, index);
	/* The node may be missing where /dev is not the kernel's own. */
	if (!strncmp(word, "/dev/vcd", 8) && parse_name(word + 5, index))
		return CODE_OK;
	complain(word, "is not a drive; name it as /dev/vcd3, vcd3 or 3");
	return CODE_NO_DRIVE;
}

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static dev_t device_of(int ctl, int index)
{
	struct vcd_drive drive;

	if (index < 0 || vcd_status(ctl, index, &drive))
		return 0;
	return makedev(drive.status.major, drive.status.minor);
}

/**
 * drive_run - do something with a drive, and complain if that fails
 * @request: what
 *
 * A drive that is busy for no reason that would last is waited for.
 */
enum exit_code drive_run(const struct request *request)
{
	const struct timespec pause = { .tv_nsec = PAUSE_MS * 1000000L };
	long begun = now_ms();
	enum exit_code code;
	int err;

	while ((err = request->run(request)) == -EBUSY) {
		struct holders holders;

		holders_find(&holders, device_of(request->ctl, request->index));
		if (!holders.lasting && now_ms() < begun + (holders.passing ? UDEV_PATIENCE_MS : PATIENCE_MS)) {
			holders_free(&holders);
			nanosleep(&pause, NULL);
			continue;
		}
		code = explain_busy(request, holders.text, holders.hidden);
		holders_free(&holders);
		return code;
	}
	return err ? explain(request, err) : CODE_OK;
}

/**
 * drive_run_each - do the same with several drives
 * @request: what; its index does not matter
 * @selection: the drives
 *
 * Return: the code of the first failure; the drives behind it are gone through all the same.
 */
enum exit_code drive_run_each(const struct request *request, const struct selection *selection)
{
	enum exit_code code = CODE_OK;
	size_t i;

	for (i = 0; i < selection->count; i++) {
		struct request one = *request;
		enum exit_code ret;

		one.index = selection->indices[i];
		ret = drive_run(&one);
		if (code == CODE_OK)
			code = ret;
	}
	return code;
}

static enum exit_code select_one(struct selection *selection, int index)
{
	int *indices = reallocarray(selection->indices, selection->count + 1, sizeof(*indices));

	if (!indices) {
		complain(NULL, "no memory");
		return CODE_INTERNAL;
	}
	selection->indices = indices;
	indices[selection->count++] = index;
	return CODE_OK;
}

/**
 * selection_from_words - the drives that are named on the command line
 * @selection: filled; to be given to selection_free() whatever this function returns
 * @ctl: the control device
 * @words: the names
 * @count: their number
 *
 * Return: the code of the first name of which there is no drive, which has been said; those of the others are in the
 * selection all the same.
 */
enum exit_code selection_from_words(struct selection *selection, int ctl, char *const *words, int count)
{
	enum exit_code code = CODE_OK, ret;
	int i, index;

	*selection = (struct selection){ 0 };
	for (i = 0; i < count; i++) {
		ret = drive_find(ctl, words[i], &index);
		if (ret == CODE_OK)
			ret = select_one(selection, index);
		if (code == CODE_OK)
			code = ret;
	}
	return code;
}

/**
 * selection_of_all - every drive that a function wants
 * @selection: filled; to be given to selection_free() whatever this function returns
 * @ctl: the control device
 * @wanted: asked of each drive
 */
enum exit_code selection_of_all(struct selection *selection, int ctl, bool (*wanted)(const struct vcd_drive *drive))
{
	enum exit_code code = CODE_OK;
	struct vcd_drive drive;
	int err;

	*selection = (struct selection){ 0 };
	vcd_for_each_drive(ctl, &drive, err) {
		if (wanted(&drive))
			code = select_one(selection, drive.status.index);
		if (code != CODE_OK)
			return code;
	}
	if (err == -ENODEV)
		return CODE_OK;
	return explain(&(struct request){ .action = ACTION_STATUS, .ctl = ctl, .index = VCD_ANY }, err);
}

/**
 * selection_free - let go of a selection
 * @selection: the selection
 */
void selection_free(struct selection *selection)
{
	free(selection->indices);
	*selection = (struct selection){ 0 };
}
