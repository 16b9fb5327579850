// SPDX-License-Identifier: GPL-2.0
/*
 * race: what moves discs and drives, against all who use them, at the same time.
 *
 *	race SCENARIO ROUNDS INDEX DATA ISO IMAGE...
 *		insert	a disc goes in and is taken out by force
 *		swap	a disc takes the place of another
 *		tray	the tray opens under a disc, and closes
 *		drive	a drive with a disc is made and removed by force
 *		so many times on drive INDEX, under readers of all kinds, mounts, commands, ioctls, sysfs, uevents and a
 *		second controller
 *	race unload ROUNDS MODULE DATA ISO IMAGE...
 *		the module, a file, is unloaded and loaded again so many times, with drives, discs and readers
 *	race crowd ROUNDS INDEX DATA ISO IMAGE...
 *		256 readers while their disc is taken out by force, so many times
 *
 * $RACE_WITHOUT names a kind of user that stays away. ISO and IMAGEs are discs; on the file system of ISO there is a
 * file `data`, of which DATA is a copy. What is looked for: bytes that are those of none of the discs, an errno that has
 * no business there, a call that does not return. Errors are expected. Whether the kernel complains is for others to
 * see.
 */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/cdrom.h>
#include <linux/netlink.h>
#include <linux/vcd.h>
#include <poll.h>
#include <pthread.h>
#include <scsi/sg.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tap.h"

#define SECTOR		2048
#define RUN		16		/* sectors read at a time */
#define IMAGES_MAX	8
#define CROWD		256
#define ROUNDS_ENOUGH	20000
#define PATIENCE	120		/* seconds in which everybody gets to use a disc */
#define STALL		180		/* seconds after which a call counts as one that does not return */

struct image {
	const char *path;
	const uint8_t *bytes;
	size_t sectors;
};

static struct image images[IMAGES_MAX];
static unsigned int nr_images;
static size_t least_sectors = SIZE_MAX;
static const uint8_t *data;
static size_t data_bytes;
static int drive;
static char node[64], mount_point[] = "/tmp/vcd-race-XXXXXX";
static atomic_bool stop;
/* The users pause. */
static atomic_bool calm;
/* A disc shall stay in for a while. */
static atomic_bool lingering;
static atomic_ulong findings;

__attribute__((format(printf, 1, 2)))
static void finding(const char *format, ...)
{
	char text[300];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (findings++ < 20)
		printf("# %s\n", text);
	fflush(stdout);
}

/* --- threads --------------------------------------------------------------------------------------------------- */

/**
 * struct actor - a thread that does the same thing again and again
 * @name: what
 * @round: does it once; true if it worked, false if an error that is expected was in the way
 * @rounds: how often it did
 * @good: and how often it worked
 * @error: why it last didn't
 * @lingers: now and then it leaves a disc in for so long that everybody gets to use it
 */
struct actor {
	const char *name;
	bool (*round)(struct actor *actor);
	pthread_t id;
	unsigned int seed;
	int fd;
	atomic_ulong rounds, good;
	int error;
	bool lingers;
};

/* Is this one of the errors that are to be expected when what is used goes away? */
static bool expected(struct actor *actor, const char *call)
{
	actor->error = errno;
	switch (errno) {
	case EIO:
	case ENOMEDIUM:
	case ENXIO:
	case ENODEV:
	case ENOENT:
	case EBUSY:
	case EEXIST:
	case ESTALE:
		return true;
	}
	finding("%s: %s: %s", actor->name, call, strerrorname_np(errno));
	return false;
}

static bool fail(struct actor *actor, const char *call)
{
	expected(actor, call);
	return false;
}

static unsigned int below(struct actor *actor, unsigned int limit)
{
	return (unsigned int)rand_r(&actor->seed) % limit;
}

static bool close_node(struct actor *actor, bool result)
{
	close(actor->fd);
	actor->fd = -1;
	return result;
}

static void *act(void *arg)
{
	struct actor *actor = arg;

	while (!stop) {
		if (calm) {
			/* What is open keeps the module. */
			if (actor->fd >= 0)
				close_node(actor, true);
			usleep(1000);
			continue;
		}
		bool good = actor->round(actor);

		actor->good += good;
		actor->rounds++;
		/* A drive without a disc shall not keep the processor busy. */
		if (!good)
			usleep(500);
	}
	return NULL;
}

static void *stay_away(void *arg)
{
	return NULL;
}

static bool stays_away(const struct actor *actor)
{
	const char *who = getenv("RACE_WITHOUT");

	return who && !strcmp(who, actor->name);
}

static void start(struct actor *actors, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		actors[i].seed = i + 1;
		actors[i].fd = -1;
		if (pthread_create(&actors[i].id, NULL, stays_away(&actors[i]) ? stay_away : act, &actors[i]))
			tap_bail("pthread_create");
	}
}

/* Waits for what has been told to stop; who does not come to its end in time never will. */
static bool join(struct actor *actors, unsigned int count)
{
	struct timespec end;
	unsigned int i;

	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += STALL;
	for (i = 0; i < count; i++) {
		if (!pthread_timedjoin_np(actors[i].id, NULL, &end))
			continue;
		finding("%s: a call does not return", actors[i].name);
		return false;
	}
	return true;
}

/* --- bytes ------------------------------------------------------------------------------------------------------- */

static bool is_of(const struct image *image, const uint8_t *bytes, size_t lba, size_t sectors)
{
	return lba + sectors <= image->sectors && !memcmp(image->bytes + lba * SECTOR, bytes, sectors * SECTOR);
}

/* Are these sectors of one of the discs? Several sectors, if they were read at once. */
static bool right(struct actor *actor, const uint8_t *bytes, size_t lba, size_t sectors)
{
	unsigned int i;

	for (i = 0; i < nr_images; i++)
		if (is_of(&images[i], bytes, lba, sectors))
			return true;
	finding("%s: bytes of no disc at sector %zu", actor->name, lba);
	return false;
}

static size_t some_place(struct actor *actor)
{
	/* An even one, for pages */
	return below(actor, (unsigned int)(least_sectors - RUN)) & ~1U;
}

static _Thread_local uint8_t buffer[RUN * SECTOR] __attribute__((aligned(4096)));

static bool open_node(struct actor *actor, int flags)
{
	if (actor->fd >= 0)
		return true;
	actor->fd = open(node, O_RDONLY | O_CLOEXEC | flags);
	return actor->fd >= 0 || fail(actor, "open");
}

/* --- users ------------------------------------------------------------------------------------------------------- */

static bool use_open(struct actor *actor)
{
	return open_node(actor, below(actor, 2) ? O_NONBLOCK : 0) && close_node(actor, true);
}

/* The same descriptor until there is an error, as programs do */
static bool read_some(struct actor *actor, int flags, size_t at_once)
{
	size_t lba = some_place(actor), i;
	ssize_t got;

	if (!open_node(actor, flags))
		return false;
	got = pread(actor->fd, buffer, sizeof(buffer), (off_t)(lba * SECTOR));
	if (got < 0)
		return close_node(actor, fail(actor, "pread"));
	got /= SECTOR;
	for (i = 0; i + at_once <= (size_t)got; i += at_once)
		if (!right(actor, buffer + i * SECTOR, lba + i, at_once))
			return close_node(actor, false);
	return got ? true : close_node(actor, false);
}

/* Through the page cache of the node: each sector for itself, as somebody may acknowledge a new disc in between */
static bool use_read(struct actor *actor)
{
	return read_some(actor, O_NONBLOCK, 1);
}

static bool use_blocking(struct actor *actor)
{
	return read_some(actor, 0, 1);
}

/* All at once: of one disc */
static bool use_direct(struct actor *actor)
{
	return read_some(actor, O_DIRECT | O_NONBLOCK, RUN);
}

static _Thread_local sigjmp_buf bus_error;

static void on_bus_error(int number)
{
	siglongjmp(bus_error, 1);
}

static bool use_map(struct actor *actor)
{
	size_t lba = some_place(actor);
	volatile bool good = false;
	void *map;

	if (!open_node(actor, O_NONBLOCK))
		return false;
	map = mmap(NULL, RUN * SECTOR, PROT_READ, MAP_SHARED, actor->fd, (off_t)(lba * SECTOR));
	if (map == MAP_FAILED)
		return close_node(actor, fail(actor, "mmap"));
	if (!sigsetjmp(bus_error, 1)) {
		memcpy(buffer, map, SECTOR);
		good = right(actor, buffer, lba, 1);
	}
	munmap(map, RUN * SECTOR);
	return good ? true : close_node(actor, false);
}

static bool send_cdb(struct actor *actor, const uint8_t *cdb, unsigned char len, size_t want)
{
	uint8_t sense[32];
	struct sg_io_hdr hdr = {
		.interface_id = 'S', .dxfer_direction = SG_DXFER_FROM_DEV, .cmd_len = len, .cmdp = (uint8_t *)cdb,
		.mx_sb_len = sizeof(sense), .sbp = sense, .dxfer_len = sizeof(buffer), .dxferp = buffer,
		.timeout = 10000,
	};

	if (ioctl(actor->fd, SG_IO, &hdr))
		return fail(actor, "SG_IO");
	return !hdr.status && sizeof(buffer) - (size_t)hdr.resid >= want;
}

static bool use_commands(struct actor *actor)
{
	static const uint8_t others[][12] = {
		{ 0x00 }, { 0x03, 0, 0, 0, 18 }, { 0x1E, 0, 0, 0, 1 }, { 0x1E }, { 0x25 }, { 0x43, 0, 0, 0, 0, 0, 1, 0, 64 },
		{ 0x46, 0, 0, 0, 0, 0, 0, 1 }, { 0x4A, 1, 0, 0, 0x10, 0, 0, 0, 8 }, { 0x51, 0, 0, 0, 0, 0, 0, 0, 34 },
		{ 0x52, 1, 0, 0, 0, 1, 0, 0, 36 }, { 0x5A, 0, 0x3F, 0, 0, 0, 0, 1 }, { 0xBD, 0, 0, 0, 0, 0, 0, 0, 0, 8 },
	};
	uint32_t lba = (uint32_t)some_place(actor);
	uint8_t read10[10] = { 0x28, 0, lba >> 24, lba >> 16, lba >> 8, lba, 0, 0, RUN };
	uint8_t read_cd[12] = { 0xBE, 0, lba >> 24, lba >> 16, lba >> 8, lba, 0, 0, 4, 0x10 };
	unsigned int other = below(actor, 2 * sizeof(others) / sizeof(others[0]));

	/* While a node is open for writing, kernels may refuse to mount it. */
	if (!below(actor, 8))
		close_node(actor, true);
	if (!open_node(actor, (below(actor, 2) ? O_RDWR : 0) | O_NONBLOCK))
		return false;
	if (other < sizeof(others) / sizeof(others[0])) {
		uint8_t opcode = others[other][0];

		/* As the commands of programs go, most are sent when nothing has happened. */
		send_cdb(actor, others[other], opcode < 0x20 ? 6 : opcode < 0x60 ? 10 : 12, 0);
		return true;
	}
	if (other % 2)
		return send_cdb(actor, read10, sizeof(read10), RUN * SECTOR) && right(actor, buffer, lba, RUN);
	return send_cdb(actor, read_cd, sizeof(read_cd), 4 * SECTOR) && right(actor, buffer, lba, 4);
}

static bool use_ioctls(struct actor *actor)
{
	struct cdrom_multisession session = { .addr_format = CDROM_LBA };
	struct cdrom_tocentry entry = { .cdte_track = 1, .cdte_format = CDROM_LBA };
	struct cdrom_tochdr header;
	struct cdrom_mcn mcn;
	bool good;

	if (!open_node(actor, O_NONBLOCK))
		return false;
	ioctl(actor->fd, CDROM_DRIVE_STATUS, CDSL_CURRENT);
	ioctl(actor->fd, CDROM_DISC_STATUS, 0);
	ioctl(actor->fd, CDROM_MEDIA_CHANGED, CDSL_CURRENT);
	ioctl(actor->fd, CDROM_LOCKDOOR, below(actor, 2));
	ioctl(actor->fd, CDROM_GET_MCN, &mcn);
	ioctl(actor->fd, CDROMMULTISESSION, &session);
	good = !ioctl(actor->fd, CDROMREADTOCHDR, &header) && !ioctl(actor->fd, CDROMREADTOCENTRY, &entry);
	if (good && (header.cdth_trk1 != 1 || entry.cdte_addr.lba))
		finding("%s: the table of contents is that of no disc", actor->name);
	return close_node(actor, good);
}

/* Reads the whole of a mounted file, if there is one: it is there, or an error. */
static bool file_right(struct actor *actor, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t at = 0;
	ssize_t got = 1;

	if (fd < 0)
		return fail(actor, "open of a file");
	while (at < data_bytes && got > 0) {
		got = read(fd, buffer, sizeof(buffer));
		if (got < 0)
			fail(actor, "read of a file");
		else if (at + (size_t)got > data_bytes || memcmp(buffer, data + at, (size_t)got))
			finding("%s: the file has other bytes at %zu", actor->name, at);
		at += got > 0 ? (size_t)got : 0;
	}
	close(fd);
	return at == data_bytes;
}

static bool use_mount(struct actor *actor)
{
	char path[sizeof(mount_point) + 8];
	bool good;

	if (mount(node, mount_point, "iso9660", MS_RDONLY, NULL)) {
		actor->error = errno;
		/* Most discs have no file system. */
		if (errno != EINVAL && errno != EMEDIUMTYPE)
			expected(actor, "mount");
		return false;
	}
	snprintf(path, sizeof(path), "%s/data", mount_point);
	good = file_right(actor, path);
	if (umount(mount_point))
		fail(actor, "umount");
	return good;
}

static void read_attribute(struct actor *actor, const char *folder, const char *name)
{
	char path[512];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	/* Some are not for reading, or only at times. */
	if (read(fd, buffer, sizeof(buffer)) < 0 && errno != EACCES && errno != EINVAL)
		expected(actor, path);
	close(fd);
}

static bool use_sysfs(struct actor *actor)
{
	static const char *const folders[] = { "", "/vcd", "/device", "/queue" };
	struct dirent *entry;
	unsigned int i, count = 0;
	char folder[64];
	DIR *dir;

	for (i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		snprintf(folder, sizeof(folder), "/sys/block/vcd%d%s", drive, folders[i]);
		dir = opendir(folder);
		if (!dir)
			return false;
		while ((entry = readdir(dir))) {
			if (entry->d_type == DT_REG)
				read_attribute(actor, folder, entry->d_name);
			count++;
		}
		closedir(dir);
	}
	read_attribute(actor, "/proc/sys/dev/cdrom", "info");
	return count > 0;
}

static bool use_status(struct actor *actor)
{
	struct vcd_status status = { .size = sizeof(status), .index = drive };
	int control = open(VCD_CONTROL_NODE, O_RDWR | O_CLOEXEC);
	bool good;

	if (control < 0)
		return fail(actor, "open of the control device");
	good = !ioctl(control, VCD_IOC_STATUS, &status) || fail(actor, "STATUS");
	close(control);
	return good;
}

/* Whoever hears of a drive opens it and asks what is in it; by then it may have another disc, or be gone. */
static bool tells_status(struct actor *actor)
{
	int fd = open(node, O_RDONLY | O_NONBLOCK | O_CLOEXEC), status;

	if (fd < 0)
		return fail(actor, "open after an event");
	status = ioctl(fd, CDROM_DRIVE_STATUS, CDSL_CURRENT);
	if (status < 0) {
		close(fd);
		return fail(actor, "CDROM_DRIVE_STATUS after an event");
	}
	close(fd);
	if (status != CDS_NO_DISC && status != CDS_TRAY_OPEN && status != CDS_DISC_OK)
		finding("%s: the drive's status is %d", actor->name, status);
	return true;
}

/* A uevent tells of a change that is complete. */
static bool use_uevents(struct actor *actor)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	struct pollfd poller;
	char text[4096];
	ssize_t got;

	if (actor->fd < 0) {
		actor->fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
		if (actor->fd < 0 || bind(actor->fd, (struct sockaddr *)&address, sizeof(address)))
			tap_bail("netlink");
	}
	poller = (struct pollfd){ .fd = actor->fd, .events = POLLIN };
	if (poll(&poller, 1, 100) <= 0)
		return false;
	got = recv(actor->fd, text, sizeof(text) - 1, MSG_DONTWAIT);
	if (got <= 0)
		return false;
	text[got] = 0;
	if (strncmp(text, "change@", 7) || !memmem(text, (size_t)got, node + 5, strlen(node + 5) + 1))
		return false;
	return (memmem(text, (size_t)got, "DISK_MEDIA_CHANGE=1", 19) || memmem(text, (size_t)got, "DISK_EJECT", 10)) &&
		tells_status(actor);
}

static bool use_control(struct actor *actor);

static struct actor users[] = {
	{ .name = "open",	.round = use_open },
	{ .name = "read",	.round = use_read },
	{ .name = "blocking",	.round = use_blocking },
	{ .name = "direct",	.round = use_direct },
	{ .name = "map",	.round = use_map },
	{ .name = "commands",	.round = use_commands },
	{ .name = "ioctls",	.round = use_ioctls },
	{ .name = "mount",	.round = use_mount },
	{ .name = "sysfs",	.round = use_sysfs },
	{ .name = "status",	.round = use_status },
	{ .name = "uevents",	.round = use_uevents },
	{ .name = "control",	.round = use_control },
};

#define USERS	(sizeof(users) / sizeof(users[0]))

/* --- movers ------------------------------------------------------------------------------------------------------ */

static int attach(int control, int index, unsigned int flags, const struct image *image)
{
	struct vcd_file file = { .fd = open(image->path, O_RDONLY | O_CLOEXEC) };
	struct vcd_extent extent = { .stride = SECTOR, .sectors = (uint32_t)image->sectors };
	struct vcd_track track = {
		.number = 1, .session = 1, .control = 4, .mode = VCD_MODE_DATA, .sectors = (uint32_t)image->sectors,
	};
	struct vcd_attach attach = {
		.size = sizeof(attach), .flags = flags, .index = index, .sectors = (uint32_t)image->sectors,
		.files = { (uintptr_t)&file, 1, sizeof(file) },
		.extents = { (uintptr_t)&extent, 1, sizeof(extent) },
		.tracks = { (uintptr_t)&track, 1, sizeof(track) },
	};
	int ret, err;

	if (file.fd < 0)
		tap_bail("%s", image->path);
	ret = ioctl(control, VCD_IOC_ATTACH, &attach);
	err = errno;
	close(file.fd);
	errno = err;
	return ret;
}

static int detach(int control, int index)
{
	struct vcd_detach detach = { .size = sizeof(detach), .flags = VCD_DETACH_FORCE, .index = index };

	return ioctl(control, VCD_IOC_DETACH, &detach);
}

static int tray(int control, int index, unsigned int action, unsigned int flags)
{
	struct vcd_tray tray = { .size = sizeof(tray), .flags = flags, .index = index, .action = action };

	return ioctl(control, VCD_IOC_TRAY, &tray);
}

static int create(int control, int index)
{
	struct vcd_create create = { .size = sizeof(create), .index = index };

	return ioctl(control, VCD_IOC_CREATE, &create);
}

static int remove_drive(int control, int index)
{
	struct vcd_remove remove = { .size = sizeof(remove), .flags = VCD_REMOVE_FORCE, .index = index };

	return ioctl(control, VCD_IOC_REMOVE, &remove);
}

static bool (*mover)(struct actor *actor);

static const struct image *some_image(struct actor *actor)
{
	return &images[below(actor, nr_images)];
}

/* Did it work, or was somebody else faster? */
static bool done(struct actor *actor, const char *call, int ret)
{
	return !ret || fail(actor, call);
}

/* How many users have not got anything done since @before? Those of whom nothing can be expected do not count. */
static unsigned int idle_users(const unsigned long *before)
{
	unsigned int i, idle = 0;

	for (i = 0; i < USERS; i++)
		idle += users[i].good == before[i] && !stays_away(&users[i]) &&
			users[i].round != use_control && users[i].round != use_uevents;
	return idle;
}

/* A disc that can be mounted, whatever somebody who was about to move another has done meanwhile; now and then by force */
static void keep_in(struct actor *actor, bool force)
{
	create(actor->fd, drive);
	attach(actor->fd, drive, force ? VCD_ATTACH_SWAP | VCD_ATTACH_FORCE : 0, &images[0]);
	attach(actor->fd, drive, 0, &images[0]);
	tray(actor->fd, drive, VCD_TRAY_CLOSE, 0);
}

/*
 * There is a disc in the drive. Most go at once. The first one stays until each user has used it, so that none of them is
 * a witness of nothing; some of the others do, or for a second or two. Whoever moves discs, too, pauses meanwhile, and
 * those who hear of moves have nothing to hear.
 */
static void linger(struct actor *actor)
{
	bool first = !actor->rounds;
	time_t end = time(NULL) + (first ? PATIENCE : 2);
	unsigned long before[USERS];
	unsigned int i, idle, turn = 0;

	if (!actor->lingers || (!first && below(actor, 128)))
		return;
	for (i = 0; i < USERS; i++)
		before[i] = users[i].good;
	lingering = true;
	do {
		if (first)
			keep_in(actor, turn++ % 200 == 0);
		usleep(5000);
		idle = idle_users(before);
	} while (idle && time(NULL) < end);
	if (first && idle)
		finding("the first disc stayed for %d s, and %u of its users came to nothing", PATIENCE, idle);
	lingering = false;
}

static bool move_insert(struct actor *actor)
{
	bool in = done(actor, "ATTACH", attach(actor->fd, drive, 0, some_image(actor)));

	linger(actor);
	return done(actor, "DETACH", detach(actor->fd, drive)) && in;
}

static bool move_swap(struct actor *actor)
{
	if (!attach(actor->fd, drive, VCD_ATTACH_SWAP | VCD_ATTACH_FORCE, some_image(actor))) {
		linger(actor);
		return true;
	}
	/* There is none to be replaced. */
	if (errno != ENOMEDIUM)
		return fail(actor, "swap");
	if (!done(actor, "ATTACH", attach(actor->fd, drive, 0, some_image(actor))))
		return false;
	linger(actor);
	return true;
}

static bool move_tray(struct actor *actor)
{
	attach(actor->fd, drive, 0, some_image(actor));
	linger(actor);
	return done(actor, "open", tray(actor->fd, drive, VCD_TRAY_OPEN, VCD_TRAY_FORCE)) &&
	       done(actor, "close", tray(actor->fd, drive, VCD_TRAY_CLOSE, 0));
}

static bool move_drive(struct actor *actor)
{
	if (create(actor->fd, drive) && errno != EEXIST)
		fail(actor, "CREATE");
	done(actor, "ATTACH", attach(actor->fd, drive, 0, some_image(actor)));
	usleep(below(actor, 3000));
	linger(actor);
	return done(actor, "REMOVE", remove_drive(actor->fd, drive));
}

/* A second one moves the same, and presses the button. Unlike the first it leaves others some time. */
static bool use_control(struct actor *actor)
{
	if (actor->fd < 0)
		actor->fd = open(VCD_CONTROL_NODE, O_RDWR | O_CLOEXEC);
	if (actor->fd < 0)
		return fail(actor, "open of the control device");
	usleep(below(actor, 4000));
	if (lingering)
		return false;
	if (below(actor, 4))
		return mover(actor);
	return done(actor, "button", tray(actor->fd, drive, VCD_TRAY_BUTTON, 0));
}

/* --- scenarios --------------------------------------------------------------------------------------------------- */

/* How often each did what it does. In a long run, who never got to is no witness. */
static void report(const struct actor *actors, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		printf("# %s: %lu of %lu%s%s\n", actors[i].name, actors[i].good, actors[i].rounds,
		       actors[i].error ? ", else " : "", actors[i].error ? strerrorname_np(actors[i].error) : "");
		if (!actors[i].good && actors[i].rounds >= ROUNDS_ENOUGH)
			finding("%s: it never worked", actors[i].name);
	}
}

/* One thread is no match for so many users, but its rounds are what counts: each meets them in some other place. */
static void get_ahead(void)
{
	/* In Linux this is the thread, not the process. */
	if (setpriority(PRIO_PROCESS, 0, -10))
		tap_bail("setpriority");
}

/* Of a long run that is ended from outside, what it had come to counts. */
static void tell_progress(const struct actor *actor)
{
	if (actor->rounds % 500)
		return;
	printf("# %s: %lu rounds so far\n", actor->name, actor->rounds);
	fflush(stdout);
}

static void run_mover(unsigned long rounds)
{
	struct actor first = { .name = "mover", .seed = 99, .lingers = true, .fd = open(VCD_CONTROL_NODE, O_RDWR | O_CLOEXEC) };

	if (first.fd < 0)
		tap_bail(VCD_CONTROL_NODE);
	start(users, USERS);
	get_ahead();
	while (first.rounds < rounds && !findings) {
		first.good += mover(&first);
		first.rounds++;
		tell_progress(&first);
	}
	stop = true;
	if (join(users, USERS))
		report(users, USERS);
	report(&first, 1);
	detach(first.fd, drive);
}

static bool load(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool good;

	if (fd < 0)
		tap_bail("%s", path);
	good = !syscall(SYS_finit_module, fd, "drives=2", 0);
	close(fd);
	return good;
}

/* Who uses a module that comes and goes has a disc put in, too. */
static bool use_attach(struct actor *actor)
{
	int control = open(VCD_CONTROL_NODE, O_RDWR | O_CLOEXEC);
	bool good;

	if (control < 0)
		return fail(actor, "open of the control device");
	good = !attach(control, drive, 0, some_image(actor));
	close(control);
	return good;
}

static void run_unload(unsigned long rounds, const char *path)
{
	unsigned int busy = 0;
	struct actor first = { .name = "unload" };
	struct actor attacher = { .name = "attach", .round = use_attach };

	start(users, USERS - 1);
	start(&attacher, 1);
	get_ahead();
	while (first.rounds < rounds && !findings) {
		if (syscall(SYS_delete_module, "vcd", O_NONBLOCK)) {
			if (errno != EAGAIN && errno != EBUSY)
				finding("delete_module: %s", strerrorname_np(errno));
			/* Where all of them are at it there is no moment without a user. */
			calm = ++busy > 50;
			usleep(1000);
			continue;
		}
		calm = false;
		busy = 0;
		first.rounds++;
		if (!load(path))
			finding("finit_module: %s", strerrorname_np(errno));
		first.good++;
		tell_progress(&first);
		/* Now and then somebody gets to use it. */
		usleep(20000);
	}
	stop = true;
	if (join(users, USERS - 1) && join(&attacher, 1))
		report(users, USERS - 1);
	report(&first, 1);
}

/* With pauses: so many would leave no time for who takes the disc out. */
static bool crowd_read(struct actor *actor)
{
	usleep(below(actor, 200000));
	return use_read(actor);
}

static bool crowd_direct(struct actor *actor)
{
	usleep(below(actor, 200000));
	return use_direct(actor);
}

/* So many are waiting for a disc, or reading it, when it goes: each read returns. */
static void run_crowd(unsigned long rounds)
{
	static struct actor crowd[CROWD];
	int control = open(VCD_CONTROL_NODE, O_RDWR | O_CLOEXEC);
	unsigned long good = 0, reads = 0, round;
	unsigned int i;

	if (control < 0)
		tap_bail(VCD_CONTROL_NODE);
	for (round = 0; round < rounds && !findings; round++) {
		for (i = 0; i < CROWD; i++)
			crowd[i] = (struct actor){ .name = i % 2 ? "direct" : "read",
						   .round = i % 2 ? crowd_direct : crowd_read };
		stop = false;
		if (attach(control, drive, 0, &images[round % nr_images]))
			finding("ATTACH: %s", strerrorname_np(errno));
		start(crowd, CROWD);
		usleep(200000);
		if (detach(control, drive))
			finding("DETACH: %s", strerrorname_np(errno));
		stop = true;
		if (!join(crowd, CROWD))
			break;
		for (i = 0; i < CROWD; i++) {
			reads += crowd[i].rounds;
			good += crowd[i].good;
			close(crowd[i].fd);
		}
	}
	printf("# %d readers: %lu of %lu reads\n", CROWD, good, reads);
	if (!good)
		finding("nobody has read anything");
}

static const uint8_t *map_file(const char *path, size_t *bytes)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *map;

	if (fd < 0 || fstat(fd, &st))
		tap_bail("%s", path);
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		tap_bail("%s", path);
	close(fd);
	*bytes = (size_t)st.st_size;
	return map;
}

static void take_images(char **argv)
{
	data = map_file(*argv++, &data_bytes);
	for (; *argv && nr_images < IMAGES_MAX; argv++) {
		struct image *image = &images[nr_images++];
		size_t bytes;

		image->path = *argv;
		image->bytes = map_file(*argv, &bytes);
		image->sectors = bytes / SECTOR;
		if (image->sectors < least_sectors)
			least_sectors = image->sectors;
	}
	if (!nr_images || least_sectors <= RUN)
		tap_bail("images are missing, or too small");
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		bool (*mover)(struct actor *actor);
	} movers[] = {
		{ "insert", move_insert }, { "swap", move_swap }, { "tray", move_tray }, { "drive", move_drive },
	};
	unsigned long rounds;
	unsigned int i;

	if (argc < 6) {
		fprintf(stderr, "race: see the head of race.c\n");
		return 2;
	}
	rounds = strtoul(argv[2], NULL, 0);
	take_images(argv + 4);
	signal(SIGBUS, on_bus_error);
	if (!mkdtemp(mount_point))
		tap_bail("%s", mount_point);
	drive = strcmp(argv[1], "unload") ? atoi(argv[3]) : 0;
	snprintf(node, sizeof(node), "/dev/vcd%d", drive);
	for (i = 0; i < sizeof(movers) / sizeof(movers[0]); i++)
		if (!strcmp(argv[1], movers[i].name))
			mover = movers[i].mover;
	if (mover)
		run_mover(rounds);
	else if (!strcmp(argv[1], "unload"))
		run_unload(rounds, argv[3]);
	else if (!strcmp(argv[1], "crowd"))
		run_crowd(rounds);
	else
		tap_bail("%s is no scenario", argv[1]);
	rmdir(mount_point);
	printf("# %lu findings\n", findings);
	return findings ? 1 : 0;
}
