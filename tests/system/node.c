// SPDX-License-Identifier: GPL-2.0
/*
 * node: what shell tests can't do to a drive's node.
 *
 *	node open FLAG... PATH			"ok" or the name of the errno; status 0 or 1
 *	node hold FLAG... PATH			open it, print "held", keep it open until killed
 *	node advise OFFSET LENGTH FLAG... PATH	have it read ahead: "ok", or the name of the errno and status 1
 *	node status PATH			CDROM_DRIVE_STATUS: empty, open, busy, disc or a number
 *	node ioctl NAME ARG FLAG... PATH	result of an ioctl, or the name of the errno and status 1
 *	node write FLAG... PATH			write and sync a sector: "ok" or the name of the errno, status 0 or 1
 *	node read OFFSET LENGTH FLAG... PATH	the bytes on standard output; status 1 and the errno on standard error
 *	node sink OFFSET PAGES FLAG... PATH	read so many pages, at most 1024, all of them into the same one: little memory,
 *						however much is on its way; "ok", or the name of the errno and status 1
 *	node session FLAG... PATH		commands on standard input, answers on standard output:
 *		read OFFSET LENGTH		hash of what was read, or an errno
 *		direct OFFSET LENGTH		the same past the page cache (the flag direct is needed)
 *		map OFFSET			map a page; its hash, or SIGBUS
 *		look				hash of the mapped page, or SIGBUS
 *		cdb HEX...			send a command; "good" and the answer in hexadecimal, or KEY/ASC/ASCQ
 *	node hash OFFSET LENGTH PATH		the hash of these bytes
 *	node pattern SECTORS ID PATH		make an image whose sectors tell where they belong
 *	node spoil SEED PATH			change some of what the first sectors say, as follows from SEED
 *	node verify SECONDS KIND FLAG... PATH	read such a disc until time is over or a signal comes; KIND is read, direct,
 *						map, sg, or open (a new open for each read). Errors are expected, wrong
 *						bytes are not: status 1. "reading" is printed after the first good one
 *	node compare IMAGE FLAG... PATH		read all of a disc in small pieces: "N right, M errors"; a byte that IMAGE
 *						does not have there is neither: status 1
 *	node forget				none of the file that is standard input stays in memory, as far as it is not in use
 *	node churn CYCLES INDEX IMAGE...		put such discs in, swap them, eject, close, take them out: by force, and so
 *						many times; "ok", or what failed and status 1
 *
 * FLAG: nonblock, rw, excl, direct; lock: also CDROM_LOCKDOOR 1
 */
#include <fcntl.h>
#include <limits.h>
#include <linux/cdrom.h>
#include <linux/fs.h>
#include <linux/vcd.h>
#include <scsi/sg.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "tap.h"

#define SECTOR	2048
#define PIECE	(64 * SECTOR)
#define COMPARED	(16 * SECTOR)

static bool want_lock;

static int open_flags(char ***argv)
{
	int flags = O_RDONLY | O_CLOEXEC;

	for (; **argv && (*argv)[1]; (*argv)++) {
		if (!strcmp(**argv, "nonblock"))
			flags |= O_NONBLOCK;
		else if (!strcmp(**argv, "rw"))
			flags |= O_RDWR;
		else if (!strcmp(**argv, "excl"))
			flags |= O_EXCL;
		else if (!strcmp(**argv, "direct"))
			flags |= O_DIRECT;
		else if (!strcmp(**argv, "lock"))
			want_lock = true;
		else
			tap_bail("%s is no flag", **argv);
	}
	if (!**argv)
		tap_bail("a path is missing");
	return flags;
}

static int open_node(char **argv)
{
	int flags = open_flags(&argv);

	return open(*argv, flags);
}

static int must_open(char **argv)
{
	int fd = open_node(argv);

	if (fd < 0)
		tap_bail("open");
	return fd;
}

static int say_errno(bool good)
{
	puts(good ? "ok" : strerrorname_np(errno));
	return !good;
}

static int cmd_open(char **argv)
{
	return say_errno(open_node(argv) >= 0);
}

static int cmd_hold(char **argv)
{
	int fd = open_node(argv);

	if (fd < 0)
		return say_errno(false);
	if (want_lock && ioctl(fd, CDROM_LOCKDOOR, 1))
		return say_errno(false);
	puts("held");
	fflush(stdout);
	for (;;)
		pause();
}

static int cmd_advise(char **argv)
{
	int fd = open_node(argv + 2);

	if (fd < 0)
		return say_errno(false);
	errno = posix_fadvise(fd, strtoll(argv[0], NULL, 0), strtoll(argv[1], NULL, 0), POSIX_FADV_WILLNEED);
	return say_errno(!errno);
}

static int cmd_status(char **argv)
{
	int fd = open(argv[0], O_RDONLY | O_NONBLOCK);
	int status;

	if (fd < 0)
		return say_errno(false);
	status = ioctl(fd, CDROM_DRIVE_STATUS, CDSL_CURRENT);
	switch (status) {
	case CDS_NO_DISC:
		puts("empty");
		break;
	case CDS_TRAY_OPEN:
		puts("open");
		break;
	case CDS_DRIVE_NOT_READY:
		puts("busy");
		break;
	case CDS_DISC_OK:
		puts("disc");
		break;
	default:
		printf("%d\n", status);
	}
	return status < 0;
}

static const struct {
	const char *name;
	unsigned long number;
	bool by_pointer;
} ioctls[] = {
	{ "BLKROSET",		BLKROSET,		true },
	{ "BLKFLSBUF",		BLKFLSBUF,		false },
	{ "BLKRRPART",		BLKRRPART,		false },
	{ "CDROMEJECT",		CDROMEJECT,		false },
	{ "CDROMCLOSETRAY",	CDROMCLOSETRAY,		false },
	{ "CDROM_LOCKDOOR",	CDROM_LOCKDOOR,		false },
	{ "CDROM_MEDIA_CHANGED", CDROM_MEDIA_CHANGED,	false },
	{ "CDROM_SET_OPTIONS",	CDROM_SET_OPTIONS,	false },
	{ "CDROM_CLEAR_OPTIONS", CDROM_CLEAR_OPTIONS,	false },
	{ "CDROMRESET",		CDROMRESET,		false },
	{ "CDROMPLAYTRKIND",	CDROMPLAYTRKIND,	true },
};

static int cmd_ioctl(char **argv)
{
	long argument = strtol(argv[1], NULL, 0);
	int value = argument;
	unsigned int i;
	int fd, ret;

	for (i = 0; i < sizeof(ioctls) / sizeof(ioctls[0]); i++) {
		if (strcmp(ioctls[i].name, argv[0]))
			continue;
		fd = must_open(argv + 2);
		ret = ioctl(fd, ioctls[i].number, ioctls[i].by_pointer ? (long)&value : argument);
		if (ret < 0)
			return say_errno(false);
		printf("%d\n", ret);
		return 0;
	}
	tap_bail("%s is no ioctl", argv[0]);
}

static int cmd_write(char **argv)
{
	void *buf;
	int fd;

	fd = must_open(argv);
	if (posix_memalign(&buf, 4096, 4096))
		tap_bail("memory");
	memset(buf, 0x55, 4096);
	return say_errno(pwrite(fd, buf, SECTOR, 0) == SECTOR && !fsync(fd));
}

static int cmd_read(char **argv)
{
	off_t offset = strtoll(argv[0], NULL, 0);
	off_t left = strtoll(argv[1], NULL, 0);
	int fd = must_open(argv + 2);
	void *buf;

	if (posix_memalign(&buf, 4096, PIECE))
		tap_bail("memory");
	while (left) {
		ssize_t got = pread(fd, buf, left < PIECE ? left : PIECE, offset);

		if (got < 0) {
			fprintf(stderr, "%s\n", strerrorname_np(errno));
			return 1;
		}
		if (!got)
			break;
		if (write(STDOUT_FILENO, buf, got) != got)
			tap_bail("write");
		offset += got;
		left -= got;
	}
	return 0;
}

static int cmd_sink(char **argv)
{
	static struct iovec pages[1024];
	int count = atoi(argv[1]), fd = must_open(argv + 2), i;
	void *page;

	if (posix_memalign(&page, 4096, 4096) || count < 1 || count > 1024)
		tap_bail("memory, or the number of pages");
	for (i = 0; i < count; i++)
		pages[i] = (struct iovec){ .iov_base = page, .iov_len = 4096 };
	return say_errno(preadv(fd, pages, count, strtoll(argv[0], NULL, 0)) == count * 4096L);
}

static uint64_t hash(const volatile uint8_t *bytes, size_t len)
{
	uint64_t value = 0xcbf29ce484222325;

	while (len--)
		value = (value ^ *bytes++) * 0x100000001b3;
	return value;
}

static sigjmp_buf bus_error;

static void on_bus_error(int number)
{
	siglongjmp(bus_error, 1);
}

static void look(const volatile uint8_t *page)
{
	if (sigsetjmp(bus_error, 1)) {
		puts("SIGBUS");
		return;
	}
	printf("%016llx\n", (unsigned long long)hash(page, 4096));
}

static void read_hash(int fd, off_t offset, size_t len)
{
	size_t done = 0;
	void *buf;

	if (posix_memalign(&buf, 4096, len))
		tap_bail("memory");
	while (done < len) {
		ssize_t got = pread(fd, (char *)buf + done, len - done, offset + done);

		if (got < 0) {
			puts(strerrorname_np(errno));
			free(buf);
			return;
		}
		if (!got)
			break;
		done += got;
	}
	if (done == len)
		printf("%016llx\n", (unsigned long long)hash(buf, len));
	else
		printf("short %zu\n", done);
	free(buf);
}

/* cdb HEX...: a command; what comes back is "good" and the bytes in hexadecimal, or KEY/ASC/ASCQ. */
static void send_cdb(int fd, const char *text)
{
	uint8_t cdb[16], sense[32] = {}, buf[512];
	struct sg_io_hdr hdr = {
		.interface_id = 'S', .dxfer_direction = SG_DXFER_FROM_DEV, .cmdp = cdb, .mx_sb_len = sizeof(sense),
		.sbp = sense, .dxfer_len = sizeof(buf), .dxferp = buf, .timeout = 10000,
	};
	unsigned int byte, i;
	int used;

	while (hdr.cmd_len < sizeof(cdb) && sscanf(text, " %2x%n", &byte, &used) == 1) {
		cdb[hdr.cmd_len++] = byte;
		text += used;
	}
	if (ioctl(fd, SG_IO, &hdr)) {
		puts(strerrorname_np(errno));
	} else if (hdr.status) {
		printf("%x/%02x/%02x\n", sense[2] & 15, sense[12], sense[13]);
	} else {
		printf("good");
		for (i = 0; i < sizeof(buf) - hdr.resid; i++)
			printf(" %02x", buf[i]);
		printf("\n");
	}
}

static int cmd_session(char **argv)
{
	int fd = must_open(argv);
	void *page = MAP_FAILED;
	char line[256];

	signal(SIGBUS, on_bus_error);
	puts("ready");
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin)) {
		long long offset, len;

		if (sscanf(line, "read %lli %lli", &offset, &len) == 2) {
			read_hash(fd, offset, len);
		} else if (sscanf(line, "map %lli", &offset) == 1) {
			page = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, offset);
			if (page == MAP_FAILED)
				puts(strerrorname_np(errno));
			else
				look(page);
		} else if (!strncmp(line, "look", 4) && page != MAP_FAILED) {
			look(page);
		} else if (!strncmp(line, "cdb ", 4)) {
			send_cdb(fd, line + 4);
		} else {
			puts("what?");
		}
		fflush(stdout);
	}
	return 0;
}

static int cmd_hash(char **argv)
{
	int fd = must_open(argv + 2);

	read_hash(fd, strtoll(argv[0], NULL, 0), strtoll(argv[1], NULL, 0));
	return 0;
}

/* A sector says where it belongs, to which image, and each of its words is made from both. */
static void fill(uint64_t *sector, uint64_t lba, uint64_t id)
{
	unsigned int i;

	sector[0] = lba;
	sector[1] = id;
	for (i = 2; i < SECTOR / sizeof(*sector); i++)
		sector[i] = (lba * 0x9e3779b97f4a7c15 + id) ^ (i * 0xff51afd7ed558ccd);
}

static bool sector_right(const volatile uint64_t *sector, uint64_t lba)
{
	uint64_t copy[SECTOR / 8], want[SECTOR / 8];
	unsigned int i;

	for (i = 0; i < SECTOR / 8; i++)
		copy[i] = sector[i];
	fill(want, lba, copy[1]);
	return !memcmp(copy, want, SECTOR);
}

static int cmd_pattern(char **argv)
{
	uint64_t sectors = strtoull(argv[0], NULL, 0), id = strtoull(argv[1], NULL, 0);
	FILE *file = fopen(argv[2], "w");
	uint64_t sector[SECTOR / 8], i;

	if (!file)
		tap_bail("%s", argv[2]);
	for (i = 0; i < sectors; i++) {
		fill(sector, i, id);
		if (fwrite(sector, SECTOR, 1, file) != 1)
			tap_bail("%s", argv[2]);
	}
	return fclose(file) ? 1 : 0;
}

/* Where the structures of ISO 9660, El Torito and UDF are, and what they point to. */
static long some_offset(unsigned int *seed, long bytes)
{
	static const long from[] = { 16, 16, 256, 0 }, sectors[] = { 24, 24, 80, 512 };
	unsigned int where = (unsigned int)rand_r(seed) % 4;
	long offset = (from[where] + rand_r(seed) % sectors[where]) * SECTOR;

	/* Most of a descriptor is in its first bytes. */
	offset += rand_r(seed) % (rand_r(seed) % 2 ? 256 : SECTOR);
	return offset < bytes ? offset : rand_r(seed) % bytes;
}

/* A field of one to eight bytes becomes a number that somebody may trip over, or what is somewhere else. */
static int cmd_spoil(char **argv)
{
	static const uint64_t odd[] = {
		0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, UINT64_MAX, 0x0100000000000001, 16,
	};
	unsigned int seed = (unsigned int)strtoul(argv[0], NULL, 0), changes;
	FILE *file = fopen(argv[1], "r+");
	struct stat st;
	uint64_t value;

	if (!file || fstat(fileno(file), &st) || !st.st_size)
		tap_bail("%s", argv[1]);
	for (changes = 1 + (unsigned int)rand_r(&seed) % 48; changes; changes--) {
		size_t width = 1U << rand_r(&seed) % 4;
		long offset = some_offset(&seed, st.st_size);

		value = odd[(unsigned int)rand_r(&seed) % (sizeof(odd) / sizeof(odd[0]))];
		if (rand_r(&seed) % 4 == 0)
			value = (uint64_t)rand_r(&seed);
		else if (rand_r(&seed) % 4 == 0 && (fseek(file, some_offset(&seed, st.st_size), SEEK_SET) ||
						    fread(&value, 1, width, file) != width))
			continue;
		if (offset + (long)width > st.st_size)
			continue;
		if (fseek(file, offset, SEEK_SET) || fwrite(&value, width, 1, file) != 1)
			tap_bail("%s", argv[1]);
	}
	return fclose(file) ? 1 : 0;
}

static volatile sig_atomic_t stop;

static void on_stop(int number)
{
	stop = 1;
}

/* Sectors that every image of the stress tests has. */
#define VERIFY_SECTORS	1024
#define VERIFY_RUN	16

static bool sg_read(int fd, void *buf, uint32_t lba, unsigned int sectors)
{
	uint8_t cdb[10] = { 0x28, 0, lba >> 24, lba >> 16, lba >> 8, lba, 0, sectors >> 8, sectors };
	uint8_t sense[32];
	struct sg_io_hdr hdr = {
		.interface_id = 'S', .dxfer_direction = SG_DXFER_FROM_DEV, .cmd_len = sizeof(cdb), .cmdp = cdb,
		.mx_sb_len = sizeof(sense), .sbp = sense, .dxfer_len = sectors * SECTOR, .dxferp = buf,
		.timeout = 10000,
	};

	return !ioctl(fd, SG_IO, &hdr) && !hdr.status && !hdr.resid;
}

static bool map_right(int fd, uint32_t lba, bool *read)
{
	bool right;
	void *map;

	*read = false;
	map = mmap(NULL, VERIFY_RUN * SECTOR, PROT_READ, MAP_SHARED, fd, (off_t)lba * SECTOR);
	if (map == MAP_FAILED)
		return true;
	if (sigsetjmp(bus_error, 1)) {
		munmap(map, VERIFY_RUN * SECTOR);
		return true;
	}
	right = sector_right(map, lba);
	*read = true;
	munmap(map, VERIFY_RUN * SECTOR);
	return right;
}

static int cmd_verify(char **argv)
{
	time_t end = time(NULL) + atoi(argv[0]);
	const char *kind = argv[1];
	char **path = argv + 2;
	unsigned long good = 0, errors = 0;
	unsigned int seed = getpid();
	int flags = open_flags(&path);
	void *buf;
	int fd = -1;

	signal(SIGBUS, on_bus_error);
	signal(SIGTERM, on_stop);
	signal(SIGINT, on_stop);
	if (!strcmp(kind, "direct"))
		flags |= O_DIRECT;
	if (posix_memalign(&buf, 4096, VERIFY_RUN * SECTOR))
		tap_bail("memory");
	while (!stop && time(NULL) < end) {
		/* A multiple of a page, for mmap() */
		uint32_t lba = (rand_r(&seed) % (VERIFY_SECTORS - VERIFY_RUN)) & ~1U;
		unsigned int i;
		bool read;

		if (fd < 0)
			fd = open(*path, flags);
		if (fd < 0) {
			errors++;
			usleep(1000);
			continue;
		}
		if (!strcmp(kind, "map")) {
			if (!map_right(fd, lba, &read)) {
				printf("wrong bytes at %u\n", lba);
				return 1;
			}
		} else {
			if (!strcmp(kind, "sg"))
				read = sg_read(fd, buf, lba, VERIFY_RUN);
			else
				read = pread(fd, buf, VERIFY_RUN * SECTOR, (off_t)lba * SECTOR) == VERIFY_RUN * SECTOR;
			for (i = 0; read && i < VERIFY_RUN; i++) {
				if (sector_right((uint64_t *)((char *)buf + i * SECTOR), lba + i))
					continue;
				printf("wrong bytes at %u\n", lba + i);
				return 1;
			}
		}
		if (read && !good++) {
			puts("reading");
			fflush(stdout);
		}
		errors += !read;
		if (!read || !strcmp(kind, "open")) {
			close(fd);
			fd = -1;
		}
		/* A drive without a disc shall not keep the processor busy. */
		if (!read)
			usleep(500);
	}
	printf("%s: %lu reads right, %lu errors\n", kind, good, errors);
	return 0;
}

static int cmd_compare(char **argv)
{
	unsigned long good = 0, errors = 0;
	unsigned char *got, *want;
	int image = open(argv[0], O_RDONLY | O_CLOEXEC);
	int fd = open_node(argv + 1);
	ssize_t len, wanted;
	off_t at;

	if (image < 0 || posix_memalign((void **)&got, 4096, COMPARED) || posix_memalign((void **)&want, 4096, COMPARED))
		tap_bail("%s", argv[0]);
	for (at = 0; (wanted = pread(image, want, COMPARED, at)) > 0; at += wanted) {
		len = fd < 0 ? -1 : pread(fd, got, wanted, at);
		if (len > 0 && memcmp(got, want, len)) {
			printf("wrong bytes at %lld\n", (long long)at);
			return 1;
		}
		good += len == wanted;
		errors += len != wanted;
	}
	printf("%lu right, %lu errors\n", good, errors);
	return 0;
}

static int cmd_forget(char **argv)
{
	errno = posix_fadvise(STDIN_FILENO, 0, 0, POSIX_FADV_DONTNEED);
	return say_errno(!errno);
}

static int churn_attach(int ctl, int index, const char *image, unsigned int flags)
{
	struct vcd_file file = { .fd = open(image, O_RDONLY | O_CLOEXEC) };
	struct vcd_extent extent = { .stride = SECTOR };
	struct vcd_track track = { .number = 1, .session = 1, .control = 4, .mode = VCD_MODE_DATA };
	struct vcd_attach attach = {
		.size = sizeof(attach), .flags = flags, .index = index,
		.files = { (uintptr_t)&file, 1, sizeof(file) },
		.extents = { (uintptr_t)&extent, 1, sizeof(extent) },
		.tracks = { (uintptr_t)&track, 1, sizeof(track) },
	};
	struct stat st;
	int ret;

	if (file.fd < 0 || fstat(file.fd, &st))
		tap_bail("%s", image);
	attach.sectors = st.st_size / SECTOR;
	extent.sectors = attach.sectors;
	track.sectors = attach.sectors;
	ret = ioctl(ctl, VCD_IOC_ATTACH, &attach);
	close(file.fd);
	return ret;
}

static int churn_step(int ctl, int index, unsigned int step, const char *image)
{
	struct vcd_tray tray = { .size = sizeof(tray), .index = index };
	struct vcd_detach detach = { .size = sizeof(detach), .flags = VCD_DETACH_FORCE, .index = index };

	switch (step) {
	case 0:
		return churn_attach(ctl, index, image, 0);
	case 1:
		return churn_attach(ctl, index, image, VCD_ATTACH_SWAP | VCD_ATTACH_FORCE);
	case 2:
		tray.action = VCD_TRAY_OPEN;
		tray.flags = VCD_TRAY_FORCE;
		return ioctl(ctl, VCD_IOC_TRAY, &tray);
	case 3:
		tray.action = VCD_TRAY_CLOSE;
		return ioctl(ctl, VCD_IOC_TRAY, &tray);
	default:
		return ioctl(ctl, VCD_IOC_DETACH, &detach);
	}
}

static int cmd_churn(char **argv)
{
	static const char *const names[] = { "attach", "swap", "eject", "close", "detach" };
	unsigned int cycles = atoi(argv[0]), images = 0, i, step;
	int ctl = open(VCD_CONTROL_NODE, O_RDWR | O_CLOEXEC);

	if (ctl < 0)
		tap_bail(VCD_CONTROL_NODE);
	while (argv[2 + images])
		images++;
	for (i = 0; i < cycles; i++) {
		for (step = 0; step < 5; step++) {
			if (!churn_step(ctl, atoi(argv[1]), step, argv[2 + (i + step) % images]))
				continue;
			printf("cycle %u: %s: %s\n", i, names[step], strerrorname_np(errno));
			return 1;
		}
	}
	puts("ok");
	return 0;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*fn)(char **argv);
		int min_args;
	} commands[] = {
		{ "open",	cmd_open,	1 },
		{ "hold",	cmd_hold,	1 },
		{ "advise",	cmd_advise,	3 },
		{ "status",	cmd_status,	1 },
		{ "ioctl",	cmd_ioctl,	3 },
		{ "write",	cmd_write,	1 },
		{ "read",	cmd_read,	3 },
		{ "sink",	cmd_sink,	3 },
		{ "session",	cmd_session,	1 },
		{ "hash",	cmd_hash,	3 },
		{ "pattern",	cmd_pattern,	3 },
		{ "spoil",	cmd_spoil,	2 },
		{ "verify",	cmd_verify,	3 },
		{ "compare",	cmd_compare,	2 },
		{ "forget",	cmd_forget,	0 },
		{ "churn",	cmd_churn,	3 },
	};
	unsigned int i;

	for (i = 0; argc > 1 && i < sizeof(commands) / sizeof(commands[0]); i++)
		if (!strcmp(argv[1], commands[i].name) && argc - 2 >= commands[i].min_args)
			return commands[i].fn(argv + 2);
	fprintf(stderr, "node: see the head of node.c\n");
	return 2;
}
