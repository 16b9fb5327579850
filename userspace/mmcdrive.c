// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/cdrom.h>
#include <linux/fs.h>
#include <scsi/sg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "mmcdrive.h"
#include "reader.h"

/* A scratched disc keeps a drive busy for long; what takes longer is a drive that hangs. */
#define TIMEOUT_MS	60000
/* A disc that was just put in takes some time until it spins. */
#define READY_TRIES	60
#define READY_MS	500

/* Commands (MMC-5 6). */
enum {
	OP_TEST_UNIT_READY	= 0x00,
	OP_INQUIRY		= 0x12,
	OP_READ_CAPACITY	= 0x25,
	OP_READ_10		= 0x28,
	OP_READ_SUBCHANNEL	= 0x42,
	OP_READ_TOC		= 0x43,
	OP_GET_CONFIGURATION	= 0x46,
	OP_MODE_SENSE_10	= 0x5A,
	OP_MECHANISM_STATUS	= 0xBD,
	OP_READ_CD		= 0xBE,
};

/* Sense keys and codes. */
enum {
	KEY_RECOVERED		= 1,
	KEY_NOT_READY		= 2,
	KEY_MEDIUM		= 3,
	KEY_HARDWARE		= 4,
	KEY_ILLEGAL		= 5,
	KEY_ATTENTION		= 6,
	KEY_BLANK		= 8,
	KEY_ABORTED		= 11,
	ASC_NO_MEDIUM		= 0x3A,
	ASCQ_TRAY_OPEN		= 0x02,
	STATUS_GOOD		= 0x00,
	STATUS_CHECK		= 0x02,
	HOST_NO_CONNECT		= 1,
	PERIPHERAL_OPTICAL	= 5,
};

/* MECHANISM STATUS, byte 1; MODE SENSE (10) and its page about audio, in which each output has two bytes. */
#define MECHANISM_PLAYS	0x20
#define MECHANISM_SCANS	0x40
#define MECHANISM_DOES	0xE0
#define MODE_HEADER	8
#define AUDIO_PAGE	0x0E
#define AUDIO_PAGE_LEN	16
#define AUDIO_OUTPUTS	8

/* What is returned of a sector by READ CD: all of the main channel, or nothing. */
#define READ_CD_ALL	0xF8

static int system_open(const char *path, int flags)
{
	return open(path, flags);
}

static int system_ioctl(int fd, unsigned long command, void *arg)
{
	return ioctl(fd, command, arg);
}

static void system_sleep_ms(unsigned int ms)
{
	struct timespec time = { .tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000 };

	nanosleep(&time, NULL);
}

struct mmc_backend mmc_backend = {
	.open = system_open,
	.close = close,
	.ioctl = system_ioctl,
	.pread = pread,
	.sleep_ms = system_sleep_ms,
};

static enum mmc_error error_from_sense(const uint8_t *sense, size_t len)
{
	bool descriptors = len && (sense[0] & 0x7E) == 0x72;
	uint8_t key, asc, ascq;

	if (len < (descriptors ? 4 : 14))
		return MMC_UNREADABLE;
	key = sense[descriptors ? 1 : 2] & 0xF;
	asc = sense[descriptors ? 2 : 12];
	ascq = sense[descriptors ? 3 : 13];
	switch (key) {
	case 0:
	case KEY_RECOVERED:
		return MMC_OK;
	case KEY_NOT_READY:
		if (asc != ASC_NO_MEDIUM)
			return MMC_NOT_READY;
		return ascq == ASCQ_TRAY_OPEN ? MMC_OPEN : MMC_NO_DISC;
	case KEY_ILLEGAL:
		return MMC_REFUSED;
	case KEY_ATTENTION:
		return MMC_CHANGED;
	default:
		return MMC_UNREADABLE;
	}
}

/* Have the drive do a command that returns data, or none when @size is 0. @got: how much came, or NULL. */
static enum mmc_error run(struct optical_drive *drive, const uint8_t *cdb, size_t cdb_len, void *buf, size_t size,
			  size_t *got)
{
	uint8_t sense[64] = { 0 };
	struct sg_io_hdr hdr = {
		.interface_id = 'S',
		.dxfer_direction = size ? SG_DXFER_FROM_DEV : SG_DXFER_NONE,
		.cmd_len = (unsigned char)cdb_len,
		.mx_sb_len = sizeof(sense),
		.dxfer_len = (unsigned int)size,
		.dxferp = buf,
		.cmdp = (unsigned char *)(uintptr_t)cdb,
		.sbp = sense,
		.timeout = TIMEOUT_MS,
	};
	enum mmc_error error;
	size_t missing;

	if (!drive->commands)
		return MMC_REFUSED;
	if (mmc_backend.ioctl(drive->fd, SG_IO, &hdr) < 0)
		return MMC_GONE;
	if (hdr.status == STATUS_CHECK || (hdr.driver_status & 0xF) == 8) {
		error = error_from_sense(sense, hdr.sb_len_wr < sizeof(sense) ? hdr.sb_len_wr : sizeof(sense));
		if (error)
			return error;
	} else if (hdr.host_status == HOST_NO_CONNECT) {
		errno = ENODEV;
		return MMC_GONE;
	} else if (hdr.status != STATUS_GOOD || hdr.host_status || hdr.driver_status) {
		/* A command that timed out is as good as a sector that cannot be read. */
		return MMC_UNREADABLE;
	}
	missing = hdr.resid > 0 && (size_t)hdr.resid <= size ? (size_t)hdr.resid : 0;
	if (got)
		*got = size - missing;
	else if (missing)
		return MMC_UNREADABLE;
	return MMC_OK;
}

static void set_be32(uint8_t *p, uint32_t value)
{
	p[0] = (uint8_t)(value >> 24);
	p[1] = (uint8_t)(value >> 16);
	p[2] = (uint8_t)(value >> 8);
	p[3] = (uint8_t)value;
}

/* Does it take commands, and do they come from an optical drive? */
static enum mmc_error look_at(struct optical_drive *drive)
{
	static const uint8_t cdb[6] = { OP_INQUIRY, 0, 0, 0, 36, 0 };
	uint8_t inquiry[36] = { 0 };
	bool cdrom = mmc_backend.ioctl(drive->fd, CDROM_GET_CAPABILITY, NULL) >= 0;
	enum mmc_error error;
	size_t got = 0;

	drive->commands = true;
	error = run(drive, cdb, sizeof(cdb), inquiry, sizeof(inquiry), &got);
	if (!error && got)
		return (inquiry[0] & 0x1F) == PERIPHERAL_OPTICAL ? MMC_OK : MMC_NOT_OPTICAL;
	drive->commands = false;
	return cdrom ? MMC_OK : MMC_NOT_OPTICAL;
}

/**
 * mmc_open - open a drive
 * @drive: filled; to be closed by mmc_close() when this succeeded
 * @path: its node
 *
 * Return: MMC_OK, MMC_GONE with errno when it cannot be opened, or MMC_NOT_OPTICAL.
 */
enum mmc_error mmc_open(struct optical_drive *drive, const char *path)
{
	enum mmc_error error;

	memset(drive, 0, sizeof(*drive));
	/* With O_NONBLOCK it opens whether there is a disc or not, and the tray stays where it is. */
	drive->fd = mmc_backend.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (drive->fd < 0)
		return MMC_GONE;
	error = look_at(drive);
	if (error)
		mmc_close(drive);
	return error;
}

/**
 * mmc_close - close a drive
 * @drive: the drive
 */
void mmc_close(struct optical_drive *drive)
{
	mmc_backend.close(drive->fd);
	drive->fd = -1;
}

/**
 * mmc_wait_ready - wait until the disc in a drive can be read
 * @drive: the drive
 *
 * Return: MMC_OK, or why it can't.
 */
enum mmc_error mmc_wait_ready(struct optical_drive *drive)
{
	static const uint8_t cdb[6] = { OP_TEST_UNIT_READY };
	enum mmc_error error = MMC_OK;
	unsigned int i;

	if (!drive->commands)
		return MMC_OK;
	for (i = 0; i < READY_TRIES; i++) {
		error = run(drive, cdb, sizeof(cdb), NULL, 0, NULL);
		/* That a disc was put in some time ago is told once to everybody who asks. */
		if (error == MMC_CHANGED)
			continue;
		if (error != MMC_NOT_READY)
			break;
		mmc_backend.sleep_ms(READY_MS);
	}
	return error;
}

/**
 * mmc_profile - which kind of disc is in a drive
 * @drive: the drive
 * @profile: filled with an MMC profile number
 */
enum mmc_error mmc_profile(struct optical_drive *drive, uint32_t *profile)
{
	static const uint8_t cdb[10] = { OP_GET_CONFIGURATION, 2, [8] = 8 };
	uint8_t reply[8] = { 0 };
	size_t got;
	enum mmc_error error = run(drive, cdb, sizeof(cdb), reply, sizeof(reply), &got);

	if (!error && got < sizeof(reply))
		error = MMC_REFUSED;
	*profile = error ? 0 : get_be16(reply + 6);
	return error;
}

/**
 * mmc_capacity - how many sectors the disc in a drive has
 * @drive: the drive
 * @sectors: filled
 */
enum mmc_error mmc_capacity(struct optical_drive *drive, uint32_t *sectors)
{
	static const uint8_t cdb[10] = { OP_READ_CAPACITY };
	uint8_t reply[8] = { 0 };
	uint64_t bytes = 0;
	enum mmc_error error = run(drive, cdb, sizeof(cdb), reply, sizeof(reply), NULL);

	*sectors = 0;
	if (!error) {
		if (get_be32(reply) < UINT32_MAX && get_be32(reply + 4) == SECTOR_SIZE)
			*sectors = get_be32(reply) + 1;
		return *sectors ? MMC_OK : MMC_REFUSED;
	}
	if (error != MMC_REFUSED)
		return error;
	if (mmc_backend.ioctl(drive->fd, BLKGETSIZE64, &bytes) < 0)
		return MMC_GONE;
	if (bytes / SECTOR_SIZE > UINT32_MAX)
		return MMC_REFUSED;
	*sectors = (uint32_t)(bytes / SECTOR_SIZE);
	return *sectors ? MMC_OK : MMC_NO_DISC;
}

/**
 * mmc_read_toc - READ TOC/PMA/ATIP
 * @drive: the drive
 * @format: 0 tracks, 1 sessions, 2 all that the lead-ins say, 5 CD-Text
 * @buf: where the reply goes
 * @size: its size
 * @got: filled with the length of the reply, as the reply tells it and as it came
 */
enum mmc_error mmc_read_toc(struct optical_drive *drive, unsigned int format, uint8_t *buf, size_t size, size_t *got)
{
	uint8_t cdb[10] = { OP_READ_TOC, 0, (uint8_t)format };
	enum mmc_error error;
	size_t len;

	*got = 0;
	/* Format 2 has times only; drives want to be asked for them. Its first session is number 1. */
	if (format == 2) {
		cdb[1] = 2;
		cdb[6] = 1;
	}
	cdb[7] = (uint8_t)(size >> 8);
	cdb[8] = (uint8_t)size;
	memset(buf, 0, size);
	error = run(drive, cdb, sizeof(cdb), buf, size, &len);
	if (error)
		return error;
	if (len < 4)
		return MMC_REFUSED;
	*got = get_be16(buf) + 2U < len ? get_be16(buf) + 2U : len;
	return *got < 4 ? MMC_REFUSED : MMC_OK;
}

/* A code of letters and digits, in capitals; empty if the drive sends anything else. */
static void take_code(char *to, const uint8_t *from, size_t len, bool letters)
{
	bool zeroes = true;
	size_t i;

	for (i = 0; i < len; i++) {
		if (!isdigit(from[i]) && !(letters && isalpha(from[i]))) {
			to[0] = '\0';
			return;
		}
		to[i] = (char)toupper(from[i]);
		zeroes = zeroes && to[i] == '0';
	}
	to[zeroes ? 0 : len] = '\0';
}

/* READ SUB-CHANNEL, formats 2 and 3: a code of which a bit tells whether the disc has one. */
static enum mmc_error read_code(struct optical_drive *drive, uint8_t format, unsigned int track, char *to, size_t len)
{
	const uint8_t cdb[10] = { OP_READ_SUBCHANNEL, 0, 0x40, format, [6] = (uint8_t)track, [8] = 24 };
	uint8_t reply[24] = { 0 };
	size_t got;
	enum mmc_error error = run(drive, cdb, sizeof(cdb), reply, sizeof(reply), &got);

	to[0] = '\0';
	if (!error && got >= 9 + len && reply[4] == format && reply[8] & 0x80)
		take_code(to, reply + 9, len, format == 3);
	return error;
}

/**
 * mmc_read_mcn - the media catalogue number of a CD
 * @drive: the drive
 * @mcn: 13 digits; empty: the disc has none
 */
enum mmc_error mmc_read_mcn(struct optical_drive *drive, char mcn[14])
{
	return read_code(drive, 2, 0, mcn, 13);
}

/**
 * mmc_read_isrc - the ISRC of a track
 * @drive: the drive
 * @track: its number
 * @isrc: 12 letters and digits; empty: the track has none
 */
enum mmc_error mmc_read_isrc(struct optical_drive *drive, unsigned int track, char isrc[13])
{
	return read_code(drive, 3, track, isrc, 12);
}

static enum mmc_error read_by_system(struct optical_drive *drive, uint32_t lba, uint32_t count, uint8_t *buf)
{
	size_t size = (size_t)count * SECTOR_SIZE, done = 0;

	while (done < size) {
		ssize_t n = mmc_backend.pread(drive->fd, buf + done, size - done,
					      (off_t)lba * SECTOR_SIZE + (off_t)done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == ENOMEDIUM)
			return MMC_NO_DISC;
		if (n < 0 && (errno == ENODEV || errno == ENXIO))
			return MMC_GONE;
		if (n <= 0)
			return MMC_UNREADABLE;
		done += (size_t)n;
	}
	return MMC_OK;
}

/**
 * mmc_read - read the user data of data sectors
 * @drive: the drive
 * @lba: the first of them
 * @count: how many, less than 65536
 * @buf: SECTOR_SIZE bytes for each
 */
enum mmc_error mmc_read(struct optical_drive *drive, uint32_t lba, uint32_t count, void *buf)
{
	uint8_t cdb[10] = { OP_READ_10, [7] = (uint8_t)(count >> 8), [8] = (uint8_t)count };

	enum mmc_error error;

	if (!drive->commands || drive->no_read10)
		return read_by_system(drive, lba, count, buf);
	set_be32(cdb + 2, lba);
	error = run(drive, cdb, sizeof(cdb), buf, (size_t)count * SECTOR_SIZE, NULL);
	if (!error)
		drive->read10_works = true;
	/* A sector may be refused; a drive that never did anything else does not know the command. */
	if (error == MMC_REFUSED && !drive->read10_works && !read_by_system(drive, lba, count, buf)) {
		drive->no_read10 = true;
		error = MMC_OK;
	}
	return error;
}

static enum mmc_error read_cd(struct optical_drive *drive, uint32_t lba, uint32_t count, uint8_t fields, enum mmc_sub sub,
			      void *buf, size_t size)
{
	uint8_t cdb[12] = { OP_READ_CD, [6] = (uint8_t)(count >> 16), [7] = (uint8_t)(count >> 8),
			    [8] = (uint8_t)count, [9] = fields, [10] = (uint8_t)sub };

	set_be32(cdb + 2, lba);
	return run(drive, cdb, sizeof(cdb), buf, size, NULL);
}

/**
 * mmc_read_raw - read the main channel of sectors of a CD, from sync to parity, or their samples
 * @drive: the drive
 * @lba: the first of them
 * @count: how many
 * @sub: sub-channels to be read with it: MMC_SUB_NONE or MMC_SUB_RAW
 * @buf: for each sector RAW_SIZE bytes, and then SUBCHANNEL_SIZE if there are sub-channels
 */
enum mmc_error mmc_read_raw(struct optical_drive *drive, uint32_t lba, uint32_t count, enum mmc_sub sub, void *buf)
{
	size_t unit = RAW_SIZE + (sub == MMC_SUB_RAW ? SUBCHANNEL_SIZE : 0);

	return read_cd(drive, lba, count, READ_CD_ALL, sub, buf, count * unit);
}

/**
 * mmc_read_audio - read the samples of sectors of audio
 * @drive: the drive
 * @lba: the first of them
 * @count: how many
 * @buf: RAW_SIZE bytes for each
 */
enum mmc_error mmc_read_audio(struct optical_drive *drive, uint32_t lba, uint32_t count, void *buf)
{
	struct cdrom_read_audio request = {
		.addr.lba = (int)lba,
		.addr_format = CDROM_LBA,
		.nframes = (int)count,
		.buf = buf,
	};

	if (drive->commands)
		return mmc_read_raw(drive, lba, count, MMC_SUB_NONE, buf);
	if (mmc_backend.ioctl(drive->fd, CDROMREADAUDIO, &request) >= 0)
		return MMC_OK;
	if (errno == ENOMEDIUM)
		return MMC_NO_DISC;
	return errno == ENODEV || errno == ENXIO ? MMC_GONE : MMC_UNREADABLE;
}

/**
 * mmc_read_mechanism - does a drive play, and where is it?
 * @drive: the drive
 * @mechanism: filled
 *
 * Other than READ SUB-CHANNEL, which tells once that playing has ended, this takes nothing away from who has it play.
 */
enum mmc_error mmc_read_mechanism(struct optical_drive *drive, struct mmc_mechanism *mechanism)
{
	static const uint8_t cdb[12] = { OP_MECHANISM_STATUS, [9] = 8 };
	uint8_t reply[8] = { 0 };
	size_t got;
	enum mmc_error error = run(drive, cdb, sizeof(cdb), reply, sizeof(reply), &got);

	if (!error && got < 5)
		error = MMC_REFUSED;
	*mechanism = (struct mmc_mechanism){ .lba = (uint32_t)reply[2] << 16 | get_be16(reply + 3) };
	mechanism->scans = !error && (reply[1] & MECHANISM_DOES) == MECHANISM_SCANS;
	mechanism->plays = !error && ((reply[1] & MECHANISM_DOES) == MECHANISM_PLAYS || mechanism->scans);
	return error;
}

/**
 * mmc_read_volume - how loud does a drive play?
 * @drive: the drive
 * @volume: filled
 */
enum mmc_error mmc_read_volume(struct optical_drive *drive, struct mmc_volume *volume)
{
	static const uint8_t cdb[10] = { OP_MODE_SENSE_10, 0, AUDIO_PAGE, [8] = MODE_HEADER + 8 + AUDIO_PAGE_LEN };
	uint8_t reply[MODE_HEADER + 8 + AUDIO_PAGE_LEN] = { 0 };
	size_t got, at, i;
	enum mmc_error error = run(drive, cdb, sizeof(cdb), reply, sizeof(reply), &got);

	at = MODE_HEADER + get_be16(reply + 6);
	if (!error && (at + AUDIO_PAGE_LEN > got || (reply[at] & 0x3F) != AUDIO_PAGE))
		error = MMC_REFUSED;
	for (i = 0; !error && i < 2; i++) {
		volume->channels[i] = reply[at + AUDIO_OUTPUTS + 2 * i] & 3;
		volume->level[i] = reply[at + AUDIO_OUTPUTS + 2 * i + 1];
	}
	return error;
}

/**
 * mmc_read_q - read sub-channel Q of a sector of a CD
 * @drive: the drive
 * @lba: the sector
 * @q: filled
 */
enum mmc_error mmc_read_q(struct optical_drive *drive, uint32_t lba, uint8_t q[Q_SIZE])
{
	uint8_t sector[RAW_SIZE + Q_SIZE] = { 0 };
	enum mmc_error error = read_cd(drive, lba, 1, 0, MMC_SUB_Q, q, Q_SIZE);

	/* Some drives return sub-channels only with the main channel. */
	if (error != MMC_REFUSED)
		return error;
	error = read_cd(drive, lba, 1, READ_CD_ALL, MMC_SUB_Q, sector, sizeof(sector));
	memcpy(q, sector + RAW_SIZE, Q_SIZE);
	return error;
}
