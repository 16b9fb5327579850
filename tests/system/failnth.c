// SPDX-License-Identifier: GPL-2.0
/*
 * failnth [-q] [-n FIRST] [-m MOST] MODULE IMAGE IMAGE [STEP]...: every allocation and every copy from or to user memory
 * that a system call of ours makes fails once.
 *
 * A step is one or a few system calls that lead the drive from one state to another, or leave it as it is. It is done
 * again and again, and in the Nth try the Nth place fails at which the kernel can have something fail, until a try meets
 * no such place any more. Whatever comes of it: the step either succeeds or fails with an errno; what is in the drive is
 * what was there before or what is to be there afterwards; every byte that is read is right; and the same step, tried
 * again, succeeds. What leaks is for the kernel's own check to find.
 *
 * MODULE is vcd.ko; the images are on a file system that can be read directly. Without STEP all are done. -n and -m: the
 * first N, and how many at most. -q: of the steps that have hundreds of places, only one in several. The
 * module is loaded at the end, with one drive. The kernel must have fault injection (/proc/self/fail-nth).
 */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/cdrom.h>
#include <linux/fs.h>
#include <scsi/sg.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "tap.h"
#include "testdrive.h"

/* No call has so many places at which something may fail. */
#define MANY		1000000
#define FAULTS		"/sys/kernel/debug"
#define WORKERS		64

static int fault_fd;

/* --- faults ---------------------------------------------------------------------------------------------------- */

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		tap_bail("%s", path);
	close(fd);
}

/* All kinds of memory, and silently. */
static void set_up_faults(void)
{
	write_file(FAULTS "/failslab/ignore-gfp-wait", "N");
	write_file(FAULTS "/failslab/verbose", "0");
	write_file(FAULTS "/fail_page_alloc/ignore-gfp-wait", "N");
	write_file(FAULTS "/fail_page_alloc/ignore-gfp-highmem", "N");
	write_file(FAULTS "/fail_page_alloc/min-order", "0");
	write_file(FAULTS "/fail_page_alloc/verbose", "0");
	write_file(FAULTS "/fail_usercopy/verbose", "0");
	fault_fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (fault_fd < 0)
		tap_bail("fail-nth");
}

/* The Nth place fails from here on. */
static bool arm_task(int fd, unsigned int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", n);

	return pwrite(fd, text, len, 0) == len;
}

/* How many places were left; 0: the last one has failed. To ask is itself a call that may fail. */
static unsigned int disarm_task(int fd)
{
	char text[16] = "";
	ssize_t got = pread(fd, text, sizeof(text) - 1, 0);
	unsigned int left = got > 0 ? (unsigned int)atoi(text) : 1;

	if (!arm_task(fd, 0) && !arm_task(fd, 0))
		tap_bail("fail-nth does not end");
	return left;
}

/* Workers of the kernel, one of which reads for us. */
static int workers[WORKERS];
static unsigned int nr_workers;

static void find_workers(void)
{
	DIR *proc = opendir("/proc");
	const struct dirent *entry;
	char path[300], name[32];
	int fd;

	while (nr_workers)
		close(workers[--nr_workers]);
	while (proc && (entry = readdir(proc)) && nr_workers < WORKERS) {
		if (atoi(entry->d_name) <= 0)
			continue;
		snprintf(path, sizeof(path), "/proc/%s/comm", entry->d_name);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		memset(name, 0, sizeof(name));
		if (fd < 0 || read(fd, name, sizeof(name) - 1) <= 0)
			name[0] = '\0';
		close(fd);
		if (strncmp(name, "kworker/u", 9))
			continue;
		snprintf(path, sizeof(path), "/proc/%s/fail-nth", entry->d_name);
		fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd >= 0)
			workers[nr_workers++] = fd;
	}
	closedir(proc);
}

static void arm(bool by_workers, unsigned int n)
{
	unsigned int i;

	if (!by_workers) {
		if (!arm_task(fault_fd, n))
			tap_bail("fail-nth");
		return;
	}
	find_workers();
	if (!nr_workers)
		tap_bail("there are no workers");
	for (i = 0; i < nr_workers; i++)
		arm_task(workers[i], n);
}

static bool disarm(bool by_workers)
{
	bool failed = false;
	unsigned int i;

	if (!by_workers)
		return !disarm_task(fault_fd);
	/* One may have ended meanwhile. */
	for (i = 0; i < nr_workers; i++) {
		char text[16] = "";

		failed |= pread(workers[i], text, sizeof(text) - 1, 0) > 0 && !atoi(text);
		arm_task(workers[i], 0);
	}
	return failed;
}

/* --- steps: 0, or -1 and errno ---------------------------------------------------------------------------------- */

static int node = -1;

static void hold_node(void)
{
	node = drive_open(O_NONBLOCK);
	if (node < 0)
		tap_bail("node");
}

static void let_go_of_node(void)
{
	if (node >= 0)
		close(node);
	node = -1;
}

static int do_load(void)
{
	return drive_load("drives=0");
}

static int do_load_drive(void)
{
	return drive_load("drives=1");
}

static int do_remove(void)
{
	return drive_remove(0);
}

static int do_remove_force(void)
{
	return drive_remove(VCD_REMOVE_FORCE);
}

static int do_attach(void)
{
	return drive_attach(0, 0, 0);
}

static int do_attach_any(void)
{
	return drive_attach(VCD_ANY, 0, VCD_ATTACH_CREATE);
}

static int do_swap(void)
{
	return drive_attach(0, 1, VCD_ATTACH_SWAP);
}

static int do_open_tray(void)
{
	return drive_tray(VCD_TRAY_OPEN);
}

static int do_close_tray(void)
{
	return drive_tray(VCD_TRAY_CLOSE);
}

static int do_button(void)
{
	return drive_tray(VCD_TRAY_BUTTON);
}

static int do_node_eject(void)
{
	return ioctl(node, CDROMEJECT);
}

static int do_node_close(void)
{
	return ioctl(node, CDROMCLOSETRAY);
}

static int do_info(void)
{
	struct vcd_info info = { .size = sizeof(info) };

	return ioctl(drive_control, VCD_IOC_INFO, &info);
}

static int do_status(void)
{
	struct vcd_status status;
	char name[PATH_MAX] = "";
	int ret = drive_status(&status, name, sizeof(name));

	drive_wrong |= !ret && strcmp(name, images[0].path);
	return ret;
}

static const char *node_path;

static void find_node(void)
{
	node_path = drive_node_path();
}

/* A close can't fail, but what it does may. */
static int do_open(void)
{
	int fd = open(node_path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -1;
	close(fd);
	return 0;
}

/* What came must be right. If it is less than what was asked for, something was in the way of the rest. */
static int read_right(uint32_t lba)
{
	ssize_t got = pread(node, drive_buf, PIECE, (off_t)lba * SECTOR);

	if (got < 0)
		return -1;
	drive_is(drive_buf, 0, lba, got);
	if (got == PIECE)
		return 0;
	errno = EIO;
	return -1;
}

static void forget_node(void)
{
	hold_node();
	ioctl(node, BLKFLSBUF);
}

static int do_read(void)
{
	return read_right(16);
}

static int do_read_direct(void)
{
	return read_right(32);
}

static void hold_direct(void)
{
	hold_node();
	fcntl(node, F_SETFL, O_DIRECT);
}

/* What workers read: neither the cache of the node nor that of the image has it. */
static void forget_all(void)
{
	hold_node();
	ioctl(node, BLKFLSBUF);
	fdatasync(images[0].fd);
	posix_fadvise(images[0].fd, 0, 0, POSIX_FADV_DONTNEED);
}

static int do_read_far(void)
{
	return read_right(images[0].sectors / 2 - 16);
}

static int do_advise(void)
{
	return readahead(node, 0, PIECE) ? -1 : 0;
}

static int sg(const uint8_t *cdb, unsigned int cdb_len, int direction, size_t len)
{
	uint8_t sense[32];
	struct sg_io_hdr hdr = {
		.interface_id = 'S', .dxfer_direction = direction, .cmdp = (uint8_t *)cdb, .cmd_len = cdb_len,
		.mx_sb_len = sizeof(sense), .sbp = sense, .dxfer_len = len, .dxferp = drive_buf, .timeout = 10000,
	};

	if (ioctl(node, SG_IO, &hdr))
		return -1;
	if (!hdr.status)
		return 0;
	errno = EIO;
	return -1;
}

static int do_tur(void)
{
	static const uint8_t cdb[6];

	return sg(cdb, sizeof(cdb), SG_DXFER_NONE, 0);
}

static int do_inquiry(void)
{
	static const uint8_t cdb[6] = { 0x12, 0, 0, 0, 96 };

	return sg(cdb, sizeof(cdb), SG_DXFER_FROM_DEV, 96);
}

/* Larger than what fits on the stack. */
static int do_configuration(void)
{
	static const uint8_t cdb[10] = { 0x46, [7] = 4, [8] = 0 };

	return sg(cdb, sizeof(cdb), SG_DXFER_FROM_DEV, 1024);
}

static int do_mode_select(void)
{
	/* The page of error recovery, as it is. */
	static const uint8_t cdb[10] = { 0x55, 0x10, [8] = 16 + 4 };

	memset(drive_buf, 0, 64);
	drive_buf[8] = 0x01;
	drive_buf[9] = 0x0a;
	return sg(cdb, sizeof(cdb), SG_DXFER_TO_DEV, 20);
}

static int do_read10(void)
{
	static const uint8_t cdb[10] = { 0x28, [5] = 8, [8] = 16 };
	int ret = sg(cdb, sizeof(cdb), SG_DXFER_FROM_DEV, 16 * SECTOR);

	if (!ret)
		drive_is(drive_buf, 0, 8, 16 * SECTOR);
	return ret;
}

/* From sync to parity: user data is what stands from the 17th byte on. */
static int do_read_cd(void)
{
	static const uint8_t cdb[12] = { 0xbe, [5] = 8, [8] = 20, [9] = 0xf8 };
	unsigned int i;
	int ret;

	ret = sg(cdb, sizeof(cdb), SG_DXFER_FROM_DEV, 20 * 2352);
	for (i = 0; !ret && i < 20; i++)
		drive_is(drive_buf + i * 2352 + 16, 0, 8 + i, SECTOR);
	return ret;
}

static int do_toc(void)
{
	struct cdrom_tochdr header;

	return ioctl(node, CDROMREADTOCHDR, &header);
}

static int do_mcn(void)
{
	struct cdrom_mcn mcn;

	return ioctl(node, CDROM_GET_MCN, &mcn);
}

static int do_sessions(void)
{
	struct cdrom_multisession session = { .addr_format = CDROM_LBA };

	return ioctl(node, CDROMMULTISESSION, &session);
}

/* The CD-ROM layer takes the address of the sector from where the sector goes. */
static int do_read_mode1(void)
{
	struct cdrom_msf *msf = (struct cdrom_msf *)drive_buf;
	int ret;

	*msf = (struct cdrom_msf){ .cdmsf_sec0 = 2, .cdmsf_frame0 = 9 };
	ret = ioctl(node, CDROMREADMODE1, drive_buf);
	if (!ret)
		drive_is(drive_buf, 0, 9, SECTOR);
	return ret;
}

static int do_packet(void)
{
	struct cdrom_generic_command cgc = {
		.cmd = { 0x28, [5] = 8, [8] = 16 }, .buffer = drive_buf, .buflen = 16 * SECTOR,
		.data_direction = CGC_DATA_READ, .timeout = 1000,
	};
	int ret = ioctl(node, CDROM_SEND_PACKET, &cgc);

	if (!ret)
		drive_is(drive_buf, 0, 8, 16 * SECTOR);
	return ret;
}

static int do_attribute(void)
{
	char text[PATH_MAX] = "";
	int fd = open("/sys/block/vcd0/vcd/image", O_RDONLY | O_CLOEXEC);
	ssize_t got;

	if (fd < 0)
		return -1;
	got = read(fd, text, sizeof(text) - 1);
	text[strcspn(text, "\n")] = '\0';
	drive_wrong |= got >= 0 && strcmp(text, images[0].path);
	close(fd);
	return got < 0 ? -1 : 0;
}

static int do_ask_for_fault(void)
{
	static const char text[] = "lba 1000 1\nclear\n";
	int fd = open(FAULTS "/vcd/faults/vcd0", O_RDWR | O_CLOEXEC);
	ssize_t got;

	if (fd < 0)
		return -1;
	got = write(fd, text, strlen(text));
	if (got >= 0)
		got = read(fd, drive_buf, 100);
	close(fd);
	return got < 0 ? -1 : 0;
}

static void in_pages(void)
{
	drive_cache = VCD_CACHE_PAGE;
}

/**
 * struct step - what is done
 * @name: of it
 * @from: the state that it begins in
 * @to: the state that it ends in
 * @act: does it
 * @before: done right before it, without a fault
 * @answers: its results are written to the caller at last: EFAULT may come when all is done
 * @workers: it is workers that meet the faults
 * @first: done once, before @from is brought about
 * @quickly: with -q only one in so many places; 0: all
 */
struct step {
	const char *name;
	enum drive_state from, to;
	int (*act)(void);
	void (*before)(void);
	bool answers;
	bool workers;
	void (*first)(void);
	unsigned int quickly;
};

static const struct step steps[] = {
	{ "load",		NO_MODULE, NO_DRIVE, .act = do_load, .quickly = 8 },
	{ "load-drive",		NO_MODULE, EMPTY, .act = do_load_drive, .quickly = 40 },
	{ "unload",		EMPTY, NO_MODULE, .act = drive_unload, .before = drive_close_control },
	{ "unload-disc",	DISC_A, NO_MODULE, .act = drive_unload, .before = drive_close_control },
	{ "create",		NO_DRIVE, EMPTY, .act = drive_create, .answers = true, .quickly = 3 },
	{ "remove",		EMPTY, NO_DRIVE, .act = do_remove },
	{ "remove-disc",	DISC_A, NO_DRIVE, .act = do_remove_force },
	{ "attach",		EMPTY, DISC_A, .act = do_attach, .answers = true },
	{ "attach-new",		NO_DRIVE, DISC_A, .act = do_attach_any, .answers = true, .quickly = 20 },
	{ "swap",		DISC_A, DISC_B, .act = do_swap, .answers = true },
	{ "detach",		DISC_A, EMPTY, .act = drive_detach },
	{ "eject",		DISC_A, OPEN_A, .act = do_open_tray },
	{ "close",		OPEN_A, DISC_A, .act = do_close_tray },
	{ "button",		DISC_A, OPEN_A, .act = do_button },
	{ "CDROMEJECT",		DISC_A, OPEN_A, .act = do_node_eject, .before = hold_node },
	{ "CDROMCLOSETRAY",	OPEN_A, DISC_A, .act = do_node_close, .before = hold_node },
	{ "info",		DISC_A, DISC_A, .act = do_info },
	{ "status",		DISC_A, DISC_A, .act = do_status },
	{ "open",		DISC_A, DISC_A, .act = do_open, .before = find_node },
	{ "read",		DISC_A, DISC_A, .act = do_read, .before = forget_node },
	{ "read-direct",	DISC_A, DISC_A, .act = do_read_direct, .before = hold_direct },
	{ "readahead",		DISC_A, DISC_A, .act = do_advise, .before = forget_node },
	{ "TEST-UNIT-READY",	DISC_A, DISC_A, .act = do_tur, .before = hold_node },
	{ "INQUIRY",		DISC_A, DISC_A, .act = do_inquiry, .before = hold_node },
	{ "GET-CONFIGURATION",	DISC_A, DISC_A, .act = do_configuration, .before = hold_node },
	{ "MODE-SELECT",	DISC_A, DISC_A, .act = do_mode_select, .before = hold_node },
	{ "READ",		DISC_A, DISC_A, .act = do_read10, .before = hold_node },
	{ "READ-CD",		DISC_A, DISC_A, .act = do_read_cd, .before = hold_node },
	{ "CDROM_SEND_PACKET",	DISC_A, DISC_A, .act = do_packet, .before = hold_node },
	{ "CDROMREADTOCHDR",	DISC_A, DISC_A, .act = do_toc, .before = hold_node },
	{ "CDROM_GET_MCN",	DISC_A, DISC_A, .act = do_mcn, .before = hold_node },
	{ "CDROMMULTISESSION",	DISC_A, DISC_A, .act = do_sessions, .before = hold_node },
	{ "CDROMREADMODE1",	DISC_A, DISC_A, .act = do_read_mode1, .before = hold_node },
	{ "attribute",		DISC_A, DISC_A, .act = do_attribute },
	{ "faults",		DISC_A, DISC_A, .act = do_ask_for_fault },
	{ "workers-direct",	DISC_A, DISC_A, .act = do_read_far, .before = forget_all, .workers = true },
	{ "workers-pages",	DISC_A, DISC_A, .act = do_read_far, .before = forget_all, .workers = true, .first = in_pages },
};

#define STEPS	(sizeof(steps) / sizeof(steps[0]))

/* --- a sweep --------------------------------------------------------------------------------------------------- */

/**
 * struct tally - what came of a step
 * @tries: how many places have failed
 * @errors: how many of them had the step fail
 * @by_errno: with what
 */
struct tally {
	unsigned int tries;
	unsigned int errors;
	unsigned int by_errno[256];
};

/*
 * One that says what happened, and no other. EINVAL comes from the block layer, which does not see that there is no
 * memory for the name of a disk.
 */
static bool errno_fits(const struct step *step, int err)
{
	return err == ENOMEM || err == EFAULT || err == EIO || err == EAGAIN ||
	       (err == EINVAL && step->from < EMPTY && step->to >= EMPTY);
}

static int act(const struct step *step, int *err)
{
	int ret = step->act();

	*err = ret < 0 ? errno : 0;
	return ret;
}

/* The state that a step which failed may have left. */
static bool state_fits(const struct step *step, enum drive_state now, int err)
{
	if (!err)
		return now == step->to;
	return now == step->from || (step->answers && err == EFAULT && now == step->to);
}

/* Returns false if this was not as it should be. */
static bool try_once(const struct step *step, unsigned int n, bool *failed, struct tally *tally)
{
	bool good = true;
	enum drive_state now;
	int ret, err, again;

	drive_bring(step->from);
	if (step->before)
		step->before();
	drive_wrong = false;
	arm(step->workers, n);
	ret = act(step, &err);
	*failed = disarm(step->workers);
	let_go_of_node();
	now = drive_look();
	if (drive_wrong || !state_fits(step, now, err) || (err && (!*failed || !errno_fits(step, err)))) {
		printf("# %s, place %u: %s%s, now: %s%s\n", step->name, n, ret < 0 ? strerrorname_np(err) : "success",
		       *failed ? "" : " (nothing failed)", drive_state_names[now], drive_wrong ? ", wrong bytes" : "");
		good = false;
	}
	if (*failed) {
		tally->tries++;
		tally->errors += err != 0;
		if (err > 0 && err < 256)
			tally->by_errno[err]++;
	}
	if (!err || now != step->from)
		return good;

	if (step->before)
		step->before();
	drive_wrong = false;
	ret = act(step, &again);
	let_go_of_node();
	now = drive_look();
	if (!ret && now == step->to && !drive_wrong)
		return good;
	printf("# %s, after place %u: tried again: %s, now: %s\n", step->name, n,
	       ret < 0 ? strerrorname_np(again) : "success", drive_state_names[now]);
	return false;
}

/*
 * How many places a load has before it reaches vcd_init(), and a few less: what the kernel does with a module until
 * then is not ours, and some of its failures it reports as loudly as a bug.
 */
static unsigned int places_before_init(void)
{
	unsigned int used;

	drive_bring(NO_MODULE);
	arm(false, MANY);
	if (!drive_load("drives=1000000") || errno != EINVAL)
		tap_bail("a load that can't succeed");
	used = MANY - disarm_task(fault_fd);
	return used > 20 ? used - 20 : 1;
}

static void sweep(const struct step *step, unsigned int first, unsigned int most, bool quick)
{
	unsigned int stride = quick && step->quickly ? step->quickly : 1;
	struct tally tally = {};
	unsigned int n, i, bad = 0;
	bool failed = true;
	char text[300] = "";
	int used = 0;

	drive_cache = VCD_CACHE_AUTO;
	if (step->first)
		step->first();
	drive_bring(NO_MODULE);
	if (step->from == NO_MODULE && first == 1)
		first = places_before_init();
	for (n = first; failed && n < first + most; n += stride)
		bad += !try_once(step, n, &failed, &tally);
	for (i = 0; i < 256; i++)
		if (tally.by_errno[i])
			used += snprintf(text + used, sizeof(text) - used, " %s %u", strerrorname_np(i),
					 tally.by_errno[i]);
	if (failed)
		printf("# %s: %u tries were not enough\n", step->name, most);
	tap(!bad && !failed && tally.tries, "%s: %u places fail, one at a time: %u errors (%s), else no harm", step->name,
	    tally.tries, tally.errors, text[0] ? text + 1 : "none");
}

/* --- all of it ------------------------------------------------------------------------------------------------- */

static bool wanted(const char *name, char **argv)
{
	if (!*argv)
		return true;
	for (; *argv; argv++)
		if (!strcmp(*argv, name))
			return true;
	return false;
}

int main(int argc, char **argv)
{
	unsigned int first = 1, most = 5000, i;
	bool quick = false;
	int option;

	while ((option = getopt(argc, argv, "qn:m:")) != -1) {
		if (option == 'q')
			quick = true;
		else if (option == 'n')
			first = strtoul(optarg, NULL, 0);
		else if (option == 'm')
			most = strtoul(optarg, NULL, 0);
		else
			return 2;
	}
	if (argc - optind < 3 || !first || !most)
		return 2;
	set_up_faults();
	drive_begin(argv[optind], argv[optind + 1], argv[optind + 2]);
	argv += optind + 3;
	for (i = 0; i < STEPS; i++)
		if (wanted(steps[i].name, argv))
			sweep(&steps[i], first, most, quick);
	drive_bring(EMPTY);
	return tap_failed ? 1 : 0;
}
