// SPDX-License-Identifier: GPL-2.0
/*
 * fuseserver FILE FOLDER: mount a file system on FOLDER in which there is one file, "image", with the bytes of FILE, and
 * serve it until the standard input ends, or for ever if it does not. "ready" is printed when it is mounted, and "ok"
 * when one of these lines has been read and counts:
 *
 *	flow		all requests are answered, also those that have waited
 *	stall		reads are not answered
 *	stall all	no request is even looked at: who has asked can be killed, as others can't
 *	fail		reads fail with EIO
 *	short		reads bring half of what was asked for
 *
 * "read by UID" is printed with the first read of each user.
 *
 * Everything is kept in the page cache for ever, as with a file of this machine.
 */
#include <fcntl.h>
#include <linux/fuse.h>
#include <poll.h>
#include <stdint.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "tap.h"

#define FILE_NODE	2
#define REQUEST_MAX	(128 * 1024 + 4096)
#define READ_MAX	(128 * 1024)
#define WAITING_MAX	64
/* Names and attributes are good for an hour. */
#define VALID		3600

static enum { FLOW, STALL, STALL_ALL, FAIL, SHORT } mode;
static int device, file;
static struct fuse_in_header *waiting[WAITING_MAX];
static unsigned int nr_waiting;

static void reply(const struct fuse_in_header *in, int error, const void *data, size_t len)
{
	struct fuse_out_header out = { .len = sizeof(out) + len, .error = -error, .unique = in->unique };
	struct iovec parts[] = { { &out, sizeof(out) }, { (void *)data, len } };

	/* ENOENT: nobody waits for it any more. */
	if (writev(device, parts, len ? 2 : 1) < 0 && errno != ENOENT)
		tap_bail("answer to %u", in->opcode);
}

static void fill_attr(uint64_t number, struct fuse_attr *attr)
{
	struct stat st;

	memset(attr, 0, sizeof(*attr));
	attr->ino = number;
	attr->nlink = 1;
	attr->blksize = 4096;
	attr->mode = S_IFDIR | 0755;
	if (number == FILE_NODE && !fstat(file, &st)) {
		attr->mode = S_IFREG | 0644;
		attr->size = st.st_size;
		attr->blocks = (st.st_size + 511) / 512;
	}
}

static void serve_init(const struct fuse_in_header *in)
{
	const struct fuse_init_in *arg = (const void *)(in + 1);
	struct fuse_init_out out = {
		.major = FUSE_KERNEL_VERSION, .minor = FUSE_KERNEL_MINOR_VERSION, .max_readahead = READ_MAX,
		.flags = arg->flags & FUSE_ASYNC_READ, .max_background = 16, .max_write = 4096,
	};

	reply(in, 0, &out, sizeof(out));
}

static void serve_lookup(const struct fuse_in_header *in)
{
	struct fuse_entry_out out = { .nodeid = FILE_NODE, .entry_valid = VALID, .attr_valid = VALID };

	if (in->nodeid != FUSE_ROOT_ID || strcmp((const char *)(in + 1), "image")) {
		reply(in, ENOENT, NULL, 0);
		return;
	}
	fill_attr(FILE_NODE, &out.attr);
	reply(in, 0, &out, sizeof(out));
}

static void serve_getattr(const struct fuse_in_header *in)
{
	struct fuse_attr_out out = { .attr_valid = VALID };

	fill_attr(in->nodeid, &out.attr);
	reply(in, 0, &out, sizeof(out));
}

static void serve_open(const struct fuse_in_header *in)
{
	struct fuse_open_out out = { .open_flags = FOPEN_KEEP_CACHE };

	reply(in, 0, &out, sizeof(out));
}

/* Who reads, in the end? */
static void note_reader(uint32_t uid)
{
	static uint32_t known[8];
	static unsigned int nr_known;
	unsigned int i;

	for (i = 0; i < nr_known; i++)
		if (known[i] == uid)
			return;
	if (nr_known == sizeof(known) / sizeof(known[0]))
		tap_bail("too many users");
	known[nr_known++] = uid;
	printf("read by %u\n", uid);
	fflush(stdout);
}

static void serve_read(const struct fuse_in_header *in)
{
	static char data[READ_MAX];
	const struct fuse_read_in *arg = (const void *)(in + 1);
	ssize_t got = pread(file, data, arg->size < READ_MAX ? arg->size : READ_MAX, arg->offset);

	if (got < 0 || mode == FAIL)
		reply(in, EIO, NULL, 0);
	else
		reply(in, 0, data, mode == SHORT ? got / 2 : got);
}

static void serve(const struct fuse_in_header *in)
{
	switch (in->opcode) {
	case FUSE_INIT:
		serve_init(in);
		break;
	case FUSE_LOOKUP:
		serve_lookup(in);
		break;
	case FUSE_GETATTR:
		serve_getattr(in);
		break;
	case FUSE_OPEN:
	case FUSE_OPENDIR:
		serve_open(in);
		break;
	case FUSE_READ:
		note_reader(in->uid);
		serve_read(in);
		break;
	case FUSE_RELEASE:
	case FUSE_RELEASEDIR:
	case FUSE_ACCESS:
		reply(in, 0, NULL, 0);
		break;
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT:
		break;
	default:
		/* FUSE_FLUSH, too: it is not asked for again, so that no process which has the file open waits at its end. */
		reply(in, ENOSYS, NULL, 0);
	}
}

/* Returns false when the file system has been unmounted. */
static bool take_request(void)
{
	static char buf[REQUEST_MAX];
	const struct fuse_in_header *in = (const void *)buf;
	ssize_t got = read(device, buf, sizeof(buf));

	if (got < 0 && errno == ENODEV)
		return false;
	if (got < 0 && (errno == EINTR || errno == EAGAIN || errno == ENOENT))
		return true;
	if (got < (ssize_t)sizeof(*in))
		tap_bail("request");
	if (mode != STALL || in->opcode != FUSE_READ) {
		serve(in);
		return true;
	}
	if (nr_waiting == WAITING_MAX)
		tap_bail("too many requests wait");
	waiting[nr_waiting] = memcpy(malloc(got), buf, got);
	nr_waiting++;
	return true;
}

static void answer_waiting(void)
{
	unsigned int i;

	for (i = 0; i < nr_waiting; i++) {
		serve(waiting[i]);
		free(waiting[i]);
	}
	nr_waiting = 0;
}

/* Returns false at the end of input. */
static bool take_order(void)
{
	static const char * const words[] = {
		[FLOW] = "flow\n", [STALL] = "stall\n", [STALL_ALL] = "stall all\n", [FAIL] = "fail\n",
		[SHORT] = "short\n",
	};
	char line[64];
	unsigned int i;

	if (!fgets(line, sizeof(line), stdin))
		return false;
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(line, words[i]))
			break;
	if (i == sizeof(words) / sizeof(words[0]))
		tap_bail("%s", line);
	mode = i;
	if (mode != STALL && mode != STALL_ALL)
		answer_waiting();
	puts("ok");
	fflush(stdout);
	return true;
}

int main(int argc, char **argv)
{
	struct pollfd polled[2];
	char options[200];

	if (argc != 3)
		return 2;
	file = open(argv[1], O_RDONLY | O_CLOEXEC);
	device = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (file < 0 || device < 0)
		tap_bail("%s", file < 0 ? argv[1] : "/dev/fuse");
	snprintf(options, sizeof(options), "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other", device);
	if (mount("fuseserver", argv[2], "fuse", MS_NOSUID | MS_NODEV, options))
		tap_bail("%s", argv[2]);
	puts("ready");
	fflush(stdout);
	/* Lines are read one at a time, as they come. */
	setvbuf(stdin, NULL, _IONBF, 0);
	polled[0] = (struct pollfd){ .fd = device, .events = POLLIN };
	polled[1] = (struct pollfd){ .fd = STDIN_FILENO, .events = POLLIN };
	for (;;) {
		polled[0].fd = mode == STALL_ALL ? -1 : device;
		if (poll(polled, 2, -1) < 0)
			tap_bail("poll");
		if (polled[0].fd >= 0 && polled[0].revents && !take_request())
			return 0;
		if (polled[1].revents && !take_order())
			return 0;
	}
}
