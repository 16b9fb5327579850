// SPDX-License-Identifier: GPL-2.0
/*
 * A disc: its files, where its sectors are, and reading them.
 */
#include <linux/bvec.h>
#include <linux/dcache.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "vcd.h"

/* What goes to user memory through memory of our own goes in pieces of this size. */
#define BOUNCE_BYTES		(64 * 1024)
/* A file system that answers EAGAIN without being asked for it gets so many more tries. */
#define READ_RETRIES		16
/* Bios of which direct reads are gathered before they go to the device below. */
#define PLUGGED_BIOS		32

static atomic64_t disc_generation;

/** vcd_disc_get - take a reference */
struct vcd_disc *vcd_disc_get(struct vcd_disc *disc)
{
	kref_get(&disc->ref);
	return disc;
}

/* Lets go of what was below its first files, if any of them lay on a drive of ours. */
static void disc_put_below(struct vcd_disc *disc, unsigned int nr_files)
{
	unsigned int i;

	for (i = 0; disc->below && i < nr_files; i++) {
		if (disc->below[i]) {
			atomic_dec(&disc->below[i]->above);
			vcd_drive_put(disc->below[i]);
		}
	}
	kvfree(disc->below);
}

static void disc_free(struct kref *ref)
{
	struct vcd_disc *disc = container_of(ref, struct vcd_disc, ref);
	unsigned int i;

	/* The last bio is done, but the reader that did it may still look for more. */
	for (i = 0; i < VCD_READERS; i++)
		cancel_work_sync(&disc->readers[i].work);
	cancel_work_sync(&disc->again_work);
	percpu_ref_exit(&disc->inflight);
	vcd_user_uncharge(disc->user, &(struct vcd_holding){ .discs = 1, .files = disc->nr_images });
	disc_put_below(disc, disc->nr_images);
	if (disc->own_queue)
		destroy_workqueue(disc->own_queue);
	for (i = 0; i < disc->nr_images; i++)
		fput(disc->images[i].file);
	kvfree(disc->images);
	kvfree(disc->layout.extents);
	kvfree(disc->subchannels.extents);
	kvfree(disc->medium.cdtext);
	kvfree(disc->medium.indices);
	kfree(disc->medium.tracks);
	kfree(disc->name);
	kfree(disc);
	vcd_object_put();
}

/**
 * vcd_disc_put - drop a reference
 * @disc: the disc, or NULL
 *
 * Context: may sleep; no lock held but drive->control.
 */
void vcd_disc_put(struct vcd_disc *disc)
{
	if (disc)
		kref_put(&disc->ref, disc_free);
}

static void disc_inflight_dead(struct percpu_ref *ref)
{
	struct vcd_disc *disc = container_of(ref, struct vcd_disc, inflight);

	/* Whoever waits holds a reference and may drop it at once: nothing may follow. */
	complete_all(&disc->drained);
}

/*
 * An open file of our own on the same image: its position, read-ahead state and flags are nobody else's, and reading
 * does not update the access time. Where a file can't be opened anew (some network file systems, once the file was
 * unlinked) the caller's serves. The reference on @file is taken over.
 */
static void image_open(struct vcd_image *image, struct file *file, u32 cache)
{
	struct file *own = dentry_open(&file->f_path, O_RDONLY | O_LARGEFILE | O_NOATIME, file->f_cred);

	if (!IS_ERR(own)) {
		if (own->f_op->read_iter && own->f_mapping == file->f_mapping)
			swap(own, file);
		fput(own);
	}
	image->file = file;
	image->cache = vcd_cache_of(file);
	image->alignment = cache == VCD_CACHE_PAGE ? 0 : vcd_direct_alignment(file);
}

static int file_check(struct file *file)
{
	umode_t mode = file_inode(file)->i_mode;

	if (!(file->f_mode & FMODE_READ))
		return -EBADF;
	if (S_ISDIR(mode))
		return -EISDIR;
	if (!S_ISREG(mode) && !S_ISBLK(mode))
		return -ENOTBLK;
	if (!file->f_op->read_iter)
		return -EINVAL;
	if (!i_size_read(file->f_mapping->host))
		return -ENODATA;
	return 0;
}

static int disc_check_files(struct vcd_disc_spec *spec)
{
	unsigned int i;
	int ret;

	for (i = 0; i < spec->nr_files; i++) {
		ret = file_check(spec->files[i]);
		if (ret)
			return ret;
	}
	return 0;
}

static int disc_check_layout(struct vcd_disc_spec *spec, const struct mmc_medium *medium)
{
	enum mmc_layout_error error;
	unsigned int i;
	u64 *bytes;

	bytes = kvmalloc_array(max(spec->nr_files, 1U), sizeof(*bytes), GFP_KERNEL);
	if (!bytes)
		return -ENOMEM;
	for (i = 0; i < spec->nr_files; i++)
		bytes[i] = i_size_read(spec->files[i]->f_mapping->host);
	error = mmc_layout_check(&spec->layout, medium, bytes, spec->nr_files);
	if (error == MMC_LAYOUT_OK)
		error = mmc_layout_check_sub(&spec->subchannels, medium->sectors, bytes, spec->nr_files);
	kvfree(bytes);
	return error == MMC_LAYOUT_OK ? 0 : -EINVAL;
}

static int disc_check_medium(struct vcd_disc_spec *spec, struct mmc_medium *medium)
{
	medium->tracks = spec->tracks;
	medium->nr_tracks = spec->nr_tracks;
	medium->sectors = spec->sectors;
	medium->sessions = spec->tracks[spec->nr_tracks - 1].session;
	medium->indices = spec->indices;
	medium->nr_indices = spec->nr_indices;
	medium->cdtext = spec->cdtext;
	medium->nr_cdtext = spec->nr_cdtext;
	memcpy(medium->mcn, spec->mcn, sizeof(medium->mcn));
	medium->subchannels = spec->subchannels.nr_extents;
	medium->profile = spec->profile;
	medium->speed = spec->speed;
	if (medium->profile == MMC_PROFILE_NONE)
		medium->profile = mmc_profile_for_size(spec->sectors);
	medium->layer0_sectors = mmc_layer0_for_size(medium->profile, spec->sectors);
	if (spec->dual_layer) {
		if (spec->profile != MMC_PROFILE_DVD_ROM)
			return -EINVAL;
		medium->layer0_sectors = mmc_layer0_of_two(spec->sectors);
	}

	if (!mmc_sectors_max(medium->profile))
		return -EOPNOTSUPP;
	if (spec->sectors > mmc_sectors_max(medium->profile))
		return -EFBIG;
	if (medium->subchannels && medium->profile != MMC_PROFILE_CD_ROM)
		return -EINVAL;
	return mmc_medium_valid(medium) ? 0 : -EINVAL;
}

/* The drive of ours that a file lies on, or is. A layer between (loop, device mapper) hides what is below it. */
static struct vcd_drive *file_below(struct file *file)
{
	struct inode *inode = d_real_inode(file->f_path.dentry);
	struct block_device *bdev;

	if (S_ISBLK(file_inode(file)->i_mode))
		bdev = I_BDEV(file->f_mapping->host);
	else
		bdev = inode->i_sb->s_bdev;
	return bdev && bdev->bd_disk->fops == &vcd_fops ? bdev->bd_disk->private_data : NULL;
}

/* Most discs lie on no other, and have no table of what is below. The open files keep the drives. */
static int disc_find_below(struct vcd_disc *disc, const struct vcd_disc_spec *spec)
{
	unsigned int i;

	for (i = 0; i < spec->nr_files; i++) {
		struct vcd_drive *drive = file_below(spec->files[i]);

		if (!drive)
			continue;
		if (!disc->below)
			disc->below = kvcalloc(spec->nr_files, sizeof(*disc->below), GFP_KERNEL_ACCOUNT);
		if (!disc->below)
			return -ENOMEM;
		disc->below[i] = vcd_drive_get(drive);
		atomic_inc(&drive->above);
	}
	return 0;
}

/*
 * A file system that has to be asked for each byte may be one that never answers, such as that of a server which is
 * gone or belongs to somebody of ill will. Its readers are not to be those that other discs' bios wait for. Nor are
 * those of a disc on such a disc; and no disc is to wait for a worker that waits for it.
 */
static int disc_find_queue(struct vcd_disc *disc, const struct vcd_disc_spec *spec)
{
	bool own = disc->below;
	unsigned int i;

	for (i = 0; i < spec->nr_files; i++)
		own |= !vcd_cache_of(spec->files[i]);
	if (!own)
		return 0;
	disc->own_queue = alloc_workqueue("vcd-disc%llu", WQ_UNBOUND | WQ_MEM_RECLAIM, 0, disc->generation);
	return disc->own_queue ? 0 : -ENOMEM;
}

static void disc_reader_work(struct work_struct *work);

/* The queue and its readers, before anybody else knows the disc. */
static void disc_init_readers(struct vcd_disc *disc)
	__context_unsafe(/* initialization */)
{
	unsigned int i;

	spin_lock_init(&disc->queue_lock);
	bio_list_init(&disc->queue);
	for (i = 0; i < VCD_READERS; i++) {
		INIT_WORK(&disc->readers[i].work, disc_reader_work);
		disc->readers[i].disc = disc;
		/* One is enough to wait, and leaves the others' workers to discs that make use of them. */
		if (!i || !disc->medium.speed)
			__set_bit(i, &disc->idle);
	}
}

/**
 * vcd_disc_create - make a disc
 * @spec: what it is made of. On success the disc owns what it points to.
 *
 * Return: the disc with one reference, or an error pointer: -EBADF, -EISDIR, -ENOTBLK, -ENODATA for a file that can't
 * be an image; -EDQUOT if the user holds too much; -EINVAL for tables that don't add up; -EOPNOTSUPP for an unknown
 * profile; -EFBIG for more sectors than the profile has; -ENOMEM.
 */
struct vcd_disc *vcd_disc_create(struct vcd_disc_spec *spec)
{
	struct vcd_holding holding = { .discs = 1 };
	struct mmc_medium medium = {};
	struct vcd_disc *disc;
	struct vcd_user *user;
	unsigned int i;
	u32 bad;
	int ret;

	ret = disc_check_files(spec);
	if (ret)
		return ERR_PTR(ret);
	ret = disc_check_medium(spec, &medium);
	if (ret)
		return ERR_PTR(ret);
	ret = disc_check_layout(spec, &medium);
	if (ret)
		return ERR_PTR(ret);

	holding.files = spec->nr_files;
	user = vcd_user_charge(&holding, spec->swap);
	if (IS_ERR(user))
		return ERR_CAST(user);
	disc = kzalloc(sizeof(*disc), GFP_KERNEL_ACCOUNT);
	if (!disc) {
		ret = -ENOMEM;
		goto err_user;
	}
	/* It dies and lives again with each opening and closing of the tray. */
	ret = percpu_ref_init(&disc->inflight, disc_inflight_dead, PERCPU_REF_INIT_DEAD | PERCPU_REF_ALLOW_REINIT,
			      GFP_KERNEL);
	if (ret)
		goto err_free;
	disc->images = kvcalloc(max(spec->nr_files, 1U), sizeof(*disc->images), GFP_KERNEL_ACCOUNT);
	if (!disc->images) {
		ret = -ENOMEM;
		goto err_ref;
	}
	ret = disc_find_below(disc, spec);
	if (ret)
		goto err_images;
	disc->generation = atomic64_inc_return(&disc_generation);
	ret = disc_find_queue(disc, spec);
	if (ret)
		goto err_below;
	vcd_object_get();
	kref_init(&disc->ref);
	disc->owner = current_euid();
	disc->user = user;
	disc->name = spec->name;
	disc->medium = medium;
	disc->layout = spec->layout;
	disc->subchannels = spec->subchannels;
	disc->blocks = mmc_blocks(&disc->medium, 0, disc->medium.sectors, &bad);
	disc->cache = spec->cache;
	disc->nr_images = spec->nr_files;
	for (i = 0; i < disc->nr_images; i++)
		image_open(&disc->images[i], spec->files[i], spec->cache);
	kvfree(spec->files);
	init_completion(&disc->drained);
	complete_all(&disc->drained);
	init_waitqueue_head(&disc->unloaded);
	init_llist_head(&disc->again);
	INIT_WORK(&disc->again_work, vcd_direct_again);
	disc_init_readers(disc);
	return disc;

err_below:
	disc_put_below(disc, spec->nr_files);
err_images:
	kvfree(disc->images);
err_ref:
	percpu_ref_exit(&disc->inflight);
err_free:
	kfree(disc);
err_user:
	vcd_user_uncharge(user, &holding);
	return ERR_PTR(ret);
}

/* Held while a disc whose image lies on another disc is checked. */
static DEFINE_MUTEX(stack_lock);

/* How deep a disc is stacked that lies on others: on what is in their drives, or about to be. */
static unsigned int disc_depth(struct vcd_disc *disc)
{
	unsigned int depth = 0;
	unsigned int i;

	for (i = 0; i < disc->nr_images; i++) {
		struct vcd_drive *drive = disc->below[i];

		if (!drive)
			continue;
		spin_lock(&drive->lock);
		depth = max3(depth, drive->coming, drive->disc ? drive->disc->depth : 0);
		spin_unlock(&drive->lock);
	}
	return depth + 1;
}

/**
 * vcd_disc_stack - find out how deep a disc is about to be stacked
 * @disc: the disc; its depth is set
 * @target: the drive that it is to be put into; on success that counts as done until vcd_disc_stacked()
 *
 * A disc below others is never replaced by one that is stacked itself, so that the depth of those above stays true and
 * no circle arises: of all discs of a circle, the one that was made last would find the one above it.
 *
 * Return: 0, or -ELOOP if it lies on @target, other discs do, or there are too many below.
 *
 * Context: under control of @target.
 */
int vcd_disc_stack(struct vcd_disc *disc, struct vcd_drive *target)
{
	int ret = 0;

	lockdep_assert_held(&target->control);

	if (!disc->below)
		return 0;
	mutex_lock(&stack_lock);
	disc->depth = disc_depth(disc);
	if (atomic_read(&target->above) || disc->depth > VCD_DEPTH_MAX) {
		ret = -ELOOP;
	} else {
		spin_lock(&target->lock);
		target->coming = disc->depth;
		spin_unlock(&target->lock);
	}
	mutex_unlock(&stack_lock);
	return ret;
}

/** vcd_disc_stacked - the disc that was to be put into a drive is in it, or will not be */
void vcd_disc_stacked(struct vcd_drive *target)
{
	lockdep_assert_held(&target->control);

	spin_lock(&target->lock);
	target->coming = 0;
	spin_unlock(&target->lock);
}

/**
 * vcd_image_read - have the file system read
 * @image: an image
 * @kiocb: how and where; it may be gone afterwards
 * @iter: where it goes; no memory of a user's, unless the page cache of @image is the file
 *
 * It is done as who opened the file. Some files ask at each read whether the caller may, and some file systems tell
 * others who it is; a worker of the kernel may everything, and so may root, who looks at a disc of anybody. Those whose
 * page cache is the file ask nobody.
 *
 * Return: what &file_operations.read_iter says.
 */
ssize_t vcd_image_read(const struct vcd_image *image, struct kiocb *kiocb, struct iov_iter *iter)
{
	const struct file *file = image->file;
	const struct cred *old;
	ssize_t ret;

	if (image->cache)
		return file->f_op->read_iter(kiocb, iter);
	old = override_creds(file->f_cred);
	ret = file->f_op->read_iter(kiocb, iter);
	revert_creds(old);
	return ret;
}

/* Fills @iter from one place of an image, through its page cache if it has one. */
static int image_read(const struct vcd_image *image, u64 offset, struct iov_iter *iter)
{
	unsigned int tries = READ_RETRIES;

	while (iov_iter_count(iter)) {
		struct kiocb kiocb;
		ssize_t ret;

		init_sync_kiocb(&kiocb, image->file);
		kiocb.ki_flags &= ~(IOCB_DIRECT | IOCB_NOWAIT);
		kiocb.ki_pos = offset;
		ret = vcd_image_read(image, &kiocb, iter);
		if (ret > 0) {
			offset += ret;
			continue;
		}
		/* The image has become shorter than it was. */
		if (!ret)
			return -EIO;
		if (ret == -EFAULT)
			return ret;
		if (fatal_signal_pending(current))
			return -EINTR;
		if ((ret != -EINTR && ret != -EAGAIN && ret != -ERESTARTSYS) || !tries--)
			/* Who waits is not to come again, as who can't wait is. */
			return ret == -ERESTARTSYS ? -EINTR : ret == -EAGAIN ? -EIO : ret;
		cond_resched();
	}
	return 0;
}

/*
 * The same through memory of our own: a user's memory may be that of a file, which is not to be written to as who
 * opened the image.
 */
static int image_read_bounced(const struct vcd_image *image, u64 offset, struct iov_iter *iter)
{
	size_t room = min_t(size_t, iov_iter_count(iter), BOUNCE_BYTES);
	void *buf = kvmalloc(room, GFP_KERNEL);
	int ret = 0;

	if (!buf)
		return -ENOMEM;
	while (!ret && iov_iter_count(iter)) {
		struct kvec kvec = { .iov_base = buf, .iov_len = min(iov_iter_count(iter), room) };
		struct iov_iter piece;
		size_t got;

		iov_iter_kvec(&piece, ITER_DEST, &kvec, 1, kvec.iov_len);
		ret = image_read(image, offset, &piece);
		got = kvec.iov_len - iov_iter_count(&piece);
		if (copy_to_iter(buf, got, iter) != got)
			ret = -EFAULT;
		offset += got;
	}
	kvfree(buf);
	return ret;
}

/**
 * vcd_disc_read_file - read bytes of an image file
 * @disc: the disc
 * @file: index of the file
 * @offset: where they are
 * @iter: where they go; as many as it takes
 *
 * Return: as vcd_disc_read().
 *
 * Context: as vcd_disc_read().
 */
int vcd_disc_read_file(struct vcd_disc *disc, u32 file, u64 offset, struct iov_iter *iter)
{
	const struct vcd_image *image = &disc->images[file];

	if (user_backed_iter(iter) && !image->cache)
		return image_read_bounced(image, offset, iter);
	return image_read(image, offset, iter);
}

/**
 * vcd_disc_read_piece - read what lies in one extent
 * @disc: the disc
 * @piece: where it is
 * @skip: with &mmc_piece.stride: how far into the part of the first sector it begins
 * @iter: where it goes; takes at most &mmc_piece.bytes
 *
 * Return: as vcd_disc_read().
 *
 * Context: as vcd_disc_read().
 */
int vcd_disc_read_piece(struct vcd_disc *disc, const struct mmc_piece *piece, u32 skip, struct iov_iter *iter)
{
	if (piece->stride)
		return vcd_stored_parts(disc, piece, skip, iter);
	return vcd_disc_read_file(disc, piece->file, piece->offset, iter);
}

/**
 * vcd_disc_read - read user data
 * @disc: the disc; the caller holds a reference
 * @pos: byte position; the disc has MMC_BLOCK bytes a sector
 * @iter: where it goes; as many bytes as it takes are read, and the disc holds that many
 *
 * Return: 0, or an error; then @iter has advanced over what was read before it. -EMEDIUMTYPE: the sector that comes
 * next has no 2048 bytes of user data, being one of Form 2.
 *
 * Context: sleeps, and does whatever the file systems of the image do: no lock held.
 */
int vcd_disc_read(struct vcd_disc *disc, u64 pos, struct iov_iter *iter)
{
	while (iov_iter_count(iter)) {
		size_t left = iov_iter_count(iter);
		struct mmc_piece piece;
		int ret = 0;

		mmc_layout_find(&disc->layout, pos, left, &piece);
		if (piece.bytes) {
			iov_iter_truncate(iter, piece.bytes);
			ret = vcd_disc_read_piece(disc, &piece, pos % MMC_BLOCK, iter);
			iov_iter_reexpand(iter, left - (piece.bytes - iov_iter_count(iter)));
			if (ret)
				return ret;
		}
		if (piece.zeroes && iov_iter_zero(piece.zeroes, iter) != piece.zeroes)
			return -EFAULT;
		pos += piece.bytes + piece.zeroes;
	}
	return 0;
}

/**
 * vcd_disc_bio_iter - the pages of a bio as something to read into
 * @bio: the bio
 * @iter: filled; valid for as long as @bio is left alone
 */
void vcd_disc_bio_iter(const struct bio *bio, struct iov_iter *iter)
{
	struct bvec_iter at;
	struct bio_vec bvec;
	unsigned int nr = 0;

	bio_for_each_bvec(bvec, bio, at)
		nr++;
	iov_iter_bvec(iter, ITER_DEST, __bvec_iter_bvec(bio->bi_io_vec, bio->bi_iter), nr, bio->bi_iter.bi_size);
	iter->iov_offset = bio->bi_iter.bi_bvec_done;
}

static blk_status_t disc_read_bio(struct vcd_disc *disc, struct bio *bio)
{
	struct iov_iter iter;

	vcd_disc_bio_iter(bio, &iter);
	return errno_to_blk_status(vcd_disc_read(disc, (u64)bio->bi_iter.bi_sector << SECTOR_SHIFT, &iter));
}

/**
 * vcd_disc_serve - read for a bio, unless nobody wants it any more
 * @disc: the disc
 * @bio: a read that lies on the disc
 *
 * Return: what the bio is to be ended with.
 *
 * Context: as vcd_disc_read().
 */
blk_status_t vcd_disc_serve(struct vcd_disc *disc, struct bio *bio)
{
	struct vcd_drive *drive = bio->bi_bdev->bd_disk->private_data;
	u32 sectors = DIV_ROUND_UP(bio->bi_iter.bi_size, MMC_BLOCK);
	struct vcd_turn turn;
	blk_status_t status;

	if (percpu_ref_is_dying(&disc->inflight))
		return BLK_STS_IOERR;
	if ((bio->bi_opf & REQ_RAHEAD) && vcd_pace_behind(drive, disc, sectors))
		return BLK_STS_IOERR;
	vcd_pace_begin(drive, disc, sectors, &turn);
	status = disc_read_bio(disc, bio);
	if (!status)
		vcd_cache_flush(bio);
	vcd_pace_end(drive, disc, &turn);
	return status;
}

/**
 * vcd_disc_end_bio - a bio is done
 * @disc: the disc; the reference on @disc->inflight goes
 * @bio: the bio
 * @start: what bio_start_io_acct() said
 * @status: how it went
 *
 * Context: any, also that of an interrupt.
 */
void vcd_disc_end_bio(struct vcd_disc *disc, struct bio *bio, unsigned long start, blk_status_t status)
{
	/* It may be a part of another one, or have parts of its own that failed. */
	if (status)
		bio->bi_status = status;
	bio_end_io_acct(bio, start);
	bio_endio(bio);
	/* vcd_exit() waits for who has entered this, but for its last few instructions. */
	rcu_read_lock();
	percpu_ref_put(&disc->inflight);
	rcu_read_unlock();
}

static struct bio *disc_next_bio(struct vcd_disc *disc, struct vcd_reader *reader)
{
	struct bio *bio;

	spin_lock(&disc->queue_lock);
	bio = bio_list_pop(&disc->queue);
	if (!bio)
		__set_bit(reader - disc->readers, &disc->idle);
	spin_unlock(&disc->queue_lock);
	return bio;
}

/* Has a bio read in one way or another, and ended. */
static void disc_read_for(struct vcd_disc *disc, struct bio *bio)
{
	unsigned long start = bio_start_io_acct(bio);
	blk_status_t status;

	if (vcd_direct_read(disc, bio, start, false))
		return;
	status = vcd_disc_serve(disc, bio);
	if (!status || !vcd_direct_read(disc, bio, start, true))
		vcd_disc_end_bio(disc, bio, start, status);
}

static void disc_reader_work(struct work_struct *work)
{
	struct vcd_reader *reader = container_of(work, struct vcd_reader, work);
	struct vcd_disc *disc = reader->disc;
	/* The reader may be what memory reclaim waits for. */
	unsigned int noio = memalloc_noio_save();
	struct blk_plug plug;
	unsigned int nr = 0;
	struct bio *bio;

	/* What is read directly for bios that lie next to each other becomes one request. */
	blk_start_plug(&plug);
	while ((bio = disc_next_bio(disc, reader))) {
		disc_read_for(disc, bio);
		cond_resched();
		/* There may always be one more, and none that is waited for. */
		if (++nr % PLUGGED_BIOS == 0) {
			blk_finish_plug(&plug);
			blk_start_plug(&plug);
		}
	}
	blk_finish_plug(&plug);
	memalloc_noio_restore(noio);
}

/**
 * vcd_disc_queue_work - have a worker do something that reads from a disc
 * @disc: the disc, loaded
 * @work: what it does
 *
 * Context: any, also that of an interrupt.
 */
void vcd_disc_queue_work(struct vcd_disc *disc, struct work_struct *work)
{
	queue_work(disc->own_queue ?: vcd_read_queue, work);
}

/**
 * vcd_disc_submit - read for a bio
 * @disc: the disc; the caller got a reference on @disc->inflight, which this takes over
 * @bio: a read that lies on the disc; it is ended here, now or later
 *
 * Context: submit_bio. Doesn't sleep, allocate or read.
 */
void vcd_disc_submit(struct vcd_disc *disc, struct bio *bio)
{
	unsigned int i;

	spin_lock(&disc->queue_lock);
	bio_list_add(&disc->queue, bio);
	i = find_first_bit(&disc->idle, VCD_READERS);
	if (i < VCD_READERS) {
		__clear_bit(i, &disc->idle);
		/* Under the lock: once another reader can take the bio, nothing keeps the disc. */
		vcd_disc_queue_work(disc, &disc->readers[i].work);
	}
	spin_unlock(&disc->queue_lock);
}
