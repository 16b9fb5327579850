// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer target of what drives say about their disc. Commands are answered by the input: a byte whose bits 1 and 0
 * choose the answer, with 0 for data: then two bytes of length, and so many bytes, where those of READ TOC, of the
 * capacity and of the profile are answered once and others again and again.
 */
#include <errno.h>
#include <linux/cdrom.h>
#include <linux/fs.h>
#include <scsi/sg.h>
#include <string.h>

#include "disctoc.h"
#include "input.h"

/* A search for a pregap goes on for long when nothing that is said makes sense. */
#define COMMANDS_MAX	3000

static struct input in;
static unsigned int commands;

static int fake_open(const char *path, int flags)
{
	(void)path, (void)flags;
	return 100;
}

static int fake_close(int fd)
{
	(void)fd;
	return 0;
}

static void fake_sleep(unsigned int ms)
{
	(void)ms;
}

static ssize_t fake_pread(int fd, void *buf, size_t count, off_t offset)
{
	(void)fd, (void)offset;
	memset(buf, take(&in), count);
	return (ssize_t)count;
}

static void fail(struct sg_io_hdr *hdr, uint8_t key, uint8_t asc)
{
	uint8_t sense[18] = { 0x70, 0, key, [7] = 10, [12] = asc };

	hdr->status = 2;
	hdr->sb_len_wr = hdr->mx_sb_len < sizeof(sense) ? hdr->mx_sb_len : sizeof(sense);
	memcpy(hdr->sbp, sense, hdr->sb_len_wr);
}

/* Q of a sector, which is asked for many times: made of the address, now and then of the input. */
static void answer_q(uint8_t *to, const uint8_t *cdb)
{
	uint32_t lba = (uint32_t)cdb[2] << 24 | (uint32_t)cdb[3] << 16 | (uint32_t)cdb[4] << 8 | cdb[5];
	uint8_t how = take(&in);

	memset(to, 0, Q_SIZE);
	to[0] = 1 + (how & 2);
	to[1] = (uint8_t)(how & 4 ? lba / 64 : how >> 3);
}

static int fake_ioctl(int fd, unsigned long command, void *arg)
{
	struct sg_io_hdr *hdr = arg;
	unsigned int len, i;
	uint8_t *to;

	(void)fd;
	if (++commands > COMMANDS_MAX) {
		errno = ENODEV;
		return -1;
	}
	if (command == BLKGETSIZE64) {
		*(uint64_t *)arg = (uint64_t)take32(&in) << (take(&in) & 15);
		return 0;
	}
	REQUIRE(command == SG_IO);
	to = hdr->dxferp;
	hdr->status = 0;
	hdr->sb_len_wr = 0;
	hdr->resid = 0;
	if (!in.left && !hdr->dxfer_len)
		return 0;
	switch (take(&in) & 3) {
	case 1:
		fail(hdr, take(&in), 0x24);
		return 0;
	case 2:
		errno = EIO;
		return -1;
	}
	if (!hdr->dxfer_len)
		return 0;
	if (hdr->dxfer_len == Q_SIZE) {
		answer_q(to, hdr->cmdp);
		return 0;
	}
	len = take16(&in);
	if (len > hdr->dxfer_len)
		len = hdr->dxfer_len;
	for (i = 0; i < len && in.left; i++)
		to[i] = take(&in);
	hdr->resid = (int)(hdr->dxfer_len - len);
	memset(to + i, 0, len - i);
	return 0;
}

static void check(const struct disc *disc)
{
	uint32_t run, sectors = disc_raw_sectors(disc);
	unsigned int i;

	REQUIRE(disc->track_count >= 1 && disc->track_count <= DISC_TRACKS_MAX);
	REQUIRE(disc->session_count >= 1 && disc->session_count <= DISC_TRACKS_MAX);
	REQUIRE(disc->entry_count <= DISC_ENTRIES_MAX);
	for (i = 0; i < disc->track_count; i++) {
		const struct disc_track *track = &disc->tracks[i];

		REQUIRE(track->session >= 1 && track->session <= disc->session_count && track->mode <= 2);
		if (!disc->cd)
			continue;
		REQUIRE(track->lba < disc->sessions[track->session - 1].lead_out);
		REQUIRE(!i || (track->lba > track[-1].lba && track->pregap < track->lba - track[-1].lba));
		if (track->session == 1 || track->lba >= disc->sessions[track->session - 1].start)
			REQUIRE(disc_index_of(disc, track->lba) < sectors);
	}
	if (sectors) {
		disc_lba_of(disc, sectors - 1, &run);
		REQUIRE(run == 1);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct disc disc;
	struct optical_drive drive = { .fd = 100, .commands = true };

	mmc_backend = (struct mmc_backend){ fake_open, fake_close, fake_ioctl, fake_pread, fake_sleep };
	in = (struct input){ data, size };
	commands = 0;
	if (disc_read(&disc, &drive) == MMC_OK) {
		check(&disc);
		if (disc.cd && disc_read_details(&disc, &drive) == MMC_OK)
			check(&disc);
	}
	return 0;
}
