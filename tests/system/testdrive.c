// SPDX-License-Identifier: GPL-2.0
/*
 * Drive 0 and two discs; see testdrive.h. All functions that return an int give 0, or -1 and errno.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "tap.h"
#include "testdrive.h"

const char * const drive_state_names[] = { "no module", "no drive", "empty", "disc A", "disc B", "disc A, open" };

struct test_image images[2];
int drive_control = -1;
bool drive_wrong;
uint32_t drive_cache = VCD_CACHE_AUTO;
uint8_t *drive_buf;
static const char *module_path;
static char folder[PATH_MAX];

static uint64_t addr(const void *p)
{
	return (uintptr_t)p;
}

static void load_image(struct test_image *image, const char *path)
{
	struct stat st;

	image->path = path;
	image->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (image->fd < 0 || fstat(image->fd, &st))
		tap_bail("%s", path);
	image->sectors = st.st_size / SECTOR;
	image->bytes = malloc(st.st_size);
	if (!image->bytes || pread(image->fd, image->bytes, st.st_size, 0) != st.st_size)
		tap_bail("%s", path);
}

/**
 * drive_begin - to be called first
 * @module: vcd.ko
 * @image_a: image A; nodes are made beside it
 * @image_b: image B
 */
void drive_begin(const char *module, const char *image_a, const char *image_b)
{
	module_path = module;
	load_image(&images[0], image_a);
	load_image(&images[1], image_b);
	snprintf(folder, sizeof(folder), "%s", image_a);
	memmove(folder, dirname(folder), strlen(dirname(folder)) + 1);
	if (posix_memalign((void **)&drive_buf, 4096, PIECE))
		tap_bail("memory");
}

/* A node of our own: whether udev's or the kernel's is there is not asked here. */
static const char *node_of(const char *name, mode_t mode, const char *sysfs)
{
	static char path[2][PATH_MAX + 16];
	char *at = path[mode == S_IFBLK];
	unsigned int major, minor;
	FILE *file = fopen(sysfs, "r");

	if (!file || fscanf(file, "%u:%u", &major, &minor) != 2)
		tap_bail("%s", sysfs);
	fclose(file);
	snprintf(at, sizeof(path[0]), "%s/%s", folder, name);
	unlink(at);
	if (mknod(at, mode | 0600, makedev(major, minor)))
		tap_bail("%s", at);
	return at;
}

/** drive_node_path - make a node of drive 0; its path */
const char *drive_node_path(void)
{
	return node_of("node", S_IFBLK, "/sys/block/vcd0/dev");
}

/** drive_open - open drive 0, for reading and with these flags */
int drive_open(int flags)
{
	return open(drive_node_path(), O_RDONLY | O_CLOEXEC | flags);
}

static void open_control(void)
{
	if (drive_control >= 0)
		return;
	drive_control = open(node_of("control", S_IFCHR, "/sys/class/misc/vcd-control/dev"), O_RDWR | O_CLOEXEC);
	if (drive_control < 0)
		tap_bail("control device");
}

/** drive_close_control - for whoever unloads the module */
void drive_close_control(void)
{
	if (drive_control >= 0)
		close(drive_control);
	drive_control = -1;
}

/** drive_is - are these bytes of an image? If not, drive_wrong is set. */
void drive_is(const void *bytes, unsigned int image, uint32_t lba, size_t len)
{
	if (memcmp(bytes, images[image].bytes + (size_t)lba * SECTOR, len))
		drive_wrong = true;
}

/* What can be read of it is what the image has, to the end. */
static void look_at_disc(unsigned int image)
{
	uint32_t lba = 0, end = images[image].sectors;
	int fd = drive_open(O_DIRECT);

	for (; fd >= 0 && lba < end; lba += PIECE_SECTORS) {
		size_t len = (end - lba < PIECE_SECTORS ? end - lba : PIECE_SECTORS) * SECTOR;

		if (pread(fd, drive_buf, len, (off_t)lba * SECTOR) != (ssize_t)len)
			break;
		drive_is(drive_buf, image, lba, len);
	}
	if (lba < end) {
		printf("# disc %c can't be read at %u: %s\n", 'A' + image, lba, strerrorname_np(errno));
		drive_wrong = true;
	}
	if (fd >= 0)
		close(fd);
}

/* Without a loaded disc nothing can be read. To open the node otherwise would close the tray. */
static void look_at_no_disc(void)
{
	int fd = drive_open(O_DIRECT | O_NONBLOCK);

	if (fd < 0 || pread(fd, drive_buf, PIECE, 0) > 0)
		drive_wrong = true;
	if (fd >= 0)
		close(fd);
}

/** drive_look - what is in the drive, by what it says; if that is not what can be read, drive_wrong is set */
enum drive_state drive_look(void)
{
	struct vcd_status status;
	char name[PATH_MAX] = "";
	unsigned int image;

	if (access("/sys/module/vcd", F_OK))
		return NO_MODULE;
	open_control();
	if (drive_status(&status, name, sizeof(name))) {
		if (errno != ENODEV)
			tap_bail("status");
		return NO_DRIVE;
	}
	if (!(status.state & VCD_STATE_DISC)) {
		look_at_no_disc();
		return EMPTY;
	}
	image = !!strncmp(name, images[0].path, strlen(images[0].path));
	if (image && strncmp(name, images[1].path, strlen(images[1].path)))
		tap_bail("'%s' is no image of ours", name);
	if (status.state & VCD_STATE_TRAY_OPEN) {
		look_at_no_disc();
		return OPEN_A;
	}
	look_at_disc(image);
	return image ? DISC_B : DISC_A;
}

static void must(int ret, const char *what)
{
	if (ret < 0)
		tap_bail("%s", what);
}

/** drive_bring - see to it that the drive is in this state, whatever it is in now */
void drive_bring(enum drive_state wanted)
{
	enum drive_state now = drive_look();

	if (now == wanted)
		return;
	if (wanted == NO_MODULE) {
		drive_close_control();
		must(drive_unload(), "unload");
		return;
	}
	if (now == NO_MODULE) {
		must(drive_load("drives=0"), "load");
		open_control();
	} else if (now != NO_DRIVE) {
		must(drive_remove(VCD_REMOVE_FORCE), "remove");
	}
	if (wanted == NO_DRIVE)
		return;
	must(drive_create(), "create");
	if (wanted == EMPTY)
		return;
	must(drive_attach(0, wanted == DISC_B, 0), "attach");
	if (wanted == OPEN_A)
		must(drive_tray(VCD_TRAY_OPEN), "eject");
}

int drive_load(const char *parameters)
{
	int fd = open(module_path, O_RDONLY | O_CLOEXEC);
	int ret, err;

	if (fd < 0)
		tap_bail("%s", module_path);
	ret = syscall(SYS_finit_module, fd, parameters, 0);
	err = errno;
	close(fd);
	errno = err;
	return ret;
}

int drive_unload(void)
{
	return syscall(SYS_delete_module, "vcd", O_NONBLOCK);
}

int drive_create(void)
{
	struct vcd_create create = { .size = sizeof(create) };

	return ioctl(drive_control, VCD_IOC_CREATE, &create);
}

int drive_remove(unsigned int flags)
{
	struct vcd_remove remove = { .size = sizeof(remove), .flags = flags };

	return ioctl(drive_control, VCD_IOC_REMOVE, &remove);
}

int drive_detach(void)
{
	struct vcd_detach detach = { .size = sizeof(detach) };

	return ioctl(drive_control, VCD_IOC_DETACH, &detach);
}

int drive_tray(unsigned int action)
{
	struct vcd_tray tray = { .size = sizeof(tray), .action = action };

	return ioctl(drive_control, VCD_IOC_TRAY, &tray);
}

int drive_status(struct vcd_status *status, char *name, unsigned int size)
{
	*status = (struct vcd_status){ .size = sizeof(*status), .name = addr(name), .name_size = size };
	return ioctl(drive_control, VCD_IOC_STATUS, status);
}

/** drive_attach - put an image in, as two pieces and with CD-Text: so there is more to be copied */
int drive_attach(int index, unsigned int image, unsigned int flags)
{
	uint32_t sectors = images[image].sectors, half = sectors / 2;
	struct vcd_file file = { .fd = images[image].fd };
	struct vcd_extent extents[] = {
		{ .sectors = half, .stride = SECTOR },
		{ .lba = half, .sectors = sectors - half, .stride = SECTOR, .offset = (uint64_t)half * SECTOR },
	};
	struct vcd_track track = {
		.sectors = sectors, .number = 1, .session = 1, .control = 4, .mode = VCD_MODE_DATA,
	};
	struct vcd_cdtext cdtext = { .pack = { 0x80 } };
	struct vcd_attach attach = {
		.size = sizeof(attach), .flags = flags, .index = index, .sectors = sectors, .cache = drive_cache,
		.files = { addr(&file), 1, sizeof(file) },
		.extents = { addr(extents), 2, sizeof(extents[0]) },
		.tracks = { addr(&track), 1, sizeof(track) },
		.cdtext = { addr(&cdtext), 1, sizeof(cdtext) },
		.name = addr(images[image].path), .name_len = strlen(images[image].path),
	};

	return ioctl(drive_control, VCD_IOC_ATTACH, &attach);
}
