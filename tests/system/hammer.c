// SPDX-License-Identifier: GPL-2.0
/*
 * hammer: calls that no program would make, by the thousand.
 *
 *	hammer run SEED CALLS THREADS DRIVES IMAGE...
 *		so many calls on the nodes of the drives 0 to DRIVES - 1 and on the control device: SG_IO,
 *		CDROM_SEND_PACKET, the ioctls of the CD-ROM and SCSI layers, and the commands of the control device
 *	hammer keep DRIVES IMAGE...
 *		see to it that these drives are there and have discs, which come and go, until killed
 *
 * Each call is made of numbers that follow from SEED, the thread and the number of the call, so that a call which went
 * wrong can be made again; where the kernel has KCOV, also from calls before it, see coverage.h. What is looked for: a
 * byte changed that should not be, a valid buffer that is refused, an errno that is none of user space's, an answer
 * that contradicts itself, a call that does not return. Whether the kernel complains is for others to see.
 */
#include <fcntl.h>
#include <limits.h>
#include <linux/blkpg.h>
#include <linux/cdrom.h>
#include <linux/fs.h>
#include <linux/vcd.h>
#include <pthread.h>
#include <scsi/sg.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

/* What <scsi/sg.h> of the C library lacks */
#ifndef SG_DXFER_UNKNOWN
#define SG_DXFER_UNKNOWN	(-5)
#endif

#include "hammer.h"

#define IMAGES_MAX	8
#define CALLS_PER_OPEN	50
#define STALL		120		/* seconds after which a call counts as one that does not return */

static unsigned int drives, nr_images;
static int image_fds[IMAGES_MAX];
static uint64_t image_bytes[IMAGES_MAX];

/* --- SCSI commands ------------------------------------------------------------------------------------------- */

/* Commands that the drive knows, more often than others. */
static unsigned int make_cdb(struct thread *t, uint8_t *cdb)
{
	static const uint8_t known[] = {
		0x00, 0x03, 0x08, 0x12, 0x15, 0x1A, 0x1B, 0x1E, 0x23, 0x25, 0x28, 0x28, 0x2B, 0x2F, 0x2F, 0x35, 0x42,
		0x43, 0x43, 0x44, 0x45, 0x46, 0x46, 0x47, 0x48, 0x4A, 0x4A, 0x4B, 0x4E, 0x51, 0x52, 0x55, 0x5A, 0x5A,
		0x5C, 0x88, 0x9E, 0xA0, 0xA3, 0xA4, 0xA5, 0xA7, 0xA8, 0xAC, 0xAD, 0xAD, 0xB6, 0xB9, 0xBA, 0xBB, 0xBD,
		0xBE, 0xBE,
	};
	static const uint8_t lengths[8] = { 6, 10, 10, 10, 16, 12, 12, 12 };
	unsigned int len, bits, i;

	cdb[0] = one_in(t, 16) ? (uint8_t)number(t) : known[below(t, sizeof(known))];
	len = lengths[cdb[0] >> 5];
	memset(cdb + 1, 0, 31);
	if (cdb[0] == 0x9E)
		cdb[1] = 0x10;
	else if (cdb[0] == 0xA3)
		cdb[1] = 0x0C;
	else if (cdb[0] == 0x4A || cdb[0] == 0x43)
		cdb[1] = 1 + (cdb[0] & 1);
	if (one_in(t, 8)) {
		fill_randomly(t, cdb + 1, 31);
	} else {
		/* Short addresses and lengths: low bytes in the middle and before the end. */
		for (bits = below(t, 5); bits; bits--)
			cdb[1 + below(t, len - 1)] = one_in(t, 2) ? (uint8_t)number(t) : (uint8_t)(1u << below(t, 8));
		for (i = len - 3; i < len - 1; i++)
			cdb[i] |= one_in(t, 2) ? (uint8_t)below(t, 4) : 0;
	}
	return one_in(t, 10) ? below(t, 40) : len;
}

static size_t some_length(struct thread *t)
{
	static const uint16_t lengths[] = {
		0, 1, 4, 7, 8, 18, 32, 96, 252, 2047, 2048, 2052, 2352, 4096, 4100, 8192, 16384,
	};

	return one_in(t, 4) ? below(t, 4 * PAGE) : lengths[below(t, sizeof(lengths) / sizeof(lengths[0]))];
}

#define VECTOR_MAX	24

/* An SG_IO call with its memory, and whether all of that is valid. */
struct transfer {
	struct sg_io_hdr hdr;
	uint8_t cdb[40];
	struct iovec vector[VECTOR_MAX];
	struct part parts[VECTOR_MAX];
	unsigned int nr_parts;
	bool data_good, sense_good, cdb_good;
	size_t room;
};

static void make_vector(struct thread *t, struct transfer *x)
{
	uint8_t *at = t->arena + PAGE;
	unsigned int i;

	x->hdr.iovec_count = (unsigned short)(1 + below(t, VECTOR_MAX));
	for (i = 0; i < x->hdr.iovec_count; i++) {
		size_t len = one_in(t, 3) ? below(t, 2 * PAGE) : below(t, 64);

		if (at + len + 64 > t->arena + ARENA)
			len = 0;
		x->vector[i] = (struct iovec){ .iov_base = at, .iov_len = len };
		x->room += len;
		/* With some bytes between them that nobody may change. */
		at += len + below(t, 32);
	}
	if (x->room > x->hdr.dxfer_len)
		x->room = x->hdr.dxfer_len;
	if (one_in(t, 6)) {
		i = below(t, x->hdr.iovec_count);
		x->data_good = false;
		x->vector[i].iov_base = one_in(t, 2) ? bad_place(t) : x->vector[i].iov_base;
		x->vector[i].iov_len = (size_t)edge(t);
	}
	x->hdr.dxferp = at_end(t, 2, x->vector, x->hdr.iovec_count * sizeof(x->vector[0]));
	if (one_in(t, 20)) {
		x->data_good = false;
		x->hdr.iovec_count = (unsigned short)edge(t);
		x->hdr.dxferp = bad_place(t);
	}
}

static void make_buffer(struct thread *t, struct transfer *x)
{
	x->data_good = true;
	x->hdr.dxfer_len = (unsigned int)some_length(t);
	x->room = 0;
	if (one_in(t, 5)) {
		make_vector(t, x);
		return;
	}
	x->room = x->hdr.dxfer_len;
	x->hdr.dxferp = good_place(t, x->room);
	x->vector[0] = (struct iovec){ .iov_base = x->hdr.dxferp, .iov_len = x->room };
	if (one_in(t, 8)) {
		x->data_good = false;
		x->hdr.dxferp = bad_place(t);
	} else if (one_in(t, 30)) {
		x->data_good = false;
		x->hdr.dxfer_len = (unsigned int)edge(t);
	}
}

/* The bytes of the buffer up to @len. */
static void add_data_parts(struct transfer *x, size_t len)
{
	unsigned int count = x->hdr.iovec_count ? x->hdr.iovec_count : 1;
	unsigned int i;

	for (i = 0; i < count && len; i++) {
		size_t part = x->vector[i].iov_len < len ? x->vector[i].iov_len : len;

		x->parts[x->nr_parts++] = (struct part){ x->vector[i].iov_base, part };
		len -= part;
	}
}

static void make_transfer(struct thread *t, struct transfer *x)
{
	static const int directions[] = { SG_DXFER_NONE, SG_DXFER_TO_DEV, SG_DXFER_TO_DEV, SG_DXFER_FROM_DEV,
					  SG_DXFER_FROM_DEV, SG_DXFER_FROM_DEV, SG_DXFER_FROM_DEV, SG_DXFER_TO_FROM_DEV,
					  SG_DXFER_UNKNOWN };

	memset(x, 0, sizeof(*x));
	x->hdr.interface_id = one_in(t, 100) ? (int)number(t) : 'S';
	x->hdr.dxfer_direction = one_in(t, 60) ? (int)edge(t) : directions[below(t, 9)];
	x->hdr.cmd_len = (unsigned char)make_cdb(t, x->cdb);
	make_buffer(t, x);
	x->cdb_good = !one_in(t, 40);
	x->hdr.cmdp = x->cdb_good ? at_end(t, 1, x->cdb, x->hdr.cmd_len) : bad_place(t);
	x->sense_good = !one_in(t, 20);
	x->hdr.mx_sb_len = (unsigned char)(one_in(t, 3) ? number(t) : one_in(t, 8) ? 0 : 32);
	/* The first page of the arena is for what the data is not. */
	x->hdr.sbp = x->sense_good ? t->arena + 64 + below(t, 512) : bad_place(t);
	if (x->sense_good && one_in(t, 10))
		x->hdr.sbp = NULL;
	x->hdr.timeout = (unsigned int)edge(t);
	x->hdr.flags = one_in(t, 3) ? number(t) : 0;
	x->hdr.pack_id = (int)number(t);
}

static bool reads_data(const struct transfer *x)
{
	return x->hdr.dxfer_direction == SG_DXFER_FROM_DEV || x->hdr.dxfer_direction == SG_DXFER_TO_FROM_DEV;
}

static void check_answer(struct thread *t, const struct transfer *x)
{
	const struct sg_io_hdr *hdr = &x->hdr;

	if (hdr->status != 0x00 && hdr->status != 0x02)
		finding(t, "status %02x", hdr->status);
	if (hdr->resid < 0 || (unsigned int)hdr->resid > hdr->dxfer_len)
		finding(t, "residual %d of %u", hdr->resid, hdr->dxfer_len);
	if (hdr->sb_len_wr > hdr->mx_sb_len || (hdr->sb_len_wr && !hdr->status))
		finding(t, "sense data of %u bytes, status %02x", hdr->sb_len_wr, hdr->status);
	if (hdr->sb_len_wr && x->sense_good && (hdr->sbp[0] & 0x7F) != 0x70)
		finding(t, "sense data that begins with %02x", hdr->sbp[0]);
	if (!hdr->status != !(hdr->info & SG_INFO_CHECK) || !hdr->status != !hdr->driver_status)
		finding(t, "status %02x, info %x, driver status %x", hdr->status, hdr->info, hdr->driver_status);
}

static void call_sg_io(struct thread *t)
{
	struct transfer x;
	size_t moved;
	void *hdr;
	int ret;

	make_transfer(t, &x);
	hdr = at_end(t, 0, &x.hdr, sizeof(x.hdr));
	snprintf(t->call, sizeof(t->call), "SG_IO %02x %02x %02x%02x%02x%02x %02x%02x%02x%02x %02x %02x, direction %d, "
		 "%u bytes, vector %u", x.cdb[0], x.cdb[1], x.cdb[2], x.cdb[3], x.cdb[4], x.cdb[5], x.cdb[6], x.cdb[7],
		 x.cdb[8], x.cdb[9], x.cdb[10], x.cdb[11], x.hdr.dxfer_direction, x.hdr.dxfer_len, x.hdr.iovec_count);
	before_call(t);
	if (one_in(t, 100)) {
		x.cdb_good = false;
		hdr = bad_place(t);
	}
	ret = ioctl(t->fd, SG_IO, hdr);
	check_errno(t, ret);
	if (ret == 0)
		memcpy(&x.hdr, hdr, sizeof(x.hdr));
	if (ret == 0)
		check_answer(t, &x);
	if (ret < 0 && errno == EFAULT && x.data_good && x.sense_good && x.cdb_good)
		finding(t, "EFAULT with valid memory");
	/* A call that failed, or has pointers that lead anywhere, may have written to all of the buffer. */
	moved = ret == 0 ? x.hdr.dxfer_len - (unsigned int)x.hdr.resid : x.room;
	if (!x.data_good) {
		only_changed(t, (struct part[]){ { t->arena, ARENA } }, 1);
		return;
	}
	if (reads_data(&x))
		add_data_parts(&x, moved < x.room ? moved : x.room);
	if (x.sense_good && x.hdr.sbp)
		x.parts[x.nr_parts++] = (struct part){ x.hdr.sbp, ret ? x.hdr.mx_sb_len : x.hdr.sb_len_wr };
	else if (!x.sense_good)
		return;
	only_changed(t, x.parts, x.nr_parts);
}

static void call_send_packet(struct thread *t)
{
	struct cdrom_generic_command cgc = {};
	struct transfer x;
	struct part parts[2];
	bool cgc_good = !one_in(t, 100);
	int ret;

	make_transfer(t, &x);
	memcpy(cgc.cmd, x.cdb, sizeof(cgc.cmd));
	cgc.buflen = (unsigned int)some_length(t);
	x.data_good = !one_in(t, 8);
	cgc.buffer = x.data_good ? good_place(t, cgc.buflen) : bad_place(t);
	cgc.sense = (struct request_sense *)x.hdr.sbp;
	if (one_in(t, 30)) {
		cgc.buflen = (unsigned int)edge(t);
		x.data_good = false;
	}
	cgc.data_direction = one_in(t, 40) ? (unsigned char)number(t) : (unsigned char)(1 + below(t, 4));
	cgc.quiet = (int)number(t);
	cgc.timeout = (int)edge(t);
	snprintf(t->call, sizeof(t->call), "CDROM_SEND_PACKET %02x %02x, direction %u, %u bytes", cgc.cmd[0],
		 cgc.cmd[1], cgc.data_direction, cgc.buflen);
	parts[0] = (struct part){ cgc.buffer, cgc.buflen };
	parts[1] = (struct part){ cgc.sense, cgc.sense ? sizeof(*cgc.sense) : 0 };
	before_call(t);
	ret = ioctl(t->fd, CDROM_SEND_PACKET, cgc_good ? at_end(t, 0, &cgc, sizeof(cgc)) : bad_place(t));
	check_errno(t, ret);
	if (ret < 0 && errno == EFAULT && x.data_good && x.sense_good && cgc_good)
		finding(t, "EFAULT with valid memory");
	if (x.data_good && x.sense_good)
		only_changed(t, parts, 2);
}

/* --- ioctls of the CD-ROM and SCSI layers -------------------------------------------------------------------- */

/* Those whose argument is a pointer: to how much. */
static const struct pointed {
	unsigned int cmd;
	size_t size;
} pointed[] = {
	{ CDROMREADTOCHDR, sizeof(struct cdrom_tochdr) },
	{ CDROMREADTOCENTRY, sizeof(struct cdrom_tocentry) },
	{ CDROMMULTISESSION, sizeof(struct cdrom_multisession) },
	{ CDROM_GET_MCN, sizeof(struct cdrom_mcn) },
	{ CDROMSUBCHNL, sizeof(struct cdrom_subchnl) },
	{ CDROMVOLREAD, sizeof(struct cdrom_volctrl) },
	{ CDROMVOLCTRL, sizeof(struct cdrom_volctrl) },
	{ CDROMPLAYMSF, sizeof(struct cdrom_msf) },
	{ CDROMPLAYTRKIND, sizeof(struct cdrom_ti) },
	{ CDROMPLAYBLK, sizeof(struct cdrom_blk) },
	{ CDROMREADRAW, CD_FRAMESIZE_RAW },
	{ CDROMREADMODE1, CD_FRAMESIZE },
	{ CDROMREADMODE2, CD_FRAMESIZE_RAW0 },
	{ DVD_READ_STRUCT, sizeof(dvd_struct) },
	{ DVD_AUTH, sizeof(dvd_authinfo) },
	{ CDROM_LAST_WRITTEN, sizeof(long) },
	{ CDROM_NEXT_WRITABLE, sizeof(long) },
	{ SG_GET_VERSION_NUM, sizeof(int) },
	{ SG_GET_RESERVED_SIZE, sizeof(int) },
	{ SG_SET_RESERVED_SIZE, sizeof(int) },
	{ SG_SET_TIMEOUT, sizeof(int) },
	{ SG_EMULATED_HOST, sizeof(int) },
	{ 0x5382, 2 * sizeof(int) },		/* SCSI_IOCTL_GET_IDLUN */
	{ 0x5386, sizeof(int) },		/* SCSI_IOCTL_GET_BUS_NUMBER */
	{ 0x5396, 16 },				/* CDROM_TIMED_MEDIA_CHANGE */
	{ BLKSSZGET, sizeof(int) },
	{ BLKGETSIZE64, sizeof(uint64_t) },
	{ BLKROGET, sizeof(int) },
	{ BLKROSET, sizeof(int) },
	{ BLKGETSIZE, sizeof(long) },
	{ BLKRAGET, sizeof(long) },
	{ BLKFRAGET, sizeof(long) },
	{ BLKIOMIN, sizeof(int) },
	{ BLKIOOPT, sizeof(int) },
	{ BLKPBSZGET, sizeof(int) },
	{ BLKALIGNOFF, sizeof(int) },
	{ BLKSECTGET, sizeof(short) },
	{ BLKROTATIONAL, sizeof(short) },
	{ BLKDISCARDZEROES, sizeof(int) },
	{ BLKGETDISKSEQ, sizeof(uint64_t) },
	{ BLKDISCARD, 2 * sizeof(uint64_t) },
	{ BLKSECDISCARD, 2 * sizeof(uint64_t) },
	{ BLKZEROOUT, 2 * sizeof(uint64_t) },
	{ BLKPG, sizeof(struct blkpg_ioctl_arg) },
};

static void call_pointed(struct thread *t)
{
	const struct pointed *p = &pointed[below(t, sizeof(pointed) / sizeof(pointed[0]))];
	uint8_t *at = good_place(t, p->size);
	bool good = !one_in(t, 6);
	int ret;

	fill_randomly(t, at, p->size);
	/* Formats and tracks that there are */
	if (one_in(t, 2))
		at[0] = (uint8_t)below(t, 3);
	if (one_in(t, 2))
		at[1] = (uint8_t)(1 + below(t, 2));
	snprintf(t->call, sizeof(t->call), "ioctl %x", p->cmd);
	before_call(t);
	ret = ioctl(t->fd, p->cmd, good ? at : bad_place(t));
	check_errno(t, ret);
	/* In what BLKPG takes there is a pointer, which leads anywhere. */
	if (ret < 0 && errno == EFAULT && good && p->cmd != BLKPG)
		finding(t, "EFAULT with valid memory");
	only_changed(t, (struct part[]){ { at, good ? p->size : 0 }, { t->arena + ARENA - 64, good ? 0 : 64 } }, 2);
}

static void call_read_audio(struct thread *t)
{
	struct cdrom_read_audio audio = {
		.addr = { .lba = (int)edge(t) }, .addr_format = (uint8_t)(one_in(t, 8) ? number(t) : 1 + below(t, 2)),
		.nframes = one_in(t, 4) ? (int)edge(t) : (int)below(t, 8),
	};

	audio.buf = one_in(t, 4) ? bad_place(t) : t->arena + PAGE;
	snprintf(t->call, sizeof(t->call), "CDROMREADAUDIO %d %d", audio.addr.lba, audio.nframes);
	check_errno(t, ioctl(t->fd, CDROMREADAUDIO, &audio));
}

/* Any other number of these layers, with any argument. */
static void call_any(struct thread *t)
{
	static const unsigned int groups[] = { 0x5300, 0x5300, 0x5300, 0x2200, 0x1200, 0x0300 };
	unsigned int cmd = groups[below(t, 6)] + below(t, 0x100);
	unsigned long arg = one_in(t, 3) ? (unsigned long)bad_place(t) : (unsigned long)edge(t);

	/* What it has a table for, and messages of the CD-ROM layer that are no use. */
	if (cmd == SG_IO || cmd == CDROM_SEND_PACKET || cmd == CDROM_DEBUG)
		return;
	if (one_in(t, 3))
		arg = (unsigned long)(t->arena + ARENA / 2);
	snprintf(t->call, sizeof(t->call), "ioctl %x %lx", cmd, arg);
	check_errno(t, ioctl(t->fd, cmd, arg));
}

/* --- attributes ---------------------------------------------------------------------------------------------- */

/* Reads an attribute of a drive, or writes something to it. */
static void call_attribute(struct thread *t)
{
	static const char *const attributes[] = {
		"queue/read_ahead_kb", "queue/max_sectors_kb", "queue/nomerges", "queue/rotational", "queue/iostats",
		"queue/nr_requests", "queue/scheduler", "queue/rq_affinity", "queue/write_cache", "queue/io_poll",
		"queue/add_random", "queue/stable_writes", "events", "events_async", "events_poll_msecs", "ro", "size",
		"stat", "inflight", "capability", "diskseq", "removable", "uevent", "dev", "vcd/image", "vcd/profile",
		"vcd/sectors", "vcd/generation", "vcd/tray", "vcd/locked", "vcd/cache", "vcd/read_speed", "device/type",
		"device/vendor", "device/model", "device/rev", "device/uevent", "trace/enable", "faults",
	};
	static const char *const words[] = { "", "\n", "none", "change", "on", "clear", "lba 16 1", "command 28 3/11/00 1" };
	const char *name = attributes[below(t, sizeof(attributes) / sizeof(attributes[0]))];
	unsigned int drive = below(t, drives);
	char path[96], text[64];
	int fd;

	if (strcmp(name, "faults"))
		snprintf(path, sizeof(path), "/sys/block/vcd%u/%s", drive, name);
	else
		snprintf(path, sizeof(path), "/sys/kernel/debug/vcd/faults/vcd%u", drive);
	if (one_in(t, 2))
		snprintf(text, sizeof(text), "%lld", (long long)edge(t));
	else
		snprintf(text, sizeof(text), "%s", words[below(t, sizeof(words) / sizeof(words[0]))]);
	fd = open(path, (one_in(t, 2) ? O_RDONLY : O_WRONLY) | O_CLOEXEC);
	snprintf(t->call, sizeof(t->call), "%s: %s", path, text);
	check_errno(t, fd);
	if (fd < 0)
		return;
	before_call(t);
	/* It is one or the other. */
	check_errno(t, (int)pread(fd, t->arena + PAGE, below(t, PAGE), 0));
	check_errno(t, (int)write(fd, text, strlen(text)));
	only_changed(t, (struct part[]){ { t->arena + PAGE, PAGE } }, 1);
	close(fd);
}

/* --- the control device -------------------------------------------------------------------------------------- */

union control {
	uint32_t size;
	struct vcd_info info;
	struct vcd_create create;
	struct vcd_remove remove;
	struct vcd_attach attach;
	struct vcd_detach detach;
	struct vcd_tray tray;
	struct vcd_status status;
};

/* What an attach call points to. */
struct tables {
	struct vcd_file files[4];
	struct vcd_extent extents[8];
	struct vcd_track tracks[4];
	struct vcd_extent subchannels[4];
	char name[64];
};

static struct vcd_array array(const void *ptr, uint32_t count, uint32_t elem_size)
{
	return (struct vcd_array){ .ptr = (uintptr_t)ptr, .count = count, .elem_size = elem_size };
}

/* Makes it a CD of whole sectors, with sub-channels behind each, of all kinds of tracks in one or two sessions. */
static void make_cd(struct thread *t, struct vcd_attach *attach, struct tables *tables, unsigned int image)
{
	uint32_t pieces = attach->tracks.count;
	uint32_t each = (uint32_t)(image_bytes[image] / 2448 / pieces);
	unsigned int i;

	for (i = 0; i < pieces; i++) {
		struct vcd_track *track = &tables->tracks[i];

		track->mode = (uint8_t)below(t, 3);
		track->control = track->mode == VCD_MODE_AUDIO ? 0 : 4;
		track->lba = i * each;
		track->sectors = each;
		tables->extents[i] = (struct vcd_extent){
			.lba = i * each, .sectors = each, .stride = 2448, .form = VCD_FORM_RAW_2352,
			.offset = (uint64_t)i * each * 2448,
		};
		tables->subchannels[i] = (struct vcd_extent){
			.lba = i * each, .sectors = each, .stride = 2448, .offset = (uint64_t)i * each * 2448 + 2352,
			.form = one_in(t, 2) ? VCD_FORM_SUB_RAW_96 : VCD_FORM_SUB_PACKED_96,
		};
		if (track->mode == VCD_MODE_AUDIO && one_in(t, 2))
			tables->extents[i].form = VCD_FORM_AUDIO_BE_2352;
	}
	if (pieces > 1 && one_in(t, 4))
		for (i = pieces / 2; i < pieces; i++)
			tables->tracks[i].session = 2;
	attach->profile = VCD_PROFILE_CD_ROM;
	attach->sectors = pieces * each;
	if (one_in(t, 2))
		attach->subchannels = array(tables->subchannels, pieces, sizeof(tables->subchannels[0]));
	if (one_in(t, 4))
		memcpy(attach->mcn, "1234567890123", VCD_MCN_LEN);
}

/* A disc of up to four pieces of an image. */
static void make_attach(struct thread *t, struct vcd_attach *attach, struct tables *tables)
{
	static const uint32_t profiles[] = { VCD_PROFILE_AUTO, VCD_PROFILE_CD_ROM, VCD_PROFILE_DVD_ROM,
					     VCD_PROFILE_BD_ROM };
	unsigned int image = below(t, nr_images);
	unsigned int pieces = 1 + below(t, 4);
	uint32_t each = (uint32_t)(image_bytes[image] / 2048 / pieces);
	unsigned int i;

	memset(tables, 0, sizeof(*tables));
	tables->files[0].fd = image_fds[image];
	for (i = 0; i < pieces; i++) {
		tables->extents[i] = (struct vcd_extent){ .lba = i * each, .sectors = each, .stride = 2048,
							  .offset = (uint64_t)i * each * 2048 };
		tables->tracks[i] = (struct vcd_track){ .lba = i * each, .sectors = each, .number = (uint8_t)(i + 1),
							.session = 1, .control = 4, .mode = VCD_MODE_DATA };
	}
	strcpy(tables->name, "hammer");
	*attach = (struct vcd_attach){
		.index = (int32_t)below(t, drives), .flags = below(t, 8), .sectors = pieces * each,
		.profile = profiles[below(t, 4)],
		.read_speed = one_in(t, 8) ? VCD_READ_SPEED_MIN + below(t, 20000) : 0,
		.files = array(tables->files, 1, sizeof(tables->files[0])),
		.extents = array(tables->extents, pieces, sizeof(tables->extents[0])),
		.tracks = array(tables->tracks, pieces, sizeof(tables->tracks[0])),
		.name = (uintptr_t)tables->name, .name_len = 6,
	};
	if (one_in(t, 8))
		attach->index = VCD_ANY;
	if (one_in(t, 2))
		make_cd(t, attach, tables, image);
}

/* Overwrite a few bytes of it, mostly whole fields. */
static void mutate(struct thread *t, void *memory, size_t size)
{
	uint64_t value = edge(t);
	size_t width = one_in(t, 4) ? 1 : one_in(t, 4) ? 8 : 4;
	size_t at = below(t, (uint32_t)(size / width)) * width;

	memcpy((uint8_t *)memory + at, &value, width);
}

static const struct {
	unsigned int cmd;
	size_t size;
} commands[] = {
	{ VCD_IOC_INFO, sizeof(struct vcd_info) }, { VCD_IOC_CREATE, sizeof(struct vcd_create) },
	{ VCD_IOC_REMOVE, sizeof(struct vcd_remove) }, { VCD_IOC_ATTACH, sizeof(struct vcd_attach) },
	{ VCD_IOC_DETACH, sizeof(struct vcd_detach) }, { VCD_IOC_TRAY, sizeof(struct vcd_tray) },
	{ VCD_IOC_STATUS, sizeof(struct vcd_status) },
};

static void make_control(struct thread *t, unsigned int what, union control *arg, struct tables *tables,
			 uint8_t *name)
{
	int32_t index = (int32_t)below(t, drives + 2);

	memset(arg, 0, sizeof(*arg));
	switch (commands[what].cmd) {
	case VCD_IOC_CREATE:
		arg->create.index = one_in(t, 2) ? VCD_ANY : index;
		break;
	case VCD_IOC_REMOVE:
		arg->remove.index = index;
		arg->remove.flags = below(t, 2);
		break;
	case VCD_IOC_ATTACH:
		make_attach(t, &arg->attach, tables);
		break;
	case VCD_IOC_DETACH:
		arg->detach.index = index;
		arg->detach.flags = below(t, 2);
		break;
	case VCD_IOC_TRAY:
		arg->tray.index = index;
		arg->tray.action = 1 + below(t, 3);
		arg->tray.flags = arg->tray.action == VCD_TRAY_OPEN ? below(t, 2) : 0;
		break;
	case VCD_IOC_STATUS:
		arg->status.index = index;
		arg->status.flags = below(t, 2);
		arg->status.name = (uintptr_t)name;
		arg->status.name_size = below(t, 100);
		break;
	}
	arg->size = (uint32_t)commands[what].size;
}

static void call_control(struct thread *t)
{
	/* Making a drive takes a thousand times as long as other calls. */
	unsigned int what = one_in(t, 50) ? 1 + below(t, 2) : one_in(t, 8) ? 0 : 3 + below(t, 4);
	uint8_t *name = t->arena + PAGE;
	size_t size = commands[what].size;
	uint8_t *at = good_place(t, size);
	struct part parts[2] = { { at, 0 }, { name, 0 } };
	struct tables tables;
	union control arg;
	unsigned int i;
	bool mutated;
	int ret;

	if (at < name + 200)
		at += 512;
	make_control(t, what, &arg, &tables, name);
	mutated = one_in(t, 2);
	for (i = below(t, 3) + 1; mutated && i; i--) {
		if (commands[what].cmd == VCD_IOC_ATTACH && one_in(t, 2))
			mutate(t, &tables, sizeof(tables));
		else
			mutate(t, &arg, size);
	}
	/* Not into the memory of another thread */
	if (commands[what].cmd == VCD_IOC_STATUS && arg.status.name != (uintptr_t)name)
		arg.status.name = (uintptr_t)bad_place(t);
	memcpy(at, &arg, size);
	snprintf(t->call, sizeof(t->call), "control %x%s", commands[what].cmd & 0xFF, mutated ? ", mutated" : "");
	before_call(t);
	ret = ioctl(t->control, commands[what].cmd, one_in(t, 60) ? bad_place(t) : at);
	check_errno(t, ret);
	/* A name that leads into the arena by chance may be written anywhere there. */
	if (mutated && commands[what].cmd == VCD_IOC_STATUS)
		return;
	parts[0] = (struct part){ at, ret == 0 ? size : 0 };
	if (commands[what].cmd == VCD_IOC_STATUS)
		parts[1].len = arg.status.name_size;
	only_changed(t, parts, 2);
}

/* --- threads ------------------------------------------------------------------------------------------------- */

static void reopen(struct thread *t)
{
	static const int flags[] = { O_RDONLY | O_NONBLOCK, O_RDWR | O_NONBLOCK, O_RDONLY };
	char path[32];

	snprintf(t->call, sizeof(t->call), "open");
	if (t->fd >= 0)
		close(t->fd);
	snprintf(path, sizeof(path), "/dev/vcd%u", new_number(t) % drives);
	t->fd = open(path, flags[new_number(t) % 3] | O_CLOEXEC);
}

static void call_one(struct thread *t)
{
	uint32_t kind = below(t, 16);

	/* Its numbers depend on nothing that was before. */
	if (kind < 8)
		call_sg_io(t);
	else if (kind < 10)
		call_send_packet(t);
	else if (kind < 12)
		call_pointed(t);
	else if (kind < 13)
		call_any(t);
	else if (kind < 14)
		call_read_audio(t);
	else if (kind < 15 && one_in(t, 4))
		call_attribute(t);
	else if (t->control >= 0)
		call_control(t);
}

static void *hammer(void *arg)
{
	struct thread *t = arg;

	coverage_open(&t->coverage, t->number);
	while (t->done < t->calls) {
		t->random = (seed + 1) * 0x9E3779B97F4A7C15ULL;
		t->random ^= ((uint64_t)t->number << 48 | t->done) * 0xD1B54A32D192ED03ULL;
		t->random |= 1;
		new_number(t);
		if (t->done % CALLS_PER_OPEN == 0 || t->fd < 0)
			reopen(t);
		t->taken = 0;
		tape_take(&t->tape, new_number, t);
		if (t->done % 16 == 0)
			memset(t->arena, (int)new_number(t), ARENA);
		coverage_begin(&t->coverage);
		call_one(t);
		if (coverage_is_new(&t->coverage))
			tape_keep(&t->tape);
		t->done++;
	}
	if (t->fd >= 0)
		close(t->fd);
	return NULL;
}

static void start(struct thread *t, unsigned int count, unsigned long calls)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		t[i].number = i;
		t[i].calls = calls / count;
		t[i].arena = guarded(ARENA, PROT_READ | PROT_WRITE);
		t[i].read_only = guarded(PAGE, PROT_READ);
		t[i].end[0] = guarded(PAGE, PROT_READ | PROT_WRITE);
		t[i].end[1] = guarded(PAGE, PROT_READ | PROT_WRITE);
		t[i].end[2] = guarded(PAGE, PROT_READ | PROT_WRITE);
		t[i].before = malloc(ARENA);
		t[i].fd = -1;
		t[i].control = open(VCD_CONTROL_NODE, O_RDWR | O_CLOEXEC);
		if (!t[i].before)
			tap_bail("malloc");
		if (pthread_create(&t[i].id, NULL, hammer, &t[i]))
			tap_bail("pthread_create");
	}
}

/* Wait for all of them; false if one makes no more progress. */
static bool wait_for(struct thread *t, unsigned int count)
{
	unsigned long last[THREADS_MAX] = {};
	unsigned int still[THREADS_MAX] = {};
	bool running = true;
	unsigned int i;

	while (running) {
		sleep(1);
		running = false;
		for (i = 0; i < count; i++) {
			if (t[i].done >= t[i].calls)
				continue;
			running = true;
			still[i] = t[i].done == last[i] ? still[i] + 1 : 0;
			last[i] = t[i].done;
			if (still[i] == STALL) {
				printf("# seed %lu, thread %u, call %lu does not return: %s\n", seed, i, last[i],
				       t[i].call);
				return false;
			}
		}
	}
	for (i = 0; i < count; i++)
		pthread_join(t[i].id, NULL);
	return true;
}

static void open_images(char **paths)
{
	struct stat st;

	for (; *paths && nr_images < IMAGES_MAX; paths++, nr_images++) {
		image_fds[nr_images] = open(*paths, O_RDONLY | O_CLOEXEC);
		if (image_fds[nr_images] < 0 || fstat(image_fds[nr_images], &st))
			tap_bail("%s", *paths);
		image_bytes[nr_images] = (uint64_t)st.st_size;
	}
	if (!nr_images)
		tap_bail("no image");
}

static int cmd_run(char **argv)
{
	static struct thread threads[THREADS_MAX];
	unsigned int count;
	bool returned;

	seed = strtoul(argv[0], NULL, 0);
	count = (unsigned int)strtoul(argv[2], NULL, 0);
	drives = (unsigned int)strtoul(argv[3], NULL, 0);
	if (!drives || !count || count > THREADS_MAX)
		tap_bail("bad numbers");
	open_images(argv + 4);
	start(threads, count, strtoul(argv[1], NULL, 0));
	returned = wait_for(threads, count);
	printf("# seed %lu: %lu answers, %lu errors\n", seed, (unsigned long)answers, (unsigned long)errors);
	if (nr_edges)
		printf("# %u steps in the kernel, found by %u calls\n", nr_edges, nr_tapes);
	tap(returned, "every call returns");
	tap(!found, "nothing but what a call may change is changed, and no answer is wrong (%lu findings)",
	    (unsigned long)found);
	tap(answers > errors / 100 && errors, "some calls are answered, some are refused");
	fflush(stdout);
	_exit(tap_failed != 0);
}

/* --- keeping the drives -------------------------------------------------------------------------------------- */

static void put_disc_in(struct thread *t, int index)
{
	struct vcd_attach attach;
	struct tables tables;

	make_attach(t, &attach, &tables);
	attach.size = sizeof(attach);
	attach.index = index;
	attach.flags = one_in(t, 2) ? 0 : VCD_ATTACH_SWAP | VCD_ATTACH_FORCE;
	ioctl(t->control, VCD_IOC_ATTACH, &attach);
}

/* Drives that the calls made, but for the few that they are on. */
static void remove_others(struct thread *t)
{
	struct vcd_status status = { .size = sizeof(status), .flags = VCD_STATUS_NEXT, .index = (int)drives };
	struct vcd_remove remove = { .size = sizeof(remove), .flags = VCD_REMOVE_FORCE };
	unsigned int i;

	for (i = 0; i < 64 && !ioctl(t->control, VCD_IOC_STATUS, &status); i++) {
		remove.index = status.index++;
		ioctl(t->control, VCD_IOC_REMOVE, &remove);
	}
}

/* As udev would, more or less: whoever calls may be a user. */
static void let_in(int index)
{
	char node[32];

	snprintf(node, sizeof(node), "/dev/vcd%d", index);
	chmod(node, 0666);
}

static int cmd_keep(char **argv)
{
	struct thread t = { .random = 1 };
	unsigned long turn;

	drives = (unsigned int)strtoul(argv[0], NULL, 0);
	open_images(argv + 1);
	t.control = open(VCD_CONTROL_NODE, O_RDWR | O_CLOEXEC);
	if (t.control < 0 || !drives)
		tap_bail("no control device or no drives");
	for (turn = 0;; turn++) {
		int index = (int)below(&t, drives);
		struct vcd_create create = { .size = sizeof(create), .index = index };
		struct vcd_tray tray = { .size = sizeof(tray), .index = index, .action = 1 + below(&t, 3) };
		struct vcd_detach detach = { .size = sizeof(detach), .index = index, .flags = VCD_DETACH_FORCE };

		ioctl(t.control, VCD_IOC_CREATE, &create);
		let_in(index);
		if (one_in(&t, 4))
			ioctl(t.control, VCD_IOC_TRAY, &tray);
		if (one_in(&t, 16))
			ioctl(t.control, VCD_IOC_DETACH, &detach);
		put_disc_in(&t, index);
		if (turn % 32 == 0)
			remove_others(&t);
		/* The calls shall find discs more often than not. */
		usleep(5000);
	}
}

int main(int argc, char **argv)
{
	if (argc > 6 && !strcmp(argv[1], "run"))
		return cmd_run(argv + 2);
	if (argc > 3 && !strcmp(argv[1], "keep"))
		return cmd_keep(argv + 2);
	tap_bail("usage: hammer run SEED CALLS THREADS DRIVES IMAGE... | hammer keep DRIVES IMAGE...");
}
