// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module that exists only here: linked into vcdctl for the tests of its command line.
 *
 * VCD_FAKE in the environment is a list of words:
 *
 *	open=ERRNO	opening the control device fails
 *	load=ERRNO	loading the module fails; load=ok: it works, and opening works from then on
 *	uid=N		the caller's user
 *	COMMAND=ERRNO	info, create, remove, attach, detach, tray or status fails; features: info tells of none
 *	COMMAND=ERRNO*N	... N times, and works from then on
 *	drive=INDEX:STATE:UID:SECTORS:NAME	there is such a drive; STATE is made of the letters
 *			d disc, o tray open, l locked, x exclusive, s stale, r draining
 *	dev=MAJOR:MINOR	device number of every drive
 *	proc=DIR sys=DIR	what is taken for /proc and /sys when holders are searched for
 *
 *	optical=SECTORS:LBA*N,LBA,...	/dev/fake is a drive with a DVD of so many sectors, of which these fail,
 *			N times or always; optical=empty, open, audio, no-sub: a drive with no disc, with an open tray,
 *			with an audio CD, and one that returns no sub-channels; salt=N after it: with other contents
 *
 * Every ioctl that changes something is written to the file VCD_FAKE_LOG names.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fake-drive.h"
#include "holders.h"
#include "libvcd.h"
#include "module.h"
#include "settle.h"

#define MAX_DRIVES	8

struct fake_error {
	const char *command;
	int err;
	int times;
};

static struct vcd_drive drives[MAX_DRIVES];
static unsigned int drive_count;
static struct fake_error errors[16];
static unsigned int error_count;
static uid_t fake_uid;
static unsigned int fake_major = 240, fake_minor;

static int errno_from_name(const char *name)
{
	static const struct { const char *name; int err; } names[] = {
#define E(x) { #x, x }
		E(EPERM), E(ENOENT), E(EINTR), E(EIO), E(ENXIO), E(E2BIG), E(EBADF), E(ENOMEM), E(EACCES), E(EFAULT),
		E(ENOTBLK), E(EBUSY), E(EEXIST), E(ENODEV), E(EISDIR), E(EINVAL), E(ENOTTY), E(EFBIG), E(ENOSPC), E(EDQUOT),
		E(ELOOP), E(ENODATA), E(ENOMEDIUM), E(ESTALE), E(EOPNOTSUPP), E(ETIMEDOUT), E(EKEYREJECTED),
		E(ENOKEY), E(ENOEXEC), E(ESRCH),
#undef E
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(names[i].name, name))
			return names[i].err;
	fprintf(stderr, "fake: unknown errno %s\n", name);
	abort();
}

/* What a command is to fail with this time; 0 if it works. */
static int fails(const char *command)
{
	unsigned int i;

	for (i = 0; i < error_count; i++) {
		if (strcmp(errors[i].command, command) || !errors[i].times)
			continue;
		if (errors[i].times > 0)
			errors[i].times--;
		return errors[i].err;
	}
	return 0;
}

static int result(int err)
{
	if (!err)
		return 0;
	errno = err;
	return -1;
}

__attribute__((format(printf, 1, 2)))
static void note(const char *format, ...)
{
	const char *path = getenv("VCD_FAKE_LOG");
	FILE *file = path ? fopen(path, "ae") : NULL;
	va_list args;

	if (!file)
		return;
	va_start(args, format);
	vfprintf(file, format, args);
	va_end(args);
	fclose(file);
}

static int fake_open(const char *path, int flags)
{
	int err = fails("open");

	(void)path;
	if (err)
		return result(err);
	return open("/dev/null", flags);
}

static int fake_load(void)
{
	unsigned int i;

	for (i = 0; i < error_count; i++) {
		if (!strcmp(errors[i].command, "load"))
			return -errors[i].err;
	}
	for (i = 0; i < error_count; i++)
		if (!strcmp(errors[i].command, "open"))
			errors[i].times = 0;
	note("load\n");
	return 0;
}

static struct vcd_drive *find(int index, bool next)
{
	unsigned int i;

	for (i = 0; i < drive_count; i++)
		if (drives[i].status.index == index || (next && drives[i].status.index > index))
			return &drives[i];
	return NULL;
}

static int status(struct vcd_status *status)
{
	const struct vcd_drive *drive = find(status->index, status->flags & VCD_STATUS_NEXT);
	struct vcd_status in = *status;

	if (!drive)
		return result(ENODEV);
	*status = drive->status;
	status->size = in.size;
	status->name = in.name;
	status->name_size = (uint32_t)strlen(drive->name) + 1;
	snprintf((char *)(uintptr_t)in.name, in.name_size, "%s", drive->name);
	return 0;
}

static int attach(struct vcd_attach *a)
{
	const struct vcd_extent *extent = (const void *)(uintptr_t)a->extents.ptr;
	int err = fails("attach");

	note("attach index %d flags %#x profile %#x files %u sectors %u tail %u name %.*s speed %u cache %u\n", a->index, a->flags,
	     a->profile, a->files.count, a->sectors, extent->tail, (int)a->name_len, (const char *)(uintptr_t)a->name,
	     a->read_speed, a->cache);
	/* An old module knows nothing of what is behind the fields of its time. */
	if (!err && fails("features") && (a->indices.ptr || a->indices.count || a->indices.elem_size))
		err = E2BIG;
	if (err)
		return result(err);
	if (a->index >= 0 && !find(a->index, false))
		return result(ENODEV);
	if (a->index < 0)
		a->index = 0;
	a->generation = 7;
	return 0;
}

static int create(struct vcd_create *c)
{
	static int next;
	int err = fails("create");

	note("create %d\n", c->index);
	if (err)
		return result(err);
	if (c->index < 0)
		c->index = next++;
	return 0;
}

static int fake_ioctl(int fd, unsigned long command, void *arg)
{
	const struct { uint32_t size, flags; int32_t index; uint32_t last; } *head = arg;
	const char *name = "info";
	int err;

	(void)fd;
	switch (command) {
	case VCD_IOC_ATTACH:
		return attach(arg);
	case VCD_IOC_CREATE:
		return create(arg);
	case VCD_IOC_STATUS:
		err = fails("status");
		return err ? result(err) : status(arg);
	case VCD_IOC_REMOVE:
		name = "remove";
		break;
	case VCD_IOC_DETACH:
		name = "detach";
		break;
	case VCD_IOC_TRAY:
		name = "tray";
		break;
	}
	note("%s index %d flags %u action %u\n", name, head->index, head->flags, head->last);
	err = fails(name);
	/* An old module is one that fails in no other way than by having no features */
	if (!err && command == VCD_IOC_INFO && !fails("features"))
		((struct vcd_info *)arg)->features = VCD_FEATURE_DATA | VCD_FEATURE_READ_SPEED | VCD_FEATURE_CACHE;
	if (!err && command == VCD_IOC_INFO) {
		((struct vcd_info *)arg)->max_files = fails("files") ? 0 : 256;
		((struct vcd_info *)arg)->max_extents = fails("extents") ? 0 : 4096;
	}
	if (!err && command != VCD_IOC_INFO && !find(head->index, false))
		err = ENODEV;
	return result(err);
}

/* Found by the linker before that of the C library. */
uid_t geteuid(void)
{
	return fake_uid;
}

static void add_drive(const char *text)
{
	static const char letters[] = "dolxsr";
	struct vcd_drive *drive = &drives[drive_count++];
	char state[16] = "";
	int at = 0;
	size_t i;

	if (sscanf(text, "%d:%15[^:]:%u:%u:%n", &drive->status.index, state, &drive->status.disc_uid,
		   &drive->status.sectors, &at) < 4)
		abort();
	for (i = 0; letters[i]; i++)
		if (strchr(state, letters[i]))
			drive->status.state |= 1U << i;
	drive->status.drive_uid = drive->status.disc_uid;
	drive->status.profile = drive->status.sectors ? VCD_PROFILE_CD_ROM : 0;
	drive->status.tracks = drive->status.sessions = drive->status.files = drive->status.sectors ? 1 : 0;
	snprintf(drive->name, sizeof(drive->name), "%s", text + at);
}

static void add_optical(const char *text)
{
	unsigned int i, at = 0, lba, n = 0;

	fake_data_disc(0x10, (uint32_t)atoi(text));
	fake_drive_install();
	if (!strcmp(text, "empty") || !strcmp(text, "open")) {
		fake.tur_sense[0] = 2;
		fake.tur_sense[1] = 0x3A;
		fake.tur_sense[2] = text[0] == 'o' ? 2 : 1;
		fake.tur_times = -1;
	} else if (!strcmp(text, "audio") || !strcmp(text, "no-sub")) {
		fake_data_disc(0x08, 1000);
		fake.tracks[0].mode = fake.tracks[0].control = 0;
		fake.tracks[1] = (struct fake_track){ .session = 1, .lba = 500, .pregap = 100 };
		fake.track_count = 2;
		fake.no_raw_sub = text[0] == 'n';
	}
	text = strchr(text, ':');
	for (i = 0; text && i < 8 && sscanf(text += at + 1, "%u%n", &lba, &n) == 1; i++) {
		at = n;
		fake.bad[i] = (struct fake_bad){ lba, -1 };
		if (text[at] == '*' && sscanf(text + at + 1, "%d%n", &fake.bad[i].times, &n) == 1)
			at += 1 + n;
		if (text[at] != ',')
			break;
	}
}

static void read_word(char *word)
{
	char *value = strchr(word, '=');
	char *times;

	if (!value)
		abort();
	*value++ = '\0';
	if (!strcmp(word, "uid")) {
		fake_uid = (uid_t)atoi(value);
	} else if (!strcmp(word, "drive")) {
		add_drive(value);
	} else if (!strcmp(word, "dev")) {
		sscanf(value, "%u:%u", &fake_major, &fake_minor);
	} else if (!strcmp(word, "optical")) {
		add_optical(value);
	} else if (!strcmp(word, "salt")) {
		fake.salt = (uint32_t)atoi(value);
	} else if (!strcmp(word, "proc")) {
		holders_proc = value;
	} else if (!strcmp(word, "sys")) {
		holders_sys = value;
	} else if (strcmp(word, "load") || strcmp(value, "ok")) {
		times = strchr(value, '*');
		if (times)
			*times++ = '\0';
		errors[error_count++] = (struct fake_error){
			.command = word,
			.err = errno_from_name(value),
			.times = times ? atoi(times) : -1,
		};
	}
}

static char *words;

__attribute__((constructor))
static void fake_begin(void)
{
	const char *text = getenv("VCD_FAKE");
	unsigned int i;
	char *word, *rest;

	vcd_backend.open = fake_open;
	vcd_backend.ioctl = fake_ioctl;
	module_load = fake_load;
	settle_limit_ms = 0;
	words = strdup(text ? text : "");
	for (word = strtok_r(words, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
		read_word(word);
	for (i = 0; i < drive_count; i++) {
		drives[i].status.major = fake_major;
		drives[i].status.minor = fake_minor;
	}
}

__attribute__((destructor))
static void fake_end(void)
{
	free(words);
}
