// SPDX-License-Identifier: GPL-2.0
/*
 * cdrom-ioctls KIND SECTORS NODE [OTHER-NODE]: every ioctl of the uniform CD-ROM layer that applies to a data disc,
 * and those of the SCSI layer, on a drive with a disc of one data track.
 *
 * KIND is cd, dvd or bd; with "empty" there is no disc in the drive. OTHER-NODE is another drive.
 */
#include <fcntl.h>
#include <limits.h>
#include <linux/cdrom.h>
#include <linux/fs.h>
#include <scsi/scsi.h>
#include <scsi/sg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/param.h>
#include <sys/uio.h>
#include <unistd.h>

#include "tap.h"

/* What <scsi/scsi_ioctl.h> of the C library lacks */
#ifndef SCSI_IOCTL_GET_IDLUN
#define SCSI_IOCTL_GET_IDLUN		0x5382
#endif
#ifndef SCSI_IOCTL_GET_BUS_NUMBER
#define SCSI_IOCTL_GET_BUS_NUMBER	0x5386
#endif
#define SCSI_IOCTL_START_UNIT_		0x0005
#define SCSI_IOCTL_DOORLOCK_		0x5380
#define SCSI_IOCTL_DOORUNLOCK_		0x5381
#ifndef CDROM_TIMED_MEDIA_CHANGE
struct cdrom_timed_media_change_info {
	int64_t last_media_change;
	uint64_t media_flags;
};
#define CDROM_TIMED_MEDIA_CHANGE	0x5396
#endif

#define SECTOR	2048

static int fd;
static const char *kind;
static unsigned int sectors;

static bool is_kind(const char *other)
{
	return !strcmp(kind, other);
}

static const char *about(const char *what)
{
	static char names[4][160];
	static unsigned int turn;
	char *name = names[turn++ % 4];

	snprintf(name, sizeof(names[0]), "%s: %s", kind, what);
	return name;
}

#define IS(got, want, what)	tap_is(got, want, about(what))
#define ERRNO(ret, want, what)	tap_errno(ret, want, about(what))

/* --- tables of contents ---------------------------------------------------------------------------------------- */

static unsigned int lba_of(const struct cdrom_tocentry *entry)
{
	return (entry->cdte_addr.msf.minute * 60 + entry->cdte_addr.msf.second) * 75 + entry->cdte_addr.msf.frame - 150;
}

static void test_toc(void)
{
	struct cdrom_multisession session = { .addr_format = CDROM_LBA };
	struct cdrom_tocentry entry = { .cdte_track = 1, .cdte_format = CDROM_LBA };
	struct cdrom_tochdr header = {};
	struct cdrom_mcn mcn;

	ERRNO(ioctl(fd, CDROMREADTOCHDR, &header), 0, "CDROMREADTOCHDR");
	IS(header.cdth_trk0, 1, "CDROMREADTOCHDR: first track");
	IS(header.cdth_trk1, 1, "CDROMREADTOCHDR: last track");

	ERRNO(ioctl(fd, CDROMREADTOCENTRY, &entry), 0, "CDROMREADTOCENTRY, LBA");
	IS(entry.cdte_addr.lba, 0, "CDROMREADTOCENTRY: the track begins at 0");
	IS(entry.cdte_ctrl, CDROM_DATA_TRACK, "CDROMREADTOCENTRY: data");
	IS(entry.cdte_adr, 1, "CDROMREADTOCENTRY: ADR");
	IS(entry.cdte_datamode, 1, "CDROMREADTOCENTRY: mode 1");
	entry = (struct cdrom_tocentry){ .cdte_track = 1, .cdte_format = CDROM_MSF };
	ERRNO(ioctl(fd, CDROMREADTOCENTRY, &entry), 0, "CDROMREADTOCENTRY, MSF");
	IS(lba_of(&entry), 0, "CDROMREADTOCENTRY: 00:02:00");

	entry = (struct cdrom_tocentry){ .cdte_track = CDROM_LEADOUT, .cdte_format = CDROM_LBA };
	ERRNO(ioctl(fd, CDROMREADTOCENTRY, &entry), 0, "CDROMREADTOCENTRY, lead-out, LBA");
	/* The CD-ROM layer asks in minutes, which end here. */
	IS(entry.cdte_addr.lba, is_kind("bd") ? 1151849 : sectors, "CDROMREADTOCENTRY: the lead-out is the size");
	entry = (struct cdrom_tocentry){ .cdte_track = CDROM_LEADOUT, .cdte_format = CDROM_MSF };
	ERRNO(ioctl(fd, CDROMREADTOCENTRY, &entry), 0, "CDROMREADTOCENTRY, lead-out, MSF");
	if (is_kind("cd"))
		IS(lba_of(&entry), sectors, "CDROMREADTOCENTRY: the lead-out is the size, MSF");

	entry = (struct cdrom_tocentry){ .cdte_track = 2, .cdte_format = CDROM_LBA };
	ERRNO(ioctl(fd, CDROMREADTOCENTRY, &entry), EIO, "CDROMREADTOCENTRY of no track");
	entry = (struct cdrom_tocentry){ .cdte_track = 1, .cdte_format = 7 };
	ERRNO(ioctl(fd, CDROMREADTOCENTRY, &entry), EINVAL, "CDROMREADTOCENTRY in an unknown format");

	ERRNO(ioctl(fd, CDROMMULTISESSION, &session), 0, "CDROMMULTISESSION, LBA");
	IS(session.addr.lba, 0, "CDROMMULTISESSION: the last session begins at 0");
	IS(session.xa_flag, 0, "CDROMMULTISESSION: no XA");
	session = (struct cdrom_multisession){ .addr_format = CDROM_MSF };
	ERRNO(ioctl(fd, CDROMMULTISESSION, &session), 0, "CDROMMULTISESSION, MSF");
	IS((session.addr.msf.minute * 60 + session.addr.msf.second) * 75 + session.addr.msf.frame, 150,
	   "CDROMMULTISESSION: 00:02:00");

	memset(&mcn, 0xAA, sizeof(mcn));
	ERRNO(ioctl(fd, CDROM_GET_MCN, &mcn), 0, "CDROM_GET_MCN");
	IS(strnlen((char *)mcn.medium_catalog_number, sizeof(mcn.medium_catalog_number)), 0, "CDROM_GET_MCN: none");
	IS(ioctl(fd, CDROM_DISC_STATUS, CDSL_CURRENT), CDS_DATA_1, "CDROM_DISC_STATUS");
	IS(ioctl(fd, CDROM_DRIVE_STATUS, CDSL_CURRENT), CDS_DISC_OK, "CDROM_DRIVE_STATUS");
}

/* --- the drive ----------------------------------------------------------------------------------------------------- */

static void test_drive(void)
{
	const int can = CDC_CLOSE_TRAY | CDC_OPEN_TRAY | CDC_LOCK | CDC_SELECT_SPEED | CDC_MULTI_SESSION | CDC_MCN |
			CDC_MEDIA_CHANGED | CDC_PLAY_AUDIO | CDC_DRIVE_STATUS | CDC_GENERIC_PACKET | CDC_DVD;
	const int can_not = CDC_CD_R | CDC_CD_RW | CDC_DVD_R | CDC_DVD_RAM | CDC_RAM | CDC_MRW | CDC_MRW_W |
			    CDC_SELECT_DISC | CDC_MO_DRIVE;
	int options, capability = ioctl(fd, CDROM_GET_CAPABILITY, 0);

	IS(capability & can, can, "CDROM_GET_CAPABILITY: what it can");
	IS(capability & can_not, 0, "CDROM_GET_CAPABILITY: what it can't");
	IS(ioctl(fd, CDROM_CHANGER_NSLOTS, 0), 1, "CDROM_CHANGER_NSLOTS");
	ERRNO(ioctl(fd, CDROM_SELECT_SPEED, 4), 0, "CDROM_SELECT_SPEED 4");
	ERRNO(ioctl(fd, CDROM_SELECT_SPEED, 0), 0, "CDROM_SELECT_SPEED as fast as possible");
	ERRNO(ioctl(fd, CDROM_SELECT_SPEED, INT_MAX), 0, "CDROM_SELECT_SPEED, greatest number");
	tap(ioctl(fd, CDROM_SELECT_DISC, 1) == -1, "%s", about("CDROM_SELECT_DISC: no changer"));

	options = ioctl(fd, CDROM_SET_OPTIONS, 0);
	tap(options >= 0, "%s", about("CDROM_SET_OPTIONS tells the options"));
	IS(ioctl(fd, CDROM_SET_OPTIONS, CDO_AUTO_EJECT) & CDO_AUTO_EJECT, CDO_AUTO_EJECT, "CDROM_SET_OPTIONS");
	IS(ioctl(fd, CDROM_CLEAR_OPTIONS, CDO_AUTO_EJECT) & CDO_AUTO_EJECT, 0, "CDROM_CLEAR_OPTIONS");
	IS(ioctl(fd, CDROM_SET_OPTIONS, options), options, "options as they were");

	ERRNO(ioctl(fd, CDROM_LOCKDOOR, 1), 0, "CDROM_LOCKDOOR 1");
	ERRNO(ioctl(fd, CDROMEJECT, 0), EBUSY, "CDROMEJECT: locked");
	ERRNO(ioctl(fd, CDROM_LOCKDOOR, 0), 0, "CDROM_LOCKDOOR 0");
	ERRNO(ioctl(fd, CDROMEJECT, 0), 0, "CDROMEJECT");
	IS(ioctl(fd, CDROM_DRIVE_STATUS, CDSL_CURRENT), CDS_TRAY_OPEN, "CDROM_DRIVE_STATUS: open");
	ERRNO(ioctl(fd, CDROMEJECT, 0), 0, "CDROMEJECT: open");
	ERRNO(ioctl(fd, CDROMCLOSETRAY, 0), 0, "CDROMCLOSETRAY");
	IS(ioctl(fd, CDROM_DRIVE_STATUS, CDSL_CURRENT), is_kind("empty") ? CDS_NO_DISC : CDS_DISC_OK,
	   "CDROM_DRIVE_STATUS: closed");
	ERRNO(ioctl(fd, CDROMCLOSETRAY, 0), 0, "CDROMCLOSETRAY: closed");
	if (is_kind("empty"))
		ioctl(fd, CDROM_MEDIA_CHANGED, CDSL_CURRENT);
	else
		IS(ioctl(fd, CDROM_MEDIA_CHANGED, CDSL_CURRENT), 1, "CDROM_MEDIA_CHANGED: since the eject");
	IS(ioctl(fd, CDROM_MEDIA_CHANGED, CDSL_CURRENT), 0, "CDROM_MEDIA_CHANGED: not since");
	ERRNO(ioctl(fd, CDROMEJECT_SW, 1), 0, "CDROMEJECT_SW 1");
	ERRNO(ioctl(fd, CDROMEJECT_SW, 0), 0, "CDROMEJECT_SW 0");
	ioctl(fd, CDROM_SET_OPTIONS, options);
	ERRNO(ioctl(fd, CDROMRESET, 0), 0, "CDROMRESET by root");
}

static void test_refused(void)
{
	static const struct {
		const char *name;
		unsigned long number;
	} refused[] = {
		{ "HDIO_GET_IDENTITY", 0x030d }, { "HDIO_DRIVE_CMD", 0x031f }, { "FDGETPRM", 0x80200204 },
		{ "SG_SCSI_RESET", 0x2284 }, { "SG_GET_SCSI_ID", 0x2276 }, { "an unknown one", 0xDEAD },
		{ "a CDROM number that is not given away", 0x53ff },
	};
	char buffer[4096] = {};
	unsigned int i;

	for (i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		int ret = ioctl(fd, refused[i].number, buffer);

		tap(ret == -1 && (errno == ENOTTY || errno == EINVAL), "%s: %s is refused", kind, refused[i].name);
	}
}

/* --- raw sectors, DVD structures, audio --------------------------------------------------------------------------- */

static void set_msf(void *buf, unsigned int lba)
{
	struct cdrom_msf *msf = buf;

	lba += 150;
	msf->cdmsf_min0 = lba / 75 / 60;
	msf->cdmsf_sec0 = lba / 75 % 60;
	msf->cdmsf_frame0 = lba % 75;
}

static void test_raw(void)
{
	static const unsigned char sync[12] = { 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0 };
	unsigned char buf[2352], want[SECTOR];
	struct cdrom_read_audio audio = { .addr.lba = 0, .addr_format = CDROM_LBA, .nframes = 1, .buf = buf };
	struct cdrom_subchnl subchannel = { .cdsc_format = CDROM_MSF };
	int plain = open("/proc/self/exe", O_RDONLY);

	if (plain < 0 || pread(fd, want, SECTOR, 16 * SECTOR) != SECTOR)
		tap_bail("read");
	close(plain);
	if (is_kind("cd")) {
		set_msf(buf, 16);
		ERRNO(ioctl(fd, CDROMREADRAW, buf), 0, "CDROMREADRAW");
		tap(!memcmp(buf, sync, 12), "%s", about("CDROMREADRAW: sync"));
		tap(buf[12] == 0x00 && buf[13] == 0x02 && buf[14] == 0x16 && buf[15] == 0x01, "%s",
		    about("CDROMREADRAW: header 00:02:16, mode 1"));
		tap(!memcmp(buf + 16, want, SECTOR), "%s", about("CDROMREADRAW: user data"));
		set_msf(buf, 16);
		ERRNO(ioctl(fd, CDROMREADMODE1, buf), 0, "CDROMREADMODE1");
		tap(!memcmp(buf, want, SECTOR), "%s", about("CDROMREADMODE1: user data"));
		set_msf(buf, sectors);
		ERRNO(ioctl(fd, CDROMREADRAW, buf), EIO, "CDROMREADRAW: beyond the end");
	} else {
		set_msf(buf, 16);
		ERRNO(ioctl(fd, CDROMREADRAW, buf), EIO, "CDROMREADRAW: DVD and BD have no raw sectors");
	}
	tap(ioctl(fd, CDROMREADAUDIO, &audio) == -1, "%s", about("CDROMREADAUDIO: there is no audio"));
	if (is_kind("cd")) {
		ERRNO(ioctl(fd, CDROMSUBCHNL, &subchannel), 0, "CDROMSUBCHNL");
		IS(subchannel.cdsc_audiostatus, CDROM_AUDIO_NO_STATUS, "CDROMSUBCHNL: nothing plays");
		IS(subchannel.cdsc_trk, 1, "CDROMSUBCHNL: track");
		IS(subchannel.cdsc_ctrl, CDROM_DATA_TRACK, "CDROMSUBCHNL: a data track");
	} else {
		ERRNO(ioctl(fd, CDROMSUBCHNL, &subchannel), EIO, "CDROMSUBCHNL: DVD and BD have no sub-channel");
	}
	tap(ioctl(fd, CDROMPLAYMSF, &(struct cdrom_msf){ 0, 2, 0, 0, 3, 0 }) == -1, "%s",
	    about("CDROMPLAYMSF: there is nothing to play"));
}

static void test_dvd(void)
{
	dvd_struct structure = { .physical = { .type = DVD_STRUCT_PHYSICAL, .layer_num = 0 } };
	dvd_authinfo auth = { .type = DVD_LU_SEND_RPC_STATE };
	int ret = ioctl(fd, DVD_READ_STRUCT, &structure);

	if (is_kind("dvd")) {
		const struct dvd_layer *layer = &structure.physical.layer[0];

		ERRNO(ret, 0, "DVD_READ_STRUCT: physical");
		IS(layer->book_type, 0, "DVD_READ_STRUCT: DVD-ROM");
		IS(layer->start_sector, 0x30000, "DVD_READ_STRUCT: first sector");
		IS(layer->end_sector, 0x30000 + sectors - 1, "DVD_READ_STRUCT: last sector");
		IS(layer->nlayers, 0, "DVD_READ_STRUCT: one layer");
		structure = (dvd_struct){ .copyright = { .type = DVD_STRUCT_COPYRIGHT } };
		ERRNO(ioctl(fd, DVD_READ_STRUCT, &structure), 0, "DVD_READ_STRUCT: copyright");
		IS(structure.copyright.cpst, 0, "DVD_READ_STRUCT: not protected");
		structure = (dvd_struct){ .manufact = { .type = DVD_STRUCT_MANUFACT } };
		ERRNO(ioctl(fd, DVD_READ_STRUCT, &structure), 0, "DVD_READ_STRUCT: manufacturer");
	} else {
		tap(ret == -1, "%s", about("DVD_READ_STRUCT fails"));
	}
	ret = ioctl(fd, DVD_AUTH, &auth);
	ERRNO(ret, 0, "DVD_AUTH: region state");
	IS(auth.lrpcs.type, 0, "DVD_AUTH: no region is set");
	IS(auth.lrpcs.region_mask, 0xFF, "DVD_AUTH: the mask of one that has none");
	IS(auth.lrpcs.rpc_scheme, 0, "DVD_AUTH: regions are not enforced");
	auth = (dvd_authinfo){ .type = DVD_LU_SEND_AGID };
	ERRNO(ioctl(fd, DVD_AUTH, &auth), EIO, "DVD_AUTH: there are no keys");
}

static void test_last_written(void)
{
	long last = -1;
	long next[2], before;

	ERRNO(ioctl(fd, CDROM_LAST_WRITTEN, &last), 0, "CDROM_LAST_WRITTEN");
	IS((int)last, sectors, "CDROM_LAST_WRITTEN is the end of the track, as the CD-ROM layer counts");

	/* A long of the kernel's size would not fit into one of a 32-bit program. */
	memset(next, 0xA5, sizeof(next));
	before = next[1];
	ERRNO(ioctl(fd, CDROM_NEXT_WRITABLE, next), 0, "CDROM_NEXT_WRITABLE");
	IS(next[0], sectors + 7, "CDROM_NEXT_WRITABLE is what the CD-ROM layer makes of the last written");
	IS(next[1], before, "CDROM_NEXT_WRITABLE leaves what is behind it alone");
}

static void test_changed_when(void)
{
	struct cdrom_timed_media_change_info info = {};

	if (ioctl(fd, CDROM_TIMED_MEDIA_CHANGE, &info)) {
		tap(errno == ENOTTY || errno == EINVAL, "%s # SKIP not in this kernel", about("CDROM_TIMED_MEDIA_CHANGE"));
		return;
	}
	tap(1, "%s", about("CDROM_TIMED_MEDIA_CHANGE"));
	info.last_media_change = 0;
	IS(ioctl(fd, CDROM_TIMED_MEDIA_CHANGE, &info), 0, "CDROM_TIMED_MEDIA_CHANGE with a time");
	tap(info.last_media_change >= 0, "%s", about("CDROM_TIMED_MEDIA_CHANGE tells a time"));
}

/* --- ioctls of the SCSI layer ---------------------------------------------------------------------------------- */

struct idlun {
	uint32_t id, unique;
};

static void test_small(const char *other)
{
	struct idlun mine = {}, others = {};
	int value, bus = -1;

	ERRNO(ioctl(fd, SCSI_IOCTL_GET_IDLUN, &mine), 0, "SCSI_IOCTL_GET_IDLUN");
	tap((mine.id & 0xff) < 16 && (mine.id >> 8 & 0xff) < 8, "%s", about("target and LUN as cdrkit knows them"));
	ERRNO(ioctl(fd, SCSI_IOCTL_GET_BUS_NUMBER, &bus), 0, "SCSI_IOCTL_GET_BUS_NUMBER");
	tap(bus >= 0 && bus < 1256, "%s", about("bus as cdrkit knows it"));
	if (other) {
		int other_fd = open(other, O_RDONLY | O_NONBLOCK);

		ERRNO(ioctl(other_fd, SCSI_IOCTL_GET_IDLUN, &others), 0, "SCSI_IOCTL_GET_IDLUN of another drive");
		tap(mine.id != others.id, "%s", about("drives can be told apart by it"));
		tap(mine.unique != others.unique, "%s", about("and by the unique number"));
		close(other_fd);
	}
	value = -1;
	ERRNO(ioctl(fd, SG_GET_VERSION_NUM, &value), 0, "SG_GET_VERSION_NUM");
	tap(value >= 30000, "%s", about("SG_GET_VERSION_NUM is at least 30000"));
	value = 12300;
	ERRNO(ioctl(fd, SG_SET_TIMEOUT, &value), 0, "SG_SET_TIMEOUT");
	IS(ioctl(fd, SG_GET_TIMEOUT, NULL), 12300, "SG_GET_TIMEOUT");
	value = -1;
	ERRNO(ioctl(fd, SG_GET_RESERVED_SIZE, &value), 0, "SG_GET_RESERVED_SIZE");
	tap(value >= 65536, "%s", about("SG_GET_RESERVED_SIZE is at least 64 KiB"));
	value = 131072;
	ERRNO(ioctl(fd, SG_SET_RESERVED_SIZE, &value), 0, "SG_SET_RESERVED_SIZE");
	value = -1;
	ioctl(fd, SG_GET_RESERVED_SIZE, &value);
	IS(value, 131072, "SG_GET_RESERVED_SIZE: what was set");
	value = -1;
	ERRNO(ioctl(fd, SG_SET_RESERVED_SIZE, &value), EINVAL, "SG_SET_RESERVED_SIZE: negative");
	ERRNO(ioctl(fd, SG_EMULATED_HOST, &value), 0, "SG_EMULATED_HOST");
	IS(value, 1, "SG_EMULATED_HOST");
	ERRNO(ioctl(fd, SCSI_IOCTL_DOORLOCK_, 0), 0, "SCSI_IOCTL_DOORLOCK");
	ERRNO(ioctl(fd, CDROMEJECT, 0), EBUSY, "CDROMEJECT: locked by it");
	ERRNO(ioctl(fd, SCSI_IOCTL_DOORUNLOCK_, 0), 0, "SCSI_IOCTL_DOORUNLOCK");
	ERRNO(ioctl(fd, SCSI_IOCTL_START_UNIT_, 0), is_kind("empty") ? ENOMEDIUM : 0, "SCSI_IOCTL_START_UNIT");
	ERRNO(ioctl(fd, SCSI_IOCTL_GET_IDLUN, (void *)8), EFAULT, "SCSI_IOCTL_GET_IDLUN: bad pointer");
	ERRNO(ioctl(fd, SG_SET_TIMEOUT, (void *)8), EFAULT, "SG_SET_TIMEOUT: bad pointer");
}

static unsigned char sense[64];
static unsigned char data[256 * 1024];

static struct sg_io_hdr sg(const void *cdb, unsigned int cdb_len, void *buf, unsigned int len)
{
	memset(sense, 0xEE, sizeof(sense));
	return (struct sg_io_hdr){
		.interface_id = 'S', .dxfer_direction = len ? SG_DXFER_FROM_DEV : SG_DXFER_NONE,
		.cmd_len = cdb_len, .cmdp = (void *)cdb, .mx_sb_len = sizeof(sense), .sbp = sense,
		.dxfer_len = len, .dxferp = buf, .timeout = 0,
	};
}

static const unsigned char inquiry[16] = { 0x12, 0, 0, 0, 96 };
static const unsigned char ready[16];
static const unsigned char unknown[16] = { 0xD7 };
static const unsigned char read_two[16] = { 0x28, 0, 0, 0, 0, 16, 0, 0, 2 };

static void test_sg_io(void)
{
	struct sg_io_hdr hdr;

	hdr = sg(inquiry, 6, data, 36);
	hdr.interface_id = 'Q';
	ERRNO(ioctl(fd, SG_IO, &hdr), EINVAL, "SG_IO: interface Q");
	hdr.interface_id = 'A';
	ERRNO(ioctl(fd, SG_IO, &hdr), EINVAL, "SG_IO: interface A");
	hdr = sg(inquiry, 5, data, 36);
	ERRNO(ioctl(fd, SG_IO, &hdr), EMSGSIZE, "SG_IO: a CDB of 5 bytes");
	hdr = sg(inquiry, 255, data, 36);
	ERRNO(ioctl(fd, SG_IO, &hdr), EINVAL, "SG_IO: a CDB of 255 bytes");
	hdr = sg(inquiry, 6, data, 36);
	hdr.dxfer_direction = -9;
	ERRNO(ioctl(fd, SG_IO, &hdr), EINVAL, "SG_IO: an unknown direction");
	hdr = sg(NULL, 6, data, 36);
	ERRNO(ioctl(fd, SG_IO, &hdr), EFAULT, "SG_IO: no CDB");
	hdr = sg(inquiry, 6, (void *)8, 36);
	ERRNO(ioctl(fd, SG_IO, &hdr), EFAULT, "SG_IO: bad pointer for data");
	ERRNO(ioctl(fd, SG_IO, NULL), EFAULT, "SG_IO: no header");
	hdr = sg(inquiry, 6, data, UINT32_MAX);
	ERRNO(ioctl(fd, SG_IO, &hdr), EIO, "SG_IO: 4 GiB of data");

	memset(data, 0xCC, sizeof(data));
	hdr = sg(inquiry, 6, data, 252);
	ERRNO(ioctl(fd, SG_IO, &hdr), 0, "SG_IO: INQUIRY");
	IS(hdr.status, 0, "SG_IO: GOOD");
	IS(hdr.host_status, 0, "SG_IO: host status");
	IS(hdr.driver_status, 0, "SG_IO: driver status");
	IS(hdr.info & SG_INFO_OK_MASK, SG_INFO_OK, "SG_IO: info");
	IS(data[0], 5, "SG_IO: a CD drive");
	IS(data[1], 0x80, "SG_IO: removable");
	tap(hdr.resid > 0 && hdr.resid < 252, "%s", about("SG_IO: resid of a short answer"));
	IS(data[252 - hdr.resid], 0xCC, "SG_IO: nothing behind the answer");
	IS(hdr.resid, 252 - (data[4] + 5 < 96 ? data[4] + 5 : 96), "SG_IO: resid is right");

	/* A buffer that is filled already, and a direction that says so */
	memset(data, 0xCC, sizeof(data));
	hdr = sg(inquiry, 12, data, 200);
	hdr.dxfer_direction = SG_DXFER_TO_FROM_DEV;
	ERRNO(ioctl(fd, SG_IO, &hdr), 0, "SG_IO: TO_FROM_DEV");
	tap(data[0] == 5 && data[199] == 0xCC && !memcmp(data + 8, "VCD     ", 8), "%s",
	    about("SG_IO: TO_FROM_DEV reads into a filled buffer"));
	hdr = sg(inquiry, 16, data, 36);
	ERRNO(ioctl(fd, SG_IO, &hdr), 0, "SG_IO: a CDB of 16 bytes for a command of 6");
	IS(hdr.status, 0, "SG_IO: a CDB of 16 bytes for a command of 6: GOOD");
	hdr = sg(inquiry, 6, data, 0);
	ERRNO(ioctl(fd, SG_IO, &hdr), 0, "SG_IO: INQUIRY without a buffer");

	hdr = sg(unknown, 12, data, 36);
	ERRNO(ioctl(fd, SG_IO, &hdr), 0, "SG_IO: an unknown command");
	IS(hdr.status, 2, "SG_IO: CHECK CONDITION");
	IS(hdr.masked_status, 1, "SG_IO: masked status");
	IS(hdr.driver_status, 8, "SG_IO: driver status says that there is sense");
	IS(hdr.host_status, 0, "SG_IO: no host status");
	IS(hdr.info & SG_INFO_CHECK, SG_INFO_CHECK, "SG_IO: info says so");
	tap(hdr.sb_len_wr >= 18, "%s", about("SG_IO: length of the sense data"));
	IS(hdr.resid, 36, "SG_IO: no data");
	tap((sense[0] & 0x7f) == 0x70 && (sense[2] & 15) == 5 && sense[12] == 0x20 && sense[13] == 0, "%s",
	    about("SG_IO: ILLEGAL REQUEST, INVALID COMMAND OPERATION CODE"));
	IS(sense[hdr.sb_len_wr], 0xEE, "SG_IO: nothing behind the sense data");
	hdr = sg(unknown, 12, NULL, 0);
	hdr.sbp = NULL;
	hdr.mx_sb_len = 0;
	ERRNO(ioctl(fd, SG_IO, &hdr), 0, "SG_IO: no place for sense data");
	IS(hdr.status, 2, "SG_IO: no place for sense data: CHECK CONDITION");
	IS(hdr.sb_len_wr, 0, "SG_IO: no place for sense data: none");
	hdr = sg(unknown, 12, NULL, 0);
	hdr.mx_sb_len = 4;
	ERRNO(ioctl(fd, SG_IO, &hdr), 0, "SG_IO: little place for sense data");
	tap(hdr.sb_len_wr == 4 && sense[4] == 0xEE, "%s", about("SG_IO: little place for sense data: as much"));

	hdr = sg(ready, 6, NULL, 0);
	ERRNO(ioctl(fd, SG_IO, &hdr), 0, "SG_IO: TEST UNIT READY");
	IS(hdr.status, is_kind("empty") ? 2 : 0, "SG_IO: TEST UNIT READY: status");
	if (is_kind("empty"))
		tap((sense[2] & 15) == 2 && sense[12] == 0x3A, "%s", about("SG_IO: NOT READY, MEDIUM NOT PRESENT"));
}

static void test_sg_read(void)
{
	static unsigned char want[2 * SECTOR];
	struct iovec vector[4] = {
		{ data, 1000 }, { data + 8192, 96 }, { data + 16384, 0 }, { data + 32768, 3000 },
	};
	struct sg_io_hdr hdr;
	unsigned char *map;

	if (pread(fd, want, sizeof(want), 16 * SECTOR) != sizeof(want))
		tap_bail("read");
	hdr = sg(read_two, 10, data, 2 * SECTOR);
	hdr.flags = SG_FLAG_DIRECT_IO;
	ERRNO(ioctl(fd, SG_IO, &hdr), 0, "SG_IO: READ(10)");
	tap(!hdr.status && !hdr.resid && !memcmp(data, want, sizeof(want)), "%s", about("SG_IO: READ(10): bytes"));
	memset(data, 0xCC, sizeof(data));
	hdr = sg(read_two, 16, vector, 4096);
	hdr.iovec_count = 4;
	ERRNO(ioctl(fd, SG_IO, &hdr), 0, "SG_IO: READ(10) into a vector");
	tap(!hdr.status && !hdr.resid && !memcmp(data, want, 1000) && !memcmp(data + 8192, want + 1000, 96) &&
	    !memcmp(data + 32768, want + 1096, 3000) && data[1000] == 0xCC && data[8192 + 96] == 0xCC, "%s",
	    about("SG_IO: READ(10) into a vector: bytes"));
	/* A list of one element goes another way through the kernel than longer ones */
	memset(data, 0xCC, sizeof(data));
	vector[0].iov_len = 4096;
	hdr = sg(read_two, 10, vector, 4096);
	hdr.iovec_count = 1;
	ERRNO(ioctl(fd, SG_IO, &hdr), 0, "SG_IO: READ(10) into a vector of one");
	tap(!hdr.status && !hdr.resid && !memcmp(data, want, 4096), "%s",
	    about("SG_IO: READ(10) into a vector of one: bytes"));
	memset(data, 0xCC, sizeof(data));
	vector[0].iov_len = 3000;
	hdr = sg(read_two, 10, vector, 4096);
	hdr.iovec_count = 1;
	ERRNO(ioctl(fd, SG_IO, &hdr), 0, "SG_IO: READ(10) into a vector shorter than it says");
	tap(!hdr.status && !memcmp(data, want, 3000) && data[3000] == 0xCC, "%s",
	    about("SG_IO: READ(10) into a vector shorter than it says: bytes"));
	IS(hdr.resid, 0, "SG_IO: READ(10) into a vector shorter than it says: resid");
	vector[0].iov_len = 0;
	ERRNO(ioctl(fd, SG_IO, &hdr), EINVAL, "SG_IO: READ(10) into an empty vector");
	memset(data, 0, 8);
	vector[0].iov_len = 8;
	hdr = sg((unsigned char[10]){ 0x55, 0x10, 0, 0, 0, 0, 0, 0, 8, 0 }, 10, vector, 8);
	hdr.dxfer_direction = SG_DXFER_TO_DEV;
	hdr.iovec_count = 1;
	ERRNO(ioctl(fd, SG_IO, &hdr), 0, "SG_IO: MODE SELECT(10) from a vector of one");
	IS(hdr.status, 0, "SG_IO: MODE SELECT(10) from a vector of one: status");
	memset(data, 0xCC, sizeof(data));
	hdr = sg(read_two, 10, data, 100000);
	ERRNO(ioctl(fd, SG_IO, &hdr), 0, "SG_IO: READ(10), buffer too long");
	IS(hdr.resid, 100000 - 4096, "SG_IO: READ(10), buffer too long: resid");
	memset(data, 0xCC, sizeof(data));
	hdr = sg(read_two, 10, data, 3000);
	ERRNO(ioctl(fd, SG_IO, &hdr), 0, "SG_IO: READ(10), buffer too short");
	tap(!memcmp(data, want, 3000) && data[3000] == 0xCC, "%s", about("SG_IO: READ(10), buffer too short: no byte beyond"));
	/* Into a mapping of this very node */
	map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	hdr = sg(read_two, 10, map, 4096);
	ERRNO(ioctl(fd, SG_IO, &hdr), 0, "SG_IO: READ(10) into a mapping of the node");
	tap(!memcmp(map, want, 4096), "%s", about("SG_IO: READ(10) into a mapping of the node: bytes"));
	munmap(map, 4096);
	hdr = sg((unsigned char[10]){ 0x28, 0, sectors >> 24, sectors >> 16, sectors >> 8, sectors, 0, 0, 1 }, 10, data,
		 SECTOR);
	ERRNO(ioctl(fd, SG_IO, &hdr), 0, "SG_IO: READ(10) beyond the end");
	tap(hdr.status == 2 && (sense[2] & 15) == 5 && sense[12] == 0x21, "%s",
	    about("SG_IO: READ(10) beyond the end: LOGICAL BLOCK ADDRESS OUT OF RANGE"));
}

static void test_send_packet(void)
{
	struct request_sense cgc_sense = {};
	struct cdrom_generic_command cgc;

	cgc = (struct cdrom_generic_command){
		.cmd = { 0x12, 0, 0, 0, 96 }, .buffer = data, .buflen = 96, .stat = 99, .sense = &cgc_sense,
		.data_direction = CGC_DATA_READ, .timeout = 500,
	};
	memset(data, 0xCC, 200);
	ERRNO(ioctl(fd, CDROM_SEND_PACKET, &cgc), 0, "CDROM_SEND_PACKET: INQUIRY");
	IS(cgc.stat, 0, "CDROM_SEND_PACKET: status");
	IS(cgc.buflen, 96 - (data[4] + 5 < 96 ? data[4] + 5 : 96), "CDROM_SEND_PACKET: what is left of the buffer");
	tap(data[0] == 5 && !memcmp(data + 8, "VCD     ", 8), "%s", about("CDROM_SEND_PACKET: the answer"));
	cgc = (struct cdrom_generic_command){
		.cmd = { 0xD7 }, .stat = 99, .sense = &cgc_sense, .data_direction = CGC_DATA_NONE,
	};
	ERRNO(ioctl(fd, CDROM_SEND_PACKET, &cgc), EIO, "CDROM_SEND_PACKET: CHECK CONDITION is EIO");
	tap(cgc_sense.sense_key == 5 && cgc_sense.asc == 0x20, "%s", about("CDROM_SEND_PACKET: sense data"));
	cgc.data_direction = 17;
	ERRNO(ioctl(fd, CDROM_SEND_PACKET, &cgc), EINVAL, "CDROM_SEND_PACKET: an unknown direction");
	ERRNO(ioctl(fd, CDROM_SEND_PACKET, (void *)8), EFAULT, "CDROM_SEND_PACKET: bad pointer");
}

static void test_without_disc(void)
{
	struct cdrom_tochdr header;
	struct cdrom_multisession session = { .addr_format = CDROM_LBA };
	long last;

	ERRNO(ioctl(fd, CDROMREADTOCHDR, &header), ENOMEDIUM, "CDROMREADTOCHDR");
	ERRNO(ioctl(fd, CDROMMULTISESSION, &session), ENOMEDIUM, "CDROMMULTISESSION");
	IS(ioctl(fd, CDROM_DRIVE_STATUS, CDSL_CURRENT), CDS_NO_DISC, "CDROM_DRIVE_STATUS");
	IS(ioctl(fd, CDROM_DISC_STATUS, CDSL_CURRENT), CDS_NO_DISC, "CDROM_DISC_STATUS");
	tap(ioctl(fd, CDROM_LAST_WRITTEN, &last) == -1, "%s", about("CDROM_LAST_WRITTEN fails"));
}

int main(int argc, char **argv)
{
	if (argc < 4) {
		fprintf(stderr, "usage: cdrom-ioctls cd|dvd|bd|empty SECTORS NODE [OTHER-NODE]\n");
		return 2;
	}
	kind = argv[1];
	sectors = strtoul(argv[2], NULL, 0);
	if (sizeof(void *) == 4)
		tap_suffix = " (32 bits)";
	fd = open(argv[3], O_RDONLY | O_NONBLOCK);
	if (fd < 0)
		tap_bail("%s", argv[3]);

	test_small(argc > 4 ? argv[4] : NULL);
	test_sg_io();
	test_send_packet();
	test_refused();
	if (is_kind("empty")) {
		test_without_disc();
	} else {
		test_toc();
		test_dvd();
		test_raw();
		test_last_written();
		test_changed_when();
		test_sg_read();
	}
	test_drive();
	close(fd);
	return tap_failed ? 1 : 0;
}
