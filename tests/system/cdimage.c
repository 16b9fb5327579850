// SPDX-License-Identifier: GPL-2.0
/*
 * Makes and reads images of CDs, with the engine's own arithmetic, which the unit tests hold against the standards.
 *
 *	cdimage raw ISO LBA		sectors of 2048 bytes -> Mode 1 sectors of 2352 bytes, addressed from LBA on
 *	cdimage xa ISO LBA		-> Mode 2 Form 1 sectors; the last one becomes Form 2
 *	cdimage audio SECTORS SEED	samples that are not regular
 *	cdimage subchannel SECTORS	96 bytes a sector, P to W as on a disc, with something in R to W
 *	cdimage weave MAIN SUB		2352 + 96 bytes a sector out of two files
 *	cdimage parts FILE STRIDE FROM TO LBA SECTORS	these bytes of sectors that are STRIDE bytes apart
 *	cdimage read DEVICE LBA SECTORS BYTE9 BYTE10 [TYPE]	READ CD by SG_IO, numbers 9 and 10 in hexadecimal
 *	cdimage ioctl DEVICE WHAT LBA SECTORS	by CDROMREADRAW, CDROMREADMODE1, CDROMREADMODE2 or CDROMREADAUDIO; WHAT
 *						is raw, mode1, mode2 or audio
 *
 * All write to standard output; read says what sense data there is, as KEY/ASC/ASCQ LBA, to standard error.
 */
#include <fcntl.h>
#include <linux/cdrom.h>
#include <scsi/sg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "sector.h"

static const struct mmc_track tracks[] = {
	{ .lba = 0, .sectors = 400000, .number = 1, .session = 1, .control = 4, .mode = MMC_TRACK_DATA },
	{ .lba = 0, .sectors = 400000, .number = 1, .session = 1, .control = 4, .mode = MMC_TRACK_MODE2 },
};

static void fail(const char *what)
{
	perror(what);
	exit(2);
}

static FILE *open_file(const char *path)
{
	FILE *file = fopen(path, "rb");

	if (!file)
		fail(path);
	return file;
}

static void put(const void *bytes, size_t count)
{
	if (fwrite(bytes, 1, count, stdout) != count)
		fail("write");
}

static void make_raw(const char *path, unsigned int lba, bool xa)
{
	struct mmc_medium medium = {
		.tracks = &tracks[xa], .nr_tracks = 1, .sessions = 1, .profile = MMC_PROFILE_CD_ROM, .sectors = 400000,
	};
	struct mmc_plan plan = { .fields = 0xF8 };
	unsigned char user[MMC_BLOCK], sector[MMC_SECTOR_MAX];
	struct mmc_stored stored = { .form = MMC_FORM_USER, .data = user };
	FILE *file = open_file(path);
	size_t got;

	while (memset(user, 0, sizeof(user)), (got = fread(user, 1, sizeof(user), file))) {
		int next = getc(file);

		if (mmc_sector_build(sector, &plan, &medium, lba++, &stored) != MMC_RAW_SECTOR)
			exit(3);
		if (next == EOF && xa) {
			sector[18] |= 0x20;
			sector[22] |= 0x20;
		}
		put(sector, MMC_RAW_SECTOR);
		if (next == EOF)
			break;
		ungetc(next, file);
	}
	fclose(file);
}

static void make_noise(unsigned int bytes, unsigned int seed)
{
	while (bytes--) {
		seed = seed * 1103515245u + 12345u;
		putchar(seed >> 16);
	}
}

static void make_subchannels(unsigned int sectors)
{
	struct mmc_medium medium = {
		.tracks = tracks, .nr_tracks = 1, .sessions = 1, .profile = MMC_PROFILE_CD_ROM, .sectors = 400000,
	};
	struct mmc_plan plan = { .subchannel = MMC_SUB_RAW };
	struct mmc_stored stored = { .form = MMC_FORM_USER };
	unsigned char sector[MMC_SECTOR_MAX];
	unsigned int lba, i;

	for (lba = 0; lba < sectors; lba++) {
		if (mmc_sector_build(sector, &plan, &medium, lba, &stored) != MMC_SUB_RAW_LEN)
			exit(3);
		for (i = 0; i < MMC_SUB_RAW_LEN; i++)
			sector[i] |= (lba * 7 + i) & 0x3F;
		put(sector, MMC_SUB_RAW_LEN);
	}
}

static void weave(const char *main_path, const char *sub_path)
{
	FILE *main_file = open_file(main_path), *sub_file = open_file(sub_path);
	unsigned char sector[MMC_RAW_SECTOR + MMC_SUB_RAW_LEN];

	while (fread(sector, 1, MMC_RAW_SECTOR, main_file) == MMC_RAW_SECTOR &&
	       fread(sector + MMC_RAW_SECTOR, 1, MMC_SUB_RAW_LEN, sub_file) == MMC_SUB_RAW_LEN)
		put(sector, sizeof(sector));
}

static void put_parts(char **argv)
{
	unsigned long stride = strtoul(argv[1], NULL, 10), from = strtoul(argv[2], NULL, 10);
	unsigned long to = strtoul(argv[3], NULL, 10), lba = strtoul(argv[4], NULL, 10);
	unsigned long end = lba + strtoul(argv[5], NULL, 10);
	unsigned char sector[4096];
	FILE *file = open_file(argv[0]);

	for (; lba < end; lba++) {
		if (fseek(file, (long)(lba * stride), SEEK_SET) || to > sizeof(sector) || fread(sector, 1, to, file) != to)
			fail(argv[0]);
		put(sector + from, to - from);
	}
	fclose(file);
}

static int read_cd(char **argv)
{
	unsigned int lba = strtoul(argv[1], NULL, 10), sectors = strtoul(argv[2], NULL, 10), step = 20, got;
	unsigned char fields = strtoul(argv[3], NULL, 16), sub = strtoul(argv[4], NULL, 16);
	unsigned char type = argv[5] ? strtoul(argv[5], NULL, 10) : 0, sense[32], buffer[20 * MMC_SECTOR_MAX];
	int fd = open(argv[0], O_RDONLY | O_NONBLOCK);

	if (fd < 0)
		fail(argv[0]);
	for (; sectors; lba += step, sectors -= step) {
		unsigned char cdb[12] = { 0xBE, type << 2, lba >> 24, lba >> 16, lba >> 8, lba, 0, 0, 0, fields, sub };
		struct sg_io_hdr hdr = {
			.interface_id = 'S', .dxfer_direction = SG_DXFER_FROM_DEV, .cmd_len = 12, .mx_sb_len = sizeof(sense),
			.dxfer_len = sizeof(buffer), .dxferp = buffer, .cmdp = cdb, .sbp = sense, .timeout = 20000,
		};

		if (step > sectors)
			step = sectors;
		cdb[8] = step;
		if (ioctl(fd, SG_IO, &hdr))
			fail("SG_IO");
		got = hdr.dxfer_len - hdr.resid;
		put(buffer, got);
		if (hdr.status) {
			fprintf(stderr, "%x/%02x/%02x %u\n", sense[2] & 0xF, sense[12], sense[13],
				(unsigned int)sense[3] << 24 | sense[4] << 16 | sense[5] << 8 | sense[6]);
			return 1;
		}
	}
	return 0;
}

/* One sector by the ioctl @cmd, of which @bytes come back */
static void read_by_msf(int fd, unsigned int cmd, unsigned int lba, size_t bytes)
{
	unsigned char buffer[CD_FRAMESIZE_RAW];
	struct cdrom_msf *msf = (struct cdrom_msf *)buffer;
	unsigned int frames = lba + CD_MSF_OFFSET;

	*msf = (struct cdrom_msf){
		.cdmsf_min0 = frames / (CD_SECS * CD_FRAMES), .cdmsf_sec0 = frames / CD_FRAMES % CD_SECS,
		.cdmsf_frame0 = frames % CD_FRAMES,
	};
	if (ioctl(fd, cmd, buffer))
		fail("ioctl");
	put(buffer, bytes);
}

/* The CD-ROM layer takes no more than a second at a time. */
static void read_audio(int fd, unsigned int lba, unsigned int sectors)
{
	static unsigned char buffer[CD_FRAMES * CD_FRAMESIZE_RAW];

	while (sectors) {
		unsigned int now = sectors < CD_FRAMES ? sectors : CD_FRAMES;
		struct cdrom_read_audio audio = {
			.addr = { .lba = (int)lba }, .addr_format = CDROM_LBA, .nframes = (int)now, .buf = buffer,
		};

		if (ioctl(fd, CDROMREADAUDIO, &audio))
			fail("CDROMREADAUDIO");
		put(buffer, (size_t)now * CD_FRAMESIZE_RAW);
		lba += now;
		sectors -= now;
	}
}

static void read_by_ioctl(char **argv)
{
	static const struct { const char *name; unsigned int cmd; size_t bytes; } kinds[] = {
		{ "raw", CDROMREADRAW, CD_FRAMESIZE_RAW }, { "mode1", CDROMREADMODE1, CD_FRAMESIZE },
		{ "mode2", CDROMREADMODE2, CD_FRAMESIZE_RAW0 },
	};
	unsigned int lba = strtoul(argv[2], NULL, 10), sectors = strtoul(argv[3], NULL, 10), i, k;
	int fd = open(argv[0], O_RDONLY | O_NONBLOCK);

	if (fd < 0)
		fail(argv[0]);
	if (!strcmp(argv[1], "audio"))
		read_audio(fd, lba, sectors);
	for (k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
		for (i = 0; i < sectors && !strcmp(argv[1], kinds[k].name); i++)
			read_by_msf(fd, kinds[k].cmd, lba + i, kinds[k].bytes);
	close(fd);
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "raw"))
		make_raw(argv[2], strtoul(argv[3], NULL, 10), false);
	else if (argc == 4 && !strcmp(argv[1], "xa"))
		make_raw(argv[2], strtoul(argv[3], NULL, 10), true);
	else if (argc == 4 && !strcmp(argv[1], "audio"))
		make_noise(strtoul(argv[2], NULL, 10) * MMC_RAW_SECTOR, strtoul(argv[3], NULL, 10));
	else if (argc == 3 && !strcmp(argv[1], "subchannel"))
		make_subchannels(strtoul(argv[2], NULL, 10));
	else if (argc == 4 && !strcmp(argv[1], "weave"))
		weave(argv[2], argv[3]);
	else if (argc == 8 && !strcmp(argv[1], "parts"))
		put_parts(argv + 2);
	else if (argc >= 7 && !strcmp(argv[1], "read"))
		return read_cd(argv + 2);
	else if (argc == 6 && !strcmp(argv[1], "ioctl"))
		read_by_ioctl(argv + 2);
	else
		return 2;
	return 0;
}
