// SPDX-License-Identifier: GPL-2.0
/*
 * probe: how long one operation takes, in nanoseconds.
 *
 *	probe read FILE BYTES COUNT [direct] [seq]	pread() at random places, or one after the other
 *	probe queue FILE BYTES COUNT DEPTH		so many direct reads at random at the same time, by Linux AIO
 *	probe ready NODE COUNT				TEST UNIT READY by SG_IO
 *	probe command NODE BYTES COUNT			READ (10) by SG_IO at random places
 *	probe version NODE COUNT			SG_GET_VERSION_NUM: the least that an ioctl takes
 *	probe getpid COUNT				the least that a system call takes
 *
 * Prints one number, which has a fraction. The places follow from their number, so that each run has the same ones.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <scsi/sg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define ALIGN		4096
#define DEPTH_MAX	64
#define SG_TIMEOUT_MS	30000

/* What `count` looks for: nothing else does this. */
static void mark(void)
{
#if defined(__x86_64__)
	__asm__ volatile("xchg %%bx,%%bx" ::: "memory");
#endif
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* Begins to measure. */
static uint64_t begin(void)
{
	mark();
	return now_ns();
}

static void print_each(uint64_t start, unsigned long count)
{
	mark();
	printf("%.1f\n", (double)(now_ns() - start) / (double)count);
}

static void *buffer(size_t size)
{
	void *memory = NULL;

	if (posix_memalign(&memory, ALIGN, size))
		errx(1, "no memory");
	memset(memory, 0, size);
	return memory;
}

/* A multiple of @bytes below @size, the @n-th of a row that looks random. */
static uint64_t place(uint64_t n, uint64_t size, uint64_t bytes)
{
	uint64_t x = (n + 1) * 0x9E3779B97F4A7C15ULL;

	x ^= x >> 29;
	x *= 0xBF58476D1CE4E5B9ULL;
	x ^= x >> 32;
	return x % (size / bytes) * bytes;
}

static int open_file(const char *path, int flags, uint64_t *size)
{
	int fd = open(path, O_RDONLY | flags);
	off_t end;

	if (fd < 0)
		err(1, "%s", path);
	end = lseek(fd, 0, SEEK_END);
	if (end <= 0)
		errx(1, "%s: is empty", path);
	*size = (uint64_t)end;
	return fd;
}

static void probe_read(char **argv)
{
	size_t bytes = strtoul(argv[1], NULL, 0);
	unsigned long count = strtoul(argv[2], NULL, 0), i;
	bool direct = false, sequential = false;
	uint64_t size, start;
	void *to = buffer(bytes);
	int fd;

	for (i = 3; argv[i]; i++) {
		direct |= !strcmp(argv[i], "direct");
		sequential |= !strcmp(argv[i], "seq");
	}
	fd = open_file(argv[0], direct ? O_DIRECT : 0, &size);
	start = begin();
	for (i = 0; i < count; i++) {
		uint64_t at = sequential ? i % (size / bytes) * bytes : place(i, size, bytes);

		if (pread(fd, to, bytes, (off_t)at) != (ssize_t)bytes)
			err(1, "%s", argv[0]);
	}
	print_each(start, count);
}

static void submit(aio_context_t context, struct iocb *iocb)
{
	if (syscall(SYS_io_submit, context, 1, &iocb) != 1)
		err(1, "io_submit");
}

static void probe_queue(char **argv)
{
	size_t bytes = strtoul(argv[1], NULL, 0);
	unsigned long count = strtoul(argv[2], NULL, 0), depth = strtoul(argv[3], NULL, 0), sent, done = 0;
	struct io_event events[DEPTH_MAX];
	struct iocb iocbs[DEPTH_MAX];
	aio_context_t context = 0;
	uint64_t size, start;
	int fd = open_file(argv[0], O_DIRECT, &size);

	if (!depth || depth > DEPTH_MAX || depth > count)
		errx(1, "bad depth");
	if (syscall(SYS_io_setup, DEPTH_MAX, &context))
		err(1, "io_setup");
	start = begin();
	for (sent = 0; sent < depth; sent++) {
		iocbs[sent] = (struct iocb){
			.aio_data = sent, .aio_lio_opcode = IOCB_CMD_PREAD, .aio_fildes = (uint32_t)fd,
			.aio_buf = (uintptr_t)buffer(bytes), .aio_nbytes = bytes,
			.aio_offset = (int64_t)place(sent, size, bytes),
		};
		submit(context, &iocbs[sent]);
	}
	while (done < count) {
		long got = syscall(SYS_io_getevents, context, 1, DEPTH_MAX, events, NULL), i;

		if (got < 1)
			err(1, "io_getevents");
		for (i = 0; i < got; i++) {
			struct iocb *iocb = &iocbs[events[i].data];

			if (events[i].res != (int64_t)bytes)
				errx(1, "%s: %s", argv[0], strerror((int)-events[i].res));
			done++;
			if (sent >= count)
				continue;
			iocb->aio_offset = (int64_t)place(sent++, size, bytes);
			submit(context, iocb);
		}
	}
	print_each(start, count);
}

static void command(int fd, const uint8_t *cdb, unsigned int cdb_len, void *to, size_t bytes)
{
	uint8_t sense[32];
	struct sg_io_hdr hdr = {
		.interface_id = 'S', .dxfer_direction = bytes ? SG_DXFER_FROM_DEV : SG_DXFER_NONE,
		.cmd_len = (unsigned char)cdb_len, .mx_sb_len = sizeof(sense), .dxfer_len = (unsigned int)bytes,
		.dxferp = to, .cmdp = (uint8_t *)cdb, .sbp = sense, .timeout = SG_TIMEOUT_MS,
	};

	if (ioctl(fd, SG_IO, &hdr))
		err(1, "SG_IO");
	if (hdr.info & SG_INFO_CHECK)
		errx(1, "SG_IO: sense %x/%02x/%02x", sense[2] & 0xf, sense[12], sense[13]);
}

static int open_node(const char *path)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK);

	if (fd < 0)
		err(1, "%s", path);
	return fd;
}

static void probe_ready(char **argv)
{
	static const uint8_t cdb[6];
	unsigned long count = strtoul(argv[1], NULL, 0), i;
	int fd = open_node(argv[0]);
	uint64_t start = begin();

	for (i = 0; i < count; i++)
		command(fd, cdb, sizeof(cdb), NULL, 0);
	print_each(start, count);
}

/* The drive says how long its blocks are: a peer may be a disk. */
static void probe_command(char **argv)
{
	size_t bytes = strtoul(argv[1], NULL, 0);
	unsigned long count = strtoul(argv[2], NULL, 0), i;
	uint8_t answer[8], capacity[10] = { 0x25 };
	int fd = open_node(argv[0]);
	void *to = buffer(bytes);
	uint64_t size, start;
	uint32_t block;

	command(fd, capacity, sizeof(capacity), answer, sizeof(answer));
	block = (uint32_t)answer[6] << 8 | answer[7];
	size = ((uint64_t)answer[0] << 24 | (uint32_t)answer[1] << 16 | (uint32_t)answer[2] << 8 | answer[3]) * block;
	start = begin();
	for (i = 0; i < count; i++) {
		uint32_t at = (uint32_t)(place(i, size, bytes) / block), blocks = (uint32_t)(bytes / block);
		uint8_t cdb[10] = { 0x28, 0, (uint8_t)(at >> 24), (uint8_t)(at >> 16), (uint8_t)(at >> 8), (uint8_t)at,
				    0, (uint8_t)(blocks >> 8), (uint8_t)blocks };

		command(fd, cdb, sizeof(cdb), to, bytes);
	}
	print_each(start, count);
}

static void probe_version(char **argv)
{
	unsigned long count = strtoul(argv[1], NULL, 0), i;
	int fd = open_node(argv[0]), version;
	uint64_t start = begin();

	for (i = 0; i < count; i++)
		if (ioctl(fd, SG_GET_VERSION_NUM, &version))
			err(1, "%s", argv[0]);
	print_each(start, count);
}

static void probe_getpid(char **argv)
{
	unsigned long count = strtoul(argv[0], NULL, 0), i;
	uint64_t start = begin();

	for (i = 0; i < count; i++)
		syscall(SYS_getppid);
	print_each(start, count);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int arguments;
		void (*run)(char **argv);
	} probes[] = {
		{ "read", 3, probe_read }, { "queue", 4, probe_queue }, { "ready", 2, probe_ready },
		{ "command", 3, probe_command }, { "version", 2, probe_version }, { "getpid", 1, probe_getpid },
	};
	unsigned int i;

	for (i = 0; argc > 1 && i < sizeof(probes) / sizeof(probes[0]); i++) {
		if (strcmp(argv[1], probes[i].name) || argc - 2 < probes[i].arguments)
			continue;
		probes[i].run(argv + 2);
		return 0;
	}
	errx(2, "usage: see the head of probe.c");
}
