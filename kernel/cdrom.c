// SPDX-License-Identifier: GPL-2.0
/*
 * The drive in the uniform CD-ROM layer.
 *
 * Its operations are called under cdrom_lock, and some of them, by file systems that look for sessions, under no lock
 * of ours at all: whatever they share is protected by vcd_drive.lock.
 */
#include <linux/cdrom.h>
#include <linux/uio.h>
#include <scsi/scsi_common.h>

#include "vcd.h"

/* 1x of a CD-ROM in units of 1000 bytes/s, as MMC counts it. */
#define CD_SPEED_1X		177
/* What /proc/sys/dev/cdrom/info shows. */
#define SPEED_SHOWN		48

static int cdrom_op_open(struct cdrom_device_info *cdi, int nonblock)
{
	return 0;
}

static void cdrom_op_release(struct cdrom_device_info *cdi)
{
}

static int cdrom_op_drive_status(struct cdrom_device_info *cdi, int slot)
{
	struct vcd_drive *drive = cdi->handle;
	int status;

	if (slot != CDSL_CURRENT)
		return -EINVAL;
	spin_lock(&drive->lock);
	if (drive->mmc.tray_open)
		status = CDS_TRAY_OPEN;
	else if (vcd_drive_loaded(drive))
		status = CDS_DISC_OK;
	else
		status = CDS_NO_DISC;
	spin_unlock(&drive->lock);
	return status;
}

static unsigned int cdrom_op_check_events(struct cdrom_device_info *cdi, unsigned int clearing, int slot)
{
	struct vcd_drive *drive = cdi->handle;
	unsigned int events;

	spin_lock(&drive->lock);
	events = drive->events;
	drive->events = 0;
	/* Whoever asks knows now that the medium has changed. */
	vcd_media_acknowledge(drive);
	spin_unlock(&drive->lock);
	return events;
}

static int cdrom_op_tray_move(struct cdrom_device_info *cdi, int open)
{
	struct vcd_drive *drive = cdi->handle;

	lockdep_assert_held(&drive->cdrom_lock);

	/*
	 * Ioctls that play audio would close the tray to look for some, if CDO_CHECK_TYPE is set. But others may have
	 * the node open, who would have to be told of the disc, and this is not a place where they can be.
	 */
	if (drive->ioctl)
		return -EBUSY;
	return vcd_media_tray_move(drive, open);
}

static int cdrom_op_lock_door(struct cdrom_device_info *cdi, int lock)
{
	struct vcd_drive *drive = cdi->handle;

	lockdep_assert_held(&drive->cdrom_lock);

	/*
	 * An open that fails unlocks the door, even though others hold the disc or asked for it to stay locked. Only
	 * CDROM_LOCKDOOR and the last close mean it.
	 */
	if (!lock && drive->ioctl != CDROM_LOCKDOOR && (cdi->use_count > 1 || cdi->keeplocked))
		return 0;
	spin_lock(&drive->lock);
	/* As with sr, who asks for it by name lets go of what commands have locked, too. */
	if (!lock && drive->ioctl == CDROM_LOCKDOOR)
		vcd_nexus_allow(drive);
	else
		vcd_nexus_door(drive, lock);
	spin_unlock(&drive->lock);
	return 0;
}

/* Sends a command of the CD-ROM layer whose answer goes to @buffer, which may be NULL. */
static int kernel_packet(struct vcd_drive *drive, const u8 *cdb, void *buffer, size_t size, struct vcd_packet *packet)
{
	struct kvec kvec = { .iov_base = buffer, .iov_len = size };
	struct iov_iter iter;
	int ret;

	packet->cdb = cdb;
	packet->cdb_len = CDROM_PACKET_SIZE;
	if (buffer && size) {
		iov_iter_kvec(&iter, ITER_DEST, &kvec, 1, size);
		packet->iter = &iter;
	}
	ret = vcd_packet_execute(drive, VCD_PARTY_KERNEL, packet);
	packet->iter = NULL;
	return ret;
}

/* The same, of which only the answer matters: 0, or an error as sr has it. */
static int kernel_command(struct vcd_drive *drive, const u8 *cdb, void *buffer, size_t size)
{
	struct vcd_packet packet = {};
	int ret = kernel_packet(drive, cdb, buffer, size, &packet);

	return ret ? ret : vcd_packet_errno(&packet);
}

static int cdrom_op_select_speed(struct cdrom_device_info *cdi, vcd_cdrom_speed_t speed)
{
	unsigned int rate = !speed || speed > 0xffff / CD_SPEED_1X ? 0xffff : speed * CD_SPEED_1X;
	u8 cdb[CDROM_PACKET_SIZE] = { GPCMD_SET_SPEED, 0, rate >> 8, rate, 0xff, 0xff };

	return kernel_command(cdi->handle, cdb, NULL, 0);
}

static int cdrom_op_get_last_session(struct cdrom_device_info *cdi, struct cdrom_multisession *session)
{
	struct vcd_drive *drive = cdi->handle;
	const struct mmc_medium *medium;
	struct vcd_disc *disc;
	unsigned int i;

	spin_lock(&drive->lock);
	disc = vcd_drive_loaded(drive);
	if (!disc) {
		spin_unlock(&drive->lock);
		return -ENOMEDIUM;
	}
	/* The first track of the last session. */
	medium = &disc->medium;
	for (i = medium->nr_tracks - 1; i && medium->tracks[i - 1].session == medium->sessions; i--)
		;
	/* Where the first track begins is no session, as sr has it. */
	session->addr.lba = i ? medium->tracks[i].lba : 0;
	spin_unlock(&drive->lock);
	session->addr_format = CDROM_LBA;
	session->xa_flag = session->addr.lba > 0;
	return 0;
}

static int cdrom_op_get_mcn(struct cdrom_device_info *cdi, struct cdrom_mcn *mcn)
{
	u8 cdb[CDROM_PACKET_SIZE] = { GPCMD_READ_SUBCHANNEL, 0, 0x40, 2, [8] = 24 };
	u8 reply[24] = {};

	/* The CD-ROM layer copies the whole structure to the user. A disc without a number is no error. */
	memset(mcn, 0, sizeof(*mcn));
	if (!kernel_command(cdi->handle, cdb, reply, sizeof(reply)) && reply[8] & 0x80)
		memcpy(mcn->medium_catalog_number, reply + 9, MMC_MCN_LEN);
	return 0;
}

static int cdrom_op_reset(struct cdrom_device_info *cdi)
{
	struct vcd_drive *drive = cdi->handle;

	spin_lock(&drive->lock);
	vcd_nexus_attention(drive, MMC_UA_POWER_ON, NULL);
	spin_unlock(&drive->lock);
	return 0;
}

static int read_toc_header(struct vcd_drive *drive, struct cdrom_tochdr *header)
{
	u8 cdb[CDROM_PACKET_SIZE] = { GPCMD_READ_TOC_PMA_ATIP, [8] = 12 };
	u8 reply[12] = {};
	int ret;

	ret = kernel_command(drive, cdb, reply, sizeof(reply));
	if (ret)
		return ret;
	header->cdth_trk0 = reply[2];
	header->cdth_trk1 = reply[3];
	return 0;
}

static int read_toc_entry(struct vcd_drive *drive, struct cdrom_tocentry *entry)
{
	bool msf = entry->cdte_format == CDROM_MSF;
	u8 cdb[CDROM_PACKET_SIZE] = { GPCMD_READ_TOC_PMA_ATIP, msf ? 2 : 0, [6] = entry->cdte_track, [8] = 12 };
	u8 reply[12] = {};
	int ret;

	ret = kernel_command(drive, cdb, reply, sizeof(reply));
	if (ret)
		return ret;
	entry->cdte_ctrl = reply[5] & 0x0f;
	entry->cdte_adr = reply[5] >> 4;
	entry->cdte_datamode = entry->cdte_ctrl & CDROM_DATA_TRACK ? 1 : 0;
	if (msf) {
		entry->cdte_addr.msf.minute = reply[9];
		entry->cdte_addr.msf.second = reply[10];
		entry->cdte_addr.msf.frame = reply[11];
	} else {
		entry->cdte_addr.lba = mmc_get32(reply + 8);
	}
	return 0;
}

/* The one ioctl that plays for which the CD-ROM layer does not make a command by itself. */
static int play_tracks(struct vcd_drive *drive, const struct cdrom_ti *tracks)
{
	u8 cdb[CDROM_PACKET_SIZE] = {
		GPCMD_PLAY_AUDIO_TI, [4] = tracks->cdti_trk0, [5] = tracks->cdti_ind0, [7] = tracks->cdti_trk1,
		[8] = tracks->cdti_ind1,
	};

	return kernel_command(drive, cdb, NULL, 0);
}

static int cdrom_op_audio_ioctl(struct cdrom_device_info *cdi, unsigned int cmd, void *arg)
{
	switch (cmd) {
	case CDROMREADTOCHDR:
		return read_toc_header(cdi->handle, arg);
	case CDROMREADTOCENTRY:
		return read_toc_entry(cdi->handle, arg);
	case CDROMPLAYTRKIND:
		return play_tracks(cdi->handle, arg);
	default:
		return -EINVAL;
	}
}

/* Fixed format is the only one that the drive has. */
static void sense_header(const struct vcd_packet *packet, struct scsi_sense_hdr *header)
{
	memset(header, 0, sizeof(*header));
	if (!packet->sense_len)
		return;
	header->response_code = packet->sense[0] & 0x7f;
	header->sense_key = packet->sense[2] & 0x0f;
	header->asc = packet->sense[12];
	header->ascq = packet->sense[13];
	header->additional_length = packet->sense[7];
}

static int cdrom_op_generic_packet(struct cdrom_device_info *cdi, struct packet_command *cgc)
{
	bool in = cgc->data_direction == CGC_DATA_READ || cgc->data_direction == CGC_DATA_UNKNOWN;
	struct vcd_packet packet = {};
	int ret;

	if (cgc->data_direction == CGC_DATA_WRITE) {
		packet.out = cgc->buffer;
		packet.out_len = cgc->buflen;
	}
	ret = kernel_packet(cdi->handle, cgc->cmd, in ? cgc->buffer : NULL, in ? cgc->buflen : 0, &packet);
	if (!ret) {
		ret = vcd_packet_errno(&packet);
		if (cgc->sshdr)
			sense_header(&packet, cgc->sshdr);
	}
	cgc->stat = ret;
	return ret;
}

static const struct cdrom_device_ops cdrom_ops = {
	.open			= cdrom_op_open,
	.release		= cdrom_op_release,
	.drive_status		= cdrom_op_drive_status,
	.check_events		= cdrom_op_check_events,
	.tray_move		= cdrom_op_tray_move,
	.lock_door		= cdrom_op_lock_door,
	.select_speed		= cdrom_op_select_speed,
	.get_last_session	= cdrom_op_get_last_session,
	.get_mcn		= cdrom_op_get_mcn,
	.reset			= cdrom_op_reset,
	.audio_ioctl		= cdrom_op_audio_ioctl,
	.generic_packet		= cdrom_op_generic_packet,
	/* Play audio also stands for knowing the tracks of a disc: without it CDROM_DISC_STATUS knows nothing. */
	.capability		= CDC_CLOSE_TRAY | CDC_OPEN_TRAY | CDC_LOCK | CDC_SELECT_SPEED | CDC_MULTI_SESSION |
				  CDC_MCN | CDC_MEDIA_CHANGED | CDC_PLAY_AUDIO | CDC_RESET | CDC_DRIVE_STATUS |
				  CDC_GENERIC_PACKET | CDC_DVD,
};

/**
 * vcd_cdrom_register - make the drive known to the CD-ROM layer
 * @drive: the drive, with its disk
 *
 * Return: 0 or an errno.
 */
int vcd_cdrom_register(struct vcd_drive *drive)
{
	struct cdrom_device_info *cdi = &drive->cdi;
	int ret;

	cdi->ops = &cdrom_ops;
	cdi->handle = drive;
	cdi->speed = SPEED_SHOWN;
	cdi->capacity = 1;
	strscpy(cdi->name, drive->disk->disk_name, sizeof(cdi->name));
	ret = register_cdrom(drive->disk, cdi);
	if (ret)
		return ret;
	/* The CD-ROM layer has its own idea of what can be written to. */
	set_disk_ro(drive->disk, true);
	return 0;
}

/** vcd_cdrom_unregister - the drive's name may be used again; those who have it open still reach its operations */
void vcd_cdrom_unregister(struct vcd_drive *drive)
{
	unregister_cdrom(&drive->cdi);
}
