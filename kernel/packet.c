// SPDX-License-Identifier: GPL-2.0
/*
 * Commands: asking the engine, and carrying out what it plans.
 */
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uio.h>

#include "trace.h"
#include "vcd.h"

/* Most replies fit into this; TEST UNIT READY and its like need nothing at all. */
#define SMALL_REPLY		128
/* PREVENT ALLOW MEDIUM REMOVAL, byte 4. */
#define PREVENT_PERSISTENT	0x02
/* Sectors read at a time to be put together with what surrounds their user data. */
#define BATCH_SECTORS		16

static bool reads(const struct mmc_plan *plan)
{
	return plan->kind == MMC_PLAN_READ || plan->kind == MMC_PLAN_VERIFY || plan->kind == MMC_PLAN_COMPARE;
}

/* PREVENT ALLOW MEDIUM REMOVAL; persistent prevention is nobody's and survives all who asked for it. */
static bool changes_prevention(const struct vcd_packet *packet)
{
	return packet->cdb[0] == GPCMD_PREVENT_ALLOW_MEDIUM_REMOVAL && !(packet->cdb[4] & PREVENT_PERSISTENT);
}

/* The time for the engine, in frames. Nothing plays on while the machine sleeps. Three frames are 40 ms. */
static u64 frames(void)
{
	static_assert(MMC_FRAMES_PER_SECOND * 40 == 3 * MSEC_PER_SEC);

	return div_u64(ktime_get_coarse_ns() * 3, 40 * NSEC_PER_MSEC);
}

/*
 * Lets the engine answer. A plan to read or verify comes with a reference on the disc that it is about.
 */
static void ask_engine(struct vcd_drive *drive, enum vcd_party party, const struct vcd_packet *packet,
		       struct mmc_reply *reply, struct vcd_disc **disc)
{
	struct mmc_command command = {
		.cdb		= packet->cdb,
		.cdb_len	= packet->cdb_len,
		.out		= packet->out,
		.out_len	= packet->out_len,
		.sent		= packet->source ? iov_iter_count(packet->source) : packet->out_len,
	};
	struct mmc_nexus *nexus;
	struct vcd_disc *loaded;

	spin_lock(&drive->lock);
	if (unlikely(packet->cdb_len && mmc_needs_time(&drive->mmc, packet->cdb[0])))
		command.now = frames();
	nexus = party == VCD_PARTY_KERNEL ? &drive->kernel : vcd_nexus_current(drive);
	loaded = vcd_drive_loaded(drive);
	if (likely(!drive->nr_faults) || !packet->cdb_len || !vcd_fault_command(drive, packet->cdb[0], reply))
		mmc_execute(&drive->mmc, nexus, loaded ? &loaded->medium : NULL, &command, reply);
	*disc = reads(&reply->plan) ? vcd_disc_get(loaded) : NULL;
	/* The CD-ROM layer itself has no use for unit attentions. */
	if (reply->others)
		vcd_nexus_attention(drive, reply->others, nexus);
	if (party == VCD_PARTY_PROCESS && reply->status == MMC_GOOD && changes_prevention(packet))
		vcd_nexus_prevented(drive, nexus);
	spin_unlock(&drive->lock);
}

/* User data goes from the files straight to where the caller wants it. */
static int read_user_data(struct vcd_disc *disc, const struct mmc_plan *plan, struct iov_iter *iter)
{
	return vcd_disc_read(disc, (u64)plan->lba * MMC_BLOCK, iter);
}

/*
 * Reads the user data of sectors into @user. Returns how many there are in a row from the first on, or an error if
 * there is none.
 */
static int read_batch(struct vcd_disc *disc, u32 lba, unsigned int sectors, u8 *user)
{
	struct kvec kvec = { .iov_base = user, .iov_len = sectors * MMC_BLOCK };
	struct iov_iter iter;
	unsigned int got;
	int ret;

	iov_iter_kvec(&iter, ITER_DEST, &kvec, 1, kvec.iov_len);
	ret = vcd_disc_read(disc, (u64)lba * MMC_BLOCK, &iter);
	got = sectors - DIV_ROUND_UP(iov_iter_count(&iter), MMC_BLOCK);
	return got ? got : ret;
}

/*
 * Sectors of which nothing is wanted but what is stored go straight to where the caller wants them, as many as are
 * like the first. @lba is left at the one that comes next.
 *
 * Return: true if there were such, with an error, or 0, in @ret.
 */
static bool read_verbatim(struct vcd_disc *disc, const struct mmc_plan *plan, u32 end, struct iov_iter *iter, u32 *lba,
			  int *ret)
{
	u32 same = min(end, mmc_same_mode(&disc->medium, *lba)) - *lba;
	size_t room = iov_iter_count(iter);
	struct mmc_piece piece = {};
	struct mmc_run run;
	u32 start, len;

	mmc_layout_run(&disc->layout, *lba, same, &run);
	/* One that is not stored to its end has to be completed. */
	if (run.sectors && run.stored < mmc_form_size(run.form))
		run.sectors--;
	if (!run.sectors)
		return false;
	len = mmc_sector_part(plan, mmc_sector_mode(&disc->medium, *lba), run.form, &start);
	if (!len)
		return false;
	piece.offset = run.offset + start;
	piece.bytes = min_t(u64, room, (u64)run.sectors * len);
	piece.file = run.file;
	piece.stride = run.stride == len ? 0 : run.stride;
	piece.part = len;
	iov_iter_truncate(iter, piece.bytes);
	*ret = vcd_disc_read_piece(disc, &piece, 0, iter);
	piece.bytes -= iov_iter_count(iter);
	iov_iter_reexpand(iter, room - piece.bytes);
	*lba += (u32)piece.bytes / len;
	return true;
}

/* Puts sectors together from what is stored of them. @lba is left at the one that could not be delivered. */
static int build_sectors(struct vcd_disc *disc, const struct mmc_plan *plan, struct vcd_stored *stored, u32 end,
			 struct iov_iter *iter, u32 *lba)
{
	u8 *built = stored->buf + VCD_STORED_BYTES;
	/* Packs are made of several sectors. */
	bool packs = plan->subchannel == MMC_SUB_RW;
	struct mmc_stored sector;
	int got, i;

	got = vcd_stored_read(disc, *lba, end - *lba, plan->subchannel, stored);
	if (got < 0)
		return got;
	for (i = 0; i < got && iov_iter_count(iter); i++) {
		s32 bytes;

		vcd_stored_sector(stored, i, &sector);
		bytes = mmc_sector_build(built, plan, &disc->medium, *lba, &sector);
		if (packs)
			vcd_stored_pass(stored, &sector);
		if (bytes < 0)
			return -EMEDIUMTYPE;
		bytes = min_t(size_t, bytes, iov_iter_count(iter));
		if (copy_to_iter(built, bytes, iter) != bytes)
			return -EFAULT;
		++*lba;
	}
	return 0;
}

/* Delivers what is more or less than the user data of sectors. @lba is left at the one that could not be delivered. */
static int read_sectors(struct vcd_disc *disc, const struct mmc_plan *plan, u32 end, struct iov_iter *iter, u32 *lba)
{
	struct vcd_stored stored;
	int ret = 0;

	stored.buf = NULL;
	while (!ret && *lba < end && iov_iter_count(iter)) {
		if (!read_verbatim(disc, plan, end, iter, lba, &ret)) {
			ret = stored.buf ? 0 : vcd_stored_alloc(&stored);
			if (!ret && plan->subchannel == MMC_SUB_RW && *lba == plan->lba)
				ret = vcd_stored_before(disc, *lba, &stored);
			if (!ret)
				ret = build_sectors(disc, plan, &stored, end, iter, lba);
		}
		if (!ret && fatal_signal_pending(current))
			ret = -EINTR;
		cond_resched();
	}
	vcd_stored_free(&stored);
	return ret;
}

/* Delivers the sectors of a plan up to @end. @lba is left at the one that could not be delivered. */
static int deliver(struct vcd_disc *disc, const struct mmc_plan *plan, u32 end, struct iov_iter *iter, u32 *lba)
{
	size_t room, want;
	int ret;

	*lba = plan->lba;
	if (!plan->blocks)
		return read_sectors(disc, plan, end, iter, lba);
	room = iov_iter_count(iter);
	want = min_t(u64, room, (u64)(end - *lba) * MMC_BLOCK);
	iov_iter_truncate(iter, want);
	ret = read_user_data(disc, plan, iter);
	want -= iov_iter_count(iter);
	iov_iter_reexpand(iter, room - want);
	*lba += want / MMC_BLOCK;
	return ret;
}

static int do_read(struct vcd_drive *drive, struct vcd_disc *disc, struct vcd_packet *packet, struct mmc_reply *reply)
{
	const struct mmc_plan *plan = &reply->plan;
	struct vcd_turn turn;
	size_t want;
	u32 sectors, lba, bad;
	bool faulty;
	int ret;

	if (!packet->iter)
		return 0;
	iov_iter_truncate(packet->iter, (u64)plan->sectors * plan->sector_bytes);
	want = iov_iter_count(packet->iter);
	sectors = min_t(u64, plan->sectors, DIV_ROUND_UP(want, plan->sector_bytes));
	/* Where sectors may be shorter than the longest, more of them fit. */
	faulty = vcd_fault_read(drive, plan->lba, plan->blocks ? sectors : plan->sectors, true, &bad);
	if (faulty)
		sectors = min(sectors, bad - plan->lba);
	vcd_pace_begin(drive, disc, sectors, &turn);
	ret = deliver(disc, plan, faulty ? bad : plan->lba + plan->sectors, packet->iter, &lba);
	packet->done = want - iov_iter_count(packet->iter);
	if (ret == -EFAULT || ret == -EINTR || ret == -ENOMEM) {
		vcd_pace_cancel(drive, disc, &turn);
		return ret;
	}
	if (vcd_pace_end(drive, disc, &turn))
		return -EINTR;
	if (ret == -EMEDIUMTYPE)
		mmc_wrong_mode(reply, lba);
	else if (ret)
		mmc_read_failed(reply, lba);
	else if (faulty)
		mmc_read_failed(reply, bad);
	return 0;
}

/* Is what comes next from @source the same as @user? 0, 1 if not, or -EFAULT. @buffer has room for it. */
static int compare_batch(struct iov_iter *source, const u8 *user, u8 *buffer, unsigned int sectors)
{
	size_t bytes = sectors * MMC_BLOCK;

	if (!copy_from_iter_full(buffer, bytes, source))
		return -EFAULT;
	return memcmp(buffer, user, bytes) ? 1 : 0;
}

/* Reads the sectors of a plan and compares them with @source, unless that is NULL. 1 if they differ, or an errno. */
static int verify_sectors(struct vcd_drive *drive, struct vcd_disc *disc, const struct mmc_plan *plan,
			  struct iov_iter *source, u32 *lba)
{
	u8 *user = kvmalloc_array(source ? 2 : 1, BATCH_SECTORS * MMC_BLOCK, GFP_KERNEL);
	u32 end = plan->lba + plan->sectors;
	int ret = user ? 0 : -ENOMEM;
	u32 bad;

	for (*lba = plan->lba; !ret && *lba < end; cond_resched()) {
		u32 want = min_t(u32, end - *lba, BATCH_SECTORS);
		struct vcd_turn turn;
		int got;

		if (vcd_fault_read(drive, *lba, want, false, &bad))
			want = bad - *lba;
		if (!want) {
			vcd_fault_read(drive, *lba, 1, true, &bad);
			ret = -EIO;
			break;
		}
		vcd_pace_begin(drive, disc, want, &turn);
		got = read_batch(disc, *lba, want, user);
		if (got <= 0) {
			ret = got ? got : -EIO;
			vcd_pace_cancel(drive, disc, &turn);
			break;
		}
		if (source)
			ret = compare_batch(source, user, user + BATCH_SECTORS * MMC_BLOCK, got);
		if (!ret && fatal_signal_pending(current))
			ret = -EINTR;
		if (!ret)
			ret = vcd_pace_end(drive, disc, &turn);
		else
			vcd_pace_cancel(drive, disc, &turn);
		*lba += got;
	}
	kvfree(user);
	return ret;
}

/* Reads, and keeps nothing of it. */
static int do_verify(struct vcd_drive *drive, struct vcd_disc *disc, const struct vcd_packet *packet,
		     struct mmc_reply *reply)
{
	struct kvec kvec = { .iov_base = (void *)packet->out, .iov_len = packet->out_len };
	struct iov_iter *source = packet->source;
	struct iov_iter iter;
	u32 lba;
	int ret;

	if (!source) {
		iov_iter_kvec(&iter, ITER_SOURCE, &kvec, 1, kvec.iov_len);
		source = &iter;
	}
	ret = verify_sectors(drive, disc, &reply->plan, reply->plan.kind == MMC_PLAN_COMPARE ? source : NULL, &lba);
	if (!ret || ret == -EFAULT || ret == -EINTR || ret == -ENOMEM)
		return ret;
	if (ret > 0)
		mmc_miscompared(reply);
	else if (ret == -EMEDIUMTYPE)
		mmc_wrong_mode(reply, lba);
	else
		mmc_read_failed(reply, lba);
	return 0;
}

/*
 * Whoever has the tray closed by a command knows that there may be another disc in it now. Everybody else is told by a
 * unit attention.
 */
static int close_tray(struct vcd_drive *drive)
{
	struct mmc_nexus *nexus;
	u8 waited;
	int ret;

	spin_lock(&drive->lock);
	waited = vcd_nexus_current(drive)->attention & MMC_UA_MEDIUM;
	spin_unlock(&drive->lock);
	ret = vcd_media_close_tray(drive);
	spin_lock(&drive->lock);
	nexus = vcd_nexus_current(drive);
	if (!ret && !waited)
		nexus->attention &= ~MMC_UA_MEDIUM;
	spin_unlock(&drive->lock);
	return ret;
}

static int do_tray(struct vcd_drive *drive, struct mmc_reply *reply)
{
	int ret;

	if (reply->plan.kind == MMC_PLAN_TRAY_OPEN)
		return vcd_media_open_tray(drive, VCD_EJECT_COMMAND);
	ret = close_tray(drive);
	if (ret == -EBUSY) {
		/* Reads of an earlier disc have not come back: the new one is not there yet. */
		spin_lock(&drive->lock);
		mmc_medium_gone(reply, &drive->mmc);
		spin_unlock(&drive->lock);
		return 0;
	}
	return ret;
}

static int carry_out(struct vcd_drive *drive, enum vcd_party party, struct vcd_packet *packet,
		     struct mmc_reply *reply)
{
	struct vcd_disc *disc;
	int ret;

	ask_engine(drive, party, packet, reply, &disc);
	switch (reply->plan.kind) {
	case MMC_PLAN_NONE:
		break;
	case MMC_PLAN_READ:
		ret = do_read(drive, disc, packet, reply);
		vcd_disc_put(disc);
		return ret;
	case MMC_PLAN_VERIFY:
	case MMC_PLAN_COMPARE:
		ret = do_verify(drive, disc, packet, reply);
		vcd_disc_put(disc);
		return ret;
	case MMC_PLAN_TRAY_OPEN:
	case MMC_PLAN_TRAY_CLOSE:
		/* The CD-ROM layer moves the tray by tray_move(); it may be under locks that this can't be. */
		if (party == VCD_PARTY_KERNEL)
			return -EOPNOTSUPP;
		ret = do_tray(drive, reply);
		if (ret != -EBUSY)
			return ret;
		/* Somebody locked the tray in between; the engine has the words for it. */
		ask_engine(drive, party, packet, reply, &disc);
		return reply->plan.kind == MMC_PLAN_NONE ? 0 : -EBUSY;
	}
	if (reply->len && packet->iter) {
		size_t bytes = min_t(size_t, reply->len, iov_iter_count(packet->iter));

		packet->done = copy_to_iter(reply->buf, bytes, packet->iter);
		if (packet->done != bytes)
			return -EFAULT;
	}
	return 0;
}

/* Has the command carried out, with so much room for what the engine itself answers. */
static int execute(struct vcd_drive *drive, enum vcd_party party, struct vcd_packet *packet, u8 *buf, u32 size)
{
	struct mmc_reply reply = { .buf = buf, .cap = size };
	int ret;

	packet->done = 0;
	ret = carry_out(drive, party, packet, &reply);
	packet->status = reply.status;
	packet->sense_len = reply.sense_len;
	if (reply.sense_len)
		memcpy(packet->sense, reply.sense, sizeof(packet->sense));
	return ret;
}

/* Not inline: kernels that clear the stack for each call do that only for who has use for it. */
static noinline int execute_small(struct vcd_drive *drive, enum vcd_party party, struct vcd_packet *packet, u32 size)
{
	u8 buf[SMALL_REPLY];

	return execute(drive, party, packet, buf, size);
}

static int execute_large(struct vcd_drive *drive, enum vcd_party party, struct vcd_packet *packet, u32 size)
{
	u8 *buf = kvmalloc(size, GFP_KERNEL);
	int ret;

	if (!buf)
		return -ENOMEM;
	ret = execute(drive, party, packet, buf, size);
	kvfree(buf);
	return ret;
}

/**
 * vcd_packet_execute - send a command to the drive
 * @drive: the drive
 * @party: who sends it
 * @packet: the command; the fields marked out are filled in
 *
 * Return: 0 if the drive answered, be it with CHECK CONDITION; -EFAULT, -EINTR, -ENOMEM, -ENODEV.
 *
 * Context: sleeps; may read files. No lock held, except for commands of the CD-ROM layer, which don't read by a plan
 * under a lock that a read needs.
 */
int vcd_packet_execute(struct vcd_drive *drive, enum vcd_party party, struct vcd_packet *packet)
{
	u64 start = trace_vcd_command_enabled() ? ktime_get_ns() : 0;
	u32 size = 0;
	int ret;

	/* The engine has to know what will not get through: an event that nobody is told of is not used up. */
	if (packet->iter)
		size = min_t(size_t, mmc_reply_size(packet->cdb, packet->cdb_len), iov_iter_count(packet->iter));
	if (!size)
		ret = execute(drive, party, packet, NULL, 0);
	else if (size <= SMALL_REPLY)
		ret = execute_small(drive, party, packet, size);
	else
		ret = execute_large(drive, party, packet, size);
	if (start)
		trace_vcd_command(drive, party, packet, ktime_get_ns() - start, ret);
	return ret;
}

/**
 * vcd_packet_errno - what an ioctl makes of the answer of the drive, as sr has it
 * @packet: after vcd_packet_execute() returned 0
 *
 * Return: 0 or a negative errno.
 */
int vcd_packet_errno(const struct vcd_packet *packet)
{
	if (packet->status == MMC_GOOD)
		return 0;
	switch (packet->sense[2] & 0x0f) {
	case MMC_KEY_UNIT_ATTENTION:
	case MMC_KEY_NOT_READY:
		return -ENOMEDIUM;
	case MMC_KEY_ILLEGAL_REQUEST:
		/* Invalid command operation code. */
		return packet->sense[12] == 0x20 ? -EDRIVE_CANT_DO_THIS : -EIO;
	default:
		return -EIO;
	}
}
