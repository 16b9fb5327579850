// SPDX-License-Identifier: GPL-2.0
/*
 * SG_IO, CDROM_SEND_PACKET and the small ioctls of the SCSI layer, on the block node.
 *
 * They behave as those of the SCSI layer do on a drive of sr, down to errno values that programs probe for.
 */
#include <linux/blkdev.h>
#include <linux/capability.h>
#include <linux/compat.h>
#include <linux/jiffies.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/uio.h>
#include <scsi/scsi.h>
#include <scsi/scsi_ioctl.h>
#include <scsi/sg.h>

#include "vcd.h"

/* The version of the interface that the SCSI layer's block nodes report. */
#define SG_VERSION		30527
/* Longest transfer of one command, as max_hw_sectors has it for a SCSI drive. */
#define SG_TRANSFER_MAX		(4U * 1024 * 1024)
#define SG_CDB_MIN		6

/*
 * Programs tell drives apart by bus, target and LUN. Each drive gets a target of its own, on buses that real host
 * adapters are unlikely to reach; cdrkit knows targets 0 to 15.
 */
#define TARGETS_PER_BUS		16
#define FIRST_BUS		64

#define DRIVER_SENSE		0x08

static int bus_number(const struct vcd_drive *drive)
{
	return FIRST_BUS + drive->index / TARGETS_PER_BUS;
}

static int get_idlun(const struct vcd_drive *drive, void __user *arg)
{
	u32 idlun[2] = {
		(drive->index % TARGETS_PER_BUS) | (u32)(bus_number(drive) & 0xff) << 24,
		drive->index,
	};

	return copy_to_user(arg, idlun, sizeof(idlun)) ? -EFAULT : 0;
}

static int set_timeout(struct vcd_drive *drive, int __user *arg)
{
	int timeout;

	if (get_user(timeout, arg))
		return -EFAULT;
	WRITE_ONCE(drive->sg_timeout, clock_t_to_jiffies(timeout));
	return 0;
}

static int set_reserved(struct vcd_drive *drive, int __user *arg)
{
	int size;

	if (get_user(size, arg))
		return -EFAULT;
	if (size < 0)
		return -EINVAL;
	WRITE_ONCE(drive->sg_reserved, min_t(u32, size, SG_TRANSFER_MAX));
	return 0;
}

/* May a command be sent through a descriptor of this mode? The kernel's SCSI command filter. */
static bool command_allowed(u8 opcode, blk_mode_t mode)
{
	enum mmc_access access = mmc_access(opcode);

	if (access == MMC_ACCESS_READ)
		return true;
	if (access == MMC_ACCESS_WRITE && (mode & BLK_OPEN_WRITE))
		return true;
	return capable(CAP_SYS_RAWIO);
}

/* A command without data that is made here. As in the SCSI layer, whoever may open the node may do that. */
static int simple_command(struct vcd_drive *drive, u8 opcode, u8 byte4)
{
	u8 cdb[6] = { opcode, 0, 0, 0, byte4, 0 };
	struct vcd_packet packet = { .cdb = cdb, .cdb_len = sizeof(cdb) };
	int ret;

	ret = vcd_packet_execute(drive, VCD_PARTY_PROCESS, &packet);
	return ret ? ret : vcd_packet_errno(&packet);
}

/* The user's buffer or list of buffers. @iov has room for one element; afterwards it is for kfree(). */
static int import_buffer(const struct sg_io_hdr *hdr, unsigned int direction, struct iovec **iov,
			 struct iov_iter *iter)
{
	ssize_t ret;

	if (hdr->iovec_count) {
		/* With one element, import_iovec() uses the room given to it without looking how much it is. */
		ret = import_iovec(direction, hdr->dxferp, hdr->iovec_count, 1, iov, iter);
		if (ret < 0)
			return ret;
	} else {
		*iov = NULL;
		if (!access_ok(hdr->dxferp, hdr->dxfer_len))
			return -EFAULT;
		iov_iter_ubuf(iter, direction, hdr->dxferp, hdr->dxfer_len);
	}
	/* The shorter of the two wins; nothing at all is no buffer. */
	iov_iter_truncate(iter, hdr->dxfer_len);
	if (iov_iter_count(iter))
		return 0;
	kfree(*iov);
	return -EINVAL;
}

/* Data that comes with a command: a copy of what may be a parameter list. @iter stays at the beginning of all of it. */
static int copy_out_data(struct iov_iter *iter, struct vcd_packet *packet)
{
	size_t len = min_t(size_t, iov_iter_count(iter), MMC_OUT_MAX);
	struct iov_iter head = *iter;
	u8 *data;

	data = kmalloc(len, GFP_KERNEL);
	if (!data)
		return -ENOMEM;
	if (!copy_from_iter_full(data, len, &head)) {
		kfree(data);
		return -EFAULT;
	}
	packet->out = data;
	packet->out_len = len;
	packet->source = iter;
	return 0;
}

/* What there is to say of a command for whose data there were @room bytes. */
static void fill_result(struct sg_io_hdr *hdr, const struct vcd_packet *packet, size_t room)
{
	hdr->status = packet->status;
	hdr->masked_status = (packet->status >> 1) & 0x1f;
	hdr->msg_status = 0;
	hdr->host_status = 0;
	hdr->driver_status = packet->sense_len ? DRIVER_SENSE : 0;
	hdr->info = packet->status ? SG_INFO_CHECK : 0;
	/* What came with a command counts as sent; the drive takes it or refuses it as a whole. */
	if (hdr->dxfer_direction == SG_DXFER_TO_DEV)
		hdr->resid = packet->status ? room : 0;
	else
		hdr->resid = room - packet->done;
	hdr->sb_len_wr = 0;
}

static int copy_sense(struct sg_io_hdr *hdr, const struct vcd_packet *packet)
{
	unsigned int len = min_t(unsigned int, hdr->mx_sb_len, packet->sense_len);

	if (!len || !hdr->sbp)
		return 0;
	if (copy_to_user(hdr->sbp, packet->sense, len))
		return -EFAULT;
	hdr->sb_len_wr = len;
	return 0;
}

/* Everything that the SCSI layer checks before it looks at the command itself. */
static int check_header(const struct sg_io_hdr *hdr)
{
	if (hdr->interface_id != 'S')
		return -EINVAL;
	if (hdr->dxfer_len > SG_TRANSFER_MAX)
		return -EIO;
	if (hdr->dxfer_len && hdr->dxfer_direction != SG_DXFER_TO_DEV &&
	    hdr->dxfer_direction != SG_DXFER_FROM_DEV && hdr->dxfer_direction != SG_DXFER_TO_FROM_DEV)
		return -EINVAL;
	if (hdr->cmd_len > MMC_CDB_MAX)
		return -EINVAL;
	return hdr->cmd_len < SG_CDB_MIN ? -EMSGSIZE : 0;
}

/* A length that the compiler knows need not be checked against the size of what is copied to as the kernel runs. */
static int copy_cdb(u8 *cdb, const void __user *from, unsigned int len)
{
	switch (len) {
	case 6:
		return copy_from_user(cdb, from, 6);
	case 10:
		return copy_from_user(cdb, from, 10);
	case 12:
		return copy_from_user(cdb, from, 12);
	case 16:
		return copy_from_user(cdb, from, 16);
	default:
		return copy_from_user(cdb, from, len);
	}
}

/* Not inline: most commands of programs that wait for something to happen move no data. */
static noinline int execute_with_data(struct vcd_drive *drive, struct sg_io_hdr *hdr, struct vcd_packet *packet,
				      size_t *room)
{
	bool out = hdr->dxfer_direction == SG_DXFER_TO_DEV;
	struct iovec one, *iov = &one;
	struct iov_iter iter;
	int ret;

	ret = import_buffer(hdr, out ? ITER_SOURCE : ITER_DEST, &iov, &iter);
	if (ret)
		return ret;
	*room = iov_iter_count(&iter);
	if (out)
		ret = copy_out_data(&iter, packet);
	else
		packet->iter = &iter;
	if (!ret)
		ret = vcd_packet_execute(drive, VCD_PARTY_PROCESS, packet);
	kfree(packet->out);
	kfree(iov);
	/* What it is told to read into ends here. */
	packet->iter = NULL;
	return ret;
}

/**
 * sg_execute - carry out a command of a user
 * @drive: the drive
 * @mode: of the descriptor
 * @hdr: in native form; the results are filled in
 *
 * Return: 0 if the drive answered, whatever it answered, or an errno.
 */
static int sg_execute(struct vcd_drive *drive, blk_mode_t mode, struct sg_io_hdr *hdr)
{
	struct vcd_packet packet = {};
	unsigned long start = jiffies;
	u8 cdb[MMC_CDB_MAX];
	size_t room = 0;
	int ret;

	ret = check_header(hdr);
	if (ret)
		return ret;
	/* Once: what is checked is what is carried out. */
	if (copy_cdb(cdb, hdr->cmdp, hdr->cmd_len))
		return -EFAULT;
	if (!command_allowed(cdb[0], mode))
		return -EPERM;
	packet.cdb = cdb;
	packet.cdb_len = hdr->cmd_len;
	if (hdr->dxfer_len)
		ret = execute_with_data(drive, hdr, &packet, &room);
	else
		ret = vcd_packet_execute(drive, VCD_PARTY_PROCESS, &packet);
	if (ret)
		return ret;
	fill_result(hdr, &packet, room);
	hdr->duration = jiffies_to_msecs(jiffies - start);
	return copy_sense(hdr, &packet);
}

#ifdef CONFIG_COMPAT

static int get_header_compat(struct sg_io_hdr *hdr, void __user *arg)
{
	struct compat_sg_io_hdr hdr32;

	if (copy_from_user(&hdr32, arg, sizeof(hdr32)))
		return -EFAULT;
	*hdr = (struct sg_io_hdr) {
		.interface_id		= hdr32.interface_id,
		.dxfer_direction	= hdr32.dxfer_direction,
		.cmd_len		= hdr32.cmd_len,
		.mx_sb_len		= hdr32.mx_sb_len,
		.iovec_count		= hdr32.iovec_count,
		.dxfer_len		= hdr32.dxfer_len,
		.dxferp			= compat_ptr(hdr32.dxferp),
		.cmdp			= compat_ptr(hdr32.cmdp),
		.sbp			= compat_ptr(hdr32.sbp),
		.timeout		= hdr32.timeout,
		.flags			= hdr32.flags,
		.pack_id		= hdr32.pack_id,
		.usr_ptr		= compat_ptr(hdr32.usr_ptr),
	};
	return 0;
}

static int put_header_compat(const struct sg_io_hdr *hdr, void __user *arg)
{
	struct compat_sg_io_hdr hdr32 = {
		.interface_id		= hdr->interface_id,
		.dxfer_direction	= hdr->dxfer_direction,
		.cmd_len		= hdr->cmd_len,
		.mx_sb_len		= hdr->mx_sb_len,
		.iovec_count		= hdr->iovec_count,
		.dxfer_len		= hdr->dxfer_len,
		.dxferp			= ptr_to_compat(hdr->dxferp),
		.cmdp			= ptr_to_compat(hdr->cmdp),
		.sbp			= ptr_to_compat(hdr->sbp),
		.timeout		= hdr->timeout,
		.flags			= hdr->flags,
		.pack_id		= hdr->pack_id,
		.usr_ptr		= ptr_to_compat(hdr->usr_ptr),
		.status			= hdr->status,
		.masked_status		= hdr->masked_status,
		.msg_status		= hdr->msg_status,
		.sb_len_wr		= hdr->sb_len_wr,
		.host_status		= hdr->host_status,
		.driver_status		= hdr->driver_status,
		.resid			= hdr->resid,
		.duration		= hdr->duration,
		.info			= hdr->info,
	};

	return copy_to_user(arg, &hdr32, sizeof(hdr32)) ? -EFAULT : 0;
}

#else

static int get_header_compat(struct sg_io_hdr *hdr, void __user *arg)
{
	return -EINVAL;
}

static int put_header_compat(const struct sg_io_hdr *hdr, void __user *arg)
{
	return -EINVAL;
}

#endif /* CONFIG_COMPAT */

/* Where the results begin in the structure. */
#define RESULTS		offsetof(struct sg_io_hdr, status)

static int sg_io(struct vcd_drive *drive, blk_mode_t mode, void __user *arg)
{
	struct sg_io_hdr hdr;
	int ret;

	if (in_compat_syscall())
		ret = get_header_compat(&hdr, arg);
	else
		ret = copy_from_user(&hdr, arg, sizeof(hdr)) ? -EFAULT : 0;
	if (ret)
		return ret;
	ret = sg_execute(drive, mode, &hdr);
	if (ret)
		return ret;
	if (in_compat_syscall())
		return put_header_compat(&hdr, arg);
	/* What was put in stays as it is: the results stand behind it. */
	return copy_to_user(arg + RESULTS, &hdr.status, sizeof(hdr) - RESULTS) ? -EFAULT : 0;
}

#ifdef CONFIG_COMPAT

/* struct cdrom_generic_command as a 32-bit program has it */
struct compat_generic_command {
	u8 cmd[CDROM_PACKET_SIZE];
	compat_caddr_t buffer;
	compat_uint_t buflen;
	compat_int_t stat;
	compat_caddr_t sense;
	u8 data_direction;
	u8 pad[3];
	compat_int_t quiet;
	compat_int_t timeout;
	compat_caddr_t unused;
};

static int get_packet_compat(struct cdrom_generic_command *cgc, void __user *arg)
{
	struct compat_generic_command cgc32;

	if (copy_from_user(&cgc32, arg, sizeof(cgc32)))
		return -EFAULT;
	memset(cgc, 0, sizeof(*cgc));
	memcpy(cgc->cmd, cgc32.cmd, sizeof(cgc->cmd));
	cgc->buffer = compat_ptr(cgc32.buffer);
	cgc->buflen = cgc32.buflen;
	cgc->sense = compat_ptr(cgc32.sense);
	cgc->data_direction = cgc32.data_direction;
	return 0;
}

static int put_packet_compat(const struct cdrom_generic_command *cgc, void __user *arg)
{
	struct compat_generic_command __user *cgc32 = arg;

	return put_user(cgc->buflen, &cgc32->buflen) || put_user(cgc->stat, &cgc32->stat) ? -EFAULT : 0;
}

#else

static int get_packet_compat(struct cdrom_generic_command *cgc, void __user *arg)
{
	return -EINVAL;
}

static int put_packet_compat(const struct cdrom_generic_command *cgc, void __user *arg)
{
	return -EINVAL;
}

#endif /* CONFIG_COMPAT */

static int put_packet(const struct cdrom_generic_command *cgc, void __user *arg)
{
	struct cdrom_generic_command __user *user = arg;

	if (in_compat_syscall())
		return put_packet_compat(cgc, arg);
	return put_user(cgc->buflen, &user->buflen) || put_user(cgc->stat, &user->stat) ? -EFAULT : 0;
}

/* The directions of CDROM_SEND_PACKET in those of SG_IO. */
static int sg_direction(unsigned char direction)
{
	switch (direction) {
	case CGC_DATA_WRITE:
		return SG_DXFER_TO_DEV;
	case CGC_DATA_READ:
		return SG_DXFER_FROM_DEV;
	case CGC_DATA_NONE:
		return SG_DXFER_NONE;
	case CGC_DATA_UNKNOWN:
		return SG_DXFER_UNKNOWN;
	default:
		return 0;
	}
}

static int send_packet(struct vcd_drive *drive, blk_mode_t mode, void __user *arg)
{
	struct cdrom_generic_command cgc;
	struct sg_io_hdr hdr = {};
	int ret;

	if (in_compat_syscall())
		ret = get_packet_compat(&cgc, arg);
	else
		ret = copy_from_user(&cgc, arg, sizeof(cgc)) ? -EFAULT : 0;
	if (ret)
		return ret;
	hdr.interface_id = 'S';
	hdr.dxfer_direction = sg_direction(cgc.data_direction);
	if (!hdr.dxfer_direction)
		return -EINVAL;
	hdr.dxfer_len = cgc.buflen;
	hdr.dxferp = cgc.buffer;
	hdr.sbp = (unsigned char __user *)cgc.sense;
	hdr.mx_sb_len = sizeof(struct request_sense);
	hdr.cmd_len = sizeof(cgc.cmd);
	/* The CDB stands at the head of the structure in both forms. */
	hdr.cmdp = arg;

	ret = sg_execute(drive, mode, &hdr);
	if (ret)
		return ret;
	/* As the SCSI layer: the structure is left alone when the command failed. */
	if (hdr.status)
		return -EIO;
	cgc.stat = 0;
	cgc.buflen = hdr.resid;
	return put_packet(&cgc, arg);
}

/**
 * vcd_sg_ioctl - the ioctls of the SCSI layer
 * @drive: the drive
 * @mode: of the descriptor
 * @cmd: ioctl number
 * @arg: its argument
 *
 * Return: the result, or -ENOIOCTLCMD if this is none of them.
 *
 * Context: no lock held; user memory is touched, and may be a mapping of a file that lies on this very drive.
 */
int vcd_sg_ioctl(struct vcd_drive *drive, blk_mode_t mode, unsigned int cmd, void __user *arg)
{
	int __user *p = arg;

	if (likely(cmd == SG_IO))
		return sg_io(drive, mode, arg);
	switch (cmd) {
	case SG_GET_VERSION_NUM:
		return put_user(SG_VERSION, p);
	case SG_SET_TIMEOUT:
		return set_timeout(drive, p);
	case SG_GET_TIMEOUT:
		return jiffies_to_clock_t(READ_ONCE(drive->sg_timeout));
	case SG_GET_RESERVED_SIZE:
		return put_user(READ_ONCE(drive->sg_reserved), p);
	case SG_SET_RESERVED_SIZE:
		return set_reserved(drive, p);
	case SG_EMULATED_HOST:
		return put_user(1, p);
	case CDROM_SEND_PACKET:
		return send_packet(drive, mode, arg);
	case SCSI_IOCTL_GET_IDLUN:
		return get_idlun(drive, arg);
	case SCSI_IOCTL_GET_BUS_NUMBER:
		return put_user(bus_number(drive), p);
	case SCSI_IOCTL_TEST_UNIT_READY:
		return simple_command(drive, GPCMD_TEST_UNIT_READY, 0);
	case SCSI_IOCTL_START_UNIT:
		return simple_command(drive, GPCMD_START_STOP_UNIT, 1);
	case SCSI_IOCTL_STOP_UNIT:
		return simple_command(drive, GPCMD_START_STOP_UNIT, 0);
	case SCSI_IOCTL_DOORLOCK:
		return simple_command(drive, GPCMD_PREVENT_ALLOW_MEDIUM_REMOVAL, 1);
	case SCSI_IOCTL_DOORUNLOCK:
		return simple_command(drive, GPCMD_PREVENT_ALLOW_MEDIUM_REMOVAL, 0);
	default:
		return -ENOIOCTLCMD;
	}
}
