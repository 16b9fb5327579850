// SPDX-License-Identifier: GPL-2.0
/*
 * abi FOLDER: the control interface, spoken to without a library. Everything that include/uapi/linux/vcd.h promises
 * of a command is asked for here, each errno by the ways that lead to it.
 *
 * Runs as root on a drive 0 that is the only one and empty, and leaves it so. FOLDER is for images.
 */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <scsi/sg.h>
#include <linux/cdrom.h>
#include <linux/vcd.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

#define SECTOR		2048U
#define NODE		"/dev/vcd0"
#define ALICE		1000
#define IMAGE_SECTORS	40U

static int ctl;
static long page;
static void *no_access;
static const char *folder;

#define BAD_POINTER	((void *)(uintptr_t)8)

static uint64_t addr(const void *p)
{
	return (uintptr_t)p;
}

static const char *named(const char *format, ...)
{
	static char names[8][200];
	static unsigned int turn;
	char *name = names[turn++ % 8];
	va_list args;

	va_start(args, format);
	vsnprintf(name, sizeof(names[0]), format, args);
	va_end(args);
	return name;
}

static const char *path_of(const char *file)
{
	return named("%s/%s", folder, file);
}

/* --- images --------------------------------------------------------------------------------------------------- */

static int make_file(const char *name, size_t bytes, unsigned char seed)
{
	unsigned char block[SECTOR];
	int fd = open(path_of(name), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	size_t done, i;

	if (fd < 0)
		tap_bail("%s", name);
	for (done = 0; done < bytes; done += SECTOR) {
		size_t len = bytes - done < SECTOR ? bytes - done : SECTOR;

		for (i = 0; i < len; i++)
			block[i] = seed + (done / SECTOR) * 7 + i * 13 + (i >> 8);
		if (write(fd, block, len) != (ssize_t)len)
			tap_bail("%s", name);
	}
	return fd;
}

/* --- a disc ----------------------------------------------------------------------------------------------------- */

#define MANY	5000

static struct vcd_file files[MANY];
static struct vcd_extent extents[MANY];
static struct vcd_track tracks[MANY];
static int image_fd;

/* A call that puts a plain image of IMAGE_SECTORS into drive 0; what is to be wrong is changed afterwards. */
static void plain(struct vcd_attach *attach)
{
	static const char name[] = "abi";

	memset(files, 0, sizeof(files));
	memset(extents, 0, sizeof(extents));
	memset(tracks, 0, sizeof(tracks));
	files[0] = (struct vcd_file){ .fd = image_fd };
	extents[0] = (struct vcd_extent){ .sectors = IMAGE_SECTORS, .stride = SECTOR };
	tracks[0] = (struct vcd_track){
		.sectors = IMAGE_SECTORS, .number = 1, .session = 1, .control = 4, .mode = VCD_MODE_DATA,
	};
	*attach = (struct vcd_attach){
		.size = sizeof(*attach),
		.files = { addr(files), 1, sizeof(files[0]) },
		.extents = { addr(extents), 1, sizeof(extents[0]) },
		.tracks = { addr(tracks), 1, sizeof(tracks[0]) },
		.name = addr(name),
		.name_len = 3,
		.sectors = IMAGE_SECTORS,
	};
}

static long do_attach(struct vcd_attach *attach)
{
	return ioctl(ctl, VCD_IOC_ATTACH, attach);
}

static long do_detach(int index, unsigned int flags, uint64_t generation)
{
	struct vcd_detach detach = {
		.size = sizeof(detach), .flags = flags, .index = index, .generation = generation,
	};

	return ioctl(ctl, VCD_IOC_DETACH, &detach);
}

static long do_create(int index)
{
	struct vcd_create create = { .size = sizeof(create), .index = index };

	return ioctl(ctl, VCD_IOC_CREATE, &create) ? -1 : create.index;
}

static long do_remove(int index, unsigned int flags)
{
	struct vcd_remove remove = { .size = sizeof(remove), .flags = flags, .index = index };

	return ioctl(ctl, VCD_IOC_REMOVE, &remove);
}

static long do_tray(int action, unsigned int flags)
{
	struct vcd_tray tray = { .size = sizeof(tray), .flags = flags, .action = action };

	return ioctl(ctl, VCD_IOC_TRAY, &tray);
}

static struct vcd_status status_of(int index)
{
	struct vcd_status status = { .size = sizeof(status), .index = index };

	if (ioctl(ctl, VCD_IOC_STATUS, &status))
		tap_bail("status of drive %d", index);
	return status;
}

/*
 * An opener that udev runs is gone soon, and what it holds up with EBUSY works then. The device manager sees each
 * change of a drive.
 */
static void settle(void)
{
	if (system("udevadm settle --timeout=30 >/dev/null 2>&1"))
		return;
}

static void insert(void)
{
	struct vcd_attach attach;

	plain(&attach);
	if (do_attach(&attach))
		tap_bail("attach");
	settle();
}

static void take_out(void)
{
	if (do_detach(0, VCD_DETACH_FORCE, 0) && errno != ENOMEDIUM)
		tap_bail("detach");
	settle();
}

/* --- structures: sizes, flags, pointers ---------------------------------------------------------------------------- */

/**
 * struct command - a command and a call of it that works
 * @size: of its structure
 * @first_size: of the first version of its structure
 * @flags: the flags that it knows
 * @reserved: offset of its reserved field that has to be 0, or 0
 * @prepare: brings the drive into the state in which @fill works; called before each call
 * @fill: the arguments
 */
struct command {
	const char *name;
	unsigned int number;
	unsigned int size;
	unsigned int first_size;
	unsigned int flags;
	unsigned int reserved;
	void (*prepare)(void);
	void (*fill)(void *arg);
};

static void prepare_nothing(void)
{
}

static void prepare_no_drive_5(void)
{
	if (do_remove(5, VCD_REMOVE_FORCE) && errno != ENODEV)
		tap_bail("remove");
}

static void prepare_drive_5(void)
{
	if (do_create(5) < 0 && errno != EEXIST)
		tap_bail("create");
}

static void prepare_empty(void)
{
	if (do_detach(0, VCD_DETACH_FORCE, 0) && errno != ENOMEDIUM)
		tap_bail("detach");
}

static void prepare_disc(void)
{
	struct vcd_attach attach;

	plain(&attach);
	if (do_attach(&attach) && errno != EEXIST)
		tap_bail("attach");
}

static void fill_nothing(void *arg)
{
}

static void fill_create(void *arg)
{
	((struct vcd_create *)arg)->index = 5;
}

static void fill_remove(void *arg)
{
	((struct vcd_remove *)arg)->index = 5;
	((struct vcd_remove *)arg)->flags = VCD_REMOVE_FORCE;
}

static void fill_attach(void *arg)
{
	plain(arg);
}

static void fill_detach(void *arg)
{
	((struct vcd_detach *)arg)->flags = VCD_DETACH_FORCE;
}

static void fill_tray(void *arg)
{
	((struct vcd_tray *)arg)->action = VCD_TRAY_CLOSE;
}

#define COMMAND_GROWN(_name, _struct, _first, _flags, _reserved, _prepare, _fill)	\
	{ #_name, VCD_IOC_##_name, sizeof(struct _struct), _first, _flags, _reserved, _prepare, _fill }
#define COMMAND(_name, _struct, ...)	\
	COMMAND_GROWN(_name, _struct, sizeof(struct _struct), __VA_ARGS__)

static const struct command commands[] = {
	COMMAND_GROWN(INFO, vcd_info, offsetof(struct vcd_info, user_drives), 0, 0, prepare_nothing, fill_nothing),
	COMMAND_GROWN(CREATE, vcd_create, offsetof(struct vcd_create, vendor), 0, offsetof(struct vcd_create, reserved),
		      prepare_no_drive_5, fill_create),
	COMMAND(REMOVE, vcd_remove, VCD_REMOVE_FORCE, offsetof(struct vcd_remove, reserved), prepare_drive_5,
		fill_remove),
	COMMAND_GROWN(ATTACH, vcd_attach, offsetof(struct vcd_attach, read_speed),
		      VCD_ATTACH_SWAP | VCD_ATTACH_FORCE | VCD_ATTACH_CREATE | VCD_ATTACH_DUAL_LAYER,
		      0, prepare_empty, fill_attach),
	COMMAND(DETACH, vcd_detach, VCD_DETACH_FORCE, offsetof(struct vcd_detach, reserved), prepare_disc,
		fill_detach),
	COMMAND(TRAY, vcd_tray, VCD_TRAY_FORCE, 0, prepare_nothing, fill_tray),
	COMMAND_GROWN(STATUS, vcd_status, offsetof(struct vcd_status, read_speed), VCD_STATUS_NEXT,
		      offsetof(struct vcd_status, reserved), prepare_nothing, fill_nothing),
};

#define COMMANDS	(sizeof(commands) / sizeof(commands[0]))

/* A call with room for @room bytes, the rest of which is zero */
static unsigned char *call(const struct command *command, unsigned int size)
{
	static unsigned char arg[16384] __attribute__((aligned(8)));

	command->prepare();
	memset(arg, 0, sizeof(arg));
	command->fill(arg);
	*(uint32_t *)arg = size;
	return arg;
}

static void test_sizes(const struct command *command)
{
	unsigned char exact[512], *arg;
	unsigned int size, wrong = 0;

	for (size = 0; size < command->first_size; size++) {
		arg = call(command, size);
		if (ioctl(ctl, command->number, arg) != -1 || errno != EINVAL)
			wrong++;
	}
	tap_is(wrong, 0, named("%s: each size below the first version's gives EINVAL", command->name));

	/* A caller that was made for an earlier version; the step is odd, so that fields are cut, too. */
	for (size = command->first_size; size < command->size; size += 5) {
		arg = call(command, size);
		memset(arg + size, 0xFF, 8);
		if (ioctl(ctl, command->number, arg) || arg[size] != 0xFF)
			wrong++;
	}
	tap_is(wrong, 0, named("%s: sizes of earlier versions are taken", command->name));

	arg = call(command, command->size);
	tap_errno(ioctl(ctl, command->number, arg), 0, named("%s: exact size", command->name));
	memcpy(exact, arg, command->size);

	arg = call(command, command->size + 40);
	tap_errno(ioctl(ctl, command->number, arg), 0, named("%s: longer, zeroes", command->name));
	/* The generation counts up. */
	if (command->number == VCD_IOC_ATTACH)
		((struct vcd_attach *)arg)->generation = ((struct vcd_attach *)exact)->generation;
	tap(!memcmp(arg + 4, exact + 4, command->size - 4), "%s: longer, zeroes: the same result", command->name);
	tap(*(uint32_t *)(arg + command->size) == 0, "%s: longer, zeroes: nothing written behind", command->name);

	arg = call(command, command->size + 1);
	tap_errno(ioctl(ctl, command->number, arg), 0, named("%s: one byte longer, zero", command->name));
	arg = call(command, command->size + 1);
	arg[command->size] = 1;
	tap_errno(ioctl(ctl, command->number, arg), E2BIG, named("%s: one byte longer, not zero", command->name));
	arg = call(command, command->size + 40);
	arg[command->size + 39] = 0x80;
	tap_errno(ioctl(ctl, command->number, arg), E2BIG, named("%s: longer, last byte not zero", command->name));
	arg = call(command, page);
	tap_errno(ioctl(ctl, command->number, arg), 0, named("%s: a page, zeroes", command->name));
	arg = call(command, page + 1);
	tap_errno(ioctl(ctl, command->number, arg), E2BIG, named("%s: longer than a page", command->name));
	arg = call(command, UINT32_MAX);
	tap_errno(ioctl(ctl, command->number, arg), E2BIG, named("%s: size of 4 GiB", command->name));
}

static void test_flags(const struct command *command)
{
	unsigned int bit, wrong = 0;

	for (bit = 0; bit < 32; bit++) {
		unsigned char *arg;

		if (command->flags & 1U << bit)
			continue;
		arg = call(command, command->size);
		((uint32_t *)arg)[1] |= 1U << bit;
		if (ioctl(ctl, command->number, arg) != -1 || errno != EOPNOTSUPP)
			wrong++;
	}
	tap_is(wrong, 0, named("%s: each unknown flag gives EOPNOTSUPP", command->name));
}

static void test_pointers(const struct command *command)
{
	unsigned char *arg, *edge = (unsigned char *)no_access - command->size;

	tap_errno(ioctl(ctl, command->number, NULL), EFAULT, named("%s: NULL", command->name));
	tap_errno(ioctl(ctl, command->number, BAD_POINTER), EFAULT, named("%s: bad pointer", command->name));
	tap_errno(ioctl(ctl, command->number, no_access), EFAULT, named("%s: no access", command->name));
	arg = call(command, command->size + 4);
	memcpy(edge, arg, command->size);
	tap_errno(ioctl(ctl, command->number, edge), EFAULT, named("%s: its end can't be read", command->name));
	arg = call(command, command->size);
	memcpy(edge, arg, command->size);
	tap_errno(ioctl(ctl, command->number, edge), 0, named("%s: the page ends with it", command->name));
	arg = call(command, command->size);
	memcpy((char *)no_access - 2, arg, 2);
	tap_errno(ioctl(ctl, command->number, (char *)no_access - 2), EFAULT,
		  named("%s: its size can't be read", command->name));
	if (command->reserved) {
		arg = call(command, command->size);
		*(uint32_t *)(arg + command->reserved) = 1;
		tap_errno(ioctl(ctl, command->number, arg), EINVAL, named("%s: reserved is not 0", command->name));
	}
}

static void test_structures(void)
{
	unsigned int i;

	for (i = 0; i < COMMANDS; i++) {
		test_sizes(&commands[i]);
		test_flags(&commands[i]);
		test_pointers(&commands[i]);
	}
	prepare_no_drive_5();
	take_out();
}

/* What is written can't be put where only reading is possible. */
static void test_read_only_memory(void)
{
	struct vcd_info *info = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	info->size = sizeof(*info);
	mprotect(info, page, PROT_READ);
	tap_errno(ioctl(ctl, VCD_IOC_INFO, info), EFAULT, "INFO: memory can't be written");
	munmap(info, page);
}

/* A copy of a structure in memory that can only be read. */
static void *only_to_read(const void *from, size_t size)
{
	void *copy = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	memcpy(copy, from, size);
	mprotect(copy, page, PROT_READ);
	return copy;
}

/* A command whose results can't be told does nothing; one that has none does not write. */
static void test_read_only_commands(void)
{
	struct vcd_create create = { .size = sizeof(create), .index = 5 };
	struct vcd_remove remove = { .size = sizeof(remove), .index = 5 };
	struct vcd_detach detach = { .size = sizeof(detach) };
	struct vcd_tray tray = { .size = sizeof(tray), .action = VCD_TRAY_OPEN };
	struct vcd_attach attach;

	prepare_no_drive_5();
	take_out();
	tap_errno(ioctl(ctl, VCD_IOC_CREATE, only_to_read(&create, sizeof(create))), EFAULT,
		  "CREATE: memory can't be written");
	tap_errno(do_remove(5, 0), ENODEV, "CREATE: memory can't be written: there is no drive");
	plain(&attach);
	tap_errno(ioctl(ctl, VCD_IOC_ATTACH, only_to_read(&attach, sizeof(attach))), EFAULT,
		  "ATTACH: memory can't be written");
	tap_errno(do_detach(0, 0, 0), ENOMEDIUM, "ATTACH: memory can't be written: there is no disc");
	tap_errno(ioctl(ctl, VCD_IOC_TRAY, only_to_read(&tray, sizeof(tray))), 0, "TRAY: memory can't be written");
	plain(&attach);
	tap_errno(do_attach(&attach), 0, "ATTACH: the open tray closes");
	tap_errno(ioctl(ctl, VCD_IOC_DETACH, only_to_read(&detach, sizeof(detach))), 0,
		  "DETACH: memory can't be written");
	do_create(5);
	tap_errno(ioctl(ctl, VCD_IOC_REMOVE, only_to_read(&remove, sizeof(remove))), 0,
		  "REMOVE: memory can't be written");
}

static void test_unknown_commands(void)
{
	unsigned char arg[256];
	unsigned int nr, wrong = 0;

	for (nr = VCD_IOC_STATUS - VCD_IOC_INFO + 1; nr < 256; nr++) {
		memset(arg, 0, sizeof(arg));
		arg[0] = 64;
		if (ioctl(ctl, _IO(VCD_IOC_TYPE, nr), arg) != -1 || errno != ENOTTY)
			wrong++;
	}
	tap_is(wrong, 0, "unknown numbers give ENOTTY");
	wrong = 0;
	for (nr = 0; nr <= VCD_IOC_STATUS - VCD_IOC_INFO; nr++) {
		unsigned int numbers[] = {
			_IOC(_IOC_READ, VCD_IOC_TYPE, nr, 0), _IOC(_IOC_WRITE, VCD_IOC_TYPE, nr, 0),
			_IOC(_IOC_READ | _IOC_WRITE, VCD_IOC_TYPE, nr, 0), _IOC(_IOC_NONE, VCD_IOC_TYPE, nr, 8),
			_IOWR(VCD_IOC_TYPE, nr, struct vcd_info), _IO(VCD_IOC_TYPE + 1, nr), _IO(0, nr + 64),
		};
		unsigned int i;

		for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
			memset(arg, 0, sizeof(arg));
			arg[0] = sizeof(struct vcd_info);
			if (ioctl(ctl, numbers[i], arg) != -1 || errno != ENOTTY)
				wrong++;
		}
	}
	tap_is(wrong, 0, "other directions, sizes and types give ENOTTY");
	tap_is(VCD_IOC_INFO, 0xC700, "the numbers are what they were: INFO");
	tap_is(VCD_IOC_STATUS, 0xC706, "the numbers are what they were: STATUS");
	tap_is(sizeof(struct vcd_info), 56, "sizes are the same for all: vcd_info");
	tap_is(sizeof(struct vcd_create), 72, "sizes are the same for all: vcd_create");
	tap_is(sizeof(struct vcd_remove), 16, "sizes are the same for all: vcd_remove");
	tap_is(sizeof(struct vcd_attach), 160, "sizes are the same for all: vcd_attach");
	tap_is(sizeof(struct vcd_detach), 24, "sizes are the same for all: vcd_detach");
	tap_is(sizeof(struct vcd_tray), 16, "sizes are the same for all: vcd_tray");
	tap_is(sizeof(struct vcd_status), 88, "sizes are the same for all: vcd_status");
	tap_is(sizeof(struct vcd_extent), 32, "sizes are the same for all: vcd_extent");
	tap_is(sizeof(struct vcd_track), 32, "sizes are the same for all: vcd_track");
	tap_is(sizeof(struct vcd_cdtext), 18, "sizes are the same for all: vcd_cdtext");
	tap_is(sizeof(struct vcd_index), 8, "sizes are the same for all: vcd_index");
	tap_is(sizeof(struct vcd_file), 8, "sizes are the same for all: vcd_file");
}

/* --- arrays ---------------------------------------------------------------------------------------------------- */

struct long_element {
	unsigned char known[sizeof(struct vcd_extent)];
	unsigned char more[16];
};

/* Elements have @first bytes in the first version of the interface. */
static void one_array(const char *name, size_t array_at, void *elements, size_t elem_size, size_t first,
		      unsigned int max, int empty)
{
	static unsigned char room[16384] __attribute__((aligned(8)));
	struct vcd_attach attach;
	struct vcd_array *array = (struct vcd_array *)((char *)&attach + array_at);

	plain(&attach);
	array->ptr = addr(elements);
	array->count = 1;
	array->elem_size = first - 1;
	tap_errno(do_attach(&attach), EINVAL, named("%s: element a byte short", name));
	array->elem_size = 0;
	tap_errno(do_attach(&attach), EINVAL, named("%s: element of no bytes", name));
	array->elem_size = first;
	tap_errno(do_attach(&attach), 0, named("%s: element as in the first version", name));
	prepare_empty();

	plain(&attach);
	array->count = 1;
	memset(room, 0, sizeof(room));
	memcpy(room, elements, elem_size);
	array->ptr = addr(room);
	array->elem_size = elem_size + 16;
	tap_errno(do_attach(&attach), 0, named("%s: longer element, zeroes", name));
	prepare_empty();
	room[elem_size + 15] = 1;
	tap_errno(do_attach(&attach), E2BIG, named("%s: longer element, not zeroes", name));
	room[elem_size + 15] = 0;
	array->elem_size = page;
	tap_errno(do_attach(&attach), 0, named("%s: element of a page, zeroes", name));
	prepare_empty();
	array->elem_size = page + 1;
	tap_errno(do_attach(&attach), E2BIG, named("%s: element of more than a page", name));

	plain(&attach);
	array->count = 1;
	array->elem_size = elem_size;
	array->ptr = addr(BAD_POINTER);
	tap_errno(do_attach(&attach), EFAULT, named("%s: bad pointer", name));
	array->ptr = addr((char *)no_access - elem_size + 1);
	tap_errno(do_attach(&attach), EFAULT, named("%s: its end can't be read", name));
	array->ptr = UINT64_MAX;
	tap_errno(do_attach(&attach), EFAULT, named("%s: pointer at the end of the world", name));

	plain(&attach);
	array->elem_size = elem_size;
	array->count = max + 1;
	tap_errno(do_attach(&attach), E2BIG, named("%s: one element too many", name));
	array->count = UINT32_MAX;
	tap_errno(do_attach(&attach), E2BIG, named("%s: 2^32 - 1 elements", name));
	array->count = 0;
	array->ptr = addr(BAD_POINTER);
	tap_errno(do_attach(&attach), empty, named("%s: none", name));
	prepare_empty();
}

static void test_arrays(void)
{
	static struct vcd_extent subchannel = { .sectors = 5, .stride = 96, .form = VCD_FORM_SUB_RAW_96 };
	static struct vcd_cdtext cdtext = { .pack = { 0x80 } };
	static struct vcd_index index = { .lba = 5, .track = 1, .index = 2 };
	struct vcd_info info = { .size = sizeof(info) };
	struct vcd_attach attach;
	unsigned int i;

	if (ioctl(ctl, VCD_IOC_INFO, &info))
		tap_bail("info");
	/* A plain call needs its file: without files it is the extent that is wrong. */
	one_array("files", offsetof(struct vcd_attach, files), files, sizeof(files[0]),
		  sizeof(files[0]), info.max_files, EINVAL);
	one_array("extents", offsetof(struct vcd_attach, extents), extents, sizeof(extents[0]),
		  sizeof(extents[0]), info.max_extents, EINVAL);
	one_array("tracks", offsetof(struct vcd_attach, tracks), tracks, sizeof(tracks[0]),
		  offsetof(struct vcd_track, isrc), info.max_tracks, EINVAL);
	one_array("sub-channels", offsetof(struct vcd_attach, subchannels), &subchannel, sizeof(subchannel),
		  sizeof(subchannel), info.max_extents, 0);
	one_array("CD-Text", offsetof(struct vcd_attach, cdtext), &cdtext, sizeof(cdtext), sizeof(cdtext),
		  VCD_CDTEXT_MAX, 0);
	one_array("indices", offsetof(struct vcd_attach, indices), &index, sizeof(index), sizeof(index),
		  VCD_INDICES_MAX, 0);

	/* As many as there can be */
	plain(&attach);
	attach.files.count = info.max_files;
	for (i = 0; i < info.max_files; i++)
		files[i].fd = image_fd;
	attach.extents.count = info.max_extents;
	attach.sectors = info.max_extents;
	for (i = 0; i < info.max_extents; i++)
		extents[i] = (struct vcd_extent){
			.lba = i, .sectors = 1, .file = i % info.max_files, .stride = SECTOR,
			.offset = i % IMAGE_SECTORS * SECTOR,
		};
	tracks[0].sectors = attach.sectors;
	tap_errno(do_attach(&attach), 0, "as many files and extents as INFO says");
	tap_is(status_of(0).files, info.max_files, "all files are counted");
	prepare_empty();

	plain(&attach);
	attach.tracks.count = info.max_tracks;
	attach.sectors = info.max_tracks;
	extents[0].sectors = attach.sectors;
	extents[0].file = VCD_FILE_NONE;
	for (i = 0; i < info.max_tracks; i++)
		tracks[i] = (struct vcd_track){
			.lba = i, .sectors = 1, .number = i + 1, .session = 1, .control = 4, .mode = VCD_MODE_DATA,
		};
	tap_errno(do_attach(&attach), 0, "as many tracks as INFO says");
	tap_is(status_of(0).tracks, info.max_tracks, "all tracks are counted");
	prepare_empty();

	plain(&attach);
	attach.files.count = 0;
	extents[0].file = VCD_FILE_NONE;
	tap_errno(do_attach(&attach), 0, "a disc without any file");
	prepare_empty();
	settle();
}

/* --- INFO, CREATE, REMOVE, STATUS --------------------------------------------------------------------------------- */

static void test_info(void)
{
	struct vcd_info info = { .size = sizeof(info) }, more = info;

	tap_errno(ioctl(ctl, VCD_IOC_INFO, &info), 0, "INFO");
	tap(info.features & VCD_FEATURE_DATA, "it has data discs");
	tap(info.features & VCD_FEATURE_READ_SPEED, "it can limit the speed");
	tap(info.features & VCD_FEATURE_CACHE, "it can be told how to cache images");
	tap(info.features & VCD_FEATURE_CD, "it has discs of audio, XA and several sessions");
	tap(info.features & VCD_FEATURE_INDICES, "it has indices above 1");
	tap_is(info.features & ~(VCD_FEATURE_DATA | VCD_FEATURE_READ_SPEED | VCD_FEATURE_CACHE | VCD_FEATURE_CD |
				 VCD_FEATURE_INDICES), 0, "and says nothing of what is not there");
	tap_is(info.drives, 1, "one drive");
	tap(info.max_drives >= 1024, "room for 1024 drives");
	tap(info.max_files && info.max_extents && info.max_tracks == 99, "sane limits");
	tap_is(info.reserved, 0, "INFO: reserved is 0");
	if (do_create(7) != 7)
		tap_bail("create");
	ioctl(ctl, VCD_IOC_INFO, &more);
	tap_is(more.drives, 2, "INFO counts drives");
	/* udev may be looking at it. */
	tap_errno(do_remove(7, VCD_REMOVE_FORCE), 0, "REMOVE by force");
}

static void test_create(void)
{
	struct vcd_create create = { .size = sizeof(create), .index = 3 };
	struct vcd_info info = { .size = sizeof(info) };
	struct stat st;

	ioctl(ctl, VCD_IOC_INFO, &info);
	tap_errno(ioctl(ctl, VCD_IOC_CREATE, &create), 0, "CREATE with an index");
	tap_is(create.index, 3, "CREATE tells the index");
	settle();
	if (stat("/dev/vcd3", &st))
		tap_bail("/dev/vcd3");
	tap(S_ISBLK(st.st_mode) && st.st_rdev == (dev_t)((create.major << 8) | create.minor),
	    "CREATE tells the device number");
	tap_is(status_of(3).major, create.major, "STATUS tells the same major");
	tap_is(status_of(3).minor, create.minor, "STATUS tells the same minor");
	tap_is(status_of(3).drive_uid, 0, "it belongs to us");
	create = (struct vcd_create){ .size = sizeof(create), .index = 3, .vendor = "a\tb" };
	tap_errno(ioctl(ctl, VCD_IOC_CREATE, &create), EINVAL, "CREATE: a control character in a text");
	create = (struct vcd_create){ .size = sizeof(create), .index = 3, .serial = "a\0b" };
	tap_errno(ioctl(ctl, VCD_IOC_CREATE, &create), EINVAL, "CREATE: something behind the end of a text");
	tap_errno(do_create(3), EEXIST, "CREATE: taken");
	tap_is(do_create(VCD_ANY), 1, "CREATE: the lowest free index");
	tap_is(do_create(VCD_ANY), 2, "CREATE: the next");
	tap_is(do_create(VCD_ANY), 4, "CREATE: past one that is taken");
	tap_errno(do_create(-2), EINVAL, "CREATE: index -2");
	tap_errno(do_create(INT_MIN), EINVAL, "CREATE: least index");
	tap_errno(do_create(info.max_drives), EINVAL, "CREATE: index beyond the last");
	tap_errno(do_create(INT_MAX), EINVAL, "CREATE: greatest index");
	tap_is(do_create(info.max_drives - 1), info.max_drives - 1, "CREATE: the last index");
	settle();
	settle();
	tap_errno(do_remove(info.max_drives - 1, 0), 0, "REMOVE: the last index");
	do_remove(1, VCD_REMOVE_FORCE);
	do_remove(2, VCD_REMOVE_FORCE);
	do_remove(3, VCD_REMOVE_FORCE);
	do_remove(4, VCD_REMOVE_FORCE);
	tap_errno(do_remove(3, 0), ENODEV, "REMOVE: gone");
	tap_errno(do_remove(VCD_ANY, 0), ENODEV, "REMOVE: not any");
	tap_errno(do_remove(INT_MIN, 0), ENODEV, "REMOVE: least index");
	tap_errno(do_remove(INT_MAX, 0), ENODEV, "REMOVE: greatest index");
	settle();
}

static void test_remove(void)
{
	int fd;

	if (do_create(1) != 1)
		tap_bail("create");
	settle();
	fd = open("/dev/vcd1", O_RDONLY | O_NONBLOCK);
	if (fd < 0)
		tap_bail("/dev/vcd1");
	tap_errno(do_remove(1, 0), EBUSY, "REMOVE: open");
	tap_is(status_of(1).openers, 1, "STATUS counts openers");
	tap_errno(do_remove(1, VCD_REMOVE_FORCE), 0, "REMOVE: open, by force");
	tap_errno(ioctl(fd, CDROM_DRIVE_STATUS, CDSL_CURRENT) == CDS_NO_DISC ? 0 : -1, 0,
		  "who still has it open can ask");
	close(fd);
	insert();
	tap_errno(do_remove(0, 0), EBUSY, "REMOVE: with a disc in it");
	take_out();
}

static void test_status(void)
{
	struct vcd_attach attach;
	struct vcd_status status;
	char name[64];

	insert();
	memset(name, 'x', sizeof(name));
	status = (struct vcd_status){ .size = sizeof(status), .name = addr(name), .name_size = sizeof(name) };
	tap_errno(ioctl(ctl, VCD_IOC_STATUS, &status), 0, "STATUS");
	tap_is(status.index, 0, "STATUS: index");
	tap_is(status.state & ~VCD_STATE_LOCKED, VCD_STATE_DISC, "STATUS: state");
	tap_is(status.openers, 0, "STATUS: nobody has it open");
	tap_is(status.profile, VCD_PROFILE_CD_ROM, "STATUS: profile");
	tap_is(status.sectors, IMAGE_SECTORS, "STATUS: sectors");
	tap_is(status.tracks, 1, "STATUS: tracks");
	tap_is(status.sessions, 1, "STATUS: sessions");
	tap_is(status.files, 1, "STATUS: files");
	tap_is(status.disc_uid, 0, "STATUS: who attached it");
	tap(status.generation != 0, "STATUS: generation");
	tap(!memcmp(name, "abi\0x", 5), "STATUS: name, and nothing behind it");
	tap_is(status.name_size, 4, "STATUS: size of the name");

	memset(name, 'x', sizeof(name));
	status.name_size = 3;
	tap_errno(ioctl(ctl, VCD_IOC_STATUS, &status), 0, "STATUS: room for a part of the name");
	tap(!memcmp(name, "ab\0x", 4), "STATUS: the name is cut");
	tap_is(status.name_size, 4, "STATUS: its whole size is told");
	memset(name, 'x', sizeof(name));
	status.name_size = 1;
	ioctl(ctl, VCD_IOC_STATUS, &status);
	tap(!memcmp(name, "\0x", 2), "STATUS: room for the NUL alone");
	status.name_size = 0;
	status.name = addr(BAD_POINTER);
	tap_errno(ioctl(ctl, VCD_IOC_STATUS, &status), 0, "STATUS: no room for the name");
	tap_is(status.name_size, 4, "STATUS: no room: the size is told");
	status.name = 0;
	status.name_size = 64;
	tap_errno(ioctl(ctl, VCD_IOC_STATUS, &status), 0, "STATUS: no name wanted");
	status.name = addr(BAD_POINTER);
	status.name_size = 64;
	tap_errno(ioctl(ctl, VCD_IOC_STATUS, &status), EFAULT, "STATUS: bad pointer for the name");
	take_out();

	status = status_of(0);
	tap_is(status.state, 0, "STATUS: an empty drive");
	tap(!status.profile && !status.sectors && !status.tracks && !status.sessions && !status.files &&
	    !status.generation, "STATUS: nothing of the disc that is gone");

	if (do_create(9) != 9)
		tap_bail("create");
	status = (struct vcd_status){ .size = sizeof(status), .flags = VCD_STATUS_NEXT, .index = 1 };
	tap_errno(ioctl(ctl, VCD_IOC_STATUS, &status), 0, "STATUS: the next");
	tap_is(status.index, 9, "STATUS: the next is 9");
	status.index = 9;
	tap_errno(ioctl(ctl, VCD_IOC_STATUS, &status), 0, "STATUS: the next from its own index");
	status.index = 10;
	tap_errno(ioctl(ctl, VCD_IOC_STATUS, &status), ENODEV, "STATUS: no next");
	status.index = INT_MAX;
	tap_errno(ioctl(ctl, VCD_IOC_STATUS, &status), ENODEV, "STATUS: no next to the greatest index");
	status.index = -5;
	tap_errno(ioctl(ctl, VCD_IOC_STATUS, &status), 0, "STATUS: the first, from below");
	tap_is(status.index, 0, "STATUS: the first is 0");
	status.flags = 0;
	status.index = 5;
	tap_errno(ioctl(ctl, VCD_IOC_STATUS, &status), ENODEV, "STATUS: no such drive");
	status.index = VCD_ANY;
	tap_errno(ioctl(ctl, VCD_IOC_STATUS, &status), ENODEV, "STATUS: not any");
	do_remove(9, VCD_REMOVE_FORCE);

	/* Names of all lengths */
	{
		static char longest[VCD_NAME_MAX + 2], copy[VCD_NAME_MAX + 2];

		memset(longest, 'n', sizeof(longest));
		plain(&attach);
		attach.name = addr(longest);
		attach.name_len = VCD_NAME_MAX + 1;
		tap_errno(do_attach(&attach), E2BIG, "ATTACH: a name too long");
		attach.name_len = VCD_NAME_MAX;
		tap_errno(do_attach(&attach), 0, "ATTACH: the longest name");
		status = (struct vcd_status){ .size = sizeof(status), .name = addr(copy), .name_size = sizeof(copy) };
		ioctl(ctl, VCD_IOC_STATUS, &status);
		tap(strlen(copy) == VCD_NAME_MAX && status.name_size == VCD_NAME_MAX + 1, "STATUS: the longest name");
		prepare_empty();
		plain(&attach);
		attach.name = addr(BAD_POINTER);
		attach.name_len = 0;
		tap_errno(do_attach(&attach), 0, "ATTACH: no name");
		prepare_empty();
		attach.name_len = 1;
		tap_errno(do_attach(&attach), EFAULT, "ATTACH: bad pointer for the name");
	}
	settle();
}

/* --- ATTACH ------------------------------------------------------------------------------------------------------- */

static void test_attach_flags(void)
{
	struct vcd_attach attach;

	plain(&attach);
	attach.index = VCD_ANY;
	attach.flags = VCD_ATTACH_SWAP;
	tap_errno(do_attach(&attach), EINVAL, "ATTACH: swap in any drive");
	attach.index = 0;
	attach.flags = VCD_ATTACH_CREATE;
	tap_errno(do_attach(&attach), EINVAL, "ATTACH: create a certain drive");
	attach.flags = VCD_ATTACH_FORCE;
	tap_errno(do_attach(&attach), EINVAL, "ATTACH: force without swap");
	attach.flags = VCD_ATTACH_DUAL_LAYER;
	tap_errno(do_attach(&attach), EINVAL, "ATTACH: two layers of no certain disc");
	attach.profile = VCD_PROFILE_BD_ROM;
	tap_errno(do_attach(&attach), EINVAL, "ATTACH: two layers of a BD");
	attach.profile = VCD_PROFILE_AUTO;
	attach.flags = VCD_ATTACH_SWAP;
	tap_errno(do_attach(&attach), ENOMEDIUM, "ATTACH: nothing to swap");
	attach.flags = 0;
	attach.index = 77;
	tap_errno(do_attach(&attach), ENODEV, "ATTACH: no such drive");
	attach.index = -2;
	tap_errno(do_attach(&attach), ENODEV, "ATTACH: index -2");
	attach.index = VCD_ANY;
	tap_errno(do_attach(&attach), 0, "ATTACH: any drive");
	tap_is(attach.index, 0, "ATTACH: the lowest empty drive");
	attach.index = VCD_ANY;
	tap_errno(do_attach(&attach), ENOSPC, "ATTACH: no empty drive");
	attach.index = VCD_ANY;
	attach.flags = VCD_ATTACH_CREATE;
	tap_errno(do_attach(&attach), 0, "ATTACH: any drive, made if there is none");
	tap_is(attach.index, 1, "ATTACH: it is drive 1");
	settle();
	do_remove(1, VCD_REMOVE_FORCE);
	attach.index = 0;
	attach.flags = 0;
	tap_errno(do_attach(&attach), EEXIST, "ATTACH: there is a disc");
	take_out();
}

static void one_bad_file(const char *what, int fd, int want)
{
	struct vcd_attach attach;

	plain(&attach);
	files[0].fd = fd;
	tap_errno(do_attach(&attach), want, named("ATTACH: %s", what));
	if (fd >= 0)
		close(fd);
}

static void test_files(void)
{
	struct vcd_attach attach;
	int pair[2];

	one_bad_file("no descriptor", -1, EBADF);
	one_bad_file("a number that is no descriptor", 12345, EBADF);
	one_bad_file("a descriptor for writing alone", open(path_of("image"), O_WRONLY), EBADF);
	one_bad_file("a descriptor for nothing (O_PATH)", open(path_of("image"), O_PATH), EBADF);
	one_bad_file("a folder", open(folder, O_RDONLY | O_DIRECTORY), EISDIR);
	mkfifo(path_of("fifo"), 0600);
	one_bad_file("a FIFO", open(path_of("fifo"), O_RDWR | O_NONBLOCK), ENOTBLK);
	one_bad_file("a character device", open("/dev/zero", O_RDONLY), ENOTBLK);
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		tap_bail("socketpair");
	one_bad_file("a socket", pair[0], ENOTBLK);
	close(pair[1]);
	if (pipe(pair))
		tap_bail("pipe");
	one_bad_file("a pipe", pair[0], ENOTBLK);
	close(pair[1]);
	one_bad_file("the control device itself", dup(ctl), ENOTBLK);
	close(make_file("none", 0, 0));
	one_bad_file("an empty file", open(path_of("none"), O_RDONLY), ENODATA);
	plain(&attach);
	files[0].flags = 1;
	tap_errno(do_attach(&attach), EOPNOTSUPP, "ATTACH: unknown flag of a file");
	/* Also of one that no extent uses */
	plain(&attach);
	attach.files.count = 2;
	files[1].fd = -1;
	tap_errno(do_attach(&attach), EBADF, "ATTACH: no descriptor for a file that is not used");

	/* The drive's own node */
	insert();
	plain(&attach);
	attach.flags = VCD_ATTACH_SWAP | VCD_ATTACH_FORCE;
	files[0].fd = open(NODE, O_RDONLY | O_NONBLOCK);
	tap_errno(do_attach(&attach), ELOOP, "ATTACH: the drive's own node");
	close(files[0].fd);
	settle();
	take_out();
}

static void refuse(const char *what, int want, const struct vcd_attach *attach)
{
	struct vcd_attach copy = *attach;

	if (!tap_errno(do_attach(&copy), want, named("ATTACH: %s", what)))
		prepare_empty();
}

static void test_extents(void)
{
	struct vcd_attach attach;

#define REFUSE(what, want, ...) do { plain(&attach); __VA_ARGS__; refuse(what, want, &attach); } while (0)
	REFUSE("a disc of no sectors", EINVAL, attach.sectors = 0);
	REFUSE("a disc longer than its extents", EINVAL, attach.sectors++);
	REFUSE("a disc shorter than its extents", EINVAL, attach.sectors--);
	REFUSE("an extent of no sectors", EINVAL, extents[0].sectors = 0);
	REFUSE("the first extent not at 0", EINVAL, extents[0].lba = 1);
	REFUSE("a gap", EINVAL, attach.extents.count = 2, extents[0].sectors = 10, extents[1] = extents[0],
	       extents[1].lba = 11, extents[1].sectors = 29);
	REFUSE("an overlap", EINVAL, attach.extents.count = 2, extents[0].sectors = 10, extents[1] = extents[0],
	       extents[1].lba = 9, extents[1].sectors = 31);
	REFUSE("extents in the wrong order", EINVAL, attach.extents.count = 2, extents[1] = extents[0],
	       extents[0].lba = 20, extents[0].sectors = 20, extents[1].sectors = 20);
	REFUSE("extents whose sum wraps", EINVAL, attach.extents.count = 2, extents[1] = extents[0],
	       extents[1].lba = IMAGE_SECTORS, extents[1].sectors = UINT32_MAX - 10);
	REFUSE("a file index out of range", EINVAL, extents[0].file = 1);
	REFUSE("the largest file index that is one", EINVAL, extents[0].file = VCD_FILE_NONE - 1);
	REFUSE("an offset that leaves too little", EINVAL, extents[0].offset = 1);
	REFUSE("an offset beyond the file", EINVAL, extents[0].offset = IMAGE_SECTORS * SECTOR + 1);
	REFUSE("an offset whose sum wraps", EINVAL, extents[0].offset = -(uint64_t)SECTOR);
	REFUSE("the largest offset", EINVAL, extents[0].offset = UINT64_MAX);
	REFUSE("a negative offset", EINVAL, extents[0].offset = 1ULL << 63);
	REFUSE("more sectors than the file has", EINVAL, attach.sectors++, extents[0].sectors++, tracks[0].sectors++);
	REFUSE("a tail beyond the file", EINVAL, attach.sectors++, extents[0].sectors++, tracks[0].sectors++,
	       extents[0].tail = 1);
	REFUSE("a tail of a sector", EINVAL, extents[0].tail = SECTOR);
	REFUSE("a huge tail", EINVAL, extents[0].tail = UINT32_MAX);
	REFUSE("a tail of zeroes", EINVAL, extents[0].file = VCD_FILE_NONE, extents[0].tail = 5);
	REFUSE("sectors too far from each other", EINVAL, extents[0].sectors = attach.sectors = tracks[0].sectors = 2,
	       extents[0].stride = VCD_STRIDE_MAX + 1);
	REFUSE("sectors that overlap", EINVAL, extents[0].stride = 2047);
	REFUSE("a stride of 0", EINVAL, extents[0].stride = 0);
	REFUSE("an unknown form", EOPNOTSUPP, extents[0].form = VCD_FORM_SUB_Q_16 + 1);
	REFUSE("a form of sub-channels", EINVAL, extents[0].form = VCD_FORM_SUB_RAW_96);
	REFUSE("a form of audio", EINVAL, extents[0].form = VCD_FORM_AUDIO_BE_2352, extents[0].stride = 2352);
	REFUSE("the largest form", EOPNOTSUPP, extents[0].form = 0xFFFF);
	REFUSE("reserved of an extent", EINVAL, extents[0].reserved = 1);
	/* The first thing that is wrong may stand behind good ones. */
	REFUSE("reserved of a later extent", EINVAL, attach.extents.count = 2, extents[0].sectors = 10,
	       extents[1] = extents[0], extents[1].lba = 10, extents[1].sectors = 30, extents[1].reserved = 1);
	settle();
}

static void test_tracks(void)
{
	struct vcd_attach attach;

	REFUSE("a track of an unknown mode", EOPNOTSUPP, tracks[0].mode = 3);
	REFUSE("an audio track that says it is data", EINVAL, tracks[0].mode = VCD_MODE_AUDIO);
	REFUSE("audio on a DVD", EINVAL, tracks[0].mode = VCD_MODE_AUDIO, tracks[0].control = 0,
	       extents[0].file = VCD_FILE_NONE, attach.profile = VCD_PROFILE_DVD_ROM);
	REFUSE("a second session that is the third", EINVAL, attach.tracks.count = 2, tracks[0].sectors = 20,
	       tracks[1] = tracks[0], tracks[1].lba = 20, tracks[1].number = 2, tracks[1].session = 3);
	REFUSE("session 0", EINVAL, tracks[0].session = 0);
	REFUSE("track 0", EINVAL, tracks[0].number = 0);
	REFUSE("track 100", EINVAL, tracks[0].number = 100);
	REFUSE("a track that is no data", EINVAL, tracks[0].control = 0);
	REFUSE("a control of more than four bits", EINVAL, tracks[0].control = 0x14);
	REFUSE("a track of no sectors", EINVAL, tracks[0].sectors = 0);
	REFUSE("a track that is too short", EINVAL, tracks[0].sectors--);
	REFUSE("a track that is too long", EINVAL, tracks[0].sectors++);
	REFUSE("a track that is far too long", EINVAL, tracks[0].sectors = UINT32_MAX);
	REFUSE("a first track not at 0", EINVAL, tracks[0].lba = 1, tracks[0].sectors--);
	REFUSE("a gap between tracks", EINVAL, attach.tracks.count = 2, tracks[0].sectors = 20,
	       tracks[1] = tracks[0], tracks[1].lba = 21, tracks[1].sectors = 19, tracks[1].number = 2);
	REFUSE("tracks that overlap", EINVAL, attach.tracks.count = 2, tracks[0].sectors = 20,
	       tracks[1] = tracks[0], tracks[1].lba = 19, tracks[1].sectors = 21, tracks[1].number = 2);
	REFUSE("track numbers that jump", EINVAL, attach.tracks.count = 2, tracks[0].sectors = 20,
	       tracks[1] = tracks[0], tracks[1].lba = 20, tracks[1].number = 3);
	REFUSE("track numbers that stand still", EINVAL, attach.tracks.count = 2, tracks[0].sectors = 20,
	       tracks[1] = tracks[0], tracks[1].lba = 20);
	REFUSE("flags of a track", EOPNOTSUPP, tracks[0].flags = 1);
	REFUSE("a pregap of the first track that is not there", EINVAL, tracks[0].pregap = 1);
	REFUSE("a pregap as long as the track before", EINVAL, attach.tracks.count = 2, tracks[0].sectors = 20,
	       tracks[1] = tracks[0], tracks[1].lba = 20, tracks[1].number = 2, tracks[1].pregap = 20);
	REFUSE("an ISRC of small letters", EINVAL, memcpy(tracks[0].isrc, "abcde1234567", 12));
	REFUSE("an ISRC that is too short", EINVAL, memcpy(tracks[0].isrc, "ABCDE", 5));
	REFUSE("a catalogue number that is too short", EINVAL, memcpy(attach.mcn, "123", 3));
	REFUSE("a catalogue number that is too long", EINVAL, memcpy(attach.mcn, "12345678901234", 14));
	settle();
}

/* Two indices of the one track that a plain disc has */
static void test_indices(void)
{
	struct vcd_index indices[2];
	struct vcd_attach attach;

#define REFUSE_INDEX(what, ...)											\
	do {													\
		plain(&attach);											\
		indices[0] = (struct vcd_index){ .lba = 5, .track = 1, .index = 2 };				\
		indices[1] = (struct vcd_index){ .lba = 9, .track = 1, .index = 3 };				\
		attach.indices = (struct vcd_array){ addr(indices), 2, sizeof(indices[0]) };			\
		__VA_ARGS__;											\
		refuse("an index " what, EINVAL, &attach);							\
	} while (0)
	REFUSE_INDEX("of a track that there is not", indices[0].track = 2);
	REFUSE_INDEX("of track 0", indices[0].track = 0);
	REFUSE_INDEX("1", indices[0].index = 1);
	REFUSE_INDEX("3 without 2", indices[0].index = 3);
	REFUSE_INDEX("2 twice", indices[1].index = 2);
	REFUSE_INDEX("4 behind 2", indices[1].index = 4);
	REFUSE_INDEX("where the track begins", indices[0].lba = 0);
	REFUSE_INDEX("where the track has ended", indices[1].lba = IMAGE_SECTORS);
	REFUSE_INDEX("at the end of the world", indices[1].lba = UINT32_MAX);
	REFUSE_INDEX("where another begins", indices[1].lba = indices[0].lba);
	REFUSE_INDEX("before another", indices[0].lba = 20);
	REFUSE_INDEX("with reserved bytes", indices[1].reserved = 1);
	REFUSE_INDEX("on a DVD", attach.profile = VCD_PROFILE_DVD_ROM);
	settle();
}

static void one_profile(const char *what, unsigned int profile, unsigned int sectors, int want, unsigned int got)
{
	struct vcd_attach attach;

	plain(&attach);
	attach.profile = profile;
	attach.sectors = sectors;
	extents[0].sectors = sectors;
	extents[0].file = VCD_FILE_NONE;
	tracks[0].sectors = sectors;
	if (tap_errno(do_attach(&attach), want, named("ATTACH: profile: %s", what)) && !want) {
		tap_is(status_of(0).profile, got, named("STATUS: profile: %s", what));
		tap_is(status_of(0).sectors, sectors, named("STATUS: sectors: %s", what));
	}
	prepare_empty();
}

static void test_profiles(void)
{
	one_profile("auto, 80 minutes", VCD_PROFILE_AUTO, 360000, 0, VCD_PROFILE_CD_ROM);
	one_profile("auto, a sector more", VCD_PROFILE_AUTO, 360001, 0, VCD_PROFILE_DVD_ROM);
	one_profile("auto, two layers", VCD_PROFILE_AUTO, 4173824, 0, VCD_PROFILE_DVD_ROM);
	one_profile("auto, more than two layers", VCD_PROFILE_AUTO, 4173825, 0, VCD_PROFILE_BD_ROM);
	one_profile("a small DVD", VCD_PROFILE_DVD_ROM, 1, 0, VCD_PROFILE_DVD_ROM);
	one_profile("a small BD", VCD_PROFILE_BD_ROM, 1, 0, VCD_PROFILE_BD_ROM);
	one_profile("a CD of 4 GiB", VCD_PROFILE_CD_ROM, 2097152, EFBIG, 0);
	one_profile("a DVD of 16 GiB", VCD_PROFILE_DVD_ROM, 8388608, EFBIG, 0);
	one_profile("a BD of 8 TiB", VCD_PROFILE_BD_ROM, UINT32_MAX, EFBIG, 0);
	one_profile("auto, 8 TiB", VCD_PROFILE_AUTO, UINT32_MAX, EFBIG, 0);
	one_profile("CD-R", 0x0009, 1, EOPNOTSUPP, 0);
	one_profile("17 bits", 0x10008, 1, EOPNOTSUPP, 0);
	settle();
}

static void test_speed(void)
{
	static const struct { const char *what; unsigned int speed; int want; } cases[] = {
		{ "none", 0, 0 },
		{ "the lowest", VCD_READ_SPEED_MIN, 0 },
		{ "below the lowest", VCD_READ_SPEED_MIN - 1, EINVAL },
		{ "1", 1, EINVAL },
		{ "16 times BD", 71928, 0 },
		{ "2^32 - 1", UINT32_MAX, 0 },
	};
	struct vcd_attach attach;
	unsigned int i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		plain(&attach);
		attach.read_speed = cases[i].speed;
		tap_errno(do_attach(&attach), cases[i].want, named("ATTACH: limit of the speed: %s", cases[i].what));
		tap_is(status_of(0).read_speed, cases[i].want ? 0 : cases[i].speed,
		       named("STATUS: limit of the speed: %s", cases[i].what));
		prepare_empty();
	}
	settle();
}

static void test_cache(void)
{
	static const struct { const char *what; unsigned int cache; int want; } cases[] = {
		{ "auto", VCD_CACHE_AUTO, 0 },
		{ "page", VCD_CACHE_PAGE, 0 },
		{ "none", VCD_CACHE_NONE, 0 },
		{ "the first unknown one", VCD_CACHE_NONE + 1, EOPNOTSUPP },
		{ "2^32 - 1", UINT32_MAX, EOPNOTSUPP },
	};
	struct vcd_attach attach;
	unsigned int i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		plain(&attach);
		attach.cache = cases[i].cache;
		tap_errno(do_attach(&attach), cases[i].want, named("ATTACH: cache: %s", cases[i].what));
		tap_is(status_of(0).cache, cases[i].want ? 0 : cases[i].cache, named("STATUS: cache: %s", cases[i].what));
		prepare_empty();
	}
	settle();
}

/* A sub-channel that is said to lie inside of the main channel: what is read is what is in the file. */
static void test_overlap(void)
{
	static struct vcd_extent subchannel = { .sectors = 1, .stride = 2352, .form = VCD_FORM_SUB_Q_16, .offset = 1 };
	unsigned char cdb[12] = { 0xBE, [8] = 1, [9] = 0xF8, [10] = 2 }, got[2368], want[2352], sense[32];
	struct sg_io_hdr hdr = {
		.interface_id = 'S', .dxfer_direction = SG_DXFER_FROM_DEV, .cmd_len = sizeof(cdb), .cmdp = cdb,
		.mx_sb_len = sizeof(sense), .sbp = sense, .dxfer_len = sizeof(got), .dxferp = got, .timeout = 10000,
	};
	struct vcd_attach attach;
	int fd;

	plain(&attach);
	attach.sectors = extents[0].sectors = tracks[0].sectors = 10;
	extents[0].form = VCD_FORM_RAW_2352;
	extents[0].stride = 2352;
	attach.subchannels = (struct vcd_array){ addr(&subchannel), 1, sizeof(subchannel) };
	tap_errno(do_attach(&attach), 0, "ATTACH: sub-channels inside of the main channel");
	fd = open(NODE, O_RDONLY | O_NONBLOCK);
	memset(got, 0xA5, sizeof(got));
	tap_errno(ioctl(fd, SG_IO, &hdr), 0, "READ CD of both");
	tap_is(hdr.status, 0, "READ CD of both: status");
	if (pread(image_fd, want, sizeof(want), 0) != sizeof(want))
		tap_bail("read");
	tap(!memcmp(got, want, sizeof(want)), "READ CD of both: the main channel is what the file has");
	close(fd);
	settle();
	take_out();
}

/* Three files interleaved, zeroes, and a tail. */
static void test_bytes(void)
{
	const struct {
		unsigned int sectors, file, from, tail;
		unsigned int shift;
	} plan[] = {
		{ 7, 0, 0, 0, 0 }, { 1, 1, 3, 0, 0 }, { 5, VCD_FILE_NONE, 0, 0, 0 }, { 11, 2, 1, 0, 77 },
		{ 2, 0, 20, 0, 0 }, { 3, 1, 0, 100, 0 }, { 1, 2, 0, 2047, 0 }, { 4, VCD_FILE_NONE, 0, 0, 0 },
		{ 16, 1, 8, 0, 1 }, { 1, 0, 39, 1, 0 },
	};
	unsigned int count = sizeof(plan) / sizeof(plan[0]);
	unsigned char *want = calloc(64, SECTOR), *got = malloc(64 * SECTOR), *file = malloc(64 * SECTOR);
	int fds[3] = { make_file("a", 40 * SECTOR, 1), make_file("b", 30 * SECTOR, 50), make_file("c", 20 * SECTOR, 99) };
	struct vcd_attach attach;
	unsigned int i, lba = 0;
	bool right = true;
	int fd;

	plain(&attach);
	for (i = 0; i < 3; i++)
		files[i].fd = fds[i];
	attach.files.count = 3;
	attach.extents.count = count;
	for (i = 0; i < count; i++) {
		size_t bytes = plan[i].tail ? (plan[i].sectors - 1) * SECTOR + plan[i].tail : plan[i].sectors * SECTOR;

		extents[i] = (struct vcd_extent){
			.lba = lba, .sectors = plan[i].sectors, .file = plan[i].file, .stride = SECTOR,
			.offset = plan[i].from * SECTOR + plan[i].shift, .tail = plan[i].tail,
		};
		if (plan[i].file != VCD_FILE_NONE &&
		    pread(fds[plan[i].file], want + lba * SECTOR, bytes, extents[i].offset) != (ssize_t)bytes)
			tap_bail("read");
		lba += plan[i].sectors;
	}
	attach.sectors = lba;
	tracks[0].sectors = lba;
	tap_errno(do_attach(&attach), 0, "a disc of three files, interleaved");
	/* The kernel has references of its own. */
	for (i = 0; i < 3; i++)
		close(fds[i]);
	settle();
	tap_is(status_of(0).files, 3, "STATUS counts them");
	fd = open(NODE, O_RDONLY);
	tap(fd >= 0 && pread(fd, got, 64 * SECTOR, 0) == (ssize_t)(lba * SECTOR) && !memcmp(got, want, lba * SECTOR),
	    "its bytes at one go");
	for (i = 0; i < lba; i++)
		right = right && pread(fd, file, SECTOR, i * SECTOR) == SECTOR &&
			!memcmp(file, want + i * SECTOR, SECTOR);
	tap(right, "its bytes sector by sector");
	close(fd);
	fd = open(NODE, O_RDONLY | O_DIRECT);
	right = true;
	if (posix_memalign((void **)&file, 4096, 64 * SECTOR))
		tap_bail("memory");
	for (i = 0; i < lba; i++) {
		size_t bytes = (lba - i < 9 ? lba - i : 9) * SECTOR;

		right = right && pread(fd, file, bytes, i * SECTOR) == (ssize_t)bytes &&
			!memcmp(file, want + i * SECTOR, bytes);
	}
	tap(right, "its bytes by O_DIRECT, across the borders of extents");
	close(fd);
	settle();
	take_out();
}

/* --- what holds a disc, generations --------------------------------------------------------------------------------- */

static void test_generations(void)
{
	uint64_t last = 0, generation[6];
	struct vcd_attach attach;
	bool rises = true;
	unsigned int i;

	for (i = 0; i < 6; i++) {
		plain(&attach);
		attach.flags = i % 3 == 1 ? VCD_ATTACH_SWAP : 0;
		if (i % 3 != 1)
			prepare_empty();
		if (do_attach(&attach))
			tap_bail("attach");
		generation[i] = attach.generation;
		rises = rises && attach.generation > last && status_of(0).generation == attach.generation;
		last = attach.generation;
		settle();
	}
	tap(rises, "each disc has a generation that no other had, also by STATUS");
	tap_errno(do_detach(0, 0, generation[4]), ESTALE, "DETACH: another disc is meant");
	tap_errno(do_detach(0, VCD_DETACH_FORCE, generation[0]), ESTALE, "DETACH: another disc is meant, by force");
	tap_errno(do_tray(VCD_TRAY_OPEN, 0), 0, "TRAY: open");
	tap_is(status_of(0).generation, generation[5], "the disc in the open tray is the same disc");
	tap_errno(do_tray(VCD_TRAY_CLOSE, 0), 0, "TRAY: close");
	settle();
	tap_is(status_of(0).generation, generation[5], "and after closing too");
	/* An attach that fails leaves the disc. */
	plain(&attach);
	attach.flags = VCD_ATTACH_SWAP;
	extents[0].lba = 1;
	tap_errno(do_attach(&attach), EINVAL, "ATTACH: a swap that is wrong");
	tap_is(status_of(0).generation, generation[5], "leaves the old disc");
	tap_errno(do_detach(0, 0, generation[5]), 0, "DETACH: this disc is meant");
	tap_errno(do_detach(0, 0, generation[5]), ENOMEDIUM, "DETACH: empty");
	tap_errno(do_detach(5, 0, 0), ENODEV, "DETACH: no such drive");
	tap_errno(do_detach(VCD_ANY, 0, 0), ENODEV, "DETACH: not any");
	settle();
}

static void test_tray(void)
{
	struct vcd_tray tray = { .size = sizeof(tray), .index = 5, .action = VCD_TRAY_OPEN };

	tap_errno(do_tray(0, 0), EOPNOTSUPP, "TRAY: action 0");
	tap_errno(do_tray(VCD_TRAY_BUTTON + 1, 0), EOPNOTSUPP, "TRAY: unknown action");
	tap_errno(do_tray(-1, 0), EOPNOTSUPP, "TRAY: greatest action");
	tap_errno(do_tray(VCD_TRAY_CLOSE, VCD_TRAY_FORCE), EINVAL, "TRAY: close by force");
	tap_errno(do_tray(VCD_TRAY_BUTTON, VCD_TRAY_FORCE), EINVAL, "TRAY: button by force");
	tap_errno(ioctl(ctl, VCD_IOC_TRAY, &tray), ENODEV, "TRAY: no such drive");
	tap_errno(do_tray(VCD_TRAY_OPEN, 0), 0, "TRAY: open an empty drive");
	tap_is(status_of(0).state, VCD_STATE_TRAY_OPEN, "STATUS: open and empty");
	tap_errno(do_tray(VCD_TRAY_OPEN, 0), 0, "TRAY: open what is open");
	insert();
	tap_is(status_of(0).state & ~VCD_STATE_LOCKED, VCD_STATE_DISC, "ATTACH closes the tray");
	tap_errno(do_tray(VCD_TRAY_OPEN, 0), 0, "TRAY: open with a disc");
	tap_is(status_of(0).state, VCD_STATE_DISC | VCD_STATE_TRAY_OPEN, "STATUS: open with a disc");
	settle();
	tap_errno(do_tray(VCD_TRAY_BUTTON, 0), 0, "TRAY: button closes");
	tap_is(status_of(0).state & VCD_STATE_TRAY_OPEN, 0, "STATUS: closed by the button");
	settle();
	take_out();
}

static void test_held(void)
{
	struct vcd_attach attach;
	int fd;

	insert();
	fd = open(NODE, O_RDONLY | O_EXCL);
	if (fd < 0)
		tap_bail("open");
	tap(status_of(0).state & VCD_STATE_EXCLUSIVE, "STATUS: open exclusively");
	tap_errno(do_detach(0, 0, 0), EBUSY, "DETACH: open exclusively");
	tap_errno(do_tray(VCD_TRAY_OPEN, 0), EBUSY, "TRAY: open exclusively");
	plain(&attach);
	attach.flags = VCD_ATTACH_SWAP;
	tap_errno(do_attach(&attach), EBUSY, "ATTACH: swap, open exclusively");
	attach.flags |= VCD_ATTACH_FORCE;
	tap_errno(do_attach(&attach), 0, "ATTACH: swap, open exclusively, by force");
	tap(status_of(0).state & VCD_STATE_STALE, "STATUS: its holder does not know the new disc");
	close(fd);
	settle();
	tap(!(status_of(0).state & VCD_STATE_STALE), "STATUS: and is gone");

	fd = open(NODE, O_RDONLY);
	if (fd < 0 || ioctl(fd, CDROM_LOCKDOOR, 1))
		tap_bail("lock");
	tap(status_of(0).state & VCD_STATE_LOCKED, "STATUS: locked");
	tap_errno(do_detach(0, 0, 0), EBUSY, "DETACH: locked by somebody");
	tap_errno(do_tray(VCD_TRAY_OPEN, 0), EBUSY, "TRAY: locked by somebody");
	close(fd);
	settle();
	tap(status_of(0).state & VCD_STATE_LOCKED, "STATUS: locked, and nobody there");
	tap_errno(do_detach(0, 0, 0), 0, "DETACH: locked, and nobody there");
	tap(!(status_of(0).state & VCD_STATE_LOCKED), "DETACH unlocks");

	fd = open(NODE, O_RDONLY | O_NONBLOCK | O_EXCL);
	plain(&attach);
	attach.index = VCD_ANY;
	tap_errno(do_attach(&attach), ENOSPC, "ATTACH: any drive, but not one that is open exclusively");
	close(fd);
	settle();
}

/* As alice, in a process of her own; the descriptor is root's. */
static void as_alice(const char *name, int want, long (*fn)(void))
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		if (setgid(ALICE) || setuid(ALICE))
			_exit(255);
		_exit(fn() < 0 ? errno : 0);
	}
	waitpid(pid, &status, 0);
	tap_is(WIFEXITED(status) ? WEXITSTATUS(status) : -1, want, name);
}

static long alice_detaches(void)
{
	return do_detach(0, 0, 0);
}

static long alice_detaches_by_force(void)
{
	return do_detach(0, VCD_DETACH_FORCE, 0);
}

static long alice_swaps(void)
{
	struct vcd_attach attach;

	plain(&attach);
	attach.flags = VCD_ATTACH_SWAP;
	return do_attach(&attach);
}

static long alice_swaps_by_force(void)
{
	struct vcd_attach attach;

	plain(&attach);
	attach.flags = VCD_ATTACH_SWAP | VCD_ATTACH_FORCE;
	return do_attach(&attach);
}

static long alice_removes(void)
{
	return do_remove(0, VCD_REMOVE_FORCE);
}

static long alice_attaches(void)
{
	struct vcd_attach attach;

	plain(&attach);
	return do_attach(&attach);
}

static long alice_forces_the_tray(void)
{
	return do_tray(VCD_TRAY_OPEN, VCD_TRAY_FORCE);
}

static long alice_asks(void)
{
	return status_of(0).disc_uid == 0 ? 0 : -1;
}

static void test_owners(void)
{
	insert();
	as_alice("EPERM: DETACH of another user's disc", EPERM, alice_detaches);
	as_alice("EPERM: DETACH of another user's disc by force", EPERM, alice_detaches_by_force);
	as_alice("EPERM: swap of another user's disc", EPERM, alice_swaps);
	as_alice("EPERM: swap of another user's disc by force", EPERM, alice_swaps_by_force);
	as_alice("EPERM: REMOVE of another user's drive and disc", EPERM, alice_removes);
	as_alice("EPERM: TRAY by force with another user's disc", EPERM, alice_forces_the_tray);
	as_alice("everybody may ask about every drive", 0, alice_asks);
	take_out();
	as_alice("EPERM: REMOVE of another user's drive", EPERM, alice_removes);
	as_alice("ATTACH to another user's empty drive", 0, alice_attaches);
	settle();
	tap_is(status_of(0).disc_uid, ALICE, "STATUS: the disc is alice's");
	as_alice("DETACH of one's own disc", 0, alice_detaches);
	as_alice("ATTACH once more", 0, alice_attaches);
	settle();
	tap_errno(do_detach(0, 0, 0), 0, "DETACH of anybody's disc by root");
	settle();
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: abi FOLDER\n");
		return 2;
	}
	folder = argv[1];
	if (sizeof(void *) == 4)
		tap_suffix = " (32 bits)";
	page = sysconf(_SC_PAGESIZE);
	no_access = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (no_access == MAP_FAILED)
		tap_bail("mmap");
	no_access = (char *)no_access + page;
	mprotect(no_access, page, PROT_NONE);
	ctl = open(VCD_CONTROL_NODE, O_RDWR | O_CLOEXEC);
	if (ctl < 0)
		tap_bail(VCD_CONTROL_NODE);
	image_fd = make_file("image", IMAGE_SECTORS * SECTOR, 3);

	test_unknown_commands();
	test_structures();
	test_read_only_memory();
	test_read_only_commands();
	test_arrays();
	test_info();
	test_create();
	test_remove();
	test_status();
	test_attach_flags();
	test_files();
	test_extents();
	test_tracks();
	test_indices();
	test_profiles();
	test_speed();
	test_cache();
	test_overlap();
	test_bytes();
	test_generations();
	test_tray();
	test_held();
	test_owners();
	return tap_failed ? 1 : 0;
}
