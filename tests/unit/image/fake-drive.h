/* SPDX-License-Identifier: GPL-2.0-only */
/* A drive that exists only in tests: a disc of any tracks, sectors that fail, commands that it does not know. */
#ifndef FAKE_DRIVE_H
#define FAKE_DRIVE_H

#include <errno.h>
#include <fcntl.h>
#include <linux/cdrom.h>
#include <linux/fs.h>
#include <scsi/sg.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "mmcdrive.h"

/** struct fake_track - a track; its pregap is the sectors before @lba that Q says are of it; @marks: indices above 1 */
struct fake_track {
	uint8_t session;
	uint8_t control;
	uint8_t mode;
	uint32_t lba;
	uint32_t pregap;
	const char *isrc;
	uint32_t marks[12];
};

/** struct fake_bad - a sector that fails so many times; less than 0: always */
struct fake_bad {
	uint32_t lba;
	int times;
};

/** struct fake_drive - the drive and its disc */
struct fake_drive {
	uint32_t profile;
	uint32_t sectors;
	struct fake_track tracks[99];
	unsigned int track_count;
	uint32_t lead_outs[4];
	unsigned int session_count;
	struct fake_bad bad[8];
	const char *mcn;
	uint8_t cdtext[8][18];
	unsigned int cdtext_count;
	/* What it is like */
	uint32_t salt;			/* another one makes other contents */
	uint8_t tur_sense[3];		/* what TEST UNIT READY fails with, if anything */
	int tur_times;			/* how often */
	bool no_commands;		/* read(2) only */
	bool no_configuration, no_toc, no_full_toc, no_read10, no_read_cd, no_sub, no_raw_sub, no_bare_q, q_is_binary;
	bool not_optical;
	uint8_t mechanism;		/* byte 1 of MECHANISM STATUS */
	uint32_t position;		/* where it is then */
	uint8_t audio_page[16];		/* mode page 0E; all zeroes: none */
	bool block_descriptor;		/* before mode pages */
	uint32_t gone_at;		/* with this sector it is unplugged; 0: never */
	uint32_t removed_at;		/* with this sector its disc is taken out; 0: never */
	/* What was seen */
	unsigned int reads;
	uint32_t largest;
};

static struct fake_drive fake;

static inline void fake_be32(uint8_t *p, uint32_t value)
{
	p[0] = (uint8_t)(value >> 24);
	p[1] = (uint8_t)(value >> 16);
	p[2] = (uint8_t)(value >> 8);
	p[3] = (uint8_t)value;
}

static inline uint8_t fake_bcd(unsigned int value)
{
	return (uint8_t)(value / 10 * 16 + value % 10);
}

/* The track that a sector is of, by Q; its number less one. */
static inline unsigned int fake_track_at(uint32_t lba)
{
	unsigned int i = fake.track_count - 1;

	while (i && lba < fake.tracks[i].lba - fake.tracks[i].pregap)
		i--;
	return i;
}

static inline void fake_raw(uint32_t lba, uint8_t raw[RAW_SIZE])
{
	const struct fake_track *track = &fake.tracks[fake_track_at(lba)];
	uint32_t seed = (lba + 1) * 2654435761U + fake.salt, i;

	for (i = 0; i < RAW_SIZE; i++) {
		seed = seed * 1664525 + 1013904223;
		raw[i] = (uint8_t)(seed >> 24);
	}
	if (!track->mode)
		return;
	memset(raw, 0xFF, 12);
	raw[0] = raw[11] = 0;
	raw[12] = fake_bcd((lba + 150) / 4500);
	raw[13] = fake_bcd((lba + 150) / 75 % 60);
	raw[14] = fake_bcd((lba + 150) % 75);
	raw[15] = track->mode;
}

static inline void fake_user(uint32_t lba, uint8_t *user)
{
	uint8_t raw[RAW_SIZE];

	fake_raw(lba, raw);
	memcpy(user, raw + 16, 2048);
}

static inline void fake_q(uint32_t lba, uint8_t q[Q_SIZE])
{
	unsigned int i = fake_track_at(lba), n;

	memset(q, 0, Q_SIZE);
	q[0] = (uint8_t)(fake.tracks[i].control << 4 | 1);
	q[1] = fake.q_is_binary ? (uint8_t)(i + 1) : fake_bcd(i + 1);
	q[2] = lba >= fake.tracks[i].lba;
	for (n = 0; n < 12 && fake.tracks[i].marks[n] && lba >= fake.tracks[i].marks[n]; n++)
		q[2] = fake.q_is_binary ? (uint8_t)(n + 2) : fake_bcd(n + 2);
	/* Every hundredth sector has the media catalogue number there. */
	if (lba % 100 == 50) {
		q[0] = (uint8_t)(fake.tracks[i].control << 4 | 2);
		q[1] = 0x12;
	}
}

/* P is set and Q counts; R to W are noise that depends on the sector. */
static inline void fake_sub(uint32_t lba, uint8_t raw[SUBCHANNEL_SIZE])
{
	unsigned int i;

	for (i = 0; i < SUBCHANNEL_SIZE; i++)
		raw[i] = (uint8_t)(0x80 | (lba + i) % 2 << 6 | (lba * 7 + i * 3) % 64);
}

static inline int fake_sense(struct sg_io_hdr *hdr, uint8_t key, uint8_t asc, uint8_t ascq)
{
	const uint8_t sense[18] = { 0x70, 0, key, [7] = 10, [12] = asc, [13] = ascq };

	memcpy(hdr->sbp, sense, sizeof(sense));
	hdr->sb_len_wr = sizeof(sense);
	hdr->status = 2;
	return 0;
}

static inline int fake_reply(struct sg_io_hdr *hdr, const uint8_t *data, size_t len)
{
	size_t size = len < hdr->dxfer_len ? len : hdr->dxfer_len;

	memcpy(hdr->dxferp, data, size);
	hdr->resid = (int)(hdr->dxfer_len - size);
	return 0;
}

static inline void fake_msf(uint8_t *p, uint32_t lba)
{
	p[0] = (uint8_t)((lba + 150) / 4500);
	p[1] = (uint8_t)((lba + 150) / 75 % 60);
	p[2] = (uint8_t)((lba + 150) % 75);
}

static inline uint8_t *fake_entry(uint8_t *p, unsigned int session, uint8_t control, uint8_t point)
{
	memset(p, 0, 11);
	p[0] = (uint8_t)session;
	p[1] = 0x10 | control;
	p[3] = point;
	return p + 8;
}

static inline size_t fake_full_toc(uint8_t *reply)
{
	unsigned int session, i, first = 0;
	uint8_t *p = reply + 4, *pmsf;

	for (session = 1; session <= fake.session_count; session++) {
		unsigned int end = first;

		while (end < fake.track_count && fake.tracks[end].session == session)
			end++;
		pmsf = fake_entry(p, session, fake.tracks[first].control, 0xA0);
		pmsf[0] = (uint8_t)(first + 1);
		pmsf[1] = fake.tracks[0].mode == 2 ? 0x20 : 0;
		pmsf = fake_entry(p += 11, session, fake.tracks[first].control, 0xA1);
		pmsf[0] = (uint8_t)end;
		pmsf = fake_entry(p += 11, session, fake.tracks[first].control, 0xA2);
		fake_msf(pmsf, fake.lead_outs[session - 1]);
		p += 11;
		for (i = first; i < end; i++, p += 11)
			fake_msf(fake_entry(p, session, fake.tracks[i].control, (uint8_t)(i + 1)), fake.tracks[i].lba);
		first = end;
	}
	return (size_t)(p - reply);
}

static inline size_t fake_toc(uint8_t *reply, uint8_t format)
{
	uint8_t *p = reply + 4;
	unsigned int i, last = 0;

	switch (format) {
	case 0:
		for (i = 0; i <= fake.track_count; i++, p += 8) {
			bool out = i == fake.track_count;

			memset(p, 0, 8);
			p[1] = 0x10 | fake.tracks[out ? i - 1 : i].control;
			p[2] = out ? 0xAA : (uint8_t)(i + 1);
			fake_be32(p + 4, out ? fake.lead_outs[fake.session_count - 1] : fake.tracks[i].lba);
		}
		return (size_t)(p - reply);
	case 1:
		while (last + 1 < fake.track_count && fake.tracks[last].session < fake.session_count)
			last++;
		memset(p, 0, 8);
		p[2] = (uint8_t)(last + 1);
		fake_be32(p + 4, fake.tracks[last].lba);
		return 12;
	case 2:
		return fake.no_full_toc ? 0 : fake_full_toc(reply);
	case 5:
		memcpy(p, fake.cdtext, fake.cdtext_count * 18);
		return fake.cdtext_count ? 4 + fake.cdtext_count * 18 : 0;
	default:
		return 0;
	}
}

/* Can these sectors be read this time? */
static inline bool fake_readable(uint32_t lba, uint32_t count)
{
	bool readable = true;
	size_t i;

	fake.reads++;
	if (count > fake.largest)
		fake.largest = count;
	for (i = 0; i < sizeof(fake.bad) / sizeof(fake.bad[0]); i++) {
		struct fake_bad *bad = &fake.bad[i];

		if (!bad->times || bad->lba < lba || bad->lba >= lba + count)
			continue;
		if (bad->times > 0)
			bad->times--;
		readable = false;
	}
	return readable;
}

/* Between two sessions there is nothing that can be read. */
static inline bool fake_in_gap(uint32_t lba)
{
	unsigned int i;

	for (i = 0; i + 1 < fake.session_count; i++)
		if (lba >= fake.lead_outs[i] && fake.tracks[fake_track_at(lba)].session <= i + 1)
			return true;
	return lba >= fake.sectors;
}

static inline int fake_read(struct sg_io_hdr *hdr, bool cd)
{
	const uint8_t *cdb = hdr->cmdp;
	uint32_t lba = (uint32_t)cdb[2] << 24 | (uint32_t)cdb[3] << 16 | (uint32_t)cdb[4] << 8 | cdb[5];
	uint32_t count = cd ? (uint32_t)cdb[6] << 16 | (uint32_t)cdb[7] << 8 | cdb[8] : (uint32_t)cdb[7] << 8 | cdb[8];
	uint8_t *to = hdr->dxferp;
	uint32_t i;

	if (cd && (fake.no_read_cd || (cdb[10] && fake.no_sub) || (cdb[10] == 1 && fake.no_raw_sub) ||
		   (cdb[10] == 2 && !cdb[9] && fake.no_bare_q)))
		return fake_sense(hdr, 5, 0x24, 0);
	if (!cd && fake.no_read10)
		return fake_sense(hdr, 5, 0x20, 0);
	if (fake.gone_at && lba + count > fake.gone_at) {
		errno = ENODEV;
		return -1;
	}
	if (fake.removed_at && lba + count > fake.removed_at)
		return fake_sense(hdr, 2, 0x3A, 2);
	for (i = 0; i < count; i++) {
		if (fake_in_gap(lba + i))
			return fake_sense(hdr, 5, 0x21, 0);
		if (!cd && fake.tracks[fake_track_at(lba + i)].mode != 1)
			return fake_sense(hdr, 5, 0x64, 0);
	}
	if (!fake_readable(lba, count))
		return fake_sense(hdr, 3, 0x11, 5);
	for (i = 0; i < count; i++, lba++) {
		if (!cd) {
			fake_user(lba, to);
			to += 2048;
			continue;
		}
		if (cdb[9]) {
			fake_raw(lba, to);
			to += RAW_SIZE;
		}
		if (cdb[10] == 1) {
			fake_sub(lba, to);
			to += SUBCHANNEL_SIZE;
		} else if (cdb[10] == 2) {
			fake_q(lba, to);
			to += Q_SIZE;
		}
	}
	hdr->resid = (int)(hdr->dxfer_len - (size_t)(to - (uint8_t *)hdr->dxferp));
	return 0;
}

static inline int fake_code(struct sg_io_hdr *hdr)
{
	uint8_t reply[24] = { 0, 0x15, 0, 20, hdr->cmdp[3] };
	const char *code = fake.mcn;

	if (hdr->cmdp[3] == 3)
		code = fake.tracks[hdr->cmdp[6] - 1].isrc;
	if (code) {
		reply[8] = 0x80;
		memcpy(reply + 9, code, strlen(code));
	}
	return fake_reply(hdr, reply, sizeof(reply));
}

static inline int fake_command(struct sg_io_hdr *hdr)
{
	uint8_t reply[2048] = { 0 };
	size_t len;

	switch (hdr->cmdp[0]) {
	case 0x00:
		if (!fake.tur_times)
			return 0;
		fake.tur_times--;
		return fake_sense(hdr, fake.tur_sense[0], fake.tur_sense[1], fake.tur_sense[2]);
	case 0x12:
		reply[0] = fake.not_optical ? 0 : 5;
		return fake_reply(hdr, reply, 36);
	case 0x25:
		fake_be32(reply, fake.sectors - 1);
		fake_be32(reply + 4, 2048);
		return fake_reply(hdr, reply, 8);
	case 0x28:
		return fake_read(hdr, false);
	case 0x42:
		return fake_code(hdr);
	case 0x43:
		len = fake.no_toc ? 0 : fake_toc(reply, hdr->cmdp[2]);
		if (!len)
			return fake_sense(hdr, 5, 0x24, 0);
		reply[0] = (uint8_t)((len - 2) >> 8);
		reply[1] = (uint8_t)(len - 2);
		reply[2] = 1;
		reply[3] = hdr->cmdp[2] == 1 ? (uint8_t)fake.session_count : (uint8_t)fake.track_count;
		return fake_reply(hdr, reply, len);
	case 0x46:
		if (fake.no_configuration)
			return fake_sense(hdr, 5, 0x20, 0);
		reply[6] = (uint8_t)(fake.profile >> 8);
		reply[7] = (uint8_t)fake.profile;
		return fake_reply(hdr, reply, 8);
	case 0x5A:
		if (hdr->cmdp[2] != 0x0E || !fake.audio_page[0])
			return fake_sense(hdr, 5, 0x24, 0);
		len = fake.block_descriptor ? 8 : 0;
		reply[1] = (uint8_t)(6 + len + 16);
		reply[7] = (uint8_t)len;
		memcpy(reply + 8 + len, fake.audio_page, 16);
		return fake_reply(hdr, reply, 8 + len + 16);
	case 0xBD:
		reply[1] = fake.mechanism;
		reply[2] = (uint8_t)(fake.position >> 16);
		reply[3] = (uint8_t)(fake.position >> 8);
		reply[4] = (uint8_t)fake.position;
		return fake_reply(hdr, reply, 8);
	case 0xBE:
		return fake_read(hdr, true);
	default:
		return fake_sense(hdr, 5, 0x20, 0);
	}
}

static int fake_drive_ioctl(int fd, unsigned long command, void *arg)
{
	(void)fd;
	if (command == SG_IO && !fake.no_commands)
		return fake_command(arg);
	if (command == CDROM_GET_CAPABILITY && !fake.not_optical)
		return 0;
	if (command == CDROMREADAUDIO) {
		const struct cdrom_read_audio *request = arg;
		int i;

		if (!fake_readable((uint32_t)request->addr.lba, (uint32_t)request->nframes)) {
			errno = EIO;
			return -1;
		}
		for (i = 0; i < request->nframes; i++)
			fake_raw((uint32_t)(request->addr.lba + i), request->buf + i * RAW_SIZE);
		return 0;
	}
	if (command == BLKGETSIZE64) {
		*(uint64_t *)arg = (uint64_t)fake.sectors * 2048;
		return 0;
	}
	errno = ENOTTY;
	return -1;
}

static ssize_t fake_drive_pread(int fd, void *buf, size_t count, off_t offset)
{
	uint32_t lba = (uint32_t)(offset / 2048), i;

	(void)fd;
	if (!fake_readable(lba, (uint32_t)(count / 2048))) {
		errno = EIO;
		return -1;
	}
	for (i = 0; i < count / 2048; i++)
		fake_user(lba + i, (uint8_t *)buf + (size_t)i * 2048);
	return (ssize_t)count;
}

static int fake_drive_open(const char *path, int flags)
{
	if (strcmp(path, "/dev/fake")) {
		errno = ENOENT;
		return -1;
	}
	return open("/dev/null", flags);
}

static void fake_drive_sleep(unsigned int ms)
{
	(void)ms;
}

static inline void fake_drive_install(void)
{
	mmc_backend.open = fake_drive_open;
	mmc_backend.ioctl = fake_drive_ioctl;
	mmc_backend.pread = fake_drive_pread;
	mmc_backend.sleep_ms = fake_drive_sleep;
}

/** fake_data_disc - one data track */
static inline void fake_data_disc(uint32_t profile, uint32_t sectors)
{
	memset(&fake, 0, sizeof(fake));
	fake.profile = profile;
	fake.sectors = sectors;
	fake.track_count = 1;
	fake.tracks[0] = (struct fake_track){ .session = 1, .control = 4, .mode = 1 };
	fake.session_count = 1;
	fake.lead_outs[0] = sectors;
	fake.no_toc = profile > 0x0A;
}

#endif /* FAKE_DRIVE_H */
